"""One process that opens a knowledge base and asks it; prints what it measured as JSON.

    python -m benchmarks.search_worker build DATABASE_URL FOLDER
    python -m benchmarks.search_worker ask   DATABASE_URL FOLDER QUESTIONS
"""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from benchmarks.processes import memory
from knowledge.entities import EntityFinder
from knowledge.services.ask.base import MEASURE_KINDS, WORK_KINDS, KnowledgeBase
from knowledge.services.ask.linking import QUIET_KINDS
from knowledge.services.ask.loading import load_knowledge
from knowledge.store import open_engine
from knowledge.text.normalize import clean

KINDS = (*WORK_KINDS, *MEASURE_KINDS)
ONE_ROW = ("lead", "coop", "due", "result", "detail", "indicator_lead", "indicator_target")
WARM_UP, ROUNDS, NOW = 50, 5, datetime(2025, 5, 20, tzinfo=timezone.utc)
Known = tuple[str, str, frozenset[str]]


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
    kb.search(known[0][0])
    start = time.perf_counter() - began
    for text, *_ in known[:WARM_UP]:
        kb.search(text)
    inside, hits = _ask(kb, known, within=True)
    outside, _ = _ask(kb, known, within=False)
    print(json.dumps({"start": start, "memory": memory(os.getpid()), "inside": inside, "outside": outside, "hits": hits,
                      "asked": len(known)}))


def read_known(path: Path, finder: EntityFinder) -> list[Known]:
    """(text, province, right rows) of the questions about one row that name it by words, not by its number."""
    out = []
    for line in path.read_text(encoding="utf-8").splitlines():
        asked: dict[str, Any] = json.loads(line)
        expect, text = asked["expect"], clean(asked["text"])
        if asked.get("category") not in ONE_ROW or expect.get("outcome") != "answer" or len(expect.get("refs", ())) != 1:
            continue
        if not any(e.kind in ("task_no", "indicator_no", "row_no") for e in finder.find(text, NOW)):
            out.append((text, asked["province"], frozenset(expect["refs"])))
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
        for number, (text, province, right) in enumerate(known):
            scope = kb.in_scope(province if within else None).of(KINDS)
            quiet = [(e.start, e.end) for e in kb.finder.find(text, NOW) if e.kind in QUIET_KINDS]
            began = time.perf_counter()
            found = kb.index.search(kb.index.read(text, quiet), scope)
            fastest[number] = min(fastest[number], (time.perf_counter() - began) * 1000)
            hits += bool(found) and found[0].row.ref in right
    return fastest, hits


if __name__ == "__main__":
    main()
