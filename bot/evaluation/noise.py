"""How answers degrade as sentences are written worse: the same clean questions under rising noise, as a table and a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.evaluation.questions import Question, QuestionFile
from bot.evaluation.run import Ask, run
from bot.evaluation.tally import percent
from bot.evaluation.verdict import Kind
from knowledge.text.noise import Noiser

STRENGTHS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)
_SEED = 2026  # not the seed that training sentences are made with


@dataclass(frozen=True)
class Point:
    """The answers to `n` questions under noise of one strength: per cent right, and per cent that tell a row not asked for."""

    strength: float
    n: int
    right: float
    wrong: float


async def curve(files: Sequence[QuestionFile], ask: Ask, strengths: Sequence[float] = STRENGTHS) -> list[Point]:
    """One point a strength, over the questions that were written clean. Conversations are noised turn by turn."""
    points = []
    for strength in strengths:
        results = [result for file in files for result in await run(_noised(file, strength), ask)]
        kinds = [result.verdict.kind for result in results if result.question.style in ("clean", "-")]
        right, wrong = (percent(kinds.count(kind), len(kinds)) for kind in (Kind.RIGHT, Kind.WRONG))
        points.append(Point(strength, len(kinds), right, wrong))
    return points


def picture(points: Sequence[Point], path: Path) -> None:
    """The curve as an image; its kind follows the path's suffix. Raises OSError, ValueError (no such kind of image)."""
    from matplotlib.figure import Figure  # late: only this option draws

    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.add_subplot()
    strengths = [point.strength for point in points]
    axes.plot(strengths, [point.right for point in points], marker="o", color="#1b6e3c", label="đúng trọn")
    axes.plot(strengths, [point.wrong for point in points], marker="s", color="#b3261e", label="sai dòng")
    axes.set(xlabel="độ nhiễu (0: gõ chuẩn, 1: gần như không đọc được)", ylabel=f"% của {points[0].n} câu", ylim=(0, 101))
    axes.grid(alpha=0.3)
    axes.legend(loc="center left")
    figure.savefig(path, dpi=130)


def _noised(file: QuestionFile, strength: float) -> QuestionFile:
    noiser = Noiser(_SEED)
    return replace(file, questions=tuple(_write(question, noiser, strength) for question in file.questions))


def _write(question: Question, noiser: Noiser, strength: float) -> Question:
    line = question.line
    told = line.conversation and f"{strength}/{line.conversation}"
    return replace(question, line=replace(line, text=noiser.noisy(line.text, strength) if strength else line.text, conversation=told))
