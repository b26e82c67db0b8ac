"""Fixtures of these tests."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from knowledge.store import migrate, open_engine
from tests.databases import database_url, engine, postgres_server, postgres_url

__all__ = ["database_url", "engine", "postgres_server", "postgres_url"]


@pytest.fixture(autouse=True)
def own_loop() -> Iterator[None]:
    """asyncio's own event loop, as the server has it: Rasa, imported by tests elsewhere, puts uvloop in its place."""
    before = asyncio.get_event_loop_policy()
    asyncio.set_event_loop_policy(asyncio.DefaultEventLoopPolicy())
    yield
    asyncio.set_event_loop_policy(before)


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Engine]:
    """A database in a file, where the kind of database does not matter."""
    opened = open_engine(f"sqlite:///{(tmp_path / 'troly.db').as_posix()}")
    migrate(opened)
    yield opened
    opened.dispose()
