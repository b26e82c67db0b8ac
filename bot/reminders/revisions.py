"""How often a row's dates have changed since calendars first showed it, and when last: what iCalendar calls SEQUENCE."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Column, Double, Engine, Integer, String, Table, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.reminders.tables import metadata, prepare
from knowledge.store import writing

#: One line a row that a calendar has shown: what it said (`state`), how often that changed, when last (UTC seconds).
revisions = Table(
    "calendar_revisions", metadata,
    Column("ref", String(300), primary_key=True),
    Column("state", String(64), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("changed", Double, nullable=False),
)
_BATCH = 500


@dataclass(frozen=True)
class Revision:
    """`sequence` from 0; `changed` in UTC seconds."""

    sequence: int
    changed: float


class Revisions:
    """Keeps count. Methods block shortly."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._insert = (postgresql if engine.dialect.name == "postgresql" else sqlite).insert
        prepare(engine)

    def of(self, states: Mapping[str, str], now: float) -> dict[str, Revision]:
        """The revisions of rows (state by reference, both short), those that are new or say something else counted up."""
        known = self._read(list(states))
        changed = {ref: state for ref, state in states.items() if ref not in known or known[ref][0] != state}
        if changed:
            self._write(changed, now)
            known = self._read(list(states))
        return {ref: known[ref][1] for ref in states}

    def _read(self, refs: list[str]) -> dict[str, tuple[str, Revision]]:
        found: dict[str, tuple[str, Revision]] = {}
        with self._engine.connect() as connection:
            for start in range(0, len(refs), _BATCH):
                query = select(revisions).where(revisions.c.ref.in_(refs[start:start + _BATCH]))
                found |= {line.ref: (line.state, Revision(line.sequence, line.changed)) for line in connection.execute(query)}
        return found

    def _write(self, changed: Mapping[str, str], now: float) -> None:
        """Another process that saw the same change first has counted it."""
        statement = self._insert(revisions)
        statement = statement.on_conflict_do_update(
            index_elements=["ref"], where=revisions.c.state != statement.excluded.state,
            set_={"state": statement.excluded.state, "sequence": revisions.c.sequence + 1, "changed": statement.excluded.changed})
        lines = [{"ref": ref, "state": state, "sequence": 0, "changed": now} for ref, state in sorted(changed.items())]
        with writing(self._engine) as connection:
            for start in range(0, len(lines), _BATCH):
                connection.execute(statement, lines[start:start + _BATCH])
