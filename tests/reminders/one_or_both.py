"""A test's database: SQLite, or with `@BOTH` each kind in turn. Import `database_url` and `postgres_server` beside `BOTH`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import fresh_database, postgres_server

__all__ = ["BOTH", "database_url", "postgres_server"]

BOTH = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database."""
    if getattr(request, "param", "sqlite") == "sqlite":
        yield f"sqlite:///{(tmp_path / 'troly.db').as_posix()}"
        return
    with fresh_database(request.getfixturevalue("postgres_server")) as address:
        yield address
