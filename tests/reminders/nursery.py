"""Makes reminding processes quickly: `python -m tests.reminders.nursery` imports everything once and forks one for each line it reads.

A line is JSON: the arguments of `remind`. The answer is a line with the new process's id; the next line asks for its end. A process
does rounds on one day and sends what is queued, writing in `folder`: `sent`, each message as the provider took it; `rest`, a line when
there is nothing to send for now; `idle`, the day when there is nothing more to do at all.
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
from bot.reminders import planner as planning
from bot.reminders.calendar import ZONE
from bot.reminders.failover import Failover
from knowledge.store import migrate, open_engine
from tests.nursery import forks
from tests.reminders.world import World, row

_AT_ONCE = 4  # people a transaction: more moments between two of them


def remind(url: str, folder: str, day: str, born: float, lease: float) -> None:
    """Run until killed, at 07:30 of the day and as many seconds later as `born` (wall clock) is past."""
    random.seed()  # else all of one program would pause alike
    planning._AT_ONCE = _AT_ONCE
    engine, place = open_engine(url), Path(folder)
    start = datetime.fromisoformat(f"{day} 07:30").replace(tzinfo=ZONE).timestamp()

    def clock() -> float:
        return start + time.time() - born

    planner, box = planning.Planner(engine, clock=clock), Outbox(engine, clock)
    failover = Failover(planner)
    sent, rest, idle = (os.open(place / name, os.O_WRONLY | os.O_APPEND | os.O_CREAT) for name in ("sent", "rest", "idle"))
    while True:
        queued = planner.round().digests
        failover.round(clock(), planner.blocked())
        while (waiting := box.claim("telegram", lease)) is not None:
            pause()
            about = [[n["ref"], n["deadline"], n["step"]] for n in waiting.message.record["notices"]]
            os.write(sent, f"{json.dumps([waiting.id, waiting.message.chat, about])}\n".encode())
            pause()
            box.sent(waiting, "taken")
        if not queued:
            os.write(rest, b"now\n")
            if not _open(engine):
                os.write(idle, f"{day}\n".encode())
        time.sleep(0.01)


def pause() -> None:
    """Room for a kill."""
    time.sleep(random.random() * 0.003)


def warm() -> None:
    """Do once what a process does once, so that those forked begin at once."""
    engine = open_engine("sqlite://")
    migrate(engine)
    world = World(engine, [row("1", "2026-04-08")])
    world.person("An")
    world.at("2026-04-01 07:30")


def _open(engine: Engine) -> bool:
    with engine.connect() as connection:
        return connection.scalar(select(outbox.c.id).where(outbox.c.done.is_(None)).limit(1)) is not None


if __name__ == "__main__":
    warm()
    forks(remind)
