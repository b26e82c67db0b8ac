"""The server under load: many conversations at once over the web page's own API, from the question sent to the answer streamed.

Each person sends the next question when the last answer came (no time to think): the throughput is what the server can do, and the
waiting is what people would feel if all of them asked at once. Then a few go on talking while forged webhook requests pour in.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import aiohttp
from sqlalchemy import text

from benchmarks.figures import quantile
from benchmarks.processes import WorkFailed, environment_of, free_port, memory
from bot.settings import ROOT
from knowledge.store import open_engine

_START_SECONDS = 180.0
_ANSWER_SECONDS = 120.0
_FULL = 2  # SQLite's word for: on the disk before the commit returns
FORGED_A_SECOND, TALKING, LEAST_TURNS = 2000, 10, 5


@dataclass(frozen=True)
class Load:
    """What one run gave: how it was set up, turns a second, milliseconds from question to answer, megabytes of all servers.

    `durable`: when what was committed is on the disk, as the database itself says.

    `calm_p99`, `flooded_p99`: milliseconds of a few people alone, and while `refused` forged requests a second are refused.
    """

    what: str
    durable: str
    processes: int
    people: int
    turns: int
    turns_a_second: float
    p50: float
    p99: float
    memory_mb: float
    calm_p99: float
    flooded_p99: float
    refused: float


def measure(what: str, database_url: str, processes: int, questions: Sequence[str], people: int, turns: int) -> Load:
    """One run against fresh servers on the database. Raises WorkFailed."""
    with _servers(database_url, processes) as (addresses, pids):
        waited, seconds = asyncio.run(_everybody(addresses, questions, people, turns))
        size = memory(*pids)
        few, their_turns = min(TALKING, people), max(turns, LEAST_TURNS)
        calm, _ = asyncio.run(_everybody(addresses, questions, few, their_turns))
        with _flooding(addresses[0]) as flood:
            flooded, _ = asyncio.run(_everybody(addresses, questions, few, their_turns))
    refused, flooding = map(float, flood())
    return Load(what, _durability(database_url), processes, people, turns, len(waited) / seconds, quantile(waited, 0.5),
                quantile(waited, 0.99), size,
                quantile(calm, 0.99), quantile(flooded, 0.99), refused / flooding)


def _durability(database_url: str) -> str:
    engine = open_engine(database_url)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            level = connection.scalar(text("PRAGMA synchronous"))
            said = "fsync mỗi giao dịch" if level == _FULL else "fsync theo đợt"
        else:
            on = [connection.scalar(text(f"SHOW {setting}")) for setting in ("fsync", "synchronous_commit")]
            said = "fsync mỗi giao dịch" if on == ["on", "on"] else "không fsync"
    engine.dispose()
    return said


def render(runs: Sequence[Load], day: date) -> str:
    """A Markdown table with a line on how it was measured."""
    lines = ["| Cơ sở dữ liệu, số tiến trình | lượt/giây | p50 (ms) | p99 (ms) | bộ nhớ (MB) | yêu cầu giả bị từ chối/giây "
             f"| p99 của {TALKING} người (ms): lúc yên → lúc bị dội |", "|---|---:|---:|---:|---:|---:|---:|"]
    lines += [
        f"| {run.what} ({run.durable}), {run.processes} | {run.turns_a_second:.0f} | {run.p50:.0f} | {run.p99:.0f} | {run.memory_mb:.0f} "
        f"| {run.refused:.0f} | {run.calm_p99:.0f} → {run.flooded_p99:.0f} |" for run in runs]
    people, turns = (runs[0].people, runs[0].turns) if runs else (0, 0)
    note = (f"Đo ngày {day:%d/%m/%Y} trên máy {os.cpu_count()} lõi (máy gửi cùng chạy trên đó): {people} người cùng trò chuyện, mỗi người "
            f"{turns} câu, hỏi tiếp ngay khi có câu trả lời; thời gian tính từ lúc gửi đến lúc câu trả lời tới trình duyệt qua SSE. "
            f"Với hai tiến trình, mỗi câu của một người gửi tới một tiến trình khác. Hai cột cuối: {TALKING} người tiếp tục hỏi trong khi "
            f"một tiến trình nhận tới {FORGED_A_SECOND} yêu cầu webhook giả mỗi giây.")
    return "\n".join([*lines, "", note])


@contextlib.contextmanager
def _flooding(address: str) -> Iterator[Callable[[], Sequence[str]]]:
    """Forged requests while the body runs; gives what the flood printed afterwards: how many were refused, and the seconds."""
    host, port = address.removeprefix("http://").split(":")
    command = [sys.executable, "-m", "benchmarks.flood", host, port, "/webhook/telegram", str(FORGED_A_SECOND)]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    printed: list[str] = []
    try:
        yield lambda: printed
        printed += process.communicate("", timeout=_ANSWER_SECONDS)[0].split()
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def _servers(database_url: str, processes: int) -> Iterator[tuple[list[str], list[int]]]:
    """Some servers on one database that answer: their addresses and process ids."""
    with tempfile.TemporaryDirectory(prefix="troly-load-") as folder, contextlib.ExitStack() as stack:
        own = {"TROLY_PUBLIC_MODE": "1", "TROLY_SECRET": secrets.token_urlsafe(48), "TROLY_DATABASE_URL": database_url, "TROLY_VAR": folder,
               "TROLY_MESSAGES_PER_MINUTE": "10000", "TROLY_REQUESTS_PER_SECOND": "10000", "TROLY_CONNECTIONS_PER_ADDRESS": "5000",
               "TROLY_TELEGRAM_TOKEN": "12345:khong-goi-den-dau-ca", "TROLY_TELEGRAM_MODE": "webhook",
               "TROLY_TELEGRAM_SECRET": secrets.token_hex(16), "TROLY_TELEGRAM_API": "http://127.0.0.1:9",
               "TROLY_LOG_LEVEL": "WARNING", "PYTHONPATH": str(ROOT)}
        started = []
        for number in range(processes):
            port = free_port()
            log = stack.enter_context((Path(folder) / f"server-{number}.log").open("wb"))
            command = [sys.executable, "-m", "bot.cli", "serve", "--port", str(port)]
            process = subprocess.Popen(command, env=environment_of(own), stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=ROOT)
            stack.callback(process.wait)
            stack.callback(process.kill)
            started.append((f"http://127.0.0.1:{port}", process))
            asyncio.run(_until_ready(*started[-1], Path(folder) / f"server-{number}.log"))
        yield [address for address, _ in started], [process.pid for _, process in started]


async def _until_ready(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _START_SECONDS
    async with aiohttp.ClientSession() as session:
        while time.monotonic() < until and process.poll() is None:
            with contextlib.suppress(aiohttp.ClientError):
                async with session.get(f"{address}/readyz") as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.3)
    raise WorkFailed(log.read_text("utf-8", "replace")[-2000:])


async def _everybody(addresses: Sequence[str], questions: Sequence[str], people: int, turns: int) -> tuple[list[float], float]:
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=None)) as session:
        start = time.perf_counter()
        waited = await asyncio.gather(*(_person(session, n, addresses, questions, turns) for n in range(people)))
        return [milliseconds for one in waited for milliseconds in one], time.perf_counter() - start


async def _person(
    session: aiohttp.ClientSession, number: int, addresses: Sequence[str], questions: Sequence[str], turns: int,
) -> list[float]:
    home = addresses[number % len(addresses)]
    async with session.post(f"{home}/api/session", json={"anonymous": True}, headers={"Origin": home}) as welcome:
        welcome.raise_for_status()
        cookie = "; ".join(f"{name}={value.value}" for name, value in welcome.cookies.items())
    out: list[float] = []
    async with session.get(f"{home}/api/events", headers={"Cookie": cookie}) as stream:
        answers = _answers(stream)
        for turn in range(turns):
            address = addresses[(number + turn) % len(addresses)]
            said = {"id": f"{number}-{turn}", "text": questions[(number * 7 + turn) % len(questions)]}
            start = time.perf_counter()
            async with session.post(f"{address}/api/messages", json=said, headers={"Cookie": cookie, "Origin": address}) as kept:
                kept.raise_for_status()
            await asyncio.wait_for(anext(answers), _ANSWER_SECONDS)
            out.append((time.perf_counter() - start) * 1000)
    return out


async def _answers(stream: aiohttp.ClientResponse) -> AsyncIterator[dict[str, object]]:
    async for line in stream.content:
        if line.startswith(b"data:"):
            yield json.loads(line[5:])
