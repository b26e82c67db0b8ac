"""Sends the messages of one channel, at its pace, whatever the other channels do."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from bot.channels.port import Channel, Remedy, SendFailed
from bot.delivery.background import Background, wait_for
from bot.delivery.health import Callback, Health, tell
from bot.delivery.outbox import Outbox, Waiting, pieces

log = logging.getLogger(__name__)

_MADE_UP = 0.2  # seconds of delay that a channel with a rate may make up for


@dataclass(frozen=True)
class Pace:
    """How a channel may be used. `rate`: messages per second in all, `chat_rate`: to one chat; 0 is no limit. `most`: chats at a time.

    `lease`: seconds that a claim lasts. `idle`: seconds between two looks at the database.
    """

    rate: float = 0.0
    chat_rate: float = 0.0
    most: int = 32
    lease: float = 60.0
    idle: float = 0.5


class Sender:
    """Takes messages from the outbox to one channel."""

    def __init__(
        self, channel: Channel, outbox: Outbox, background: Background, pace: Pace, health: Health, on_unlink: Callback | None = None
    ) -> None:
        self._channel, self._outbox, self._background, self._pace = channel, outbox, background, pace
        self._health, self._on_unlink = health, on_unlink
        self._gap = 1 / pace.chat_rate if pace.chat_rate else 0.0
        self._sending: set[asyncio.Task[None]] = set()
        self._news, self._room = asyncio.Event(), asyncio.Semaphore(pace.most)
        self._next = 0.0
        self._ending = False

    def wake(self) -> None:
        """There may be something to send."""
        self._news.set()

    async def run(self) -> None:
        """Send until `finish` was called and nothing more can be sent now."""
        while True:
            self._news.clear()
            try:
                while await self._send_next():
                    pass
            except Exception:
                log.exception("channel %s: sending is interrupted", self._channel.name)
            if self._ending and not self._sending and not self._news.is_set():
                return
            await wait_for(self._news, self._pace.idle)

    def finish(self) -> None:
        """Send what can be sent at once, then end."""
        self._ending = True
        self.wake()

    async def cancel(self) -> None:
        """End at once: messages under way go back to the outbox."""
        sending = list(self._sending)
        for task in sending:
            task.cancel()
        await asyncio.gather(*sending, return_exceptions=True)

    async def _send_next(self) -> bool:
        """Begin to send the next message; False where there is none, or the channel rests."""
        if self._health.resting:
            return False
        now = asyncio.get_running_loop().time()
        await asyncio.sleep(max(0.0, self._next - now))
        await self._room.acquire()
        waiting = None
        try:
            waiting = await self._background.claim(
                self._outbox.claim, self._outbox.release, self._channel.name, self._pace.lease, self._gap)
        finally:
            if waiting is None:
                self._room.release()
        if waiting is None:
            return False
        if self._pace.rate:
            self._next = max(self._next, now - _MADE_UP) + 1 / self._pace.rate
        task = asyncio.create_task(self._send(waiting))
        self._sending.add(task)
        task.add_done_callback(self._over)
        if self._health.stopped:
            await asyncio.wait([task])  # one message tries whether the channel works again
        return True

    def _over(self, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        self._room.release()
        self.wake()
        if self._gap:
            asyncio.get_running_loop().call_later(self._gap, self.wake)

    async def _send(self, waiting: Waiting) -> None:
        try:
            async with self._background.holding(self._outbox.extend, waiting, self._pace.lease):
                await self._try(waiting)
        except asyncio.CancelledError:
            await self._background.run(self._outbox.release, waiting)
            raise
        except Exception:
            log.exception("channel %s: what became of message %s could not be recorded", self._channel.name, waiting.id)

    async def _try(self, waiting: Waiting) -> None:
        provider_id = ""
        try:
            for piece in pieces(waiting.message, self._channel.longest):
                provider_id = await self._channel.send(piece)
        except SendFailed as failure:
            await self._failed(waiting, failure)
        except Exception as error:
            log.exception("channel %s: fault while sending message %s", self._channel.name, waiting.id)
            await self._failed(waiting, SendFailed(Remedy.RETRY, type(error).__name__))
        else:
            await self._background.insist(self._outbox.sent, waiting, provider_id)
            self._channel.noted(waiting.conversation)
            self._health.works()

    async def _failed(self, waiting: Waiting, failure: SendFailed) -> None:
        if failure.remedy is Remedy.STOP_CHANNEL:
            await self._health.stop(failure)
        await self._background.insist(self._outbox.failed, waiting, failure)
        if failure.remedy is Remedy.UNLINK:
            await tell(self._background, self._on_unlink, self._channel.name, waiting.message.chat)
