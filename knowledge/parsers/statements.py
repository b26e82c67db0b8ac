"""A paragraph as statements: its sentences, joined while they speak of the same body, without reporting regimes."""

from __future__ import annotations

from dataclasses import replace

from knowledge.parsers.actors import subject_of
from knowledge.parsers.assigning import Assignment, Mode, assignment_in, sentences
from knowledge.parsers.recurrences import clauses, regimes_in


def statements(text: str, mode: Mode) -> list[tuple[Assignment, str]]:
    """The paragraph's sentences, joined while they speak of the same; a closing "Giao A …" speaks of all before it."""
    groups: list[tuple[Assignment, list[str]]] = []
    loose: list[str] = []
    for sentence in _steps(text, mode):
        found = assignment_in(sentence, mode)
        if found and groups and found.lead == groups[-1][0].lead:
            merged = tuple(dict.fromkeys(groups[-1][0].coop + found.coop))
            groups[-1] = (replace(groups[-1][0], coop=merged), [*groups[-1][1], sentence])
        elif found:
            groups.append((found, [*(loose if mode == "duties" and found.directive else []), sentence]))
            loose = []
        elif groups:
            groups[-1][1].append(sentence)
        else:
            loose.append(sentence)
    return [(found, " ".join(parts)) for found, parts in groups]


def _steps(text: str, mode: Mode) -> list[str]:
    """The sentences; one that turns to another body behind a semicolon ("…; Sở Nội vụ hướng dẫn …") is parted there."""
    out: list[str] = []
    for sentence in sentences(text):
        step, parted = "", False
        for clause in clauses(sentence):
            first = assignment_in(step, mode) if step else None
            if first and first.rest and subject_of(clause):
                out.append(step + ";")
                step, parted = clause, True
            else:
                step = f"{step}; {clause}" if step else clause
        out.append(step if parted else sentence)
    return out


def without_reports(text: str) -> str:
    """The text without what only states a reporting regime; of a sentence that begins so, clauses with their own subject stay."""
    kept: list[str] = []
    for sentence in sentences(text):
        regimes = {regime.clause for regime in regimes_in(sentence) if regime.reports}
        parts = clauses(sentence)
        left = [part for part in parts if part not in regimes]
        if not regimes or parts[0] not in regimes:
            kept.append(sentence)
        elif any(subject_of(part) for part in left):
            kept += [part for part in left if subject_of(part)]
        elif left:
            kept.append(sentence)
    return " ".join(kept)
