"""The word lists of `data/`: abbreviations, synonyms, and the words that only ask."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from rapidfuzz.distance.DamerauLevenshtein import distance

from knowledge.text.normalize import clean, fold, tokenize
from knowledge.text.typos import sound_alikes, telex

_JOINED = 5  # letters from which a short form may be two in one
DATA = Path(__file__).parent / "data"
Phrase = tuple[str, ...]


def key(syllable: str) -> str:
    """What two spellings of one syllable share: folded, y after a consonant as i (tỷ/tỉ, kỹ/kĩ, lý/lí, quý/quí)."""
    folded = fold(syllable.lower())
    if len(folded) in (2, 3) and folded.endswith("y") and folded[:-1] in _Y_AS_I:
        return folded[:-1] + "i"
    return folded


def marks_fit(typed: str, meant: str) -> bool:
    """Are the marks that were typed those of the word, or none? Hỏi and ngã, which most of the South speaks alike, count as one."""
    return typed in (meant, fold(meant)) or _one_tone(typed) == _one_tone(meant)


@lru_cache(maxsize=20_000)
def _one_tone(word: str) -> str:
    return unicodedata.normalize("NFD", word).replace("\u0303", "\u0309")


_Y_AS_I = {"t", "k", "l", "m", "h", "s", "v", "qu", "b"}


def phrase(text: str) -> Phrase:
    """The keys of a text's syllables: `Tỷ lệ` → `("ti", "le")`."""
    return tuple(key(t.toned) for t in tokenize(clean(text)))


def toned_phrase(text: str) -> Phrase:
    """The syllables of a text in lower case with their marks."""
    return tuple(t.toned for t in tokenize(clean(text)))


def _load(name: str) -> Any:
    return yaml.safe_load((DATA / f"{name}.yml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Abbreviations:
    """Short forms and what they may stand for, the usual meaning first."""

    administrative: dict[str, tuple[str, ...]]
    chat: dict[str, tuple[str, ...]]

    def meanings(self, short: str) -> tuple[str, ...]:
        """What a short form may stand for: administrative meanings before those of chat; () if it is none."""
        low = short.lower()
        known = self.administrative.get(low, ()) + self.chat.get(low, ()) or self._folded().get(fold(low), ())
        return known or (self._joined(low) if short.isupper() and len(short) >= _JOINED else ())

    def _joined(self, low: str) -> tuple[str, ...]:
        """What two short forms written as one stand for: `TTĐMST` is trung tâm and đổi mới sáng tạo."""
        for at in range(len(low) - 2, 1, -1):
            first, second = self.administrative.get(low[:at], ()), self.administrative.get(low[at:], ())
            if first and second:
                return tuple(f"{one} {second[0]}" for one in first)
        return ()

    @lru_cache(maxsize=1)  # noqa: B019 - one instance lives as long as the process
    def _folded(self) -> dict[str, tuple[str, ...]]:
        out: dict[str, tuple[str, ...]] = {}
        for table in (self.administrative, self.chat):
            for short, meanings in table.items():
                out[fold(short)] = out.get(fold(short), ()) + meanings
        return out

    def __hash__(self) -> int:
        return id(self)


@lru_cache(maxsize=1)
def abbreviations() -> Abbreviations:
    """The list of `data/abbreviations.yml`."""
    data = _load("abbreviations")
    admin, chat = (
        {clean(str(k)).lower(): tuple(clean(str(m)) for m in v) for k, v in data[part].items()} for part in ("administrative", "chat")
    )
    return Abbreviations(admin, chat)


_LETTERS = re.compile(r"(?<!\w)[^\W\d_]+(?:&[^\W\d_]+)?(?!(?<=\b\w)\d)")  # not the letters of 5G, T12, d9e62


def spell_out(text: str) -> str:
    """The text with short forms written out by their usual meaning: `k`, `ntn`, `CĐS`.

    Syllables stay unless they stand out in capitals: `Ai` asks who, `AI` does not.
    """
    shouting = text.isupper()

    def full(match: re.Match[str]) -> str:
        word = match.group()
        if (shouting or not word.isupper()) and is_syllable(word.lower()):
            return word
        meanings = abbreviations().meanings(word)
        return meanings[0] if meanings else whole_syllable(word)

    return _LETTERS.sub(full, text)


def whole_syllable(word: str) -> str:
    """What typing fast shortens, written out: `hạg` → `hạng`, `tỉh` → `tỉnh` (no syllable ends in g or h alone), `fòng` → `phòng`."""
    if word[:1] in "fF" and is_syllable(f"ph{word[1:]}"):
        return f"ph{word[1:]}"
    longer = f"{word[:-1]}n{word[-1]}"
    return longer if len(word) > 2 and word[-1] in "gh" and word[-2] not in "nc" and is_syllable(longer) else word


_SYLLABLE = re.compile(
    r"^(?:b|ch|c|d|gh|gi|g|h|kh|k|l|m|ngh|ng|nh|n|ph|p|qu|q|r|s|th|tr|t|v|x)?"
    r"(?:a|e|i|o|u|y|ai|ao|au|ay|eo|eu|ia|ie|ieu|iu|oa|oai|oao|oay|oe|oeo|oi|oo|ua|uai|uau|uay|ue|ui|uo|uoi|uou|uu|uy|uya|uye|uyu|ye|yeu)"
    r"(?:c|ch|m|n|ng|nh|p|t)?$"
)


def is_syllable(word: str) -> bool:
    """May the word be a Vietnamese syllable by its spelling? `xong`, `ntn` → yes, no. Two letters and more."""
    return len(word) > 1 and bool(_SYLLABLE.match(fold(word)))


@dataclass(frozen=True)
class Synonyms:
    """Groups of phrases with one meaning; looked up by their folded keys."""

    groups: tuple[tuple[Phrase, ...], ...]
    by_phrase: dict[Phrase, tuple[int, ...]]
    toned: dict[Phrase, frozenset[Phrase]]
    longest: int

    def spans(self, keys: Phrase, toned: Phrase) -> Iterable[tuple[int, int, tuple[Phrase, ...]]]:
        """(start, end, other phrases) for every phrase of the lists found in `keys`, the longest ones first."""
        for size in range(min(self.longest, len(keys)), 0, -1):
            for start in range(len(keys) - size + 1):
                found = keys[start : start + size]
                for number in self.by_phrase.get(found, ()):
                    if self._marks_agree(found, toned[start : start + size]):
                        yield start, start + size, tuple(p for p in self.groups[number] if p != found)

    def _marks_agree(self, found: Phrase, typed: Phrase) -> bool:
        """Marks that were typed must be the list's: `bảo` is not `bão`. In a longer phrase slips of the tone are taken for slips."""
        if len(found) > 2:
            return True
        return any(all(marks_fit(t, m) for t, m in zip(typed, meant)) for meant in self.toned[found])


@lru_cache(maxsize=1)
def synonyms() -> Synonyms:
    """The list of `data/synonyms.yml`."""
    groups, by_phrase, toned = [], {}, {}  # type: list[tuple[Phrase, ...]], dict[Phrase, tuple[int, ...]], dict[Phrase, set[Phrase]]
    for number, members in enumerate(_load("synonyms")["groups"]):
        phrases = tuple(dict.fromkeys(phrase(str(m)) for m in members))
        groups.append(phrases)
        for member in members:
            folded = phrase(str(member))
            toned.setdefault(folded, set()).add(toned_phrase(str(member)))
        for p in phrases:
            by_phrase[p] = (*by_phrase.get(p, ()), number)
    return Synonyms(tuple(groups), by_phrase, {k: frozenset(v) for k, v in toned.items()}, max(map(len, by_phrase)))


@dataclass(frozen=True)
class QuestionWords:
    """Words that ask, address or pad: they say nothing of the content. Weight 0 (none) or a fraction (weak).

    `blanks` maps a phrase with one syllable left out (None) to the syllables that may fill it: finds `chủ chì`, `đơn vj nào`.
    """

    folded: dict[Phrase, float]
    toned: dict[Phrase, float]
    spellings: dict[Phrase, list[Phrase]]
    blanks: dict[tuple[str | None, ...], tuple[str, ...]]
    longest: int
    words: Collection[str]

    def weights(self, keys: Phrase, toned: Phrase, may_slip: Callable[[int], bool] = lambda at: False) -> list[tuple[float, int]]:
        """A factor for each syllable (0 in a phrase that only asks, 0.35 in a weak one, else 1) and the length of that phrase.

        `may_slip` tells whether the syllable at a place may be a slip of the keyboard.
        """
        out: list[tuple[float, int]] = []
        while len(out) < len(keys):
            at = len(out)
            for size in range(min(self.longest, len(keys) - at), 0, -1):
                factor = self._factor(keys[at : at + size], toned[at : at + size], at, may_slip)
                if factor is None and 2 <= size <= 4:
                    factor = self._slipped(keys[at : at + size], at, may_slip)
                if factor is not None:
                    out += [(factor, size)] * size
                    break
            else:
                out.append((1.0, 1))
        return out

    def _factor(self, keys: Phrase, toned: Phrase, at: int, may_slip: Callable[[int], bool]) -> float | None:
        """The weight of a phrase whose marks are the list's, or were not typed, or are a slip."""
        found = self.folded.get(keys)
        if found is None or toned in self.toned:
            return self.toned.get(toned)
        for meant in self.spellings[keys]:
            if all(marks_fit(t, m) or may_slip(at + i) for i, (t, m) in enumerate(zip(toned, meant))):
                return found
        return None

    def _slipped(self, keys: Phrase, at: int, may_slip: Callable[[int], bool]) -> float | None:
        """The weight of a phrase in which one syllable is mistyped by a letter or by its sound."""
        for i, typed in enumerate(keys):
            if not may_slip(at + i):
                continue
            for meant in self.blanks.get((*keys[:i], None, *keys[i + 1 :]), ()):
                if len(typed) > 1 and (
                    distance(typed, meant, score_cutoff=1) <= 1 or meant in sound_alikes(typed) or meant in telex(typed)
                ):
                    whole = (*keys[:i], meant, *keys[i + 1 :])
                    return self.folded[whole]
        return None


@lru_cache(maxsize=1)
def question_words() -> QuestionWords:
    """The list of `data/question_words.yml`."""
    data = _load("question_words")
    folded: dict[Phrase, float] = {}
    toned: dict[Phrase, float] = {}
    spellings: dict[Phrase, list[Phrase]] = {}
    for part, factor in (("weak", 0.35), ("none", 0.0)):
        for line in data[part]:
            for text in line:
                folded[phrase(str(text))] = factor
                toned[toned_phrase(str(text))] = factor
                spellings.setdefault(phrase(str(text)), []).append(toned_phrase(str(text)))
    blanks: dict[tuple[str | None, ...], tuple[str, ...]] = {}
    for p in folded:
        for i in range(len(p) if 2 <= len(p) <= 4 else 0):
            hole = (*p[:i], None, *p[i + 1 :])
            blanks[hole] = (*blanks.get(hole, ()), p[i])
    # In one order: the best of several corrections must be the same in every process.
    words = dict.fromkeys(k for p in folded for k in p if len(k) > 1).keys()
    return QuestionWords(folded, toned, spellings, blanks, max(map(len, folded)), words)
