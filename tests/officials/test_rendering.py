"""From answer records to messages."""

from __future__ import annotations

import pytest

from bot.channels.port import Button
from bot.channels.rendering import offers, plain, render

CLARIFY = {"outcome": "clarify", "text": "Có 2 nội dung:\n1. Một\n2. Hai\nAnh/chị gõ số thứ tự ạ.", "choices": ["a#task:1", "a#task:2"],
           "replies": ["1", "2"]}


def test_replies_become_buttons_that_the_assistant_understands() -> None:
    (message,) = render(CLARIFY, chat="7")
    assert (message.chat, message.text, message.purpose) == ("7", CLARIFY["text"], "reply")
    assert message.buttons == (Button("1", "1"), Button("2", "2"))
    assert message.record == CLARIFY


def test_where_nothing_draws_buttons_they_are_said() -> None:
    (message,) = render(CLARIFY, chat="7", buttons=False)
    assert message.buttons == () and message.text.startswith(str(CLARIFY["text"])) and "số" in message.text.rpartition("\n\n")[2]
    (message,) = render({"text": "Có 9 nhiệm vụ.", "replies": ["Xem thêm"]}, chat="7", buttons=False)
    assert "“Xem thêm”" in message.text


def test_choices_that_the_text_numbers_are_offered_without_replies() -> None:
    assert [b.payload for b in offers({**CLARIFY, "replies": []})] == ["1", "2"]
    assert offers({"text": "Chọn văn bản nào ạ?", "choices": ["doc:a", "doc:b"]}) == ()
    assert offers({"text": "1. Một", "choices": []}) == ()


def test_buttons_of_responses_keep_their_payload_and_titles_are_short() -> None:
    record = {"text": "…", "buttons": [{"title": "Nhóm nhiệm vụ " + "dài " * 20, "payload": "nhóm V"}, {"title": "Có"}, {"title": " "}]}
    long, yes = offers(record)
    assert long.payload == "nhóm V" and len(long.title) <= 40 and long.title.endswith("…")
    assert yes == Button("Có", "Có")


@pytest.mark.parametrize("buttons", [True, False])
def test_long_answers_are_split_and_the_last_piece_carries_the_rest(buttons: bool) -> None:
    record = {"text": "\n\n".join(f"Đoạn {n}: " + "chữ " * 60 for n in range(20)), "replies": ["Xem thêm"]}
    messages = render(record, chat="7", buttons=buttons, longest=600, push=True)
    assert len(messages) > 5 and all(0 < len(message.text) <= 600 for message in messages)
    assert {message.purpose for message in messages} == {"push"}
    assert [bool(message.record) for message in messages] == [False] * (len(messages) - 1) + [True]
    assert [bool(message.buttons) for message in messages][-1] is buttons
    assert "".join(m.text for m in messages).count("Đoạn") == 20


@pytest.mark.parametrize(("marked", "expected"), [
    ("**Sở Y tế** chủ trì", "Sở Y tế chủ trì"),
    ("# Nhiệm vụ\n\n\n\n* một\n- hai", "Nhiệm vụ\n\n• một\n• hai"),
    ("`mã` và [văn bản](https://a.vn/b)", "mã và văn bản (https://a.vn/b)"),
    ("5 * 3 * 2, 2.3(2), a_b_c, >= 80%, #18", "5 * 3 * 2, 2.3(2), a_b_c, >= 80%, #18"),
    ("a\u202eb\x00c\ud800d\r\ne  \n", "abcd\ne"),
    ("", ""),
])
def test_texts_are_plain(marked: str, expected: str) -> None:
    assert plain(marked) == expected


def test_a_record_without_text_is_still_one_message() -> None:
    assert [message.text for message in render({}, chat="7")] == [""]
