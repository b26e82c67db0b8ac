"""Who holds an agency's or a province's work today (2025: merged departments and provinces, districts ended)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from knowledge.agencies.provinces import Provinces
from knowledge.model import Agency
from knowledge.services.ask import wording as w
from knowledge.services.ask.base import KnowledgeBase
from knowledge.services.ask.question import Answer, Question

INTENTS = ("ask_successor",)


def answer_successor(question: Question, kb: KnowledgeBase) -> Answer:
    """Names the successor with its day and legal basis, or says that the agency still stands, or ended without one."""
    context = replace(question.context, intent=question.intent, text=question.text, choices=())
    slugs = [s for s in question.named("agency") if kb.registry.get(s)] or _of_focus(question, kb)
    if slugs:
        agency = kb.registry.get(slugs[0])
        assert agency is not None
        return replace(_of_agency(agency, question, kb), context=context, intent=question.intent)
    places = question.named("province")
    if places:
        return replace(_of_province(places[0]), context=context, intent=question.intent)
    text = "Anh/chị muốn hỏi cơ quan hoặc tỉnh nào ạ? Ví dụ: “Sở Giao thông vận tải giờ là sở nào?”"
    return Answer("clarify", text, context=context, intent=question.intent)


def _of_focus(question: Question, kb: KnowledgeBase) -> list[str]:
    """ "Sở đó giờ là sở nào?" after an answer: the agency that leads its row."""
    rows = [kb.by_ref[r] for r in question.context.focus if r in kb.by_ref]
    slugs = [kb.slug(name) for r in rows for name in r.lead]
    return [s for s in slugs if kb.registry.get(s)][:1] if not question.named("province") else []


def _of_agency(agency: Agency, question: Question, kb: KnowledgeBase) -> Answer:
    day = kb.registry.ended(agency.slug, question.province)
    heir = kb.registry.successor_of(agency.slug)
    refs = (agency.ref,)
    if heir is not None:
        since = f" từ {w.day(day)}" if day else ""
        facts: dict[str, Any] = {"name": agency.name, "successor": heir.name} | ({"since": day.isoformat()} if day else {})
        text = w.paragraph(f"{agency.name} nay là {heir.name}{since}.", _sentence(agency.note), _basis(agency))
        return Answer("answer", text, refs, facts)
    if day is not None:
        text = w.paragraph(
            f"{agency.name} đã kết thúc hoạt động từ {w.day(day)} và không có cơ quan cùng cấp kế thừa.",
            _sentence(agency.note),
            _basis(agency),
        )
        return Answer("answer", text, refs, {"name": agency.name, "since": day.isoformat()})
    before = kb.registry.predecessors_of(agency.slug)
    text = f"{agency.name} vẫn giữ tên này."
    if before:
        text += " Cơ quan này hiện giữ cả việc của " + w.names([a.name for a in before]) + "."
    return Answer("answer", w.paragraph(text, _basis(before[0]) if before else ""), refs, {"name": agency.name, "successor": agency.name})


def _of_province(slug: str) -> Answer:
    provinces = Provinces.load()
    found, heir = provinces.get(slug), provinces.successor_of(slug)
    assert found is not None
    if heir is None:
        joined = [p.name for p in provinces.predecessors_of(slug)]
        text = f"{w.upper(found.full_name)} vẫn giữ tên này" + (f", nay gồm cả {w.names(joined)}." if joined else ".")
        return Answer("answer", text, facts={"name": found.name, "successor": found.name})
    since = f" từ {w.day(found.since)}" if found.since else ""
    facts = {"name": found.name, "successor": heir.name} | ({"since": found.since.isoformat()} if found.since else {})
    return Answer("answer", f"{w.upper(found.full_name)} nay thuộc {heir.full_name}{since}. Căn cứ: {found.basis}.", facts=facts)


def _sentence(text: str) -> str:
    return text.rstrip(".") + "." if text else ""


def _basis(agency: Agency) -> str:
    return f"Căn cứ: {agency.basis.rstrip('.')}." if agency.basis else ""
