"""How well forms of questions are told apart: held-out sentences, one file an intent, through the classifier alone."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.evaluation.tally import percent

#: The port to the classifier: a sentence in, the intent and its probability out.
Classify = Callable[[str], Awaitable[tuple[str, float]]]


@dataclass(frozen=True)
class Sentence:
    """A held-out sentence, its style of writing and the intent it has."""

    text: str
    style: str
    intent: str


@dataclass(frozen=True)
class Guess:
    """What the classifier took a sentence for, and how long it read (milliseconds)."""

    sentence: Sentence
    intent: str
    confidence: float
    ms: float = 0.0

    @property
    def right(self) -> bool:
        """Whether it is the intent."""
        return self.intent == self.sentence.intent


@dataclass(frozen=True)
class Share:
    """One line of a table: of `n` sentences so many are right."""

    name: str
    n: int
    right: int

    @property
    def accuracy(self) -> float:
        """Per cent right."""
        return percent(self.right, self.n)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"name": self.name, "n": self.n, "accuracy": round(self.accuracy, 1)}


def read(folder: Path) -> tuple[list[Sentence], list[str]]:
    """The sentences of `<intent>.yml` in a folder, and what could not be read (Vietnamese lines)."""
    sentences: list[Sentence] = []
    broken: list[str] = []
    paths = sorted(folder.glob("*.yml"))
    if not paths:
        broken.append(f"“{folder}” không có tệp <ý định>.yml nào")
    for path in paths:
        try:
            sentences.extend(_sentences(path))
        except (OSError, yaml.YAMLError, ValueError) as error:
            broken.append(f"{path.name}: {str(error).splitlines()[0]}")
    return sentences, broken


async def classify_all(sentences: Sequence[Sentence], classify: Classify) -> list[Guess]:
    """The classifier's guess for each sentence."""
    guesses = []
    for sentence in sentences:
        began = time.perf_counter()
        intent, confidence = await classify(sentence.text)
        guesses.append(Guess(sentence, intent, confidence, (time.perf_counter() - began) * 1000))
    return guesses


def shares(guesses: Sequence[Guess], key: Callable[[Sentence], str]) -> list[Share]:
    """Accuracy per intent, per style…, in the order in which the names first come."""
    counts: dict[str, list[bool]] = {}
    for guess in guesses:
        counts.setdefault(key(guess.sentence), []).append(guess.right)
    return [Share(name, len(rights), sum(rights)) for name, rights in counts.items()]


def confusion(guesses: Sequence[Guess]) -> dict[str, Counter[str]]:
    """Per intent, what its sentences were taken for."""
    table: dict[str, Counter[str]] = {}
    for guess in guesses:
        table.setdefault(guess.sentence.intent, Counter())[guess.intent] += 1
    return table


def _sentences(path: Path) -> Iterator[Sentence]:
    """Raises ValueError (Vietnamese) where the file is not of the expected shape."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(content, dict) or not isinstance(content.get("sentences"), list):
        raise ValueError("tệp phải có “intent” và danh sách “sentences”")
    if content.get("intent") != path.stem:
        raise ValueError(f"“intent” là “{content.get('intent')}”, phải trùng tên tệp")
    for entry in content["sentences"]:
        if not isinstance(entry, dict) or not isinstance(entry.get("text"), str):
            raise ValueError(f"câu không có “text”: {entry}")
        yield Sentence(entry["text"], str(entry.get("style") or "-"), path.stem)
