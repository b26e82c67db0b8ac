"""A classifier of question forms trained once a run from the shipped data, without Rasa's machinery around it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.nlu.augment import Example, Material, training_forms
from bot.nlu.classifier import QuestionFormClassifier
from bot.nlu.forms import AGENCY, disjoint, form_of
from bot.nlu.linear import LinearForms
from bot.nlu.training_files import read
from bot.settings import ROOT
from knowledge.entities.finder import standard_finder
from knowledge.text.normalize import clean

NOW = datetime(2025, 6, 15, 9, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


@pytest.fixture(scope="session")
def training_data() -> tuple[list[Example], Material]:
    """The shipped examples and lookup tables."""
    return read(ROOT / "nlu_data")


@pytest.fixture(scope="session")
def model(training_data: tuple[list[Example], Material]) -> LinearForms:
    """The classifier as the shipped configuration trains it."""
    config = QuestionFormClassifier.get_default_config()
    forms = training_forms(*training_data, config["forms"], config["seed"])
    return LinearForms.learn(list(forms), list(forms.values()), config["sharpness"], config["cost"], config["seed"])


def prepared(text: str) -> str:
    """The form of a message as the pipeline makes it: agencies that the finder finds are masked."""
    found = standard_finder().find(clean(text), NOW)
    return form_of(text, disjoint((e.start, e.end, AGENCY) for e in found if e.kind == "agency"))
