"""How fast the outbox is sent: messages to many chats through the Telegram channel to a server that answers at once.

`python -m benchmarks.sending [--messages N] [--rate R] [--url URL]` prints what reached the server each second, at the rate that a
provider allows (Bot API FAQ: about 30 a second) and without a limit, and how far the last message fell behind that rate.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Sequence

from aiohttp import web

from bot.channels.port import Outgoing
from bot.channels.telegram import Telegram
from bot.delivery.dispatcher import Dispatcher
from bot.delivery.inbox import Inbox
from bot.delivery.outbox import Outbox
from knowledge.store import open_engine

_TOKEN = "1:bench"


async def measure(url: str, messages: int, rate: float, name: str) -> dict[str, float]:
    """Messages per second as the server sees them, and the seconds that the last one came later than the rate allows."""
    seen: list[float] = []

    async def answer(request: web.Request) -> web.Response:
        if request.path.endswith("/sendMessage"):
            seen.append(time.perf_counter())
            return web.json_response({"ok": True, "result": {"message_id": len(seen)}})
        return web.json_response({"ok": True, "result": []})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    engine = open_engine(url)
    outbox = Outbox(engine)
    for n in range(messages):
        outbox.put("telegram", str(n), Outgoing(str(n), f"Nhắc việc {n}"), f"{name}:{n}")
    channel = Telegram(_TOKEN, secret="s" * 16, mode="webhook", api=f"http://{host}:{port}")

    async def nobody(event: object) -> Sequence[Outgoing]:
        return ()

    dispatcher = Dispatcher(Inbox(engine), outbox, {"telegram": channel}, nobody, rates={"telegram": rate})
    await dispatcher.start()
    while len(seen) < messages:
        await asyncio.sleep(0.02)
    await dispatcher.stop(5)
    await runner.cleanup()
    took = seen[-1] - seen[0]
    behind = max(0.0, took - (messages - 1) / rate) if rate else 0.0
    return {"messages": messages, "allowed": rate, "a_second": round((messages - 1) / took, 1), "behind_seconds": round(behind, 2)}


def main(argv: Sequence[str] | None = None) -> None:
    """At the allowed rate, then without a limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=1_500)
    parser.add_argument("--rate", type=float, default=30.0)
    parser.add_argument("--url", help="an empty database; default: a SQLite file that is thrown away")
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        for rate in (args.rate, 0.0):
            url = args.url or f"sqlite:///{folder}/{rate}.db"
            print(json.dumps(asyncio.run(measure(url, args.messages, rate, str(rate)))))


if __name__ == "__main__":
    main()
