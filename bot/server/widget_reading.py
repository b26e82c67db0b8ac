"""What a browser reads of its conversation: messages sent to it, in the order of their sending, and what was said before.

Read from the inbox and the outbox, so that any process on the database can serve any browser. All functions are blocking and short.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, select

from bot.channels.port import Incoming, Outgoing
from bot.delivery import rows
from bot.delivery.tables import inbox, outbox, prepare

PAGE = 30
_RECENT = 50      # messages of one conversation that are looked at for new ones
_PLACE = re.compile(r"(\d{1,12}(?:\.\d{1,9})?)(?:~(\d{1,18}(?:,\d{1,18}){0,99}))?", re.ASCII)
_OVERLAP = 10.0   # seconds: processes commit out of order and their clocks differ a little; the browser knows what it has by id

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

    def past(self, found: Sequence[Sent]) -> Place:
        """The place behind these messages."""
        known = sorted(self.known | {sent.id for sent in found})[-_RECENT:]
        return Place(max([self.after, *(sent.sent for sent in found)]), frozenset(known))

    def __str__(self) -> str:
        return repr(self.after) + ("~" + ",".join(map(str, sorted(self.known))) if self.known else "")


class Reader:
    """Reads conversations of the web channel."""

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.time) -> None:
        self._engine, self._clock = engine, clock
        prepare(engine)

    def now(self) -> float:
        """Where a browser that has read everything goes on."""
        return self._clock()

    def sent_after(self, conversation: str, place: Place) -> list[Sent]:
        """Messages sent behind a place, and shortly before it, that are not known yet."""
        with self._engine.connect() as connection:
            lines = connection.execute(
                select(outbox.c.id, outbox.c.sent).where(outbox.c.conversation == rows.key(conversation), outbox.c.state == "sent")
                .order_by(outbox.c.id.desc()).limit(_RECENT)).all()
            fresh = [id_ for id_, sent in lines if id_ not in place.known and (sent or 0.0) > place.after - _OVERLAP]
            if not fresh:
                return []
            query = select(outbox.c.id, outbox.c.sent, outbox.c.message).where(outbox.c.id.in_(fresh))
            found = connection.execute(query.order_by(outbox.c.sent, outbox.c.id)).all()
        return [Sent(id_, sent, Outgoing.from_dict(json.loads(message))) for id_, sent, message in found if message]

    def history(self, conversation: str, before: float | None, draw: Draw) -> list[dict[str, Any]]:
        """The last `PAGE` messages of both sides before a moment, oldest first."""
        moment = before if before is not None else self._clock() + _OVERLAP
        said = sorted([*self._heard(conversation, moment), *self._told(conversation, moment, draw)], key=lambda m: (m["at"], m["id"]))
        return said[-PAGE:]

    def offered(self, conversation: str, payload: str) -> bool:
        """Is this the payload of a button of one of the last messages?"""
        query = (select(outbox.c.message).where(outbox.c.conversation == rows.key(conversation), outbox.c.state == "sent")
                 .order_by(outbox.c.id.desc()).limit(_RECENT))
        with self._engine.connect() as connection:
            messages = [Outgoing.from_dict(json.loads(line)) for line in connection.scalars(query) if line]
        return any(button.payload == payload for message in messages for button in message.buttons)

    def _heard(self, conversation: str, before: float) -> Iterator[dict[str, Any]]:
        query = (select(inbox.c.id, inbox.c.received, inbox.c.event)
                 .where(inbox.c.conversation == rows.key(conversation), inbox.c.received < before).order_by(inbox.c.id.desc()).limit(PAGE))
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
                yield Sent(id_, sent, Outgoing.from_dict(json.loads(message))).as_dict(draw)
