"""The rows of the shipped plans, read once a run through the store, as the assistant has them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from knowledge.model import Row
from knowledge.search import Index
from knowledge.services.importing import import_shipped
from knowledge.store import PlanStore, migrate, open_engine
from tests.databases import database_url, engine, postgres_server, postgres_url
from tests.search.reference import Reference

__all__ = ["database_url", "engine", "postgres_server", "postgres_url"]

QUESTIONS = Path(__file__).parents[1] / "evaluation"


@pytest.fixture(scope="session")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[Row]:
    """Everything that is searched; titles of groups are not."""
    engine = open_engine(f"sqlite:///{(tmp_path_factory.mktemp('shipped') / 'troly.db').as_posix()}")
    migrate(engine)
    import_shipped(engine)
    found = [row for row in PlanStore(engine).iter_rows() if row.kind != "group"]
    engine.dispose()
    return found


@pytest.fixture(scope="session")
def index(rows: list[Row]) -> Index:
    return Index(rows)


@pytest.fixture(scope="session")
def reference(rows: list[Row]) -> Reference:
    return Reference(rows)


@pytest.fixture(scope="session")
def questions() -> list[str]:
    """Every other question of the sets for development, and all of the dialogues."""
    texts = []
    for name, step in (("annex-dev", 2), ("annex-test", 2), ("dialogues-dev", 1)):
        lines = (QUESTIONS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()[::step]
        texts += [json.loads(line)["text"] for line in lines]
    return texts
