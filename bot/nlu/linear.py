"""A linear model over the rows of `features`: one hyperplane an intent, the distances as probabilities."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.svm import LinearSVC

from bot.nlu.features import Features


@dataclass(frozen=True)
class LinearForms:
    """What has been learnt. `weights` has a row for each column of the features, `sharpness` turns distances into probabilities."""

    intents: tuple[str, ...]
    features: Features
    weights: np.ndarray[Any, Any]
    offsets: np.ndarray[Any, Any]
    sharpness: float

    @classmethod
    def learn(cls, forms: list[str], intents: list[str], sharpness: float, cost: float, seed: int) -> LinearForms:
        """Learns from forms and their intents. `cost` is that of an error (C of a linear support vector machine)."""
        features, rows = Features.learn(forms)
        machine = LinearSVC(C=cost, tol=0.1, max_iter=100, random_state=seed).fit(rows, intents)
        weights = np.ascontiguousarray(machine.coef_.T, dtype=np.float16).astype(np.float32)  # as it will be when loaded
        return cls(tuple(map(str, machine.classes_)), features, weights, machine.intercept_.astype(np.float32), sharpness)

    def distances(self, form: str) -> np.ndarray[Any, Any]:
        """How far on its side of each intent's hyperplane a form lies."""
        columns, values = self.features.row(form)
        return np.asarray(values @ self.weights[columns] + self.offsets)

    def chances(self, form: str) -> np.ndarray[Any, Any]:
        """The probability of each intent."""
        return softmax(self.sharpness * self.distances(form))

    def ranking(self, form: str, length: int) -> list[tuple[str, float]]:
        """The likeliest intents with their probabilities, best first."""
        chances = self.chances(form)
        return [(self.intents[i], float(chances[i])) for i in np.argsort(-chances)[:length]]

    def save(self, path: Path) -> None:
        """Writes the model to a file, weights in half precision."""
        grams, idf = self.features.state()
        with path.open("wb") as file:
            np.savez(file, intents=np.array(self.intents), idf=idf, weights=self.weights.astype(np.float16), offsets=self.offsets,
                     sharpness=self.sharpness, **{f"grams{i}": _packed(view) for i, view in enumerate(grams)})

    @classmethod
    def load(cls, path: Path) -> LinearForms:
        """Reads what `save` wrote. Raises OSError, ValueError, KeyError."""
        with np.load(path) as data:
            grams = [bytes(data[f"grams{i}"]).decode().split("\n") for i in range(sum(name.startswith("grams") for name in data.files))]
            return cls(tuple(map(str, data["intents"])), Features.from_state((grams, data["idf"])), data["weights"].astype(np.float32),
                       data["offsets"], float(data["sharpness"]))


def softmax(scores: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Scores as probabilities."""
    powers = np.exp(scores - scores.max())
    return np.asarray(powers / powers.sum())


def _packed(grams: list[str]) -> np.ndarray[Any, Any]:
    return np.frombuffer("\n".join(grams).encode(), dtype=np.uint8)
