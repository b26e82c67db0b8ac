"""Writing the review workbook."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from knowledge.model import Plan
from knowledge.services import plan_json
from knowledge.services.exporting import replacing
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
    UNPLACED_SHEET,
)
from knowledge.services.sheets import Column, Sheet, write_workbook

_HELP = (
    f"Sửa thẳng vào các ô ở trang “{ROWS_SHEET}”, lưu lại rồi nhập bằng: troly import --corrected <tệp này> --accept",
    f"Dòng tô vàng là dòng máy chưa chắc, lý do ở cột “{DOUBT}”. Dòng đã đúng thì đánh x vào cột “{SEEN}”.",
    f"Bỏ một dòng: đánh x vào cột “{DROP}”. Thêm một dòng: ghi vào dòng trống, để trống cột “{LINE}”.",
    f"Không sửa cột “{LINE}” và trang ẩn “{COPY_SHEET}”: trợ lý dựa vào đó để biết anh/chị đã sửa gì.",
)
_FRAGILE = re.compile("[ \ud800-\udfff\ufffe\uffff]|_(?=x)")
_CHUNK = 30_000  # characters of the copy in one cell


def write_review(plan: Plan, path: Path) -> None:
    """Write the workbook in which a person corrects what was read. Raises OSError."""
    def fill(temporary: Path) -> int:
        write_workbook(temporary, [_rows(plan), _facts(plan), _unplaced(plan), _copy(plan)])
        return len(plan.rows)
    replacing(path, fill)


def _columns(*titles: tuple[str, int]) -> list[Column]:
    return [Column(title, width, lambda _row: None) for title, width in titles]


def _rows(plan: Plan) -> Sheet:
    head = _columns((LINE, 7), (DOUBT, 34), (SEEN, 9), (DROP, 9))
    columns = head + _columns(*((column.title, column.width) for column in REVIEW_COLUMNS))
    lines = ([number, row.doubt, None, None, *(column.show(row) for column in REVIEW_COLUMNS)]
             for number, row in enumerate(plan.rows, start=1))

    def doubtful(line: Sequence[Any]) -> bool:
        return bool(line[1])
    return Sheet(ROWS_SHEET, columns, lines, marked=doubtful)


def _facts(plan: Plan) -> Sheet:
    lines: list[list[Any]] = [[label, getattr(plan, field)] for label, field in FACTS]
    lines.append(["Tệp nguồn", plan.file])
    lines += [["Hướng dẫn" if number == 0 else None, text] for number, text in enumerate(_HELP)]
    return Sheet(FACTS_SHEET, _columns(("Mục", 28), ("Nội dung", 100)), lines)


def _unplaced(plan: Plan) -> Sheet:
    lines = [[first, last, text] for first, last, text in plan.unplaced]
    return Sheet(UNPLACED_SHEET, _columns(("Từ dòng", 10), ("Đến dòng", 10), ("Đoạn chưa xếp được vào dòng nào", 100)), lines)


def _copy(plan: Plan) -> Sheet:
    # As JSON escapes: blanks, which Excel drops at the ends of a cell, its own escape `_x0041_`, and what XML forbids.
    text = _FRAGILE.sub(lambda match: f"\\u{ord(match.group()):04x}", plan_json.dumps(plan))
    lines = [[text[at:at + _CHUNK]] for at in range(0, len(text), _CHUNK)]
    return Sheet(COPY_SHEET, _columns(("Bản gốc, không sửa", 20)), lines, visible=False)
