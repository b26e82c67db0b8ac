"""Which numbers at the beginning of a line begin a row: those that count on, not page numbers or values in a cell.

Numbers, numerals and capital letters that could begin a row are candidates; the chain of candidates that counts best
(1, 2, 3 …; 5, 5.1, 5.2 …; I., II. …; A, B …) is kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.parsers.agency_cells import starts_like_agency
from knowledge.parsers.deadlines import is_deadline
from knowledge.parsers.flat.words import Gap, Word

_NUMBER = re.compile(r"\d{1,3}(?:\.\d{1,3})*[.)]?$")
_ROMAN = re.compile(r"[IVXLC]+[.)]?$")
_LETTER = re.compile(r"[A-HĐK-UY][.)]?$")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_BEAM = 40
_LETTERS = "ABCDEFGHIKLMN"


@dataclass(frozen=True)
class Start:
    """A row's first word: its place among the words, the number without its dot, and its level.

    `level` is part (A, B), group (I, II) or row (1, 1.1).
    """

    at: int
    no: str
    level: str
    fits: float = 0.0

    @property
    def numbers(self) -> tuple[int, ...]:
        """The number's parts: `5.10` → (5, 10), `IV` → (4,)."""
        if self.level == "group":
            return (roman(self.no),)
        if self.level == "part":
            return (_LETTERS.find(self.no) + 1,)
        return tuple(int(n) for n in self.no.split("."))


@dataclass(frozen=True)
class _Chain:
    """A chain of starts so far, with the last of each level."""

    score: float = 0.0
    starts: tuple[Start, ...] = ()
    row: Start | None = None
    group: Start | None = None
    part: Start | None = None


def roman(numeral: str) -> int:
    """IV → 4."""
    values = [_ROMAN_VALUES.get(char, 0) for char in numeral]
    return sum(-value if later > value else value for value, later in zip(values, [*values[1:], 0]))


def to_roman(number: int) -> str:
    """4 → IV."""
    out = ""
    for value, sign in ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        out += sign * (number // value)
        number %= value
    return out


def find_starts(words: list[Word], delimited: bool) -> list[Start]:
    """The rows' first words, in order. In a delimited table a number fills its cell."""
    chains = [_Chain()]
    for candidate in _candidates(words, delimited):
        grown = [chain for old in chains if (chain := _take(old, candidate))]
        chains = sorted([*chains, *grown], key=lambda c: -c.score)[:_BEAM]
    return list(chains[0].starts)


def _candidates(words: list[Word], delimited: bool) -> list[Start]:
    out = []
    for at, word in enumerate(words):
        if not (word.first or word.gap == Gap.HARD) or len(word.text) > 12:
            continue
        if delimited and not (at + 1 < len(words) and words[at + 1].gap == Gap.HARD):
            continue
        no = word.text.rstrip(".)")
        fits = _fitness(words, at)
        for level, pattern in (("row", _NUMBER), ("group", _ROMAN), ("part", _LETTER)):
            valid = level != "group" or to_roman(roman(no)) == no
            if pattern.match(word.text) and valid and (level != "part" or delimited or word.text != no):
                # A numeral that fills a cell begins a group for sure, even where the plan counts wrongly.
                out.append(Start(at, no, level, fits + 2.5 * (delimited and level != "row")))
    return out


def _fitness(words: list[Word], at: int) -> float:
    """How well the text after a number looks like a row's: it begins with a capital and is no agency or deadline."""
    following = words[at + 1:at + 7]
    if not following:
        return -2.0
    text = " ".join(word.text for word in following)
    score = 0.5 if re.match(r"[“\"'(]?[^\W\d_]", text) and (text.lstrip("“\"'(")[:1].isupper()) else -1.0
    if starts_like_agency(text) and not text.startswith(("Các", "Những")):
        score -= 0.5
    if is_deadline(words[at].text) or is_deadline(f"{words[at].text} {following[0].text}"):
        score -= 1.0
    return score + (0.3 if words[at].text[-1] in ".)" else 0.0)


def _take(chain: _Chain, start: Start) -> _Chain | None:
    """The chain with one more start, or None where it can't follow."""
    step = {"row": _row_step, "group": _group_step, "part": _part_step}[start.level](chain, start)
    if step is None or (chain.starts and chain.starts[-1].at == start.at):
        return None
    base = _Chain(chain.score + step + start.fits, (*chain.starts, start), chain.row, chain.group, chain.part)
    if start.level == "row":
        return _Chain(base.score, base.starts, start, chain.group, chain.part)
    if start.level == "group":
        return _Chain(base.score, base.starts, chain.row, start, chain.part)
    return _Chain(base.score, base.starts, chain.row, None, start)


def _row_step(chain: _Chain, start: Start) -> float | None:
    """What a row's number is worth after the chain's last one."""
    numbers = start.numbers
    after_group = bool(chain.starts) and chain.starts[-1].level != "row"
    if numbers[-1] == 1 and len(numbers) <= 2 and (chain.row is None or after_group):
        return 3.0
    if chain.row is None:
        return -2.0 if numbers[0] < 20 else None
    last = chain.row.numbers
    if counts_on(last, numbers):
        return 3.0
    ahead = numbers[-1] - last[-1]
    if numbers[:-1] == last[:-1] and 0 <= ahead <= 3:
        return -2.0 if ahead else -3.0
    return None


def counts_on(last: tuple[int, ...], numbers: tuple[int, ...]) -> bool:
    """Whether a number follows another: 4 → 5, 5 → 5.1, 5.12 → 6, 2.9 → 3 and 3.1 (its parent left out)."""
    if numbers == (*last, 1):
        return True
    steps = [(*last[:size - 1], last[size - 1] + 1) for size in range(1, len(last) + 1)]
    return numbers in steps or any(numbers == (*step, 1) for step in steps if len(step) < len(last))


def _group_step(chain: _Chain, start: Start) -> float | None:
    number = start.numbers[0]
    if chain.group is None:
        return 3.0 if number == 1 else None
    ahead = number - chain.group.numbers[0]
    if ahead == 1:
        return 3.0
    return -2.0 if ahead in (0, 2) else None


def _part_step(chain: _Chain, start: Start) -> float | None:
    number = start.numbers[0]
    last = chain.part.numbers[0] if chain.part else 0
    return 3.0 if number == last + 1 and number else None
