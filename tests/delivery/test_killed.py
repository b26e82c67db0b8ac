"""Processes killed at any moment, and processes that share the work: nothing lost, nothing out of order, no reply made twice."""

from __future__ import annotations

import itertools
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text

from bot.delivery.inbox import Inbox
from bot.delivery.tables import inbox, outbox, prepare
from knowledge.store import open_engine
from tests.delivery.fakes import event
from tests.delivery.nursery import read
from tests.nursery import Nursery, nurseries

KILLS, EVENTS, CHATS = 40, 300, 11


@pytest.fixture
def nursery() -> Iterator[Callable[[], Nursery]]:
    with nurseries("tests.delivery.nursery") as make:
        yield make


def states(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {
            f"{table.name} {state}": number for table in (inbox, outbox)
            for state, number in connection.execute(select(table.c.state, func.count()).group_by(table.c.state))}


def unrecorded(engine: Engine, sent: Counter[str]) -> dict[str, int]:
    """Messages that the provider has taken and the outbox doesn't know of, and how often they were taken."""
    with engine.connect() as connection:
        lines = connection.execute(select(outbox.c.message).where(outbox.c.done.is_(None)))
        waiting = [json.loads(line.message) for line in lines]
    return {key: sent[key] for message in waiting if (key := f"{message['chat']} {message['text']}") in sent}


def wait_until(true: Callable[[], bool], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.02)


def is_over(engine: Engine) -> bool:
    """Has the database finished what the dead left it to do? PostgreSQL may still be committing for a client that is gone."""
    if engine.dialect.name == "sqlite":
        return True
    busy = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'")
    with engine.connect() as connection:
        return connection.scalar(busy) == 0


def live_a_little(folder: Path) -> None:
    """Until a server has written a random number of lines, and a random moment more; now and then it dies while it starts."""
    def size() -> int:
        return sum(path.stat().st_size for name in ("accepted", "begun", "ended", "sent") if (path := folder / name).exists())

    start, end = size(), time.monotonic() + (random.uniform(0, 0.1) if random.random() < 0.1 else 2.0)
    enough = random.randint(1, 600)
    while size() < start + enough and time.monotonic() < end:
        time.sleep(0.001)
    time.sleep(random.uniform(0, 0.004))


def expected(chat: int, events: int, chats: int) -> list[str]:
    numbers = range(chat, events, chats)
    return [text for n in numbers for text in (f"{chat} {n}a {'x' * 20}", f"{chat} {n}b {'y' * 20}", f"{chat} {n}c")]


def without_repeats(lines: list[str], chat: int) -> list[str]:
    """A chat's messages, those that came several times in a row once."""
    return [line for line, _ in itertools.groupby(line for line in lines if line.startswith(f"{chat} "))]


def test_killed_at_any_moment(
    database_url: str, tmp_path: Path, nursery: Callable[[], Nursery], record_property: Callable[[str, object], None]
) -> None:
    engine = open_engine(database_url)
    prepare(engine)
    servers, taken_unseen = nursery(), dict[str, int]()
    order = {"url": database_url, "folder": str(tmp_path), "events": EVENTS, "chats": CHATS, "produce": True}
    kills = 0
    while kills < KILLS:
        servers.bear(life=kills, **order)
        live_a_little(tmp_path)
        servers.kill()
        kills += 1
        wait_until(lambda: is_over(engine))
        taken_unseen.update(unrecorded(engine, Counter(read(tmp_path, "sent"))))
    before_the_end = len(read(tmp_path, "sent"))
    servers.bear(life=kills, **order)
    wait_until(lambda: states(engine) == {"inbox done": EVENTS, "outbox sent": 3 * EVENTS})
    servers.kill()

    sent = read(tmp_path, "sent")
    for chat in range(CHATS):
        assert without_repeats(sent, chat) == expected(chat, EVENTS, CHATS), "nothing lost, and in order"
    repeats = {line: number - 1 for line, number in Counter(sent).items() if number > 1}
    assert repeats == taken_unseen, "sent again only what the provider had taken and nobody had noted"
    handled = Counter(line.split()[2] for line in read(tmp_path, "ended"))
    record_property("kills", kills)
    record_property("sent twice", sum(repeats.values()))
    print(f"{engine.dialect.name}: {kills} kills, {before_the_end} messages out by then, {EVENTS} events answered, "
          f"{sum(handled.values()) - EVENTS} answers made anew, {sum(repeats.values())} of {3 * EVENTS} messages sent twice")
    engine.dispose()


def test_two_processes_share_conversations(postgres_url: str, tmp_path: Path, nursery: Callable[[], Nursery]) -> None:
    events, chats = 150, 6
    engine = open_engine(postgres_url)
    prepare(engine)
    stores = [Inbox(engine), Inbox(open_engine(postgres_url))]
    order = {"life": 0, "url": postgres_url, "folder": str(tmp_path), "events": events, "chats": chats, "produce": False}
    for servers in (nursery(), nursery()):
        servers.bear(**order)
    for number, store in zip(range(events), itertools.cycle(stores)):
        assert store.store([event(number, chat=str(number % chats))]) == 1
        assert stores[number % 2 - 1].store([event(number, chat=str(number % chats))]) == 0, "the provider repeats it to the other one"
    wait_until(lambda: states(engine) == {"inbox done": events, "outbox sent": 3 * events})

    begun = [line.split() for line in read(tmp_path, "begun")]
    assert len(begun) == events, "each event was answered once"
    processes = {chat: [process for process, where, _ in begun if where == str(chat)] for chat in range(chats)}
    hops = sum(one != other for turns in processes.values() for one, other in zip(turns, turns[1:]))
    assert hops > chats, "conversations went from one process to the other"
    sent = read(tmp_path, "sent")
    for chat in range(chats):
        assert [line for line in sent if line.startswith(f"{chat} ")] == expected(chat, events, chats), "no loss, repeat or disorder"
    with engine.connect() as connection:
        assert connection.scalar(select(func.count(outbox.c.dedupe.distinct()))) == 3 * events
    for store in stores:
        store.engine.dispose()
    print(f"two processes: {events} events in {chats} conversations, {hops} hops between processes")
