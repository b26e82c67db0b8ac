"""The figures of one side."""

from __future__ import annotations

import time
from dataclasses import dataclass

from benchmarks.processes import memory, workers
from benchmarks.sides import Ours, Stock

CORES = 2


@dataclass(frozen=True)
class Figures:
    """What was measured of one side; times of a turn in milliseconds."""

    training_seconds: float
    first_answer_seconds: float
    memory_mb: float
    p50: float
    p99: float
    turns_a_second: float


def measure(side: Ours | Stock, turns: int, database_url: str | None = None) -> Figures:
    """Train, start, answer `turns` questions alone, then on two processes at once."""
    training = side.train()
    first, size, times = _alone(side, turns)
    return Figures(training, first, size, quantile(times, 0.5), quantile(times, 0.99), _together(side, turns, database_url))


def quantile(times: list[float], share: float) -> float:
    """The smallest time that `share` of all do not exceed."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _alone(side: Ours | Stock, turns: int) -> tuple[float, float, list[float]]:
    """(seconds from start to first answer, resident MB, milliseconds of each turn) of one process with its helpers."""
    began = time.time()
    with side.running(turns) as running, workers(1, running.arguments, running.environment) as (worker,):
        first = worker.read("first")["first"] - began
        worker.read("ready")
        worker.go()
        times = worker.read("ms")["ms"]
        return first, memory(worker.pid, *running.helpers), times


def _together(side: Ours | Stock, turns: int, database_url: str | None) -> float:
    """Turns a second of as many processes as there are cores."""
    with side.running(turns, database_url) as running, workers(CORES, running.arguments, running.environment) as crew:
        for worker in crew:
            worker.read("ready")
        start = time.perf_counter()
        for worker in crew:
            worker.go()
        for worker in crew:
            worker.read("ms")
        return CORES * turns / (time.perf_counter() - start)
