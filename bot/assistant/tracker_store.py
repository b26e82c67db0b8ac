"""Rasa's conversations on our own database: events are appended, and a turn reads back a bounded number of them.

Rasa's SQLTrackerStore counts and reads all events of a conversation at every turn, and needs SQLAlchemy 1.4.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, TypeVar

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    ConversationPaused,
    Event,
    SessionStarted,
    SlotSet,
)
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import Connection, Engine, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.assistant.events import from_dicts, merge, split
from bot.assistant.records import to_json
from bot.assistant.tracker_schema import conversations, events, metadata
from knowledge.store import is_gathered, make_tables, reading, write

TURNS = 2
MOST_EVENTS = 60
_LONGEST_ID = 200
_T = TypeVar("_T")

_HEAD = select(conversations.c.last, conversations.c.session, conversations.c.state).where(conversations.c.id == bindparam("id"))
_TAIL = (
    select(events.c.number, events.c.data)
    .where(events.c.conversation == bindparam("id"), events.c.number >= bindparam("first"))
    .order_by(events.c.number)
)
_ALL = (
    select(events.c.number, events.c.data, events.c.more)
    .where(events.c.conversation == bindparam("id"))
    .order_by(events.c.number)
)

_ADD = insert(events)
_GO_ON = (
    update(conversations).where(conversations.c.id == bindparam("_its_id"), conversations.c.last == bindparam("_stored"))
    .values({name: bindparam(f"_{name}") for name in ("last", "state", "updated")})
)
_GO_ON_ANEW = _GO_ON.values(session=bindparam("_session"))


class ConversationConflict(Exception):
    """Somebody else has written to the conversation since it was read; nothing of this turn was stored."""


class SqlTrackerStore(TrackerStore):
    """Conversations in SQLite or PostgreSQL.

    `retrieve` gives the last `turns` turns of the present session, but at most `most_events` events, cut where a turn
    begins. What was set before the cut (slots, the active loop) is put in front as events of its own, so that the
    state is complete; what was said then is in `retrieve_full_tracker`.
    """

    def __init__(
        self, engine: Engine, domain: Domain | None = None, turns: int = TURNS, most_events: int = MOST_EVENTS
    ) -> None:
        super().__init__(domain)
        self._engine, self._reading = engine, reading(engine)
        self._turns, self._most = turns, most_events
        self._threaded = engine.dialect.name != "sqlite"
        make_tables(engine, metadata)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The present session of a conversation, or None."""
        found = await self._run(lambda: self._read_session(_key(sender_id)))
        return None if found is None else self._rebuild(sender_id, *found)

    async def retrieve_full_tracker(self, conversation_id: str) -> DialogueStateTracker | None:
        """The whole conversation with everything that was stored, or None."""
        found = await self._run(lambda: self._read_all(_key(conversation_id)))
        if not found:
            return None
        whole = [merge(json.loads(data), json.loads(more or "{}")) for _, data, more in found]
        tracker = self._rebuild(conversation_id, found[-1].number, whole, {})
        waits = [number for number, event in enumerate(tracker.events, start=1) if _is_wait(event)]
        _set_mark(tracker, found[-1].number, len(whole), waits[-self._turns - 1:])
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Append the events that are new since the tracker was read, with whoever gathers. Writing raises ConversationConflict."""
        stored, offset = _mark(tracker)
        new = list(tracker.events)[offset:]
        if not new:
            return
        key = _key(tracker.sender_id)
        rows = [_row(key, stored + place, event) for place, event in enumerate(new, start=1)]
        waits = [*_waits(tracker), *(row["number"] for row, event in zip(rows, new) if _is_wait(event))]
        waits = waits[-self._turns - 1:]
        state = to_json({**_state(tracker), "waits": waits})
        save = partial(self._append, key, stored, rows, state)
        if is_gathered(self._engine):
            write(self._engine, save)
        else:
            await self._run(lambda: write(self._engine, save))
        _set_mark(tracker, stored + len(new), offset + len(new), waits)
        await self.stream_new(tracker, new)

    async def stream_new(self, tracker: DialogueStateTracker, new: list[Event]) -> None:
        """Hand new events to Rasa's event broker where one is configured."""
        if self.event_broker is not None:
            await self._stream_new_events(self.event_broker, new, tracker.sender_id)

    async def exists(self, conversation_id: str) -> bool:
        """Whether anything was ever stored of the conversation."""
        return await self._run(lambda: self._head(_key(conversation_id))) is not None

    async def keys(self) -> Iterable[str]:
        """The ids of all conversations, the latest first."""
        return await self._run(self._keys)

    async def _run(self, work: Callable[[], _T]) -> _T:
        """Database work: at once on SQLite (shorter than a thread's hop), in a thread where a server must be waited for."""
        return await asyncio.to_thread(work) if self._threaded else work()

    def _keys(self) -> list[str]:
        with self._reading.connect() as connection:
            return list(connection.scalars(select(conversations.c.id).order_by(conversations.c.updated.desc())))

    def _head(self, key: str) -> Any:
        with self._reading.connect() as connection:
            return connection.execute(_HEAD, {"id": key}).one_or_none()

    def _read_session(self, key: str) -> tuple[int, list[dict[str, Any]], dict[str, Any]] | None:
        with self._reading.connect() as connection:
            head = connection.execute(_HEAD, {"id": key}).one_or_none()
            if head is None:
                return None
            state = json.loads(head.state)
            waits = state.get("waits", [])
            first = max(head.session, head.last - self._most + 1, waits[0] if len(waits) > self._turns else 1)
            rows = [json.loads(row.data) for row in connection.execute(_TAIL, {"id": key, "first": first})]
        # Where nothing is cut off, the events themselves tell the whole state.
        return (head.last, _from_turn(rows), state) if first > head.session else (head.last, rows, {"waits": waits})

    def _read_all(self, key: str) -> list[Any]:
        with self._reading.connect() as connection:
            return list(connection.execute(_ALL, {"id": key}))

    def _append(self, key: str, stored: int, rows: list[dict[str, Any]], state: str, connection: Connection) -> None:
        try:
            self._write_head(connection, key, stored, rows, state)
            connection.execute(_ADD, rows)
        except IntegrityError as error:
            raise ConversationConflict(key) from error

    @staticmethod
    def _write_head(connection: Connection, key: str, stored: int, rows: list[dict[str, Any]], state: str) -> None:
        values: dict[str, Any] = {"last": rows[-1]["number"], "state": state, "updated": time.time()}
        sessions = [row["number"] for row in rows if row["type"] == SessionStarted.type_name]
        if sessions:
            values["session"] = sessions[-1]
        if not stored:
            connection.execute(insert(conversations), {"id": key, "session": 1, **values})
            return
        given = {f"_{name}": value for name, value in values.items()}
        changed = connection.execute(_GO_ON_ANEW if sessions else _GO_ON, {**given, "_its_id": key, "_stored": stored})
        if changed.rowcount != 1:
            raise ConversationConflict(key)

    def _rebuild(self, sender_id: str, last: int, stored: list[dict[str, Any]], state: dict[str, Any]) -> DialogueStateTracker:
        loaded = from_dicts(stored)
        history = [*_restoring(state, loaded), *loaded]
        tracker = DialogueStateTracker.from_events(sender_id, history, self.domain.slots)
        _set_mark(tracker, last, len(history), state.get("waits", []))
        return tracker


def _state(tracker: DialogueStateTracker) -> dict[str, Any]:
    """What a reader of the last turns alone could not know."""
    slots = {name: slot.value for name, slot in tracker.slots.items() if slot.value != slot.initial_value}
    return {"slots": slots, "loop": tracker.active_loop_name, "paused": tracker.is_paused()}


def _restoring(state: dict[str, Any], loaded: list[Event]) -> list[Event]:
    """Events that bring back what was set before the first loaded event and has not changed since."""
    if "slots" not in state:
        return []
    when = loaded[0].timestamp if loaded else None
    changed = {event.key for event in loaded if isinstance(event, SlotSet)}
    front: list[Event] = [SlotSet(name, value, timestamp=when) for name, value in state["slots"].items() if name not in changed]
    if state["loop"] and not any(isinstance(event, ActiveLoop) for event in loaded):
        front.append(ActiveLoop(state["loop"], timestamp=when))
    if state["paused"] and not any(isinstance(event, ConversationPaused) for event in loaded):
        front.append(ConversationPaused(timestamp=when))
    return front


def _from_turn(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows from the first place where the assistant waited for the user; all if there is none."""
    for place, row in enumerate(rows):
        if row["event"] == ActionExecuted.type_name and row.get("name") == ACTION_LISTEN_NAME:
            return rows[place:]
    return rows


def _row(key: str, number: int, event: Event) -> dict[str, Any]:
    data, more = split(event)
    return {
        "conversation": key, "number": number, "type": event.type_name, "time": event.timestamp,
        "data": to_json(data), "more": to_json(more) if more else None,
    }


def _key(sender_id: str) -> str:
    """The id as a primary key; an endless one becomes its beginning and a digest."""
    if len(sender_id) <= _LONGEST_ID and sender_id.isprintable():
        return sender_id
    digest = hashlib.blake2b(sender_id.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    return "".join(filter(str.isprintable, sender_id[:100])) + "#" + digest


def _mark(tracker: DialogueStateTracker) -> tuple[int, int]:
    """(number of its last stored event, how many of the tracker's events are stored or need no storing)."""
    mark: tuple[int, int] = getattr(tracker, "troly_mark", (0, 0))
    return mark


def _waits(tracker: DialogueStateTracker) -> list[int]:
    """The numbers of the stored events where the assistant last waited for the user: a turn begins at each."""
    waits: list[int] = getattr(tracker, "troly_waits", [])
    return waits


def _is_wait(event: Event) -> bool:
    return isinstance(event, ActionExecuted) and event.action_name == ACTION_LISTEN_NAME


def _set_mark(tracker: DialogueStateTracker, stored: int, offset: int, waits: list[int]) -> None:
    tracker.troly_mark, tracker.troly_waits = (stored, offset), waits  # type: ignore[attr-defined]
