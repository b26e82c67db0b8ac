"""Numbers, units and weekdays in words, as the patterns of times need them; texts come as `spoken.folded` gives them."""

from __future__ import annotations

import re
from datetime import date

from knowledge.text.spans_of_time import shift

_NUMBERS = {
    "mot": 1, "hai": 2, "ba": 3, "bon": 4, "tư": 4, "tu": 4, "nam": 5, "sáu": 6, "sau": 6, "bay": 7, "tam": 8, "chin": 9, "muoi": 10,
    "muoi mot": 11, "muoi hai": 12, "muoi lam": 15, "hai muoi": 20, "ba muoi": 30, "vai": 3, "may": 3, "đôi ba": 3, "doi ba": 3, "nua": 0,
}
_UNITS = {"n": "day", "h": "day", "b": "day", "t": "week", "q": "quarter"}
_WEEKDAYS = {"2": 0, "hai": 0, "3": 1, "ba": 1, "4": 2, "tư": 2, "tu": 2, "5": 3, "nam": 3, "6": 4, "sáu": 4, "sau": 4, "7": 5, "bay": 5}
BYDAY = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

_WORDS = {
    "COUNT": rf"(?P<n>\d{{1,3}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})",
    "UNIT": r"(?P<unit>ngay|hom|bua|tuan|thang|quy|nam)(?!\w)",
    "WEEKDAY": r"(?P<w>thu\s*(?:[2-7](?!\d)|hai|ba|tư|tu|nam|sáu|sau|bay)(?!\w)|t\.?[2-7](?![\d\w/])|chu nhat|chua nhat)",
    "PART": r"(?:(?:dau|cuoi|giua)\s+(?:gio|buoi)\s+)?(?:buoi\s+)?(?:sang som|sang|trua|chieu tối|chieu|tối|toi|dem|khuya)",
    "DAY": r"(?P<d>3[01]|[12]\d|0?[1-9])(?!\d)",
    "MONTH": r"(?P<m>1[0-2]|0?[1-9])(?!\d)",
    "MONTH_NAME": r"(?:1[0-2]|0?[1-9]|gieng|chap|mot|hai|ba|tư|tu|nam|sáu|bay|tam|chin|muoi mot|muoi hai|muoi)(?!\w)",
}


def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern with `{NAME}` replaced by the words of that name."""
    return re.compile(re.sub(r"\{([A-Z_]+)\}", lambda match: _WORDS[match.group(1)], pattern))


def count_of(word: str) -> int:
    """The number that digits or words stand for; 0 for "nửa", 3 for "vài"."""
    return int(word) if word.isdigit() else _NUMBERS[word]


def month_of(word: str) -> int:
    """1–12 for digits or the name of a month."""
    return {"gieng": 1, "chap": 12}.get(word) or count_of(word)


def unit_of(word: str) -> str:
    """day, week, month, quarter or year."""
    return {"thang": "month", "nam": "year"}.get(word) or _UNITS[word[0]]


def weekday_of(word: str) -> int:
    """0 (Monday) to 6 for what {WEEKDAY} matched."""
    return 6 if word.startswith("ch") else _WEEKDAYS[re.sub(r"^(?:thu|t)\.?\s*", "", word)]


def moved(day: date, word: str, unit: str) -> date:
    """The day so many units on; half of a unit for "nửa"."""
    if count_of(word) == 0:
        return shift(day, "day", {"week": 3, "month": 15, "quarter": 45, "year": 182}.get(unit, 1))
    return shift(day, unit, count_of(word))


def blotted(words: str, start: int, end: int) -> str:
    """The text with a piece taken out of sight, at the same length."""
    return words[:start] + "\1" * (end - start) + words[end:]
