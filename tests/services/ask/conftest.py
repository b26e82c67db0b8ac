"""The knowledge base of the shipped annex, and a question as the assistant would read it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from knowledge.parsers.read import read_plan
from knowledge.services.ask import Answer, Context, Question, answer
from knowledge.services.ask.base import KnowledgeBase, PlanHead
from knowledge.text.normalize import clean

PLANS = Path(__file__).resolve().parents[3] / "knowledge" / "plans"
ANNEX = "hg-kh-2025-phu-luc"
NOW = datetime(2025, 9, 3, 8, 30, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))

Ask = Callable[..., Answer]


@pytest.fixture(scope="session")
def kb() -> KnowledgeBase:
    """The annex alone: seven groups, 58 tasks, 38 indicators."""
    source = {"id": ANNEX, "title": "Phụ lục I, II kèm theo Kế hoạch của UBND tỉnh Hậu Giang", "province": "hau-giang"}
    plan = read_plan(PLANS / f"{ANNEX}.txt", source)
    return KnowledgeBase([PlanHead(plan.id, plan.title, plan.province)], plan.rows)


@pytest.fixture
def ask(kb: KnowledgeBase) -> Ask:
    """Asks with a given intent; the conversation goes on from call to call."""
    stored: dict[str, Any] = {}

    def run(text: str, intent: str, **more: Any) -> Answer:
        nonlocal stored
        now = more.pop("now", NOW)
        entities = tuple(kb.finder.find(clean(text), now))
        more.setdefault("province", "hau-giang")
        before = Context.from_dict(stored, now)
        reply = answer(Question.of(text, intent, now, entities=entities, context=before, **more), kb)
        stored = reply.context.as_dict(now) if reply.context else stored
        return reply

    return run


def numbers(reply: Answer) -> list[str]:
    """The row numbers that an answer rests on."""
    return [ref.split(":")[-1] for ref in reply.refs]
