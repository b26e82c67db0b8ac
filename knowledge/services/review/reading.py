"""Reading a corrected review workbook back: only cells that a person changed change the plan."""

from __future__ import annotations

import logging
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from knowledge.model import Plan, Row, Source
from knowledge.parsers.document import UnreadableFile
from knowledge.services import plan_json
from knowledge.services.importing import checked_id
from knowledge.services.review.columns import (
    COPY_SHEET,
    DOUBT,
    DROP,
    FACTS,
    FACTS_SHEET,
    LINE,
    REVIEW_COLUMNS,
    ROWS_SHEET,
    SEEN,
    BadCell,
    as_date,
    as_text,
    same,
)
from knowledge.services.sheets import cell_text

_MOST_BYTES, _MOST_UNPACKED, _MOST_LINES, _MOST_PROBLEMS = 100 << 20, 500 << 20, 200_000, 10
_log = logging.getLogger(__name__)


class BrokenWorkbook(Exception):
    """The workbook can't be read back; the message is Vietnamese, a line for each thing to mend."""


def read_review(path: Path) -> Plan:
    """The plan with a person's corrections. Raises BrokenWorkbook."""
    sheets = _load(path)
    plan = _original(sheets, path)
    problems: list[str] = []
    rows = _corrected_rows(plan, sheets[ROWS_SHEET], problems)
    plan = _corrected_facts(replace(plan, rows=rows), sheets.get(FACTS_SHEET, []), problems)
    if problems:
        shown = problems[:_MOST_PROBLEMS]
        if len(problems) > len(shown):
            shown.append(f"… và {len(problems) - len(shown)} chỗ khác.")
        raise BrokenWorkbook("Bảng rà soát có chỗ cần sửa lại:\n" + "\n".join(shown))
    return plan


def _load(path: Path) -> dict[str, list[Sequence[Any]]]:
    """Every sheet as lines of values. Limits come first: the file may be anybody's."""
    name = path.name
    if not path.is_file():
        raise BrokenWorkbook(f"Không tìm thấy tệp “{name}”: hãy kiểm tra lại đường dẫn.")
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(item.file_size for item in archive.infolist())
        if path.stat().st_size > _MOST_BYTES or unpacked > _MOST_UNPACKED:
            raise BrokenWorkbook(f"Tệp “{name}” lớn bất thường nên không được mở: hãy tạo lại bảng rà soát từ tệp gốc.")
        book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
        try:
            return {sheet.title: _lines(sheet.iter_rows(values_only=True), name) for sheet in book.worksheets}
        finally:
            book.close()
    except BrokenWorkbook:
        raise
    except Exception as error:  # openpyxl raises whatever it stumbles over
        _log.info("review workbook %s can't be opened", path, exc_info=True)
        raise BrokenWorkbook(
            f"Không mở được “{name}”: tệp hỏng, có mật khẩu hoặc không phải .xlsx. "
            "Hãy lưu lại ở dạng .xlsx không mật khẩu.") from error


def _lines(found: Iterator[Sequence[Any]], name: str) -> list[Sequence[Any]]:
    out: list[Sequence[Any]] = []
    for line in found:
        if len(out) >= _MOST_LINES:
            raise BrokenWorkbook(f"Tệp “{name}” có quá {_MOST_LINES} dòng: hãy tạo lại bảng rà soát từ tệp gốc.")
        out.append(line)
    return out


def _original(sheets: Mapping[str, list[Sequence[Any]]], path: Path) -> Plan:
    """The plan as it was written, from the hidden sheet."""
    if ROWS_SHEET not in sheets or COPY_SHEET not in sheets:
        raise BrokenWorkbook(
            f"“{path.name}” không phải bảng rà soát của trợ lý (thiếu trang “{ROWS_SHEET}” hoặc trang ẩn “{COPY_SHEET}”): "
            "hãy tạo bảng bằng: troly import <tệp> --review <bảng.xlsx>")
    text = "".join(str(line[0]) for line in sheets[COPY_SHEET][1:] if line and line[0] is not None)
    try:
        return plan_json.loads(text)
    except plan_json.NotAPlan as error:
        raise BrokenWorkbook(
            f"Trang ẩn “{COPY_SHEET}” của “{path.name}” đã bị sửa hoặc mất một phần: "
            "hãy tạo lại bảng rà soát từ tệp gốc.") from error


def _corrected_rows(plan: Plan, lines: list[Sequence[Any]], problems: list[str]) -> tuple[Row, ...]:
    """Known rows in their old order, new ones behind the line that stands before them in the sheet."""
    titles = {as_text(title): at for at, title in enumerate(lines[0])} if lines else {}
    lost = [title for title in (LINE, *(column.title for column in REVIEW_COLUMNS if column.take)) if title not in titles]
    if lost:
        problems.append(f"Trang “{ROWS_SHEET}” thiếu cột: {', '.join(f'“{title}”' for title in lost)}.")
        return plan.rows
    kept: dict[int, Row | None] = {}
    added: dict[int, list[Row]] = defaultdict(list)
    last = 0
    for number, line in enumerate(lines[1:], start=2):
        cells = {title: line[at] if at < len(line) else None for title, at in titles.items()}
        if all(as_text(value) == "" for value in cells.values()):
            continue
        try:
            which = _which(cells[LINE], len(plan.rows))
            if which and which not in kept:
                kept[which] = _corrected(plan.rows[which - 1], cells)
                last = which
            elif not as_text(cells.get(DROP)):
                added[last].append(_added(plan, cells))
        except BadCell as problem:
            problems.append(f"Dòng {number} trang “{ROWS_SHEET}”: {problem}.")
    out = list(added[0])
    for which in range(1, len(plan.rows) + 1):
        row = kept.get(which)
        out += ([row] if row else []) + added[which]
    return tuple(out)


def _which(value: Any, count: int) -> int | None:
    """The place of the row among those written, None for a line that a person added."""
    text = as_text(value)
    if not text:
        return None
    if not text.isdigit() or not 1 <= int(text) <= count:
        raise BadCell(f"cột “{LINE}” ghi “{text}”, hãy giữ nguyên số đã có hoặc để trống nếu là dòng thêm mới")
    return int(text)


def _corrected(row: Row, cells: Mapping[str, Any]) -> Row | None:
    """The row with the changed cells taken over, None if it is to be dropped."""
    if as_text(cells.get(DROP)):
        return None
    out = row
    for column in REVIEW_COLUMNS:
        # The written value, not that of `out`: a new wording of the deadline moves its date by itself.
        if column.take and not same(column.show(row), cells[column.title]):
            out = column.take(out, cells[column.title])
    if out != row or as_text(cells.get(SEEN)) or (cell_text(row.doubt or "").strip() and DOUBT in cells and not as_text(cells[DOUBT])):
        out = replace(out, doubt=None)
    return out


def _added(plan: Plan, cells: Mapping[str, Any]) -> Row:
    row = Row(plan.id, "task", "", "", Source(plan.file))
    for column in REVIEW_COLUMNS:
        if column.take and (as_text(cells[column.title]) or column.title in ("Số", "Nội dung")):
            row = column.take(row, cells[column.title])
    return row


def _corrected_facts(plan: Plan, lines: list[Sequence[Any]], problems: list[str]) -> Plan:
    given = {as_text(line[0]): line[1] for line in lines if len(line) > 1}
    changed: dict[str, Any] = {}
    for label, field in FACTS:
        value = given.get(label)
        if label not in given or same(getattr(plan, field), value):
            continue
        try:
            changed[field] = as_date(value) if field == "date" else as_text(value) or None
            if field == "id" and changed[field]:
                checked_id(changed[field])
        except (BadCell, UnreadableFile) as problem:
            problems.append(f"Trang “{FACTS_SHEET}”, mục “{label}”: {str(problem).rstrip('.')}.")
    for field, label in (("id", "Mã kế hoạch"), ("title", "Tên văn bản")):
        if field in changed and not changed[field]:
            problems.append(f"Trang “{FACTS_SHEET}”: mục “{label}” không được để trống.")
            del changed[field]
    plan = replace(plan, **changed)
    return replace(plan, rows=tuple(replace(row, plan=plan.id) for row in plan.rows)) if "id" in changed else plan
