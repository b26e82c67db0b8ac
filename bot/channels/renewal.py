"""Renews an access token in time, once for all coroutines and processes, without ever losing a single-use refresh token."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import Awaitable, Callable

from sqlalchemy.exc import SQLAlchemyError

from bot.channels.port import Remedy, SendFailed
from bot.channels.tokens import Pair, TokenStore
from knowledge.store.errors import StoreError

log = logging.getLogger(__name__)

_MARGIN = 300.0  # an access token that ends within this many seconds is renewed before use
_PAUSE = 0.1     # between looks at a lease that another process holds
_DATABASE = (StoreError, SQLAlchemyError)


class Renewal:
    """Hands out the access token.

    `renew` trades a refresh token for a new pair at the provider and raises SendFailed. `lease` (seconds) must be longer than it can
    take: when it has passed, the process that held it counts as dead. `first` is the refresh token that the operator gave.
    """

    def __init__(
        self, store: TokenStore, first: str, renew: Callable[[str], Awaitable[Pair]], *, lease: float = 60.0,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._store, self._first, self._renew, self._lease, self._now = store, first, renew, lease, now
        self._holder = uuid.uuid4().hex
        self._opened = False
        self._pair: Pair | None = None
        self._unsaved: tuple[Pair, Pair] | None = None  # a pair traded and what it was traded for, while the database is away
        self._running: asyncio.Task[Pair] | None = None

    async def token(self, refused: str = "") -> str:
        """An access token that is good for some minutes and is not the one that the provider `refused`. Raises SendFailed."""
        if self._pair is not None and self._unsaved is None and self._good(self._pair, refused):
            return self._pair.access
        pair = await self._join(refused)
        if pair.access == refused:  # joined a search that began before the refusal
            pair = await self._join(refused)
        return pair.access

    async def finish(self) -> None:
        """Wait for a trade under way."""
        if self._running is not None:
            await asyncio.wait([self._running])

    async def _join(self, refused: str) -> Pair:
        if self._running is None or self._running.done():
            # A task of its own: whoever gives up waiting must not break off a trade half done.
            self._running = asyncio.ensure_future(self._find(refused))
        return await asyncio.shield(self._running)

    def _good(self, pair: Pair, refused: str) -> bool:
        return bool(pair.access) and pair.access != refused and pair.expires > self._now() + _MARGIN

    async def _find(self, refused: str) -> Pair:
        try:
            self._pair = await self._shared(refused)
        except _DATABASE as error:
            if self._pair is None or not self._good(self._pair, refused):
                raise SendFailed(Remedy.RETRY, f"chưa đọc được mã truy cập từ cơ sở dữ liệu ({type(error).__name__})") from None
            log.error("the tokens could not be read or saved (%s); going on with those in memory", type(error).__name__)
        return self._pair

    async def _shared(self, refused: str) -> Pair:
        """The pair from the database, renewed by us or by whoever holds the lease."""
        if self._unsaved is not None:
            await self._save(*self._unsaved)
        if not self._opened:
            await asyncio.to_thread(self._store.open, self._first)
            self._opened = True
        pair = await asyncio.to_thread(self._store.read)
        while not self._good(pair, refused):
            taken = await asyncio.to_thread(self._store.take, self._holder, self._lease)
            if taken is None:
                await asyncio.sleep(_PAUSE)
            elif self._good(taken, refused):
                await asyncio.to_thread(self._store.release, self._holder)
            elif traded := await self._trade(taken):
                return traded
            pair = await asyncio.to_thread(self._store.read)
        return pair

    async def _trade(self, old: Pair) -> Pair | None:
        """A new pair for an old one; None where another process has put one in its place."""
        try:
            new = await self._renew(old.refresh)
        except BaseException as error:
            await asyncio.to_thread(self._store.release, self._holder)
            if isinstance(error, SendFailed) and (await asyncio.to_thread(self._store.read)).refresh != old.refresh:
                return None  # by a process that was frozen for longer than its lease
            raise
        self._pair = new  # the old pair is worthless from here on, whether or not the new one can be saved
        self._unsaved = (old, new)
        await self._save(old, new)
        return new

    async def _save(self, old: Pair, new: Pair) -> None:
        if not await asyncio.to_thread(self._store.save, old, new):
            log.warning("other tokens were saved while these were renewed; those are used")
        self._unsaved = None
