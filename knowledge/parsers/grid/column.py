"""One column of a grid, as its header tells it."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.parsers.grid.marks import Part
from knowledge.parsers.grid.meanings import Meaning

HEADING_JOINT = " – "  # between the levels of a heading in a column's title


@dataclass(frozen=True)
class Column:
    """A column: its place, meaning, wording as headed, and year; `doubt` where the meaning is a reading of ours.

    `width` is the number of the grid's places that its header covers. `sign` is what a mark in the column stands for: an agency
    (whose part `part` tells where the header does), or a period to tick.
    """

    index: int
    meaning: Meaning | None
    title: str
    year: int | None = None
    doubt: str | None = None
    width: int = 1
    usual: bool = False
    sign: str = ""
    part: Part | None = None
