"""One process that loads one side's agent, waits for "go", answers the questions, and prints what it measured as JSON.

    python -m benchmarks.worker ours  QUESTIONS TURNS
    python -m benchmarks.worker stock QUESTIONS TURNS MODEL ACTIONS_URL
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Engine

TURNS_A_CONVERSATION = 5
WARM_UP = 20
Turn = Callable[[str, str], Awaitable[object]]


def main() -> None:
    """Load, report the first answer, wait, measure."""
    side, questions = sys.argv[1], Path(sys.argv[2]).read_text(encoding="utf-8").splitlines()
    asyncio.run(_work(_ours if side == "ours" else _stock, questions, int(sys.argv[3])))


async def _work(load: Callable[[], Awaitable[Turn]], questions: list[str], turns: int) -> None:
    turn = await load()
    await turn(questions[0], "first")
    print(json.dumps({"first": time.time()}), flush=True)
    for number in range(WARM_UP):
        await turn(questions[number % len(questions)], "warm-up")
    print(json.dumps({"ready": True}), flush=True)
    sys.stdin.readline()
    start, spent = time.perf_counter(), []
    for number in range(turns):
        began = time.perf_counter()
        await turn(questions[number % len(questions)], f"bench-{number // TURNS_A_CONVERSATION}")
        spent.append((time.perf_counter() - began) * 1000)
    print(json.dumps({"seconds": time.perf_counter() - start, "ms": spent}), flush=True)
    sys.stdin.readline()


async def _ours() -> Turn:
    from bot import logs, settings, startup

    found = settings.load()
    logs.set_up(found)
    engine = startup.knowledge_base(found) if found.actions == "actions" else _plain_engine(found.database_url)
    assistant = startup.assistant(found, engine)
    run = f"{time.time()}"

    async def turn(text: str, conversation: str) -> object:
        return await assistant.answer(text, conversation=f"{run}-{conversation}", metadata={"province": "hau-giang"})

    return turn


def _plain_engine(url: str) -> Engine:
    from knowledge.store import open_engine

    return open_engine(url)


async def _stock() -> Turn:
    """As `rasa run` sets itself up, less its HTTP server: tracker in memory, actions on their server."""
    import logging

    logging.basicConfig(level=logging.WARNING)
    from rasa.core.agent import load_agent
    from rasa.core.channels.channel import UserMessage
    from rasa.core.utils import AvailableEndpoints
    from rasa.utils.endpoints import EndpointConfig
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.WARNING)
    model, url = sys.argv[4], sys.argv[5]
    agent = await load_agent(model_path=model, endpoints=AvailableEndpoints(action=EndpointConfig(f"{url}/webhook")))
    while not is_up(url):
        await asyncio.sleep(0.1)

    async def turn(text: str, conversation: str) -> object:
        message = UserMessage(text, sender_id=conversation, metadata={"province": "hau-giang"})
        return await agent.handle_message(message)

    return turn


def is_up(url: str) -> bool:
    """Does the action server answer?"""
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=2):
            return True
    except (urllib.error.URLError, OSError):
        return False


if __name__ == "__main__":
    main()
