"""An inbox and an outbox on each kind of database, with a clock that stands still until it is moved."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from bot.delivery.inbox import Inbox
from bot.delivery.outbox import Outbox
from knowledge.store import open_engine
from tests.databases import database_url, postgres_server, postgres_url
from tests.delivery.fakes import Clock

__all__ = ["database_url", "postgres_server", "postgres_url"]


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    opened = open_engine(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def inbox(engine: Engine, clock: Clock) -> Inbox:
    return Inbox(engine, clock)


@pytest.fixture
def outbox(engine: Engine, clock: Clock) -> Outbox:
    return Outbox(engine, clock)
