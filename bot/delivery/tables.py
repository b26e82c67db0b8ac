"""The tables of events received and messages to send. Made when first needed (`metadata.create_all`); all times are UTC seconds.

In both tables a line is open as long as `done` is empty, and may be claimed when its `lease` is over: a lease is either that of
whoever works on it, or a pause before the next attempt. `attempts` counts claims; who holds a claim knows it by that number.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Double,
    Engine,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from knowledge.store import COUNTED, make_tables

metadata = MetaData()
_OPEN = text("done IS NULL")


def _of_open_lines(name: str, *columns: str) -> Index:
    """An index of the open lines only: it stays small however much was ever done."""
    return Index(name, *columns, sqlite_where=_OPEN, postgresql_where=_OPEN)


#: One line an event. `state`: new, working (leased until `lease`), done, dead. Events of one conversation are worked on in order of `id`.
#: `done`: when it was answered or given up.
inbox = Table(
    "inbox", metadata,
    Column("id", COUNTED, primary_key=True, autoincrement=True),
    Column("channel", String(40), nullable=False),
    Column("event_id", String(255), nullable=False),
    Column("conversation", String(255), nullable=False),
    Column("event", Text, nullable=False),           # JSON of Incoming; emptied when old conversations are erased
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("lease", Double, nullable=False, default=0.0),
    Column("received", Double, nullable=False),
    Column("done", Double),
    UniqueConstraint("channel", "event_id", name="uq_inbox_event"),
    Index("ix_inbox_state", "state"),
    Index("ix_inbox_received", "conversation", "received"),
    _of_open_lines("ix_inbox_open", "id"),
    _of_open_lines("ix_inbox_open_conversation", "conversation", "id"),
    sqlite_autoincrement=True,  # a number is never used again: replies are told apart by it
)

#: One line a message. `state`: new, working, sent, dead, other (could not go here: another channel is to take it). `due`: not before.
#: Messages of one chat are sent in order of `id`; one that is not due yet holds up nothing. `dedupe` makes a repeat impossible
#: ("reply:<inbox id>:<n>", "reminder:<…>"). `done`: when it was sent or given up; `failures`: refusals that count towards giving up.
outbox = Table(
    "outbox", metadata,
    Column("id", COUNTED, primary_key=True, autoincrement=True),
    Column("dedupe", String(255), nullable=False),
    Column("channel", String(40), nullable=False),
    Column("conversation", String(255), nullable=False),
    Column("message", Text, nullable=False),         # JSON of Outgoing; emptied when old conversations are erased
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("failures", Integer, nullable=False, default=0),
    Column("due", Double, nullable=False, default=0.0),
    Column("lease", Double, nullable=False, default=0.0),
    Column("created", Double, nullable=False),
    Column("done", Double),
    Column("sent", Double),
    Column("provider_id", String(255)),
    Column("error", Text),
    UniqueConstraint("dedupe", name="uq_outbox_dedupe"),
    Index("ix_outbox_state", "channel", "state"),
    Index("ix_outbox_sent", "conversation", "sent"),
    Index("ix_outbox_news", "channel", "sent"),
    _of_open_lines("ix_outbox_open", "channel", "due", "id"),
    _of_open_lines("ix_outbox_open_conversation", "conversation", "id"),
    sqlite_autoincrement=True,
)


def prepare(engine: Engine) -> None:
    """Make the tables where they are missing."""
    make_tables(engine, metadata)
