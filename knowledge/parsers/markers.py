"""The marks that number an administrative document: `I.`, `II-`, `1.`, `2.3.`, `a)`, `(1)`, `-`, `*`, `Điều 4.`

A mark is only a candidate: "2025. Đồng thời" at the start of a broken line looks like one too. `Sequence` decides, by the marks
before it and by whether the line begins a paragraph.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from knowledge.text.normalize import fold

MarkerKind = Literal["annex", "upper", "roman", "article", "arabic", "decimal", "star", "letter", "paren", "bullet", "plus",
                     "ordinal"]

#: How deep each kind usually stands; the smaller contains the greater.
RANK: dict[MarkerKind, int] = {
    "annex": 0, "upper": 1, "roman": 2, "article": 3, "arabic": 3, "decimal": 4, "star": 5, "letter": 6, "paren": 7,
    "bullet": 8, "ordinal": 8, "plus": 9,
}
#: Kinds that name a section which can be cited; the others only part its text.
NUMBERED: frozenset[MarkerKind] = frozenset({"annex", "upper", "roman", "article", "arabic", "decimal", "letter", "paren"})

_LETTERS = "abcdđeghiklmnopqrstuvxy"
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10}
_ORDINALS = {"nhat": 1, "hai": 2, "ba": 3, "tu": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9, "muoi": 10}
_MISREAD = str.maketrans("OoóÓIlỉỈíSB", "00001111158")

_PATTERNS: tuple[tuple[MarkerKind, re.Pattern[str]], ...] = (
    ("annex", re.compile(r"(?:PHỤ LỤC|Phụ lục)(?: (?:số )?(?P<n>[IVX]+|\d{1,2}))?(?=[.:\s]*$|[.:]\s)")),
    ("article", re.compile(r"Điều (?P<n>\d{1,3})[.:]?\s+")),
    ("roman", re.compile(r"(?!V/v\b)(?P<n>[IVX]{1,5})\s?[-–.:/)]+\s*(?=[^\W\d])")),
    ("upper", re.compile(r"(?:Phần\s+)?(?P<n>[A-H])\s?[.\-–:]\s+(?=[^\W\d])")),
    ("decimal", re.compile(r"(?P<n>\d{1,2}(?:\.\d{1,2}){1,3})\s?[.:)]?\s*(?=[^\W\d]|[“\"(])")),
    ("arabic", re.compile(r"(?P<n>\d{1,2})\s?[.)/]\s*(?=[^\W\d]|[“\"(*]|\d{1,3}%)")),
    ("arabic", re.compile(r"(?P<n>[0-9IOSBolóÓíỉỈ]{1,2})\.\s+(?=[^\W\d])")),
    ("letter", re.compile(r"(?P<n>[a-zđ])\)\s*(?=\S)")),
    ("letter", re.compile(r"(?P<n>[a-zđ])\.\s+(?=\S)")),
    ("paren", re.compile(r"\((?P<n>\d{1,2})\)\s*(?=\S)")),
    ("ordinal", re.compile(r"(?=(?:Thứ|Một|Hai|Ba|Bốn|Năm)\b)(?:Thứ (?P<n>\w+)|(?P<m>Một|Hai|Ba|Bốn|Năm) là)\s?[,:](?=\s)")),
    ("bullet", re.compile(r"[-–—•■▪●◦➢✓►]\W{0,2}?\s*(?=[\w“\"(>≥<≤])")),
    ("plus", re.compile(r"\+\s*(?=\S)")),
    ("star", re.compile(r"\*\s+(?=\w)")),
)


@dataclass(frozen=True)
class Marker:
    """A mark at the start of a paragraph: its kind, its label as written (`2.3`, `a`, `IV`), its place in the sequence."""

    kind: MarkerKind
    label: str = ""
    value: int = 0

    @property
    def rank(self) -> int:
        """How deep the mark stands."""
        return RANK[self.kind]


def read_markers(text: str) -> list[tuple[Marker, int]]:
    """The marks that a line may begin with, each with the length to cut off; the likeliest first."""
    found = []
    for kind, pattern in _PATTERNS:
        match = pattern.match(text)
        marker = _marker(kind, match) if match else None
        if match and marker:
            found.append((marker, match.end()))
    return found


def _marker(kind: MarkerKind, match: re.Match[str]) -> Marker | None:
    groups = match.groupdict()
    label = groups.get("n") or ""
    if kind in ("bullet", "plus", "star"):
        return Marker(kind)
    if kind == "roman" or (kind == "annex" and label and not label.isdigit()):
        return Marker(kind, label, roman(label)) if roman(label) else None
    if kind == "annex":
        return Marker(kind, label, int(label or 0))
    if kind == "ordinal":
        word = fold(label or {"Một": "nhat", "Bốn": "tu"}.get(groups.get("m") or "", groups.get("m") or ""))
        return Marker(kind, label, _ORDINALS[word]) if word in _ORDINALS else None
    if kind == "letter":
        return Marker(kind, label, _LETTERS.index(label) + 1) if label in _LETTERS else Marker(kind, label, 0)
    if kind == "upper":
        return Marker(kind, label, ord(label) - ord("A") + 1)
    if kind == "decimal":
        return Marker(kind, label, int(label.rsplit(".", 1)[1]))
    digits = label.translate(_MISREAD)
    return Marker(kind, digits, int(digits)) if digits.isdigit() else None


def roman(numeral: str) -> int:
    """The value of a Roman numeral up to XXXIX, 0 where it is none."""
    total, before = 0, 0
    for char in reversed(numeral):
        value = _ROMAN_VALUES.get(char, 0)
        total += value if value >= before else -value
        before = max(before, value)
    return total if re.fullmatch(r"X{0,3}(?:IX|IV|V?I{0,3})", numeral) else 0


class Sequence:
    """Remembers the marks so far and tells a true mark from a number that a broken line happens to begin with."""

    def __init__(self) -> None:
        self._last: dict[MarkerKind, int] = {}
        self._arabic = ""

    def choose(self, text: str, fresh: bool) -> tuple[Marker, int] | None:
        """The mark that the line begins with, if it is one; `fresh` says that the line begins a paragraph."""
        for marker, length in read_markers(text):
            if self._fits(marker, text[length:], fresh):
                self._take(marker)
                return marker, length
        return None

    def _fits(self, marker: Marker, rest: str, fresh: bool) -> bool:
        last = self._last.get(marker.kind, 0)
        follows = marker.value == last + 1 or (marker.kind, last, marker.label) == ("letter", 4, "e")  # many leave out đ)
        if marker.kind in ("bullet", "plus", "star"):
            return fresh or marker.kind != "star" and rest[:1].isupper()
        if marker.kind == "upper":
            return follows and fresh and (last > 0 or rest[:12].isupper())
        if marker.kind == "arabic" and marker.label != marker.label.translate(_MISREAD):
            return follows
        if marker.kind == "decimal":
            return fresh or follows and marker.label.split(".")[0] == self._arabic
        if marker.kind == "annex":
            return fresh and (not rest.strip(" .:") or rest.lstrip(" .:")[:1].isupper())
        if (marker.kind == "letter" and marker.value == 0) or (marker.kind == "roman" and rest.isupper() and len(rest) > 8):
            return fresh  # a title in capitals begins a part even where the document gives its number twice
        return fresh and (follows or marker.value <= 1 or marker.value > last or marker.kind in ("arabic", "paren")) or (
            follows and (last > 0 if marker.kind == "paren" else marker.kind == "ordinal" or rest.lstrip("*")[:1].isupper()))

    def _take(self, marker: Marker) -> None:
        self._last = {kind: value for kind, value in self._last.items() if RANK[kind] <= marker.rank}
        self._last[marker.kind] = marker.value
        if marker.kind in ("arabic", "roman", "upper"):
            self._arabic = marker.label if marker.kind == "arabic" else ""
