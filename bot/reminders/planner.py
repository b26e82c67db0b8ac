"""Rounds: whoever's hour has come gets what is new for them, as one message, recorded in the same transaction."""

from __future__ import annotations

import logging
import time as clocks
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Engine, and_, delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError

from bot.channels.port import Button, Outgoing
from bot.delivery import rows
from bot.delivery.tables import outbox
from bot.delivery.tables import prepare as prepare_delivery
from bot.officials.tables import officials
from bot.officials.tables import prepare as prepare_officials
from bot.reminders import budget, digest, tables, wishes
from bot.reminders.bulk import insert_many, insert_new
from bot.reminders.calendar import local, workdays_of
from bot.reminders.escalation import Unanswered, unanswered
from bot.reminders.people import Address, People, Person, load_people
from bot.reminders.renumbering import current, follow
from knowledge.services.remind.notices import Agenda, Notice, Past, Quiet, Told
from knowledge.services.remind.policy import Policies
from knowledge.services.remind.steps import LATE
from knowledge.services.remind.works import WorkBook, agencies_changed, load_works
from knowledge.store import schema as store
from knowledge.store import writing

log = logging.getLogger(__name__)

_AT_ONCE = 200           # people a transaction
_COUNT_SECONDS = 600.0   # between two counts of what a month's quota has left; replies have a reserve
_KEEP_LATE = timedelta(days=40)
_FAILED_FOR = timedelta(days=3)


@dataclass
class Round:
    """What a round did: messages queued, notices in them, people who could not be written to anywhere."""

    digests: int = 0
    notices: int = 0
    unreachable: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class _Ready:
    """A message about to be recorded."""

    person: Person
    notices: Sequence[Notice]
    address: Address
    dedupe: str
    ended: tuple[int, ...] = ()


class Planner:
    """Makes the digests. Safe in several processes: whoever records a digest first sends it.

    `clock` gives UTC seconds. `working` tells which channels work (a channel that is not named does). `reached`: the channels that
    there are; None means all. Methods block; the state of the knowledge base is kept between rounds until it changes.
    """

    def __init__(
        self, engine: Engine, policies: Policies | None = None, *, clock: Callable[[], float] = clocks.time,
        quotas: Mapping[str, budget.Quota] = budget.QUOTAS, working: Callable[[], Mapping[str, bool]] | None = None,
        reached: Collection[str] | None = None,
    ) -> None:
        self.engine, self.policies, self._clock, self.quotas = engine, policies or Policies.load(), clock, quotas
        self._working, self._reached = working or dict, reached
        self._book: WorkBook | None = None
        self._seen: Any = None
        self._day: date | None = None
        self._agendas: dict[str, Agenda] = {}
        self._done: set[str] = set()
        self.people = People((), {})
        self._settled: set[int] = set()
        self._answered: set[tuple[int, str]] = set()
        self._leading: list[tuple[str, str]] = []
        self._unheard: dict[str, set[str]] = {}
        self._spent: set[str] = set()
        self._counted = -_COUNT_SECONDS
        self._coverage: dict[tuple[str, str], set[str]] = {}
        prepare_officials(engine)
        prepare_delivery(engine)
        tables.prepare(engine)

    def round(self) -> Round:
        """Queue what is due now. Raises StoreError."""
        now = self._clock()
        at = local(now)
        self._catch_up(at.date())
        people = self.look_at_people()
        self._note_unheard(people)
        result, blocked = Round(), self.blocked()
        told_today = self._with_digest(at.date())
        asked = wishes.due(self.engine, now)
        regular = [p for p in people.all if p.id not in told_today and p.id not in self._settled and not p.off and self._open(p, at)]
        waiting = {p.id for p in regular}
        beside = [p for p in people.all if p.id not in waiting and not p.off
                  and any((p.id, request.key) not in self._answered for request in asked.now.get(p.id, ()))]
        self._coverage = self._covered(at.date()) if regular or beside else {}
        up = self._unanswered(regular, at.date())
        for batch in _batches(regular):
            self._tell(batch, now, at, up, asked, blocked, result, beside=False)
        for batch in _batches(beside):
            self._tell(batch, now, at, Unanswered(), asked, blocked, result, beside=True)
        self._tell_of_unreached(people, now, at, blocked, result)
        return result

    def look_at_people(self) -> People:
        """Who there is now, kept as `people`."""
        self.people = load_people(self.engine, self.book.keys, local(self._clock()).date(), self.policies)
        return self.people

    @property
    def book(self) -> WorkBook:
        """The work in force, as of the last round."""
        if self._book is None:
            self._catch_up(local(self._clock()).date())
        assert self._book is not None
        return self._book

    def agenda(self, province: str, today: date, unheard: Mapping[str, Collection[str]] | None = None) -> Agenda:
        """The day's agenda of a province."""
        if province not in self._agendas or self._agendas[province].today != today:
            policy = self.policies.of(province)
            self._agendas[province] = Agenda(self.book, today, policy, workdays_of(policy), self._done, unheard or self._unheard)
        return self._agendas[province]

    def prune(self, today: date) -> int:
        """Forget weekly late notices of long ago: newer ones say the same. To be called daily; how many."""
        n = tables.notices.c
        with writing(self.engine) as connection:
            return connection.execute(
                delete(tables.notices).where(n.step.like(f"{LATE}%"), n.told_on < today - _KEEP_LATE)).rowcount

    # -- the state of the world

    def _catch_up(self, today: date) -> None:
        """Have the book of today, of the plans in force."""
        revision = follow(self.engine)
        if self._book is None or self._book.revision != revision or self._day != today:
            if self._book is None or self._book.revision != revision or self._agencies_changed(today):
                self._book = load_works(self.engine, today)
                self._leading = self._book.agencies()
            self._day, self._agendas = today, {}
            self._settled, self._answered = set(), set()
        seen = self._changes()
        if seen != self._seen:
            self._seen, self._settled, self._agendas = seen, set(), {}
            self._done = self._reported_done()

    def _agencies_changed(self, today: date) -> bool:
        """A clock that was set back counts as a change."""
        return self._day is None or today < self._day or agencies_changed(self._day, today)

    def _changes(self) -> Any:
        """Differs whenever something was asked for or reported."""
        with self.engine.connect() as connection:
            asked = connection.execute(select(func.max(tables.requests.c.id), func.count(tables.requests.c.ended))).one()
            quiet = connection.execute(select(func.max(tables.quiet.c.at), func.count())).one()
            return (*asked, *quiet, connection.scalar(select(func.max(store.row_status.c.key))))

    def _reported_done(self) -> set[str]:
        c = store.row_status.c
        with self.engine.connect() as connection:
            found = connection.execute(select(c.ref, c.status).order_by(c.reported_at, c.key))
            last = {line.ref: line.status for line in found}
        return {ref for ref, status in last.items() if status == "done"}

    def _note_unheard(self, people: People) -> None:
        """Note which agencies' work nobody hears of."""
        unheard: dict[str, set[str]] = {}
        for province, key in self._leading:
            if province and key not in people.staffed.get(province, ()):
                unheard.setdefault(province, set()).add(self.book.keys.name(key))
        if unheard != self._unheard:
            self._unheard, self._agendas = unheard, {}

    def blocked(self) -> set[str]:
        """Channels not to be used now: out of order, or their month is used up."""
        broken = {name for name, works in self._working().items() if not works}
        if not any(quota.messages for quota in self.quotas.values()):
            return broken
        now = self._clock()
        if not 0 <= now - self._counted < _COUNT_SECONDS:
            self._spent, self._counted = budget.spent(budget.used(self.engine, local(now).date()), self.quotas), now
        return broken | self._spent

    def _with_digest(self, today: date) -> set[int]:
        d = tables.digests.c
        with self.engine.connect() as connection:
            return {official for official, dedupe in connection.execute(select(d.official, d.dedupe).where(d.day == today))
                    if dedupe == _dedupe(official, today)}

    def _open(self, person: Person, at: datetime) -> bool:
        policy = self.policies.of(person.province)
        return person.hour <= _clock_of(at) <= _later(policy.closes_urgent, person.hour)

    def _unanswered(self, people: Sequence[Person], today: date) -> Unanswered:
        if not any(p.audience.weekly for p in people):
            return Unanswered()
        return unanswered(self.engine, self.book, self.book.keys, self.policies, today, self._done, self._coverage)

    def _covered(self, today: date) -> dict[tuple[str, str], set[str]]:
        """Rows that somebody of an agency reported done; under "" those that all agencies in charge did."""
        q, o, found = tables.quiet.c, officials.c, defaultdict[tuple[str, str], set[str]](set)
        query = select(q.ref, o.province, o.agency).join_from(tables.quiet, officials, o.id == q.official).where(
            q.why == "done", or_(q.until.is_(None), q.until > today),
            o.role.in_(("officer", "leader")), o.province.is_not(None), o.agency.is_not(None))
        with self.engine.connect() as connection:
            for ref, province, agency in connection.execute(query):
                key, work = self.book.keys.key(agency, province), self.book.by_ref.get(ref)
                if key is not None and work is not None and key in work.lead:
                    found[province, key].add(ref)
        for (province, _), refs in list(found.items()):
            found[province, ""] |= {ref for ref in refs if all(ref in found.get((province, key), ()) for key in self.book.by_ref[ref].lead)}
        return found

    # -- telling

    def _tell(
        self, batch: Sequence[Person], now: float, at: datetime, up: Unanswered, asked: wishes.Asked, blocked: Collection[str],
        result: Round, beside: bool,
    ) -> None:
        """Work out and record the messages of some people. `beside`: only what they asked for at this time of the day."""
        told, quiet = self._past(batch)
        ready: list[_Ready] = []
        for person in batch:
            requests = [*asked.now.get(person.id, ()), *([] if beside else asked.dated.get(person.id, ()))]
            covered = self._coverage.get((person.province, "" if person.role == "coordinator" else person.key or ""), ())
            past = Past(told.get(person.id, ()), quiet.get(person.id, {}), covered, requests)
            agenda = self.agenda(person.province, at.date())
            audience = replace(person.audience, alarms=False, weekly=False, monthly=False) if beside else person.audience
            escalated = () if beside else self._escalated(person, up)
            found = agenda.notices(audience, past, escalated)
            found = [n for n in found if n.kind == "own"] if beside else self._fitting(found, person, agenda, at)
            if not found:
                self._close(person, beside, asked)
                continue
            address = self._address(person, blocked)
            if address is None or address == person.web:
                result.unreachable.append(person.id)
            if address is None:
                continue
            ended = tuple(wishes.number(n.step) for n in found if n.step in asked.once)
            dedupe = f"own:{person.id}:{found[0].step}" if beside else _dedupe(person.id, at.date())
            ready.append(_Ready(person, found, address, dedupe, ended))
        self._record(ready, now, at.date(), result)

    def _close(self, person: Person, beside: bool, asked: wishes.Asked) -> None:
        """There is nothing to tell a person (for the rest of the day, unless something changes)."""
        self._answered |= {(person.id, request.key) for request in asked.now.get(person.id, ())}
        if not beside:
            self._settled.add(person.id)

    def _escalated(self, person: Person, up: Unanswered) -> list[Notice]:
        if person.role == "coordinator":
            return [n for province in person.audience.provinces for n in up.of_province[province]]
        if person.role == "leader" and person.key:
            return [n for province in person.audience.provinces for n in up.of_agency[province, person.key]]
        return []

    def _fitting(self, found: list[Notice], person: Person, agenda: Agenda, at: datetime) -> list[Notice]:
        """On days off only what is due that very day; late in the day only if something can't wait until tomorrow."""
        today = at.date()
        if not agenda.workdays.works(today):
            return agenda.on_day_off(found)
        if _clock_of(at) > _later(agenda.policy.closes, person.hour) and not any(
                n.kind == "own" or n.day is not None and today <= n.day <= today + timedelta(days=1) for n in found):
            return []
        return found

    def _address(self, person: Person, blocked: Collection[str]) -> Address | None:
        """The best place to write to. The web page only where there is no other: nobody may be looking at it."""
        return next(iter(self.addresses(person, blocked)), person.web)

    def addresses(self, person: Person, blocked: Collection[str] = ()) -> list[Address]:
        """Where a person can be written to now, what they like best first."""
        return [a for a in person.addresses if a.channel not in blocked and (self._reached is None or a.channel in self._reached)]

    def _past(self, batch: Sequence[Person]) -> tuple[dict[int, list[Told]], dict[int, dict[str, Quiet]]]:
        ids, n, q = [p.id for p in batch], tables.notices.c, tables.quiet.c
        told: dict[int, list[Told]] = {}
        quiet: dict[int, dict[str, Quiet]] = {}
        with self.engine.connect() as connection:
            for official, ref, deadline, step in connection.execute(
                    select(n.official, n.ref, n.deadline, n.step).where(n.official.in_(ids)).order_by(n.id)):
                told.setdefault(official, []).append(Told(ref, deadline, step))
            for official, ref, why, until in connection.execute(select(q.official, q.ref, q.why, q.until).where(q.official.in_(ids))):
                quiet.setdefault(official, {})[ref] = Quiet(why, until)
        return told, quiet

    def _record(self, ready: Sequence[_Ready], now: float, today: date, result: Round) -> None:
        """Record messages, all in one transaction; one by one where somebody else told a part of them meanwhile."""
        if not ready:
            return
        if not self._write(ready, now, today, result) and len(ready) > 1:
            for one in ready:
                self._write([one], now, today, result)

    def _write(self, ready: Sequence[_Ready], now: float, today: date, result: Round) -> bool:
        """False (and nothing written) where a notice of a new digest was told already: the next round works it out anew."""
        try:
            with writing(self.engine) as connection:
                if not current(connection, self.book.revision):
                    return True  # the plans have just changed: so does the next round
                digests, told = self._insert_all(connection, ready, now, today)
        except IntegrityError:
            return False
        self._settled |= {one.person.id for one in ready if not one.dedupe.startswith("own:")}
        result.digests += digests
        result.notices += told
        return True

    def _insert_all(self, connection: Connection, ready: Sequence[_Ready], now: float, today: date) -> tuple[int, int]:
        """How many messages with how many notices were new: whoever inserts a digest's line first sends it. Raises IntegrityError."""
        lines = [_digest_line(one, now, today) for one in ready]
        new = insert_new(connection, tables.digests, lines, "dedupe")
        won = [one for one in ready if one.dedupe in new]
        told = [line for one in won for line in _notice_lines(one, now, today)]
        if won:
            insert_many(connection, outbox, [line for one in won for line in self._outbox_lines(one, now, today)])
            insert_many(connection, tables.notices, told)
        ended = [number for one in won for number in one.ended]
        if ended:
            connection.execute(update(tables.requests).where(tables.requests.c.id.in_(ended)).values(ended=now))
        return len(won), len(told)

    def _outbox_lines(self, one: _Ready, now: float, today: date) -> Iterator[dict[str, Any]]:
        """The message, and its copy for the web page."""
        places = [(one.address, one.dedupe)]
        if one.person.web and one.person.web != one.address:
            places.append((one.person.web, f"{one.dedupe}:{one.person.web.channel}"))
        text = digest.text(one.notices, self.book.plans, today)
        message = {**_message(digest.buttons(one.notices)), "text": text, "record": digest.record(one.notices)}
        for address, dedupe in places:
            yield outbox_line(address, {**message, "chat": address.chat}, dedupe, now)

    # -- who could not be reached

    def _tell_of_unreached(self, people: People, now: float, at: datetime, blocked: Collection[str], result: Round) -> None:
        """The coordinators hear of people whom no channel reaches: once a week of each, at once."""
        today = at.date()
        reasons = {p.id: "chưa có kênh nhận tin dùng được (ngoài trang web)" for p in people.all if p.id in set(result.unreachable)}
        d = tables.digests.c
        with self.engine.connect() as connection:
            failed = select(d.official, d.error).where(
                or_(d.state == "failed", and_(d.state == "open", d.again.is_not(None))), d.day >= today - _FAILED_FOR)
            reasons |= {official: error or "không kênh nào nhận tin" for official, error in connection.execute(failed)}
        if not reasons:
            return
        known = {p.id: p for p in people.all}
        year, week, _ = today.isocalendar()
        for person in people.all:
            if person.role != "coordinator" or person.off or not self._open(person, at):
                continue
            address = self._address(person, blocked)
            found = [
                Notice(f"official:{id_}", "", f"unreached:{year}-W{week:02}", "unreached",
                       note=f"{known[id_].name} ({known[id_].agency or 'chưa rõ cơ quan'}): {reason}")
                for id_, reason in sorted(reasons.items())
                if id_ in known and id_ != person.id and known[id_].province in person.audience.provinces]
            told = {t.ref for t in self._past([person])[0].get(person.id, ()) if t.step == f"unreached:{year}-W{week:02}"}
            found = [n for n in found if n.ref not in told]
            if found and address is not None:
                dedupe = f"unreached:{person.id}:{today.isoformat()}"
                self._record([_Ready(person, found, address, dedupe)], now, today, result)


def _dedupe(official: int, day: date) -> str:
    return f"digest:{official}:{day.isoformat()}"


def _clock_of(at: datetime) -> time:
    return at.time().replace(second=0, microsecond=0)


def _later(closes: time, hour: time) -> time:
    """Until when somebody is written to who chose an hour of their own, perhaps a late one."""
    return max(closes, hour.replace(minute=59))


def _digest_line(one: _Ready, now: float, today: date) -> dict[str, Any]:
    return {"dedupe": one.dedupe, "official": one.person.id, "day": today, "outbox": one.dedupe, "channel": one.address.channel,
            "state": "open", "queued": now, "created": now}


@lru_cache(maxsize=10)
def _message(buttons: tuple[Button, ...]) -> Mapping[str, Any]:
    """What all messages with these buttons share; taking an Outgoing apart is slow."""
    return Outgoing("", "", buttons, purpose="push").as_dict()


def outbox_line(address: Address, message: Mapping[str, Any], dedupe: str, now: float) -> dict[str, Any]:
    """A message (an Outgoing as a dict) as the outbox keeps it."""
    return {"dedupe": dedupe, "channel": address.channel, "conversation": rows.key(f"{address.channel}:{address.chat}"),
            "message": rows.to_json(message), "state": "new", "attempts": 0, "failures": 0, "due": 0.0, "lease": 0.0,
            "created": now}


def _notice_lines(one: _Ready, now: float, today: date) -> Iterator[dict[str, Any]]:
    for n in one.notices:
        yield {"official": one.person.id, "ref": n.ref, "deadline": n.deadline, "step": n.step, "told_on": today, "dedupe": one.dedupe,
               "created": now}


def _batches(people: Iterable[Person]) -> Iterator[list[Person]]:
    rest = iter(people)
    while batch := list(islice(rest, _AT_ONCE)):
        yield batch
