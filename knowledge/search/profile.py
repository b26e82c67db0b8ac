"""A row as the search sees it: its syllables and pairs of syllables, weighted by the cell they stand in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from knowledge.model import Row
from knowledge.text.lexicon import abbreviations, key
from knowledge.text.normalize import clean, tokenize, words

# How much a word counts by where it stands: what a task is called says more than who does it.
FIELD_WEIGHTS = {"name": 1.0, "result": 0.7, "unit": 0.6, "target": 0.5, "heading": 0.5, "lead": 0.35, "coop": 0.25, "note": 0.4}


def fields(row: Row) -> Iterator[tuple[str, str]]:
    """(cell, text) pairs of a row that are searched, the name first."""
    yield "name", row.name
    for cell in ("result", "unit", "target", "note"):
        value = getattr(row, cell)
        if value:
            yield cell, str(value)
    if row.lead:
        yield "lead", "; ".join(row.lead)
    if row.coop:
        yield "coop", "; ".join(row.coop)
    heading = row.extra.get("heading")
    if heading:
        yield "heading", str(heading)


@dataclass(frozen=True, slots=True)
class Profile:
    """Keys of a row's syllables, their toned forms and neighbouring pairs, each with the best weight of its cells.

    `name_keys` are the distinct keys of the name alone.
    """

    single: dict[str, float]
    toned: frozenset[str]
    pairs: dict[tuple[str, str], float]
    name_keys: tuple[str, ...]


def syllables(text: str) -> tuple[str, ...]:
    """The syllables of a cell, with abbreviations written out behind them (TTHC → TTHC thủ tục hành chính)."""
    return _short_cell(text) if len(text) <= _SHORT else _cell(text)


def _cell(text: str) -> tuple[str, ...]:
    return tuple(syllable for word in words(clean(text)) for syllable in _with_meaning(word))


# Agencies, units and figures come again and again.
_SHORT = 60
_short_cell = lru_cache(maxsize=20_000)(_cell)


@lru_cache(maxsize=100_000)
def _with_meaning(word: str) -> tuple[str, ...]:
    meanings = abbreviations().meanings(word) if word.isupper() and len(word) > 1 else ()
    return (word.lower(), *(t.toned for t in tokenize(meanings[0]))) if meanings else (word.lower(),)


def profile(row: Row) -> Profile:
    """Builds the profile of a row."""
    single: dict[str, float] = {}
    pairs: dict[tuple[str, str], float] = {}
    toned: set[str] = set()
    name_keys: tuple[str, ...] = ()
    for cell, text in fields(row):
        weight = FIELD_WEIGHTS[cell]
        written = syllables(text)
        keys = [key(s) for s in written]
        toned.update(written)
        for k in keys:
            single[k] = max(single.get(k, 0.0), weight)
        for pair in zip(keys, keys[1:]):
            pairs[pair] = max(pairs.get(pair, 0.0), weight)
        if cell == "name":
            name_keys = tuple(dict.fromkeys(keys))
    return Profile(single, frozenset(toned), pairs, name_keys)
