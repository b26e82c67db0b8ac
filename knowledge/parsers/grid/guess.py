"""A grid without a header that still is a list of tasks: its columns told from what they hold, and said to be told so."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.parsers.agency_cells import is_agency_cell
from knowledge.parsers.deadlines import is_deadline, unify_blanks
from knowledge.parsers.document import Cell
from knowledge.parsers.grid.column import Column
from knowledge.parsers.grid.headers import Header
from knowledge.parsers.grid.labels import read_label
from knowledge.parsers.grid.meanings import Meaning

_DOUBT = "bảng không có tiêu đề cột; các cột được đọc theo nội dung"
_MOST = 0.6


def guess_header(rows: Sequence[Sequence[Cell]]) -> Header | None:
    """A header for a grid without one, or None: it takes numbers, agencies and deadlines, each in a column."""
    if len(rows) < 3 or not 3 <= len(rows[0]) <= 12:
        return None
    texts = [[unify_blanks(row[index].text) for row in rows] for index in range(len(rows[0]))]
    meanings: list[Meaning | None] = [_meaning(column) for column in texts]
    if meanings.count("no") != 1 or "lead" not in meanings or "due" not in meanings:
        return None
    free = [i for i, meaning in enumerate(meanings) if meaning is None and any(texts[i])]
    if not free:
        return None
    name = max(free, key=lambda i: sum(map(len, texts[i])))
    meanings[name] = "name"
    agencies = [i for i, meaning in enumerate(meanings) if meaning == "lead"]
    for i, meaning in zip(agencies[1:], ("coop", "other")):
        meanings[i] = meaning  # type: ignore[call-overload]
    columns = tuple(Column(i, meaning, "", doubt=_DOUBT if meaning == "lead" else None) for i, meaning in enumerate(meanings))
    return Header(0, 0, columns)


def _meaning(texts: list[str]) -> Meaning | None:
    filled = [text for text in texts if text]
    if len(filled) < 2:
        return None
    if sum(read_label(text) is not None for text in filled) >= _MOST * len(filled) and len(filled) > 2:
        return "no"
    if sum(is_deadline(text) for text in filled) >= _MOST * len(filled):
        return "due"
    return "lead" if sum(is_agency_cell(text) for text in filled) >= _MOST * len(filled) else None
