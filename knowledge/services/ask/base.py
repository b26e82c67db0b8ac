"""The knowledge base as the answers see it: all rows in force, indexed, with the registry of agencies."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from knowledge.agencies.registry import Registry
from knowledge.entities import EntityFinder
from knowledge.model import Agency, LegalDocument, Row, ref_plan
from knowledge.search import Hit, Index, Scope
from knowledge.services.ask.citations import Citation, History
from knowledge.services.ask.stored import Stored
from knowledge.text.normalize import fold

WORK_KINDS = ("task", "duty", "reporting")
MEASURE_KINDS = ("indicator", "target")
_NO_WORD = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class PlanHead:
    """What an answer says of a plan: its title, province and number."""

    id: str
    title: str
    province: str | None = None
    number: str | None = None
    date: date | None = None
    issuer: str | None = None
    kind: str = "plan"
    file: str = ""
    closing: str = ""


class KnowledgeBase:
    """One state of the knowledge base. Never changes; a new import makes a new one.

    A small one holds all rows. Of a large one (`stored`) the rows stay in the database: `search` and `by_ref` fetch the few that
    an answer needs, but a walk over `rows` reads them all, so lists take long there. Up to `stored.LARGE` rows lists are quick.

    `versions` tells which version of each plan this is; what is the same in the state `before` is taken over from it.
    """

    def __init__(self, plans: Iterable[PlanHead], rows: Iterable[Row] = (), documents: Iterable[LegalDocument] = (),
                 registry: Registry | None = None, revision: int = 0, citations: Iterable[Citation] = (),
                 history: Callable[[str], History] | None = None, stored: Stored | None = None,
                 versions: Mapping[str, str] | None = None, before: KnowledgeBase | None = None) -> None:
        self.revision = revision
        self.stored = stored
        self.versions = versions or {}
        self.plans = {p.id: p for p in plans}
        self.rows: Collection[Row] = stored.rows if stored else tuple(rows)
        self.citations = {c.document.number: c for c in (*map(Citation, documents), *citations)}
        self.documents = {number: c.document for number, c in self.citations.items()}
        self.history = history or (lambda plan_id: History(1))
        self.registry = registry or Registry.load()
        self.by_ref: Mapping[str, Row] = stored.by_ref if stored else {r.ref: r for r in self.rows}
        self.index: Index = stored.index if stored else Index((r for r in self.rows if r.kind != "group"), before.index if before else None)
        self._slugs: dict[str, str] = {}

    @cached_property
    def provinces(self) -> frozenset[str]:
        """The provinces whose plans are held, as slugs."""
        return frozenset(plan.province for plan in self.plans.values() if plan.province)

    def provinces_of(self, refs: Iterable[str]) -> set[str | None]:
        """The provinces of the plans in which these rows stand."""
        return {self.plans[plan].province for plan in map(ref_plan, refs) if plan in self.plans}

    @cached_property
    def groups(self) -> tuple[Row, ...]:
        """The titles of groups."""
        return self.stored.groups() if self.stored else tuple(r for r in self.rows if r.kind == "group")

    @cached_property
    def group_index(self) -> Index:
        """The search over group titles alone."""
        return self.stored.group_index if self.stored else Index(self.groups)

    @cached_property
    def finder(self) -> EntityFinder:
        """Names in questions: the registry's and those that only the plans hold."""
        names = self.stored.agencies() if self.stored else {n for r in self.rows for n in (*r.lead, *r.coop)}
        unknown = {n for n in names if self.registry.resolve(n) is None}
        return EntityFinder(self.registry, [(n, self.slug(n)) for n in sorted(unknown)], sorted(self.provinces))

    def slug(self, name: str) -> str:
        """The registry's slug of an agency's name; for one that it does not know, a slug made from the name."""
        if name not in self._slugs:
            found = self.registry.resolve(name)
            self._slugs[name] = found.slug if found else _NO_WORD.sub("-", fold(name)).strip("-")
        return self._slugs[name]

    def agency(self, slug: str) -> Agency:
        """The agency of a slug; one that the registry does not know is named as the plans write it."""
        found = self.registry.get(slug)
        if found:
            return found
        name = next((n for n, s in self._slugs.items() if s == slug), slug)
        return Agency(slug, name)

    def is_collective(self, name: str) -> bool:
        """Does a name in a cell stand for many agencies?"""
        found = self.registry.resolve(name)
        return found is not None and found.kind == "collective"

    def leads(self, row: Row, slug: str) -> bool:
        """Is the agency named as a lead of the row?"""
        return slug in map(self.slug, row.lead)

    def cooperates(self, row: Row, slug: str) -> bool:
        """Is the agency named as cooperating in the row?"""
        return slug in map(self.slug, row.coop)

    def covered(self, names: Sequence[str], agency: Agency) -> bool:
        """Does a collective among the names stand for the agency too?"""
        return any(self.is_collective(n) and self.registry.collective_covers(n, agency) for n in names)

    def in_scope(self, province: str | None) -> Scope:
        """The rows of a province's plans; all rows without a province."""
        return Scope() if province is None else Scope(plans=frozenset(p.id for p in self.plans.values() if p.province == province))

    def search(self, text: str, quiet: Sequence[tuple[int, int]] = (), wanted: Callable[[Row], bool] | None = None,
               limit: int = 20) -> list[Hit]:
        """Rows ranked by the words of a text."""
        return self.index.search(self.index.read(text, quiet), wanted, limit)
