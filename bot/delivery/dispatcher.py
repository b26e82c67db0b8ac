"""Brings events to the assistant and its answers to the channels, for as long as the program runs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

from bot.channels.port import Channel, Incoming, Outgoing
from bot.delivery.background import Background, wait_for
from bot.delivery.health import Callback, Health
from bot.delivery.inbox import Claimed, Inbox
from bot.delivery.outbox import Outbox, pieces
from bot.delivery.poller import Poller, Turnstile
from bot.delivery.sender import Pace, Sender
from knowledge.store import gathering

log = logging.getLogger(__name__)

#: Answers an event. May be called again for the same event, where the process died or the answer could not be stored. What it gives to
#: `knowledge.store.write` is written with the answer.
Handle = Callable[[Incoming], Awaitable[Sequence[Outgoing]]]

#: Messages per second that the providers allow in all, and to one chat. A channel that is not named has no limit.
RATES: Mapping[str, float] = {"telegram": 25.0}
CHAT_RATES: Mapping[str, float] = {"telegram": 1.0}
LEASE, IDLE, PAUSE = 60.0, 0.5, 300.0
_FIRST_RETRY, _CLOSING = 1.0, 5.0


class Dispatcher:
    """The running side of the delivery: answers events, sends messages, asks channels that have to be asked.

    Several processes on one PostgreSQL share the work. `handle` answers up to `workers` events at a time, those of one conversation
    one after the other. `rates`, `chat_rates`: messages per second of a channel in all, and to one chat. `on_unlink(channel, chat)`:
    the person blocked us or is gone; `on_alarm(channel, reason)`: a channel is stopped, told once until it works again. `lease`:
    seconds that work is ours without a sign of life. `idle`: seconds between two looks at the database. `pause`: seconds that a
    stopped channel rests.
    """

    def __init__(
        self, inbox: Inbox, outbox: Outbox, channels: Mapping[str, Channel], handle: Handle, *, workers: int = 8,
        rates: Mapping[str, float] = RATES, chat_rates: Mapping[str, float] = CHAT_RATES,
        on_unlink: Callback | None = None, on_alarm: Callback | None = None,
        lease: float = LEASE, idle: float = IDLE, pause: float = PAUSE,
    ) -> None:
        self._inbox, self._channels, self._handle = inbox, channels, handle
        self._lease, self._idle = lease, idle
        self._background = Background()
        self._healths: list[tuple[str, Health]] = []
        self._senders: dict[str, Sender] = {}
        self._pollers: list[Poller] = []
        for name, channel in channels.items():
            pace = Pace(rates.get(name, 0.0), chat_rates.get(name, 0.0), lease=lease, idle=idle)
            self._senders[name] = Sender(channel, outbox, self._background, pace, self._health(name, pause, on_alarm), on_unlink)
            if channel.polls:
                turnstile = Turnstile(inbox.engine, name)
                self._pollers.append(
                    Poller(channel, inbox, self._background, turnstile, self._health(name, pause, on_alarm), self.wake))
        self._news, self._room = asyncio.Event(), asyncio.Semaphore(workers)
        self._turns: set[asyncio.Task[None]] = set()
        self._notices: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ending = False

    async def start(self) -> None:
        """Begin to work. Returns at once: a channel that is slow to open holds up nobody."""
        self._loop = asyncio.get_running_loop()
        self._opening = [asyncio.create_task(self._open(channel)) for channel in self._channels.values()]
        self._feeding = asyncio.create_task(self._feed())
        self._sending = [asyncio.create_task(sender.run()) for sender in self._senders.values()]
        self._polling = [asyncio.create_task(poller.run()) for poller in self._pollers]

    async def stop(self, grace: float) -> None:
        """Take nothing new; let what was begun be answered and sent within `grace` seconds. The rest waits in the database."""
        if self._loop is None:
            return
        until = self._loop.time() + grace
        self._ending, self._loop = True, None
        self._wake()
        for poller in self._pollers:
            poller.stop()
        await _end([self._feeding, *self._polling], until)
        await _cancel(self._turns)
        for sender in self._senders.values():
            sender.finish()
        await _end(self._sending, until)
        await asyncio.gather(*(sender.cancel() for sender in self._senders.values()))
        await _cancel([*self._notices, *self._opening])
        await asyncio.gather(*(self._close(channel) for channel in self._channels.values()))
        await asyncio.to_thread(self._background.close)

    def wake(self) -> None:
        """There are new events. From any thread, also before the start."""
        loop = self._loop
        if loop is not None:
            loop.call_soon_threadsafe(self._wake)

    def states(self) -> dict[str, bool]:
        """Which channels work, by name; one that rests does not."""
        works = dict.fromkeys(self._channels, True)
        for name, health in self._healths:
            works[name] = works[name] and not health.stopped
        return works

    def _wake(self) -> None:
        self._news.set()

    def _health(self, name: str, pause: float, on_alarm: Callback | None) -> Health:
        health = Health(name, pause, self._background, on_alarm)
        self._healths.append((name, health))
        return health

    async def _feed(self) -> None:
        """Begin a turn for each event that waits; ends with the last turn when the dispatcher does."""
        while not self._ending:
            self._news.clear()
            try:
                while not self._ending and await self._begin_next():
                    pass
            except Exception:
                log.exception("answering is interrupted")
            await wait_for(self._news, self._idle)
        if self._turns:
            await asyncio.wait(self._turns)

    async def _begin_next(self) -> bool:
        await self._room.acquire()
        claimed = None
        try:
            if not self._ending:
                claimed = await self._background.claim(self._inbox.claim, self._inbox.release, self._lease)
        finally:
            if claimed is None:
                self._room.release()
        if claimed is None:
            return False
        turn = asyncio.create_task(self._turn(claimed))
        self._turns.add(turn)
        turn.add_done_callback(self._over)
        return True

    def _over(self, turn: asyncio.Task[None]) -> None:
        self._turns.discard(turn)
        self._room.release()
        self._wake()  # the next event of its conversation may have waited for it

    async def _turn(self, claimed: Claimed) -> None:
        self._notice(claimed.event)
        try:
            async with self._background.holding(self._inbox.extend, claimed, self._lease):
                await self._answer(claimed)
        except asyncio.CancelledError:
            await self._background.run(self._inbox.release, claimed)
            raise
        except Exception:
            log.exception("inbox event %s could not be answered", claimed.id)
            await self._fail(claimed)

    async def _answer(self, claimed: Claimed) -> None:
        name = claimed.event.channel
        channel = self._channels.get(name)
        at_once = channel is not None and channel.reads_outbox
        with gathering(self._inbox.engine) as writes:
            replies = self._fitting(name, await self._handle(claimed.event))
        if not await self._background.insist(self._inbox.finish, claimed, replies, at_once, writes):
            log.warning("inbox event %s was answered elsewhere meanwhile", claimed.id)
        elif channel is not None and at_once:
            channel.noted(claimed.event.conversation)
        elif channel is not None:
            self._senders[name].wake()

    async def _fail(self, claimed: Claimed) -> None:
        try:
            await self._background.insist(self._inbox.fail, claimed, _FIRST_RETRY * 3 ** (claimed.attempts - 1))
        except Exception:
            log.exception("the failure of inbox event %s could not be recorded", claimed.id)

    def _fitting(self, channel: str, replies: Iterable[Outgoing]) -> list[Outgoing]:
        """The replies in pieces that the channel can send."""
        if channel not in self._channels:
            return list(replies)
        return [piece for reply in replies for piece in pieces(reply, self._channels[channel].longest)]

    def _notice(self, event: Incoming) -> None:
        """Show the person that the event was seen, without waiting for it."""
        if event.channel in self._channels:
            notice = asyncio.create_task(_quietly(self._channels[event.channel].acknowledge(event), event.channel))
            self._notices.add(notice)
            notice.add_done_callback(self._notices.discard)

    async def _open(self, channel: Channel) -> None:
        await _quietly(channel.start(), channel.name)

    async def _close(self, channel: Channel) -> None:
        await _quietly(asyncio.wait_for(channel.stop(), _CLOSING), channel.name)


async def _quietly(work: Awaitable[None], channel: str) -> None:
    """What a channel does beside sending harms nothing if it fails."""
    try:
        await work
    except Exception:
        log.exception("channel %s: fault", channel)


async def _end(tasks: Sequence[asyncio.Task[None]], until: float) -> None:
    """Wait for tasks until a time of the loop's clock, then cancel those that still run."""
    if tasks:
        await asyncio.wait(tasks, timeout=max(0.0, until - asyncio.get_running_loop().time()))
        await _cancel(tasks)


async def _cancel(tasks: Iterable[asyncio.Task[None]]) -> None:
    running = [task for task in tasks if not task.done()]
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
