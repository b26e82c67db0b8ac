"""A message as the classifier reads it: one spelling for what is one wording, and the sentence that asks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from wordfreq import top_n_list

from knowledge.text.lexicon import is_syllable, question_words, spell_out
from knowledge.text.normalize import clean, fold
from knowledge.text.typos import corrections, split_joined, telex

Mask = tuple[int, int, str]  # first and last place in the cleaned text, the word that takes its place

AGENCY = "AGENCY"
_DIGITS = re.compile(r"\d+")
_GLUED = re.compile(r"(?<!\w)([^\W\d_]{1,3})(?=\d{1,4}(?!\w))")
_COMMON = 12_000  # words of a frequency list; they have some 1,450 syllables without marks
_COUNTED = {"t": "tháng", "q": "quý"}
_SLIP = re.compile(r"[^\W\d_]\w+")
_ENDS = re.compile(r"(?<=[.!?;])\s+")
_ASKS = re.compile(r"\b(?:nao|gi|ai|may|nhieu|bao gio|sao|dau|khi nao|chua|khong|ko)\b")


def form_of(text: str, masks: Iterable[Mask] = ()) -> str:
    """Lower case without marks, short forms written out, keys of Telex and VNI read, digits as 0, named things as placeholders."""
    text = clean(text)
    for start, end, name in sorted(masks, reverse=True):
        text = text[:start] + name + text[end:]
    return _DIGITS.sub("0", _SLIP.sub(_read, fold(spell_out(_GLUED.sub(_apart, text)))))


def asking_part(form: str) -> str:
    """The sentence of a form that asks: the last with a question mark, else the last with a word that asks, else the last."""
    sentences = [s for s in _ENDS.split(form.strip()) if s]
    if len(sentences) < 2:
        return form
    marked = [s for s in sentences if "?" in s]
    asking = marked or [s for s in sentences if _ASKS.search(s)]
    return (asking or sentences)[-1]


def _apart(match: re.Match[str]) -> str:
    """A short form that a number is glued to: `nv12` → `nv 12`, `t9` → `tháng 9`; a syllable with a VNI key stays."""
    word = match.group()
    return word if is_syllable(word) else _COUNTED.get(word.lower(), word) + " "


def _read(match: re.Match[str]) -> str:
    return _syllable(match.group())


@lru_cache(maxsize=50_000)
def _syllable(word: str) -> str:
    """A folded word that does not exist as the one that was meant: `hanj`, `han5` → `han`, `nhiemm` → `nhiem`, `quahan` → `qua han`.

    Only words that ask or frame a question are guessed at: names and foreign words stay.
    """
    asking = question_words().words
    if word in asking or word in _existing():
        return word
    readings = [reading for reading in telex(word) if is_syllable(reading)]
    likely = [reading for reading in readings if reading in asking] or [reading for reading in readings if reading in _existing()]
    if likely:
        return likely[0]
    mended = [other for other, _ in corrections(word, asking)]
    if mended:
        return next((other for other in mended if sorted(other) == sorted(word)), mended[0])
    return " ".join(split_joined(word, asking) or (word,))


@lru_cache(maxsize=1)
def _existing() -> frozenset[str]:
    """The syllables of common Vietnamese words, folded."""
    return frozenset(folded for folded in map(fold, top_n_list("vi", _COMMON)) if is_syllable(folded))


def disjoint(masks: Iterable[Mask]) -> list[Mask]:
    """Masks without overlaps, longest first."""
    kept: list[Mask] = []
    for mask in sorted(masks, key=lambda m: m[0] - m[1]):
        if all(mask[1] <= k[0] or k[1] <= mask[0] for k in kept):
            kept.append(mask)
    return kept
