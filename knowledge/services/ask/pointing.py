"""Words that point to what was said before, put in place: "năm đó", "nhóm đó", "sở đó"; and what a next question takes over from it.

The conversation keeps the rows told last and what the last list was narrowed to; here they become entities of the question.
"""

from __future__ import annotations

import re
from dataclasses import replace

from knowledge.entities import Entity
from knowledge.model import Row
from knowledge.services.ask import lists, measures, reading
from knowledge.services.ask.base import KnowledgeBase
from knowledge.services.ask.linking import Calibration, content, province_of
from knowledge.services.ask.question import Question
from knowledge.text.normalize import fold

_THAT = r"(?:do|ay|nay|kia|day|noi tren|vua (?:roi|nay|noi))\b"
_YEAR = re.compile(r"\b(?:nam|moc) (?:do|ay|day|noi tren)\b|\bcung nam\b")
_NAMES_YEAR = re.compile(r"20\d\d")
_GROUP = re.compile(rf"\bnhom (?:nhiem vu )?{_THAT}")
_AGENCY = re.compile(rf"\b(?:so|co quan|don vi|ban|nganh) {_THAT}")
_WHICH = re.compile(r"\b(?:(?:cai|viec|nhiem vu|nv) (?:nao|gi)|nhung (?:gi|viec nao|cai nao))\b")
_COUNTED = re.compile(r"\b(?:may|bao nhieu|bn) (?:cai|viec|nhiem vu|nv)\b")
_ALSO = re.compile(r"^(?:da |a |u |ok |uh |roi |vang )*(?:the|vay|con|roi)\b(?! (?:nao|ai|gi|may|bao nhieu|khong)\b)")


def resolve(question: Question, kb: KnowledgeBase) -> Question:
    """The question with what its pointing words mean as entities."""
    for resolved in (_year, _group, _agency, _taken_over):
        question = resolved(question, kb)
    return question


def of_year(year: int, start: int = 0, end: int = 0, text: str = "") -> Entity:
    """The period that a year is."""
    return Entity("period", {"start": f"{year}-01-01", "end": f"{year}-12-31"}, start, end, text)


def _focus(question: Question, kb: KnowledgeBase) -> Row | None:
    """The row that was told last."""
    return kb.by_ref.get(question.context.focus[0]) if question.context.focus else None


def _year(question: Question, kb: KnowledgeBase) -> Question:
    """ "Tiền Giang năm đó đạt bao nhiêu?": the year of the row that was told last."""
    pointed, row = _YEAR.search(fold(question.text)), _focus(question, kb)
    year = row and (row.year or (row.due.date.year if row.due and row.due.date else None))
    if not pointed or not year:
        return question
    if question.named("period"):  # "quý 3 năm đó"
        return replace(question, entities=tuple(_in_year(e, year) if e.kind == "period" else e for e in question.entities))
    return replace(question, entities=(*question.entities, of_year(year, *pointed.span(), pointed.group())))


def _in_year(period: Entity, year: int) -> Entity:
    """A quarter or month that names no year itself, in this year."""
    start, end = period.value["start"], period.value["end"]
    if _NAMES_YEAR.search(period.text) or not start or not end or start[:4] != end[:4]:
        return period
    return replace(period, value=dict(zip(("start", "end"), in_year(start, end, str(year)))))


def in_year(start: str, end: str, year: str) -> tuple[str, str]:
    """The same days of another year, ISO."""
    return year + start[4:], year + end[4:].replace("02-29", "02-28")


def _group(question: Question, kb: KnowledgeBase) -> Question:
    """ "Trong nhóm đó cái nào do Công an tỉnh chủ trì?": the group of the last list, or of the row that was told last."""
    pointed, row = _GROUP.search(fold(question.text)), _focus(question, kb)
    group = lists.Filters.from_dict(question.context.filters).group or (row.group if row and row.kind == "task" else None)
    if not pointed or not group or question.named("group_no"):
        return question
    found = replace(question, entities=(*question.entities, Entity("group_no", group, *pointed.span(), pointed.group())))
    text = fold(question.text)
    if _COUNTED.search(text):
        return found.ask("count_tasks")
    return found.ask("list_tasks") if _WHICH.search(text) else found


def _agency(question: Question, kb: KnowledgeBase) -> Question:
    """ "Sở đó còn chủ trì nhiệm vụ nào nữa không?": the agency of the last list, or the one that leads the row told last."""
    pointed, row = _AGENCY.search(fold(question.text)), _focus(question, kb)
    of_all = question.intent == "ask_successor" or reading.asks_for_several(question) or reading.counts_work(question)
    if not pointed or question.named("agency") or not of_all:
        return question
    slugs = lists.Filters.from_dict(question.context.filters).agencies or tuple(kb.slug(name) for name in (row.lead if row else ()))
    if not slugs:
        return question
    found = tuple(Entity("agency", slug, *pointed.span(), pointed.group()) for slug in slugs[:1])
    listing = question.intent in (*lists.INTENTS, "ask_successor")
    asked = question if listing else question.ask(reading.counts_work(question) or "list_tasks")
    return replace(asked, entities=(*question.entities, *found))


def _taken_over(question: Question, kb: KnowledgeBase) -> Question:
    """ "Thế phủ sóng 5G?" after a target of Tiền Giang for 2025: another measure of the same place and year, if it has one."""
    row = _focus(question, kb)
    follows = question.intent == "follow_up" or bool(_ALSO.search(fold(question.text)))
    measured = question.intent in ("follow_up", "ask_target", "ask_fact", "ask_detail")
    if not follows or not measured or row is None or not row.year or question.named("period"):
        return question
    if any(question.named(k) for k in ("indicator_no", "task_no", "row_no")) or content(question, kb) < Calibration.load().subject_mass:
        return question
    province = kb.plans[row.plan].province
    place = () if province_of(question, kb) or not province else (Entity("province", province, 0, 0, ""),)
    asked = replace(question, entities=(*question.entities, of_year(row.year), *place)).ask("ask_target")
    hits = measures.search(asked, kb)
    held = bool(hits) and hits[0].row.year == row.year and hits[0].coverage >= measures.FITS
    return asked if held else question
