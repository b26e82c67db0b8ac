"""Judges the questions on the annex: an expectation may have alternatives, and cells are compared as they stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.evaluation import facts, refs, wording
from bot.evaluation.facts import Beside, as_list
from bot.evaluation.refs import Match
from bot.evaluation.verdict import NO_RECORD, RIGHT, Kind, Reason, Verdict, shown, worst_of, wrong_fact, wrong_outcome, wrong_refs

Expectation = Mapping[str, Any]
Record = Mapping[str, Any]


def judge(expect: Expectation, record: Record | None) -> Verdict:
    """The verdict on a record; meeting one alternative is enough."""
    if record is None:
        return NO_RECORD
    options = [expect, *expect.get("alt", [])]
    against = [_against(option, record) for option in options]
    if not all(against):
        return RIGHT
    if record.get("outcome") != "answer":
        return Verdict(Kind.OTHER, tuple(against[0]))
    answers = [option for option in options if "answer" in as_list(option["outcome"])]
    if not answers or _names_wrong_row(answers, record):
        return Verdict(Kind.WRONG, tuple(against[0]))
    return worst_of(min((_against(option, record) for option in answers), key=len))


def _against(option: Expectation, record: Record) -> list[Reason]:
    """What is to be said against a record by one alternative."""
    outcome, accepted = record.get("outcome"), as_list(option["outcome"])
    if outcome not in accepted:
        return [wrong_outcome(outcome, accepted)]
    if outcome == "clarify":
        return _against_choices(option, record)
    if outcome != "answer":
        rows = _match(record, [], []).given
        return [Reason("refs", f"kết quả {outcome} mà lại có dòng {shown(sorted(rows))}")] if rows else []
    match = _match(record, option.get("refs", []), option.get("refs_allowed", []))
    return _against_rows(option, match) + _against_facts(option, record, match)


def _against_choices(option: Expectation, record: Record) -> list[Reason]:
    wanted = {wording.cell(choice) for choice in option.get("choices", [])}
    given = {
        wording.cell(text)
        for choice in as_list(record.get("choices"))
        for text in (choice.values() if isinstance(choice, dict) else [choice])
        if isinstance(text, str)
    }
    if not wanted or wanted & given:
        return []
    return [Reason("choices", f"không lựa chọn nào đúng trong: {shown(sorted(given)) or 'danh sách rỗng'}")]


def _against_rows(option: Expectation, match: Match) -> list[Reason]:
    if "refs" not in option:
        return []
    mode = refs.ANNEX_MODES.get(option.get("refs_mode", "exact"), refs.ANNEX_MODES["exact"])
    return [] if mode.enough(match) and mode.bearable(match) else [wrong_refs(match)]


def _against_facts(option: Expectation, record: Record, match: Match) -> list[Reason]:
    given = record.get("facts") or {}
    # Where rows may be there or not, the count of those that are there is right as well.
    beside = Beside(given, len(match.given) if option.get("refs_allowed") else None)
    return [
        wrong_fact(key, given.get(key), wanted)
        for key, wanted in option.get("facts", {}).items()
        if not facts.same(facts.ANNEX, key, wanted, given.get(key), beside)
    ]


def _names_wrong_row(options: list[Expectation], record: Record) -> bool:
    """Whether the answer rests on a row that no alternative knows, unless one leaves the rows open."""
    if any("refs" not in option or option.get("refs_mode") == "superset" for option in options):
        return False
    known = [ref for option in options for ref in [*option.get("refs", []), *option.get("refs_allowed", [])]]
    return bool(_match(record, known, []).extra)


def _match(record: Record, wanted: list[str], allowed: list[str]) -> Match:
    return refs.literal(wanted, allowed, [str(ref) for ref in as_list(record.get("refs"))])
