"""What orders need of the knowledge base and of the conversation: rows by words, and the row told last."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, select

from bot.assistant.tracker_schema import conversations
from bot.reminders.calendar import ZONE
from knowledge.model import Row
from knowledge.services.ask import Context, Question
from knowledge.services.ask.base import KnowledgeBase
from knowledge.services.ask.linking import link

_INTENT = "ask_due"  # of all forms of questions the one that asks about a row with a deadline


class Finder:
    """Finds rows by words as questions do. `current` gives the knowledge base, `clock` the time now."""

    def __init__(self, current: Callable[[], KnowledgeBase], clock: Callable[[], datetime] = lambda: datetime.now(ZONE)) -> None:
        self._current, self._clock = current, clock

    def __call__(self, text: str, province: str | None) -> Sequence[Row]:
        """The rows that the words may mean, the likeliest first; none where nothing fits."""
        kb, now = self._current(), self._clock()
        question = Question.of(text, _INTENT, now, province=province)
        entities = tuple(kb.finder.find(question.text, now))
        found = link(Question.of(text, _INTENT, now, entities=entities, province=province), kb)
        return found.rows if found.how in ("words", "number", "described", "agency") else ()


class LastRow:
    """The row that the assistant told last in a conversation, as long as the conversation still is about it."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime] = lambda: datetime.now(ZONE)) -> None:
        self._engine, self._clock = engine, clock

    def __call__(self, conversation: str) -> str | None:
        """The reference of the row; None where the last answer was about none or several."""
        with self._engine.connect() as connection:
            state = connection.scalar(select(conversations.c.state).where(conversations.c.id == conversation))
        context = Context.from_dict(_context(json.loads(state)) if state else None, self._clock())
        return context.focus[0] if len(context.focus) == 1 else None


def _context(state: Mapping[str, Any]) -> dict[str, Any] | None:
    found = (state.get("slots") or {}).get("context")
    return found if isinstance(found, dict) else None
