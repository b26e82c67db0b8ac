"""Which rows of the knowledge base count for a question."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from knowledge.model import Row


@dataclass(frozen=True)
class Scope:
    """Rows of some kinds and plans (None: any) that pass a test. A predicate that the index can look into.

    Kinds and plans cost nothing in a search and never hide a row, however large the base; a test needs the row itself.
    """

    kinds: frozenset[str] | None = None
    plans: frozenset[str] | None = None
    test: Callable[[Row], bool] | None = None

    def __call__(self, row: Row) -> bool:
        """Does the row count?"""
        return ((self.kinds is None or row.kind in self.kinds) and (self.plans is None or row.plan in self.plans)
                and (self.test is None or self.test(row)))

    def of(self, kinds: Collection[str]) -> Scope:
        """Only rows of these kinds."""
        return replace(self, kinds=frozenset(kinds) if self.kinds is None else self.kinds.intersection(kinds))

    def within(self, plans: Collection[str]) -> Scope:
        """Only rows of these plans."""
        return replace(self, plans=frozenset(plans) if self.plans is None else self.plans.intersection(plans))

    def passing(self, test: Callable[[Row], bool]) -> Scope:
        """Only rows that pass this test, too."""
        before = self.test
        return replace(self, test=test if before is None else lambda row: before(row) and test(row))
