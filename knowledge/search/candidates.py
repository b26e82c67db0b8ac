"""The rows of a segment that share the heaviest words with a question."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from knowledge.model import KINDS
from knowledge.search.query import Query
from knowledge.search.scope import Scope
from knowledge.search.segment import Ints, Range, Segment

Numbers = npt.NDArray[np.int64]
#: For each term its weight and the keys that stand for it.
Weighted = Sequence[tuple[int, list[int]]]
#: The largest sum of weights; sums are kept in 16 bits, which halves the memory to walk over a million rows.
_FULL = 60_000
_MANY_RANGES = 12
#: Over more rows than this, only so many terms are looked up for every row; the others, for the best rows.
_MANY_ROWS, _WALKED = 150_000, 7


def candidates(segment: Segment, query: Query, scope: Scope, most: int) -> Numbers:
    """Up to `most` row numbers of the scope's kinds and plans, best first: by the summed weights of the terms in them."""
    lists = _lists(segment, query)
    ranges = _few(segment.ranges(scope.plans))
    if not lists or not ranges:
        return np.zeros(0, np.int64)
    scale = _FULL / sum(weight for weight, _ in lists)
    weighted = sorted(((max(1, round(weight * scale)), keys) for weight, keys in lists), reverse=True)
    numbers = _first(segment, weighted, ranges, scope, most)
    return numbers if len(weighted) <= _WALKED or len(numbers) <= most else _refined(segment, weighted, numbers)[:most]


def _first(segment: Segment, weighted: Weighted, ranges: Sequence[Range], scope: Scope, most: int) -> Numbers:
    """The best rows; over very many rows by the heaviest terms alone, and then more of them."""
    rows = sum(last - first for first, last in ranges)
    if rows > _MANY_ROWS and len(weighted) > _WALKED:
        weighted, most = weighted[:_WALKED], 10 * most
    sums = np.concatenate([_sums(segment, weighted, first, last) for first, last in ranges])
    numbers = np.concatenate([np.arange(first, last) for first, last in ranges]) if len(ranges) > 1 else None
    where = slice(ranges[0][0], ranges[0][1]) if numbers is None else numbers
    if scope.kinds is not None:
        counts = np.array([k in scope.kinds for k in KINDS], np.uint16)
        sums *= counts[segment.kinds[where]]
    if scope.plans is not None or segment.gone:
        _silence_gaps(sums, ranges, segment.ranges(scope.plans))
    best = _best(sums, most)
    return best + ranges[0][0] if numbers is None else numbers[best]


def _refined(segment: Segment, weighted: Weighted, numbers: Numbers) -> Numbers:
    """The rows in the order of all terms."""
    rows = np.sort(numbers)
    sums = np.zeros(len(rows), np.int64)
    for weight, keys in weighted:
        flags = np.zeros(len(rows), bool)
        for k in keys:
            flags |= segment.holds(k, rows)
        sums += weight * flags
    return rows[np.argsort(-sums, kind="stable")]


def _lists(segment: Segment, query: Query) -> list[tuple[float, list[int]]]:
    """For each term its weight and the keys that may stand for it: its own, and the rarest of each phrase of the same meaning."""
    out = []
    for term in query.terms:
        if term.weight <= 0:
            continue
        keys = {segment.number_of(term.key)}
        for phrase, _ in term.others:
            ids = [segment.number_of(k) for k in phrase]
            if min(ids) >= 0:
                keys.add(min(ids, key=lambda i: int(segment.frequency[i])))
        keys.discard(-1)
        if keys:
            out.append((term.weight, sorted(keys)))
    return out


def _few(ranges: list[Range]) -> list[Range]:
    """Many scattered ranges are walked as one; the gaps are taken out afterwards."""
    return [(ranges[0][0], ranges[-1][1])] if len(ranges) > _MANY_RANGES else ranges


def _silence_gaps(sums: Ints, walked: Sequence[Range], wanted: Sequence[Range]) -> None:
    if len(walked) == 1 and len(wanted) > 1:
        first = walked[0][0]
        for (_, gap), (end, _) in zip(wanted, wanted[1:]):
            sums[gap - first : end - first] = 0


def _sums(segment: Segment, weighted: Weighted, first: int, last: int) -> Ints:
    """The summed weights of each row from `first` to before `last`."""
    sums = np.zeros(last - first, np.uint16)
    for weight, keys in weighted:
        sparse = [segment.rows_of(k, first, last) for k in keys if k not in segment.dense_lines]
        dense = [segment.dense_lines[k] for k in keys if k in segment.dense_lines]
        if not dense and len(sparse) == 1:
            sums[sparse[0] - np.uint32(first)] += np.uint16(weight)
        elif not dense and 20 * sum(map(len, sparse)) < last - first:
            sums[np.unique(np.concatenate(sparse)) - np.uint32(first)] += np.uint16(weight)
        else:
            flags = segment.flags_of(dense[0], first, last) if dense else np.zeros(last - first, np.uint8)
            for line in dense[1:]:
                flags |= segment.flags_of(line, first, last)
            for rows in sparse:
                flags[rows - np.uint32(first)] = 1
            sums += np.multiply(flags, np.uint16(weight), dtype=np.uint16)
    return sums


def _best(sums: Ints, most: int) -> Numbers:
    """The places of the largest sums, largest first, then in order; zeros never."""
    low, high = 1, int(sums.max(initial=0)) + 1
    while high - low > 1:
        middle = (low + high) // 2
        if np.count_nonzero(sums >= np.uint16(middle)) >= most:
            low = middle
        else:
            high = middle
    found = np.flatnonzero(sums >= np.uint16(low))
    order = np.argsort(-sums[found].astype(np.int64), kind="stable")
    return found[order[:most]]
