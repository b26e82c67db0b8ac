"""Grids → tables: pieces over pages or split by hand joined under one header, several tables in one grid parted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from knowledge.parsers.document import Cell, Table
from knowledge.parsers.flat.regions import annex_name
from knowledge.parsers.grid.cells import cells_under
from knowledge.parsers.grid.forms import upright
from knowledge.parsers.grid.guess import guess_header
from knowledge.parsers.grid.headers import Header, find_header, header_at
from knowledge.parsers.grid.labels import read_label, split_heading
from knowledge.parsers.grid.meanings import read_heading
from knowledge.parsers.grid.rows import RowReader
from knowledge.text.normalize import fold

_TITLE_ROWS = 12  # rows of titles that may stand above a grid's first header …
_BETWEEN = 8  # … and between two tables in it
_LONG = 15
_PAGE_MARK = re.compile(r"\W*(?:trang\s*)?\d*\W*")


@dataclass
class Joined:
    """One table over all its pieces: its header and rows, the line it stands after, its annex, the texts above it."""

    header: Header
    reader: RowReader
    line: int
    page: int | None
    annex: str | None
    caption: tuple[str, ...]
    hides_merging: bool = False


class Joiner:
    """Takes a document's grids in order. `left` are those that are no list of tasks or indicators."""

    def __init__(self) -> None:
        self.tables: list[Joined] = []
        self.left: list[Table] = []
        self._annex: str | None = None

    def add(self, grid: Table) -> None:
        """Read one grid: under headers of its own, as going on with the table before, or by what its columns hold."""
        grid = upright(grid)
        new_part = self._names_annex(grid.before)
        start, taken = 0, False
        while start < len(grid.rows):
            header = find_header(grid.rows, start, look=_BETWEEN if start else _TITLE_ROWS)
            if header is None and start and any(_heads_other(row) for row in grid.rows[start:start + _BETWEEN]):
                self.left.append(replace(grid, rows=grid.rows[start:], lines=grid.lines[start:]))
                break
            if header is None:
                taken = self._go_on(grid, start, new_part) or taken
                break
            above = tuple(cell.text for row in grid.rows[start:header.first] for cell in row if cell.text.strip())
            new_part = self._names_annex(above) or new_part
            caption = above if start else (*grid.before, *above)
            table = self._table(grid, header, caption, new_part, start)
            end = _end_of(grid, header)
            self._read(table, grid, header, header.body, end)
            taken, start, new_part = True, end, False
        if not taken:
            self._guess(grid)

    def _names_annex(self, texts: Sequence[str]) -> bool:
        """Whether one of the texts is an annex's heading; the tables from here on stand in it."""
        named = next((name for text in reversed(texts) if (name := annex_name(text))), None)
        self._annex = named or self._annex
        return named is not None

    def _table(self, grid: Table, header: Header, caption: tuple[str, ...], new_part: bool, start: int) -> Joined:
        """The table that a header rules: the current one where it only repeats its header, otherwise a new one."""
        current = self.tables[-1] if self.tables else None
        repeated = current and current.header.shape == header.shape and not current.reader.ended and not new_part
        if current and repeated and not _renewed(grid, header, caption) and not (not start and is_group_heading(caption)):
            if start:
                self._read(current, grid, current.header, start, header.first)
            return current
        reader = RowReader(header)
        if header.of("mark"):
            reader.explain_marks((*caption, *(cell.text for row in grid.rows for cell in row)))
        self.tables.append(Joined(header, reader, grid.line, grid.page, self._annex, caption, grid.hides_merging))
        return self.tables[-1]

    def _read(self, table: Joined, grid: Table, header: Header, first: int, end: int) -> None:
        turned = grid.page is not None and table.page is not None and grid.page != table.page
        table.reader.read(grid.rows[first:end], header, grid.page, turned, grid.lines[first:end])
        table.page = grid.page

    def _go_on(self, grid: Table, start: int, new_part: bool) -> bool:
        """Read rows without a header under the last one, where they fit it."""
        current = self.tables[-1] if self.tables else None
        if current is None or new_part or current.reader.ended or not _fits(current.header, grid):
            return False
        if not start and any(len(text) > _LONG for text in grid.before) and not _is_numbered(current.header, grid):
            return False
        if not start and is_group_heading(grid.before):
            current = replace(current, reader=RowReader(current.header), line=grid.line, caption=grid.before)
            self.tables.append(current)
        self._read(current, grid, current.header, start, len(grid.rows))
        return True

    def _guess(self, grid: Table) -> None:
        header = guess_header(grid.rows)
        if header is None:
            self.left.append(grid)
            return
        self.tables.append(Joined(header, RowReader(header), grid.line, grid.page, self._annex, grid.before))
        self._read(self.tables[-1], grid, header, 0, len(grid.rows))


def is_group_heading(caption: Sequence[str]) -> bool:
    """Whether the last text above a piece of a table is a heading with a numeral: `II. Phát triển đội ngũ`."""
    split = split_heading(caption[-1]) if caption else None
    return split is not None and split[0].level == "group"


def _end_of(grid: Table, header: Header) -> int:
    """Where the rows of a header end: at the titles above the next header in the grid, or at an annex's heading."""
    for index in range(header.body, len(grid.rows)):
        texts = _texts(grid.rows[index])
        if len(texts) == 1 and annex_name(texts[0]) and find_header(grid.rows, index, look=_BETWEEN):
            return index
        if header_at(grid.rows, index) or _heads_other(grid.rows[index]):
            while index > header.body and len(_texts(grid.rows[index - 1])) == 1:
                index -= 1
            return index
    return len(grid.rows)


def _heads_other(row: Sequence[Cell]) -> bool:
    """Whether a row heads a table that is no list of tasks: it names its column of numbers ("STT") and others in words."""
    texts = _texts(row)
    words = all(len(text) < 60 and not any(char.isdigit() for char in text) for text in texts)
    return len(texts) > 2 and words and read_heading(texts[0]).meaning == "no" and not read_label(texts[0])


def _renewed(grid: Table, header: Header, caption: Iterable[str]) -> bool:
    """Whether the same header begins another table: text stands before it, and its numbers begin again."""
    titled = any(text.strip() and not _PAGE_MARK.fullmatch(fold(text)) for text in caption)
    numbers = _numbers(header, grid.rows[header.body:])
    return titled and bool(numbers) and re.fullmatch(r"\W*(?:1|01|I|A)\W*", numbers[0]) is not None


def _fits(header: Header, grid: Table) -> bool:
    """Whether a grid has the columns of a header: as many places, or as many cells in most rows."""
    cells = [sum(cell.merged != "left" for cell in row) for row in grid.rows]
    return len(grid.rows[0]) == header.width or 2 * cells.count(len(header.columns)) > len(cells)


def _is_numbered(header: Header, grid: Table) -> bool:
    """Whether a grid's number column holds numbers, as that of the table before does."""
    return any(re.fullmatch(r"\W*\d+\W*", text) for text in _numbers(header, grid.rows))


def _numbers(header: Header, rows: Sequence[Sequence[Cell]]) -> list[str]:
    at = next((place for place, column in enumerate(header.columns) if column.meaning == "no"), None)
    texts = [] if at is None else [cells_under(header, row)[at].text.strip() for row in rows]
    return [text for text in texts if text]


def _texts(row: Sequence[Cell]) -> list[str]:
    return [cell.text for cell in row if cell.text.strip()]
