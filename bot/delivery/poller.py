"""Asks a channel for events where the provider doesn't call us: in one process at a time, and stored before asking again."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, text

from bot.channels.port import Channel, Incoming, Remedy, SendFailed
from bot.delivery.background import Background
from bot.delivery.health import Health
from bot.delivery.inbox import Inbox
from bot.delivery.outbox import pause
from knowledge.store import StoreError

log = logging.getLogger(__name__)

_LEAST_PAUSE = 0.2  # seconds between two answers without events: a provider that doesn't wait must not keep us busy


class Turnstile:
    """Lets one process at a time through, for as long as it lives: an advisory lock of PostgreSQL. Elsewhere always open."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        digest = hashlib.blake2b(f"poll {name}".encode(), digest_size=8).digest()
        self._number = int.from_bytes(digest, "big", signed=True)
        self._connection: Connection | None = None

    def enter(self) -> bool:
        """Are we the one? Asked before each poll, since the connection that holds the lock may have broken. Blocks; raises StoreError."""
        if self._engine.dialect.name != "postgresql":
            return True
        try:
            if self._connection is not None:
                self._connection.execute(text("SELECT 1"))
                return True
            connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            if connection.scalar(text("SELECT pg_try_advisory_lock(:number)"), {"number": self._number}):
                self._connection = connection
                return True
            connection.close()
            return False
        except BaseException:
            self.leave()
            raise

    def leave(self) -> None:
        """Let the next one in."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()  # ends the session, and the lock with it
            connection.close()


class Poller:
    """Polls one channel and stores what comes. Failures are waited out; the other channels don't notice.

    `wake` is called when something came. `idle`: seconds between two looks at whether this process may poll.
    """

    def __init__(
        self, channel: Channel, inbox: Inbox, background: Background, turnstile: Turnstile, health: Health, wake: Callable[[], None],
        idle: float = 2.0,
    ) -> None:
        self._channel, self._inbox, self._background, self._turnstile = channel, inbox, background, turnstile
        self._health, self._wake, self._idle = health, wake, idle
        self._stop = asyncio.Event()
        self._failures = 0

    async def run(self) -> None:
        """Poll until `stop` was called."""
        while not self._stop.is_set():
            await self._rest(await self._turn())
        await self._background.run(self._turnstile.leave)

    def stop(self) -> None:
        """Ask no more; what was received is still stored."""
        self._stop.set()

    async def _turn(self) -> float:
        """Ask once; how many seconds to rest then."""
        try:
            if not await self._background.run(self._turnstile.enter):
                return self._idle
            events = await self._ask()
            if events:
                await self._keep(events)
        except SendFailed as failure:
            self._failures += 1
            if failure.remedy is Remedy.STOP_CHANNEL:
                return await self._health.stop(failure)
            log.warning("channel %s could not be asked: %s", self._channel.name, failure.reason)
            return pause(self._failures, failure.retry_after)
        except Exception:
            self._failures += 1
            log.exception("channel %s could not be asked", self._channel.name)
            return pause(self._failures)
        self._failures = 0
        self._health.works()
        return 0.0 if events else _LEAST_PAUSE

    async def _ask(self) -> Sequence[Incoming]:
        """What came; nothing where we are to stop before the provider answers, unless it would never answer the same again."""
        if self._channel.tells_once:
            return await self._channel.poll()
        asking = asyncio.create_task(self._channel.poll())
        return asking.result() if await self._unless_stopped(asking) else ()

    async def _keep(self, events: Sequence[Incoming]) -> None:
        """Store what came: the provider may not tell it again."""
        while True:
            try:
                await self._background.insist(self._inbox.store, events)
                break
            except StoreError:
                if self._stop.is_set():
                    raise
        self._wake()

    async def _rest(self, seconds: float) -> None:
        await self._unless_stopped(asyncio.create_task(asyncio.sleep(seconds)))

    async def _unless_stopped(self, task: asyncio.Task[Any]) -> bool:
        """Wait for the task; False if the order to stop came before it was done: then it is cancelled."""
        stopping = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait((task, stopping), return_when=asyncio.FIRST_COMPLETED)
            return task.done()
        finally:
            stopping.cancel()
            task.cancel()
