"""Writing with others, or at once."""

from __future__ import annotations

import asyncio

from sqlalchemy import Column, Connection, Engine, Integer, MetaData, Table, select

from knowledge.store import Write, gathering, is_gathered, open_engine, write, writing

notes = Table("notes", MetaData(), Column("number", Integer, primary_key=True))


def noting(number: int) -> Write:
    def work(connection: Connection) -> None:
        connection.execute(notes.insert().values(number=number))

    return work


def noted(engine: Engine) -> list[int]:
    with engine.connect() as connection:
        return list(connection.scalars(select(notes.c.number).order_by(notes.c.number)))


def test_who_gathers_writes_everything_or_nothing(engine: Engine) -> None:
    notes.create(engine)
    write(engine, noting(1))
    with gathering(engine) as writes:
        assert is_gathered(engine)
        write(engine, noting(2))
        write(engine, noting(3))
    assert not is_gathered(engine)
    assert noted(engine) == [1]
    with writing(engine) as connection:
        for work in writes:
            work(connection)
    assert noted(engine) == [1, 2, 3]


def test_another_database_is_written_at_once(engine: Engine) -> None:
    other = open_engine("sqlite://")
    notes.create(other)
    with gathering(engine) as writes:
        write(other, noting(1))
    assert writes == [] and noted(other) == [1]
    other.dispose()


def test_what_outlives_the_gatherer_writes_for_itself(engine: Engine) -> None:
    notes.create(engine)

    async def late(over: asyncio.Event) -> None:
        await over.wait()
        write(engine, noting(1))

    async def run() -> None:
        over = asyncio.Event()
        with gathering(engine) as writes:
            task = asyncio.create_task(late(over))
            await asyncio.sleep(0)
        over.set()
        await task
        assert writes == [] and noted(engine) == [1]

    asyncio.run(run())
