"""How well the shipped training data teaches the forms of questions: floors that a change must not fall below.

The sentences of this folder measure; they never train (see tests/bot/test_evaluate_nlu.py). Figures: docs/decisions.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bot.evaluation import nlu
from bot.nlu.linear import LinearForms
from tests.nlu.conftest import prepared

FLOORS = {"clean": 94.5, "nodiac": 96.0, "abbrev": 87.0, "noisy": 87.0, "indirect": 91.0}
FLOOR, FLOOR_OF_AN_INTENT = 93.5, 75.0
Guesses = list[nlu.Guess]


@pytest.fixture(scope="module")
def guesses(model: LinearForms) -> Guesses:
    sentences, _ = nlu.read(Path(__file__).parent)
    return [nlu.Guess(sentence, *model.ranking(prepared(sentence.text), 1)[0]) for sentence in sentences]


def test_accuracy_as_a_whole(guesses: Guesses) -> None:
    assert 100 * np.mean([guess.right for guess in guesses]) >= FLOOR


@pytest.mark.parametrize("style", FLOORS)
def test_accuracy_in_a_style(guesses: Guesses, style: str) -> None:
    share = next(share for share in nlu.shares(guesses, lambda sentence: sentence.style) if share.name == style)
    assert share.accuracy >= FLOORS[style], f"{share.right} of {share.n} right"


def test_every_intent_is_understood(guesses: Guesses) -> None:
    weak = {share.name: round(share.accuracy) for share in _intents(guesses) if share.accuracy < FLOOR_OF_AN_INTENT}
    assert not weak


def test_every_intent_is_taught_and_measured(model: LinearForms, guesses: Guesses) -> None:
    assert {share.name for share in _intents(guesses)} == set(model.intents)


def test_the_surer_the_righter(guesses: Guesses) -> None:
    """Expected calibration error over ten bins of confidence."""
    sure, right = np.array([g.confidence for g in guesses]), np.array([g.right for g in guesses])
    bins = np.minimum((sure * 10).astype(int), 9)
    error = sum(abs(sure[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean() for b in set(bins.tolist()))
    assert error < 0.04
    assert right[sure > 0.9].mean() > 0.97


@pytest.mark.parametrize("content", ["trồng nấm rơm trong nhà kính", "xe cứu thương chạy bằng khí nén", "tàu điện qua sông Cái Lớn"])
@pytest.mark.parametrize("question, intent", [
    ("Cơ quan nào chủ trì {}?", "ask_lead"), ("{} hạn chót là ngày nào?", "ask_due"), ("Đơn vị phối hợp {} là ai?", "ask_coop"),
    ("Sản phẩm đầu ra của {} là gì?", "ask_result"), ("bao gio phai xong {}", "ask_due"), ("còn {} thì sao?", "follow_up"),
])
def test_the_form_counts_and_not_the_content(model: LinearForms, question: str, intent: str, content: str) -> None:
    assert model.ranking(prepared(question.format(content)), 1)[0][0] == intent


@pytest.mark.parametrize("write", [str.upper, str.lower, lambda text: f"  {text}\n", lambda text: text.replace("ò", "o\u0300")])
def test_writing_does_not_count(model: LinearForms, write: Callable[[str], str]) -> None:
    text = "Sở Y tế có bao nhiêu nhiệm vụ và đã hoàn thành chưa?"
    assert prepared(write(text)) == prepared(text)


def test_empty_and_strange_forms_have_chances_too(model: LinearForms) -> None:
    for text in ("", "?", "😀😀", "x" * 4000, "漢字"):
        assert sum(model.chances(prepared(text))) == pytest.approx(1, abs=1e-4)


def test_a_stored_model_is_the_same(model: LinearForms, tmp_path: Path) -> None:
    model.save(tmp_path / "model.npz")
    again = LinearForms.load(tmp_path / "model.npz")
    for text in ("ai chủ trì nhiệm vụ 12", "xem thêm", "còn sở y tế?"):
        np.testing.assert_array_equal(again.chances(prepared(text)), model.chances(prepared(text)))
    assert (tmp_path / "model.npz").stat().st_size < 20_000_000


def _intents(guesses: Guesses) -> list[nlu.Share]:
    return nlu.shares(guesses, lambda sentence: sentence.intent)
