"""Forged webhook requests, so many a second, until told to stop: `python -m benchmarks.flood HOST PORT PATH RATE`.

A process of its own, so that sending them does not slow down the people who are measured. Prints how many were refused and the seconds.
"""

from __future__ import annotations

import asyncio
import sys
import time

CONNECTIONS = 50
_BODY = b'{"update_id": 1, "message": {"text": "x"}}'


async def flood(host: str, port: int, path: str, rate: float) -> tuple[int, float]:
    """Send until standard input ends; how many were refused in how many seconds."""
    request = (f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nX-Telegram-Bot-Api-Secret-Token: gia-mao\r\n"
               f"Content-Length: {len(_BODY)}\r\n\r\n").encode() + _BODY
    over, refused, start = asyncio.Event(), 0, time.monotonic()

    async def one(number: int) -> None:
        nonlocal refused
        reader, writer = await asyncio.open_connection(host, port)
        due = start + number / rate
        while not over.is_set():
            await asyncio.sleep(due - time.monotonic())
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith((b"HTTP/1.1 403", b"HTTP/1.1 429")), head
            await reader.readexactly(int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]))
            refused += 1
            due = max(due + CONNECTIONS / rate, time.monotonic() - 1.0)  # what was not taken in time is not made up for
        writer.close()

    ones = [asyncio.create_task(one(number)) for number in range(CONNECTIONS)]
    await asyncio.to_thread(sys.stdin.read)
    over.set()
    await asyncio.gather(*ones)
    return refused, time.monotonic() - start


if __name__ == "__main__":
    print(*asyncio.run(flood(sys.argv[1], int(sys.argv[2]), sys.argv[3], float(sys.argv[4]))))
