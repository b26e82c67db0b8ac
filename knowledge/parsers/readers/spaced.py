"""Tables without rulings: columns told from the white space between words, under a header that is understood.

Between two columns of the header, the boundary is where the fewest words of the table stand; a row begins with each number in the
first column, where the widest gap above it is, or in a table without numbers below gaps wider than those between its lines. A
heading over several columns ("Cơ quan thực hiện") has theirs below it. What looks like running text ends the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from knowledge.parsers.document import Cell
from knowledge.parsers.grid.cells import is_foot
from knowledge.parsers.grid.headers import Header, find_header
from knowledge.parsers.grid.labels import read_label
from knowledge.parsers.grid.meanings import read_heading
from knowledge.parsers.readers.pdf_text import TextLine, Word, lines_of, paragraphs

_GAP = 0.9  # times the size of the letters: as wide a gap parts the header's columns
_HEADER_LINES = 7
_ROW_GAP = 0.7  # times the size of the letters: no gap inside a cell is as wide
_FEWEST_ROWS = 2
_FEWEST_COLUMNS = 3  # of a table whose rows have no numbers
_LONGEST_OVER = 10  # words
_OVER = ("lead", "coop", "due", "tick", "target", "start", "end")  # what a heading over several columns may mean
Grid = tuple[tuple[Cell, ...], ...]
_LOOSE = 1.2  # points by which a gap must be wider to count as one between rows


@dataclass(frozen=True)
class Columns:
    """Where the columns of a table part, from left to right, and which of them numbers the rows (-1: none)."""

    edges: tuple[float, ...]
    number: int

    def of(self, word: Word) -> int:
        """The column that a word stands in."""
        middle = (word.x0 + word.x1) / 2
        return sum(middle > edge for edge in self.edges)


@dataclass(frozen=True)
class _Block:
    """Words of a header that wide gaps part from others; `upper` those of a heading over this column and its neighbours.

    `goes_on`: the heading above began over the column to its left.
    """

    words: tuple[Word, ...]
    upper: tuple[Word, ...] = ()
    goes_on: bool = False


@dataclass(frozen=True)
class Spaced:
    """A table on a page: its header's grid, its rows of texts by column, a title over the width alone in its row, its box."""

    page: int
    rows: tuple[tuple[str | None, ...], ...]  # None: covered by the cell to its left
    columns: Columns
    box: tuple[float, float, float, float]
    head: Grid = ()


def find_spaced(words: Sequence[Word], page: int, before: Spaced | None = None) -> tuple[list[Spaced], list[Word]]:
    """The tables of a page's words and the words outside them; `before` is the table that the last page ended in."""
    lines = lines_of(words)
    tables: list[Spaced] = []
    start = 0
    head = _header(lines, 0, before)
    if before and (found := _table(lines[:head[0]] if head else lines, 0, 0, before.columns, page, True)):
        tables, start = [found[0]], found[1]
    while head := _header(lines, start, before):
        first, body, columns, grid = head
        found = _table(lines, first, body, columns, page, before is not None and columns == before.columns)
        if not found:
            break
        tables.append(replace(found[0], head=grid))
        start = found[1]
    inside = [table.box for table in tables]
    rest = [word for word in words if not any(box[1] <= (word.top + word.bottom) / 2 <= box[3] for box in inside)]
    return tables, rest


def grid_of(table: Spaced, count: int) -> tuple[tuple[Cell, ...], ...]:
    """The grid of cells; `count` is the table's number on its page."""
    rows = (*table.head, *(tuple(Cell(text or "", merged="left" if text is None else "") for text in row) for row in table.rows))
    return tuple(tuple(replace(cell, place=f"trang {table.page}, bảng {count}, dòng {number}") for cell in row)
                 for number, row in enumerate(rows, start=1))


def _header(lines: Sequence[TextLine], start: int, before: Spaced | None) -> tuple[int, int, Columns, Grid] | None:
    """The first header from a line on: its first line, the one after its last, the columns of the table below it, its grid.

    One that repeats that of the table before has its columns.
    """
    gaps = sorted(b.top - a.bottom for a, b in zip(lines[start:], lines[start + 1:]))
    near = max(0.0, gaps[len(gaps) // 4]) + _LOOSE if gaps else 0.0
    for first in range(start, len(lines)):
        for size in range(1, _HEADER_LINES + 1):
            head = lines[first:first + size]
            blocks = _leaves(head)
            header = _understood(blocks) if len(blocks) > 2 and len(head) == size else None
            if header is None:
                continue
            if before and before.head == _grid(blocks):
                return first, first + size, before.columns, before.head
            if _goes_on(lines, first, size, near):
                continue
            number = next((i for i, column in enumerate(header.columns) if column.meaning == "no"), -1)
            if number < 0 and len(blocks) < _FEWEST_COLUMNS:
                continue
            edges = _edges([block.words for block in blocks], lines[first + size:])
            return first, first + size, Columns(tuple(edges), number), _grid(blocks)
    return None


def _goes_on(lines: Sequence[TextLine], first: int, size: int, near: float) -> bool:
    """Whether the header takes further lines: the next one is close below and still header, or some part its columns."""
    blocks = _leaves(lines[first:first + size])
    following = lines[first + size] if first + size < len(lines) and size < _HEADER_LINES else None
    gap = following.top - lines[first + size - 1].bottom if following else 0.0
    close = following and gap <= min(near, _ROW_GAP * following.words[0].size) and not _begins_row(following, blocks)
    if close and _understood(_leaves(lines[first:first + size + 1])):
        return True
    for more in range(size + 1, min(_HEADER_LINES, len(lines) - first) + 1):
        if _begins_row(lines[first + more - 1], blocks):
            return False
        parted = _leaves(lines[first:first + more])
        if len(parted) > len(blocks) and _understood(parted):
            return True
    return False


def _begins_row(line: TextLine, blocks: Sequence[_Block]) -> bool:
    """Whether a line begins with a number in the first column, or without one with a capital in most columns."""
    if read_label(line.words[0].text) is not None and line.words[0].x0 < blocks[1].words[0].x0:
        return True
    edges = [(left.words[-1].x1 + right.words[0].x0) / 2 for left, right in zip(blocks, blocks[1:])]
    return _begins_cells(line, Columns(tuple(edges), -1))


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


def _leaves(lines: Sequence[TextLine]) -> list[_Block]:
    """The columns of a header; those below a heading of several columns each with it."""
    out: list[_Block] = []
    for words in _blocks(lines):
        own = lines_of(words)
        at = next((index for index, line in enumerate(own) if index and _is_parted(line)), None)
        below = _blocks(own[at:]) if at else []
        if at and len(below) > 1 and not any(_is_parted(line) for line in own[:at]):
            upper = tuple(word for line in own[:at] for word in line.words)
            out += [_Block(tuple(part), upper, bool(index)) for index, part in enumerate(below)]
        else:
            out.append(_Block(tuple(words)))
    return out


def _is_parted(line: TextLine) -> bool:
    return any(b.x0 - a.x1 > _GAP * a.size for a, b in zip(line.words, line.words[1:]))


def _grid(blocks: Sequence[_Block]) -> Grid:
    """The header as a grid of one row, or of two where headings stand over several columns."""
    if not any(block.upper for block in blocks):
        return (tuple(Cell(_text(block.words)) for block in blocks),)
    above = tuple(Cell("", merged="left") if block.goes_on else Cell(_text(block.upper or block.words)) for block in blocks)
    below = tuple(Cell(_text(block.words)) if block.upper else Cell("", merged="up") for block in blocks)
    return above, below


def _understood(blocks: Sequence[_Block]) -> Header | None:
    if any(_is_parted(line) for block in blocks for line in lines_of(block.words)):
        return None  # a title above the header bridges its columns
    if any(block.upper and not _stands_over(block) for block in blocks):
        return None
    header = find_header(_grid(blocks), look=1)
    return header if header and len(header.columns) == len(blocks) and all(column.meaning for column in header.columns) else None


def _stands_over(block: _Block) -> bool:
    """Whether the words above a column are a heading of several, and no title of the table."""
    heading = read_heading(_text(block.upper))
    return heading.meaning in _OVER and heading.usual and len(block.upper) < _LONGEST_OVER


def _edges(blocks: Sequence[Sequence[Word]], lines: Sequence[TextLine]) -> list[float]:
    """Between each two columns of the header, the middle of the widest place where the fewest words stand."""
    words = [word for part in (*blocks, *(line.words for line in lines)) for word in part]
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
    starts = _numbered_starts(lines, body, end, columns, goes_on) if columns.number >= 0 else _gap_starts(lines, body, end, columns)
    if not starts:
        return None
    end, starts = starts[-1], starts[:-1]
    pieces = [lines[a:b] for a, b in zip(starts, [*starts[1:], end])]
    if sum(any(_parted_inside(line, columns) for line in piece) for piece in pieces) > 0.1 * len(pieces):
        return None  # columns below columns, which white space does not tell apart
    rows = [row for piece in pieces for row in _rows(piece, columns)]
    inside = lines[first:end]
    box = (min(line.x0 for line in inside), min(line.top for line in inside),
           max(line.x1 for line in inside), max(line.bottom for line in inside))
    return Spaced(page, tuple(rows), columns, box), end


def _numbered_starts(lines: Sequence[TextLine], body: int, end: int, columns: Columns, goes_on: bool) -> list[int]:
    """The first line of each row and the line after the last, by the numbers of the rows; nothing where they are too few."""
    numbered = [index for index in range(body, end) if _label_at(lines[index], columns)]
    if len(numbered) < (1 if goes_on else _FEWEST_ROWS):
        return []
    # text that begins where the numbers stand and is no number: behind the last row it is no title either
    end = next((i for i in range(numbered[-1] + 1, end) if columns.of(lines[i].words[0]) == columns.number), end)
    starts = [body]
    anchors = [body, *numbered] if goes_on and numbered[0] > body else numbered
    for before, at in zip(anchors, anchors[1:]):
        starts.append(max(_row_break(lines, before, at), starts[-1] + 1))
    return [*_with_unnumbered(lines[:end], starts), end]


def _gap_starts(lines: Sequence[TextLine], body: int, end: int, columns: Columns) -> list[int]:
    """The same by the gaps between rows, wider than those inside them; where all are alike, by lines that begin most cells."""
    if end - body < _FEWEST_ROWS:
        return []
    gaps = {index: lines[index].top - max(line.bottom for line in lines[body:index]) for index in range(body + 1, end)}
    low, high = min(gaps.values()), max(gaps.values())
    if high - low > 2 * _LOOSE:
        starts = [body, *(index for index in gaps if gaps[index] > (low + high) / 2)]
    else:
        starts = [index for index in range(body, end) if _begins_cells(lines[index], columns)]
    if not starts or starts[0] != body:
        return []
    # what stands in one column alone behind the last full row is text below the table
    filled = [len({columns.of(word) for line in lines[a:b] for word in line.words}) for a, b in zip(starts, [*starts[1:], end])]
    full = [index for index, count in enumerate(filled) if 2 * count > len(columns.edges) + 1]
    across = sum(_crossed(line, columns) > 0 for line in lines[body:end])
    if len(full) < _FEWEST_ROWS or 2 * len(full) < len(starts) or 3 * across > end - body:
        return []  # running text
    last = full[-1] + 1
    return [*starts[:last], starts[last] if last < len(starts) else end]


def _begins_cells(line: TextLine, columns: Columns) -> bool:
    """Whether a line has words in most columns, and in each of them such as a cell begins with."""
    first: dict[int, str] = {}
    for word in line.words:
        first.setdefault(columns.of(word), word.text)
    begun = all(text[:1].isupper() or text[:1].isdigit() or text[:1] in "-–+" for text in first.values())
    return begun and 3 * len(first) >= 2 * (len(columns.edges) + 1)


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
    if all(gaps[index] > _ROW_GAP * lines[index].words[0].size for index in range(starts[0] + 1, len(lines))):
        return list(range(starts[0], len(lines)))
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
