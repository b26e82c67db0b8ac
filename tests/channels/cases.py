"""What the contract suite needs to know of a channel. A new channel is one entry here, its fake provider and its folder of fixtures.

A fixture is a JSON file: what the provider sends (`payload`), and what must come of it (`events`: the fields that matter).
"""

from __future__ import annotations

import asyncio
import functools
import hashlib
import json
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from bot.channels.port import Channel, Request
from bot.channels.telegram import Telegram
from bot.channels.tokens import TokenStore
from bot.channels.zalo_bot import ZaloBot
from bot.channels.zalo_oa import ZaloOfficialAccount
from knowledge.store import open_engine
from tests.channels.fakes.bots import FakeTelegram, FakeZaloBot
from tests.channels.fakes.server import FakeProvider
from tests.channels.fakes.zalo_oa import FakeZaloOA

HERE = Path(__file__).parent
SECRET = "a-secret_for-tests-0123456789"
BOT_TOKEN = "5551112223:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
ZALO_TOKEN = "1459232241454765289:vQPPTFJxfSeofSAs0K5PALDsawvCH1vGWJ"
APP_ID, APP_SECRET, OA_SECRET, FIRST = "431272987655012345", "app-secret-0123456789", "oa-secret-0123456789", "first-refresh-token-0123"
AT = datetime(2025, 5, 21, 2, 0, 3, tzinfo=timezone.utc)
QUICK = 0.25  # seconds; as a channel's timeout


@dataclass(frozen=True)
class Case:
    """One channel. `secrets` must never be seen outside; `make` takes the provider's base URL and options of the channel."""

    name: str
    secrets: tuple[str, ...]
    fake: Callable[[], FakeProvider]
    make: Callable[..., Channel]
    sign: Callable[[bytes], dict[str, str]]
    remedy_of: str
    without_secret: dict[str, str]

    def request(self, body: bytes, **headers: str) -> Request:
        """The body as the provider would send it."""
        return Request(body, {"content-type": "application/json", **self.sign(body), **headers}, AT)

    def fixtures(self) -> list[tuple[str, dict[str, Any]]]:
        return [(path.stem, json.loads(path.read_text("utf-8"))) for path in sorted((HERE / self.name).glob("*.json"))]


def telegram(url: str = "https://api.telegram.org", **options: Any) -> Telegram:
    return Telegram(BOT_TOKEN, **{"secret": SECRET, "api": url, "timeout": QUICK, "poll_seconds": 0, **options})


def zalo_bot(url: str = "https://bot-api.zaloplatforms.com", **options: Any) -> ZaloBot:
    return ZaloBot(ZALO_TOKEN, **{"secret": SECRET, "api": url, "timeout": QUICK, "poll_seconds": 0, **options})


def zalo_oa(
    url: str = "https://openapi.zalo.me", *, engine: Engine | None = None, secret: str = OA_SECRET, **options: Any
) -> ZaloOfficialAccount:
    now = options.get("now")
    tokens = TokenStore(engine or open_engine("sqlite://"), "zalo_oa", **({"now": now} if now else {}))
    hosts = {"api": url, "oauth_api": url, "template_api": url, "timeout": QUICK}
    return ZaloOfficialAccount(APP_ID, APP_SECRET, secret, FIRST, tokens, **{**hosts, **options})


def oa_signature(body: bytes, stamp: str, secret: str = OA_SECRET, app_id: str = APP_ID) -> str:
    return "mac=" + hashlib.sha256(app_id.encode() + body + stamp.encode() + secret.encode()).hexdigest()


def sign_oa(body: bytes) -> dict[str, str]:
    stamp = str(int(AT.timestamp() * 1000))
    return {"x-zevent-signature": oa_signature(body, stamp), "x-zevent-timestamp": stamp}


CASES = [
    Case(
        "telegram", (BOT_TOKEN, SECRET), lambda: FakeTelegram(BOT_TOKEN), telegram,
        lambda body: {"x-telegram-bot-api-secret-token": SECRET}, "sendMessage", {"secret": ""}),
    Case(
        "zalo_bot", (ZALO_TOKEN, SECRET), lambda: FakeZaloBot(ZALO_TOKEN), zalo_bot,
        lambda body: {"x-bot-api-secret-token": SECRET}, "sendMessage", {"secret": ""}),
    Case(
        "zalo_oa", (APP_SECRET, OA_SECRET, FIRST, "access-token-number-1", "refresh-token-number-1"),
        lambda: FakeZaloOA(APP_ID, APP_SECRET, FIRST), zalo_oa, sign_oa, "/v3.0/oa/message/cs", {"secret": ""}),
]


def in_loop(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run an async test in a loop of its own."""

    @functools.wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        asyncio.run(asyncio.wait_for(test(*args, **kwargs), 30))

    return run
