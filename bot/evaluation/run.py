"""Asks the questions of a file one after the other and judges each answer."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from bot.evaluation.judge import judge
from bot.evaluation.questions import Question, QuestionFile
from bot.evaluation.verdict import Verdict
from bot.lines import Line

Record = dict[str, Any]

#: The port to the assistant: one line in, its record out; lines of one conversation in order.
Ask = Callable[[Line], Awaitable[Record]]


@dataclass(frozen=True)
class Result:
    """A question with its answer, the verdict on it, and how long it took."""

    question: Question
    record: Record
    verdict: Verdict
    ms: float

    def as_dict(self) -> dict[str, Any]:
        """For JSON: what was asked, what came, and why that is not right."""
        question = self.question
        return {
            "id": question.line.id, "category": question.category, "style": question.style, "text": question.line.text,
            "verdict": self.verdict.kind.value, "reasons": [reason.text for reason in self.verdict.reasons],
            "outcome": self.record.get("outcome"), "refs": self.record.get("refs") or [],
        }


async def run(file: QuestionFile, ask: Ask, clock: Callable[[], float] = time.perf_counter) -> list[Result]:
    """The results in the order of the file. Conversations are this file's own, whatever others are called."""
    results: list[Result] = []
    last: dict[str, Record] = {}
    for question in file.questions:
        conversation = question.line.conversation
        line = question.line if conversation is None else replace(question.line, conversation=f"{file.name}/{conversation}")
        start = clock()
        record = await ask(line)
        ms = (clock() - start) * 1000
        previous = None if conversation is None else last.get(conversation)
        results.append(Result(question, record, judge(file.form, question.expect, record, previous), ms))
        if conversation is not None:
            last[conversation] = record
    return results
