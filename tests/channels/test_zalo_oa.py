"""What only a Zalo Official Account does: signatures, windows, templates, the error table, tokens that run out."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from bot.channels.port import Button, Forbidden, Outgoing, Remedy, Request, SendFailed
from bot.channels.zalo_oa import Template, ZaloOfficialAccount
from knowledge.store import open_engine
from tests.channels.cases import APP_ID, APP_SECRET, AT, CASES, FIRST, in_loop, oa_signature, zalo_oa
from tests.channels.fakes.server import FAULTS
from tests.channels.fakes.zalo_oa import FakeZaloOA, refuse

CASE = next(case for case in CASES if case.name == "zalo_oa")
SEND, TRADE, TEMPLATE = "/v3.0/oa/message/cs", "/v4/oa/access_token", "/message/template"
VIETNAM = timezone(timedelta(hours=7))
HELLO = Outgoing("2512523625412515", "Chào anh/chị")


def provider() -> FakeZaloOA:
    return FakeZaloOA(APP_ID, APP_SECRET, FIRST)


async def failure(channel: ZaloOfficialAccount, message: Outgoing = HELLO) -> SendFailed:
    with pytest.raises(SendFailed) as caught:
        await channel.send(message)
    return caught.value


# -- the webhook


def signed(body: bytes, stamp: str | None, at: datetime = AT, **options: Any) -> Request:
    """A request with the timestamp in the header, or, without `stamp`, signed with the one in the body."""
    used = stamp if stamp is not None else str(json.loads(body)["timestamp"])
    headers = {"x-zevent-signature": oa_signature(body, used, **options)}
    return Request(body, {**headers, **({"x-zevent-timestamp": stamp} if stamp is not None else {})}, at)


def text_body(**changes: Any) -> bytes:
    return json.dumps({**dict(CASE.fixtures())["text"]["payload"], **changes}, ensure_ascii=False).encode()


def test_the_timestamp_of_header_or_body_is_signed() -> None:
    now = int(AT.timestamp())
    for stamp, body in ((str(now), text_body()), (str(now * 1000), text_body()), (None, text_body(timestamp=str(now * 1000)))):
        assert len(zalo_oa().receive(signed(body, stamp))) == 1
    assert len(zalo_oa(stamps=("body",)).receive(signed(text_body(timestamp=now), None))) == 1
    with pytest.raises(Forbidden):
        zalo_oa(stamps=("header",)).receive(signed(text_body(timestamp=now), None))
    with pytest.raises(Forbidden):
        zalo_oa(stamps=("body",)).receive(signed(text_body(timestamp="1"), str(now)))


@pytest.mark.parametrize(("seconds", "taken"), [(0, True), (299, True), (-299, True), (301, False), (-301, False), (10**7, False)])
def test_signatures_are_good_for_five_minutes(seconds: int, taken: bool) -> None:
    request = signed(text_body(), str(int(AT.timestamp() * 1000)), AT + timedelta(seconds=seconds))
    if taken:
        assert len(zalo_oa().receive(request)) == 1
    else:
        with pytest.raises(Forbidden):
            zalo_oa().receive(request)


def test_every_byte_is_signed() -> None:
    body, stamp = text_body(), str(int(AT.timestamp() * 1000))
    genuine = signed(body, stamp)
    for at in range(0, len(body), 7):
        with pytest.raises(Forbidden):
            zalo_oa().receive(Request(body[:at] + bytes([body[at] ^ 1]) + body[at + 1:], genuine.headers, AT))
    for options in ({"secret": "another-secret-0123456789"}, {"app_id": "1"}):
        with pytest.raises(Forbidden):
            zalo_oa().receive(signed(body, stamp, **options))


def test_the_consoles_check_is_answered_and_does_nothing() -> None:
    assert zalo_oa().receive(Request(b"{}", {}, AT)) == []
    assert zalo_oa().receive(Request(b" {}\n", {"content-type": "application/json"}, AT)) == []
    for body, headers in ((b"{}", {"x-zevent-signature": "mac=00"}), (b'{"event_name":"follow"}', {})):
        with pytest.raises(Forbidden):
            zalo_oa().receive(Request(body, headers, AT))


# -- errors


@pytest.mark.parametrize(("code", "remedy"), [
    (-32, Remedy.RETRY), (-211, Remedy.STOP_CHANNEL), (-213, Remedy.OTHER_CHANNEL), (-218, Remedy.OTHER_CHANNEL),
    (-227, Remedy.OTHER_CHANNEL), (-244, Remedy.OTHER_CHANNEL), (-224, Remedy.STOP_CHANNEL), (-230, Remedy.OTHER_CHANNEL),
    (-232, Remedy.OTHER_CHANNEL), (-204, Remedy.STOP_CHANNEL), (-205, Remedy.STOP_CHANNEL), (-209, Remedy.STOP_CHANNEL),
    (-212, Remedy.STOP_CHANNEL), (-219, Remedy.STOP_CHANNEL), (-221, Remedy.STOP_CHANNEL), (-223, Remedy.STOP_CHANNEL),
    (-201, Remedy.DEAD_LETTER), (-210, Remedy.DEAD_LETTER), (-233, Remedy.DEAD_LETTER), (-99999, Remedy.DEAD_LETTER),
])
@in_loop
async def test_the_error_table(code: int, remedy: Remedy) -> None:
    async with provider() as fake:
        channel = zalo_oa(fake.url)
        fake.script(SEND, refuse(code))
        failed = await failure(channel)
        assert (failed.remedy, failed.retry_after) == (remedy, None)
        assert str(code) in failed.reason
        await channel.stop()


@pytest.mark.parametrize(("here", "wait"), [
    (datetime(2025, 5, 20, 22, 0, tzinfo=VIETNAM), 8 * 3600), (datetime(2025, 5, 21, 0, 30, tzinfo=VIETNAM), 5.5 * 3600),
    (datetime(2025, 5, 21, 5, 59, 59, tzinfo=VIETNAM), 1), (datetime(2025, 5, 21, 6, 0, tzinfo=VIETNAM), 24 * 3600),
])
@in_loop
async def test_at_night_it_waits_for_six_o_clock(here: datetime, wait: float) -> None:
    async with provider() as fake:
        channel = zalo_oa(fake.url, now=here.timestamp)
        fake.script(SEND, refuse(-234))
        failed = await failure(channel)
        assert (failed.remedy, failed.retry_after) == (Remedy.RETRY, wait)
        await channel.stop()


# -- tokens


@in_loop
async def test_a_refused_token_is_renewed_and_the_message_sent_again_once() -> None:
    async with provider() as fake:
        channel = zalo_oa(fake.url)
        await channel.send(HELLO)
        fake.access = "changed-by-the-provider"
        await channel.send(HELLO)
        assert fake.trades == 2 and len(fake.sent) == 2
        fake.script(SEND, refuse(-216, status=401))
        await channel.send(HELLO)
        assert fake.trades == 3 and len(fake.sent) == 3
        fake.script(SEND, refuse(-216), refuse(-216))
        assert (await failure(channel)).remedy is Remedy.STOP_CHANNEL
        assert len(fake.called(SEND)) == 7
        await channel.stop()


@in_loop
async def test_a_token_is_renewed_before_it_ends() -> None:
    clock = [1_747_792_800.0]
    async with provider() as fake:
        channel = zalo_oa(fake.url, now=lambda: clock[0])
        for hours, trades in ((0, 1), (24, 1), (0.95, 2), (24, 2)):
            clock[0] += hours * 3600
            await channel.send(HELLO)
            assert fake.trades == trades
        assert len(fake.called(SEND)) == 4  # none was refused
        await channel.stop()


@pytest.mark.parametrize("lifetime", ["", "0", "-5", "soon", None, 10])
@in_loop
async def test_odd_lifetimes_are_survived(lifetime: Any) -> None:
    async with provider() as fake:
        fake.expires_in = lifetime
        channel = zalo_oa(fake.url)
        await channel.send(HELLO)
        await channel.send(HELLO)
        assert len(fake.sent) == 2 and 1 <= fake.trades <= 2
        await channel.stop()


@in_loop
async def test_a_used_refresh_token_stops_the_channel_by_name() -> None:
    async with provider() as fake:
        fake.refresh = "another"
        channel = zalo_oa(fake.url)
        failed = await failure(channel)
        assert failed.remedy is Remedy.STOP_CHANNEL and "TROLY_ZALO_OA_REFRESH_TOKEN" in failed.reason
        assert FIRST not in failed.reason
        await channel.stop()


@pytest.mark.parametrize("fault", FAULTS)
@in_loop
async def test_a_renewal_without_answer_is_tried_again(fault: str) -> None:
    async with provider() as fake:
        channel = zalo_oa(fake.url)
        fake.script(TRADE, FAULTS[fault])
        assert (await failure(channel)).remedy is Remedy.RETRY
        assert await channel.send(HELLO)
        await channel.stop()


@in_loop
async def test_the_pair_outlives_the_process(tmp_path: Path) -> None:
    async with provider() as fake:
        for _ in range(3):
            engine = open_engine(f"sqlite:///{tmp_path / 'troly.db'}")
            channel = zalo_oa(fake.url, engine=engine)
            await channel.send(HELLO)
            await channel.stop()
            engine.dispose()
        assert fake.trades == 1 and len(fake.sent) == 3


@in_loop
async def test_giving_up_in_the_middle_of_a_renewal_loses_no_token() -> None:
    engine = open_engine("sqlite://")
    async with provider() as fake:
        channel = zalo_oa(fake.url, engine=engine, timeout=5)
        arrived, go_on = asyncio.Event(), asyncio.Event()

        async def hesitating(request: Any) -> Any:
            arrived.set()
            await go_on.wait()
            return await fake.trade(request, dict(await request.post()))

        fake.script(TRADE, hesitating)
        sending = asyncio.ensure_future(channel.send(HELLO))
        await arrived.wait()
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        stopping = asyncio.ensure_future(channel.stop())
        go_on.set()
        await stopping
        again = zalo_oa(fake.url, engine=engine)
        assert await again.send(HELLO)
        assert fake.trades == 1
        await again.stop()


@in_loop
async def test_many_processes_renew_once(engine: Engine) -> None:
    """Several channels on one database stand for processes: they share nothing else."""
    async with provider() as fake:
        channels = [zalo_oa(fake.url, engine=engine, timeout=10) for _ in range(4)]
        for round_ in range(1, 4):
            await asyncio.gather(*(channel.send(HELLO) for channel in channels for _ in range(3)))
            assert fake.trades == round_ and len(fake.sent) == 12 * round_
            fake.access = "ended"
        for channel in channels:
            await channel.stop()


# -- buttons, templates


@in_loop
async def test_buttons_are_a_list_template_where_it_holds_them() -> None:
    five = tuple(Button(f"Nhiệm vụ {n}", str(n)) for n in range(1, 6))
    async with provider() as fake:
        channel = zalo_oa(fake.url)
        await channel.send(Outgoing("1", "Anh/chị hỏi nhiệm vụ nào?\n1. một\n2. hai", five))
        await channel.send(Outgoing("1", "Anh/chị hỏi gì?", (*five, Button("6", "6"))))
        await channel.send(Outgoing("1", "Dài. " * 150, five))
        payload = fake.sent[0]["message"]["attachment"]["payload"]
        assert payload["elements"] == [{"title": "Anh/chị hỏi nhiệm vụ nào?", "subtitle": "1. một\n2. hai"}]
        assert payload["buttons"][4] == {"title": "Nhiệm vụ 5", "type": "oa.query.hide", "payload": "5"}
        assert all("text" in sent["message"] for sent in fake.sent[1:])
        assert "5. Nhiệm vụ 5" in fake.sent[2]["message"]["text"]
        await channel.stop()


@in_loop
async def test_a_template_that_is_refused_goes_out_as_text() -> None:
    async with provider() as fake:
        channel = zalo_oa(fake.url)
        fake.script(SEND, refuse(-201, "Params is invalid"))
        await channel.send(Outgoing("1", "Chọn:", (Button("Nhiệm vụ 1", "1"),)))
        assert [sent["message"] for sent in fake.sent] == [{"text": "Chọn:\n\n1. Nhiệm vụ 1"}]
        fake.script(SEND, refuse(-230))
        assert (await failure(channel, Outgoing("1", "Chọn:", (Button("Nhiệm vụ 1", "1"),)))).remedy is Remedy.OTHER_CHANNEL
        await channel.stop()


@pytest.mark.parametrize("code", [-230, -232])
@in_loop
async def test_a_reminder_after_the_window_takes_the_approved_template(code: int) -> None:
    reminder = Outgoing("2512", "Nhiệm vụ 18 đến hạn 31/12. " * 20, purpose="push")
    async with provider() as fake:
        channel = zalo_oa(fake.url, template=Template("2177", "noi_dung", 100))
        fake.script(SEND, *[refuse(code)] * 4)
        assert [await channel.send(reminder) for _ in range(2)] == ["zbs1", "zbs2"]
        first, second = fake.templates
        assert first == second and (first["user_id"], first["template_id"]) == ("2512", "2177")  # a repeat bears the same tracking_id
        text = first["template_data"]["noi_dung"]
        assert len(text) <= 100 and text.startswith("Nhiệm vụ 18") and text.endswith("…")
        assert (await failure(channel)).remedy is Remedy.OTHER_CHANNEL  # a reply is no reminder
        fake.script(TEMPLATE, refuse(-211))
        assert (await failure(channel, reminder)).remedy is Remedy.STOP_CHANNEL
        await channel.stop()


@in_loop
async def test_it_does_not_poll() -> None:
    channel = zalo_oa()
    assert channel.polls is False
    with pytest.raises(SendFailed):
        await channel.poll()
