"""What is remembered of a chat between messages: what it was told already, and what it was asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.officials.tables import chats, prepare
from knowledge.store import writing


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


class Chats:
    """Reads and writes what is remembered. Methods block shortly; events of one chat come one after another."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._insert = (postgresql if engine.dialect.name == "postgresql" else sqlite).insert
        prepare(engine)

    def read(self, channel: str, chat: str) -> Chat:
        """What is known of a chat; of a new one nothing."""
        query = select(*(chats.c[name] for name in Chat.__dataclass_fields__)).where(chats.c.channel == channel, chats.c.chat == chat)
        with self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        return Chat() if row is None else Chat(*row)

    def update(self, channel: str, chat: str, **values: Any) -> None:
        """Remember fields of `Chat`; the others stay."""
        statement = self._insert(chats).values(channel=channel, chat=chat, **values)
        with writing(self._engine) as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["channel", "chat"], set_=values))
