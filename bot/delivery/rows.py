"""What inbox and outbox do alike: insert without repeats and in order, claim the next line, change what is claimed, count."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnDefault,
    ColumnElement,
    Connection,
    Engine,
    Executable,
    Row,
    Table,
    and_,
    bindparam,
    exists,
    func,
    select,
    text,
    update,
)
from sqlalchemy.sql.selectable import NamedFromClause

from knowledge.store import writing

#: Chooses lines of a table (under whatever name it has in a query).
Condition = Callable[[NamedFromClause], ColumnElement[bool]]

_LONGEST_KEY = 200
_TURN = text("SELECT pg_advisory_xact_lock(:number)")


def key(name: str) -> str:
    """A name from outside as the database takes it: itself, or its hash where it is very long or has characters no name should have."""
    return name if len(name) <= _LONGEST_KEY and name.isprintable() else f"#{_hash(name, 24).hex()}"


def to_json(value: Mapping[str, Any]) -> str:
    """JSON in ASCII: neither a lone surrogate nor a NUL from a broken client can trouble the database."""
    return json.dumps(value, default=str)


def insert_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert the lines that are not there yet, in their order; how many were new.

    Two transactions that write to one conversation take turns, so that its lines become visible in the order of their numbers.
    """
    if not rows:
        return 0
    if connection.dialect.name == "postgresql":  # SQLite has one writer anyway
        for number in sorted({int.from_bytes(_hash(f"{table.name} {row['conversation']}", 8), "big", signed=True) for row in rows}):
            connection.execute(_TURN, {"number": number})
    defaults = _defaults(table)
    return sum(len(connection.execute(_insertion(table, tuple(row)), {**defaults, **row}).all()) for row in rows)


class Claiming:
    """Claims lines of a table, the first by `order` first. Its queries are made once: making them takes longer than running them.

    `current` says which open lines count at all: each holds up the later ones of its conversation. `wanted` says which of them
    the caller takes. Both may use the parameter `_now` and others that the caller gives, named with an underscore in front.
    """

    def __init__(self, table: Table, current: Condition, wanted: Condition, order: Sequence[str]) -> None:
        line, earlier = table.alias("line"), table.alias("earlier")
        held_up = exists().where(
            earlier.c.conversation == line.c.conversation, earlier.c.done.is_(None), earlier.c.id < line.c.id, current(earlier))
        self._first = (
            select(line.c.id).where(line.c.done.is_(None), line.c.lease <= bindparam("_now"), current(line), wanted(line), ~held_up)
            .order_by(*(line.c[name] for name in order)).limit(1)
        )
        self._take = (
            update(table).where(table.c.id == self._first.with_for_update(skip_locked=True, of=line).scalar_subquery())
            .values(state="working", attempts=table.c.attempts + 1, lease=bindparam("_until")).returning(*table.c)
        )

    def next(self, engine: Engine, **parameters: Any) -> Row[Any] | None:
        """Lease the first line from `_now` to `_until`; the line as it is then, or None where there is nothing to do.

        Two callers never get the same line (SQLite: one writer at a time; PostgreSQL: SKIP LOCKED).
        """
        if engine.dialect.name == "sqlite":  # looking does not need the write lock
            with engine.connect() as connection:
                if connection.scalar(self._first, {name: value for name, value in parameters.items() if name != "_until"}) is None:
                    return None
        with writing(engine, single=True) as connection:
            return connection.execute(self._take, parameters).one_or_none()


def change_held(connection: Connection, table: Table, id: int, attempts: int, **values: Any) -> bool:
    """Change a line that is still with whoever made its claim number `attempts`; False (and no change) where it is not."""
    given = {f"_{name}": value for name, value in values.items()}
    return connection.execute(_change(table, tuple(values)), {**given, "_its_id": id, "_its_attempts": attempts}).rowcount == 1


def count(engine: Engine, table: Table) -> dict[tuple[str, str], int]:
    """How many lines there are by channel and state."""
    grouped = select(table.c.channel, table.c.state, func.count()).group_by(table.c.channel, table.c.state)
    with engine.connect() as connection:
        return {(channel, state): number for channel, state, number in connection.execute(grouped)}


def erase(engine: Engine, table: Table, column: str, before: float, conversation: str | None) -> int:
    """Empty the text of lines done before a time; of one conversation, or of all. How many."""
    chosen = [table.c.done < before, table.c[column] != ""]
    if conversation is not None:
        chosen.append(table.c.conversation == key(conversation))
    with writing(engine) as connection:
        return connection.execute(update(table).where(*chosen).values({column: ""})).rowcount


def _hash(name: str, size: int) -> bytes:
    return hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=size).digest()


@functools.cache
def _defaults(table: Table) -> dict[str, Any]:
    return {column.name: column.default.arg for column in table.c if isinstance(column.default, ColumnDefault)}


@functools.cache
def _insertion(table: Table, names: tuple[str, ...]) -> Executable:
    """As text: SQLAlchemy would compile ON CONFLICT anew each time, which takes longer than the insertion."""
    columns = list(dict.fromkeys([*_defaults(table), *names]))
    values = ", ".join(f":{name}" for name in columns)
    return text(f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({values}) ON CONFLICT DO NOTHING RETURNING id")


@functools.cache
def _change(table: Table, names: tuple[str, ...]) -> Executable:
    ours = and_(table.c.id == bindparam("_its_id"), table.c.state == "working", table.c.attempts == bindparam("_its_attempts"))
    return update(table).where(ours).values({name: bindparam(f"_{name}") for name in names})
