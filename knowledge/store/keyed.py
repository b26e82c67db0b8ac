"""Rows by their keys: what a search index remembers of a row, so that it need not hold the row itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Engine

from knowledge.model import Row
from knowledge.store import queries
from knowledge.store import schema as s


def iter_with_keys(engine: Engine, plan_id: str, version: int) -> Iterator[tuple[int, Row]]:
    """(key, row) of one version of a plan in reading order."""
    query = queries.all_rows().where(s.plans.c.plan_id == plan_id, s.plans.c.version == version)
    with engine.connect() as connection:
        yield from queries.stream_with_keys(connection, query)


def rows_by_key(engine: Engine, keys: Sequence[int]) -> dict[int, Row]:
    """The rows of some keys, of any version of any plan; those that are not there are left out."""
    if not keys:
        return {}
    query = queries.all_rows().order_by(None).where(s.rows.c.key.in_(list(keys)))
    with engine.connect() as connection:
        return dict(queries.stream_with_keys(connection, query))
