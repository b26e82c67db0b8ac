"""The widget's API, files and documents over HTTP, on both databases."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse
from sqlalchemy import Engine

from bot.channels.port import Button, Forbidden, Outgoing, Request
from bot.channels.web import Web
from bot.delivery.tables import outbox
from bot.server.sign_in_settings import SignInConfig
from knowledge.store import PlanStore, migrate, open_engine
from tests.sample_plans import sample_plan
from tests.server.widget_site import BINH, SECRET, Here, running


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Engine]:
    """For what does not depend on the database."""
    opened = open_engine(f"sqlite:///{(tmp_path / 'troly.db').as_posix()}")
    migrate(opened)
    yield opened
    opened.dispose()


async def events(response: ClientResponse, count: int) -> list[dict[str, Any]]:
    """The next messages of a stream."""
    found: list[dict[str, Any]] = []
    while len(found) < count:
        line = (await asyncio.wait_for(response.content.readline(), 5)).decode()
        assert line, "the stream ended"
        if line.startswith("data: "):
            found.append(json.loads(line[6:]))
    return found


async def texts(here: Here, path: str) -> list[str]:
    response = await here.client.get(path)
    return [message["text"] for message in (await response.json())["messages"]]


def test_a_message_is_kept_once(engine: Engine) -> None:
    async def run() -> None:
        async with running(engine) as here:
            await here.come_in()
            for _ in range(3):
                response = await here.post("/api/messages", {"id": "m1", "text": "ai chủ trì\x00 \ud800?"})
                assert (response.status, await response.json()) == (202, {"id": "m1"})
            assert here.inbox.counts() == {("web", "new"): 1}
            assert here.woken == 3
            claimed = here.inbox.claim()
            assert claimed is not None
            event = claimed.event
            assert (event.kind, event.text, event.extra) == ("text", "ai chủ trì  ??", {"anonymous": True})
            assert event.user == event.chat and event.event_id.endswith(":m1") and event.at is not None
    asyncio.run(run())


def test_officials_are_named(engine: Engine) -> None:
    async def run() -> None:
        async with running(engine, SignInConfig(SECRET)) as here:
            bearer = {"Authorization": f"Bearer {here.sign_in.token(here.sign_in.of_username(BINH.username))}"}
            assert (await here.post("/api/messages", {"id": "m1", "text": "chào"}, **bearer)).status == 202
            claimed = here.inbox.claim()
            assert claimed is not None
            event = claimed.event
            assert (event.user, event.display_name, event.conversation) == ("binh.tran", "Trần Thị Bình", "web:binh.tran")
            assert event.extra == {"anonymous": False}
    asyncio.run(run())


def test_a_stream_tells_what_is_sent_and_goes_on_where_it_stopped(engine: Engine) -> None:
    async def run() -> None:
        async with running(engine) as here, running(engine) as other:
            await here.come_in()
            conversation = await here.conversation()
            response = await here.client.get("/api/events")
            assert response.headers["Content-Type"].startswith("text/event-stream")
            await here.send(conversation, "một", "1")
            await other.send(conversation, "hai", "2")  # by another process
            await here.send("web:~ai-khac", "không phải cho tôi", "3")
            await here.send(conversation, "ba", "4", purpose="push")
            found = await events(response, 3)
            assert [(m["text"], m["purpose"]) for m in found] == [("một", "reply"), ("hai", "reply"), ("ba", "push")]
            response.close()
            await here.send(conversation, "bốn", "5")
            response = await here.client.get("/api/events", headers={"Last-Event-ID": found[-1]["cursor"]})
            again = await events(response, 1)
            while again[-1]["text"] != "bốn":  # what was told shortly before may be told again, by the same ids
                again += await events(response, 1)
            assert {m["id"] for m in again[:-1]} <= {m["id"] for m in found}
            response.close()
    asyncio.run(run())


def test_a_message_that_waited_long_is_told_when_it_is_sent(engine: Engine) -> None:
    async def run() -> None:
        async with running(engine) as here:
            await here.come_in()
            conversation = await here.conversation()
            chat = conversation.partition(":")[2]
            here.outbox.put("web", conversation, Outgoing(chat, "nhắc việc"), "sớm", due=time.time() + 3600)
            response = await here.client.get("/api/events")
            assert await texts(here, "/api/history") == ["chào"]
            with engine.begin() as connection:
                connection.execute(outbox.update().values(state="sent", sent=time.time(), done=time.time()))
            assert [m["text"] for m in await events(response, 1)] == ["nhắc việc"]
            response.close()
    asyncio.run(run())


def test_asking_again_and_again_works_as_well(engine: Engine) -> None:
    async def run() -> None:
        async with running(engine) as here:
            await here.come_in()
            conversation = await here.conversation()
            await here.send(conversation, "không", "0")
            before = (await (await here.client.get("/api/history")).json())["cursor"]
            cursor = (await (await here.client.get(f"/api/events?after={before}&wait=0")).json())["cursor"]  # told once more
            nothing = await (await here.client.get(f"/api/events?after={cursor}&wait=0")).json()
            assert nothing == {"messages": [], "cursor": cursor}
            asked = asyncio.ensure_future(here.client.get(f"/api/events?after={cursor}&wait=20"))
            await asyncio.sleep(0.1)
            await here.send(conversation, "một", "1")
            said = await (await asyncio.wait_for(asked, 5)).json()
            assert [m["text"] for m in said["messages"]] == ["một"]
            assert (await (await here.client.get(f"/api/events?after={said['cursor']}&wait=0")).json())["messages"] == []
    asyncio.run(run())


def test_streams_and_long_questions_end_when_the_server_stops(engine: Engine) -> None:
    async def run() -> None:
        async with running(engine) as here:
            await here.come_in()
            stream = await here.client.get("/api/events")
            asked = asyncio.ensure_future(here.client.get("/api/events?after=1&wait=20"))
            await asyncio.sleep(0.1)
            await asyncio.wait_for(here.app.shutdown(), 5)
            assert await asyncio.wait_for(stream.content.read(), 5) == b"retry: 2000\n: xin chao\n\n"
            assert (await (await asyncio.wait_for(asked, 5)).json())["messages"] == []
    asyncio.run(run())


def test_a_silent_stream_shows_that_it_lives(sqlite: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        monkeypatch.setattr("bot.server.widget.HEARTBEAT", 0.1)
        async with running(sqlite) as here:
            await here.come_in()
            stream = await here.client.get("/api/events")
            said = b""
            while b": .\n\n" not in said:
                said += await asyncio.wait_for(stream.content.readany(), 5)
            stream.close()
    asyncio.run(run())


def test_history_has_both_sides_page_by_page(engine: Engine) -> None:
    async def run() -> None:
        async with running(engine) as here:
            await here.come_in()
            for number in range(20):
                conversation = await here.conversation(f"hỏi {number}", f"m{number}")
                await here.send(conversation, f"đáp {number}", f"d{number}")
            said = await (await here.client.get("/api/history")).json()
            assert len(said["messages"]) == 30
            assert [m["from"] for m in said["messages"][:2]] == ["user", "bot"]
            assert [m["text"] for m in said["messages"][-2:]] == ["hỏi 19", "đáp 19"]
            assert said["messages"][-2]["client"] == "m19"
            older = await (await here.client.get(f"/api/history?before={said['before']}")).json()
            assert [m["text"] for m in older["messages"]] == [f"{side} {number}" for number in range(5) for side in ("hỏi", "đáp")]
            assert older["before"] is None
            here.inbox.erase_before(time.time() + 1)
            here.outbox.erase_before(time.time() + 1)
            assert await texts(here, "/api/history") == []
            await here.client.delete("/api/session", headers={"Origin": here.origin})
            await here.come_in()
            assert await texts(here, "/api/history") == []  # somebody else's
    asyncio.run(run())


def test_only_buttons_that_were_offered_count_as_pressed(engine: Engine) -> None:
    async def run() -> None:
        async with running(engine) as here:
            await here.come_in()
            conversation = await here.conversation()
            await here.send(conversation, "Chọn ạ", "1", buttons=(Button("Việc số 3", "/choose{}"),))
            for id_, text in (("a", "/choose{}"), ("b", "/restart")):
                assert (await here.post("/api/messages", {"id": id_, "text": text, "title": "Việc số 3"})).status == 202
            pressed, typed = here.inbox.claim(), here.inbox.claim()
            assert pressed is not None and typed is None  # one after the other
            assert (pressed.event.kind, pressed.event.extra["title"]) == ("button", "Việc số 3")
            here.inbox.finish(pressed, [])
            typed = here.inbox.claim()
            assert typed is not None and (typed.event.kind, typed.event.text, "title" in typed.event.extra) == ("text", "/restart", False)
            assert await texts(here, "/api/history") == ["chào", "Chọn ạ", "Việc số 3", "/restart"]
    asyncio.run(run())


@pytest.mark.parametrize(("body", "status"), [
    (b"", 400), (b"[]", 400), (b"{", 400), (b'"x"', 400), (b"\xff", 400), (b"[" * 60_000, 400), (b'{"id":"a"}', 400),
    (b'{"id":1,"text":"x"}', 400), (b'{"id":"a b","text":"x"}', 400), (b'{"id":"' + b"a" * 65 + b'","text":"x"}', 400),
    (b'{"id":"a","text":5}', 400), (b'{"id":"a","text":"  "}', 400), (b'{"id":"a","text":"' + b"x" * 2001 + b'"}', 413),
    (b'{"id":"a","text":"x","title":{"a":1}}', 202),
])
def test_strange_messages_are_refused_in_words(sqlite: Engine, body: bytes, status: int) -> None:
    async def run() -> None:
        async with running(sqlite) as here:
            await here.come_in()
            response = await here.client.post(
                "/api/messages", data=body, headers={"Origin": here.origin, "Content-Type": "application/json"})
            assert response.status == status
            if status != 202:
                assert re.match(r"(Tin|Yêu|Câu|Anh)", (await response.json())["error"])
                assert here.inbox.counts() == {}
    asyncio.run(run())


@pytest.mark.parametrize("path", [
    "/api/events?after=x&wait=0", "/api/events?after=1~2,x&wait=0", "/api/events?after=1~99999999999999999999&wait=0",
    "/api/events?after=-1&wait=0", "/api/events?after=nan&wait=0", "/api/events?after=1&wait=inf",
    "/api/events?after=" + "9" * 400 + "&wait=0", "/api/history?before=%00", "/api/history?before=9e9"])
def test_strange_places_in_a_conversation_do_no_harm(sqlite: Engine, path: str) -> None:
    async def run() -> None:
        async with running(sqlite) as here:
            await here.come_in()
            async with here.client.get(path) as response:
                assert response.status == 200
    asyncio.run(run())


def test_without_a_session_there_is_nothing(engine: Engine) -> None:
    async def run() -> None:
        async with running(engine, SignInConfig(SECRET)) as here:
            PlanStore(engine).save(sample_plan())
            for path in ("/api/session", "/api/history", "/api/events", "/api/events?after=0&wait=0"):
                response = await here.client.get(path)
                assert response.status == 401
                assert await response.json() == {
                    "error": "Anh/chị cần đăng nhập để trò chuyện với trợ lý.", "sign_in": None, "anonymous": False}
            assert (await here.post("/api/session", {})).status == 401
            assert (await here.post("/api/messages", {"id": "a", "text": "x"})).status == 401
            response = await here.client.get("/van-ban/kh-mau")
            assert response.status == 401 and "Tập huấn" not in await response.text()
            assert (await here.client.get("/dang-nhap")).status == 404
    asyncio.run(run())


def test_documents_open_at_a_row(engine: Engine) -> None:
    async def run() -> None:
        async with running(engine) as here:
            plan = sample_plan(title="Kế hoạch <script>alert(1)</script>")
            PlanStore(engine).save(plan)
            await here.come_in()
            response = await here.client.get("/van-ban/kh-mau")
            page = await response.text()
            assert response.status == 200 and "<script>alert" not in page
            for row in plan.rows:
                assert f'id="{row.ref.partition("#")[2]}"' in page
            assert "12/KH-UBND" in page and "Thường xuyên, hằng năm" in page
            session = here.sign_in.anonymous()
            key = here.sign_in.document_key(session)
            here.client.session.cookie_jar.clear()
            assert (await here.client.get(f"/van-ban/kh-mau?k={key}")).status == 200
            assert (await here.client.get(f"/van-ban/kh-mau?k={key}x")).status == 401
            assert (await here.client.get(f"/van-ban/khong-co?k={key}")).status == 404
            assert (await here.client.get(f"/van-ban/..%2f..%2fetc?k={key}")).status == 404
    asyncio.run(run())


def test_pages_and_files_allow_nothing_inline(sqlite: Engine) -> None:
    async def run() -> None:
        async with running(sqlite) as here:
            for path in ("/", "/widget.js", "/widget.css", "/page.css", "/page.js", "/print.css", "/icon.svg", "/van-ban/x"):
                response = await here.client.get(path)
                policy = response.headers["Content-Security-Policy"]
                assert "default-src 'none'" in policy and "unsafe" not in policy and "trusted-types 'none'" in policy
                assert response.headers["X-Content-Type-Options"] == "nosniff"
            page = await (await here.client.get("/")).text()
            assert not re.search(r"<style|style=|\son\w+=|<script(?![^>]*src=)", page)
            response = await here.client.get("/widget.js")
            assert response.content_type == "text/javascript" and response.headers["Access-Control-Allow-Origin"] == "*"
            assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", await response.text())
            unchanged = await here.client.get("/widget.js", headers={"If-None-Match": response.headers["ETag"]})
            assert unchanged.status == 304
    asyncio.run(run())


def test_the_channel_tells_where_something_was_sent_and_takes_no_webhook() -> None:
    async def run() -> None:
        web, told = Web(), list[str]()
        first, second = await web.send(Outgoing("a", "x")), await web.send(Outgoing("a", "y"))
        web.noted("web:a")
        web.on_sent = told.append
        web.noted("web:b")
        assert first != second and told == ["web:b"]
        assert web.reads_outbox and not web.polls and await web.poll() == () and "không cần dịch vụ nào khác" in await web.check()
        with pytest.raises(Forbidden):
            web.receive(Request(b"{}", {}, datetime.now(timezone.utc)))
    asyncio.run(run())
