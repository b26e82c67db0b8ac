"""The words of one row → its cells: the way to cut them that suits the columns best, in the columns' order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.parsers.columns import Role
from knowledge.parsers.flat.fit import begins_cell, fitness
from knowledge.parsers.flat.words import Gap, Word

# An empty cell costs little; a row without its name a lot.
_EMPTY = {"name": -6.0, "lead": -0.8, "note": 0.0, "other": -0.05}
_EMPTY_OTHERWISE = -0.3
_LONGEST = {"due": 16, "unit": 7, "lead": 70, "coop": 90, "target": 60}
# In a text with an empty line between the lines of a cell, a bare line break parts cells.
_CUT_SPACED = {Gap.SPACE: -1.0, Gap.WIDE: 0.5, Gap.PARA: 0.0, Gap.WRAP: 1.5, Gap.VOID: 0.8, Gap.HARD: 2.0}
_STAY_SPACED = {Gap.SPACE: 0.0, Gap.WIDE: -0.2, Gap.PARA: 0.0, Gap.WRAP: -1.5, Gap.VOID: -0.5, Gap.HARD: -9.0}
_CUT_DENSE = {Gap.SPACE: -1.0, Gap.WIDE: 0.5, Gap.PARA: 1.0, Gap.WRAP: 0.2, Gap.VOID: 1.0, Gap.HARD: 2.0}
_STAY_DENSE = {Gap.SPACE: 0.0, Gap.WIDE: -0.2, Gap.PARA: -0.8, Gap.WRAP: 0.0, Gap.VOID: -0.8, Gap.HARD: -9.0}


@dataclass(frozen=True)
class Cell:
    """A column's words in one row: `start` and `end` count the row's words after its number."""

    role: Role
    start: int
    end: int
    score: float


@dataclass(frozen=True)
class Cut:
    """One way to cut a row. `margin` is how much better it is than the next one with other cells."""

    cells: tuple[Cell, ...]
    score: float
    margin: float = 9.0
    second: tuple[Cell, ...] = ()


@dataclass(frozen=True)
class Style:
    """How a text was flattened: cell marks, or an empty line between the lines of a cell."""

    delimited: bool = False
    spaced: bool = False


def style_of(words: Sequence[Word]) -> Style:
    """The style of a table's text."""
    breaks = [word.gap for word in words if word.first]
    hard = sum(word.gap == Gap.HARD for word in words)
    return Style(delimited=hard > len(breaks) / 3, spaced=sum(gap == Gap.PARA for gap in breaks) > 0.5 * max(1, len(breaks)))


def cut_row(words: Sequence[Word], roles: Sequence[Role], style: Style, rest: bool = False) -> Cut:
    """The best way to cut a row's words into cells of these roles, each at most once, in this order.

    `rest` lets text after the last cell be left over, as after a table's last row.
    """
    columns: list[str] = [*roles, "rest"] if rest else list(roles)
    places = [0, *[k for k in range(1, len(words)) if _may_cut(words, k, style)], len(words)]
    stay, texts = _crossings(words, style), [word.text for word in words]
    # best[place] holds up to two (score, cells) that have used the words before it.
    best: dict[int, list[tuple[float, tuple[Cell, ...]]]] = {0: [(0.0, ())]}
    for column in columns:
        grown: dict[int, list[tuple[float, tuple[Cell, ...]]]] = {}
        for start, ways in best.items():
            for score, cells in ways:
                _keep(grown, start, score + _EMPTY.get(column, 0.0 if column == "rest" else _EMPTY_OTHERWISE), cells)
            for end in _ends(places, start, column, words, style):
                gain = _gain(words, texts, start, end, column, stay, style)
                if gain is None:
                    continue
                for score, cells in ways:
                    cell = Cell(column, start, end, gain)  # type: ignore[arg-type]
                    _keep(grown, end, score + gain, (*cells, cell))
        best = grown
    ways = best.get(len(words), [])
    if not ways:
        return Cut((), -99.0, 0.0)
    margin = ways[0][0] - ways[1][0] if len(ways) > 1 else 9.0
    return Cut(ways[0][1], ways[0][0], margin, ways[1][1] if len(ways) > 1 else ())


def _keep(best: dict[int, list[tuple[float, tuple[Cell, ...]]]], place: int, score: float, cells: tuple[Cell, ...]) -> None:
    ways = best.setdefault(place, [])
    ways.append((score, cells))
    ways.sort(key=lambda way: -way[0])
    del ways[2:]


def _ends(places: list[int], start: int, column: str, words: Sequence[Word], style: Style) -> list[int]:
    """Where a cell of a column that begins here may end."""
    if style.delimited:
        return [p for p in places if p > start][:1] if column != "rest" else [len(words)] * (start < len(words))
    if column == "rest":
        return [len(words)] if start < len(words) else []
    limit = _LONGEST.get(column, 10_000)
    return [p for p in places if start < p <= start + limit]


def _may_cut(words: Sequence[Word], place: int, style: Style) -> bool:
    word = words[place]
    if style.delimited:
        return word.gap == Gap.HARD
    return word.gap > Gap.SPACE or begins_cell(word.text)


def _crossings(words: Sequence[Word], style: Style) -> list[float]:
    """The summed cost of leaving the gaps before each word uncut."""
    table = _STAY_SPACED if style.spaced else _STAY_DENSE
    sums = [0.0]
    for word in words:
        sums.append(sums[-1] + table[word.gap])
    return sums


def _gain(words: Sequence[Word], texts: Sequence[str], start: int, end: int, column: str, stay: list[float],
          style: Style) -> float | None:
    """What a cell of a column at this place adds; None where it can't be."""
    text = " ".join(texts[start:end])
    cut = (_CUT_SPACED if style.spaced else _CUT_DENSE)[words[start].gap] if start else 0.0
    inner = stay[end] - stay[start + 1]
    if column == "rest":
        return -1.5 + cut if words[start].first else None
    suits = fitness(column, text)
    return None if suits <= -5.0 else suits + cut + inner
