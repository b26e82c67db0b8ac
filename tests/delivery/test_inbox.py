"""Events: stored once, claimed in order, fenced by their claim, finished together with their replies."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone

import pytest
from sqlalchemy import Engine, insert, inspect, select, update
from sqlalchemy import event as sql_event

from bot.channels.port import Button, Incoming, Outgoing
from bot.delivery import inbox as inbox_module
from bot.delivery import tables
from bot.delivery.inbox import APOLOGY, Claimed, Inbox
from bot.delivery.outbox import Outbox
from knowledge.store import open_engine
from tests.delivery.fakes import Clock, event


def claim(inbox: Inbox, lease: float = 60) -> Claimed:
    claimed = inbox.claim(lease)
    assert claimed is not None
    return claimed


def answers(engine: Engine) -> list[tuple[str, str]]:
    with engine.connect() as connection:
        found = connection.execute(select(tables.outbox.c.dedupe, tables.outbox.c.message).order_by(tables.outbox.c.id))
        return [(dedupe, message) for dedupe, message in found]


def test_an_event_comes_back_as_it_was(inbox: Inbox) -> None:
    whole = Incoming("fake", "e1", "u", "c", "button", "/chọn{}", datetime(2026, 1, 2, tzinfo=timezone.utc), "Bà Hà", True, {"k": ["v"]})
    assert inbox.store([whole]) == 1
    assert claim(inbox).event == whole


def test_repeats_do_nothing(inbox: Inbox) -> None:
    assert inbox.store([event(1), event(2), event(1)]) == 2
    assert inbox.store([event(2), event(3)]) == 1
    assert inbox.store([event(1, channel="other")]) == 1, "another channel's ids are its own"
    assert inbox.store([]) == 0
    done = claim(inbox)
    assert inbox.finish(done, [])
    assert inbox.store([event(1)]) == 0, "also when it was answered long ago"


def test_repeats_in_a_race_are_stored_once(inbox: Inbox) -> None:
    start = threading.Barrier(6)

    def store(turn: int) -> int:
        start.wait()
        batch = [event(number, chat=str(number % 3)) for number in range(20)]
        return inbox.store(batch if turn % 2 else batch[::-1])

    with ThreadPoolExecutor(6) as threads:
        assert sum(threads.map(store, range(6))) == 20
    assert inbox.counts() == {("fake", "new"): 20}


@pytest.mark.parametrize("strange", ["\x00", "\ud800", "x" * 4000, "'; DROP TABLE inbox; --", "‮Ẩn", "\n"])
def test_whatever_a_client_sends_is_stored(inbox: Inbox, strange: str) -> None:
    odd = event(f"id {strange}", chat=f"chat {strange}", text=f"text {strange}")
    assert inbox.store([odd]) == 1 and inbox.store([odd]) == 0
    claimed = claim(inbox)
    assert claimed.event == odd
    assert inbox.finish(claimed, [Outgoing(odd.chat, f"đáp {strange}")])


def test_order_within_a_conversation_parallel_across(inbox: Inbox) -> None:
    inbox.store([event(1, "a"), event(2, "a"), event(3, "b"), event(4, "a")])
    first, other = claim(inbox), claim(inbox)
    assert (first.event.event_id, other.event.event_id) == ("1", "3")
    assert inbox.claim() is None, "2 and 4 wait for 1"
    inbox.finish(other, [])
    assert inbox.claim() is None
    inbox.finish(first, [])
    second = claim(inbox)
    assert second.event.event_id == "2"
    assert inbox.claim() is None
    inbox.fail(second, 30)
    assert inbox.claim() is None, "4 waits although 2 rests"


def test_the_same_chat_of_two_channels_is_two_conversations(inbox: Inbox) -> None:
    inbox.store([event(1, "a"), event(1, "a", channel="other")])
    assert {claim(inbox).event.channel, claim(inbox).event.channel} == {"fake", "other"}


def test_a_lease_that_ran_out_is_claimed_again_and_fenced(inbox: Inbox, clock: Clock, engine: Engine) -> None:
    inbox.store([event(1)])
    lost = claim(inbox, 10)
    clock.now += 9
    assert inbox.claim() is None
    clock.now += 1
    ours = claim(inbox)
    assert (ours.id, ours.attempts) == (lost.id, 2)
    assert not inbox.finish(lost, [Outgoing("a", "muộn")])
    assert not inbox.fail(lost, 1) and not inbox.extend(lost) and not inbox.release(lost)
    assert inbox.counts() == {("fake", "working"): 1}
    assert inbox.finish(ours, [Outgoing("a", "đúng")])
    assert not inbox.finish(ours, [Outgoing("a", "lần nữa")])
    assert [dedupe for dedupe, _ in answers(engine)] == [f"reply:{ours.id}:0"]


def test_a_lease_extended_is_kept(inbox: Inbox, clock: Clock) -> None:
    inbox.store([event(1)])
    held = claim(inbox, 10)
    clock.now += 9
    assert inbox.extend(held, 10)
    clock.now += 9
    assert inbox.claim() is None
    assert inbox.finish(held, [])
    assert not inbox.extend(held)


def test_released_is_claimed_at_once(inbox: Inbox) -> None:
    inbox.store([event(1)])
    assert inbox.release(claim(inbox))
    assert claim(inbox).attempts == 2


def test_finish_is_all_or_nothing(inbox: Inbox, outbox: Outbox, engine: Engine, clock: Clock) -> None:
    inbox.store([event(1)])
    claimed = claim(inbox)

    def fail_at_outbox(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO outbox"):
            raise RuntimeError("the process dies here")

    sql_event.listen(engine, "before_cursor_execute", fail_at_outbox)
    with pytest.raises(RuntimeError):
        inbox.finish(claimed, [Outgoing("a", "đáp")])
    sql_event.remove(engine, "before_cursor_execute", fail_at_outbox)
    assert inbox.counts() == {("fake", "working"): 1} and outbox.counts() == {}
    assert inbox.finish(claimed, [Outgoing("a", "đáp", (Button("Có", "/yes"),), {"refs": ["p#1"]}), Outgoing("a", "thêm")])
    assert inbox.counts() == {("fake", "done"): 1}
    sent = outbox.claim("fake")
    assert sent and sent.message == Outgoing("a", "đáp", (Button("Có", "/yes"),), {"refs": ["p#1"]}) and sent.conversation == "fake:a"
    assert [dedupe for dedupe, _ in answers(engine)] == [f"reply:{claimed.id}:0", f"reply:{claimed.id}:1"]


def test_five_failures_end_in_an_apology(inbox: Inbox, outbox: Outbox, clock: Clock) -> None:
    inbox.store([event(1), event(2)])
    for attempt in range(1, 5):
        failing = claim(inbox)
        assert (failing.event.event_id, failing.attempts) == ("1", attempt)
        assert inbox.fail(failing, 7)
        assert inbox.claim() is None
        clock.now += 7
    assert outbox.counts() == {}
    assert inbox.fail(claim(inbox), 7)
    assert inbox.counts() == {("fake", "dead"): 1, ("fake", "new"): 1}
    apology = outbox.claim("fake")
    assert apology and apology.message == Outgoing("a", APOLOGY)
    assert claim(inbox).event.event_id == "2", "the conversation goes on"


def test_nobody_is_told_of_a_lost_event_that_said_nothing(inbox: Inbox, outbox: Outbox) -> None:
    inbox.store([event(1, kind="unfollow")])
    for _ in range(5):
        inbox.fail(claim(inbox), 0)
    assert inbox.counts() == {("fake", "dead"): 1} and outbox.counts() == {}


def test_an_event_that_kills_the_process_is_given_up(inbox: Inbox, outbox: Outbox, clock: Clock) -> None:
    inbox.store([event(1), event(2)])
    for attempt in range(1, inbox_module.MOST_CLAIMS + 1):
        assert claim(inbox, 5).attempts == attempt
        clock.now += 5
    assert claim(inbox).event.event_id == "2"
    assert inbox.counts() == {("fake", "dead"): 1, ("fake", "working"): 1} and outbox.counts() == {("fake", "new"): 1}


@pytest.mark.parametrize("stored", ["{", "[]", '{"channel": "fake"}', '{"unknown": 1}', "null"])
def test_a_damaged_line_stops_nobody(inbox: Inbox, engine: Engine, stored: str) -> None:
    inbox.store([event(1), event(2, "b")])
    with engine.begin() as connection:
        connection.execute(update(tables.inbox).where(tables.inbox.c.event_id == "1").values(event=stored))
    assert claim(inbox).event.event_id == "2"
    assert inbox.counts() == {("fake", "dead"): 1, ("fake", "working"): 1}


def test_old_texts_are_erased_and_repeats_still_known(inbox: Inbox, outbox: Outbox, clock: Clock, engine: Engine) -> None:
    inbox.store([event(1), event(2, "b"), event(3, "c")])
    for _ in range(2):
        inbox.finish(claim(inbox), [Outgoing("a", "đáp")])
    waiting = outbox.claim("fake")
    assert waiting and outbox.sent(waiting, "x")
    clock.now += 100
    inbox.finish(claim(inbox), [])
    assert inbox.erase_before(clock.now - 50, "fake:b") == 1
    assert inbox.erase_before(clock.now - 50) == 1 and inbox.erase_before(clock.now - 50) == 0
    assert outbox.erase_before(clock.now - 50) == 1
    with engine.connect() as connection:
        assert [bool(text) for text in connection.scalars(select(tables.inbox.c.event).order_by(tables.inbox.c.id))] == [False, False, True]
        texts = connection.execute(select(tables.outbox.c.state, tables.outbox.c.message).order_by(tables.outbox.c.id)).all()
    assert [(state, bool(text)) for state, text in texts] == [("sent", False), ("new", True)], "what is open keeps its text"
    assert inbox.store([event(1)]) == 0


def test_many_claim_at_once_and_none_gets_the_same(inbox: Inbox) -> None:
    inbox.store([event(number, chat=str(number % 5)) for number in range(100)])
    taken: list[tuple[str, int]] = []
    running: set[str] = set()
    lock = threading.Lock()

    def work(_: int) -> None:
        while True:
            claimed = inbox.claim()
            if claimed is None:
                with lock:
                    if len(taken) == 100:
                        return
                continue
            with lock:
                assert claimed.event.chat not in running, "two events of one conversation at the same time"
                running.add(claimed.event.chat)
                taken.append((claimed.event.chat, int(claimed.event.event_id)))
            assert inbox.extend(claimed)
            with lock:
                running.discard(claimed.event.chat)
            assert inbox.finish(claimed, [Outgoing(claimed.event.chat, "đáp")])

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(work, range(6)))
    assert len(taken) == 100
    for chat in map(str, range(5)):
        order = [number for name, number in taken if name == chat]
        assert order == sorted(order)


def test_a_slow_transaction_is_not_overtaken_in_its_conversation(postgres_url: str) -> None:
    """A line with a lower number that became visible later would be worked on beside the later one. (SQLite has one writer.)"""
    engine = open_engine(postgres_url)
    inbox = Inbox(engine)
    arrived, go_on = threading.Event(), threading.Event()

    def linger(connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO inbox") and not arrived.is_set():
            arrived.set()
            assert go_on.wait(10)

    sql_event.listen(engine, "after_cursor_execute", linger)
    with ThreadPoolExecutor(2) as threads:
        slow = threads.submit(inbox.store, [event(1)])
        assert arrived.wait(10)
        quick = threads.submit(inbox.store, [event(2)])
        assert inbox.store([event(3, "b")]) == 1, "other conversations don't wait"
        assert claim(inbox).event.event_id == "3" and inbox.claim() is None and not quick.done()
        go_on.set()
        assert slow.result(10) == quick.result(10) == 1
    assert claim(inbox).event.event_id == "1" and inbox.claim() is None
    engine.dispose()


def test_numbers_are_never_used_again(inbox: Inbox, engine: Engine) -> None:
    inbox.store([event(1), event(2)])
    with engine.begin() as connection:
        last = connection.scalar(select(tables.inbox.c.id).order_by(tables.inbox.c.id.desc()).limit(1))
        connection.execute(tables.inbox.delete())
        connection.execute(insert(tables.inbox).values(
            channel="fake", event_id="3", conversation="fake:a", event="{}", state="new", received=0.0))
        assert connection.scalar(select(tables.inbox.c.id)) == last + 1


def test_how_many_came_in_the_same_minute_is_counted_for_all_processes(inbox: Inbox, engine: Engine, clock: Clock) -> None:
    clock.now = 1_200_000.0 - 1  # the last second of a minute
    inbox.store([event("a")])
    clock.now += 1
    inbox.store([event("b"), event("c"), event("d", chat="other")])
    Inbox(engine, clock).store([event("e"), event("b")])
    earlier = {}
    while (claimed := inbox.claim()) is not None:
        earlier[claimed.event.event_id] = claimed.event.earlier
        inbox.finish(claimed, [])
    assert earlier == {"a": 0, "b": 0, "c": 1, "d": 0, "e": 2}


def test_replies_are_sent_at_once_unless_something_waits_before_them(inbox: Inbox, outbox: Outbox, clock: Clock) -> None:
    inbox.store([event(1), event(2), event(3, "b")])
    outbox.put("fake", "fake:a", Outgoing("a", "tuần sau"), "later", due=clock.now + 1000)
    assert inbox.finish(claim(inbox), [Outgoing("a", "một"), Outgoing("a", "hai")], at_once=True)
    assert outbox.counts() == {("fake", "sent"): 2, ("fake", "new"): 1}
    outbox.put("fake", "fake:a", Outgoing("a", "nhắc việc"), "now")
    for _ in range(2):
        assert inbox.finish(claim(inbox), [Outgoing("a", "ba")], at_once=True)
    waiting = [outbox.claim("fake"), outbox.claim("fake")]
    assert waiting[0] is not None and waiting[0].message.text == "nhắc việc" and waiting[1] is None
    outbox.sent(waiting[0], "1")
    behind = outbox.claim("fake")
    assert behind is not None and behind.message.text == "ba"


def test_tables_of_an_older_version_get_the_indexes_they_lack(engine: Engine) -> None:
    tables.prepare(engine)
    with engine.begin() as connection:
        for name in ("ix_outbox_news", "ix_inbox_received"):
            connection.exec_driver_sql(f"DROP INDEX {name}")
    tables.prepare(engine)
    assert {"ix_outbox_news"} <= {index["name"] for index in inspect(engine).get_indexes("outbox")}
    assert {"ix_inbox_received"} <= {index["name"] for index in inspect(engine).get_indexes("inbox")}


def test_who_no_longer_holds_an_event_writes_nothing_with_it(inbox: Inbox, clock: Clock) -> None:
    inbox.store([event(1)])
    late = claim(inbox, lease=10)
    clock.now += 11
    now = claim(inbox)
    written: list[str] = []
    assert not inbox.finish(late, [Outgoing("a", "muộn")], writes=[lambda _: written.append("late")])
    assert inbox.finish(now, [Outgoing("a", "đáp")], writes=[lambda _: written.append("now")])
    assert written == ["now"]
