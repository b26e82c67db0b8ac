"""Whether a sentence that measures stands in the training data, however its words are marked or ordered."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

from knowledge.text.normalize import clean, tokenize

_ANNOTATION = re.compile(r"\[([^\]]*)\](?:\([^)]*\)|\{[^}]*\})")


def signature(text: str) -> str:
    """The words of a sentence without marks, sorted: equal signatures are one sentence for a classifier."""
    return " ".join(sorted(token.folded for token in tokenize(clean(text))))


def training_sentences(folder: Path) -> Iterator[str]:
    """The examples of all intents under a folder of Rasa training data, without annotations. Raises OSError, yaml.YAMLError."""
    for path in sorted(folder.rglob("*.yml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        for block in (content.get("nlu") or []) if isinstance(content, dict) else []:
            if "intent" in block:
                yield from _examples(block.get("examples") or "")


def leaks(sentences: Iterable[str], folder: Path) -> list[tuple[str, str]]:
    """The sentences that stand in the training data, each with the training sentence that it equals."""
    trained = {signature(sentence): sentence for sentence in training_sentences(folder)}
    return [(sentence, trained[mark]) for sentence in sentences if (mark := signature(sentence)) and mark in trained]


def _examples(block: str) -> Iterator[str]:
    for line in block.splitlines():
        if line.lstrip().startswith("- "):
            yield _ANNOTATION.sub(r"\1", line.lstrip()[2:].strip())
