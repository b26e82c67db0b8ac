"""The results as text for a person: aligned Vietnamese tables and lists of failures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from bot.evaluation import labels, nlu
from bot.evaluation.calibration import Calibration
from bot.evaluation.nlu import Guess, Share
from bot.evaluation.noise import Point
from bot.evaluation.run import Result
from bot.evaluation.tally import Row, Tally, percent
from bot.evaluation.tally import tally as tally_of
from bot.evaluation.verdict import Kind

OURS, STOCK, SEARCH = "trợ lý", "Rasa mặc định", "chỉ tìm kiếm"
KINDS = {Kind.WRONG: "SAI DÒNG", Kind.FACT: "sai ý", Kind.PART: "thiếu dòng", Kind.OTHER: "khác", Kind.RIGHT: "đúng"}
_COLUMNS = ("câu", "đúng %", *(label for kind, label in KINDS.items() if kind is not Kind.RIGHT))


def table(title: str, columns: Sequence[str], rows: Iterable[tuple[str, Sequence[str]]]) -> str:
    """Aligned columns: names to the left, figures to the right."""
    lines = [(title, columns), *rows]
    width = max(len(name) for name, _ in lines)
    widths = [max(len(cells[at]) for _, cells in lines) for at in range(len(columns))]
    return "\n".join(
        "  ".join([name.ljust(width), *(cell.rjust(size) for cell, size in zip(cells, widths, strict=True))]).rstrip()
        for name, cells in lines
    )


def tally(counts: Tally) -> str:
    """All tables of one file, or of all together."""
    parts = [
        f"== {counts.name}",
        _verdicts("loại câu", counts.categories, counts.total, labels.category),
        _verdicts("lối viết", counts.styles, counts.total, labels.style),
    ]
    right, dialogues = counts.dialogues
    share = [f"Hội thoại đúng trọn vẹn: {right}/{dialogues} ({number(100 * right / dialogues)} %)"] if dialogues else []
    return "\n\n".join([*parts, "\n".join([*share, times("Thời gian một câu", counts.p50, counts.p99)])])


def times(what: str, p50: float, p99: float) -> str:
    """How long it takes, in milliseconds."""
    return f"{what}: p50 {number(p50)} ms, p99 {number(p99)} ms"


def failures(results: Iterable[Result]) -> str:
    """Each question that was not answered right, with the answer and what is to be said against it."""
    return "\n".join(line for result in results if not result.verdict.right for line in _failure(result))


def calibration(found: Calibration) -> str:
    """The reliability table, and wrong answers against coverage."""
    bins = table("độ tin cậy", ("câu", "trung bình", "đúng %"), [
        (f"{number(b.low)}–{number(b.high)}", (str(b.n), number(b.confidence, 3), number(100 * b.accuracy))) for b in found.bins])
    points = table("chỉ trả lời từ", ("trả lời", "độ phủ %", "sai", "sai %"), [
        (number(p.threshold, 2), (str(p.answered), number(p.coverage), str(p.wrong), number(p.wrong_rate, 2)))
        for p in found.points])
    return f"{bins}\n\nSai lệch hiệu chuẩn (ECE): {number(found.error, 3)}\n\n{points}"


def noise(points: Sequence[Point]) -> str:
    """Right and wrong answers by the strength of the noise."""
    rows = [(number(point.strength), (str(point.n), number(point.right), number(point.wrong))) for point in points]
    return table("độ nhiễu", ("câu", "đúng %", "sai dòng %"), rows)


def answers_compared(sides: dict[str, list[list[Result]]]) -> str:
    """Per style: how many answers of each side are right, and how many tell a row that was not asked for."""
    counts = {name: tally_of(name, results) for name, results in sides.items()}
    ours = next(iter(counts.values()))
    columns = ["câu", *(f"{name}: {what}" for name in counts for what in ("đúng %", "sai dòng %"))]
    lines = []
    for place, row in enumerate([*ours.styles, ours.total]):
        same = [([*side.styles, side.total])[place] for side in counts.values()]
        figures = [number(figure) for other in same for figure in (other.right, percent(other.kinds[Kind.WRONG], other.n))]
        lines.append((labels.style(row.name) if row.name else "TỔNG", (str(row.n), *figures)))
    return "== câu trả lời, so trên cùng câu hỏi\n\n" + table("lối viết", columns, lines)


def nlu_compared(sides: dict[str, list[Guess]]) -> str:
    """Per style: the accuracy of each side's intents. The search alone has none."""
    ours = nlu.shares(next(iter(sides.values())), lambda sentence: sentence.style)
    rights = {name: {share.name: share for share in nlu.shares(guesses, lambda s: s.style)} for name, guesses in sides.items()}
    lines = [(labels.style(row.name), (str(row.n), *(number(of[row.name].accuracy) for of in rights.values()))) for row in ours]
    whole = [number(percent(sum(guess.right for guess in guesses), len(guesses))) for guesses in sides.values()]
    return "== ý định, so trên cùng câu\n\n" + table(
        "lối viết", ["câu", *(f"{name}: đúng %" for name in sides)], [*lines, ("TỔNG", (str(sum(row.n for row in ours)), *whole))])


def shares(title: str, rows: Sequence[Share], name: Callable[[str], str] = str) -> str:
    """Accuracy per intent or style, and of all."""
    total = Share("", sum(row.n for row in rows), sum(row.right for row in rows))
    lines = [(name(row.name), (str(row.n), number(row.accuracy))) for row in rows]
    return table(title, ("câu", "đúng %"), [*lines, ("TỔNG", (str(total.n), number(total.accuracy)))])


def confusion(taken: dict[str, Counter[str]], most: int | None = None) -> str:
    """What was taken for what, most often first, `most` lines of it; intents that are always right do not show."""
    pairs = ((-n, intent, guess) for intent, guesses in taken.items() for guess, n in guesses.items() if guess != intent)
    rows = [(f"{intent} → {guess}", (str(-n),)) for n, intent, guess in sorted(pairs)]
    left = len(rows[most:]) if most is not None else 0
    shown = rows[:most] + ([(f"… {left} cặp khác", (str(sum(int(n) for _, (n,) in rows[most:])),))] if left else [])
    return table("nhầm: cần → nhận", ("câu",), shown or [("không có", ("0",))])


def mistakes(guesses: Iterable[Guess]) -> str:
    """Each sentence that was taken for another intent."""
    return "\n".join(_mistake(guess) for guess in guesses if not guess.right)


def number(value: float, digits: int = 1) -> str:
    """A figure with the Vietnamese decimal comma."""
    return f"{value:.{digits}f}".replace(".", ",")


def _verdicts(title: str, rows: Iterable[Row], total: Row, name: Callable[[str], str]) -> str:
    return table(title, _COLUMNS, [*((name(row.name), _counts(row)) for row in rows), ("TỔNG", _counts(total))])


def _counts(row: Row) -> list[str]:
    return [str(row.n), number(row.right), *(str(row.kinds[kind]) for kind in KINDS if kind is not Kind.RIGHT)]


def _mistake(guess: Guess) -> str:
    sentence = guess.sentence
    about = f"{number(guess.confidence, 2)}, {labels.style(sentence.style)}"
    return f"{sentence.intent} → {guess.intent} ({about}): {sentence.text}"


def _failure(result: Result) -> Iterable[str]:
    question, record = result.question, result.record
    place = f"{labels.category(question.category)}/{labels.style(question.style)}"
    yield f"{KINDS[result.verdict.kind]:<10}  {question.line.id}  [{place}] {question.line.text}"
    yield from (f"            - {reason.text}" for reason in result.verdict.reasons)
    if record.get("outcome") == "answer" and (refs := record.get("refs")):
        yield f"            trả lời theo: {', '.join(map(str, refs[:8]))}{' …' if len(refs) > 8 else ''}"
