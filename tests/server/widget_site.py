"""The widget's server side in an application of its own, for tests without a browser: real inbox and outbox, nobody who answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from aiohttp import CookieJar, web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import Engine

from bot.channels.port import Outgoing
from bot.channels.web import Web
from bot.delivery.inbox import Inbox
from bot.delivery.outbox import Outbox
from bot.officials.official import Official
from bot.server.sign_in import SignIn
from bot.server.sign_in_settings import SignInConfig
from bot.server.widget import add_widget
from knowledge.store import PlanStore

SECRET = "khóa-ký-phiên-chỉ-dùng-trong-kiểm-thử-01234"
PORTAL_KEY = "khóa-của-cổng-chỉ-dùng-trong-kiểm-thử-0123"
BINH = Official(7, "Trần Thị Bình", "binh.tran", "hau-giang", "Sở Y tế", "officer")


class People:
    """The register of officials."""

    def __init__(self) -> None:
        self.all = {BINH.username: BINH}

    def by_username(self, username: str) -> Official | None:
        return self.all.get(username)

    def switch_off(self, username: str) -> None:
        self.all[username] = replace(self.all[username], active=False)


class Here:
    """One process of the server: its client, and the parts behind it."""

    def __init__(self, engine: Engine, config: SignInConfig) -> None:
        self.people, self.channel = People(), Web()
        self.inbox, self.outbox = Inbox(engine), Outbox(engine)
        self.sign_in = SignIn(config, engine, self.people)
        self.woken = 0
        self.app = web.Application()
        add_widget(self.app, engine=engine, inbox=self.inbox, channel=self.channel, sign_in=self.sign_in, plans=PlanStore(engine),
                   wake=self._wake, poll=0.05)
        self.server = TestServer(self.app)
        self.client: TestClient[Any, Any] = TestClient(self.server, cookie_jar=CookieJar(unsafe=True))

    def _wake(self) -> None:
        self.woken += 1

    @property
    def origin(self) -> str:
        return str(self.server.make_url("")).rstrip("/")

    async def post(self, path: str, body: Any, **headers: str) -> Any:
        return await self.client.post(path, json=body, headers={"Origin": self.origin, **headers})

    async def come_in(self) -> dict[str, Any]:
        """An anonymous session, kept in the client's cookie."""
        response = await self.post("/api/session", {})
        assert response.status == 200
        return dict(await response.json())

    async def conversation(self, text: str = "chào", id: str = "m1") -> str:
        """Say something; the conversation that it belongs to."""
        assert (await self.post("/api/messages", {"id": id, "text": text})).status == 202
        claimed = await asyncio.to_thread(self.inbox.claim)
        assert claimed is not None
        self.inbox.finish(claimed, [])
        return claimed.event.conversation

    async def send(self, conversation: str, text: str, dedupe: str, **more: Any) -> None:
        """What the outbox's sender does with a message."""
        message = Outgoing(conversation.partition(":")[2], text, **more)
        self.outbox.put("web", conversation, message, dedupe)
        waiting = self.outbox.claim("web")
        assert waiting is not None
        self.outbox.sent(waiting, await self.channel.send(waiting.message))
        self.channel.noted(waiting.conversation)


@asynccontextmanager
async def running(engine: Engine, config: SignInConfig | None = None) -> AsyncIterator[Here]:
    here = Here(engine, config or SignInConfig(SECRET, anonymous=True))
    async with here.client:
        yield here
