"""What a conversation was asked about a reminder and has not answered yet: which work, when, or whether it is right so."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Column, Connection, Double, Index, String, Table, Text, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.reminders.tables import metadata
from knowledge.store import COUNTED

#: One line a conversation: what it was asked last (JSON of `Pending`), and when.
pending = Table(
    "reminder_pending", metadata,
    Column("conversation", String(255), primary_key=True),
    Column("official", COUNTED, nullable=False),
    Column("question", Text, nullable=False),
    Column("at", Double, nullable=False),
    Index("ix_reminder_pending_official", "official"),
)


@dataclass(frozen=True)
class Pending:
    """A question that waits. `step`: which (work), when, confirm; or settled: `action` was done and `told` said; or withdrawn.

    `text`, `asked`: the order and when it was given (UTC seconds); `refs`: the rows to choose from, or the one row chosen;
    `timed`, `timed_at`: the time said afterwards; `action`: what a "có" does.
    """

    step: str
    text: str
    asked: float
    refs: tuple[str, ...] = ()
    timed: str = ""
    timed_at: float = 0.0
    action: dict[str, Any] = field(default_factory=dict)
    told: str = ""


def read(connection: Connection, conversation: str, official: int, since: float) -> Pending | None:
    """What this person was asked in a conversation since a moment."""
    c = pending.c
    found = connection.scalar(select(c.question).where(c.conversation == conversation, c.official == official, c.at >= since))
    if found is None:
        return None
    data = json.loads(found)
    return Pending(**{**data, "refs": tuple(data["refs"])})


def write(connection: Connection, conversation: str, official: int, question: Pending, now: float) -> None:
    """Remember what was asked; it takes the place of an earlier question."""
    insert_ = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(pending)
    values = {"official": official, "question": json.dumps(asdict(question), ensure_ascii=False), "at": now}
    connection.execute(
        insert_.values(conversation=conversation, **values).on_conflict_do_update(index_elements=["conversation"], set_=values))


def drop(connection: Connection, conversation: str) -> None:
    """The question is off the table."""
    connection.execute(delete(pending).where(pending.c.conversation == conversation))


def withdraw(connection: Connection, conversation: str) -> None:
    """The question can't be answered any more, and whoever answers it is to hear so."""
    withdrawn = json.dumps(asdict(Pending("withdrawn", "", 0.0)))
    connection.execute(update(pending).where(pending.c.conversation == conversation).values(question=withdrawn))
