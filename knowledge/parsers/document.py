"""What a reader makes of a file, whatever its format: lines of text and tables of cells, each with its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Merged = Literal["", "left", "up"]


class UnreadableFile(Exception):
    """The file can't be read; the message is Vietnamese and says what to do."""


@dataclass(frozen=True)
class Line:
    """A line or paragraph: `no` counts from 1 in reading order; `page` from 1 where the format has pages."""

    no: int
    text: str
    page: int | None = None


@dataclass(frozen=True)
class Cell:
    """A cell's text and place (`Sheet1!B7`, or `bảng 1, dòng 4` in words); a line break in it parts paragraphs.

    `merged` says that the place belongs to a merged cell: `up`, the first place of its next row; `left`, any further place
    of a row. `note` is what the reader has to say of the cell in Vietnamese ("dòng này bị ẩn").
    """

    text: str
    place: str = ""
    merged: Merged = ""
    note: str = ""


@dataclass(frozen=True)
class Table:
    """A rectangular grid of cells; merged cells repeat their text only in their first place, others are empty.

    `before` is the text that stands right before the table (its caption and annex heading), `page` where it begins,
    `line` the number of the last line before it, so that tables and lines have one reading order. `lines` gives the first
    and last line of each row where the table stands in lines of text. `hides_merging`: the format (text, a PDF without
    rulings) does not show which cells are merged.
    """

    rows: tuple[tuple[Cell, ...], ...]
    page: int | None = None
    line: int = 0
    before: tuple[str, ...] = ()
    lines: tuple[tuple[int, int], ...] = ()
    hides_merging: bool = False


@dataclass(frozen=True)
class Document:
    """A file as read: lines in reading order without the tables' text, and the tables.

    `warnings` say in Vietnamese what was left out and how much the file can be trusted.
    """

    file: str
    lines: tuple[Line, ...]
    tables: tuple[Table, ...] = ()
    warnings: tuple[str, ...] = field(default=())
