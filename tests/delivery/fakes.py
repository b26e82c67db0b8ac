"""A clock and a channel that do as they are told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from bot.channels.port import Channel, EventKind, Incoming, Outgoing, Request

Sending = Callable[[Outgoing], Awaitable[None]]


class Clock:
    """UTC seconds."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def event(id: object, chat: str = "a", text: str = "", channel: str = "fake", kind: EventKind = "text", **more: Any) -> Incoming:
    return Incoming(channel, str(id), f"user-{chat}", chat, kind, text or f"câu {id}", **more)


class FakeChannel(Channel):
    """Keeps what it sends; `sending` is awaited first and may raise. `coming` is what `poll` gives, one item a call."""

    title, buttons = "Kênh thử", False

    def __init__(self, name: str = "fake", longest: int = 1000, polling: bool = False) -> None:
        self.name, self.longest = name, longest
        self.messages: list[Outgoing] = []
        self.times: list[float] = []
        self.seen: list[str] = []
        self.told: list[str] = []
        self.asked = 0
        self.sending: Sending | None = None
        self.coming: asyncio.Queue[Sequence[Incoming] | Exception] = asyncio.Queue()
        self.started = self.ended = 0
        self._polling = polling

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.messages]

    @property
    def polls(self) -> bool:
        return self._polling

    def receive(self, request: Request) -> Sequence[Incoming]:
        return ()

    async def send(self, message: Outgoing) -> str:
        if self.sending is not None:
            await self.sending(message)
        self.messages.append(message)
        self.times.append(asyncio.get_running_loop().time())
        return f"id-{len(self.messages)}"

    async def poll(self) -> Sequence[Incoming]:
        self.asked += 1
        found = await self.coming.get()
        if isinstance(found, Exception):
            raise found
        return found

    def noted(self, conversation: str) -> None:
        self.told.append(conversation)

    async def acknowledge(self, event: Incoming) -> None:
        self.seen.append(event.event_id)

    async def check(self) -> str:
        return "có"

    async def start(self) -> None:
        self.started += 1

    async def stop(self) -> None:
        self.ended += 1


async def until(true: Callable[[], object], seconds: float = 10.0) -> None:
    """Wait until something is true; fails where that takes too long."""
    end = asyncio.get_running_loop().time() + seconds
    while not true():
        assert asyncio.get_running_loop().time() < end, "it did not come true in time"
        await asyncio.sleep(0.005)
