"""The knowledge base as the database holds it now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from sqlalchemy import Engine

from knowledge.model import Row
from knowledge.services.ask.base import KnowledgeBase, PlanHead
from knowledge.services.ask.citations import load_citations, load_closings, load_history
from knowledge.services.ask.packed import signature
from knowledge.services.ask.stored import LARGE, open_stored
from knowledge.store.keyed import iter_with_keys
from knowledge.store.plans import PlanStore, PlanVersion


def revision(engine: Engine) -> int:
    """Grows with every accepted import."""
    return PlanStore(engine).revision()


def load_knowledge(engine: Engine, folder: Path | None = None, *, renew: bool = False,
                   before: KnowledgeBase | None = None) -> KnowledgeBase:
    """All plans in force, indexed; quicker with the state `before`. Raises the store's errors.

    With a folder for the index, a large base leaves its rows in the database (see `stored`); the index is built there where it is
    missing, which takes minutes at a million rows, or with `renew`.
    """
    store = PlanStore(engine)
    now = store.revision()
    plans = store.plans()
    large = folder is not None and sum(p.rows for p in plans) > LARGE
    stored = open_stored(engine, folder, plans, now, renew) if folder and large else None
    closings = load_closings(engine)
    heads = [PlanHead(p.id, p.title, p.province, p.number, p.date, p.issuer, p.kind, p.file, closings.get(p.id, ""))
             for p in plans]
    return KnowledgeBase(heads, () if stored else _rows(engine, plans, before), revision=now, citations=load_citations(engine),
                         history=partial(load_history, engine), stored=stored, versions={p.id: signature(p) for p in plans},
                         before=before)


def _rows(engine: Engine, plans: Sequence[PlanVersion], before: KnowledgeBase | None) -> Iterator[Row]:
    """The rows in force; those of plans that are the same as before are the same objects."""
    known: dict[str, list[Row]] = {}
    if before and not before.stored:
        for row in before.rows:
            known.setdefault(row.plan, []).append(row)
    for plan in plans:
        if before and before.versions.get(plan.id) == signature(plan) and plan.id in known:
            yield from known[plan.id]
        else:
            yield from (row for _, row in iter_with_keys(engine, plan.id, plan.version))
