"""The tables of officials, their links, codes and chats, and of what was done. All times are UTC seconds."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Double,
    Engine,
    ForeignKey,
    Index,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

from bot.assistant import tracker_schema
from bot.delivery import tables as delivery
from knowledge.store import COUNTED, make_tables

metadata = MetaData()

#: One line a registered person. `used`: when they last used the assistant, or were let in again.
officials = Table(
    "officials", metadata,
    Column("id", COUNTED, primary_key=True, autoincrement=True),
    Column("name", String(200), nullable=False),
    Column("username", String(200), nullable=False),
    Column("province", String(80)),
    Column("agency", String(300)),
    Column("role", String(20), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created", Double, nullable=False),
    Column("used", Double, nullable=False),
    UniqueConstraint("username", name="uq_officials_username"),
)

#: One line a chat account that belongs to an official. `dead`: since when they can't be reached there (blocked, gone).
links = Table(
    "links", metadata,
    Column("id", COUNTED, primary_key=True, autoincrement=True),
    Column("official", COUNTED, ForeignKey("officials.id"), nullable=False),
    Column("channel", String(40), nullable=False),
    Column("user", String(255), nullable=False),
    Column("chat", String(255), nullable=False),
    Column("linked", Double, nullable=False),
    Column("dead", Double),
    UniqueConstraint("channel", "user", name="uq_links_user"),
    UniqueConstraint("channel", "chat", name="uq_links_chat"),
    Index("ix_links_official", "official"),
)

#: One line a linking code, known by its keyed hash only. `used` by the account `channel`, `user`.
codes = Table(
    "linking_codes", metadata,
    Column("hash", String(64), primary_key=True),
    Column("official", COUNTED, ForeignKey("officials.id"), nullable=False),
    Column("expires", Double, nullable=False),
    Column("used", Double),
    Column("channel", String(40)),
    Column("user", String(255)),
    Index("ix_linking_codes_official", "official"),
)

#: One line a wrong code.
attempts = Table(
    "linking_attempts", metadata,
    Column("id", COUNTED, primary_key=True, autoincrement=True),
    Column("channel", String(40), nullable=False),
    Column("user", String(255), nullable=False),
    Column("chat", String(255), nullable=False),
    Column("at", Double, nullable=False),
    Index("ix_linking_attempts_user", "channel", "user", "at"),
    Index("ix_linking_attempts_chat", "channel", "chat", "at"),
)

#: One line a chat: whose it was last, what it was told already (and on which event, so that a repeat of that event is told again),
#: which order waits for a "có", and which order was carried out last, by which event.
chats = Table(
    "chats", metadata,
    Column("channel", String(40), primary_key=True),
    Column("chat", String(255), primary_key=True),
    Column("official", COUNTED),
    Column("noticed", Double),
    Column("noticed_by", String(255)),
    Column("introduced_by", String(255)),
    Column("waiting", String(20)),
    Column("waiting_since", Double),
    Column("settled", String(20)),
    Column("settled_by", String(255)),
    Index("ix_chats_official", "official"),
)

#: One line a thing done: when, by whom (official, or `who` for someone at the command line), from where (`channel`, `account`), what,
#: and how it ended. Never what was said.
audit = Table(
    "audit", metadata,
    Column("id", COUNTED, primary_key=True, autoincrement=True),
    Column("at", Double, nullable=False),
    Column("official", COUNTED),
    Column("who", String(200), nullable=False),
    Column("channel", String(40), nullable=False),
    Column("account", String(255), nullable=False),
    Column("what", String(40), nullable=False),
    Column("intent", String(80), nullable=False),
    Column("outcome", String(80), nullable=False),
    Index("ix_audit_at", "at"),
    Index("ix_audit_official", "official", "at"),
)


def prepare(engine: Engine) -> None:
    """Make these tables and those that an official's data are shown and erased from, where they are missing."""
    make_tables(engine, metadata, tracker_schema.metadata, delivery.metadata)
