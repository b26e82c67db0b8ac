"""Other processes notice an import in time."""

from __future__ import annotations

import threading
import time

import pytest
from sqlalchemy import Engine

from knowledge.store import PlanStore, open_engine
from knowledge.store.watch import watch
from tests.sample_plans import sample_plan


@pytest.mark.parametrize("interval", [0.2, 1.0])
def test_an_import_is_noticed_within_two_seconds(engine: Engine, database_url: str, interval: float) -> None:
    other = open_engine(database_url)
    stop, noticed, seen = threading.Event(), threading.Event(), []

    def on_change(revision: int) -> None:
        seen.append(revision)
        noticed.set()

    thread = threading.Thread(target=watch, args=(other, on_change, stop, interval))
    thread.start()
    try:
        time.sleep(0.3)
        PlanStore(engine).save(sample_plan(), status="draft")
        assert not noticed.wait(interval * 1.5)
        PlanStore(engine).save(sample_plan())
        assert noticed.wait(2)
        assert seen == [PlanStore(engine).revision()]
    finally:
        stop.set()
        thread.join(timeout=5)
        other.dispose()
    assert not thread.is_alive()


def test_postgresql_says_it_at_once(postgres_url: str) -> None:
    from knowledge.store import migrate
    engine = open_engine(postgres_url)
    migrate(engine)
    stop, noticed = threading.Event(), threading.Event()
    thread = threading.Thread(target=watch, args=(engine, lambda _revision: noticed.set(), stop, 8.0))
    thread.start()
    try:
        time.sleep(1)
        PlanStore(engine).save(sample_plan())
        assert noticed.wait(2)  # long before the next look in eight seconds
    finally:
        stop.set()
        PlanStore(engine).save(sample_plan())  # wakes it so that it sees `stop`
        thread.join(timeout=10)
        engine.dispose()


def test_a_database_without_tables_does_not_end_it(database_url: str) -> None:
    engine = open_engine(database_url)
    stop = threading.Event()
    thread = threading.Thread(target=watch, args=(engine, lambda _revision: None, stop, 0.05))
    thread.start()
    time.sleep(0.3)
    assert thread.is_alive()
    stop.set()
    thread.join(timeout=5)
    assert not thread.is_alive()
    engine.dispose()
