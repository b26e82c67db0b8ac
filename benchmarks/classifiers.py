"""Compares linear models for forms of questions on the same features: `python -m benchmarks.classifiers`.

Two measures: a fifth of nlu_data set aside (sentence by sentence, not their variants), and the held-out sentences of tests/nlu.
The first chooses, the second tells. Times are CPU seconds of training without making forms and features, which all models share.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.naive_bayes import ComplementNB
from sklearn.svm import LinearSVC

from bot.evaluation import nlu
from bot.nlu.augment import Example, Material, training_forms
from bot.nlu.features import Features
from bot.nlu.forms import AGENCY, disjoint, form_of
from bot.nlu.training_files import read
from knowledge.entities.finder import standard_finder
from knowledge.text.normalize import clean

ROOT = Path(__file__).resolve().parents[1]
FORMS, SEED = 900, 57
STYLES = ("clean", "nodiac", "abbrev", "noisy", "indirect")


class Softmax:
    """Multinomial logistic regression by L-BFGS in numpy and scipy."""

    def __init__(self, penalty: float = 1e-6, steps: int = 60) -> None:
        self._penalty, self._steps = penalty, steps

    def fit(self, rows: csr_matrix, intents: Sequence[str]) -> Softmax:
        """Learns."""
        self.classes_, right = np.unique(intents, return_inverse=True)
        shape, turned = (rows.shape[1], len(self.classes_)), rows.T.tocsr()
        each = np.arange(rows.shape[0])

        def loss(flat: np.ndarray[Any, Any]) -> tuple[float, np.ndarray[Any, Any]]:
            weights = flat.reshape(shape).astype(np.float32)
            scores = rows @ weights
            scores -= scores.max(axis=1, keepdims=True)
            chances = np.exp(scores)
            chances /= chances.sum(axis=1, keepdims=True)
            value = -np.log(chances[each, right] + 1e-12).mean() + self._penalty / 2 * float((weights**2).sum())
            chances[each, right] -= 1
            slope = turned @ (chances / len(each)) + self._penalty * weights
            return float(value), slope.astype(np.float64).ravel()

        found = minimize(loss, np.zeros(shape[0] * shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": self._steps})
        self._weights = found.x.reshape(shape)
        return self

    def decision_function(self, rows: csr_matrix) -> np.ndarray[Any, Any]:
        """Scores of each intent."""
        return np.asarray(rows @ self._weights)


MODELS: dict[str, Callable[[], Any]] = {
    "máy véc-tơ hỗ trợ tuyến tính (đang dùng)": lambda: LinearSVC(C=0.3, tol=0.1, max_iter=100, random_state=SEED),
    "nt., mọi lớp một lúc (Crammer–Singer)": lambda: LinearSVC(C=0.1, tol=0.1, max_iter=100, multi_class="crammer_singer",
                                                              random_state=SEED),
    "hồi quy logistic, từng lớp (liblinear)": lambda: LogisticRegression(C=10, solver="liblinear", dual=True, tol=0.1, random_state=SEED),
    "hồi quy softmax (L-BFGS)": Softmax,
    "SGD logistic, trung bình, 12 lượt": lambda: SGDClassifier(loss="log_loss", alpha=3e-6, max_iter=12, tol=None, average=True,
                                                               random_state=SEED),
    "SGD Huber, trung bình, 6 lượt": lambda: SGDClassifier(loss="modified_huber", alpha=1e-5, max_iter=6, tol=None, average=True,
                                                           random_state=SEED),
    "Bayes bù": lambda: ComplementNB(alpha=0.1),
}


def main() -> None:
    """Print the table, and how sure the model in use should be."""
    warnings.simplefilter("ignore")
    examples, material = read(ROOT / "nlu_data")
    Random(SEED).shuffle(examples)
    kept, aside = examples[len(examples) // 5 :], examples[: len(examples) // 5]
    sentences, _ = nlu.read(ROOT / "tests" / "nlu")
    print("| mô hình | CPU huấn luyện, s | một phần năm để riêng | tests/nlu |", " | ".join(STYLES), "|")
    print("|---|" + "--:|" * (3 + len(STYLES)))
    small, whole = _rows(kept, material), _rows(examples, material)
    asked = _held_out(sentences)
    for name, make in MODELS.items():
        _, chosen = _train(make, small[1], small[2])
        seconds, model = _train(make, whole[1], whole[2])
        spared = _accuracy(_guess(chosen, small[0].rows([form_of(e.text) for e in aside])), [e.intent for e in aside])
        guesses = _guess(model, whole[0].rows(asked))
        styles = [_accuracy([g for g, s in zip(guesses, sentences) if s.style == style], [s.intent for s in sentences if s.style == style])
                  for style in STYLES]
        told = [spared, _accuracy(guesses, [s.intent for s in sentences]), *styles]
        print(f"| {name} | {seconds:.1f} | " + " | ".join(f"{share:.1f}" for share in told) + " |", flush=True)
    _, chosen = _train(MODELS[next(iter(MODELS))], small[1], small[2])
    print("\nđộ nhọn hợp nhất cho mô hình đang dùng:", _sharpness(chosen, small[0].rows([form_of(e.text) for e in aside]), aside))


def _rows(examples: Sequence[Example], material: Material) -> tuple[Features, csr_matrix, list[str]]:
    start = time.process_time()
    forms = training_forms(examples, material, FORMS, SEED)
    features, rows = Features.learn(list(forms))
    print(f"<!-- {len(examples)} câu → {len(forms)} dạng, {features.width} đặc trưng: {time.process_time() - start:.1f} s CPU -->")
    return features, rows, list(forms.values())


def _train(make: Callable[[], Any], rows: csr_matrix, intents: list[str]) -> tuple[float, Any]:
    start = time.process_time()
    model = make().fit(rows, intents)
    return time.process_time() - start, model


def _scores(model: Any, rows: csr_matrix) -> np.ndarray[Any, Any]:
    return np.asarray(model.decision_function(rows) if hasattr(model, "decision_function") else model.predict_log_proba(rows))


def _guess(model: Any, rows: csr_matrix) -> list[str]:
    return [str(model.classes_[i]) for i in _scores(model, rows).argmax(axis=1)]


def _accuracy(guesses: Sequence[str], intents: Sequence[str]) -> float:
    return 100 * sum(map(str.__eq__, guesses, intents)) / max(1, len(intents))


def _sharpness(model: Any, rows: csr_matrix, examples: Sequence[Example]) -> float:
    """The factor on the distances under which the softmax gives the right intents the highest likelihood."""
    scores, right = _scores(model, rows), np.searchsorted(model.classes_, [e.intent for e in examples])
    options = np.arange(1.0, 8.1, 0.25)

    def likelihood(factor: float) -> float:
        powers = np.exp(factor * (scores - scores.max(axis=1, keepdims=True)))
        return float(np.log(powers[np.arange(len(right)), right] / powers.sum(axis=1)).mean())

    return float(max(options, key=likelihood))


def _held_out(sentences: Sequence[nlu.Sentence]) -> list[str]:
    """Forms of the held-out sentences, the agencies masked that the finder finds."""
    finder, now = standard_finder(), datetime.now(ZoneInfo("Asia/Ho_Chi_Minh"))

    def form(text: str) -> str:
        return form_of(text, disjoint((e.start, e.end, AGENCY) for e in finder.find(clean(text), now) if e.kind == "agency"))

    return [form(sentence.text) for sentence in sentences]


if __name__ == "__main__":
    main()
