"""The two that are compared: this project as it runs, and the same data under what `rasa init` generates."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import rasa.cli
import rasa.engine.recipes

from benchmarks.processes import action_server, run_timed
from bot.settings import ROOT, Settings


@dataclass(frozen=True)
class Side:
    """How to start a worker of one side, and which other processes belong to it."""

    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    helpers: tuple[int, ...] = field(default=())


class Ours:
    """This project: one process."""

    def __init__(self, settings: Settings, folder: Path, questions: Path) -> None:
        self._settings, self._questions = settings, questions
        self.environment = {
            "PYTHONPATH": _path(settings),
            "TROLY_PROJECT": str(settings.project),
            "TROLY_ACTIONS": settings.actions,
            "TROLY_VAR": str(folder / "var"),
            "TROLY_MODEL": str(folder / "ours.tar.gz"),
            "TROLY_DATABASE_URL": f"sqlite:///{(folder / 'ours.db').as_posix()}",
        }

    def train(self) -> float:
        """Seconds of `troly train`."""
        return run_timed([sys.executable, "-m", "bot.cli", "train", "--force"], self.environment, ROOT)

    @contextmanager
    def running(self, turns: int, database_url: str | None = None) -> Iterator[Side]:
        """What workers need."""
        extra = {"TROLY_DATABASE_URL": database_url} if database_url else {}
        yield Side(("ours", str(self._questions), str(turns)), {**self.environment, **extra})


class Stock:
    """The configuration that `rasa init` writes, byte for byte, on our domain and data, with Rasa's action server.

    `epochs` trains for fewer than the 100 written there: it then understands less, but a turn takes the same time and memory.
    """

    def __init__(self, settings: Settings, folder: Path, questions: Path, epochs: int | None = None) -> None:
        self._epochs = epochs
        self._settings, self._folder, self._questions = settings, folder, questions
        self._project = folder / "stock"
        self._project.mkdir(parents=True, exist_ok=True)
        # The knowledge base is the one that our side has filled.
        self.environment = {
            "PYTHONPATH": _path(settings),
            "TROLY_VAR": str(folder / "var"),
            "TROLY_DATABASE_URL": f"sqlite:///{(folder / 'ours.db').as_posix()}",
        }

    @property
    def model(self) -> Path:
        """The trained model."""
        return self._project / "stock.tar.gz"

    def train(self) -> float:
        """Seconds of `rasa train`."""
        (self._project / "config.yml").write_text(_stock_config(self._epochs), encoding="utf-8")
        command = [
            sys.executable, "-m", "rasa", "train", "--config", "config.yml", "--domain", str(self._settings.domain),
            "--data", str(self._settings.training_data), "--out", str(self._project), "--fixed-model-name", self.model.name,
        ]
        return run_timed(command, self.environment, self._project)

    @contextmanager
    def running(self, turns: int, database_url: str | None = None) -> Iterator[Side]:
        """What workers need, with the action server running. `database_url` is of no use here: its tracker is in memory."""
        with action_server(self._settings.actions, self._project, self.environment) as (url, pid):
            yield Side(("stock", str(self._questions), str(turns), str(self.model), url), self.environment, (pid,))


def _stock_config(epochs: int | None) -> str:
    """What `rasa init` writes. It names no components there, so the recipe's defaults train.

    `epochs` spells those out, with fewer rounds.
    """
    if epochs is None:
        return (Path(rasa.cli.__file__).parent / "initial_project" / "config.yml").read_text(encoding="utf-8")
    defaults = (Path(rasa.engine.recipes.__file__).parent / "config_files" / "default_config.yml").read_text(encoding="utf-8")
    config, changed = re.subn(r"(?m)^(\s+epochs:) \d+$", rf"\1 {epochs}", defaults)
    if not changed:
        raise ValueError("the defaults of this Rasa name no epochs")
    return config


def _path(settings: Settings) -> str:
    return ":".join(dict.fromkeys((str(ROOT), str(settings.project))))
