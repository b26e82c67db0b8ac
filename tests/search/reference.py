"""The search row by row, in plain Python: slow, and easy to see that it is right. `knowledge.search.Index` must agree with it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence

from knowledge.model import Row
from knowledge.search import Hit
from knowledge.search.compare import ALL_OF_IT, WHOLE
from knowledge.search.profile import Profile, profile
from knowledge.search.query import Query, Term, scale_rarity
from knowledge.text.lexicon import Phrase, is_syllable


class Reference:
    """All rows that share a word with the question, each compared."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = tuple(rows)
        self.profiles = [profile(r) for r in self.rows]
        counts = Counter(k for p in self.profiles for k in p.single)
        self.rarity = {k: scale_rarity(n, len(self.rows)) for k, n in counts.items()}
        self.pairs = {pair for p in self.profiles for pair in p.pairs}
        self.postings: dict[str, list[int]] = defaultdict(list)
        for number, p in enumerate(self.profiles):
            for k in p.single:
                self.postings[k].append(number)

    def search(self, query: Query, wanted: Callable[[Row], bool] = lambda row: True) -> list[Hit]:
        """All rows that fit, best first."""
        if query.mass <= 0:
            return []
        hits = [self._compare(n, query) for n in self._candidates(query) if wanted(self.rows[n])]
        return sorted(hits, key=lambda h: -h.score)

    def _candidates(self, query: Query) -> set[int]:
        found: set[int] = set()
        for term in query.terms:
            if term.weight > 0:
                found.update(self.postings.get(term.key, ()))
                for phrase, _ in term.others:
                    lists = [self.postings.get(k, []) for k in phrase]
                    found.update(min(lists, key=len) if all(lists) else [])
        return found

    def _compare(self, number: int, query: Query) -> Hit:
        p = self.profiles[number]
        matched = [0.0] * query.sentences
        total = [0.0] * query.sentences
        seen: set[str] = set()
        for i, term in enumerate(query.terms):
            total[term.sentence] += term.weight
            if term.weight > 0:
                matched[term.sentence] += term.weight * _fit(i, query.terms, p, seen)
        mass = sum(matched)
        coverage = max([mass / sum(total)] + [m / t for m, t in zip(matched, total) if t >= 1.0])
        title = sum(self.rarity[k] for k in p.name_keys if k in seen) / max(1e-9, sum(self.rarity[k] for k in p.name_keys))
        whole = 1 + ALL_OF_IT if mass >= WHOLE * sum(total) else 1.0
        return Hit(self.rows[number], mass * (1 + 0.4 * title) * whole, mass, coverage, title)


def _fit(i: int, terms: Sequence[Term], p: Profile, seen: set[str]) -> float:
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
    for phrase, quality in term.others:
        found = _phrase_fit(phrase, p) * quality
        if found > best:
            best = found
            seen.update(phrase)
    return best


def _phrase_fit(phrase: Phrase, p: Profile) -> float:
    if len(phrase) == 1:
        return p.single.get(phrase[0], 0.0) * 0.8
    found = [p.pairs.get(pair, 0.0) for pair in zip(phrase, phrase[1:])]
    return sum(found) / len(found) if all(found) else 0.0
