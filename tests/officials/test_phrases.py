"""The orders that are not for the assistant, as people really type them."""

from __future__ import annotations

import pytest

from bot.officials.phrases import is_no, is_yes, order


@pytest.mark.parametrize(("text", "expected"), [
    ("hủy liên kết", "unlink"), ("huỷ liên kết ạ", "unlink"), ("HUY LIEN KET!", "unlink"), ("huyr lieen keets", "unlink"),
    ("huy lein ket", "unlink"), ("huy lien ke", "unlink"), ("hủyliênkết", "unlink"), ("Cho tôi hủy liên kết tài khoản với ạ", "unlink"),
    ("bỏ liên kết", "unlink"),
    ("dữ liệu của tôi", "show"), ("du lieu cua toi", "show"), ("duwx lieeuj cuar tooi", "show"), ("du liue cua toi", "show"),
    ("cho em xem dữ liệu của em ạ", None), ("cho tôi xem dữ liệu của tôi", "show"), ("“Dữ liệu của tôi”", "show"),
    ("xóa dữ liệu của tôi", "erase"), ("xoá dữ liệu của tôi", "erase"), ("xao du lieu cua toi di", "erase"),
    ("tôi muốn xóa hết dữ liệu của tôi", "erase"),
])
def test_orders(text: str, expected: str | None) -> None:
    assert order(text) == expected


@pytest.mark.parametrize("text", [
    "dữ liệu của tỉnh", "dữ liệu của sở", "số liệu của tôi", "dữ liệu", "liên kết vùng", "hủy", "xóa mù chữ", "xóa dữ liệu của tỉnh",
    "dữ liệu số của tôi", "nhiệm vụ của tôi", "liên kết", "có liên kết", "dữ liệu của tổ", "", "?!", "của tôi", "x" * 5000,
    "ai chủ trì xây dựng cơ sở dữ liệu của tôi và của tỉnh", "xin", "dữ liệu của tôi " * 5,
])
def test_questions_are_no_orders(text: str) -> None:
    assert order(text) is None


@pytest.mark.parametrize("text", ["có", "Có ạ.", "co", "cos", "đồng ý", "dong y", "dạ có", "Vâng", "OK"])
def test_yes(text: str) -> None:
    assert is_yes(text) and not is_no(text)


@pytest.mark.parametrize("text", ["không", "khong", "khoong", "Thôi", "không ạ", "giữ nguyên"])
def test_no(text: str) -> None:
    assert is_no(text) and not is_yes(text)


@pytest.mark.parametrize("text", ["cơ", "cổ", "có nhiệm vụ nào", "co nhiem vu", "", "1", "không có", "có không", "c\u1ecd"])
def test_neither(text: str) -> None:
    assert not is_yes(text)
