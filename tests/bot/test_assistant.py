"""From a message to a record, through a real Rasa with the fixture's model."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import Engine, event

from bot.assistant.assistant import Assistant, from_messages
from bot.settings import Settings


def ask(assistant: Assistant, *texts: str, **more: Any) -> list[dict[str, Any]]:
    async def run() -> list[dict[str, Any]]:
        return [await assistant.answer(text, **more) for text in texts]

    return asyncio.run(run())


def test_record_of_an_action(assistant: Assistant) -> None:
    (record,) = ask(assistant, "ai chủ trì", id="q1", metadata={"province": "hau-giang"})
    assert list(record)[:8] == ["id", "outcome", "intent", "confidence", "text", "refs", "facts", "choices"]
    assert list(record)[-1] == "ms"
    assert record["id"] == "q1" and record["outcome"] == "answer" and record["intent"] == "ask_lead"
    assert record["refs"] == ["p#task:1"] and record["facts"] == {"lead": ["Sở Y tế"]}
    assert record["asker"] == "hau-giang", "metadata must reach the action"
    assert record["text"] == "Sở Y tế chủ trì."


def test_plain_responses_make_records(assistant: Assistant) -> None:
    hello, unknown = ask(assistant, "xin chào", "zzz qqq", conversation="c")
    assert (hello["outcome"], hello["text"]) == ("smalltalk", "Chào anh/chị, tôi là trợ lý.")
    assert unknown["outcome"] == "out_of_scope"


def test_failing_action_gives_an_error_record_and_the_conversation_goes_on(assistant: Assistant) -> None:
    broken, after = ask(assistant, "làm hỏng đi", "ai chủ trì", conversation="c")
    assert broken["outcome"] == "error" and "trục trặc" in broken["text"]
    assert after["outcome"] == "answer"


def test_slots_last_over_turns_and_long_conversations(assistant: Assistant) -> None:
    texts = ["ai chủ trì", *["tôi đã hỏi mấy lần"] * 30]
    records = ask(assistant, *texts, conversation="dài")
    assert [r["facts"]["count"] for r in records[1:]] == list(range(1, 31))
    assert all(r["facts"]["topic"] == "p#task:1" for r in records[1:]), "a slot set long ago must outlive the cut"
    assert max(r["facts"]["events"] for r in records[1:]) <= 40, "what a turn reads must stay bounded"


def test_conversations_do_not_mix(assistant: Assistant) -> None:
    async def run() -> list[list[int]]:
        async def talk(name: str) -> list[int]:
            return [(await assistant.answer("tôi đã hỏi mấy lần", conversation=name))["facts"]["count"] for _ in range(6)]

        return await asyncio.gather(*(talk(f"k{n}") for n in range(8)))

    assert asyncio.run(run()) == [list(range(1, 7))] * 8


def test_turns_of_one_conversation_keep_their_order(assistant: Assistant) -> None:
    async def run() -> list[int]:
        records = await asyncio.gather(*(assistant.answer("tôi đã hỏi mấy lần", conversation="một") for _ in range(12)))
        return [record["facts"]["count"] for record in records]

    assert asyncio.run(run()) == list(range(1, 13))


def test_form_with_validation_action_runs_here_too(assistant: Assistant) -> None:
    first, second = ask(assistant, "điền phiếu", "số 12", conversation="phiếu")
    assert first["text"] == "Nhiệm vụ số mấy ạ?"
    assert second["text"] == "Số 12 (đã kiểm)."


def test_typed_orders_to_rasa_are_only_text(assistant: Assistant) -> None:
    typed, pressed = ask(assistant, "/ask_lead")[0], ask(assistant, "/ask_lead", payload=True)[0]
    assert typed["intent"] != "ask_lead"
    assert pressed["intent"] == "ask_lead"


ODD = ["a\x00b", "\ud800", "<script>alert(1)</script>", "'; DROP TABLE conversations; --", "😀 chào", "a" * 3999]


@pytest.mark.parametrize("text", ODD)
def test_odd_texts_get_a_record(assistant: Assistant, text: str) -> None:
    (record,) = ask(assistant, text, conversation="odd\x00\ud800" + "x" * 300)
    assert record["outcome"] in {"out_of_scope", "smalltalk", "answer"}


def test_database_failure_gives_an_error_record(project: Settings, engine: Engine) -> None:
    assistant = Assistant.load(project, engine)

    @event.listens_for(engine, "before_cursor_execute")
    def fail(*_: Any) -> None:
        raise RuntimeError("on purpose")

    (record,) = ask(assistant, "ai chủ trì", conversation="c")
    assert record["outcome"] == "error" and record["text"]


def test_messages_without_record() -> None:
    assert from_messages([])["outcome"] == "error"
    joined = from_messages([{"text": "một", "buttons": [{"title": "x", "payload": "/y"}]}, {"text": "hai"}])
    assert joined["text"] == "một\n\nhai" and joined["buttons"] == [{"title": "x", "payload": "/y"}]
