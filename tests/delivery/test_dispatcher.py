"""The running side: answers, pieces, failures, rates, polling, starting and stopping."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import Column, Engine, MetaData, String, Table, select

from bot.channels.port import Button, Incoming, Outgoing, Remedy, SendFailed
from bot.delivery.background import Background
from bot.delivery.dispatcher import Dispatcher
from bot.delivery.inbox import APOLOGY, Inbox
from bot.delivery.outbox import Outbox
from knowledge.store import errors, write
from tests.delivery.fakes import FakeChannel, event, until

Scene = Callable[["Running"], Awaitable[None]]


class Running:
    """An inbox, an outbox and whatever dispatchers a test makes of them."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.inbox, self.outbox = Inbox(engine), Outbox(engine)
        self.channel = FakeChannel()
        self._started: list[Dispatcher] = []

    async def start(
        self, handle: Callable[[Incoming], Awaitable[Sequence[Outgoing]]] | None = None, *channels: FakeChannel, **more: Any
    ) -> Dispatcher:
        by_name = {channel.name: channel for channel in (self.channel, *channels)}
        dispatcher = Dispatcher(self.inbox, self.outbox, by_name, handle or echo, **{"idle": 0.05, **more})
        self._started.append(dispatcher)
        await dispatcher.start()
        return dispatcher

    async def receive(self, dispatcher: Dispatcher, *events: Incoming) -> None:
        await asyncio.to_thread(self.inbox.store, events)
        dispatcher.wake()

    async def close(self) -> None:
        for dispatcher in self._started:
            await dispatcher.stop(5)


@pytest.fixture
def play(engine: Engine) -> Callable[[Scene], None]:
    """Run a scene with everything stopped in the end."""
    async def whole(scene: Scene) -> None:
        running = Running(engine)
        try:
            await scene(running)
        finally:
            await running.close()

    return lambda scene: asyncio.run(whole(scene))


async def echo(event: Incoming) -> list[Outgoing]:
    return [Outgoing(event.chat, f"đáp {event.text}")]


def test_what_an_answer_writes_is_stored_with_it_or_not_at_all(play: Callable[[Scene], None]) -> None:
    notes = Table("notes", MetaData(), Column("text", String(40), primary_key=True))
    troubles = ["while answering", "while writing", ""]

    async def scene(running: Running) -> None:
        notes.create(running.engine)

        def noted() -> list[str]:
            with running.engine.connect() as connection:
                return list(connection.scalars(select(notes.c.text)))

        async def handle(event: Incoming) -> list[Outgoing]:
            trouble = troubles.pop(0)
            write(running.engine, lambda connection: connection.execute(notes.insert().values(text=event.text)))
            assert noted() == [], "not before the answer"
            if trouble == "while answering":
                raise RuntimeError(trouble)
            if trouble == "while writing":
                write(running.engine, lambda connection: connection.execute(notes.insert().values(text=event.text)))
            return await asyncio.to_thread(lambda: [Outgoing(event.chat, "đáp")])

        dispatcher = await running.start(handle)
        await running.receive(dispatcher, event(1))
        await until(lambda: running.channel.texts == ["đáp"], 20)
        assert noted() == ["câu 1"]
        assert running.inbox.counts() == {("fake", "done"): 1}

    play(scene)


def test_from_event_to_answer(play: Callable[[Scene], None]) -> None:
    async def scene(running: Running) -> None:
        dispatcher = await running.start(idle=30.0)
        await until(lambda: running.channel.started)
        await running.receive(dispatcher, *(event(n, chat=str(n % 3)) for n in range(30)))
        await until(lambda: len(running.channel.messages) == 30)
        for chat in "012":
            texts = [message.text for message in running.channel.messages if message.chat == chat]
            assert texts == [f"đáp câu {n}" for n in range(int(chat), 30, 3)]
        assert sorted(running.channel.seen, key=int) == [str(n) for n in range(30)]
        assert dispatcher.states() == {"fake": True}
        await dispatcher.stop(5)
        assert running.channel.ended == 1
        assert running.inbox.counts() == {("fake", "done"): 30} and running.outbox.counts() == {("fake", "sent"): 30}

    play(scene)


def test_what_other_processes_stored_is_found(play: Callable[[Scene], None]) -> None:
    async def scene(running: Running) -> None:
        await running.start()
        await asyncio.to_thread(running.inbox.store, [event(1)])
        await until(lambda: running.channel.texts == ["đáp câu 1"])
        await asyncio.to_thread(running.outbox.put, "fake", "fake:a", Outgoing("a", "nhắc việc"), "reminder:1")
        await until(lambda: running.channel.texts == ["đáp câu 1", "nhắc việc"])

    play(scene)


def test_long_answers_go_out_in_pieces(play: Callable[[Scene], None]) -> None:
    async def handle(event: Incoming) -> list[Outgoing]:
        return [Outgoing(event.chat, "một hai\n\nba bốn\n\nnăm", (Button("Có", "/yes"),)), Outgoing(event.chat, "hết")]

    async def scene(running: Running) -> None:
        running.channel.longest = 9
        dispatcher = await running.start(handle)
        await running.receive(dispatcher, event(1))
        await until(lambda: running.channel.texts == ["một hai", "ba bốn", "năm", "hết"])
        assert [len(message.buttons) for message in running.channel.messages] == [0, 0, 1, 0]
        await until(lambda: running.outbox.counts() == {("fake", "sent"): 4})
        await asyncio.to_thread(running.outbox.put, "fake", "fake:a", Outgoing("a", "tin dài\n\ntừ nơi khác"), "reminder:1")
        await until(lambda: running.channel.texts[4:] == ["tin dài", "từ nơi", "khác"])

    play(scene)


def test_a_failing_answer_is_tried_again_and_harms_no_other(play: Callable[[Scene], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.delivery.dispatcher._FIRST_RETRY", 0.01)
    tries = {"hỏng": 0, "tạm": 0}

    async def handle(event: Incoming) -> list[Outgoing]:
        if event.text in tries:
            tries[event.text] += 1
            if event.text == "hỏng" or tries[event.text] < 3:
                raise ValueError("a fault")
        return await echo(event)

    async def scene(running: Running) -> None:
        dispatcher = await running.start(handle, workers=2)
        await running.receive(
            dispatcher, event(1, "a", "hỏng"), event(2, "a", "sau"), event(3, "b", "tạm"), event(4, "b", "sau"), event(5, "c", "tốt"))
        await until(lambda: len(running.channel.messages) == 5)
        by_chat = {chat: [m.text for m in running.channel.messages if m.chat == chat] for chat in "abc"}
        assert by_chat == {"a": [APOLOGY, "đáp sau"], "b": ["đáp tạm", "đáp sau"], "c": ["đáp tốt"]}
        assert tries == {"hỏng": 5, "tạm": 3}

    play(scene)


def test_a_slow_answer_is_given_once(play: Callable[[Scene], None]) -> None:
    begun: list[str] = []

    async def handle(event: Incoming) -> list[Outgoing]:
        begun.append(event.event_id)
        await asyncio.sleep(2.5)
        return await echo(event)

    async def scene(running: Running) -> None:
        first, second = await running.start(handle, lease=1.0), await running.start(handle, lease=1.0)
        await running.receive(first, event(1), event(2, "b"))
        second.wake()
        await until(lambda: len(running.channel.messages) == 2)
        assert sorted(begun) == ["1", "2"]

    play(scene)


def test_a_slow_channel_holds_up_no_other(play: Callable[[Scene], None]) -> None:
    async def scene(running: Running) -> None:
        stuck, other = asyncio.Event(), FakeChannel("other")

        async def sending(_: Outgoing) -> None:
            await stuck.wait()

        running.channel.sending = sending
        dispatcher = await running.start(None, other)
        await running.receive(dispatcher, *(event(n, chat=str(n)) for n in range(60)), *(event(n, channel="other") for n in range(20)))
        await until(lambda: len(other.messages) == 20)
        assert running.channel.messages == []
        stuck.set()
        await until(lambda: len(running.channel.messages) == 60)

    play(scene)


def test_a_refused_message_is_sent_later(play: Callable[[Scene], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.delivery.outbox._FIRST_PAUSE", 0.01)

    async def scene(running: Running) -> None:
        refusals: list[Exception] = [SendFailed(Remedy.RETRY, "bận"), RuntimeError("a fault in the channel")]

        async def sending(message: Outgoing) -> None:
            if message.chat == "a" and refusals:
                raise refusals.pop()

        running.channel.sending = sending
        dispatcher = await running.start()
        await running.receive(dispatcher, event(1), event(2), event(3, "b"))
        await until(lambda: len(running.channel.messages) == 3)
        assert [message.text for message in running.channel.messages if message.chat == "a"] == ["đáp câu 1", "đáp câu 2"]
        assert refusals == []

    play(scene)


def test_who_blocked_us_is_told_on(play: Callable[[Scene], None]) -> None:
    async def scene(running: Running) -> None:
        async def sending(message: Outgoing) -> None:
            raise SendFailed({"a": Remedy.UNLINK, "b": Remedy.OTHER_CHANNEL}.get(message.chat, Remedy.DEAD_LETTER), "không được")

        unlinked: list[tuple[str, str]] = []
        running.channel.sending = sending
        dispatcher = await running.start(on_unlink=lambda channel, chat: unlinked.append((channel, chat)))
        await running.receive(dispatcher, event(1), event(2, "b"), event(3, "c"))
        await until(lambda: running.outbox.counts() == {("fake", "other"): 2, ("fake", "dead"): 1} and unlinked)
        assert unlinked == [("fake", "a")]

    play(scene)


def test_a_stopped_channel_rests_and_comes_back(play: Callable[[Scene], None]) -> None:
    async def scene(running: Running) -> None:
        allowed, tries, alarms = asyncio.Event(), [0], list[tuple[str, str]]()

        async def sending(_: Outgoing) -> None:
            tries[0] += 1
            if not allowed.is_set():
                raise SendFailed(Remedy.STOP_CHANNEL, "hết hạn mức")

        async def on_alarm(channel: str, reason: str) -> None:
            alarms.append((channel, reason))

        other = FakeChannel("other")
        running.channel.sending = sending
        dispatcher = await running.start(None, other, on_alarm=on_alarm, pause=0.3)
        await running.receive(dispatcher, event(0))
        await until(lambda: not dispatcher.states()["fake"])
        await running.receive(dispatcher, *(event(n, chat=str(n)) for n in range(1, 10)), event(1, channel="other"))
        await until(lambda: other.texts and tries[0] >= 3)
        assert tries[0] < 6, "one message tries for all"
        assert dispatcher.states() == {"fake": False, "other": True}
        assert alarms == [("fake", "hết hạn mức")], "told once"
        allowed.set()
        await until(lambda: len(running.channel.messages) == 10)
        await until(lambda: dispatcher.states()["fake"])
        allowed.clear()
        await running.receive(dispatcher, event(11))
        await until(lambda: len(alarms) == 2)

    play(scene)


def test_callbacks_that_fail_harm_nothing(play: Callable[[Scene], None]) -> None:
    async def scene(running: Running) -> None:
        async def sending(message: Outgoing) -> None:
            if message.chat == "a":
                raise SendFailed(Remedy.UNLINK, "bị chặn")

        def on_unlink(_channel: str, _chat: str) -> None:
            raise RuntimeError("the directory is away")

        running.channel.sending = sending
        dispatcher = await running.start(on_unlink=on_unlink)
        await running.receive(dispatcher, event(1), event(2, "b"))
        await until(lambda: running.outbox.counts() == {("fake", "other"): 1, ("fake", "sent"): 1})

    play(scene)


def test_rates_are_kept_without_falling_behind(play: Callable[[Scene], None]) -> None:
    async def scene(running: Running) -> None:
        async def sending(_: Outgoing) -> None:
            await asyncio.sleep(0.1)  # each alone would be ten a second

        running.channel.sending = sending
        dispatcher = await running.start(rates={"fake": 40.0}, chat_rates={})
        await running.receive(dispatcher, *(event(n, chat=str(n)) for n in range(80)))
        await until(lambda: len(running.channel.messages) == 80)
        times = running.channel.times
        took = times[-1] - times[0]
        assert took > 79 / 40 - 0.5, "no faster than allowed"
        assert took < 79 / 40 * 2 + 1, "and not much slower"

    play(scene)


def test_rates_within_a_chat(play: Callable[[Scene], None]) -> None:
    async def scene(running: Running) -> None:
        dispatcher = await running.start(chat_rates={"fake": 5.0}, idle=30.0)
        await running.receive(dispatcher, *(event(f"{chat}{n}", chat) for n in range(4) for chat in "abcdef"))
        await until(lambda: len(running.channel.messages) == 24)
        for chat in "abcdef":
            times = [at for message, at in zip(running.channel.messages, running.channel.times) if message.chat == chat]
            assert all(later - earlier > 0.19 for earlier, later in zip(times, times[1:]))
        assert running.channel.times[-1] - running.channel.times[0] < 5, "chats don't wait for each other"

    play(scene)


def test_polling_stores_before_it_asks_again_and_outlives_failures(
    play: Callable[[Scene], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.delivery.outbox._FIRST_PAUSE", 0.01)

    async def scene(running: Running) -> None:
        polled, alarms = FakeChannel("polled", polling=True), list[tuple[str, str]]()
        coming: list[Sequence[Incoming] | Exception] = [
            [event(1, channel="polled"), event(2, channel="polled")], SendFailed(Remedy.RETRY, "mạng"), RuntimeError("a fault"),
            [event(2, channel="polled"), event(3, channel="polled")], [],
            SendFailed(Remedy.STOP_CHANNEL, "mã bị thu hồi"), SendFailed(Remedy.STOP_CHANNEL, "mã bị thu hồi"),
            [event(4, channel="polled")]]
        for found in coming:
            polled.coming.put_nowait(found)
        dispatcher = await running.start(None, polled, pause=0.05, on_alarm=lambda *what: alarms.append(what))
        await until(lambda: polled.texts == [f"đáp câu {n}" for n in range(1, 5)])
        assert alarms == [("polled", "mã bị thu hồi")]
        await until(lambda: dispatcher.states() == {"fake": True, "polled": True})
        await dispatcher.stop(5)
        assert running.inbox.counts() == {("polled", "done"): 4}

    play(scene)


def test_what_was_polled_is_kept_while_the_database_is_away(play: Callable[[Scene], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.delivery.background._PAUSES", (0.01, 0.01))

    async def scene(running: Running) -> None:
        store, away = running.inbox.store, [7]

        def unsure(events: Sequence[Incoming]) -> int:
            if away[0]:
                away[0] -= 1
                raise errors.DatabaseUnreachable("đi vắng")
            return store(events)

        monkeypatch.setattr(running.inbox, "store", unsure)
        polled = FakeChannel("polled", polling=True)
        polled.coming.put_nowait([event(1, channel="polled")])
        await running.start(None, polled)
        await until(lambda: polled.texts == ["đáp câu 1"])
        assert away == [0]

    play(scene)


def test_one_process_polls_at_a_time(play: Callable[[Scene], None], engine: Engine) -> None:
    async def scene(running: Running) -> None:
        asked = [0, 0]

        class Counting(FakeChannel):
            def __init__(self, number: int) -> None:
                super().__init__("polled", polling=True)
                self.number = number

            async def poll(self) -> Sequence[Incoming]:
                asked[self.number] += 1
                return await super().poll()

        first, second = Counting(0), Counting(1)
        running.channel = first
        one = await running.start()
        await until(lambda: asked[0])
        running.channel = second
        two = await running.start()
        first.coming.put_nowait([event(1, channel="polled")])
        await until(lambda: first.texts or second.texts)
        if engine.dialect.name == "postgresql":
            assert asked[1] == 0
        await one.stop(5)
        second.coming.put_nowait([event(2, channel="polled")])
        await until(lambda: second.texts[-1:] == ["đáp câu 2"])
        await two.stop(5)

    play(scene)


def test_a_question_whose_answer_comes_only_once_is_waited_for(play: Callable[[Scene], None]) -> None:
    async def scene(running: Running) -> None:
        polled = FakeChannel("polled", polling=True)
        polled.tells_once = True
        dispatcher = await running.start(None, polled)
        await until(lambda: polled.asked)
        stopping = asyncio.create_task(dispatcher.stop(20))
        await asyncio.sleep(0.05)
        assert not stopping.done()
        polled.coming.put_nowait([event(1, channel="polled")])
        await stopping
        assert running.inbox.counts() == {("polled", "new"): 1}
        running.channel = polled
        await running.start()
        await until(lambda: polled.texts == ["đáp câu 1"])

    play(scene)


def test_answers_to_those_who_read_the_outbox_are_sent_by_standing_there(play: Callable[[Scene], None]) -> None:
    async def scene(running: Running) -> None:
        running.channel.reads_outbox = True
        dispatcher = await running.start(idle=30.0)
        await running.receive(dispatcher, event(1), event(2, "b"))
        await until(lambda: sorted(running.channel.told) == ["fake:a", "fake:b"])
        assert running.outbox.counts() == {("fake", "sent"): 2} and running.channel.messages == []
        outbox = running.outbox
        await asyncio.to_thread(outbox.put, "fake", "fake:a", Outgoing("a", "nhắc việc"), "reminder:1")
        await dispatcher.stop(5)  # with a last look
        assert running.channel.texts == ["nhắc việc"] and running.channel.told[-1] == "fake:a"

    play(scene)


def test_what_nobody_waits_for_any_more_is_given_back() -> None:
    async def run() -> None:
        background, begun, go_on, given_back = Background(), threading.Event(), threading.Event(), list[str]()

        def claim() -> str:
            begun.set()
            go_on.wait(10)
            return "claimed"

        claiming = asyncio.create_task(background.claim(claim, given_back.append))
        await asyncio.to_thread(begun.wait, 10)
        claiming.cancel()
        await asyncio.sleep(0)
        go_on.set()
        await asyncio.wait([claiming])
        assert claiming.cancelled() and given_back == ["claimed"]
        background.close()

    asyncio.run(run())


def test_a_stop_lets_begun_work_finish(play: Callable[[Scene], None]) -> None:
    async def scene(running: Running) -> None:
        answering, go_on = asyncio.Event(), asyncio.Event()

        async def handle(event: Incoming) -> list[Outgoing]:
            answering.set()
            await go_on.wait()
            return [Outgoing(event.chat, "một"), Outgoing(event.chat, "hai")]

        dispatcher = await running.start(handle, workers=1)
        await running.receive(dispatcher, event(1), event(2), event(3, "b"))
        await answering.wait()
        stopping = asyncio.create_task(dispatcher.stop(10))
        await asyncio.sleep(0)
        go_on.set()
        await stopping
        assert running.channel.texts == ["một", "hai"], "answered and sent; nothing new was begun"
        assert running.inbox.counts() == {("fake", "done"): 1, ("fake", "new"): 2}
        dispatcher.wake()

    play(scene)


def test_a_stop_with_its_grace_over_loses_nothing(play: Callable[[Scene], None]) -> None:
    async def scene(running: Running) -> None:
        stuck, busy, sending_now = asyncio.Event(), asyncio.Event(), asyncio.Event()

        async def handle(event: Incoming) -> list[Outgoing]:
            if event.chat == "slow":
                busy.set()
                await stuck.wait()
            return await echo(event)

        async def sending(_: Outgoing) -> None:
            sending_now.set()
            await stuck.wait()

        running.channel.sending = sending
        dispatcher = await running.start(handle)
        await running.receive(dispatcher, event(1, "slow"), event(2, "b"))
        await busy.wait()
        await sending_now.wait()
        await dispatcher.stop(0.1)
        assert running.inbox.counts() == {("fake", "new"): 1, ("fake", "done"): 1}
        assert running.outbox.counts() == {("fake", "new"): 1}
        running.channel.sending = None
        stuck.set()
        await running.start(handle)
        await until(lambda: sorted(running.channel.texts) == ["đáp câu 1", "đáp câu 2"])

    play(scene)


def test_a_channel_that_cannot_open_stops_nobody(play: Callable[[Scene], None]) -> None:
    class Broken(FakeChannel):
        async def start(self) -> None:
            raise OSError("no network")

        async def acknowledge(self, event: Incoming) -> None:
            raise OSError("no network")

        async def stop(self) -> None:
            raise OSError("no network")

    class Hanging(FakeChannel):
        async def start(self) -> None:
            await asyncio.Event().wait()

    async def scene(running: Running) -> None:
        broken, hanging = Broken("broken"), Hanging("hanging")
        dispatcher = await running.start(None, broken, hanging)
        await running.receive(dispatcher, event(1), event(1, channel="broken"), event(1, channel="hanging"))
        await until(lambda: running.channel.texts and broken.texts and hanging.texts)

    play(scene)


def test_a_database_that_is_away_for_a_while(play: Callable[[Scene], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.delivery.background._PAUSES", (0.01,) * 5)

    async def scene(running: Running) -> None:
        lock, away = threading.Lock(), dict.fromkeys(("inbox.claim", "inbox.finish", "outbox.claim", "outbox.sent"), 3)

        def unsure(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
            def call(*args: Any) -> Any:
                with lock:
                    away[name] -= 1
                    if away[name] >= 0:
                        raise errors.DatabaseUnreachable("đi vắng")
                return method(*args)
            return call

        for queue, name in ((running.inbox, "inbox"), (running.outbox, "outbox")):
            for method in (full.partition(".")[2] for full in away if full.startswith(name)):
                monkeypatch.setattr(queue, method, unsure(f"{name}.{method}", getattr(queue, method)))
        dispatcher = await running.start()
        await running.receive(dispatcher, event(1))
        await until(lambda: running.outbox.counts() == {("fake", "sent"): 1})
        assert running.channel.texts == ["đáp câu 1"]

    play(scene)


def test_an_answer_for_a_channel_that_is_not_there_waits_for_it(play: Callable[[Scene], None]) -> None:
    async def scene(running: Running) -> None:
        dispatcher = await running.start()
        await running.receive(dispatcher, event(1, channel="later"))
        await until(lambda: running.outbox.counts() == {("later", "new"): 1})
        later = FakeChannel("later")
        await running.start(None, later)
        await until(lambda: later.texts == ["đáp câu 1"])

    play(scene)


def test_stopped_before_it_was_started(engine: Engine) -> None:
    dispatcher = Dispatcher(Inbox(engine), Outbox(engine), {}, echo)
    dispatcher.wake()
    asyncio.run(dispatcher.stop(1))
    assert dispatcher.states() == {}
