"""Days on which offices work, as the reminders need them: whoever knows the holidays gives them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Protocol

DAY = timedelta(days=1)


class Workdays(Protocol):
    """Knows on which days offices work."""

    def works(self, day: date) -> bool:
        """Is it a working day?"""

    def __hash__(self) -> int:
        """Steps are remembered by it."""


def workday_until(day: date, workdays: Workdays) -> date:
    """The day itself or, where nobody works on it, the last working day before."""
    while not workdays.works(day):
        day -= DAY
    return day


def workday_from(day: date, workdays: Workdays) -> date:
    """The day itself or, where nobody works on it, the next working day."""
    while not workdays.works(day):
        day += DAY
    return day


def workdays_after(day: date, count: int, workdays: Workdays) -> date:
    """The working day that is `count` working days after a day."""
    for _ in range(count):
        day = workday_from(day + DAY, workdays)
    return day
