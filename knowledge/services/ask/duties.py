"""Assignments in prose (việc được giao): what a conclusion says about a topic, what one document gives to an agency."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from knowledge.model import Row
from knowledge.search.query import Query
from knowledge.services.ask import wording as w
from knowledge.services.ask.base import KnowledgeBase
from knowledge.services.ask.kept import kept
from knowledge.services.ask.linking import scope
from knowledge.services.ask.naming import own_plans, without_agencies
from knowledge.services.ask.question import Answer, Question
from knowledge.services.ask.sayings import Words

FITS = 0.6
_SHOWN = 5
_DIRECTS = re.compile(
    r"\b(chi dao|yeu cau|de nghi|kien nghi|dinh huong|ket luan|giai quyet|xu ly|giao xu ly|"
    r"giao giai quyet)( [a-z_]+){0,4} (nhung )?(gi|nao|the nao|ra sao|sao|j|ntn|nhung gi)\b"
    r"|\b(the nao|ra sao)\b.{0,12}$"
)
_GIVES = re.compile(r"\b(?:giao|chu tri|phu trach|phai lam)\b")
_BY_DOCUMENT = re.compile(r"\b(thong bao|ket luan|phien hop|cuoc hop)\b")


def asks_direction(question: Question) -> bool:
    """Does the question ask what is directed about a topic ("Hà Tĩnh chỉ đạo gì về công tác tuyên truyền")?"""
    return bool(_DIRECTS.search(without_agencies(question)))


def duties(kb: KnowledgeBase) -> tuple[Row, ...]:
    """All assignments in prose, in reading order."""
    return kept(kb, "duties", lambda base: tuple(r for r in base.rows if r.kind == "duty"))


def on_topic(question: Question, kb: KnowledgeBase, least: float = FITS) -> Answer | None:
    """The assignments whose own words, heading or occasion hold the topic; None where none does."""
    inside = scope(question, kb)
    asking = [m.span(1) for m in _DIRECTS.finditer(without_agencies(question)) if m[1] and m[1] != "kien nghi"]
    query = kb.index.read(question.text, [*question.spans("province", "period"), *asking])
    if query.mass < 0.3:
        return None
    scored = [(_fit(r, query), r) for r in duties(kb) if inside(r)]
    best = max((fit for fit, _ in scored), default=0.0)
    if best < least:
        return None
    chosen = [r for fit, r in scored if fit >= max(least, 0.9 * best)]
    return _tell(question, kb, chosen) if len({r.plan for r in chosen}) == 1 and len(chosen) <= 2 * _SHOWN else None


def _fit(row: Row, query: Query) -> float:
    """The share of the question in the duty's own text; its heading and occasion make up for what that lacks."""
    own = Words(f"{row.name} {'; '.join(row.lead)}").held(query)
    around = Words(f"{str(row.extra.get('heading') or '').split(' › ')[-1]} {row.extra.get('context') or ''}").held(query)
    total = query.mass or 1.0
    return sum(max(a, 0.85 * b) for a, b in zip(own, around)) / total


def of_document(question: Question, kb: KnowledgeBase) -> Answer | None:
    """What one of our conclusions gives to the agency named ("được thông báo kết luận giao việc gì"); None if nothing is so asked.

    Where the question says outright that the conclusion gives work, and it gives that agency none, that is the answer.
    """
    agencies = question.named("agency")
    text = without_agencies(question)
    if not agencies or not _BY_DOCUMENT.search(text):
        return None
    plans = own_plans(question, kb)
    if len(plans) != 1 or plans[0].kind != "conclusion":
        return None
    found = [r for r in duties(kb) if r.plan == plans[0].id and any(kb.leads(r, a) for a in agencies)]
    if found or not _GIVES.search(text):
        return _tell(question, kb, found) if found else None
    named = w.names([kb.agency(a).name for a in agencies])
    text = w.paragraph(f"Văn bản này không giao việc riêng cho {named}.", f"Nguồn: {plans[0].title}.")
    return Answer("answer", text, (), {"count": 0}, context=replace(question.context, choices=(), focus=()), intent=question.intent)


def regular(question: Question, kb: KnowledgeBase) -> Answer | None:
    """The reports and inspections that are the only work of the agency named; None if it has none."""
    inside = scope(question, kb)
    found = [r for r in kb.rows if r.kind == "reporting" and inside(r) and any(kb.leads(r, a) for a in question.named("agency"))]
    return _tell(question, kb, found) if found else None


def _tell(question: Question, kb: KnowledgeBase, found: Sequence[Row]) -> Answer:
    """The assignments with who has them and their wording."""
    lines = [("• " if len(found) > 1 else "") + said(r) for r in found[:_SHOWN]]
    if len(found) > _SHOWN:
        lines.append(f"Còn {len(found) - _SHOWN} việc, gõ “xem thêm” để xem tiếp.")
    context = replace(
        question.context,
        intent=question.intent,
        text=question.text,
        focus=tuple(r.ref for r in found)[:3],
        choices=(),
        listed=tuple(r.ref for r in found),
        shown=min(_SHOWN, len(found)),
        filters={},
    )
    facts = {"count": len(found)} | (found[0].facts() if len(found) == 1 else {})
    return Answer(
        "answer", w.paragraph(*lines, w.source(kb, found)), tuple(r.ref for r in found), facts, context=context, intent=question.intent
    )


def said(row: Row) -> str:
    """`UBND tỉnh (chỉ đạo: …): “…”`, the wording as it stands."""
    directed = row.extra.get("directed") or ()
    who = w.names(row.lead) or str(row.extra.get("addressee") or "")
    to = f" (đối với {w.names(tuple(directed))})" if directed else ""
    due = f" Hạn: {w.due_words(row.due)}." if row.due and row.due.text else ""
    return f"{w.upper(who)}{to}: “{row.name}”{due}" if who else f"“{row.name}”{due}"
