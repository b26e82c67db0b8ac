"""Working days in Vietnam: not weekends, not public holidays (Tết moves), with what a province says on top."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from knowledge.services.remind.policy import Policy

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
_SATURDAY = 5


class VietnamWorkdays:
    """Monday to Friday without public holidays. `closed` are further days off, `open` days worked in exchange for one."""

    def __init__(self, closed: tuple[date, ...] = (), open_: tuple[date, ...] = ()) -> None:
        self._holidays = holidays.country_holidays("VN")
        self._closed, self._open = frozenset(closed), frozenset(open_)
        self._known: dict[date, bool] = {}

    def works(self, day: date) -> bool:
        """Do offices work on the day?"""
        known = self._known.get(day)
        if known is None:
            free = day.weekday() >= _SATURDAY or day in self._holidays or day in self._closed
            known = self._known[day] = day in self._open or not free
        return known


@lru_cache(maxsize=100)
def _workdays(closed: tuple[date, ...], open_: tuple[date, ...]) -> VietnamWorkdays:
    return VietnamWorkdays(closed, open_)


def workdays_of(policy: Policy) -> VietnamWorkdays:
    """The working days of a province."""
    return _workdays(policy.closed, policy.open)


def local(now: float) -> datetime:
    """A moment (UTC seconds) on the clock of Vietnam."""
    return datetime.fromtimestamp(now, ZONE)
