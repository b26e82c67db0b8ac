"""Collectives: "Các sở, ban, ngành và địa phương" stands for many agencies and is nobody's own name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from knowledge.agencies.data import read
from knowledge.agencies.spelling import same_typed, words
from knowledge.model.agency import Agency
from knowledge.text.normalize import Token, clean, fold

_GAP = re.compile(r"[\s,;/\-–&]*(?:và|va)?[\s,;/\-–&]*", re.IGNORECASE)
# After the ministries, "ngành" means their peers in the capital, not the province's.
_CENTRAL_WITH_MINISTRIES = ("ban-nganh", "bo")
_CLEAR_FIRST = ("so", "bo")


@dataclass(frozen=True)
class _Word:
    """One entry of the word list: its syllables, and the part it belongs to or (None) how it helps."""

    syllables: tuple[str, ...]
    part: str | None
    plural: bool = False
    alone: bool = False
    describes: bool = False


@dataclass(frozen=True)
class Run:
    """A collective found in tokens: how many tokens it takes, and the parts it names (in the order of the word list).

    `clear`: it can be nothing else within a sentence ("các sở…", "sở, ban, ngành"), unlike a bare "địa phương".
    """

    length: int
    parts: tuple[str, ...]
    clear: bool

    @property
    def slug(self) -> str:
        """`cac-so-ban-nganh-dia-phuong`: the same for every wording of the same parts."""
        return "-".join(("cac", *self.parts))


class Collectives:
    """Reads collectives by the words they are made of; see `load`."""

    def __init__(self, word_list: list[_Word], kinds: dict[str, tuple[str, ...]],
                 clear_parts: Iterable[str] = (), common: Iterable[str] = ()) -> None:
        self._words: dict[str, list[_Word]] = {}
        for word in sorted(word_list, key=lambda word: -len(word.syllables)):
            self._words.setdefault(fold(word.syllables[0]), []).append(word)
        self._kinds = kinds
        self._clear_parts = frozenset(clear_parts)
        self._common = tuple(common)

    @classmethod
    def load(cls) -> Collectives:
        """The words of `collectives.yml`, read once a process."""
        return _load()

    def get(self, slug: str) -> Agency | None:
        """The collective of a slug that `read` gave: `cac-so-ban-nganh-dia-phuong`; its name is the usual wording."""
        return next((agency for agency in map(self.read, self._common) if agency and agency.slug == slug), None)

    def read(self, text: str) -> Agency | None:
        """The collective that the whole text is, its members being kinds of agency; None if it is something else."""
        text = clean(text)
        tokens = words(text)
        run = self.at(tokens, 0, text)
        if run is None or run.length != len(tokens):
            return None
        return Agency(slug=run.slug, name=text, kind="collective", members=self._members(run.parts))

    def phrases(self, clear: bool) -> Iterator[tuple[str, str]]:
        """(wording, slug) of the usual collectives: those that are clear within a sentence, or the others."""
        for name in self._common:
            run = self.at(words(clean(name)), 0, clean(name))
            if run and run.clear is clear:
                yield name, run.slug

    def at(self, tokens: list[Token], start: int, text: str) -> Run | None:
        """The longest collective that begins at a token; `tokens` are `spelling.words` of `text`."""
        found = self._words_from(tokens, start, text)
        while found and not (found[-1].part or found[-1].describes):
            found.pop()
        named = [word.part for word in found if word.part]
        if not named or not (found[0].plural or found[0].part):
            return None
        if not (len(named) > 1 or any(word.plural or word.alone for word in found)):
            return None
        clear = self._clear(found[0], named)
        length = sum(len(word.syllables) for word in found)
        return Run(length, tuple(part for part in self._kinds if part in named), clear)

    def _clear(self, first: _Word, named: list[str]) -> bool:
        if len(set(named)) > 1:
            return first.plural or first.part in _CLEAR_FIRST
        return first.plural and named[0] in self._clear_parts

    def _words_from(self, tokens: list[Token], start: int, text: str) -> list[_Word]:
        found: list[_Word] = []
        i = start
        while i < len(tokens) and (i == start or _GAP.fullmatch(text[tokens[i - 1].end:tokens[i].start])):
            word = self._word_at(tokens, i)
            if word is None or (word.part == "so" and any(w.part for w in found) and not found[-1].plural):
                break  # "…, ban ngành Sở Y tế": the next agency begins
            found.append(word)
            i += len(word.syllables)
        return found

    def _word_at(self, tokens: list[Token], i: int) -> _Word | None:
        for word in self._words.get(tokens[i].folded, ()):
            run = tokens[i:i + len(word.syllables)]
            if len(run) == len(word.syllables) and all(
                same_typed(token.toned, meant) for token, meant in zip(run, word.syllables, strict=True)
            ):
                return word
        return None

    def _members(self, parts: tuple[str, ...]) -> tuple[str, ...]:
        skip = "ban-nganh" if set(_CENTRAL_WITH_MINISTRIES) <= set(parts) and "so" not in parts else None
        return tuple(dict.fromkeys(kind for part in parts if part != skip for kind in self._kinds[part]))


@lru_cache(maxsize=1)
def _load() -> Collectives:
    data = read("collectives.yml")
    word_list, kinds = [], {}
    for part, entry in data["parts"].items():
        kinds[part] = tuple(entry["kinds"])
        alone = set(entry.get("alone", ()))
        word_list += [_Word(_syllables(text), part, alone=text in alone) for text in entry["words"]]
    word_list += [_Word(_syllables(text), None, plural=True) for text in data["plural"]]
    word_list += [_Word(_syllables(text), None, describes=True) for text in data["filler"]]
    word_list += [_Word(_syllables(text), None) for text in data["joiner"] if _syllables(text)]
    clear = [part for part, entry in data["parts"].items() if entry.get("clear")]
    return Collectives(word_list, kinds, clear, data["common"])


def _syllables(text: str) -> tuple[str, ...]:
    return tuple(token.toned for token in words(clean(text)))
