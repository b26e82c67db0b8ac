"""The two tables of the conversations. Made when first needed; they hold no knowledge and need no migration."""

from __future__ import annotations

from sqlalchemy import Column, Double, Index, Integer, MetaData, String, Table, Text

metadata = MetaData()

#: One line a conversation. `session` is the number of the event that began its present session; `state` is JSON:
#: slots that differ from their initial value, the active loop, whether it is paused, all as after event `last`,
#: and the numbers of the last events that waited for the user.
conversations = Table(
    "conversations", metadata,
    Column("id", String(255), primary_key=True),
    Column("last", Integer, nullable=False),
    Column("session", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("updated", Double, nullable=False),
    Index("ix_conversations_updated", "updated"),
)

#: One line an event, numbered from 1 without gaps: two writers that disagree collide instead of mixing their turns.
#: `data` is what later turns need; `more` is the rest of it (the answer record, the ranking of intents), kept for reading up.
events = Table(
    "conversation_events", metadata,
    Column("conversation", String(255), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("type", String(40), nullable=False),
    Column("time", Double, nullable=False),
    Column("data", Text, nullable=False),
    Column("more", Text),
    sqlite_with_rowid=False,
)
