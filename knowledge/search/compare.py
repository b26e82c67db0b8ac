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
from knowledge.search.segment import AGAIN, CELL_MASK, CELL_SHIFT, CELLS, TOKEN_MASK, Ints, Segment
from knowledge.text.lexicon import Phrase, is_syllable

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
_WEIGHTS = np.array([FIELD_WEIGHTS[cell] for cell in CELLS])
_RANKS = _WEIGHTS.argsort().argsort().astype(np.uint8)
_NAME = CELLS.index("name")


@dataclass(frozen=True)
class Scores:
    """A figure for each candidate; see `Hit`."""

    score: Floats
    mass: Floats
    coverage: Floats
    title: Floats


def compare(segment: Segment, numbers: Numbers, query: Query, rarity: Floats) -> Scores:
    """How well each row fits; `rarity` is that of each key of the segment."""
    found = _Found(segment, numbers, query)
    matched = np.zeros((query.sentences, len(numbers)))
    total = [0.0] * query.sentences
    for i, term in enumerate(query.terms):
        total[term.sentence] += term.weight
        if term.weight > 0:
            matched[term.sentence] += term.weight * _fit(i, query, found)
    mass = matched.sum(axis=0)
    coverage = mass / sum(total)
    for sentence, weight in enumerate(total):
        if weight >= 1.0:
            coverage = np.maximum(coverage, matched[sentence] / weight)
    title = found.title(rarity)
    return Scores(mass * (1 + 0.4 * title), mass, coverage, title)


def _fit(i: int, query: Query, found: _Found) -> Floats:
    """How well one term stands in each row, 0…1: the syllable itself with its neighbours, or a phrase of the same meaning."""
    terms = query.terms
    term = terms[i]
    weight = found.weight(term.key)
    beside = found.beside(terms[i - 1].key if i > 0 else None, term.key, terms[i + 1].key if i + 1 < len(terms) else None)
    best: Floats = weight * term.quality * np.where(beside, 1.0, 0.55 if is_syllable(term.key) else 0.9)
    if term.toned is not None:
        best *= np.where(found.has_token(term.toned), 1.0, np.where(beside, 0.85, 0.5))
    found.see((term.key,), weight > 0)
    for phrase, quality in term.others:
        fit = found.phrase(phrase)
        if fit is None:
            continue
        other = fit * quality
        better = other > best
        if better.any():
            best = np.where(better, other, best)
            found.see(phrase, better)
    return best


class _Found:
    """What of the question stands in each candidate row: keys, pairs and tokens, with the best weight of their cells."""

    def __init__(self, segment: Segment, numbers: Numbers, query: Query) -> None:
        self._segment = segment
        self._count = len(numbers)
        keys = dict.fromkeys([t.key for t in query.terms] + [k for t in query.terms for p, _ in t.others for k in p])
        self._slots = {k: slot for slot, k in enumerate(keys)}
        self._pair_slots = _pair_slots(query, self._slots)
        self._tokens = {t: slot for slot, t in enumerate(dict.fromkeys(t.toned for t in query.terms if t.toned is not None))}
        self._phrases: dict[Phrase, Floats | None] = {}
        self._seen = np.zeros((len(keys), self._count), bool)
        self._read(numbers)

    def weight(self, key: str) -> Floats:
        """The best weight of a key in each row, 0 where it is not."""
        return self._weights[self._slots[key]]

    def beside(self, left: str | None, key: str, right: str | None) -> Flags:
        """Does the key stand after `left` or before `right` in the row?"""
        out = np.zeros(self._count, bool)
        if left is not None:
            out |= self._pairs[self._pair(left, key)] > 0
        if right is not None:
            out |= self._pairs[self._pair(key, right)] > 0
        return out

    def has_token(self, toned: str) -> Flags:
        """Does the syllable stand in the row with just these marks?"""
        return self._has_token[self._tokens[toned]]

    def phrase(self, phrase: Phrase) -> Floats | None:
        """How well a phrase stands in each row; None where it is in none."""
        if phrase not in self._phrases:
            self._phrases[phrase] = self._phrase(phrase)
        return self._phrases[phrase]

    def see(self, keys: Phrase, where: Flags) -> None:
        """Notes that the question's words matched these keys."""
        for k in keys:
            self._seen[self._slots[k]] |= where

    def title(self, rarity: Floats) -> Floats:
        """The share of each row's name that was matched, by rarity."""
        ids = [self._segment.key_ids.get(k, -1) for k in self._slots]
        rare = np.array([[rarity[i] if i >= 0 else 0.0] for i in ids])
        whole = np.bincount(self._name_owner, rarity[self._name_keys], minlength=self._count)
        return ((self._in_name & self._seen) * rare).sum(axis=0) / np.maximum(1e-9, whole)

    def _pair(self, left: str, right: str) -> int:
        return int(self._pair_slots[self._slots[left], self._slots[right]])

    def _phrase(self, phrase: Phrase) -> Floats | None:
        if len(phrase) == 1:
            slot = self._slots[phrase[0]]
            return self._weights[slot] * 0.8 if self._stands[slot] else None
        pairs = [self._pair(a, b) for a, b in zip(phrase, phrase[1:])]
        if not all(self._pair_stands[pair] for pair in pairs):
            return None
        found = self._pairs[pairs]
        return np.where(found.min(axis=0) > 0, found.sum(axis=0) / len(found), 0.0)

    def _read(self, numbers: Numbers) -> None:
        segment = self._segment
        first = segment.offsets[numbers].astype(np.int64)
        lengths = segment.offsets[numbers + 1].astype(np.int64) - first
        owner = np.repeat(np.arange(self._count), lengths)
        places = np.repeat(first - np.cumsum(lengths) + lengths, lengths) + np.arange(int(lengths.sum()))
        packed = segment.forward[places]
        tokens, cells = packed & TOKEN_MASK, ((packed >> CELL_SHIFT) & CELL_MASK).astype(np.int8)
        keys = segment.token_key[tokens]
        name = np.flatnonzero((cells == _NAME) & (packed < AGAIN))
        self._name_owner, self._name_keys = owner[name], keys[name]
        slots = _numbered(len(segment.keys), segment.key_ids, self._slots)[keys]
        self._note_keys(owner, slots, cells)
        self._note_pairs(owner, slots, cells)
        self._has_token = np.zeros((len(self._tokens), self._count), bool)
        marks = _numbered(len(segment.tokens), segment.token_ids, self._tokens)[tokens]
        at = np.flatnonzero(marks >= 0)
        self._has_token[marks[at], owner[at]] = True

    def _note_keys(self, owner: Numbers, slots: Ints, cells: Ints) -> None:
        at = np.flatnonzero(slots >= 0)
        owner, slots, cells = owner[at], slots[at], cells[at]
        self._weights = _heaviest((len(self._slots), self._count), slots, owner, cells)
        self._stands = self._weights.any(axis=1).tolist()
        self._in_name = np.zeros((len(self._slots), self._count), bool)
        name = cells == _NAME
        self._in_name[slots[name], owner[name]] = True

    def _note_pairs(self, owner: Numbers, slots: Ints, cells: Ints) -> None:
        beside = (slots[1:] >= 0) & (slots[:-1] >= 0) & (owner[1:] == owner[:-1]) & (cells[1:] == cells[:-1])
        at = np.flatnonzero(beside)
        pairs = self._pair_slots[slots[at], slots[at + 1]]
        at, pairs = at[pairs >= 0], pairs[pairs >= 0]
        self._pairs = _heaviest((int(self._pair_slots.max(initial=-1)) + 1, self._count), pairs, owner[at], cells[at])
        self._pair_stands = self._pairs.any(axis=1).tolist()


def _pair_slots(query: Query, slots: dict[str, int]) -> npt.NDArray[np.int16]:
    """A number for each pair that the question asks for, by the slots of its two keys; −1 for all others."""
    out = np.full((len(slots), len(slots)), -1, np.int16)
    phrases = [tuple(t.key for t in query.terms), *(p for t in query.terms for p, _ in t.others)]
    pairs = dict.fromkeys((slots[a], slots[b]) for p in phrases for a, b in zip(p, p[1:]))
    for number, (left, right) in enumerate(pairs):
        out[left, right] = number
    return out


def _numbered(size: int, ids: dict[str, int], slots: dict[str, int]) -> npt.NDArray[np.int16]:
    """For each key or token of the segment its slot in the question, −1 for all others."""
    out = np.full(size, -1, np.int16)
    for text, slot in slots.items():
        number = ids.get(text)
        if number is not None:
            out[number] = slot
    return out


def _heaviest(shape: tuple[int, int], lines: Ints, rows: Numbers, cells: Ints) -> Floats:
    """The largest weight of a cell for each place: the heavier cells are written over the lighter ones."""
    out = np.zeros(shape)
    order = np.argsort(_RANKS[cells], kind="stable")
    out[lines[order], rows[order]] = _WEIGHTS[cells[order]]
    return out
