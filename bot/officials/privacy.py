"""What is stored of a person: shown to them, and erased when they ask for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection, Engine, delete, func, select, update

from bot.assistant.tracker_schema import conversations, events
from bot.delivery.tables import inbox, outbox
from bot.officials.official import Official
from bot.officials.tables import attempts, chats, codes, links, prepare
from knowledge.store import writing

_FINISHED = ("done", "dead")
_Account = tuple[str, str]


@dataclass(frozen=True)
class Held:
    """What is stored beside the registration: messages of the person, reminders sent to them, since when (UTC seconds).

    `choices`: what they chose about reminders (requests, rows put off, calendar links).
    """

    messages: int
    reminders: int
    since: float | None
    choices: int = 0


class Keeper(Protocol):
    """Another part that stores something of officials; see `bot.reminders.requests`."""

    def held(self, official_id: int) -> int:
        """How many lines are stored of an official."""
        ...

    def erase(self, official_id: int, connection: Connection) -> None:
        """Forget an official, within the caller's transaction."""
        ...


class Privacy:
    """Finds and erases a person's conversations. Methods block shortly; a person is an official, or a chat that is nobody's."""

    def __init__(self, engine: Engine, keepers: Sequence[Keeper] = ()) -> None:
        self._engine, self._keepers = engine, keepers
        prepare(engine)

    def held(self, official: Official | None, channel: str, chat: str) -> Held:
        """What is stored of the official in all of their chats, this one included; of an unknown person in this chat."""
        with self._engine.connect() as connection:
            ids = _ids(_accounts(connection, official, channel, chat))
            said = connection.execute(
                select(func.count(), func.min(events.c.time)).where(events.c.conversation.in_(ids), events.c.type == "user")).one()
            received = connection.execute(
                select(func.count(), func.min(inbox.c.received)).where(inbox.c.conversation.in_(ids), inbox.c.event != "")).one()
            reminders = connection.scalar(
                select(func.count()).select_from(outbox)
                .where(outbox.c.conversation.in_(ids), outbox.c.dedupe.like("digest:%"), outbox.c.state == "sent"))
        # A message is kept as received and as understood; either may be erased before the other.
        since = min((moment for _, moment in (said, received) if moment is not None), default=None)
        choices = sum(keeper.held(official.id) for keeper in self._keepers) if official else 0
        return Held(max(said[0], received[0]), reminders or 0, since, choices)

    def erase(self, official: Official | None, channel: str, chat: str) -> None:
        """Erase the conversations of the person and, of an official, all links. The registration and audit lines stay.

        Messages that wait to be sent are withdrawn; a message being handled just now is left to retention.
        """
        with writing(self._engine) as connection:
            accounts = _accounts(connection, official, channel, chat)
            if official is not None:
                connection.execute(delete(links).where(links.c.official == official.id))
                connection.execute(delete(codes).where(codes.c.official == official.id))
                for keeper in self._keepers:
                    keeper.erase(official.id, connection)
            _erase(connection, accounts)

    def erase_chat(self, channel: str, chat: str) -> None:
        """Erase one conversation: the chat account has become another person's."""
        with writing(self._engine) as connection:
            _erase(connection, [(channel, chat)])


def _accounts(connection: Connection, official: Official | None, channel: str, chat: str) -> list[_Account]:
    """The chats of a person: those linked to them and those that were, and the one they write from."""
    found = {(channel, chat)}
    if official is not None:
        linked = select(links.c.channel, links.c.chat).where(links.c.official == official.id)
        used = select(chats.c.channel, chats.c.chat).where(chats.c.official == official.id)
        found |= {(row.channel, row.chat) for query in (linked, used) for row in connection.execute(query)}
    return sorted(found)


def _ids(accounts: list[_Account]) -> list[str]:
    return [f"{channel}:{chat}" for channel, chat in accounts]


def _erase(connection: Connection, accounts: list[_Account]) -> None:
    ids = _ids(accounts)
    connection.execute(delete(events).where(events.c.conversation.in_(ids)))
    connection.execute(delete(conversations).where(conversations.c.id.in_(ids)))
    connection.execute(update(inbox).where(inbox.c.conversation.in_(ids), inbox.c.state.in_(_FINISHED)).values(event=""))
    of_theirs = update(outbox).where(outbox.c.conversation.in_(ids))
    connection.execute(of_theirs.where(outbox.c.state == "new").values(state="dead", error="erased"))
    connection.execute(of_theirs.where(outbox.c.state.in_(("sent", "dead", "other"))).values(message=""))
    for channel, chat in accounts:
        connection.execute(delete(attempts).where(attempts.c.channel == channel, attempts.c.chat == chat))
        connection.execute(delete(chats).where(chats.c.channel == channel, chats.c.chat == chat))
