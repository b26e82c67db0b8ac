"""Citable passages (kind `passage`): every paragraph that is no duty, target or reporting row, so that facts are quoted.

A short list stays with the sentence that leads it in ("09 nền tảng trọng tâm, cụ thể: (1) … (9) …"); a longer one is cited
point by point, with its lead-in beside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from knowledge.model import Row, Source
from knowledge.parsers.assigning import sentences
from knowledge.parsers.document import Document
from knowledge.parsers.duties import find_duties
from knowledge.parsers.fields import field_blocks
from knowledge.parsers.reading import read_repaired
from knowledge.parsers.recurrences import clauses, regimes_in
from knowledge.parsers.sections import Outline, Paragraph, group_of
from knowledge.parsers.targets import find_targets

_TOGETHER = 1500  # letters of a list that is cited as one
_LIST = ("paren", "bullet", "letter", "ordinal", "plus")
_ORDINALS = {1: "nhất", 2: "hai", 3: "ba", 4: "tư", 5: "năm", 6: "sáu", 7: "bảy", 8: "tám", 9: "chín", 10: "mười"}
_SHORTEST = 4  # words; less is no statement


@dataclass(frozen=True)
class _Passage:
    """Paragraphs that are cited together; `lead_in` introduces a point that is cited alone."""

    places: tuple[int, ...]
    lead_in: str = ""


def extract(document: Document, plan_id: str, taken: Sequence[Row] = ()) -> list[Row]:
    """The document's passages as rows; those of targets, duties and further rows (`taken`, such as tasks) are left out."""
    outline = read_repaired(document)
    lines = {no for node, _ in find_targets(document).points for no in range(node.first, node.last + 1)}
    lines |= {no for row in taken if row.source.lines for no in range(row.source.lines[0], row.source.lines[1] + 1)}
    held = _held(outline, lines)
    count: Counter[str] = Counter()
    rows = []
    for passage in _passages(outline, held):
        section = outline.paragraphs[passage.places[0]].section or "0"
        count[section] += 1
        rows.append(_row(passage, f"{section}-{count[section]}", outline, document.file, plan_id))
    return rows


def _held(outline: Outline, lines: set[int]) -> set[int]:
    """The places of paragraphs whose whole text is in another row, or that are labels of one. `lines` are those of other rows."""
    blocks = field_blocks(outline)
    held = set(blocks.used)
    for duty in find_duties(outline):
        held |= set(duty.places) if duty.whole else set()
    for place, paragraph in enumerate(outline.paragraphs):
        if lines.issuperset(paragraph.lines) or outline.kind != "report" and paragraph.section and _only_reports(paragraph.text):
            held.add(place)
    return held


def _only_reports(text: str) -> bool:
    """Whether every clause of a paragraph is a regime of reporting (or follows one that begins its sentence)."""
    said = sentences(text)
    return all(any(one.reports and one.clause == clauses(sentence)[0] for one in regimes_in(sentence)) for sentence in said)


def _passages(outline: Outline, held: set[int]) -> list[_Passage]:
    out: list[_Passage] = []
    done: set[int] = set()
    for place, paragraph in enumerate(outline.paragraphs):
        if place in done or place in held:
            continue
        below = _list_below(outline, place, held) if paragraph.text.endswith(":") else []
        places = (place, *below)
        if below and sum(len(outline.paragraphs[p].text) for p in places) <= _TOGETHER:
            out.append(_Passage(places))
            done.update(places)
        elif below:
            out += [_Passage((p,), paragraph.text) for p in below]
            out += [] if paragraph.heading else [_Passage((place,))]
            done.update(places)
        elif not paragraph.heading and len(paragraph.text.split()) >= _SHORTEST:
            out.append(_Passage((place,)))
    return sorted(out, key=lambda passage: passage.places)


def _list_below(outline: Outline, place: int, held: set[int]) -> list[int]:
    """The points of the list that a paragraph leads in, if they are alike and none belongs to another row or opens a section."""
    places: list[int] = []
    for at in range(place + 1, len(outline.paragraphs)):
        paragraph = outline.paragraphs[at]
        kind = paragraph.marker.kind if paragraph.marker else None
        first = outline.paragraphs[places[0]].marker if places else None
        if kind not in _LIST or at in held or paragraph.heading or paragraph.note or first and first.kind != kind:
            break
        places.append(at)
    return places


def marked(paragraph: Paragraph) -> str:
    """A point with its mark as printed: `(1) …`, `a) …`, `- …`, `Thứ nhất, …`."""
    marker = paragraph.marker
    if not marker or marker.kind not in _LIST:
        return paragraph.text
    if marker.kind == "ordinal":
        return f"Thứ {_ORDINALS.get(marker.value, marker.label)}, {paragraph.text}"
    mark = {"paren": f"({marker.label})", "letter": f"{marker.label})", "bullet": "-", "plus": "+"}[marker.kind]
    return f"{mark} {paragraph.text}"


def _row(passage: _Passage, no: str, outline: Outline, file: str, plan_id: str) -> Row:
    parts = [outline.paragraphs[place] for place in passage.places]
    head = parts[0]
    text = head.text if head.marker is None or head.marker.kind != "ordinal" else marked(head)
    if len(parts) > 1:
        text = "\n".join([head.text, *(marked(part) for part in parts[1:])])
    titles = [title for title in outline.titles(head) if title != head.text.rstrip(": ")]
    extra: dict[str, Any] = {"section": head.section, "heading": " › ".join(titles)}
    if passage.lead_in:
        extra["lead_in"] = passage.lead_in
    if head.note is not None:
        extra["footnote"] = head.note
    wording = "\n".join(part.wording or part.text for part in parts) if any(part.wording for part in parts) else None
    lines = [no for part in parts for no in part.lines]
    return Row(plan_id, "passage", no, text, Source(file, lines=(min(lines), max(lines))), group=group_of(head.section),
               wording=wording, doubt=head.doubt, extra=extra)
