"""Writing that can wait for the end of a piece of work, so that one transaction holds all of it: done whole, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine

from knowledge.store.engine import writing

#: Writes something in the transaction of a connection.
Write = Callable[[Connection], object]


@dataclass
class _Gatherer:
    engine: Engine
    writes: list[Write] = field(default_factory=list)
    open: bool = True


_gatherer: ContextVar[_Gatherer | None] = ContextVar("gatherer", default=None)


@contextmanager
def gathering(engine: Engine) -> Iterator[list[Write]]:
    """What `write` is given while the body runs, in its order, for the caller to do in a transaction on that engine.

    What is gathered is not in the database before that: only what the body does not read again may be written so.
    """
    gatherer = _Gatherer(engine)
    token = _gatherer.set(gatherer)
    try:
        yield gatherer.writes
    finally:
        gatherer.open = False  # a task that was begun in the body may outlive it
        _gatherer.reset(token)


def is_gathered(engine: Engine) -> bool:
    """Does somebody gather what is to be written to this engine?"""
    return _gatherer_for(engine) is not None


def write(engine: Engine, work: Write) -> None:
    """Write with whoever gathers for this engine; where nobody does, at once, in a transaction of its own."""
    gatherer = _gatherer_for(engine)
    if gatherer is not None:
        gatherer.writes.append(work)
        return
    with writing(engine) as connection:
        work(connection)


def _gatherer_for(engine: Engine) -> _Gatherer | None:
    gatherer = _gatherer.get()
    return gatherer if gatherer is not None and gatherer.open and gatherer.engine is engine else None
