"""What the assistant's confidence is worth: reliability per bin, and wrong answers against coverage.

Expected calibration error as in Guo et al. 2017, On Calibration of Modern Neural Networks, with ten equal bins.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bot.evaluation.run import Result
from bot.evaluation.tally import percent
from bot.evaluation.verdict import Kind

BINS = 10
THRESHOLDS = (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)


@dataclass(frozen=True)
class Sample:
    """One question: how sure the assistant was (None: it gave no answer), and what the answer was worth."""

    confidence: float | None
    right: bool
    wrong: bool


@dataclass(frozen=True)
class Bin:
    """Answers of similar confidence: `confidence` is their mean, `accuracy` the share that is right."""

    low: float
    high: float
    n: int
    confidence: float
    accuracy: float


@dataclass(frozen=True)
class Point:
    """Answering only from a confidence on: the share of questions answered, and of those answers the share that is wrong (%)."""

    threshold: float
    answered: int
    coverage: float
    wrong: int
    wrong_rate: float


@dataclass(frozen=True)
class Calibration:
    """Both tables and the expected calibration error."""

    bins: list[Bin]
    points: list[Point]
    error: float

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def calibration(samples: Iterable[Sample]) -> Calibration:
    """Both tables over the samples."""
    everything = list(samples)
    answered = [(sample.confidence, sample) for sample in everything if sample.confidence is not None]
    bins = _bins(answered)
    error = sum(b.n * abs(b.accuracy - b.confidence) for b in bins) / max(len(answered), 1)
    return Calibration(bins, [_point(threshold, answered, len(everything)) for threshold in THRESHOLDS], error)


def of_result(result: Result) -> Sample:
    """An answered question; asking back or finding nothing is no answer that could be wrong."""
    confidence = result.record.get("confidence") if result.record.get("outcome") == "answer" else None
    return Sample(confidence, result.verdict.right, result.verdict.kind is Kind.WRONG)


def _bins(answered: Sequence[tuple[float, Sample]]) -> list[Bin]:
    """The bins that hold something, lowest first."""
    filled: dict[int, list[tuple[float, Sample]]] = {}
    for confidence, sample in answered:
        filled.setdefault(min(int(confidence * BINS), BINS - 1), []).append((confidence, sample))
    return [_bin(place, inside) for place, inside in sorted(filled.items())]


def _bin(place: int, inside: Sequence[tuple[float, Sample]]) -> Bin:
    n = len(inside)
    return Bin(place / BINS, (place + 1) / BINS, n, sum(c for c, _ in inside) / n, sum(s.right for _, s in inside) / n)


def _point(threshold: float, answered: Sequence[tuple[float, Sample]], asked: int) -> Point:
    kept = [sample for confidence, sample in answered if confidence >= threshold]
    wrong = sum(sample.wrong for sample in kept)
    return Point(threshold, len(kept), percent(len(kept), asked), wrong, percent(wrong, len(kept)))
