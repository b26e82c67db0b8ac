"""Targets by year (mục tiêu đến năm 2025, 2030 …): one figure, a figure told twice, a measure over the years, a section's list.

An answer never gives one year's figure for another's: where the year asked for has none, it says which years have one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from knowledge.agencies.provinces import Provinces
from knowledge.model import Row
from knowledge.search import Hit
from knowledge.search.query import Query
from knowledge.search.scope import Scope
from knowledge.services.ask import lists, rows
from knowledge.services.ask import wording as w
from knowledge.services.ask.base import MEASURE_KINDS, KnowledgeBase
from knowledge.services.ask.kept import targets
from knowledge.services.ask.linking import link, scope
from knowledge.services.ask.question import Answer, Question
from knowledge.services.ask.sayings import Words
from knowledge.text.normalize import fold

FITS = 0.55
_CLOSE = 0.93
_LEAST_MASS = 0.8
_LIST_WORDS = frozenset("muc tieu chi nam tinh cac nhung het liet ke toan bo de dua vao bao cao lam phuc vu gui ve gom voi".split())
_COMPOUNDS = ("kinh te so", "xa hoi so", "chu ky so", "ky nang so")
_YEAR = re.compile(r"\b20[2-5]\d\b")
_STEPS = re.compile(r"\b\d+\s?g\b")
_AMOUNT = re.compile(r"\b(bao nhieu|may|bn|ty le|ti le|so luong|chi so)\b|%")
_PER_YEAR = re.compile(r"\bmoi nam\b|\bhang nam\b|/nam\b")


def years_asked(question: Question) -> set[int]:
    """The years that the question names, "đến năm 2030" being 2030."""
    named = {int((p["end"] or p["start"])[:4]) for p in question.named("period") if p["end"] or p["start"]}
    return named or set(map(int, _YEAR.findall(question.text)))


def holds_targets(question: Question, kb: KnowledgeBase) -> bool:
    """Are there targets by year in the scope of the question?"""
    inside = scope(question, kb)
    return any(inside(r) for r in targets(kb))


def answer_target(question: Question, kb: KnowledgeBase) -> Answer:
    """The value of an indicator or target; without a province, what each province's plan says."""
    numbered = any(question.named(k) for k in ("task_no", "indicator_no", "row_no"))
    if numbered:
        return rows.answer_row(question, kb)
    hits = search(question, kb)
    if not holds_targets(question, kb):
        linked = link(question, kb).rows
        lacking = hits and told_elsewhere(question, kb, hits[0].coverage)
        other = linked and linked[0].kind == "indicator" and not _same_step(question, linked[0])
        return _none(question, kb, hits) if lacking or other else rows.answer_row(question, kb)
    if not hits:
        return _none(question, kb, hits) if years_asked(question) else rows.answer_row(question, kb)
    if hits[0].coverage < FITS or hits[0].mass < _LEAST_MASS or told_elsewhere(question, kb, hits[0].coverage):
        return _none(question, kb, hits)
    return _decide(question, kb, hits)


def search(question: Question, kb: KnowledgeBase) -> list[Hit]:
    """The measured rows in scope that hold the question's words, those of the year asked for if it names one."""
    inside = scope(question, kb)
    query = _query(question, kb)
    years = years_asked(question)
    amount = bool(_AMOUNT.search(fold(question.text)))
    measured = inside.of(MEASURE_KINDS)
    hits = kb.index.search(query, measured.passing(lambda r: bool(r.target)) if amount else measured, 60)
    hits = [_measured(h, query) for h in hits if _same_step(question, h.row)]
    wanted = [h for h in hits if not years or h.row.year in years]
    return sorted(wanted, key=lambda h: -h.score)


def told_elsewhere(question: Question, kb: KnowledgeBase, coverage: float) -> bool:
    """Does another province's plan hold the question far better? Then what fits a little here is something else."""
    if coverage >= 0.8:
        return False
    inside, query = scope(question, kb), _query(question, kb)
    hits = kb.index.search(query, Scope(frozenset(MEASURE_KINDS), test=lambda r: bool(r.target) and not inside(r)), 5)
    hits = [h for h in hits if _same_step(question, h.row)]
    return bool(hits) and max(_measured(h, query).coverage for h in hits) >= max(0.8, coverage + 0.2)


def _query(question: Question, kb: KnowledgeBase) -> Query:
    return kb.index.read(question.text, question.spans("province", "period"))


def _same_step(question: Question, row: Row) -> bool:
    """5G is not 6G, and "kinh tế số" not "kinh tế": what a question names so must be the row's own."""
    asked = {s.replace(" ", "") for s in _STEPS.findall(fold(question.text))}
    own = {s.replace(" ", "") for s in _STEPS.findall(fold(row.name))}
    if asked and own and not asked & own:
        return False
    said, row_says = fold(question.text), fold(f"{row.name} {row.extra.get('heading') or ''}")
    return all(compound in row_says for compound in _COMPOUNDS if compound in said)


def _measured(hit: Hit, query: Query) -> Hit:
    """The hit ranked by how well the question and the row's measure say the same thing, both ways."""
    told = Words(f"{hit.row.extra.get('measure') or ''} {hit.row.name} {hit.row.extra.get('heading') or ''}")
    coverage = max(hit.coverage, told.share(query)) if query.mass else 0.0
    measure = Words(str(hit.row.extra.get("measure") or hit.row.name))
    keys = {t.key for t in query.terms if t.weight > 0} | {k for t in query.terms for p, _ in t.others for k in p}
    own = sum(1 for k in measure.keys if k in keys) / max(1, len(measure.keys))
    return Hit(hit.row, coverage * (1 + 0.35 * own), hit.mass, coverage, own)


def _decide(question: Question, kb: KnowledgeBase, hits: Sequence[Hit]) -> Answer:
    best = hits[0]
    close = [h.row for h in hits if h.score >= _CLOSE * best.score]
    by_plan = _each_plan(question, kb, hits)
    if len(by_plan) > 1:
        return tell(question, kb, by_plan, choices=by_plan)
    mine = told_apart(question, [r for r in close if r.plan == best.row.plan])
    best = next(h for h in hits if h.row in mine)
    if len(mine) > 1:
        alike = [h.row for h in hits if h.row.plan == best.row.plan and _same_measure(h.row, best.row) and h.score >= 0.75 * best.score]
        if all(r in alike for r in mine):
            return tell(question, kb, sorted(alike, key=lambda r: (r.year or 0, r.no)) if not years_asked(question) else alike)
        return rows.offer(question, kb, mine)
    if not years_asked(question):
        series = _series(question, kb, best.row)
        if len(series) > 1:
            return tell(question, kb, series)
    return tell(question, kb, [best.row])


def told_apart(question: Question, found: Sequence[Row]) -> list[Row]:
    """Of rows that fit equally, the one whose own words the question says ("cấp tỉnh" or "cấp xã"); else all of them."""
    if len(found) < 2:
        return list(found)
    said = set(Words(question.text).keys)
    keys = [set(Words(r.name).keys) for r in found]
    common = set.intersection(*keys)
    scores = [len((k - common) & said) - 0.5 * len({x for x in k - common if not x.isdigit()} - said) / 10 for k in keys]
    best = max(scores)
    return [r for r, score in zip(found, scores) if score >= best - 0.4] if best > 0 else list(found)


def _each_plan(question: Question, kb: KnowledgeBase, hits: Sequence[Hit]) -> list[Row]:
    """Where no province narrows the question: the best row of each province's plan that fits nearly as well."""
    if question.named("province") or question.context.province or question.province:
        return []
    out: list[Row] = []
    for province in dict.fromkeys(kb.plans[h.row.plan].province for h in hits if h.row.plan in kb.plans):
        mine = [h for h in hits if kb.plans[h.row.plan].province == province]
        if mine[0].coverage >= max(FITS, 0.8 * hits[0].coverage):
            out.append(mine[0].row)
    return out


def _same_measure(one: Row, other: Row) -> bool:
    """Do two targets measure the same thing (told in two sections, or for two years)?"""
    first, second = (" ".join(re.findall(r"[a-z0-9]+", fold(str(r.extra.get("measure") or r.name)))) for r in (one, other))
    if first == second:
        return True
    counted = one.unit and one.unit == other.unit and "%" not in one.unit
    return bool(counted) and (first.startswith(second) or second.startswith(first))


def _series(question: Question, kb: KnowledgeBase, row: Row) -> list[Row]:
    """The same measure in the other years of the plan, by year."""
    if row.kind != "target":
        return [row]
    return sorted((r for r in targets(kb) if r.plan == row.plan and r.target and _same_measure(r, row)), key=lambda r: (r.year or 0, r.no))


def tell(question: Question, kb: KnowledgeBase, found: Sequence[Row], choices: Sequence[Row] = ()) -> Answer:
    """The figures of the rows found, the one asked for first."""
    asked = question.ask("ask_target")
    query = _query(question, kb)
    first, figure = found[0], _figure(found[0], query)
    context = replace(
        question.context,
        intent="ask_target",
        text=question.text,
        focus=tuple(r.ref for r in found),
        choices=tuple(r.ref for r in choices),
        filters={},
    )
    if len(found) == 1:
        text = w.paragraph(_sentence(first, figure), w.successors(kb, first.lead), w.source(kb, found))
        return Answer("answer", text, (first.ref,), first.facts() | figure, context=context, intent=asked.intent)
    lines = [f"• {_place(kb, r)}{value(r)}: {w.title(r)}" for r in found]
    head = (
        "Kế hoạch ghi ở nhiều chỗ:"
        if len({r.plan for r in found}) == 1 and len({r.year for r in found}) == 1
        else "Theo từng kế hoạch, từng năm:"
    )
    facts: dict[str, Any] = first.facts() | {"count": len(found), "rows": {r.ref: r.facts() for r in found}}
    return Answer(
        "answer", w.paragraph(head, *lines, w.source(kb, found)), tuple(r.ref for r in found), facts, context=context, intent=asked.intent
    )


def meant(row: Row, query: Query) -> Row:
    """The row with the figure that the question means, its second one where that has the measure asked for."""
    figure = _figure(row, query)
    return replace(row, target=figure["target"], unit=figure["unit"]) if figure else row


def _figure(row: Row, query: Query) -> dict[str, Any]:
    """The figure of the row that the question means, where its sentence gives a second one with a measure of its own."""
    further = row.extra.get("further") or []
    own = Words(f"{row.extra.get('measure') or row.name}").share(query)
    for other in further:
        if Words(f"{other.get('measure', '')} {other.get('unit', '')}").share(query) > own + 0.05:
            return {"target": other.get("target"), "unit": other.get("unit"), "name": row.name}
    return {}


def value(row: Row) -> str:
    """`mỗi năm > 25 nhiệm vụ, đến năm 2030`, as the row gives it."""
    unit = f" {row.unit}" if row.unit and "%" not in f"{row.target}{row.unit}" and row.unit not in str(row.target) else ""
    note = f"{row.note} " if row.note and _PER_YEAR.search(fold(row.note)) else ""
    year = f", đến năm {row.year}" if row.year else ""
    return f"{note}{row.target}{unit}{year}"


def _sentence(row: Row, figure: dict[str, Any]) -> str:
    if not row.target:
        return f"Đến năm {row.year}: “{row.name}”" if row.year else f"“{row.name}”"
    if figure:
        main = f"\nCâu này còn ghi: {row.target}" + (f" {row.unit}" if row.unit and "%" not in row.unit else "") + "."
        return f"{figure['target']} đến năm {row.year}: {w.title(row, 60)}.{main}"
    watch = f"\nCơ quan theo dõi: {w.names(row.lead)}." if row.lead else ""
    return f"{w.upper(value(row))}: {w.title(row, 60)}.{watch}"


def _place(kb: KnowledgeBase, row: Row) -> str:
    """`Tiền Giang: `, from the plan's province."""
    head = kb.plans.get(row.plan)
    province = Provinces.load().get(head.province) if head and head.province else None
    return f"{province.name}: " if province else ""


def _none(question: Question, kb: KnowledgeBase, hits: Sequence[Hit]) -> Answer:
    """No target of the year asked for; the years that have one are told."""
    text = "Tôi không tìm thấy chỉ tiêu, mục tiêu này trong các kế hoạch đang lưu."
    return Answer("not_found", text, context=replace(question.context, choices=()), intent="ask_target")


def section(question: Question, kb: KnowledgeBase) -> Answer | None:
    """The list of a section's targets ("mục tiêu phát triển hạ tầng năm 2025"); None where the question names no section."""
    inside = scope(question, kb)
    held = [r for r in targets(kb) if inside(r)]
    group = _section_named(question, kb, held)
    if group is None:
        return None
    plan, heading = group
    years = years_asked(question)
    found = [r for r in held if r.plan == plan and _title(r) == heading and (not years or r.year in years)]
    if not found:
        return None
    return _listed(question, kb, found, years)


def _listed(question: Question, kb: KnowledgeBase, found: Sequence[Row], years: set[int]) -> Answer:
    title = re.sub(r"[^\w\s,]|(?<=\w),(?= triển)", "", str(found[0].extra.get("heading") or "")).strip()
    year = f" đến năm {', '.join(map(str, sorted(years)))}" if years else ""
    lines = [f"• {w.upper(w.label(r))}: {w.short(r.name, 24)}" for r in found[: w.PAGE]]
    text = w.paragraph(
        f"Có {len(found)} mục tiêu về {title[:1].lower()}{title[1:]}{year}:",
        *lines,
        lists.more_hint(len(found), w.PAGE),
        w.source(kb, found),
    )
    spans = [p for p in question.named("period") if p["end"] or p["start"]]
    filters = lists.Filters(
        measures=True, group=found[0].group, start=spans[0]["start"] if spans else None, end=spans[0]["end"] if spans else None
    )
    context = replace(
        question.context,
        intent="list_indicators",
        text=question.text,
        focus=(),
        choices=(),
        listed=tuple(r.ref for r in found),
        shown=min(w.PAGE, len(found)),
        filters=filters.as_dict(),
    )
    return Answer(
        "answer",
        text,
        tuple(r.ref for r in found),
        {"count": len(found)},
        context=context,
        intent=question.intent,
        replies=("Xem thêm",) if len(found) > w.PAGE else (),
    )


def _title(row: Row) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", fold(str(row.extra.get("heading") or ""))))


def _section_named(question: Question, kb: KnowledgeBase, held: Sequence[Row]) -> tuple[str, str] | None:
    """The plan and the title of the section whose own words the question holds, and hardly any others."""
    short = [m.span() for m in re.finditer(r"\bMT\b", question.text, re.IGNORECASE)]  # mục tiêu, not môi trường
    query = kb.index.read(question.text, [*question.spans("province", "period"), *short])
    titles = dict.fromkeys((r.plan, _title(r)) for r in held if _title(r))
    common = set.intersection(*(set(t.split()) for _, t in titles)) if len(titles) > 1 else set()
    asked = {k: 0.0 for t in query.terms for p, _ in t.others for k in p}
    asked |= {t.key: t.weight for t in query.terms if t.weight > 0 and t.key not in common}
    best: tuple[float, tuple[str, str]] | None = None
    for group in titles:
        own = [k for k in Words(group[1]).keys if k not in common]
        hit = sum(1 for k in own if k in asked) / max(1, len(own))
        foreign = sum(weight for k, weight in asked.items() if k not in own and not _asks(k))
        total = sum(weight for weight in asked.values()) or 1.0
        if hit >= 0.6 and foreign / total <= 0.34 and (best is None or hit - foreign > best[0]):
            best = (hit - foreign, group)
    return best[1] if best else None


def _asks(k: str) -> bool:
    """Words that only say that a list of targets is wanted, and for what."""
    return k in _LIST_WORDS


def found_well(question: Question, kb: KnowledgeBase) -> bool:
    """Does one target hold the question nearly whole? Then a count or a fact that was asked for may be its figure."""
    hits = search(question, kb)
    return bool(hits) and hits[0].coverage >= 0.6 and hits[0].mass >= 1.0
