"""What a recognised syllable may have been on paper, and how far-fetched each reading is.

Recognition of Vietnamese loses or swaps marks far more often than letters; a letter that goes becomes one of like shape.
Costs are negative logarithms: a cost of 1 more means a reading 2.7 times less likely.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from knowledge.parsers.syllables import Syllables
from knowledge.text.normalize import fold

# letters that look alike in print, without their marks; both ways
_ALIKE = (
    "v y", "x y", "q g", "q a", "g a", "g u", "c e", "n h", "n p", "n u", "h b", "i l", "l t", "i t", "m n", "o e", "o c", "d o",
    "f t", "b d", "m in", "m rn", "m ni", "u ii", "n ii", "h ii", "u ri", "u ir", "n ri", "on cm", "uong ucmg",
    "d cl", "k lc", "au qu",
)
_PAIRS = tuple(tuple(pair.split()) for pair in _ALIKE)
_ALPHABET = "abcdeghiklmnopqrstuvxy"
MARK, LETTERS, ANY_LETTER = 0.8, 3.0, 5.0  # cost of one other mark, of a pair of like shape, of any other letter


@lru_cache(maxsize=50_000)
def mark_distance(a: str, b: str) -> int:
    """How many marks differ between two spellings of the same letters: tone, hat, horn, breve, the bar of đ."""
    return sum(x != y for x, y in zip(_marks(a), _marks(b), strict=False)) + abs(len(_marks(a)) - len(_marks(b)))


@lru_cache(maxsize=20_000)
def _marks(word: str) -> tuple[str, ...]:
    """The tone of the syllable and the shape of each of its letters."""
    plain = unicodedata.normalize("NFD", word)
    tone = "".join(c for c in plain if c in "\u0300\u0301\u0303\u0309\u0323")
    shapes = tuple(unicodedata.normalize("NFC", "".join(c for c in unicodedata.normalize("NFD", letter)
                                                       if c not in "\u0300\u0301\u0303\u0309\u0323")) for letter in word)
    return (tone, *shapes)


def readings(word: str, memory: Syllables) -> dict[str, float]:
    """Other syllables that the scanned one may have been, with their costs; `word` is a key (lower case)."""
    letters = fold(word)
    found = {other: MARK * mark_distance(word, other) for other in memory.by_fold.get(letters, ()) if other != word}
    if len(letters) < 2:
        return found
    for variant in _look_alikes(letters):
        for other in memory.by_fold.get(variant, ()):
            cost = LETTERS + MARK * _tone_distance(word, other)
            found[other] = min(cost, found.get(other, cost))
    if word not in memory.known and len(letters) > 2:
        for variant in _one_letter_off(letters):
            for other in memory.by_fold.get(variant, ()):
                cost = ANY_LETTER + MARK * _tone_distance(word, other)
                found[other] = min(cost, found.get(other, cost))
    found.pop(word, None)
    return found


def _tone_distance(a: str, b: str) -> int:
    return len(set(_marks(a)) ^ set(_marks(b))) // 2


@lru_cache(maxsize=20_000)
def _look_alikes(letters: str) -> frozenset[str]:
    out = set()
    for a, b in _PAIRS:
        for old, new in ((a, b), (b, a)):
            at = letters.find(old)
            while at >= 0:
                out.add(letters[:at] + new + letters[at + len(old):])
                at = letters.find(old, at + 1)
    return frozenset(out)


@lru_cache(maxsize=5_000)
def _one_letter_off(letters: str) -> frozenset[str]:
    swaps = {letters[:i] + c + letters[i + 1:] for i in range(len(letters)) for c in _ALPHABET}
    drops = {letters[:i] + letters[i + 1:] for i in range(len(letters))}
    extra = {letters[:i] + c + letters[i:] for i in range(len(letters) + 1) for c in _ALPHABET}
    return frozenset((swaps | drops | extra) - {letters})
