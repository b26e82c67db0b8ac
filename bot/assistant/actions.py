"""Custom actions in process: rasa_sdk actions run where Rasa runs, without HTTP and without re-checking their answers.

Rasa's RemoteAction posts the whole tracker to an action server and checks each answer against a JSON schema that it
compiles anew every time: most of the time of a stock turn. `LocalAction` keeps RemoteAction's place and its handling
of responses and events, and replaces the transport. The same `actions` package runs unchanged as an action server.
"""

from __future__ import annotations

import asyncio
import dataclasses
import inspect
from collections.abc import Callable, Iterator, Sequence
from typing import Any, overload

from rasa.core.actions.action import Action, ActionExecutionRejection, RemoteAction
from rasa.core.channels.channel import OutputChannel
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk import Tracker
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher
from rasa_sdk.interfaces import ActionExecutionRejection as SdkRejection

from bot.assistant.events import from_dicts


class EventDicts(Sequence[dict[str, Any]]):
    """The events of a tracker as rasa_sdk shows them, each turned into a dict only when somebody looks at it."""

    def __init__(self, events: Sequence[Event]) -> None:
        self._events = events

    def __len__(self) -> int:
        return len(self._events)

    @overload
    def __getitem__(self, index: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, index: slice) -> list[dict[str, Any]]: ...
    def __getitem__(self, index: int | slice) -> dict[str, Any] | list[dict[str, Any]]:
        """One event, or a list of them."""
        if isinstance(index, slice):
            return [event.as_dict() for event in list(self._events)[index]]
        return dict(self._events[index].as_dict())

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (event.as_dict() for event in self._events)

    def __reversed__(self) -> Iterator[dict[str, Any]]:
        return (event.as_dict() for event in reversed(self._events))


class Once(dict[str, Any]):
    """A JSON payload that is never changed once uttered: a copy of it is itself (Rasa deep-copies events to log them)."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Once:
        return self


class Actions:
    """The custom actions of one package, by name.

    `threaded` runs those that are plain functions in a thread, so that one waiting for a database server does not
    hold up the other conversations; with SQLite the hop would cost more than the wait.
    """

    def __init__(self, package: str, threaded: bool = False) -> None:
        self._executor = ActionExecutor()
        self._executor.register_package(package)
        self._threaded = threaded

    def __contains__(self, name: object) -> bool:
        return name in self._executor.actions

    def names(self) -> list[str]:
        """The names of all actions, sorted."""
        return sorted(self._executor.actions)

    async def run(self, name: str, tracker: Tracker, domain: dict[str, Any]) -> tuple[list[Any], list[dict[str, Any]]]:
        """Run one action: its events (as dicts) and its responses. Raises what the action raises."""
        dispatcher = CollectingDispatcher()
        events = await self._call(self._executor.actions[name], dispatcher, tracker, domain)
        return self._executor.validate_events(events or [], name), dispatcher.messages

    async def _call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        if self._threaded and not inspect.iscoroutinefunction(function):
            return await asyncio.to_thread(function, *arguments)
        result = function(*arguments)
        return await result if inspect.isawaitable(result) else result


class LocalAction(RemoteAction):
    """A custom action that runs here."""

    def __init__(self, name: str, actions: Actions) -> None:
        super().__init__(name, None)
        self._actions = actions

    async def run(
        self, output_channel: OutputChannel, nlg: NaturalLanguageGenerator, tracker: DialogueStateTracker, domain: Domain
    ) -> list[Event]:
        """Run the action; see the base class. A rejection by the action is Rasa's own rejection."""
        try:
            events, responses = await self._actions.run(self.name(), sdk_tracker(tracker), domain.as_dict())
        except SdkRejection as rejected:
            raise ActionExecutionRejection(self.name(), str(rejected)) from rejected
        for response in responses:
            if response.get("custom"):
                response["custom"] = Once(response["custom"])
        uttered = await self._utter_responses(responses, output_channel, nlg, tracker)
        return [*uttered, *from_dicts(events)]


class LocalEndpoint(EndpointConfig):
    """An action server that is not there: forms and slot validation in Rasa build a RemoteAction themselves."""

    def __init__(self, actions: Actions) -> None:
        super().__init__(url="local:")
        self._actions = actions

    async def request(self, method: str = "post", subpath: str | None = None, content_type: str | None = None,
                      compress: bool = False, **kwargs: Any) -> Any:
        """Answer an action call as the action server would."""
        call = kwargs["json"]
        tracker = Tracker.from_dict(call["tracker"])
        events, responses = await self._actions.run(call["next_action"], tracker, call.get("domain", {}))
        return {"events": events, "responses": responses}


def local(action: Action, actions: Actions) -> Action:
    """`action`, or the one that runs here in its place if it is a custom action that we have."""
    if type(action) is RemoteAction and action.name() in actions:
        return LocalAction(action.name(), actions)
    return action


def sdk_tracker(tracker: DialogueStateTracker) -> Tracker:
    """Rasa's tracker as actions see it, without serialising its events."""
    return Tracker(
        tracker.sender_id,
        tracker.current_slot_values(),
        tracker._latest_message_data(),
        EventDicts(tracker.events),  # type: ignore[arg-type]
        tracker.is_paused(),
        tracker.followup_action,
        dataclasses.asdict(tracker.active_loop) if tracker.active_loop else {},
        tracker.latest_action_name,
    )
