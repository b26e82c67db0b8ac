"""The word lists of `data/`: abbreviations, synonyms, and the words that only ask."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from knowledge.text.normalize import clean, fold, tokenize

DATA = Path(__file__).parent / "data"
Phrase = tuple[str, ...]


def key(syllable: str) -> str:
    """What two spellings of one syllable share: folded, y after a consonant as i (tỷ/tỉ, kỹ/kĩ, lý/lí, quý/quí)."""
    folded = fold(syllable.lower())
    if len(folded) in (2, 3) and folded.endswith("y") and folded[:-1] in _Y_AS_I:
        return folded[:-1] + "i"
    return folded


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
        return self.administrative.get(low, ()) + self.chat.get(low, ()) or self._folded().get(fold(low), ())

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
        """Typed marks must be the list's, unless none were typed: `bảo` is not `bão`."""
        return typed == tuple(map(fold, typed)) or typed in self.toned[found] or len(found) > 2


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
            by_phrase[p] = by_phrase.get(p, ()) + (number,)
    return Synonyms(tuple(groups), by_phrase, {k: frozenset(v) for k, v in toned.items()}, max(map(len, by_phrase)))


@dataclass(frozen=True)
class QuestionWords:
    """Words that ask, address or pad: they say nothing of the content. Weight 0 (none) or a fraction (weak)."""

    folded: dict[Phrase, float]
    toned: dict[Phrase, float]
    longest: int

    def weights(self, keys: Phrase, toned: Phrase) -> list[float]:
        """A factor for each syllable: 0 in a phrase that only asks, 0.35 in a weak one, else 1."""
        out = [1.0] * len(keys)
        at = 0
        while at < len(keys):
            step = 1
            for size in range(min(self.longest, len(keys) - at), 0, -1):
                factor = self._factor(keys[at : at + size], toned[at : at + size])
                if factor is not None:
                    out[at : at + size] = [factor] * size
                    step = size
                    break
            at += step
        return out

    def _factor(self, keys: Phrase, toned: Phrase) -> float | None:
        if toned in self.toned:
            return self.toned[toned]
        if toned == tuple(map(fold, toned)) or len(keys) > 1:
            return self.folded.get(keys)
        return None


@lru_cache(maxsize=1)
def question_words() -> QuestionWords:
    """The list of `data/question_words.yml`."""
    data = _load("question_words")
    folded: dict[Phrase, float] = {}
    toned: dict[Phrase, float] = {}
    for part, factor in (("weak", 0.35), ("none", 0.0)):
        for line in data[part]:
            for text in line:
                folded[phrase(str(text))] = factor
                toned[toned_phrase(str(text))] = factor
    return QuestionWords(folded, toned, max(map(len, folded)))
