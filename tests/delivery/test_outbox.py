"""Messages: kept once, in order within a chat, not before their time; what each failure makes of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, select, update

from bot.channels.port import Button, Outgoing, Remedy, SendFailed
from bot.delivery.outbox import MOST_FAILURES, Outbox, Waiting, pause, pieces
from bot.delivery.tables import outbox as table
from tests.delivery.fakes import Clock


def put(outbox: Outbox, name: str, chat: str = "a", due: float = 0, channel: str = "fake") -> None:
    assert outbox.put(channel, f"{channel}:{chat}", Outgoing(chat, name), f"test:{channel}:{name}", due)


def claim(outbox: Outbox, channel: str = "fake", gap: float = 0) -> Waiting:
    waiting = outbox.claim(channel, gap=gap)
    assert waiting is not None
    return waiting


def failed(remedy: Remedy, retry_after: float | None = None) -> SendFailed:
    return SendFailed(remedy, f"lý do {remedy.value}", retry_after)


def test_a_message_comes_back_as_it_was(outbox: Outbox) -> None:
    message = Outgoing("a", "chào\n\nanh", (Button("Có", "/yes"),), {"refs": ["p#1"]}, "push", True)
    assert outbox.put("fake", "fake:a", message, "reminder:1")
    assert claim(outbox).message == message


def test_no_message_twice(outbox: Outbox) -> None:
    put(outbox, "1")
    assert not outbox.put("fake", "fake:b", Outgoing("b", "khác"), "test:fake:1")
    assert outbox.sent(claim(outbox), "x")
    assert not outbox.put("fake", "fake:a", Outgoing("a", "1"), "test:fake:1"), "also long after it was sent"
    with ThreadPoolExecutor(6) as threads:
        kept = threads.map(lambda n: outbox.put("fake", "fake:a", Outgoing("a", "đua"), f"race:{n % 5}"), range(30))
        assert sum(kept) == 5


def test_order_within_a_chat_parallel_across(outbox: Outbox) -> None:
    for name, chat in (("1", "a"), ("2", "a"), ("3", "b")):
        put(outbox, name, chat)
    put(outbox, "4", "a", channel="other")
    first, third = claim(outbox), claim(outbox)
    assert (first.message.text, third.message.text) == ("1", "3")
    assert outbox.claim("fake") is None
    assert claim(outbox, "other").message.text == "4"
    assert outbox.failed(first, failed(Remedy.RETRY))
    assert outbox.claim("fake") is None, "2 waits although 1 rests"


def test_not_before_its_time_and_without_holding_up_others(outbox: Outbox, clock: Clock) -> None:
    put(outbox, "ngày mai", due=clock.now + 100)
    put(outbox, "bây giờ")
    assert outbox.sent(claim(outbox), "x")
    assert outbox.claim("fake") is None
    clock.now += 100
    put(outbox, "sau", chat="b")
    put(outbox, "sau nữa")
    assert claim(outbox).message.text == "sau", "answers go before what was planned"
    assert claim(outbox).message.text == "ngày mai", "and now it goes before later ones of its chat"
    assert outbox.claim("fake") is None


def test_a_gap_within_a_chat(outbox: Outbox, clock: Clock) -> None:
    for name, chat in (("1", "a"), ("2", "a"), ("3", "b")):
        put(outbox, name, chat)
    assert outbox.sent(claim(outbox, gap=1), "x")
    assert outbox.sent(claim(outbox, gap=1), "y")
    assert outbox.claim("fake", gap=1) is None
    clock.now += 0.9
    assert outbox.claim("fake", gap=1) is None
    clock.now += 0.1
    assert claim(outbox, gap=1).message.text == "2"


def test_a_lease_that_ran_out(outbox: Outbox, clock: Clock, engine: Engine) -> None:
    put(outbox, "1")
    lost = claim(outbox)
    clock.now += 59
    assert outbox.extend(lost, 60)
    clock.now += 59
    assert outbox.claim("fake") is None
    clock.now += 1
    ours = claim(outbox)
    assert ours.id == lost.id
    assert not outbox.extend(lost) and not outbox.release(lost) and not outbox.failed(lost, failed(Remedy.DEAD_LETTER))
    assert outbox.sent(lost, "x"), "the provider has it: that is a fact"
    assert not outbox.sent(ours, "y") and not outbox.failed(ours, failed(Remedy.RETRY))
    assert outbox.counts() == {("fake", "sent"): 1}
    with engine.connect() as connection:
        assert connection.execute(select(table.c.provider_id, table.c.sent)).one() == ("x", clock.now)


def test_released_is_claimed_at_once(outbox: Outbox) -> None:
    put(outbox, "1")
    assert outbox.release(claim(outbox))
    assert claim(outbox).failures == 0


def test_retry_waits_longer_each_time_and_gives_up(outbox: Outbox, clock: Clock) -> None:
    put(outbox, "1")
    for number in range(MOST_FAILURES - 1):
        longest = min(600.0, 2 * 3.0 ** number)
        assert outbox.failed(claim(outbox), failed(Remedy.RETRY))
        clock.now += longest * 0.49
        assert outbox.claim("fake") is None
        clock.now += longest * 0.51
    assert outbox.failed(claim(outbox), failed(Remedy.RETRY))
    assert outbox.counts() == {("fake", "dead"): 1}
    assert [letter.reason for letter in outbox.dead()] == ["lý do retry"]


def test_the_providers_own_pause_is_kept(outbox: Outbox, clock: Clock) -> None:
    put(outbox, "1")
    outbox.failed(claim(outbox), failed(Remedy.RETRY, retry_after=900))
    clock.now += 899
    assert outbox.claim("fake") is None
    clock.now += 1
    assert claim(outbox).failures == 1


def test_pauses_differ() -> None:
    assert len({pause(5) for _ in range(20)}) > 10, "many that failed together don't come back together"
    assert all(300 <= pause(n) <= 600 for n in (7, 50, 5000))


@pytest.mark.parametrize("remedy", [Remedy.OTHER_CHANNEL, Remedy.UNLINK])
def test_who_cannot_be_reached_here(outbox: Outbox, remedy: Remedy, engine: Engine) -> None:
    put(outbox, "1")
    put(outbox, "2")
    assert outbox.failed(claim(outbox), failed(remedy))
    assert outbox.counts() == {("fake", "other"): 1, ("fake", "new"): 1}
    assert claim(outbox).message.text == "2"
    with engine.connect() as connection:
        assert connection.scalar(select(table.c.error).where(table.c.state == "other")) == f"lý do {remedy.value}"


def test_a_stopped_channel_costs_a_message_nothing(outbox: Outbox) -> None:
    put(outbox, "1")
    for _ in range(3 * MOST_FAILURES):
        waiting = claim(outbox)
        assert waiting.failures == 0
        assert outbox.failed(waiting, failed(Remedy.STOP_CHANNEL))
    assert outbox.counts() == {("fake", "new"): 1}


def test_dead_letters_are_told_and_sent_again(outbox: Outbox, clock: Clock) -> None:
    for name in "123":
        put(outbox, name, chat=name)
        outbox.failed(claim(outbox), failed(Remedy.DEAD_LETTER))
    dead = outbox.dead()
    assert [(letter.conversation, letter.reason, letter.at) for letter in dead] == [
        (f"fake:{name}", "lý do dead_letter", clock.now) for name in "123"]
    assert outbox.redrive([dead[1].id, 999]) == 1
    assert claim(outbox).message.text == "2" and outbox.claim("fake") is None
    outbox.erase_before(clock.now + 1, "fake:1")
    assert [letter.erased for letter in outbox.dead()] == [True, False]
    assert outbox.redrive([]) == 0
    assert outbox.redrive(None) == 1, "what has no text any more stays"
    again = claim(outbox)
    assert (again.message.text, again.failures) == ("3", 0)
    assert outbox.sent(again, "x")
    assert outbox.redrive([again.id]) == 0, "only dead letters"


def test_redriven_has_all_its_attempts_again(outbox: Outbox, clock: Clock) -> None:
    put(outbox, "1")
    for _ in range(MOST_FAILURES):
        outbox.failed(claim(outbox), failed(Remedy.RETRY))
        clock.now += 600
    assert outbox.redrive(None) == 1
    assert outbox.failed(claim(outbox), failed(Remedy.RETRY))
    assert outbox.counts() == {("fake", "new"): 1}


def test_a_damaged_line_stops_nobody(outbox: Outbox, engine: Engine) -> None:
    put(outbox, "1")
    put(outbox, "2")
    with engine.begin() as connection:
        connection.execute(update(table).where(table.c.dedupe == "test:fake:1").values(message='{"chat": 1, "x": 2}'))
    assert claim(outbox).message.text == "2"
    assert len(outbox.dead()) == 1


def test_a_reason_of_any_kind_is_kept(outbox: Outbox) -> None:
    put(outbox, "1")
    outbox.failed(claim(outbox), SendFailed(Remedy.DEAD_LETTER, "hỏng\x00\ud800\n" * 200))
    assert outbox.dead()[0].reason.startswith("hỏng") and len(outbox.dead()[0].reason) == 500


def test_pieces() -> None:
    buttons = (Button("Có", "/yes"),)
    message = Outgoing("a", "một hai ba\n\nbốn năm sáu\n\nbảy", buttons, {"refs": []}, "push", True)
    found = pieces(message, 12)
    assert [piece.text for piece in found] == ["một hai ba", "bốn năm sáu", "bảy"]
    assert [piece.buttons for piece in found] == [(), (), buttons]
    assert [piece.record for piece in found] == [{}, {}, {"refs": []}]
    assert all(piece.purpose == "push" and piece.silent and piece.chat == "a" for piece in found)
    assert pieces(message, 1000) == [message]
    assert [piece.text for piece in pieces(Outgoing("a", "", buttons), 5)] == [""]
