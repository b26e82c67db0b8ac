"""Rows packed into arrays: what stands in each row, and in which rows each key stands. In memory or mapped from files.

A *token* is a syllable as written in lower case (`đề`), a *key* its folded form (`de`); both are numbers here. A row is its
tokens in reading order, each with the cell it stands in (`CELLS`). Rows of one plan stand side by side, so a plan is a range of
row numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge.model import KINDS
from knowledge.search.profile import FIELD_WEIGHTS

Ints = npt.NDArray[np.unsignedinteger[Any]]
Range = tuple[int, int]

CELLS = tuple(FIELD_WEIGHTS)
#: A token in a row: its number in the low bits, then the cell's place in `CELLS`, then whether its key has stood in the name before.
CELL_SHIFT, CELL_MASK = np.uint32(28), np.uint32(7)
TOKEN_MASK = np.uint32((1 << 28) - 1)
AGAIN = np.uint32(1 << 31)
PAIR_SHIFT = np.uint64(32)
#: The lines of no more rows than that are kept, of so many choices of rows.
_KEPT_ROWS, _KEPT_LINES = 256, 16


@dataclass(frozen=True)
class Lines:
    """The tokens of some rows, one row after the other.

    `tokens`: their numbers · `rows`: the place, among the rows, of the one each stands in · `cells`: places in `CELLS`
    `names`: the tokens of all names, each where it stands there for the first time · `ends`: where those of each row end.
    """

    tokens: npt.NDArray[np.intp]
    rows: npt.NDArray[np.intp]
    cells: Ints
    names: npt.NDArray[np.intp]
    ends: npt.NDArray[np.intp]


@dataclass(frozen=True)
class Segment:
    """Rows in arrays. Row numbers run from 0.

    `offsets` (rows + 1): where a row's tokens begin in `forward` · `kinds`: places in `KINDS` · `ids`: the caller's numbers
    `starts` (keys + 1), `postings`: the rows of each key, ascending · `frequency`: how many rows a key stands in
    `dense`, `bits`: keys of very many rows have a bitmap in the place of postings · `pairs`: sorted, left key in the high half
    `plans`: the rows of each plan · `gone`: plans that count no more.
    """

    tokens: list[str]
    keys: list[str]
    token_key: Ints
    offsets: Ints
    forward: Ints
    kinds: Ints
    ids: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]
    postings: Ints
    frequency: npt.NDArray[np.int64]
    dense: Ints
    bits: Ints
    pairs: Ints
    plans: Mapping[str, Range]
    gone: frozenset[str] = field(default=frozenset())

    def __len__(self) -> int:
        return len(self.kinds)

    @cached_property
    def key_ids(self) -> dict[str, int]:
        """Key → its number."""
        return {k: i for i, k in enumerate(self.keys)}

    @cached_property
    def token_ids(self) -> dict[str, int]:
        """Token → its number."""
        return {t: i for i, t in enumerate(self.tokens)}

    @cached_property
    def writings(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """The tokens in the order of their keys, and where those of each key begin (keys + 1)."""
        order = np.argsort(self.token_key, kind="stable")
        return order, self.token_key[order].searchsorted(np.arange(len(self.keys) + 1))

    @cached_property
    def dense_lines(self) -> dict[int, int]:
        """Number of a key that stands in very many rows → its line in `bits`."""
        return {int(k): line for line, k in enumerate(self.dense)}

    @cached_property
    def kind_bits(self) -> Ints:
        """For each of `KINDS` the rows of it, as `bits`."""
        return np.array([np.packbits(self.kinds == kind) for kind in range(len(KINDS))])

    def number_of(self, key: str) -> int:
        """The number of a key that stands in some row; −1 for any other."""
        number = self.key_ids.get(key, -1)
        return number if number >= 0 and self.frequency[number] else -1

    def order_of(self, key: int) -> tuple[int, int]:
        """Sorts keys, the rarest first."""
        return int(self.frequency[key]), key

    def tokens_of(self, key: int) -> npt.NDArray[np.int64]:
        """All tokens of a key."""
        tokens, begins = self.writings
        return tokens[begins[key] : begins[key + 1]]

    def lines(self, rows: npt.NDArray[np.int64]) -> Lines:
        """The tokens of some rows. Questions are about the same few plans again and again, so the last ones are kept."""
        return self._kept_lines(rows.tobytes()) if len(rows) <= _KEPT_ROWS else self._read_lines(rows)

    @cached_property
    def _kept_lines(self) -> Callable[[bytes], Lines]:
        # Not a decorator: the memory must go with the segment.
        return lru_cache(maxsize=_KEPT_LINES)(lambda rows: self._read_lines(np.frombuffer(rows, np.int64)))

    def _read_lines(self, rows: npt.NDArray[np.int64]) -> Lines:
        first, last = self.offsets[rows].tolist(), self.offsets[rows + 1].tolist()
        # Slices, since the tokens of a row stand together: quicker than places one by one.
        packed = np.concatenate([self.forward[a:b] for a, b in zip(first, last)])
        sizes = [b - a for a, b in zip(first, last)]
        tokens = (packed & TOKEN_MASK).astype(np.intp)
        # The name is the first of the cells: its tokens, where they stand for the first time, have nothing in the bits above their number.
        name = np.flatnonzero(packed <= TOKEN_MASK)
        cells = ((packed >> CELL_SHIFT) & CELL_MASK).astype(np.uint8)
        return Lines(tokens, np.repeat(np.arange(len(rows)), sizes), cells, tokens[name], name.searchsorted(np.cumsum(sizes)))

    def has_pair(self, left: str, right: str) -> bool:
        """Do the two keys stand side by side in any row?"""
        a, b = self.key_ids.get(left), self.key_ids.get(right)
        if a is None or b is None or not len(self.pairs):
            return False
        pair = np.uint64((a << 32) | b)
        at = int(self.pairs.searchsorted(pair))
        return at < len(self.pairs) and bool(self.pairs[at] == pair)

    def is_dense(self, keys: tuple[int, ...]) -> bool:
        """Do all the keys, the rarest of them given first, stand in very many rows?"""
        return keys[0] in self.dense_lines

    def bits_with(self, keys: tuple[int, ...], first: int, last: int) -> Ints:
        """The rows from `first`, a multiple of eight, to before `last` in which all the dense keys stand, as `bits`."""
        eighths = slice(first // 8, (last + 7) // 8)
        found: Ints = self.bits[self.dense_lines[keys[0]], eighths]
        for k in keys[1:]:
            found = found & self.bits[self.dense_lines[k], eighths]
        return found

    def bits_of(self, kinds: Collection[str], first: int, last: int) -> Ints:
        """The rows from `first`, a multiple of eight, to before `last` that are of some kinds, as `bits`."""
        lines = [line for line, kind in enumerate(KINDS) if kind in kinds]
        return np.bitwise_or.reduce(self.kind_bits[lines, first // 8 : (last + 7) // 8], axis=0)

    def are_of(self, kinds: Collection[str], rows: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
        """Which of the rows are of some kinds."""
        return np.array([kind in kinds for kind in KINDS])[self.kinds[rows]]

    def rows_with(self, keys: tuple[int, ...], first: int, last: int) -> Ints:
        """The rows from `first` to before `last` in which all the keys stand, the rarest of them, not dense, given first."""
        found = self.postings[self.starts[keys[0]] : self.starts[keys[0] + 1]]
        if first > 0 or last < len(self):
            a, b = found.searchsorted(np.array([first, last], dtype=found.dtype))
            found = found[a:b]
        for k in keys[1:]:
            found = found[self.holds(k, found)]
        return found

    def holds(self, key: int, rows: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
        """Which of the rows (ascending) a key stands in."""
        line = self.dense_lines.get(key)
        if line is not None:
            return ((self.bits[line, rows >> 3] >> (7 - (rows & 7)).astype(np.uint8)) & 1).astype(bool)
        found = self.postings[self.starts[key] : self.starts[key + 1]]
        at = found.searchsorted(rows.astype(found.dtype))
        return (at < len(found)) & (found[np.minimum(at, len(found) - 1)] == rows)

    def ranges(self, plans: Collection[str] | None) -> list[Range]:
        """The rows of some plans (None: all), as ranges that do not touch; plans taken out of force are left out."""
        if plans is None and not self.gone:
            return [(0, len(self))] if len(self) else []
        names = self.plans if plans is None else [p for p in plans if p in self.plans]
        out: list[Range] = []
        for first, last in sorted(self.plans[p] for p in names if p not in self.gone):
            if out and out[-1][1] == first:
                out[-1] = (out[-1][0], last)
            elif first < last:
                out.append((first, last))
        return out
