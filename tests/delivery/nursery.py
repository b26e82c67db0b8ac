"""Makes server processes quickly: `python -m tests.delivery.nursery` imports everything once and forks a server for each line it reads.

A line is JSON: the arguments of `serve`. The answer is a line with the new process's id; the next line asks for its end. A server
stores the events that nobody confirmed yet, as providers repeat them, and answers and sends, writing down in `folder`:
`accepted`, each event once it was stored; `begun` and `ended`, each answer; `sent`, each message as the provider took it.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import Sequence
from pathlib import Path

from bot.channels.port import Incoming, Outgoing
from bot.delivery.dispatcher import Dispatcher
from bot.delivery.inbox import Inbox
from bot.delivery.outbox import Outbox
from knowledge.store import open_engine
from tests.delivery.fakes import FakeChannel, event
from tests.nursery import forks

LONGEST = 40
_LEASE = 60.0


class Journal:
    """Lines that are there for good once `write` returns, also when the process is killed."""

    def __init__(self, folder: Path, name: str) -> None:
        self._file = os.open(folder / name, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def write(self, line: str) -> None:
        os.write(self._file, f"{line}\n".encode())


def read(folder: Path, name: str) -> list[str]:
    """What a journal says so far."""
    path = folder / name
    return path.read_text().splitlines() if path.exists() else []


class Provider(FakeChannel):
    """Takes a message at an instant, and may be killed before or after it."""

    def __init__(self, journal: Journal) -> None:
        super().__init__("fake", LONGEST)
        self._journal = journal

    async def send(self, message: Outgoing) -> str:
        await asyncio.sleep(random.random() * 0.003)
        self._journal.write(f"{message.chat} {message.text}")
        await asyncio.sleep(random.random() * 0.003)
        return "taken"


async def serve(life: int, url: str, folder: str, events: int, chats: int, produce: bool) -> None:
    """Run until killed."""
    place = Path(folder)
    begun, ended, accepted = (Journal(place, name) for name in ("begun", "ended", "accepted"))

    def clock() -> float:
        return time.time() + life * 2 * _LEASE  # what a life before this one had claimed has run out

    async def handle(event: Incoming) -> Sequence[Outgoing]:
        begun.write(f"{os.getpid()} {event.chat} {event.event_id}")
        await asyncio.sleep(random.random() * 0.004)
        ended.write(f"{os.getpid()} {event.chat} {event.event_id}")
        number = event.event_id
        return [Outgoing(event.chat, f"{number}a {'x' * 20}\n\n{number}b {'y' * 20}"), Outgoing(event.chat, f"{number}c")]

    engine = open_engine(url)
    inbox = Inbox(engine, clock)
    dispatcher = Dispatcher(inbox, Outbox(engine, clock), {"fake": Provider(Journal(place, "sent"))}, handle, lease=_LEASE, idle=0.05)
    await dispatcher.start()
    if produce:
        confirmed = len(read(place, "accepted"))
        for number in range(max(0, confirmed - 3), events):
            await asyncio.to_thread(inbox.store, [event(number, chat=str(number % chats))])
            if number >= confirmed:
                accepted.write(str(number))
            dispatcher.wake()
    await asyncio.Event().wait()


if __name__ == "__main__":
    forks(lambda **order: asyncio.run(serve(**order)))
