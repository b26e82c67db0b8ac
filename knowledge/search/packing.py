"""Packs rows into a `Segment`: one pass over the rows, then two over the arrays to turn them round."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from knowledge.model import KINDS, Row
from knowledge.search.profile import FIELD_WEIGHTS, fields, syllables
from knowledge.search.segment import AGAIN, CELL_MASK, CELL_SHIFT, CELLS, PAIR_SHIFT, TOKEN_MASK, Ints, Range, Segment
from knowledge.text.lexicon import key

_CHUNK = 1 << 16
_SPILL = 1 << 22
#: A key in more than one of so many rows of a segment that is not small is kept as a bitmap.
_DENSE_SHARE, _DENSE_FROM = 48, 500
assert len(FIELD_WEIGHTS) <= int(CELL_MASK) + 1


class Packer:
    """Takes rows in order, plan after plan; `finish` gives the segment. With a folder, what grows large goes to files there.

    Plans of another segment (`like`) can be taken over without reading their rows.
    """

    def __init__(self, folder: Path | None = None, like: Segment | None = None) -> None:
        self._folder, self._like = folder, like
        self._tokens: dict[str, int] = dict(like.token_ids) if like else {}
        self._keys: dict[str, int] = dict(like.key_ids) if like else {}
        self._token_key = array("I", like.token_key.tobytes() if like else b"")
        self._forward = array("I")
        self._spilled = 0
        self._offsets = array("Q", [0])
        self._kinds = bytearray()
        self._ids = array("q")
        self._plans: dict[str, Range] = {}

    def __len__(self) -> int:
        return len(self._kinds)

    def add(self, row: Row, number: int) -> None:
        """The next row and the caller's number for it."""
        forward, tokens = self._forward, self._tokens
        for cell, text in fields(row):
            code = CELLS.index(cell) << int(CELL_SHIFT)
            begin = len(forward)
            for syllable in syllables(text):
                token = tokens.get(syllable)
                forward.append(code | (self._new_token(syllable) if token is None else token))
            if cell == "name":
                self._mark_repeats(begin)
        self._kinds.append(KINDS.index(row.kind))
        self._ids.append(number)
        self._offsets.append(self._spilled + len(forward))
        self._note_plan(row.plan, 1)
        if self._folder and len(forward) >= _SPILL:
            self._spill(self._folder)

    def take_over(self, plan: str, numbers: Sequence[int]) -> None:
        """The next rows: those that a plan has in the other segment, and the caller's numbers for them."""
        assert self._like is not None
        first, last = self._like.plans[plan]
        offsets = self._like.offsets[first : last + 1].astype(np.int64)
        shift = self._spilled + len(self._forward) - int(offsets[0])
        self._forward.frombytes(self._like.forward[offsets[0] : offsets[-1]].tobytes())
        self._offsets.extend((offsets[1:] + shift).tolist())
        self._kinds += self._like.kinds[first:last].tobytes()
        self._ids.extend(numbers)
        self._note_plan(plan, last - first)

    def _note_plan(self, plan: str, rows: int) -> None:
        before = len(self) - rows
        first, last = self._plans.get(plan, (before, before))
        if last != before:
            raise ValueError(f"the rows of {plan} do not stand together")
        self._plans[plan] = (first, before + rows)

    def finish(self) -> Segment:
        """All rows as a segment."""
        token_key = np.frombuffer(self._token_key, dtype=np.uint32) if self._tokens else np.zeros(0, np.uint32)
        offsets = np.frombuffer(self._offsets, dtype=np.uint64)
        forward = self._all_tokens()
        turned = _Turned(offsets, forward, token_key, len(self._keys), self._folder)
        return Segment(
            list(self._tokens), list(self._keys), token_key, offsets, forward, np.frombuffer(bytes(self._kinds), dtype=np.uint8),
            np.array(self._ids, dtype=np.int64), turned.starts, turned.postings, turned.frequency, turned.dense, turned.bits,
            turned.pairs, dict(self._plans))

    def _new_token(self, syllable: str) -> int:
        self._tokens[syllable] = number = len(self._tokens)
        folded = key(syllable)
        self._token_key.append(self._keys.setdefault(folded, len(self._keys)))
        return number

    def _mark_repeats(self, begin: int) -> None:
        seen: set[int] = set()
        for place in range(begin, len(self._forward)):
            k = self._token_key[self._forward[place] & int(TOKEN_MASK)]
            if k in seen:
                self._forward[place] |= int(AGAIN)
            seen.add(k)

    def _spill(self, folder: Path) -> None:
        with (folder / "forward.bin").open("ab") as file:
            self._forward.tofile(file)
        self._spilled += len(self._forward)
        self._forward = array("I")

    def _all_tokens(self) -> Ints:
        if self._folder is None or not self._spilled + len(self._forward):
            return np.array(self._forward, dtype=np.uint32)
        self._spill(self._folder)
        return np.memmap(self._folder / "forward.bin", dtype=np.uint32, mode="r")


class _Turned:
    """From rows → tokens to keys → rows, a chunk of rows in memory at a time."""

    def __init__(self, offsets: Ints, forward: Ints, token_key: Ints, keys: int, folder: Path | None) -> None:
        self._offsets, self._forward, self._token_key = offsets, forward, token_key
        self._rows, self._key_count = len(offsets) - 1, keys
        self.frequency = np.zeros(keys, np.int64)
        self.pairs: Ints = np.zeros(0, np.uint64)
        self._count()
        many = self.frequency > max(_DENSE_FROM, self._rows) / _DENSE_SHARE
        self.dense = np.flatnonzero(many).astype(np.uint32) if self._rows > _DENSE_FROM else np.zeros(0, np.uint32)
        kept = self.frequency.copy()
        kept[self.dense] = 0
        self.starts = np.concatenate([[0], np.cumsum(kept)]).astype(np.int64)
        self.postings = _room(folder, "postings.bin", np.dtype(np.uint32), int(self.starts[-1]))
        self.bits = np.zeros((len(self.dense), -(-self._rows // 8)), np.uint8)
        self._fill()

    def _chunks(self) -> Iterator[tuple[int, int, Ints, Ints, Ints]]:
        """(first row, last row, row, key and cell of each token)."""
        for first in range(0, self._rows, _CHUNK):
            last = min(first + _CHUNK, self._rows)
            bounds = self._offsets[first : last + 1].astype(np.int64)
            tokens = np.asarray(self._forward[bounds[0] : bounds[-1]])
            rows = np.repeat(np.arange(first, last, dtype=np.uint64), np.diff(bounds))
            yield first, last, rows, self._token_key[tokens & TOKEN_MASK].astype(np.uint64), (tokens >> CELL_SHIFT) & CELL_MASK

    def _count(self) -> None:
        pairs = []
        for _, _, rows, keys, cells in self._chunks():
            found = np.unique((keys << PAIR_SHIFT) | rows)
            self.frequency += np.bincount((found >> PAIR_SHIFT).astype(np.int64), minlength=self._key_count)
            beside = (rows[1:] == rows[:-1]) & (cells[1:] == cells[:-1])
            pairs.append(np.unique((keys[:-1][beside] << PAIR_SHIFT) | keys[1:][beside]))
        if pairs:
            self.pairs = np.unique(np.concatenate(pairs))

    def _fill(self) -> None:
        cursor = self.starts[:-1].copy()
        lines = np.full(self._key_count, -1, np.int64)
        lines[self.dense] = np.arange(len(self.dense))
        for first, last, rows, keys, _ in self._chunks():
            found = np.unique((keys << PAIR_SHIFT) | rows)
            of_key = (found >> PAIR_SHIFT).astype(np.int64)
            of_row = (found & np.uint64(0xFFFFFFFF)).astype(np.int64)
            many = lines[of_key] >= 0
            flags = np.zeros((len(self.dense), last - first), np.uint8)
            flags[lines[of_key[many]], of_row[many] - first] = 1
            self.bits[:, first // 8 : -(-last // 8)] = np.packbits(flags, axis=1)
            of_key, of_row = of_key[~many], of_row[~many]
            counts = np.bincount(of_key, minlength=self._key_count)
            before = np.cumsum(counts) - counts
            self.postings[cursor[of_key] + np.arange(len(of_key)) - before[of_key]] = of_row
            cursor += counts


def _room(folder: Path | None, name: str, dtype: np.dtype[np.uint32], length: int) -> Ints:
    if folder is None or not length:
        return np.zeros(length, dtype)
    return np.memmap(folder / name, dtype=dtype, mode="w+", shape=(length,))
