"""Rows that are one thing: a duty and the reporting regime read from the same sentence; duties that give the same answer.

Without this a question about such a sentence would be asked back although every candidate says the same.
"""

from __future__ import annotations

from dataclasses import replace

from knowledge.model import Row
from knowledge.services.ask.base import KnowledgeBase
from knowledge.services.ask.kept import kept
from knowledge.services.ask.linking import Link
from knowledge.services.ask.question import Question
from knowledge.services.ask.sayings import Words
from knowledge.text.normalize import fold

_PROSE = ("duty", "reporting")
_LEAST = 0.55  # of the question that a sentence must hold to answer it: prose has many words, so some always fit
_CLEARER = 0.08  # how much more of the question one sentence must hold than another to be meant alone


def settled(question: Question, kb: KnowledgeBase, found: Link) -> Link:
    """The link without regimes that only repeat a duty, and without duties that hold clearly less of the question, or too little."""
    if found.how != "words" or not found.rows or any(r.kind not in _PROSE for r in found.rows):
        return found
    rows = tuple({r.ref: r for r in (_duty_of(r, kb) for r in found.rows)}.values())
    query = kb.index.read(question.text, question.spans("province", "period"))
    shares = [Words(" ".join((r.name, *r.lead, *(str(r.extra.get(k) or "") for k in ("heading", "context"))))).share(query) for r in rows]
    if max(shares) < _LEAST:
        return Link((), "words", found.hits)
    if len(rows) > 1 and len({r.plan for r in rows}) == 1:
        rows = tuple(r for share, r in sorted(zip(shares, rows), key=lambda x: -x[0]) if share >= max(shares) - _CLEARER)
    return replace(found, rows=rows)


def same_lead(rows: tuple[Row, ...]) -> bool:
    """Do several duties of one plan name the same agency, so that "who?" has one answer?"""
    return len(rows) > 1 and all(r.kind in _PROSE and r.lead for r in rows) and len({(r.plan, tuple(map(fold, r.lead))) for r in rows}) == 1


def _duty_of(row: Row, kb: KnowledgeBase) -> Row:
    """The duty that says what a reporting regime says; the row itself where none does."""
    if row.kind != "reporting":
        return row
    duties = kept(kb, "duties by plan", _by_plan).get(row.plan, ())
    said = fold(row.name).strip(" .")
    return next((d for d in duties if said in fold(d.name) and (not row.lead or row.lead == d.lead)), row)


def _by_plan(kb: KnowledgeBase) -> dict[str, tuple[Row, ...]]:
    out: dict[str, list[Row]] = {}
    for row in kb.rows:
        if row.kind == "duty":
            out.setdefault(row.plan, []).append(row)
    return {plan: tuple(found) for plan, found in out.items()}
