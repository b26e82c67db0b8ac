"""Makes reminding processes quickly: `python -m tests.reminders.nursery` imports everything once and forks one for each line it reads.

A line is JSON: the arguments of `remind`. The answer is a line with the new process's id; the next line asks for its end. A process
does rounds on one day and sends what is queued, writing in `folder`: `sent`, each message as the provider took it; `idle`, the day
when there was nothing more to do.
"""

from __future__ import annotations

import json
import os
import random
import time
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, select

from bot.delivery.outbox import Outbox
from bot.delivery.tables import outbox
from bot.reminders.calendar import ZONE
from bot.reminders.failover import Failover
from bot.reminders.planner import Planner
from knowledge.agencies import Registry
from knowledge.store import open_engine
from tests.nursery import forks


def remind(url: str, folder: str, day: str, born: float, lease: float) -> None:
    """Run until killed, at 07:30 of the day and as many seconds later as `born` (wall clock) is past."""
    engine, place = open_engine(url), Path(folder)
    start = datetime.fromisoformat(f"{day} 07:30").replace(tzinfo=ZONE).timestamp()

    def clock() -> float:
        return start + time.time() - born

    planner, box = Planner(engine, clock=clock), Outbox(engine, clock)
    failover = Failover(planner)
    sent, idle = (os.open(place / name, os.O_WRONLY | os.O_APPEND | os.O_CREAT) for name in ("sent", "idle"))
    while True:
        queued = planner.round().digests
        failover.round(clock(), planner.blocked())
        while (waiting := box.claim("telegram", lease)) is not None:
            pause()
            about = [[n["ref"], n["deadline"], n["step"]] for n in waiting.message.record["notices"]]
            os.write(sent, f"{json.dumps([waiting.id, waiting.message.chat, about])}\n".encode())
            pause()
            box.sent(waiting, "taken")
        if not queued and not _open(engine):
            os.write(idle, f"{day}\n".encode())
        time.sleep(0.005)


def pause() -> None:
    """Room for a kill."""
    time.sleep(random.random() * 0.002)


def _open(engine: Engine) -> bool:
    with engine.connect() as connection:
        return connection.scalar(select(outbox.c.id).where(outbox.c.done.is_(None)).limit(1)) is not None


if __name__ == "__main__":
    Registry.load()
    forks(remind)
