"""Choices in words."""

from __future__ import annotations

import pytest

from bot.channels.choices import written
from bot.channels.port import Button


@pytest.mark.parametrize(("buttons", "below"), [
    ((), ""),
    ((Button("1", "1"), Button("2", "2")), "\n\nMời anh/chị nhắn số để chọn: 1, 2."),
    ((Button("Nhiệm vụ 18", "1"), Button("Nhiệm vụ 19", "2")), "\n\n1. Nhiệm vụ 18\n2. Nhiệm vụ 19"),
    ((Button("Xem thêm", "Xem thêm"),), "\n\nAnh/chị có thể nhắn: “Xem thêm”."),
    ((Button("Thôi nhắc", "dừng"),), "\n\n“dừng”: Thôi nhắc"),
    ((Button("Hạn của nhiệm…", "Hạn của nhiệm vụ 18?"),), "\n\nAnh/chị có thể nhắn: “Hạn của nhiệm vụ 18?”."),
    ((Button("1", "1"), Button("Xem thêm", "Xem thêm")), "\n\nMời anh/chị nhắn số để chọn: 1.\nAnh/chị có thể nhắn: “Xem thêm”."),
])
def test_what_to_type_is_said(buttons: tuple[Button, ...], below: str) -> None:
    assert written("Câu trả lời.", buttons, 2000) == [f"Câu trả lời.{below}"]


def test_what_does_not_fit_is_a_message_of_its_own() -> None:
    assert written("x" * 100, (Button("1", "1"),), 100) == ["x" * 100, "Mời anh/chị nhắn số để chọn: 1."]
    many = tuple(Button(f"Nhiệm vụ {n}", str(n)) for n in range(1, 30))
    assert all(0 < len(piece) <= 100 for piece in written("x" * 100, many, 100))
    assert written("x" * 150, (), 100) == ["x" * 150]
