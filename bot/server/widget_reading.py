"""What a browser reads of its conversation: messages sent to it, in the order of their sending, and what was said before.

Read from the inbox and the outbox, so that any process on the database can serve any browser. All functions are blocking and short.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, bindparam, select

from bot.channels.port import Incoming, Outgoing
from bot.channels.web import NAME
from bot.delivery import rows
from bot.delivery.tables import inbox, outbox, prepare
from knowledge.store import reading

PAGE = 30
_RECENT = 50      # messages of one conversation that are looked at for new ones
_AT_ONCE = 500    # messages that are read for all browsers in one go
_PLACE = re.compile(r"(\d{1,12}(?:\.\d{1,9})?)(?:~(\d{1,18}(?:,\d{1,18}){0,99}))?", re.ASCII)
_OVERLAP = 10.0   # seconds: processes commit out of order and their clocks differ a little; the browser knows what it has by id

_BEHIND = (
    select(outbox.c.id, outbox.c.sent, outbox.c.message)
    .where(outbox.c.conversation == bindparam("_conversation"), outbox.c.state == "sent", outbox.c.sent > bindparam("_after"))
    .order_by(outbox.c.sent.desc(), outbox.c.id.desc()).limit(_RECENT)
)
_SENT = (outbox.c.channel == NAME, outbox.c.state == "sent", outbox.c.sent > bindparam("_after"))
_NUMBERS = select(outbox.c.id).where(*_SENT)
_NEWS = select(outbox.c.conversation, outbox.c.id, outbox.c.sent, outbox.c.message).order_by(outbox.c.sent, outbox.c.id)
_NUMBERED = _NEWS.where(outbox.c.id.in_(bindparam("_numbers", expanding=True)))
_NEWS_OF = _NEWS.where(*_SENT, outbox.c.conversation.in_(bindparam("_conversations", expanding=True)))

#: Draws a message of ours for the browser.
Draw = Callable[[Outgoing], dict[str, Any]]


@dataclass(frozen=True)
class Sent:
    """A message that was sent: `id` names it for good, `sent` (UTC seconds) is where a browser goes on reading."""

    id: int
    sent: float
    message: Outgoing

    def as_dict(self, draw: Draw) -> dict[str, Any]:
        """JSON for the browser."""
        return {"id": f"o{self.id}", "from": "bot", "at": self.sent, "cursor": repr(self.sent), **draw(self.message)}


@dataclass(frozen=True)
class Place:
    """How far a browser has read: up to a moment, and the last messages it has, since a few may be told late."""

    after: float
    known: frozenset[int] = frozenset()

    @classmethod
    def read(cls, text: str | None) -> Place | None:
        """`1795339632.498353` or `1795339632.498353~12,13`; None for anything else."""
        found = _PLACE.fullmatch(text or "")
        return cls(float(found[1]), frozenset(map(int, (found[2] or "").split(",") if found[2] else ()))) if found else None

    def has(self, sent: Sent) -> bool:
        """Is this message known there, or older than what is told?"""
        return sent.id in self.known or sent.sent <= self.after - _OVERLAP

    def past(self, found: Sequence[Sent]) -> Place:
        """The place behind these messages."""
        known = sorted(self.known | {sent.id for sent in found})[-_RECENT:]
        return Place(max([self.after, *(sent.sent for sent in found)]), frozenset(known))

    def __str__(self) -> str:
        return repr(self.after) + ("~" + ",".join(map(str, sorted(self.known))) if self.known else "")


class Reader:
    """Reads conversations of the web channel."""

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.time) -> None:
        prepare(engine)
        self._engine, self._clock = reading(engine), clock

    def now(self) -> float:
        """Where a browser that has read everything goes on."""
        return self._clock()

    def sent_after(self, conversation: str, place: Place) -> list[Sent]:
        """Messages sent behind a place, and shortly before it, that are not known yet."""
        given = {"_conversation": rows.key(conversation), "_after": place.after - _OVERLAP}
        with self._engine.connect() as connection:
            found = connection.execute(_BEHIND, given).all()
        return [_sent(id_, sent, message) for id_, sent, message in reversed(found) if message and id_ not in place.known]

    def sent_since(self, moment: float, known: Collection[int]) -> list[tuple[str, Sent]]:
        """Messages to all browsers sent after a moment that are not known yet, each with its conversation."""
        with self._engine.connect() as connection:
            fresh = [number for number in connection.scalars(_NUMBERS, {"_after": moment}) if number not in known]
            found = connection.execute(_NUMBERED, {"_numbers": fresh[:_AT_ONCE]}).all() if fresh else []
        return [(conversation, _sent(id_, sent, message)) for conversation, id_, sent, message in found if message]

    def just_sent(self, conversations: Collection[str], known: Collection[int]) -> list[tuple[str, Sent]]:
        """The same of some conversations to which something was sent a moment ago."""
        given = {"_after": self._clock() - _OVERLAP / 2, "_conversations": list(conversations)}
        with self._engine.connect() as connection:
            found = connection.execute(_NEWS_OF, given).all()
        return [(name, _sent(id_, sent, message)) for name, id_, sent, message in found if message and id_ not in known]

    def history(self, conversation: str, before: float | None, draw: Draw) -> list[dict[str, Any]]:
        """The last `PAGE` messages of both sides before a moment, oldest first."""
        moment = before if before is not None else self._clock() + _OVERLAP
        said = sorted([*self._heard(conversation, moment), *self._told(conversation, moment, draw)], key=lambda m: (m["at"], m["id"]))
        return said[-PAGE:]

    def offered(self, conversation: str, payload: str) -> bool:
        """Is this the payload of a button of one of the last messages?"""
        query = (select(outbox.c.message).where(outbox.c.conversation == rows.key(conversation), outbox.c.state == "sent")
                 .order_by(outbox.c.sent.desc()).limit(_RECENT))
        with self._engine.connect() as connection:
            messages = [Outgoing.from_dict(json.loads(line)) for line in connection.scalars(query) if line]
        return any(button.payload == payload for message in messages for button in message.buttons)

    def _heard(self, conversation: str, before: float) -> Iterator[dict[str, Any]]:
        query = (select(inbox.c.id, inbox.c.received, inbox.c.event)
                 .where(inbox.c.conversation == rows.key(conversation), inbox.c.received < before)
                 .order_by(inbox.c.received.desc(), inbox.c.id.desc()).limit(PAGE))
        with self._engine.connect() as connection:
            lines = connection.execute(query).all()
        for id_, received, stored in lines:
            if data := json.loads(stored or "{}"):
                event = Incoming.from_dict(data)
                yield {"id": f"i{id_}", "from": "user", "at": received, "text": str(event.extra.get("title") or event.text),
                       "client": event.event_id.rpartition(":")[2]}

    def _told(self, conversation: str, before: float, draw: Draw) -> Iterator[dict[str, Any]]:
        query = (select(outbox.c.id, outbox.c.sent, outbox.c.message)
                 .where(outbox.c.conversation == rows.key(conversation), outbox.c.state == "sent", outbox.c.sent < before)
                 .order_by(outbox.c.sent.desc(), outbox.c.id.desc()).limit(PAGE))
        with self._engine.connect() as connection:
            lines = connection.execute(query).all()
        for id_, sent, message in lines:
            if message:
                yield _sent(id_, sent, message).as_dict(draw)


def _sent(id: int, sent: float, message: str) -> Sent:
    return Sent(id, sent, Outgoing.from_dict(json.loads(message)))
