"""The knowledge base as the database holds it now."""

from __future__ import annotations

from functools import partial

from sqlalchemy import Engine

from knowledge.services.ask.base import KnowledgeBase, PlanHead
from knowledge.services.ask.citations import load_citations, load_closings, load_history
from knowledge.store.plans import PlanStore


def revision(engine: Engine) -> int:
    """Grows with every accepted import."""
    return PlanStore(engine).revision()


def load_knowledge(engine: Engine) -> KnowledgeBase:
    """All plans in force, indexed. Raises the store's errors."""
    store = PlanStore(engine)
    now = store.revision()
    closings = load_closings(engine)
    heads = [PlanHead(p.id, p.title, p.province, p.number, p.date, p.issuer, p.kind, p.file, closings.get(p.id, "")) for p in store.plans()]
    return KnowledgeBase(heads, store.iter_rows(), revision=now, citations=load_citations(engine), history=partial(load_history, engine))
