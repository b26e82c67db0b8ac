"""`troly bench search`: grown plans are like real ones and no copies, and the table says what was measured."""

from __future__ import annotations

from datetime import date
from itertools import islice
from pathlib import Path

import pytest

from benchmarks.growth import Growth
from benchmarks.search import SearchFigures, measure, render
from bot import cli
from bot.settings import ROOT
from knowledge.model import Plan, Row

SMALL = SearchFigures(617, None, 0.8, 158, (2.5, 4.5), (3.5, 6.25), 128, 132)
LARGE = SearchFigures(1_000_060, 312.5, 3.25, 900, (9.0, 21.0), (15.0, 28.5), 125, 132)


@pytest.fixture(scope="module")
def shipped(rows: list[Row]) -> list[Plan]:
    """The shipped plans, without titles of groups."""
    plans = dict.fromkeys(row.plan for row in rows)
    provinces = {"hg": "hau-giang", "ht": "ha-tinh", "tg": "tien-giang"}
    return [Plan(p, p, f"{p}.txt", province=provinces[p[:2]], rows=tuple(r for r in rows if r.plan == p)) for p in plans]


def test_growth_is_the_same_each_time(shipped: list[Plan]) -> None:
    first, second = (list(islice(Growth(shipped).plans(), 5)) for _ in range(2))
    assert first == second != list(islice(Growth(shipped, seed=1).plans(), 5))
    assert len({p.id for p in first}) == 5


def test_grown_plans_are_no_copies(shipped: list[Plan]) -> None:
    """A province that has a shipped plan gets no row that says the same once more."""
    own = {p.province for p in shipped}
    names = {row.name for plan in shipped for row in plan.rows}
    grown = [p for p in islice(Growth(shipped).plans(), 400) if p.province in own]
    rows = [row for plan in grown for row in plan.rows]
    assert len(rows) > 500
    assert sum(row.name in names for row in rows) < 0.01 * len(rows)
    assert {row.kind for row in rows} >= {"duty", "target", "passage"}
    assert len({row.name for row in rows}) > 0.95 * len(rows)


def test_table_says_what_was_measured() -> None:
    lines = render([SMALL, LARGE], date(2026, 1, 2)).splitlines()
    assert lines[2] == "| 617 | – | 0,8 | 158 | 4,5 | 4,5 | 6,2 | 6,2 | 128/132 (97,0 %) |"
    assert lines[3].startswith("| 1.000.060 | 312,5 | 3,2 | 900 | 21,0 |") and "125/132 (94,7 %)" in lines[3]
    assert "02/01/2026" in lines[5] and "GB RAM" in lines[5]


@pytest.mark.slow
def test_small_sizes_are_measured(tmp_path: Path) -> None:
    said: list[str] = []
    figures = list(measure(tmp_path, [900], ROOT / "tests" / "evaluation" / "annex-dev.jsonl", said.append))
    assert len(figures) == len(said) == 2
    assert 900 <= figures[1].rows < 1500 and figures[1].build is None
    for f in figures:
        assert f.asked > 100 and f.hits > 0.9 * f.asked
        assert 0 < f.start < 30 and f.memory > 50 and len(f.inside) == len(f.outside) == f.asked


def test_wrong_sizes_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["bench", "search", "--sizes", "nhiều"]) == 2
    assert "--sizes" in capsys.readouterr().err
