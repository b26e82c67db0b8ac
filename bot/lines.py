"""Questions from a file of JSON lines: read as bytes, each line judged alone, so that none can end the run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, BinaryIO

LONGEST_LINE = 1_000_000
HANOI = timezone(timedelta(hours=7))
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Line:
    """One question: who asks, in which conversation, at what time (ISO 8601)."""

    id: str
    text: str
    conversation: str | None = None
    metadata: dict[str, Any] | None = None


@dataclass(frozen=True)
class Unreadable:
    """A line that is no question, and why (Vietnamese). `id` where one could be read."""

    reason: str
    id: str | None = None


def read(stream: BinaryIO, now: str | None = None) -> Iterator[Line | Unreadable]:
    """One item a line, in order; `now` is the clock of lines that bring none.

    A byte-order mark in front and blank lines at the end are no lines.
    """
    blanks = 0
    for number, raw in enumerate(_raw_lines(stream)):
        content = raw.removeprefix(_BOM) if number == 0 else raw
        if not content.strip():
            blanks += 1
            continue
        yield from (Unreadable("Dòng trống, không có câu hỏi.") for _ in range(blanks))
        blanks = 0
        yield parse(content, now)


def parse(raw: bytes, now: str | None = None) -> Line | Unreadable:
    """One line as a question."""
    if len(raw) > LONGEST_LINE:
        return Unreadable(f"Dòng dài quá {LONGEST_LINE // 1000} KB.")
    try:
        found = json.loads(raw.decode("utf-8"))
    except UnicodeDecodeError:
        return Unreadable("Dòng không phải UTF-8: hãy lưu tệp với bảng mã UTF-8.")
    except (ValueError, RecursionError):
        return Unreadable("Dòng không phải JSON hợp lệ.")
    if not isinstance(found, dict):
        return Unreadable("Dòng phải là một đối tượng JSON có “id” và “text”.")
    return _question(found, now)


def moment(value: str) -> str:
    """A clock setting as ISO 8601 with its zone; without one it is Vietnamese time. Raises ValueError."""
    when = datetime.fromisoformat(value.strip().replace("Z", "+00:00").replace("z", "+00:00"))
    return (when if when.tzinfo else when.replace(tzinfo=HANOI)).isoformat()


def _question(found: dict[str, Any], now: str | None) -> Line | Unreadable:
    id_ = found.get("id")
    if isinstance(id_, (int, float)) and not isinstance(id_, bool):
        id_ = str(id_)
    if not isinstance(id_, str):
        return Unreadable("Dòng thiếu “id” (một chuỗi).")
    for key in ("province", "agency", "now"):
        if not isinstance(found.get(key), (str, type(None))):
            return Unreadable(f"“{key}” phải là một chuỗi.", id_)
    if not isinstance(found.get("text"), str):
        return Unreadable("Dòng thiếu “text” (một chuỗi).", id_)
    try:
        clock = moment(found["now"]) if found.get("now") else now
    except ValueError:
        return Unreadable("“now” phải là thời điểm dạng 2025-05-20T09:00:00+07:00.", id_)
    conversation = found.get("conversation")
    metadata = {"now": clock, "province": found.get("province"), "agency": found.get("agency")}
    return Line(id_, found["text"], None if conversation is None else str(conversation), {k: v for k, v in metadata.items() if v})


def _raw_lines(stream: BinaryIO) -> Iterator[bytes]:
    """The stream's lines without their ends; of an endless one no more is kept than tells that it is too long."""
    while raw := stream.readline(LONGEST_LINE + 2):
        rest = raw
        while not rest.endswith(b"\n") and len(rest) > LONGEST_LINE:
            rest = stream.readline(LONGEST_LINE + 2)
            if not rest:
                break
        yield raw.rstrip(b"\r\n")
