"""The header of a grid: which rows it takes, and what each column below it holds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.parsers.deadlines import unify_blanks
from knowledge.parsers.document import Cell
from knowledge.parsers.grid.column import HEADING_JOINT, Column
from knowledge.parsers.grid.marks import is_sign, part_said
from knowledge.parsers.grid.meanings import Meaning, read_heading
from knowledge.parsers.grid.settling import holds_indicators, settle, with_marks, with_values
from knowledge.text.normalize import fold

GridRow = Sequence[Cell]
_LOOK = 12  # rows of a title that may stand above the header inside the grid
_DEEPEST = 4
_LONGEST_CELL = 160


@dataclass(frozen=True)
class Header:
    """A header over the rows from `first` up to `body`, where the table's own rows begin."""

    first: int
    body: int
    columns: tuple[Column, ...]
    indicators: bool = False

    def of(self, *meanings: Meaning) -> list[Column]:
        """The columns of these meanings, in order."""
        return [column for column in self.columns if column.meaning in meanings]

    @property
    def width(self) -> int:
        """The number of places in the grid's rows."""
        return self.columns[-1].index + self.columns[-1].width

    @property
    def shape(self) -> tuple[tuple[Meaning | None, int | None], ...]:
        """What makes two headers the same one, repeated."""
        return tuple((column.meaning, column.year) for column in self.columns if column.title)


def find_header(rows: Sequence[GridRow], start: int = 0, look: int = _LOOK) -> Header | None:
    """The first header from a row on, within a few rows; None where the grid has none."""
    for first in range(start, min(start + look, len(rows))):
        header = header_at(rows, first)
        if header:
            return header
    return None


def header_at(rows: Sequence[GridRow], first: int) -> Header | None:
    """The header that begins at a row, with the rows below that part its cells, and the row that numbers the columns."""
    texts = [cell.text.strip() for cell in rows[first] if cell.text.strip()]
    if len(texts) < 2 or any(len(text) > _LONGEST_CELL or _is_number(text) for text in texts):
        return None
    last = first
    while last + 1 < len(rows) and last + 1 - first < _DEEPEST and _goes_on(rows, first, last + 1):
        last += 1
    head = _with_open_spans(rows[first:last + 1])
    columns = with_marks([_column(head, index, width) for index, width in _parted(head)], rows[last + 1:])
    columns = settle(with_values(columns, rows[last + 1:]))
    if not _is_header(columns):
        return None
    body = last + 1
    while body < len(rows) and _numbers_columns(rows[body]):
        body += 1
    return Header(first, body, tuple(columns), holds_indicators(columns))


def _parted(header: Sequence[GridRow]) -> list[tuple[int, int]]:
    """The columns that the header's rows part, as first place and width: a cell that none of them parts is one column."""
    starts = [index for index in range(len(header[0])) if not index or any(row[index].merged != "left" for row in header)]
    return [(start, end - start) for start, end in zip(starts, [*starts[1:], len(header[0])])]


def _with_open_spans(head: Sequence[GridRow]) -> list[GridRow]:
    """The header's rows, with an empty place beside a parted cell as merged into it: in text, merging does not show."""
    out = [list(row) for row in head]
    for above, below in zip(out, head[1:]):
        for index in range(1, len(above)):
            empty = not above[index].text.strip() and not above[index].merged
            parted = below[index].text.strip() and below[index - 1].text.strip()
            beside = parted and (above[index - 1].text or above[index - 1].merged)
            if empty and beside:
                above[index] = Cell("", merged="left")
    return list(out)


def _column(head: Sequence[GridRow], index: int, width: int) -> Column:
    """A column's heading: its cell in each header row, a merged cell's text reaching all that it covers."""
    levels: list[str] = []
    for row in head:
        if row[index].merged == "up" and levels:
            continue
        text = _text_at(row, index)
        if text and (not levels or text != levels[-1]):
            levels.append(text)
    heading = read_heading(*levels)
    sign = _month(levels) or (levels[-1] if levels else "")
    return Column(index, heading.meaning, HEADING_JOINT.join(levels), heading.year, width=width, usual=heading.usual,
                  sign=sign if is_sign(sign) else "", part=part_said(" ".join(levels[:-1])))


def _month(levels: Sequence[str]) -> str:
    """The month that a bare number below "Tháng" or "Tháng thực hiện" stands for."""
    told = len(levels) > 1 and re.fullmatch(r"0?[1-9]|1[0-2]", levels[-1]) and re.match(r"(?:cac )?thang\b", fold(levels[-2]))
    return f"Tháng {int(levels[-1])}" if told else ""


def _text_at(row: GridRow, index: int) -> str:
    """A place's text; that of the cell to its left where it is merged into it."""
    while index > 0 and row[index].merged == "left":
        index -= 1
    return unify_blanks(row[index].text)


def _goes_on(rows: Sequence[GridRow], first: int, at: int) -> bool:
    """Whether a row still belongs to the header: it parts merged cells above, or names what an empty cell above left open."""
    above, row = _with_open_spans([rows[at - 1], rows[at]])
    own = [(index, unify_blanks(cell.text)) for index, cell in enumerate(row) if cell.text.strip() and not cell.merged]
    months = bool(own) and all(_month([_text_at(above, index), text]) for index, text in own)
    if not own or any(len(text) > _LONGEST_CELL for _, text in own) or _numbers_columns(row) and not months:
        return False
    if len(own) == 1 and _covers(row) > 1:  # a group's title over the whole width
        return False
    merged_up = any(cell.merged == "up" for cell in row)
    parts = all(_spans(above, index) or not _text_at(above, index) for index, _ in own)
    known = months or all(read_heading(_text_at(above, index), text).meaning or is_sign(text) for index, text in own)
    joined = merged_up or len(own) > 1 or any(_spans(above, index) for index, _ in own)
    return parts and known and joined and not _is_number(row[0].text)


def _spans(row: GridRow, index: int) -> bool:
    """Whether a place belongs to a cell over several columns."""
    return row[index].merged == "left" or (index + 1 < len(row) and row[index + 1].merged == "left")


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"\W*(?:\d{1,3}(?:\.\d+)*|[IVXLC]+)\W*", text.strip()))


def _numbers_columns(row: GridRow) -> bool:
    """Whether a row only numbers the columns: (1) (2) (3), A B 1 2, (5)=(3)+(4)."""
    texts = [cell.text.strip() for cell in row if cell.text.strip()]
    if len(texts) < 3 or any(len(text) > 14 for text in texts):
        return False
    plain = all(re.fullmatch(r"[\[(]?(?:\d{1,2}|[A-Za-zĐđ])[\])]?(?:\s*=.*)?", text) for text in texts)
    values = [int(number) for text in texts if (number := "".join(re.findall(r"^\D?(\d{1,2})\b", text)))]
    return plain and values == sorted(set(values)) and (not values or values[0] <= 3 and values[-1] - values[0] < 2 * len(values))


def _covers(row: GridRow) -> int:
    """How many places the widest cell of a row covers."""
    widest = run = 1
    for cell in row[1:]:
        run = run + 1 if cell.merged == "left" else 1
        widest = max(widest, run)
    return widest


def _is_header(columns: list[Column]) -> bool:
    meanings = {column.meaning for column in columns if column.title}
    known = sum(column.meaning is not None for column in columns if column.title)
    titled = sum(bool(column.title) for column in columns)
    beside = meanings & {"lead", "coop", "due", "result", "target", "unit", "end", "tick", "mark", "result_due"}
    return "name" in meanings and bool(beside) and 2 * known > titled and sum(column.usual for column in columns) > 1
