"""The reminders that people asked for, as the planner needs them: those whose time has come, and those by a row's deadline."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from dateutil.rrule import rrulestr  # type: ignore[import-untyped]
from sqlalchemy import Engine, select

from bot.reminders.calendar import ZONE, local
from bot.reminders.tables import requests
from knowledge.services.remind.notices import Request

_OVERDUE = timedelta(days=1)  # a standing reminder that could not be sent for a day waits for its next time


@dataclass
class Asked:
    """Requests by official: `now` are due at this time of the day, `dated` go with the digest. `once`: steps that end their request."""

    now: defaultdict[int, list[Request]] = field(default_factory=lambda: defaultdict(list))
    dated: defaultdict[int, list[Request]] = field(default_factory=lambda: defaultdict(list))
    once: set[str] = field(default_factory=set)


def due(engine: Engine, now: float) -> Asked:
    """The open requests that matter at a moment (UTC seconds)."""
    asked, at = Asked(), local(now)
    with engine.connect() as connection:
        for line in connection.execute(select(requests).where(requests.c.ended.is_(None)).order_by(requests.c.id)):
            week, key = line.about == "week", f"own:{line.id}"
            if line.rrule:
                last = _last(line.rrule, line.created, at)
                if last is not None:
                    asked.now[line.official].append(Request(f"{key}:{last.date().isoformat()}", line.ref, None, line.said, week))
            elif line.at is not None:
                if line.at <= now:
                    asked.now[line.official].append(Request(key, line.ref, None, line.said, week))
                    asked.once.add(key)
            elif line.ref and line.days is not None:
                asked.dated[line.official].append(Request(key, line.ref, line.days, line.said))
    return asked


def number(step: str) -> int:
    """The request's number of a step."""
    return int(step.split(":")[1])


def _last(rule: str, created: float, at: datetime) -> datetime | None:
    """The last time a standing reminder was due, if that was within a day. Its hour is 7:30 where it names none."""
    start = local(created).replace(tzinfo=None, second=0, microsecond=0)
    if "BYHOUR" not in rule.upper():
        start = datetime.combine(start.date(), time(7, 30))
    elif "BYMINUTE" not in rule.upper():
        start = start.replace(minute=0)
    try:
        found = rrulestr(rule, dtstart=start, ignoretz=True).before(at.replace(tzinfo=None), inc=True)
    except (ValueError, TypeError):
        return None
    if found is None or found.replace(tzinfo=ZONE) < local(created) or at.replace(tzinfo=None) - found > _OVERDUE:
        return None
    return datetime.combine(found.date(), found.time())
