"""The index over all rows of the knowledge base: candidates by shared syllables, then an exact comparison of each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from knowledge.model import Row
from knowledge.search.profile import Profile, profile
from knowledge.search.query import Query, Term, read_query, scale_rarity
from knowledge.text.lexicon import Phrase, is_syllable

CANDIDATES = 80


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


class Index:
    """Rows ranked by the words of a question. Built once from rows; never changed (a new plan makes a new index)."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows: tuple[Row, ...] = tuple(rows)
        self._profiles: list[Profile] = [profile(r) for r in self.rows]
        self._postings: dict[str, list[int]] = defaultdict(list)
        self._pairs: Counter[tuple[str, str]] = Counter()
        for number, p in enumerate(self._profiles):
            for k in p.single:
                self._postings[k].append(number)
            self._pairs.update(p.pairs.keys())
        self._words = frozenset(self._postings)
        self._rarity = {k: scale_rarity(len(numbers), len(self.rows)) for k, numbers in self._postings.items()}
        self._titles = [[(k, self._rarity[k]) for k in p.name_keys] for p in self._profiles]
        self._title_mass = [max(1e-9, sum(r for _, r in title)) for title in self._titles]

    @property
    def words(self) -> frozenset[str]:
        """All keys of the index."""
        return self._words

    def rarity(self, k: str) -> float:
        """0 (in every row) … 1 (in none)."""
        return self._rarity.get(k, 1.0)

    def knows(self, k: str) -> bool:
        """Is the syllable in any row?"""
        return k in self._words

    def knows_pair(self, left: str, right: str) -> bool:
        """Do the two stand side by side in any row?"""
        return (left, right) in self._pairs

    def read(self, text: str, quiet: Sequence[tuple[int, int]] = ()) -> Query:
        """A question as this index understands it. One question is read several times in a turn, so the last ones are kept."""
        return self._read(text, tuple(quiet))

    @lru_cache(maxsize=64)  # noqa: B019 - the memory goes with the index
    def _read(self, text: str, quiet: tuple[tuple[int, int], ...]) -> Query:
        return read_query(text, self, quiet)

    def search(self, query: Query, wanted: Callable[[Row], bool] | None = None, limit: int = 20) -> list[Hit]:
        """The best rows for a question, best first; `wanted` limits which rows count."""
        if query.mass <= 0:
            return []
        hits = [self._compare(n, query) for n in self._candidates(query, wanted)]
        hits.sort(key=lambda h: -h.score)
        return hits[:limit]

    def _candidates(self, query: Query, wanted: Callable[[Row], bool] | None) -> list[int]:
        found: dict[int, float] = defaultdict(float)
        for term in query.terms:
            if term.weight <= 0:
                continue
            numbers = set(self._postings.get(term.key, ()))
            for phrase_, _ in term.others:
                numbers.update(self._phrase_postings(phrase_))
            for n in numbers:
                found[n] += term.weight
        ranked = sorted(found, key=lambda n: -found[n])
        if wanted:
            ranked = [n for n in ranked if wanted(self.rows[n])]
        return ranked[:CANDIDATES]

    def _phrase_postings(self, phrase_: Phrase) -> list[int]:
        """Rows with the rarest syllable of the phrase, so long as all of it is known."""
        lists = [self._postings.get(k, []) for k in phrase_]
        return min(lists, key=len) if all(lists) else []

    def _compare(self, number: int, query: Query) -> Hit:
        p = self._profiles[number]
        terms = query.terms
        matched = [0.0] * query.sentences
        total = [0.0] * query.sentences
        seen: set[str] = set()
        for i, term in enumerate(terms):
            total[term.sentence] += term.weight
            if term.weight <= 0:
                continue
            fit = self._fit(i, terms, p, seen)
            matched[term.sentence] += term.weight * fit
        mass = sum(matched)
        coverage = max([mass / sum(total)] + [m / t for m, t in zip(matched, total) if t >= 1.0])
        title = sum(r for k, r in self._titles[number] if k in seen) / self._title_mass[number]
        return Hit(self.rows[number], mass * (1 + 0.4 * title), mass, coverage, title)

    def _fit(self, i: int, terms: Sequence[Term], p: Profile, seen: set[str]) -> float:
        """How well one term stands in a row, 0…1: the syllable itself with its neighbours, or a phrase of the same meaning."""
        term = terms[i]
        best = 0.0
        weight = p.single.get(term.key, 0.0)
        if weight:
            left = i > 0 and (terms[i - 1].key, term.key) in p.pairs
            right = i + 1 < len(terms) and (term.key, terms[i + 1].key) in p.pairs
            beside = left or right
            best = weight * term.quality * (1.0 if beside else 0.55 if is_syllable(term.key) else 0.9)
            if term.toned is not None and term.toned not in p.toned:
                best *= 0.85 if beside else 0.5
            seen.add(term.key)
        for phrase_, quality in term.others:
            found = self._phrase_fit(phrase_, p) * quality
            if found > best:
                best = found
                seen.update(phrase_)
        return best

    @staticmethod
    def _phrase_fit(phrase_: Phrase, p: Profile) -> float:
        if len(phrase_) == 1:
            return p.single.get(phrase_[0], 0.0) * 0.8
        pairs = list(zip(phrase_, phrase_[1:]))
        found = [p.pairs.get(pair, 0.0) for pair in pairs]
        return sum(found) / len(found) if all(found) else 0.0
