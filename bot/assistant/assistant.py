"""The assistant as the rest of the program sees it: a text goes in, an answer record comes out."""

from __future__ import annotations

import asyncio
import gc
import logging
import tarfile
import threading
import time
import uuid
import zlib
from collections.abc import Mapping
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.lock_store import LockError
from rasa.shared.exceptions import RasaException
from sqlalchemy import Engine

from bot import logs
from bot.assistant import guard, lock_store, records
from bot.assistant.actions import Actions
from bot.assistant.processor import load_agent
from bot.assistant.records import Record
from bot.assistant.tracker_store import SqlTrackerStore
from bot.settings import Settings
from knowledge.store import open_engine

log = logging.getLogger(__name__)

_FIRST = "Cơ quan nào chủ trì nhiệm vụ chuyển đổi số, khi nào phải xong?"
_OUT_OF_SCOPE = {"utter_out_of_scope", "utter_default", "utter_please_rephrase"}


class ModelUnusable(Exception):
    """The model file is missing, damaged, or made by another version."""


class Collector(OutputChannel):
    """Takes the bot's messages whole (text, buttons, payload), in order."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        """The channel's name for response variations in the domain."""
        return "troly"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keep one message."""
        self.messages.append(message)


class Assistant:
    """Answers messages. One per process; safe to call concurrently: turns of one conversation keep their order."""

    def __init__(self, agent: Agent) -> None:
        self.agent = agent

    @classmethod
    def load(cls, settings: Settings, engine: Engine | None = None) -> Assistant:
        """The assistant on the trained model of `settings`.

        `engine` keeps conversations and locks; None keeps the conversations in memory (they end with the process).
        Raises ModelUnusable; `startup.model` trains a new one before it comes to that.
        """
        logs.quiet_structlog()
        store = engine if engine is not None else open_engine("sqlite://")
        actions = Actions(settings.actions, threaded=store.dialect.name != "sqlite")
        stores = SqlTrackerStore(store), lock_store.for_engine(store)
        try:
            return cls(load_agent(settings.model, actions, *stores))
        except (OSError, EOFError, ValueError, KeyError, zlib.error, tarfile.TarError, RasaException) as error:
            raise ModelUnusable(str(settings.model)) from error

    def warm_up(self) -> None:
        """Answer a question that nobody asked, so that the first person does not wait for what is loaded on first use.

        Its conversation is kept nowhere. What is loaded by then stays: the garbage collector need not look at it again.
        """
        store = self.agent.processor.tracker_store
        self.agent.processor.tracker_store = SqlTrackerStore(open_engine("sqlite://"), self.agent.domain)
        try:
            worker = threading.Thread(target=lambda: asyncio.run(self.answer(_FIRST)))  # a loop may run in this one
            worker.start()
            worker.join()
        finally:
            self.agent.processor.tracker_store = store
        gc.collect()
        gc.freeze()

    async def answer(
        self,
        text: str,
        *,
        conversation: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        id: str | None = None,
        channel: str | None = None,
        payload: bool = False,
    ) -> Record:
        """The answer record of one message; never raises for anything the message or an action can cause.

        `conversation` absent: one of its own. `metadata` reaches actions as `tracker.latest_message["metadata"]`
        (province, agency, now…). `payload`: the text is the payload of one of our own buttons (`/intent{…}`).
        """
        start = time.perf_counter()
        record, parse = guard.check(text), None
        if record is None:
            message = UserMessage(
                guard.prepare(text, payload), Collector(), conversation or f"once-{uuid.uuid4().hex}",
                input_channel=channel, metadata=dict(metadata or {}),
            )
            record = await self._ask_rasa(message)
            parse = message.parse_data
        intent = (parse or {}).get("intent") or {}
        ms = (time.perf_counter() - start) * 1000
        return records.finish(record, id=id, intent=intent.get("name"), confidence=intent.get("confidence"), ms=ms)

    async def _ask_rasa(self, message: UserMessage) -> Record:
        try:
            await self.agent.handle_message(message)
        except LockError:
            log.warning("conversation %s is still busy", message.sender_id)
            return records.error(records.BUSY)
        except Exception:
            log.exception("a message could not be answered")
            return records.error(records.TROUBLE)
        return from_messages(message.output_channel.messages)


def from_messages(messages: list[dict[str, Any]]) -> Record:
    """One record from the bot's messages: the first record among them, or one made from plain responses.

    Texts of all messages are joined where the record brings none; buttons go along. No message at all means that the
    action failed (Rasa logs that and goes on).
    """
    if not messages:
        return records.error(records.TROUBLE)
    texts = "\n\n".join(m["text"] for m in messages if m.get("text"))
    found = next((m["custom"]["record"] for m in messages if (m.get("custom") or {}).get("record")), None)
    record = {**found} if found else _from_response(messages[0])
    record["text"] = record.get("text") or texts
    buttons = [button for m in messages for button in m.get("buttons") or []]
    if buttons and "buttons" not in record:
        record["buttons"] = buttons
    return record


def _from_response(message: dict[str, Any]) -> Record:
    response = (message.get("metadata") or message).get("utter_action", "")
    return records.make("out_of_scope" if response in _OUT_OF_SCOPE else "smalltalk", "")
