"""What form of question a message is: a linear model over syllables and letters, trained on many made-up contents.

Linear models over n-grams train in seconds, answer in a millisecond and take slips well when trained on them
(Joulin et al. 2017, Bag of Tricks for Efficient Text Classification). The comparison with DIET stands in docs/decisions.
"""

from __future__ import annotations

import math
import pickle
import re
from collections import Counter
from functools import cached_property
from random import Random
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import SGDClassifier

from bot.nlu.augment import spans_of, variants
from knowledge.text.lexicon import spell_out
from knowledge.text.noise import Noiser
from knowledge.text.normalize import clean, fold

_DIGITS = re.compile(r"\d+")
_SENTENCE = re.compile(r"[.!?;\n]+\s+")
_WORD = r"[^\s.,;:!?()\"“”«»]+"
_MASKED = {"agency": "AGENCY", "document": "DOCUMENT"}


def form_of(text: str, masks: list[tuple[int, int, str]] | None = None) -> str:
    """A message as the model reads it: lower case, short forms written out, digits as 0, named things as placeholders."""
    for start, end, name in sorted(masks or [], reverse=True):
        text = text[:start] + name + text[end:]
    return _DIGITS.sub("0", spell_out(text)).lower()


def last_sentence(text: str) -> str:
    """The last sentence of a message, where the question mostly stands."""
    return _SENTENCE.split(text.strip())[-1]


class Features:
    """Turns forms into one sparse row each: syllables with and without marks, letters, and the last sentence apart."""

    def __init__(self) -> None:
        shared: dict[str, Any] = {"lowercase": False, "sublinear_tf": True, "dtype": np.float32, "min_df": 2}
        self._parts = (
            (lambda t: t, TfidfVectorizer(token_pattern=_WORD, ngram_range=(1, 2), max_features=40_000, **shared)),
            (fold, TfidfVectorizer(token_pattern=_WORD, ngram_range=(1, 3), max_features=60_000, **shared)),
            (fold, TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), max_features=40_000, **shared)),
            (lambda t: fold(last_sentence(t)), TfidfVectorizer(token_pattern=_WORD, ngram_range=(1, 3), max_features=60_000, **shared)),
        )

    def fit(self, forms: list[str]) -> Any:
        """Learns the vocabularies and returns the rows."""
        return hstack([v.fit_transform([view(f) for f in forms]) for view, v in self._parts], format="csr")

    def rows(self, forms: list[str]) -> Any:
        """Rows of new forms."""
        return hstack([v.transform([view(f) for f in forms]) for view, v in self._parts], format="csr")

    def sparse_row(self, form: str) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        """Columns and values of one form: what `rows` gives, without building matrices (an eighth of the time)."""
        columns: list[int] = []
        values: list[float] = []
        for view, analyze, vocabulary, idf, first in self._compiled:
            counts = Counter(column for gram in analyze(view(form)) if (column := vocabulary.get(gram)) is not None)
            weights = [(1.0 + math.log(n)) * idf[column] for column, n in counts.items()]
            norm = math.sqrt(sum(w * w for w in weights)) or 1.0
            columns += [first + column for column in counts]
            values += [w / norm for w in weights]
        return np.array(columns, dtype=np.intp), np.array(values)

    @cached_property
    def _compiled(self) -> list[tuple[Any, Any, dict[str, int], list[float], int]]:
        """Each part as its view, analyzer, vocabulary, weights, and the first of its columns."""
        out, first = [], 0
        for view, learnt in self._parts:
            out.append((view, learnt.build_analyzer(), learnt.vocabulary_, learnt.idf_.tolist(), first))
            first += len(learnt.vocabulary_)
        return out

    def state(self) -> list[TfidfVectorizer]:
        """What has been learnt, for storing."""
        return [v for _, v in self._parts]

    @classmethod
    def from_state(cls, state: list[TfidfVectorizer]) -> Features:
        """Rebuilds from what `state` gave."""
        features = cls()
        features._parts = tuple((view, learnt) for (view, _), learnt in zip(features._parts, state))  # type: ignore[assignment]
        return features


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class QuestionFormClassifier(GraphComponent, IntentClassifier):
    """Classifies a message by the form of its question; gives a ranking of all intents with probabilities."""

    FILE = "question_form.pickle"

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`swaps`: contents tried for each annotated example; `seed`: for all chance; `epochs`, `alpha`: of the linear model."""
        return {"swaps": 4, "seed": 57, "epochs": 12, "alpha": 3e-6, "ranking_length": 10}

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._storage = model_storage
        self._resource = resource
        self._features: Features | None = None
        self._model: SGDClassifier | None = None

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
        forms, intents = self._sentences(training_data)
        self._features = Features()
        rows = self._features.fit(forms)
        self._model = SGDClassifier(loss="log_loss", alpha=self._config["alpha"], max_iter=self._config["epochs"], tol=None, average=True,
                                    random_state=self._config["seed"], n_jobs=2)
        self._model.fit(rows, intents)
        with self._storage.write_to(self._resource) as folder:
            (folder / self.FILE).write_bytes(pickle.dumps((self._features.state(), self._model)))
        return self._resource

    def _sentences(self, training_data: TrainingData) -> tuple[list[str], list[str]]:
        random, noiser = Random(self._config["seed"]), Noiser(self._config["seed"])
        tables: dict[str, list[str]] = {}
        for table in training_data.lookup_tables:
            tables.setdefault(table["name"], []).extend(clean(e) for e in table["elements"])
        # An agency is masked where the extractor finds it and stands as written where it does not: train on both.
        tables["agency"] = tables.get("agency", []) + [_MASKED["agency"]] * (2 * len(tables.get("agency", [])))
        seen: dict[str, str] = {}
        for example in training_data.intent_examples:
            text, spans = example.get(TEXT), spans_of(example.get(ENTITIES))
            for variant in variants(text, spans, tables, random, noiser, self._config["swaps"]):
                seen.setdefault(form_of(clean(variant)), example.get(INTENT))
        return list(seen), list(seen.values())

    @classmethod
    def load(cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext,
             **kwargs: Any) -> QuestionFormClassifier:
        """The trained classifier as stored."""
        classifier = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            state, classifier._model = pickle.loads((folder / cls.FILE).read_bytes())  # noqa: S301 - our own model file
        classifier._features = Features.from_state(state)
        return classifier

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing to add to the training data."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the intent and the ranking."""
        for message in messages:
            text = message.get(TEXT)
            if not text or self._features is None or self._model is None:
                continue
            masks = [(e["start"], e["end"], _MASKED[e["entity"]]) for e in message.get(ENTITIES) or [] if e["entity"] in _MASKED]
            chances = self._chances(form_of(clean(text), _disjoint(masks)))
            order = np.argsort(-chances)[: self._config["ranking_length"]]
            ranking = [{"name": str(self._model.classes_[i]), "confidence": float(chances[i])} for i in order]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages


    def _chances(self, form: str) -> np.ndarray[Any, Any]:
        """The probability of each intent, as the model's own `predict_proba` (one against the rest, normalised)."""
        assert self._features is not None and self._model is not None
        columns, values = self._features.sparse_row(form)
        odds = 1.0 / (1.0 + np.exp(-(values @ self._weights[columns] + self._model.intercept_)))
        return np.asarray(odds / odds.sum())

    @cached_property
    def _weights(self) -> np.ndarray[Any, Any]:
        """The model's weights with a feature's row in one piece of memory."""
        assert self._model is not None
        return np.ascontiguousarray(self._model.coef_.T)


def _disjoint(masks: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Masks without overlaps, longest first."""
    kept: list[tuple[int, int, str]] = []
    for mask in sorted(masks, key=lambda m: m[0] - m[1]):
        if all(mask[1] <= k[0] or k[1] <= mask[0] for k in kept):
            kept.append(mask)
    return kept
