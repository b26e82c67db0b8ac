"""The shipped plans, really read, through the store, the exports and the review workbook and back."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from knowledge.model import Plan
from knowledge.services.dry_run import dry_run
from knowledge.services.exporting import export_rows, write_jsonl
from knowledge.services.importing import PLANS, accept, distinct, import_shipped, sources
from knowledge.services.review import read_review, write_review
from knowledge.store import PlanStore, migrate, open_engine

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> PlanStore:
    """A knowledge base with the shipped plans."""
    engine = open_engine(f"sqlite:///{(tmp_path_factory.mktemp('kho') / 'troly.db').as_posix()}")
    migrate(engine)
    assert import_shipped(engine).failed == {}
    return PlanStore(engine)


@pytest.fixture(scope="module")
def plans(store: PlanStore) -> list[Plan]:
    """What the store gives back."""
    return [store.load(str(source["id"])) for source in sources()]


def test_all_are_there_and_a_second_start_reads_nothing(store: PlanStore, plans: list[Plan], monkeypatch: pytest.MonkeyPatch) -> None:
    assert all(plan.rows for plan in plans) and len(store.plans()) == len(sources())
    assert {source["file"] for source in sources()} == {path.name for path in PLANS.glob("*.txt")}
    monkeypatch.setattr("knowledge.parsers.read.read_plan", None)
    assert import_shipped(store.engine).imported == []


def test_what_was_read_is_what_is_stored(store: PlanStore) -> None:
    """Read once more: the same rows, so nothing to store."""
    from knowledge.parsers.read import read_plan
    for source in sources():
        again = distinct(read_plan(PLANS / source["file"], source))
        assert store.load(again.id) == again
        assert not accept(store.engine, again).stored


def test_every_row_has_a_reference_of_its_own(plans: list[Plan]) -> None:
    for plan in plans:
        assert distinct(plan) is plan


def test_the_review_workbook_brings_them_back(plans: list[Plan], tmp_path: Path) -> None:
    for plan in plans:
        write_review(plan, tmp_path / "bang.xlsx")
        assert read_review(tmp_path / "bang.xlsx") == plan


def test_exports_and_dry_runs_are_json(store: PlanStore, plans: list[Plan]) -> None:
    out = io.StringIO()
    assert write_jsonl(export_rows(store), out) == sum(len(plan.rows) for plan in plans)
    assert len([json.loads(line) for line in out.getvalue().splitlines()]) == sum(len(plan.rows) for plan in plans)
    for plan in plans:
        assert json.loads(json.dumps(list(dry_run(plan))))[-1]["kind"] == "summary"
