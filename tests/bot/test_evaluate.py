"""`troly evaluate` on a fake assistant: tables, dialogues, files that are broken."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.errors import Trouble
from bot.evaluation.questions import UnreadableFile, read
from tests.bot.evaluation_fakes import FakeAssistant, question, run, write

ONE = {"outcome": "answer", "refs": ["p#task:1"], "facts": {"lead": ["Sở Y tế"]}}
RIGHT = {"outcome": "answer", "refs": ["p#task:1"], "facts": {"lead": ["Sở Y tế"]}, "confidence": 0.95}
WRONG = {"outcome": "answer", "refs": ["p#task:2"], "facts": {"lead": ["Sở Nội vụ"]}, "confidence": 0.65}


def test_prints_tables_per_category_and_style(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(
        tmp_path / "hoi.jsonl", question("a", ONE), question("b", ONE, style="nodiac"), question("c", ONE, category="moi"))
    assert run(FakeAssistant({"a": RIGHT, "b": WRONG}), path) == 0
    printed = capsys.readouterr().out
    assert [line.split() for line in printed.splitlines() if line.startswith(("chủ trì ", "moi ", "không dấu ", "TỔNG"))] == [
        ["chủ", "trì", "2", "50,0", "1", "0", "0", "0"],
        ["moi", "1", "0,0", "0", "0", "0", "1"],
        ["TỔNG", "3", "33,3", "1", "0", "0", "1"],
        ["không", "dấu", "1", "0,0", "1", "0", "0", "0"],
        ["TỔNG", "3", "33,3", "1", "0", "0", "1"],
    ]
    assert "p50" in printed
    assert "câu hỏi b" not in printed


@pytest.mark.parametrize(("option", "shown"), [("--failures", {"b", "c"}), ("--wrong", {"b"})])
def test_lists_failures_with_reasons(option: str, shown: set[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "hoi.jsonl", *(question(id, ONE) for id in "abc"))
    assert run(FakeAssistant({"a": RIGHT, "b": WRONG}), path, option) == 0
    printed = capsys.readouterr().out
    assert {id for id in "abc" if f"câu hỏi {id}" in printed} == shown
    assert "dòng: thiếu p#task:1; thừa p#task:2" in printed


def test_several_files_give_a_table_each_and_a_total(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = write(tmp_path / "mot.jsonl", question("a", ONE))
    second = write(tmp_path / "hai.jsonl", question("a", ONE), question("b", ONE))
    assert run(FakeAssistant({"a": RIGHT}), first, second) == 0
    printed = capsys.readouterr().out
    assert [line for line in printed.splitlines() if line.startswith("==")] == ["== mot", "== hai", "== tất cả các tệp"]
    assert ["TỔNG", "3", "66,7", "0", "0", "0", "1"] in [line.split() for line in printed.splitlines()]


def test_a_dialogue_is_right_when_all_its_turns_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picked = {"outcome": "answer", "refs": ["p#task:1", "p#task:2"], "refs_mode": "any_of", "refs_from_choice": 2}
    asks = {"outcome": "clarify"}
    path = write(
        tmp_path / "thoai.jsonl",
        question("x1", asks, conversation="x", turn=1), question("y1", asks, conversation="y", turn=1),
        question("x2", picked, conversation="x", turn=2), question("y2", picked, conversation="y", turn=2))
    offers = {"outcome": "clarify", "choices": [{"ref": "p#task:1", "text": "một"}, {"ref": "p#task:2", "text": "hai"}]}
    assistant = FakeAssistant(
        {"x1": offers, "y1": offers, "x2": {**RIGHT, "refs": ["p#task:2"]}, "y2": {**RIGHT, "refs": ["p#task:1"]}})
    assert run(assistant, path, "--wrong") == 0
    printed = capsys.readouterr().out
    assert "Hội thoại đúng trọn vẹn: 1/2" in printed
    assert "lựa chọn thứ 2 là p#task:2, trả lời p#task:1" in printed


def test_passes_on_who_asks_and_when(tmp_path: Path) -> None:
    path = write(tmp_path / "hoi.jsonl", question(
        "a", ONE, conversation="c", province="hau-giang", agency="Sở Y tế", now="2025-05-20T09:00:00+07:00"))
    assistant = FakeAssistant()
    run(assistant, path)
    line = assistant.asked[0]
    assert line.metadata == {"province": "hau-giang", "agency": "Sở Y tế", "now": "2025-05-20T09:00:00+07:00"}
    assert line.conversation == "hoi/c"  # of this file: another may call a conversation the same


def test_limit_and_format(tmp_path: Path) -> None:
    path = write(tmp_path / "hoi.jsonl", *(question(id, ONE) for id in "abc"))
    assistant = FakeAssistant({"a": {**RIGHT, "facts": {"lead": ["sở y tế."]}}, "b": {**RIGHT, "facts": {"lead": ["Sở Y tế"]}}})
    assert run(assistant, path, "--limit", 2, "--format", "other") == 0
    assert [line.id for line in assistant.asked] == ["a", "b"]


def test_writes_results_and_records(tmp_path: Path) -> None:
    path = write(tmp_path / "hoi.jsonl", question("a", ONE), question("b", ONE))
    out, kept = tmp_path / "ket-qua.json", tmp_path / "ban-ghi.jsonl"
    assert run(FakeAssistant({"a": RIGHT, "b": WRONG}), path, "--json", out, "--records", kept, "--calibration") == 0
    result = json.loads(out.read_text(encoding="utf-8"))
    file = result["files"][0]
    assert (file["format"], file["total"]["exact"], file["total"]["WRONG"]) == ("annex", 50.0, 1)
    assert [(miss["id"], miss["verdict"]) for miss in file["failures"]] == [("b", "WRONG")]
    assert [b["n"] for b in result["calibration"]["bins"]] == [1, 1]
    assert [json.loads(line)["id"] for line in kept.read_text(encoding="utf-8").splitlines()] == ["a", "b"]


BROKEN = {
    "not JSON": ('{"id": "z",', "không phải JSON"),
    "no object": ("[1]", "đối tượng JSON"),
    "no text": ('{"id": "z", "expect": {"outcome": "answer"}}', "thiếu “text”"),
    "no expectation": ('{"id": "z", "text": "gì"}', "thiếu “expect”"),
    "bad clock": ('{"id": "z", "text": "gì", "now": "mai", "expect": {"outcome": "answer"}}', "thời điểm"),
    "unknown mode": ('{"id": "z", "text": "gì", "turn": 1, "expect": {"outcome": "answer", "refs_mode": "x"}}', "cách so dòng"),
    "id twice": ('{"id": "a", "text": "gì", "expect": {"outcome": "answer"}}', "đã có"),
}


@pytest.mark.parametrize(("line", "reason"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_line_is_named_and_the_rest_goes_on(
        line: str, reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "hoi.jsonl", question("a", ONE), line, "", question("b", ONE))
    assistant = FakeAssistant({"a": RIGHT, "b": RIGHT})
    assert run(assistant, path) == 2
    assert [asked.id for asked in assistant.asked] == ["a", "b"]
    error = capsys.readouterr().err
    assert reason in error
    assert "dòng 2" in error


def test_an_unreadable_file_does_not_stop_the_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, out = write(tmp_path / "hoi.jsonl", question("a", ONE)), tmp_path / "ket-qua.json"
    empty = write(tmp_path / "rong.jsonl")
    assert run(FakeAssistant({"a": RIGHT}), tmp_path / "khong-co.jsonl", tmp_path, empty, good, "--json", out) == 2
    captured = capsys.readouterr()
    assert "== hoi" in captured.out
    for reason in ("không có tệp này", "đây là một thư mục", "không có câu hỏi nào"):
        assert reason in captured.err
    assert len(json.loads(out.read_text(encoding="utf-8"))["unreadable"]) == 3


def test_nothing_readable_loads_no_assistant(tmp_path: Path) -> None:
    assistant = FakeAssistant()
    assert run(assistant, tmp_path / "khong-co.jsonl") == 2
    assert assistant.loaded == 0


def test_bytes_that_are_no_utf8(tmp_path: Path) -> None:
    path = tmp_path / "hoi.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(question("a", ONE)).encode() + b"\r\n\xff\xfe{}\n\n")
    file = read(path)
    assert [q.line.id for q in file.questions] == ["a"]
    assert "UTF-8" in file.broken[0]


def test_raises_on_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="không có tệp này"):
        read(tmp_path / "khong-co.jsonl")


def test_needs_something_to_evaluate() -> None:
    with pytest.raises(Trouble, match="Thiếu tệp câu hỏi"):
        run(FakeAssistant())


def test_an_output_that_cannot_be_written(tmp_path: Path) -> None:
    path = write(tmp_path / "hoi.jsonl", question("a", ONE))
    with pytest.raises(Trouble, match="Không ghi được"):
        run(FakeAssistant(), path, "--json", tmp_path / "khong" / "co.json")
