"""A fake assistant at the evaluation's ports, and the arguments of its command: no Rasa, no database."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from bot.commands import evaluate
from bot.commands.evaluate import Ports
from bot.lines import Line
from bot.settings import Settings

Record = dict[str, Any]


class FakeAssistant:
    """Answers by table: id → record, sentence → (intent, confidence). Remembers what it was asked."""

    def __init__(self, answers: dict[str, Record] | None = None, intents: dict[str, tuple[str, float]] | None = None) -> None:
        self.answers, self.intents = answers or {}, intents or {}
        self.asked: list[Line] = []
        self.loaded = 0

    async def ask(self, line: Line) -> Record:
        self.asked.append(line)
        nothing = {"id": line.id, "outcome": "not_found", "refs": [], "facts": {}, "choices": [], "text": ""}
        return {**nothing, **self.answers.get(line.id, {})}

    async def classify(self, sentence: str) -> tuple[str, float]:
        return self.intents.get(sentence, ("out_of_scope", 0.2))

    def load(self, _: Settings) -> Ports:
        self.loaded += 1
        return Ports(self.ask, self.classify)


def run(assistant: FakeAssistant, *arguments: object, settings: Settings | None = None) -> int:
    """The command with these arguments, on this assistant."""
    parser = argparse.ArgumentParser()
    evaluate.add_arguments(parser)
    args = parser.parse_args([str(argument) for argument in arguments])
    args.settings = settings or Settings()
    return evaluate.run(args, assistant.load)


def question(id: str, expect: dict[str, Any], **more: Any) -> dict[str, Any]:
    """One line of a question file."""
    return {"id": id, "category": "lead", "style": "clean", "text": f"câu hỏi {id}", **more, "expect": expect}


def write(path: Path, *lines: object) -> Path:
    """A question file: dicts as JSON, strings as they are."""
    text = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines]
    path.write_text("".join(line + "\n" for line in text), encoding="utf-8")
    return path
