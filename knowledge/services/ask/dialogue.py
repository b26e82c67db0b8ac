"""Turns that live from the turn before: the next page, a choice, "còn Sở Y tế?", a correction."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from knowledge.agencies.provinces import Provinces
from knowledge.model import Row
from knowledge.services.ask import agencies, comparisons, groups, lists, pointing, reading, rows, targets
from knowledge.services.ask import wording as w
from knowledge.services.ask.base import MEASURE_KINDS, KnowledgeBase
from knowledge.services.ask.linking import NUMBER_KINDS, POINTED, Calibration, Link, content, link, query_of
from knowledge.services.ask.question import Answer, Question
from knowledge.text.normalize import blot, fold

INTENTS = ("show_more", "choose", "follow_up", "correct")
_FROM_NOW_ON = re.compile(
    r"\b(tu (gio|nay|bay gio|day|gio tro di|cau sau)|ke tu (gio|nay|day)|mac dinh|(cac|nhung|may) cau (sau|toi|tiep)|"
    r"luon (theo|hoi|tra loi)|(chuyen|doi) (sang|qua|ve)( tinh| ke hoach| ben)?)\b"
)
_SAYS_LITTLE = 0.3
_A_FIGURE_BESIDE = 0.8
_A_QUESTION_BESIDE = 1.2  # so much content beside the wish is a question of its own
_THE_LATTER = re.compile(r"\b(cai|viec|nhiem vu|nv|chi tieu|y|cau|vu) sau\b(?! (khi|do|nay|day|cung|dot|hop|tet))")


def show_more(question: Question, kb: KnowledgeBase) -> Answer:
    """The next page of the last list."""
    context = question.context
    remaining = context.listed[context.shown :]
    if not context.listed:
        return Answer("clarify", "Chưa có danh sách nào để xem tiếp. Anh/chị muốn hỏi nội dung gì ạ?", intent="show_more")
    if not remaining:
        return Answer(
            "answer", f"Đã hết danh sách {len(context.listed)} mục.", context.listed, {"count": len(context.listed)}, intent="show_more"
        )
    page = [kb.by_ref[r] for r in remaining[: w.PAGE] if r in kb.by_ref]
    shown = context.shown + len(remaining[: w.PAGE])
    text = w.paragraph(
        f"Mục {context.shown + 1}–{shown} trong {len(context.listed)} mục:",
        *lists.lines(page),
        lists.more_hint(len(context.listed), shown),
        w.source(kb, page),
    )
    return Answer(
        "answer",
        text,
        tuple(r.ref for r in page),
        {"count": len(context.listed)},
        context=replace(context, shown=shown),
        intent="show_more",
        replies=("Xem thêm",) if shown < len(context.listed) else (),
    )


def province_from_now_on(question: Question, kb: KnowledgeBase) -> Answer | Question | None:
    """ "Từ giờ trả lời theo Tiền Giang nhé": the province of all that follows, and the question beside it if there is one.

    None where there is no such wish.
    """
    named = question.named("province")
    if len(named) != 1 or not _FROM_NOW_ON.search(fold(question.text)) or named[0] not in kb.provinces:
        return None
    context = replace(question.context, province=named[0], focus=(), choices=(), listed=(), shown=0, filters={})
    said = [m.span() for m in _FROM_NOW_ON.finditer(fold(question.text))]
    wish = blot(question.text, said, ",")  # blanks at the start would move what follows
    left = tuple(e for e in question.entities if not any(a <= e.start and e.end <= b for a, b in said))  # "từ giờ" is no deadline
    beside = replace(question, text=wish, context=context, entities=left)
    if content(beside, kb) >= (_A_FIGURE_BESIDE if question.named("period") else _A_QUESTION_BESIDE):
        return beside
    province = Provinces.load().get(named[0])
    text = f"Vâng, từ câu sau tôi trả lời theo các kế hoạch của {province.full_name if province else named[0]}."
    return Answer("done", text, context=replace(context, intent="", text=""), intent=question.intent)


def places(question: Question) -> list[int]:
    """The places in a list that a message points to; −1 is the last."""
    return question.named("ordinal") or ([-1] if _THE_LATTER.search(fold(question.text)) else [])


def picked(question: Question, kb: KnowledgeBase) -> Row | None:
    """The offered or listed row that the message picks by its place ("2", "cái cuối") or by its words; None if it picks none."""
    offered = question.context.choices
    candidates = [kb.by_ref[r] for r in offered or question.context.listed if r in kb.by_ref]
    if not candidates:
        return None
    bare = question.text.strip(" .!?")
    pointed = [int(bare)] if bare.isdigit() and offered else places(question)
    if pointed and (offered or question.intent == "choose" or _points_into_list(question)):
        return candidates[pointed[0] - 1 if pointed[0] > 0 else -1] if pointed[0] == -1 or 1 <= pointed[0] <= len(candidates) else None
    for kind in ("task_no", "indicator_no", "row_no"):
        for number in question.named(kind):
            fitting = [r for r in candidates if r.no == str(number)]
            if len(fitting) == 1 and offered:
                return fitting[0]
    return _by_words(question, kb, candidates)


def _points_into_list(question: Question) -> bool:
    """ "Việc đầu tiên ai chủ trì?" after a list: a place in it and hardly anything else."""
    return len(question.text.split()) <= 8


def _by_words(question: Question, kb: KnowledgeBase, candidates: list[Row]) -> Row | None:
    """The one candidate that the message's words point to: by name, or by its agency, year or province."""
    refs = {r.ref for r in candidates}
    slugs, provinces = question.named("agency"), question.named("province")
    years = {int(v[:4]) for p in question.named("period") for v in (p["start"], p["end"]) if v}
    tasks, measures = reading.speaks_of_tasks(question), reading.speaks_of_indicators(question)
    tests: tuple[Callable[[Row], bool], ...] = (
        lambda r: (tasks and r.kind == "task") or (measures and r.kind in MEASURE_KINDS),
        lambda r: bool(slugs) and any(kb.leads(r, s) for s in slugs),
        lambda r: bool(provinces) and kb.plans[r.plan].province in provinces,
        lambda r: bool(years) and r.year in years,
    )
    query = query_of(question, kb)
    for test in tests if query.mass < _A_QUESTION_BESIDE else ():
        fitting = [r for r in candidates if test(r)]
        if len(fitting) == 1:
            return fitting[0]
    if query.mass < 0.2:
        return None
    hits = kb.index.search(query, lambda r: r.ref in refs)
    if hits and hits[0].coverage >= Calibration.load().least_coverage and (len(hits) == 1 or hits[1].score < 0.9 * hits[0].score):
        return hits[0].row
    return None


def choose(question: Question, kb: KnowledgeBase) -> Answer:
    """Answers with the offered row that was picked, to the question that had been asked."""
    row = picked(question, kb)
    if row is None:
        if question.context.choices:
            offered = [kb.by_ref[r] for r in question.context.choices if r in kb.by_ref]
            return rows.offer(question.ask(question.context.intent or "ask_detail", text=question.context.text), kb, offered)
        return Answer(
            "clarify", "Anh/chị muốn chọn mục nào ạ? Hiện chưa có danh sách để chọn; anh/chị hãy nêu tên hoặc số nhiệm vụ.", intent="choose"
        )
    intent = question.context.intent if question.context.intent in rows.INTENTS else "ask_detail"
    return rows.tell(question.ask(intent, text=question.context.text or question.text), kb, row)


def follow_up(question: Question, kb: KnowledgeBase) -> Answer:
    """The last question again, with what this message changes: another agency, time, group, row or province."""
    context = question.context
    if context.choices:
        row = picked(question, kb)
        if row is not None:
            return choose(question, kb)
    if context.intent in lists.INTENTS:
        return _list_again(question, kb)
    if context.intent in agencies.INTENTS and (question.named("agency") or question.named("province")):
        return agencies.answer_successor(question.ask("ask_successor"), kb)
    pointed = targets.of_focus(question, kb) if reading.points_back(question) else None
    if pointed is not None:
        return pointed
    if groups.says_group(question) and groups.group_of(question, kb) is not None:
        return lists.answer_list(question.ask("list_tasks"), kb)
    if _of_a_time(question, kb):
        return lists.answer_list(question.ask("list_tasks"), kb)
    intent = context.intent if context.intent in rows.INTENTS else "ask_detail"
    if not any(question.named(k) for k in NUMBER_KINDS) and context.text and content(question, kb) < _to_be_new(question):
        told = targets.of_focus(question, kb)
        if told is not None:
            return told
        year = _other_year(question, kb)
        if year is not None:
            return rows.tell(question.ask(intent, text=context.text), kb, year)
        if question.named("province") or question.named("period"):
            replies = [_row_again(again.ask(intent), kb) for again in _asked_again(question, kb)]
            there = next((r for r in replies if r.outcome == "answer" and _told_there(r, question, kb)), None)
            same = None if there else _same_elsewhere(question, kb)
            if same is not None:
                return targets.tell(question.ask("ask_target"), kb, [same])
            return there or next((r for r in replies if r.outcome != "answer"), None) or rows.missing(question, kb, Link((), "words"))
    return rows.answer_row(_like_focus(question.ask(intent), kb), kb)


def _of_a_time(question: Question, kb: KnowledgeBase) -> bool:
    """ "Thế còn quý 3 năm đó?" after a task: what is due then; a task itself has no other time."""
    focus = [kb.by_ref[r] for r in question.context.focus if r in kb.by_ref]
    alone = bool(question.named("period")) and not any(question.named(kind) for kind in ("province", "agency", *NUMBER_KINDS))
    return alone and bool(focus) and all(row.kind == "task" for row in focus) and content(question, kb) < Calibration.load().subject_mass


def _to_be_new(question: Question) -> float:
    """How much a message must say to be about something else; more if it points back ("cũng chỉ tiêu đó, mốc 2030 thì sao")."""
    return Calibration.load().subject_mass * (POINTED if reading.points_back(question) else 1.0)


def _same_elsewhere(question: Question, kb: KnowledgeBase) -> Row | None:
    """ "Còn Hậu Giang?" after a measure of another province that its plan words otherwise."""
    focus = [kb.by_ref[r] for r in question.context.focus if r in kb.by_ref]
    places = question.named("province")
    if len(focus) != 1 or focus[0].kind not in MEASURE_KINDS or len(places) != 1:
        return None
    return comparisons.elsewhere(question, kb, focus[0], places[0])


def _told_there(reply: Answer, question: Question, kb: KnowledgeBase) -> bool:
    """Is an answer of the province that this message names?"""
    named = question.named("province")
    return not named or not kb.provinces_of(reply.refs).isdisjoint(named)


def _other_year(question: Question, kb: KnowledgeBase) -> Row | None:
    """ "Còn 2030?" after an indicator of 2045: the row of the same name in the other year."""
    years = {int(v[:4]) for p in question.named("period") for v in (p["start"], p["end"]) if v} | {
        int(t) for t in question.text.replace("?", " ").split() if t.isdigit() and len(t) == 4
    }
    focus = [kb.by_ref[r] for r in question.context.focus if r in kb.by_ref]
    if len(focus) != 1 or focus[0].year is None or len(years) != 1 or question.named("province"):
        return None
    twins = [r for r in kb.rows if r.plan == focus[0].plan and r.kind == focus[0].kind and r.year in years and r.name == focus[0].name]
    return twins[0] if len(twins) == 1 else None


def _row_again(question: Question, kb: KnowledgeBase) -> Answer:
    return targets.answer_target(question, kb) if question.intent == "ask_target" else rows.answer_row(question, kb)


def _asked_again(question: Question, kb: KnowledgeBase) -> Iterator[Question]:
    """The question before, with the province and time of this message in place of its own; then the same by the name of the row told.

    Another plan may say nothing of "dân số" and still hold what the row told last is about.
    """
    focus = kb.by_ref.get(question.context.focus[0]) if len(question.context.focus) == 1 else None
    changed = {e.kind for e in question.entities if e.kind in ("province", "period")}
    new = [replace(e, start=0, end=0) for e in question.entities if e.kind in changed]
    for text in (question.context.text, *((focus.name,) if focus else ())):
        before = kb.finder.find(text, question.now)
        if focus and text != focus.name and content(replace(question, text=text, entities=tuple(before)), kb) < _SAYS_LITTLE:
            continue  # "đơn vị nào theo dõi?" pointed back itself
        dated = "period" not in changed and any(e.kind == "period" for e in before)
        if focus and focus.year and dated:  # the year of the row told last, which another turn may have changed
            new = [*new, pointing.of_year(focus.year)]
        own = [e for e in before if e.kind in changed or e.kind == "period" and focus and focus.year]
        yield replace(question, text=blot(text, [(e.start, e.end) for e in own]), entities=(*(e for e in before if e not in own), *new))


def _like_focus(question: Question, kb: KnowledgeBase) -> Question:
    """ "Còn số 19?" after a task means task 19; after an indicator, indicator 19."""
    focus = [kb.by_ref[r] for r in question.context.focus if r in kb.by_ref]
    if not focus or not question.named("row_no"):
        return question
    kind = {"task": "task_no", "indicator": "indicator_no"}.get(focus[0].kind)
    if kind is None:
        return question
    return replace(question, entities=tuple(replace(e, kind=kind) if e.kind == "row_no" else e for e in question.entities))


def _same_year(question: Question, before: lists.Filters, now: lists.Filters) -> tuple[str | None, str | None]:
    """ "Thế tháng 6?" after a list of March 2025 means June 2025."""
    says_year = any(e.kind == "period" and re.search(r"20\d\d|nay|này|sau|toi|tới|truoc|trước", e.text) for e in question.entities)
    if says_year or not before.start or not now.start or not now.end or now.start[:4] != now.end[:4]:
        return now.start, now.end
    return pointing.in_year(now.start, now.end, before.start[:4])


def _list_again(question: Question, kb: KnowledgeBase) -> Answer:
    before = lists.Filters.from_dict(question.context.filters)
    asked = question.ask(question.context.intent)
    now = lists.read_filters(asked, kb)
    changes = {k: getattr(now, k) for k in ("agencies", "role", "group") if getattr(now, k)}
    if now.start or now.end:
        start, end = _same_year(question, before, now)
        changes |= {"start": start, "end": end, "recurring": False, "overdue": False, "upcoming": False}
    for flag in ("recurring", "overdue"):
        if getattr(now, flag) and not getattr(before, flag):
            changes |= {"start": None, "end": None, "recurring": flag == "recurring", "overdue": flag == "overdue", "upcoming": False}
    if not changes:
        found = link(question.ask("ask_detail"), kb)
        if len(found.rows) == 1:
            return rows.tell(question.ask("ask_detail"), kb, found.rows[0])
        changes = {"topic": now.topic} if now.topic else {}
    return lists.list_with(asked, kb, replace(before, **changes))
