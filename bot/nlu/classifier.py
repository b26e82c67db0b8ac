"""What form of question a message is: a linear model over words and letters, trained on many made-up contents.

Linear models over n-grams train in seconds, answer in a millisecond and take slips well when trained on them
(Joulin et al. 2017, Bag of Tricks for Efficient Text Classification). The comparison with others stands in docs/decisions.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.augment import Example, Material, spans_of, training_forms
from bot.nlu.forms import AGENCY, disjoint, form_of
from bot.nlu.linear import LinearForms

_MASKED = {"agency": AGENCY}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class QuestionFormClassifier(GraphComponent, IntentClassifier):
    """Classifies a message by the form of its question; gives a ranking of all intents with probabilities."""

    FILE = "question_form.npz"

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`forms`: how many forms to make for each intent; `seed`: for all chance; `cost`, `sharpness`: of the linear model."""
        return {"forms": 900, "seed": 57, "cost": 0.3, "sharpness": 4.5, "ranking_length": 10}

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._storage = model_storage
        self._resource = resource
        self._model: LinearForms | None = None

    @classmethod
    def create(cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
               execution_context: ExecutionContext) -> QuestionFormClassifier:
        """An untrained classifier."""
        return cls(config, model_storage, resource)

    @staticmethod
    def required_packages() -> list[str]:
        """What must be installed."""
        return ["sklearn", "scipy"]

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from the examples and lookup tables, stores the model."""
        config = self._config
        material = Material.of((table["name"], table["elements"]) for table in training_data.lookup_tables)
        forms = training_forms(_examples(training_data), material, config["forms"], config["seed"])
        self._model = LinearForms.learn(list(forms), list(forms.values()), config["sharpness"], config["cost"], config["seed"])
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder / self.FILE)
        return self._resource

    @classmethod
    def load(cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext,
             **kwargs: Any) -> QuestionFormClassifier:
        """The trained classifier as stored."""
        classifier = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            classifier._model = LinearForms.load(folder / cls.FILE)
        return classifier

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing to add to the training data."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the intent and the ranking."""
        for message in messages:
            text = message.get(TEXT)
            if not text or self._model is None:
                continue
            masks = [(e["start"], e["end"], _MASKED[e["entity"]]) for e in message.get(ENTITIES) or [] if e["entity"] in _MASKED]
            chances = self._model.ranking(form_of(text, disjoint(masks)), self._config["ranking_length"])
            ranking = [{"name": name, "confidence": chance} for name, chance in chances]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages


def _examples(training_data: TrainingData) -> Iterable[Example]:
    for example in training_data.intent_examples:
        about = (example.get("metadata") or {}).get("intent") or {}
        yield Example(example.get(TEXT), spans_of(example.get(ENTITIES)), example.get(INTENT), bool(about.get("bare")))
