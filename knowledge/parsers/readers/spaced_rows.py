"""The rows of a table without rulings, and the columns that its words stand in.

A row begins with each number in the first column, where the widest gap above it is, or in a table without numbers below gaps wider
than those between its lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.parsers.grid.labels import read_label, split_heading
from knowledge.parsers.readers.pdf_text import TextLine, Word, lines_of, paragraphs

GAP = 0.9  # times the size of the letters: as wide a gap parts the columns of a header
ROW_GAP = 0.7  # times the size of the letters: no gap inside a cell is as wide
LOOSE = 1.2  # points by which a gap must be wider to count as one between rows
_FEWEST_ROWS = 2


@dataclass(frozen=True)
class Columns:
    """Where the columns of a table part, from left to right, and which of them numbers the rows (-1: none)."""

    edges: tuple[float, ...]
    number: int

    def of(self, word: Word) -> int:
        """The column that a word stands in."""
        middle = (word.x0 + word.x1) / 2
        return sum(middle > edge for edge in self.edges)


def numbered_starts(lines: Sequence[TextLine], body: int, end: int, columns: Columns, goes_on: bool) -> list[int]:
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


def gap_starts(lines: Sequence[TextLine], body: int, end: int, columns: Columns) -> list[int]:
    """The same by the gaps between rows, wider than those inside them; where all are alike, by lines that begin most cells."""
    if end - body < _FEWEST_ROWS:
        return []
    gaps = {index: lines[index].top - max(line.bottom for line in lines[body:index]) for index in range(body + 1, end)}
    low, high = min(gaps.values()), max(gaps.values())
    if high - low > 2 * LOOSE:
        starts = [body, *(index for index in gaps if gaps[index] > (low + high) / 2)]
    else:
        starts = [index for index in range(body, end) if begins_cells(lines[index], columns)]
    if not starts or starts[0] != body:
        return []
    # what stands in one column alone behind the last full row is text below the table
    filled = [len({columns.of(word) for line in lines[a:b] for word in line.words}) for a, b in zip(starts, [*starts[1:], end])]
    full = [index for index, count in enumerate(filled) if 2 * count > len(columns.edges) + 1]
    across = sum(crossed(line, columns) > 0 for line in lines[body:end])
    if len(full) < _FEWEST_ROWS or 2 * len(full) < len(starts) or 3 * across > end - body:
        return []  # running text
    last = full[-1] + 1
    return [*starts[:last], starts[last] if last < len(starts) else end]


def begins_cells(line: TextLine, columns: Columns) -> bool:
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
    return label is not None and label.level != "bullet" or _is_heading(line, columns)


def _is_heading(line: TextLine, columns: Columns) -> bool:
    """Whether a group's number and title stand together in a wide column of numbers: `II. CHUYỂN ĐỔI SỐ`."""
    return all(columns.of(word) == columns.number for word in line.words) and split_heading(line.text) is not None


def centred(rows: Sequence[Sequence[TextLine]], columns: Columns) -> bool:
    """Whether most rows of several lines have their number in the middle instead of on top."""
    high = [row for row in rows if len(row) > 2 and any(_label_at(line, columns) for line in row)]
    return 2 * sum(not _label_at(row[0], columns) and not _label_at(row[1], columns) for row in high) > len(high)


def crossed(line: TextLine, columns: Columns) -> int:
    """How many boundaries a line's text runs across: a word stands on it, or no gap is there."""
    pairs = list(zip(line.words, line.words[1:]))
    return sum(any(word.x0 < edge < word.x1 for word in line.words)
               or any(a.x1 <= edge <= b.x0 and b.x0 - a.x1 < 0.5 * a.size for a, b in pairs) for edge in columns.edges)


def _row_break(lines: Sequence[TextLine], before: int, at: int) -> int:
    """The first line of the row that is numbered at a line: below the widest gap since the number before it."""
    gaps = [(lines[index].top - max(line.bottom for line in lines[before:index]), index) for index in range(before + 1, at + 1)]
    widest = max(gap for gap, _ in gaps)
    return max(index for gap, index in gaps if gap > widest - LOOSE)


def _with_unnumbered(lines: Sequence[TextLine], starts: list[int]) -> list[int]:
    """The first lines of the rows, with those of rows without a number: below gaps as wide as those between numbered rows."""
    gaps = {index: lines[index].top - lines[index - 1].bottom for index in range(1, len(lines))}
    if all(gaps[index] > ROW_GAP * lines[index].words[0].size for index in range(starts[0] + 1, len(lines))):
        return list(range(starts[0], len(lines)))
    between = sorted(gaps[index] for index in starts[1:])
    inside = sorted(gaps[index] for index in range(starts[0] + 1, len(lines)) if index not in starts)
    if len(between) < _FEWEST_ROWS or not inside or between[0] < inside[len(inside) // 2] + LOOSE:
        return starts
    return sorted({*starts, *(index for index in range(starts[0] + 1, len(lines)) if gaps[index] >= between[0] - 0.5)})


def parted_inside(line: TextLine, columns: Columns) -> bool:
    """Whether a wide gap stands between two words of one column."""
    return any(b.x0 - a.x1 > 2 * GAP * a.size and columns.of(a) == columns.of(b) for a, b in zip(line.words, line.words[1:]))


def rows_of(lines: Sequence[TextLine], columns: Columns) -> list[tuple[str | None, ...]]:
    """The cells of one row; a line that runs across the columns is a title in a row of its own."""
    out: list[tuple[str | None, ...]] = []
    kept: list[TextLine] = []
    for line in lines:
        if _is_title(line, columns) or _is_heading(line, columns):
            out += [_row(kept, columns)] if kept else []
            label = " ".join(word.text for word in line.words if columns.of(word) == columns.number)
            title = " ".join(word.text for word in line.words if columns.of(word) != columns.number)
            parts = [label, title] if label and title and columns.number == 0 else [line.text]
            out.append((*parts, *[None] * (len(columns.edges) + 1 - len(parts))))
            kept = []
        else:
            kept.append(line)
    return [*out, _row(kept, columns)] if kept else out


def _is_title(line: TextLine, columns: Columns) -> bool:
    """Whether a line's words, but for its number, run across columns without a gap."""
    words = [word for word in line.words if columns.of(word) != columns.number]
    even = all(b.x0 - a.x1 < GAP * a.size for a, b in zip(words, words[1:]))
    return even and len({columns.of(word) for word in words}) > 1


def _row(lines: Sequence[TextLine], columns: Columns) -> tuple[str, ...]:
    texts = []
    for column in range(len(columns.edges) + 1):
        words = [word for line in lines for word in line.words if columns.of(word) == column]
        texts.append(text_of(words))
    return tuple(texts)


def text_of(words: Sequence[Word]) -> str:
    """The text of a cell's words, its paragraphs on lines of their own."""
    lines = lines_of(words)
    return "\n".join(paragraphs(lines, max((line.x1 - line.x0 for line in lines), default=0.0)))
