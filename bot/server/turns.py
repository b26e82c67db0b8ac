"""The assistant in a thread of its own.

A turn is milliseconds of plain computation; on the server's own event loop every webhook, stream and health check would wait for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Protocol, TypeVar

Record = dict[str, Any]

_JOIN_SECONDS = 5.0
_T = TypeVar("_T")


class Answering(Protocol):
    """What the server needs of an assistant; see `bot.assistant.assistant.Assistant.answer`."""

    async def answer(
        self,
        text: str,
        *,
        conversation: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        channel: str | None = None,
        payload: bool = False,
    ) -> Record:
        """The answer record of one message."""
        ...


class Turns:
    """Runs an assistant and all that goes with a turn.

    `load` makes the assistant, in the thread that will run it. `watch` is told of each turn, in that thread too: the channel, the
    record, and how many seconds the assistant took.
    """

    def __init__(self, load: Callable[[], Answering], watch: Callable[[str, Record, float], None]) -> None:
        self._load, self._watch = load, watch
        self._thread = threading.Thread(target=self._run, name="assistant", daemon=True)
        self._assistant: Answering | None = None

    @property
    def ready(self) -> bool:
        """Is the assistant loaded and its thread running?"""
        return self._assistant is not None and self._thread.is_alive()

    async def start(self) -> None:
        """Load the assistant; raises what loading raises. The caller's loop stays free meanwhile."""
        self._here, self._loaded = asyncio.get_running_loop(), asyncio.Event()
        self._trouble: BaseException | None = None
        self._thread.start()
        await self._loaded.wait()
        if self._trouble is not None:
            raise self._trouble

    async def run(self, turn: Coroutine[Any, Any, _T]) -> _T:
        """The result of a coroutine, run in the assistant's thread; cancelled there where the waiting is cancelled here."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(turn, self._loop))

    async def answer(
        self,
        text: str,
        *,
        conversation: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        channel: str | None = None,
        payload: bool = False,
    ) -> Record:
        """The assistant's answer, counted. Only within `run`."""
        assert self._assistant is not None, "answer() before start()"
        start = time.perf_counter()
        record = await self._assistant.answer(text, conversation=conversation, metadata=metadata, channel=channel, payload=payload)
        self._watch(channel or "", record, time.perf_counter() - start)
        return record

    async def stop(self) -> None:
        """End the thread; what still runs in it is cancelled."""
        if self.ready:
            self._assistant = None
            self._loop.call_soon_threadsafe(self._end.set)
            await asyncio.to_thread(self._thread.join, _JOIN_SECONDS)

    def _run(self) -> None:
        try:
            assistant = self._load()
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is for the one who called start()
            self._trouble = error
            self._tell()
            return
        asyncio.run(self._serve(assistant))

    async def _serve(self, assistant: Answering) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        self._assistant = assistant
        self._tell()
        await self._end.wait()

    def _tell(self) -> None:
        """Wake who waits for start(), unless the server was stopped meanwhile."""
        with contextlib.suppress(RuntimeError):
            self._here.call_soon_threadsafe(self._loaded.set)
