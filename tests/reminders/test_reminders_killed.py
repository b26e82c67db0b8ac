"""Processes killed at any moment while they plan and send: nothing lost, nothing told twice but what the provider took unseen."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from bot.delivery.tables import outbox
from bot.reminders.tables import notices
from knowledge.store import migrate, open_engine
from tests.nursery import Nursery, nurseries
from tests.reminders.world import FINANCE, HEALTH, World, row

LEASE = 20.0
DAYS = tuple(f"2026-04-{day:02}" for day in (1, 2, 3, 6, 7, 8, 9, 10, 13, 20))
KILLS, ROUNDS = 20, 3  # a day
Key = tuple[str, str, str, str]


@pytest.fixture
def nursery() -> Iterator[Callable[[], Nursery]]:
    with nurseries("tests.reminders.nursery") as make:
        yield make


def settle(engine: Engine) -> World:
    world = World(engine, [row(str(n), f"2026-04-{1 + n % 12:02}", lead=[HEALTH if n % 2 else FINANCE]) for n in range(12)])
    for number in range(40):
        world.person(f"An {number}", HEALTH if number % 2 else FINANCE)
    return world


def undisturbed() -> set[Key]:
    """What is told where nobody is killed."""
    engine = open_engine("sqlite://")
    migrate(engine)
    world = settle(engine)
    told = {(m.chat, number, step) for day in DAYS for m in world.at(f"{day} 07:30") for number, step in m.steps.items()}
    assert len(told) > 400
    return recorded(engine)


def recorded(engine: Engine) -> set[Key]:
    n = notices.c
    with engine.connect() as connection:
        return {(f"telegram-{official}", ref, deadline, step)
                for official, ref, deadline, step in connection.execute(select(n.official, n.ref, n.deadline, n.step))}


def lines(folder: Path, name: str) -> list[str]:
    path = folder / name
    return path.read_text().splitlines() if path.exists() else []


def live_a_little(folder: Path) -> None:
    """Until some more was sent, or nothing can be for now, and a moment; now and then it dies while it starts or plans."""
    if random.random() < 0.3:
        time.sleep(random.uniform(0, 0.2))
        return
    enough, rest = len(lines(folder, "sent")) + random.randint(1, 3), len(lines(folder, "rest"))
    while len(lines(folder, "sent")) < enough and len(lines(folder, "rest")) <= rest + 1:
        time.sleep(0.004)
    time.sleep(random.uniform(0, 0.008))


def wait_until_idle(folder: Path, day: str, seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while day not in lines(folder, "idle"):
        assert time.monotonic() < end, "it did not come to rest"
        time.sleep(0.005)


def taken_unseen(engine: Engine, folder: Path) -> set[int]:
    """Messages that the provider has and the outbox doesn't know of."""
    with engine.connect() as connection:
        waiting = set(connection.scalars(select(outbox.c.id).where(outbox.c.done.is_(None))))
    return waiting & {json.loads(line)[0] for line in lines(folder, "sent")}


def account(engine: Engine, folder: Path, unseen: Counter[int]) -> tuple[int, int]:
    """(told twice because it was taken unseen, told twice for another reason), after checking that nothing is lost."""
    sent = [json.loads(line) for line in lines(folder, "sent")]
    told = Counter((chat, *key) for _, chat, about in sent for key in map(tuple, about))
    expected = undisturbed()
    assert set(told) == expected == recorded(engine), "nothing lost, nothing made up"
    times = Counter(id_ for id_, _, _ in sent)
    repeats = {id_: count - 1 for id_, count in times.items() if count > 1}
    assert repeats.keys() <= unseen.keys() and all(count <= unseen[id_] for id_, count in repeats.items())
    once = Counter((chat, *key) for _, chat, about in {json.dumps(line): line for line in sent}.values() for key in map(tuple, about))
    return sum(repeats.values()), sum(count - 1 for count in once.values())


def settled(engine: Engine, folder: Path, unseen: Counter[int], kills: int) -> None:
    """The account: every kill is counted, and enough of them came between a message's taking and our noting it."""
    in_window, doubled = account(engine, folder, unseen)
    print(f"{engine.dialect.name}: {kills} kills, {in_window} messages sent twice because they were taken unseen, {doubled} otherwise")
    assert kills == len(DAYS) * KILLS >= 200 and unseen and doubled == 0
    engine.dispose()


def test_killed_at_any_moment_on_sqlite(tmp_path: Path, nursery: Callable[[], Nursery]) -> None:
    url = f"sqlite:///{(tmp_path / 'troly.db').as_posix()}"
    engine = open_engine(url)
    migrate(engine)
    settle(engine)
    process, unseen, kills = nursery(), Counter[int](), 0
    for day in DAYS:
        for number in range(KILLS):
            # A life whose clock is later: what the ones before it had claimed has run out.
            process.bear(url=url, folder=str(tmp_path), day=day, born=time.time() - number * 2 * LEASE, lease=LEASE)
            if number < KILLS - 1:
                live_a_little(tmp_path)
            else:
                wait_until_idle(tmp_path, day)
            process.kill()
            kills += 1
            unseen.update(taken_unseen(engine, tmp_path))
    settled(engine, tmp_path, unseen, kills)


def test_two_processes_killed_in_turn_on_postgresql(postgres_url: str, tmp_path: Path, nursery: Callable[[], Nursery]) -> None:
    engine = open_engine(postgres_url)
    migrate(engine)
    settle(engine)
    processes, unseen, kills = (nursery(), nursery()), Counter[int](), 0

    def bear(process: Nursery, day: str, rounds: int) -> None:
        process.bear(url=postgres_url, folder=str(tmp_path), day=day, born=time.time() - rounds * 2 * LEASE, lease=LEASE)

    def kill(process: Nursery) -> None:
        nonlocal kills
        process.kill()
        kills += 1
        unseen.update(taken_unseen(engine, tmp_path))

    for day in DAYS:
        for rounds in range(ROUNDS + 1):  # two lives at a time with one clock; that of the next two is later
            for process in processes:
                bear(process, day, rounds)
            for number in range((KILLS - 2) // ROUNDS - 2 if rounds < ROUNDS else 0):
                live_a_little(tmp_path)
                kill(processes[number % 2])
                bear(processes[number % 2], day, rounds)
            if rounds == ROUNDS:
                wait_until_idle(tmp_path, day)
            for process in processes:
                kill(process)
    settled(engine, tmp_path, unseen, kills)
