"""Events received: stored before they are confirmed to the provider, answered once, in order within a conversation."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Engine, Row, bindparam, func, select, true

from bot.channels.port import Incoming, Outgoing
from bot.delivery import rows
from bot.delivery.outbox import insert_messages
from bot.delivery.tables import inbox, prepare
from knowledge.store import Write, writing

log = logging.getLogger(__name__)

#: Failed attempts before an event is given up.
MOST_ATTEMPTS = 5
#: Claims before it is given up without one more attempt: each time the process died over it.
MOST_CLAIMS = 10
APOLOGY = "Xin lỗi anh/chị, trợ lý chưa trả lời được tin nhắn vừa rồi do trục trặc kỹ thuật. Anh/chị vui lòng gửi lại sau ít phút."

_MINUTE = 60.0
_SINCE = select(func.count()).where(inbox.c.conversation == bindparam("_conversation"), inbox.c.received >= bindparam("_since"))
_CLAIMING = rows.Claiming(inbox, current=lambda _: true(), wanted=lambda _: true(), order=("id",))


@dataclass(frozen=True)
class Claimed:
    """An event that is being answered by whoever holds this; `attempts` is the number of the claim."""

    id: int
    event: Incoming
    attempts: int


class Inbox:
    """The events of all channels. Safe to use from several threads, on PostgreSQL from several processes.

    All methods block shortly and raise StoreError where the database is in trouble. `clock` gives UTC seconds.
    """

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.time) -> None:
        self.engine, self._clock = engine, clock
        prepare(engine)

    def store(self, events: Sequence[Incoming]) -> int:
        """Keep events; how many were new. Once this returns they are not lost. A repeat does nothing."""
        now = self._clock()
        with writing(self.engine) as connection:
            lines = [
                {"channel": event.channel, "event_id": rows.key(event.event_id), "conversation": rows.key(event.conversation),
                 "event": rows.to_json(event.as_dict()), "state": "new", "received": now}
                for event in _counted(connection, events, now)
            ]
            return rows.insert_new(connection, inbox, lines)

    def claim(self, lease_seconds: float = 60) -> Claimed | None:
        """The oldest event that waits and has no earlier open one in its conversation; None where there is none.

        Whoever neither finishes nor extends within `lease_seconds` loses it to the next claim.
        """
        while (line := _CLAIMING.next(self.engine, _now=(now := self._clock()), _until=now + lease_seconds)) is not None:
            claimed = self._read(line)
            if claimed is not None:
                return claimed
        return None

    def extend(self, claimed: Claimed, lease_seconds: float = 60) -> bool:
        """Hold the event for longer; False where somebody else has it by now."""
        return self._change(claimed.id, claimed.attempts, lease=self._clock() + lease_seconds)

    def release(self, claimed: Claimed) -> bool:
        """Give the event back unanswered, for whoever claims it next; False where it was no longer ours."""
        return self._change(claimed.id, claimed.attempts, state="new", lease=0.0)

    def finish(self, claimed: Claimed, messages: Sequence[Outgoing], at_once: bool = False, writes: Sequence[Write] = ()) -> bool:
        """The event is answered: its replies go into the outbox in the same transaction. False (and no reply) if no longer ours.

        `at_once`: they count as sent by that, unless an earlier message to their chat is still to be sent. `writes`: what else belongs
        to the answer; what it raises undoes everything.
        """
        return self._close(claimed, "done", messages, at_once, writes)

    def fail(self, claimed: Claimed, retry_in: float) -> bool:
        """The event could not be answered: again in `retry_in` seconds, or after five attempts never, with an apology."""
        if claimed.attempts >= MOST_ATTEMPTS:
            return self._give_up(claimed)
        return self._change(claimed.id, claimed.attempts, state="new", lease=self._clock() + retry_in)

    def counts(self) -> dict[tuple[str, str], int]:
        """How many events there are by channel and state."""
        return rows.count(self.engine, inbox)

    def erase_before(self, time: float, conversation: str | None = None) -> int:
        """Empty the texts of events answered or given up before `time`; how many. The lines stay, so that repeats are still known."""
        return rows.erase(self.engine, inbox, "event", time, conversation)

    def _change(self, id: int, attempts: int, **values: Any) -> bool:
        with writing(self.engine, single=True) as connection:
            return rows.change_held(connection, inbox, id, attempts, **values)

    def _read(self, line: Row[Any]) -> Claimed | None:
        """The claim on a line; None where it is given up instead."""
        try:
            claimed = Claimed(line.id, Incoming.from_dict(json.loads(line.event)), line.attempts)
        except (ValueError, TypeError, AttributeError):
            log.exception("inbox event %s can't be read and is given up", line.id)
            self._change(line.id, line.attempts, state="dead", done=self._clock())
            return None
        if claimed.attempts > MOST_CLAIMS:
            self._give_up(claimed)
            return None
        return claimed

    def _give_up(self, claimed: Claimed) -> bool:
        log.error("inbox event %s is given up after %s attempts", claimed.id, claimed.attempts)
        spoken = claimed.event.kind in ("text", "button")
        return self._close(claimed, "dead", [Outgoing(claimed.event.chat, APOLOGY)] if spoken else [])

    def _close(
        self, claimed: Claimed, state: str, messages: Sequence[Outgoing], at_once: bool = False, writes: Sequence[Write] = ()
    ) -> bool:
        now = self._clock()
        with writing(self.engine) as connection:
            if not rows.change_held(connection, inbox, claimed.id, claimed.attempts, state=state, done=now, lease=0.0):
                return False
            for write in writes:
                write(connection)
            insert_messages(connection, claimed.event.channel, messages, f"reply:{claimed.id}", now, at_once)
        return True


def _counted(connection: Connection, events: Sequence[Incoming], now: float) -> Iterator[Incoming]:
    """The events, each with how many came to its conversation before it in this minute, through whichever process."""
    counts: dict[str, int] = {}
    for event in events:
        name = rows.key(event.conversation)
        if name not in counts:
            counts[name] = connection.scalar(_SINCE, {"_conversation": name, "_since": now - now % _MINUTE}) or 0
        yield replace(event, earlier=counts[name])
        counts[name] += 1
