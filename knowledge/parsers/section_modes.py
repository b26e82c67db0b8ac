"""What a section is about, by its headings: work that is assigned, plans for work, or background that assigns nothing."""

from __future__ import annotations

import re

from rapidfuzz import fuzz

from knowledge.parsers.assigning import Mode
from knowledge.parsers.sections import Outline, Paragraph
from knowledge.text.normalize import fold

_EXECUTION = "to chuc thuc hien"
_SHARES = re.compile(r"(?:ve )?(?:trach nhiem|phan cong|giao nhiem vu)\b")
_TASKS = re.compile(r"\b(?:nhiem vu|giai phap|thoi gian toi|noi dung trong tam|noi dung thuc hien|y kien chi dao)\b")
_BACKGROUND = re.compile(
    r"\b(?:ket qua (?:da )?(?:dat|noi|cu|thuc|trien)|quan diem|muc dich|muc tieu|ton tai"
    r"|han che|kho khan|vuong mac|nguyen nhan|dac diem"
    r"|tinh hinh|danh gia (?:chung|ket|tinh)|thuc trang|boi canh|su can thiet|bai hoc|co so phap ly)\b"
    r"|^ve ket qua|^yeu cau$|^mot so ket qua|, yeu cau$"
)
_FUZZY = 92
_LONG = 70


def mode_of(outline: Outline, paragraph: Paragraph) -> Mode:
    """How readily sentences of a paragraph's section are taken for assignments; the innermost heading that tells decides."""
    if outline.kind == "report":
        return "report"
    titles = [fold(outline.paragraphs[at].title) for at in paragraph.parents]
    if paragraph.heading:
        titles.append(fold(paragraph.title))
    for title in reversed(titles):
        if _BACKGROUND.search(title):
            return "narrative"
        if _SHARES.match(title) or _is_execution(title):
            return "duties"
        if _TASKS.search(title):
            return "duties" if outline.kind == "conclusion" else "tasks"
    return "tasks" if paragraph.section else "narrative"


def _is_execution(title: str) -> bool:
    """Whether a heading is that of the part on execution, however a scan spells it."""
    return len(_EXECUTION) - 1 <= len(title) < _LONG and fuzz.partial_ratio(_EXECUTION, title) >= _FUZZY
