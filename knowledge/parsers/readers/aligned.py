"""Tables in plain text whose columns stand under each other by blanks, as `pdftotext -layout` and copied pages give them.

Each letter is given a place on a page, so that what is known of tables without rulings in PDFs (`spaced`) reads them too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from knowledge.parsers.document import Line, Table
from knowledge.parsers.readers.pdf_text import Word
from knowledge.parsers.readers.spaced import Spaced, find_spaced, grid_of

WARNING = "Bảng trong văn bản thuần không có đường kẻ, các cột được đọc theo khoảng trắng; hãy xem lại từng dòng."
_COLUMNS = re.compile(r"\S {2,}\S.* {2,}\S")  # three pieces of text beside each other
_FEWEST_LINES = 5
_CAPTION_LINES = 12
# A letter's width, its height and the distance of lines: one blank is no gap between columns, two are.
_WIDTH, _HEIGHT, _PITCH = 5.0, 10.0, 12.0


def split_aligned(lines: Sequence[Line]) -> tuple[tuple[Line, ...], tuple[Table, ...]]:
    """The lines without those of such tables, and the tables. Only what has a header that is understood is taken for one."""
    if sum(bool(_COLUMNS.search(line.text)) for line in lines) < _FEWEST_LINES:
        return tuple(lines), ()
    rest: list[Line] = []
    tables: list[Table] = []
    before: Spaced | None = None
    since = 0
    for _, group in groupby(lines, key=lambda line: line.page):
        page = list(group)
        found, _ = find_spaced(_words(page), page[0].page or 1, before)
        start = 0
        for count, table in enumerate(found, start=1):
            first, last = round(table.box[1] / _PITCH), int(table.box[3] / _PITCH)
            rest += page[start:first]
            caption = tuple(line.text.strip() for line in rest[since:] if line.text.strip())[-_CAPTION_LINES:]
            tables.append(_table(table, count, caption, page[first], page[last]))
            start, since = last + 1, len(rest)
        rest += page[start:]
        before = found[-1] if found and not any(line.text.strip() for line in page[start:]) else None
    return tuple(rest), tuple(tables)


def _words(page: Sequence[Line]) -> list[Word]:
    """The words of a page's lines with their places."""
    return [Word(match[0], match.start() * _WIDTH, match.end() * _WIDTH, index * _PITCH, index * _PITCH + _HEIGHT)
            for index, line in enumerate(page) for match in re.finditer(r"\S+", line.text.expandtabs())]


def _table(table: Spaced, count: int, caption: tuple[str, ...], first: Line, last: Line) -> Table:
    """A table as a grid; its rows share the lines of the whole table."""
    rows = tuple(tuple(replace(cell, place="") for cell in row) for row in grid_of(table, count))
    return Table(rows, first.page, first.no - 1, caption, ((first.no, last.no),) * len(rows), hides_merging=not table.centred)
