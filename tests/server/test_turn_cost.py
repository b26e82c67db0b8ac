"""What a turn asks of PostgreSQL: few round trips, and one transaction for all that belongs to the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, select

from bot.delivery.tables import inbox, outbox
from bot.officials.tables import audit
from knowledge.store import migrate, open_engine
from tests.server.fakes import Running, running

TURNS = 20


class Cost:
    """Round trips by what they are for."""

    def __init__(self) -> None:
        self.trips: list[str] = []
        self.written = 0  # transactions with BEGIN and COMMIT

    def statement(self, _connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        self.trips.append(statement)

    def begin(self, connection: Connection) -> None:
        if not _is_single(connection):
            self.trips.append("BEGIN")
            self.written += 1

    def end(self, connection: Connection) -> None:
        if not _is_single(connection):
            self.trips.append("COMMIT")


def _is_single(connection: Connection) -> bool:
    return connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT"


@contextmanager
def counting(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cost]:
    cost = Cost()
    hooks = {"before_cursor_execute": cost.statement, "begin": cost.begin, "commit": cost.end, "rollback": cost.end}
    for name, hook in hooks.items():
        event.listen(engine, name, hook)
    ping = engine.dialect.do_ping
    with monkeypatch.context() as patched:
        patched.setattr(engine.dialect, "do_ping", lambda connection: cost.trips.append("ping") or ping(connection))
        yield cost
    for name, hook in hooks.items():
        event.remove(engine, name, hook)


async def talk(site: Running, first: int) -> None:
    for number in range(first, first + TURNS):
        assert await site.post(number, "an", f"câu {number}") == 200
        await site.replies(number + 1)


def test_a_turn_costs_few_round_trips(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = open_engine(postgres_url)
    migrate(engine)

    async def scene() -> Cost:
        async with running(engine) as site:
            await talk(site, 0)  # what happens only once has happened
            with counting(engine, monkeypatch) as cost:
                await talk(site, TURNS)
        return cost

    cost = asyncio.run(scene())
    # Looking for more work is not part of a turn: how often it happens depends on how fast the machine is.
    looking = sum("FOR UPDATE" in trip for trip in cost.trips)
    per_turn = (len(cost.trips) - looking) / TURNS
    print(f"\n{per_turn:.1f} round trips a turn, {cost.written / TURNS:.1f} transactions of several statements")
    assert "ping" not in cost.trips
    assert per_turn < 15, "take it: 5, who is it: 1, answer: 6, sent: 1"
    assert cost.written / TURNS < 3, "one to take the event, one for all that belongs to its answer"
    with engine.connect() as connection:
        assert len(connection.execute(select(inbox.c.id).where(inbox.c.state == "done")).all()) == 2 * TURNS
        assert len(connection.execute(select(outbox.c.id).where(outbox.c.state == "sent")).all()) == 2 * TURNS
        assert len(connection.execute(select(audit.c.id)).all()) == 2 * TURNS
    engine.dispose()
