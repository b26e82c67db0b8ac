"""What a plan's text became: how many rows of each kind, and where each line of the source went."""

from __future__ import annotations

from collections import Counter

from knowledge.model import Plan
from knowledge.services.sheets import KIND_NAMES

#: What a line of the source is that is no row, in Vietnamese; kinds of `knowledge.parsers.furniture` and of tables.
FURNITURE_NAMES = {
    "address": "địa chỉ trang web", "caption": "tên bảng", "duplicate": "đoạn lặp lại do hỏng tệp", "footnote": "chú thích",
    "header": "đầu bảng", "heading": "tiêu đề mục", "label": "nhãn của dòng", "letterhead": "quốc hiệu, tên cơ quan",
    "page_number": "số trang", "recipients": "nơi nhận",
    "rule": "đường kẻ", "signature": "chữ ký", "source": "nguồn tải về",
    "table": "bảng", "title": "tên văn bản",
}
PASSAGES = "đoạn văn để trích dẫn"


def count_rows(plan: Plan) -> dict[str, int]:
    """Rows by the Vietnamese name of their kind, passages last."""
    counts = Counter(str(row.kind) for row in plan.rows)
    return {kind_name(kind): counts[kind] for kind in KIND_NAMES if counts[kind]}


def count_lines(plan: Plan) -> tuple[dict[str, int], int]:
    """How many lines of the source are in rows or furniture of each kind, by its Vietnamese name, and how many nothing took.

    A line in two rows counts once, with the first. Plans whose file has tables of its own (Word, Excel) count text lines only.
    """
    kinds: dict[int, str] = {}
    for row in plan.rows:
        first, last = row.source.lines or (1, 0)
        for no in range(first, last + 1):
            kinds.setdefault(no, kind_name(row.kind))
    for first, last, kind, _ in plan.furniture:
        for no in range(first, last + 1):
            kinds.setdefault(no, FURNITURE_NAMES.get(kind, kind))
    left = sum(last - first + 1 for first, last, _ in plan.unplaced)
    return dict(Counter(kinds.values()).most_common()), left


def kind_name(kind: str) -> str:
    """A kind of rows in Vietnamese."""
    return PASSAGES if kind == "passage" else KIND_NAMES[kind].lower()
