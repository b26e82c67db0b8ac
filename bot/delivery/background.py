"""Blocking work beside the event loop: threads of its own, patience where the database is away, leases held while work lasts."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from knowledge.store import StoreError

log = logging.getLogger(__name__)

_T = TypeVar("_T")
_THREADS = 4
_PAUSES = (0.1, 0.5, 2.0, 5.0, 10.0)


class Background:
    """Runs the queues' blocking calls. Its threads are its own: work elsewhere can't keep a lease from being extended."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="delivery")

    async def run(self, function: Callable[..., _T], *args: Any) -> _T:
        """The result of a blocking call; of a coroutine function, its coroutine."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, lambda: function(*args))

    async def claim(self, claim: Callable[..., _T | None], release: Callable[[_T], object], *args: Any) -> _T | None:
        """What a blocking call claims; given back where nobody waits for it any more."""
        claiming = asyncio.ensure_future(self.run(claim, *args))
        try:
            return await asyncio.shield(claiming)
        except asyncio.CancelledError:
            claimed = await claiming
            if claimed is not None:
                await self.run(release, claimed)
            raise

    async def insist(self, function: Callable[..., _T], *args: Any) -> _T:
        """The same for what must not be lost: tried again for a quarter of a minute while the database is away. Raises StoreError."""
        for pause in _PAUSES:
            try:
                return await self.run(function, *args)
            except StoreError as error:
                log.warning("the database did not answer, trying again in %s s: %s", pause, error)
                await asyncio.sleep(pause)
        return await self.run(function, *args)

    @asynccontextmanager
    async def holding(self, extend: Callable[..., bool], claim: Any, lease: float) -> AsyncIterator[None]:
        """Extend the lease of a claim again and again while the body runs; until somebody else has it."""
        keeper = asyncio.create_task(self._hold(extend, claim, lease))
        try:
            yield
        finally:
            keeper.cancel()

    def close(self) -> None:
        """End the threads when what they do is done."""
        self._threads.shutdown(wait=True)

    async def _hold(self, extend: Callable[..., bool], claim: Any, lease: float) -> None:
        held = True
        while held:
            await asyncio.sleep(lease / 3)
            try:
                held = await self.run(extend, claim, lease)
            except StoreError as error:
                log.warning("a lease could not be extended: %s", error)


async def wait_for(event: asyncio.Event, seconds: float) -> None:
    """Wait until the event is set or the time is over. (`asyncio.wait_for` may swallow a cancellation in Python 3.10.)"""
    waiting = asyncio.create_task(event.wait())
    try:
        await asyncio.wait((waiting,), timeout=seconds)
    finally:
        waiting.cancel()
