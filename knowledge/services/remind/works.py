"""All work in force that somebody can be reminded of, compact and by agency: looked up once, however many people there are."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Engine, or_, select

from knowledge.agencies import Provinces, Registry
from knowledge.store import PlanStore
from knowledge.store import schema as s
from knowledge.text.normalize import fold

KINDS = ("task", "duty", "reporting")
_OPEN = ("recurring", "from_year_on")
_BY_PLACE = ("district", "commune")  # one entry of the registry stands for many
_LONGEST_NAME = 140
_BATCH = 5000
_NO_MORE: tuple[int | None, Iterator[Any]] = (None, iter(()))


@dataclass(frozen=True, slots=True)
class Work:
    """A row as reminders need it: what is public, when it is due, and who does it.

    `deadline` is the last allowed day; `rule` a recurrence; with neither it is standing work ("Thường xuyên", `due` as written).
    `lead`, `coop` are agency keys as of the day of the book; `shared` the collectives among the leads as written; `plan` its id.
    """

    ref: str
    plan: str
    kind: str
    no: str
    name: str
    deadline: date | None
    rule: str | None
    due: str
    lead: tuple[str, ...]
    coop: tuple[str, ...]
    shared: tuple[str, ...]


@dataclass(frozen=True)
class Head:
    """What a reminder says of a plan."""

    title: str
    province: str
    date: date | None


@dataclass
class Duties:
    """The work of one agency of one province; `shared`: what it has only as one of many ("các sở, ban, ngành")."""

    lead: list[Work] = field(default_factory=list)
    coop: list[Work] = field(default_factory=list)
    shared: list[Work] = field(default_factory=list)


class AgencyKeys:
    """From an agency's name to the key under which its work and its people meet: those of whoever holds the work on a day."""

    def __init__(self, on: date, registry: Registry | None = None) -> None:
        self._on, self.registry = on, registry or Registry.load()
        self._keys: dict[tuple[str, str], str | None] = {}
        self._names: dict[str, str] = {}

    def key(self, name: str, province: str) -> str | None:
        """The key of a name in a province; None for a collective, which is nobody's own name."""
        asked = (name, province)
        if asked not in self._keys:
            self._keys[asked] = self._find(name, province)
        return self._keys[asked]

    def name(self, key: str) -> str:
        """The agency's name to write."""
        return self._names.get(key, key)

    def _find(self, name: str, province: str) -> str | None:
        found = self.registry.resolve(name)
        if found is not None and found.kind == "collective":
            return None
        if found is None or self.registry.level_of(found.slug) in _BY_PLACE:
            key, shown = "-".join(fold(name).split()), name
        else:
            held = self.registry.current(found.slug, self._on, province) or found
            key, shown = held.slug, held.name
        self._names.setdefault(key, shown)
        return sys.intern(key)


class WorkBook:
    """One state of the knowledge base on one day."""

    def __init__(self, plans: dict[str, Head], works: Iterable[Work], keys: AgencyKeys, revision: int = 0) -> None:
        self.plans, self.keys, self.revision = plans, keys, revision
        self.by_ref: dict[str, Work] = {}
        self._of: defaultdict[tuple[str, str], Duties] = defaultdict(Duties)
        self._by_province: defaultdict[str, list[Work]] = defaultdict(list)
        self._shared: defaultdict[str, list[Work]] = defaultdict(list)
        for work in works:
            province = plans[work.plan].province
            self.by_ref[work.ref] = work
            self._by_province[province].append(work)
            for key in work.lead:
                self._of[province, key].lead.append(work)
            for key in work.coop:
                if key not in work.lead:
                    self._of[province, key].coop.append(work)
            if work.shared:
                self._shared[province].append(work)

    def duties(self, provinces: Sequence[str], key: str) -> Duties:
        """The work of an agency in some provinces' plans."""
        whole = Duties()
        agency = self.keys.registry.get(key)
        for province in provinces:
            own = self._of.get((province, key), Duties())
            whole.lead += own.lead
            whole.coop += own.coop
            if agency is not None:
                whole.shared += [
                    work for work in self._shared[province]
                    if any(self.keys.registry.collective_covers(name, agency) for name in work.shared)]
        return whole

    def of_provinces(self, provinces: Sequence[str]) -> list[Work]:
        """All work of some provinces' plans."""
        return [work for province in provinces for work in self._by_province[province]]

    def agencies(self) -> list[tuple[str, str]]:
        """(province, agency key) of all agencies that lead work with days of its own."""
        return sorted(place for place, duties in self._of.items() if any(work.deadline or work.rule for work in duties.lead))


def provinces_heard(province: str, on: date) -> tuple[str, ...]:
    """A province with those that became part of it by a day: their plans are its work now."""
    merged = [old.slug for old in Provinces.load().predecessors_of(province) if old.since is not None and old.since <= on]
    return (province, *sorted(merged))


def agencies_changed(before: date, today: date) -> bool:
    """Has work passed from an agency to another, or a province become part of another, after one day and by another?"""
    registry, provinces = Registry.load(), list(Provinces.load())
    days = {province.since for province in provinces}
    days |= {registry.ended(agency.slug, province.slug) for agency in registry for province in provinces}
    return any(day is not None and before < day <= today for day in days)


def load_works(engine: Engine, today: date) -> WorkBook:
    """The book of all plans in force; reads only what is needed. Raises the store's errors."""
    store, keys = PlanStore(engine), AgencyKeys(today)
    while True:
        revision, plans = store.revision(), _heads(engine)
        book = WorkBook(plans, _works(engine, plans, keys), keys, revision)
        if store.revision() == revision:
            return book


def _heads(engine: Engine) -> dict[str, Head]:
    columns = (s.plans.c.plan_id, s.plans.c.title, s.plans.c.province, s.plans.c.date)
    with engine.connect() as connection:
        found = connection.execute(select(*columns).where(s.plans.c.status == "accepted"))
        return {plan: Head(title, province or "", day) for plan, title, province, day in found}


def _works(engine: Engine, plans: dict[str, Head], keys: AgencyKeys) -> Iterator[Work]:
    r, a, wanted = s.rows.c, s.row_agencies.c, (
        s.plans.c.status == "accepted", s.rows.c.kind.in_(KINDS),
        or_(s.rows.c.due_date.is_not(None), s.rows.c.rrule.is_not(None), s.rows.c.due_rrule.is_not(None), s.rows.c.due_kind.in_(_OPEN)))
    rows = (select(r.key, s.plans.c.plan_id, r.ref, r.kind, r.no, r.name, r.due_date, r.due_rrule, r.rrule, r.due_text)
            .join_from(s.rows, s.plans).where(*wanted).order_by(r.key))
    names = (select(a.row_key, a.role, a.name).select_from(s.row_agencies).join(s.rows).join(s.plans)
             .where(*wanted).order_by(a.row_key, a.role, a.position))
    with engine.connect() as connection:
        connection = connection.execution_options(yield_per=_BATCH)
        agencies = groupby(connection.execute(names), key=itemgetter(0))
        key, cells = next(agencies, _NO_MORE)
        for number, plan, ref, kind, no, name, deadline, due_rule, rule, text in connection.execute(rows):
            own: list[tuple[str, str]] = []
            if key == number:
                own = [(role, agency) for _, role, agency in cells]
                key, cells = next(agencies, _NO_MORE)
            if plan not in plans:
                continue  # put in force just now: the book is read anew
            province = plans[plan].province
            sides = {role: [agency for side, agency in own if side == role] for role in ("lead", "coop")}
            named = {role: tuple(dict.fromkeys(filter(None, (keys.key(n, province) for n in side)))) for role, side in sides.items()}
            shared = tuple(sys.intern(n) for n in sides["lead"] if keys.key(n, province) is None)
            yield Work(
                ref, sys.intern(plan), kind, no, _short(name), deadline, None if deadline else rule or due_rule,
                "" if deadline else (text or "")[:_LONGEST_NAME], named["lead"], named["coop"], shared)


def _short(name: str) -> str:
    if len(name) <= _LONGEST_NAME:
        return name.rstrip(" .;")
    return name[:_LONGEST_NAME].rsplit(" ", 1)[0].rstrip(",;:. ") + "…"
