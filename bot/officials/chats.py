"""What is remembered of a chat between messages: what it was told already, and what it was asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.officials.tables import chats, prepare
from knowledge.store import Write, reading, writing


@dataclass(frozen=True)
class Chat:
    """See the table `chats`."""

    official: int | None = None
    noticed: float | None = None
    noticed_by: str | None = None
    introduced_by: str | None = None
    waiting: str | None = None
    waiting_since: float | None = None
    settled: str | None = None
    settled_by: str | None = None


_KNOWN = select(*(chats.c[name] for name in Chat.__dataclass_fields__)).where(
    chats.c.channel == bindparam("_channel"), chats.c.chat == bindparam("_chat"))


class Chats:
    """Reads and writes what is remembered. Methods block shortly; events of one chat come one after another."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._reading = engine, reading(engine)
        self._insert = (postgresql if engine.dialect.name == "postgresql" else sqlite).insert
        prepare(engine)

    def read(self, channel: str, chat: str) -> Chat:
        """What is known of a chat; of a new one nothing."""
        with self._reading.connect() as connection:
            row = connection.execute(_KNOWN, {"_channel": channel, "_chat": chat}).one_or_none()
        return Chat() if row is None else Chat(*row)

    def update(self, channel: str, chat: str, **values: Any) -> None:
        """Remember fields of `Chat` at once; the others stay."""
        with writing(self._engine, single=True) as connection:
            self.updating(channel, chat, **values)(connection)

    def updating(self, channel: str, chat: str, **values: Any) -> Write:
        """Remembers the fields in somebody's transaction."""
        statement = self._insert(chats).values(channel=channel, chat=chat, **values)
        statement = statement.on_conflict_do_update(index_elements=["channel", "chat"], set_=values)
        return lambda connection: connection.execute(statement)
