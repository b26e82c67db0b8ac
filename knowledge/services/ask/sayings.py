"""How well a text says what a question asks: the share of the question's weighted words that stand in it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from knowledge.search.query import Query, Term
from knowledge.text.lexicon import abbreviations, key
from knowledge.text.normalize import clean, tokenize

_ALONE = 0.55  # what a word counts that stands in the text without its neighbour of the question
_OTHER_WORD = 0.3  # what such a word counts besides, if it stands there only with other marks than typed ("đạt" for "đất")


Pairs = frozenset[tuple[str, str]]
Read = tuple[tuple[str, ...], Pairs, Pairs, frozenset[str], frozenset[str]]


@lru_cache(maxsize=20_000)
def _read(text: str) -> Read:
    """The distinct syllables of a text, its pairs as written and written out, the latter alone, its set, and the syllables with marks.

    The sentences of the documents are asked for by every question.
    """
    short: list[str] = []
    full: list[str] = []
    toned: set[str] = set()
    for token in tokenize(clean(text)):
        meanings = abbreviations().meanings(token.text) if token.text.isupper() and len(token.text) > 1 else ()
        written = [t.toned for t in tokenize(meanings[0])] if meanings else [token.toned]
        short.append(key(token.toned))
        full += map(key, written)
        toned.update(written)
    keys = dict.fromkeys((*short, *full))
    written_out = frozenset(zip(full, full[1:]))
    return tuple(keys), written_out | set(zip(short, short[1:])), written_out, frozenset(keys), frozenset(toned)


class Words:
    """The syllables of a text and their neighbours, with abbreviations as they stand and written out (`written_out`: only so)."""

    def __init__(self, text: str) -> None:
        self.keys, self.pairs, self.written_out, self._single, self._toned = _read(text)

    def fit(self, at: int, terms: Sequence[Term]) -> float:
        """How well one term of the question stands here, 0…1: with a neighbour of the question beside it, or alone."""
        term = terms[at]
        best = 0.0
        if term.key in self._single:
            left = at > 0 and (terms[at - 1].key, term.key) in self.pairs
            right = at + 1 < len(terms) and (term.key, terms[at + 1].key) in self.pairs
            other = term.toned is not None and term.toned not in self._toned
            best = term.quality * (1.0 if left or right else _ALONE * (_OTHER_WORD if other else 1.0))
        for phrase, quality in term.others:
            if len(phrase) == 1 and phrase[0] in self._single:
                best = max(best, 0.8 * quality)
            elif len(phrase) > 1 and all(pair in self.pairs for pair in zip(phrase, phrase[1:])):
                best = max(best, quality)
        return best

    def held(self, query: Query) -> list[float]:
        """The weight of each term of the question that stands here."""
        return [t.weight * self.fit(i, query.terms) if t.weight else 0.0 for i, t in enumerate(query.terms)]

    def share(self, query: Query) -> float:
        """The share of the question that stands here, 0…1."""
        return sum(self.held(query)) / (query.mass or 1.0)
