"""What is worked out once a knowledge base and kept as long as it lives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from knowledge.model import Row
from knowledge.services.ask.base import KnowledgeBase

T = TypeVar("T")
_kept: WeakKeyDictionary[KnowledgeBase, dict[str, Any]] = WeakKeyDictionary()


def kept(kb: KnowledgeBase, name: str, make: Callable[[KnowledgeBase], T]) -> T:
    """The value of that name for this knowledge base, made when first asked for."""
    values = _kept.setdefault(kb, {})
    if name not in values:
        values[name] = make(kb)
    value: T = values[name]
    return value


def plans_with(kb: KnowledgeBase, kind: str) -> frozenset[str]:
    """The plans that hold rows of a kind."""
    return kept(kb, f"plans with {kind}", lambda base: frozenset(r.plan for r in base.rows if r.kind == kind))


def targets(kb: KnowledgeBase) -> tuple[Row, ...]:
    """All targets by year, in reading order."""
    return kept(kb, "targets", lambda base: tuple(r for r in base.rows if r.kind == "target"))
