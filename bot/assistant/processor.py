"""Rasa's message processor and agent with our actions in the place of an action server. The one seam to Rasa's core.

`tests/bot/test_seam.py` fails if the pinned Rasa stops calling what is overridden here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.core.actions.action import Action
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.core.lock_store import LockStore
from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import TrackerStore
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.storage import ModelMetadata
from rasa.shared.core.events import ActionExecutionRejected, Event
from rasa.shared.core.trackers import DialogueStateTracker

from bot.assistant import graph
from bot.assistant.actions import Actions, LocalEndpoint, local


class Processor(MessageProcessor):
    """Runs custom actions here, and leaves what NLU made of a message on the message for the caller to read."""

    def __init__(self, actions: Actions, **kwargs: Any) -> None:
        super().__init__(action_endpoint=LocalEndpoint(actions), **kwargs)
        self._actions = actions

    @staticmethod
    def _load_model(model_path: str | Path) -> tuple[str, ModelMetadata, GraphRunner]:
        return Path(model_path).name, *graph.load(Path(model_path))

    async def parse_message(
        self, message: UserMessage, tracker: DialogueStateTracker | None = None, only_output_properties: bool = True
    ) -> dict[str, Any]:
        """What NLU makes of the message, also kept in `message.parse_data`."""
        message.parse_data = await super().parse_message(message, tracker, only_output_properties)
        return message.parse_data

    def predict_next_with_tracker_if_should(self, tracker: DialogueStateTracker) -> tuple[Action, PolicyPrediction]:
        """The next action as the policies see it, ours in the place of a remote one."""
        action, prediction = super().predict_next_with_tracker_if_should(tracker)
        return local(action, self._actions), prediction

    def _log_action_on_tracker(
        self, tracker: DialogueStateTracker, action: Action, events: list[Event] | None, prediction: PolicyPrediction
    ) -> None:
        """See the base class, which copies all events deeply for debug lines that nobody reads."""
        if not any(isinstance(event, ActionExecutionRejected) for event in events or []):
            tracker.update_with_events(prediction.events, self.domain)
            tracker.update(action.event_for_successful_execution(prediction))
        tracker.update_with_events(events or [], self.domain)

    def _check_for_unseen_features(self, parse_data: dict[str, Any]) -> None:
        """Nothing: intents and entities come from the model itself, and the check builds an empty domain for every message."""

    def _get_action(self, action_name: str) -> Action | None:
        action = super()._get_action(action_name)
        return local(action, self._actions) if action else None


def load_agent(model: Path, actions: Actions, tracker_store: TrackerStore, lock_store: LockStore) -> Agent:
    """Rasa's agent on a model file with our processor. Raises what Rasa raises on a model it cannot read.

    The store is used bare: Rasa would wrap it so that a failing database silently becomes one in memory.
    """
    agent = Agent(lock_store=lock_store)
    agent.tracker_store = tracker_store
    agent.processor = Processor(
        actions, model_path=str(model), tracker_store=tracker_store, lock_store=lock_store, generator=agent.nlg
    )
    agent.domain = agent.processor.domain
    tracker_store.domain = agent.domain
    if isinstance(agent.nlg, TemplatedNaturalLanguageGenerator):
        agent.nlg.responses = agent.domain.responses
    return agent
