"""The steps of a deadline: 30, 7, 1 days before, the day itself, each week while late. Which of them counts on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from knowledge.services.remind.workdays import Workdays, workday_from, workday_until

LATE = "late:"


@dataclass(frozen=True)
class Step:
    """One time to remind. `rank`: days after the deadline as planned, so that a later step has a higher one; `day`: when it is told.

    `name` is its key: "-7", "0", "late:2026-03-02".
    """

    name: str
    rank: int
    day: date


@lru_cache(maxsize=1 << 16)
def latest_step(deadline: date, days: tuple[int, ...], late_weekday: int | None, today: date, workdays: Workdays) -> Step | None:
    """The last step whose day has come; the ones before it no longer matter. None while it is too early.

    A step before the deadline that falls on a day off is told on the last working day before, a weekly one on the next working day.
    """
    found = None
    for before in days:
        planned = deadline - timedelta(days=before)
        told = planned if before == 0 else workday_until(planned, workdays)
        if told <= today and (found is None or -before > found.rank):
            found = Step(str(-before) if before else "0", -before, told)
    if late_weekday is None or today <= deadline:
        return found
    week = today - timedelta(days=(today.weekday() - late_weekday) % 7)
    while week > deadline:
        told = workday_from(week, workdays)
        if told <= today:
            return Step(f"{LATE}{week.isoformat()}", (week - deadline).days, told)
        week -= timedelta(days=7)
    return found


def rank_of(step: str, deadline: str) -> int | None:
    """The rank of a step by its key; None for what is no step of a deadline ("moved:…", "own:…")."""
    if step.startswith(LATE):
        try:
            return (date.fromisoformat(step[len(LATE):]) - date.fromisoformat(deadline)).days
        except ValueError:
            return None
    return int(step) if step.lstrip("-").isdigit() else None
