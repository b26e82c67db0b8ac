"""Whether a channel works, in one direction: it rests when the provider wants no more of us, and somebody is told once."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Callable

from bot.channels.port import SendFailed
from bot.delivery.background import Background

log = logging.getLogger(__name__)

#: Told of a channel and a chat, or of a channel and what is wrong with it. A plain function is run in a thread.
Callback = Callable[[str, str], object]


class Health:
    """The state of sending to a channel, or of asking it. `pause`: seconds that it rests before it is tried again."""

    def __init__(self, channel: str, pause: float, background: Background, on_alarm: Callback | None) -> None:
        self._channel, self._pause, self._background, self._on_alarm = channel, pause, background, on_alarm
        self._until = 0.0
        self.stopped = False

    @property
    def resting(self) -> bool:
        """Is it to be left alone for now?"""
        return self.stopped and asyncio.get_running_loop().time() < self._until

    async def stop(self, failure: SendFailed) -> float:
        """The provider wants no more: rest, and tell somebody if this is news. Seconds of the rest."""
        rest = max(self._pause, failure.retry_after or 0.0)
        self._until = asyncio.get_running_loop().time() + rest
        if not self.stopped:
            self.stopped = True
            log.error("channel %s is stopped for %.0f s: %s", self._channel, rest, failure.reason)
            await tell(self._background, self._on_alarm, self._channel, failure.reason)
        return rest

    def works(self) -> None:
        """The provider has taken something. What it took before it said stop doesn't count."""
        if self.stopped and not self.resting:
            self.stopped = False
            log.warning("channel %s works again", self._channel)


async def tell(background: Background, callback: Callback | None, channel: str, what: str) -> None:
    """Call back; whatever happens there is logged and harms nothing here."""
    try:
        told = None if callback is None else await background.run(callback, channel, what)
        if inspect.isawaitable(told):
            await told
    except Exception:
        log.exception("channel %s: could not pass on what happened", channel)
