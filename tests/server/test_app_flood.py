"""A flood of forged requests, as fast as they can be sent, while people go on talking."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import aiohttp
from sqlalchemy import func, select

from bot.delivery.tables import inbox
from knowledge.store import open_engine
from tests.server.fakes import HEADERS, Servers, body

CONNECTIONS, SECONDS = 60, 4.0
PEOPLE, TURNS = 10, 8
FORGED = b"POST /webhook/fake HTTP/1.1\r\nHost: x\r\nX-Fake-Secret: sai\r\nContent-Length: 64\r\n\r\n" + b"x" * 64


async def forge(host: str, port: int, until: float) -> int:
    """Forged requests over one connection, one after the other; how many were refused."""
    refused = 0
    reader, writer = await asyncio.open_connection(host, port)
    while time.monotonic() < until:
        writer.write(FORGED)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith((b"HTTP/1.1 403", b"HTTP/1.1 429")), head
        await reader.readexactly(int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]))
        refused += 1
    writer.close()
    return refused


async def talk(http: aiohttp.ClientSession, address: str, name: str) -> list[float]:
    """One person's messages from the very address that the flood comes from; the seconds until each was confirmed."""
    waited = []
    for turn in range(TURNS):
        start = time.monotonic()
        async with http.post(f"{address}/webhook/fake", data=body(f"{name} {turn}", name, f"câu {turn}"), headers=HEADERS) as response:
            assert response.status == 200
        waited.append(time.monotonic() - start)
        await asyncio.sleep(SECONDS / TURNS / 2)
    return waited


def test_people_are_answered_through_a_flood(tmp_path: Path) -> None:
    url = f"sqlite:///{(tmp_path / 'troly.db').as_posix()}"

    async def scene(servers: Servers) -> None:
        _, address = await asyncio.to_thread(servers.start)
        host, port = address.removeprefix("http://").split(":")
        until = time.monotonic() + SECONDS
        floods = [asyncio.create_task(forge(host, int(port), until)) for _ in range(CONNECTIONS)]
        async with aiohttp.ClientSession() as http:
            talks = await asyncio.gather(*(talk(http, address, f"người {n}") for n in range(PEOPLE)))
            waited = sorted(seconds for one in talks for seconds in one)
            refused = sum(await asyncio.gather(*floods))
            async with http.get(f"{address}/metrics") as response:
                figures = await response.text()
            while len(servers.sent()) < PEOPLE * TURNS:
                await asyncio.sleep(0.05)
        print(f"\n{refused / SECONDS:.0f} forged requests a second refused; {len(waited)} of people confirmed after "
              f"{waited[len(waited) // 2] * 1000:.0f} ms (median), {waited[-1] * 1000:.0f} ms (longest), all answered")
        assert f'troly_webhook_rejections_total{{channel="fake",reason="forbidden"}} {float(refused)}' in figures

    servers = Servers(url, tmp_path)
    try:
        asyncio.run(asyncio.wait_for(scene(servers), 60))
        sent = servers.sent()
        assert "Traceback" not in servers.logged() and servers.logged().count("webhook refused") < 20
    finally:
        servers.close()
    for number in range(PEOPLE):
        assert [text for chat, text in sent if chat == f"người {number}"] == [f"Trả lời: câu {turn}" for turn in range(TURNS)]
    engine = open_engine(url)
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(inbox)).scalar_one() == PEOPLE * TURNS
    engine.dispose()
