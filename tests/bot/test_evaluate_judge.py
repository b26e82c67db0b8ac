"""The judge gives the verdicts that the reference scorers gave; `verdicts.jsonl` holds theirs."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from bot.evaluation import facts, questions
from bot.evaluation.facts import ANY_DOCUMENT, Beside
from bot.evaluation.judge import ANNEX, OTHER, format_of, judge, trouble
from bot.evaluation.refs import begins
from bot.evaluation.verdict import Kind

EVALUATION = Path(__file__).parents[1] / "evaluation"
CASES = [json.loads(line) for line in (EVALUATION / "verdicts.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("case", CASES, ids=[f"{at}-{case['question']['id']}-{case['verdict']}" for at, case in enumerate(CASES)])
def test_agrees_with_the_reference(case: dict[str, Any]) -> None:
    verdict = judge(case["format"], case["question"]["expect"], case["record"], case.get("previous"))
    assert in_words_of_the_reference(case["format"], verdict.kind) == case["verdict"], verdict.reasons
    assert verdict.right == (not verdict.reasons)


def in_words_of_the_reference(form: str, kind: Kind) -> str:
    """The reference of the second form knows only right, wrong, and not right."""
    if form == ANNEX:
        return "ok" if kind is Kind.RIGHT else kind.value
    return {Kind.RIGHT: "right", Kind.WRONG: "WRONG"}.get(kind, "incomplete")


def test_reference_cases_cover_every_verdict() -> None:
    counts = Counter((case["format"], case["verdict"]) for case in CASES)
    assert len(CASES) >= 150
    assert {verdict for form, verdict in counts if form == ANNEX} == {"ok", "WRONG", "fact", "part", "other"}
    assert {verdict for form, verdict in counts if form == OTHER} == {"right", "WRONG", "incomplete"}
    assert min(counts.values()) >= 20


@pytest.mark.parametrize(("name", "form"), [("annex-dev", ANNEX), ("annex-test", ANNEX), ("dialogues-dev", OTHER)])
def test_tells_the_form_of_the_shipped_files(name: str, form: str) -> None:
    file = questions.read(EVALUATION / f"{name}.jsonl")
    assert (file.form, file.broken) == (form, ())


@pytest.mark.parametrize(("line", "form"), [
    ({"category": "lead", "expect": {"outcome": "answer"}}, ANNEX),
    ({"category": "clarify", "expect": {"outcome": "clarify", "choices": []}}, ANNEX),
    ({"category": "not_found", "expect": {"outcome": "not_found"}}, ANNEX),
    ({"category": "target", "expect": {"outcome": "answer", "refs": [], "refs_mode": "exact"}}, OTHER),
    ({"category": "lead", "turn": 1, "expect": {"outcome": "answer"}}, OTHER),
    ({"category": "x", "expect": {"outcome": "answer", "refs_mode": "prefix_any"}}, OTHER),
    ({"category": "x", "expect": {"outcome": "answer", "facts_any": {}}}, OTHER),
    ({"category": "x", "expect": {"outcome": "answer", "refs_from_choice": 0}}, OTHER),
    ({"category": "x", "expect": {"outcome": "answer", "facts": {"successor": "Sở Nội vụ"}}}, OTHER),
])
def test_tells_the_form_of_a_line(line: dict[str, Any], form: str) -> None:
    assert format_of([line]) == form


@pytest.mark.parametrize(("key", "want", "got", "same"), [
    ("target", ">= 60%", "≥ 60 %", True), ("target", "> 1500", ">1.500 cán bộ", True), ("target", "50 - 60", "50 đến 60", True),
    ("target", "> 15", "> 150", False), ("target", "8", "8 - 10", False), ("target", "> 0.60", None, False),
    ("rrule", "FREQ=WEEKLY;BYDAY=FR;BYHOUR=11;BYMINUTE=0", "RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=FR;BYHOUR=11", True),
    ("rrule", "FREQ=MONTHLY", "FREQ=MONTHLY;INTERVAL=3", False), ("rrule", "FREQ=MONTHLY", ["FREQ=DAILY", "FREQ=MONTHLY"], True),
    ("lead", ["Đảng ủy UBND tỉnh"], ["đảng uỷ  Ủy ban nhân dân tỉnh"], True),
    ("lead", "Sở Y tế", ["Sở Y tế", "Sở Nội vụ"], False),
    ("due", {"kind": "month", "date": "2025-03-31"}, {"text": "3/2025", "kind": "month", "date": "31/03/2025"}, True),
    ("due", {"date": None}, None, True), ("due", {"kind": "recurring", "date": None}, None, False),
    ("date", "2024-12-22", "22/12/2024", True), ("issuer", "Ban Thường vụ Tỉnh ủy Hà Tĩnh", "Ban Thường vụ Tỉnh uỷ", True),
    ("number", "57-NQ/TW", "57 - nq/tw", True), ("unit", "%", None, False),
    ("year", 2030, "2030", True), ("year", 2030, [2030], False),
    ("count", 3, float("inf"), False), ("successor", ["Sở Nội vụ"], "Sở Nội vụ", True),
    ("result", "Kế hoạch/ Đề án", "kế hoạch/đề án.", True),
])
def test_compares_facts_of_any_document(key: str, want: Any, got: Any, same: bool) -> None:
    assert facts.same(ANY_DOCUMENT, key, want, got, Beside({"target": "60"})) is same


def test_a_section_ends_where_its_number_ends() -> None:
    assert begins("p#duty:V.1-2", "p#duty:V.1")
    assert begins("p#duty:2.3(5)-1", "p#duty:2.3(5)")
    assert not begins("p#duty:V.10", "p#duty:V.1")


@pytest.mark.parametrize("expect", [
    None, [], {}, {"outcome": ""}, {"outcome": "answer", "refs": "p#task:1"}, {"outcome": "answer", "facts": []},
    {"outcome": "answer", "refs_mode": "sometimes"}, {"outcome": "answer", "alt": [{"refs": []}]},
])
def test_says_what_is_wrong_with_an_expectation(expect: Any) -> None:
    assert trouble(OTHER, expect)
