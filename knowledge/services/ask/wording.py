"""The assistant's sentences about rows: short, the thing asked first, then the source."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from knowledge.model import Deadline, Row
from knowledge.services.ask.base import KnowledgeBase

PAGE = 10
_ANNEX_OF = re.compile(
    r"^Phụ lục [IVXLC\d]+(?:\s*(?:,|và)\s*[IVXLC\d]+)*\s+(?:ban hành )?kèm theo\s+"
)  # "Phụ lục I, II kèm theo Kế hoạch …"
KIND_WORDS = {
    "task": "nhiệm vụ",
    "indicator": "chỉ tiêu",
    "target": "mục tiêu",
    "duty": "việc được giao",
    "reporting": "chế độ báo cáo",
    "passage": "đoạn",
    "group": "nhóm",
}


def day(value: date) -> str:
    """`30/6/2025`."""
    return f"{value.day}/{value.month}/{value.year}"


def short(text: str, words: int = 28) -> str:
    """A long name cut after some words, with an ellipsis."""
    parts = text.split()
    return text.rstrip(" .;") if len(parts) <= words else " ".join(parts[:words]).rstrip(",;:. ") + "…"


def names(agencies: Sequence[str]) -> str:
    """Agencies as a sentence lists them."""
    return "; ".join(agencies) if any("," in a for a in agencies) else ", ".join(agencies)


def label(row: Row) -> str:
    """What a row is called: `Nhiệm vụ 18`, `Chỉ tiêu 5.10`."""
    word = KIND_WORDS[row.kind]
    if row.kind in ("duty", "reporting", "passage", "target"):
        return f"{word} (mục {row.no})"
    return f"{word} {row.no}"


def title(row: Row, words: int = 28) -> str:
    """A row with its name: `nhiệm vụ 18 “Xây dựng và triển khai Đề án đô thị thông minh”`."""
    return f"{label(row)} “{short(row.name, words)}”"


def upper(text: str) -> str:
    """The first letter as a capital."""
    return text[:1].upper() + text[1:]


def due_words(due: Deadline | None) -> str:
    """A deadline as a sentence gives it, with the last day where the wording leaves it open."""
    if due is None or not due.text:
        return "không ghi thời hạn"
    if due.kind == "date" and due.date:
        return due.text if str(due.date.year) in due.text else f"{due.text} ({day(due.date)})"
    if due.date:
        return f"{due.text} (chậm nhất {day(due.date)})"
    return due.text


def source(kb: KnowledgeBase, rows: Sequence[Row]) -> str:
    """`Nguồn: mục 18, nhóm III, Phụ lục II – Kế hoạch của …`: row, annex and document of what was answered."""
    lines = []
    for plan_id in dict.fromkeys(r.plan for r in rows):
        head = kb.plans.get(plan_id)
        places = _places([r for r in rows if r.plan == plan_id])
        title = head.title if head else plan_id
        if "Phụ lục" in places:
            title = _ANNEX_OF.sub("", title)
        lines.append(f"Nguồn: {places} – {title}." if places else f"Nguồn: {title}.")
    return "\n".join(lines)


def _places(rows: Sequence[Row]) -> str:
    annexes = list(dict.fromkeys(r.annex for r in rows if r.annex))
    if len(rows) != 1:
        return ", ".join(annexes)
    row = rows[0]
    group = f"nhóm {row.group}" if row.group and row.kind == "task" else ""
    first, last = row.source.lines or (0, 0)
    lines = "" if annexes or not first else f"dòng {first} của tệp" if first == last else f"dòng {first}–{last} của tệp"
    return ", ".join(p for p in (f"mục {row.no}", group, *annexes, lines) if p)


def successors(kb: KnowledgeBase, agencies: Sequence[str]) -> str:
    """Who holds the work today, for agencies that were merged or renamed since; empty if none was."""
    notes = []
    for name in agencies:
        found = kb.registry.resolve(name)
        if found is None or not found.successor:
            continue
        heir = kb.registry.get(found.successor)
        if heir:
            since = f" từ {day(found.since)}" if found.since else ""
            notes.append(f"{found.name} nay là {heir.name}{since}")
    return ("Lưu ý: " + "; ".join(dict.fromkeys(notes)) + ".") if notes else ""


def paragraph(*parts: str) -> str:
    """Non-empty parts, a line each."""
    return "\n".join(p for p in parts if p)
