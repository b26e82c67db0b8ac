"""What changed in a plan since its version before: "có gì thay đổi so với bản trước"."""

from __future__ import annotations

from dataclasses import replace

from knowledge.services.ask import wording as w
from knowledge.services.ask.base import KnowledgeBase, PlanHead
from knowledge.services.ask.citations import History
from knowledge.services.ask.naming import own_plans
from knowledge.services.ask.question import Answer, Question
from knowledge.services.changes_text import describe, paged, summary

INTENTS = ("ask_change",)
_SHOWN = 12


def answer_change(question: Question, kb: KnowledgeBase) -> Answer:
    """The changes of the plan that is asked about, or of each plan of the asker's province; plainly where there are none."""
    plans = _plans(question, kb)
    context = replace(question.context, intent="ask_change", text=question.text, focus=(), choices=())
    if not plans:
        return Answer("not_found", "Chưa có văn bản nào của địa phương này được lưu.", context=context, intent="ask_change")
    told = [(p, kb.history(p.id)) for p in plans]
    changed = [(p, h) for p, h in told if h.changes]
    text = w.paragraph(*(_said(p, h) for p, h in changed or told))
    rows = [r.ref for _, h in changed if h.changes for r in (*h.changes.new, *(c.new for c in h.changes.changed)) if r.ref in kb.by_ref]
    count = sum(len(h.changes.new) + len(h.changes.gone) + len(h.changes.changed) for _, h in changed if h.changes)
    refs = (*(p.id for p, _ in changed or told), *rows)
    return Answer(
        "answer", text, refs, {"count": count, "versions": max(h.versions for _, h in told)}, context=context, intent="ask_change"
    )


def _plans(question: Question, kb: KnowledgeBase) -> list[PlanHead]:
    """The plans that the question speaks of; without any, those of the province named or the asker's own; else all."""
    named = own_plans(question, kb)
    if named:
        return list(named)
    province = next(iter(question.named("province")), None) or question.context.province or question.province
    return [p for p in kb.plans.values() if province is None or p.province == province]


def _said(plan: PlanHead, history: History) -> str:
    """The changes of one plan in sentences."""
    if history.changes is None:
        return f"{plan.title}: mới có một bản, chưa có bản trước để so sánh."
    if not history.changes:
        return f"{plan.title}: không có gì thay đổi so với bản trước."
    since = f" (bản hiện hành nạp ngày {w.day(history.since)})" if history.since else ""
    lines = paged((f"• {line}" for line in describe(history.changes)), _SHOWN, lambda left: f"… và {left} thay đổi khác.")
    return w.paragraph(f"{plan.title}: so với bản trước{since}: {summary(history.changes)}", *lines)
