"""The days of recurring duties: RFC 5545 recurrences, laid so that a report of a period is due on the period's last working day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from dateutil.relativedelta import relativedelta  # type: ignore[import-untyped]
from dateutil.rrule import rrulestr  # type: ignore[import-untyped]

from knowledge.services.remind.workdays import Workdays, workday_until

_PLACED = re.compile(r"BY(?:MONTHDAY|YEARDAY|DAY|WEEKNO|SETPOS)=")
_EPOCH = date(2000, 1, 1)
_ROOM = 20  # days: more than offices are ever closed at a stretch


def period_of(rule: str) -> str:
    """weekly, monthly, quarterly, half_yearly or yearly: which of a policy's steps a recurrence takes."""
    parts = _parts(rule)
    every = int(parts.get("INTERVAL", "1"))
    if parts.get("FREQ") in ("DAILY", "WEEKLY"):
        return "weekly"
    months = every * (12 if parts.get("FREQ") == "YEARLY" else 1)
    return "monthly" if months < 3 else "quarterly" if months < 6 else "half_yearly" if months < 12 else "yearly"


def hour_of(rule: str) -> time | None:
    """The time of the day by which the duty is due, where the recurrence names one."""
    parts = _parts(rule)
    if not parts.get("BYHOUR", "").isdigit():
        return None
    minute = parts.get("BYMINUTE", "0")
    return time(int(parts["BYHOUR"]) % 24, int(minute) if minute.isdigit() else 0)


def occurrences(rule: str, start: date | None, first: date, last: date, workdays: Workdays) -> list[date]:
    """The days from `first` to `last` on which the duty is due. `start`: when it began (a plan's date), for odd intervals.

    A recurrence without a day of its own ("hàng tháng") is due on the last working day of each period of the calendar (a week's
    is its Friday); a rule that can't be read is due never.
    """
    return [day for day in _days(rule, start, first, last, workdays) if first <= day <= last]


def _days(rule: str, start: date | None, first: date, last: date, workdays: Workdays) -> Iterator[date]:
    parts = _parts(rule)
    frequency, every = parts.get("FREQ", ""), max(1, int(parts.get("INTERVAL", "1") or 1))
    if frequency in ("MONTHLY", "YEARLY") and not _PLACED.search(rule) and "BYMONTH" not in parts:
        months = every * (12 if frequency == "YEARLY" else 1)
        anchor = _EPOCH if 12 % months == 0 or start is None else start.replace(day=1)
        count = max(0, (first.year - anchor.year) * 12 + first.month - anchor.month) // months
        while (end := anchor + relativedelta(months=months * (count + 1), days=-1)) <= last + timedelta(days=_ROOM):
            yield workday_until(end, workdays)
            count += 1
        return
    if frequency == "WEEKLY" and not _PLACED.search(rule):
        rule = f"{rule};BYDAY=FR"
    for day in _placed(rule, start or _EPOCH, first, last + timedelta(days=_ROOM)):
        if frequency != "WEEKLY" or workdays.works(day):
            yield day
        elif (before := workday_until(day, workdays)) > day - timedelta(days=day.weekday() + 1):
            yield before  # a week that is all days off has no report


@lru_cache(maxsize=4096)
def _placed(rule: str, start: date, first: date, last: date) -> tuple[date, ...]:
    plain = ";".join(part for part in rule.split(";") if not part.startswith(("BYHOUR", "BYMINUTE", "BYSECOND", "UNTIL")))
    try:
        rules = rrulestr(plain, dtstart=datetime.combine(start, time()))
        found = rules.between(datetime.combine(first, time()), datetime.combine(last, time()), inc=True)
    except (ValueError, TypeError, AttributeError):
        return ()
    return tuple(moment.date() for moment in found)


def _parts(rule: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in rule.upper().removeprefix("RRULE:").split(";") if "=" in part)
