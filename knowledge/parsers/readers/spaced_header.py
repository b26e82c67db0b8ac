"""The header of a table without rulings: its cells told by wide gaps between words, its columns by what they mean.

A heading over several columns ("Cơ quan thực hiện") has theirs below it. Between two columns the boundary is where the fewest words
of the table stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.parsers.document import Cell
from knowledge.parsers.grid.headers import Header, find_header
from knowledge.parsers.grid.labels import read_label
from knowledge.parsers.grid.meanings import read_heading
from knowledge.parsers.readers.pdf_text import TextLine, Word, lines_of
from knowledge.parsers.readers.spaced_rows import GAP, LOOSE, ROW_GAP, Columns, begins_cells, text_of

_HEADER_LINES = 7
_FEWEST_COLUMNS = 3  # of a table whose rows have no numbers
_LONGEST_OVER = 10  # words
_OVER = ("lead", "coop", "due", "tick", "target", "start", "end")  # what a heading over several columns may mean
Grid = tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Head:
    """A header: its first line and the one after its last, the columns of the table below it, its grid of cells."""

    first: int
    body: int
    columns: Columns
    grid: Grid


@dataclass(frozen=True)
class _Block:
    """Words of a header that wide gaps part from others; `upper` those of a heading over this column and its neighbours.

    `goes_on`: the heading above began over the column to its left.
    """

    words: tuple[Word, ...]
    upper: tuple[Word, ...] = ()
    goes_on: bool = False


def find_head(lines: Sequence[TextLine], start: int, before: tuple[Columns, Grid] | None) -> Head | None:
    """The first header from a line on; one that repeats that of the table before has its columns."""
    gaps = sorted(b.top - a.bottom for a, b in zip(lines[start:], lines[start + 1:]))
    near = max(0.0, gaps[len(gaps) // 4]) + LOOSE if gaps else 0.0
    for first in range(start, len(lines)):
        for size in range(1, _HEADER_LINES + 1):
            head = lines[first:first + size]
            blocks = _leaves(head)
            header = _understood(blocks) if len(blocks) > 2 and len(head) == size else None
            if header is None:
                continue
            if before and before[1] == _grid(blocks):
                return Head(first, first + size, *before)
            if _goes_on(lines, first, size, near):
                continue
            number = next((i for i, column in enumerate(header.columns) if column.meaning == "no"), -1)
            if number < 0 and len(blocks) < _FEWEST_COLUMNS:
                continue
            edges = _edges([block.words for block in blocks], lines[first + size:])
            return Head(first, first + size, Columns(tuple(edges), number), _grid(blocks))
    return None


def _goes_on(lines: Sequence[TextLine], first: int, size: int, near: float) -> bool:
    """Whether the header takes further lines: the next one is close below and still header, or some part its columns."""
    blocks = _leaves(lines[first:first + size])
    following = lines[first + size] if first + size < len(lines) and size < _HEADER_LINES else None
    gap = following.top - lines[first + size - 1].bottom if following else 0.0
    close = following and gap <= min(near, ROW_GAP * following.words[0].size) and not _begins_row(following, blocks)
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
    return begins_cells(line, Columns(tuple(edges), -1))


def _blocks(lines: Sequence[TextLine]) -> list[list[Word]]:
    """The words of some lines in groups that wide gaps part, from left to right; what stands above each other is one group."""
    words = sorted((word for line in lines for word in line.words), key=lambda word: word.x0)
    blocks: list[list[Word]] = []
    right = 0.0
    for word in words:
        if blocks and word.x0 - right < GAP * word.size:
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
    return any(b.x0 - a.x1 > GAP * a.size for a, b in zip(line.words, line.words[1:]))


def _grid(blocks: Sequence[_Block]) -> Grid:
    """The header as a grid of one row, or of two where headings stand over several columns."""
    if not any(block.upper for block in blocks):
        return (tuple(Cell(text_of(block.words)) for block in blocks),)
    above = tuple(Cell("", merged="left") if block.goes_on else Cell(text_of(block.upper or block.words)) for block in blocks)
    below = tuple(Cell(text_of(block.words)) if block.upper else Cell("", merged="up") for block in blocks)
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
    heading = read_heading(text_of(block.upper))
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
