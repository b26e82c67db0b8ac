"""Noticing in one process that another has put a plan in force."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine

from knowledge.store.errors import StoreError
from knowledge.store.plans import CHANNEL, PlanStore

_log = logging.getLogger(__name__)


def watch(engine: Engine, on_change: Callable[[int], None], stop: threading.Event, interval: float = 1.0,
          known: int | None = None) -> None:
    """Call `on_change(revision)` soon after each accepted import, until `stop` is set. Runs in a thread of its own.

    `known` is the revision that the caller has seen (None: the one there is now). Asks for the revision every `interval`
    seconds; on PostgreSQL a NOTIFY wakes it at once. A database that is away for a while is asked again; changes made
    meanwhile are noticed then.
    """
    known = _revision(engine) if known is None else known
    listener = _Listener(engine)
    try:
        while not stop.is_set():
            listener.wait(stop, interval)
            found = _revision(engine)
            if found is not None and found != known:
                if known is not None:
                    on_change(found)
                known = found
    finally:
        listener.close()


def _revision(engine: Engine) -> int | None:
    try:
        return PlanStore(engine).revision()
    except StoreError as error:
        _log.warning("the revision can't be read: %s", error)
        return None


class _Listener:
    """Waits for a notification where the database can send one, else just waits."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._error: type[Exception] = getattr(engine.dialect.loaded_dbapi, "Error", Exception)
        self._connection: Any = None
        self._retry_at = 0.0

    def wait(self, stop: threading.Event, seconds: float) -> None:
        """Return after `seconds`, or earlier on a notification or when `stop` is set."""
        connection = self._listening()
        if connection is None:
            stop.wait(seconds)
            return
        try:
            # psycopg can't be woken by the event: stop is seen after at most one interval.
            for _ in connection.notifies(timeout=seconds, stop_after=1):
                break
        except self._error:
            _log.info("listening for new plans failed, polling goes on", exc_info=True)
            self.close()
            stop.wait(seconds)

    def close(self) -> None:
        """Give the connection back to the server."""
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close()
            except self._error:
                _log.debug("closing the listening connection failed", exc_info=True)

    def _listening(self) -> Any:
        if self._engine.dialect.name != "postgresql" or self._connection is not None or time.monotonic() < self._retry_at:
            return self._connection
        self._retry_at = time.monotonic() + 30
        try:
            # A connection of its own, out of the pool: it is in autocommit and busy waiting all its life.
            arguments, options = self._engine.dialect.create_connect_args(self._engine.url)
            dbapi: Any = self._engine.dialect.loaded_dbapi
            self._connection = dbapi.connect(*arguments, **{**options, "autocommit": True, "connect_timeout": 5})
            self._connection.execute(f"LISTEN {CHANNEL}")
        except self._error:
            _log.info("LISTEN is not possible, polling goes on", exc_info=True)
            self.close()
        return self._connection
