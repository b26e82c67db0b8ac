"""When the model is made anew, and what happens where it cannot be made or read."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from bot import startup
from bot.assistant import freshness, training
from bot.assistant.assistant import Assistant, ModelUnusable
from bot.errors import Trouble
from bot.settings import Settings
from tests.bot.conftest import FIXTURE


@pytest.fixture
def copy(project: Settings, tmp_path: Path) -> Settings:
    """The fixture project with its model, free to be changed."""
    shutil.copytree(FIXTURE, tmp_path / "p", ignore=shutil.ignore_patterns("__pycache__"))
    model = tmp_path / "models" / "m.tar.gz"
    model.parent.mkdir()
    shutil.copy(project.model, model)
    shutil.copy(freshness.note_path(project.model), freshness.note_path(model))
    return replace(project, project=tmp_path / "p", model=model, var=tmp_path / "var")


def test_fresh_until_something_changes(copy: Settings) -> None:
    assert freshness.is_fresh(copy)
    for path in (copy.config, copy.domain, copy.training_data / "nlu.yml"):
        before = path.read_bytes()
        path.write_bytes(before + b"\n# x\n")
        assert not freshness.is_fresh(copy), path.name
        path.write_bytes(before)
    assert freshness.is_fresh(copy)
    new = copy.training_data / "intents" / "new.yml"
    new.parent.mkdir()
    new.write_text("version: '3.1'\n", encoding="utf-8")
    assert not freshness.is_fresh(copy)


def test_our_components_are_ingredients(copy: Settings) -> None:
    names = {name for name, _ in freshness._ingredients(copy)}
    assert "bot/nlu/__init__.py" in names and "knowledge/text/normalize.py" in names and "versions" in names


@pytest.mark.parametrize("damage", ["gone", "empty", "cut", "changed", "note gone", "note broken"])
def test_damaged_models_are_not_fresh(copy: Settings, damage: str) -> None:
    note, content = freshness.note_path(copy.model), copy.model.read_bytes()
    {
        "gone": lambda: copy.model.unlink(),
        "empty": lambda: copy.model.write_bytes(b""),
        "cut": lambda: copy.model.write_bytes(content[: len(content) // 2]),
        "changed": lambda: copy.model.write_bytes(content[:-1] + b"?"),
        "note gone": lambda: note.unlink(),
        "note broken": lambda: note.write_text("[", encoding="utf-8"),
    }[damage]()
    assert not freshness.is_fresh(copy)


def test_training_tells_what_it_does_and_notes_what_the_model_needs(copy: Settings) -> None:
    copy.model.write_bytes(b"?")
    said: list[str] = []
    assert training.ensure_model(copy, said.append)
    assert "bị hỏng" in said[0] and "Đang huấn luyện" in said[1] and "giây" in said[2]
    assert freshness.is_fresh(copy)
    assert "rasa.core.policies.rule_policy.RulePolicy" in freshness.read_note(copy.model)["components"]
    assert not training.ensure_model(copy, said.append) and len(said) == 3
    assert sorted(path.name for path in copy.model.parent.iterdir()) == ["m.tar.gz", "m.tar.gz.hash"], "nothing is left behind"
    assert copy.config.read_bytes() == (FIXTURE / "config.yml").read_bytes(), "Rasa writes into its config file"


@pytest.mark.parametrize("where", ["config", "domain", "nlu"])
def test_failed_training_is_one_line_and_keeps_the_old_model(
    copy: Settings, where: str, capfd: pytest.CaptureFixture[str]
) -> None:
    before = copy.model.read_bytes()
    path = {"config": copy.config, "domain": copy.domain, "nlu": copy.training_data / "nlu.yml"}[where]
    path.write_text("pipeline: [{name: NoSuchThing}]\n  x: [", encoding="utf-8")
    with pytest.raises(training.TrainingFailed) as failed:
        training.train(copy, lambda line: None)
    assert "Không huấn luyện được" in str(failed.value) and "\n" not in str(failed.value)
    assert copy.model.read_bytes() == before
    assert "Traceback" not in capfd.readouterr().err


def test_missing_data_is_told(copy: Settings) -> None:
    copy.domain.unlink()
    with pytest.raises(training.TrainingFailed, match=r"domain\.yml"):
        training.train(copy, lambda line: None)


@pytest.mark.parametrize("content", [None, b"", b"not a model", b"\x1f\x8b\x08\x00broken"])
def test_unusable_model(copy: Settings, content: bytes | None) -> None:
    copy.model.unlink()
    if content is not None:
        copy.model.write_bytes(content)
    with pytest.raises(ModelUnusable):
        Assistant.load(copy)


def test_unusable_model_is_one_line_for_the_person(copy: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    copy.model.write_bytes(b"?")
    monkeypatch.setattr(startup, "model", lambda settings: None)
    with pytest.raises(Trouble, match="huấn luyện lại"):
        startup.assistant(copy)
