"""What the webhook takes and what it refuses."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import logging
from functools import partialmethod

import aiohttp
import pytest
from sqlalchemy import Engine, func, select

from bot.channels.port import Incoming, Request
from bot.delivery.inbox import Inbox
from bot.delivery.tables import inbox
from bot.server.limits import Buckets
from bot.server.webhooks import LARGEST_BODY
from knowledge.store import errors
from tests.server.fakes import HEADERS, FakeChannel, body, config, running


def count(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(inbox)).scalar_one()


def test_a_repeat_is_confirmed_and_answered_once(engine: Engine) -> None:
    async def scene() -> None:
        async with running(engine) as here:
            statuses = await asyncio.gather(*(here.post(7, "an", "một") for _ in range(10)))
            assert await here.post(8, "an", "hai") == 200 and set(statuses) == {200}
            assert await here.replies(2) == [("an", "Trả lời: một"), ("an", "Trả lời: hai")]
        assert count(engine) == 2
        assert here.channel.sent == [("an", "Trả lời: một"), ("an", "Trả lời: hai")]

    asyncio.run(scene())


def test_one_conversation_is_answered_in_its_order(engine: Engine) -> None:
    async def scene() -> None:
        async with running(engine) as here:
            for number in range(20):
                assert await here.post(f"a{number}", "an", str(number)) == 200
                assert await here.post(f"b{number}", "bình", str(number)) == 200
            await here.replies(40)
            for user in ("an", "bình"):
                assert [text for chat, text in here.channel.sent if chat == user] == [f"Trả lời: {n}" for n in range(20)]

    asyncio.run(scene())


@pytest.mark.parametrize(("headers", "data", "status"), [
    ({}, body(1, "an", "x"), 403),
    ({"X-Fake-Secret": "sai"}, body(1, "an", "x"), 403),
    ({"X-Fake-Secret": ""}, b"", 403),
    (HEADERS, b"", 400),
    (HEADERS, b"\xff\xfe", 400),
    (HEADERS, b"[" * 100_000, 400),
    (HEADERS, b"{}", 400),
    (HEADERS, b'{"events": 1}', 400),
    (HEADERS, b'{"events": []}', 200),
    (HEADERS, b" " * (LARGEST_BODY + 1), 413),
    ({}, b" " * (LARGEST_BODY + 1), 403),
    ({**HEADERS, "Content-Encoding": "gzip"}, gzip.compress(body(1, "an", "x").encode(), mtime=0), 400),
    ({**HEADERS, "Content-Encoding": "gzip"}, b"no gzip at all", 400),
], ids=lambda value: str(value)[:20])
def test_what_is_refused_is_not_stored(file: Engine, headers: dict[str, str], data: bytes | str, status: int) -> None:
    async def scene() -> None:
        async with running(file) as here:
            sent = io.BytesIO(data) if isinstance(data, bytes) else data
            async with here.http.post(f"{here.url}/webhook/fake", data=sent, headers=headers) as response:
                assert response.status == status, await response.text()
            assert await here.post(2, "an", "vẫn chạy") == 200
            await here.replies(1)
        assert count(file) == 1

    asyncio.run(scene())


def test_other_paths_and_methods(file: Engine) -> None:
    async def scene() -> None:
        async with running(file) as here:
            for method, path, status in (("POST", "/webhook/none", 404), ("POST", "/webhook/web", 404), ("GET", "/webhook/fake", 405),
                                         ("POST", "/webhook/", 404), ("POST", "/webhook/fake/x", 404)):
                async with here.http.request(method, f"{here.url}{path}", data=body(1, "an", "x"), headers=HEADERS) as response:
                    assert response.status == status and "error" in await response.json()

    asyncio.run(scene())


def test_a_fault_in_a_channel_is_not_the_servers(file: Engine, caplog: pytest.LogCaptureFixture) -> None:
    class Broken(FakeChannel):
        name = "broken"

        def receive(self, request: Request) -> list[Incoming]:
            raise RuntimeError("a fault")

    async def scene() -> None:
        async with running(file, channels=[Broken()]) as here, here.http.post(
                f"{here.url}/webhook/broken", data="{}", headers=HEADERS) as response:
            assert response.status == 400

    with caplog.at_level(logging.ERROR):
        asyncio.run(scene())
    assert "RuntimeError: a fault" in caplog.text


def test_a_database_that_is_away_is_told_so_that_the_provider_comes_again(file: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def store(self: Inbox, events: object) -> int:
        raise errors.unreachable("“x”")

    async def away() -> None:
        with monkeypatch.context() as patch:
            patch.setattr(Inbox, "store", store)
            async with running(file) as here, here.http.post(
                    f"{here.url}/webhook/fake", data=body(1, "an", "x"), headers=HEADERS) as response:
                assert (response.status, response.headers["Retry-After"]) == (503, "5")

    async def back() -> None:
        async with running(file) as here:
            assert await here.post(1, "an", "x") == 200 and await here.replies(1) == [("an", "Trả lời: x")]

    asyncio.run(away())
    asyncio.run(back())


def test_who_is_refused_often_is_told_to_wait_and_the_genuine_is_heard_from_the_same_address(
    file: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Buckets, "__init__", partialmethod(Buckets.__init__, clock=lambda: 0.0))  # a slow machine refills them

    async def scene() -> None:
        async with running(file) as here:
            statuses = []
            for number in range(150):
                async with here.http.post(f"{here.url}/webhook/fake", data=body(number, "kẻ giả", "x")) as response:
                    statuses.append(response.status)
                    if response.status == 429:
                        assert int(response.headers["Retry-After"]) >= 1
            assert statuses[:50] == [403] * 50 and statuses[-1] == 429 and set(statuses) == {403, 429}
            assert await here.post("thật", "an", "x") == 200
            assert await here.replies(1) == [("an", "Trả lời: x")]
            async with here.http.get(f"{here.url}/metrics") as response:
                assert 'troly_webhook_rejections_total{channel="fake",reason="forbidden"} 150.0' in await response.text()

    asyncio.run(scene())


def test_a_body_that_does_not_come_is_not_waited_for_long(file: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.server.webhooks._BODY_SECONDS", 0.2)

    async def scene() -> None:
        async with running(file) as here:
            host, port = here.url.removeprefix("http://").split(":")
            reader, writer = await asyncio.open_connection(host, int(port))
            secret = "".join(f"{name}: {value}\r\n" for name, value in HEADERS.items())
            writer.write(f"POST /webhook/fake HTTP/1.1\r\nHost: x\r\n{secret}Content-Length: 100\r\n\r\n{{".encode())
            line = await asyncio.wait_for(reader.readline(), 10)
            assert b" 400 " in line
            writer.close()

    asyncio.run(scene())


def test_forgeries_fill_neither_the_log_nor_tell_secrets(file: Engine, caplog: pytest.LogCaptureFixture) -> None:
    async def scene() -> None:
        async with running(file) as here:
            for number in range(100):
                async with here.http.post(f"{here.url}/webhook/fake", data=body(number, "x", "bí mật"), headers={"X-Fake-Secret": "đoán"}):
                    pass

    with caplog.at_level(logging.INFO):
        asyncio.run(scene())
    refused = [record for record in caplog.records if "webhook refused" in record.getMessage()]
    assert 1 <= len(refused) <= 6 and "bí mật" not in caplog.text and "đoán" not in caplog.text


def test_no_text_of_a_message_is_logged(file: Engine, caplog: pytest.LogCaptureFixture) -> None:
    async def scene() -> None:
        async with running(file) as here:
            await here.post(1, "an", "chuyện riêng tư")
            await here.replies(1)
            async with here.http.post(f"{here.url}/webhook/fake", data=json.dumps({"events": [{"id": "riêng tư"}]}), headers=HEADERS):
                pass

    with caplog.at_level(logging.INFO):
        asyncio.run(scene())
    assert "riêng tư" not in caplog.text


def test_connections_of_one_address_are_limited(file: Engine) -> None:
    async def scene() -> None:
        async with running(file, config(connections_per_address=5)) as here:
            host, port = here.url.removeprefix("http://").split(":")
            held = [await asyncio.open_connection(host, int(port)) for _ in range(5)]
            reader, _ = await asyncio.open_connection(host, int(port))
            with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
                await asyncio.wait_for(reader.readexactly(1), 5)
            for _, writer in held:
                writer.close()
                await writer.wait_closed()
            connector = aiohttp.TCPConnector(local_addr=("127.0.0.1", 0))
            async with aiohttp.ClientSession(connector=connector) as http, http.get(f"{here.url}/healthz") as response:
                assert response.status == 200

    asyncio.run(scene())


@pytest.mark.parametrize(("version", "more", "kept"), [
    ("1.1", "", True), ("1.1", "Connection: close\r\n", False), ("1.0", "", False), ("1.0", "Connection: keep-alive\r\n", False)])
def test_a_refusal_keeps_the_connection_as_the_client_asks(file: Engine, version: str, more: str, kept: bool) -> None:
    forged = f"POST /webhook/fake HTTP/{version}\r\nHost: x\r\nX-Fake-Secret: sai\r\n{more}Content-Length: 2\r\n\r\n{{}}".encode()

    async def scene() -> None:
        async with running(file) as here:
            host, port = here.url.removeprefix("http://").split(":")
            reader, writer = await asyncio.open_connection(host, int(port))
            for _ in range(3 if kept else 1):
                writer.write(forged)
                head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
                assert head.startswith(b"HTTP/1.1 403 Forbidden\r\n") and b"Content-Length: 13\r\n" in head
                assert await reader.readexactly(13) == b'{"ok": false}'
                assert (b"Connection: close" in head) != kept
            if not kept:
                assert await asyncio.wait_for(reader.read(), 5) == b""
            writer.close()

    asyncio.run(scene())


def test_of_a_forged_request_not_even_the_body_is_awaited(file: Engine) -> None:
    async def scene() -> None:
        async with running(file) as here:
            host, port = here.url.removeprefix("http://").split(":")
            reader, writer = await asyncio.open_connection(host, int(port))
            writer.write(b"POST /webhook/fake HTTP/1.1\r\nHost: x\r\nX-Fake-Secret: sai\r\nContent-Length: 64\r\n\r\n")
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
            assert head.startswith(b"HTTP/1.1 403")
            writer.close()
            assert await here.post(1, "an", "một") == 200
            async with here.http.get(f"{here.url}/metrics") as response:
                figures = await response.text()
            assert 'troly_webhook_rejections_total{channel="fake",reason="forbidden"} 1.0' in figures
            assert 'troly_http_requests_total{method="POST",status="403"} 1.0' in figures

    asyncio.run(scene())
