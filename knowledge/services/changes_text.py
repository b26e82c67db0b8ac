"""Changes between two versions in Vietnamese sentences; for the command line and for the assistant's answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from knowledge.model import Row
from knowledge.services.changes import Changed, Changes
from knowledge.services.sheets import KIND_NAMES

_ABOUT = {"title": "Tên văn bản", "number": "Số, ký hiệu", "date": "Ngày ban hành", "issuer": "Cơ quan ban hành",
          "province": "Tỉnh"}
_FIELDS = {"no": "số", "group": "nhóm", "name": "nội dung", "result": "kết quả", "target": "giá trị", "unit": "đơn vị tính",
           "year": "năm", "rrule": "kỳ báo cáo", "note": "ghi chú", "annex": "phụ lục"}


def summary(changes: Changes) -> str:
    """One sentence with the counts: `2 dòng mới, 1 dòng không còn, 3 dòng đổi thời hạn.`"""
    counts = (
        (len(changes.new), "dòng mới"), (len(changes.gone), "dòng không còn"),
        (len(changes.moved_deadlines), "dòng đổi thời hạn"), (len(changes.other_agencies), "dòng đổi cơ quan"),
        (len(changes.other_wording), "dòng sửa nội dung"), (len(changes.moved), "dòng đổi số"),
        (len(changes.about), "thông tin văn bản thay đổi"),
    )
    parts = [f"{count} {words}" for count, words in counts if count]
    return ", ".join(parts) + "." if parts else "Không có gì thay đổi."


def describe(changes: Changes) -> Iterator[str]:
    """One line a change, in the order: the plan itself, new, gone, changed rows."""
    for key, old, new in changes.about:
        before, after = (_day(text) if key == "date" else text for text in (old, new))
        yield f"{_ABOUT[key]}: “{before or 'chưa có'}” → “{after or 'không còn'}”"
    for row in changes.new:
        yield f"Mới: {title(row)}"
    for row in changes.gone:
        yield f"Không còn: {title(row)}"
    for change in changes.changed:
        yield f"{title(change.new)}: {'; '.join(_what(change))}"


def title(row: Row) -> str:
    """`Nhiệm vụ 18: Xây dựng đề án…`, shortened."""
    name = row.name if len(row.name) <= 90 else row.name[:87].rsplit(" ", 1)[0] + "…"
    return f"{KIND_NAMES[row.kind]} {row.no}: {name}"


def _what(change: Changed) -> Iterator[str]:
    old, new = change.old, change.new
    if old.kind != new.kind:
        yield f"loại {KIND_NAMES[old.kind].lower()} → {KIND_NAMES[new.kind].lower()}"
    if change.moved_deadline:
        yield f"thời hạn {_due(old)} → {_due(new)}"
    for role, words in (("lead", "chủ trì"), ("coop", "phối hợp")):
        if role in change.fields:
            yield f"{words} {_list(getattr(old, role))} → {_list(getattr(new, role))}"
    for field in change.fields:
        if field in _FIELDS:
            yield f"{_FIELDS[field]} {_quoted(getattr(old, field))} → {_quoted(getattr(new, field))}"


def _day(text: str) -> str:
    """`2025-07-10` → `10/07/2025`."""
    return "/".join(reversed(text.split("-")))


def _due(row: Row) -> str:
    return _quoted(row.due.text if row.due else None)


def _list(names: Iterable[str]) -> str:
    return _quoted("; ".join(names))


def _quoted(value: object) -> str:
    return f"“{value}”" if value not in (None, "") else "(trống)"


def paged(lines: Iterable[str], most: int, more: Callable[[int], str]) -> Iterator[str]:
    """The first lines, then one that tells how many were left out."""
    left = 0
    for number, line in enumerate(lines):
        if number < most:
            yield line
        else:
            left += 1
    if left:
        yield more(left)
