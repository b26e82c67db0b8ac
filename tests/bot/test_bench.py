"""`troly bench` on the fixture project, and its table."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from benchmarks import table
from benchmarks.figures import Figures, measure, quantile
from benchmarks.processes import Worker, WorkFailed
from benchmarks.sides import Ours, _stock_config
from bot.settings import ROOT, Settings

OURS, STOCK = Figures(20, 5.2, 300, 4.0, 9.5, 310), Figures(400, 21, 1500, 40.0, 95, 31)


def test_table_sets_both_side_by_side() -> None:
    lines = table.render(OURS, STOCK, 500, "PostgreSQL", date(2026, 1, 2)).splitlines()
    assert lines[0] == "| Chỉ số | Trợ lý | Rasa mặc định | Hơn |"
    assert lines[2] == "| Huấn luyện, tính cả khởi động lệnh (giây) | 20 | 400 | 20,0 lần |"
    assert lines[4] == "| Bộ nhớ thường trú khi đang trả lời (MB) | 300 | 1.500 | 5,0 lần |"
    assert lines[7] == "| Thông lượng trên 2 lõi (lượt/giây) | 310 | 31 | 10,0 lần |", "more is better there"
    assert "02/01/2026" in lines[9] and "PostgreSQL" in lines[9] and "rasa init" in lines[9]


def test_table_of_our_side_alone() -> None:
    lines = table.render(OURS, None, 500, "SQLite", date(2026, 1, 2)).splitlines()
    assert lines[2].count("|") == 3 and "rasa init" not in lines[-1]


def test_quantiles() -> None:
    times = [float(n) for n in range(100, 0, -1)]
    assert (quantile(times, 0.5), quantile(times, 0.99), quantile([3.0], 0.99)) == (51.0, 100.0, 3.0)


def test_questions_are_as_officials_ask() -> None:
    questions = (ROOT / "benchmarks" / "questions.txt").read_text(encoding="utf-8").splitlines()
    assert len(questions) == len(set(questions)) >= 40


def test_our_side_is_measured(project: Settings, tmp_path: Path) -> None:
    found = measure(Ours(project, tmp_path, ROOT / "benchmarks" / "questions.txt"), turns=20)
    assert 0 < found.p50 <= found.p99 < 1000
    assert found.training_seconds > 0 and found.first_answer_seconds > 0 and found.turns_a_second > 1
    assert 50 < found.memory_mb < 800


def test_worker_that_fails_says_why(tmp_path: Path) -> None:
    worker = Worker(["ours", str(tmp_path / "no-such-file"), "1"], {"PYTHONPATH": str(ROOT)})
    with pytest.raises(WorkFailed, match="no-such-file"):
        worker.read("first")
    worker.stop()


def test_stock_rounds_are_those_asked_for() -> None:
    config = _stock_config(3)
    assert "DIETClassifier" in config and "TEDPolicy" in config
    assert set(re.findall(r"epochs: (\d+)", config)) == {"3"}
    assert "pipeline: null" in _stock_config(None) or "pipeline:\n" in _stock_config(None)
