"""What was told follows the rows of a plan: a new version may give them other numbers, and old numbers to other rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import Connection, Engine, Table, delete, func, insert, select, update

from bot.reminders.pending import pending, withdraw
from bot.reminders.tables import notices, plans, quiet, requests, state
from knowledge.services.changes import diff
from knowledge.store import PlanStore, hold, writing

_GONE = "~"   # `plan#task:19~3`: row 19 as of version 3, gone since: its number may be another row's one day
_MOVING = "~>"
_FOLLOWING = (notices, quiet, requests)


def follow(engine: Engine) -> int:
    """Bring the references up to the plans in force; the revision of the knowledge base that they are of now."""
    store = PlanStore(engine)
    while True:
        revision, known = store.revision(), _known(engine)
        if known is not None and known[0] == revision:
            return revision
        versions = {plan.id: plan.version for plan in store.plans()}
        before = known[1] if known else {}
        renamed: dict[str, str] = {}
        for plan, version in versions.items():
            if before.get(plan, version) != version:
                renamed |= _renamed(engine, store, plan, before[plan], version)
        if _write(engine, known[0] if known else None, revision, {**before, **versions}, renamed):
            return revision


def current(connection: Connection, revision: int) -> bool:
    """Are the references still those of a revision? They stay so until the transaction ends."""
    hold(connection, "reminders:references", shared=True)
    return connection.scalar(select(state.c.revision)) == revision


def number(ref: str) -> str:
    """A row's number as people know it, of a reference that may be one of an earlier version."""
    return ref.rsplit(":", 1)[-1].split(_GONE, 1)[0]


def _known(engine: Engine) -> tuple[int, dict[str, int]] | None:
    with engine.connect() as connection:
        revision = connection.scalar(select(state.c.revision))
        versions = {line.plan_id: line.version for line in connection.execute(select(plans.c.plan_id, plans.c.version))}
    return None if revision is None else (revision, versions)


def _renamed(engine: Engine, store: PlanStore, plan: str, old: int, new: int) -> dict[str, str]:
    """Old reference → new one, of rows with another number, that are gone, or that are back from an earlier version."""
    before, after = store.load(plan, old), store.load(plan, new)
    changes, known = diff(before, after), {row.ref for row in before.rows}
    unknown = [row.ref for row in after.rows if row.ref not in known]  # what is left under it is of a row nobody knows any more
    aside = {ref: f"{ref}{_GONE}{old}" for ref in (*unknown, *(row.ref for row in changes.gone))}
    return {**aside, **changes.moved, **_back(engine, store, plan, {row.ref: row.name for row in changes.new})}


def _back(engine: Engine, store: PlanStore, plan: str, new: Mapping[str, str]) -> dict[str, str]:
    """Of rows that were gone those that the plan has again: `new` are the names of its new rows by reference."""
    with engine.connect() as connection:
        left = {ref for table in _FOLLOWING for ref in connection.scalars(
            select(table.c.ref).where(table.c.ref.like(f"{plan}#%{_GONE}%")).distinct())}
    versions: defaultdict[int, list[str]] = defaultdict(list)
    for ref, _, version in (gone.rpartition(_GONE) for gone in left):
        if ref in new and version.isdecimal():
            versions[int(version)].append(ref)
    back: dict[str, str] = {}
    for old, refs in sorted(versions.items()):  # the latest version has the last word
        names = {row.ref: row.name for row in store.load(plan, old).rows}
        back |= {ref: f"{ref}{_GONE}{old}" for ref in refs if names.get(ref) == new[ref]}
    return {gone: ref for ref, gone in back.items()}


def _write(engine: Engine, before: int | None, revision: int, versions: Mapping[str, int], renamed: Mapping[str, str]) -> bool:
    """False where another process was quicker."""
    with writing(engine) as connection:
        hold(connection, "reminders:references")
        if connection.scalar(select(state.c.revision)) != before:
            return False
        for table in _FOLLOWING:
            _rename(connection, table, renamed)
        _withdraw_questions(connection, renamed)
        connection.execute(delete(plans))
        if versions:
            connection.execute(insert(plans), [{"plan_id": plan, "version": version} for plan, version in versions.items()])
        if before is None:
            connection.execute(insert(state).values(id=1, revision=revision))
        else:
            connection.execute(update(state).values(revision=revision))
    return True


def _rename(connection: Connection, table: Table, renamed: Mapping[str, str]) -> None:
    """In two steps, because numbers may change places (5 ↔ 6)."""
    for old, new in renamed.items():
        connection.execute(update(table).where(table.c.ref == old).values(ref=_MOVING + new))
    if renamed:
        moving = table.c.ref.like(f"{_MOVING}%")
        connection.execute(update(table).where(moving).values(ref=func.substr(table.c.ref, len(_MOVING) + 1)))


def _withdraw_questions(connection: Connection, renamed: Mapping[str, str]) -> None:
    """What somebody was asked about rows that have other references now is off the table: a "có" would be about another row."""
    for conversation, question in connection.execute(select(pending.c.conversation, pending.c.question)).all() if renamed else ():
        if any(f'"{ref}"' in question for ref in renamed):
            withdraw(connection, conversation)
