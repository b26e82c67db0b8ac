"""The contract of the tracker store and the lock store, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import pytest
from rasa.core.lock_store import LockError
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    ConversationPaused,
    Event,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import Engine, event, select

from bot.assistant import lock_store
from bot.assistant.tracker_schema import conversations
from bot.assistant.tracker_store import ConversationConflict, SqlTrackerStore
from knowledge.store import gathering, writing

DOMAIN = Domain.from_dict({"slots": {"topic": {"type": "any", "mappings": [{"type": "custom"}], "initial_value": "gốc"}}})


@pytest.fixture
def store(engine: Engine) -> SqlTrackerStore:
    return SqlTrackerStore(engine, DOMAIN, most_events=20)


def turn(number: int, topic: str | None = None) -> list[Event]:
    slots: list[Event] = [SlotSet("topic", topic)] if topic else []
    return [
        UserUttered(f"câu {number}", {"name": "ask", "confidence": 0.5}, parse_data={"intent_ranking": [{"name": "ask"}]}),
        ActionExecuted("action_x"), *slots,
        BotUttered(f"đáp {number}", {"custom": {"record": {"refs": [f"p#task:{number}"]}}}),
        ActionExecuted("action_listen"),
    ]


async def say(store: SqlTrackerStore, name: str, events: list[Event]) -> DialogueStateTracker:
    tracker = await store.get_or_create_tracker(name, append_action_listen=False)
    tracker.update_with_events(events, DOMAIN)
    await store.save(tracker)
    return tracker


def texts(tracker: DialogueStateTracker | None) -> list[str]:
    assert tracker is not None
    return [e.text for e in tracker.events if isinstance(e, UserUttered)]


def test_unknown_conversation(store: SqlTrackerStore) -> None:
    async def run() -> None:
        assert await store.retrieve("nobody") is None
        assert await store.retrieve_full_tracker("nobody") is None
        assert not await store.exists("nobody")
        await store.get_or_create_tracker("nobody", append_action_listen=False)
        assert not await store.exists("nobody"), "a conversation without events leaves nothing behind"

    asyncio.run(run())


def test_round_trip(store: SqlTrackerStore) -> None:
    async def run() -> None:
        begin = [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")]
        await say(store, "c", [*begin, *turn(1, "t1")])
        tracker = await say(store, "c", turn(2))
        again, full = await store.retrieve("c"), await store.retrieve_full_tracker("c")
        assert again and full
        assert texts(again) == texts(full) == ["câu 1", "câu 2"]
        assert again.get_slot("topic") == "t1"
        assert again.latest_action_name == "action_listen"
        assert [type(e) for e in full.events] == [type(e) for e in tracker.events] or len(full.events) == len(tracker.events) + 1
        said = [e for e in full.events if isinstance(e, BotUttered)]
        assert said[1].data["custom"]["record"]["refs"] == ["p#task:2"], "the full conversation has the records"
        heard = [e for e in full.events if isinstance(e, UserUttered)]
        assert heard[0].parse_data["intent_ranking"] == [{"name": "ask"}]
        assert await store.exists("c") and list(await store.keys()) == ["c"]

    asyncio.run(run())


def test_saving_twice_adds_nothing(store: SqlTrackerStore) -> None:
    async def run() -> None:
        tracker = await say(store, "c", turn(1))
        await store.save(tracker)
        assert texts(await store.retrieve_full_tracker("c")) == ["câu 1"]

    asyncio.run(run())


def test_what_is_read_stays_bounded_and_complete(store: SqlTrackerStore, engine: Engine) -> None:
    async def run() -> None:
        await say(store, "c", [*turn(0, "từ đầu"), ActiveLoop("phiếu"), ConversationPaused()])
        for number in range(1, 60):
            await say(store, "c", turn(number))
        tracker = await store.retrieve("c")
        assert tracker and len(tracker.events) <= 23
        assert texts(tracker) == ["câu 58", "câu 59"]
        assert tracker.get_slot("topic") == "từ đầu" and tracker.active_loop_name == "phiếu" and tracker.is_paused()
        assert tracker.copy().get_slot("topic") == "từ đầu", "Rasa copies trackers by replaying their events"
        await say(store, "c", [SlotSet("topic", "mới")])
        after = await store.retrieve("c")
        assert after and after.get_slot("topic") == "mới"
        full = await store.retrieve_full_tracker("c")
        assert len(texts(full)) == 60 and full
        full.update_with_events(turn(60), DOMAIN)
        await store.save(full)
        assert texts(await store.retrieve("c")) == ["câu 59", "câu 60"]

    asyncio.run(run())


def test_endless_turn_is_cut_too(store: SqlTrackerStore) -> None:
    async def run() -> None:
        await say(store, "c", [*turn(1, "từ đầu"), *(BotUttered(str(n)) for n in range(100))])
        tracker = await store.retrieve("c")
        assert tracker and len(tracker.events) <= 21 and tracker.get_slot("topic") == "từ đầu"

    asyncio.run(run())


def test_slot_set_back_to_nothing_stays_so(store: SqlTrackerStore) -> None:
    async def run() -> None:
        await say(store, "c", [*turn(0), SlotSet("topic", None)])
        for number in range(1, 30):
            await say(store, "c", turn(number))
        tracker = await store.retrieve("c")
        assert tracker and tracker.get_slot("topic") is None, "not its initial value"

    asyncio.run(run())


def test_new_session_starts_afresh(store: SqlTrackerStore) -> None:
    async def run() -> None:
        await say(store, "c", turn(1, "cũ"))
        await say(store, "c", [SessionStarted(), ActionExecuted("action_listen"), *turn(2)])
        tracker = await store.retrieve("c")
        assert texts(tracker) == ["câu 2"] and tracker and tracker.get_slot("topic") == "gốc"
        await say(store, "c", [Restarted()])
        restarted = await store.retrieve("c")
        assert restarted and restarted.latest_message is None or not restarted.applied_events()

    asyncio.run(run())


def test_colliding_writers_do_not_mix(store: SqlTrackerStore) -> None:
    async def run() -> None:
        await say(store, "c", turn(1))
        one, two = await store.retrieve("c"), await store.retrieve("c")
        assert one and two
        one.update_with_events(turn(2), DOMAIN)
        two.update_with_events(turn(3), DOMAIN)
        await store.save(one)
        with pytest.raises(ConversationConflict):
            await store.save(two)
        assert texts(await store.retrieve("c")) == ["câu 1", "câu 2"]
        new_one, new_two = store.init_tracker("d"), store.init_tracker("d")
        new_one.update_with_events(turn(1), DOMAIN)
        new_two.update_with_events(turn(2), DOMAIN)
        await store.save(new_one)
        with pytest.raises(ConversationConflict):
            await store.save(new_two)

    asyncio.run(run())


def test_saving_waits_for_who_gathers(store: SqlTrackerStore, engine: Engine) -> None:
    async def run() -> None:
        await say(store, "c", turn(1))
        with gathering(engine) as writes:
            await say(store, "c", turn(2))
        assert texts(await store.retrieve("c")) == ["câu 1"]
        with pytest.raises(ZeroDivisionError), writing(engine) as connection:
            for work in writes:
                work(connection)
            raise ZeroDivisionError
        assert texts(await store.retrieve("c")) == ["câu 1"], "all or nothing"
        await say(store, "c", turn(3))
        with pytest.raises(ConversationConflict), writing(engine) as connection:
            for work in writes:
                work(connection)
        assert texts(await store.retrieve("c")) == ["câu 1", "câu 3"]

    asyncio.run(run())


def test_failed_write_leaves_nothing(store: SqlTrackerStore, engine: Engine) -> None:
    async def run() -> None:
        tracker = await say(store, "c", turn(1))
        tracker.update_with_events(turn(2), DOMAIN)

        def fail(conn: object, cursor: object, statement: str, *_: object) -> None:
            if "INSERT INTO conversation_events" in statement:
                raise RuntimeError("on purpose")

        event.listen(engine, "before_cursor_execute", fail)
        with pytest.raises(RuntimeError):
            await store.save(tracker)
        event.remove(engine, "before_cursor_execute", fail)
        await store.save(tracker)
        assert texts(await store.retrieve("c")) == ["câu 1", "câu 2"]

    asyncio.run(run())


@pytest.mark.parametrize("name", ["x" * 5000, "a\x00b", "\ud800", "zalo:123 Đỗ", "'; --"])
def test_any_conversation_id(store: SqlTrackerStore, name: str) -> None:
    async def run() -> None:
        await say(store, name, turn(1))
        await say(store, name, turn(2))
        assert texts(await store.retrieve(name)) == ["câu 1", "câu 2"]

    asyncio.run(run())


def test_any_text(store: SqlTrackerStore, engine: Engine) -> None:
    async def run() -> None:
        odd = "a\x00b \ud800 😀 ﷽ '\"\\"
        await say(store, "c", [UserUttered(odd), SlotSet("topic", odd)])
        tracker = await store.retrieve("c")
        assert texts(tracker) == [odd] and tracker and tracker.get_slot("topic") == odd

    asyncio.run(run())
    with engine.connect() as connection:
        assert connection.scalars(select(conversations.c.last)).all() == [2]


@pytest.fixture
def locks(engine: Engine) -> Iterator[lock_store.ProcessLockStore]:
    found = lock_store.for_engine(engine)
    yield found
    if isinstance(found, lock_store.PostgresLockStore):
        found.close()


def test_turns_wait_in_order(locks: lock_store.ProcessLockStore) -> None:
    seen: list[int] = []

    async def one(number: int) -> None:
        async with locks.lock("c"):
            seen.append(number)
            await asyncio.sleep(0.005)
            seen.append(number)

    async def run() -> None:
        await asyncio.gather(*(one(number) for number in range(10)))

    asyncio.run(run())
    assert seen == [n for number in range(10) for n in (number, number)]
    assert not locks._locks and not locks._users, "nothing is kept of conversations at rest"


def test_other_conversations_go_on(locks: lock_store.ProcessLockStore) -> None:
    async def run() -> None:
        async with locks.lock("a"), locks.lock("b", lock_lifetime=2):
            pass

    asyncio.run(run())


def test_waiting_ends(locks: lock_store.ProcessLockStore) -> None:
    async def run() -> None:
        async with locks.lock("c"):
            start = time.perf_counter()
            with pytest.raises(LockError):
                async with locks.lock("c", lock_lifetime=0.1):
                    pass
            assert time.perf_counter() - start < 2
        async with locks.lock("c", lock_lifetime=0.5):
            pass

    asyncio.run(run())


def test_failing_or_cancelled_turn_frees_the_conversation(locks: lock_store.ProcessLockStore) -> None:
    async def run() -> None:
        with pytest.raises(ValueError, match="on purpose"):
            async with locks.lock("c"):
                raise ValueError("on purpose")

        async def hold() -> None:
            async with locks.lock("c"):
                await asyncio.sleep(10)

        holding, waiting = asyncio.ensure_future(hold()), asyncio.ensure_future(hold())
        await asyncio.sleep(0.1)
        for task in (waiting, holding):
            task.cancel()
        await asyncio.gather(holding, waiting, return_exceptions=True)
        async with locks.lock("c", lock_lifetime=2):
            pass

    asyncio.run(run())
    assert not locks._locks


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_processes_on_one_postgres_wait_for_each_other(engine: Engine) -> None:
    """Two lock stores stand for two processes: they share nothing but the server."""
    one, two = lock_store.PostgresLockStore(engine, most=2), lock_store.PostgresLockStore(engine, most=2)
    seen: list[str] = []

    async def turn_of(store: lock_store.PostgresLockStore, name: str) -> None:
        async with store.lock("c"):
            seen.append(name)
            await asyncio.sleep(0.05)
            seen.append(name)

    async def run() -> None:
        await asyncio.gather(turn_of(one, "a"), turn_of(two, "b"), turn_of(one, "c"), turn_of(two, "d"))
        async with one.lock("x"):
            with pytest.raises(LockError):
                async with two.lock("x", lock_lifetime=0.1):
                    pass
        await asyncio.gather(*(turn_of(one, str(n)) for n in range(6)))

    asyncio.run(run())
    one.close()
    two.close()
    assert seen[::2] == seen[1::2]
