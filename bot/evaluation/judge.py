"""The judge: which of the two forms an expectation has, and the verdict in that form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bot.evaluation import annex, any_document
from bot.evaluation.refs import ANNEX_MODES, MODES
from bot.evaluation.verdict import Verdict

ANNEX, OTHER = "annex", "other"
FORMATS = (ANNEX, OTHER)

_OTHER_MODES = MODES.keys() - ANNEX_MODES.keys()
_OTHER_KEYS = {"refs_from_choice", "facts_any", "facts_by_ref", "text_contains"}
_OTHER_FACTS = {"unit", "date", "issuer", "number", "rrule", "successor"}
_OTHER_CATEGORIES = ("duty", "reporting", "document", "legal", "fact", "succession", "plan_scope", "target")
_ANNEX_KEYS = {"alt", "choices", "choices_mode"}


Fields = Mapping[str, Any]


def judge(form: str, expect: Fields, record: Fields | None, previous: Fields | None = None) -> Verdict:
    """The verdict on a record; `previous` is the record of the turn before, where the form has dialogues."""
    return annex.judge(expect, record) if form == ANNEX else any_document.judge(expect, record, previous)


def format_of(lines: Iterable[Fields]) -> str:
    """The form of a file of questions, from what only one of the two has; without any such sign: annex.

    One sign of the richer form is enough, and signs of the annex's own form come before mere names of categories.
    """
    questions = list(lines)
    if any("turn" in question or _signs_of_other(question["expect"]) for question in questions):
        return OTHER
    if any(_ANNEX_KEYS & question["expect"].keys() for question in questions):
        return ANNEX
    return OTHER if any(str(question.get("category", "")).startswith(_OTHER_CATEGORIES) for question in questions) else ANNEX


def trouble(form: str, expect: Any) -> str | None:
    """Why an expectation cannot be judged (Vietnamese); None if it can."""
    if not isinstance(expect, dict) or not expect.get("outcome"):
        return "thiếu “expect” với “outcome”"
    if form == OTHER and expect.get("refs_mode", "exact") not in MODES:
        return f"không có cách so dòng “{expect['refs_mode']}” (có: {', '.join(MODES)})"
    for key in ("refs", "refs_allowed", "choices", "text_contains", "alt"):
        if not isinstance(expect.get(key, []), list):
            return f"“{key}” phải là một danh sách"
    for key in ("facts", "facts_any", "facts_by_ref"):
        if not isinstance(expect.get(key, {}), dict):
            return f"“{key}” phải là một đối tượng"
    return next((problem for option in expect.get("alt", []) if (problem := trouble(form, option))), None)


def _signs_of_other(expect: Fields) -> bool:
    return bool(
        _OTHER_KEYS & expect.keys()
        or expect.get("refs_mode") in _OTHER_MODES
        or _OTHER_FACTS & expect.get("facts", {}).keys()
    )
