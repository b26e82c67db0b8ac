"""Lines of a flattened table as words, each with what parts it from the word before."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from knowledge.parsers.document import Line
from knowledge.text.normalize import nfc


class Gap(IntEnum):
    """What stands between two words, from the weakest hint of a new cell to the strongest."""

    SPACE = 0
    WIDE = 1      # two blanks or more in a line
    PARA = 2      # a line break with empty lines
    WRAP = 3      # a line break
    VOID = 4      # a line of blanks only: what flattening leaves of an empty cell
    HARD = 5      # a cell mark (| or tab)


@dataclass(frozen=True)
class Word:
    """A word of a line (`line` counts from 1), with the gap before it and whether an empty cell may stand in that gap."""

    text: str
    line: int
    gap: Gap
    first: bool = False
    empty_before: bool = False


_PARTS = re.compile(r"\||\t|[^\s|]+|[^\S\t]+")


def is_blank(text: str) -> bool:
    """Whether a line holds nothing but blanks and marks of emphasis."""
    return not text.replace("*", "").strip()


def words_of(lines: Iterable[Line], previous: int | None = None) -> list[Word]:
    """The words of some lines in order. Emphasis (`**`) is dropped; cell marks become hard gaps.

    `previous` is the last line before these that belongs to the table, so that the first gap is known.
    """
    out: list[Word] = []
    gap, void, last_line = Gap.PARA, False, previous
    for line in lines:
        text = nfc(line.text)
        if is_blank(text):
            void = void or bool(text.strip("\n"))
            continue
        breaks = (line.no - last_line) if last_line is not None else 2
        gap = max(gap if gap == Gap.HARD else Gap.SPACE, Gap.VOID if void else Gap.PARA if breaks > 1 else Gap.WRAP)
        void, last_line, first = False, line.no, True
        for part in _PARTS.findall(text):
            if part in "|\t":
                gap = Gap.HARD
            elif part.isspace():
                gap = max(gap, Gap.WIDE if len(part) > 1 and not first else gap)
            elif part.strip("*"):
                out.append(Word(part.strip("*"), line.no, gap, first, gap == Gap.VOID))
                gap, first = Gap.SPACE, False
        # Flattening closes every cell with one blank: two at a line's end are a cell more.
        void = len(text) - len(text.rstrip(" ")) > 1
        if gap != Gap.HARD:
            gap = Gap.SPACE
    return _mark_wide(out)


def _mark_wide(words: list[Word]) -> list[Word]:
    return [Word(w.text, w.line, w.gap, w.first, True) if w.gap == Gap.WIDE else w for w in words]


def text_of(words: Iterable[Word]) -> str:
    """The words joined by single blanks."""
    return " ".join(word.text for word in words)
