"""Tables without rulings: columns told from the white space between words, under a header that is understood.

What looks like running text ends the table; what stands outside the tables is given back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from knowledge.parsers.document import Cell
from knowledge.parsers.grid.cells import is_foot
from knowledge.parsers.readers.pdf_text import TextLine, Word, lines_of
from knowledge.parsers.readers.spaced_header import Grid, find_head
from knowledge.parsers.readers.spaced_rows import Columns, centred, crossed, gap_starts, numbered_starts, parted_inside, rows_of


@dataclass(frozen=True)
class Spaced:
    """A table on a page: its header's grid, its rows of texts by column, a title over the width alone in its row, its box.

    `centred`: cells stand in the middle of their rows, so that a merged one stands in none of its own.
    """

    page: int
    rows: tuple[tuple[str | None, ...], ...]  # None: covered by the cell to its left
    columns: Columns
    box: tuple[float, float, float, float]
    head: Grid = ()
    centred: bool = False


def find_spaced(words: Sequence[Word], page: int, before: Spaced | None = None) -> tuple[list[Spaced], list[Word]]:
    """The tables of a page's words and the words outside them; `before` is the table that the last page ended in."""
    lines = lines_of(words)
    tables: list[Spaced] = []
    start = 0
    known = (before.columns, before.head) if before else None
    head = find_head(lines, 0, known)
    if before and (found := _table(lines[:head.first] if head else lines, 0, 0, before.columns, page, True)):
        tables, start = [found[0]], found[1]
    while head := find_head(lines, start, known):
        found = _table(lines, head.first, head.body, head.columns, page, before is not None and head.columns == before.columns)
        if not found:
            break
        tables.append(replace(found[0], head=head.grid))
        start = found[1]
    inside = [table.box for table in tables]
    rest = [word for word in words if not any(box[1] <= (word.top + word.bottom) / 2 <= box[3] for box in inside)]
    return tables, rest


def grid_of(table: Spaced, count: int) -> tuple[tuple[Cell, ...], ...]:
    """The grid of cells; `count` is the table's number on its page."""
    rows = (*table.head, *(tuple(Cell(text or "", merged="left" if text is None else "") for text in row) for row in table.rows))
    return tuple(tuple(replace(cell, place=f"trang {table.page}, bảng {count}, dòng {number}") for cell in row)
                 for number, row in enumerate(rows, start=1))


def _table(lines: Sequence[TextLine], first: int, body: int, columns: Columns, page: int,
           goes_on: bool) -> tuple[Spaced, int] | None:
    """The table whose header stands in the lines from `first` up to `body`, and the line after its last.

    `goes_on`: it began on a page before; then what stands above its first number here ends a row of that page.
    """
    end = body
    while end < len(lines) and not _ends(lines[end], columns):
        end += 1
    starts = numbered_starts(lines, body, end, columns, goes_on) if columns.number >= 0 else gap_starts(lines, body, end, columns)
    if not starts and goes_on and body > first:  # nothing but the rest of a row below the repeated header
        rest = next((i for i in range(body, end) if columns.of(lines[i].words[0]) <= columns.number), end)
        starts = [body, rest] if rest > body else []
    if not starts:
        return None
    end, starts = starts[-1], starts[:-1]
    pieces = [lines[a:b] for a, b in zip(starts, [*starts[1:], end])]
    if sum(any(parted_inside(line, columns) for line in piece) for piece in pieces) > 0.1 * len(pieces):
        return None  # columns below columns, which white space does not tell apart
    rows = [row for piece in pieces for row in rows_of(piece, columns)]
    inside = lines[first:end]
    box = (min(line.x0 for line in inside), min(line.top for line in inside),
           max(line.x1 for line in inside), max(line.bottom for line in inside))
    return Spaced(page, tuple(rows), columns, box, centred=centred(pieces, columns)), end


def _ends(line: TextLine, columns: Columns) -> bool:
    """Whether running text or the table's foot begins: words without gaps across most columns, or recipients."""
    return is_foot(line.text) or crossed(line, columns) > max(1, len(columns.edges) // 2) and len(line.text) > 60
