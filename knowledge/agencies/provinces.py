"""The provinces before and since 01/7/2025, and finding their names in a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise

from knowledge.agencies.data import read
from knowledge.agencies.spelling import same_syllable, same_typed
from knowledge.text.normalize import Token, clean, fold, tokenize

_LETTERS_ONLY = re.compile(r"[^a-z]+")
_GAP = re.compile(r"[\s.\-–]*")
_TITLES = {"tinh", "tp", "pho"}  # the last word of "tỉnh", "TP", "thành phố" before a name


@dataclass(frozen=True)
class Province:
    """A province or city. `successor` is the slug of the one it became part of, `since` that day, by `basis`.

    `strict`, `not_after`: see the data file.
    """

    slug: str
    name: str
    kind: str = "tỉnh"
    aliases: tuple[str, ...] = ()
    strict: bool = False
    not_after: tuple[str, ...] = ()
    successor: str | None = None
    since: date | None = None
    basis: str = ""

    @property
    def full_name(self) -> str:
        """`tỉnh Hậu Giang`, `thành phố Cần Thơ`."""
        return f"{self.kind} {self.name}"


class Provinces:
    """All provinces by slug; see `load`."""

    def __init__(self, provinces: dict[str, Province]) -> None:
        self._provinces = provinces
        self._spellings = _spellings(provinces.values())

    @classmethod
    def load(cls) -> Provinces:
        """The provinces of `provinces.yml`, read once a process."""
        return _load()

    def __iter__(self) -> Iterator[Province]:
        return iter(self._provinces.values())

    def get(self, slug: str) -> Province | None:
        """The province of a slug."""
        return self._provinces.get(slug)

    def successor_of(self, slug: str) -> Province | None:
        """The province that this one became part of; None where the name still stands."""
        province = self._provinces.get(slug)
        return self._provinces.get(province.successor) if province and province.successor else None

    def predecessors_of(self, slug: str) -> list[Province]:
        """The provinces that became part of this one (besides itself)."""
        return [province for province in self if province.successor == slug]

    def resolve(self, name: str) -> Province | None:
        """The province that a name or slug means, with or without "tỉnh": `Tỉnh Hậu Giang`, `hau giang`, `hau-giang`."""
        if name in self._provinces:
            return self._provinces[name]
        found = self.find(clean(name))
        return self._provinces[found[0][0]] if found else None

    def find(self, text: str) -> list[tuple[str, int, int]]:
        """(slug, start, end) of every province named in an NFC text, without the word "tỉnh"; diacritics may be missing."""
        tokens = tokenize(text)
        found, i = [], 0
        while i < len(tokens):
            hit = self._at(tokens, i, text)
            if hit:
                slug, length = hit
                found.append((slug, tokens[i].start, tokens[i + length - 1].end))
                i += length
            else:
                i += 1
        return found

    def _at(self, tokens: Sequence[Token], i: int, text: str) -> tuple[str, int] | None:
        for spelling, province in self._spellings.get(tokens[i].folded, ()):
            run = tokens[i:i + len(spelling)]
            if len(run) == len(spelling) and _joined(run, text) and _matches(run, spelling, province, tokens, i):
                return province.slug, len(spelling)
        return None


def find_province(text: str) -> list[tuple[str, int, int]]:
    """(slug, start, end) of every province named in an NFC text: `[("hau-giang", 10, 19)]` for "ai o tinh hau giang"."""
    return Provinces.load().find(text)


def province_at_start(text: str) -> Province | None:
    """The province whose name a text begins with ("Hậu Giang, ngày …"), whatever its diacritics; the longest one."""
    words = _LETTERS_ONLY.sub(" ", fold(clean(text))).strip()
    names = _folded_names()
    hits = [name for name in names if words == name or words.startswith(name + " ")]
    return names[max(hits, key=len)] if hits else None


@lru_cache(maxsize=1)
def _folded_names() -> dict[str, Province]:
    named = [(name, p) for p in Provinces.load() for name in (p.name, *p.aliases) if " " in name or name == p.name]
    return {_LETTERS_ONLY.sub(" ", fold(name)): p for name, p in named}


@lru_cache(maxsize=1)
def _load() -> Provinces:
    data = read("provinces.yml")
    provinces = {}
    for slug, entry in data["provinces"].items():
        merged = {"since": data["since"], "basis": data["basis"]} if "successor" in entry else {}
        fields = {**entry, **merged, "aliases": tuple(entry.get("aliases", ())), "not_after": tuple(entry.get("not_after", ()))}
        provinces[slug] = Province(slug=slug, **fields)
    return Provinces(provinces)


def _spellings(provinces: Iterable[Province]) -> dict[str, list[tuple[tuple[str, ...], Province]]]:
    """Spellings by their first folded word, the longest first."""
    table: dict[str, list[tuple[tuple[str, ...], Province]]] = {}
    for province in provinces:
        for name in (province.name, *province.aliases):
            tokens = tokenize(clean(name))
            table.setdefault(tokens[0].folded, []).append((tuple(t.toned for t in tokens), province))
    for entries in table.values():
        entries.sort(key=lambda entry: -len(entry[0]))
    return table


def _joined(run: Sequence[Token], text: str) -> bool:
    return all(_GAP.fullmatch(text[a.end:b.start]) for a, b in pairwise(run))


def _matches(run: Sequence[Token], spelling: tuple[str, ...], province: Province, tokens: Sequence[Token], i: int) -> bool:
    if i > 0 and tokens[i - 1].folded in province.not_after:
        return False
    pairs = [(clean(token.toned), meant) for token, meant in zip(run, spelling, strict=True)]
    if not all(same_syllable(*pair) for pair in pairs) or len(run) > 1 and not any(same_typed(*pair) for pair in pairs):
        return False  # one tone may be a slip, all of them are other words
    if not province.strict:
        return True
    as_written = all(clean(token.toned) == meant for token, meant in zip(run, spelling, strict=True))
    titled = i > 0 and tokens[i - 1].folded in _TITLES
    plain = all(token.text.isascii() for token in run)
    named = plain and all(token.text[0].isupper() for token in run)
    return as_written or titled or named or (plain and len(run) == len(tokens))
