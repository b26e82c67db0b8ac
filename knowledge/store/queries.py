"""Reading rows: the filters, and putting rows together with their agencies in batches."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, select

from knowledge.model import Kind, Row
from knowledge.store import schema as s
from knowledge.store.rows import folded, to_row

_BATCH = 2000


def all_rows() -> Select[Any]:
    """Every row of every version, in reading order inside each; with its plan's id."""
    return select(s.rows, s.plans.c.plan_id).join_from(s.rows, s.plans).order_by(s.plans.c.plan_id, s.rows.c.position)


def select_rows(*, kind: Kind | Collection[Kind] | None = None, plans: Collection[str] | None = None,
                refs: Collection[str] | None = None, province: str | None = None, group: str | None = None,
                agencies: Collection[str] | None = None, role: str | None = None, due_from: date | None = None,
                due_to: date | None = None, doubtful: bool | None = None, limit: int | None = None) -> Select[Any]:
    """The rows in force that meet every condition given (see `PlanStore.rows`)."""
    query = all_rows().where(s.plans.c.status == "accepted")
    if kind is not None:
        query = query.where(s.rows.c.kind.in_([kind] if isinstance(kind, str) else list(kind)))
    if plans is not None:
        query = query.where(s.plans.c.plan_id.in_(list(plans)))
    if refs is not None:
        query = query.where(s.rows.c.ref.in_(list(refs)))
    if province is not None:
        query = query.where(s.plans.c.province == province)
    if group is not None:
        query = query.where(s.rows.c.group_no == group)
    if agencies is not None:
        query = query.where(s.rows.c.key.in_(_keys_of_agencies(agencies, role)))
    if due_from is not None:
        query = query.where(s.rows.c.due_date >= due_from)
    if due_to is not None:
        query = query.where(s.rows.c.due_date <= due_to)
    if doubtful is not None:
        query = query.where(s.rows.c.doubt.is_not(None) if doubtful else s.rows.c.doubt.is_(None))
    return query if limit is None else query.limit(limit)


def _keys_of_agencies(names: Collection[str], role: str | None) -> Select[Any]:
    query = select(s.row_agencies.c.row_key).where(s.row_agencies.c.folded.in_([folded(name) for name in names]))
    return query if role is None else query.where(s.row_agencies.c.role == role)


def stream(connection: Connection, query: Select[Any]) -> Iterator[Row]:
    """The rows of a query made from `all_rows`, a batch in memory at a time."""
    return (row for _, row in stream_with_keys(connection, query))


def stream_with_keys(connection: Connection, query: Select[Any]) -> Iterator[tuple[int, Row]]:
    """The same with the key of each row, which stays as it is for as long as there is this version of its plan."""
    result = connection.execution_options(yield_per=_BATCH).execute(query)
    for batch in result.mappings().partitions(_BATCH):
        agencies = _agencies(connection, [line["key"] for line in batch])
        for line in batch:
            names = agencies.get(line["key"], {})
            yield line["key"], to_row(line, line["plan_id"], tuple(names.get("lead", ())), tuple(names.get("coop", ())))


def _agencies(connection: Connection, keys: list[int]) -> Mapping[int, dict[str, list[str]]]:
    a = s.row_agencies.c
    out: dict[int, dict[str, list[str]]] = {}
    query = select(a.row_key, a.role, a.name).where(a.row_key.in_(keys)).order_by(a.row_key, a.role, a.position)
    for key, role, name in connection.execute(query):
        out.setdefault(key, {}).setdefault(role, []).append(name)
    return out
