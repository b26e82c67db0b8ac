"""Locks that keep the turns of one conversation in order: in one process, or across processes through PostgreSQL.

Rasa's own lock polls once a second and its shared variant needs Redis.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from rasa.core.lock_store import LockError, LockStore
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import DBAPIError

from knowledge.store import ping_when_idle

WAIT_SECONDS = 60.0
MOST_CONVERSATIONS = 32
_TAKE = "BEGIN; SET LOCAL lock_timeout = {ms}; SELECT pg_advisory_xact_lock({key})"


class ProcessLockStore(LockStore):
    """First come, first served within this process. Locks nobody holds or waits for are forgotten."""

    def __init__(self) -> None:
        super().__init__()
        self._locks: dict[str, asyncio.Lock] = {}
        self._users: dict[str, int] = {}

    @asynccontextmanager
    async def lock(
        self, conversation_id: str, lock_lifetime: float = WAIT_SECONDS, wait_time_in_seconds: float = 0
    ) -> AsyncIterator[None]:
        """Hold the conversation; LockError if it does not come free within `lock_lifetime` seconds."""
        lock = self._locks.setdefault(conversation_id, asyncio.Lock())
        self._users[conversation_id] = self._users.get(conversation_id, 0) + 1
        try:
            await _acquire(lock, conversation_id, lock_lifetime)
            try:
                yield
            finally:
                lock.release()
        finally:
            self._users[conversation_id] -= 1
            if not self._users[conversation_id]:
                del self._users[conversation_id], self._locks[conversation_id]


class PostgresLockStore(ProcessLockStore):
    """First come, first served among all processes on one PostgreSQL.

    The lock is an advisory lock of an open transaction: it goes when the transaction ends, also when the process
    dies, and works behind a connection pooler. Each conversation being answered holds one connection of a pool of
    their own, so that they can never starve the queries they wait for. Taking the lock is one round trip, and so is
    giving it back.
    """

    def __init__(self, engine: Engine, most: int = MOST_CONVERSATIONS) -> None:
        super().__init__()
        self._engine = create_engine(
            engine.url, pool_size=most, max_overflow=0, pool_timeout=WAIT_SECONDS, isolation_level="AUTOCOMMIT")
        ping_when_idle(self._engine)
        self._room = asyncio.Semaphore(most)

    @asynccontextmanager
    async def lock(
        self, conversation_id: str, lock_lifetime: float = WAIT_SECONDS, wait_time_in_seconds: float = 0
    ) -> AsyncIterator[None]:
        """Hold the conversation in all processes; LockError if it does not come free in time."""
        async with super().lock(conversation_id, lock_lifetime), self._room:
            taking = asyncio.ensure_future(asyncio.to_thread(self._take, conversation_id, lock_lifetime))
            try:
                connection = await asyncio.shield(taking)
            except asyncio.CancelledError:
                taking.add_done_callback(_close_late)
                raise
            try:
                yield
            finally:
                await asyncio.to_thread(connection.close)

    def _take(self, conversation_id: str, seconds: float) -> Connection:
        connection = self._engine.connect()
        try:
            connection.exec_driver_sql(_TAKE.format(ms=max(1, int(seconds * 1000)), key=lock_key(conversation_id)))
        except DBAPIError as error:
            connection.close()
            raise LockError(f"Conversation {conversation_id} could not be locked: {type(error.orig).__name__}") from error
        except BaseException:
            connection.close()
            raise
        return connection

    def close(self) -> None:
        """Give back all connections."""
        self._engine.dispose()


def for_engine(engine: Engine) -> ProcessLockStore:
    """The lock store that fits a database: PostgreSQL may have several processes on it, SQLite has one."""
    return PostgresLockStore(engine) if engine.dialect.name == "postgresql" else ProcessLockStore()


def lock_key(conversation_id: str) -> int:
    """A signed 64-bit number for PostgreSQL; two conversations that share one (never, in practice) merely wait for each other."""
    digest = hashlib.blake2b(conversation_id.encode("utf-8", "surrogatepass"), digest_size=8, person=b"troly.lock")
    return int.from_bytes(digest.digest(), "big", signed=True)


async def _acquire(lock: asyncio.Lock, conversation_id: str, seconds: float) -> None:
    if not lock.locked():
        await lock.acquire()
        return
    try:
        await asyncio.wait_for(lock.acquire(), seconds)
    except asyncio.TimeoutError as error:
        raise LockError(f"Conversation {conversation_id} is still busy after {seconds} s") from error


def _close_late(taking: asyncio.Future[Any]) -> None:
    """A connection that came after its turn was cancelled goes straight back."""
    if not taking.cancelled() and taking.exception() is None:
        taking.result().close()
