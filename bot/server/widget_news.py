"""One look at the outbox for all streams of this process: what is new goes to whoever follows its conversation.

However many people keep a page open, the database is asked once now and then for all of them, and at once about conversations to which
this process has just sent something. Nothing is told twice; a stream reads for itself what was sent before it began to listen.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from bot.delivery import rows
from bot.delivery.background import wait_for
from bot.server.widget_reading import Reader, Sent
from knowledge.store import StoreError

log = logging.getLogger(__name__)

_LATE = 30.0  # seconds: processes commit out of order and their clocks differ a little


class Listener:
    """What one stream is told."""

    def __init__(self) -> None:
        self._told: asyncio.Queue[Sent | None] = asyncio.Queue()
        self.over = False

    def tell(self, sent: Sent | None) -> None:
        """A message, or None: there won't be any more."""
        self._told.put_nowait(sent)

    async def next(self, seconds: float) -> Sent | None:
        """The next message; None where none came in time, or none will."""
        try:
            sent = await asyncio.wait_for(self._told.get(), seconds)
        except asyncio.TimeoutError:
            return None
        self.over = self.over or sent is None
        return sent


class News:
    """Looks into the outbox for those who listen. `interval`: seconds between two looks at everything."""

    def __init__(self, reader: Reader, interval: float) -> None:
        self._reader, self._interval = reader, interval
        self._listeners: dict[str, set[Listener]] = {}
        self._rung: set[str] = set()
        self._bell = asyncio.Event()
        self._told: dict[int, float] = {}  # message → when it was sent
        self._mark = reader.now()
        self._closed = False

    @contextmanager
    def listening(self, conversation: str) -> Iterator[Listener]:
        """A listener that is told what is sent to a conversation from now on; a message of this very moment perhaps twice."""
        listener, conversation = Listener(), rows.key(conversation)
        if self._closed:
            listener.tell(None)
        self._listeners.setdefault(conversation, set()).add(listener)
        try:
            yield listener
        finally:
            self._listeners[conversation].discard(listener)
            if not self._listeners[conversation]:
                del self._listeners[conversation]

    def ring(self, conversation: str) -> None:
        """Something was just sent to a conversation; to be called in the loop."""
        if (conversation := rows.key(conversation)) in self._listeners:
            self._rung.add(conversation)
            self._bell.set()

    async def run(self) -> None:
        """Look for as long as the program runs."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            await wait_for(self._bell, due - loop.time())
            self._bell.clear()
            rung, self._rung = self._rung, set()
            try:
                if loop.time() >= due:
                    due = loop.time() + self._interval
                    await self._look_around()
                elif rung:
                    self._tell(await asyncio.to_thread(self._reader.just_sent, rung, self._told))
            except StoreError as error:
                log.warning("the outbox could not be read: %s", error)
                await asyncio.sleep(self._interval)
            except Exception:
                log.exception("the news could not be told")
                await asyncio.sleep(self._interval)

    def close(self) -> None:
        """Tell all listeners that there won't be any more."""
        self._closed = True
        for listeners in self._listeners.values():
            for listener in listeners:
                listener.tell(None)

    async def _look_around(self) -> None:
        """Tell what is new, wherever."""
        if not self._listeners:
            self._mark, self._told = self._reader.now(), {}
            return
        since = self._mark - _LATE
        self._told = {id_: sent for id_, sent in self._told.items() if sent > since}
        self._tell(await asyncio.to_thread(self._reader.sent_since, since, self._told))

    def _tell(self, found: Iterable[tuple[str, Sent]]) -> None:
        for conversation, sent in found:
            self._told[sent.id] = sent.sent
            self._mark = max(self._mark, min(sent.sent, self._reader.now()))
            for listener in self._listeners.get(conversation, ()):
                listener.tell(sent)
