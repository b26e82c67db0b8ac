"""Makes many training sentences out of one, so that the classifier learns the form of a question and not what it is about.

The annotated spans (`content`, `agency`) are swapped for random entries of the lookup tables; each result is also written as people
type: without marks, with short forms, with slips.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

from knowledge.text.noise import Noiser

Spans = Sequence[tuple[int, int, str]]


def swap(text: str, spans: Spans, tables: Mapping[str, Sequence[str]], random: Random) -> str:
    """The text with every annotated span replaced by an entry of its table."""
    out, at = "", 0
    for start, end, kind in sorted(spans):
        table = tables.get(kind)
        out += text[at:start] + (random.choice(table) if table else text[start:end])
        at = end
    return out + text[at:]


def variants(text: str, spans: Spans, tables: Mapping[str, Sequence[str]], random: Random, noiser: Noiser, swaps: int) -> Iterator[str]:
    """The sentence itself, its swapped forms, and each of them in one or two styles of typing."""
    forms = [text] + [swap(text, spans, tables, random) for _ in range(swaps if spans else 0)]
    for form in forms:
        yield form
        yield noiser.without_marks(form)
        style = random.random()
        if style < 0.35:
            yield noiser.abbreviated(form)
        elif style < 0.7:
            yield noiser.noisy(form, random.uniform(0.15, 0.5))
        elif style < 0.85:
            yield noiser.noisy(noiser.without_marks(form), random.uniform(0.1, 0.4))


def spans_of(entities: Sequence[dict[str, Any]] | None) -> Spans:
    """The annotated spans of a Rasa training example."""
    return [(e["start"], e["end"], e["entity"]) for e in entities or []]
