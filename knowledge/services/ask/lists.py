"""Lists and counts: tasks or indicators of an agency, a period, a group, a topic; what is late, what comes due soon."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from knowledge.entities import Entity
from knowledge.model import Row
from knowledge.services.ask import cells, reading
from knowledge.services.ask import wording as w
from knowledge.services.ask.base import MEASURE_KINDS, KnowledgeBase
from knowledge.services.ask.groups import group_of
from knowledge.services.ask.linking import QUIET_KINDS, Calibration, content, query_of, scope, where_looked
from knowledge.services.ask.question import Answer, Question
from knowledge.text.normalize import blot, fold

_ITS_PAPER = re.compile(r"\b(?:trong|theo) (?:ke hoach|thong bao|ket luan|bao cao|nghi quyet|van ban|chuong trinh)(?: cua)? $")
_BESIDE = re.compile(r"\s*(,|va|voi|cung|cung voi|&|\+)\s*")
_GUESSED = 0.5
_ABOUT = re.compile(r"\b(?:nhiem vu|viec|dau viec|chi tieu|muc tieu|de an|nv)(?: nao)? (?:ve|lien quan(?: den| toi)?|thuoc linh vuc|mang) ")
INTENTS = ("list_tasks", "count_tasks", "list_indicators", "count_indicators", "list_overdue", "list_upcoming")
SOON = timedelta(days=30)
_SHORT_TOPIC = 0.6  # what a topic of two syllables ("sáng chế") weighs
_DUE_BEFORE = re.compile(r"\b(?:co han|den han|toi han|han|phai xong|hoan thanh)(?: [a-z]+){0,2} $")
OPEN_KINDS = {"regular": ("recurring",), "onward": ("from_year_on",), "any": ("recurring", "from_year_on")}


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to. JSON in and out through the conversation, so that "còn Sở Y tế?" changes one of them.

    `alone`: without cooperating agency · `leads`: so many leading agencies at least · `quoted`: the deadline as the plan writes it ·
    `without`: rows that were told already and are left out · `paper`: the kind of paper that the work is ("đề án") ·
    `unled`: without leading agency · `result`: what the column of results must say · `value`, `compared`: the percentage of a target ·
    `late_by`: how long at least it is overdue, `as_of` then being the day before which it was due.
    """

    measures: bool = False
    agencies: tuple[str, ...] = ()
    role: str | None = None
    start: str | None = None
    end: str | None = None
    recurring: str | None = None
    overdue: bool = False
    upcoming: bool = False
    group: str | None = None
    topic: str | None = None
    spanning: bool = False
    under: str | None = None
    unit: str | None = None
    as_of: str | None = None
    alone: bool = False
    leads: int | None = None
    quoted: str | None = None
    without: tuple[str, ...] = ()
    paper: str | None = None
    unled: bool = False
    result: str | None = None
    value: float | None = None
    compared: str = ""
    late_by: str | None = None

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Filters:
        """Reads stored filters."""
        known: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items() if k in cls.__dataclass_fields__}
        return cls(**known)

    def as_dict(self) -> dict[str, Any]:
        """The form that is stored."""
        return {k: list(v) if isinstance(v, tuple) else v for k, v in self.__dict__.items() if v not in (None, (), False, {}, "")}

    @property
    def narrow(self) -> bool:
        """Is anything narrowed at all?"""
        return bool(self.as_dict().keys() - {"measures", "role", "as_of", "without"})


def answer_list(question: Question, kb: KnowledgeBase) -> Answer:
    """Answers a question for a list or a count."""
    if _asks_own(question) and not question.agency and not question.named("agency"):
        text = "Tôi chưa biết anh/chị thuộc cơ quan nào. Anh/chị cho biết tên cơ quan, ví dụ: “nhiệm vụ của Sở Y tế”."
        return Answer(
            "clarify",
            text,
            context=replace(question.context, intent=question.intent, text=question.text, focus=(), choices=()),
            intent=question.intent,
        )
    filters = read_filters(question, kb)
    before = Filters.from_dict(question.context.filters)
    if not filters.narrow and before.narrow and len(question.text.split()) <= 5 and not question.entities:
        filters = before  # "có mấy việc?" right after a list or a group is about that list
    return list_with(question, kb, filters)


def _asks_own(question: Question) -> bool:
    """Does the sentence that asks speak of the asker's agency? "Phòng tôi đang lập lịch." before it only tells why."""
    first, last = question.asking
    return reading.asks_own(replace(question, text=question.text[first:last], entities=()))


def read_filters(question: Question, kb: KnowledgeBase) -> Filters:
    """What the question narrows its list to."""
    measures = question.intent in ("list_indicators", "count_indicators")
    if measures != reading.speaks_of_indicators(question) and (reading.speaks_of_tasks(question) or reading.speaks_of_indicators(question)):
        measures = reading.speaks_of_indicators(question)
    overdue = question.intent == "list_overdue" or (question.intent in ("list_tasks", "count_tasks") and reading.asks_overdue(question))
    agencies = _agencies(question, kb)
    if reading.asks_own(question) and question.agency and not agencies:
        agencies = (kb.slug(question.agency),)
    before = reading.within_span(question) if question.context.listed else None
    again = replace(question, entities=tuple(e for e in question.entities if not (before and before[0] <= e.start and e.end <= before[1])))
    periods = periods_asked(again)
    start, end = (periods[0]["start"], periods[0]["end"]) if periods else (None, None)
    as_of = end if overdue and end and not start else None  # "tính đến 20/6/2025"
    late = cells.late_by(question, date.fromisoformat(as_of) if as_of else question.now.date()) if overdue else None
    if late or overdue and not (start and end and _dated(question)):
        start = end = None
    if len(periods) == 2 and measures and all(p["start"] and p["end"] for p in periods):
        start, end = min(p["start"] or "" for p in periods), max(p["end"] or "" for p in periods)
    if len(periods) == 2 and not overdue and (start is None) != (periods[1]["start"] is None):
        start, end = start or periods[1]["start"], end or periods[1]["end"]
    recurring = None
    if not measures and not overdue:
        recurring = reading.open_ended_asked(question)
    if recurring == "onward":
        start = end = None
    upcoming = question.intent == "list_upcoming" and not (start or end)
    role = reading.role_asked(question)
    quoted = None if measures else reading.deadline_quoted(question)
    if quoted:
        start = end = recurring = None
    alone, leads = not measures and reading.asks_without_coop(question), None if measures else reading.leads_at_least(question)
    role = None if alone or leads else role
    unled = reading.asks_without_lead(question)
    role = None if unled else role
    narrow = bool(alone or leads or quoted or role in ("joint", "sole") or agencies or start or end)
    result = None if measures else cells.result_asked(question)
    upcoming = upcoming and not (result and question.confidence < _GUESSED)  # "phải trình nghị quyết" says nothing of a time
    if result is not None:
        agencies = tuple(s for s in agencies if not _within(question, s, result[1]))
    value = cells.value_asked(question) if measures else None
    narrow = narrow or bool(unled or overdue or recurring or upcoming or result or value)
    group = None if measures else group_of(question, kb)
    if group and not question.named("agency"):
        agencies = () if not reading.asks_own(question) else agencies  # "nhóm hạ tầng khoa học công nghệ" names a field, not a department
    under = _heading(question, kb) if measures else None
    said = [span for span in (result and result[1], value and value.span) if span]
    topic = None if group or under or unled else _topic(question, kb, measures, narrow, said)
    spanning = bool(start and end and start[:4] != end[:4]) and reading.spans_years(question)
    unit = reading.unit_asked(question) if measures else None
    return Filters(
        measures,
        agencies,
        role,
        start,
        end,
        recurring,
        overdue,
        upcoming,
        group,
        None if unit else topic,
        spanning,
        under,
        unit,
        late.before.isoformat() if late else as_of,
        alone,
        leads,
        quoted,
        question.context.focus if reading.asks_beside(question) else (),
        None if measures or result else reading.paper_asked(question),
        unled,
        result[0] if result else None,
        value.number if value else None,
        value.how if value else "",
        late.words if late else None,
    )


def _within(question: Question, slug: str, span: tuple[int, int]) -> bool:
    """Is an agency named only in this part of the question? In "ra quyết định UBND tỉnh" it issues a paper, it leads nothing."""
    named = [e for e in question.entities if e.value == slug]
    return bool(named) and all(span[0] <= e.start and e.end <= span[1] for e in named)


def _dated(question: Question) -> bool:
    """Is a period given by its own number ("hạn năm 2026"), not counted from today?"""
    return any(e.kind == "period" and any(c.isdigit() for c in e.text) for e in question.entities)


def _heading(question: Question, kb: KnowledgeBase) -> str | None:
    """The indicator with parts of its own that the list is of: by number ("mục 5") or by name ("phần hạ tầng số")."""
    inside = scope(question, kb)
    with_parts = {r.no.rpartition(".")[0] for r in kb.rows if r.kind == "indicator" and "." in r.no and inside(r)}
    for kind in ("indicator_no", "row_no", "task_no"):
        for number in question.named(kind):
            if number in with_parts:
                return str(number)
    query = query_of(question, kb)
    hits = kb.index.search(query, lambda r: r.kind == "indicator" and r.no in with_parts and inside(r)) if query.mass >= 0.4 else []
    return hits[0].row.no if hits and hits[0].coverage >= 0.75 and hits[0].title >= 0.5 else None


def _meant(kb: KnowledgeBase, agency: Entity) -> list[str]:
    """The agencies that a name may mean: "Ngân hàng Nhà nước" is the bank and its branch in the province."""
    return list(dict.fromkeys([agency.value, *(a.slug for a in kb.registry.candidates(agency.text))])) if agency.text else [agency.value]


def _stands_for_many(kb: KnowledgeBase, slug: str) -> bool:
    found = kb.registry.get(slug)
    return found is not None and found.kind == "collective"


def _agencies(question: Question, kb: KnowledgeBase) -> tuple[str, ...]:
    """The agencies that the list is of: those of the sentence that asks, else those that a sentence before gives work to."""
    first, last = question.asking
    named = [e for e in question.entities if e.kind == "agency" and first <= e.start < last and not _issues(question, e)]
    asked = [slug for e in named for slug in _meant(kb, e)]
    if not asked:
        asked = [e.value for e in _given_work(question)]
    if not asked and not question.named("agency") and not reading.asks_own(question):
        asked = [
            e.value
            for e in question.entities
            if e.kind == "agency_weak" and reading.acts(question, e) and not _stands_for_many(kb, e.value)
        ]
    return tuple(s for s in dict.fromkeys(asked) if not _stands_for_many(kb, s) or _named_in_plans(kb, s))


def _issues(question: Question, agency: Entity) -> bool:
    """Is an agency named only as whose paper it is: "trong kế hoạch Tỉnh ủy"?"""
    return bool(_ITS_PAPER.search(fold(question.text[: agency.start])))


def _given_work(question: Question) -> list[Entity]:
    """The agencies that the question gives work to, with those that are named beside one ("Sở A với Sở B cùng chủ trì")."""
    out: list[Entity] = []
    for e in question.entities:
        beside = bool(out) and _BESIDE.fullmatch(fold(question.text[out[-1].end : e.start])) is not None
        if e.kind == "agency" and not _issues(question, e) and (beside or reading.gives_work(question, e)):
            out.append(e)
    return out


def _named_in_plans(kb: KnowledgeBase, slug: str) -> bool:
    """Is a collective ("các huyện, thị xã, thành phố") named in a row, and not just a way of asking ("nhiều cơ quan")?"""
    return any(kb.leads(r, slug) or kb.cooperates(r, slug) for r in kb.rows)


def periods_asked(question: Question) -> list[dict[str, str | None]]:
    """The times of the sentence that asks, else those that another calls deadlines; "tuần sau họp" before it is none."""
    first, last = question.asking
    periods = [e for e in question.entities if e.kind == "period"]
    asked = [e.value for e in periods if first <= e.start < last]
    return asked or [e.value for e in periods if _DUE_BEFORE.search(fold(question.text[: e.start]))]


def _topic(question: Question, kb: KnowledgeBase, measures: bool, narrow: bool, said: Sequence[tuple[int, int]]) -> str | None:
    """The words that a list is about beside its filters, out of the sentence that asks; None where they say too little.

    `said`: what was understood as a filter on a cell.
    """
    first, last = question.asking
    asked = blot(question.text[first:last], [(s - first, e - first) for s, e in said if first <= s and e <= last])
    spans = [(s - first, e - first) for s, e in question.spans(*QUIET_KINDS) if first <= s and e <= last]
    query = kb.index.read(asked, spans)
    if query.mass < (1.4 if narrow else _SHORT_TOPIC):
        return _outright(question, asked, kb)
    kinds = MEASURE_KINDS if measures else ("task", "duty")
    inside = scope(question, kb)
    hits = kb.index.search(query, lambda r: r.kind in kinds and inside(r))
    if (narrow or query.mass < 1.0) and (not hits or hits[0].coverage < Calibration.load().sure_coverage):
        return _outright(question, asked, kb)
    return asked


def _outright(question: Question, asked: str, kb: KnowledgeBase) -> str | None:
    """What the question says outright that its list is about ("chỉ tiêu về xe điện"), though no row may hold it."""
    said = _ABOUT.search(fold(asked))
    if said is None:
        return None
    at = question.asking[0] + said.end()
    spans = [(s - at, e - at) for s, e in question.spans(*QUIET_KINDS) if s >= at]
    return asked[said.end() :] if kb.index.read(asked[said.end() :], spans).mass >= Calibration.load().subject_mass else None


def list_with(question: Question, kb: KnowledgeBase, filters: Filters) -> Answer:
    """The answer for a list narrowed by the filters."""
    unknown_group = filters.group is None and not filters.measures and bool(question.named("group_no"))
    if not filters.narrow and not unknown_group and _leftover(question, kb):
        return _which(question, kb)
    rows = [] if unknown_group else select(question, kb, filters)
    if unknown_group:
        return Answer(
            "not_found",
            f"Không có nhóm này trong {where_looked(question, kb)}.",
            context=replace(question.context, choices=()),
            intent=question.intent,
        )
    if not rows:
        return _empty(question, kb, filters)
    facts = {"count": len(rows)}
    context = replace(
        question.context,
        intent=question.intent,
        text=question.text,
        focus=(),
        choices=(),
        listed=tuple(r.ref for r in rows),
        shown=min(w.PAGE, len(rows)),
        filters=filters.as_dict(),
    )
    if len(rows) == 1:
        context = replace(context, focus=(rows[0].ref,))
        facts |= rows[0].facts()
    head = f"Có {len(rows)} {describe(question, kb, filters)}"
    if question.intent.startswith("count") and len(rows) > w.PAGE:
        body = f"{head}. Gõ “liệt kê” hoặc “xem thêm” để xem từng mục."
        context = replace(context, shown=0)
    else:
        body = w.paragraph(head + ":", *lines(rows[: w.PAGE]), more_hint(len(rows), w.PAGE))
    text = w.paragraph(body, _collective_note(question, kb, filters, rows), _now_held(kb, filters), w.source(kb, rows))
    return Answer(
        "answer",
        text,
        tuple(r.ref for r in rows),
        facts,
        context=context,
        intent=question.intent,
        replies=("Xem thêm",) if len(rows) > w.PAGE else (),
    )


def _leftover(question: Question, kb: KnowledgeBase) -> bool:
    """Does the question say more than "which tasks are there", without it being understood as a filter?"""
    return content(question, kb) >= 0.6


def _which(question: Question, kb: KnowledgeBase) -> Answer:
    """Asks back with the groups, or the first indicators, rather than listing everything."""
    inside = scope(question, kb)
    if question.intent in ("list_indicators", "count_indicators"):
        head = "Anh/chị muốn xem chỉ tiêu nào ạ? Có thể hỏi theo cơ quan theo dõi, theo năm, hoặc theo nội dung, ví dụ:"
        offered = [r for r in kb.rows if r.kind == "indicator" and inside(r) and "." not in r.no][: w.PAGE]
        choices = tuple(r.ref for r in offered)  # a group is picked by its number, a row by its place too
    else:
        head = "Anh/chị muốn xem nhiệm vụ nào ạ? Có thể hỏi theo cơ quan, theo thời hạn, hoặc theo nhóm:"
        offered = [g for g in kb.groups if inside(g)]
        choices = ()
    return Answer(
        "clarify",
        w.paragraph(head, *[f"{n}. {w.upper(w.label(r))}: {w.short(r.name, 16)}" for n, r in enumerate(offered, 1)]),
        choices=tuple(r.ref for r in offered),
        context=replace(question.context, intent=question.intent, text=question.text, focus=(), choices=choices),
        intent=question.intent,
    )


def lines(rows: Sequence[Row]) -> list[str]:
    """One line a row; the name of an only row in full."""
    out = []
    for r in rows:
        tail = "; ".join(
            p
            for p in (
                f"chủ trì: {w.names(r.lead)}" if r.lead else "",
                f"hạn: {r.due.text}" if r.due and r.due.text else "",
                f"đạt: {r.target}" if r.target else "",
            )
            if p
        )
        out.append(f"• {w.upper(w.label(r))}: {r.name if len(rows) == 1 else w.short(r.name, 18)}" + (f" ({tail})" if tail else ""))
    return out


def more_hint(total: int, shown: int) -> str:
    """How to see the rest; empty when all is shown."""
    return f"Còn {total - shown} mục, gõ “xem thêm” để xem tiếp." if total > shown else ""


def _test(question: Question, kb: KnowledgeBase, filters: Filters) -> Callable[[Row], bool]:
    """All filters as one test; what they need is looked up once."""
    inside = scope(question, kb)
    topic = _topic_refs(question, kb, filters) if filters.topic else None
    groups = [names_then(kb, s) for s in filters.agencies]
    today = date.fromisoformat(filters.as_of) if filters.as_of else question.now.date()

    def passes(row: Row) -> bool:
        if filters.unit and (not row.unit or fold(row.unit) not in filters.unit and filters.unit not in fold(row.unit)):
            return False
        if filters.under and not (row.kind == "indicator" and row.no.startswith(f"{filters.under}.")):
            return False
        if filters.unled and row.lead:
            return False
        if filters.result and not cells.has_result(row, filters.result):
            return False
        if filters.value is not None and not cells.Value(filters.value, filters.compared).holds(row):
            return False
        if filters.paper and fold(filters.paper) not in fold(row.name):
            return False
        if filters.alone and row.coop or filters.leads and len(row.lead) < filters.leads:
            return False
        if filters.quoted and not (row.due and fold(row.due.text).replace(" ", "") == fold(filters.quoted).replace(" ", "")):
            return False
        return (
            inside(row)
            and (filters.group is None or row.group == filters.group)
            and (topic is None or row.ref in topic)
            and _in_time(row, today, filters)
            and _of_agency(row, kb, filters, groups)
            and row.ref not in filters.without
        )

    return passes


def select(question: Question, kb: KnowledgeBase, filters: Filters) -> list[Row]:
    """The rows that pass all filters, in the order of the plans; for work done, tasks of a plan before duties from meetings."""
    passes = _test(question, kb, filters)
    if question.context.listed and reading.asks_within(question):
        return [r for r in map(kb.by_ref.get, question.context.listed) if r is not None and passes(r)]
    if filters.measures:
        return [r for r in kb.rows if r.kind in MEASURE_KINDS and (r.target or r.lead or r.kind == "target") and passes(r)]
    for kind in ("task", "duty"):
        rows = [r for r in kb.rows if r.kind == kind and passes(r)]
        if rows:
            return rows
    return []


def _of_agency(row: Row, kb: KnowledgeBase, filters: Filters, groups: Sequence[Sequence[str]]) -> bool:
    if filters.role == "joint" and len(row.lead) < 2:
        return False
    if not groups:
        return filters.role != "sole" or len(row.lead) == 1
    checks: dict[str | None, Callable[[str], bool]] = {
        "lead": lambda s: kb.leads(row, s),
        "joint": lambda s: kb.leads(row, s),
        "sole": lambda s: kb.leads(row, s) and len(row.lead) == 1,
        "coop": lambda s: kb.cooperates(row, s),
        "only_coop": lambda s: kb.cooperates(row, s) and not kb.leads(row, s),
        "both": lambda s: kb.leads(row, s) or kb.cooperates(row, s),
        "shared": lambda s: kb.leads(row, s) or kb.cooperates(row, s),
    }
    check = checks[filters.role or "lead"]
    several = filters.role in ("joint", "shared") and len(groups) > 1
    return (all if several else any)(any(check(s) for s in group) for group in groups)


def names_then(kb: KnowledgeBase, slug: str) -> tuple[str, ...]:
    """The agency itself or, where no plan names it because it is new, those whose work it took over."""
    named = any(kb.leads(r, slug) or kb.cooperates(r, slug) for r in kb.rows)
    return (slug,) if named else (slug, *(a.slug for a in kb.registry.predecessors_of(slug)))


def _in_time(row: Row, today: date, filters: Filters) -> bool:
    last = row.due.date if row.due else None
    if filters.recurring:
        return bool(row.due and row.due.kind in OPEN_KINDS[filters.recurring])
    if filters.overdue and not (last is not None and last < today):
        return False
    if filters.upcoming:
        return last is not None and today <= last <= today + SOON
    if not (filters.start or filters.end):
        return True
    if filters.spanning:
        return bool(
            row.due
            and row.due.kind == "range"
            and row.due.start
            and row.due.start.isoformat() == filters.start
            and last
            and last.isoformat() == filters.end
        )
    if filters.measures:
        first, until = (filters.start or filters.end or "")[:4], (filters.end or filters.start or "")[:4]
        return row.year is not None and int(first) <= row.year <= int(until)
    return (
        last is not None
        and (not filters.start or last.isoformat() >= filters.start)
        and (not filters.end or last.isoformat() <= filters.end)
    )


def _topic_refs(question: Question, kb: KnowledgeBase, filters: Filters) -> set[str]:
    assert filters.topic is not None
    first, last = question.asking
    at = first if len(filters.topic) == last - first else question.text.find(filters.topic)
    spans = [(s - at, e - at) for s, e in question.spans(*QUIET_KINDS) if s >= at] if at >= 0 else []
    query = kb.index.read(filters.topic, [(s, e) for s, e in spans if e <= len(filters.topic)])
    kinds = MEASURE_KINDS if filters.measures else ("task", "duty")
    hits = kb.index.search(query, lambda r: r.kind in kinds, limit=80)
    least = Calibration.load().least_coverage
    if not hits or hits[0].coverage < least:
        return set()
    return {h.row.ref for h in hits if h.coverage >= max(least, 0.75 * hits[0].coverage)}


def describe(question: Question, kb: KnowledgeBase, filters: Filters) -> str:
    """What the list holds, in words: `nhiệm vụ do Sở Y tế chủ trì, đến hạn …`."""
    parts = ["chỉ tiêu" if filters.measures else "nhiệm vụ"]
    if filters.paper:
        parts.append(f"là {filters.paper}")
    if filters.agencies:
        who = w.names([kb.agency(s).name for s in filters.agencies])
        roles = {
            "coop": f"{who} phối hợp",
            "only_coop": f"{who} chỉ phối hợp",
            "both": f"{who} chủ trì hoặc phối hợp",
            "sole": f"một mình {who} chủ trì",
            "joint": f"{who} đồng chủ trì",
            "shared": f"{who} cùng tham gia",
        }
        parts.append("do " + (f"{who} theo dõi" if filters.measures else roles.get(filters.role or "lead", f"{who} chủ trì")))
    elif filters.role == "joint":
        parts.append("có nhiều cơ quan cùng chủ trì")
    if filters.unled:
        parts.append("không ghi cơ quan theo dõi" if filters.measures else "không ghi cơ quan chủ trì")
    if filters.alone:
        parts.append("không ghi cơ quan phối hợp")
    if filters.leads:
        parts.append(f"có từ {filters.leads} cơ quan cùng chủ trì")
    if filters.quoted:
        parts.append(f"ghi thời hạn đúng “{filters.quoted}”")
    if filters.result:
        parts.append(f"có kết quả là “{filters.result}”")
    if filters.value is not None:
        parts.append(f"đặt mức {_value_words(filters)}")
    if filters.group:
        parts.append(f"thuộc nhóm {filters.group}")
    if filters.unit:
        parts.append(f"có đơn vị tính “{filters.unit}”")
    if filters.under:
        parts.append(f"thành phần của chỉ tiêu {filters.under}")
    if filters.spanning:
        return " ".join([*parts, f"làm trong các năm {(filters.start or '')[:4]}–{(filters.end or '')[:4]}"])
    if filters.late_by:
        parts.append(f"đã quá hạn hơn {filters.late_by}")
    elif filters.overdue:
        parts.append(f"đã quá hạn tính đến {w.day(date.fromisoformat(filters.as_of) if filters.as_of else question.now.date())}")
    if filters.upcoming:
        parts.append(f"đến hạn trong 30 ngày tới (đến {w.day(question.now.date() + SOON)})")
    if filters.recurring:
        parts.append(
            {"regular": "làm thường xuyên", "onward": "làm trong nhiều năm tiếp theo", "any": "không ấn định ngày kết thúc"}[
                filters.recurring
            ]
        )
    if filters.start or filters.end:
        parts.append(_period_words(filters))
    if filters.topic:
        parts.append("về nội dung anh/chị hỏi")
    return " ".join(parts)


def _value_words(filters: Filters) -> str:
    """`từ 90% trở lên`, `100%`."""
    number = f"{filters.value:g}".replace(".", ",") + "%"
    words = {"tren": "trên", "hon": "trên", "vuot": "trên", ">": "trên", "duoi": "dưới", "<": "dưới", "tro xuong": "không quá"}
    return f"{words[filters.compared]} {number}" if filters.compared in words else f"từ {number} trở lên" if filters.compared else number


def _period_words(filters: Filters) -> str:
    start = w.day(date.fromisoformat(filters.start)) if filters.start else None
    end = w.day(date.fromisoformat(filters.end)) if filters.end else None
    if filters.measures:
        return f"đến năm {(filters.end or filters.start or '')[:4]}"
    if start and end:
        return f"đến hạn từ {start} đến {end}"
    return f"đến hạn từ {start}" if start else f"đến hạn chậm nhất {end}"


def _collective_note(question: Question, kb: KnowledgeBase, filters: Filters, rows: Sequence[Row]) -> str:
    """Rows that name the agency only through a collective ("các sở, ban, ngành") are counted apart, not listed."""
    if not filters.agencies or filters.measures or filters.role in ("sole", "joint", "shared"):
        return ""
    agencies = [kb.agency(s) for s in filters.agencies]
    role = filters.role or "lead"
    inside = scope(question, kb)
    shared = [
        r
        for r in kb.rows
        if r.kind == "task"
        and inside(r)
        and r not in rows
        and _in_time(r, question.now.date(), filters)
        and any((role != "coop" and kb.covered(r.lead, a)) or (role in ("coop", "both") and kb.covered(r.coop, a)) for a in agencies)
    ]
    if not shared:
        return ""
    numbers = ", ".join(r.no for r in shared[:12]) + ("…" if len(shared) > 12 else "")
    return (
        f"Ngoài ra có {len(shared)} nhiệm vụ giao chung cho nhiều cơ quan (“các sở, ban, ngành”, “các địa phương”), "
        f"không nêu riêng tên: {numbers}."
    )


def _now_held(kb: KnowledgeBase, filters: Filters) -> str:
    notes = [w.successors(kb, [kb.agency(s).name]) for s in filters.agencies]
    return w.paragraph(*notes)


def _empty(question: Question, kb: KnowledgeBase, filters: Filters) -> Answer:
    """No row passes: said plainly, with what is near."""
    text = w.paragraph(
        f"Không có {describe(question, kb, filters)} trong {where_looked(question, kb)}.", _collective_note(question, kb, filters, ())
    )
    context = replace(
        question.context, intent=question.intent, text=question.text, choices=(), listed=(), shown=0, filters=filters.as_dict()
    )
    if filters.topic and not filters.agencies:
        return Answer("not_found", text, context=context, intent=question.intent)
    return Answer("answer" if filters.narrow else "not_found", text, facts={"count": 0}, context=context, intent=question.intent)
