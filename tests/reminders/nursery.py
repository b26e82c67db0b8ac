"""Makes reminding processes quickly: `python -m tests.reminders.nursery` imports everything once and forks one for each line it reads.

A line is JSON: the arguments of `remind`. The answer is a line with the new process's id; the next line asks for its end. A process
does rounds on one day and sends what is queued, writing in `folder`: `sent`, each message as the provider took it; `idle`, the day
when there was nothing more to do.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, select

from bot.delivery.outbox import Outbox
from bot.delivery.tables import outbox
from bot.reminders.calendar import ZONE
from bot.reminders.failover import Failover
from bot.reminders.planner import Planner
from knowledge.agencies import Registry
from knowledge.store import open_engine


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


def main() -> None:
    """Fork a process for a line; wait for its end at the next line, and say so."""
    for url in ("sqlite://", "postgresql+psycopg://"):
        create_engine(url)  # imports its driver
    Registry.load()
    for line in sys.stdin:
        order: dict[str, Any] = json.loads(line)
        child = os.fork()
        if child == 0:
            remind(**order)
        print(child, flush=True)
        if not sys.stdin.readline():
            break
        os.waitpid(child, 0)
        print("dead", flush=True)


if __name__ == "__main__":
    main()
