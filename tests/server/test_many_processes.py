"""Servers that die at any moment, and servers that share one database: nothing accepted is lost, doubled or out of order."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp

from bot.desk import LINKED
from bot.officials.audit import Audit
from bot.officials.directory import Directory
from bot.officials.linking import Linking
from knowledge.store import migrate, open_engine
from tests.server.fakes import HEADERS, SECRET, Servers, body

KILLS = {"sqlite": 20, "postgresql": 8}


@contextmanager
def servers(url: str, folder: Path, **more: str) -> Iterator[Servers]:
    running = Servers(url, folder, **more)
    try:
        yield running
    finally:
        running.close()


async def post_until_taken(http: aiohttp.ClientSession, addresses: list[str], id_: str, user: str, text: str) -> None:
    """As providers do: the same event again and again, wherever a server answers, until one says 200."""
    while True:
        try:
            async with http.post(f"{addresses[-1]}/webhook/fake", data=body(id_, user, text), headers=HEADERS) as response:
                if response.status == 200:
                    return
        except aiohttp.ClientError:
            await asyncio.sleep(0.005)


async def until_sent(running: Servers, count: int) -> dict[str, list[str]]:
    """What each person was sent, once there are so many different messages."""
    async def wait() -> None:
        while len(set(running.sent())) < count:
            await asyncio.sleep(0.05)

    await asyncio.wait_for(wait(), 60)
    by_person = defaultdict(list)
    for chat, text in running.sent():
        by_person[chat].append(text)
    return by_person


def test_killed_at_any_point_no_event_that_was_confirmed_stays_unanswered(database_url: str, tmp_path: Path) -> None:
    people, kills = [f"người {n}" for n in range(6)], KILLS[database_url.split(":")[0].split("+")[0]]
    confirmed: Counter[str] = Counter()
    addresses: list[str] = []

    async def person(name: str, http: aiohttp.ClientSession, over: asyncio.Event) -> None:
        while not over.is_set():
            await post_until_taken(http, addresses, f"{name} {confirmed[name]}", name, f"câu {confirmed[name]}")
            confirmed[name] += 1
            await asyncio.sleep(random.uniform(0, 0.03))

    async def scene(running: Servers) -> dict[str, list[str]]:
        over = asyncio.Event()
        pid, address = await asyncio.to_thread(running.start)
        addresses.append(address)
        timeout = aiohttp.ClientTimeout(total=5)
        async with aiohttp.ClientSession(timeout=timeout) as http:
            talks = [asyncio.create_task(person(name, http, over)) for name in people]
            for _ in range(kills):
                before = sum(confirmed.values())
                while sum(confirmed.values()) == before:
                    await asyncio.sleep(0.005)
                await asyncio.sleep(random.uniform(0.0, 0.15))
                os.kill(pid, signal.SIGKILL)
                pid, address = await asyncio.to_thread(running.start)
                addresses.append(address)
            over.set()
            await asyncio.gather(*talks)
            return await until_sent(running, sum(confirmed.values()))

    with servers(database_url, tmp_path) as running:
        sent = asyncio.run(scene(running))
        assert "Traceback" not in running.logged()
    total, repeated = sum(confirmed.values()), sum(map(len, sent.values())) - sum(confirmed.values())
    print(f"\n{kills} kills, {total} events confirmed, {total} answered, {repeated} sent twice")
    assert total >= kills
    for name in people:
        first_times = list(dict.fromkeys(sent[name]))
        assert first_times == [f"Trả lời: câu {n}" for n in range(confirmed[name])]
    engine = open_engine(database_url)
    questions = [line.what for line in Audit(engine).lines(most=10_000)].count("question")
    engine.dispose()
    assert questions == total, "a question that was begun twice is noted once, with its answer"
    # Only what was being sent at the moment of a kill may come twice: no provider could tell it apart.
    assert repeated <= kills * len(people)


def test_conversations_hop_between_two_processes(postgres_url: str, tmp_path: Path) -> None:
    people, turns = [f"người {n}" for n in range(20)], 8

    async def scene(running: Servers) -> dict[str, list[str]]:
        addresses = [(await asyncio.to_thread(running.start))[1] for _ in range(2)]
        async with aiohttp.ClientSession() as http:
            async def person(number: int, name: str) -> None:
                for turn in range(turns):
                    here, there = addresses[(number + turn) % 2], addresses[(number + turn + 1) % 2]
                    await post_until_taken(http, [here], f"{name} {turn}", name, f"câu {turn}")
                    if turn % 4 == 0:  # the provider was not sure and says it again, elsewhere
                        await post_until_taken(http, [there], f"{name} {turn}", name, f"câu {turn}")

            await asyncio.gather(*(person(number, name) for number, name in enumerate(people)))
            return await until_sent(running, len(people) * turns)

    with servers(postgres_url, tmp_path, work="0.002") as running:
        sent = asyncio.run(scene(running))
        assert "Traceback" not in running.logged()
    assert {name: sent[name] for name in people} == {name: [f"Trả lời: câu {n}" for n in range(turns)] for name in people}


def test_a_link_made_in_one_process_counts_in_the_other(postgres_url: str, tmp_path: Path) -> None:
    engine = open_engine(postgres_url)
    migrate(engine)
    directory = Directory(engine)
    official = directory.add("Nguyễn Văn An", "an.nv", "hau-giang", "Sở Y tế", "officer")
    code = Linking(directory, SECRET).issue(official)

    async def scene(running: Servers) -> dict[str, list[str]]:
        addresses = [(await asyncio.to_thread(running.start))[1] for _ in range(2)]
        async with aiohttp.ClientSession() as http:
            await post_until_taken(http, addresses[:1], "1", "an", code)
            await until_sent(running, 1)
            await post_until_taken(http, addresses[1:], "2", "an", "câu hỏi")
            return await until_sent(running, 2)

    with servers(postgres_url, tmp_path, TROLY_TEST_CLOSED="1") as running:
        sent = asyncio.run(scene(running))
    assert sent["an"][0].startswith(LINKED.split("{")[0]) and sent["an"][1] == "Trả lời: câu hỏi"
    assert {"link", "question"} <= {line.what for line in Audit(engine).lines()}
    engine.dispose()


def test_a_stop_finishes_what_was_begun(database_url: str, tmp_path: Path) -> None:
    async def scene(running: Servers) -> None:
        pid, address = await asyncio.to_thread(running.start)
        async with aiohttp.ClientSession() as http:
            for number in range(40):
                await post_until_taken(http, [address], str(number), f"người {number % 8}", f"câu {number}")
            os.kill(pid, signal.SIGTERM)
            await asyncio.to_thread(_wait_for_end, pid)
        before = len(running.sent())
        await asyncio.to_thread(running.start)
        sent = await until_sent(running, 40)
        assert sum(map(len, sent.values())) == 40, "nothing lost, nothing twice"
        assert before > 0

    with servers(database_url, tmp_path, work="0.02") as running:
        asyncio.run(scene(running))
        assert "Traceback" not in running.logged()


def _wait_for_end(pid: int) -> None:
    while Path(f"/proc/{pid}").exists():
        signal.sigtimedwait([], 0.02)
