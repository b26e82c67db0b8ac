"""Assignments in prose (kind `duty`): who leads, with whom, what, until when; numbered by the section they stand in.

A sentence without a subject takes it from its heading ("3.2. Ủy ban nhân dân tỉnh") or from what opens its section; where that
is a general address ("đề nghị các cấp ủy, các cơ quan …"), nobody leads and the address is kept apart. What was done already,
aims and background are no duties.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

from knowledge.model import Deadline, Row, Source
from knowledge.parsers.actors import begins_with_verb, cooperating, directed, only_agencies, subject_of, tidy_names
from knowledge.parsers.agency_cells import lead_and_coop
from knowledge.parsers.assigning import Assignment, Mode, assignment_in, label_of, sentences
from knowledge.parsers.deadlines import parse_deadline
from knowledge.parsers.due_phrases import find_due
from knowledge.parsers.fields import FieldBlocks, Fields, field_blocks, inline_fields, read_field, scope_of
from knowledge.parsers.markers import NUMBERED
from knowledge.parsers.recurrences import regimes_in
from knowledge.parsers.section_modes import mode_of
from knowledge.parsers.sections import Outline, Paragraph, group_of
from knowledge.parsers.statements import statements, without_reports
from knowledge.text.normalize import fold

NOBODY = "đoạn văn giao việc nhưng không nêu cơ quan thực hiện"

_CHAPEAU = re.compile(r"\b(?:sau(?: day)?|cu the|gom|nhu sau|theo do)\s*:$")
_SPEAKS = re.compile(r"\b(?:kien nghi|de nghi|de xuat|bao cao|trinh)\b[^.;]{0,80}:$")
_BOUND = re.compile(r"(?:co (?:trach nhiem|nhiem vu)|chiu trach nhiem|thuc hien)(?: thuc hien)?(?: cac (?:nhiem vu|noi dung))?"
                    r"(?: sau)?\s*:")
_OPENING = re.compile(r"(?:Trước mắt|Đồng thời|Bên cạnh đó|Ngoài ra|Trong đó|Cần|Phải|Từng bước)\b,?\s+")
_EVERY = re.compile(
    r"(?:trước ngày \d{1,2} |định kỳ )?(?:hàng|hằng|mỗi) (?:tuần|tháng|quý|năm)"
    r"|định kỳ[^.;:()]{0,60}?(?:tháng|năm|quý)", re.IGNORECASE)
_CLOSING = re.compile(r"tran trong (?:thong bao|bao cao|de nghi|cam on)\b")
_IN_FORCE = re.compile(r"(?:quyet dinh|nghi quyet|ke hoach|chi thi|quy che) nay co hieu luc\b")
_GENERAL = re.compile(r"(?:tat ca |toan the )?(?:cac|moi|tung|nhung)\b")


@dataclass(frozen=True)
class Subject:
    """Who a section's sentences speak of: agencies of their own, or a general address."""

    lead: tuple[str, ...] = ()
    coop: tuple[str, ...] = ()
    address: str = ""


@dataclass
class Duty:
    """An assignment as found: places of its paragraphs, its text, who and when. `whole`: it takes all of its paragraphs' text."""

    section: str
    text: str
    lines: list[int]
    places: list[int]
    lead: tuple[str, ...] = ()
    coop: tuple[str, ...] = ()
    directed: tuple[str, ...] = ()
    address: str = ""
    due: Deadline | None = None
    result: str | None = None
    rrule: str | None = None
    whole: bool = True
    doubts: list[str] = field(default_factory=list)


def duty_rows(outline: Outline, file: str, plan_id: str) -> list[Row]:
    """The duties of an outline as rows, in reading order."""
    duties = find_duties(outline)
    total = Counter(duty.section for duty in duties)
    seen: Counter[str] = Counter()
    rows = []
    for duty in duties:
        seen[duty.section] += 1
        no = f"{duty.section}-{seen[duty.section]}" if total[duty.section] > 1 else duty.section
        rows.append(_row(duty, no, outline, file, plan_id))
    return rows


def find_duties(outline: Outline) -> list[Duty]:
    """The assignments of an outline."""
    return Walk(outline).duties


class Walk:
    """Goes through the paragraphs once, remembering who each open section speaks of."""

    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        self.blocks: FieldBlocks = field_blocks(outline)
        self.subjects: dict[int, Subject] = {}
        self.merged: set[int] = set()
        self.duties: list[Duty] = []
        for at, paragraph in enumerate(outline.paragraphs):
            if paragraph.note is None and at not in self.blocks.used and at not in self.merged:
                self._visit(at, paragraph)

    def _visit(self, at: int, paragraph: Paragraph) -> None:
        mode = mode_of(self.outline, paragraph)
        if at in self.blocks.of:
            self._add_with_fields(at, paragraph, self.blocks.of[at])
        elif paragraph.heading or _is_chapeau(paragraph.text) or self._names_below(at, paragraph) or self._heads_points(at, paragraph):
            self._open(at, paragraph, mode)
        elif paragraph.section:
            self._read(at, paragraph, mode)

    def _open(self, at: int, paragraph: Paragraph, mode: Mode) -> None:
        """A heading or a chapeau: it names those of whom the text below speaks, or assigns by itself."""
        home = at if paragraph.marker else paragraph.parents[-1] if paragraph.parents else -1
        names = only_agencies(paragraph.text)
        if names:
            self.subjects[home] = Subject(names)
            return
        found = assignment_in(paragraph.text, mode)
        below = self._below(at) if paragraph.text.endswith(":") else []
        continued = bool(_SPEAKS.search(fold(paragraph.text))) or not self._mostly_verbs(below)
        continued = continued and not (found and _BOUND.fullmatch(fold(found.rest)))
        if found and below and continued and not _is_chapeau(paragraph.text):
            self._add(at, paragraph, found, below)
        elif found:
            self.subjects[home] = _subject_from(found)
            following = self.outline.paragraphs[at + 1:at + 2]
            alone = paragraph.section and not any(home in other.parents for other in following)  # a table follows, say
            if found.rest and not _only_coordinates(paragraph.text) and (alone or not paragraph.text.endswith(":")):
                self._add(at, paragraph, found)
        elif mode == "duties" and _is_chapeau(paragraph.text) and paragraph.marker and begins_with_verb(paragraph.text):
            self._read(at, paragraph, mode)

    def _names_below(self, at: int, paragraph: Paragraph) -> bool:
        """Whether a bullet only names those of whom the points below it speak: `- UBND các xã:`."""
        following = self.outline.paragraphs[at + 1:at + 2]
        return paragraph.text.endswith(":") and bool(only_agencies(paragraph.text)) and any(at in other.parents for other in following)

    def _heads_points(self, at: int, paragraph: Paragraph) -> bool:
        """Whether an unnumbered line says whom the numbered points below it are for: `Giao Sở A chủ trì, phối hợp với …:`."""
        below = next(iter(self.outline.paragraphs[at + 1:at + 2]), None)
        if paragraph.marker or not paragraph.text.endswith(":") or below is None or below.marker is None:
            return False
        return below.marker.kind in NUMBERED and below.parents[:-1] == paragraph.parents[:-1] and below.marker.value <= 1

    def _below(self, at: int) -> list[int]:
        """The points of a list right below a paragraph."""
        places = []
        for place in range(at + 1, len(self.outline.paragraphs)):
            marker = self.outline.paragraphs[place].marker
            if not marker or marker.kind not in ("bullet", "plus") or self.outline.paragraphs[place].note:
                break
            places.append(place)
        return places

    def _mostly_verbs(self, places: list[int]) -> bool:
        """Whether the points of a list are things to be done, each by itself, and not parts of what the line above begins."""
        doing = [begins_with_verb(self.outline.paragraphs[place].text) for place in places]
        return all(doing) or doing[0] and 2 * sum(doing) > len(doing)

    def _read(self, at: int, paragraph: Paragraph, mode: Mode) -> None:
        text, fields = inline_fields(paragraph.text)
        text = without_reports(text)
        if not text:
            return
        before = len(self.duties)
        groups = statements(text, mode)
        if groups:
            self._add_statements(at, paragraph, groups)
        inherited = self.inherited(paragraph)
        if len(self.duties) == before and mode in ("duties", "tasks") and (inherited.lead or mode == "duties"):
            self._add_inherited(at, paragraph, text, inherited, mode)
        if fields.values and len(self.duties) == before:
            self.duties.append(Duty(paragraph.section, paragraph.text, list(paragraph.lines), [at]))
        for duty in self.duties[before:]:
            _apply_fields(duty, fields)

    def _add_statements(self, at: int, paragraph: Paragraph, groups: list[tuple[Assignment, str]]) -> None:
        """One duty for each body that the paragraph names in turn."""
        for found, text in groups:
            self._add(at, replace(paragraph, text=text), found, whole=text == paragraph.text)
        if paragraph.marker and paragraph.marker.kind not in ("bullet", "plus"):
            self.subjects[at] = _subject_from(groups[0][0])

    def _add_inherited(self, at: int, paragraph: Paragraph, text: str, inherited: Subject, mode: Mode) -> None:
        start = _OPENING.sub("", text)
        doing = begins_with_verb(start) or begins_with_verb(text[len(label_of(text)) + 1:].lstrip()) or _obliges(text)
        if not doing and not inherited.lead or _states_fact(text):
            return
        duty = self._duty(at, replace(paragraph, text=text), inherited.lead, inherited.coop or cooperating(text))
        duty.directed = directed(text[:1].lower() + text[1:])
        duty.address = inherited.address
        if not duty.lead and not duty.address:
            duty.doubts.append(NOBODY)
        self.duties.append(duty)

    def _add(self, at: int, paragraph: Paragraph, found: Assignment, below: list[int] | None = None, whole: bool = True) -> None:
        duty = self._duty(at, paragraph, found.lead, found.coop)
        duty.directed = found.directed
        duty.whole = whole
        for place in below or []:
            other = self.outline.paragraphs[place]
            duty.text += f"\n- {other.text}"
            duty.lines += other.lines
            duty.places.append(place)
            self.merged.add(place)
        self.duties.append(duty)

    def _duty(self, at: int, paragraph: Paragraph, lead: tuple[str, ...], coop: tuple[str, ...]) -> Duty:
        others = tuple(agency for agency in coop if agency not in lead)
        duty = Duty(paragraph.section, paragraph.text, list(paragraph.lines), [at], lead, others)
        duty.due, doubt = find_due(paragraph.text)
        regimes = [regime for sentence in sentences(paragraph.text) for regime in regimes_in(sentence)]
        if regimes:
            duty.rrule = regimes[0].rules[0]
            duty.due = duty.due or _recurring(paragraph.text, duty.rrule)
        duty.doubts += [reason for reason in (doubt, paragraph.doubt) if reason]
        return duty

    def _add_with_fields(self, at: int, paragraph: Paragraph, fields: Fields) -> None:
        read = read_field(paragraph.text)
        scope = scope_of(self.outline, at, paragraph)
        labelled = bool(read) or any(place in self.blocks.labels for place in paragraph.parents)
        section = self.outline.paragraphs[scope].section if labelled and scope >= 0 else paragraph.section
        text = read[1] if read else paragraph.text
        sharing = [place for place, other in self.blocks.of.items() if other is fields]
        duty = Duty(section, text, [*paragraph.lines, *(fields.lines if len(sharing) == 1 else ())], [at], coop=cooperating(text))
        _apply_fields(duty, fields)
        self.duties.append(duty)

    def inherited(self, paragraph: Paragraph) -> Subject:
        """Who a paragraph without a subject speaks of."""
        for place in (*reversed(paragraph.parents), -1):
            if place in self.subjects:
                return self.subjects[place]
        return Subject()


def _subject_from(found: Assignment) -> Subject:
    general = found.directive and bool(_GENERAL.match(fold(found.lead[0])))
    return Subject(address=", ".join(found.lead)) if general else Subject(found.lead, found.coop)


def _is_chapeau(text: str) -> bool:
    return bool(_CHAPEAU.search(fold(text)))


def _only_coordinates(text: str) -> bool:
    """Whether a heading says who leads and with whom, and nothing that they do: `Sở A chủ trì, phối hợp các sở, ban, ngành`."""
    said = lead_and_coop(text.rstrip(" :"))
    return said is not None and (not said[1] or bool(only_agencies(said[1][:1].upper() + said[1][1:])))


def _obliges(text: str) -> bool:
    return bool(re.search(r"\b(?:phải|cần)\b", text))


def _states_fact(text: str) -> bool:
    """"Kinh phí thực hiện … được bố trí từ …": a noun of which something is said."""
    said = bool(re.match(r"(?:[^.,;:]{3,90}) (?:được|là|gồm|bao gồm)\b", text)) and not begins_with_verb(text)
    formal = _IN_FORCE.match(fold(text)) or _CLOSING.match(fold(text))
    return said or formal is not None or fold(text).startswith("kinh phi") or bool(re.fullmatch(r"\(.*\)\.?", text))


def _recurring(text: str, rule: str) -> Deadline | None:
    match = _EVERY.search(text)
    return Deadline(match[0], "recurring", rrule=rule) if match else None


def _apply_fields(duty: Duty, fields: Fields) -> None:
    values = fields.values
    if values.get("lead"):
        lead, coop = lead_and_coop(values["lead"]) or (values["lead"], "")
        doing = subject_of(lead)
        duty.lead = doing.names if doing else tidy_names(lead)
        duty.coop = tidy_names(coop) if coop else duty.coop
    if values.get("coop"):
        duty.coop = tidy_names(values["coop"])
    if values.get("due"):
        duty.due = parse_deadline(values["due"])
    duty.result = values.get("result") or duty.result


def _row(duty: Duty, no: str, outline: Outline, file: str, plan_id: str) -> Row:
    paragraph = outline.paragraphs[duty.places[0]]
    titles = [title for title in outline.titles(paragraph) if not read_field(title + ":") and not duty.text.startswith(title)]
    extra: dict[str, Any] = {"section": duty.section, "heading": " › ".join(titles)}
    if duty.directed:
        extra["directed"] = list(duty.directed)
    if duty.address:
        extra["addressee"] = duty.address
    opener = outline.paragraphs[paragraph.parents[-1]] if paragraph.parents else None
    if opener and not opener.heading and opener.text != duty.text:
        extra["context"] = opener.text
    source = Source(file, lines=(min(duty.lines), max(duty.lines)))
    return Row(plan_id, "duty", no, duty.text, source, group=group_of(duty.section), lead=duty.lead, coop=duty.coop, due=duty.due,
               result=duty.result, rrule=duty.rrule, wording=paragraph.wording, doubt="; ".join(duty.doubts) or None, extra=extra)
