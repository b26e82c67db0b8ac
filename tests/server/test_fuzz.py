"""Over 20,000 generated requests to every endpoint, well-formed HTTP and not: never a 5xx, never a traceback."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import os
import random
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine

from bot.channels.loading import load_channels
from bot.server.sign_in import COOKIE
from tests.server.fakes import HEADERS, SECRET, config, running

CASES, WORKERS = 20_500, 16
SEED = int(os.environ.get("FUZZ_SEED", random.randrange(1 << 32)))

#: All channels as webhooks, so that their readers are fuzzed too; their servers are never called (nobody is let in to be answered).
ENVIRON = {
    "TROLY_TELEGRAM_TOKEN": "123456789:AAHabcdefghijklmnopqrstuvwxyz12345", "TROLY_TELEGRAM_MODE": "webhook",
    "TROLY_TELEGRAM_SECRET": "telegram-webhook-secret", "TROLY_TELEGRAM_API": "http://127.0.0.1:9",
    "TROLY_ZALO_BOT_TOKEN": "987654321:abcdefghijklmnopqrstuvwxyz", "TROLY_ZALO_BOT_MODE": "webhook",
    "TROLY_ZALO_BOT_SECRET": "zalo-bot-webhook-secret", "TROLY_ZALO_BOT_API": "http://127.0.0.1:9",
    "TROLY_ZALO_OA_APP_ID": "1234567890", "TROLY_ZALO_OA_APP_SECRET": "zalo-app-secret-0123456789",
    "TROLY_ZALO_OA_SECRET": "zalo-oa-secret-0123456789", "TROLY_ZALO_OA_REFRESH_TOKEN": "zalo-refresh-0123456789",
    "TROLY_ZALO_OA_API": "http://127.0.0.1:9", "TROLY_ZALO_OA_OAUTH_API": "http://127.0.0.1:9",
    "TROLY_PORTAL_KEY": SECRET, "TROLY_WIDGET_ORIGINS": "https://noibo.example.vn",
}
PATHS = [
    "/webhook/fake", "/webhook/telegram", "/webhook/zalo_bot", "/webhook/zalo_oa", "/webhook/web", "/webhook/x", "/webhook/",
    "/healthz", "/readyz", "/metrics", "/", "/widget.js", "/van-ban/x", "/van-ban/x?k=y", "/dang-nhap", "/dang-nhap?den=//x",
    "/dang-nhap/xong", "/dang-nhap/xong?state=x&code=y", "/api/session", "/api/messages", "/api/history", "/api/events?wait=0",
    "/api/events?wait=0&after=1", "/khong-co",
]
METHODS = [*["GET", "POST"] * 5, "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE", "QUATSCH"]
NAMES = ["message", "event_name", "sender", "id", "text", "from", "chat", "update_id", "callback_query", "data", "result", "ok", "events",
         "user", "timestamp", "message_id", "date", "token", "title", "follower", "my_chat_member", "app_id", "msg_id", "status"]
WORDS = ["", "x", "chào anh", "\x00", "\ud800", "🙂" * 50, "đ" * 3000, "NaN", "1e999", "user_send_text", "message.text.received", "PRIVATE",
         "private", "../../etc/passwd", "<script>", "%00", "' OR 1=1 --", "follow", "2025-01-01", "member", "kicked", "\r\nX: y"]


def value(pick: random.Random, depth: int = 0) -> Any:
    kind = pick.randrange(9 if depth < 4 else 6)
    if kind < 2:
        return pick.choice(WORDS)
    if kind < 4:
        return pick.choice([0, -1, 1, 2**31, 2**63, 2**200, -2**63, 1.5, 1e308, float("nan"), float("inf"), True, False, None])
    if kind < 6:
        return str(pick.getrandbits(64))
    if kind == 6:
        return [value(pick, depth + 1) for _ in range(pick.randrange(4))]
    return {pick.choice(NAMES): value(pick, depth + 1) for _ in range(pick.randrange(6))}


def telegram(pick: random.Random) -> Any:
    return {"update_id": pick.getrandbits(40), "message": {
        "message_id": 1, "date": 1, "from": {"id": 5, "is_bot": False, "first_name": "An"}, "chat": {"id": 5, "type": "private"},
        "text": "x"}}


def zalo_bot(pick: random.Random) -> Any:
    return {"ok": True, "result": {"event_name": "message.text.received", "message": {
        "from": {"id": "1", "display_name": "An", "is_bot": False}, "chat": {"id": "1", "chat_type": "PRIVATE"}, "text": "x",
        "message_id": str(pick.getrandbits(40)), "date": 1}}}


def zalo_oa(pick: random.Random) -> Any:
    return {"event_name": "user_send_text", "app_id": "1234567890", "sender": {"id": "1"}, "recipient": {"id": "2"},
            "message": {"text": "x", "msg_id": str(pick.getrandbits(40))}, "timestamp": "1"}


def fake(pick: random.Random) -> Any:
    return {"events": [{"id": str(pick.getrandbits(40)), "user": "1", "text": "x"}]}


def widget(pick: random.Random) -> Any:
    return {"id": str(pick.getrandbits(20)), "text": "chào", "token": pick.choice(WORDS)}


PLAUSIBLE: dict[str, Callable[[random.Random], Any]] = {
    "/webhook/telegram": telegram, "/webhook/zalo_bot": zalo_bot, "/webhook/zalo_oa": zalo_oa, "/webhook/fake": fake}


def spoil(pick: random.Random, found: Any) -> Any:
    """A plausible body with a few places changed."""
    if not isinstance(found, dict) or not found or pick.random() < 0.15:
        return value(pick)
    key = pick.choice(list(found))
    if pick.random() < 0.1:
        return {k: v for k, v in found.items() if k != key}
    return {**found, key: spoil(pick, found[key])}


def content(pick: random.Random, path: str) -> bytes:
    kind = pick.random()
    if kind < 0.1:
        return pick.randbytes(pick.randrange(200))
    if kind < 0.15:
        return pick.choice([b"", b"{", b"[" * 20_000, b'{"a":' * 5000, b"\xef\xbb\xbf{}", b"1" * 10_000, b'{"x":"\\ud800"}', b"a=b"])
    found = PLAUSIBLE.get(path, widget)(pick)
    if kind < (0.97 if path.startswith("/webhook") else 0.6):
        found = spoil(pick, found)
    return json.dumps(found, ensure_ascii=pick.random() < 0.7).encode("utf-8", "surrogatepass")


def headers(pick: random.Random, cookie: str, data: bytes) -> list[tuple[str, str]]:
    now = str(int(time.time() * 1000))
    signed = hashlib.sha256(
        ENVIRON["TROLY_ZALO_OA_APP_ID"].encode() + data + now.encode() + ENVIRON["TROLY_ZALO_OA_SECRET"].encode()).hexdigest()
    known = {
        "X-Fake-Secret": HEADERS["X-Fake-Secret"], "X-Telegram-Bot-Api-Secret-Token": ENVIRON["TROLY_TELEGRAM_SECRET"],
        "X-Bot-Api-Secret-Token": ENVIRON["TROLY_ZALO_BOT_SECRET"], "X-ZEvent-Signature": f"mac={signed}", "X-ZEvent-Timestamp": now,
        "Content-Type": "application/json", "Cookie": f"{COOKIE}={cookie}", "Authorization": f"Bearer {cookie}",
        "Origin": pick.choice(["https://noibo.example.vn", "http://troly"]),
    }
    chosen = [(name, text) for name, text in known.items() if pick.random() < 0.8]
    for _ in range(pick.randrange(3)):
        name = pick.choice([*known, "X-Forwarded-For", "Forwarded", "Last-Event-ID", "Range", "If-Modified-Since",
                            "Accept", "Content-Encoding", "Host", "If-None-Match", "X-Forwarded-Proto"])
        chosen.append((name, pick.choice([w for w in WORDS if "\n" not in w and "\x00" not in w])))
    return chosen


def request(pick: random.Random, cookie: str) -> tuple[bytes, bool]:
    """One request as bytes, and whether it is HTTP."""
    path = pick.choice(PATHS)
    if pick.random() < 0.1:
        path += pick.choice(["?", "/", "%00", "%ff", "?after=%F0%9F", "?before=1e5", "?wait=-1", "/../x", "?" + "a" * 3000, "%2e/", "#x"])
    posted = path.startswith(("/webhook", "/api/session", "/api/messages"))
    method = "POST" if posted and pick.random() < 0.8 else pick.choice(METHODS)
    if method == "DELETE":  # whose session it is would be signed out, and all that follows would be a stranger's
        cookie = "x"
    data = content(pick, path) if method in ("POST", "PUT", "PATCH", "DELETE") else b""
    lines = [f"{method} {path} HTTP/1.1", "Host: troly", *(f"{name}: {text}" for name, text in headers(pick, cookie, data)),
             f"Content-Length: {len(data)}"]
    whole = "\r\n".join(lines).encode("utf-8", "surrogatepass") + b"\r\n\r\n" + data
    if pick.random() < 0.08:  # no HTTP any more
        place = pick.randrange(len(whole))
        whole = whole[:place] + pick.randbytes(pick.randrange(1, 6)) + whole[place + pick.randrange(3):]
        return whole, False
    return whole, True


class Client:
    """One who asks over one connection as long as it is kept, as browsers do."""

    def __init__(self, address: str, seen: Counter[str]) -> None:
        self._host, self._port = address.removeprefix("http://").split(":")
        self._link: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._seen = seen

    async def ask(self, data: bytes, proper: bool) -> None:
        """Send a request; what is proper HTTP must be answered."""
        old = self._link is not None
        reader, writer = self._link or await asyncio.open_connection(self._host, int(self._port))
        self._link = None
        try:
            writer.write(data)
            if not proper:
                writer.write_eof()
            status, keep = await asyncio.wait_for(answer(reader, data.startswith(b"HEAD ")), 10)
        except (asyncio.IncompleteReadError, OSError):
            writer.close()
            if old:  # the server may close a kept connection at any time
                await self.ask(data, proper)
            else:
                self._seen["cut"] += 1
                assert not proper, data
            return
        self._seen[str(status)] += 1
        if status >= 500:
            self._seen[f"{status} for {data[:4000]!r}"] += 1
        if keep and proper:
            self._link = reader, writer
        else:
            writer.close()

    def close(self) -> None:
        if self._link:
            self._link[1].close()


async def work(address: str, pick: random.Random, cookie: str, cases: int, seen: Counter[str]) -> None:
    client = Client(address, seen)
    try:
        for _ in range(cases):
            await client.ask(*request(pick, cookie))
    finally:
        client.close()


async def answer(reader: asyncio.StreamReader, bodiless: bool) -> tuple[int, bool]:
    """The status, and whether the connection can be used again."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    status = int(head.split(b" ", 2)[1])
    if not bodiless and status not in (204, 304):
        if b"content-length: " not in head:
            return status, False
        await reader.readexactly(int(head.split(b"content-length: ")[1].split(b"\r\n")[0]))
    return status, b"connection: close" not in head


def test_nothing_that_a_client_sends_is_the_servers_fault(file: Engine, caplog: pytest.LogCaptureFixture) -> None:
    async def scene() -> Counter[str]:
        seen: Counter[str] = Counter()
        pick = random.Random(SEED)
        channels = load_channels(ENVIRON, file)
        async with running(file, config(messages_per_minute=1), channels=channels, environ=ENVIRON) as here:
            async with here.http.post(f"{here.url}/api/session", json={}) as response:
                assert response.status == 200
                cookie = response.cookies[COOKIE].value
            here.http.cookie_jar.clear()
            await asyncio.gather(*(
                work(here.url, random.Random(pick.getrandbits(64)), cookie, CASES // WORKERS + 1, seen) for _ in range(WORKERS)))
            async with here.http.get(f"{here.url}/readyz") as response:
                assert response.status == 200
        return seen

    with caplog.at_level(logging.WARNING):
        seen = asyncio.run(scene())
    assert not [status for status in seen if status.startswith("5")]
    print(f"\nseed {SEED}: {sum(seen.values())} requests, statuses {dict(sorted(seen.items()))}")
    assert sum(seen.values()) >= 20_000
    faults = [record for record in caplog.records if record.exc_info or record.levelno >= logging.ERROR]
    assert not faults, faults[0].getMessage() + "\n" + str(faults[0].exc_text)
    assert {"200", "202", "400", "401", "403", "404", "405"} <= set(seen), seen
