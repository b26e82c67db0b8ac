"""The keys of an index as a collection: all of them to look one up, the frequent ones to look for what a slip meant."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

#: So many keys are compared with a mistyped one. Folded Vietnamese has some 2,500 syllables; what comes after the most
#: frequent keys of a large base are numbers and foreign words, and each costs time in every question with a slip.
MOST = 8_000


class Words(Collection[str]):
    """The keys of some rows, by how many rows each stands in. Iterates over words, the frequent ones first, never over numbers."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self._counts = counts
        self._frequent = tuple(islice(_by_frequency(counts), MOST))

    def __contains__(self, k: object) -> bool:
        return k in self._counts

    def __iter__(self) -> Iterator[str]:
        return iter(self._frequent)

    def __len__(self) -> int:
        return len(self._frequent)

    def near(self, word: str) -> Near:
        """The keys for a word that may be mistyped."""
        return Near(self, self._slips.around(word))

    @cached_property
    def _slips(self) -> Slips:
        return Slips(self._frequent)


@dataclass(frozen=True)
class Near(Collection[str]):
    """A collection of words of which only those are gone through that are one slip away from a given one."""

    whole: Collection[str]
    few: tuple[str, ...]

    def __contains__(self, word: object) -> bool:
        return word in self.whole

    def __iter__(self) -> Iterator[str]:
        return iter(self.few)

    def __len__(self) -> int:
        return len(self.few)


class Slips:
    """Finds the words that may be one slip away from another: a letter more, less, other, or two changed about.

    Two such words are the same when each leaves out one letter or none, so words are kept by what is left of them then.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._words = tuple(words)
        self._by_rest: dict[str, list[int]] = {}
        for number, word in enumerate(self._words):
            for rest in _rests(word):
                self._by_rest.setdefault(rest, []).append(number)

    def around(self, word: str) -> tuple[str, ...]:
        """All words one slip away, and some others, in the order given at first."""
        found = {number for rest in _rests(word) for number in self._by_rest.get(rest, ())}
        return tuple(self._words[number] for number in sorted(found))


def _rests(word: str) -> set[str]:
    return {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}


def _by_frequency(counts: Mapping[str, int]) -> Iterator[str]:
    return (k for k in sorted(counts, key=lambda k: (-counts[k], k)) if len(k) > 1 and not k[0].isdigit())
