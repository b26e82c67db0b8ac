"""The exact comparison of a question with rows, for all candidates at once.

A syllable counts by the cell it stands in, more beside its neighbour in the question, less with other tone marks than typed;
a phrase of the same meaning may stand for it. `tests/search/reference.py` says the same row by row, in plain Python.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knowledge.search.candidates import Numbers
from knowledge.search.profile import FIELD_WEIGHTS
from knowledge.search.query import Query
from knowledge.search.segment import AGAIN, CELLS, TOKEN_MASK, Ints, Lines, Segment
from knowledge.text.lexicon import Phrase, is_syllable

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
_WEIGHTS = np.array([FIELD_WEIGHTS[cell] for cell in CELLS])
_RANKS = _WEIGHTS.argsort().argsort().astype(np.uint8)
#: A row that holds (nearly) the whole question, every word beside its neighbour, goes by so much before one that holds it less well.
WHOLE, ALL_OF_IT = 0.995, 0.02
assert CELLS[0] == "name" and _WEIGHTS[0] > _WEIGHTS[1:].max() and AGAIN > TOKEN_MASK


@dataclass(frozen=True)
class Scores:
    """A figure for each candidate; see `Hit`."""

    score: Floats
    mass: Floats
    coverage: Floats
    title: Floats


def compare(segment: Segment, numbers: Numbers, query: Query, rarity: Floats) -> Scores:
    """How well each row fits; `rarity` is that of the key of each token of the segment. Some term of the question must have weight."""
    found = _Found(segment, numbers, query, rarity)
    terms = found.terms
    weights, sentence_of = np.array([t.weight for t in terms]), np.array([t.sentence for t in terms])
    fits = weights[:, None] * _fits(found)
    # Summed up term by term, the same for each row: rows that fit alike get the same figure to the last bit.
    matched = np.array([fits[sentence_of == sentence].sum(axis=0) for sentence in range(query.sentences)])
    total = np.bincount(sentence_of, weights, minlength=query.sentences)
    mass = matched.sum(axis=0)
    coverage = mass / total.sum()
    for sentence, weight in enumerate(total.tolist()):
        if weight >= 1.0:
            coverage = np.maximum(coverage, matched[sentence] / weight)
    title = found.title()
    whole = np.where(mass >= WHOLE * total.sum(), 1 + ALL_OF_IT, 1.0)
    return Scores(mass * (1 + 0.4 * title) * whole, mass, coverage, title)


def _fits(found: _Found) -> Floats:
    """How well each term stands in each row, 0…1: the syllable itself with its neighbours, or a phrase of the same meaning."""
    beside, written = found.beside(), found.as_typed()
    alone = np.array([[0.55 if is_syllable(t.key) else 0.9] for t in found.terms])
    best: Floats = found.of_terms() * np.array([[t.quality] for t in found.terms]) * np.where(beside, 1.0, alone)
    if written is not None:
        best *= np.where(written, 1.0, np.where(beside, 0.85, 0.5))
    for i, term in enumerate(found.terms):
        for phrase, quality in term.others:
            fit = found.phrase(phrase)
            if fit is None:
                continue
            other = fit * quality
            better = other > best[i]
            if better.any():
                best[i] = np.where(better, other, best[i])
                found.see(phrase, better)
    return best


class _Found:
    """What of the question stands in each candidate row: keys, pairs and tokens, with the best weight of their cells.

    `terms` are those with weight; the others are only neighbours.
    """

    def __init__(self, segment: Segment, numbers: Numbers, query: Query, rarity: Floats) -> None:
        self._segment, self._count, self._rarity = segment, len(numbers), rarity
        whole = query.terms
        places = [i for i, t in enumerate(whole) if t.weight > 0]
        self.terms = [whole[i] for i in places]
        keys = dict.fromkeys([t.key for t in whole] + [k for t in self.terms for p, _ in t.others for k in p])
        self._slots = {k: slot for slot, k in enumerate(keys)}
        self._ids = [segment.key_ids.get(k, -1) for k in keys]
        self._term_slots = [self._slots[t.key] for t in self.terms]
        self._pair_numbers: dict[tuple[int, int], int] = {}
        # A pair for each term and its neighbour on the left, on the right; the last place is for none.
        self._left = [self._pair(whole[i - 1].key, whole[i].key) if i else -1 for i in places]
        self._right = [self._pair(whole[i].key, whole[i + 1].key) if i + 1 < len(whole) else -1 for i in places]
        self._phrase_pairs = {p: [self._pair(*pair) for pair in zip(p, p[1:])] for t in self.terms for p, _ in t.others}
        self._phrases: dict[Phrase, Floats | None] = {}
        self._read(numbers)
        self._seen = np.zeros((len(keys), self._count), bool)
        self._seen[self._term_slots] = self._weights[self._term_slots] > 0

    def of_terms(self) -> Floats:
        """For each term and row: the best weight of its key."""
        return self._weights[self._term_slots]

    def beside(self) -> Flags:
        """For each term and row: does the key stand beside its neighbour in the question?"""
        together = self._pairs > 0
        return together[self._left] | together[self._right]

    def as_typed(self) -> Flags | None:
        """For each term and row: does the syllable stand there with the marks it was typed with, if any? None where none was."""
        return None if self._written is None else self._written[self._marks]

    def phrase(self, phrase: Phrase) -> Floats | None:
        """How well a phrase stands in each row; None where it is in none."""
        if phrase not in self._phrases:
            self._phrases[phrase] = self._phrase(phrase)
        return self._phrases[phrase]

    def see(self, keys: Phrase, where: Flags) -> None:
        """Notes that the question's words matched these keys."""
        for k in keys:
            self._seen[self._slots[k]] |= where

    def title(self) -> Floats:
        """The share of each row's name that was matched, by rarity."""
        rare = np.array([[self._rarity[self._segment.tokens_of(i)[0]] if i >= 0 else 0.0] for i in self._ids])
        return ((self._seen & (self._weights == _WEIGHTS[0])) * rare).sum(axis=0) / np.maximum(1e-9, self._names)

    def _pair(self, left: str, right: str) -> int:
        return self._pair_numbers.setdefault((self._slots[left], self._slots[right]), len(self._pair_numbers))

    def _phrase(self, phrase: Phrase) -> Floats | None:
        if len(phrase) == 1:
            slot = self._slots[phrase[0]]
            return self._weights[slot] * 0.8 if self._stands[slot] else None
        pairs = self._phrase_pairs[phrase]
        if not self._pairs_stand.issuperset(pairs):
            return None
        found = self._pairs[pairs]
        if len(pairs) == 1:
            return found[0]
        return np.where(found.min(axis=0) > 0, found.sum(axis=0) / len(found), 0.0)

    def _read(self, numbers: Numbers) -> None:
        lines = self._segment.lines(numbers)
        self._names = self._whole_names(lines)
        slots = self._slots_of_tokens()[lines.tokens]
        at = np.flatnonzero(slots >= 0)
        slots, owner, cells = slots[at], lines.rows[at], lines.cells[at]
        self._weights = _heaviest((len(self._slots), self._count), slots, owner, cells)
        self._stands = self._weights.any(axis=1).tolist()
        self._note_pairs(at, slots, owner, cells)
        self._note_marks(lines.tokens[at], owner)

    def _whole_names(self, lines: Lines) -> Floats:
        """The rarities of the keys in each row's name, together."""
        begins = np.concatenate([[0], lines.ends[:-1]])
        # The zero is for names without a token: a sum has to begin at some place. Without one it is the next row's first token.
        sums = np.add.reduceat(np.append(self._rarity[lines.names], 0.0), begins)
        return np.where(lines.ends > begins, sums, 0.0)

    def _slots_of_tokens(self) -> npt.NDArray[np.int16]:
        """For each token of the segment the slot of its key, −1 for all others."""
        out = np.full(len(self._segment.tokens), -1, np.int16)
        for slot, number in enumerate(self._ids):
            if number >= 0:
                out[self._segment.tokens_of(number)] = slot
        return out

    def _note_pairs(self, at: Numbers, slots: Ints, owner: Numbers, cells: Ints) -> None:
        numbers = np.full((len(self._slots), len(self._slots)), -1, np.int16)
        if self._pair_numbers:
            numbers[tuple(zip(*self._pair_numbers))] = range(len(self._pair_numbers))
        left = np.flatnonzero((at[1:] - at[:-1] == 1) & (owner[1:] == owner[:-1]) & (cells[1:] == cells[:-1]))
        pairs = numbers[slots[left], slots[left + 1]]
        left, pairs = left[pairs >= 0], pairs[pairs >= 0]
        self._pairs = _heaviest((len(self._pair_numbers) + 1, self._count), pairs, owner[left], cells[left])
        self._pairs_stand = set(pairs.tolist())

    def _note_marks(self, tokens: Ints, owner: Numbers) -> None:
        """Which rows hold a term just as it was typed; the last line, all true, is for terms typed without marks."""
        written = [t.toned for t in self.terms]
        lines = {toned: line for line, toned in enumerate(dict.fromkeys(toned for toned in written if toned is not None))}
        self._marks = [-1 if toned is None else lines[toned] for toned in written]
        if not lines:
            self._written = None
            return
        of_token = np.full(len(self._segment.tokens), len(lines), np.int16)
        for typed, line in lines.items():
            number = self._segment.token_ids.get(typed)
            if number is not None:
                of_token[number] = line
        self._written = np.zeros((len(lines) + 1, self._count), bool)
        self._written[of_token[tokens], owner] = True
        self._written[-1] = True


def _heaviest(shape: tuple[int, int], lines: Ints, rows: Numbers, cells: Ints) -> Floats:
    """The largest weight of a cell for each place: the heavier cells are written over the lighter ones."""
    out = np.zeros(shape)
    order = np.argsort(_RANKS[cells], kind="stable")
    out[lines[order], rows[order]] = _WEIGHTS[cells[order]]
    return out
