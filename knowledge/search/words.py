"""The keys of an index as a collection: all of them to look one up, the frequent ones to look for what a slip meant."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import islice

from knowledge.search.segment import Segment

#: So many keys are compared with a mistyped one. Folded Vietnamese has some 2,500 syllables; what comes after the most
#: frequent keys of a large base are numbers and foreign words, and each costs time in every question with a slip.
MOST = 8_000


class Words(Collection[str]):
    """The keys of some segments. Iterates over words, the frequent ones first, never over numbers."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self._segments = segments
        self._frequent = tuple(islice(_by_frequency(segments), MOST))

    def __contains__(self, k: object) -> bool:
        return any(segment.frequency[segment.key_ids[k]] > 0 for segment in self._segments if k in segment.key_ids)

    def __iter__(self) -> Iterator[str]:
        return iter(self._frequent)

    def __len__(self) -> int:
        return len(self._frequent)


def _by_frequency(segments: Sequence[Segment]) -> Iterator[str]:
    sums: dict[str, int] = {}
    for segment in segments:
        for k, count in zip(segment.keys, segment.frequency.tolist()):
            sums[k] = sums.get(k, 0) + count
    # A key may be left of rows that are no more.
    return (k for k in sorted(sums, key=lambda k: (-sums[k], k)) if sums[k] and len(k) > 1 and not k[0].isdigit())
