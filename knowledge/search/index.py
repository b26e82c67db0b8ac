"""The index over the rows of the knowledge base: candidates by shared syllables, then an exact comparison of each.

    index = Index(rows)                                    # all in memory
    index = Index.of([segment, …], fetch)                  # packed rows, mapped from files; `fetch` gives rows by their numbers
    hits = index.search(index.read("ai chủ trì đô thị thông minh?"), Scope().of(["task"]).within(["hg-kh-2025-phu-luc"]))
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice

import numpy as np

from knowledge.model import Row
from knowledge.search.candidates import Numbers, candidates
from knowledge.search.compare import Floats, compare
from knowledge.search.packing import Packer
from knowledge.search.query import Query, read_query, scale_rarity
from knowledge.search.scope import Scope
from knowledge.search.segment import Segment
from knowledge.search.words import Words
from knowledge.text.lexicon import Phrase

#: Rows that are compared exactly; where a predicate accepts few rows, so many are looked at, some at once.
CANDIDATES, MOST_LOOKED_AT, _AT_ONCE = 200, 4_000, 50
_RANKED = 20  # of a ranking at least so many are kept for the same question asked again in its turn

Wanted = Callable[[Row], bool]
Fetch = Callable[[Sequence[int]], Sequence[Row]]


@dataclass(frozen=True, slots=True)
class Hit:
    """A row with how well it fits.

    `score` ranks; `mass` is the matched weight; `coverage` (0…1) the matched share of the question, of its best sentence if it
    has several; `title` (0…1) the matched share of the row's name.
    """

    row: Row
    score: float
    mass: float
    coverage: float
    title: float


@dataclass(frozen=True, slots=True)
class _Scored:
    """A hit whose row is still to be fetched."""

    number: int
    score: float
    mass: float
    coverage: float
    title: float


class Index:
    """Rows ranked by the words of a question. Never changes: a new plan makes a new index."""

    rows: Sequence[Row]

    def __init__(self, rows: Iterable[Row], before: Index | None = None) -> None:
        """`before` is an index of which most rows are the same objects: their plans need not be read again."""
        kept = tuple(rows)
        self._set_up([_pack(kept, before)], lambda numbers: [kept[n] for n in numbers], held=True)
        self.rows = kept

    @classmethod
    def of(cls, segments: Sequence[Segment], fetch: Fetch, rows: Sequence[Row] = ()) -> Index:
        """An index over packed rows that are not held in memory; `fetch` gets the numbers that the rows were packed with.

        `rows` is what `index.rows` shall be.
        """
        index = cls.__new__(cls)
        index._set_up(segments, fetch, held=False)
        index.rows = rows
        return index

    def _set_up(self, segments: Sequence[Segment], fetch: Fetch, held: bool) -> None:
        self._segments = [s for s in segments if len(s)]
        self._fetch, self._held = fetch, held
        self._total = sum(map(len, self._segments))
        self._counts = _counts(self._segments)
        self._rarity = [self._rarity_of_tokens(s) for s in self._segments]
        # Not a decorator: the memory must go with the index.
        self._read = lru_cache(maxsize=64)(self._read_now)
        self._ranked = lru_cache(maxsize=64)(self._rank_now)
        self._pair = lru_cache(maxsize=50_000)(self._find_pair)
        self._phrase = lru_cache(maxsize=20_000)(self._find_phrase)

    @cached_property
    def words(self) -> Words:
        """All keys of the index; iterating gives the frequent ones."""
        return Words(self._counts)

    def rarity(self, k: str) -> float:
        """0 (in every row) … 1 (in none)."""
        return scale_rarity(self._counts[k], self._total) if k in self._counts else 1.0

    def knows(self, k: str) -> bool:
        """Is the syllable in any row?"""
        return k in self._counts

    def knows_pair(self, left: str, right: str) -> bool:
        """Do the two stand side by side in any row?"""
        return self._pair(left, right)

    def knows_phrase(self, phrase: Phrase) -> bool:
        """Is the first syllable in any row, and does each next one stand beside the one before it in any?"""
        return self._phrase(phrase)

    def read(self, text: str, quiet: Sequence[tuple[int, int]] = ()) -> Query:
        """A question as this index understands it. One question is read several times in a turn, so the last ones are kept."""
        return self._read(text, tuple(quiet))

    def forget_questions(self) -> None:
        """Reads the next questions anew (for measuring)."""
        self._read.cache_clear()
        self._ranked.cache_clear()

    def search(self, query: Query, wanted: Wanted | None = None, limit: int = 20) -> list[Hit]:
        """The best rows for a question, best first, among those that `wanted` accepts.

        A `Scope` is best: its kinds and plans never hide a row. Any other predicate, and the test of a scope, needs the row itself:
        where rows are not held in memory, it is asked about the best few thousand rows only.
        """
        if query.mass <= 0 or not self._segments:
            return []
        scope = wanted if isinstance(wanted, Scope) else Scope(test=wanted)
        if scope.test is None:
            ranked = self._ranked(query, scope, max(limit, _RANKED))
            return self._hits(ranked[:limit])
        return self._hits(self._accepted(query, scope, limit)) if self._held else self._filtered(query, scope, limit)

    def _rank_now(self, query: Query, scope: Scope, limit: int) -> list[_Scored]:
        return self._scored(query, scope, CANDIDATES, limit)[:limit]

    def _read_now(self, text: str, quiet: tuple[tuple[int, int], ...]) -> Query:
        return read_query(text, self, quiet)

    def _find_pair(self, left: str, right: str) -> bool:
        return any(s.has_pair(left, right) for s in self._segments)

    def _find_phrase(self, phrase: Phrase) -> bool:
        return self.knows(phrase[0]) and all(map(self.knows_pair, phrase, phrase[1:]))

    def _rarity_of_tokens(self, segment: Segment) -> Floats:
        """`rarity` of the key of each token of a segment."""
        by_key = np.array([scale_rarity(self._counts.get(k, 0), self._total) for k in segment.keys])
        return by_key[segment.token_key] if len(by_key) else by_key

    def _scored(self, query: Query, scope: Scope, most: int, limit: int) -> list[_Scored]:
        """The best rows of the scope's kinds and plans."""
        out: list[_Scored] = []
        for segment, rarity in zip(self._segments, self._rarity):
            out += _compared(segment, candidates(segment, query, scope, most), query, rarity, limit)
        return sorted(out, key=lambda s: -s.score)

    def _accepted(self, query: Query, scope: Scope, limit: int) -> list[_Scored]:
        """The best of the scope, of rows that are held in memory: the test is asked about all that share a word."""
        segment, rarity = self._segments[0], self._rarity[0]
        found = candidates(segment, query, scope, len(segment))
        test = scope.test or scope  # the candidates are of its kinds and plans
        accepted = (n for n, row in zip(found.tolist(), segment.ids[found].tolist()) if test(self._fetch([row])[0]))
        chosen = np.array(list(islice(accepted, CANDIDATES)), np.int64)
        return _compared(segment, chosen, query, rarity, limit)

    def _filtered(self, query: Query, scope: Scope, limit: int) -> list[Hit]:
        """The best of the scope, of rows that are fetched, a few at a time; looks further only where none passed the test."""
        hits: list[Hit] = []
        for most in (CANDIDATES, MOST_LOOKED_AT):
            scored = self._scored(query, scope, most, most)
            for first in range(0, len(scored), _AT_ONCE):
                hits += [h for h in self._hits(scored[first : first + _AT_ONCE]) if scope(h.row)]
                if len(hits) >= limit:
                    return hits[:limit]
            if hits or len(scored) < most:
                break
        return hits

    def _hits(self, scored: Sequence[_Scored]) -> list[Hit]:
        rows = self._fetch([s.number for s in scored])
        return [Hit(row, s.score, s.mass, s.coverage, s.title) for row, s in zip(rows, scored)]


def _compared(segment: Segment, numbers: Numbers, query: Query, rarity: Floats, limit: int) -> list[_Scored]:
    """The `limit` best of some rows, best first."""
    if not len(numbers):
        return []
    found = compare(segment, numbers, query, rarity)
    best = np.argsort(-found.score, kind="stable")[: min(limit, np.count_nonzero(found.score > 0))]
    figures = (segment.ids[numbers], found.score, found.mass, found.coverage, found.title)
    return [_Scored(*line) for line in zip(*(f[best].tolist() for f in figures))]


def _counts(segments: Sequence[Segment]) -> dict[str, int]:
    """In how many rows each key stands; none that is left of rows that are no more."""
    out: dict[str, int] = {}
    for segment in segments:
        for k, count in zip(segment.keys, segment.frequency.tolist()):
            if count:
                out[k] = out.get(k, 0) + count
    return out


def _pack(rows: Sequence[Row], before: Index | None) -> Segment:
    """The rows as a segment: those of one plan side by side, plans and rows in the order given."""
    by_plan: dict[str, list[int]] = {}
    for number, row in enumerate(rows):
        by_plan.setdefault(row.plan, []).append(number)
    old = before._segments[0] if before and before._held and before._segments else None
    packer = Packer(like=old)
    for plan, numbers in by_plan.items():
        if old and before and _same(old, before.rows, plan, [rows[n] for n in numbers]):
            packer.take_over(plan, numbers)
        else:
            for number in numbers:
                packer.add(rows[number], number)
    return packer.finish()


def _same(old: Segment, old_rows: Sequence[Row], plan: str, rows: Sequence[Row]) -> bool:
    """Does the segment hold just these rows of the plan?"""
    first, last = old.plans.get(plan, (0, 0))
    return last - first == len(rows) and all(old_rows[n] is row for n, row in zip(old.ids[first:last].tolist(), rows))
