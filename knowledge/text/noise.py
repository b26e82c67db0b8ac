"""Writes a clean sentence as people type it in a hurry: slips of keyboard and tone, lost blanks, abbreviations, chat spellings.

Seeded, so that training and measuring can be repeated. Used to train the classifier and to measure how answers degrade.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from random import Random

from knowledge.text.lexicon import abbreviations
from knowledge.text.normalize import clean, fold

_NEIGHBOURS = {
    "a": "sq",
    "b": "vn",
    "c": "xv",
    "d": "sf",
    "e": "wr",
    "g": "fh",
    "h": "gj",
    "i": "uo",
    "k": "jl",
    "l": "k",
    "m": "n",
    "n": "bm",
    "o": "ip",
    "p": "o",
    "q": "wa",
    "r": "et",
    "s": "ad",
    "t": "ry",
    "u": "yi",
    "v": "cb",
    "x": "zc",
    "y": "tu",
}
_TELEX_TONES = {"\u0300": "f", "\u0301": "s", "\u0303": "x", "\u0309": "r", "\u0323": "j"}
_TELEX_MARKS = {"\u0302": None, "\u0306": "w", "\u031b": "w"}
_VNI_TONES = {"\u0300": "2", "\u0301": "1", "\u0303": "4", "\u0309": "3", "\u0323": "5"}
_VNI_MARKS = {"\u0302": "6", "\u0306": "8", "\u031b": "7"}
_ALIKE = (("ch", "tr"), ("tr", "ch"), ("s", "x"), ("x", "s"), ("d", "gi"), ("gi", "d"), ("v", "d"), ("ngh", "ng"), ("gh", "g"), ("k", "c"))
_ENDS = (("n", "ng"), ("ng", "n"), ("t", "c"), ("c", "t"), ("nh", "n"), ("ng", "g"), ("nh", "h"))


@lru_cache(maxsize=1)
def _short_forms() -> dict[str, list[str]]:
    """Full wording → its short forms: `không` → k, ko …; `chuyển đổi số` → cđs."""
    out: dict[str, list[str]] = {}
    for table in (abbreviations().administrative, abbreviations().chat):
        for short, meanings in table.items():
            out.setdefault(meanings[0], []).append(short)
    return out


def telex_keys(syllable: str) -> str:
    """A syllable as its Telex keys, tone last: `hạn` → `hanj`, `đề` → `ddeef`."""
    out, tone = "", ""
    for char in unicodedata.normalize("NFD", syllable.replace("đ", "dd").replace("Đ", "DD")):
        if char in _TELEX_TONES:
            tone = _TELEX_TONES[char]
        elif char in _TELEX_MARKS:
            out += _TELEX_MARKS[char] or out[-1:]
        else:
            out += char
    return out + tone


def vni_keys(syllable: str) -> str:
    """A syllable as its VNI keys, tone last: `hạn` → `han5`, `đề` → `d9e62`."""
    out, tone = "", ""
    for char in unicodedata.normalize("NFD", syllable.replace("đ", "d9").replace("Đ", "D9")):
        tone = _VNI_TONES.get(char, tone)
        if char not in _VNI_TONES:
            out += _VNI_MARKS.get(char, char)
    return out + tone


class Noiser:
    """Applies slips with a strength from 0 (none) to 1 (hardly readable). One instance is one stream of chance."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def without_marks(self, text: str) -> str:
        """The text with no diacritics, as typed without a Vietnamese keyboard; capitals stay."""
        return "".join(fold(c).upper() if c.isupper() else fold(c) for c in clean(text))

    def abbreviated(self, text: str, chance: float = 0.7) -> str:
        """Long wordings replaced by their usual short forms, each with the given chance."""
        words = clean(text).split(" ")
        out: list[str] = []
        at = 0
        while at < len(words):
            for size in range(min(5, len(words) - at), 0, -1):
                wording = " ".join(words[at : at + size]).lower()
                shorts = _short_forms().get(wording.strip(",.?!"))
                if shorts and self._random.random() < (chance if size > 1 else chance / 2):
                    short = self._random.choice(shorts)
                    official = size > 1 and short in abbreviations().administrative
                    out.append(short.upper() if official and self._random.random() < 0.7 else short)
                    at += size
                    break
            else:
                out.append(words[at])
                at += 1
        return " ".join(out)

    def noisy(self, text: str, strength: float) -> str:
        """Each syllable may slip: with strength 0.3 about a third of them do."""
        words = self.abbreviated(text, strength).split(" ")
        out: list[str] = []
        for word in words:
            slipped = self._slip(word) if self._random.random() < strength * 0.6 else word
            if out and self._random.random() < strength * 0.06:
                out[-1] += slipped
            else:
                out.append(slipped)
        return " ".join(out)

    def _slip(self, word: str) -> str:
        if len(word) < 2 or not word.isalpha():
            return word
        slip = self._random.choice(
            (
                self._lose_tone,
                self._lose_tone,
                self._wrong_tone,
                self._telex,
                self._vni,
                self._drop,
                self._double,
                self._swap,
                self._neighbour,
                self._sound,
                self._sound,
            )
        )
        return slip(word)

    def _lose_tone(self, word: str) -> str:
        return fold(word)

    def _wrong_tone(self, word: str) -> str:
        marks = unicodedata.normalize("NFD", word)
        present = [c for c in marks if c in _TELEX_TONES]
        if not present:
            return word
        return unicodedata.normalize("NFC", marks.replace(present[0], self._random.choice(list(_TELEX_TONES)), 1))

    def _telex(self, word: str) -> str:
        return telex_keys(word.lower())

    def _vni(self, word: str) -> str:
        return vni_keys(word.lower())

    def _drop(self, word: str) -> str:
        at = self._random.randrange(len(word))
        return word[:at] + word[at + 1 :] if len(word) > 2 else word

    def _double(self, word: str) -> str:
        at = self._random.randrange(len(word))
        return word[:at] + word[at] + word[at:]

    def _swap(self, word: str) -> str:
        at = self._random.randrange(len(word) - 1)
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]

    def _neighbour(self, word: str) -> str:
        at = self._random.randrange(len(word))
        near = _NEIGHBOURS.get(fold(word[at]))
        return word[:at] + self._random.choice(near) + word[at + 1 :] if near else word

    def _sound(self, word: str) -> str:
        starts = [(a, b) for a, b in _ALIKE if word.lower().startswith(a)]
        ends = [(a, b) for a, b in _ENDS if word.lower().endswith(a) and len(word) > len(a) + 1]
        if starts and (not ends or self._random.random() < 0.5):
            a, b = self._random.choice(starts)
            return b + word[len(a) :]
        if ends:
            a, b = self._random.choice(ends)
            return word[: -len(a)] + b
        return word
