"""Trains the network of `bot/nlu/network.py` with TensorFlow, which comes with Rasa.

Adam (Kingma and Ba 2015) with a rate that rises for some steps and falls along a cosine; dropout of features and, the same along a
sentence (Gal and Ghahramani 2016), of units; labels smoothed (Szegedy et al. 2016). Each round takes every sentence once, in one of
the ways it is typed.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np
import tensorflow as tf  # type: ignore[import-untyped]

from bot.nlu.network import STEPS, Names, Network, Weights, training_features
from bot.nlu.tagger import Phrases, Span, Tagged, labels_of, spans_of

_WIDTH, _NEAR = 128, 3
_BATCH, _SORTED = 48, 16  # sentences of a step; steps whose sentences are sorted by length, so that little is padding
_RATE, _WARM, _CLIP = 4e-3, 80, 5.0
_SMOOTH, _SLOTS = 0.05, 0.5  # of the true label goes to all labels; weight of a syllable's loss beside that of the intent
_LOST = {"feature": 0.15, "vector": 0.2, "between": 0.15, "output": 0.3, "sentence": 0.2}  # dropout
_RAREST = 3
_PADDING = -1


@dataclass(frozen=True)
class _Encoded:
    """A sentence as numbers: features of each syllable, its kind, its role (or padding, outside spans); the intent."""

    features: list[list[int]]
    kinds: list[int]
    roles: list[int]
    intent: int


def learn(
    sentences: Sequence[Tagged], intents: Sequence[str], names: Names, phrases: Phrases, rounds: int, seeds: Sequence[int]
) -> Network:
    """Learns from sentences and their intents, once for each seed. Copies of a sentence, typed in other ways, name the same origin."""
    rows = [training_features(each.tokens, spans_of(each.labels), phrases) for each in sentences]
    met = Counter(feature for row in rows for syllable in row for feature in syllable)
    columns = {feature: at for at, feature in enumerate(feature for feature, times in met.items() if times >= _RAREST)}
    copies: dict[int, list[_Encoded]] = defaultdict(list)
    for sentence, row, intent in zip(sentences, rows, intents):
        known = [[columns[feature] for feature in syllable if feature in columns] for syllable in row]
        copies[sentence.origin].append(_encode(sentence, known, intent, names))
    return Network(phrases, columns, [_member(list(copies.values()), _Trainer(len(columns), names, seed), rounds, seed) for seed in seeds])


def _member(copies: Sequence[list[_Encoded]], trainer: _Trainer, rounds: int, seed: int) -> Weights:
    random = Random(seed)
    steps = rounds * math.ceil(len(copies) / _BATCH)
    for step, batch in enumerate((batch for _ in range(rounds) for batch in _batches(copies, random)), start=1):
        trainer.step(batch, _RATE * min(1.0, step / _WARM) * (1 + math.cos(math.pi * step / steps)) / 2)
    return trainer.weights()


def _encode(sentence: Tagged, features: list[list[int]], intent: str, names: Names) -> _Encoded:
    spans = spans_of(sentence.labels)
    kinds = labels_of((Span(span.start, span.end, span.base) for span in spans), len(sentence.tokens))
    roles = [_PADDING] * len(sentence.tokens)
    for span in spans:
        roles[span.start : span.end] = [names.roles.index(span.role)] * (span.end - span.start)
    return _Encoded(features, [names.kinds.index(kind) for kind in kinds], roles, names.intents.index(intent))


def _batches(copies: Sequence[list[_Encoded]], random: Random) -> Iterator[list[_Encoded]]:
    """Every sentence once, one of its copies, with others of about its length."""
    chosen = [random.choice(each) for each in copies]
    random.shuffle(chosen)
    batches: list[list[_Encoded]] = []
    for start in range(0, len(chosen), _BATCH * _SORTED):
        near = sorted(chosen[start : start + _BATCH * _SORTED], key=lambda each: len(each.kinds))
        batches += [near[at : at + _BATCH] for at in range(0, len(near), _BATCH)]
    random.shuffle(batches)
    yield from batches


class _Trainer:
    """The weights, and a step of their training. Convolutions are products of matrices: not every CPU build has dilated ones."""

    def __init__(self, features: int, names: Names, seed: int) -> None:
        tf.random.set_seed(seed)
        random = np.random.default_rng(seed)

        def layer(seen: int, width: int) -> list[Any]:
            return [normal((seen, width), math.sqrt(1 / seen)), tf.Variable(tf.zeros(width))]

        def normal(shape: Sequence[int], deviation: float) -> Any:
            return tf.Variable(random.normal(0, deviation, shape).astype(np.float32))

        self._sizes = len(names.intents), len(names.kinds), len(names.roles)
        self._vectors = normal((features, _WIDTH), 0.1)
        self._convolutions = [layer(_NEAR * _WIDTH, _WIDTH) for _ in STEPS]
        self._heads = [layer((3 if head else 2) * _WIDTH, size) for head, size in enumerate(self._sizes)]
        self._all = [self._vectors, *(part for layers in (self._convolutions, self._heads) for layer in layers for part in layer)]
        self._adam = tf.keras.optimizers.legacy.Adam(beta_2=0.99, global_clipnorm=_CLIP)
        self._random = random
        whole, table = tf.TensorSpec([None], tf.int32), tf.TensorSpec([None, None], tf.int32)
        self._learn = tf.function(self._descend, input_signature=[whole, whole, table, table, whole])

    def step(self, batch: Sequence[_Encoded], rate: float) -> None:
        """Learns from some sentences."""
        longest = max(len(each.kinds) for each in batch)
        kinds = np.full((len(batch), longest), _PADDING, np.int32)
        roles = kinds.copy()
        features: list[int] = []
        places: list[int] = []  # the syllable of each feature, counted through the padded sentences
        for row, each in enumerate(batch):
            kinds[row, : len(each.kinds)] = each.kinds
            roles[row, : len(each.roles)] = each.roles
            for at, seen in enumerate(each.features, start=row * longest):
                features += seen
                places += [at] * len(seen)
        kept = self._random.random(len(features)) >= _LOST["feature"]
        intents = np.array([each.intent for each in batch], np.int32)
        self._adam.learning_rate = rate
        self._learn(np.array(features, np.int32)[kept], np.array(places, np.int32)[kept], kinds, roles, intents)

    def weights(self) -> Weights:
        """What has been learnt so far."""
        convolutions = [(matrix.numpy(), bias.numpy()) for matrix, bias in self._convolutions]
        return Weights(self._vectors.numpy(), convolutions, [(matrix.numpy(), bias.numpy()) for matrix, bias in self._heads])

    def _descend(self, features: Any, places: Any, kinds: Any, roles: Any, intents: Any) -> None:
        with tf.GradientTape() as tape:
            loss = self._loss(features, places, kinds, roles, intents)
        slopes = [tf.convert_to_tensor(slope) for slope in tape.gradient(loss, self._all)]
        self._adam.apply_gradients(zip(slopes, self._all))

    def _loss(self, features: Any, places: Any, kinds: Any, roles: Any, intents: Any) -> Any:
        count, longest = tf.shape(kinds)[0], tf.shape(kinds)[1]
        inside = tf.cast(kinds != _PADDING, tf.float32)[:, :, None]
        bags = tf.math.unsorted_segment_sum(tf.gather(self._vectors, features), places, count * longest) / (1 - _LOST["feature"])
        here = _drop(tf.reshape(bags, [count, longest, _WIDTH]), "vector")
        for step, (matrix, bias) in zip(STEPS, self._convolutions):
            edged = tf.pad(_drop(here, "between"), [[0, 0], [step, step], [0, 0]])
            around = tf.concat([edged[:, at * step : at * step + longest] for at in range(_NEAR)], 2)
            here += inside * tf.nn.relu(tf.tensordot(around, matrix, 1) + bias)
        here = inside * _drop(here, "output")
        most, mean = tf.reduce_max(here - (1 - inside) * 1e9, 1), tf.reduce_sum(here, 1) / tf.reduce_sum(inside, 1)
        sentence = tf.concat([most, mean], 1)
        both = tf.concat([here, tf.repeat(_drop(sentence, "sentence")[:, None], longest, 1)], 2)
        losses = [
            _errors(tf.tensordot(seen, matrix, 1) + bias, right, size)
            for seen, (matrix, bias), right, size in zip((sentence, both, both), self._heads, (intents, kinds, roles), self._sizes)
        ]
        return (losses[0] + _SLOTS * (losses[1] + losses[2])) / tf.cast(count, tf.float32)


def _drop(values: Any, what: str) -> Any:
    """Loses units, the same ones in every syllable of a sentence."""
    return tf.nn.dropout(values, _LOST[what], noise_shape=[tf.shape(values)[0], 1, _WIDTH] if what != "sentence" else None)


def _errors(scores: Any, right: Any, size: int) -> Any:
    """The cross-entropy of all that is not padding."""
    smooth = tf.one_hot(right, size) * (1 - _SMOOTH) + _SMOOTH / size
    return tf.reduce_sum(tf.nn.softmax_cross_entropy_with_logits(smooth, scores) * tf.cast(right != _PADDING, tf.float32))
