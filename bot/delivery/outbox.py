"""Messages to send: kept until the provider has taken them, in order within a chat, each at least once.

No provider knows a repeat when it sees one, so a message that was taken just before the process died is sent again.
"""

from __future__ import annotations

import json
import logging
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, and_, bindparam, exists, select, update
from sqlalchemy.sql.selectable import NamedFromClause

from bot.channels.port import Outgoing, Remedy, SendFailed, split
from bot.delivery import rows
from bot.delivery.tables import outbox, prepare
from knowledge.store import writing

log = logging.getLogger(__name__)

#: Refused attempts before a message is a dead letter: about three quarters of an hour.
MOST_FAILURES = 10
_FIRST_PAUSE, _GROWTH, _LONGEST_PAUSE = 2.0, 3.0, 600.0
_LONGEST_REASON = 500


def _is_due(line: NamedFromClause) -> ColumnElement[bool]:
    return line.c.due <= bindparam("_now")


def _is_for_channel(line: NamedFromClause) -> ColumnElement[bool]:
    return line.c.channel == bindparam("_channel")


def _is_for_channel_and_chat_rested(line: NamedFromClause) -> ColumnElement[bool]:
    before = outbox.alias("before")
    just_sent = exists().where(before.c.conversation == line.c.conversation, before.c.sent > bindparam("_since"))
    return and_(_is_for_channel(line), ~just_sent)


_CLAIMING = rows.Claiming(outbox, _is_due, _is_for_channel, order=("due", "id"))
_CLAIMING_WITH_GAP = rows.Claiming(outbox, _is_due, _is_for_channel_and_chat_rested, order=("due", "id"))
_SENT = (
    update(outbox).where(outbox.c.id == bindparam("_its_id"), outbox.c.done.is_(None))
    .values(state="sent", done=bindparam("_at"), sent=bindparam("_at"), lease=0.0, provider_id=bindparam("_provider_id"), error=None)
)
_OPEN = select(outbox.c.id).where(
    outbox.c.conversation == bindparam("_conversation"), outbox.c.done.is_(None), outbox.c.due <= bindparam("_now")).limit(1)


@dataclass(frozen=True)
class Waiting:
    """A message that is being sent by whoever holds this; `attempts` is the number of the claim."""

    id: int
    channel: str
    conversation: str
    message: Outgoing
    attempts: int
    failures: int


@dataclass(frozen=True)
class DeadLetter:
    """A message that was given up, when (UTC seconds) and why. `erased`: its text is gone, it can't be sent any more."""

    id: int
    channel: str
    conversation: str
    reason: str
    at: float
    erased: bool


class Outbox:
    """The messages of all channels. Safe to use from several threads, on PostgreSQL from several processes.

    All methods block shortly and raise StoreError where the database is in trouble. `clock` gives UTC seconds.
    """

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.time) -> None:
        self._engine, self._clock = engine, clock
        prepare(engine)

    def put(self, channel: str, conversation: str, message: Outgoing, dedupe: str, due: float = 0) -> bool:
        """Keep a message for sending, not before `due`; False where one with this `dedupe` was ever kept."""
        with writing(self._engine) as connection:
            return rows.insert_new(connection, outbox, [_line(channel, conversation, message, dedupe, due, self._clock())]) == 1

    def claim(self, channel: str, lease_seconds: float = 60, gap: float = 0) -> Waiting | None:
        """The next message to send on a channel, or None. Within a chat none overtakes an earlier one that is due and still open.

        `gap`: seconds to keep between two messages to one chat. Who neither reports nor extends in `lease_seconds` loses the claim.
        """
        while (line := self._claim(channel, self._clock(), lease_seconds, gap)) is not None:
            waiting = self._read(line)
            if waiting is not None:
                return waiting
        return None

    def extend(self, waiting: Waiting, lease_seconds: float = 60) -> bool:
        """Hold the message for longer; False where somebody else has it by now."""
        return self._change(waiting.id, waiting.attempts, lease=self._clock() + lease_seconds)

    def release(self, waiting: Waiting) -> bool:
        """Give the message back unsent, for whoever claims it next; False where it was no longer ours."""
        return self._change(waiting.id, waiting.attempts, state="new", lease=0.0)

    def sent(self, waiting: Waiting, provider_id: str) -> bool:
        """The provider has taken the message. A fact, whoever holds the claim by now; False where it was closed already."""
        now = self._clock()
        taken = {"_its_id": waiting.id, "_at": now, "_provider_id": rows.key(provider_id)}
        with writing(self._engine, single=True) as connection:
            return connection.execute(_SENT, taken).rowcount == 1

    def failed(self, waiting: Waiting, failure: SendFailed) -> bool:
        """The provider has refused the message: do as its remedy says. False (and no change) where the claim is no longer ours."""
        values = {**self._after(waiting, failure), "error": _one_line(failure.reason)}
        if values["state"] == "dead":
            log.warning("outbox message %s to %s is given up: %s", waiting.id, waiting.channel, values["error"])
        return self._change(waiting.id, waiting.attempts, **values)

    def counts(self) -> dict[tuple[str, str], int]:
        """How many messages there are by channel and state."""
        return rows.count(self._engine, outbox)

    def dead(self) -> list[DeadLetter]:
        """The messages that were given up, oldest first."""
        columns = (outbox.c.id, outbox.c.channel, outbox.c.conversation, outbox.c.error, outbox.c.done, outbox.c.message == "")
        with self._engine.connect() as connection:
            found = connection.execute(select(*columns).where(outbox.c.state == "dead").order_by(outbox.c.id))
            return [DeadLetter(id_, channel, chat, error or "", at, bool(erased)) for id_, channel, chat, error, at, erased in found]

    def redrive(self, ids: Sequence[int] | None) -> int:
        """Send dead letters after all, with all their attempts before them: these, or every one (None). How many."""
        chosen = [outbox.c.state == "dead", outbox.c.message != ""]
        if ids is not None:
            chosen.append(outbox.c.id.in_(ids))
        with writing(self._engine) as connection:
            return connection.execute(
                update(outbox).where(*chosen).values(state="new", done=None, lease=0.0, failures=0, error=None)).rowcount

    def erase_before(self, time: float, conversation: str | None = None) -> int:
        """Empty the texts of messages sent or given up before `time`; how many."""
        return rows.erase(self._engine, outbox, "message", time, conversation)

    def _claim(self, channel: str, now: float, lease_seconds: float, gap: float) -> Row[Any] | None:
        times = {"_now": now, "_until": now + lease_seconds}
        if gap > 0:
            return _CLAIMING_WITH_GAP.next(self._engine, **times, _channel=channel, _since=now - gap)
        return _CLAIMING.next(self._engine, **times, _channel=channel)

    def _change(self, id: int, attempts: int, **values: Any) -> bool:
        with writing(self._engine, single=True) as connection:
            return rows.change_held(connection, outbox, id, attempts, **values)

    def _read(self, line: Row[Any]) -> Waiting | None:
        """The claim on a line; None where it can't be read and is given up."""
        try:
            message = Outgoing.from_dict(json.loads(line.message))
        except (ValueError, TypeError, AttributeError):
            log.exception("outbox message %s can't be read and is given up", line.id)
            self._change(
                line.id, line.attempts, state="dead", done=self._clock(), error="tin nhắn hỏng, không đọc được")
            return None
        return Waiting(line.id, line.channel, line.conversation, message, line.attempts, line.failures)

    def _after(self, waiting: Waiting, failure: SendFailed) -> dict[str, Any]:
        """What a failure makes of the message."""
        now, failures = self._clock(), waiting.failures + 1
        if failure.remedy is Remedy.STOP_CHANNEL:  # no fault of the message
            return {"state": "new", "lease": 0.0}
        if failure.remedy is Remedy.RETRY and failures < MOST_FAILURES:
            return {"state": "new", "failures": failures, "lease": now + pause(failures, failure.retry_after)}
        lost = failure.remedy in (Remedy.RETRY, Remedy.DEAD_LETTER)
        return {"state": "dead" if lost else "other", "failures": failures, "done": now, "lease": 0.0}


def pause(failures: int, retry_after: float | None = None) -> float:
    """Seconds to wait after so many failures in a row: growing threefold to ten minutes, a random part of it, and never less than told."""
    longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * _GROWTH ** min(failures - 1, 20))
    return max(random.uniform(longest / 2, longest), retry_after or 0.0)


def pieces(message: Outgoing, longest: int) -> list[Outgoing]:
    """The message as messages of at most `longest` characters; buttons and record go with the last."""
    *first, last = split(message.text, longest)
    return [*(replace(message, text=text, buttons=(), record={}) for text in first), replace(message, text=last)]


def insert_messages(
    connection: Connection, channel: str, messages: Sequence[Outgoing], dedupe: str, now: float, at_once: bool = False
) -> None:
    """Put messages in the caller's transaction, numbered `<dedupe>:<n>`.

    `at_once`: as sent already, unless an earlier message to their chat is still to be sent: then they wait for their turn.
    """
    lines = [
        _line(channel, f"{channel}:{message.chat}", message, f"{dedupe}:{number}", 0.0, now) for number, message in enumerate(messages)
    ]
    for line in lines if at_once else ():
        if connection.scalar(_OPEN, {"_conversation": line["conversation"], "_now": now}) is None:
            line.update(state="sent", done=now, sent=now)
    rows.insert_new(connection, outbox, lines)


def _line(channel: str, conversation: str, message: Outgoing, dedupe: str, due: float, now: float) -> dict[str, Any]:
    return {"dedupe": rows.key(dedupe), "channel": channel, "conversation": rows.key(conversation),
            "message": rows.to_json(message.as_dict()), "state": "new", "due": due, "created": now, "done": None, "sent": None}


def _one_line(reason: str) -> str:
    """A reason as the database takes it."""
    return "".join(c if c.isprintable() else " " for c in reason)[:_LONGEST_REASON]
