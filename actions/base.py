"""What all actions share: the question out of the tracker, the answer into the conversation."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.knowledge import knowledge_base
from knowledge.entities import Entity
from knowledge.services.ask import Context, Question, answer
from knowledge.text.normalize import clean

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
_LIKELY = 0.15  # less likely intents are chance


class AnswerAction(Action, ABC):
    """Answers the latest message as a question of one intent."""

    @property
    @abstractmethod
    def intent(self) -> str:
        """The intent that this action answers."""

    def name(self) -> str:
        """`action_<intent>`."""
        return f"action_{self.intent}"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Utters the answer's text with its record and stores the conversation's context."""
        question = read_question(tracker, self.intent)
        reply = answer(question, knowledge_base())
        dispatcher.utter_message(text=reply.text, json_message={"record": reply.record()})
        return [] if reply.context is None else [SlotSet("context", reply.context.as_dict(question.now))]


def read_question(tracker: Tracker, intent: str) -> Question:
    """The latest message with what is known of the asker: metadata `now`, `province`, `agency`."""
    message = tracker.latest_message
    metadata = message.get("metadata") or {}
    now = datetime.fromisoformat(metadata["now"]) if metadata.get("now") else datetime.now(ZONE)
    ranking = tuple((str(r["name"]), float(r["confidence"])) for r in message.get("intent_ranking") or [] if r["confidence"] >= _LIKELY)
    entities = tuple(Entity.from_dict(e) for e in message.get("entities") or [] if "value" in e and "start" in e)
    return Question(
        clean(message.get("text") or ""),
        intent,
        now,
        float((message.get("intent") or {}).get("confidence") or 0.0),
        entities,
        metadata.get("province"),
        metadata.get("agency"),
        Context.from_dict(tracker.get_slot("context"), now),
        ranking,
    )
