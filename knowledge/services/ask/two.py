"""Two questions in one message: each answered, one message back.

"5G 2030 phủ bao nhiêu %, còn doanh nghiệp khởi nghiệp cần mấy?", or one question for two provinces.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from knowledge.agencies.provinces import Provinces
from knowledge.services.ask import reading, rows
from knowledge.services.ask import wording as w
from knowledge.services.ask.base import KnowledgeBase
from knowledge.services.ask.linking import content
from knowledge.services.ask.question import Answer, Question
from knowledge.text.normalize import blot, fold

_CUT = re.compile(r"[?;.]\s+(?:(?:con|va|voi lai|dong thoi)\b)?|,?\s+(?=con\b)|,\s*(?=(?:va|voi lai|dong thoi)\b)")
_ASKS = re.compile(r"\b(?:ai|nao|gi|may|bao nhieu|bao nhiu|bn|bao gio|khi|chung nao|the nao)\b|%")
_IN_TURN = re.compile(r"\blan luot\b")
_BETWEEN = re.compile(r",?\s+(?:vs|va|voi|cung)\s+")
_EACH = 0.5
_PLACES = 3
_CONTENT = 0.8  # what each of the two must say of its own

Reply = Callable[[Question, KnowledgeBase], Answer]


def both(question: Question, kb: KnowledgeBase, reply: Reply) -> Answer | None:
    """One answer to two questions, each about one row of its own; None where the message is one question, or one finds nothing."""
    if question.intent not in (*rows.INTENTS, "compare", "follow_up") or question.context.choices:
        return None
    parts = _parts(question, kb)
    if len(parts) != 2:
        return None
    answers = [reply(part, kb) for part in parts]
    told = [ref for answer in answers for ref in answer.refs]
    if any(answer.outcome != "answer" or len(answer.refs) != 1 for answer in answers) or len(set(told)) != 2:
        return None
    first, second = answers
    facts = {**second.facts, **first.facts, "rows": {ref: kb.by_ref[ref].facts() for ref in told if ref in kb.by_ref}}
    context = replace(first.context or question.context, text=question.text, focus=tuple(told), choices=(), listed=tuple(told), shown=2)
    return Answer("answer", w.paragraph(first.text, "", second.text), tuple(told), facts, context=context, intent=first.intent)


def each_place(question: Question, kb: KnowledgeBase, reply: Reply, said: Answer) -> Answer | None:
    """What each of the provinces that a question names says ("Văn phòng Tỉnh ủy Hậu Giang với Hà Tĩnh: mỗi bên được giao gì?").

    None where it names one, holds no plan of one, `said` tells of all already, or one of them has no answer of its own.
    """
    places = question.named("province")
    if not 2 <= len(places) <= _PLACES or not kb.provinces.issuperset(places):
        return None
    if said.outcome == "answer" and kb.provinces_of(said.refs).issuperset(places):
        return None
    answers = [reply(_only(question, place), kb) for place in places]
    told = [ref for answer in answers for ref in answer.refs]
    if any(answer.outcome != "answer" or not answer.refs for answer in answers) or len(set(told)) != len(told):
        return None
    names = (Provinces.load().get(place) for place in places)
    parts = [f"{w.upper(name.name if name else '')}:\n{answer.text}" for name, answer in zip(names, answers)]
    rows_told = {ref: kb.by_ref[ref].facts() for ref in told if ref in kb.by_ref}
    context = replace(question.context, intent=answers[0].intent or question.intent, text=question.text, focus=(), choices=())
    return Answer("answer", w.paragraph(*parts), tuple(told), {"rows": rows_told}, context=context, intent=answers[0].intent)


def _only(question: Question, place: str) -> Question:
    """The question for one of its provinces; the names of the others are blotted out."""
    others = [e for e in question.entities if e.kind == "province" and e.value != place]
    kept = tuple(e for e in question.entities if e not in others)
    return replace(question, text=blot(question.text, [(e.start, e.end) for e in others]), entities=kept)


def _parts(question: Question, kb: KnowledgeBase) -> Sequence[Question]:
    """The two questions that a message holds, with the intent that each one's words ask for; () where it holds one."""
    text = fold(question.text)
    if _IN_TURN.search(text):
        return _things_in_turn(question, kb)
    for cut in _CUT.finditer(text):
        spans = ((0, cut.start()), (cut.end(), len(text)))
        parts = [_part(question, *span) for span in spans]
        if all(_ASKS.search(fold(p.text)) and content(p, kb) >= _CONTENT and not reading.points_back(p) for p in parts):
            return parts
    return ()


def _things_in_turn(question: Question, kb: KnowledgeBase) -> Sequence[Question]:
    """ "Vụ mở dữ liệu với vụ đô thị thông minh hạn lần lượt là bao nhiêu": the same question of each."""
    intent = "ask_due" if reading.asks_deadline(question) else question.intent
    for cut in _BETWEEN.finditer(fold(question.text)):
        parts = [_part(question, 0, cut.start()).ask(intent), _part(question, cut.end(), len(question.text)).ask(intent)]
        if intent in rows.INTENTS and all(content(part, kb) >= _EACH for part in parts):
            return parts
    return ()


def _part(question: Question, start: int, end: int) -> Question:
    entities = tuple(e.moved(-start) for e in question.entities if start <= e.start and e.end <= end)
    part = replace(question, text=question.text[start:end].strip(), entities=entities)
    moved = len(question.text[start:end]) - len(question.text[start:end].lstrip())
    part = replace(part, entities=tuple(e.moved(-moved) for e in entities))
    if reading.asks_for_value(part) or re.search(r"%|\bbao nhi(?:e)?u\b|\bmay\b", fold(part.text)):
        return part.ask("ask_target")
    if reading.asks_when(part):
        return part.ask("ask_due")
    return part.ask("ask_lead") if reading.asks_who(part) else part
