"""A digest that its channel did not take goes to the person's next one; one that no channel takes is told anew another day."""

from __future__ import annotations

import json
import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, or_, select, update

from bot.delivery.tables import outbox
from bot.reminders.calendar import local
from bot.reminders.people import Address, Person
from bot.reminders.planner import Planner, outbox_line
from bot.reminders.tables import digests, notices
from knowledge.store import writing

log = logging.getLogger(__name__)

_ROUND_MARK = "|"        # in `tried`: all channels were tried up to here
_PAUSE = 3600.0          # seconds until all channels are tried again


@dataclass
class Moves:
    """What was done: messages that went to another channel, digests that nobody could take."""

    moved: int = 0
    failed: int = 0


class Failover:
    """Looks after the digests under way. Safe in several processes: a digest is moved by whoever changes its line first."""

    def __init__(self, planner: Planner) -> None:
        self._planner, self._engine = planner, planner.engine

    def round(self, now: float, blocked: Collection[str] = ()) -> Moves:
        """Move what has to be moved, to where people could be reached at the planner's last round.

        `blocked`: channels that are not to be used now. Raises StoreError.
        """
        moves = Moves()
        self._note_arrived()
        stuck = self._stuck(now, blocked)
        if not stuck:
            return moves
        at = local(now)
        people = {p.id: p for p in self._planner.people.all}
        if any(line.official not in people for line in stuck):  # registered since the last round, or switched off
            people = {p.id: p for p in self._planner.look_at_people().all}
        for line in stuck:
            self._move(line, people.get(line.official), now, at, blocked, moves)
        return moves

    def _note_arrived(self) -> None:
        sent = select(outbox.c.dedupe).join_from(digests, outbox, outbox.c.dedupe == digests.c.outbox).where(
            digests.c.state == "open", outbox.c.state == "sent")
        with self._engine.connect() as connection:
            arrived = list(connection.scalars(sent))
        for start in range(0, len(arrived), 500):
            with writing(self._engine) as connection:
                connection.execute(update(digests).where(
                    digests.c.outbox.in_(arrived[start:start + 500]), digests.c.state == "open").values(state="arrived", again=None))

    def _stuck(self, now: float, blocked: Collection[str]) -> list[Row[Any]]:
        """Digests whose message was refused or given up, whose channel is out of order, or that have waited for long."""
        d, o = digests.c, outbox.c
        patience = 60.0 * self._planner.policies.default.patience_minutes
        query = (
            select(d.dedupe, d.official, d.day, d.outbox, d.channel, d.tried, d.again, d.queued, o.id, o.state, o.message, o.error)
            .join_from(digests, outbox, o.dedupe == d.outbox).where(
                d.state == "open",
                or_(o.state.in_(("other", "dead")), (o.state == "new") & or_(d.queued <= now - patience, d.channel.in_(list(blocked)))),
                or_(d.again.is_(None), d.again <= now)).order_by(d.queued).limit(2000))
        with self._engine.connect() as connection:
            return list(connection.execute(query))

    def _move(
        self, line: Row[Any], person: Person | None, now: float, at: datetime, blocked: Collection[str], moves: Moves
    ) -> None:
        tried = json.loads(line.tried)
        again = line.again is not None
        this_time = [] if again else [*tried[_after_mark(tried):], line.channel]
        usable = [] if person is None else self._planner.addresses(person, blocked)
        free = [a for a in usable if a.channel not in this_time]
        others = [a for a in usable if a.channel != line.channel]
        if line.state == "new":
            if free:
                self._send(line, free[0], [*tried, line.channel], now, moves, withdraw=True)
            elif others and line.day == at.date() and line.queued <= now - _PAUSE:  # one that refused may take it by now
                self._send(line, others[0], [*tried, line.channel, _ROUND_MARK], now, moves, withdraw=True)
        elif line.message == "" or person is None or line.day < at.date():
            self._release(line, moves)
        elif free:
            self._send(line, free[0], tried if again else [*tried, line.channel], now, moves, withdraw=False)
        elif at.time() < self._planner.policies.of(person.province).closes_urgent and (person.addresses or person.web):
            self._wait(line, [*tried, *([] if again else [line.channel]), _ROUND_MARK], now)
        else:
            self._release(line, moves)

    def _send(self, line: Row[Any], to: Address, tried: list[str], now: float, moves: Moves, withdraw: bool) -> None:
        """Queue the message for another channel, if nobody else has changed anything meanwhile."""
        name = f"{line.dedupe}:{to.channel}" + (f":{len(tried)}" if to.channel in tried else "")
        message = {**json.loads(line.message), "chat": to.chat}
        with writing(self._engine) as connection:
            if withdraw and not connection.execute(
                    update(outbox).where(outbox.c.id == line.id, outbox.c.state == "new", outbox.c.done.is_(None))
                    .values(state="other", done=now, error="kênh chưa nhận, chuyển kênh khác")).rowcount:
                return
            changed = update(digests).where(digests.c.dedupe == line.dedupe, digests.c.outbox == line.outbox, digests.c.state == "open")
            if connection.execute(changed.values(
                    outbox=name, channel=to.channel, tried=json.dumps(tried), queued=now, again=None)).rowcount:
                connection.execute(insert(outbox), [outbox_line(to, message, name, now)])
                moves.moved += 1

    def _wait(self, line: Row[Any], tried: list[str], now: float) -> None:
        """All channels were tried: try them again in an hour, until the day is over."""
        with writing(self._engine) as connection:
            connection.execute(
                update(digests).where(digests.c.dedupe == line.dedupe, digests.c.outbox == line.outbox, digests.c.state == "open")
                .values(tried=json.dumps(tried), again=now + _PAUSE, error=line.error))

    def _release(self, line: Row[Any], moves: Moves) -> None:
        """Nobody took it: what still matters is told anew by the next digest."""
        with writing(self._engine) as connection:
            if connection.execute(
                    update(digests).where(digests.c.dedupe == line.dedupe, digests.c.outbox == line.outbox, digests.c.state == "open")
                    .values(state="failed", again=None, error=line.error)).rowcount:
                connection.execute(delete(notices).where(notices.c.official == line.official, notices.c.dedupe == line.dedupe))
                moves.failed += 1
                log.warning("no channel takes the digest %s", line.dedupe)


def _after_mark(tried: list[str]) -> int:
    return len(tried) - tried[::-1].index(_ROUND_MARK) if _ROUND_MARK in tried else 0

