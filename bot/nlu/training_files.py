"""The training data read without Rasa: for tests and measurements of the classifier alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from bot.nlu.augment import Example, Material

_ANNOTATION = re.compile(r"\[([^\]]*)\]\(([^)]*)\)")


def read(folder: Path) -> tuple[list[Example], Material]:
    """The examples of all intents under a folder and its lookup tables. Raises OSError, yaml.YAMLError."""
    blocks = [block for path in sorted(folder.rglob("*.yml")) for block in _blocks(path)]
    examples = [_example(line, block) for block in blocks if "intent" in block for line in _lines(block)]
    return examples, Material.of((block["lookup"], list(_lines(block))) for block in blocks if "lookup" in block)


def _blocks(path: Path) -> list[dict[str, Any]]:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    return (content.get("nlu") or []) if isinstance(content, dict) else []


def _lines(block: dict[str, Any]) -> Iterator[str]:
    for line in (block.get("examples") or "").splitlines():
        if line.lstrip().startswith("- "):
            yield line.lstrip()[2:].strip()


def _example(line: str, block: dict[str, Any]) -> Example:
    text, spans, at = "", [], 0
    for match in _ANNOTATION.finditer(line):
        text += line[at : match.start()]
        spans.append((len(text), len(text) + len(match.group(1)), match.group(2)))
        text, at = text + match.group(1), match.end()
    return Example(text + line[at:], spans, block["intent"], bool((block.get("metadata") or {}).get("bare")))
