"""What was told follows the rows of a plan: a new version may give them other numbers, and old numbers to other rows."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, Engine, Table, delete, func, insert, select, update

from bot.reminders.tables import notices, plans, quiet, requests, state
from knowledge.services.changes import diff
from knowledge.store import PlanStore, hold, writing

_GONE = "~"   # `plan#task:19~3`: row 19 of version 3, whose number another row has now
_MOVING = "~>"


def follow(engine: Engine) -> int:
    """Bring the references up to the plans in force; the revision of the knowledge base that they are of now."""
    store = PlanStore(engine)
    while True:
        revision, known = store.revision(), _known(engine)
        if known is not None and known[0] == revision:
            return revision
        versions = {plan.id: plan.version for plan in store.plans()}
        before = known[1] if known else {}
        renamed = {
            old: new for plan, version in versions.items() if before.get(plan, version) != version
            for old, new in _renamed(store, plan, before[plan], version).items()}
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


def _renamed(store: PlanStore, plan: str, old: int, new: int) -> dict[str, str]:
    """Old reference → new one; of rows that are gone, where another row has the reference now, one that nothing has."""
    after = store.load(plan, new)
    changes = diff(store.load(plan, old), after)
    taken = {row.ref for row in after.rows}
    return {**changes.moved, **{row.ref: f"{row.ref}{_GONE}{old}" for row in changes.gone if row.ref in taken}}


def _write(engine: Engine, before: int | None, revision: int, versions: Mapping[str, int], renamed: Mapping[str, str]) -> bool:
    """False where another process was quicker."""
    with writing(engine) as connection:
        hold(connection, "reminders:references")
        if connection.scalar(select(state.c.revision)) != before:
            return False
        for table in (notices, quiet, requests):
            _rename(connection, table, renamed)
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
