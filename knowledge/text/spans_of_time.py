"""First and last days of months, quarters, halves, years and weeks, and when Tết falls."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

Days = tuple[date, date]

# Mùng 1 Tết by the Vietnamese lunar calendar (UTC+7), computed with Hồ Ngọc Đức's published algorithm
# (https://www.informatik.uni-leipzig.de/~duc/amlich/calrules.html). China differs in 2030 (03/02): don't take its table.
_TET = dict(zip(range(2020, 2051), (
    "0125 0212 0201 0122 0210 0129 0217 0206 0126 0213 0202 0123 0211 0131 0219 0208 0128 0215 0204 0124 0212 0201 0122 0210 "
    "0130 0217 0206 0126 0214 0202 0123").split(), strict=True))


def month(year: int, number: int) -> Days:
    """First and last day of a month (1–12)."""
    return date(year, number, 1), date(year, number, calendar.monthrange(year, number)[1])


def months(year: int, first: int, last: int) -> Days:
    """First day of one month and last day of another in the same year."""
    return date(year, first, 1), month(year, last)[1]


def quarter(year: int, number: int) -> Days:
    """First and last day of a quarter (1–4)."""
    return months(year, 3 * number - 2, 3 * number)


def year(number: int) -> Days:
    """First and last day of a year."""
    return date(number, 1, 1), date(number, 12, 31)


def week(day: date) -> Days:
    """Monday and Sunday of a day's week."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def add_months(day: date, count: int) -> date:
    """The same day `count` months on, or the last of that month: 31/01 + 1 → 28/02."""
    index = day.year * 12 + day.month - 1 + count
    last = calendar.monthrange(index // 12, index % 12 + 1)[1]
    return date(index // 12, index % 12 + 1, min(day.day, last))


def unit_around(unit: str, day: date, offset: int = 0) -> Days:
    """The week, month, quarter or year `offset` units from the one that a day lies in."""
    if unit == "week":
        return week(day + timedelta(weeks=offset))
    if unit == "month":
        moved = add_months(day, offset)
        return month(moved.year, moved.month)
    if unit == "quarter":
        moved = add_months(day, 3 * offset)
        return quarter(moved.year, (moved.month + 2) // 3)
    return year(day.year + offset)


def shift(day: date, unit: str, count: int) -> date:
    """A day `count` days, weeks, months, quarters or years on (back, if negative)."""
    if unit in ("day", "week"):
        return day + timedelta(days=count * (7 if unit == "week" else 1))
    return add_months(day, count * {"month": 1, "quarter": 3, "year": 12}[unit])


def tet(number: int) -> date | None:
    """Mùng 1 Tết of a year from 2020 to 2050."""
    written = _TET.get(number)
    return date(number, int(written[:2]), int(written[2:])) if written else None


def part(unit: str, which: str, days: Days) -> Days:
    """The beginning, middle or end of a period, as officials speak of it.

    "Đầu năm" is its first quarter, "giữa năm" May to July, "cuối năm" the last quarter; of a quarter it is one month, of a
    month ten days, of a week Monday–Tuesday, Wednesday–Thursday, Friday–Sunday.
    """
    first, last = days
    place = ("dau", "giua", "cuoi").index(which)
    if unit == "year":
        return months(first.year, *((1, 3), (5, 7), (10, 12))[place])
    if unit == "quarter":
        return month(first.year, first.month + place)
    if unit == "month":
        return first.replace(day=(1, 11, 21)[place]), (last if place == 2 else first.replace(day=(10, 20)[place]))
    if unit == "week":
        begin, end = ((0, 1), (2, 3), (4, 6))[place]
        return first + timedelta(days=begin), first + timedelta(days=end)
    return days
