"""Judges the questions on all documents and the dialogues: sections as prefixes, choices of the turn before, pieces of text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.evaluation import facts, refs, wording
from bot.evaluation.facts import ANY_DOCUMENT, Beside, as_list
from bot.evaluation.verdict import NO_RECORD, RIGHT, Kind, Reason, Verdict, shown, worst_of, wrong_fact, wrong_outcome, wrong_refs

Expectation = Mapping[str, Any]
Record = Mapping[str, Any]


def judge(expect: Expectation, record: Record | None, previous: Record | None = None) -> Verdict:
    """The verdict on a record, `previous` being that of the turn before. Only answers are looked at closely."""
    if record is None:
        return NO_RECORD
    outcome, accepted = record.get("outcome"), as_list(expect["outcome"])
    if outcome != "answer":
        return RIGHT if outcome in accepted else Verdict(Kind.OTHER, (wrong_outcome(outcome, accepted),))
    given = _refs(record.get("refs"))
    rows = _against_rows(expect, given)
    if "answer" not in accepted:
        astray = any(reason.astray for reason in rows) if expect.get("refs") else bool(given)
        return Verdict(Kind.WRONG if astray else Kind.OTHER, (wrong_outcome(outcome, accepted),))
    choice = _against_choice(expect, given, previous or {})
    return worst_of([*rows, *choice, *_against_facts(expect, record, given), *_against_text(expect, record)])


def _against_rows(expect: Expectation, given: list[str]) -> list[Reason]:
    if "refs" not in expect:
        return []
    name = expect.get("refs_mode", "exact")
    mode, match = refs.MODES[name], refs.by_mode(name, expect["refs"], expect.get("refs_allowed", []), given)
    astray = match.astray or not mode.bearable(match)
    return [wrong_refs(match, astray)] if astray or not mode.enough(match) else []


def _against_choice(expect: Expectation, given: list[str], previous: Record) -> list[Reason]:
    """Whether the answer is the row that was picked from the turn before; taking another one leads astray."""
    place = expect.get("refs_from_choice")
    if place is None:
        return []
    offered, index = _offered(previous, place), max(place - 1, 0)
    if index >= len(offered):
        return [Reason("refs", f"lượt trước không đưa ra lựa chọn thứ {place}: {shown(offered) or 'danh sách rỗng'}")]
    if given != [offered[index]]:
        picked = shown(given) or "không có dòng nào"
        return [Reason("refs", f"lựa chọn thứ {place} là {offered[index]}, trả lời {picked}", astray=True)]
    return []


def _offered(previous: Record, place: int) -> list[str]:
    """What could be picked from: the choices of a turn that asked back, else its rows; place 0 is the row it answered with."""
    order = ("choices", "refs") if previous.get("outcome") == "clarify" and place else ("refs", "choices")
    return _refs(previous.get(order[0]) or previous.get(order[1]))


def _against_facts(expect: Expectation, record: Record, given_refs: list[str]) -> list[Reason]:
    given = record.get("facts") or {}
    of_row = expect.get("facts_by_ref", {}).get(given_refs[0], {}) if len(given_refs) == 1 else {}
    reasons = []
    for key, wanted in {**expect.get("facts", {}), **of_row}.items():
        if not _same(key, wanted, given):
            # Naming another agency as successor sends the official to the wrong door.
            reasons.append(wrong_fact(key, given.get(key), wanted, astray=key == "successor" and bool(given.get(key))))
    for key, options in expect.get("facts_any", {}).items():
        if not any(_same(key, wanted, given) for wanted in options):
            reasons.append(wrong_fact(key, given.get(key), options))
    return reasons


def _same(key: str, wanted: Any, given: Mapping[str, Any]) -> bool:
    return facts.same(ANY_DOCUMENT, key, wanted, given.get(key), Beside(given))


def _against_text(expect: Expectation, record: Record) -> list[Reason]:
    text = wording.passage(record.get("text") or "")
    pieces = [as_list(piece) for piece in expect.get("text_contains", [])]
    return [Reason("text", f"lời trả lời thiếu: {' | '.join(options)}")
            for options in pieces if not any(wording.passage(option) in text for option in options)]


def _refs(entries: Any) -> list[str]:
    """Refs out of plain refs or choices, which may be objects with a ref or an id."""
    return [str(entry.get("ref") or entry.get("id") or "") if isinstance(entry, dict) else str(entry) for entry in entries or []]
