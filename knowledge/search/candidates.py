"""The rows of a segment that share the heaviest words with a question."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge.search.query import Query, Term
from knowledge.search.scope import Scope
from knowledge.search.segment import Ints, Range, Segment
from knowledge.text.lexicon import Phrase

Numbers = npt.NDArray[np.int64]
#: Keys that stand in a row together, the rarest first.
Keys = tuple[int, ...]
#: For each term its weight and the keys or phrases that stand for it.
Weighted = Sequence[tuple[float, Sequence[Keys]]]
Kept = np.dtype[np.unsignedinteger[Any]]
#: The largest sum of weights by the bytes in which sums are kept: few over many rows, which leaves less memory to walk over.
_FULL = {1: 240, 2: 60_000}
_MANY_ROWS = 20_000
#: So many rows at once stay in the processor's cache; a multiple of eight.
_BLOCK = 1 << 18
#: Lists of rows longer than this together are put together by flags, not by sorting.
_SORTED = 2_000
_MANY_RANGES = 12
#: In so many rows those of some kinds are counted before they are ranked.
_FEW_WALKED = 4_000
#: Of very many sums one in so many is looked at to guess how large the best are.
_SAMPLED = 8


def candidates(segment: Segment, query: Query, scope: Scope, most: int) -> Numbers:
    """Up to `most` row numbers of the scope's kinds and plans, best first: by the summed weights of the terms in them.

    Where the scope has no more rows than that it is all of them, in their order, also those that share no word.
    """
    wanted = segment.ranges(scope.plans)
    if not wanted or not _share(segment, query):
        return np.zeros(0, np.int64)
    few = _all_of(segment, wanted, scope.kinds, most)
    return _best_of(segment, _lists(segment, query), wanted, scope, most) if few is None else few


def _share(segment: Segment, query: Query) -> bool:
    """Does any row share a word with the question?"""
    known: dict[Phrase, Keys | None] = {}
    return any(True for term in query.terms if term.weight > 0 for _ in _keys_of(segment, term, known))


def _all_of(segment: Segment, ranges: Sequence[Range], kinds: Collection[str] | None, most: int) -> Numbers | None:
    """All rows of a scope that has no more than `most`: comparing them costs less than choosing. None where it has more."""
    rows = sum(last - first for first, last in ranges)
    if rows > (most if kinds is None else max(most, _FEW_WALKED)):
        return None
    found = np.concatenate([np.arange(*r) for r in ranges])
    if kinds is not None:
        found = found[segment.are_of(kinds, found)]
    return found if len(found) <= most else None


def _lists(segment: Segment, query: Query) -> list[tuple[float, list[Keys]]]:
    """For each term its weight and what may stand for it: its own key, and the phrases of the same meaning. Rarest keys first."""
    known: dict[Phrase, Keys | None] = {}
    out = []
    for term in query.terms:
        found = _least(_keys_of(segment, term, known)) if term.weight > 0 else []
        if found:
            out.append((term.weight, found))
    return out


def _keys_of(segment: Segment, term: Term, known: dict[Phrase, Keys | None]) -> Iterable[Keys]:
    """The keys of each phrase that may stand for a term, where each of them is in some row; remembers phrases in `known`."""
    for phrase in dict.fromkeys([(term.key,), *(p for p, _ in term.others)]):
        if phrase not in known:
            keys = {segment.number_of(k) for k in phrase}
            known[phrase] = None if -1 in keys else tuple(sorted(keys, key=segment.order_of))
        keys_of = known[phrase]
        if keys_of is not None:
            yield keys_of


def _least(phrases: Iterable[Keys]) -> list[Keys]:
    """The phrases without those that stand only where another one does, too."""
    out: list[Keys] = []
    for phrase in sorted(phrases, key=len):
        if not any(set(phrase).issuperset(other) for other in out):
            out.append(phrase)
    return out


def _best_of(segment: Segment, lists: Weighted, wanted: Sequence[Range], scope: Scope, most: int) -> Numbers:
    """The best rows of some ranges."""
    ranges = [(wanted[0][0], wanted[-1][1])] if len(wanted) > _MANY_RANGES else wanted
    kept: Kept = np.dtype(np.uint16 if sum(last - first for first, last in ranges) <= _MANY_ROWS else np.uint8)
    scale = _FULL[kept.itemsize] / sum(weight for weight, _ in lists)
    weighted = [(max(1, round(weight * scale)), phrases) for weight, phrases in lists]
    sums = np.concatenate([_sums(segment, weighted, *r, scope.kinds, kept) for r in ranges])
    if len(ranges) < len(wanted):  # the gaps between many ranges are walked over, too
        for (_, gap), (end, _) in zip(wanted, wanted[1:]):
            sums[gap - wanted[0][0] : end - wanted[0][0]] = 0
    best = _best(sums, most)
    return best + ranges[0][0] if len(ranges) == 1 else np.concatenate([np.arange(*r) for r in ranges])[best]


def _sums(segment: Segment, weighted: Sequence[tuple[int, Sequence[Keys]]], first: int, last: int, kinds: Collection[str] | None,
          kept: Kept) -> Ints:
    """The summed weights of each row from `first` to before `last`; 0 for rows of other kinds."""
    begin = first - first % 8
    sums = np.zeros(last - begin, kept)
    bounds = np.array([*range(begin, last, _BLOCK), last], np.uint32)
    known: dict[Keys, Ints] = {}
    walked = []
    for weight, phrases in weighted:
        for p in phrases:
            if p not in known:
                known[p] = segment.bits_with(p, begin, last) if segment.is_dense(p) else segment.rows_with(p, first, last)
        dense = [known[p] for p in phrases if segment.is_dense(p)]
        sparse = [known[p] for p in phrases if not segment.is_dense(p)]
        if dense or (len(sparse) > 1 and sum(map(len, sparse)) > _SORTED):
            bits = np.bitwise_or.reduce(dense) if len(dense) > 1 else dense[0] if dense else None
            walked.append((kept.type(weight), bits, [(rows, rows.searchsorted(bounds)) for rows in sparse]))
        else:
            rows = sparse[0] if len(sparse) == 1 else np.unique(np.concatenate(sparse))
            sums[rows - np.uint32(begin)] += kept.type(weight)
    allowed = None if kinds is None else segment.bits_of(kinds, begin, last)
    for number, (start, end) in enumerate(zip(bounds.tolist(), bounds[1:].tolist())):
        part, eighths, size = sums[start - begin : end - begin], slice((start - begin) // 8, (end - begin + 7) // 8), end - start
        for value, bits, lists in walked:
            flags = np.zeros(size, np.uint8) if bits is None else np.unpackbits(bits[eighths], count=size)
            for rows, cuts in lists:
                flags[rows[cuts[number] : cuts[number + 1]] - np.uint32(start)] = 1
            part += np.multiply(flags, value, dtype=kept)
        if allowed is not None:
            part *= np.unpackbits(allowed[eighths], count=size)
    return sums[first - begin :]


def _best(sums: Ints, most: int) -> Numbers:
    """The places of the largest sums, largest first, then in order; zeros never."""
    # What so many of a part reach, so many of all reach, too.
    part = np.ascontiguousarray(sums[::_SAMPLED]) if len(sums) > 16 * _SAMPLED * most else sums
    found = np.flatnonzero(sums >= _bound(part, most))
    return found[np.argsort(~sums[found], kind="stable")[:most]]


def _bound(sums: Ints, most: int) -> np.unsignedinteger[Any]:
    """The largest number that at least `most` sums reach; at least 1."""
    low, high = 1, int(sums.max(initial=0)) + 1
    while high - low > 1:
        middle = (low + high) // 2
        if np.count_nonzero(sums >= sums.dtype.type(middle)) >= most:
            low = middle
        else:
            high = middle
    return sums.dtype.type(low)
