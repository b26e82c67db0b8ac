"""Groups of tasks: what they are called, which there are, which one a task belongs to."""

from __future__ import annotations

import re
from dataclasses import replace

from knowledge.services.ask import wording as w
from knowledge.services.ask.base import KnowledgeBase
from knowledge.services.ask.linking import QUIET_KINDS, link, scope, where_looked
from knowledge.services.ask.question import Answer, Question
from knowledge.text.normalize import fold

_GROUP_WORD = re.compile(r"\b(nhom|mang|linh vuc|phan|muc|chuong)\b")
INTENTS = ("ask_group",)


def group_of(question: Question, kb: KnowledgeBase) -> str | None:
    """The numeral of the group that a question names by number, by place ("nhóm đầu tiên"), or by its title.

    Without the word "nhóm" a title counts only when it says nearly all that the question says.
    """
    inside = scope(question, kb)
    known = [g.no for g in kb.groups if inside(g)]
    first, last = question.asking
    numerals = [e.value for e in question.entities if e.kind == "group_no" and first <= e.start < last] or question.named("group_no")
    if numerals:
        return next((str(n) for n in numerals if n in known), None)
    called = bool(_GROUP_WORD.search(fold(question.text)))
    if called and known and question.named("ordinal"):
        place = question.named("ordinal")[0]
        return known[place - 1 if place > 0 else -1] if place <= len(known) else None
    query = kb.group_index.read(question.text, question.spans(*QUIET_KINDS))
    hits = kb.group_index.search(query, inside)
    if not hits or hits[0].coverage < (0.6 if called else 0.85) or hits[0].mass < (0.5 if called else 1.2):
        return None
    if len(hits) > 1 and hits[1].score > 0.9 * hits[0].score:
        return None
    return hits[0].row.no


def says_group(question: Question) -> bool:
    """Does the question use the word "nhóm"?"""
    return bool(re.search(r"\bnhom\b", fold(question.text)))


def answer_group(question: Question, kb: KnowledgeBase) -> Answer:
    """What a group is called, the group of a task, or all groups."""
    inside = scope(question, kb)
    context = replace(question.context, intent=question.intent, text=question.text, choices=())
    if question.named("task_no"):
        found = link(question, kb)
        if len(found.rows) == 1 and found.rows[0].group:
            row = found.rows[0]
            group = next((g for g in kb.groups if g.no == row.group and g.plan == row.plan), None)
            text = w.paragraph(
                f"{w.upper(w.label(row))} thuộc nhóm {row.group}" + (f": {group.name}." if group else "."), w.source(kb, [row])
            )
            return Answer(
                "answer",
                text,
                (row.ref, *((group.ref,) if group else ())),
                row.facts(),
                context=replace(context, focus=(row.ref,)),
                intent=question.intent,
            )
    numeral = group_of(question, kb)
    rows = [g for g in kb.groups if inside(g) and (numeral is None or g.no == numeral)]
    if question.named("group_no") and numeral is None or not rows:
        return Answer("not_found", f"Không có nhóm này trong {where_looked(question, kb)}.", context=context, intent=question.intent)
    if len(rows) == 1:
        context = replace(context, filters={"group": rows[0].no}, listed=(), focus=())
    counts = {g.ref: sum(1 for r in kb.rows if r.kind == "task" and r.plan == g.plan and r.group == g.no) for g in rows}
    lines = [f"Nhóm {g.no} ({counts[g.ref]} nhiệm vụ): {g.name}." for g in rows]
    facts = {"count": len(rows)} | ({"name": rows[0].name} if len(rows) == 1 else {})
    return Answer(
        "answer", w.paragraph(*lines, w.source(kb, rows)), tuple(g.ref for g in rows), facts, context=context, intent=question.intent
    )
