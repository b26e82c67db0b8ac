"""One entry: a question in, an answer out. Chooses the family that answers by the form of the question and the conversation."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from knowledge.services.ask import (
    agencies,
    changes,
    comparisons,
    dialogue,
    documents,
    facts,
    groups,
    lists,
    reporting,
    routing,
    rows,
    smalltalk,
    targets,
    two,
)
from knowledge.services.ask.base import KnowledgeBase
from knowledge.services.ask.intents import settle
from knowledge.services.ask.naming import placed
from knowledge.services.ask.question import Answer, Question
from knowledge.text.lexicon import abbreviations
from knowledge.text.normalize import fold

_FROM = re.compile(
    r"\b(?:toi|tui|em|minh|chi|anh|ben (?:em|toi|minh)|chung (?:toi|em))(?: (?:la|dang|lam viec|cong tac|lam|thuoc))*"
    r" (?:o|ben|tai|thuoc|dan)(?: tinh)? $"
)
_SHORT_FORMS = re.compile(r"\b(?:cq|đv|vb|kq)\b", re.IGNORECASE)
_AIMS = re.compile(r"\b(?:(mt)|(?:ct))(?=(?: đến| den| năm| nam| mốc| moc)* 20\d\d| chung\b| số \d)", re.IGNORECASE)  # not môi trường

Handler = Callable[[Question, KnowledgeBase], Answer]

HANDLERS: dict[str, Handler] = {
    **dict.fromkeys(rows.INTENTS, rows.answer_row),
    **dict.fromkeys(lists.INTENTS, routing.answer_list),
    "ask_target": targets.answer_target,
    **dict.fromkeys(groups.INTENTS, groups.answer_group),
    **dict.fromkeys(agencies.INTENTS, agencies.answer_successor),
    **dict.fromkeys(documents.INTENTS, documents.answer_document),
    **dict.fromkeys(facts.INTENTS, routing.answer_fact),
    **dict.fromkeys(reporting.INTENTS, reporting.answer_reporting),
    **dict.fromkeys(comparisons.INTENTS, comparisons.answer_compare),
    **dict.fromkeys(changes.INTENTS, changes.answer_change),
    **dict.fromkeys(smalltalk.INTENTS, smalltalk.answer_smalltalk),
    "out_of_scope": smalltalk.answer_out_of_scope,
    "show_more": dialogue.show_more,
    "choose": dialogue.choose,
    "follow_up": dialogue.follow_up,
    "correct": dialogue.follow_up,
}


def answer(question: Question, kb: KnowledgeBase) -> Answer:
    """Answers a question; an intent that no family serves is treated as a question about a row."""
    moved = dialogue.province_from_now_on(question, kb)
    if isinstance(moved, Answer):
        return moved
    question = placed(_spoken(_at_home(moved or question, kb), kb), kb)
    several = two.both(question, kb, _reply)
    if several is not None:
        return several
    said = _reply(question, kb)
    return two.each_place(question, kb, _reply, said) or said


def _at_home(question: Question, kb: KnowledgeBase) -> Question:
    """ "Bên Tiền Giang … bao nhiêu, tui ở Hậu Giang hỏi tham khảo": where the asker is from is not what is asked about."""
    places = [e for e in question.entities if e.kind == "province"]
    own = [e for e in places if _FROM.search(fold(question.text[: e.start]))]
    told = [e for e in places if e.end <= question.asking[0] and e.value not in kb.provinces]  # "Anh đang ngồi xe ra Hà Nội. …"
    if told and len(told) == len(places):
        return replace(question, entities=tuple(e for e in question.entities if e not in told))
    if not own or len({e.value for e in places}) <= len({e.value for e in own}):
        return question
    return replace(question, entities=tuple(e for e in question.entities if e not in own))


def _spoken(question: Question, kb: KnowledgeBase) -> Question:
    """The question with the short forms of words that ask written out: "do CQ nào ban hành?"."""
    text = _SHORT_FORMS.sub(lambda m: abbreviations().meanings(m.group())[0], question.text)
    text = _AIMS.sub(lambda m: "mục tiêu" if m.group(1) else "chỉ tiêu", text)
    return question if text == question.text else replace(question, text=text, entities=tuple(kb.finder.find(text, question.now)))


def _reply(question: Question, kb: KnowledgeBase) -> Answer:
    """The answer of one question."""
    question = settle(question, kb)
    offered = documents.picked(question, kb) or _pick_from_offer(question, kb)
    if offered is not None:
        return offered
    question = routing.route(question, kb)
    reply = HANDLERS.get(question.intent, rows.answer_row)(question, kb)
    return _remembered(question, kb, routing.better(question, kb, reply))


def _remembered(question: Question, kb: KnowledgeBase, reply: Answer) -> Answer:
    """The reply with what the next turn may point back to: a document that was told of, a question to which nothing was found."""
    if reply.context is None:
        return reply
    if reply.outcome == "not_found" and question.intent in (*rows.INTENTS, *facts.INTENTS):
        return replace(reply, context=replace(reply.context, intent=question.intent, text=question.text, focus=()))
    told = reply.outcome == "answer" and reply.intent == "ask_document" and not reply.context.focus
    one = [ref for ref in reply.refs[:1] if ref.startswith("doc:") or ref in kb.plans]
    return replace(reply, context=replace(reply.context, focus=tuple(one))) if told and one else reply


def _pick_from_offer(question: Question, kb: KnowledgeBase) -> Answer | None:
    """After an offer or a list, a message that points to one of its rows picks it, whatever its form."""
    context = question.context
    if question.intent in (*smalltalk.INTENTS, "show_more") or not (context.choices or context.listed):
        return None
    if not context.choices and not (dialogue.places(question) and question.intent != "ask_group"):
        return None
    if question.intent in lists.INTENTS and len(question.text.split()) > 6:
        return None
    row = dialogue.picked(question, kb)
    if row is None:
        return None
    own = question.intent if question.intent in rows.INTENTS and question.intent != "ask_detail" else context.intent
    text = context.text if context.choices and context.text else question.text
    return rows.tell(question.ask(own if own in rows.INTENTS else "ask_detail", text=text), kb, row)
