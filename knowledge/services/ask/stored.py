"""A knowledge base whose rows stay in the database: found by a packed index, fetched when an answer needs them.

What the last build of the index does not hold yet, the plans accepted since, is packed in memory beside it, so that an import is
answered at once; when that has grown, the index is to be built anew (`Stored.outgrown`).
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock

from sqlalchemy import Engine

from knowledge.model import Row
from knowledge.search import Index
from knowledge.search.files import NoSegment
from knowledge.services.ask.packed import Packed, build, newest, open_state, pack, signature
from knowledge.store.engine import describe
from knowledge.store.keyed import rows_by_key
from knowledge.store.plans import PlanStore, PlanVersion

#: With more rows than this in force, rows stay in the database.
LARGE = 20_000
#: With more rows than this beside the index, it is to be built anew soon; with more than `LARGE`, before anything is answered.
OUTGROWN = 5_000
_KEPT_ROWS = 20_000


@dataclass(frozen=True)
class Stored:
    """The rows in force without the rows themselves. `outgrown`: the index in the folder holds too few of them."""

    engine: Engine
    packed: tuple[Packed, ...]
    count: int
    outgrown: bool

    @cached_property
    def index(self) -> Index:
        """The search over all rows but titles of groups."""
        return Index.of([p.rows for p in self.packed], self.keeper.fetch)

    @cached_property
    def group_index(self) -> Index:
        """The search over titles of groups."""
        return Index.of([p.groups for p in self.packed], self.keeper.fetch)

    @cached_property
    def rows(self) -> Collection[Row]:
        """All rows; each walk over them reads them from the database."""
        return StoredRows(PlanStore(self.engine), self.count)

    @cached_property
    def by_ref(self) -> Mapping[str, Row]:
        """The rows by their references."""
        return RowsByRef(PlanStore(self.engine), self.count)

    @cached_property
    def keeper(self) -> RowKeeper:
        """The rows that were fetched last."""
        return RowKeeper(self.engine)

    def groups(self) -> tuple[Row, ...]:
        """The titles of groups."""
        return tuple(PlanStore(self.engine).rows(kind="group"))

    def agencies(self) -> frozenset[str]:
        """The names of agencies in the plans, as written."""
        return frozenset().union(*(p.agencies for p in self.packed))


def folder_for(engine: Engine, folder: Path) -> Path:
    """Where the index of this database is, among those of others."""
    return folder / hashlib.sha256(describe(engine).encode()).hexdigest()[:12]


def needs_build(engine: Engine, folder: Path) -> bool:
    """Would `open_stored` have to build the index?"""
    plans = PlanStore(engine).plans()
    return sum(p.rows for p in plans) > LARGE and _near(folder_for(engine, folder), plans) is None


def open_stored(engine: Engine, folder: Path, plans: Sequence[PlanVersion], revision: int, renew: bool = False) -> Stored:
    """The plans in force by the index in the folder; builds it first where it is not there, or too old, or to be renewed."""
    place, count = folder_for(engine, folder), sum(p.rows for p in plans)
    state = None if renew else _near(place, plans)
    if state is None:
        return Stored(engine, (open_state(build(engine, place, plans, revision)),), count, outgrown=False)
    packed, missing = state
    beside = [pack(engine, missing)] if missing else []
    return Stored(engine, (packed, *beside), count, sum(p.rows for p in missing) > OUTGROWN)


def _near(place: Path, plans: Sequence[PlanVersion]) -> tuple[Packed, list[PlanVersion]] | None:
    """The latest state in the folder and the plans that it lacks; None where that is too much, or there is none."""
    found = newest(place)
    if found is None:
        return None
    folder, held = found
    in_force = {p.id: signature(p) for p in plans}
    missing = [p for p in plans if held.get(p.id) != signature(p)]
    if sum(p.rows for p in missing) > LARGE:
        return None
    try:
        return open_state(folder, frozenset(plan for plan, signed in held.items() if in_force.get(plan) != signed)), missing
    except NoSegment:
        return None


class StoredRows(Collection[Row]):
    """All rows in force, read from the database on each walk."""

    def __init__(self, store: PlanStore, count: int) -> None:
        self._store, self._count = store, count

    def __iter__(self) -> Iterator[Row]:
        return self._store.iter_rows()

    def __len__(self) -> int:
        return self._count

    def __contains__(self, row: object) -> bool:
        return isinstance(row, Row) and self._store.row(row.ref) == row


class RowsByRef(Mapping[str, Row]):
    """The rows in force by reference, each looked up in the database."""

    def __init__(self, store: PlanStore, count: int) -> None:
        self._store, self._count = store, count

    def __getitem__(self, ref: str) -> Row:
        row = self._store.row(ref)
        if row is None:
            raise KeyError(ref)
        return row

    def __iter__(self) -> Iterator[str]:
        return (row.ref for row in self._store.iter_rows())

    def __len__(self) -> int:
        return self._count


class RowKeeper:
    """Fetches rows by their keys and keeps the last ones. Rows of a version never change, so what is kept is never wrong."""

    def __init__(self, engine: Engine, most: int = _KEPT_ROWS) -> None:
        self._engine, self._most = engine, most
        self._rows: OrderedDict[int, Row] = OrderedDict()
        self._lock = Lock()

    def fetch(self, keys: Sequence[int]) -> list[Row]:
        """The rows in the order of their keys. Raises KeyError for one that is not in the database."""
        with self._lock:
            known = {k: self._rows[k] for k in keys if k in self._rows}
        found = rows_by_key(self._engine, [k for k in keys if k not in known])
        rows = {**known, **found}
        with self._lock:
            for k in keys:
                self._rows[k] = rows[k]
                self._rows.move_to_end(k)
            while len(self._rows) > self._most:
                self._rows.popitem(last=False)
        return [rows[k] for k in keys]

    def clear(self) -> None:
        """Keeps nothing."""
        with self._lock:
            self._rows.clear()
