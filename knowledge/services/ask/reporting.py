"""Reporting regimes: who reports to whom, when, how often; regular inspections and reviews too.

A sentence of a plan may give several recurrences ("3 tháng, 6 tháng, 1 năm"): one regime, one line in the answer. Where no regime
fits, a duty about reporting answers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from knowledge.model import Row
from knowledge.services.ask import facts as prose
from knowledge.services.ask import wording as w
from knowledge.services.ask.base import KnowledgeBase
from knowledge.services.ask.kept import kept
from knowledge.services.ask.linking import province_of, scope, where_looked
from knowledge.services.ask.question import Answer, Question
from knowledge.services.ask.sayings import Words
from knowledge.text.normalize import fold

INTENTS = ("ask_reporting",)
_HOUR = re.compile(r"\b(?:may gio|thu may|ngay nao|khi nao|bao gio|luc nao)\b")
_ELLIPTIC = 0.3
_SHOWN = 6
_LITTLE = 0.8  # what a question says that says little more than "báo cáo"
_FREQUENCIES = {
    "WEEKLY": re.compile(r"\b(hang|moi|trong|theo|bao cao|bc) tuan\b|\b(thu|t) ?(hai|ba|tu|nam|sau|bay|[2-7])\b|\bthu may\b"),
    "MONTHLY": re.compile(r"\b(hang|moi|theo|bao cao|bc) thang\b|\bthang/lan\b"),
    "QUARTERLY": re.compile(r"\b(hang|moi|theo|bao cao|bc) quy\b|\b3 thang\b"),
    "YEARLY": re.compile(r"\b(hang|moi) nam\b|\bbao cao nam\b"),
}
_ABOUT_REPORTING = re.compile(r"\b(bao cao|so ket|tong ket|kiem tra|giam sat|hop|thong tin|kien nghi|vuong mac|don doc|tong hop)\b")
_DIFFICULTY = re.compile(r"\b(kho khan|vuong mac|vuot tham quyen|kien nghi)\b")
_VERB = re.compile(r"\b(bao cao|bc|gui|nop|tong hop|so ket|tong ket|kiem tra|to chuc)\b")
_HOW_OFTEN = re.compile(r"\b(dinh ky|dinh ki|bao lau|may lan|chu ky|may thang|the nao)\b")
_WHERE_TO = re.compile(r"\b(gui|nop|bao cao|bc|trinh)\b.{0,20}\b(dau|ai|co quan nao|noi nao|don vi nao)\b")
_FORM = re.compile(
    r"\b(bao cao|bc|gui|nop|trinh|tong hop|so ket|tong ket|che do|chu ky|chu ki|dinh ky|dinh ki|hang (?:tuan|thang|quy|nam)|tuan|truoc|trc"
    r"|may gio|may lan|bao lau|(?:chieu |sang )?(?:thu|t) ?(?:hai|ba|tu|nam|sau|bay|[2-7])|chieu|sang|tiep|don vi|co quan|e|la sao|v)\b"
)
_TO_WHOM = re.compile(r"\b(?:bao cao|gui)(?: ve| cho| len)? (?:thuong truc|ban|van phong|so|uy ban|tinh uy|dang uy|hoi dong|ubnd|hdnd)\b")
_CONCRETE = 0.45
_EVERY = {"DAILY": "ngày", "WEEKLY": "tuần", "MONTHLY": "tháng", "YEARLY": "năm"}
_DAYS = {"MO": "thứ Hai", "TU": "thứ Ba", "WE": "thứ Tư", "TH": "thứ Năm", "FR": "thứ Sáu", "SA": "thứ Bảy", "SU": "Chủ nhật"}


@dataclass(frozen=True)
class Regime:
    """Rows that are one sentence's regime with its several recurrences, or one duty about reporting."""

    rows: tuple[Row, ...]

    @property
    def row(self) -> Row:
        """The first, which tells all but the recurrence."""
        return self.rows[0]

    @property
    def rules(self) -> tuple[str, ...]:
        """The recurrences, RFC 5545."""
        return tuple(dict.fromkeys(r.rrule for r in self.rows if r.rrule))


def regimes(kb: KnowledgeBase) -> tuple[Regime, ...]:
    """All regimes, and the duties about reporting that none of them tells, in reading order."""
    return kept(kb, "regimes", _collect)


def _collect(kb: KnowledgeBase) -> tuple[Regime, ...]:
    together: dict[tuple[str, str, str], list[Row]] = {}
    duties: list[Row] = []
    for row in kb.rows:
        if row.kind == "reporting":
            together.setdefault((row.plan, str(row.extra.get("section", row.no)), row.name), []).append(row)
        elif row.kind == "duty" and _ABOUT_REPORTING.search(fold(row.name)):
            duties.append(row)
    told = {(plan, name) for plan, _, name in together}
    rest = [Regime((d,)) for d in duties if (d.plan, d.name) not in told]
    return (*(Regime(tuple(rows)) for rows in together.values()), *rest)


def answer_reporting(question: Question, kb: KnowledgeBase) -> Answer:
    """The regimes that the question means; duties about reporting, or a quotation, where none does."""
    inside = scope(question, kb)
    held = [r for r in regimes(kb) if inside(r.row)]
    told = [r for r in held if r.row.ref in question.context.focus]
    if told and _query(question, kb).mass < _ELLIPTIC:
        return _tell(question, kb, told)  # "trước mấy giờ?" after a regime
    chosen = _each_province(question, kb, held) or _choose(question, kb, held) or _by_form(question, kb, held)
    chosen = chosen or _of_story(question, kb, held)
    if not chosen:
        quoted = prose.instead(question, kb)
        if quoted is not None:
            return quoted
        text = f"{w.upper(where_looked(question, kb, 'văn bản'))} không quy định chế độ báo cáo như anh/chị hỏi."
        return Answer("not_found", text, context=replace(question.context, choices=()), intent=question.intent)
    plans = dict.fromkeys(r.row.plan for r in chosen)
    if len(plans) > 1 and not province_of(question, kb) and _query(question, kb, formal=True).mass >= _LITTLE:
        best = chosen[0].row.plan
        chosen = [r for r in chosen if r.row.plan == best] if _clearly(question, kb, chosen) else chosen
    return _tell(question, kb, chosen)


def _choose(question: Question, kb: KnowledgeBase, held: Sequence[Regime]) -> list[Regime]:
    """The regimes that fit best: by what is reported, who reports, how often."""
    held = _of_subject(question, kb, held)
    scored = sorted(((_score(question, kb, r), n) for n, r in enumerate(held)), key=lambda x: (-x[0], x[1]))
    if not scored:
        return []
    least = _least(question, kb)
    best = scored[0][0]
    return [held[n] for score, n in scored if score >= max(least, 0.85 * best)][:_SHOWN]


def _each_province(question: Question, kb: KnowledgeBase, held: Sequence[Regime]) -> list[Regime]:
    """The regimes of every province, where the question says little more than "chế độ báo cáo" and no province narrows it."""
    if province_of(question, kb) or _query(question, kb, formal=True).mass >= _LITTLE or question.named("agency"):
        return []
    regular = [r for r in held if r.rules]
    places = list(dict.fromkeys(kb.plans[r.row.plan].province for r in regular if r.row.plan in kb.plans))
    each = max(1, _SHOWN // max(1, len(places)))
    fits = {r.row.ref: (_score(question, kb, r, formal=True), _score(question, kb, r)) for r in regular}
    regular.sort(key=lambda r: fits[r.row.ref], reverse=True)
    chosen = [
        [r for r in regular if kb.plans[r.row.plan].province == place and fits[r.row.ref][0] >= _CONCRETE][:each] for place in places
    ]
    return [r for some in chosen for r in some] if sum(map(bool, chosen)) > 1 else []


def _of_subject(question: Question, kb: KnowledgeBase, held: Sequence[Regime], others: bool = True) -> Sequence[Regime]:
    """The regimes of the agency that reports, where the question names it before the verb and some regime is its own."""
    verb = _VERB.search(fold(question.text))
    slugs = [e.value for e in question.entities if e.kind == "agency" and verb and e.start < verb.start()]
    own = [r for r in held if any(kb.leads(r.row, s) for s in slugs)]
    return own or held if others else own


def _least(question: Question, kb: KnowledgeBase) -> float:
    """How well a regime must fit: little where the question says little more than "báo cáo"."""
    if _DIFFICULTY.search(fold(question.text)):
        return 0.3
    return 0.45 if _query(question, kb).mass >= _LITTLE else 0.25


def _query(question: Question, kb: KnowledgeBase, formal: bool = False) -> Any:
    """The question's words; `formal`: without those that only say that something is reported, by whom and how often."""
    form = [*question.spans("agency"), *(m.span() for m in _FORM.finditer(fold(question.text)))] if formal else []
    return kb.index.read(question.text, [*question.spans("province", "period"), *form])


def _of_story(question: Question, kb: KnowledgeBase, held: Sequence[Regime]) -> list[Regime]:
    """What a question at the end of a story means: how often is said before ("nộp báo cáo tuần trễ. … phải gửi trước mấy giờ?")."""
    text = fold(question.text)
    often = [f for f, pattern in _FREQUENCIES.items() if pattern.search(text)]
    if question.asking[0] == 0 or len(often) != 1 or not _HOUR.search(text):
        return []
    rules = _rules_of_sections(kb)
    return [r for r in held if any(_matches(rule, often[0]) for rule in rules.get(_section(r.row), ())) and r.rules][:_SHOWN]


def _by_form(question: Question, kb: KnowledgeBase, held: Sequence[Regime]) -> list[Regime]:
    """The regimes told by how often, by whom and to whom alone ("bc tuần nộp trước mấy giờ thứ sáu"); [] where that is not enough."""
    text = fold(question.text)
    often = [f for f, pattern in _FREQUENCIES.items() if pattern.search(text)]
    rules = _rules_of_sections(kb)
    fitting = [r for r in held if any(_matches(rule, f) for rule in rules.get(_section(r.row), ()) for f in often)]
    fitting = [r for r in _of_subject(question, kb, fitting) if not _WHERE_TO.search(text) or _says_to(r.row)]
    if _query(question, kb, formal=True).mass >= _LITTLE and not _of_subject(question, kb, fitting, others=False):
        return []
    scored = sorted(((_score(question, kb, r, formal=True), n) for n, r in enumerate(fitting)), key=lambda x: (-x[0], x[1]))
    return [fitting[n] for score, n in scored if score >= max(_CONCRETE, 0.85 * scored[0][0])][:_SHOWN]


def _section(row: Row) -> tuple[str, str]:
    return row.plan, str(row.extra.get("section", row.no))


def _rules_of_sections(kb: KnowledgeBase) -> dict[tuple[str, str], set[str]]:
    """The recurrences that a section tells: a duty in it ("… tổng hợp, báo cáo Thường trực") shares them."""

    def collect(base: KnowledgeBase) -> dict[tuple[str, str], set[str]]:
        out: dict[tuple[str, str], set[str]] = {}
        for regime in regimes(base):
            out.setdefault(_section(regime.row), set()).update(regime.rules)
        return out

    return kept(kb, "rules of sections", collect)


def _says_to(row: Row) -> bool:
    """Does the row say to whom is reported?"""
    return bool(row.extra.get("to") or _TO_WHOM.search(fold(row.name)))


def _score(question: Question, kb: KnowledgeBase, regime: Regime, formal: bool = False) -> float:
    text, row = fold(question.text), regime.row
    query = _query(question, kb, formal)
    rules = _rules_of_sections(kb).get(_section(row), set()) if formal else regime.rules
    said = Words(" ".join((row.name, str(row.extra.get("heading") or ""), "; ".join(row.lead)))).share(query)
    score = said if query.mass >= 0.3 and not formal else 0.6
    score *= 1.0 if row.kind == "reporting" or _DIFFICULTY.search(text) and _DIFFICULTY.search(fold(row.name)) else 0.8
    if _WHERE_TO.search(text):
        score *= 1.3 if (_says_to(row) if formal else row.extra.get("to")) else 0.75
    if _HOW_OFTEN.search(text) and regime.rules:
        score *= 1.15
    often = [f for f, pattern in _FREQUENCIES.items() if pattern.search(text)]
    if often:
        score *= 1.25 if any(_matches(rule, f) for rule in rules for f in often) else 0.7
    for slug in question.named("agency"):
        agency = kb.agency(slug)
        if kb.leads(row, slug):
            score *= 1.3
        elif kb.covered(row.lead, agency):
            score *= 1.12
        elif slug in map(kb.slug, row.extra.get("to") or ()):
            score *= 1.05
        else:
            score *= 0.9
    return score


def _matches(rule: str, frequency: str) -> bool:
    parts = dict(p.split("=", 1) for p in rule.split(";") if "=" in p)
    every = int(parts.get("INTERVAL", "1"))
    if frequency == "QUARTERLY":
        return parts.get("FREQ") == "MONTHLY" and every == 3
    return parts.get("FREQ") == frequency and every == 1


def _clearly(question: Question, kb: KnowledgeBase, chosen: Sequence[Regime]) -> bool:
    """Does the best regime's plan fit clearly better than the other plans'?"""
    first = _score(question, kb, chosen[0])
    others = [_score(question, kb, r) for r in chosen if r.row.plan != chosen[0].row.plan]
    return first > 1.1 * max(others, default=0.0)


def _tell(question: Question, kb: KnowledgeBase, chosen: Sequence[Regime]) -> Answer:
    rows = [r for regime in chosen for r in regime.rows]
    said = [_said(r) for r in chosen] if len(chosen) == 1 else [f"• {_said(r)}" for r in chosen]
    text = w.paragraph(*said, w.source(kb, rows))
    rules = [rule for r in chosen for rule in r.rules]
    facts: dict[str, Any] = chosen[0].row.facts()
    facts |= {"rrule": rules[0] if len(rules) == 1 else list(dict.fromkeys(rules))} if rules else {}
    facts |= {"count": len(chosen)} if len(chosen) > 1 else {}
    if chosen[0].row.extra.get("to"):
        facts["to"] = list(chosen[0].row.extra["to"])
    context = replace(
        question.context, intent=question.intent, text=question.text, focus=tuple(r.row.ref for r in chosen)[:3], choices=(), filters={}
    )
    return Answer("answer", text, tuple(r.ref for r in rows), facts, context=context, intent=question.intent)


def _said(regime: Regime) -> str:
    """How often, who to whom, and the sentence itself."""
    row = regime.row
    often = ", ".join(dict.fromkeys(rule_words(r) for r in regime.rules))
    who = w.names(row.lead or tuple([str(row.extra["addressee"])] if row.extra.get("addressee") else ()))
    to = w.names(tuple(row.extra.get("to") or ()))
    first = "; ".join(p for p in (w.upper(often), who and f"thực hiện: {who}", to and f"gửi/báo cáo: {to}") if p)
    return w.paragraph(f"{first}." if first else "", f"“{row.name.strip()}”")


def rule_words(rule: str) -> str:
    """A recurrence in words: `hằng tuần, trước 11 giờ 00 thứ Sáu`, `3 tháng một lần`."""
    parts = dict(p.split("=", 1) for p in rule.split(";") if "=" in p)
    every = int(parts.get("INTERVAL", "1"))
    unit = _EVERY.get(parts.get("FREQ", ""), "")
    if not unit:
        return ""
    if unit == "tháng" and every > 12 and every % 6 == 0:
        text = f"{every / 12:g} năm một lần".replace(".", ",")
    else:
        text = f"hằng {unit}" if every == 1 else f"{every} {unit} một lần"
    days = " và ".join(_DAYS[d] for d in parts.get("BYDAY", "").split(",") if d in _DAYS)
    hour = f"{int(parts['BYHOUR'])} giờ {int(parts.get('BYMINUTE', '0')):02d}".replace(" giờ 00", " giờ") if "BYHOUR" in parts else ""
    when = " ".join(p for p in (hour and f"trước {hour}", days) if p)
    return f"{text}, {when}" if when else text
