"""Events of a conversation as JSON and back.

Rasa finds the class of an event by walking all event classes, each time: a quarter of a turn with forty events.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from rasa.shared.core.events import BotUttered, Event, UserUttered

#: What later turns may need of a user's message; the ranking of all intents and the like are kept apart.
_KEPT_OF_MESSAGE = frozenset(("intent", "entities", "text", "message_id", "metadata", "commands"))


def from_dicts(dicts: Iterable[dict[str, Any]]) -> list[Event]:
    """Events from their dicts. Raises ValueError on an unknown kind of event, as Rasa does."""
    found = (_class_of(item["event"])._from_parameters(item) for item in dicts if "event" in item)
    return [event for event in found if event is not None]


def split(event: Event) -> tuple[dict[str, Any], dict[str, Any]]:
    """An event's dict as (what later turns need, the rest)."""
    data = event.as_dict()
    if isinstance(event, BotUttered) and data["data"].get("custom"):
        return {**data, "data": {**data["data"], "custom": None}}, {"data": {"custom": data["data"]["custom"]}}
    if isinstance(event, UserUttered):
        parse = data["parse_data"]
        kept = {k: v for k, v in parse.items() if k in _KEPT_OF_MESSAGE}
        rest = {k: v for k, v in parse.items() if k not in _KEPT_OF_MESSAGE}
        return {**data, "parse_data": kept}, {"parse_data": rest} if rest else {}
    return data, {}


def merge(data: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """What `split` took apart."""
    return {**data, **{name: {**data[name], **part} for name, part in more.items()}}


@lru_cache(maxsize=256)
def _class_of(type_name: str) -> type[Event]:
    found: type[Event] | None = Event.resolve_by_type(type_name)
    if found is None:
        raise ValueError(f"Unknown event name '{type_name}'.")
    return found
