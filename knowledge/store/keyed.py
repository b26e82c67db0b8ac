"""Rows by their keys: what a search index remembers of a row, so that it need not hold the row itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import BindParameter, Engine, bindparam, select

from knowledge.model import Row
from knowledge.store import queries
from knowledge.store import schema as s
from knowledge.store.rows import to_row

# Made once: putting a statement together takes longer than running it.
_KEYS: BindParameter[list[int]] = bindparam("keys", expanding=True)
_ROWS = queries.all_rows().order_by(None).where(s.rows.c.key.in_(_KEYS))
_AGENCIES = (select(s.row_agencies.c.row_key, s.row_agencies.c.role, s.row_agencies.c.name).where(s.row_agencies.c.row_key.in_(_KEYS))
             .order_by(s.row_agencies.c.row_key, s.row_agencies.c.role, s.row_agencies.c.position))


def iter_with_keys(engine: Engine, plan_id: str, version: int) -> Iterator[tuple[int, Row]]:
    """(key, row) of one version of a plan in reading order."""
    query = queries.all_rows().where(s.plans.c.plan_id == plan_id, s.plans.c.version == version)
    with engine.connect() as connection:
        yield from queries.stream_with_keys(connection, query)


def rows_by_key(engine: Engine, keys: Sequence[int]) -> dict[int, Row]:
    """The rows of some keys, of any version of any plan; those that are not there are left out."""
    if not keys:
        return {}
    with engine.connect() as connection:
        lines = connection.execute(_ROWS, {"keys": list(keys)}).mappings().all()
        names: dict[int, dict[str, list[str]]] = {}
        for key, role, name in connection.execute(_AGENCIES, {"keys": list(keys)}):
            names.setdefault(key, {}).setdefault(role, []).append(name)
    return {line["key"]: to_row(line, line["plan_id"], *(tuple(names.get(line["key"], {}).get(role, ())) for role in ("lead", "coop")))
            for line in lines}
