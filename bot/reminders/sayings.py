"""Sentences about reminders: days, recurrences and rows in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from knowledge.model import Row
from knowledge.services.ask.wording import day as short_day
from knowledge.services.ask.wording import label, short, upper

_WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
_BYDAY = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_NAME_WORDS = 16
_FEW = 3


def weekday(day: date) -> str:
    """`thứ Hai 5/1/2026`."""
    return f"{_WEEKDAYS[day.weekday()]} {short_day(day)}"


def moment(at: datetime) -> str:
    """`07:30 thứ Hai 5/1/2026`."""
    return f"{at:%H:%M} {weekday(at.date())}"


def titled(row: Row) -> str:
    """`nhiệm vụ 18 “Xây dựng…”`."""
    return f"{label(row)} “{short(row.name, _NAME_WORDS)}”"


def titles(rows: Sequence[Row]) -> str:
    """A few rows with their names, more as a number."""
    return "; ".join(map(titled, rows)) if len(rows) <= _FEW else f"{len(rows)} việc"


def capital(text: str) -> str:
    """With a capital first."""
    return upper(text)


def before(days: int) -> str:
    """`trước hạn 14 ngày`, `đúng ngày đến hạn`."""
    return f"trước hạn {days} ngày" if days else "đúng ngày đến hạn"


def recurrence(rule: str) -> str:
    """A recurrence that `times.read_time` makes: `07:30 thứ Hai hằng tuần`."""
    parts = dict(part.split("=", 1) for part in rule.split(";"))
    hour = f"{int(parts['BYHOUR']):02}:{int(parts['BYMINUTE']):02}"
    return f"{hour} {_how_often(parts)}"


def _how_often(parts: dict[str, str]) -> str:
    every = int(parts.get("INTERVAL", "1"))
    unit = {"DAILY": "ngày", "WEEKLY": "tuần", "MONTHLY": "tháng", "YEARLY": "năm"}[parts["FREQ"]]
    if parts.get("BYDAY") == "MO,TU,WE,TH,FR":
        return "các ngày từ thứ Hai đến thứ Sáu"
    often = f"hằng {unit}" if every == 1 else f"{every} {unit} một lần"
    if parts["FREQ"] == "WEEKLY":
        days = ", ".join(_WEEKDAYS[_BYDAY.index(day)] for day in parts["BYDAY"].split(","))
        return f"{days} {often}" if every == 1 else f"{days}, {often}"
    if "BYMONTHDAY" not in parts:
        return often
    day = "ngày cuối tháng" if parts["BYMONTHDAY"] == "-1" else f"ngày {parts['BYMONTHDAY']}"
    if "BYMONTH" in parts:
        months = parts["BYMONTH"].split(",")
        return f"{day} các tháng {', '.join(months)}" if len(months) > 1 else f"{day} tháng {months[0]} {often}"
    return f"{day} {often}"
