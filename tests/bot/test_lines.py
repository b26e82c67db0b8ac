"""Reading questions as JSON lines: whatever stands in a file, each line gives one item and none ends the run."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import lines
from bot.lines import Line, Unreadable


def read(content: bytes, now: str | None = None) -> list[Line | Unreadable]:
    return list(lines.read(io.BytesIO(content), now))


def test_a_line() -> None:
    found = {"id": "q1", "text": "ai chủ trì?", "conversation": "c1", "province": "hau-giang", "agency": "Sở Y tế"}
    assert read(json.dumps(found).encode()) == [
        Line("q1", "ai chủ trì?", "c1", {"province": "hau-giang", "agency": "Sở Y tế"})]


def test_clock_of_the_line_goes_before_that_of_the_run() -> None:
    asked = [{"id": "a"}, {"id": "b", "now": "2025-05-20T09:00:00Z"}, {"id": "c", "now": "2025-05-20"}]
    content = "\n".join(json.dumps({**line, "text": "x"}) for line in asked)
    found = read(content.encode(), "2024-01-01T00:00:00+07:00")
    assert [line.metadata["now"] for line in found if isinstance(line, Line) and line.metadata] == [
        "2024-01-01T00:00:00+07:00", "2025-05-20T09:00:00+00:00", "2025-05-20T00:00:00+07:00"]


@pytest.mark.parametrize(("raw", "id_", "word"), [
    (b"{", None, "JSON"),
    (b"[1]", None, "JSON"),
    (b'"x"', None, "JSON"),
    (b"\xff\xfe{\x00", None, "UTF-8"),
    ('{"id": "q", "text": "chào"}'.encode("utf-16"), None, ""),
    ('{"id": "q", "text": "chào"}'.encode("cp1258", "replace"), None, ""),
    (b'{"text": "x"}', None, "id"),
    (b'{"id": null, "text": "x"}', None, "id"),
    (b'{"id": true, "text": "x"}', None, "id"),
    (b'{"id": "q"}', "q", "text"),
    (b'{"id": "q", "text": 5}', "q", "text"),
    (b'{"id": "q", "text": "x", "now": "mai"}', "q", "now"),
    (b'{"id": "q", "text": "x", "province": 7}', "q", "province"),
    (b"[" * 100_000, None, "JSON"),
])
def test_unreadable_lines(raw: bytes, id_: str | None, word: str) -> None:
    found = lines.parse(raw)
    assert isinstance(found, Unreadable) and found.id == id_ and word in found.reason


def test_numbers_as_ids_and_conversations() -> None:
    assert read(b'{"id": 7, "text": "x", "conversation": 3}') == [Line("7", "x", "3", {})]


def test_bom_line_ends_and_blank_lines() -> None:
    content = b'\xef\xbb\xbf{"id": "a", "text": "x"}\r\n\r\n{"id": "b", "text": "x"}\n\n\n'
    found = read(content)
    assert [type(item) for item in found] == [Line, Unreadable, Line]
    assert read(b"") == [] and read(b"\n\n") == [] and read(b"\xef\xbb\xbf") == []


def test_endless_line_is_not_kept() -> None:
    content = b'{"id": "' + b"a" * (3 * lines.LONGEST_LINE) + b'"}\n{"id": "b", "text": "x"}'
    first, second = read(content)
    assert isinstance(first, Unreadable) and isinstance(second, Line)


@given(st.lists(st.binary(max_size=60).map(lambda b: b.replace(b"\n", b" ").replace(b"\r", b" ") + b"x"), max_size=6))
def test_one_item_a_line_whatever_it_holds(raw: list[bytes]) -> None:
    assert len(read(b"\n".join(raw))) == len(raw)
