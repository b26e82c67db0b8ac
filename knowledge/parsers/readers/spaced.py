"""Tables without rulings: columns told from the white space between words, under a header that is understood.

Between two columns of the header, the boundary is where the fewest words of the table stand; a row begins with each number in the
first column, where the widest gap above it is. What looks like running text ends the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.parsers.document import Cell
from knowledge.parsers.grid.cells import is_foot
from knowledge.parsers.grid.headers import Header, find_header
from knowledge.parsers.grid.labels import read_label
from knowledge.parsers.readers.pdf_text import TextLine, Word, lines_of, paragraphs

_GAP = 0.9  # times the size of the letters: as wide a gap parts the header's columns
_HEADER_LINES = 5
_FEWEST_ROWS = 2
_LOOSE = 1.2  # points by which a gap must be wider to count as one between rows


@dataclass(frozen=True)
class Columns:
    """Where the columns of a table part, from left to right, and which of them numbers the rows."""

    edges: tuple[float, ...]
    number: int

    def of(self, word: Word) -> int:
        """The column that a word stands in."""
        middle = (word.x0 + word.x1) / 2
        return sum(middle > edge for edge in self.edges)


@dataclass(frozen=True)
class Spaced:
    """A table on a page: its rows of texts by column, a title over the width alone in its row, and the box around it."""

    page: int
    rows: tuple[tuple[str | None, ...], ...]  # None: covered by the cell to its left
    columns: Columns
    box: tuple[float, float, float, float]


def find_spaced(words: Sequence[Word], page: int, before: Spaced | None = None) -> tuple[list[Spaced], list[Word]]:
    """The tables of a page's words and the words outside them; `before` is the table that the last page ended in."""
    lines = lines_of(words)
    tables: list[Spaced] = []
    start = 0
    head = _header(lines, 0, before)
    if before and (found := _table(lines[:head[0]] if head else lines, 0, 0, before.columns, page, True)):
        tables, start = [found[0]], found[1]
    while head := _header(lines, start, before):
        again = before is not None and head[2] == before.columns
        found = _table(lines, *head, page, again)
        if not found:
            break
        tables.append(found[0])
        start = found[1]
    inside = [table.box for table in tables]
    rest = [word for word in words if not any(box[1] <= (word.top + word.bottom) / 2 <= box[3] for box in inside)]
    return tables, rest


def grid_of(table: Spaced, count: int) -> tuple[tuple[Cell, ...], ...]:
    """The grid of cells; `count` is the table's number on its page."""
    return tuple(tuple(Cell(text or "", f"trang {table.page}, bảng {count}, dòng {number}", "left" if text is None else "")
                       for text in row) for number, row in enumerate(table.rows, start=1))


def _header(lines: Sequence[TextLine], start: int, before: Spaced | None) -> tuple[int, int, Columns] | None:
    """The first header from a line on: its first line, the one after its last, and the columns of the table below it.

    One that repeats that of the table before has its columns.
    """
    gaps = sorted(b.top - a.bottom for a, b in zip(lines[start:], lines[start + 1:]))
    near = max(0.0, gaps[len(gaps) // 4]) + _LOOSE if gaps else 0.0
    for first in range(start, len(lines)):
        for size in range(1, _HEADER_LINES + 1):
            head = lines[first:first + size]
            blocks = _blocks(head)
            header = _understood(blocks) if len(blocks) > 3 and len(head) == size else None
            if header is None:
                continue
            if before and before.rows[0] == tuple(_text(block) for block in blocks):
                return first, first + size, before.columns
            following = lines[first + size] if first + size < len(lines) and size < _HEADER_LINES else None
            close = following and following.top - head[-1].bottom <= near and not _begins_row(following, blocks)
            if close and _understood(_blocks(lines[first:first + size + 1])):
                continue  # the header goes on in the next line
            number = next((i for i, column in enumerate(header.columns) if column.meaning == "no"), None)
            if number is None:
                continue
            return first, first + size, Columns(tuple(_edges(blocks, lines[first:])), number)
    return None


def _begins_row(line: TextLine, blocks: Sequence[Sequence[Word]]) -> bool:
    return read_label(line.words[0].text) is not None and line.words[0].x0 < blocks[1][0].x0


def _blocks(lines: Sequence[TextLine]) -> list[list[Word]]:
    """The words of some lines in groups that wide gaps part, from left to right; what stands above each other is one group."""
    words = sorted((word for line in lines for word in line.words), key=lambda word: word.x0)
    blocks: list[list[Word]] = []
    right = 0.0
    for word in words:
        if blocks and word.x0 - right < _GAP * word.size:
            blocks[-1].append(word)
        else:
            blocks.append([word])
        right = max(right, word.x1) if len(blocks[-1]) > 1 else word.x1
    return blocks


def _understood(blocks: Sequence[Sequence[Word]]) -> Header | None:
    cells = [lines_of(block) for block in blocks]
    if any(b.x0 - a.x1 > _GAP * a.size for lines in cells for line in lines for a, b in zip(line.words, line.words[1:])):
        return None  # a title above the header bridges its columns
    header = find_header((tuple(Cell(" ".join(line.text for line in lines)) for lines in cells),), look=1)
    return header if header and all(column.meaning for column in header.columns) else None


def _edges(blocks: Sequence[Sequence[Word]], lines: Sequence[TextLine]) -> list[float]:
    """Between each two columns of the header, the middle of the widest place where the fewest words stand."""
    words = [word for line in lines for word in line.words]
    edges = []
    for left, right in zip(blocks, blocks[1:]):
        low = sum((word.x0 + word.x1) / 2 for word in left) / len(left)
        high = sum((word.x0 + word.x1) / 2 for word in right) / len(right)
        near = [word for word in words if word.x1 > low and word.x0 < high]
        marks = sorted({low, high, *(x for word in near for x in (word.x0, word.x1) if low < x < high)})
        spans = [(sum(word.x0 < x1 and word.x1 > x0 for word in near), x0 - x1, (x0 + x1) / 2) for x0, x1 in zip(marks, marks[1:])]
        edges.append(min(spans)[2] if spans else (low + high) / 2)
    return edges


def _table(lines: Sequence[TextLine], first: int, body: int, columns: Columns, page: int,
           goes_on: bool) -> tuple[Spaced, int] | None:
    """The table whose header stands in the lines from `first` up to `body`, and the line after its last.

    `goes_on`: it began on a page before; then what stands above its first number here ends a row of that page.
    """
    end = body
    while end < len(lines) and not _ends(lines[end], columns):
        end += 1
    numbered = [index for index in range(body, end) if _label_at(lines[index], columns)]
    if len(numbered) < (1 if goes_on else _FEWEST_ROWS):
        return None
    # text that begins where the numbers stand and is no number: behind the last row it is no title either
    end = next((i for i in range(numbered[-1] + 1, end) if columns.of(lines[i].words[0]) == columns.number), end)
    starts = [body]
    anchors = [body, *numbered] if goes_on and numbered[0] > body else numbered
    for before, at in zip(anchors, anchors[1:]):
        starts.append(max(_row_break(lines, before, at), starts[-1] + 1))
    starts = _with_unnumbered(lines[:end], starts)
    pieces = [lines[a:b] for a, b in zip(starts, [*starts[1:], end])]
    if sum(any(_parted_inside(line, columns) for line in piece) for piece in pieces) > 0.1 * len(pieces):
        return None  # columns below columns, which white space does not tell apart
    head = [lines[first:body]] if body > first else []
    rows = [row for piece in [*head, *pieces] for row in _rows(piece, columns)]
    inside = lines[first:end]
    box = (min(line.x0 for line in inside), min(line.top for line in inside),
           max(line.x1 for line in inside), max(line.bottom for line in inside))
    return Spaced(page, tuple(rows), columns, box), end


def _label_at(line: TextLine, columns: Columns) -> bool:
    """Whether a line has a number in the column of numbers, and nothing there but it."""
    texts = [word.text for word in line.words if columns.of(word) == columns.number]
    label = read_label(" ".join(texts)) if texts else None
    return label is not None and label.level != "bullet"


def _ends(line: TextLine, columns: Columns) -> bool:
    """Whether running text or the table's foot begins: words without gaps across most columns, or recipients."""
    return is_foot(line.text) or _crossed(line, columns) > max(1, len(columns.edges) // 2) and len(line.text) > 60


def _crossed(line: TextLine, columns: Columns) -> int:
    """How many boundaries a line's text runs across: a word stands on it, or no gap is there."""
    pairs = list(zip(line.words, line.words[1:]))
    return sum(any(word.x0 < edge < word.x1 for word in line.words)
               or any(a.x1 <= edge <= b.x0 and b.x0 - a.x1 < 0.5 * a.size for a, b in pairs) for edge in columns.edges)


def _row_break(lines: Sequence[TextLine], before: int, at: int) -> int:
    """The first line of the row that is numbered at a line: below the widest gap since the number before it."""
    gaps = [(lines[index].top - max(line.bottom for line in lines[before:index]), index) for index in range(before + 1, at + 1)]
    widest = max(gap for gap, _ in gaps)
    return max(index for gap, index in gaps if gap > widest - _LOOSE)


def _with_unnumbered(lines: Sequence[TextLine], starts: list[int]) -> list[int]:
    """The first lines of the rows, with those of rows without a number: below gaps as wide as those between numbered rows."""
    gaps = {index: lines[index].top - lines[index - 1].bottom for index in range(1, len(lines))}
    between = sorted(gaps[index] for index in starts[1:])
    inside = sorted(gaps[index] for index in range(starts[0] + 1, len(lines)) if index not in starts)
    if len(between) < _FEWEST_ROWS or not inside or between[0] < inside[len(inside) // 2] + _LOOSE:
        return starts
    return sorted({*starts, *(index for index in range(starts[0] + 1, len(lines)) if gaps[index] >= between[0] - 0.5)})


def _parted_inside(line: TextLine, columns: Columns) -> bool:
    """Whether a wide gap stands between two words of one column."""
    return any(b.x0 - a.x1 > 2 * _GAP * a.size and columns.of(a) == columns.of(b) for a, b in zip(line.words, line.words[1:]))


def _rows(lines: Sequence[TextLine], columns: Columns) -> list[tuple[str | None, ...]]:
    """The cells of one row; a line that runs across the columns is a title in a row of its own."""
    out: list[tuple[str | None, ...]] = []
    kept: list[TextLine] = []
    for line in lines:
        if _is_title(line, columns):
            out += [_row(kept, columns)] if kept else []
            label = " ".join(word.text for word in line.words if columns.of(word) == columns.number)
            title = " ".join(word.text for word in line.words if columns.of(word) != columns.number)
            parts = [label, title] if label and columns.number == 0 else [line.text]
            out.append((*parts, *[None] * (len(columns.edges) + 1 - len(parts))))
            kept = []
        else:
            kept.append(line)
    return [*out, _row(kept, columns)] if kept else out


def _is_title(line: TextLine, columns: Columns) -> bool:
    """Whether a line's words, but for its number, run across columns without a gap."""
    words = [word for word in line.words if columns.of(word) != columns.number]
    even = all(b.x0 - a.x1 < _GAP * a.size for a, b in zip(words, words[1:]))
    return even and len({columns.of(word) for word in words}) > 1


def _row(lines: Sequence[TextLine], columns: Columns) -> tuple[str, ...]:
    texts = []
    for column in range(len(columns.edges) + 1):
        words = [word for line in lines for word in line.words if columns.of(word) == column]
        texts.append(_text(words))
    return tuple(texts)


def _text(words: Sequence[Word]) -> str:
    lines = lines_of(words)
    return "\n".join(paragraphs(lines, max((line.x1 - line.x0 for line in lines), default=0.0)))
