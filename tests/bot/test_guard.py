"""What never reaches Rasa, and how the rest reaches it."""

from __future__ import annotations

import pytest

from bot.assistant import guard


@pytest.mark.parametrize("text", ["", "   ", "\n\t ", "\u200b\u200b", "\x00", "\ufeff"])
def test_nothing_said(text: str) -> None:
    record = guard.check(text)
    assert record and record["outcome"] == "out_of_scope" and "muốn hỏi" in record["text"]


@pytest.mark.parametrize("text", ["???", "😀😀", "…", "<>", "--"])
def test_no_words(text: str) -> None:
    record = guard.check(text)
    assert record and record["outcome"] == "out_of_scope" and "gõ câu hỏi" in record["text"]


def test_too_long() -> None:
    assert guard.check("a" * guard.LONGEST) is None
    record = guard.check("ạ " * guard.LONGEST)
    assert record and record["outcome"] == "out_of_scope" and "4.000" in record["text"]


@pytest.mark.parametrize("text", ["18", "ai chủ trì?", "👍 cảm ơn", "đề án đô thị thông minh"])
def test_questions_pass(text: str) -> None:
    assert guard.check(text) is None


def test_prepare() -> None:
    assert guard.prepare("  hoà\u0300   bình ") == guard.prepare("hoà\u0300 bình")
    assert guard.prepare("nhiệm vu\u0323") == "nhiệm vụ"
    assert guard.prepare("/restart") == "restart"
    assert guard.prepare('/ask{"x": 1}', payload=True) == '/ask{"x": 1}'
    guard.prepare("\ud83d nửa ký tự").encode()
