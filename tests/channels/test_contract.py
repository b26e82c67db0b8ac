"""What every channel must do, driven over real HTTP against a server that behaves as its provider does."""

from __future__ import annotations

import asyncio
import json
import logging
import traceback
from collections.abc import Awaitable

import pytest
from aiohttp.test_utils import unused_port

from bot.channels.port import Button, Channel, Forbidden, Incoming, Malformed, Outgoing, Remedy, Request, SendFailed
from tests.channels.cases import AT, CASES, Case, in_loop
from tests.channels.fakes.server import FAULTS, FakeProvider, Handler, answering

ALL = [pytest.param(case, fixture, id=f"{case.name}-{stem}") for case in CASES for stem, fixture in case.fixtures()]
LONG = "Nhiệm vụ số 18: Sở Y tế chủ trì; hạn 12/2028.\n\n"


async def failure(doing: Awaitable[object]) -> SendFailed:
    with pytest.raises(SendFailed) as caught:
        await doing
    return caught.value


def body_of(fixture: dict[str, object]) -> bytes:
    return json.dumps(fixture["payload"], ensure_ascii=False).encode()


def text_fixture(case: Case) -> dict[str, object]:
    return next(f for _, f in case.fixtures() if any(e["kind"] == "text" and not e.get("group") for e in f["events"]))


def delivered_text(sent: dict[str, object]) -> str:
    """The words of a message as the fake provider took it."""
    message = sent.get("message", sent)
    assert isinstance(message, dict)
    if "text" in message:
        return str(message["text"])
    element = message["attachment"]["payload"]["elements"][0]
    return "\n".join(filter(None, [element["title"], element.get("subtitle")]))


# -- receiving


@pytest.mark.parametrize(("case", "fixture"), ALL)
def test_every_fixture_gives_its_events(case: Case, fixture: dict[str, object]) -> None:
    events = case.make().receive(case.request(body_of(fixture)))
    wanted = fixture["events"]
    assert isinstance(wanted, list)
    assert len(events) == len(wanted)
    for event, expected in zip(events, wanted):
        known = {**event.as_dict(), "channel": case.name}
        assert {key: known[key] for key in expected} == expected
        assert Incoming.from_dict(json.loads(json.dumps(event.as_dict()))) == event


def test_event_ids_are_unique_and_a_repeat_keeps_its_own(case: Case) -> None:
    channel = case.make()
    first, second = (
        [e.event_id for _, f in case.fixtures() for e in channel.receive(case.request(body_of(f)))] for _ in range(2))
    assert first == second
    assert len(set(first)) == len(first) >= 5


@pytest.mark.parametrize("kind", ["text", "unsupported"])
def test_its_fixtures_cover(case: Case, kind: str) -> None:
    assert any(event["kind"] == kind for _, fixture in case.fixtures() for event in fixture["events"])
    assert any(not fixture["events"] for _, fixture in case.fixtures())


def test_forged_requests_are_forbidden(case: Case) -> None:
    channel, body = case.make(), body_of(text_fixture(case))
    genuine = case.sign(body)
    forged: list[dict[str, str]] = [{}]
    for name, value in genuine.items():
        wrongs = {"", value[:-1], value + "x", value.swapcase(), "é" * 20, "\ud800", value + "\0", value[::-1]} - {value}
        forged += [{**genuine, name: wrong} for wrong in wrongs]
    for headers in forged:
        with pytest.raises(Forbidden) as caught:
            channel.receive(Request(body, headers, AT))
        assert not any(secret in str(caught.value) for secret in case.secrets)
    assert len(channel.receive(Request(body, genuine, AT))) == 1


def test_without_a_secret_nothing_is_believed(case: Case) -> None:
    channel, body = case.make(**case.without_secret), body_of(text_fixture(case))
    for headers in ({}, dict.fromkeys(case.sign(body), ""), case.sign(body)):
        with pytest.raises(Forbidden):
            channel.receive(Request(body, headers, AT))


@pytest.mark.parametrize("body", [
    b"", b"null", b"[]", b"1", b"\xff\xfe", b"{", b"[" * 100_000, b'{"update_id": 1e999}', b'{"update_id":' + b"9" * 5000 + b"}",
    b'{"ok": true, "result": []}', b'{"event_name": 5}', b'{"update_id": 1, "message": "x"}',
])
def test_nonsense_is_malformed(case: Case, body: bytes) -> None:
    with pytest.raises(Malformed):
        case.make().receive(case.request(body))


def test_ids_that_no_database_takes_are_malformed(case: Case) -> None:
    channel, fixture = case.make(), text_fixture(case)
    (wanted,) = fixture["events"]  # type: ignore[misc]
    text = json.dumps(fixture["payload"])
    for wrong in ("", "x" * 300, "a b", "a\\u0000b", "\\ud800", "đ"):
        changed = text.replace(json.dumps(wanted["user"]), f'"{wrong}"').replace(f': {wanted["user"]}', f': "{wrong}"')
        assert changed != text
        with pytest.raises(Malformed):
            channel.receive(case.request(changed.encode()))


def test_texts_lose_what_no_database_takes(case: Case) -> None:
    fixture = text_fixture(case)
    (wanted,) = fixture["events"]  # type: ignore[misc]
    changed = json.dumps(fixture["payload"], ensure_ascii=False).replace(
        f'"text": "{wanted["text"]}"', '"text": "a\\u0000b\\ud800c 👍"')
    (event,) = case.make().receive(case.request(changed.encode()))
    assert event.text == "ab?c 👍"


# -- sending


@in_loop
async def test_a_message_arrives_as_it_is(case: Case) -> None:
    async with case.fake() as fake:
        channel = case.make(fake.url)
        await channel.start()
        texts = ["Chào anh/chị!\n\n• <b>một</b> & *hai* _ba_ 👍", "x" * channel.longest]
        ids = [await channel.send(Outgoing("7001", text)) for text in texts]
        assert [delivered_text(sent) for sent in fake.sent] == texts
        assert len(set(ids)) == 2 and all(ids)
        await channel.stop()
        await channel.stop()


@in_loop
async def test_choices_can_be_made_from_what_arrives(case: Case) -> None:
    buttons = (Button("1", "1"), Button("2", "2"), Button("Xem thêm", "Xem thêm"), Button("Thôi nhắc", "dừng"))
    async with case.fake() as fake:
        channel = case.make(fake.url)
        for text in ("Anh/chị hỏi nhiệm vụ nào?\n1. một\n2. hai", LONG * 30, (LONG * 100)[:channel.longest]):
            fake.sent.clear()
            assert await channel.send(Outgoing("7001", text, buttons))
            arrived = json.dumps(fake.sent, ensure_ascii=False)
            assert "\n".join(delivered_text(sent) for sent in fake.sent).startswith(text.strip()[:1900])
            for button in buttons:
                assert button.title in arrived and button.payload in arrived
        await channel.stop()


@pytest.mark.parametrize("fault", FAULTS)
@in_loop
async def test_whatever_is_no_answer_is_tried_again_later(case: Case, fault: str) -> None:
    async with case.fake() as fake:
        channel = case.make(fake.url)
        fake.always = FAULTS[fault]
        for doing in (channel.send(Outgoing("7001", "chào")), channel.check(), *([channel.poll()] if channel.polls else [])):
            failed = await failure(doing)
            assert failed.remedy is Remedy.RETRY and channel.title in failed.reason
        assert not any(name.endswith("portal") for name, _ in fake.calls)
        await channel.stop()


@in_loop
async def test_a_provider_that_is_down_stops_nothing(case: Case) -> None:
    channel = case.make(f"http://127.0.0.1:{unused_port()}")
    await channel.start()
    assert (await failure(channel.send(Outgoing("7001", "chào")))).remedy is Remedy.RETRY
    assert (await failure(channel.check())).remedy is Remedy.RETRY
    (event,) = channel.receive(case.request(body_of(text_fixture(case))))
    await channel.acknowledge(event)
    await channel.stop()


@in_loop
async def test_it_works_again_once_the_provider_does(case: Case) -> None:
    async with case.fake() as fake:
        channel = case.make(fake.url)
        fake.script(case.remedy_of, *FAULTS.values())
        for _ in FAULTS:
            assert (await failure(channel.send(Outgoing("7001", "chào")))).remedy is Remedy.RETRY
        assert await channel.send(Outgoing("7001", "chào"))
        await channel.stop()


@in_loop
async def test_json_counts_whatever_its_content_type(case: Case) -> None:
    async with case.fake() as fake:
        channel = case.make(fake.url)
        ordinary = fake.answer

        async def as_text(request, method, parameters):  # type: ignore[no-untyped-def]
            response = await ordinary(request, method, parameters)
            response.headers["Content-Type"] = "text/html; charset=utf-8"
            return response

        fake.answer = as_text  # type: ignore[method-assign]
        assert await channel.send(Outgoing("7001", "chào"))
        await channel.stop()


@in_loop
async def test_acknowledging_never_raises(case: Case) -> None:
    async with case.fake() as fake:
        channel = case.make(fake.url)
        events = [event for _, f in case.fixtures() for event in channel.receive(case.request(body_of(f)))]
        for fault in (None, FAULTS["broken"], FAULTS["garbage"]):
            fake.always = fault
            for event in events:
                await channel.acknowledge(event)
        fake.always = FAULTS["slow"]
        await channel.acknowledge(events[0])
        assert fake.sent == []
        await channel.stop()


@in_loop
async def test_check_says_that_it_answers(case: Case) -> None:
    async with case.fake() as fake:
        channel = case.make(fake.url)
        assert "có trả lời" in await channel.check()
        await channel.stop()


@in_loop
async def test_sending_at_once_from_many_tasks(case: Case) -> None:
    async with case.fake() as fake:
        channel = case.make(fake.url, timeout=5)
        ids = await asyncio.gather(*(channel.send(Outgoing("7001", f"tin {n}")) for n in range(40)))
        assert len(set(ids)) == 40
        assert sorted(delivered_text(sent) for sent in fake.sent) == sorted(f"tin {n}" for n in range(40))
        await channel.stop()


# -- secrets


@in_loop
async def test_no_secret_is_ever_seen(case: Case, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    seen: list[str] = []

    async def note(channel: Channel) -> None:
        for doing in (channel.send(Outgoing("7001", "chào")), channel.check(), *([channel.poll()] if channel.polls else [])):
            failed = await failure(doing)
            seen.extend([str(failed), failed.reason, repr(failed), "".join(traceback.format_exception(failed))])
            cause: BaseException | None = failed
            while cause is not None:
                seen.append(str(cause))
                cause = cause.__cause__ or cause.__context__
        (event,) = channel.receive(case.request(body_of(text_fixture(case))))
        await channel.acknowledge(event)
        seen.extend([repr(channel), str(vars(channel).get("_pair"))])
        await channel.stop()

    async with case.fake() as fake:
        for fault in FAULTS.values():
            fake.always = fault
            await note(case.make(fake.url))
        fake.always = echo(case.secrets)
        await note(case.make(fake.url))
    await note(case.make(f"http://127.0.0.1:{unused_port()}"))
    await note(case.make("http://no-such-host.invalid"))
    written = "\n".join([*seen, *(record.getMessage() for record in caplog.records), caplog.text])
    assert "7001" not in caplog.text and "chào" not in caplog.text
    for secret in case.secrets:
        assert secret not in written


def echo(secrets: tuple[str, ...]) -> Handler:
    """A provider that puts our own secrets into its complaint."""
    words = " ".join(secrets) + " access_token=" + secrets[0]
    return answering({"ok": False, "error": -999, "error_code": 400, "description": words, "message": words}, 400)


def test_fakes_and_cases_agree(case: Case) -> None:
    assert isinstance(case.fake(), FakeProvider)
    assert case.make().name == case.name
