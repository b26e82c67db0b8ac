"""Finding the agencies that a text names: the longest known spelling wins, a collective counts as one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from knowledge.agencies.provinces import find_province
from knowledge.agencies.registry import Registry
from knowledge.agencies.spelling import hoi_for_nga, same_syllable, same_typed, words
from knowledge.text.normalize import Token, clean

_INSIDE = re.compile(r"[\s.\-–/&]*(?:và|va)?[\s.\-–/&]*", re.IGNORECASE)
_INSIDE_WITH_COMMA = re.compile(r"[\s,.\-–/&]*(?:và|va)?[\s,.\-–/&]*", re.IGNORECASE)
_BEFORE_PLACE = re.compile(r"\s+(?:(?:tỉnh|tinh|thành phố|thanh pho|tp\.?)\s+)?", re.IGNORECASE)
_QUESTION = {"nao", "gi"}


@dataclass(frozen=True)
class _Spelling:
    """A known spelling: its syllables, its agency, and whether a comma belongs to it ("Sở Văn hóa, Thể thao và Du lịch")."""

    syllables: tuple[str, ...]
    slug: str
    comma: bool


_Table = dict[tuple[str, str], list[_Spelling]]  # by the first two words, folded; the longest spelling first


@dataclass(frozen=True)
class Mention:
    """An agency named in a text: the place and wording, the slug, the province named with it.

    `weak` spellings ("công an", "y tế") are ordinary words too; `collective` ones stand for many.
    """

    start: int
    end: int
    text: str
    slug: str
    province: str | None = None
    weak: bool = False
    collective: bool = False


def find_mentions(text: str, weak: bool = False) -> list[Mention]:
    """The agencies named in an NFC text from left to right, none overlapping; weak spellings only if asked for."""
    registry = Registry.load()
    tokens, places = words(text), find_province(text)
    found, i = [], 0
    while i < len(tokens):
        mention, length = _mention_at(tokens, i, text, registry, weak)
        if mention:
            found.append(_with_place(mention, places, text))
        i += length
    return found


def _mention_at(tokens: list[Token], i: int, text: str, registry: Registry, weak: bool) -> tuple[Mention | None, int]:
    spelling, is_weak = _longest(tokens, i, text, weak)
    length = len(spelling.syllables) if spelling else 0
    run = registry.collectives.at(tokens, i, text)
    collective = run is not None and run.clear and run.length >= length and not _asks(tokens, i + run.length)
    if run and collective:
        length = run.length
    if not length or (i and registry.in_compound(tokens[i - 1].toned, tokens[i].toned)):
        return None, 1
    start, end = tokens[i].start, tokens[i + length - 1].end
    slug = run.slug if run and collective else spelling.slug if spelling else ""
    return Mention(start, end, text[start:end], slug, weak=is_weak and not collective, collective=collective), length


def _asks(tokens: list[Token], i: int) -> bool:
    """Does "nào", "gì" follow: "những sở nào" asks for agencies and names none?"""
    return i < len(tokens) and tokens[i].folded in _QUESTION


def _longest(tokens: list[Token], i: int, text: str, weak: bool) -> tuple[_Spelling | None, bool]:
    strong_table, weak_table = _tables()
    certain = _first_fit(strong_table, tokens, i, text)
    ordinary = _first_fit(weak_table, tokens, i, text) if weak else None
    if ordinary and (not certain or len(ordinary.syllables) > len(certain.syllables)):
        return ordinary, True
    return certain, False


def _first_fit(table: _Table, tokens: list[Token], i: int, text: str) -> _Spelling | None:
    second = tokens[i + 1].folded if i + 1 < len(tokens) else ""
    candidates = (*table.get((tokens[i].folded, second), ()), *table.get((tokens[i].folded, ""), ()))
    return next((spelling for spelling in candidates if _fits(tokens, i, spelling, text)), None)


def _fits(tokens: list[Token], i: int, spelling: _Spelling, text: str) -> bool:
    run = tokens[i:i + len(spelling.syllables)]
    gap = _INSIDE_WITH_COMMA if spelling.comma else _INSIDE
    return (
        len(run) == len(spelling.syllables)
        and _typed(run, spelling.syllables)
        and all(gap.fullmatch(text[a.end:b.start]) for a, b in pairwise(run))
    )


def _typed(run: list[Token], meant: tuple[str, ...]) -> bool:
    """Equal syllable by syllable, one tone wrong at most; the first only hỏi for ngã ("bố khoa học" is no ministry)."""
    wrong = [n for n, token in enumerate(run) if not same_typed(token.toned, meant[n])]
    if not wrong:
        return True
    n = wrong[0]
    return len(wrong) == 1 and len(run) > 2 and (hoi_for_nga if n == 0 else same_syllable)(run[n].toned, meant[n])


def _with_place(mention: Mention, places: list[tuple[str, int, int]], text: str) -> Mention:
    for slug, start, end in places:
        if mention.start <= start and end <= mention.end:
            return Mention(**{**mention.__dict__, "province": slug})
        if start > mention.end and _BEFORE_PLACE.fullmatch(text[mention.end:start]):
            return Mention(**{**mention.__dict__, "province": slug, "end": end, "text": text[mention.start:end]})
    return mention


@lru_cache(maxsize=1)
def _tables() -> tuple[_Table, _Table]:
    registry = Registry.load()
    return _table(list(registry.phrases())), _table(list(registry.weak_phrases()))


def _table(phrases: list[tuple[str, str]]) -> _Table:
    table: _Table = {}
    for name, slug in phrases:
        syllables = words(clean(name))
        first_two = (syllables[0].folded, syllables[1].folded if len(syllables) > 1 else "")
        table.setdefault(first_two, []).append(_Spelling(tuple(word.toned for word in syllables), slug, "," in name))
    for entries in table.values():
        entries.sort(key=lambda entry: -len(entry.syllables))
    return table
