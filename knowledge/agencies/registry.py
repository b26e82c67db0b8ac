"""The registry of agencies: from any usual spelling to the agency, and from an agency to who holds its work now."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from knowledge.agencies.collectives import Collectives
from knowledge.agencies.data import read
from knowledge.agencies.provinces import find_province
from knowledge.agencies.spelling import name_key, same_typed, words
from knowledge.model.agency import Agency
from knowledge.text.normalize import clean

_NAMES_KEPT = 20_000
_CARRIERS = ("bên", "phía")  # "bên tài chính" can only be the agency; "ngành tài chính" is a field of work as often
_PLACE_TITLE = re.compile(r"(?:\b(?:tỉnh|tinh|thành phố|thanh pho|t[pP]\.?|T\.|của))?\s*$", re.IGNORECASE)
_PLACE_WORD = re.compile(r"\s+(?:tỉnh|tinh|thành phố|thanh pho|tp)$", re.IGNORECASE)
_BRACKETS = re.compile(r"\([^)]*\)")


class RegistryError(ValueError):
    """The registry's data contradict themselves: an unknown slug, or one spelling for two agencies."""


@dataclass(frozen=True)
class _Entry:
    """An agency with what only the registry needs: its level, its weak spellings, the day of change by province."""

    agency: Agency
    level: str = "province"
    strong: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    days: dict[str, date] = field(default_factory=dict)


class Registry:
    """All known agencies by slug; see `load`."""

    def __init__(self, entries: dict[str, _Entry], ambiguous: dict[str, tuple[str, ...]],
                 not_after: dict[str, tuple[str, ...]], collectives: Collectives) -> None:
        self._entries = entries
        self._not_after = not_after
        self._ambiguous = {name_key(name): (name, slugs) for name, slugs in ambiguous.items()}
        self.collectives = collectives
        self._strong = self._index("strong")
        self._weak = {key: slug for key, slug in self._index("weak").items() if key not in self._strong}
        self._prefixes = sorted(
            ((name_key(prefix), slug) for slug, entry in entries.items() for prefix in entry.prefixes),
            key=lambda pair: -len(pair[0]))
        # Plans repeat a few hundred names in thousands of cells.
        self._candidates = lru_cache(maxsize=_NAMES_KEPT)(self._find_candidates)
        self._collective = lru_cache(maxsize=_NAMES_KEPT)(self.collectives.read)

    @classmethod
    def load(cls) -> Registry:
        """The registry of `agencies.yml`, read once a process."""
        return _load()

    def __iter__(self) -> Iterator[Agency]:
        return (entry.agency for entry in self._entries.values())

    # From a name to the agency

    def get(self, slug: str) -> Agency | None:
        """The agency of a slug, usual collectives included."""
        entry = self._entries.get(slug)
        return entry.agency if entry else self.collectives.get(slug)

    def resolve(self, name: str) -> Agency | None:
        """The agency that a name means; a collective for "Các sở, ban, ngành"; None if nobody is known by it.

        Tolerates case, diacritics, tone places, blanks, "và" or "&", and a province at the end ("Công an tỉnh Hậu Giang").
        Weak spellings ("công an") count too: the caller says that this is a name.
        """
        candidates = self.candidates(name)
        return candidates[0] if candidates else None

    def candidates(self, name: str) -> tuple[Agency, ...]:
        """Every agency that a name may mean, the usual one first: "NHNN" is the State Bank and its branch in the province."""
        return self._candidates(name)

    def _find_candidates(self, name: str) -> tuple[Agency, ...]:
        name = clean(_BRACKETS.sub(" ", name))
        forms = [form for form in _forms(name) if name_key(form)]
        for form in forms:
            key = name_key(form)
            if key in self._ambiguous:
                return tuple(self._entries[slug].agency for slug in self._ambiguous[key][1])
            slug = self._strong.get(key) or self._weak.get(key)
            if slug:
                return (self._entries[slug].agency,)
        return self._by_shape(name, forms)

    def related(self, slug: str) -> tuple[str, ...]:
        """Slugs of agencies that share a usual spelling with this one."""
        shared = {other for _, slugs in self._ambiguous.values() if slug in slugs for other in slugs}
        return tuple(sorted(shared - {slug}))

    # Names for gazetteers

    def phrases(self) -> Iterable[tuple[str, str]]:
        """(name as written, slug) for all spellings that mean an agency wherever they stand."""
        yield from ((name, slugs[0]) for name, slugs in self._ambiguous.values())
        for slug, entry in self._entries.items():
            yield from ((name, slug) for name in entry.strong)
        yield from self.collectives.phrases(clear=True)

    def weak_phrases(self) -> Iterable[tuple[str, str]]:
        """(name, slug) for spellings that are ordinary words too ("công an", "y tế"): they need context."""
        for slug, entry in self._entries.items():
            yield from ((name, slug) for name in entry.weak)
        yield from self.collectives.phrases(clear=False)

    def is_weak(self, name: str) -> bool:
        """Is this spelling an ordinary word as well?"""
        key = name_key(name)
        return key in self._weak and key not in self._ambiguous

    def in_compound(self, before: str, first: str) -> bool:
        """Does the word before a name's first word belong to it instead: "cơ" + "sở" y tế, "tiến" + "bộ" khoa học? Lower case."""
        for head, words_before in self._not_after.items():
            if same_typed(first, head) and any(same_typed(before, word) for word in words_before):
                return True
        return False

    def names_of(self, slug: str) -> tuple[str, ...]:
        """All certain spellings of an agency, its canonical name first."""
        entry = self._entries[slug]
        return tuple(dict.fromkeys((entry.agency.name, *entry.strong)))

    def level_of(self, slug: str) -> str:
        """central, province, district or commune."""
        return self._entries[slug].level

    # History

    def successor_of(self, slug: str) -> Agency | None:
        """The agency that took this one's work over; None where it still stands, or ended without a successor of its level."""
        entry = self._entries.get(slug)
        return self.get(entry.agency.successor) if entry and entry.agency.successor else None

    def ended(self, slug: str, province: str | None = None) -> date | None:
        """The first day on which the agency was no more, in a province where the day is known to differ; None if it stands."""
        entry = self._entries[slug]
        return entry.days.get(province or "", entry.agency.since)

    def current(self, slug: str, on: date, province: str | None = None) -> Agency | None:
        """Who holds the agency's work on a day: itself, its successor, or None where nobody of its level does."""
        entry = self._entries[slug]
        day = self.ended(slug, province)
        if day is None or on < day:
            return entry.agency
        return self.current(entry.agency.successor, on, province) if entry.agency.successor else None

    def predecessors_of(self, slug: str) -> list[Agency]:
        """The agencies whose work this one took over (besides itself under the same name)."""
        return [agency for agency in self if agency.successor == slug]

    def also_of(self, slug: str) -> list[Agency]:
        """The agencies beside the successor that took over parts of the work; the agency's `note` says which."""
        return [self._entries[other].agency for other in self._entries[slug].also]

    # Collectives

    def collective_covers(self, collective_text: str, agency: Agency) -> bool:
        """Does "Các sở, ban, ngành và địa phương" include this agency? By kinds: a sở yes, a ministry no."""
        collective = self._collective(collective_text)
        return collective is not None and agency.kind in collective.members

    def _by_shape(self, name: str, forms: list[str]) -> tuple[Agency, ...]:
        collective = next(filter(None, map(self.collectives.read, forms)), None)
        if collective:
            return (collective,)
        key = name_key(name)
        slug = next((slug for prefix, slug in self._prefixes if key.startswith(prefix)), None)
        return (self._entries[slug].agency,) if slug else ()

    def _index(self, strength: str) -> dict[str, str]:
        index: dict[str, str] = {}
        for slug, entry in self._entries.items():
            for name in getattr(entry, strength):
                if index.setdefault(name_key(name), slug) != slug and name_key(name) not in self._ambiguous:
                    raise RegistryError(f"{name!r} is both {index[name_key(name)]} and {slug}")
        return index


@lru_cache(maxsize=1)
def _load() -> Registry:
    data = read("agencies.yml")
    initials = _initials(data["agencies"])
    entries = {slug: _entry(slug, fields, initials.get(slug)) for slug, fields in data["agencies"].items()}
    named = [s for e in entries.values() for s in (*e.also, *filter(None, [e.agency.successor]))]
    named += [slug for slugs in data["ambiguous"].values() for slug in slugs]
    unknown = sorted(set(named) - set(entries))
    if unknown:
        raise RegistryError(f"unknown slugs: {', '.join(unknown)}")
    ambiguous = {name: tuple(slugs) for name, slugs in data["ambiguous"].items()}
    not_after = {head: tuple(before) for head, before in data["not_after"].items()}
    return Registry(entries, ambiguous, not_after, Collectives.load())


def _initials(agencies: dict[str, dict[str, Any]]) -> dict[str, str]:
    """What a department's initials are, by slug: TC for Sở Tài chính; not where two share them (Nội vụ, Ngoại vụ)."""
    found = {
        slug: "".join(word.text[0].upper() for word in words(fields["name"])[1:])
        for slug, fields in agencies.items() if fields["kind"] == "so" and not fields.get("generic")
    }
    counts = Counter(found.values())
    return {slug: short for slug, short in found.items() if counts[short] == 1 and len(short) > 1}


def _entry(slug: str, fields: dict[str, Any], initials: str | None) -> _Entry:
    strong = [fields["name"], *fields.get("aliases", ())]
    strong += [f"S.{initials}", f"Sở {initials}"] if initials else []
    weak = list(fields.get("weak", ()))
    for short in fields.get("short", ()):
        with_carrier, alone = _short_forms(short)
        strong += with_carrier
        weak += alone
    if fields.get("generic"):
        strong, weak = [], strong + weak
    agency = Agency(
        slug=slug, name=fields["name"], kind=fields["kind"], aliases=tuple(dict.fromkeys(strong[1:])),
        successor=fields.get("successor"), since=fields.get("since"), basis=fields.get("basis", ""), note=fields.get("note", ""))
    return _Entry(
        agency, fields.get("level", "province"), tuple(dict.fromkeys(strong)), tuple(dict.fromkeys(weak)),
        tuple(fields.get("prefixes", ())), tuple(fields.get("also", ())), dict(fields.get("provinces", {})))


def _short_forms(short: str) -> tuple[list[str], list[str]]:
    """The certain and the weak spellings that a department's short form gives: `TN&MT` → Sở TNMT, STNMT, S.TN&MT…; TNMT."""
    spellings = list(dict.fromkeys((short, short.replace("&", ""), short.replace("-", ""), re.sub("[&-]", "", short))))
    strong = [f"{carrier} {spelling}" for carrier in ("Sở", *_CARRIERS) for spelling in spellings]
    if short.isupper():
        strong += [f"S{dot}{spelling}" for dot in ("", ".") for spelling in spellings]
    return strong, spellings + [f"ngành {spelling}" for spelling in spellings]


def _forms(name: str) -> list[str]:
    """The name, then without the province at its end, each as it is, without and with the word "tỉnh"."""
    forms = [name]
    places = find_province(name)
    if places and places[-1][2] == len(name):
        rest = name[:places[-1][1]]
        forms += [rest.strip(), _PLACE_TITLE.sub("", rest).strip()]
    bare = [_PLACE_WORD.sub("", form) for form in forms]
    return list(dict.fromkeys(form for form in (*forms, *(f"{form} tỉnh" for form in forms), *bare) if form))
