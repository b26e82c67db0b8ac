"""Workbooks that a clerk can read, written without risk: every text cell is text, whatever it begins with."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from knowledge.model import Row

KIND_NAMES = {
    "group": "Nhóm", "task": "Nhiệm vụ", "indicator": "Chỉ tiêu", "target": "Mục tiêu", "duty": "Phân công",
    "reporting": "Chế độ báo cáo", "passage": "Đoạn văn",
}
MOST_ROWS = 1_000_000   # Excel takes 1,048,576
MOST_CHARACTERS = 32_000  # Excel takes 32,767 in a cell
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LOOKS_LIKE_FORMULA = ("=", "+", "-", "@")


@dataclass(frozen=True)
class Column:
    """A column: its title, its width in characters, and what of a row it shows."""

    title: str
    width: int
    value: Callable[[Row], Any]


@dataclass(frozen=True)
class Sheet:
    """A sheet to write. `marked` says which lines (a list of values) stand out; `hidden` columns are letters."""

    name: str
    columns: Sequence[Column]
    lines: Iterable[Sequence[Any]]
    marked: Callable[[Sequence[Any]], bool] = field(default=lambda _line: False)
    visible: bool = True


def source_words(row: Row) -> str:
    """The place of a row in words: `tệp.txt, dòng 10–12`."""
    source = row.source
    parts = [source.file]
    if source.page:
        parts.append(f"trang {source.page}")
    if source.cell:
        parts.append(f"ô {source.cell}")
    if source.lines:
        first, last = source.lines
        parts.append(f"dòng {first}" if first == last else f"dòng {first}–{last}")
    return ", ".join(parts)


COLUMNS: tuple[Column, ...] = (
    Column("Mã dòng", 28, lambda row: row.ref),
    Column("Loại", 12, lambda row: KIND_NAMES[row.kind]),
    Column("Số", 8, lambda row: row.no),
    Column("Phụ lục", 10, lambda row: row.annex),
    Column("Nhóm", 8, lambda row: row.group),
    Column("Nội dung", 60, lambda row: row.name),
    Column("Cơ quan chủ trì", 30, lambda row: "\n".join(row.lead)),
    Column("Cơ quan phối hợp", 30, lambda row: "\n".join(row.coop)),
    Column("Sản phẩm, kết quả", 30, lambda row: row.result),
    Column("Thời hạn (như văn bản)", 18, lambda row: row.due.text if row.due else None),
    Column("Ngày cuối", 12, lambda row: row.due.date if row.due else None),
    Column("Giá trị", 14, lambda row: row.target),
    Column("Đơn vị tính", 16, lambda row: row.unit),
    Column("Năm", 8, lambda row: row.year),
    Column("Lặp lại (RRULE)", 18, lambda row: row.rrule or (row.due.rrule if row.due else None)),
    Column("Ghi chú", 24, lambda row: row.note),
    Column("Nguyên văn", 40, lambda row: row.wording),
    Column("Cần xem lại", 30, lambda row: row.doubt),
    Column("Nguồn", 30, source_words),
)


def values_of(row: Row, columns: Sequence[Column] = COLUMNS) -> list[Any]:
    """The row's values in the order of the columns."""
    return [column.value(row) for column in columns]


def cell_text(text: str) -> str:
    """What a cell can hold of a text: no characters that XML forbids, not more than Excel takes."""
    text = _NOT_IN_XML.sub("", text)
    return text if len(text) <= MOST_CHARACTERS else text[:MOST_CHARACTERS] + "…"


def write_workbook(path: Path, sheets: Iterable[Sheet]) -> None:
    """Write the sheets to a new .xlsx file, streaming; a sheet with too many lines goes on in another."""
    book = Workbook(write_only=True)
    for sheet in sheets:
        _write_sheet(book, sheet)
    book.save(path)


def _write_sheet(book: Any, sheet: Sheet) -> None:
    target, part, count = _new_sheet(book, sheet, 1), 1, 0
    for line in sheet.lines:
        if count == MOST_ROWS:
            _finish(target, sheet, count)
            part += 1
            target, count = _new_sheet(book, sheet, part), 0
        marked = sheet.marked(line)
        target.append([_cell(target, value, marked) for value in line])
        count += 1
    _finish(target, sheet, count)


def _new_sheet(book: Any, sheet: Sheet, part: int) -> Any:
    target = book.create_sheet(sheet.name if part == 1 else f"{sheet.name} ({part})")
    target.freeze_panes = "A2"
    target.sheet_state = "visible" if sheet.visible else "hidden"
    for number, column in enumerate(sheet.columns, start=1):
        target.column_dimensions[get_column_letter(number)].width = column.width
    target.append([_header(target, column.title) for column in sheet.columns])
    return target


def _finish(target: Any, sheet: Sheet, count: int) -> None:
    target.auto_filter.ref = f"A1:{get_column_letter(len(sheet.columns))}{count + 1}"


_WRAP = Alignment(wrap_text=True, vertical="top")
_HEADER_FONT = Font(bold=True)
_HEADER_FILL = PatternFill("solid", fgColor="DDEBF7")
_MARK = PatternFill("solid", fgColor="FFF2CC")


def _header(target: Any, title: str) -> Any:
    cell = WriteOnlyCell(target, value=title)
    cell.font, cell.fill, cell.alignment = _HEADER_FONT, _HEADER_FILL, Alignment(wrap_text=True, vertical="center")
    return cell


def _cell(target: Any, value: Any, marked: bool) -> Any:
    """A cell; text is text also where it begins like a formula, now and after someone edits the cell (quotePrefix)."""
    if isinstance(value, str):
        cell = WriteOnlyCell(target, value=None)
        cell.value = cell_text(value) or None
        if cell.value is not None:
            cell.data_type = "s"
            if cell.value.startswith(_LOOKS_LIKE_FORMULA):
                cell.quotePrefix = True
    else:
        cell = WriteOnlyCell(target, value=value)
        if hasattr(value, "strftime"):
            cell.number_format = "dd/mm/yyyy"
    cell.alignment = _WRAP
    if marked:
        cell.fill = _MARK
    return cell
