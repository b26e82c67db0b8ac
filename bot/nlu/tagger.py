"""Finds the named things of a message (slots) by learning from labelled sentences, where gazetteers are not enough.

The assistant itself does not use it: what officials name stands in gazetteers (`bot/nlu/entities.py`). It is the trainable entity
component of `./troly bench nlu`, for text whose names no list holds. Two conditional random fields: the first finds spans and
their kinds (a city, a time), the second reads the row of spans for their roles (from where, to where; leaving, arriving). The labels
of each are few, so both learn fast, and a role is decided by what stands between spans, however far. Another model may have a say: its
probabilities and theirs are multiplied, each under a root (Hinton 2002, Training Products of Experts).
"""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pycrfsuite  # type: ignore[import-untyped]

from knowledge.text.lexicon import is_syllable
from knowledge.text.normalize import fold

OUTSIDE = "O"
_NO_ROLE = "-"
_LONGEST = 7  # syllables of a phrase learnt by heart
_SAY, _SAY_OF_ROLES = 0.8, 0.6  # of the other model
_LEAST = -4.0  # logarithm of a probability below which a label is not considered

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Tagged:
    """A sentence of the training data: its syllables and their BIO labels. Copies typed in other ways name the same `origin`."""

    tokens: Sequence[str]
    labels: Sequence[str]
    origin: int


@dataclass(frozen=True)
class Span:
    """Some syllables that name a thing: `kind` is the label without B- or I-, with its role before a dot (`toloc.city`)."""

    start: int
    end: int
    kind: str

    @property
    def base(self) -> str:
        """The kind without its role."""
        return self.kind.rpartition(".")[2]

    @property
    def role(self) -> str:
        """The role, or a dash."""
        return self.kind.rpartition(".")[0] or _NO_ROLE


@dataclass(frozen=True)
class Opinion:
    """What another model holds: logarithms of probabilities, a row for each syllable, the columns as a tagger's `kinds` and `roles`."""

    kinds: Array
    roles: Array


def spans_of(labels: Sequence[str]) -> list[Span]:
    """The spans of BIO labels, as conlleval counts them: a stray I- begins one."""
    found: list[Span] = []
    start, kind = -1, ""
    for at, label in enumerate([*labels, OUTSIDE]):
        place, _, here = label.partition("-")
        if start >= 0 and (place != "I" or here != kind):
            found.append(Span(start, at, kind))
            start = -1
        if start < 0 and place in ("B", "I"):
            start, kind = at, here
    return found


def labels_of(spans: Iterable[Span], length: int) -> list[str]:
    """BIO labels of spans."""
    labels = [OUTSIDE] * length
    for span in spans:
        labels[span.start] = f"B-{span.kind}"
        labels[span.start + 1 : span.end] = [f"I-{span.kind}"] * (span.end - span.start - 1)
    return labels


class Phrases:
    """What the training data names, folded: in how many sentences each phrase is of each kind. And how often each word was met."""

    def __init__(self, kinds: dict[str, dict[str, int]], words: dict[str, int]) -> None:
        self.kinds, self.words = kinds, words
        self._starts = {phrase.split(" ", 1)[0] for phrase in kinds}

    @classmethod
    def learn(cls, sentences: Iterable[Tagged]) -> Phrases:
        """Counts each sentence once, whatever copies there are of it."""
        met: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
        words: dict[str, set[int]] = defaultdict(set)
        for sentence in sentences:
            folded = [fold(token) for token in sentence.tokens]
            for word in folded:
                words[word].add(sentence.origin)
            for span in spans_of(sentence.labels):
                met[" ".join(folded[span.start : span.end])][span.base].add(sentence.origin)
        kinds = {phrase: {kind: len(places) for kind, places in of.items()} for phrase, of in met.items()}
        return cls(kinds, {word: len(places) for word, places in words.items()})

    def marks(self, folded: Sequence[str], own: Sequence[Span] = ()) -> list[list[str]]:
        """For each word the kinds of the longest known phrase over it. `own` spans of a training sentence do not count once."""
        marks: list[list[str]] = [[] for _ in folded]
        mine = Counter((" ".join(folded[s.start : s.end]), s.base) for s in own)
        at = 0
        while at < len(folded):
            size = 1
            if folded[at] in self._starts:
                for length in range(min(_LONGEST, len(folded) - at), 0, -1):
                    phrase = " ".join(folded[at : at + length])
                    kinds = [kind for kind, n in self.kinds.get(phrase, {}).items() if n - bool(mine[phrase, kind]) > 0]
                    if kinds:
                        for place in range(length):
                            marks[at + place] += [f"{'I' if place else 'B'}{kind}" for kind in kinds]
                        size = length
                        break
            at += size
        return marks

    def rare(self, word: str, training: bool) -> bool:
        """Whether the word stands in no other sentence of the training data."""
        return self.words.get(word, 0) <= training


class SpanTagger:
    """Labels the syllables of a sentence."""

    def __init__(self, phrases: Phrases, found: bytes, roles: bytes) -> None:
        self.phrases = phrases
        self._files = found, roles
        self._finder, self._reader = pycrfsuite.Tagger(), pycrfsuite.Tagger()
        self._finder.open_inmemory(found)
        self._reader.open_inmemory(roles)
        self.kinds: list[str] = self._finder.labels()
        self.roles: list[str] = self._reader.labels()

    @classmethod
    def learn(cls, sentences: Sequence[Tagged], folder: Path, rounds: int = 8, steps: int = 60) -> SpanTagger:
        """Learns from sentences; the folder holds the models while they are made. ValueError if nothing is labelled."""
        finder = pycrfsuite.Trainer("ap", {"max_iterations": rounds}, verbose=False)
        reader = pycrfsuite.Trainer("lbfgs", {"max_iterations": steps, "c1": 0.0, "c2": 0.3}, verbose=False)
        phrases = Phrases.learn(sentences)
        if not phrases.kinds:
            raise ValueError("no labels")
        for sentence in sentences:
            spans = spans_of(sentence.labels)
            kinds = labels_of((Span(s.start, s.end, s.base) for s in spans), len(sentence.tokens))
            finder.append(word_features(sentence.tokens, phrases, spans, True), kinds)
            if spans:
                reader.append(span_features(sentence.tokens, spans), [span.role for span in spans])
        models = []
        for name, trainer in (("found", finder), ("roles", reader)):
            trainer.train(str(folder / name))
            models.append((folder / name).read_bytes())
        return cls(phrases, *models)

    def tag(self, tokens: Sequence[str], other: Opinion | None = None) -> list[str]:
        """BIO labels of a sentence's syllables."""
        kinds = self._finder.tag(word_features(tokens, self.phrases)) if tokens else []
        spans = spans_of(self._agreed(kinds, other.kinds) if other else kinds)
        if not spans:
            return [OUTSIDE] * len(tokens)
        roles = self._reader.tag(span_features(tokens, spans))
        if other:
            roles = [self._agreed_role(place, other.roles[span.start : span.end]) for place, span in enumerate(spans)]
        named = (span if role == _NO_ROLE else Span(span.start, span.end, f"{role}.{span.kind}") for span, role in zip(spans, roles))
        return labels_of(named, len(tokens))

    def _agreed(self, own: Sequence[str], other: Array) -> list[str]:
        """The kinds that are likeliest to both, among those that the other holds possible and our own best."""
        rows: list[dict[str, float]] = []
        for at, (best, chances) in enumerate(zip(own, other)):
            row = {self.kinds[column]: float(chances[column]) for column in np.flatnonzero(chances > _LEAST)}
            for label in (best, OUTSIDE):
                row.setdefault(label, _LEAST)
            rows.append({label: (1 - _SAY) * _log(self._finder.marginal(label, at)) + _SAY * chance for label, chance in row.items()})
        return likeliest(rows)

    def _agreed_role(self, place: int, other: Array) -> str:
        """The role of a span that is likeliest to both; the other has a row for each of its syllables."""
        own = np.array([_log(self._reader.marginal(role, place)) for role in self.roles])
        return self.roles[int(np.argmax((1 - _SAY_OF_ROLES) * own + _SAY_OF_ROLES * other.mean(axis=0)))]

    def save(self, path: Path) -> None:
        """Writes the model to a file."""
        found, roles = (np.frombuffer(model, dtype=np.uint8) for model in self._files)
        known = json.dumps([self.phrases.kinds, self.phrases.words], ensure_ascii=False).encode()
        with path.open("wb") as file:
            np.savez(file, found=found, roles=roles, known=np.frombuffer(known, dtype=np.uint8))

    @classmethod
    def load(cls, path: Path) -> SpanTagger:
        """Reads what `save` wrote. Raises OSError, ValueError, KeyError."""
        with np.load(path) as data:
            kinds, words = json.loads(bytes(data["known"]))
            return cls(Phrases(kinds, words), bytes(data["found"]), bytes(data["roles"]))


def likeliest(rows: Sequence[Mapping[str, float]]) -> list[str]:
    """The BIO labels with the highest sum of scores in which each I- continues its own kind (Viterbi). O is in every row."""
    paths: dict[str, tuple[float, list[str]]] = {"": (0.0, [])}
    for row in rows:
        longer: dict[str, tuple[float, list[str]]] = {}
        for label, score in row.items():
            before = [path for last, path in paths.items() if label[0] != "I" or last[2:] == label[2:]]
            if before:
                total, labels = max(before)
                longer[label] = (total + score, [*labels, label])
        paths = longer
    return max(paths.values())[1]


def word_features(tokens: Sequence[str], phrases: Phrases, own: Sequence[Span] = (), training: bool = False) -> list[list[str]]:
    """What the first model sees of each syllable. `own` are the true spans in training, so that it does not learn them by heart."""
    folded = [fold(token) for token in tokens]
    marks = phrases.marks(folded, own)
    edged = ["<"] * 4 + folded + [">"] * 4
    kinds: list[list[str]] = [[], *marks, []]
    shapes = [shape(word) + "?" * phrases.rare(word, training) for word in folded]
    rows: list[list[str]] = []
    for at, (token, word) in enumerate(zip(tokens, folded)):
        near = edged[at + 1 : at + 8]  # three to the left, itself, three to the right
        row = ["b", f"w={token.lower()}", f"e={token[-2:].lower()}", f"p={word[:2]}", f"h={shapes[at]}"]
        row += [f"{place}={other}" for place, other in zip(range(-3, 4), near)]
        row += [f"{place}|{near[place + 3]} {near[place + 4]}" for place in range(-2, 2)]
        row += [f"3|{near[2]} {word} {near[4]}", f"-3|{near[0]} {near[1]} {near[2]}"]
        row += [f"g{kind}" for kind in kinds[at + 1]] + [f"g-{kind}" for kind in kinds[at]] + [f"g+{kind}" for kind in kinds[at + 2]]
        row += [f"h-{near[2]} {shapes[at]}"] + ([f"h+{shapes[at]} {shapes[at + 1]}"] if at + 1 < len(shapes) else [])
        rows.append(row)
    return rows


def span_features(tokens: Sequence[str], spans: Sequence[Span]) -> list[list[str]]:
    """What the second model sees of each span: itself, its neighbours, the words between them and on either side."""
    folded = [fold(token) for token in tokens]
    edged = ["<"] * 3 + folded + [">"] * 3
    unnamed = list(folded)  # what is said of things, not their names
    for span in spans:
        unnamed[span.start : span.end] = ["#"] * (span.end - span.start)
    rows: list[list[str]] = []
    for place, span in enumerate(spans):
        start, end, kind = span.start, span.end, span.base
        before = spans[place - 1] if place else Span(0, 0, "<")
        after = spans[place + 1] if place + 1 < len(spans) else Span(len(folded), len(folded), ">")
        left, right = edged[start : start + 3][::-1], edged[end + 3 : end + 6]
        between, behind = folded[before.end : start], folded[end : after.start]
        row = ["b", f"k={kind}", f"t={kind} {' '.join(folded[start:end])}"]
        row += [f"pk={before.base} {kind}", f"nk={kind} {after.base}", f"pnk={before.base} {kind} {after.base}"]
        for n, (one, other) in enumerate(zip(left, right)):
            row += [f"-{n}={one}", f"+{n}={other}", f"-{n}={kind} {one}"]
        row += [f"-2|{left[1]} {left[0]}", f"-3|{left[2]} {left[1]} {left[0]}", f"+2|{right[0]} {right[1]}", f"+-{left[0]} {right[0]}"]
        row += [f"mid={before.base} {' '.join(between)} {kind}", f"nxt={' '.join(behind)} {after.base}"]
        row += [f"m={word}" for word in between] + [f"x={word}" for word in behind]
        for pair in map(" ".join, zip(between, between[1:])):
            row += [f"m2={pair}", f"m2={kind} {pair}"]
        for side, rest in (("L", unnamed[:start]), ("R", unnamed[end:])):
            row += [f"{side}={word}" for word in sorted(set(rest))]
            row += [f"{side}2={one} {other}" for one, other in sorted(set(zip(rest, rest[1:])))]
        rows.append(row)
    return rows


@lru_cache(maxsize=50_000)
def shape(word: str) -> str:
    """Digits, a Vietnamese syllable, a foreign word or another thing; with its length."""
    if word.isdigit():
        return f"d{len(word)}"
    if any(char.isdigit() for char in word):
        return "xd"
    return "s" if is_syllable(word) else f"f{min(len(word), 4)}" if word.isalpha() else "."


def placeholders(tokens: Sequence[str], labels: Sequence[str]) -> str:
    """The sentence with the kind of each span in its place, for a classifier of forms."""
    out: list[Any] = list(tokens)
    for span in reversed(spans_of(labels)):
        out[span.start : span.end] = ["".join(part.capitalize() for part in span.kind.replace(".", "_").split("_"))]
    return " ".join(out)


def _log(chance: float) -> float:
    return math.log(max(chance, 1e-12))
