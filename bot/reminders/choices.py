"""What a person chose about reminders, read and written: requests, what is off or done, the hour, what was acknowledged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any, Literal

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.reminders.pending import pending
from bot.reminders.tables import digests, feeds, notices, preferences, quiet, requests

Why = Literal["snoozed", "muted", "done"]
_OF_ROW = "#"  # in references of rows, not in those of summaries
_PERSONAL = (notices, digests, preferences, quiet, requests, feeds, pending)


@dataclass(frozen=True)
class Asked:
    """A reminder that a person asked for and that has not ended; see the table `reminder_requests`."""

    id: int
    ref: str | None
    days: int | None
    at: float | None
    rrule: str | None
    said: str


@dataclass(frozen=True)
class Still:
    """A row that a person is not reminded of: `why`, and until which day."""

    ref: str
    why: str
    until: date | None


def hour_of(connection: Connection, official: int) -> time | None:
    """The hour that a person chose; None where they chose none."""
    found = connection.scalar(select(preferences.c.hour).where(preferences.c.official == official))
    return time.fromisoformat(found) if found else None


def email_of(connection: Connection, official: int) -> str | None:
    """The address that a person proved is theirs."""
    return connection.scalar(select(preferences.c.email).where(preferences.c.official == official))


def is_off(connection: Connection, official: int) -> bool:
    """Has the person switched all reminders off?"""
    return bool(connection.scalar(select(preferences.c.off).where(preferences.c.official == official)))


def prefer(connection: Connection, official: int, **values: Any) -> None:
    """Set columns of the person's preferences."""
    insert_ = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(preferences)
    connection.execute(insert_.values(official=official, **values).on_conflict_do_update(index_elements=["official"], set_=values))


def open_requests(connection: Connection, official: int) -> list[Asked]:
    """What the person asked for, oldest first."""
    c = requests.c
    query = select(c.id, c.ref, c.days, c.at, c.rrule, c.said).where(c.official == official, c.ended.is_(None)).order_by(c.id)
    return [Asked(*line) for line in connection.execute(query)]


def request(connection: Connection, official: int, now: float, said: str, **values: Any) -> None:
    """Keep a request, unless the same is kept already."""
    c = requests.c
    same = [c[name].is_(None) if values.get(name) is None else c[name] == values[name] for name in ("ref", "days", "at", "rrule", "about")]
    if connection.scalar(select(c.id).where(c.official == official, c.ended.is_(None), *same)) is None:
        connection.execute(insert(requests).values(official=official, said=said, created=now, **values))


def end_requests(connection: Connection, official: int, now: float, *, ref: str | None = None, ids: Sequence[int] | None = None) -> int:
    """End what the person asked for: of a row, or those of these ids. How many."""
    c = requests.c
    which = c.ref == ref if ids is None else c.id.in_(ids)
    return connection.execute(update(requests).where(c.official == official, c.ended.is_(None), which).values(ended=now)).rowcount


def hush(connection: Connection, official: int, ref: str, why: Why, now: float, until: date | None = None) -> None:
    """Remind no more of a row, or not until a day."""
    values = {"why": why, "until": until, "at": now}
    insert_ = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(quiet)
    connection.execute(
        insert_.values(official=official, ref=ref, **values).on_conflict_do_update(index_elements=["official", "ref"], set_=values))


def unhush(connection: Connection, official: int, ref: str) -> bool:
    """Remind of a row again; was it off?"""
    return connection.execute(delete(quiet).where(quiet.c.official == official, quiet.c.ref == ref)).rowcount > 0


def stills(connection: Connection, official: int) -> list[Still]:
    """The rows that the person is not reminded of, the latest first."""
    c = quiet.c
    return [Still(*line) for line in connection.execute(select(c.ref, c.why, c.until).where(c.official == official).order_by(c.at.desc()))]


def last_deadline(connection: Connection, official: int, ref: str) -> date | None:
    """The latest deadline of a row that the person was told of."""
    c = notices.c
    found = connection.scalar(select(func.max(c.deadline)).where(c.official == official, c.ref == ref, c.deadline != ""))
    return date.fromisoformat(found) if found else None


def last_digest(connection: Connection, official: int, since: float) -> list[str]:
    """The rows of the person's latest reminder, in its order and once each; none where it is from before `since` (UTC seconds)."""
    c = notices.c
    last = connection.scalar(
        select(c.dedupe).where(c.official == official, c.created >= since, c.ref.contains(_OF_ROW)).order_by(c.id.desc()).limit(1))
    if last is None:
        return []
    found = connection.scalars(select(c.ref).where(c.official == official, c.dedupe == last).order_by(c.id))
    return [ref for ref in dict.fromkeys(found) if _OF_ROW in ref]


def last_day(connection: Connection, official: int, since: float) -> list[str]:
    """The rows that the person was told of on the last day that they were told of any, if that was not before `since` (UTC seconds)."""
    c = notices.c
    rows = (c.official == official, c.created >= since, c.ref.contains(_OF_ROW))
    last = select(func.max(c.told_on)).where(*rows).scalar_subquery()
    return list(dict.fromkeys(connection.scalars(select(c.ref).where(*rows, c.told_on == last).order_by(c.id))))


def acknowledge(connection: Connection, official: int, refs: Sequence[str], now: float) -> int:
    """Note that the person has seen what was told of these rows; how many notices that were not seen yet."""
    c = notices.c
    open_ = update(notices).where(c.official == official, c.ref.in_(refs), c.acknowledged.is_(None))
    return connection.execute(open_.values(acknowledged=now)).rowcount


def count(connection: Connection, official: int) -> int:
    """How many lines there are of a person: requests, what is off, preferences, calendars."""
    return sum(
        connection.scalar(select(func.count()).select_from(table).where(table.c.official == official)) or 0
        for table in (requests, quiet, preferences, feeds))


def erase(connection: Connection, official: int) -> None:
    """Forget all that there is of a person, what they were told too."""
    for table in _PERSONAL:
        connection.execute(delete(table).where(table.c.official == official))
