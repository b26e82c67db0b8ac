"""How often: the RFC 5545 recurrence of a deadline's wording ("trước ngày 15 hằng tháng", "tháng 6 và tháng 12 hằng năm")."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence

from knowledge.parsers.recurrences import quarter_rule, week_time
from knowledge.parsers.time_points import Point

_UNITS = "nam|thang|quy|tuan|ngay"
_LIST = rf"(?:(?:\d+ )?(?:{_UNITS})(?:\s*(?:,|;|/|-|va)\s*|$)){{2,}}"
_RECURRING = re.compile(
    rf"\bthuong xuyen\b|\b(?:hang|moi|tung) (?:{_UNITS})\b|\bdinh ky\b|\blien tuc\b|\blau dai\b|\bthuong nien\b|\bquanh nam\b"
    r"|\b\d+ (?:thang|nam|quy|tuan) (?:mot|1|01) lan\b|\b\d* ?(?:thang|nam|quy|tuan) ?/ ?lan\b"
    r"|\b(?:\d+|mot|hai) lan ?(?:/|trong|moi) ?(?:mot |1 )?(?:thang|nam|quy|tuan)\b"
    r"|\bcac nam\b(?! (?:tiep|sau|tu |\d))|^24/7$|^theo (?:thang|quy|nam|tuan)$"
    rf"|\bthang (?:dau|giua|cuoi) (?:cua )?(?:cac |moi )?quy\b(?! [iv\d])|^{_LIST}$")
_TIMES = re.compile(r"\b(\d+|mot|hai) lan ?(?:/|trong|moi) ?(?:mot |1 )?(nam|quy|thang|tuan)\b"
                    r"|\bmoi (nam|quy|thang|tuan) (\d+|mot|hai) lan\b")
_EVERY = re.compile(r"(?<!ngay )\b(\d+) (thang|nam|quy|tuan)\b(?! (?:dau|cuoi))(?: (?:mot|1|01) lan| ?/ ?lan)?")
_PERIOD = re.compile(rf"\b(?:hang|moi|dinh ky|cac|tung|theo) ({_UNITS})\b"
                     rf"|\b(nam|thang|quy|tuan) ?/ ?lan\b|^({_UNITS})\b(?=\s*[,;/-]|\s+va\b)")
_MONTHS = {"thang": 1, "quy": 3, "nam": 12}


def is_recurring(folded: str) -> bool:
    """Whether a wording says that something is done again and again."""
    return _RECURRING.search(folded) is not None


def rule_of(folded: str, points: Sequence[Point]) -> str | None:
    """The recurrence, where the wording names a period; of several ("hằng quý, 6 tháng, năm") the one said first."""
    quarterly = quarter_rule(folded)
    if quarterly:
        return quarterly
    found = [(match.start(), rule) for match, rule in (*_counted(folded), *_named(folded, points)) if rule]
    return min(found)[1] if found else None


def _counted(folded: str) -> list[tuple[re.Match[str], str | None]]:
    """"2 lần/năm", "định kỳ 6 tháng", "03 tháng/lần"."""
    out: list[tuple[re.Match[str], str | None]] = []
    for match in _TIMES.finditer(folded):
        times, unit = match[1] or match[4], match[2] or match[3]
        out.append((match, _often({"mot": 1, "hai": 2}.get(times) or int(times), unit)))
    if re.search(r"\bdinh ky\b|\blan\b|\bhang\b|\bmoi\b", folded) or _RECURRING.fullmatch(folded):
        for match in _EVERY.finditer(folded):
            unit, factor = {"thang": ("MONTHLY", 1), "quy": ("MONTHLY", 3), "nam": ("YEARLY", 1), "tuan": ("WEEKLY", 1)}[match[2]]
            out.append((match, f"FREQ={unit};INTERVAL={int(match[1]) * factor}" if int(match[1]) < 60 else None))
    return out


def _often(times: int, unit: str) -> str | None:
    """A number of times within a period as an interval, where it divides it."""
    if times == 1:
        return {"nam": "FREQ=YEARLY", "quy": "FREQ=MONTHLY;INTERVAL=3", "thang": "FREQ=MONTHLY", "tuan": "FREQ=WEEKLY"}[unit]
    months = _MONTHS.get(unit, 0)
    if times < 1 or not months or months % times:
        return None
    return f"FREQ=MONTHLY;INTERVAL={months // times}" if months > times else "FREQ=MONTHLY"


def _named(folded: str, points: Sequence[Point]) -> list[tuple[re.Match[str], str | None]]:
    """"Hằng năm", "mỗi tháng" with the day that the wording gives."""
    return [(match, _rule(match[1] or match[2] or match[3], folded, points)) for match in _PERIOD.finditer(folded)]


def _rule(unit: str, folded: str, points: Sequence[Point]) -> str:
    if unit == "nam":
        return "FREQ=YEARLY" + _days_of_year(points)
    if unit == "thang":
        day = re.search(r"\b(?:ngay|truoc|den) (\d{1,2})\b(?!\s*/)|\bngay (cuoi)\b", folded)
        if day and day[2]:
            return "FREQ=MONTHLY;BYMONTHDAY=-1"
        return "FREQ=MONTHLY" + (f";BYMONTHDAY={int(day[1])}" if day and 1 <= int(day[1]) <= 31 else "")
    return {"quy": "FREQ=MONTHLY;INTERVAL=3", "tuan": "FREQ=WEEKLY" + week_time(folded), "ngay": "FREQ=DAILY"}[unit]


def _days_of_year(points: Sequence[Point]) -> str:
    """The days in each year. Two different ones ("30/6 và 20/12") are counted out of all that their months and days make."""
    found = [p for p in points if p.kind in ("date", "month", "quarter", "half") and not p.year]
    if not found:
        found = [p for p in points if p.kind in ("date", "month", "quarter", "half")][:1]
    if not found:
        return ""
    ends = all(p.kind != "date" or p.last[1] == calendar.monthrange(2025, p.last[0])[1] for p in found)
    meant = list(dict.fromkeys((p.last[0], -1 if ends and len(found) > 1 or p.kind != "date" else p.last[1]) for p in found))
    months, days = list(dict.fromkeys(m for m, _ in meant)), sorted({day for _, day in meant})
    rule = f";BYMONTH={','.join(map(str, months))};BYMONTHDAY={','.join(map(str, days))}"
    if len(months) * len(days) == len(meant):
        return rule
    if days[0] < 0 or days[-1] > 28:  # a month without such a day would shift the count
        return f";BYMONTH={meant[0][0]};BYMONTHDAY={meant[0][1]}"
    every = [(month, day) for month in sorted(months) for day in days]
    return f"{rule};BYSETPOS={','.join(str(every.index(one) + 1) for one in sorted(meant))}"
