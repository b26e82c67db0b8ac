"""Words on a page → lines and paragraphs: which line breaks are the page's and which the author's."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_YEAR_CUT = re.compile(r"/(?:2|20|20\d)$|(?<!\d)(?:2|20|20\d)$")
_NUMBER_CUT = re.compile(r"\d/(?:\d{4}/)?[A-ZĐ]*$")  # a document's number: 79/2021/N | Đ-CP, 1552/BTT | TT-TTH
_PIECE = re.compile(r"(?:[bcdđghklmnpqrstvx]{1,3})(?![^\W\d_])")
_ENDED = re.compile(r"[.;:][”\"’')]?$")
_MARK = re.compile(r"(?:[a-zđ]\d?\)|[-–+•*]|\(\d{1,2}\)|\d{1,2}(?:\.\d{1,2})*\.|[IVX]{1,5}[.)])\s+[^\W\d_]"
                   r"|[-–+•]\s+\d[\d.,]*\s?%")
_GAP = 2.2  # times the size of the letters: wider is no blank between words but another column
_INDENT = (5.0, 60.0)  # how far in the first line of a paragraph may begin, in points
_CENTRED = 6.0  # of a centred line the blanks on both sides differ by less


@dataclass(frozen=True)
class Word:
    """A word with its place on the page in points, from the upper left."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float

    @property
    def size(self) -> float:
        """Its height."""
        return self.bottom - self.top


@dataclass(frozen=True)
class TextLine:
    """Words beside each other."""

    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        """The words with a blank between them."""
        return " ".join(word.text for word in self.words)

    @property
    def x0(self) -> float:
        """Where it begins."""
        return self.words[0].x0

    @property
    def x1(self) -> float:
        """Where it ends."""
        return self.words[-1].x1

    @property
    def top(self) -> float:
        """Its upper edge."""
        return min(word.top for word in self.words)

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return max(word.bottom for word in self.words)


def words_of(page: Any) -> list[Word]:
    """The words of a page of pdfplumber's."""
    chars = page.chars
    blanks = sum(char["text"].isspace() for char in chars)
    # Where a file writes its blanks, gaps inside words mean nothing; where it does not, gaps are all there is.
    settings = {"x_tolerance": 3.0} if blanks * 25 > len(chars) else {"x_tolerance_ratio": 0.18}
    found = page.extract_words(keep_blank_chars=False, use_text_flow=False, **settings)
    return [Word(unicodedata.normalize("NFC", w["text"]).replace("\u00ad", "-"), w["x0"], w["x1"], w["top"], w["bottom"])
            for w in found if w["text"].strip()]


def lines_of(words: Sequence[Word], split: bool = False) -> list[TextLine]:
    """The words as lines from top to bottom; with `split`, a wide gap parts a line (letterheads in two columns)."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda w: ((w.top + w.bottom) / 2, w.x0)):
        middle = (word.top + word.bottom) / 2
        if rows and _same_line(rows[-1], middle):
            rows[-1].append(word)
        else:
            rows.append([word])
    out: list[TextLine] = []
    for row in rows:
        row.sort(key=lambda w: w.x0)
        start = 0
        for index in range(1, len(row)):
            if split and row[index].x0 - row[index - 1].x1 > _GAP * row[index].size:
                out.append(TextLine(tuple(row[start:index])))
                start = index
        out.append(TextLine(tuple(row[start:])))
    return out


def _same_line(row: list[Word], middle: float) -> bool:
    """Whether a word's middle is within the line's first full-sized word; raised footnote marks are."""
    tallest = max(row, key=lambda w: w.size)
    return tallest.top <= middle <= tallest.bottom and abs(middle - (tallest.top + tallest.bottom) / 2) < 0.5 * tallest.size


def paragraphs(lines: Sequence[TextLine], width: float | None = None) -> list[str]:
    """Lines joined to paragraphs: a break is the author's where the next word would have fit, or a wider gap stands there.

    `width` is the room that a line has, where it is known (a cell's).
    """
    if not lines:
        return []
    room = max([line.x1 - line.x0 for line in lines] + ([width] if width else []))
    left = min(line.x0 for line in lines)
    spacing = _spacing(lines)
    out = [lines[0].text]
    for before, line in zip(lines, lines[1:]):
        gap = line.top - before.bottom
        beside = abs(line.top - before.top) < 2
        wide = gap > spacing + 0.6 * (line.bottom - line.top)
        marked = _ENDED.search(before.text) and _MARK.match(line.text)
        if beside or wide or marked or _had_room(before, line, left, room) or _changes_case(before.text, line.text):
            out.append(line.text)
        else:
            out[-1] = glue(out[-1], line.text)
    return out


def _had_room(before: TextLine, line: TextLine, left: float, room: float) -> bool:
    """Whether a line could have taken the next one's first word; where it begins further in, what lies before it is no room."""
    first = line.words[0]
    need = 0.28 * first.size + (first.x1 - first.x0)
    indent, slack = before.x0 - left, room - (before.x1 - before.x0)
    if _INDENT[0] < indent < _INDENT[1] and abs(slack - 2 * indent) > _CENTRED:
        slack -= indent
    return need < slack - 1


def _changes_case(before: str, after: str) -> bool:
    """Whether a title in capitals begins or ends here."""
    if min(sum(map(str.isalpha, before)), sum(map(str.isalpha, after))) < 6:
        return False
    return before.isupper() != after.isupper()


def _spacing(lines: Sequence[TextLine]) -> float:
    gaps = sorted(line.top - before.bottom for before, line in zip(lines, lines[1:]) if line.top > before.top + 2)
    return max(0.0, gaps[len(gaps) // 4]) if gaps else 0.0


def glue(before: str, after: str) -> str:
    """Two lines of one paragraph; what a narrow cell cut inside a word or a date is put together."""
    first = after.split()[0] if after.split() else ""
    cut_date = _YEAR_CUT.search(before) and re.match(r"\d{1,3}(?!\d|[/.])", first) and re.search(
        r"20\d\d$", before.split()[-1] + re.match(r"\d*", first)[0])  # type: ignore[index]
    if re.fullmatch(r"[.,;:)”]+", first) or (_NUMBER_CUT.search(before) and re.match(r"[A-ZĐ]+[-/]", first)):
        return before + after
    hyphened = re.search(r"\w[-–]$", before) and (first[:1].isdigit() or first[:2].isupper() or first[:1].islower())
    if cut_date or hyphened or (before.endswith("/") and first[:1].isdigit()) or (_PIECE.match(first) and before[-1:].islower()):
        return before + after
    return f"{before} {after}"
