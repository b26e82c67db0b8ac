"""Slips of the keyboard: Telex and VNI keys left in the text, letters doubled, dropped or swapped, words run together."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from rapidfuzz.distance import DamerauLevenshtein
from rapidfuzz.process import extract

_TELEX_TONE = re.compile(r"^([a-zđăâêôơư]*[aeiouyăâêôơư][a-zđăâêôơư]*?)[sfrxj]([a-z]*)$")
_VNI = re.compile(r"\d")
_TELEX_LETTERS = (("aa", "a"), ("ee", "e"), ("oo", "o"), ("dd", "d"), ("aw", "a"), ("ow", "o"), ("uw", "u"), ("w", ""))
# Sounds that are written alike: a slip between them is likelier than any other.
_SOUND_PAIRS = (("ch", "tr"), ("tr", "ch"), ("s", "x"), ("x", "s"), ("d", "gi"), ("gi", "d"), ("r", "d"), ("d", "r"), ("v", "d"),
                ("n", "l"), ("l", "n"), ("z", "d"), ("z", "v"), ("f", "ph"), ("w", "qu"), ("j", "gi"))
_SOUND_ENDS = (("n", "ng"), ("ng", "n"), ("t", "c"), ("c", "t"), ("g", "ng"), ("h", "nh"), ("n", "nh"), ("nh", "n"))


def telex(word: str) -> Iterator[str]:
    """Folded readings of a word with Telex or VNI keys in it: `hanj` → `han`, `chur` → `chu`, `ddeef` → `de`."""
    if _VNI.search(word) and not word.isdigit():
        yield _VNI.sub("", word)
    plain = word
    for keys, letter in _TELEX_LETTERS:
        plain = plain.replace(keys, letter)
    if plain != word:
        yield plain
    match = _TELEX_TONE.match(plain)
    if match and match.group(2) in ("", "c", "ch", "m", "n", "ng", "nh", "p", "t", "i", "o", "u", "y"):
        yield match.group(1) + match.group(2)


def sound_alikes(word: str) -> Iterator[str]:
    """Spellings that sound like the word: chì → trì, nghỉ → nghĩ by their folded forms."""
    for a, b in _SOUND_PAIRS:
        if word.startswith(a) and not (a in ("n", "t", "c", "g") and word[1:2] in ("h", "g", "r")):
            yield b + word[len(a) :]
    for a, b in _SOUND_ENDS:
        if word.endswith(a) and len(word) > len(a) + 1:
            yield word[: -len(a)] + b


def corrections(word: str, vocabulary: Collection[str], limit: int = 6) -> list[tuple[str, float]]:
    """Words of the vocabulary that a folded word may stand for, with a quality in (0, 1), best first."""
    found: dict[str, float] = {}
    for other in telex(word):
        if other in vocabulary:
            found[other] = 0.9
    for other in sound_alikes(word):
        if other in vocabulary:
            found.setdefault(other, 0.8)
    if len(word) >= 3:
        for other, distance, _ in extract(word, vocabulary, scorer=DamerauLevenshtein.distance, score_cutoff=1, limit=limit):
            if distance and not other.isdigit() and len(other) > 1:
                found.setdefault(other, 0.8 if len(word) > 3 else 0.65)
    return sorted(found.items(), key=lambda item: -item[1])[:limit]


def split_joined(word: str, vocabulary: Collection[str]) -> tuple[str, str] | None:
    """A word that is two run together: `chuyendoi` → (`chuyen`, `doi`)."""
    cuts = [(word[:i], word[i:]) for i in range(2, len(word) - 1) if word[:i] in vocabulary and word[i:] in vocabulary]
    return max(cuts, key=lambda pair: min(map(len, pair)), default=None)
