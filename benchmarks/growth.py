"""Grows a knowledge base from the shapes of the shipped plans: other provinces, fields of work, agencies, communes, figures.

A grown plan takes most rows of one shipped plan and speaks of another field (`growth.yml`); its rows keep their form: cells, length,
kind of deadline. Only a province that has no such plan yet gets one on the shipped plans' own field, as in life.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from knowledge.agencies.provinces import Province, Provinces
from knowledge.model import Plan, Row

_OWN_FIELD = "chuyển đổi số"
_DIGITS = r"(?<![\d/.-])\d{1,4}(?![\d/]|-NQ)"
_KEPT_ROWS, _TAILED, _SWAPPED = 0.8, 0.6, 0.85
#: So much of a row's name may be the same in a plan of another field; else only its opening words are kept.
_MOST_KEPT = 0.5


class Growth:
    """An endless, seeded stream of plans."""

    def __init__(self, shipped: Sequence[Plan], seed: int = 57) -> None:
        self._shipped = [p for p in shipped if p.rows]
        self._random = random.Random(seed)
        self._data: dict[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8"))
        self._slots = {word: slot for slot, words in self._data["slots"].items() for word in words}
        self._provinces = list(Provinces.load())
        self._taken = {p.province for p in self._shipped}
        self._names = {p.name for p in self._provinces if p.slug in self._taken}
        words = sorted([*self._slots, *self._names, *self._data["agencies"]], key=len, reverse=True)
        self._pattern = re.compile("|".join([r"\b(?:" + "|".join(map(re.escape, words)) + r")\b", _DIGITS]), re.IGNORECASE)
        self._number = 0

    def plans(self) -> Iterator[Plan]:
        """Plans without end."""
        while True:
            self._number += 1
            yield self._plan(self._random.choice(self._shipped), self._random.choice(self._provinces))

    def _plan(self, shape: Plan, province: Province) -> Plan:
        fields = [f for f in self._data["fields"] if province.slug not in self._taken or f["name"] != _OWN_FIELD]
        words = _Words(self._random, self._data, self._random.choice(fields), province)
        plan_id = f"{province.slug}-{self._number}"
        rows = [self._row(row, plan_id, words) for row in shape.rows if row.kind == "group" or self._random.random() < _KEPT_ROWS]
        return replace(shape, id=plan_id, title=self._text(shape.title, words), file=f"{plan_id}.txt", province=province.slug,
                       number=f"{self._number}/KH-UBND", rows=tuple(rows), documents=(), unplaced=())

    def _row(self, row: Row, plan_id: str, words: _Words) -> Row:
        name = self._text(row.name, words)
        if words.field["name"] != _OWN_FIELD and _kept(row.name, name) > _MOST_KEPT:
            name = words.task(row.name, len(row.name.split()))
        if row.kind not in ("group", "passage") and self._random.random() < _TAILED:
            end = name[-1] if name[-1] in ".;" else ""
            name = f"{name.rstrip('.; ')} {words.tail()}{end}"
        result, note = (self._text(text, words) if text else text for text in (row.result, row.note))
        extra = {k: self._text(v, words) if k in ("heading", "measure") else v for k, v in row.extra.items()}
        source = replace(row.source, file=f"{plan_id}.txt")
        return replace(row, plan=plan_id, name=name, result=result, note=note, wording=None, extra=extra, source=source,
                       lead=self._agencies(row.lead, words), coop=self._agencies(row.coop, words))

    def _agencies(self, names: Sequence[str], words: _Words) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._text(name, words) if name in self._data["agencies"] else words.placed(name, self._names)
                                   for name in names))

    def _text(self, text: str, words: _Words) -> str:
        def other(match: re.Match[str]) -> str:
            found = match.group()
            if found.isdigit():
                return words.figure(found)
            if found in self._names:
                return words.province.name
            if found in self._data["agencies"]:
                return str(words.field["agency"])
            slot = self._slots.get(found.lower())
            if slot is None or self._random.random() > _SWAPPED:
                return found
            new = words.of(slot)
            return new[0].upper() + new[1:] if found[0].isupper() else new

        return self._pattern.sub(other, text)


class _Words:
    """The words of one grown plan."""

    def __init__(self, chance: random.Random, data: dict[str, Any], field: dict[str, Any], province: Province) -> None:
        self._random, self._data = chance, data
        self.field, self.province = field, province
        self._communes = [self._commune() for _ in range(12)]

    def of(self, slot: str) -> str:
        """An activity, a thing or people of the field."""
        return str(self._random.choice(self.field[slot]))

    def task(self, shape: str, size: int) -> str:
        """A name that opens as `shape` does, `Xây dựng, triển khai Đề án`, goes on with this field's words, and is as long."""
        opening = " ".join(shape.split()[: self._random.choice((2, 3, 4))]).rstrip(",;:.")
        name = f"{opening} {self.of('thing')} {self._random.choice(('phục vụ', 'gắn với', 'cho', 'trong'))} {self.of('activity')}"
        for clause in self._random.sample(self._data["clauses"], 3):
            if len(name.split()) + 5 < size:
                name += f", {clause}"
        return name

    def tail(self) -> str:
        """What a row adds to the words of its shape."""
        year = self._random.choice((2024, 2025, 2026))
        return str(self._random.choice(self._data["tails"])).format(
            commune=self._random.choice(self._communes), year=year, later=year + self._random.choice((1, 2, 4, 5, 9)),
            activity=self.of("activity"), people=self.of("people"), field=self.field["name"])

    def placed(self, name: str, places: set[str]) -> str:
        """An agency's name with this province in the place of another."""
        for place in places:
            name = name.replace(place, self.province.name)
        return name

    def figure(self, written: str) -> str:
        """Another number of the same size."""
        number = int(written)
        if 2000 <= number <= 2100:
            return str(number + self._random.choice((0, 0, 0, 1, 5)))
        return str(self._random.randint(1, 10 ** len(written) - 1)) if self._random.random() < 0.7 else written

    def _commune(self) -> str:
        kind = self._random.choice(("xã", "xã", "xã", "phường", "thị trấn"))
        return " ".join([kind, *(self._random.choice(part) for part in self._data["syllables"])])


def _kept(old: str, new: str) -> float:
    """The share of the old text's words that stand in the new one."""
    words = old.split()
    there = set(new.split())
    return sum(w in there for w in words) / len(words)
