"""What only Telegram does."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from bot.channels.port import Button, Malformed, Outgoing, Remedy, SendFailed
from bot.channels.telegram import Telegram
from tests.channels.cases import BOT_TOKEN, CASES, SECRET, in_loop, telegram
from tests.channels.fakes.bots import FakeTelegram, refuse

CASE = next(case for case in CASES if case.name == "telegram")


def update(number: int, text: str = "hỏi") -> dict[str, Any]:
    person = {"id": 7001, "is_bot": False, "first_name": "Lan"}
    message = {"message_id": number, "from": person, "chat": {"id": 7001, "type": "private"}, "date": 1747792800, "text": text}
    return {"update_id": number, "message": message}


async def refusal(handler: Any, method: str = "sendMessage") -> SendFailed:
    async with FakeTelegram(BOT_TOKEN) as fake:
        channel = telegram(fake.url)
        fake.script(method, handler)
        with pytest.raises(SendFailed) as caught:
            await (channel.send(Outgoing("7001", "chào")) if method == "sendMessage" else channel.poll())
        await channel.stop()
        return caught.value


@pytest.mark.parametrize(("handler", "remedy", "after"), [
    (refuse(429, "Too Many Requests: retry after 7", retry_after=7), Remedy.RETRY, 7.0),
    (refuse(429, "Too Many Requests"), Remedy.RETRY, None),
    (refuse(403, "Forbidden: bot was blocked by the user"), Remedy.UNLINK, None),
    (refuse(403, "Forbidden: user is deactivated"), Remedy.UNLINK, None),
    (refuse(403, "Forbidden: bot can't initiate conversation with a user"), Remedy.UNLINK, None),
    (refuse(401, "Unauthorized"), Remedy.STOP_CHANNEL, None),
    (refuse(404, "Not Found"), Remedy.STOP_CHANNEL, None),
    (refuse(400, "Bad Request: chat not found"), Remedy.DEAD_LETTER, None),
    (refuse(400, "Bad Request: can't parse", status=200), Remedy.DEAD_LETTER, None),
    (refuse(500, "Internal Server Error"), Remedy.RETRY, None),
    (refuse(429, "Too Many Requests", retry_after=-5), Remedy.RETRY, None),
])
@in_loop
async def test_refusals_of_a_message(handler: Any, remedy: Remedy, after: float | None) -> None:
    failed = await refusal(handler)
    assert (failed.remedy, failed.retry_after) == (remedy, after)


@pytest.mark.parametrize(("handler", "remedy"), [
    (refuse(401, "Unauthorized"), Remedy.STOP_CHANNEL),
    (refuse(403, "Forbidden"), Remedy.STOP_CHANNEL),
    (refuse(429, "Too Many Requests", retry_after=3), Remedy.RETRY),
    (refuse(400, "Bad Request: timeout"), Remedy.RETRY),
])
@in_loop
async def test_refusals_of_a_question(handler: Any, remedy: Remedy) -> None:
    assert (await refusal(handler, "getUpdates")).remedy is remedy


@in_loop
async def test_another_program_asks_too() -> None:
    failed = await refusal(refuse(409, "Conflict: terminated by other getUpdates request; make sure only one runs"), "getUpdates")
    assert failed.remedy is Remedy.RETRY and "chương trình khác" in failed.reason


@in_loop
async def test_polling_confirms_only_when_asked_again() -> None:
    async with FakeTelegram(BOT_TOKEN) as fake:
        channel = telegram(fake.url)
        fake.updates = [update(12), update(10), update(11), update(11)]
        assert [event.event_id for event in await channel.poll()] == ["10", "11", "11", "12"]
        assert len(fake.updates) == 4  # a crash here loses nothing: another process is given the same again
        assert [event.event_id for event in await telegram(fake.url).poll()] == ["10", "11", "11", "12"]
        fake.updates.append(update(13))
        assert [event.event_id for event in await channel.poll()] == ["13"]
        assert await channel.poll() == []
        fake.updates = [update(3)]  # after a quiet week the numbers may begin anew
        assert [event.event_id for event in await channel.poll()] == ["3"]
        assert [call.get("offset") for call in fake.called("getUpdates")] == [None, None, 13, 14, None]
        await channel.stop()


@in_loop
async def test_a_failed_question_confirms_nothing_twice() -> None:
    async with FakeTelegram(BOT_TOKEN) as fake:
        channel = telegram(fake.url)
        fake.updates = [update(10)]
        await channel.poll()
        fake.script("getUpdates", refuse(500, "Internal Server Error"))
        with pytest.raises(SendFailed):
            await channel.poll()
        await channel.poll()
        assert [call.get("offset") for call in fake.called("getUpdates")] == [None, 11, 11]
        await channel.stop()


@in_loop
async def test_updates_without_sense_are_passed_over_and_confirmed() -> None:
    async with FakeTelegram(BOT_TOKEN) as fake:
        channel = telegram(fake.url)
        fake.updates = [{"update_id": 5, "message": "?"}, {"update_id": 6, "poll": {}}, update(7)]
        assert [event.event_id for event in await channel.poll()] == ["7"]
        await channel.poll()
        assert fake.updates == []
        await channel.stop()


@in_loop
async def test_polling_removes_a_webhook() -> None:
    async with FakeTelegram(BOT_TOKEN) as fake:
        channel = telegram(fake.url)
        fake.webhook, fake.updates = {"url": "https://old.example"}, [update(1)]
        assert await channel.poll() == []
        assert fake.webhook is None
        assert [event.event_id for event in await channel.poll()] == ["1"]
        await channel.stop()


@in_loop
async def test_registering_the_webhook() -> None:
    async with FakeTelegram(BOT_TOKEN) as fake:
        channel = telegram(fake.url, mode="webhook")
        assert not channel.polls
        await channel.register_webhook("https://troly.example.gov.vn/")
        assert fake.webhook == {
            "url": "https://troly.example.gov.vn/webhook/telegram", "secret_token": SECRET,
            "allowed_updates": ["message", "callback_query", "my_chat_member"]}
        with pytest.raises(SendFailed):
            await channel.register_webhook("http://not-secure.example")
        await channel.stop()


@in_loop
async def test_a_message_is_plain_without_preview_and_quiet_if_asked() -> None:
    async with FakeTelegram(BOT_TOKEN) as fake:
        channel = telegram(fake.url)
        await channel.send(Outgoing("7001", "xem https://example.gov.vn", silent=True))
        (sent,) = fake.sent
        assert sent["disable_notification"] is True and sent["link_preview_options"] == {"is_disabled": True}
        assert "parse_mode" not in sent and "reply_markup" not in sent
        await channel.stop()


LONG_PAYLOAD = "Văn phòng Ủy ban nhân dân tỉnh chủ trì những nhiệm vụ nào trong năm nay?"


async def press(channel: Telegram, sent: dict[str, Any], row: int, key: int = 0) -> str:
    """What comes in when a button of a sent message is pressed."""
    fixture = dict(CASE.fixtures())["button"]["payload"]
    fixture["callback_query"]["message"]["reply_markup"] = sent["reply_markup"]
    fixture["callback_query"]["data"] = sent["reply_markup"]["inline_keyboard"][row][key]["callback_data"]
    (event,) = channel.receive(CASE.request(json.dumps(fixture).encode()))
    assert event.kind == "button"
    return event.text


@in_loop
async def test_buttons_come_back_as_their_payload_however_long() -> None:
    buttons = (Button("Văn phòng Ủy ban…", LONG_PAYLOAD), Button("Xem thêm", "Xem thêm"), Button("#1", "#1"))
    async with FakeTelegram(BOT_TOKEN) as fake:
        channel = telegram(fake.url)
        await channel.send(Outgoing("7001", "Chọn:", buttons))
        (sent,) = fake.sent
        assert [len(row) for row in sent["reply_markup"]["inline_keyboard"]] == [1, 1, 1]
        assert [await press(channel, sent, row) for row in range(3)] == [LONG_PAYLOAD, "Xem thêm", "#1"]
        # Another process, or this one after a restart, knows what stands on the button.
        assert [await press(telegram(), sent, row) for row in range(3)] == ["Văn phòng Ủy ban…", "Xem thêm", "#1"]
        await channel.stop()


@in_loop
async def test_numbers_stand_in_rows_of_five() -> None:
    async with FakeTelegram(BOT_TOKEN) as fake:
        channel = telegram(fake.url)
        await channel.send(Outgoing("7001", "Chọn:", tuple(Button(str(n), str(n)) for n in range(1, 8))))
        (sent,) = fake.sent
        assert [len(row) for row in sent["reply_markup"]["inline_keyboard"]] == [5, 2]
        assert await press(channel, sent, 1, 1) == "7"
        await channel.stop()


def test_an_unknown_key_without_its_button_is_malformed() -> None:
    fixture = dict(CASE.fixtures())["button_old_message"]["payload"]
    fixture["callback_query"]["data"] = "#0123456789"
    with pytest.raises(Malformed):
        telegram().receive(CASE.request(json.dumps(fixture).encode()))


@in_loop
async def test_every_pressed_button_is_answered() -> None:
    async with FakeTelegram(BOT_TOKEN) as fake:
        channel = telegram(fake.url)
        fixtures = dict(CASE.fixtures())
        for stem in ("button", "text", "photo", "blocked"):
            (event,) = channel.receive(CASE.request(json.dumps(fixtures[stem]["payload"]).encode()))
            await channel.acknowledge(event)
        assert fake.called("answerCallbackQuery") == [{"callback_query_id": "3008976543210987654"}]
        assert fake.called("sendChatAction") == [{"chat_id": "7001234567", "action": "typing"}] * 2
        await channel.stop()


@in_loop
async def test_a_wrong_token_is_told() -> None:
    async with FakeTelegram("another:token-0123456789") as fake:
        channel = telegram(fake.url)
        with pytest.raises(SendFailed) as caught:
            await channel.check()
        assert caught.value.remedy is Remedy.STOP_CHANNEL and BOT_TOKEN not in caught.value.reason
        await channel.stop()


@in_loop
async def test_giving_up_on_a_question_leaves_the_channel_usable() -> None:
    async with FakeTelegram(BOT_TOKEN) as fake:
        channel = telegram(fake.url, timeout=5)
        fake.script("getUpdates", refuse(500, "x"))
        asking = asyncio.ensure_future(channel.poll())
        await asyncio.sleep(0)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert await channel.send(Outgoing("7001", "chào"))
        await channel.stop()
