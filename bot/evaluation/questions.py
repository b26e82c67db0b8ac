"""Question files: JSON lines as `troly ask --jsonl` takes them, each with what is expected of the answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot import lines
from bot.evaluation.judge import ANNEX, format_of, trouble
from bot.lines import Line, Unreadable

_NONE = "-"  # of a question that names no category or style


class UnreadableFile(Exception):
    """A file of which nothing can be used; `str()` is one Vietnamese line."""


@dataclass(frozen=True)
class Question:
    """One question as it is asked, where it belongs in the tables, and what is expected."""

    line: Line
    category: str
    style: str
    expect: dict[str, Any]


@dataclass(frozen=True)
class QuestionFile:
    """The questions of one file in order, and the lines that could not be used ("dòng 3: …")."""

    name: str
    form: str
    questions: tuple[Question, ...]
    broken: tuple[str, ...] = ()


def read(path: Path, form: str | None = None, limit: int | None = None) -> QuestionFile:
    """The questions of a file, the first `limit` of them; `form` None: told from the content. Raises UnreadableFile.

    A broken line is left out and named in `broken`.
    """
    found: list[tuple[int, Question, dict[str, Any]]] = []
    broken: list[str] = []
    seen: set[str] = set()
    for number, raw in _raw_lines(path):
        entry = _entry(raw)
        if isinstance(entry, str):
            broken.append(f"dòng {number}: {entry}")
        elif entry[0].line.id in seen:
            broken.append(f"dòng {number}: mã “{entry[0].line.id}” đã có ở dòng trên")
        else:
            seen.add(entry[0].line.id)
            found.append((number, *entry))
    form = form or format_of(fields for _, _, fields in found)
    usable = []
    for number, question, _ in found[:limit]:
        if problem := trouble(form, question.expect):
            broken.append(f"dòng {number}: {problem}")
        else:
            usable.append(question)
    if not usable and not broken:
        broken.append("không có câu hỏi nào")
    return QuestionFile(path.stem, form, tuple(usable), tuple(broken))


def _raw_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableFile(f"Không đọc được tệp câu hỏi “{path}”: {_why(error)}.") from error
    for number, raw in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if raw.strip():
            yield number, raw


def _why(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "không có tệp này"
    if isinstance(error, IsADirectoryError):
        return "đây là một thư mục"
    return "không có quyền đọc" if isinstance(error, PermissionError) else str(error.strerror or error)


def _entry(raw: bytes) -> tuple[Question, dict[str, Any]] | str:
    """The question of a line and all its fields, or why it is none."""
    line = lines.parse(raw)
    if isinstance(line, Unreadable):
        return line.reason
    fields: dict[str, Any] = json.loads(raw)
    if problem := trouble(ANNEX, fields.get("expect")):
        return problem
    return Question(line, str(fields.get("category") or _NONE), str(fields.get("style") or _NONE), fields["expect"]), fields
