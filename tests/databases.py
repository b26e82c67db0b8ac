"""Fixtures that run a test on SQLite and on PostgreSQL: `database_url` (empty) and `engine` (migrated)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from knowledge.store import migrate, open_engine
from tests.postgres import postgres_server, postgres_url

__all__ = ["database_url", "engine", "postgres_server", "postgres_url"]


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{(tmp_path / 'troly.db').as_posix()}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on a database with our tables."""
    opened = open_engine(database_url)
    migrate(opened)
    yield opened
    opened.dispose()
