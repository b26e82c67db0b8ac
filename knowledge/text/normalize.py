"""One form for Vietnamese text: NFC, one placement of tone marks, and a folded form without diacritics.

Folding keeps the length (one character in, one out), so offsets in a folded text are offsets in its NFC text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

_TONES = "\u0300\u0301\u0303\u0309\u0323"  # huyền, sắc, ngã, hỏi, nặng
_OPEN_PAIRS = ("oa", "oe", "uy")
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_BLANKS = re.compile(r"\s+")
_TOKEN = re.compile(r"\d+(?:[.,/]\d+)*|[^\W\d_]+|[≥≤><%&]", re.UNICODE)


def _old_style_tone_pairs() -> dict[str, str]:
    """New placement → old placement: hoà → hòa, khoẻ → khỏe, thuỷ → thủy (only where the syllable ends there)."""
    pairs = {}
    for pair in _OPEN_PAIRS:
        for tone in _TONES:
            new = unicodedata.normalize("NFC", pair + tone)
            old = unicodedata.normalize("NFC", pair[0] + tone + pair[1])
            for a, b in ((new, old), (new.upper(), old.upper()), (new.capitalize(), old.capitalize())):
                pairs[a] = b
    return pairs


_TONE_PAIRS = _old_style_tone_pairs()
_TONE_RE = re.compile(r"(?<![qQ])(" + "|".join(sorted(_TONE_PAIRS, key=len, reverse=True)) + r")(?!\w)")


def nfc(text: str) -> str:
    """NFC with invisible and control characters gone and Đ as U+0110 (never the Icelandic Ð)."""
    text = unicodedata.normalize("NFC", text).replace("\u00d0", "Đ").replace("\u00f0", "đ").replace("\u0189", "Đ")
    return _CONTROL.sub(" ", _INVISIBLE.sub("", text))


def same_tone_place(text: str) -> str:
    """Tone marks where the older spelling puts them (hòa, thủy): both spellings become one. Length is kept."""
    return _TONE_RE.sub(lambda m: _TONE_PAIRS[m.group()], text)


@lru_cache(maxsize=256)
def clean(text: str) -> str:
    """NFC, one tone placement, runs of blanks as one blank, no blanks at the ends. The last texts are kept, as in `tokenize`."""
    return _BLANKS.sub(" ", same_tone_place(nfc(text))).strip()


class _Folded(dict[int, str]):
    """For `str.translate`: a character's folded form, found out when it is first seen."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        base = "d" if char in "đĐ" else unicodedata.normalize("NFD", char)[0].lower()
        self[code] = found = base if len(base) == 1 else char
        return found


_FOLDED = _Folded()


@lru_cache(maxsize=32_768)
def fold(text: str) -> str:
    """Lower case without diacritics, character by character: `Đề án` → `de an`. Takes NFC; length is kept."""
    return text.translate(_FOLDED)


class Token(NamedTuple):
    """A syllable, number or sign with its place in the text; `toned` is lower case, `folded` has no diacritics."""

    text: str
    start: int
    end: int
    toned: str
    folded: str


@lru_cache(maxsize=256)
def tokenize(text: str) -> tuple[Token, ...]:
    """Syllables, numbers (`5.10`, `12/2025` are one) and the signs ≥ ≤ > < % & of an NFC text, with offsets.

    A question goes through many hands in its turn, so the last texts are kept.
    """
    folded = fold(text)
    return tuple(Token(m.group(), m.start(), m.end(), m.group().lower(), folded[m.start() : m.end()]) for m in _TOKEN.finditer(text))


def blot(text: str, spans: Iterable[tuple[int, int]], mark: str = " ") -> str:
    """The text with these places filled with a mark; all others stay where they are."""
    for start, end in spans:
        text = text[:start] + mark * (end - start) + text[end:]
    return text


def words(text: str) -> list[str]:
    """The texts of `tokenize`, without the rest."""
    return _TOKEN.findall(text)
