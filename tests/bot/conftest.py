"""Fixtures of the running side: a small Rasa project, trained once a run and loaded once a run."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot import logs, settings
from bot.settings import Settings
from tests.databases import database_url, engine, postgres_server, postgres_url

__all__ = ["database_url", "engine", "postgres_server", "postgres_url"]

FIXTURE = Path(__file__).parent / "fixture"


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment variables that make the fixture the project."""
    folder = tmp_path_factory.mktemp("var")
    return {
        "TROLY_PROJECT": str(FIXTURE),
        "TROLY_VAR": str(folder),
        "TROLY_MODEL": str(folder / "models" / "fixture.tar.gz"),
        "TROLY_ACTIONS": "fixture_actions",
        "PYTHONPATH": f"{settings.ROOT}:{FIXTURE}",
    }


@pytest.fixture(scope="session")
def project(environment: dict[str, str]) -> Iterator[Settings]:
    """The fixture project with a trained model."""
    logs.quiet_libraries()
    found = settings.load(environment)
    from bot.assistant import training

    training.ensure_model(found, lambda line: None)
    sys.path.insert(0, str(FIXTURE))
    yield found
    sys.path.remove(str(FIXTURE))


@pytest.fixture
def assistant(project: Settings, engine: Engine) -> Iterator[object]:
    """The assistant of the fixture project on SQLite and on PostgreSQL."""
    from bot.assistant.assistant import Assistant

    loaded = Assistant.load(project, engine)
    yield loaded
    if hasattr(loaded.agent.lock_store, "close"):
        loaded.agent.lock_store.close()
