"""Excel files (.xlsx, .xlsm without its macros): sheets as tables, with numbers and dates as people see them.

Formulas give the value that Excel last saved with them. Hidden sheets are left out and hidden rows noted.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from knowledge.parsers.document import Cell, Document, Line, Table, UnreadableFile
from knowledge.parsers.office_files import check_office
from knowledge.parsers.readers.layout import only_lays_out
from knowledge.parsers.readers.sheet_values import shown

SUFFIXES = (".xlsx", ".xlsm")
ISOLATED = True
MAX_CELLS = 400_000
MAX_COLUMNS = 120
_CAPTION_LINES = 12


def read(path: Path) -> Document:
    """Each sheet's title lines as lines and the rest as a table. Raises UnreadableFile."""
    warnings = list(check_office(path, "xl/workbook.xml", "Excel (.xlsx)"))
    book = _open(path, values=True)
    lines: list[Line] = []
    tables: list[Table] = []
    several = sum(sheet.sheet_state == "visible" for sheet in book.worksheets) > 1
    formulas = None
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            warnings.append(f"Bỏ qua trang tính ẩn “{sheet.title}”.")
            continue
        if formulas is None:
            formulas = _open(path, values=False)
        grid = _grid(sheet, formulas[sheet.title], warnings)
        if grid:
            _add_sheet(sheet.title if several else "", grid, lines, tables)
    return Document(path.name, tuple(lines), tuple(tables), tuple(warnings))


def _open(path: Path, values: bool) -> Any:
    import openpyxl

    try:
        return openpyxl.load_workbook(path, data_only=values, keep_vba=False, keep_links=False)
    except Exception as error:  # the library raises whatever the file makes it stumble over
        raise UnreadableFile(f"Tệp “{path.name}” bị hỏng; hãy mở bằng Excel, lưu lại rồi gửi.") from error


def _grid(sheet: Any, formulas: Any, warnings: list[str]) -> list[list[Cell]]:
    """The used part of a sheet. The cells that the file holds are looked at, not the area that it claims to have."""
    used = {place: cell for place, cell in sheet._cells.items()
            if cell.value is not None or (place in formulas._cells and formulas._cells[place].value is not None)}
    if len(used) > MAX_CELLS:
        raise UnreadableFile(f"Trang tính “{sheet.title}” có quá nhiều ô (trên {MAX_CELLS}); hãy chỉ giữ lại bảng kế hoạch.")
    if not used:
        return []
    rows = sorted({row for row, _ in used})
    last = min(max(column for _, column in used), MAX_COLUMNS)
    merged = _merged(sheet, last)
    unsaved = 0
    out = []
    for row in rows:
        note = "dòng này bị ẩn trong tệp Excel" if sheet.row_dimensions[row].hidden else ""
        line = []
        for column in range(1, last + 1):
            cell = used.get((row, column))
            text = shown(cell.value, cell.number_format) if cell is not None else ""
            missing = cell is not None and cell.value is None
            unsaved += missing
            line.append(Cell(text, f"{sheet.title}!{_letters(column)}{row}", merged.get((row, column), ""),
                             "công thức chưa có kết quả được lưu" if missing else note))
        out.append(line)
    if unsaved:
        warnings.append(f"Trang tính “{sheet.title}” có {unsaved} ô công thức chưa có kết quả; hãy mở bằng Excel và lưu lại.")
    if any(dimension.hidden for dimension in sheet.column_dimensions.values()):
        warnings.append(f"Trang tính “{sheet.title}” có cột bị ẩn; các cột này vẫn được đọc.")
    return out


def _merged(sheet: Any, last: int) -> dict[tuple[int, int], Any]:
    """The places that merged cells cover, by where their text stands."""
    out: dict[tuple[int, int], Any] = {}
    for area in sheet.merged_cells.ranges:
        for row in range(area.min_row, min(area.max_row, area.min_row + 5_000) + 1):
            for column in range(area.min_col, min(area.max_col, last) + 1):
                if (row, column) != (area.min_row, area.min_col):
                    out[(row, column)] = "left" if column > area.min_col else "up"
    return out


def _letters(column: int) -> str:
    out = ""
    while column:
        column, rest = divmod(column - 1, 26)
        out = chr(65 + rest) + out
    return out


def _add_sheet(title: str, grid: list[list[Cell]], lines: list[Line], tables: list[Table]) -> None:
    """A sheet's rows of one or two cells before the table, and after it, are lines; what stands between is the table."""
    texts = [[cell.text for cell in row if cell.text.strip()] for row in grid]
    wide = [index for index, row in enumerate(texts) if len(row) > 2]
    if not wide and not only_lays_out([[cell.text for cell in row] for row in grid]):
        wide = [index for index, row in enumerate(texts) if len(row) > 1]
    first = wide[0] if wide else len(grid)
    last = len(grid) if wide else 0
    since = len(lines)
    for index in range(first):
        _lines(texts[index], lines)
    if wide:
        before = ((title,) if title else ()) + tuple(line.text for line in lines[since:][-_CAPTION_LINES:])
        tables.append(Table(tuple(tuple(row) for row in grid[first:last]), None, len(lines), before))


def _lines(texts: list[str], lines: list[Line]) -> None:
    for text in texts:
        for piece in re.split(r"\n", text):
            if piece.strip():
                lines.append(Line(len(lines) + 1, piece.strip()))
