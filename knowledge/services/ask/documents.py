"""Legal documents and our own plans as documents: number, day, who issued it, what it is about, who mentions it, who signed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from knowledge.model import LegalDocument, ref_kind
from knowledge.services.ask import facts as prose
from knowledge.services.ask import measures, targets
from knowledge.services.ask import wording as w
from knowledge.services.ask.base import KnowledgeBase, PlanHead
from knowledge.services.ask.citations import Citation, signer
from knowledge.services.ask.linking import link
from knowledge.services.ask.naming import Named, named, own_plans
from knowledge.services.ask.question import Answer, Question
from knowledge.text.normalize import fold

INTENTS = ("ask_document",)
_ALSO_WHEN = re.compile(r"\bky ban hanh\b|\b(?:ngay|thang|nam) (?:nao|may)\b|\bkhi nao\b|\bbao gio\b")
_SHOWN = 8
_AMOUNT = re.compile(r"\b(bao nhieu|bao nhiu|may|bn) ?(%|phan tram)|\bmoc nao\b")
_OF_ITS_CONTENT = 1.0  # what a question about one of our plans says beyond its name that asks for a passage of it
_ASKED = {
    "draft": re.compile(r"\bdu thao\b|\bchinh thuc\b"),
    "mentions": re.compile(r"\b(nhac|vien dan|dan chieu|xuat hien|de cap|nam o dau)\b"),
    "signer": re.compile(r"\b(ai|nguoi nao|dong chi nao|nguoi) ky\b|\bky ten\b|\bnguoi ky\b"),
    "recipients": re.compile(r"\bnoi nhan\b|\bgui (cho|den) (ai|nhung dau|noi nao)\b"),
    "meeting": re.compile(r"\b(phien hop|cuoc hop|buoi hop|buoi lam viec)\b"),
    "cites": re.compile(
        r"\b(can cu|co so phap ly)\b|\b(van ban|nghi quyet|tai lieu)( [a-z]+){0,3} nao\b.*\b(duoc|trong)\b|"
        r"\bthuc hien (nghi quyet|van ban) nao\b"
    ),
    "date": re.compile(r"\bngay\b|\bkhi nao\b|\bbao gio\b|\bluc nao\b|\bnam nao\b|\bhom nao\b|\bthang nao\b|\btu bao gio\b"),
    "number": re.compile(r"\bso (may|bao nhieu|nao|hieu|gi)\b|\bsố mấy\b|\blay so\b"),
    "issuer": re.compile(r"\bai\b|\bcua (co quan|don vi|bo|so) nao\b|\b(co quan|don vi|cap|bo|noi) nao\b|\bcua ai\b"),
}
_INVENTORY = re.compile(
    r"\b(he thong|kho|tro ly|dang luu|dang co|trong nay)\b.*\b(van ban|ke hoach|tai lieu) (nao|gi)\b|\bnhung (van ban|"
    r"ke hoach|tai lieu) nao\b.*\b(trong nay|dang luu|cua tinh)\b"
)


def answer_document(question: Question, kb: KnowledgeBase) -> Answer:
    """Answers about the document that the question names; asks back between several; says when none is known."""
    text = fold(question.text)
    if question.named("task_no") or question.named("indicator_no"):
        return _cited_in_rows(question, kb)
    if asked_of(question) == "cites":
        plans = own_plans(question, kb)
        if len(plans) == 1:
            return _cited_by(question, kb, plans[0])
    found = named(question, kb)
    if found.how == "plan" and _AMOUNT.search(text) and measures.told_surely(question, kb):
        return targets.answer_target(question.ask("ask_target"), kb)
    if len(found.plans) == 1 and not found.citations and asked_of(question) == "about":
        told = prose.instead(question, kb, mass=_OF_ITS_CONTENT)
        if told is not None:
            return told
    if not found and _INVENTORY.search(text):
        return _inventory(question, kb)
    if len(found.plans) == 1 and not found.citations:
        return about_plan(question, kb, found.plans[0])
    if len(found.citations) == 1 and not found.plans:
        return about_document(question, kb, found.citations[0])
    if found and found.how == "number" and len(found.citations) + len(found.plans) <= 4 and _several_meant(question):
        return _each(question, kb, found)
    if found:
        return _offer(question, kb, found)
    return _unknown(question, kb, found)


def picked(question: Question, kb: KnowledgeBase) -> Answer | None:
    """The document that a message picks out of those offered before; None where none was offered or it picks none."""
    offered = [c for c in question.context.choices if c.startswith("doc:") or c in kb.plans]
    if not offered or len(offered) != len(question.context.choices):
        return None
    bare = question.text.strip(" .!?")
    place = int(bare) if bare.isdigit() else next(iter(question.named("ordinal")), 0)
    if not (place == -1 or 1 <= place <= len(offered)):
        left = _by_words(question, kb, offered)
        if len(left) != 1:
            return None
        ref = left[0]
    else:
        ref = offered[place - 1 if place > 0 else -1]
    asked = replace(question, text=question.context.text or question.text, intent="ask_document", entities=())
    if ref in kb.plans:
        return about_plan(asked, kb, kb.plans[ref])
    return about_document(asked, kb, kb.citations[ref.removeprefix("doc:")])


def _by_words(question: Question, kb: KnowledgeBase, offered: Sequence[str]) -> list[str]:
    """The offered ones that a message points to by number, province or issuer."""
    text, provinces = fold(question.text), question.named("province")

    def told(ref: str) -> str:
        if ref in kb.plans:
            return f"{kb.plans[ref].title} {kb.plans[ref].number or ''}"
        document = kb.documents[ref.removeprefix("doc:")]
        return f"{document.number} {document.kind} {document.issuer}"

    by_place = [r for r in offered if r in kb.plans and kb.plans[r].province in provinces]
    words = [t for t in re.findall(r"[a-z0-9/-]{2,}", text) if t not in ("cua", "cai", "so", "la")]
    return by_place or [r for r in offered if words and all(t in fold(told(r)) for t in words)]


def asked_of(question: Question) -> str:
    """What a question about a document asks for: one of the keys of `_ASKED`, or `about`."""
    text = fold(question.text)
    return next((what for what, pattern in _ASKED.items() if pattern.search(text)), "about")


def heading(document: LegalDocument) -> str:
    """`Nghị quyết số 57-NQ/TW`; a law by its name."""
    if not document.number[:1].isdigit():
        return document.number
    return f"{document.kind or 'Văn bản'} số {document.number}"


def about_document(question: Question, kb: KnowledgeBase, citation: Citation) -> Answer:
    """What the plans tell of a cited document, the thing asked first."""
    document, asked = citation.document, asked_of(question)
    missing = {"date": document.date is None, "issuer": not document.issuer, "signer": True, "recipients": True}.get(asked, False)
    told = [said for said in (_told(document), *(_told(other) for other in citation.others)) if said]
    where = _where(citation, kb)
    parts = [where, *told] if asked == "mentions" else [*told, where]
    if missing:
        what = {"date": "ngày ban hành", "issuer": "cơ quan ban hành", "signer": "người ký", "recipients": "nơi nhận"}[asked]
        parts.insert(0, f"Các văn bản đang lưu không ghi {what} của {heading(document)}.")
    context = replace(question.context, intent="ask_document", text=question.text, focus=(), choices=())
    text = w.paragraph(*parts, _sources(citation, kb))
    also = document.date and (asked == "issuer" or asked == "signer" and _ALSO_WHEN.search(fold(question.text)))
    if missing and not also:
        return Answer("not_found", text, context=context, intent="ask_document")
    rows = (
        [r for r in citation.rows if ref_kind(r) in ("task", "indicator")]
        if asked == "mentions" and "nhiem vu" in fold(question.text)
        else []
    )
    return Answer("answer", text, (document.ref, *citation.plans, *rows), _facts(citation), context=context, intent="ask_document")


def issuer(document: LegalDocument) -> str:
    """The issuer as written, with the slip `tinh` for `tỉnh` that citing texts make."""
    return re.sub(r"\btinh\b", "tỉnh", document.issuer)


def _told(document: LegalDocument) -> str:
    """One sentence or two with all that is known."""
    first = heading(document)
    if document.date or document.issuer:
        first += f" ban hành ngày {w.day(document.date)}" if document.date else ""
        first += f"{',' if document.date else ''} do {issuer(document)} ban hành" if document.issuer else ""
    about = document.subject.strip(" .")
    return f"{first}." + (f"\nNội dung: {about}." if about else "") if document.date or document.issuer or about else ""


def _facts(citation: Citation) -> dict[str, Any]:
    document = citation.document
    pairs = {
        "number": document.number,
        "kind": document.kind,
        "date": document.date.isoformat() if document.date else None,
        "issuer": issuer(document),
        "title": document.subject,
        "mentions": list(citation.rows),
    }
    return {k: v for k, v in pairs.items() if v}


def _where(citation: Citation, kb: KnowledgeBase) -> str:
    """Which plans mention the document, and where in them."""
    lines = []
    for plan in citation.plans:
        rows = [kb.by_ref[r] for r in citation.rows if r.startswith(plan + "#") and r in kb.by_ref]
        places = list(
            dict.fromkeys(
                f"{w.KIND_WORDS[r.kind]} {r.no}" if r.kind in ("task", "indicator") else f"mục {r.extra.get('section', r.no)}" for r in rows
            )
        )
        some = ", ".join(places[:_SHOWN]) + ("…" if len(places) > _SHOWN else "")
        title = kb.plans[plan].title if plan in kb.plans else plan
        lines.append(f"• {title}" + (f" ({some})" if some else ""))
    return w.paragraph(f"Được nhắc tới trong {len(lines)} văn bản:", *lines) if lines else ""


def _sources(citation: Citation, kb: KnowledgeBase) -> str:
    return "" if citation.plans else "Nguồn: các văn bản đang lưu."


def about_plan(question: Question, kb: KnowledgeBase, plan: PlanHead) -> Answer:
    """One of our own plans as a document."""
    asked = asked_of(question)
    signed = signer(plan.closing)
    if asked == "cites":
        return _cited_by(question, kb, plan)
    if asked == "recipients" and plan.closing:
        said = f"“{plan.closing}”"
    elif asked == "signer" and signed:
        said = f"Người ký: {signed}."
    elif asked == "draft":
        draft = "dự thảo" in plan.title.lower()
        said = "Bản đang lưu là bản dự thảo." if draft else "Bản đang lưu không ghi là bản dự thảo."
    elif asked == "meeting":
        said = _meeting(question, kb, plan)
    else:
        said = ""
    known = {"date": plan.date, "number": plan.number, "issuer": plan.issuer, "signer": signed, "recipients": plan.closing}
    lacks = asked in known and not known[asked]
    if lacks:
        what = {
            "date": "ngày ban hành",
            "number": "số, ký hiệu",
            "issuer": "cơ quan ban hành",
            "signer": "người ký",
            "recipients": "nơi nhận",
        }[asked]
        said = f"Bản đang lưu không ghi {what} của văn bản này."
    facts: dict[str, Any] = {
        "title": plan.title,
        "number": plan.number,
        "date": plan.date.isoformat() if plan.date else None,
        "issuer": plan.issuer,
    }
    text = w.paragraph(said, _plan_told(plan, asked), f"Nguồn: {plan.title}.")
    context = replace(question.context, intent="ask_document", text=question.text, focus=(), choices=())
    if lacks:
        return Answer("not_found", text, context=context, intent="ask_document")
    refs = (plan.id, *((f"doc:{plan.number}",) if plan.number and asked != "meeting" else ()))
    return Answer("answer", text, refs, {k: v for k, v in facts.items() if v}, context=context, intent="ask_document")


def _plan_told(plan: PlanHead, asked: str) -> str:
    """What is known of a plan, in one sentence, the thing asked first."""
    parts = {
        "date": f"ngày {w.day(plan.date)}" if plan.date else "",
        "number": f"số {plan.number}" if plan.number else "",
        "issuer": f"do {plan.issuer} ban hành" if plan.issuer else "",
    }
    order = [asked, *parts] if asked in parts else list(parts)
    said = [parts[k] for k in dict.fromkeys(order) if parts[k]]
    return f"{plan.title}: {', '.join(said)}." if said else f"{plan.title}."


def _meeting(question: Question, kb: KnowledgeBase, plan: PlanHead) -> str:
    """The sentence of a conclusion that tells of the meeting: when, where, who chaired it."""
    rows = [r for r in kb.rows if r.plan == plan.id and r.kind == "passage" and str(r.extra.get("section", "")) in ("", "0", "None")]
    sentences = [s for r in rows for s in prose.split(r.name) if re.search(r"\b(phien hop|cuoc hop|hop)\b", fold(s))]
    if not sentences:
        return ""
    chaired = [s for s in sentences if "chu tri" in fold(s)] if re.search(r"\b(ai|chu tri|dong chi)\b", fold(question.text)) else []
    return f"“{(chaired or sentences)[0]}”"


def _cited_by(question: Question, kb: KnowledgeBase, plan: PlanHead) -> Answer:
    """Which documents a plan cites."""
    cited = [c for c in kb.citations.values() if plan.id in c.plans and c.document.number != plan.number]
    lines = [
        f"• {heading(c.document)}"
        + (f" ngày {w.day(c.document.date)}" if c.document.date else "")
        + (f" của {issuer(c.document)}" if c.document.issuer else "")
        for c in cited
    ]
    text = w.paragraph(f"{plan.title} viện dẫn {len(cited)} văn bản:", *lines[:20], f"Nguồn: {plan.title}.")
    context = replace(question.context, intent="ask_document", text=question.text, focus=(), choices=())
    return Answer(
        "answer",
        text,
        (plan.id, *(c.document.ref for c in cited)),
        {"count": len(cited), "title": plan.title},
        context=context,
        intent="ask_document",
    )


def _cited_in_rows(question: Question, kb: KnowledgeBase) -> Answer:
    """Which documents a numbered task or indicator cites."""
    found = link(question, kb)
    refs = {r.ref for r in found.rows}
    cited = [c for c in kb.citations.values() if refs & set(c.rows)]
    context = replace(question.context, intent="ask_document", text=question.text, focus=tuple(sorted(refs)), choices=())
    if not found.rows:
        return Answer("not_found", "Không có mục số này trong các kế hoạch đang lưu.", context=context, intent="ask_document")
    labels = w.names([w.title(r) for r in found.rows])
    if not cited:
        text = w.paragraph(f"{w.upper(labels)} không viện dẫn văn bản nào có số, ký hiệu.", w.source(kb, found.rows))
        return Answer("answer", text, tuple(r.ref for r in found.rows), {"count": 0}, context=context, intent="ask_document")
    text = w.paragraph(
        f"{w.upper(labels)} viện dẫn:", *(f"• {_told(c.document) or heading(c.document) + '.'}" for c in cited), w.source(kb, found.rows)
    )
    return Answer(
        "answer",
        text,
        (*(r.ref for r in found.rows), *(c.document.ref for c in cited)),
        {"count": len(cited)},
        context=context,
        intent="ask_document",
    )


def _several_meant(question: Question) -> bool:
    """Does the question name several documents on purpose ("Nghị quyết 52 với Nghị quyết 57 …")?"""
    return len(re.findall(r"\d{1,4}", question.text)) > 1 and bool(re.search(r"\b(va|voi|hay|,)\b", fold(question.text)))


def _each(question: Question, kb: KnowledgeBase, found: Named) -> Answer:
    """Several documents that were all asked for."""
    parts = [_told(c.document) for c in found.citations] + [_plan_told(p, "date") for p in found.plans]
    days = sorted((c.document.date, heading(c.document)) for c in found.citations if c.document.date)
    first = f"{days[0][1]} ban hành trước." if len(days) > 1 and days[0][0] != days[1][0] else ""
    refs = (*(c.document.ref for c in found.citations), *(p.id for p in found.plans))
    plans = tuple(dict.fromkeys(p for c in found.citations for p in c.plans))
    context = replace(question.context, intent="ask_document", text=question.text, focus=(), choices=())
    return Answer("answer", w.paragraph(first, *parts), (*refs, *plans), {"count": len(refs)}, context=context, intent="ask_document")


def _offer(question: Question, kb: KnowledgeBase, found: Named) -> Answer:
    """Several documents fit: which one?"""
    refs = (*(c.document.ref for c in found.citations), *(p.id for p in found.plans))[:_SHOWN]
    names = [
        heading(c.document)
        + (f" ngày {w.day(c.document.date)}" if c.document.date else "")
        + (f": {w.short(c.document.subject, 16)}" if c.document.subject else "")
        for c in found.citations
    ] + [p.title for p in found.plans]
    lines = [f"{n}. {name}" for n, name in enumerate(names[:_SHOWN], 1)]
    text = w.paragraph(f"Có {len(refs)} văn bản phù hợp, anh/chị muốn hỏi văn bản nào?", *lines)
    context = replace(question.context, intent="ask_document", text=question.text, focus=(), choices=refs)
    return Answer(
        "clarify", text, choices=refs, context=context, intent="ask_document", replies=tuple(str(n) for n in range(1, len(refs) + 1))
    )


def _unknown(question: Question, kb: KnowledgeBase, found: Named) -> Answer:
    """No such document is mentioned anywhere; a question whose words a passage holds very well is answered by quoting it."""
    context = replace(question.context, choices=())
    if found.asked:
        text = f"Các văn bản đang lưu không nhắc tới {found.asked}. Anh/chị kiểm tra lại số, ký hiệu giúp ạ."
        return Answer("not_found", text, context=context, intent="ask_document")
    quoted = prose.instead(question, kb)
    if quoted is not None:
        return quoted
    text = "Tôi không tìm thấy văn bản này trong các kế hoạch đang lưu. Anh/chị cho biết số, ký hiệu hoặc trích yếu của văn bản."
    return Answer("not_found", text, context=context, intent="ask_document")


def _inventory(question: Question, kb: KnowledgeBase) -> Answer:
    """Which plans there are."""
    provinces = question.named("province")
    plans = [p for p in kb.plans.values() if not provinces or p.province in provinces]
    text = w.paragraph(f"Đang lưu {len(plans)} văn bản:", *(f"• {p.title}" for p in plans))
    context = replace(question.context, intent="ask_document", text=question.text, focus=(), choices=())
    return Answer("answer", text, tuple(p.id for p in plans), {"count": len(plans)}, context=context, intent="ask_document")
