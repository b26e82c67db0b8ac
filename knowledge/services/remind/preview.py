"""What an audience will hear from one day to another, if the plans stay as they are and nobody answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from knowledge.services.remind.notices import Agenda, Audience, Notice, Past, Told
from knowledge.services.remind.policy import Policy
from knowledge.services.remind.workdays import DAY, Workdays
from knowledge.services.remind.works import WorkBook


def days(
    book: WorkBook, audience: Audience, first: date, last: date, policy: Policy, workdays: Workdays
) -> Iterator[tuple[date, list[Notice]]]:
    """The days from `first` to `last` with a digest, and what it holds. What was to be told before `first` counts as told."""
    told: list[Told] = []
    day = first - DAY
    while day <= last:
        agenda = Agenda(book, day, policy, workdays)
        found = agenda.notices(audience, Past(told))
        if day >= first and not workdays.works(day):
            found = agenda.on_day_off(found)
        told += [Told(n.ref, n.deadline, n.step) for n in found]
        if found and day >= first:
            yield day, found
        day += DAY
