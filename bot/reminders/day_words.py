"""The day that a text says to be reminded on: "mai", "thứ sáu tuần sau", "30/4", "cuối tháng", "2 tuần nữa", "rằm tháng giêng".

A part of a month, quarter or year means its working day at that end; what names no year is the next one to come.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from bot.reminders import lunar
from bot.reminders.calendar import VietnamWorkdays
from bot.reminders.count_words import blotted, compiled, count_of, month_of, moved, unit_of, weekday_of
from knowledge.services.remind.workdays import workday_from, workday_until
from knowledge.text import spans_of_time as time

_Reader = Callable[["re.Match[str]", date], date]
_READERS: list[tuple[re.Pattern[str], _Reader]] = []
_WORKDAYS = VietnamWorkdays()
_DAY = timedelta(days=1)
_LEAP_YEARS = range(9)


class NoSuchDay(ValueError):
    """A day that does not exist; the text is the words as folded."""


def read_day(words: str, today: date) -> tuple[date, str] | None:
    """The day and the text without it; None where none is said. Raises NoSuchDay."""
    for pattern, reader in _READERS:
        match = pattern.search(words)
        if match:
            return reader(match, today), blotted(words, *match.span())
    return None


def _reads(*patterns: str) -> Callable[[_Reader], _Reader]:
    """Makes a function the reader of its patterns, after all readers before it."""
    def register(reader: _Reader) -> _Reader:
        _READERS.extend((compiled(pattern), reader) for pattern in patterns)
        return reader
    return register


_MUNG = r"(?:mung|mong)"
_LUNAR = r"\s*(?:\(?(?:am lich|am|al)\)?)(?!\w)"


def _lunar(day: int, month: int, today: date, words: str, year: str | None = None) -> date:
    found = lunar.solar(day, month, int(year)) if year else lunar.next_solar(day, month, today)
    if found is None:
        raise NoSuchDay(words.strip())
    return found


@_reads(r"(?<!\w)(?:{MUNG}\s*)?{COUNT}\s*{UNIT}\s+(?P<side>truoc|sau)\s+tet(?!\w)".replace("{MUNG}", _MUNG),
        r"(?<!\w)(?P<side>truoc|sau)\s+tet\s+{COUNT}\s*{UNIT}")
def _around_tet(match: re.Match[str], today: date) -> date:
    """Trước Tết 2 tuần, 3 ngày sau Tết."""
    days = _span(match["n"], unit_of(match["unit"])) * (1 if match["side"] == "sau" else -1)
    return next(found for year in (today.year, today.year + 1, today.year + 2)
                if (found := lunar.tet(year) + timedelta(days=days)) >= today)


def _span(count: str, unit: str) -> int:
    return (moved(date(2001, 1, 1), count, unit) - date(2001, 1, 1)).days


@_reads(r"(?<!\w)(?:dem\s+)?giao thua(?!\w)", r"(?<!\w)(?:ngay\s+)?30\s+tet(?!\w)")
def _eve(match: re.Match[str], today: date) -> date:
    """The last day of the lunar year."""
    return next(eve for year in (today.year, today.year + 1) if (eve := lunar.tet(year) - _DAY) >= today)


@_reads(r"(?<!\w)(?:ngay\s+)?(?P<mung>mung|mong)\s*{DAY}\s+tet(?!\w)(?:\s+(?:nam\s+)?(?P<y>20\d\d))?")
def _day_of_tet(match: re.Match[str], today: date) -> date:
    """Mùng 3 Tết."""
    return _lunar(int(match["d"]), 1, today, match.group(), match["y"])


_FESTIVALS = {"trung thu": (15, 8), "gio to hung vuong": (10, 3), "gio to": (10, 3), "vu lan": (15, 7), "ong cong ong tao": (23, 12),
              "ong tao": (23, 12), "ong cong": (23, 12)}


@_reads(r"(?<!\w)(?:ngay\s+|tet\s+|le\s+)*(?P<name>" + "|".join(_FESTIVALS) + r")(?!\w)")
def _festival(match: re.Match[str], today: date) -> date:
    return _lunar(*_FESTIVALS[match["name"]], today, match.group())


@_reads(
    r"(?<!\w)(?:ngay\s+)?(?P<ram>ram)(?:\s+thang\s+(?P<month>{MONTH_NAME}))?(?:" + _LUNAR + r")?(?:\s+(?:nam\s+)?(?P<y>20\d\d))?",
    r"(?<!\w)(?:ngay\s+)?(?:mung\s*|mong\s*)?{DAY}\s*thang\s+(?P<month>gieng|chap)(?!\w)(?:\s+(?:nam\s+)?(?P<y>20\d\d))?",
    r"(?<!\w)(?:ngay\s+)?(?:mung\s*|mong\s*)?{DAY}\s*(?:/|thang)\s*(?P<month>{MONTH_NAME})" + _LUNAR + r"(?:\s+(?:nam\s+)?(?P<y>20\d\d))?",
    r"(?<!\w)(?:ngay\s+)?(?:mung|mong)\s*{DAY}" + _LUNAR,
)
def _lunar_day(match: re.Match[str], today: date) -> date:
    """Rằm tháng giêng, 23 tháng chạp, 10/3 âm lịch; without a month the next such day."""
    groups = match.groupdict()
    day = 15 if groups.get("ram") else int(groups["d"])
    if groups.get("month"):
        return _lunar(day, month_of(groups["month"]), today, match.group(), groups.get("y"))
    return min(_lunar(day, month, today, match.group()) for month in range(1, 13) if lunar.next_solar(day, month, today))


@_reads(
    r"(?<![\w/.\-])(?!24/7)(?:ngay\s+)?{DAY}\s*(?P<sep>[/.\-])\s*{MONTH}(?:\s*(?P=sep)\s*(?P<y>20\d\d|[2-4]\d))?(?![\w/]|[.\-]\d)",
    r"(?<!\w)(?:ngay\s+)?(?:mung\s*|mong\s*)?{DAY}\s*thang\s*{MONTH}(?:\s*(?:/|,?\s*nam)\s*(?P<y>20\d\d))?(?!\w)",
    r"(?<!\w)(?:ngay\s+)?(?:mung\s*|mong\s*)?{DAY}\s*thang\s*(?P<month>{MONTH_NAME})(?:\s*,?\s*nam\s*(?P<y>20\d\d))?(?!\w)",
    r"(?<![\d\-])(?P<y>20\d\d)-(?P<m>0\d|1[0-2])-(?P<d>[0-3]\d)(?!\d)",
)
def _date(match: re.Match[str], today: date) -> date:
    """30/4, 30/4/2026, ngày 15 tháng 3."""
    groups = match.groupdict()
    day, month = int(groups["d"]), month_of(groups.get("month") or groups["m"])
    years = [int(groups["y"]) + (2000 if len(groups["y"]) == 2 else 0)] if groups.get("y") else [today.year + n for n in _LEAP_YEARS]
    for year in years:
        if day <= time.month(year, month)[1].day and (groups.get("y") or date(year, month, day) >= today):
            return date(year, month, day)
    raise NoSuchDay(match.group().strip())


@_reads(r"(?<!\w)(?:ngay|mung|mong)\s*{DAY}(?:\s*thang\s*(?P<which>nay|sau|toi|tới))?(?![\w/]|\s*(?:gio|h|tuan|thang|ngay)(?!\w))",
        r"(?<!\w){DAY}\s*thang\s*(?P<which>nay|sau|toi|tới)(?!\w)")
def _day_of_month(match: re.Match[str], today: date) -> date:
    """Ngày 15, ngày 5 tháng sau."""
    day, which = int(match["d"]), match["which"]
    offsets = {None: range(3), "nay": range(1)}.get(which, range(1, 2))
    for offset in offsets:
        first, last = time.unit_around("month", today, offset)
        if day <= last.day and (which or first.replace(day=day) >= today):
            return first.replace(day=day)
    raise NoSuchDay(match.group().strip())


@_reads(r"(?<!\w)(?:ngay\s+|hom\s+)?{WEEKDAY}(?:\s*(?P<this>tuan nay|nay)|\s*tuan\s*(?P<next>sau nua|sau|toi|tới|ke tiep|ke|tiep theo)"
        r"|\s*(?P<soon>toi|tới|sap toi|sap tới|ke tiep))?(?!\w)")
def _weekday(match: re.Match[str], today: date) -> date:
    """Thứ sáu, t6 tuần sau: without more the next one after today."""
    place, monday = weekday_of(match["w"]), time.week(today)[0]
    if match["next"]:
        return monday + timedelta(days=place, weeks=2 if match["next"] == "sau nua" else 1)
    day = monday + timedelta(days=place)
    return day if match["this"] or day > today else day + timedelta(weeks=1)


@_reads(r"(?<!\w)(?:ngay\s+|bua\s+)?(?:mốt|(?<=ngay )kia)(?!\w)(?!\s+thang)", r"(?<!\w)(?:ngay|bua)\s+mot(?!\w)(?!\s*(?:thang|nam))")
def _after_tomorrow(match: re.Match[str], today: date) -> date:
    return today + 2 * _DAY


@_reads(r"(?<!\w)(?:(?:ngay|hom|bua|sang|trua|chieu|tối|toi|dem)\s+)?mai(?:\s+nay)?(?!\w)(?!\s+(?:phuong|thuy|linh|chau))")
def _tomorrow(match: re.Match[str], today: date) -> date:
    return today + _DAY


@_reads(r"(?<!\w)(?:ngay\s+)?(?:hom|bua)\s+(?P<before>qua|kia)(?!\w)")
def _yesterday(match: re.Match[str], today: date) -> date:
    return today - _DAY * (1 if match["before"] == "qua" else 2)


@_reads(r"(?<!\w)(?:(?:ngay\s+)?(?:hom|bua)\s+nay|(?<=\x01)\s*nay|hnay|trong ngay)(?!\w)")
def _today(match: re.Match[str], today: date) -> date:
    return today


@_reads(
    r"(?<!\w)(?:sau\s+|trong\s+)?(?:khoang\s+)?{COUNT}\s*{UNIT}(?:\s+lam viec)?\s+(?:nua|toi|tới|sap toi)(?!\w)(?!\s*(?:han|nhiem))",
    r"(?:(?<!\w)(?:sau|them)\s+|(?<=hoan )|(?<=lui )|(?<=lai )|(?<=nay )|(?<=do )|(?<=\0 ))"
    r"(?:khoang\s+)?{COUNT}\s*{UNIT}(?!\s*(?:truoc|lan|\d))",
    r"^\s*{COUNT}\s*{UNIT}\s*(?:sau)?$",
)
def _ahead(match: re.Match[str], today: date) -> date:
    """3 ngày nữa, sau 2 tuần, thêm 1 tháng; "hoãn 3 ngày"."""
    return moved(today, match["n"], unit_of(match["unit"]))


@_reads(
    r"(?<!\w)(?P<side>dau|giua|cuoi)\s*(?P<unit>tuan|thang|quy|nam)\s*(?:(?P<next>sau|toi|tới|ke tiep|ke)|nay)?"
    r"(?!\w)(?!\s*(?:\d|[iv]+(?!\w)))",
    r"(?<!\w)(?P<side>dau|giua|cuoi)\s*(?P<unit>thang)\s*{MONTH}(?:\s*(?:/|nam)\s*(?P<y>20\d\d))?",
    r"(?<!\w)(?P<side>dau|giua|cuoi)\s*(?P<unit>quy)\s*(?P<q>iv|i{1,3}|[1-4])(?!\w)(?:\s*(?:/|nam)\s*(?P<y>20\d\d))?",
    r"(?<!\w)(?P<side>dau|giua|cuoi)\s*(?P<unit>nam)\s*(?P<y>20\d\d)",
)
def _end(match: re.Match[str], today: date) -> date:
    """Cuối tháng, đầu tuần sau, giữa tháng 3, cuối quý II."""
    groups = match.groupdict()
    side, unit = groups["side"], unit_of(groups["unit"])
    if groups.get("m") or groups.get("q"):
        found = _side(side, unit, *_of_year(groups, today))
    elif groups.get("y"):
        found = _side(side, unit, *time.year(int(groups["y"])))
    elif groups.get("next"):
        found = _side(side, unit, *time.unit_around(unit, today, 1))
    else:
        found = next(day for n in (0, 1) if (day := _side(side, unit, *time.unit_around(unit, today, n))) >= today or n)
    return found


def _of_year(groups: dict[str, str | None], today: date) -> time.Days:
    """First and last day of a month or quarter, of the next year where it is over and none is named."""
    def in_year(year: int) -> time.Days:
        return time.month(year, int(groups["m"] or 0)) if groups.get("m") else time.quarter(year, _quarter(groups["q"] or ""))

    if groups.get("y"):
        return in_year(int(groups["y"] or 0))
    return in_year(today.year) if in_year(today.year)[1] >= today else in_year(today.year + 1)


def _quarter(word: str) -> int:
    return {"i": 1, "ii": 2, "iii": 3, "iv": 4}.get(word) or count_of(word)


def _side(side: str, unit: str, first: date, last: date) -> date:
    if side == "dau":
        return workday_from(first, _WORKDAYS)
    if side == "giua":
        middle = first + timedelta(days=((last - first).days + 1) // 2 - 1)
        return middle if unit == "week" else workday_from(middle, _WORKDAYS)
    return workday_until(last - timedelta(days=2) if unit == "week" else last, _WORKDAYS)


@_reads(r"(?<!\w)(?:den|tới|toi|qua)\s+het\s+(?P<unit>tuan|thang|quy|nam)(?:\s+(?:nay|(?P<next>sau)))?(?!\w)(?!\s*\d)")
def _over(match: re.Match[str], today: date) -> date:
    """Đến hết tháng: the first working day after."""
    return workday_from(time.unit_around(unit_of(match["unit"]), today, 2 if match["next"] else 1)[0], _WORKDAYS)


@_reads(r"(?<!\w)(?:sang\s+|qua\s+)?(?P<unit>tuan|thang|quy|nam)\s+(?P<next>sau|toi|tới|ke tiep|ke|tiep theo)(?!\w)(?!\s*han)",
        r"(?<!\w)(?:sang|qua)\s+(?P<unit>tuan|thang|quy|nam)(?P<next>)(?!\w)(?!\s*\d)")
def _next_unit(match: re.Match[str], today: date) -> date:
    """Tuần sau, tháng tới: its first working day."""
    return workday_from(time.unit_around(unit_of(match["unit"]), today, 1)[0], _WORKDAYS)


@_reads(r"(?<!\w)thang\s*{MONTH}(?:\s*(?:/|nam)\s*(?P<y>20\d\d))?(?!\w)",
        r"(?<!\w)quy\s*(?P<q>iv|i{1,3}|[1-4])(?!\w)(?:\s*(?:/|nam)\s*(?P<y>20\d\d))?")
def _named_unit(match: re.Match[str], today: date) -> date:
    """Tháng 3, quý II/2026: its first working day, or the next one."""
    first, _ = _of_year(match.groupdict(), today)
    if first < today and not match["y"]:
        first = first.replace(year=first.year + 1)
    return workday_from(first, _WORKDAYS)
