"""Recurrences stated in prose ("hàng tuần … trước 11 giờ ngày thứ 6", "định kỳ 3 tháng, 6 tháng, 1 năm") as RFC 5545 rules."""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.text.normalize import fold

_REPORTS = re.compile(r"\b(?:bao cao|gui)\b")
_REVIEWS = re.compile(r"\b(?:so ket|tong ket|kiem tra|giam sat|giao ban)\b")
_BY_PERIOD = re.compile(r"\btheo (?:tuan|thang|quy|nam)(?:, (?:thang|quy|nam))*\b")
_NO_REPORT = re.compile(r"(?:cong bo|xay dung|he thong thong tin|che do|mau|theo) bao cao|bao cao (?:du bao|chi tieu|vien)")
# "quý" folds as the beginning of "quy định", "quy hoạch" …
_QUARTER = r"quy\b(?! (?:dinh|hoach|che|trinh|mo|luat|uoc|tac|chuan|dau|phat|ho tro))"
_PERIODIC = re.compile(rf"\b(?:dinh ky|che do|hang|moi|lan|giai doan|theo thang|theo {_QUARTER}|chu ky)\b")

_WEEKLY = re.compile(r"\b(?:hang|moi|dinh ky) tuan\b|\btheo tuan\b|/tuan\b")
_DAILY = re.compile(r"\bhang ngay\b|\bmoi ngay\b")
_MONTHLY = re.compile(r"\b(?:hang|moi|dinh ky|theo|tung) thang\b")
_QUARTERLY = re.compile(rf"\b(?:hang|moi|dinh ky|theo|tung) {_QUARTER}|\btheo thang, quy\b")
_YEARLY = re.compile(r"\b(?:hang|moi|dinh ky|theo|tung) nam\b")
_OF_QUARTER = re.compile(r"(?:\bngay (\d{1,2}) |\btruoc (\d{1,2})(?: ngay)? )?(?:cua )?\bthang (dau|giua|cuoi) "
                         rf"(?:cua )?(?:moi |cac )?{_QUARTER}(?! [iv\d])")
_MONTHS_OF_QUARTERS = {"dau": "1,4,7,10", "giua": "2,5,8,11", "cuoi": "3,6,9,12"}
_MONTHS = re.compile(r"(?<![\d/,])(?<!ngay )(\d{1,2}) thang(?! (?:dau|cuoi) nam)(?: ?/ ?lan| mot lan)?\b(?! nam)")
_YEARS = re.compile(r"(?<![\d/])(\d{1,2}(?:[.,]5)?) nam\b(?! \d)")
_HOUR = re.compile(r"(\d{1,2}) ?(?:gio|h|g)(?: ?(\d{1,2})(?: ?phut)?)?\b")
_WEEKDAY = re.compile(r"\b(?:thu (2|3|4|5|6|7|hai|ba|tu|nam|sau|bay)|(chu nhat))\b")
_DAYS = {"2": "MO", "hai": "MO", "3": "TU", "ba": "TU", "4": "WE", "tu": "WE", "5": "TH", "nam": "TH", "6": "FR", "sau": "FR",
         "7": "SA", "bay": "SA"}
_MONTH_DAY = re.compile(r"\bngay (\d{1,2})(?!\s*[/.-]\s*\d)(?! thang \d)")
_YEAR_DAY = re.compile(r"\bngay (\d{1,2})\s*(?:/|thang )\s*(\d{1,2})\b(?!\s*/\s*\d)")


@dataclass(frozen=True)
class Regime:
    """A clause that states recurrences. `reports`: it is about reporting, not about inspecting or reviewing."""

    clause: str
    rules: tuple[str, ...]
    reports: bool


def regimes_in(sentence: str) -> list[Regime]:
    """The clauses of a sentence that recur; a clause without a period of its own takes that of the sentence's start."""
    found: list[Regime] = []
    weekly = False
    for clause in clauses(sentence):
        folded = fold(clause)
        reports = bool(_REPORTS.search(_NO_REPORT.sub(" ", folded)))
        rules = _rules(folded if reports else _BY_PERIOD.sub(" ", folded))
        if not rules and weekly and _WEEKDAY.search(folded):
            rules = ("FREQ=WEEKLY" + week_time(folded),)
        weekly = weekly or bool(rules and rules[0].startswith("FREQ=WEEKLY"))
        if rules and (reports or _REVIEWS.search(folded)):
            found.append(Regime(clause, rules, reports))
    return found


def clauses(sentence: str) -> list[str]:
    """The parts of a sentence between semicolons outside brackets."""
    out, depth, start = [], 0, 0
    for at, char in enumerate(sentence):
        depth += {"(": 1, ")": -1}.get(char, 0)
        if char == ";" and depth <= 0:
            out.append(sentence[start:at].strip())
            start = at + 1
    return [clause for clause in [*out, sentence[start:].strip()] if clause]


def _rules(folded: str) -> tuple[str, ...]:
    rules: list[str] = []
    if _WEEKLY.search(folded):
        rules.append("FREQ=WEEKLY" + week_time(folded))
    if _DAILY.search(folded):
        rules.append("FREQ=DAILY")
    months = [int(m[1]) for m in _MONTHS.finditer(folded)] if _PERIODIC.search(folded) else []
    if _MONTHLY.search(folded) or 1 in months:
        rules.append("FREQ=MONTHLY" + _month_day(folded))
    of_quarter = quarter_rule(folded)
    if of_quarter or _QUARTERLY.search(folded) or 3 in months:
        rules.append(of_quarter or "FREQ=MONTHLY;INTERVAL=3")
    rules += [f"FREQ=MONTHLY;INTERVAL={count}" for count in months if count not in (1, 3) and count < 60]
    years = [m[1].replace(",", ".") for m in _YEARS.finditer(folded)] if _PERIODIC.search(folded) else []
    if _YEARLY.search(folded) or any(float(count) == 1 for count in years):
        rules.append("FREQ=YEARLY" + _year_day(folded))
    if "chu ky" in folded:
        rules += [f"FREQ=MONTHLY;INTERVAL={round(float(count) * 12)}" for count in years if float(count) != 1]
    return tuple(dict.fromkeys(rules))


def quarter_rule(folded: str) -> str | None:
    """The recurrence of a day in the first, middle or last month of each quarter ("ngày 25 tháng cuối quý")."""
    said = _OF_QUARTER.search(folded)
    day = int(said[1] or said[2] or "-1") if said else 0
    return f"FREQ=YEARLY;BYMONTH={_MONTHS_OF_QUARTERS[said[3]]};BYMONTHDAY={day}" if said else None


def week_time(folded: str) -> str:
    """The day of the week and the hour that a text names, as parts of a rule."""
    day, hour = _WEEKDAY.search(folded), _HOUR.search(folded)
    out = f";BYDAY={'SU' if day[2] else _DAYS[day[1]]}" if day else ""
    if hour and int(hour[1]) < 24:
        out += f";BYHOUR={int(hour[1])};BYMINUTE={int(hour[2] or 0)}"
    return out


def _month_day(folded: str) -> str:
    day = _MONTH_DAY.search(folded)
    return f";BYMONTHDAY={int(day[1])}" if day and 1 <= int(day[1]) <= 31 else ""


def _year_day(folded: str) -> str:
    day = _YEAR_DAY.search(folded)
    if not day or not (1 <= int(day[1]) <= 31 and 1 <= int(day[2]) <= 12):
        return ""
    return f";BYMONTH={int(day[2])};BYMONTHDAY={int(day[1])}"
