"""`troly evaluate --nlu` on a fake classifier, the check for leaks, and calibration."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.evaluation import leaks, nlu
from bot.evaluation.calibration import Sample, calibration
from bot.evaluation.tally import percentile
from bot.settings import ROOT, Settings
from tests.bot.evaluation_fakes import FakeAssistant, run

TRAINING = """
version: "3.1"
nlu:
- intent: ask_lead
  examples: |
    - Ai chủ trì [đề án số](content)?
    - [Sở Y tế]{"entity": "agency"} phối hợp với ai
- lookup: content
  examples: |
    - cổng dữ liệu mở
"""


def held_out(folder: Path, intent: str, *sentences: str, style: str = "clean") -> None:
    lines = "".join(f"  - {{text: {json.dumps(text, ensure_ascii=False)}, style: {style}}}\n" for text in sentences)
    (folder / f"{intent}.yml").write_text(f"intent: {intent}\nsentences:\n{lines}", encoding="utf-8")


@pytest.fixture
def project(tmp_path: Path) -> Settings:
    (tmp_path / "nlu_data" / "intents").mkdir(parents=True)
    (tmp_path / "nlu_data" / "intents" / "ask_lead.yml").write_text(TRAINING, encoding="utf-8")
    return Settings(project=tmp_path)


def test_accuracy_per_intent_and_style_and_what_is_confused(
        tmp_path: Path, project: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    folder, out = tmp_path / "nlu", tmp_path / "ket-qua.json"
    folder.mkdir()
    held_out(folder, "ask_lead", "ai lo", "so nao lam")
    held_out(folder, "ask_due", "chừng nào", style="noisy")
    assistant = FakeAssistant(intents={"ai lo": ("ask_lead", 0.9), "so nao lam": ("ask_due", 0.6), "chừng nào": ("ask_due", 0.8)})
    assert run(assistant, "--nlu", folder, "--failures", "--calibration", "--json", out, settings=project) == 0
    printed = capsys.readouterr().out
    assert "ask_lead → ask_due" in printed
    assert "ask_lead → ask_due (0,60, chuẩn): so nao lam" in printed
    assert "trùng với dữ liệu huấn luyện: 0" in printed and "Thời gian hiểu một câu" in printed
    result = json.loads(out.read_text(encoding="utf-8"))["nlu"]
    assert result["intents"] == [{"name": "ask_due", "n": 1, "accuracy": 100.0}, {"name": "ask_lead", "n": 2, "accuracy": 50.0}]
    assert result["styles"] == [{"name": "noisy", "n": 1, "accuracy": 100.0}, {"name": "clean", "n": 2, "accuracy": 50.0}]
    assert result["confusion"]["ask_lead"] == {"ask_lead": 1, "ask_due": 1}


@pytest.mark.parametrize(("sentence", "leaked"), [
    ("ai chu tri de an so", True), ("Đề án số, ai chủ trì?", True), ("sở y tế phối hợp với ai", True),
    ("ai chủ trì đề án", False), ("cổng dữ liệu mở", False), ("?", False),
])
def test_finds_training_sentences_however_marked_or_ordered(sentence: str, leaked: bool, project: Settings) -> None:
    assert bool(leaks.leaks([sentence], project.training_data)) is leaked


def test_names_leaked_sentences(tmp_path: Path, project: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "nlu"
    folder.mkdir()
    held_out(folder, "ask_lead", "ai chu tri de an so", "ai lo")
    run(FakeAssistant(), "--nlu", folder, settings=project)
    printed = capsys.readouterr().out
    assert "trùng với dữ liệu huấn luyện: 1" in printed
    assert "ai chu tri de an so  =  Ai chủ trì đề án số?" in printed
    assert "TỔNG, trừ câu trùng" in printed


BROKEN = {
    "no YAML": "intent: [",
    "another name": "intent: ask_due\nsentences: []",
    "no sentences": "intent: ask_lead",
    "no text": "intent: ask_lead\nsentences: [{style: clean}]",
    "a list": "[]",
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_file_is_named_and_the_rest_goes_on(content: str, tmp_path: Path) -> None:
    held_out(tmp_path, "ask_due", "chừng nào")
    (tmp_path / "ask_lead.yml").write_text(content, encoding="utf-8")
    sentences, broken = nlu.read(tmp_path)
    assert [sentence.text for sentence in sentences] == ["chừng nào"]
    assert broken[0].startswith("ask_lead.yml: ")


def test_a_missing_folder_is_unreadable(tmp_path: Path, project: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assistant = FakeAssistant()
    assert run(assistant, "--nlu", tmp_path / "khong-co", settings=project) == 2
    assert "không có tệp" in capsys.readouterr().err
    assert assistant.loaded == 0


def test_reliability_and_coverage() -> None:
    right = [Sample(1.0, True, False), Sample(0.92, True, False)]
    found = calibration([*right, Sample(0.55, False, True), Sample(None, True, False)])
    assert [(b.low, b.n, b.accuracy) for b in found.bins] == [(0.5, 1, 0.0), (0.9, 2, 1.0)]
    assert found.error == pytest.approx((0.55 + 2 * 0.04) / 3)
    at = {point.threshold: point for point in found.points}
    assert (at[0.0].coverage, at[0.0].wrong, at[0.0].wrong_rate) == (75.0, 1, pytest.approx(100 / 3))
    assert (at[0.6].coverage, at[0.6].wrong_rate) == (50.0, 0.0)
    assert calibration([]).error == 0


def test_percentiles() -> None:
    assert (percentile([3, 1, 2], 50), percentile(range(1, 101), 99), percentile([], 50)) == (2, 99, 0)


def test_shipped_sentences_are_readable() -> None:
    sentences, broken = nlu.read(ROOT / "tests" / "nlu")
    assert not broken
    assert len(sentences) > 1000


def test_no_shipped_sentence_was_trained_on() -> None:
    sentences, _ = nlu.read(ROOT / "tests" / "nlu")
    assert leaks.leaks((sentence.text for sentence in sentences), ROOT / "nlu_data") == []
