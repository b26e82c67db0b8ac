"""Reporting regimes (chế độ báo cáo) as rows of kind `reporting`: who reports to whom, how often, until when.

One row a recurrence: "định kỳ 3 tháng, 6 tháng, 1 năm báo cáo …" are three. Regular inspections and reviews count too.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from knowledge.model import Deadline, Row, Source
from knowledge.parsers.actors import agencies_at_start
from knowledge.parsers.assigning import assignment_in, sentences
from knowledge.parsers.duties import Walk
from knowledge.parsers.recurrences import Regime, regimes_in
from knowledge.parsers.sections import Outline, Paragraph, group_of
from knowledge.text.normalize import fold

NOBODY = "không nêu cơ quan phải báo cáo"

_TO = re.compile(r"\b(?:gui ve|gui bao cao ve|ve|cho) ")
# In the place of an object a name runs into what is reported.
_REPORTED = re.compile(r" (?:về (?:kết|tình|việc|tiến)|kết quả|tình hình|tiến độ|bổ sung|xem xét|những|nội dung|qua|bằng)\b.*$")
_REPORT_TO = re.compile(r"\b(?:bao cao|gui|trinh) ")


@dataclass(frozen=True)
class _Found:
    """A regime in its paragraph, with who reports."""

    place: int
    sentence: str
    regime: Regime
    lead: tuple[str, ...]


def reporting_rows(outline: Outline, file: str, plan_id: str) -> list[Row]:
    """The reporting regimes of an outline as rows, in reading order."""
    found = [(one, rule) for one in _find(outline) for rule in one.regime.rules]
    total = Counter(outline.paragraphs[one.place].section for one, _ in found)
    seen: Counter[str] = Counter()
    rows = []
    for one, rule in found:
        section = outline.paragraphs[one.place].section
        seen[section] += 1
        no = f"{section}-{seen[section]}" if total[section] > 1 else section
        rows.append(_row(one, rule, no, outline, file, plan_id))
    return rows


def _find(outline: Outline) -> list[_Found]:
    walk = Walk(outline)
    found: list[_Found] = []
    for place, paragraph in enumerate(outline.paragraphs):
        if paragraph.note is not None or not paragraph.section or outline.kind == "report":
            continue
        for sentence in sentences(paragraph.text):
            for regime in regimes_in(sentence):
                found.append(_Found(place, sentence, regime, _who(walk, place, paragraph, sentence, regime)))
    return found


def _who(walk: Walk, place: int, paragraph: Paragraph, sentence: str, regime: Regime) -> tuple[str, ...]:
    """The clause's subject, else the sentence's, else whom the section speaks of or addresses."""
    own = assignment_in(regime.clause, "duties")
    if own:
        return own.lead
    if sentence.startswith(regime.clause) or not regime.clause[:1].isupper():
        whole = assignment_in(sentence, "duties")
        if whole and sentence.index(regime.clause) > 0:
            return whole.lead
    subject = walk.inherited(paragraph)
    if subject.lead:
        return subject.lead
    duty = next((duty for duty in walk.duties if place in duty.places and duty.lead and sentence in duty.text), None)
    if duty:
        return duty.lead
    address = agencies_at_start(subject.address) if subject.address else None
    return address.names if address else ()


def _recipients(clause: str) -> tuple[str, ...]:
    """Whom a clause reports to."""
    for pattern in (_TO, _REPORT_TO):
        names: list[str] = []
        for match in pattern.finditer(fold(clause)):
            named = agencies_at_start(clause[match.end():])
            names += [_REPORTED.sub("", name) for name in named.names] if named else ()
        if names:
            return tuple(dict.fromkeys(names))
    return ()


def _row(one: _Found, rule: str, no: str, outline: Outline, file: str, plan_id: str) -> Row:
    paragraph = outline.paragraphs[one.place]
    alone = sum(1 for _ in regimes_in(one.sentence)) < 2
    extra: dict[str, Any] = {"to": list(_recipients(one.regime.clause)), "section": paragraph.section,
                             "heading": " › ".join(outline.titles(paragraph)), "sentence": one.sentence}
    text = one.sentence if alone else one.regime.clause
    return Row(plan_id, "reporting", no, text, Source(file, lines=paragraph.span), group=group_of(paragraph.section),
               lead=one.lead, due=Deadline(one.regime.clause, "recurring", rrule=rule), rrule=rule, wording=paragraph.wording,
               doubt=None if one.lead else NOBODY, extra=extra)
