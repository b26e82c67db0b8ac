"""Reminders as a calendar (iCalendar, RFC 5545): deadlines as whole days, recurring duties as recurrences, each with alarms.

A calendar says the same for as long as nothing changes, byte for byte; what moves gets a higher SEQUENCE. A link is a secret that only
its hash is kept of: whoever has it sees public titles, numbers and dates, and nothing else.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import time as clocks
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Engine, Row, insert, select, update

from bot.officials.official import Official
from bot.officials.tables import officials
from bot.reminders import choices
from bot.reminders.calendar import local, workdays_of
from bot.reminders.calendar_text import Event, calendar_text
from bot.reminders.revisions import Revisions
from bot.reminders.tables import feeds, prepare
from knowledge.services.remind.policy import Policies
from knowledge.services.remind.works import Work, WorkBook, load_works, provinces_heard
from knowledge.store import PlanStore, writing

MOST_LINKS = 10           # links of one person; the oldest ends when there would be more
ALARMS = (7, 1)           # days before
_TOKEN_BYTES = 32
_LATE_DAYS = 400          # what was due longer ago is left out


@dataclass(frozen=True)
class Document:
    """A calendar to send: its bytes and the tag that changes with them."""

    body: bytes
    etag: str


class Feeds:
    """Links to calendars, and the calendars. Methods block and raise StoreError; safe to call from several threads.

    `link` makes the address of a token (None: no links are given out). `clock` gives UTC seconds.
    """

    def __init__(
        self, engine: Engine, *, link: Callable[[str], str] | None = None, policies: Policies | None = None,
        clock: Callable[[], float] = clocks.time,
    ) -> None:
        self._engine, self._link, self._clock = engine, link, clock
        self._policies, self._revisions = policies or Policies.load(), Revisions(engine)
        self._book: tuple[int, date, WorkBook] | None = None
        self._loading = threading.Lock()
        prepare(engine)

    # -- links

    def give(self, official: Official, agency: bool, now: float) -> str | None:
        """A new link to the person's calendar or to their agency's; None where there is no address or no agency."""
        if self._link is None or official.province is None or (agency and official.agency is None):
            return None
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        c = feeds.c
        with writing(self._engine) as connection:
            open_ = select(c.hash).where(c.official == official.id, c.revoked.is_(None)).order_by(c.created.desc())
            old = list(connection.scalars(open_))[MOST_LINKS - 1:]
            connection.execute(update(feeds).where(c.hash.in_(old)).values(revoked=now))
            connection.execute(insert(feeds).values(
                hash=_hash(token), official=official.id, agency=official.agency if agency else None, created=now))
        return self._link(token)

    def revoke(self, official: int, now: float) -> int:
        """End all links of a person; how many."""
        with writing(self._engine) as connection:
            open_ = update(feeds).where(feeds.c.official == official, feeds.c.revoked.is_(None))
            return connection.execute(open_.values(revoked=now)).rowcount

    # -- calendars

    def document(self, token: str) -> Document | None:
        """The calendar behind a token; None for one that is unknown, revoked, or whose owner may not see it any more."""
        owner = self._owner(token)
        if owner is None:
            return None
        body = self.personal(owner[0]) if owner[1] is None else self.of_agency(owner[0])
        return Document(body, hashlib.sha256(body).hexdigest()[:32])

    def personal(self, official: Official) -> bytes:
        """What the person's agency leads or helps with (of a coordinator the province's plans), without what they switched off or did."""
        today = local(self._clock()).date()
        with self._engine.connect() as connection:
            quiet = {still.ref for still in choices.stills(connection, official.id) if still.until is None}
            asked = choices.open_requests(connection, official.id)
        extra: dict[str, set[int]] = {}
        for one in asked:
            if one.ref and one.days is not None:
                extra.setdefault(one.ref, set()).add(one.days)
        book = self._current(today)
        work = {found.ref: (found, leads) for found, leads in self._work(official, today)}
        work |= {ref: (book.by_ref[ref], False) for ref in extra if ref in book.by_ref and ref not in work}
        chosen = [(found, leads) for ref, (found, leads) in work.items() if ref not in quiet]
        return self._text(official, f"Nhắc việc – {official.name}", chosen, today, extra)

    def of_agency(self, official: Official) -> bytes:
        """What the agency of a person leads or helps with."""
        today = local(self._clock()).date()
        return self._text(official, f"Kế hoạch – {official.agency}", self._work(official, today), today, {})

    def _work(self, official: Official, today: date) -> list[tuple[Work, bool]]:
        """(work, is it led?)"""
        if official.province is None:
            return []
        book, provinces = self._current(today), provinces_heard(official.province, today)
        if official.agency is None:
            return [(work, True) for work in book.of_provinces(provinces)] if official.role == "coordinator" else []
        key = book.keys.key(official.agency, official.province)
        if key is None:
            return []
        duties = book.duties(provinces, key)
        return [*((work, True) for work in duties.lead), *((work, False) for work in duties.coop)]

    def _text(
        self, official: Official, title: str, work: list[tuple[Work, bool]], today: date, extra: dict[str, set[int]]
    ) -> bytes:
        book, workdays = self._current(today), workdays_of(self._policies.of(official.province))
        events = [
            Event(found, leads, book.plans[found.plan], tuple(sorted({*ALARMS, *extra.get(found.ref, ())}, reverse=True)))
            for found, leads in sorted(work, key=lambda pair: pair[0].ref)
            if found.rule or (found.deadline and (today - found.deadline).days <= _LATE_DAYS)]
        revisions = self._revisions.of({event.work.ref: event.state for event in events}, self._clock())
        return calendar_text(title, events, revisions, today, workdays)

    def _current(self, today: date) -> WorkBook:
        """The work in force, kept until plans or the day change."""
        revision = PlanStore(self._engine).revision()
        with self._loading:
            if self._book is None or self._book[:2] != (revision, today):
                self._book = revision, today, load_works(self._engine, today)
            return self._book[2]

    def _owner(self, token: str) -> tuple[Official, str | None] | None:
        """Whose link it is and of which agency; None where it is no good."""
        o = officials.c
        query = (
            select(o.id, o.name, o.username, o.province, o.agency, o.role, o.active, feeds.c.agency.label("of"))
            .join_from(feeds, officials, o.id == feeds.c.official).where(feeds.c.hash == _hash(token), feeds.c.revoked.is_(None)))
        with self._engine.connect() as connection:
            line: Row[Any] | None = connection.execute(query).one_or_none()
        if line is None or not line.active or (line.of is not None and line.of != line.agency):
            return None
        return Official(*line[:-1]), line.of


def _hash(token: str) -> str:
    """Tokens are random and long: a plain hash can't be turned back."""
    return hashlib.sha256(token.encode()).hexdigest()
