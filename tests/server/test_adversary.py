"""What somebody who means harm would try: each of these once worked, or was feared to."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import jwt
import pytest
from sqlalchemy import Engine

from bot.server import connections, widget
from bot.server.sign_in import Refused, SignIn
from bot.server.sign_in_settings import Portal, SignInConfig
from knowledge.store import PlanStore
from tests.sample_plans import sample_plan
from tests.server.fakes import config
from tests.server.fakes import running as whole_server
from tests.server.widget_site import PORTAL_KEY, SECRET, People, running

OPEN = SignInConfig(SECRET, anonymous=True, portal=Portal(PORTAL_KEY))


def minted(**claims: Any) -> str:
    now = int(time.time())
    return jwt.encode({"sub": "binh.tran", "aud": "tro-ly", "iat": now, "exp": now + 60, "jti": "1", **claims}, PORTAL_KEY, "HS256")


async def until_end(stream: Any) -> list[bytes]:
    """What a stream still tells before it ends."""
    return [line async for line in stream.content]


async def status_of_question(origin: str, length: str, begun: bytes, seconds: float) -> bytes:
    """The first line of the answer to a question of which only the beginning was sent."""
    host, port = origin.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    head = f"POST /api/session HTTP/1.1\r\nHost: {host}:{port}\r\nOrigin: {origin}\r\nContent-Type: application/json\r\n{length}\r\n\r\n"
    writer.write(head.encode() + begun)
    line = await asyncio.wait_for(reader.readuntil(b"\r\n"), seconds)
    writer.close()
    return line


@pytest.mark.parametrize("end", ["signed out", "switched off"])
def test_a_stream_ends_with_its_session(file: Engine, monkeypatch: pytest.MonkeyPatch, end: str) -> None:
    monkeypatch.setattr(widget, "HEARTBEAT", 0.1)

    async def scene() -> None:
        async with running(file, OPEN) as here:
            assert (await here.post("/api/session", {"token": minted()})).status == 200
            stream = await here.client.get("/api/events")
            if end == "signed out":  # in another tab, say, or with a copy of the cookie that somebody took
                await here.client.delete("/api/session", headers={"Origin": here.origin})
            else:
                here.people.switch_off("binh.tran")
            await asyncio.sleep(0.3)
            await here.send("web:binh.tran", "nhắc việc", "1")
            told = await asyncio.wait_for(until_end(stream), 5)
            assert not any(b"nh\xe1\xba\xafc" in line for line in told)

    asyncio.run(scene())


def test_a_key_to_documents_ends_with_its_official(file: Engine) -> None:
    async def scene() -> None:
        async with running(file, OPEN) as here:
            PlanStore(file).save(sample_plan())
            session = here.sign_in.of_username("binh.tran")
            address = f"/van-ban/kh-mau?k={here.sign_in.document_key(session)}"
            assert (await here.client.get(address)).status == 200
            here.people.switch_off("binh.tran")
            assert (await here.client.get(address)).status in (401, 403)

    asyncio.run(scene())


@pytest.mark.parametrize("claims", [
    {"iat": "1"}, {"exp": "9999999999"}, {"iat": -1e300}, {"exp": 1e300}, {"jti": "\x00"}, {"jti": "x" * 1000},
    {"aud": ["tro-ly", "khac"], "iat": None}, {"sub": "\x00"}, {"sub": "\ud800"},
])
def test_strange_claims_of_the_portal_are_no_fault_of_ours(engine: Engine, claims: dict[str, Any]) -> None:
    sign_in = SignIn(OPEN, engine, People())
    try:
        assert sign_in.of_portal(minted(**claims)).username == "binh.tran"
    except Refused:
        pass


def test_who_never_asks_anything_is_let_go(file: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "FIRST_REQUEST_SECONDS", 0.2)

    async def scene() -> None:
        async with whole_server(file) as here:
            host, port = here.url.removeprefix("http://").split(":")
            silent = await asyncio.open_connection(host, int(port))
            slow = await asyncio.open_connection(host, int(port))
            slow[1].write(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
            talking = await asyncio.open_connection(host, int(port))
            talking[1].write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert (await talking[0].readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
            for reader, _ in (silent, slow):
                try:
                    assert await asyncio.wait_for(reader.read(), 5) == b""
                except ConnectionError:
                    pass
            talking[1].write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert b"HTTP/1.1 200" in await asyncio.wait_for(talking[0].readuntil(b"\r\n\r\n"), 5)
            for _, writer in (silent, slow, talking):
                writer.close()

    asyncio.run(scene())


def test_a_question_that_does_not_come_is_not_waited_for(file: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(widget, "BODY_SECONDS", 0.2)

    async def scene() -> None:
        async with running(file) as here:
            assert (await status_of_question(here.origin, "Content-Length: 50", b"{", 5)).startswith(b"HTTP/1.1 400")

    asyncio.run(scene())


@pytest.mark.parametrize("length", ["Content-Length: 1000000", "Transfer-Encoding: chunked"])
def test_a_question_of_megabytes_is_refused_before_it_is_read(file: Engine, length: str) -> None:
    async def scene() -> None:
        async with running(file) as here:
            assert (await status_of_question(here.origin, length, b"", 3)).startswith(b"HTTP/1.1 413")

    asyncio.run(scene())


@pytest.mark.parametrize("name", ["X-Forwarded-For", "Forwarded"])
def test_nobody_escapes_the_limit_by_calling_themselves_a_proxy(file: Engine, name: str) -> None:
    async def scene() -> None:
        async with whole_server(file, config(requests_per_second=1)) as here:
            statuses = []
            for number in range(200):
                async with here.http.get(f"{here.url}/khong-co", headers={name: f"10.0.0.{number}"}) as response:
                    statuses.append(response.status)
            assert 429 in statuses

    asyncio.run(scene())


@pytest.mark.parametrize("head", [
    b"GET / HTTP/1.1\r\nHost: x\r\n" + b"".join(b"X-%d: 1\r\n" % n for n in range(5000)) + b"\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"x" * 100_000 + b"\r\n\r\n",
    b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nCookie: " + b"a=1; " * 1600 + b"\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\n\r\n",
    b"POST /api/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
    b"POST /api/messages HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
], ids=["many", "long", "path", "cookies", "smuggled", "two-lengths", "negative"])
def test_giant_and_twisted_heads_are_answered_and_trouble_nobody(file: Engine, head: bytes) -> None:
    async def scene() -> None:
        async with whole_server(file) as here:
            host, port = here.url.removeprefix("http://").split(":")
            reader, writer = await asyncio.open_connection(host, int(port))
            writer.write(head)
            answer = await asyncio.wait_for(reader.readuntil(b"\r\n"), 5)
            assert answer.split()[1] in (b"200", b"400", b"401", b"403", b"413", b"414", b"431"), answer
            writer.close()
            async with here.http.get(f"{here.url}/healthz") as response:
                assert response.status == 200

    asyncio.run(scene())


def test_a_session_from_before_the_sign_in_is_not_the_signed_in_one(file: Engine) -> None:
    async def scene() -> None:
        async with running(file, OPEN) as here:
            await here.come_in()
            planted = {cookie.key: cookie.value for cookie in here.client.session.cookie_jar}
            assert (await here.post("/api/session", {"token": minted()})).status == 200
            here.client.session.cookie_jar.clear()
            response = await here.client.get("/api/session", cookies=planted)
            assert (await response.json())["anonymous"]

    asyncio.run(scene())


@pytest.mark.parametrize("headers", [
    {"Origin": "https://ke-xau.example"}, {"Origin": "null"}, {}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://ke-xau.example", "Sec-Fetch-Site": "same-origin"},
])
@pytest.mark.parametrize(("method", "path"), [("POST", "/api/messages"), ("DELETE", "/api/session")])
def test_foreign_pages_change_nothing_with_a_cookie(file: Engine, headers: dict[str, str], method: str, path: str) -> None:
    async def scene() -> None:
        async with running(file) as here:
            await here.come_in()
            response = await here.client.request(method, path, json={"id": "1", "text": "chào"}, headers=headers)
            assert response.status == 401
            assert (await here.client.get("/api/session")).status == 200
            assert here.inbox.counts() == {}

    asyncio.run(scene())


def test_forms_of_foreign_pages_are_no_questions(file: Engine) -> None:
    async def scene() -> None:
        async with running(file) as here:
            await here.come_in()
            for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
                headers = {"Origin": here.origin, "Content-Type": kind}
                response = await here.client.post("/api/messages", data=b'{"id": "1", "text": "x"}', headers=headers)
                assert response.status == 415

    asyncio.run(scene())


def test_a_storm_of_reconnecting_streams_leaves_nothing_behind(file: Engine) -> None:
    async def scene() -> None:
        async with running(file) as here:
            await here.come_in()
            conversation = await here.conversation()
            for _ in range(5):
                streams = await asyncio.gather(*(here.client.get("/api/events") for _ in range(40)))
                for stream in streams:
                    stream.close()
            stream, other = await asyncio.gather(*(here.client.get("/api/events") for _ in range(2)))  # two tabs
            await here.send(conversation, "một", "1")
            for tab in (stream, other):
                while not (await asyncio.wait_for(tab.content.readline(), 5)).startswith(b"data:"):
                    pass
                tab.close()

    asyncio.run(scene())
