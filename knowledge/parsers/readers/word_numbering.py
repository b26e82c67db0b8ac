"""The numbers that Word writes before paragraphs by itself (1., I., a), 1.1): they are not in the text and must be counted.

Source: ECMA-376 part 1, 17.9 (numbering definitions).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class _Level:
    form: str
    text: str
    start: int


class Numbering:
    """Counts the paragraphs of one document, in order."""

    def __init__(self, numbering: Any | None, styles: Any | None) -> None:
        self._levels: dict[str, dict[int, _Level]] = {}
        self._abstract_of: dict[str, str] = {}
        self._starts: dict[str, dict[int, int]] = {}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        self._begun: set[tuple[str, int]] = set()
        self._styles = _style_numbers(styles) if styles is not None else {}
        if numbering is not None:
            self._load(numbering)

    def label(self, paragraph: Any) -> str:
        """The label before a paragraph, empty where it has none; to be asked once for each, in reading order."""
        number, depth = self._number_of(paragraph)
        levels = self._levels.get(self._abstract_of.get(number, ""), {})
        level = levels.get(depth)
        if level is None:
            return ""
        counts = self._count(number, depth, levels)
        if level.form == "bullet":
            return "-"
        return _written(level.text, counts, levels)

    def _load(self, numbering: Any) -> None:
        for abstract in numbering.iterchildren(_W + "abstractNum"):
            levels = {int(lvl.get(_W + "ilvl", "0")): _level(lvl) for lvl in abstract.iterchildren(_W + "lvl")}
            self._levels[str(abstract.get(_W + "abstractNumId"))] = levels
        for num in numbering.iterchildren(_W + "num"):
            number = str(num.get(_W + "numId"))
            self._abstract_of[number] = _value(num, "abstractNumId")
            self._starts[number] = {
                int(override.get(_W + "ilvl", "0")): int(_value(override, "startOverride") or 1)
                for override in num.iterchildren(_W + "lvlOverride") if override.find(_W + "startOverride") is not None}

    def _number_of(self, paragraph: Any) -> tuple[str, int]:
        """The list that a paragraph belongs to and its depth in it: its own, or its style's."""
        properties = paragraph.find(_W + "pPr")
        if properties is None:
            return "", 0
        style = _value(properties, "pStyle")
        number, depth = self._styles.get(style, ("", 0))
        own = properties.find(_W + "numPr")
        if own is not None:
            number = _value(own, "numId") or number
            depth = int(_value(own, "ilvl") or depth)
        return number, depth

    def _count(self, number: str, depth: int, levels: dict[int, _Level]) -> dict[int, int]:
        """Count on; lists over one definition count together, unless one starts anew."""
        counts = self._counts[self._abstract_of[number]]
        if (number, depth) not in self._begun:
            self._begun.add((number, depth))
            if depth in self._starts.get(number, {}):
                counts[depth] = self._starts[number][depth] - 1
        counts[depth] = counts.get(depth, levels[depth].start - 1) + 1
        for deeper in [d for d in counts if d > depth]:
            del counts[deeper]
        for upper in range(depth):
            counts.setdefault(upper, levels[upper].start if upper in levels else 1)
        return counts


def _style_numbers(styles: Any) -> dict[str, tuple[str, int]]:
    """The lists that paragraph styles carry, a style taking its parent's."""
    own: dict[str, tuple[str, int]] = {}
    parents: dict[str, str] = {}
    for style in styles.iterchildren(_W + "style"):
        name = str(style.get(_W + "styleId"))
        parents[name] = _value(style, "basedOn")
        properties = style.find(_W + "pPr")
        number = properties.find(_W + "numPr") if properties is not None else None
        if number is not None and _value(number, "numId"):
            own[name] = (_value(number, "numId"), int(_value(number, "ilvl") or 0))
    out = dict(own)
    for name in parents:
        parent, seen = name, set()
        while parent and parent not in own and parent not in seen:
            seen.add(parent)
            parent = parents.get(parent, "")
        if parent in own:
            out[name] = own[parent]
    return out


def _level(lvl: Any) -> _Level:
    text = lvl.find(_W + "lvlText")
    return _Level(_value(lvl, "numFmt") or "decimal", str(text.get(_W + "val", "")) if text is not None else "",
                  int(_value(lvl, "start") or 1))


def _value(element: Any, name: str) -> str:
    child = element.find(_W + name)
    return str(child.get(_W + "val", "")) if child is not None else ""


def _written(text: str, counts: dict[int, int], levels: dict[int, _Level]) -> str:
    """`%1.%2` with its numbers."""
    for depth in range(9):
        if f"%{depth + 1}" in text:
            form = levels[depth].form if depth in levels else "decimal"
            text = text.replace(f"%{depth + 1}", _numeral(counts.get(depth, 1), form))
    return text.strip()


def _numeral(number: int, form: str) -> str:
    if form in ("upperRoman", "lowerRoman"):
        roman = _roman(number)
        return roman if form == "upperRoman" else roman.lower()
    if form in ("upperLetter", "lowerLetter"):
        letter = _LETTERS[(number - 1) % 26] * ((number - 1) // 26 + 1)
        return letter.upper() if form == "upperLetter" else letter
    if form == "decimalZero":
        return f"{number:02d}"
    return "" if form == "none" else str(number)


def _roman(number: int) -> str:
    out = ""
    for value, sign in ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        out += sign * (number // value)
        number %= value
    return out
