"""One look for all: everybody who follows is told what was sent, once and in order, whoever sent it."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

from sqlalchemy import Engine

from bot.channels.port import Outgoing
from bot.delivery.outbox import Outbox
from bot.server.widget_news import Listener, News
from bot.server.widget_reading import Reader, Sent
from knowledge.store import errors
from tests.delivery.fakes import until


class Office:
    """Sends messages as an outbox's sender does, from this process or another."""

    def __init__(self, engine: Engine) -> None:
        self.outbox, self.number = Outbox(engine), 0

    def send(self, chat: str, text: str, news: News | None = None) -> None:
        self.number += 1
        self.outbox.put("web", f"web:{chat}", Outgoing(chat, text), str(self.number))
        waiting = self.outbox.claim("web")
        assert waiting is not None
        self.outbox.sent(waiting, "")
        if news:
            news.ring(waiting.conversation)


class Watched(Reader):
    """Counts its looks, and fails while `away`."""

    looks, away = 0, 0

    def sent_since(self, moment: float, known: Collection[int]) -> list[tuple[str, Sent]]:
        self.looks += 1
        if self.away:
            self.away -= 1
            raise errors.DatabaseUnreachable("đi vắng")
        return super().sent_since(moment, known)


async def told(listener: Listener, count: int) -> list[str]:
    found: list[str] = []
    while len(found) < count:
        sent = await listener.next(10)
        assert sent is not None
        found.append(sent.message.text)
    return found


def test_everybody_hears_their_own_once_and_in_order(engine: Engine) -> None:
    async def run() -> None:
        office, news = Office(engine), News(Reader(engine), 0.02)
        looking = asyncio.create_task(news.run())
        with news.listening("web:a") as first, news.listening("web:a") as second, news.listening("web:b") as other:
            for number in range(20):
                await asyncio.to_thread(office.send, "ab"[number % 2], str(number))
                if number % 3:  # else another process has sent it
                    news.ring(f"web:{'ab'[number % 2]}")
            even, odd = [str(n) for n in range(0, 20, 2)], [str(n) for n in range(1, 20, 2)]
            assert await told(first, 10) == await told(second, 10) == even and await told(other, 10) == odd
            assert [await listener.next(0.1) for listener in (first, second, other)] == [None] * 3, "nothing twice"
        looking.cancel()

    asyncio.run(run())


def test_what_this_process_sends_is_told_without_waiting_for_the_next_look(file: Engine) -> None:
    async def run() -> None:
        office, news = Office(file), News(Reader(file), 3600.0)
        looking = asyncio.create_task(news.run())
        with news.listening("web:a") as listener:
            await asyncio.sleep(0)
            office.send("a", "một", news)
            assert await told(listener, 1) == ["một"]
        looking.cancel()

    asyncio.run(run())


def test_one_look_serves_all_and_none_is_made_for_nobody(file: Engine) -> None:
    async def run() -> None:
        reader = Watched(file)
        office, news = Office(file), News(reader, 0.02)
        office.send("a", "trước")
        looking = asyncio.create_task(news.run())
        await asyncio.sleep(0.1)
        assert reader.looks == 0
        listeners = [news.listening(f"web:{number}") for number in range(50)]
        opened = [listener.__enter__() for listener in listeners]
        await until(lambda: reader.looks >= 3)
        looks = reader.looks
        office.send("7", "một")
        assert await told(opened[7], 1) == ["một"]
        await until(lambda: reader.looks > looks)
        for listener in listeners:
            listener.__exit__(None, None, None)
        looking.cancel()

    asyncio.run(run())


def test_a_database_that_is_away_for_a_while(file: Engine) -> None:
    async def run() -> None:
        reader = Watched(file)
        reader.away = 3
        office, news = Office(file), News(reader, 0.01)
        looking = asyncio.create_task(news.run())
        with news.listening("web:a") as listener:
            office.send("a", "một")
            assert await told(listener, 1) == ["một"]
            news.close()
            assert await listener.next(5) is None and listener.over
        with news.listening("web:a") as late:
            assert await late.next(5) is None and late.over, "nobody waits for a server that stops"
        looking.cancel()

    asyncio.run(run())
