"""`PlanStore`: plans in versions, saved all or nothing, read back exactly as they were.

    store = PlanStore(engine)                       # after migrate(engine)
    version = store.save(plan)                      # in force at once; the one before is kept as superseded
    plan = store.load("hg-kh-2025-phu-luc")         # the version in force; load(id, 2) any other
    for info in store.plans(): ...                  # PlanVersion of each plan in force
    store.rows(kind="task", agencies=["Sở Y tế"], due_to=date(2025, 12, 31))
    store.revision()                                # grows with every accepted import, on every process
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timezone
from typing import Any

from sqlalchemy import Connection, Engine, Select, bindparam, func, select, text, update

from knowledge.model import Kind, Plan, Row
from knowledge.store import errors, queries, registry
from knowledge.store import schema as s
from knowledge.store.engine import writing
from knowledge.store.rows import agency_lines, plan_line, row_line, to_plan

CHANNEL = "troly_plans"
_BATCH = 2000


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(timezone.utc)


@dataclass(frozen=True)
class PlanVersion:
    """One version of a plan without its rows. `status`: accepted (in force), superseded, draft.

    `origin`: shipped, import or restore; `content_hash`: of what it was read from; `rows`: how many.
    """

    id: str
    version: int
    status: str
    title: str
    number: str | None
    date: date | None
    issuer: str | None
    province: str | None
    kind: str
    file: str
    imported_at: datetime
    origin: str
    content_hash: str
    note: str
    rows: int


class PlanStore:
    """The plans of one database. Cheap to make; holds nothing but the engine and the clock."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime] = utc_now) -> None:
        self.engine = engine
        self.clock = clock

    # -- writing ---------------------------------------------------------------------------------------------------------

    def save(self, plan: Plan, *, status: str = "accepted", origin: str = "import", content_hash: str = "", note: str = "",
             moved: Mapping[str, str] | None = None, over: int | None = None) -> int:
        """Save the plan as its next version in one transaction and return the version's number.

        `accepted` puts it in force, supersedes the version before and raises `revision`; `draft` only keeps it.
        `moved` maps old references to new ones where rows were renumbered: reported progress follows them.
        `over` is the version that must be in force now (0: none), else PlanChanged is raised and nothing is saved.
        Values of `extra` must be JSON (lists, not tuples), else the plan does not come back equal.
        """
        _check(plan, status)
        with writing(self.engine) as connection:
            revision = _take_turn(connection, raise_by=1 if status == "accepted" else 0)
            if over is not None and over != _number_in_force(connection, plan.id):
                raise errors.plan_changed(plan.id)
            version = 1 + (connection.scalar(select(func.max(s.plans.c.version)).where(s.plans.c.plan_id == plan.id)) or 0)
            if status == "accepted":
                _supersede(connection, plan.id)
            key = _next_key(connection, s.plans)
            connection.execute(s.plans.insert(), plan_line(
                plan, key, version, status=status, origin=origin, content_hash=content_hash, note=note, imported_at=self.clock()))
            registry.insert_mentions(connection, plan, key)
            _insert_rows(connection, plan, key)
            if status == "accepted":
                _in_force(connection, plan.id, revision, moved or {})
        return version

    def accept(self, plan_id: str, version: int, moved: Mapping[str, str] | None = None) -> int:
        """Put a draft in force. Returns its version, which becomes the highest so that versions tell the order."""
        with writing(self.engine) as connection:
            revision = _take_turn(connection, raise_by=1)
            line = _version_line(connection, plan_id, version)
            if line["status"] == "accepted":
                return version
            _supersede(connection, plan_id)
            latest = connection.scalar(select(func.max(s.plans.c.version)).where(s.plans.c.plan_id == plan_id)) or 0
            number = version if latest == version else latest + 1
            connection.execute(update(s.plans).where(s.plans.c.key == line["key"]).values(
                status="accepted", version=number, imported_at=self.clock()))
            _in_force(connection, plan_id, revision, moved or {})
        return number

    def restore(self, plan_id: str, version: int, moved: Mapping[str, str] | None = None) -> int:
        """Put an older version in force again, as a new version that copies it; returns the new version's number."""
        old = self.version(plan_id, version)
        return self.save(self.load(plan_id, version), origin="restore", content_hash=old.content_hash,
                         note=f"khôi phục bản {version}", moved=moved)

    def withdraw(self, plan_id: str) -> None:
        """Take a plan out of force; its versions stay and can be restored."""
        with writing(self.engine) as connection:
            revision = _take_turn(connection, raise_by=1)
            if not _supersede(connection, plan_id):
                raise errors.unknown_plan(plan_id)
            _in_force(connection, plan_id, revision, {})

    def set_content_hash(self, plan_id: str, version: int, content_hash: str) -> None:
        """Note that the version equals what is read today from changed sources. Does not count as an import."""
        with writing(self.engine) as connection:
            connection.execute(update(s.plans).where(
                s.plans.c.plan_id == plan_id, s.plans.c.version == version).values(content_hash=content_hash))

    # -- reading ---------------------------------------------------------------------------------------------------------

    def revision(self) -> int:
        """A number that grows with every accepted import; one tiny query, meant to be polled every second or before a turn."""
        with self.engine.connect() as connection:
            return _revision(connection)

    def plans(self) -> list[PlanVersion]:
        """The plans in force, by id."""
        return self._versions(s.plans.c.status == "accepted")

    def versions(self, plan_id: str) -> list[PlanVersion]:
        """All versions of a plan, oldest first; drafts among them. Empty for an unknown plan."""
        return self._versions(s.plans.c.plan_id == plan_id)

    def version(self, plan_id: str, version: int | None = None) -> PlanVersion:
        """One version, by default the one in force. Raises UnknownPlan."""
        for found in self.versions(plan_id):
            if found.version == version or (version is None and found.status == "accepted"):
                return found
        raise errors.unknown_plan(plan_id, version)

    def previous(self, plan_id: str) -> PlanVersion | None:
        """The version that was in force before the one that is now."""
        before = [v for v in self.versions(plan_id) if v.status == "superseded"]
        return before[-1] if before else None

    def load(self, plan_id: str, version: int | None = None) -> Plan:
        """The plan with all rows exactly as saved; by default the version in force. Raises UnknownPlan."""
        with self.engine.connect() as connection:
            line = _version_line(connection, plan_id, version)
            rows = queries.stream(connection, queries.all_rows().where(s.rows.c.plan_key == line["key"]))
            return to_plan(line, list(rows), registry.plan_documents(connection, line["key"]))

    def rows(self, *, kind: Kind | Collection[Kind] | None = None, plans: Collection[str] | None = None,
             refs: Collection[str] | None = None, province: str | None = None, group: str | None = None,
             agencies: Collection[str] | None = None, role: str | None = None, due_from: date | None = None,
             due_to: date | None = None, doubtful: bool | None = None, limit: int | None = None) -> list[Row]:
        """Rows of the plans in force by plan id and reading order; every filter given must hold.

        `agencies` are names as plans write them, compared without case and diacritics, in `role` lead, coop or either;
        `due_from`, `due_to` bound the last allowed day (both inclusive).
        """
        query = queries.select_rows(kind=kind, plans=plans, refs=refs, province=province, group=group, agencies=agencies,
                                    role=role, due_from=due_from, due_to=due_to, doubtful=doubtful, limit=limit)
        with self.engine.connect() as connection:
            return list(queries.stream(connection, query))

    def iter_rows(self, plans: Collection[str] | None = None) -> Iterator[Row]:
        """All rows in force without holding them in memory at once; for exports and for building an index."""
        # Plan by plan, along the index of (plan, position): nothing to sort, however many rows there are.
        for info in self.plans():
            if plans is None or info.id in plans:
                with self.engine.connect() as connection:
                    yield from queries.stream(connection, queries.select_rows(plans=[info.id]))

    def row(self, ref: str) -> Row | None:
        """The row with this reference among the plans in force."""
        found = self.rows(refs=[ref])
        return found[0] if found else None

    def counts(self) -> dict[str, dict[str, int]]:
        """Rows in force by plan id and kind."""
        query = (select(s.plans.c.plan_id, s.rows.c.kind, func.count()).join_from(s.plans, s.rows)
                 .where(s.plans.c.status == "accepted").group_by(s.plans.c.plan_id, s.rows.c.kind))
        out: dict[str, dict[str, int]] = {}
        with self.engine.connect() as connection:
            for plan_id, kind, count in connection.execute(query):
                out.setdefault(plan_id, {})[kind] = count
        return out

    def _versions(self, condition: Any) -> list[PlanVersion]:
        with self.engine.connect() as connection:
            return [_to_version(line) for line in connection.execute(_version_query().where(condition)).mappings()]


def _check(plan: Plan, status: str) -> None:
    if status not in ("accepted", "draft"):
        raise ValueError(f"a plan is saved as accepted or draft, not {status!r}")
    if not 0 < len(plan.id) <= 200:
        raise ValueError("a plan needs an id of 1 to 200 characters")
    strange = next((row for row in plan.rows if row.plan != plan.id), None)
    if strange:
        raise ValueError(f"row {strange.ref} is not of plan {plan.id}")
    # Longer ones can't be indexed by PostgreSQL, and no document has such numbers.
    if any(len(no) > 200 for no in [row.no for row in plan.rows] + [d.number for d in plan.documents]):
        raise ValueError(f"a row or document of plan {plan.id} has a number of more than 200 characters")


def _take_turn(connection: Connection, raise_by: int) -> int:
    """Lock the state line until the end of the transaction, so that imports take turns; the new revision."""
    connection.execute(update(s.state).values(revision=s.state.c.revision + raise_by))
    return _revision(connection)


def _revision(connection: Connection) -> int:
    return int(connection.scalar(select(s.state.c.revision)) or 0)


def _number_in_force(connection: Connection, plan_id: str) -> int:
    return int(connection.scalar(select(s.plans.c.version).where(
        s.plans.c.plan_id == plan_id, s.plans.c.status == "accepted")) or 0)


def _supersede(connection: Connection, plan_id: str) -> int:
    changed = connection.execute(update(s.plans).where(
        s.plans.c.plan_id == plan_id, s.plans.c.status == "accepted").values(status="superseded"))
    return changed.rowcount


def _in_force(connection: Connection, plan_id: str, revision: int, moved: Mapping[str, str]) -> None:
    """What follows from another version being in force: the document registry, progress, a word to the other processes."""
    registry.refresh(connection, plan_id)
    _move_status(connection, moved)
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_notify(:channel, :revision)"), {"channel": CHANNEL, "revision": str(revision)})


def _move_status(connection: Connection, moved: Mapping[str, str]) -> None:
    """Reported progress follows renumbered rows. By key, because numbers may change places (5 ↔ 6)."""
    if not moved:
        return
    found = connection.execute(select(s.row_status.c.key, s.row_status.c.ref).where(s.row_status.c.ref.in_(list(moved)))).all()
    if found:
        connection.execute(update(s.row_status).where(s.row_status.c.key == bindparam("k")).values(ref=bindparam("r")),
                           [{"k": key, "r": moved[ref]} for key, ref in found])


def _next_key(connection: Connection, table: Any) -> int:
    return 1 + int(connection.scalar(select(func.max(table.c.key))) or 0)


def _insert_rows(connection: Connection, plan: Plan, plan_key: int) -> None:
    numbered = enumerate(plan.rows, start=_next_key(connection, s.rows))
    position = itertools.count()
    while batch := list(itertools.islice(numbered, _BATCH)):
        connection.execute(s.rows.insert(), [row_line(row, key, plan_key, next(position)) for key, row in batch])
        agencies = [line for key, row in batch for line in agency_lines(row, key)]
        if agencies:
            connection.execute(s.row_agencies.insert(), agencies)
        registry.insert_row_mentions(connection, plan.documents, batch)


def _version_query() -> Select[Any]:
    # The last position, not a count: one step in an index, however many rows there are.
    count = select(func.coalesce(func.max(s.rows.c.position) + 1, 0)).where(s.rows.c.plan_key == s.plans.c.key).scalar_subquery()
    columns = [c for c in s.plans.c if c.name not in ("furniture", "unplaced")]
    return select(*columns, count.label("rows")).order_by(s.plans.c.plan_id, s.plans.c.version)


def _to_version(line: Mapping[Any, Any]) -> PlanVersion:
    return PlanVersion(
        line["plan_id"], line["version"], line["status"], line["title"], line["number"], line["date"], line["issuer"],
        line["province"], line["kind"], line["file"], line["imported_at"], line["origin"], line["content_hash"], line["note"],
        line["rows"])


def _version_line(connection: Connection, plan_id: str, version: int | None) -> Mapping[Any, Any]:
    which = s.plans.c.status == "accepted" if version is None else s.plans.c.version == version
    line = connection.execute(select(s.plans).where(s.plans.c.plan_id == plan_id, which)).mappings().first()
    if line is None:
        raise errors.unknown_plan(plan_id, version)
    return line
