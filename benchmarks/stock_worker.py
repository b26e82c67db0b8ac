"""The stock pipeline as a process that answers JSON lines: `python -m benchmarks.stock_worker MODEL ACTIONS_URL`.

In: `{"text", "conversation", "metadata"}`, or `{"text"}` alone for its intent. Out: `{"record"}` or `{"intent", "confidence"}`.
"""

from __future__ import annotations

import asyncio
import json
import sys

from benchmarks.worker import is_up


async def main() -> None:
    """Loads the model, waits for the action server, answers until the input ends."""
    from rasa.core.agent import load_agent
    from rasa.core.channels.channel import UserMessage
    from rasa.core.utils import AvailableEndpoints
    from rasa.utils.endpoints import EndpointConfig

    from bot.assistant.assistant import from_messages

    model, url = sys.argv[1:]
    agent = await load_agent(model_path=model, endpoints=AvailableEndpoints(action=EndpointConfig(f"{url}/webhook")))
    while not is_up(url):
        await asyncio.sleep(0.1)
    for line in sys.stdin:
        given = json.loads(line)
        if "conversation" in given:
            message = UserMessage(given["text"], sender_id=given["conversation"], metadata=given["metadata"])
            told: dict[str, object] = {"record": from_messages(await agent.handle_message(message) or [])}
        else:
            intent = (await agent.parse_message(given["text"]))["intent"]
            told = {"intent": intent.get("name") or "-", "confidence": intent.get("confidence") or 0.0}
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
