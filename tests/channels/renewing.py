"""What a process of its own does in the test of renewals among processes; it imports little, so that it starts soon."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.channels.port import Remedy, SendFailed
from bot.channels.renewal import Renewal
from bot.channels.tokens import Pair, TokenStore
from knowledge.store import open_engine


def renew(url: str, ledger: str, rounds: int) -> None:
    """Have `rounds` tokens refused. The folder stands for the provider: a refresh token is a file that can be made only once."""
    engine = open_engine(url)

    async def trade(refresh: str) -> Pair:
        await asyncio.sleep(0.02)
        try:
            (Path(ledger) / refresh).touch(exist_ok=False)
        except FileExistsError:
            raise SendFailed(Remedy.STOP_CHANNEL, "used") from None
        number = int(refresh[1:]) + 1
        return Pair(f"a{number}", f"r{number}", 10**10)

    async def run() -> None:
        token = ""
        for _ in range(rounds):
            token = await Renewal(TokenStore(engine, "zalo_oa"), "r0", trade).token(refused=token)

    asyncio.run(run())
