"""The header of a grid: which rows it takes, and what each column below it holds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from knowledge.parsers.deadlines import unify_blanks
from knowledge.parsers.document import Cell
from knowledge.parsers.grid.meanings import Meaning, read_heading
from knowledge.text.normalize import fold

GridRow = Sequence[Cell]
_LOOK = 12  # rows of a title that may stand above the header inside the grid
_DEEPEST = 4
_LONGEST_CELL = 160
_SAMPLE = 40  # rows that show what a column holds


@dataclass(frozen=True)
class Column:
    """A column: its place, meaning, wording as headed, and year; `doubt` where the meaning is a reading of ours.

    `width` is the number of the grid's places that its header covers.
    """

    index: int
    meaning: Meaning | None
    title: str
    year: int | None = None
    doubt: str | None = None
    width: int = 1
    usual: bool = False


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
    columns = settle(_with_values([_column(head, index, width) for index, width in _parted(head)], rows[last + 1:]))
    if not _is_header(columns):
        return None
    body = last + 1
    while body < len(rows) and _numbers_columns(rows[body]):
        body += 1
    return Header(first, body, tuple(columns), _holds_indicators(columns))


def _with_values(columns: list[Column], below: Sequence[GridRow]) -> list[Column]:
    """Years below "Lộ trình" or "Thời gian" are to be ticked; where figures stand below them they are what is to be reached."""
    ticks = [column for column in columns if column.meaning == "tick"]
    texts = [row[column.index].text.strip() for row in below[:_SAMPLE] for column in ticks]
    filled = [text for text in texts if text]
    if not ticks or 2 * sum(any(char.isdigit() for char in text) for text in filled) <= len(filled):
        return columns
    return [replace(column, meaning="target") if column in ticks else column for column in columns]


def settle(columns: list[Column]) -> list[Column]:
    """The columns together: what "Đơn vị", "Kết quả", "Mục tiêu" or a second agency column mean depends on those beside it."""
    columns = _settle_units(columns)
    columns = _settle_names(columns)
    columns = _settle_leads(columns)
    columns = _settle_times(columns)
    return [replace(c, meaning="other") if _is_second(c, columns) else c for c in columns]


def _is_second(column: Column, columns: list[Column]) -> bool:
    """Whether a better or earlier column holds the same; several columns of cooperating agencies are read together."""
    if column.meaning == "due":
        dues = [c for c in columns if c.meaning == "due"]
        return column is not min(dues, key=lambda c: ("hoan thanh" not in _said(c), "tien do" in _said(c), c.index))
    return column.meaning in ("no", "result", "unit", "lead", "group") and any(
        c.meaning == column.meaning and c.index < column.index for c in columns)


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
    return Column(index, heading.meaning, " – ".join(levels), heading.year, width=width, usual=heading.usual)


def _text_at(row: GridRow, index: int) -> str:
    """A place's text; that of the cell to its left where it is merged into it."""
    while index > 0 and row[index].merged == "left":
        index -= 1
    return unify_blanks(row[index].text)


def _goes_on(rows: Sequence[GridRow], first: int, at: int) -> bool:
    """Whether a row still belongs to the header: it parts merged cells above, or names what an empty cell above left open."""
    above, row = _with_open_spans([rows[at - 1], rows[at]])
    own = [(index, unify_blanks(cell.text)) for index, cell in enumerate(row) if cell.text.strip() and not cell.merged]
    if not own or any(len(text) > _LONGEST_CELL for _, text in own) or _numbers_columns(row):
        return False
    if len(own) == 1 and _covers(row) > 1:  # a group's title over the whole width
        return False
    merged_up = any(cell.merged == "up" for cell in row)
    parts = all(_spans(above, index) or not _text_at(above, index) for index, _ in own)
    known = all(read_heading(_text_at(above, index), text).meaning for index, text in own)
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
    beside = meanings & {"lead", "coop", "due", "result", "target", "unit", "end", "tick"}
    return "name" in meanings and bool(beside) and 2 * known > titled and sum(column.usual for column in columns) > 1


def _said(column: Column) -> str:
    return fold(unify_blanks(column.title)).strip(" .:*")


def _about_indicators(column: Column) -> bool:
    said = _said(column)
    return bool(re.search(r"\bchi tieu\b|\bchi so\b|\bmuc tieu\b|\btieu chi\b", said)) and not re.search(
        r"\bnhiem vu\b|\bcong viec\b|\bgiai phap\b|\bnoi dung cong viec\b", said)


def _holds_indicators(columns: list[Column]) -> bool:
    """Whether the rows are indicators (chỉ tiêu): the name says so, or values stand beside it with nothing to deliver."""
    names = [column for column in columns if column.meaning == "name"]
    meanings = {column.meaning for column in columns}
    if any(_about_indicators(column) for column in names):
        return True
    tasks = any(re.search(r"\bnhiem vu\b|\bcong viec\b|\bgiai phap\b|\bde an\b", _said(column)) for column in names)
    return not tasks and "target" in meanings and not {"due", "result"} & meanings


def _settle_units(columns: list[Column]) -> list[Column]:
    """"Đơn vị" is a unit only beside indicators; "Kết quả" is a value where no other column is, beside a unit."""
    indicators = any(c.meaning in ("name", "target") and _about_indicators(c) for c in columns)
    dated = any(c.meaning == "target" for c in columns)
    out = []
    for column in columns:
        if column.meaning == "unit" and _said(column) == "don vi" and not (indicators or dated):
            column = replace(column, meaning="lead")
        if column.meaning == "lead" and _said(column) == "don vi" and indicators and dated:
            column = replace(column, meaning="unit")
        out.append(column)
    meanings = {column.meaning for column in out}
    if indicators and "target" not in meanings and "unit" in meanings:
        out = _first_as(out, "result", "target")
    aims = [c for c in out if c.meaning == "name" and re.search(r"^ke hoach|\bgiao\b|^chi tieu ke hoach", _said(c))]
    if indicators and "target" not in {c.meaning for c in out} and aims and len([c for c in out if c.meaning == "name"]) > 1:
        out = [replace(c, meaning="target") if c is aims[0] else c for c in out]
    if {"baseline"} & meanings and "target" not in meanings:
        out = _first_as(out, "baseline", "target")
    return [replace(c, meaning="other") if c.meaning == "baseline" else c for c in out]


def _settle_names(columns: list[Column]) -> list[Column]:
    """One column names the row. Beside it, one of groups stays; a description or an aim is kept as it stands."""
    names = [column for column in columns if column.meaning == "name"]
    if not names:
        for stand_in in ("target", "group", "result"):
            undated = [c for c in columns if c.meaning == stand_in and c.year is None]
            if undated:
                return [replace(c, meaning="name") if c is undated[0] else c for c in columns]
        return columns
    if len(names) == 1:
        return columns
    chosen = next((c for c in names if not re.search(r"\bmo ta\b|^noi dung$|\bchi tieu\b|\bsan pham\b", _said(c))), names[0])
    out = []
    for column in columns:
        if column.meaning == "name" and column is not chosen:
            made = re.search(r"\bsan pham\b|\bket qua\b", _said(column))
            column = replace(column, meaning="result" if made else "other")
        out.append(column)
    return out


def _settle_leads(columns: list[Column]) -> list[Column]:
    """Of several agency columns the one that says "chủ trì" leads; another one is doubtful as cooperating."""
    leads = [column for column in columns if column.meaning == "lead"]
    if len(leads) < 2:
        return columns
    chosen = next((c for c in leads if "chu tri" in _said(c)), leads[0])
    coop = any(column.meaning == "coop" for column in columns)
    out = []
    for column in columns:
        if column.meaning == "lead" and column is not chosen:
            if coop or re.search(r"\btheo doi\b|\bdanh gia\b|\btong hop\b|\bbao cao\b|\btrinh\b", _said(column)):
                column = replace(column, meaning="other")
            else:
                column = replace(column, meaning="coop", doubt=f"cột “{column.title}” được đọc là cơ quan phối hợp")
                coop = True
        out.append(column)
    return out


def _settle_times(columns: list[Column]) -> list[Column]:
    """Beginning and end are read together; an end alone is the deadline."""
    meanings = {column.meaning for column in columns}
    if "end" in meanings and "start" not in meanings and "due" not in meanings:
        return [replace(c, meaning="due") if c.meaning == "end" else c for c in columns]
    if "start" in meanings and "end" not in meanings and "due" in meanings:
        return [replace(c, meaning="end") if c.meaning == "due" else c for c in columns]
    return columns


def _first_as(columns: list[Column], old: Meaning, new: Meaning) -> list[Column]:
    place = next((i for i, column in enumerate(columns) if column.meaning == old), None)
    return [replace(column, meaning=new) if i == place else column for i, column in enumerate(columns)]
