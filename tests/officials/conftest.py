"""Fixtures: empty databases of both kinds, a clock that stands until moved, the things under test on them."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select, text

from bot.assistant.tracker_schema import conversations, events
from bot.channels.port import Incoming, Outgoing
from bot.delivery.tables import inbox, outbox
from bot.desk import Desk
from bot.officials.audit import Audit
from bot.officials.directory import Directory
from bot.officials.linking import Linking
from bot.officials.official import Official
from knowledge.store import open_engine
from tests.databases import database_url, postgres_server, postgres_url

__all__ = ["database_url", "postgres_server", "postgres_url"]

@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Runs a test that is a coroutine, each in a loop of its own."""
    if not inspect.iscoroutinefunction(pyfuncitem.function):
        return None
    asyncio.run(pyfuncitem.function(**{name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}))
    return True


Remember = Callable[..., None]
SECRET = "một khóa dùng để kiểm thử, đủ dài"


@dataclass
class Clock:
    """UTC seconds that pass only when told to."""

    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now

    def pass_(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class FakeAssistant:
    """Answers with `record`, or fails with `error`; `asked` has what it was asked and with what."""

    record: dict[str, Any] = field(default_factory=lambda: {"outcome": "answer", "intent": "ask_lead", "text": "Sở Y tế chủ trì."})
    error: Exception | None = None
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    async def answer(self, text: str, **more: Any) -> dict[str, Any]:
        self.asked.append((text, more))
        if self.error:
            raise self.error
        return self.record


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on an empty database, SQLite and PostgreSQL in turn."""
    opened = open_engine(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def directory(engine: Engine, clock: Clock) -> Directory:
    return Directory(engine, clock=clock)


@pytest.fixture
def audit(engine: Engine, clock: Clock) -> Audit:
    return Audit(engine, clock=clock)


@pytest.fixture
def linking(directory: Directory) -> Linking:
    return Linking(directory, SECRET)


@pytest.fixture
def an(directory: Directory) -> Official:
    """An officer."""
    return directory.add("Nguyễn Văn An", "an.nv", "hau-giang", "Sở Y tế", "officer")


@pytest.fixture
def assistant() -> FakeAssistant:
    return FakeAssistant()


@dataclass
class Person:
    """Somebody at a chat: what they send, and what comes back."""

    desk: Desk
    channel: str = "telegram"
    user: str = "1001"
    sent: int = 0

    async def do(self, kind: str, text: str = "", event_id: str = "", **more: Any) -> list[Outgoing]:
        self.sent += 1
        return await self.desk.handle(Incoming(
            self.channel, event_id or f"{self.user}-{self.sent}", self.user, more.pop("chat", self.user), kind, text, **more))  # type: ignore[arg-type]

    async def say(self, text: str, **more: Any) -> str:
        """The text that comes back; "" for silence."""
        return "\n---\n".join(message.text for message in await self.do("text", text, **more))


@pytest.fixture
def desk(directory: Directory, assistant: FakeAssistant, linking: Linking, audit: Audit) -> Desk:
    return Desk(directory, assistant.answer, linking=linking, audit=audit)


@pytest.fixture
def person(desk: Desk) -> Person:
    return Person(desk)


@pytest.fixture
def linked(directory: Directory, an: Official, person: Person) -> Person:
    """An's account."""
    directory.link(an, person.channel, person.user, person.user)
    return person


@pytest.fixture
def remember(engine: Engine, desk: Desk, clock: Clock) -> Remember:
    """Stores a turn of a conversation as the assistant and the delivery do."""

    def store(conversation: str, said: str = "hạn nhiệm vụ 18?") -> None:
        with engine.begin() as connection:
            if connection.scalar(select(conversations.c.id).where(conversations.c.id == conversation)) is None:
                connection.execute(insert(conversations).values(id=conversation, last=2, session=1, state="{}", updated=clock.now))
                for number, kind in ((1, "user"), (2, "bot")):
                    connection.execute(insert(events).values(
                        conversation=conversation, number=number, type=kind, time=clock.now, data=json.dumps({"text": said})))
            connection.execute(insert(inbox).values(
                channel="x", event_id=f"{conversation}-1", conversation=conversation, event=said, state="done", received=clock.now))
            for state in ("sent", "new"):
                connection.execute(insert(outbox).values(
                    dedupe=f"digest:{conversation}-{state}", channel="x", conversation=conversation, message=said, state=state,
                    created=clock.now))

    return store


def everything(engine: Engine) -> str:
    """All that is in the database, as text."""
    with engine.connect() as connection:
        names = ("conversations", "conversation_events", "inbox", "outbox", "links", "linking_codes", "linking_attempts", "chats", "audit")
        return "\n".join(str(row) for name in names for row in connection.execute(text(f"SELECT * FROM {name}")))
