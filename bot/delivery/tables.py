"""The tables of events received and messages to send. Made when first needed (`metadata.create_all`); all times are UTC seconds."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Double, Index, Integer, MetaData, String, Table, Text, UniqueConstraint

metadata = MetaData()
_KEY = BigInteger().with_variant(Integer, "sqlite")

#: One line an event. `state`: new, working (leased until `lease`), done, dead. Events of one conversation are worked on in order of `id`.
inbox = Table(
    "inbox", metadata,
    Column("id", _KEY, primary_key=True, autoincrement=True),
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
    Index("ix_inbox_open", "state", "id"),
    Index("ix_inbox_conversation", "conversation", "id"),
)

#: One line a message. `state`: new, working, sent, dead, other (could not go here: another channel is to take it). `due`: not before.
#: Messages of one chat are sent in order of `id`. `dedupe` makes a repeat impossible ("reply:<inbox id>:<n>", "reminder:<…>").
outbox = Table(
    "outbox", metadata,
    Column("id", _KEY, primary_key=True, autoincrement=True),
    Column("dedupe", String(255), nullable=False),
    Column("channel", String(40), nullable=False),
    Column("conversation", String(255), nullable=False),
    Column("message", Text, nullable=False),         # JSON of Outgoing
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("due", Double, nullable=False, default=0.0),
    Column("lease", Double, nullable=False, default=0.0),
    Column("created", Double, nullable=False),
    Column("sent", Double),
    Column("provider_id", String(255)),
    Column("error", Text),
    UniqueConstraint("dedupe", name="uq_outbox_dedupe"),
    Index("ix_outbox_open", "channel", "state", "due"),
    Index("ix_outbox_conversation", "conversation", "id"),
)
