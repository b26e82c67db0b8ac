"""Counts over results: how many are right, wrong and incomplete, of all and of each category and style."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.evaluation.run import Result
from bot.evaluation.verdict import Kind


@dataclass(frozen=True)
class Row:
    """One line of a table: how many of each verdict."""

    name: str
    kinds: Counter[Kind]

    @property
    def n(self) -> int:
        """How many questions."""
        return sum(self.kinds.values())

    @property
    def right(self) -> float:
        """Per cent right."""
        return percent(self.kinds[Kind.RIGHT], self.n)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        counts = {kind.value: self.kinds[kind] for kind in Kind if kind is not Kind.RIGHT}
        return {"name": self.name, "n": self.n, "exact": round(self.right, 1), **counts}


@dataclass(frozen=True)
class Tally:
    """The counts of one file, or of several together. `dialogues` is (right as a whole, all)."""

    name: str
    categories: list[Row]
    styles: list[Row]
    total: Row
    dialogues: tuple[int, int]
    p50: float
    p99: float

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "name": self.name,
            "categories": [row.as_dict() for row in self.categories],
            "styles": [row.as_dict() for row in self.styles],
            "total": self.total.as_dict(),
            "dialogues": {"n": self.dialogues[1], "right": self.dialogues[0]},
            "ms": {"p50": round(self.p50, 1), "p99": round(self.p99, 1)},
        }


def tally(name: str, files: Sequence[Sequence[Result]]) -> Tally:
    """The counts over the results of files; conversations of different files are different ones."""
    results = [result for file in files for result in file]
    times = [result.ms for result in results]
    return Tally(
        name,
        _rows(results, lambda result: result.question.category),
        _rows(results, lambda result: result.question.style),
        Row("", Counter(result.verdict.kind for result in results)),
        _dialogues(files),
        percentile(times, 50),
        percentile(times, 99),
    )


def percentile(values: Iterable[float], rank: float) -> float:
    """The nearest-rank percentile; 0 of no values."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(rank / 100 * len(ordered)) - 1)] if ordered else 0.0


def percent(part: int, whole: int) -> float:
    """Per cent of a whole; 0 of nothing."""
    return 100.0 * part / whole if whole else 0.0


def _rows(results: Sequence[Result], key: Callable[[Result], str]) -> list[Row]:
    """One row a name, in the order in which the names first come."""
    counts: dict[str, Counter[Kind]] = {}
    for result in results:
        counts.setdefault(key(result), Counter())[result.verdict.kind] += 1
    return [Row(name, kinds) for name, kinds in counts.items()]


def _dialogues(files: Sequence[Sequence[Result]]) -> tuple[int, int]:
    right: dict[tuple[int, str], bool] = {}
    for number, results in enumerate(files):
        for result in results:
            if (conversation := result.question.line.conversation) is not None:
                at = (number, conversation)
                right[at] = right.get(at, True) and result.verdict.right
    return sum(right.values()), len(right)
