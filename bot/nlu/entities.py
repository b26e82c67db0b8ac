"""Names and numbers in a message as Rasa entities: spaCy with our gazetteers, no training."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from knowledge.entities.finder import finder_in_use
from knowledge.text.normalize import clean

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class GazetteerEntityExtractor(GraphComponent, EntityExtractorMixin):
    """Finds agencies, provinces, row numbers, groups, annexes, documents and times in a message.

    The clock is the message's own (`metadata["now"]`, ISO), so that "tháng sau" can be tested; the machine's if it has none.
    """

    @classmethod
    def create(cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
               execution_context: ExecutionContext) -> GazetteerEntityExtractor:
        """Builds the component; the finder comes with the knowledge base."""
        return cls()

    @staticmethod
    def required_packages() -> list[str]:
        """What must be installed."""
        return ["spacy"]

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the entities of each message."""
        finder = finder_in_use()
        for message in messages:
            text = message.get(TEXT)
            if not text:
                continue
            now = (message.get("metadata") or {}).get("now")
            clock = datetime.fromisoformat(now) if now else datetime.now(ZONE)
            found = [{**e.as_dict(), "extractor": type(self).__name__} for e in finder.find(clean(text), clock)]
            message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages
