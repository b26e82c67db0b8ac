"""The reminders' part of the server: a round about every minute, for as long as the program runs."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Mapping

from sqlalchemy import Engine

from bot.delivery.background import wait_for
from bot.reminders import budget
from bot.reminders.calendar import local
from bot.reminders.failover import Failover
from bot.reminders.planner import Planner, Round
from knowledge.services.remind.policy import Policies
from knowledge.store import StoreError

log = logging.getLogger(__name__)

PAUSE = 60.0


class Reminding:
    """Plans digests and looks after those under way. Several processes may do so on one database.

    `working` tells which channels work now (`Dispatcher.states`), `reached` names the channels that are configured, `wake` is called
    when there is something new to send. `pause`: seconds between rounds. `clock` gives UTC seconds.
    """

    def __init__(
        self, engine: Engine, policies: Policies | None = None, *, working: Callable[[], Mapping[str, bool]] | None = None,
        reached: Collection[str] | None = None, quotas: Mapping[str, budget.Quota] = budget.QUOTAS,
        wake: Callable[[], None] | None = None, clock: Callable[[], float] = time.time, pause: float = PAUSE,
    ) -> None:
        self.planner = Planner(engine, policies, clock=clock, quotas=quotas, working=working, reached=reached)
        self._failover = Failover(self.planner)
        self._wake, self._clock, self._pause = wake, clock, pause
        self._pruned = local(0.0).date()
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def round(self) -> Round:
        """One round: what is due is queued, what got stuck moved on. Blocks; raises StoreError."""
        result = self.planner.round()
        moves = self._failover.round(self._clock(), self.planner.blocked())
        today = local(self._clock()).date()
        if self._pruned != today:
            self.planner.prune(today)
            self._pruned = today
        if self._wake is not None and (result.digests or moves.moved):
            self._wake()
        return result

    async def start(self) -> None:
        """Begin. Returns at once."""
        self._stopping.clear()
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End after the round under way."""
        self._stopping.set()
        if self._task is not None:
            await self._task
            self._task = None

    async def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                done = await asyncio.to_thread(self.round)
                if done.digests:
                    log.info("reminders queued", extra={"digests": done.digests, "notices": done.notices})
            except StoreError as error:
                log.error("a round of reminders failed: %s", error)
            except Exception:
                log.exception("a round of reminders failed")
            await wait_for(self._stopping, self._pause)
