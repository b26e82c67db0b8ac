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
    weights = np.array([t.weight for t in query.terms])
    fits = _fits(query, found)
    sentences = np.array([t.sentence for t in query.terms])[:, None] == np.arange(query.sentences)
    total = weights @ sentences
    matched = sentences.T @ (weights[:, None] * fits)
    mass = matched.sum(axis=0)
    coverage = mass / total.sum()
    for sentence, weight in enumerate(total.tolist()):
        if weight >= 1.0:
            coverage = np.maximum(coverage, matched[sentence] / weight)
    title = found.title(rarity)
    return Scores(mass * (1 + 0.4 * title), mass, coverage, title)


def _fits(query: Query, found: _Found) -> Floats:
    """How well each term stands in each row, 0…1: the syllable itself with its neighbours, or a phrase of the same meaning."""
    terms = query.terms
    weights, beside = found.of_terms()
    alone = np.array([0.55 if is_syllable(t.key) else 0.9 for t in terms])[:, None]
    best: Floats = weights * np.array([t.quality for t in terms])[:, None] * np.where(beside, 1.0, alone)
    typed = np.array([t.toned is not None for t in terms])[:, None]
    best *= np.where(typed & ~found.tokens_of_terms(), np.where(beside, 0.85, 0.5), 1.0)
    found.see_terms(weights > 0)
    for i, term in enumerate(terms):
        for phrase, quality in term.others if term.weight > 0 else ():
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
    """What of the question stands in each candidate row: keys, pairs and tokens, with the best weight of their cells."""

    def __init__(self, segment: Segment, numbers: Numbers, query: Query) -> None:
        self._segment = segment
        self._count = len(numbers)
        self._terms = query.terms
        keys = dict.fromkeys([t.key for t in query.terms] + [k for t in query.terms for p, _ in t.others for k in p])
        self._slots = {k: slot for slot, k in enumerate(keys)}
        self._term_slots = np.array([self._slots[t.key] for t in query.terms], np.intp)
        self._pair_slots = _pair_slots(query, self._slots)
        self._tokens = {t: slot for slot, t in enumerate(dict.fromkeys(t.toned for t in query.terms if t.toned is not None))}
        self._phrases: dict[Phrase, Floats | None] = {}
        self._seen = np.zeros((len(keys), self._count), bool)
        self._read(numbers)

    def of_terms(self) -> tuple[Floats, Flags]:
        """For each term and row: the best weight of its key, and whether the key stands beside its neighbour in the question."""
        slots = self._term_slots
        beside = np.zeros((len(slots), self._count), bool)
        if len(slots) > 1:
            together = self._pairs[self._pair_slots[slots[:-1], slots[1:]]] > 0
            beside[:-1] |= together
            beside[1:] |= together
        return self._weights[slots], beside

    def tokens_of_terms(self) -> Flags:
        """For each term and row: does the syllable stand there with just the marks it was typed with?"""
        slots = [self._tokens.get(t.toned, -1) if t.toned is not None else -1 for t in self._terms]
        return np.vstack([self._has_token, np.zeros((1, self._count), bool)])[slots]

    def phrase(self, phrase: Phrase) -> Floats | None:
        """How well a phrase stands in each row; None where it is in none."""
        if phrase not in self._phrases:
            self._phrases[phrase] = self._phrase(phrase)
        return self._phrases[phrase]

    def see_terms(self, where: Flags) -> None:
        """Notes in which rows the keys of the terms stand; a term without weight is not looked for."""
        counts = np.array([t.weight > 0 for t in self._terms])
        np.logical_or.at(self._seen, self._term_slots[counts], where[counts])

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
