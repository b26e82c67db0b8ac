"""The rows of a segment that share the heaviest words with a question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge.model import KINDS
from knowledge.search.query import Query
from knowledge.search.scope import Scope
from knowledge.search.segment import Ints, Range, Segment

Numbers = npt.NDArray[np.int64]
#: Keys that stand in a row together, the rarest first.
Keys = tuple[int, ...]
#: For each term its weight and the keys or phrases that stand for it.
Weighted = Sequence[tuple[float, list[Keys]]]
Kept = np.dtype[np.unsignedinteger[Any]]
#: The largest sum of weights by the bytes in which sums are kept: few, which leaves less memory to walk over.
_FULL = {1: 240, 2: 60_000}
#: So many rows at once stay in the processor's cache.
_BLOCK = 1 << 16
#: Lists of rows longer than this together are put together by flags, not by sorting.
_SORTED = 2_000
_MANY_RANGES = 12
#: In so many rows those of some kinds are counted before they are ranked.
_FEW_WALKED = 4_000
#: Over more rows than this, only so many terms are looked up for every row; the others, for the best rows.
_MANY_ROWS, _WALKED = 150_000, 7


def candidates(segment: Segment, query: Query, scope: Scope, most: int) -> Numbers:
    """Up to `most` row numbers of the scope's kinds and plans, best first: by the summed weights of the terms in them.

    Where the scope has no more rows than that it is all of them, in their order, also those that share no word.
    """
    lists = sorted(_lists(segment, query), reverse=True)
    ranges = _few(segment.ranges(scope.plans))
    if not lists or not ranges:
        return np.zeros(0, np.int64)
    few = _all_of(segment, scope, most)
    if few is not None:
        return few
    if sum(last - first for first, last in ranges) <= _MANY_ROWS:
        return _best_of(segment, lists, ranges, scope, most, np.dtype(np.uint16))
    # Over very many rows: the heaviest terms alone, coarsely, of a phrase the rarest key; then all, over more rows than are wanted.
    heaviest = [(weight, sorted({phrase[:1] for phrase in phrases})) for weight, phrases in lists[:_WALKED]]
    found = _best_of(segment, heaviest, ranges, scope, 10 * most, np.dtype(np.uint8))
    return _refined(segment, lists, found)[:most]


def _all_of(segment: Segment, scope: Scope, most: int) -> Numbers | None:
    """All rows of a scope that has no more than `most`: comparing them costs less than choosing. None where it has more."""
    ranges = segment.ranges(scope.plans)
    if scope.kinds is None:
        rows = sum(last - first for first, last in ranges)
        return np.concatenate([np.arange(*r) for r in ranges]) if 0 < rows <= most else None
    if sum(last - first for first, last in ranges) > _FEW_WALKED:
        return None
    allowed = np.array([k in scope.kinds for k in KINDS])
    found = np.concatenate([np.flatnonzero(allowed[segment.kinds[first:last]]) + first for first, last in ranges])
    return found if len(found) <= most else None


def _lists(segment: Segment, query: Query) -> list[tuple[float, list[Keys]]]:
    """For each term its weight and what may stand for it: its own key, and the phrases of the same meaning. Rarest keys first."""
    out = []
    for term in query.terms:
        if term.weight <= 0:
            continue
        phrases = {tuple(segment.number_of(k) for k in phrase) for phrase in ((term.key,), *(p for p, _ in term.others))}
        known = {tuple(sorted(set(p), key=lambda k: (int(segment.frequency[k]), k))) for p in phrases if min(p) >= 0}
        if known:
            out.append((term.weight, sorted(known)))
    return out


def _best_of(segment: Segment, lists: Weighted, ranges: Sequence[Range], scope: Scope, most: int, kept: Kept) -> Numbers:
    """The best rows of some ranges, with sums of the kind `kept`."""
    scale = _FULL[kept.itemsize] / sum(weight for weight, _ in lists)
    weighted = [(max(1, round(weight * scale)), phrases) for weight, phrases in lists]
    allowed = None if scope.kinds is None else np.array([k in scope.kinds for k in KINDS], kept)
    sums = np.concatenate([_sums(segment, weighted, first, last, allowed, kept) for first, last in ranges])
    if scope.plans is not None or segment.gone:
        _silence_gaps(sums, ranges, segment.ranges(scope.plans))
    best = _best(sums, most)
    return best + ranges[0][0] if len(ranges) == 1 else np.concatenate([np.arange(*r) for r in ranges])[best]


def _refined(segment: Segment, lists: Weighted, numbers: Numbers) -> Numbers:
    """The rows in the order of all terms."""
    rows = np.sort(numbers)
    held = {k: segment.holds(k, rows) for k in {k for _, phrases in lists for phrase in phrases for k in phrase}}
    sums = np.zeros(len(rows))
    for weight, phrases in lists:
        flags = np.zeros(len(rows), bool)
        for phrase in phrases:
            flags |= np.logical_and.reduce([held[k] for k in phrase])
        sums += weight * flags
    return rows[np.argsort(-sums, kind="stable")]


def _few(ranges: list[Range]) -> list[Range]:
    """Many scattered ranges are walked as one; the gaps are taken out afterwards."""
    return [(ranges[0][0], ranges[-1][1])] if len(ranges) > _MANY_RANGES else ranges


def _silence_gaps(sums: Ints, walked: Sequence[Range], wanted: Sequence[Range]) -> None:
    if len(walked) == 1 and len(wanted) > 1:
        first = walked[0][0]
        for (_, gap), (end, _) in zip(wanted, wanted[1:]):
            sums[gap - first : end - first] = 0


def _sums(segment: Segment, weighted: Sequence[tuple[int, list[Keys]]], first: int, last: int, allowed: Ints | None, kept: Kept) -> Ints:
    """The summed weights of each row from `first` to before `last`; 0 for kinds that are not `allowed`."""
    sums = np.zeros(last - first, kept)
    bounds = np.array([*range(first, last, _BLOCK), last], np.uint32)
    known: dict[Keys, Ints] = {}
    walked = []
    for weight, phrases in weighted:
        dense = [segment.dense_lines[p[0]] for p in phrases if len(p) == 1 and p[0] in segment.dense_lines]
        for p in phrases:
            if p not in known and not (len(p) == 1 and p[0] in segment.dense_lines):
                known[p] = segment.rows_with(p, first, last)
        sparse = [known[p] for p in phrases if p in known]
        if dense or (len(sparse) > 1 and sum(map(len, sparse)) > _SORTED):
            walked.append((kept.type(weight), [(rows, rows.searchsorted(bounds)) for rows in sparse], dense))
        else:
            rows = sparse[0] if len(sparse) == 1 else np.unique(np.concatenate(sparse))
            sums[rows - np.uint32(first)] += kept.type(weight)
    for number, (begin, end) in enumerate(zip(bounds.tolist(), bounds[1:].tolist())):
        part = sums[begin - first : end - first]
        for value, lists, dense in walked:
            flags = segment.flags_of(dense[0], begin, end) if dense else np.zeros(end - begin, np.uint8)
            for line in dense[1:]:
                flags |= segment.flags_of(line, begin, end)
            for rows, cuts in lists:
                flags[rows[cuts[number] : cuts[number + 1]] - np.uint32(begin)] = 1
            part += np.multiply(flags, value, dtype=kept)
        if allowed is not None:
            part *= allowed[segment.kinds[begin:end]]
    return sums


def _best(sums: Ints, most: int) -> Numbers:
    """The places of the largest sums, largest first, then in order; zeros never."""
    low, high = 1, int(sums.max(initial=0)) + 1
    while high - low > 1:
        middle = (low + high) // 2
        if np.count_nonzero(sums >= sums.dtype.type(middle)) >= most:
            low = middle
        else:
            high = middle
    found = np.flatnonzero(sums >= sums.dtype.type(low))
    order = np.argsort(-sums[found].astype(np.int64), kind="stable")
    return found[order[:most]]
