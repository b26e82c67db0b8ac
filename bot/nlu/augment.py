"""Makes many training sentences out of one, so that the classifier learns the form of a question and not what it is about.

The annotated spans (`content`, `agency`) are swapped for random entries of the lookup tables, wordings for others that mean the
same; some get a beginning, an end or a sentence of context around them; each is written in one of the ways in which people type.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from random import Random
from typing import Any

from bot.nlu.forms import AGENCY, form_of
from knowledge.text.noise import Noiser

Spans = Sequence[tuple[int, int, str]]

_AROUND = {"opening": 0.25, "closing": 0.25, "context": 0.1, "remark": 0.06}
_REWORD = 0.3
_SHORT = 4  # a slip in fewer letters leaves nothing to learn from
_WORDING = "wording/"
_FEWEST, _MOST = 2, 12  # varied sentences for an example


@dataclass(frozen=True)
class Example:
    """A sentence of the training data. A `bare` one is left without anything around it: alone is how it comes."""

    text: str
    spans: Spans
    intent: str
    bare: bool = False


@dataclass(frozen=True)
class Material:
    """What sentences are made of: lookup tables by name, and wordings with what may stand for them."""

    tables: Mapping[str, Sequence[str]]
    wordings: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, lookups: Iterable[tuple[str, Sequence[str]]]) -> Material:
        """Sorts the lookup tables of the training data. `wording/x` holds what may stand for x.

        An agency is a placeholder where the extractor finds it and stands as written where it does not: both are learnt.
        """
        tables: dict[str, list[str]] = {}
        for name, elements in lookups:
            tables.setdefault(name, []).extend(elements)
        agencies = tables.get("agency", [])
        wordings = {name[len(_WORDING) :]: table for name, table in tables.items() if name.startswith(_WORDING)}
        return cls({**tables, "agency": agencies + [AGENCY] * (2 * len(agencies) or 1)}, wordings)

    @cached_property
    def wording(self) -> re.Pattern[str] | None:
        """Finds the wordings in a sentence, the longest first."""
        names = sorted(self.wordings, key=len, reverse=True)
        return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, names)) + r")(?!\w)", re.IGNORECASE) if names else None


class Augmenter:
    """One stream of chance that varies sentences."""

    def __init__(self, material: Material, seed: int) -> None:
        self._material = material
        self._random = Random(seed)
        self._noiser = Noiser(seed)

    def variants(self, example: Example, number: int) -> Iterator[str]:
        """The sentence as it is and `number` more, each varied in its own way."""
        yield example.text
        for _ in range(number):
            sentence = self._swapped(example.text, example.spans)
            yield self._typed(sentence if example.bare else self._surrounded(sentence))

    def _swapped(self, text: str, spans: Spans) -> str:
        """Every annotated span replaced by an entry of its table, what lies between reworded."""
        out, at = "", 0
        for start, end, kind in sorted(spans):
            table = self._material.tables.get(kind)
            out += self._reworded(text[at:start]) + (self._random.choice(table) if table else text[start:end])
            at = end
        return out + self._reworded(text[at:])

    def _reworded(self, text: str) -> str:
        def other(match: re.Match[str]) -> str:
            found = match.group()
            choices = self._material.wordings.get(found) or self._material.wordings.get(found.lower()) or (found,)
            new = self._random.choice(choices)
            return new[:1].upper() + new[1:] if found[:1].isupper() else new

        if self._material.wording is None or self._random.random() > _REWORD:
            return text
        return self._material.wording.sub(other, text)

    def _surrounded(self, text: str) -> str:
        """The sentence in the middle of a longer message, sometimes."""
        said = {name: self._random.choice(table) for name, chance in _AROUND.items()
                if self._random.random() < chance and (table := self._material.tables.get(name))}
        if "opening" in said:
            text = f"{said['opening']} {text[:1].lower()}{text[1:]}"
        if "closing" in said:
            bare = text.rstrip(" ?.!")
            text = f"{bare} {said['closing']}" + (text[len(bare) :] if self._random.random() < 0.7 else "")
        if "context" in said:
            text = f"{said['context']} {text}"
        if "remark" in said:
            text = f"{text}{'' if text[-1:] in '.?!' else '.'} {said['remark']}"
        return text

    def _typed(self, text: str) -> str:
        """The sentence in one of the ways in which people type it."""
        style = self._random.random()
        if style < 0.3:
            return text
        if style < 0.48:
            return self._noiser.without_marks(text)
        if style < 0.7:
            return self._noiser.abbreviated(text, self._random.uniform(0.4, 1.0))
        if len(text) < _SHORT:
            return text
        if style < 0.88:
            return self._noiser.noisy(text, self._random.uniform(0.15, 0.5))
        return self._noiser.noisy(self._noiser.without_marks(text), self._random.uniform(0.1, 0.4))


def training_forms(examples: Iterable[Example], material: Material, number: int, seed: int) -> dict[str, str]:
    """About `number` forms for each intent, each with its intent; intents with few examples get more forms of each."""
    examples = list(examples)
    sizes = Counter(example.intent for example in examples)
    augmenter, random = Augmenter(material, seed), Random(seed)
    forms: dict[str, str] = {}
    for example in examples:
        share = max(_FEWEST, min(_MOST, number / sizes[example.intent] - 1))
        for sentence in augmenter.variants(example, int(share + random.random())):
            forms.setdefault(form_of(sentence), example.intent)
    return forms


def spans_of(entities: Sequence[dict[str, Any]] | None) -> Spans:
    """The annotated spans of a Rasa training example."""
    return [(e["start"], e["end"], e["entity"]) for e in entities or []]
