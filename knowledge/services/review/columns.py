"""The columns of the review sheet: what each shows of a row, and what a corrected cell means for it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from knowledge.model import Deadline, Row
from knowledge.services.sheets import KIND_NAMES, cell_text, source_words
from knowledge.text.normalize import clean, fold

ROWS_SHEET, FACTS_SHEET, UNPLACED_SHEET, COPY_SHEET = "Rà soát", "Văn bản", "Chưa xếp được", "_troly"
LINE, DOUBT, SEEN, DROP = "Dòng", "Cần xem lại", "Đã xem (x)", "Bỏ dòng (x)"


class BadCell(ValueError):
    """What stands in a cell makes no sense there; the message is Vietnamese."""


@dataclass(frozen=True)
class ReviewColumn:
    """A column of the sheet; `take` gives the corrected row, None for columns that are only to read."""

    title: str
    width: int
    show: Callable[[Row], Any]
    take: Callable[[Row, Any], Row] | None = None


def as_text(value: Any) -> str:
    """What a cell holds, as text: `3` for 3.0, `30/06/2025` for a date."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value.strftime("%d/%m/%Y") if isinstance(value, (date, datetime)) else str(value).strip()


def same(written: Any, found: Any) -> bool:
    """Whether a cell still says what was written; Excel and LibreOffice change blanks and line ends on saving."""
    text = cell_text(written) if isinstance(written, str) else as_text(written)
    return re.sub(r"\s+", " ", text).strip() == re.sub(r"\s+", " ", as_text(found)).strip()


def as_date(value: Any) -> date | None:
    """A date cell, or a text `30/6/2025`. Raises BadCell."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = as_text(value)
    if not text:
        return None
    match = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", text)
    try:
        return date(int(match[3]), int(match[2]), int(match[1])) if match else date.fromisoformat(text)
    except ValueError:
        raise BadCell(f"“{text}” không phải là ngày, hãy ghi dạng 30/06/2025") from None


def _with(row: Row, field: str, value: Any) -> Row:
    """The row with one field changed; the field's name is data here."""
    changed: Row = replace(row, **{field: value})
    return changed


def _kind(row: Row, value: Any) -> Row:
    wanted = fold(clean(as_text(value)))
    for kind, name in KIND_NAMES.items():
        if wanted in (kind, fold(name)):
            return _with(row, "kind", kind)
    raise BadCell(f"không có loại “{as_text(value)}”, hãy chọn một trong: {', '.join(KIND_NAMES.values())}")


def _number(row: Row, value: Any) -> Row:
    text = as_text(value)
    if not text:
        raise BadCell("cột “Số” không được để trống")
    if len(text) > 200:
        raise BadCell("cột “Số” dài quá 200 ký tự")
    return replace(row, no=text)


def _name(row: Row, value: Any) -> Row:
    if not as_text(value):
        raise BadCell("cột “Nội dung” không được để trống; muốn bỏ dòng này thì đánh dấu x vào cột “Bỏ dòng (x)”")
    return replace(row, name=as_text(value))


def _year(row: Row, value: Any) -> Row:
    text = as_text(value)
    if text and not re.fullmatch(r"\d{4}", text):
        raise BadCell(f"“{text}” không phải là năm")
    return replace(row, year=int(text) if text else None)


def _text(field: str) -> Callable[[Row, Any], Row]:
    return lambda row, value: _with(row, field, as_text(value) or None)


def _agencies(field: str) -> Callable[[Row, Any], Row]:
    """One agency a line; also `;` separates. A comma doesn't: it stands inside of names."""
    return lambda row, value: _with(row, field, tuple(
        name.strip() for name in re.split(r"[\n;]", as_text(value)) if name.strip()))


def _due_text(row: Row, value: Any) -> Row:
    from knowledge.parsers.deadlines import parse_deadline
    text = as_text(value)
    return replace(row, due=parse_deadline(text) if text else None)


def _due_date(row: Row, value: Any) -> Row:
    """The last allowed day as the person says, whatever the wording."""
    day = as_date(value)
    due = row.due
    if due is None:
        return replace(row, due=Deadline(f"{day:%d/%m/%Y}", "date", day)) if day else row
    kind = "date" if day and due.kind in ("none", "recurring", "from_year_on") else due.kind
    return replace(row, due=replace(due, kind="none" if not day and kind == "date" else kind, date=day))


REVIEW_COLUMNS: tuple[ReviewColumn, ...] = (
    ReviewColumn("Loại", 12, lambda row: KIND_NAMES[row.kind], _kind),
    ReviewColumn("Số", 8, lambda row: row.no, _number),
    ReviewColumn("Phụ lục", 12, lambda row: row.annex, _text("annex")),
    ReviewColumn("Nhóm", 8, lambda row: row.group, _text("group")),
    ReviewColumn("Nội dung", 60, lambda row: row.name, _name),
    ReviewColumn("Cơ quan chủ trì (mỗi dòng một cơ quan)", 30, lambda row: "\n".join(row.lead), _agencies("lead")),
    ReviewColumn("Cơ quan phối hợp (mỗi dòng một cơ quan)", 30, lambda row: "\n".join(row.coop), _agencies("coop")),
    ReviewColumn("Sản phẩm, kết quả", 30, lambda row: row.result, _text("result")),
    ReviewColumn("Thời hạn (như văn bản)", 18, lambda row: row.due.text if row.due else None, _due_text),
    ReviewColumn("Hiểu là ngày cuối", 12, lambda row: row.due.date if row.due else None, _due_date),
    ReviewColumn("Giá trị", 14, lambda row: row.target, _text("target")),
    ReviewColumn("Đơn vị tính", 16, lambda row: row.unit, _text("unit")),
    ReviewColumn("Năm", 8, lambda row: row.year, _year),
    ReviewColumn("Ghi chú", 24, lambda row: row.note, _text("note")),
    ReviewColumn("Nguyên văn", 40, lambda row: row.wording),
    ReviewColumn("Nguồn", 30, source_words),
)

#: The plan's own facts: (label, field of Plan).
FACTS: tuple[tuple[str, str], ...] = (
    ("Mã kế hoạch", "id"), ("Tên văn bản", "title"), ("Số, ký hiệu", "number"), ("Ngày ban hành", "date"),
    ("Cơ quan ban hành", "issuer"), ("Tỉnh (mã, ví dụ hau-giang)", "province"),
)
