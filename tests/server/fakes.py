"""An assistant that needs no model, a provider that needs no network, and a server with both, here or as processes of their own."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from sqlalchemy import Engine

from bot.channels.port import Channel, Forbidden, Incoming, Malformed, Outgoing, Request
from bot.server import app as server
from bot.server import log
from bot.server.config import ServerConfig
from bot.settings import ROOT
from knowledge.store import migrate, open_engine

SECRET = "0123456789abcdef" * 4
HEADERS = {"X-Fake-Secret": "đúng là tôi".encode().hex()}


class FakeAssistant:
    """Says the question back, after some seconds of honest work."""

    def __init__(self, work: float = 0.0) -> None:
        self.work, self.turns = work, 0

    async def answer(self, text: str, *, conversation: str | None = None, metadata: Mapping[str, Any] | None = None,
                     channel: str | None = None, payload: bool = False) -> dict[str, Any]:
        until = time.thread_time() + self.work
        while time.thread_time() < until:
            sum(range(200))
            await asyncio.sleep(0)
        self.turns += 1
        return {"id": None, "outcome": "answered", "intent": "greet", "confidence": 1.0, "text": f"Trả lời: {text}",
                "refs": [], "facts": {}, "choices": [], "ms": 0.0}


@dataclass
class FakeChannel(Channel):
    """Events are {"events": [{"id", "user", "text"}]} with a secret header; what is sent goes to a list, or to a file's end."""

    file: Path | None = None
    sent: list[tuple[str, str]] = field(default_factory=list)
    name = "fake"
    title = "Kênh thử"
    longest = 2000
    buttons = False
    polls = False

    def screen(self, headers: Mapping[str, str]) -> None:
        if headers.get("x-fake-secret") != HEADERS["X-Fake-Secret"]:
            raise Forbidden("wrong secret")

    def receive(self, request: Request) -> Sequence[Incoming]:
        self.screen(request.headers)
        try:
            return [Incoming(self.name, str(e["id"]), str(e["user"]), str(e["user"]), "text", str(e["text"]))
                    for e in json.loads(request.body)["events"]]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise Malformed(type(error).__name__) from error

    async def send(self, message: Outgoing) -> str:
        self.sent.append((message.chat, message.text))
        if self.file:
            with self.file.open("a", encoding="utf-8") as file:
                file.write(json.dumps([message.chat, message.text]) + "\n")
        return str(len(self.sent))

    async def poll(self) -> Sequence[Incoming]:
        return ()

    async def check(self) -> str:
        return "Kênh thử trả lời."


def body(id_: object, user: object, text: str) -> str:
    """A request of the fake provider with one event."""
    return json.dumps({"events": [{"id": id_, "user": user, "text": text}]})


@dataclass
class Running:
    """A server that runs in this process."""

    url: str
    app: web.Application
    channel: FakeChannel
    http: aiohttp.ClientSession

    async def post(self, id_: object, user: object, text: str) -> int:
        """One genuine event; the status."""
        async with self.http.post(f"{self.url}/webhook/fake", data=body(id_, user, text), headers=HEADERS) as response:
            return response.status

    async def replies(self, count: int, seconds: float = 20) -> list[tuple[str, str]]:
        """What was sent, once there are so many. Raises TimeoutError."""
        async def wait() -> None:
            while len(self.channel.sent) < count:
                await asyncio.sleep(0.01)

        await asyncio.wait_for(wait(), seconds)
        return self.channel.sent


def config(**more: Any) -> ServerConfig:
    """Settings on a free port that limit nothing."""
    return ServerConfig(**{
        "secret": SECRET, "port": 0, "public_mode": True, "messages_per_minute": 10_000, "requests_per_second": 100_000,
        "connections_per_address": 10_000, "grace": 10.0, **more})


@asynccontextmanager
async def running(engine: Engine, settings: ServerConfig | None = None, assistant: Any = None,
                  channels: Sequence[Channel] | None = None, environ: Mapping[str, str] | None = None) -> AsyncIterator[Running]:
    """A whole server, answering; stopped gracefully afterwards."""
    settings = settings or config()
    channel = FakeChannel()
    app = server.build(settings, engine, assistant or FakeAssistant(), channels=[channel, *(channels or [])], environ=environ or {})
    runner = await server.listen(app, settings)
    try:
        await app[server.OPENED]
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector) as http:
            yield Running(server.address_of(runner), app, channel, http)
    finally:
        await runner.cleanup()


def serve_forks(database_url: str, file: str, work: str = "0") -> None:
    """For each line on standard input a new server process, which prints its process id and its address once it serves."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for _ in sys.stdin:
        if os.fork() == 0:
            return serve_one(database_url, Path(file), float(work))
    return None


def serve_one(database_url: str, file: Path, work: float) -> None:
    """Serve until told to stop."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    log.set_up("INFO", os.environ)
    engine = open_engine(database_url)
    migrate(engine)
    settings = config(lease=1.0, public_mode="TROLY_TEST_CLOSED" not in os.environ)
    app = server.build(settings, engine, FakeAssistant(work), channels=[FakeChannel(file)], environ={})
    asyncio.run(server.serve(app, settings, lambda address: print(os.getpid(), address, flush=True)))
    os._exit(0)


class Servers:
    """Server processes on one database that come up quickly and may be killed."""

    def __init__(self, database_url: str, folder: Path, work: str = "0", **environ: str) -> None:
        self.file = folder / "sent.jsonl"
        self.file.touch()
        self.log = (folder / "log.jsonl").open("w+b")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.server.fakes", database_url, str(self.file), work], cwd=ROOT, env={**os.environ, **environ},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True, start_new_session=True)

    def start(self) -> tuple[int, str]:
        """One more server: process id and address."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        pid, address = self._process.stdout.readline().split()
        return int(pid), address

    def sent(self) -> list[tuple[str, str]]:
        """What all servers have sent, in order: chat and text."""
        return [(chat, text) for chat, text in map(json.loads, self.file.read_text(encoding="utf-8").splitlines())]

    def logged(self) -> str:
        """All that was logged."""
        self.log.flush()
        return Path(self.log.name).read_text(encoding="utf-8")

    def close(self) -> None:
        """Kill them all."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate()
        self.log.close()


if __name__ == "__main__":
    serve_forks(*sys.argv[1:])
