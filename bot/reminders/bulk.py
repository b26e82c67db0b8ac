"""Many lines inserted at once: in PostgreSQL as one statement over one JSON value, which costs it and its driver a fraction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import JSON, Connection, Table, bindparam, column, func, select
from sqlalchemy.dialects import postgresql, sqlite


def insert_many(connection: Connection, table: Table, lines: Sequence[Mapping[str, Any]]) -> None:
    """Insert lines, which all have the same columns. Raises IntegrityError."""
    if connection.dialect.name == "postgresql":
        connection.execute(_over_json(table, tuple(lines[0])), {"lines": _as_json(lines)})
    else:
        connection.execute(table.insert(), lines)


def insert_new(connection: Connection, table: Table, lines: Sequence[Mapping[str, Any]], key: str) -> set[Any]:
    """Insert the lines that are not there yet; the values that those have in a column."""
    if connection.dialect.name == "postgresql":
        statement = _over_json(table, tuple(lines[0])).on_conflict_do_nothing().returning(table.c[key])
        return set(connection.scalars(statement, {"lines": _as_json(lines)}))
    return set(connection.scalars(sqlite.insert(table).on_conflict_do_nothing().returning(table.c[key]), lines))


@lru_cache(maxsize=20)
def _over_json(table: Table, names: tuple[str, ...]) -> postgresql.Insert:
    source = func.json_to_recordset(bindparam("lines", type_=JSON)).table_valued(
        *(column(name, table.c[name].type) for name in names)).render_derived(with_types=True)
    return postgresql.insert(table).from_select(list(names), select(*source.c))


def _as_json(lines: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value if isinstance(value, (str, int, float, type(None))) else value.isoformat() for name, value in line.items()}
            for line in lines]
