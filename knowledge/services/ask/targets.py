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
from knowledge.services.ask import comparisons, lists, reading, rows
from knowledge.services.ask import wording as w
from knowledge.services.ask.base import KnowledgeBase
from knowledge.services.ask.kept import targets
from knowledge.services.ask.linking import link, scope, where_looked
from knowledge.services.ask.measures import (
    FITS,
    figure_meant,
    holds_targets,
    of_any_year,
    read,
    same_measure,
    same_step,
    search,
    series,
    told_elsewhere,
    value,
    years_asked,
)
from knowledge.services.ask.question import Answer, Question
from knowledge.services.ask.sayings import Words
from knowledge.text.normalize import fold

__all__ = ["FITS", "answer_target", "found_well", "holds_targets", "search", "section", "years_asked"]

_CLOSE = 0.93
_LEAST_MASS = 0.8
_SURE, _NAMED = 0.6, 0.75
_WHOLLY, _MEASURE_SAID = 0.9, 0.6  # "chỉ số chuyển đổi số": light words, but all of them, and most of the measure
_SEVERAL = re.compile(r"\b(bao nhieu|may|liet ke|nhung|cac|het|toan bo|tat ca|danh sach|ke|gom|nao)\b")
_ONLY_LISTING = re.compile(r"\bmt\b|\b(?:phan|muc|moc|linh vuc|mang)\b(?! tieu)|\bcua\b|\bco\b")  # "MT": mục tiêu, not môi trường
_LETTER = re.compile(r"\b(?:mục|phần|điểm|nhóm|muc|phan|diem|nhom)\s+([a-zđ])(?:\)|\b(?=\s*[.,(]))")
_LIST_WORDS = frozenset(
    "muc tieu chi nam tinh cac nhung het liet ke toan bo de dua vao bao cao lam phuc vu gui ve gom voi roi gio cho xem".split()
)


def answer_target(question: Question, kb: KnowledgeBase) -> Answer:
    """The value of an indicator or target; without a province, what each province's plan says."""
    numbered = any(question.named(k) for k in ("task_no", "indicator_no", "row_no"))
    if numbered:
        return rows.answer_row(question, kb)
    pointed = of_focus(question, kb) if reading.points_back(question) else None
    if pointed is not None:
        return pointed
    if len(question.named("province")) > 1:
        compared = comparisons.by_place(question, kb)
        if compared is not None:
            return compared
    hits = search(question, kb)
    if not holds_targets(question, kb):
        linked = link(question, kb).rows
        lacking = hits and told_elsewhere(question, kb, hits[0].coverage)
        other = linked and linked[0].kind == "indicator" and not same_step(question, linked[0])
        years = years_asked(question)
        elsewhen = years and linked and all(r.kind == "indicator" and r.year and r.year not in years for r in linked)
        return _none(question, kb, hits) if lacking or other or elsewhen else rows.answer_row(question, kb)
    if not hits:
        return _none(question, kb, hits) if years_asked(question) else rows.answer_row(question, kb)
    if hits[0].coverage < FITS or hits[0].mass < _LEAST_MASS or told_elsewhere(question, kb, hits[0].coverage):
        if hits[0].coverage >= _WHOLLY and hits[0].title >= _MEASURE_SAID:
            return _decide(question, kb, hits)
        held = _held(question, kb)
        group = _section_meant(question, kb, held)
        return (_of_section(question, kb, held, group) if group else None) or _none(question, kb, hits)
    return _decide(question, kb, hits)


def of_focus(question: Question, kb: KnowledgeBase) -> Answer | None:
    """ "Đến 2030 thì chỉ tiêu đó là bao nhiêu?": the targets told last, in the years asked for; None where they have none there."""
    years = years_asked(question)
    focus = [kb.by_ref[ref] for ref in question.context.focus if ref in kb.by_ref]
    if not years or not focus or any(row.kind != "target" for row in focus) or question.named("province"):
        return None
    found = [r for row in focus for r in series(kb, row) if r.year in years]
    return tell(question, kb, found) if found else None


def _decide(question: Question, kb: KnowledgeBase, hits: Sequence[Hit]) -> Answer:
    best = hits[0]
    close = [h.row for h in hits if h.score >= _CLOSE * best.score]
    by_plan = _each_plan(question, kb, hits)
    if len(by_plan) > 1:
        return tell(question, kb, by_plan, choices=by_plan)
    mine = told_apart(question, [r for r in close if r.plan == best.row.plan])
    best = next(h for h in hits if h.row in mine)
    years = years_asked(question)
    told = [r for r in series(kb, best.row) if not years or r.year in years]
    if len(years) > 1 and len(told) > 1:
        return tell(question, kb, told)
    if len(mine) > 1:
        alike = [h.row for h in hits if h.row.plan == best.row.plan and same_measure(h.row, best.row) and h.score >= 0.75 * best.score]
        if all(r in alike for r in mine):
            return tell(question, kb, sorted(alike, key=lambda r: (r.year or 0, r.no)) if not years else alike)
        return rows.offer(question, kb, mine)
    if not years and len(told) > 1:
        return tell(question, kb, told)
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


def tell(question: Question, kb: KnowledgeBase, found: Sequence[Row], choices: Sequence[Row] = ()) -> Answer:
    """The figures of the rows found, the one asked for first."""
    asked = question.ask("ask_target")
    query = read(question, kb)
    first, figure = found[0], figure_meant(found[0], query)
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
    asked = years_asked(question)
    best = next((h for h in of_any_year(question, kb)[:1] if h.coverage >= _SURE and h.mass >= _LEAST_MASS), None) if asked else None
    told = sorted({r.year for r in series(kb, best.row) if r.year} - asked) if best else []
    if best and told:
        text = w.paragraph(
            f"Kế hoạch không ghi mức năm {', '.join(map(str, sorted(asked)))} cho nội dung này.",
            f"Năm có ghi: {', '.join(map(str, told))}.",
            f"Gần nhất với câu hỏi: {w.title(best.row)}.",
            w.source(kb, [best.row]),
        )
    else:
        text = f"Tôi không tìm thấy chỉ tiêu, mục tiêu này trong {where_looked(question, kb)}."
    return Answer("not_found", text, context=replace(question.context, choices=()), intent="ask_target")


def section(question: Question, kb: KnowledgeBase) -> Answer | None:
    """The list of a section's targets ("mục tiêu phát triển hạ tầng năm 2025"); None where the question names no section."""
    held = _held(question, kb)
    group = _section_meant(question, kb, held)
    return _one(question, kb) if group is None else _of_section(question, kb, held, group)


def _held(question: Question, kb: KnowledgeBase) -> list[Row]:
    inside = scope(question, kb)
    return [r for r in targets(kb) if inside(r)]


def _section_meant(question: Question, kb: KnowledgeBase, held: Sequence[Row]) -> tuple[str, str] | None:
    """The plan and the title of the section that the question names."""
    return _section_of_letter(question, held) or _section_named(question, kb, held)


def _of_section(question: Question, kb: KnowledgeBase, held: Sequence[Row], group: tuple[str, str]) -> Answer | None:
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


def _one(question: Question, kb: KnowledgeBase) -> Answer | None:
    """ "Doanh nghiệp dùng công nghệ số: chỉ tiêu mốc 2035?" sounds like a list and names one target; None where it does not."""
    hits = [] if _SEVERAL.search(fold(question.text)) else search(question, kb)
    sure = bool(hits) and hits[0].coverage >= _NAMED and hits[0].mass >= 1.0
    return answer_target(question.ask("ask_target"), kb) if sure else None


def _section_of_letter(question: Question, held: Sequence[Row]) -> tuple[str, str] | None:
    """The section that the question calls by its letter ("mục c)")."""
    letter = _LETTER.search(question.text.lower())
    groups = dict.fromkeys((r.plan, _title(r)) for r in held if letter and r.group == letter.group(1))
    return next(iter(groups)) if len(groups) == 1 else None


def _title(row: Row) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", fold(str(row.extra.get("heading") or ""))))


def _section_named(question: Question, kb: KnowledgeBase, held: Sequence[Row]) -> tuple[str, str] | None:
    """The plan and the title of the section whose own words the question holds, and hardly any others."""
    short = [m.span() for m in _ONLY_LISTING.finditer(fold(question.text))]
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
