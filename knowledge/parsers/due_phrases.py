"""Finds the words in a sentence that say until when: "hoàn thành trong tháng 3/2025", "trước ngày 30/6/2025", "đến hết năm 2025".

A date alone is none: plans are full of dates of the documents they cite.
"""

from __future__ import annotations

import re

from knowledge.model import Deadline
from knowledge.parsers.deadlines import parse_deadline
from knowledge.parsers.time_words import MONTH_WORD

_DAY = (rf"ngày\s+\d{{1,2}}(?:\s*[/.-]\s*\d{{1,2}}(?:\s*[/.-]\s*\d{{4}})?|\s+tháng\s+(?:\d{{1,2}}|{MONTH_WORD})(?:\s+năm\s+\d{{4}})?)"
        r"|\d{1,2}/\d{1,2}(?:/\d{4})?")
_MONTH = rf"tháng\s+(?:\d{{1,2}}|{MONTH_WORD})(?:\s*[/-]\s*\d{{4}}|\s+năm\s+\d{{4}}|(?!\d))|\d{{1,2}}/20\d\d"
_QUARTER = r"quý\s+(?:IV|I{1,3}|[1-4])(?:\s*[/-]\s*\d{4}|\s+năm\s+\d{4}|(?![\dIV]))"
_HALF = r"0?6\s+tháng\s+(?:đầu|cuối)\s+năm\s+\d{4}"
_YEAR = r"năm\s+20\d\d"
_SCHOOL = r"(?:học\s+kỳ\s+(?:II|I|[12])\s*,?\s*)?năm\s+học\s+20\d\d\s*[-–/]\s*20\d\d"
_POINT = rf"(?:{_HALF}|{_DAY}|{_MONTH}|{_QUARTER}|{_SCHOOL}|{_YEAR})"
_DONE = r"(?:hoàn thành|xong|trình|báo cáo|ban hành|gửi|hoàn thiện|kết thúc|thời hạn|thời gian|đưa vào sử dụng|vận hành)"
_BEFORE = (r"(?:xong\s+)?(?:trước|chậm nhất(?:\s+là|\s+đến|\s+vào|\s+trong)?|muộn nhất(?:\s+là)?"
           r"|đến\s+hết|hết|vào|đến cuối|từ nay đến(?:\s+hết)?|không quá)")
_DUE = re.compile(
    rf"(?:{_DONE}\s+)?{_BEFORE}\s+(?:(?:đầu|giữa|cuối|hết)\s+)?{_POINT}(?!\d)"
    rf"|(?:{_DONE}\s+)?trong\s+(?:{_HALF}|{_MONTH}|{_QUARTER}|{_SCHOOL}|{_YEAR})(?!\d)(?!\s*(?:,\s*)?(?:đến|tầm nhìn|-|–))"
    rf"|{_DONE}\s+(?:đến\s+)?{_POINT}(?!\d)"
    rf"|{_HALF}",
    re.IGNORECASE,
)
_DELAY = re.compile(
    r"(?:(?:trong(?:\s+(?:vòng|thời hạn|thời gian))?|chậm nhất(?:\s+là)?|không quá)\s+)"
    r"\d{1,3}\s+ngày(?:\s+làm việc)?,?\s*(?:kể từ|tính từ|sau|từ)\s+(?:ngày|khi)\s[^.;,]{3,90}", re.IGNORECASE)
_EVERY = re.compile(r",?\s+(?:của\s+)?(?:hằng|hàng|mỗi)\s+(?:năm|quý|tháng)", re.IGNORECASE)
_OPEN = ("date", "month", "quarter", "half")
SEVERAL = "đoạn văn nêu nhiều thời hạn khác nhau"


def find_due(text: str) -> tuple[Deadline | None, str | None]:
    """The deadline that a paragraph states, as written, and a doubt if it states several.

    One whose year the plan takes for granted counts where none is dated, one that runs from an event ("trong 10 ngày kể từ
    ngày …") where there is no other.
    """
    found = [parse_deadline(match[0] + _again(text[match.end():])) for match in _DUE.finditer(text)
             if not _within_name(text, match.start())]
    again = next((due for due in found if due.kind == "recurring"), None)
    dated = [due for due in found if due.date]
    if not dated:
        delay = _DELAY.search(text)
        after_event = parse_deadline(delay[0]) if delay and not _within_name(text, delay.start()) else None
        return again or next((due for due in found if due.kind in _OPEN), after_event), None
    return dated[0], SEVERAL if len({due.date for due in dated}) > 1 else None


def _again(after: str) -> str:
    """The words behind a day that make it one of every year or month: "… trước ngày 15/12 hằng năm"."""
    match = _EVERY.match(after)
    return match[0] if match else ""


def _within_name(text: str, at: int) -> bool:
    """Whether the words stand inside quotation marks, in the name of a programme."""
    return text.count("“", 0, at) > text.count("”", 0, at)
