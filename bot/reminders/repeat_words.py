"""What comes again and again: "mỗi sáng thứ hai", "thứ 6 hằng tuần", "ngày 5 hàng tháng", "cuối mỗi quý", "2 tuần một lần"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.reminders.count_words import BYDAY, blotted, compiled, count_of, unit_of, weekday_of

_EACH = r"(?:moi|mọi|hang|tung|cu)"
_PARTS = r"(?:\s*(?:buoi\s+)?(?P<part>sang|trua|chieu|tối|toi|dem))?"
_WEEKDAYS = (r"(?P<days>{WEEKDAY}(?:\s*(?:,|va|&|voi)\s*(?:thu\s*)?"
             r"(?:t?[2-7](?!\d)|hai|ba|tư|tu|nam|sáu|sau|bay|chu nhat)(?!\w))*)")
_LISTED = re.compile(r"chu nhat|chua nhat|t?[2-7](?!\d)|hai|ba|tư|tu|nam|sáu|sau|bay")


@dataclass(frozen=True)
class Repeat:
    """A recurrence without its hour (`rule`), the part of the day said with it, and the text without its words."""

    rule: str
    part: str | None
    left: str


def read_repeat(words: str) -> Repeat | None:
    """The recurrence that a text says; None where nothing comes again."""
    for pattern, rule in _RULES:
        match = pattern.search(words)
        if match:
            found = rule(match.groupdict()) if callable(rule) else rule
            return Repeat(found, match.groupdict().get("part"), blotted(words, *match.span()))
    return None


def _weekly(groups: dict[str, str | None]) -> str:
    said = groups.get("days") or ""
    days = sorted({_place(word) for word in _LISTED.findall(said.replace("thu", " "))})
    every = f"INTERVAL={count_of(groups['n'] or '1')};" if groups.get("n") else ""
    return f"FREQ=WEEKLY;{every}BYDAY={','.join(BYDAY[day] for day in days) or 'MO'}"


def _place(word: str) -> int:
    return weekday_of(word if word.startswith("ch") else "thu " + word.removeprefix("t"))


def _monthly(groups: dict[str, str | None]) -> str:
    return f"FREQ=MONTHLY;{_month_day(groups)}"


def _month_day(groups: dict[str, str | None]) -> str:
    if groups.get("d"):
        return f"BYMONTHDAY={int(groups['d'] or 1)}"
    return f"BYMONTHDAY={ {'cuoi': -1, 'giua': 15}.get(groups.get('side') or '', 1)}"


def _quarterly(groups: dict[str, str | None]) -> str:
    last = groups.get("side") == "cuoi"
    return f"FREQ=YEARLY;BYMONTH={'3,6,9,12' if last else '1,4,7,10'};BYMONTHDAY={-1 if last else 1}"


def _counted(groups: dict[str, str | None]) -> str:
    count, unit = max(1, count_of(groups["n"] or "1")), unit_of(groups["unit"] or "tuan")
    rules = {"day": "FREQ=DAILY;", "week": "FREQ=WEEKLY;", "month": "FREQ=MONTHLY;", "quarter": "FREQ=MONTHLY;", "year": "FREQ=YEARLY;"}
    ends = {"week": ";BYDAY=MO", "month": ";BYMONTHDAY=1", "quarter": ";BYMONTHDAY=1", "year": ";BYMONTH=1;BYMONTHDAY=1"}
    return f"{rules[unit]}INTERVAL={count * (3 if unit == 'quarter' else 1)}{ends.get(unit, '')}"


_WORKING = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
_RULES = tuple((compiled(pattern), rule) for pattern, rule in (
    (rf"(?<!\w){_EACH}\s+ngay\s+(?:lam viec|trong tuan)(?!\w){_PARTS}", _WORKING),
    (rf"(?<!\w){_EACH}\s+{{COUNT}}\s*tuan(?:\s+(?:mot|1)\s+lan)?(?:\s+vao)?{_PARTS}\s+{_WEEKDAYS}", _weekly),
    (rf"(?<!\w){_EACH}\s+{{COUNT}}\s*{{UNIT}}(?:\s+(?:mot|1)\s+lan)?", _counted),
    (r"(?<!\w){COUNT}\s*{UNIT}\s*(?:/|mot |1 )\s*lan(?!\w)", _counted),
    (rf"(?<!\w){_EACH}\s+(?:ngay\s+|den\s+|tới\s+|hom\s+)*(?:(?P<part>sang|trua|chieu|tối|toi|dem)\s+)?(?:ngay\s+)?{_WEEKDAYS}"
     rf"(?:\s+{_EACH}\s+tuan)?(?:\s+la(?!\w))?", _weekly),
    (rf"(?<!\w)(?:vao\s+)?(?:(?P<part>sang|trua|chieu|tối|dem)\s+)?(?:ngay\s+)?{_WEEKDAYS}\s+"
     rf"(?:{_EACH}\s+tuan|tuan nao cung|nao cung)(?!\w)", _weekly),
    (rf"(?<!\w)(?:{_EACH}\s+tuan|tuan nao cung)(?:\s+mot lan)?(?:\s*,?\s*vao)?{_PARTS}\s+{_WEEKDAYS}", _weekly),
    (rf"(?<!\w)(?:dau\s+{_EACH}\s+tuan|dau tuan\s+(?:{_EACH}\s+tuan|nao cung)|{_EACH}\s+dau tuan)(?!\w)", "FREQ=WEEKLY;BYDAY=MO"),
    (rf"(?<!\w)(?:cuoi\s+{_EACH}\s+tuan|cuoi tuan\s+(?:{_EACH}\s+tuan|nao cung)|{_EACH}\s+cuoi tuan)(?!\w)", "FREQ=WEEKLY;BYDAY=FR"),
    (rf"(?<!\w)(?:{_EACH}\s+tuan|tuan nao cung)(?:\s+(?:mot|1) lan)?(?!\w)", "FREQ=WEEKLY;BYDAY=MO"),
    (rf"(?<!\w)(?:vao\s+)?(?:ngay\s+|mung\s+)?{{DAY}}\s+{_EACH}\s+thang(?!\w)", _monthly),
    (rf"(?<!\w)(?:{_EACH}\s+thang|thang nao cung)(?:\s*,?\s*vao)?\s+(?:ngay|mung)\s+{{DAY}}", _monthly),
    (rf"(?<!\w){_EACH}\s+(?:ngay|mung)\s+{{DAY}}(?!\s*(?:/|:|h|g|gio|ruoi))(?:\s+(?:{_EACH}\s+)?thang)?(?!\w)", _monthly),
    (rf"(?<!\w)(?P<side>dau|giua|cuoi)\s+(?:{_EACH}\s+thang|thang\s+(?:{_EACH}\s+thang|nao cung))(?!\w)", _monthly),
    (rf"(?<!\w){_EACH}\s+(?:thang\s+(?:vao\s+)?)?(?P<side>dau|giua|cuoi)\s+thang(?!\w)", _monthly),
    (rf"(?<!\w)(?:{_EACH}\s+thang|thang nao cung)(?:\s+(?:mot|1) lan)?(?!\w)", _monthly),
    (rf"(?<!\w)(?P<side>dau|cuoi)\s+(?:{_EACH}\s+quy|quy\s+nao cung)(?!\w)", _quarterly),
    (rf"(?<!\w)(?:{_EACH}\s+(?:(?P<side>dau|cuoi)\s+)?quy|quy nao cung)(?!\w)(?!\s*(?:dinh|hoach|che))", _quarterly),
    (rf"(?<!\w)(?:{_EACH}\s+(?:ngay|hom|bua)|(?:ngay|hom) nao cung){_PARTS}(?!\w)(?!\s+(?:le|nghi))", "FREQ=DAILY"),
    (rf"(?<!\w)(?:{_EACH}|cu)\s+(?:buoi\s+)?(?P<part>sang|trua|chieu|tối)(?!\w)", "FREQ=DAILY"),
))
