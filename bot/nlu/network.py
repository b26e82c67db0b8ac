"""A small convolutional network that reads the intent of a sentence and the slots of its syllables at once.

A syllable is the sum of the vectors of what is seen of it: itself with and without marks, its runs of letters, its shape, the phrases
known there (sums of letter vectors: Bojanowski et al. 2017, Enriching Word Vectors with Subword Information). Convolutions with growing
steps read what stands around it (Strubell et al. 2017, Fast and Accurate Entity Recognition with Iterated Dilated Convolutions). Intent
and slots share all of it (Liu and Lane 2016, Attention-Based Recurrent Neural Network Models for Joint Intent Detection and Slot
Filling). Several, trained from other starting points, are averaged. TensorFlow trains them (`bot/nlu/network_training.py`); they
read with numpy alone, in about a millisecond.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.nlu.features import letters
from bot.nlu.tagger import Opinion, Phrases, Span, shape
from knowledge.text.normalize import fold

STEPS = (1, 2, 4)  # how far apart the three syllables are that each convolution reads
_REMEMBERED = 50_000  # syllables

Array = np.ndarray[Any, Any]
Layer = tuple[Array, Array]  # matrix, bias


@dataclass(frozen=True)
class Names:
    """What the columns of the three outputs are: intents, BIO labels of kinds, roles."""

    intents: Sequence[str]
    kinds: Sequence[str]
    roles: Sequence[str]


@dataclass(frozen=True)
class Weights:
    """`vectors`: a row for each feature (features × width). `convolutions`: three syllables to one (3·width × width).

    `heads`, for intents, kinds and roles: intents see the sentence (2·width × intents), the others also the syllable (3·width × …).
    """

    vectors: Array
    convolutions: Sequence[Layer]
    heads: Sequence[Layer]


class Network:
    """Reads sentences. `columns` has the row of each known feature in the tables of vectors, the same in all members."""

    def __init__(self, phrases: Phrases, columns: Mapping[str, int], members: Sequence[Weights]) -> None:
        self._phrases, self._columns, self._members = phrases, columns, members
        self._vectors = np.stack([member.vectors for member in members], axis=1)  # features × members × width
        self._words: dict[str, Array] = {}

    def read(self, tokens: Sequence[str]) -> tuple[Array, Opinion]:
        """Log-probabilities of the intents; and of each syllable's kinds and roles: means over the members. At least one syllable."""
        marks = self._phrases.marks([fold(token) for token in tokens])
        words = np.stack([self._vector(token) + self._sum(known) if known else self._vector(token) for token, known in zip(tokens, marks)])
        each = [_read(words[:, at], member) for at, member in enumerate(self._members)]
        intents, kinds, roles = (np.mean(tables, axis=0) for tables in zip(*each))
        return intents, Opinion(kinds, roles)

    def _vector(self, token: str) -> Array:
        """What all members know of a syllable alone (members × width)."""
        found = self._words.get(token)
        if found is None:
            folded = fold(token)
            found = self._sum(word_features(token, folded, self._phrases.rare(folded, training=False)))
            if len(self._words) < _REMEMBERED:
                self._words[token] = found
        return found

    def _sum(self, features: Sequence[str]) -> Array:
        rows = [row for feature in features if (row := self._columns.get(feature)) is not None]
        return np.asarray(self._vectors[rows].sum(axis=0))


def _read(here: Array, weights: Weights) -> tuple[Array, Array, Array]:
    """Log-probabilities of intents, kinds and roles from the vectors of the syllables (syllables × width)."""
    size, width = here.shape
    for step, (matrix, bias) in zip(STEPS, weights.convolutions):
        edged = np.zeros((size + 2 * step, width), here.dtype)
        edged[step : step + size] = here
        around = np.concatenate([edged[:size], here, edged[2 * step :]], axis=1)
        here = here + np.maximum(around @ matrix + bias, 0)
    sentence = np.concatenate([here.max(axis=0), here.mean(axis=0)])
    (intents, bias), *slots = weights.heads
    kinds, roles = (log_softmax(here @ matrix[:width] + (sentence @ matrix[width:] + bias)) for matrix, bias in slots)
    return log_softmax(sentence @ intents + bias), kinds, roles


def word_features(token: str, folded: str, rare: bool) -> list[str]:
    """What is seen of a syllable alone. One that stands in no other sentence is known by its letters only."""
    itself = ["rare"] if rare else [f"w={token.lower()}", f"f={folded}"]
    return [f"h={shape(folded)}", *itself, *letters(folded)]


def training_features(tokens: Sequence[str], own: Sequence[Span], phrases: Phrases) -> list[list[str]]:
    """What is seen of each syllable of a training sentence whose true spans are `own`."""
    folded = [fold(token) for token in tokens]
    words = zip(tokens, folded, phrases.marks(folded, own))
    return [word_features(token, word, phrases.rare(word, training=True)) + marks for token, word, marks in words]


def log_softmax(scores: Array) -> Array:
    """Scores, along the last axis, as logarithms of probabilities."""
    scores = scores - scores.max(axis=-1, keepdims=True)
    return np.asarray(scores - np.log(np.exp(scores).sum(axis=-1, keepdims=True)))
