"""What the assistant last told in a conversation, and which rows some words name: for the parts that are no question themselves."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Engine, select

from actions.base import ZONE
from actions.knowledge import knowledge_base
from bot.assistant.tracker_schema import conversations
from knowledge.model import Row
from knowledge.services.ask import Context, Question
from knowledge.services.ask.linking import link


def last_row(engine: Engine) -> Callable[[str], str | None]:
    """Finds the reference of the row told last in a conversation; None where it was none or several, or too long ago."""
    def find(conversation: str) -> str | None:
        with engine.connect() as connection:
            state = connection.scalar(select(conversations.c.state).where(conversations.c.id == conversation))
        stored = (json.loads(state).get("slots") or {}).get("context") if state else None
        focus = Context.from_dict(stored, datetime.now(ZONE)).focus
        return focus[0] if len(focus) == 1 else None

    return find


def rows_named(text: str, province: str | None) -> Sequence[Row]:
    """The rows that some words name in the plans of a province, best first; several where they fit equally."""
    kb, now = knowledge_base(), datetime.now(ZONE)
    question = Question.of(text, "ask_detail", now, province=province)
    return link(Question.of(text, "ask_detail", now, province=province, entities=tuple(kb.finder.find(question.text, now))), kb).rows
