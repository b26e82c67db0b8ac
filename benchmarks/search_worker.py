"""One process that opens a knowledge base and asks it; prints what it measured as JSON.

    python -m benchmarks.search_worker build DATABASE_URL FOLDER
    python -m benchmarks.search_worker ask   DATABASE_URL FOLDER QUESTIONS
"""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from benchmarks.processes import memory
from knowledge.entities import EntityFinder
from knowledge.search import Scope
from knowledge.services.ask.base import KnowledgeBase
from knowledge.services.ask.linking import kinds_for, rank
from knowledge.services.ask.loading import load_knowledge
from knowledge.services.ask.question import Question
from knowledge.store import open_engine
from knowledge.text.normalize import clean

#: What a question of each category of the question files asks for.
INTENTS = {"lead": "ask_lead", "coop": "ask_coop", "due": "ask_due", "result": "ask_result", "detail": "ask_detail",
           "indicator_lead": "ask_lead", "indicator_target": "ask_target"}
WARM_UP, ROUNDS, NOW = 50, 5, datetime(2025, 5, 20, tzinfo=timezone.utc)


@dataclass(frozen=True)
class Known:
    """A question about one row, read as the assistant reads it; `right` is the row's reference."""

    question: Question
    right: str


def main() -> None:
    """Build the index, or ask."""
    task, url, folder, *questions = sys.argv[1:]
    engine = open_engine(url)
    began = time.perf_counter()
    kb = load_knowledge(engine, Path(folder), renew=task == "build")
    loaded = time.perf_counter() - began
    if task == "build":
        print(json.dumps({"build": loaded}))
        return
    known = read_known(Path(questions[0]), kb.finder)
    rank(known[0].question, kb)
    start = time.perf_counter() - began
    for one in known[:WARM_UP]:
        rank(one.question, kb)
    inside, hits = _ask(kb, known, within=True)
    outside, _ = _ask(kb, known, within=False)
    print(json.dumps({"start": start, "memory": memory(os.getpid()), "inside": inside, "outside": outside, "hits": hits,
                      "asked": len(known)}))


def read_known(path: Path, finder: EntityFinder) -> list[Known]:
    """The questions about one row that name it by words, not by its number, of a file or of the annex's files in a folder."""
    out = []
    files = sorted(path.glob("annex-*.jsonl")) if path.is_dir() else [path]
    for line in (line for file in files for line in file.read_text(encoding="utf-8").splitlines()):
        asked: dict[str, Any] = json.loads(line)
        expect, intent, text = asked["expect"], INTENTS.get(asked.get("category", "")), clean(asked["text"])
        if intent is None or expect.get("outcome") != "answer" or len(expect.get("refs", ())) != 1:
            continue
        entities = tuple(finder.find(text, NOW))
        if not any(e.kind in ("task_no", "indicator_no", "row_no") for e in entities):
            out.append(Known(Question.of(text, intent, NOW, entities=entities, province=asked["province"]), expect["refs"][0]))
    return out


def _ask(kb: KnowledgeBase, known: list[Known], within: bool) -> tuple[list[float], int]:
    """(milliseconds of each query, how often the first row was right); within the province, or in the whole base.

    Each question is asked in several rounds and its fastest counts: other programs on the machine make times longer, never shorter.
    No round finds rows that the one before has fetched.
    """
    fastest, hits = [float("inf")] * len(known), 0
    for _ in range(ROUNDS):
        hits = 0
        if kb.stored:
            kb.stored.keeper.clear()
        for number, one in enumerate(known):
            kb.index.forget_questions()
            wanted = (kb.in_scope(one.question.province) if within else Scope()).of(kinds_for(one.question))
            began = time.perf_counter()
            found = rank(one.question, kb, wanted)
            fastest[number] = min(fastest[number], (time.perf_counter() - began) * 1000)
            hits += bool(found) and found[0].row.ref == one.right
    return fastest, hits


if __name__ == "__main__":
    main()
