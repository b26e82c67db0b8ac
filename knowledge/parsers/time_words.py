"""Points of time that officials write in words, turned into the figures that `time_points` reads.

"tháng sáu năm 2025" is month 6, "quý tư" quarter 4. A school year runs from 5 September to 31 May and its first term ends on
18 January, as the yearly decisions on its calendar have it (Quyết định 2045/QĐ-BGDĐT, 01/8/2024, and those around it).
"""

from __future__ import annotations

import re

from knowledge.text.normalize import fold

_NUMBERS = {"mười hai": 12, "chạp": 12, "mười một": 11, "mười": 10, "chín": 9, "tám": 8, "bảy": 7, "bẩy": 7, "sáu": 6, "năm": 5,
            "tư": 4, "bốn": 4, "ba": 3, "hai": 2, "giêng": 1, "một": 1, "nhất": 1}
#: A month's number in words; "năm" (five, year) is one only before a year.
MONTH_WORD = (r"(?:mười hai|mười một|mười|chạp|chín|tám|bảy|bẩy|sáu|tư|bốn|ba|hai|giêng|một"
              r"|năm(?=\s*(?:năm\s+|/\s*)20\d\d))(?![^\W_])")
_SAID = re.compile(rf"(?<!mỗi )(?<!hằng )(?<!hàng )(?<!từng )\b(tháng|quý)\s+({MONTH_WORD}|nhất\b)(?! lần| kỳ| báo)", re.IGNORECASE)
_SPAN = r"(20\d\d)\s*[-/]\s*(20\d\d)"
_SCHOOL = re.compile(r"(?:(?P<before>truoc|dau|cuoi|het|ket thuc)(?: khi)?(?: khai giang| bat dau| vao)?\s+)?"
                     rf"(?:hoc ky\s+(?P<term>ii|i|[12])\b\s*,?\s*(?:cua\s+)?)?nam hoc\s+{_SPAN}")


def figures(text: str) -> str:
    """The text folded, with months and quarters in words as figures and school years as days."""
    text = _SAID.sub(lambda said: f"{said[1]} {_NUMBERS[said[2].lower()]}", text)
    return _SCHOOL.sub(_school_days, re.sub(r"[–—−]", "-", fold(text)))


def _school_days(said: re.Match[str]) -> str:
    """A school year or term, or what begins or ends with one, as days: "trước năm học 2025-2026" is before 5/9/2025."""
    first, last = said[3], said[4]
    begin = {"ii": f"19/01/{last}", "2": f"19/01/{last}"}.get(said["term"] or "", f"05/09/{first}")
    end = {"i": f"18/01/{last}", "1": f"18/01/{last}"}.get(said["term"] or "", f"31/05/{last}")
    points = {"truoc": f"truoc {begin}", "dau": f"thang {begin[3:]}", "cuoi": f"thang {end[3:]}", "het": f"het {end}",
              "ket thuc": f"ket thuc {end}"}
    return points.get(said["before"] or "", f"{begin} - {end}")
