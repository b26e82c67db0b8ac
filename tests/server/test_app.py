"""The server as a whole: health, figures, headers, errors, housekeeping, the log, the stop, and the commands."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy import Engine, select, text

from bot import errors
from bot.assistant.tracker_schema import conversations, events, metadata
from bot.channels.port import Outgoing, Remedy, SendFailed
from bot.commands import doctor
from bot.delivery.tables import inbox, outbox
from bot.server import app as server
from bot.server import log as server_log
from bot.server.housekeeping import erase_before
from bot.settings import ROOT, load
from knowledge.store import writing
from tests.server.fakes import HEADERS, FakeAssistant, FakeChannel, body, config, running


def test_an_event_is_answered(engine: Engine) -> None:
    async def scene() -> None:
        async with running(engine) as here:
            assert await here.post(1, "an", "xin chào") == 200
            assert await here.replies(1) == [("an", "Trả lời: xin chào")]
            async with here.http.get(f"{here.url}/readyz") as response:
                assert (response.status, (await response.json())["ready"]) == (200, True)
            async with here.http.get(f"{here.url}/healthz") as response:
                assert (response.status, await response.json()) == (200, {"status": "ok"})
            async with here.http.get(f"{here.url}/metrics") as response:
                figures = await response.text()
        for line in ('troly_turns_total{channel="fake",outcome="answered"} 1.0', 'troly_webhook_events_total{channel="fake"} 1.0',
                     'troly_turn_seconds_count 1.0', 'troly_inbox_events{state="new"} 0.0', 'troly_channel_up{channel="fake"} 1.0',
                     'troly_channel_up{channel="web"} 1.0', 'troly_connections 1.0'):
            assert line in figures

    asyncio.run(scene())


def test_events_are_taken_while_the_assistant_still_loads(file: Engine) -> None:
    loading = asyncio.Event()

    def load_slowly() -> FakeAssistant:
        while not loading.is_set():
            time.sleep(0.01)
        return FakeAssistant()

    async def scene() -> None:
        settings, channel = config(), FakeChannel()
        app = server.build(settings, file, load_slowly, channels=[channel], environ={})
        runner = await server.listen(app, settings)
        async with aiohttp.ClientSession() as http:
            url = server.address_of(runner)
            async with http.get(f"{url}/healthz") as response:
                assert response.status == 200
            async with http.get(f"{url}/readyz") as response:
                told = await response.json()
                assert response.status == 503 and told["parts"]["assistant"]["reason"] and told["parts"]["database"] == {"ready": True}
            async with http.post(f"{url}/webhook/fake", data=body(1, "an", "x"), headers=HEADERS) as response:
                assert response.status == 200
            assert not channel.sent
            loading.set()
            await app[server.OPENED]
            while not channel.sent:
                await asyncio.sleep(0.01)
        await runner.cleanup()
        assert channel.sent == [("an", "Trả lời: x")]

    asyncio.run(scene())


def test_an_assistant_that_cannot_be_loaded_ends_the_server(file: Engine) -> None:
    def load() -> FakeAssistant:
        raise errors.Trouble("mô hình hỏng", errors.UNAVAILABLE)

    settings = config()
    ready: list[str] = []
    with pytest.raises(errors.Trouble, match="mô hình hỏng"):
        asyncio.run(server.serve(server.build(settings, file, load, channels=[], environ={}), settings, ready.append))
    assert not ready


def test_readiness_tells_what_is_wrong_with_the_database(engine: Engine) -> None:
    async def scene() -> None:
        async with running(engine) as here:
            with engine.begin() as connection:
                connection.execute(text("UPDATE knowledge_version SET version_num = '0001'"))
            async with here.http.get(f"{here.url}/readyz") as response:
                told = await response.json()
                assert response.status == 503 and not told["ready"] and "0001" in told["parts"]["database"]["reason"]

    asyncio.run(scene())


@pytest.mark.parametrize(("given", "headers", "status"), [
    ({}, {}, 200),
    ({}, {"X-Forwarded-For": "1.2.3.4"}, 403),     # somebody else's proxy on this machine
    ({"trusted_proxies": (ipaddress.ip_network("127.0.0.1"),)}, {"X-Forwarded-For": "1.2.3.4"}, 403),
    ({"metrics_token": "0123456789abcdef"}, {"X-Forwarded-For": "1.2.3.4", "Authorization": "Bearer 0123456789abcdef"}, 200),
    ({"metrics_token": "0123456789abcdef"}, {"X-Forwarded-For": "1.2.3.4", "Authorization": "Bearer sai"}, 403),
    ({"metrics_token": "0123456789abcdef"}, {"X-Forwarded-For": "1.2.3.4", "Authorization": "Bearer đúng"}, 403),
])
def test_figures_are_for_this_machine_or_by_token(file: Engine, given: dict[str, object], headers: dict[str, str], status: int) -> None:
    async def scene() -> None:
        async with running(file, config(**given)) as here, here.http.get(f"{here.url}/metrics", headers=headers) as response:
            assert response.status == status

    asyncio.run(scene())


def test_every_answer_keeps_browsers_safe(file: Engine) -> None:
    async def scene() -> None:
        async with running(file, config(public_url="https://troly.example.vn")) as here:
            for path in ("/healthz", "/readyz", "/metrics", "/khong-co", "/webhook/x", "/api/session", "/"):
                async with here.http.get(f"{here.url}{path}") as response:
                    assert "default-src 'none'" in response.headers["Content-Security-Policy"], path
                    assert response.headers["X-Content-Type-Options"] == "nosniff"
                    assert response.headers["Strict-Transport-Security"].startswith("max-age=")
                    assert response.headers["Server"] == "troly"
                    assert response.headers["Referrer-Policy"] in ("no-referrer", "same-origin")
                    assert "unsafe" not in response.headers["Content-Security-Policy"]

    asyncio.run(scene())


def test_errors_are_json_in_vietnamese(file: Engine, caplog: pytest.LogCaptureFixture) -> None:
    async def fail(_request: web.Request) -> web.Response:
        raise RuntimeError("nội tình")

    async def scene() -> None:
        settings = config()
        app = server.build(settings, file, FakeAssistant(), channels=[], environ={})
        app.router.add_get("/loi", fail)
        runner = await server.listen(app, settings)
        async with aiohttp.ClientSession() as http:
            for path, status in (("/loi", 500), ("/khong-co", 404)):
                async with http.get(server.address_of(runner) + path) as response:
                    assert response.status == status and response.content_type == "application/json"
                    assert "nội tình" not in (await response.json())["error"]
            async with http.delete(server.address_of(runner) + "/healthz") as response:
                assert response.status == 405 and "GET" in response.headers["Allow"]
        await runner.cleanup()

    with caplog.at_level(logging.ERROR):
        asyncio.run(scene())
    assert "RuntimeError: nội tình" in caplog.text


def test_too_many_requests_of_one_address_are_told_to_wait(file: Engine) -> None:
    async def scene() -> None:
        async with running(file, config(requests_per_second=5)) as here:
            statuses = []
            for _ in range(40):
                async with here.http.get(f"{here.url}/khong-co") as response:
                    statuses.append(response.status)
                    if response.status == 429:
                        assert int(response.headers["Retry-After"]) >= 1
            assert statuses[:30] == [404] * 30 and 429 in statuses
            async with here.http.get(f"{here.url}/healthz") as response:
                assert response.status == 200

    asyncio.run(scene())


def test_work_of_the_assistant_does_not_hold_up_the_server(file: Engine) -> None:
    async def scene() -> None:
        async with running(file, assistant=FakeAssistant(0.25)) as here:
            await asyncio.gather(*(here.post(n, f"u{n}", "x") for n in range(8)))
            asked = 0
            while len(here.channel.sent) < 8:
                async with here.http.get(f"{here.url}/healthz") as response:
                    assert response.status == 200
                asked += 1
            assert asked >= 20, "two seconds of turns, and the health was told all the while"

    asyncio.run(scene())


def test_old_conversations_are_erased_and_young_ones_stay(engine: Engine) -> None:
    async def scene() -> None:
        async with running(engine) as here:
            await here.post(1, "an", "chuyện cũ")
            await here.replies(1)

    asyncio.run(scene())
    metadata.create_all(engine)
    with writing(engine) as connection:
        for name, updated in (("cũ", 1000.0), ("mới", time.time())):
            connection.execute(conversations.insert().values(id=name, last=1, session=1, state="{}", updated=updated))
            connection.execute(events.insert().values(conversation=name, number=1, type="user", time=updated, data="{}"))
    assert erase_before(engine, 2000.0) == 1
    assert erase_before(engine, time.time() + 10) == 3
    with engine.connect() as connection:
        assert connection.scalars(select(inbox.c.event)).all() == [""] == connection.scalars(select(outbox.c.message)).all()
        assert connection.scalars(select(conversations.c.id)).all() == [] == connection.scalars(select(events.c.conversation)).all()


def test_the_log_is_json_without_secrets() -> None:
    secrets = server_log.secrets_of({
        "TROLY_SECRET": "s3cret-of-the-server", "TROLY_TELEGRAM_TOKEN": "123456:ABCdefGHIjklMNOpqrSTU", "TROLY_HOST": "127.0.0.1",
        "TROLY_DATABASE_URL": "postgresql://troly:m%40tkhau-db@db/troly", "HOME_TOKEN": "not ours"})
    assert "127.0.0.1" not in secrets and "not ours" not in secrets
    lines = server_log.JsonLines(secrets)
    try:
        raise ValueError("at postgresql://troly:m%40tkhau-db@db/troly\n[SQL: x]\n[parameters: ('chuyện riêng',)]\n(Background: y)")
    except ValueError:
        record = logging.LogRecord(
            "x", logging.ERROR, "f", 1, "call %s with %s and Bearer abcdef.ghi", (
                "https://api.telegram.org/bot123456:ABCdefGHIjklMNOpqrSTU/sendMessage", "s3cret-of-the-server"), sys.exc_info())
    record.channel, record.count = "m@tkhau-db", 3
    found = lines.format(record)
    told = json.loads(found)
    assert "\n" not in found and (told["level"], told["count"]) == ("ERROR", 3) and "Traceback" in told["traceback"]
    for secret in ("s3cret", "ABCdef", "m@tkhau", "m%40tkhau", "abcdef.ghi", "chuyện riêng"):
        assert secret not in found
    assert "sendMessage" in found and "[SQL: x]" in told["traceback"]


def test_a_taken_port_is_told_before_anything_is_loaded(file: Engine) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings = config(port=taken.getsockname()[1])
        app = server.build(settings, file, FakeAssistant(), channels=[], environ={})
        with pytest.raises(OSError, match="in use"):
            asyncio.run(server.serve(app, settings, print))


def test_the_command_names_wrong_settings_in_one_line(tmp_path: Path) -> None:
    environ = {**os.environ, "TROLY_VAR": str(tmp_path), "TROLY_DATABASE_URL": f"sqlite:///{tmp_path / 'x.db'}"}

    refused = subprocess.run(
        [sys.executable, "-m", "bot.cli", "serve", "--host", "0.0.0.0", "--port", "x"], cwd=ROOT, env={**environ, "TROLY_SECRET": "ngắn"},
        capture_output=True, text=True, timeout=60, check=False)
    assert refused.returncode == errors.UNAVAILABLE and "TROLY_SECRET" in refused.stderr and "TROLY_PORT" in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1 and not (tmp_path / "x.db").exists()


class Silent(FakeChannel):
    name = "silent"
    title = "Kênh câm"

    async def check(self) -> str:
        raise SendFailed(Remedy.STOP_CHANNEL, "Kênh câm: mã truy cập hết hạn")

    async def send(self, message: Outgoing) -> str:
        raise SendFailed(Remedy.STOP_CHANNEL, "mã truy cập hết hạn")


def test_a_stopped_channel_shows_in_the_figures_and_stops_no_other(file: Engine, caplog: pytest.LogCaptureFixture) -> None:
    class SilentEvents(Silent):
        def receive(self, request):  # type: ignore[no-untyped-def]
            return [type(event)("silent", *list(vars(event).values())[1:]) for event in super().receive(request)]

    async def scene() -> None:
        async with running(file, channels=[SilentEvents()]) as here:
            async with here.http.post(f"{here.url}/webhook/silent", data=body(1, "x", "x"), headers=HEADERS) as response:
                assert response.status == 200
            await here.post(2, "an", "y")
            assert await here.replies(1) == [("an", "Trả lời: y")]
            figures = ""  # the channel is down first, its message is put back right after
            while not all(f'troly_{said}' in figures for said in (
                'channel_up{channel="silent"} 0.0', 'outbox_messages{channel="silent",state="new"} 1.0',
            )):
                async with here.http.get(f"{here.url}/metrics") as response:
                    figures = await response.text()
            assert 'troly_channel_up{channel="fake"} 1.0' in figures

    with caplog.at_level(logging.ERROR):
        asyncio.run(asyncio.wait_for(scene(), 30))
    assert any(getattr(record, "reason", "") == "mã truy cập hết hạn" for record in caplog.records)


def test_doctor_asks_all_channels_at_once() -> None:
    found = asyncio.run(doctor.ask([FakeChannel(), Silent()]))
    assert [(one.state, one.text) for one in found] == [
        ("good", "Kênh thử: Kênh thử trả lời."), ("bad", "Kênh câm: mã truy cập hết hạn")]


def test_doctor_names_what_is_wrong(tmp_path: Path) -> None:
    current = load({"TROLY_VAR": str(tmp_path), "TROLY_DATABASE_URL": f"sqlite:///{tmp_path / 'none.db'}"})

    def texts(look: Callable[[], object], state: str) -> str:
        return " ".join(one.text for one in look() if one.state == state)  # type: ignore[attr-defined]

    wrong = {"TROLY_PROT": "1", "TROLY_HOST": "0.0.0.0"}
    assert "TROLY_SECRET" in texts(lambda: doctor.look_at_settings(wrong, current, False), "bad")
    assert "TROLY_PORT" in texts(lambda: doctor.look_at_settings(wrong, current, False), "warning")
    assert "none.db" in texts(lambda: doctor.look_at_database(current), "bad") and not (tmp_path / "none.db").exists()
    assert "trống" in texts(lambda: doctor.look_at_disk(current), "good") + texts(lambda: doctor.look_at_disk(current), "warning")


def test_doctor_reads_a_database_in_order(file: Engine, tmp_path: Path) -> None:
    current = load({"TROLY_VAR": str(tmp_path), "TROLY_DATABASE_URL": str(file.url)})
    states = [(one.state, one.text) for one in doctor.look_at_database(current)]
    assert [state for state, _ in states] == ["good", "bad", "warning"] and "import" in states[1][1]
    half = {"TROLY_ZALO_OA_APP_ID": "1"}
    assert ["TROLY_ZALO_OA_APP_SECRET" in one.text for one in doctor.look_at_channels(half, current, offline=True)] == [True]
    whole = {"TROLY_TELEGRAM_TOKEN": "123456789:AAHabcdefghijklmnopqrstuvwxyz12345"}
    assert [one.state for one in doctor.look_at_channels(whole, current, offline=True)] == ["good"]


def test_doctor_as_a_command(tmp_path: Path) -> None:
    environ = {**os.environ, "TROLY_VAR": str(tmp_path), "TROLY_DATABASE_URL": f"sqlite:///{tmp_path / 'none.db'}"}
    done = subprocess.run([sys.executable, "-m", "bot.cli", "doctor", "--offline"], cwd=ROOT, env=environ, capture_output=True, text=True,
                          timeout=60, check=False)
    assert done.returncode == errors.FAILED and not done.stderr
    assert all(title in done.stdout for title in ("Cấu hình", "Cơ sở dữ liệu", "Mô hình", "Ổ đĩa", "Các kênh", "✗"))


def test_a_signal_stops_it_and_says_so_to_whoever_asks(file: Engine) -> None:
    settings, stopped = config(), []

    async def scene() -> None:
        app = server.build(settings, file, FakeAssistant(), channels=[FakeChannel()], environ={})

        def ready(address: str) -> None:
            stopped.append(address)
            os.kill(os.getpid(), signal.SIGTERM)

        await server.serve(app, settings, ready)
        assert app[server.READINESS].stopping

    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    try:
        asyncio.run(asyncio.wait_for(scene(), 20))
    finally:
        signal.signal(signal.SIGTERM, before[0])
        signal.signal(signal.SIGINT, before[1])
    assert stopped[0].startswith("http://127.0.0.1:")


def test_a_webhook_is_registered_once_the_provider_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Away:
        name = "away"

        async def register_webhook(self, public_url: str) -> None:
            asked.append(public_url)
            if len(asked) == 1:
                raise SendFailed(Remedy.RETRY, "down")

    monkeypatch.setattr(server, "_FIRST_PAUSE", 0.01)
    asyncio.run(asyncio.wait_for(server._announce(Away(), "https://troly.example"), 5))  # type: ignore[arg-type]
    assert asked == ["https://troly.example"] * 2
