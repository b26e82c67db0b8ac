"""Measured rows: which of them hold a question's words, for which year, and the figure that is meant."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from knowledge.model import Row
from knowledge.search import Hit
from knowledge.search.query import Query
from knowledge.search.scope import Scope
from knowledge.services.ask.base import MEASURE_KINDS, KnowledgeBase
from knowledge.services.ask.clauses import Span, narrower
from knowledge.services.ask.kept import targets
from knowledge.services.ask.linking import scope
from knowledge.services.ask.question import Question
from knowledge.services.ask.sayings import Words
from knowledge.text.normalize import fold

FITS = 0.55
_FITS_NARROWLY, _LEAST_NARROWLY = 0.75, 1.2
_MORE_IN_THE_MEASURE = 0.2  # what a row may fit better by its measure and heading than it ranks
_COMPOUNDS = ("kinh te so", "xa hoi so", "chu ky so", "ky nang so")
_A_MONTH = timedelta(days=27)
_YEAR = re.compile(r"\b20[2-5]\d\b")
_EACH = re.compile(r"\b(?:tung|cac|moi|qua|nhung|theo) (?:nam|moc|giai doan)\b")
_STEPS = re.compile(r"\b\d+\s?g\b")
_AMOUNT = re.compile(r"\b(bao nhieu|may|bn|ty le|ti le|so luong|chi so)\b|%")
_PER_YEAR = re.compile(r"\bmoi nam\b|\bhang nam\b|/nam\b")


def years_asked(question: Question) -> set[int]:
    """The years that the question names, "đến năm 2030" being 2030; of "từng mốc từ 2025 tới 2045" all between."""
    periods = [p for p in question.named("period") if (p["end"] or p["start"]) and not _days(p)]
    named = {int((p["end"] or p["start"])[:4]) for p in periods}
    if _EACH.search(fold(question.text)):
        named |= {y for p in periods if p["start"] and p["end"] for y in range(int(p["start"][:4]), int(p["end"][:4]) + 1)}
    return named or set(map(int, _YEAR.findall(question.text)))


def _days(period: dict[str, str | None]) -> bool:
    """Is it a day or a few ("ngày mai", "tuần này"), counted from today? No target is set for those."""
    if not (period["start"] and period["end"]):
        return False
    return date.fromisoformat(period["end"]) - date.fromisoformat(period["start"]) < _A_MONTH


def holds_targets(question: Question, kb: KnowledgeBase) -> bool:
    """Are there targets by year in the scope of the question?"""
    inside = scope(question, kb)
    return any(inside(r) for r in targets(kb))


def search(question: Question, kb: KnowledgeBase) -> list[Hit]:
    """The measured rows in scope that hold the question's words, those of the year asked for if it names one.

    Of a long message a part is searched alone where the whole fits nothing.
    """
    return _of_years(question, of_any_year(question, kb))


def of_any_year(question: Question, kb: KnowledgeBase) -> list[Hit]:
    """The measured rows in scope that hold the question's words, whatever their year."""
    whole = _ranked(question, kb, ())
    if any(h.coverage >= FITS for h in _of_years(question, whole)[:1]):
        return whole
    for left_out in narrower(question):
        hits = _ranked(question, kb, (*left_out, *question.spans("agency")))
        if hits and hits[0].coverage >= _FITS_NARROWLY and hits[0].mass >= _LEAST_NARROWLY:
            return hits
    return whole


def _of_years(question: Question, hits: Sequence[Hit]) -> list[Hit]:
    years = years_asked(question)
    return [h for h in hits if not years or h.row.year in years]


def _ranked(question: Question, kb: KnowledgeBase, left_out: Sequence[Span]) -> list[Hit]:
    query = kb.index.read(question.text, [*question.spans("province", "period"), *left_out])
    if left_out and query.mass < _LEAST_NARROWLY:
        return []
    amount = bool(_AMOUNT.search(fold(question.text)))
    measured = scope(question, kb).of(MEASURE_KINDS)
    hits = kb.index.search(query, measured.passing(lambda r: bool(r.target)) if amount else measured, 60)
    if left_out and (not hits or max(h.coverage for h in hits) < _FITS_NARROWLY - _MORE_IN_THE_MEASURE):
        return []
    return sorted((_measured(h, query) for h in hits if same_step(question, h.row)), key=lambda h: -h.score)


def told_surely(question: Question, kb: KnowledgeBase) -> bool:
    """Does one measured row hold nearly the whole question?"""
    hits = search(question, kb)
    return bool(hits) and hits[0].coverage >= _FITS_NARROWLY and hits[0].mass >= 1.0


def told_elsewhere(question: Question, kb: KnowledgeBase, coverage: float) -> bool:
    """Does another province's plan hold the question far better? Then what fits a little here is something else."""
    if coverage >= 0.8:
        return False
    inside, query = scope(question, kb), read(question, kb)
    hits = kb.index.search(query, Scope(frozenset(MEASURE_KINDS), test=lambda r: bool(r.target) and not inside(r)), 5)
    hits = [h for h in hits if same_step(question, h.row)]
    return bool(hits) and max(_measured(h, query).coverage for h in hits) >= max(0.8, coverage + 0.2)


def read(question: Question, kb: KnowledgeBase) -> Query:
    """The question's words without place and time."""
    return kb.index.read(question.text, question.spans("province", "period"))


def same_step(question: Question, row: Row) -> bool:
    """5G is not 6G, and "kinh tế số" not "kinh tế": what a question names so must be the row's own."""
    asked = {s.replace(" ", "") for s in _STEPS.findall(fold(question.text))}
    own = {s.replace(" ", "") for s in _STEPS.findall(fold(row.name))}
    if asked and own and not asked & own:
        return False
    said, row_says = fold(question.text), fold(f"{row.name} {row.extra.get('heading') or ''}")
    return all(compound in row_says for compound in _COMPOUNDS if compound in said)


def _measured(hit: Hit, query: Query) -> Hit:
    """The hit ranked by how well the question and the row's measure say the same thing, both ways."""
    told = Words(f"{hit.row.extra.get('measure') or ''} {hit.row.name} {hit.row.extra.get('heading') or ''}")
    coverage = max(hit.coverage, told.share(query)) if query.mass else 0.0
    measure = Words(str(hit.row.extra.get("measure") or hit.row.name))
    keys = {t.key for t in query.terms if t.weight > 0} | {k for t in query.terms for p, _ in t.others for k in p}
    own = sum(1 for k in measure.keys if k in keys) / max(1, len(measure.keys))
    return Hit(hit.row, coverage * (1 + 0.35 * own), hit.mass, coverage, own)


def same_measure(one: Row, other: Row) -> bool:
    """Do two targets measure the same thing (told in two sections, or for two years)?"""
    first, second = (" ".join(re.findall(r"[a-z]+|[0-9]+", fold(str(r.extra.get("measure") or r.name)))) for r in (one, other))
    if first == second:
        return True
    if not one.unit or one.unit != other.unit or one.unit.strip() == "%":
        return False
    if "%" in one.unit:  # "% GRDP": "kinh tế số" and "quy mô kinh tế số"
        return f" {second} " in f" {first} " or f" {first} " in f" {second} "
    return first.startswith(second) or second.startswith(first)


def series(kb: KnowledgeBase, row: Row) -> list[Row]:
    """The same measure in the other years of the plan, by year."""
    if row.kind != "target":
        return [row]
    return sorted((r for r in targets(kb) if r.plan == row.plan and r.target and same_measure(r, row)), key=lambda r: (r.year or 0, r.no))


def meant(row: Row, query: Query) -> Row:
    """The row with the figure that the question means, its second one where that has the measure asked for."""
    figure = figure_meant(row, query)
    return replace(row, target=figure["target"], unit=figure["unit"]) if figure else row


def figure_meant(row: Row, query: Query) -> dict[str, Any]:
    """The figure of the row that the question means, where its sentence gives a second one with a measure of its own."""
    further = row.extra.get("further") or []
    own = Words(f"{row.extra.get('measure') or row.name}").share(query)
    for other in further:
        if Words(f"{other.get('measure', '')} {other.get('unit', '')}").share(query) > own + 0.05:
            return {"target": other.get("target"), "unit": other.get("unit"), "name": row.name}
    return {}


def value(row: Row) -> str:
    """`mỗi năm > 25 nhiệm vụ, đến năm 2030`, as the row gives it."""
    unit = f" {row.unit}" if row.unit and "%" not in f"{row.target}{row.unit}" and row.unit not in str(row.target) else ""
    if (row.unit or "").startswith("%") and str(row.target)[-1:].isdigit():
        unit = row.unit or ""
    note = f"{row.note} " if row.note and _PER_YEAR.search(fold(row.note)) else ""
    year = f", đến năm {row.year}" if row.year else ""
    return f"{note}{row.target}{unit}{year}"
