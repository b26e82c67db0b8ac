"""What only Zalo's bot platform does."""

from __future__ import annotations

from typing import Any

import pytest

from bot.channels.port import Outgoing, Remedy, SendFailed
from tests.channels.cases import CASES, SECRET, ZALO_TOKEN, in_loop, zalo_bot
from tests.channels.fakes.bots import FakeZaloBot, refuse

CASE = next(case for case in CASES if case.name == "zalo_bot")
PAYLOADS = {stem: fixture["payload"] for stem, fixture in CASE.fixtures()}


@pytest.mark.parametrize(("handler", "remedy", "after"), [
    (refuse(429, "Quota exceeded"), Remedy.STOP_CHANNEL, None),
    (refuse(429, "Quota exceeded", status=200), Remedy.STOP_CHANNEL, None),
    (refuse(429, "Too many requests", retry_after=4), Remedy.RETRY, 4.0),
    (refuse(401, "Unauthorized", status=200), Remedy.STOP_CHANNEL, None),
    (refuse(404, "Not Found"), Remedy.STOP_CHANNEL, None),
    (refuse(403, "Forbidden", status=200), Remedy.OTHER_CHANNEL, None),
    (refuse(400, "Bad request", status=200), Remedy.DEAD_LETTER, None),
    (refuse(408, "Request timeout"), Remedy.RETRY, None),
    (refuse(500, "Internal server error", status=200), Remedy.RETRY, None),
])
@in_loop
async def test_refusals_of_a_message(handler: Any, remedy: Remedy, after: float | None) -> None:
    async with FakeZaloBot(ZALO_TOKEN) as fake:
        channel = zalo_bot(fake.url)
        fake.script("sendMessage", handler)
        with pytest.raises(SendFailed) as caught:
            await channel.send(Outgoing("6ede", "chào"))
        assert (caught.value.remedy, caught.value.retry_after) == (remedy, after)
        await channel.stop()


@pytest.mark.parametrize(("handler", "remedy"), [
    (refuse(401, "Unauthorized", status=200), Remedy.STOP_CHANNEL),
    (refuse(429, "Quota exceeded", status=200), Remedy.STOP_CHANNEL),
    (refuse(400, "Bad request", status=200), Remedy.RETRY),
])
@in_loop
async def test_refusals_of_a_question(handler: Any, remedy: Remedy) -> None:
    async with FakeZaloBot(ZALO_TOKEN) as fake:
        channel = zalo_bot(fake.url)
        fake.script("getUpdates", handler)
        with pytest.raises(SendFailed) as caught:
            await channel.poll()
        assert caught.value.remedy is remedy
        await channel.stop()


@in_loop
async def test_polling_one_event_at_a_time_and_idling() -> None:
    async with FakeZaloBot(ZALO_TOKEN) as fake:
        channel = zalo_bot(fake.url, poll_seconds=1)
        assert await channel.poll() == []  # error 408: nobody wrote
        fake.updates = [
            PAYLOADS["text_bare"], PAYLOADS["text_wrapped"]["result"], PAYLOADS["other_event"]["result"], {"event_name": 7}, {},
            PAYLOADS["voice"]["result"]]
        polled = [[event.kind for event in await channel.poll()] for _ in range(6)]
        assert polled == [["text"], ["text"], [], [], [], ["unsupported"]]
        assert {call["timeout"] for call in fake.called("getUpdates")} == {"1"}
        await channel.stop()


@in_loop
async def test_polling_first_removes_a_webhook_once() -> None:
    async with FakeZaloBot(ZALO_TOKEN) as fake:
        channel = zalo_bot(fake.url)
        fake.webhook, fake.updates = {"url": "https://old.example"}, [PAYLOADS["text_bare"]]
        fake.script("deleteWebhook", refuse(500, "Internal server error"))
        with pytest.raises(SendFailed):
            await channel.poll()
        assert [event.text for event in await channel.poll()] == ["2"]
        await channel.poll()
        assert len(fake.called("deleteWebhook")) == 2
        await channel.stop()


@in_loop
async def test_registering_the_webhook() -> None:
    async with FakeZaloBot(ZALO_TOKEN) as fake:
        channel = zalo_bot(fake.url, mode="webhook")
        assert not channel.polls
        await channel.register_webhook("https://troly.example.gov.vn")
        assert fake.webhook == {"url": "https://troly.example.gov.vn/webhook/zalo_bot", "secret_token": SECRET}
        await channel.stop()


@in_loop
async def test_typing_is_shown_for_questions_only() -> None:
    async with FakeZaloBot(ZALO_TOKEN) as fake:
        channel = zalo_bot(fake.url)
        fake.updates = [PAYLOADS["text_bare"], PAYLOADS["voice"]["result"]]
        for _ in range(2):
            (event,) = await channel.poll()
            await channel.acknowledge(event)
        assert fake.called("sendChatAction") == [{"chat_id": "6ede9afa66b88fe6d6a9", "action": "typing"}]
        await channel.stop()
