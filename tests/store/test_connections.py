"""Connections to PostgreSQL: kept while they are good, replaced when the server was restarted or something dropped them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, text

from knowledge.store import open_engine, ping_when_idle, reading, writing
from tests.postgres import own_server


def pings(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Each connection that is tried before it is used."""
    tried: list[object] = []
    ping = engine.dialect.do_ping

    def counted(connection: object) -> bool:
        tried.append(connection)
        return ping(connection)  # type: ignore[arg-type]

    monkeypatch.setattr(engine.dialect, "do_ping", counted)
    return tried


@pytest.fixture
def engine(postgres_url: str) -> Iterator[Engine]:
    opened = open_engine(postgres_url)
    yield opened
    opened.dispose()


def ask(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.scalar(text("SELECT pg_backend_pid()")) or 0)


def test_a_connection_in_use_is_not_tried_again_and_again(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = pings(engine, monkeypatch)
    assert len({ask(engine) for _ in range(20)}) == 1
    assert tried == []


def test_a_connection_at_rest_for_long_is_tried(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = create_engine(postgres_url.replace("postgresql:", "postgresql+psycopg:"))
    ping_when_idle(engine, seconds=0.0)
    tried = pings(engine, monkeypatch)
    assert len({ask(engine) for _ in range(3)}) == 1
    assert len(tried) == 2, "the first was new"
    engine.dispose()


def test_a_connection_that_the_server_ended_is_replaced(engine: Engine) -> None:
    first = ask(engine)
    with engine.connect() as connection, engine.connect() as other:  # two in the pool
        connection.execute(text("SELECT 1"))
        ended = other.connection.dbapi_connection.info.backend_pid  # type: ignore[union-attr]
    other_engine = open_engine(engine.url)
    with writing(other_engine, single=True) as connection:
        for pid in (first, ended):
            connection.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
    other_engine.dispose()
    assert ask(engine) not in (first, ended)


def test_nobody_notices_that_the_server_was_restarted() -> None:
    with own_server() as server:
        engine = open_engine(server.get_uri())
        with engine.connect() as one, engine.connect() as other:
            before = {connection.scalar(text("SELECT pg_backend_pid()")) for connection in (one, other)}
        for _ in range(2):
            server.stop()
            server.start()
            with writing(engine) as one, reading(engine).connect() as other:
                now = {connection.scalar(text("SELECT pg_backend_pid()")) for connection in (one, other)}
            assert len(now) == 2
            assert not now & before
        engine.dispose()
