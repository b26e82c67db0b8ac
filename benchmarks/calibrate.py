"""Fits the thresholds of the decision (answer, ask back, nothing fits) on questions that neither train nor test the assistant.

    python -m benchmarks.calibrate tests/evaluation/annex-dev.jsonl [--tries 400]

Looks at the linking of questions about one row alone: the intent is the one that the question's category means. Prints the best thresholds
found, what they cost, and how sure an answer is at each share of questions answered. Nothing is written.

    python -m benchmarks.calibrate tests/evaluation/*.jsonl --hidden

Asks each question with its right rows hidden, too: whatever row is found then is wrong. Prints how often a row is found, and how often it
would be told with a warning (`doubt.py`), beside the same for the questions as they are.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import random
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot import settings
from knowledge.services.ask import linking
from knowledge.services.ask.base import KnowledgeBase
from knowledge.services.ask.doubt import elsewhere
from knowledge.services.ask.linking import Calibration
from knowledge.services.ask.loading import load_knowledge
from knowledge.services.ask.question import Question
from knowledge.store import open_engine
from knowledge.text.normalize import clean

INTENTS = {
    "lead": "ask_lead",
    "due": "ask_due",
    "coop": "ask_coop",
    "result": "ask_result",
    "detail": "ask_detail",
    "indicator_target": "ask_target",
    "indicator_lead": "ask_lead",
    "target": "ask_target",
    "duty_lead": "ask_lead",
    "duty_due": "ask_due",
    "clarify": "ask_detail",
    "not_found": "ask_detail",
}
COSTS = {"right": 0.0, "asked": 0.6, "silent": 1.0, "offered": 1.0, "wrong": 3.0}
RANGES: dict[str, tuple[float, float]] = {
    "least_mass": (0.5, 1.6),
    "least_coverage": (0.3, 0.65),
    "sure_coverage": (0.6, 0.95),
    "clear_mass": (0.8, 2.2),
    "clear_coverage": (0.25, 0.5),
    "clear_lead": (1.15, 1.7),
    "close": (0.85, 0.98),
    "close_when_little": (0.7, 0.95),
    "offer_coverage": (0.4, 0.8),
    "whole_title": (0.2, 0.6),
    "little_mass": (0.8, 2.6),
}


@dataclasses.dataclass(frozen=True)
class Case:
    """One question with the rows that answer it (none: it must not be answered); `several`: it must be asked back."""

    question: Question
    wanted: frozenset[str]
    several: bool


def cases(paths: list[Path], kb: KnowledgeBase) -> list[Case]:
    """The questions about one row, read as the assistant reads them."""
    out = []
    for line in (ln for p in paths for ln in p.read_text(encoding="utf-8").splitlines() if ln.strip()):
        data = json.loads(line)
        if data["category"] not in INTENTS or data.get("conversation"):
            continue
        now = datetime.fromisoformat(data["now"]) if data.get("now") else datetime.now(ZoneInfo("Asia/Ho_Chi_Minh"))
        text = clean(data["text"])
        expect = data["expect"]
        several = data["category"] == "clarify"
        question = Question(
            text,
            INTENTS[data["category"]],
            now,
            entities=tuple(kb.finder.find(text, now)),
            province=data.get("province"),
            agency=data.get("agency"),
        )
        wanted = expect.get("choices", []) if several else expect.get("refs", [])
        out.append(Case(question, frozenset(wanted), several))
    return out


def outcome(case: Case, kb: KnowledgeBase) -> str:
    """What the decision of now makes of a case."""
    got = {r.ref for r in linking.link(case.question, kb).rows}
    if case.several:
        return "right" if len(got) > 1 and got & case.wanted else "wrong" if len(got) == 1 and not got & case.wanted else "silent"
    if not case.wanted:
        return "right" if not got else "wrong" if len(got) == 1 else "offered"
    if len(got) == 1:
        return "right" if got <= case.wanted else "wrong"
    return "asked" if got & case.wanted else "silent"


def cost(all_cases: list[Case], kb: KnowledgeBase, thresholds: Calibration) -> tuple[float, dict[str, int]]:
    """The mean cost over the cases, and how many came out how."""
    Calibration.load = staticmethod(lambda: thresholds)  # type: ignore[assignment,method-assign]
    found = [outcome(c, kb) for c in all_cases]
    counts = {k: found.count(k) for k in COSTS}
    return sum(COSTS[f] for f in found) / len(found), counts


def hidden(all_cases: list[Case], kb: KnowledgeBase) -> dict[str, dict[str, int]]:
    """What is found for cases with one right answer, as they are and with their right rows hidden: alone, with a warning, or nothing."""
    seen = linking.scope
    out: dict[str, dict[str, int]] = {}
    for name in ("shown", "hidden"):
        out[name] = dict.fromkeys(("right", "right_noted", "wrong", "wrong_noted", "none_or_several"), 0)
        for case in (c for c in all_cases if c.wanted and not c.several):
            gone = case.wanted if name == "hidden" else frozenset()
            linking.scope = lambda question, base, gone=gone: seen(question, base).passing(lambda row: row.ref not in gone)  # type: ignore[misc]
            found = linking.link(case.question, kb)
            if found.how != "words" or len(found.rows) != 1:
                out[name]["none_or_several"] += 1
                continue
            noted = elsewhere(found.rows[0], linking.query_of(case.question, kb), kb.index) >= Calibration.load().noted
            out[name][("right" if found.rows[0].ref in case.wanted else "wrong") + "_noted" * noted] += 1
    linking.scope = seen
    return out


def search(measure: Callable[[Calibration], float], start: Calibration, tries: int, seed: int = 57) -> Calibration:
    """Random search: a few thresholds moved at a time, kept when it costs less."""
    chance = random.Random(seed)
    best, least = start, measure(start)
    for _ in range(tries):
        moved: dict[str, Any] = {}
        for name in chance.sample(sorted(RANGES), chance.choice((1, 2, 3))):
            low, high = RANGES[name]
            moved[name] = round(min(high, max(low, chance.gauss(getattr(best, name), (high - low) / 5))), 3)
        other = dataclasses.replace(best, **moved)
        now = measure(other)
        if now <= least:
            best, least = other, now
    return best


def main() -> None:
    """Reads the arguments and prints the result."""
    parser = argparse.ArgumentParser(description="Chỉnh ngưỡng quyết định trên bộ câu hỏi hiệu chỉnh.")
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--tries", type=int, default=300)
    parser.add_argument("--hidden", action="store_true", help="hỏi thêm khi giấu hàng đúng, không chỉnh ngưỡng")
    args = parser.parse_args()
    kb = load_knowledge(open_engine(settings.load().database_url))
    known = cases(args.files, kb)
    if args.hidden:
        for name, counts in hidden(known, kb).items():
            print(name, counts)
        return
    start = Calibration.load()
    print(f"{len(known)} câu; hiện tại: {cost(known, kb, start)}")
    best = search(lambda t: cost(known, kb, t)[0], start, args.tries)
    print(f"tốt nhất: {cost(known, kb, best)}")
    for name, value in dataclasses.asdict(best).items():
        print(f"  {name}: {value}")


if __name__ == "__main__":
    main()
