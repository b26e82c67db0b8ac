"""Recognises a damaged copy of a document's own text, as converters append from embedded objects.

Letters that a code page lacks come out as "?" with blanks around them ("Ngh ?  quy ? t"). What survives is ASCII, so a text is
compared by its ASCII letters and digits alone: a copy has nearly all of its shingles in the text before it.
"""

from __future__ import annotations

import re

_SHINGLE = 10
_SHARE = 0.6
_SHORTEST = 24  # letters; shorter lines say too little
_DAMAGE = 0.04  # question marks a letter
_STRAY = re.compile(r"(?<=\s)\?(?=\s|$)|\w \?|\ufffd")


def find_duplicates(lines: list[tuple[int, str]]) -> frozenset[int]:
    """The numbers of the lines that are damaged copies of text before them."""
    copies: set[int] = set()
    seen = ""
    for no, text in lines:
        if is_damaged(text) and _is_copy(skeleton(text), seen):
            copies.add(no)
        else:
            seen += skeleton(text)
    return frozenset(copies)


def is_damaged(text: str) -> bool:
    """Whether letters were lost to question marks or replacement characters."""
    letters = sum(char.isalnum() for char in text)
    return letters > 0 and len(_STRAY.findall(text)) / letters > _DAMAGE


def skeleton(text: str) -> str:
    """The ASCII letters and digits of a text, which every code page keeps."""
    return "".join(char for char in text if char.isascii() and char.isalnum())


def _is_copy(text: str, before: str) -> bool:
    if len(text) < _SHORTEST:
        return False
    pieces = [text[i:i + _SHINGLE] for i in range(len(text) - _SHINGLE + 1)]
    return sum(piece in before for piece in pieces) / len(pieces) >= _SHARE
