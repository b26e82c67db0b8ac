"""Comparisons: who leads most, which of two tasks is due first, one measure in two provinces or two years.

Two figures are called higher or lower only where their units agree and both are plain figures.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from knowledge.agencies.provinces import Provinces
from knowledge.entities import Entity
from knowledge.model import Row
from knowledge.search import Hit
from knowledge.services.ask import facts as prose
from knowledge.services.ask import measures, rows
from knowledge.services.ask import wording as w
from knowledge.services.ask.base import KnowledgeBase
from knowledge.services.ask.linking import link, scope
from knowledge.services.ask.question import Answer, Question
from knowledge.text.normalize import blot, fold

INTENTS = ("compare",)
_TOP = 5
_MOST = re.compile(
    r"\b(nhieu|it|nang|ban ron)\b[a-z ]{0,25}(?<!thong )\bnhat\b(?! tri)|\b(dung dau|xep dau) ve so\b|\bxep hang (co quan|don vi|so)\b"
)
_WHO = re.compile(r"\b(ai|co quan nao|don vi nao|so nao|ben nao)\b")
_FEWEST = re.compile(r"\bit\b[a-z ]{0,25}\bnhat\b")
_GROUP = re.compile(r"\b(nhom|mang|phan|linh vuc)\b")
_YEAR = re.compile(r"\b20\d\d\b")
_COOP = re.compile(r"\bphoi hop\b")
_COMPARING = re.compile(
    r"\b(?:(?:co )?(?:giong|khac|chenh|hon kem|chenh lech|khac biet)(?: (?:nhau|lech))?(?: (?:khong|the nao|ra sao|gi|bao nhieu|cho nao))*"
    r"|so sanh|so voi|dong so sanh|vs|versus|moi (?:tinh|ben|noi)|hai tinh|ca hai|2 tinh|tung tinh"
    r"|(?:tinh|dia phuong|ben|noi|dau) nao(?: dat| co| de ra)?(?: muc(?: tieu)?)?(?: (?:cao|thap|nhieu|it|som|muon|lon|nho) (?:hon|nhat))?"
    r"|(?:dat |de ra |co )?(?:muc )?(?:cao|thap|nhieu|it|lon|nho) (?:hon|nhat)|dat (?:muc )?bao nhieu)\b"
)
_SAME_THING, _NEARLY = 0.6, 0.6  # of a row beside the one that fits best: how much of that row's words, and of its fit, it must have
_LEAST_MASS, _LEAST_SAID = 0.8, 0.7
_FIGURE = re.compile(
    r"^\s*(?P<sign>>=|=>|≥|>|≤|<=|<|từ|trên|dưới)?\s*(?P<number>\d{1,3}(?:\.\d{3})+|\d+(?:[.,]\d+)?)\s*(?P<rest>%?)(?: GRDP)?\s*$"
)


_WHICH_PLACE = re.compile(r"\b(?:tinh|dia phuong|noi) nao\b")


def answer_compare(question: Question, kb: KnowledgeBase) -> Answer:
    """Compares what the question names; what it does not name is asked for."""
    text = fold(question.text)
    if len(question.named("task_no")) + len(question.named("indicator_no")) > 1:
        return _two_rows(question, kb)
    if _MOST.search(text):
        return _most_of_groups(question, kb) if _GROUP.search(text) and not question.named("agency") else _most_of_agencies(question, kb)
    if _WHICH_PLACE.search(text) and not question.named("province"):
        everywhere = tuple(Entity("province", place, 0, 0, "") for place in sorted(kb.provinces))
        question = replace(question, entities=(*question.entities, *everywhere))
    if len(question.named("province")) > 1:
        compared = by_place(question, kb)
        if compared is not None:
            return compared
    if len(question.named("agency")) > 1:
        return _agencies(question, kb)
    found = _measure_rows(question, kb)
    if len(found) > 1:
        return _figures(question, kb, found)
    return rows.answer_row(question.ask("ask_target" if found else "ask_lead" if _WHO.search(text) else "ask_detail"), kb)


def _counted(question: Question, kb: KnowledgeBase) -> tuple[Counter[str], dict[str, list[Row]]]:
    """How many tasks each agency leads (or cooperates in) in scope; duties where a province's plans hold no tasks."""
    inside, coop = scope(question, kb), bool(_COOP.search(fold(question.text)))
    for kind in ("task", "duty"):
        held: dict[str, list[Row]] = {}
        for row in kb.rows:
            if row.kind == kind and inside(row):
                for name in row.coop if coop else row.lead:
                    if not kb.is_collective(name):
                        held.setdefault(kb.slug(name), []).append(row)
        if held:
            return Counter({slug: len(found) for slug, found in held.items()}), held
    return Counter(), {}


def _most_of_agencies(question: Question, kb: KnowledgeBase) -> Answer:
    counts, held = _counted(question, kb)
    context = replace(question.context, intent="compare", text=question.text, focus=(), choices=())
    if not counts:
        return Answer("not_found", "Các kế hoạch đang lưu của địa phương này không ghi cơ quan chủ trì.", context=context, intent="compare")
    fewest = bool(_FEWEST.search(fold(question.text)))
    ranked = sorted(counts.items(), key=lambda x: (x[1] if fewest else -x[1], kb.agency(x[0]).name))
    top = [slug for slug, count in ranked if count == ranked[0][1]]
    role = "phối hợp" if _COOP.search(fold(question.text)) else "chủ trì"
    shown = sorted(
        {r.ref: r for slug in top for r in held[slug]}.values(), key=lambda r: list(kb.by_ref).index(r.ref) if len(kb.rows) < 5000 else 0
    )
    first = f"{w.names([kb.agency(s).name for s in top[:6]])} {role} {'ít' if fewest else 'nhiều'} nhất: {ranked[0][1]} nhiệm vụ" + (
        " mỗi cơ quan." if len(top) > 1 else "."
    )
    lines = [f"• {kb.agency(s).name}: {n} nhiệm vụ" for s, n in ranked[:_TOP]]
    plans = dict.fromkeys(r.plan for r in shown)
    text = w.paragraph(
        first,
        "Xếp theo số nhiệm vụ:",
        *lines,
        "Không tính việc giao chung cho “các sở, ban, ngành”.",
        *(w.source(kb, [r for r in shown if r.plan == p][:2]) for p in plans),
    )
    facts: dict[str, Any] = {"count": ranked[0][1], "lead" if role == "chủ trì" else "coop": [kb.agency(s).name for s in top]}
    refs = (*(kb.agency(s).ref for s in top), *(r.ref for r in shown)) if len(shown) <= 60 else tuple(kb.agency(s).ref for s in top)
    return Answer("answer", text, refs, facts, context=replace(context, listed=tuple(r.ref for r in shown), shown=0), intent="compare")


def _most_of_groups(question: Question, kb: KnowledgeBase) -> Answer:
    inside = scope(question, kb)
    counts = Counter((r.plan, r.group) for r in kb.rows if r.kind == "task" and r.group and inside(r))
    context = replace(question.context, intent="compare", text=question.text, focus=(), choices=())
    if not counts:
        return Answer(
            "not_found", "Các kế hoạch đang lưu của địa phương này không chia nhiệm vụ theo nhóm.", context=context, intent="compare"
        )
    fewest = bool(_FEWEST.search(fold(question.text)))
    ranked = sorted(counts.items(), key=lambda x: x[1] if fewest else -x[1])
    groups = {(g.plan, g.no): g for g in kb.groups}
    top = [g for g, n in ranked if n == ranked[0][1]]
    names = [f"Nhóm {no}" + (f" ({groups[plan, no].name.strip(' .')})" if (plan, no) in groups else "") for plan, no in top if no]
    lines = [f"• Nhóm {no}: {n} nhiệm vụ" for (_, no), n in ranked[:8]]
    found = [groups[g] for g in top if g in groups]
    text = w.paragraph(
        f"{w.names(names)} có {'ít' if fewest else 'nhiều'} nhiệm vụ nhất: {ranked[0][1]}.", *lines, w.source(kb, found) if found else ""
    )
    return Answer(
        "answer", text, tuple(g.ref for g in found), {"count": ranked[0][1], "group": top[0][1]}, context=context, intent="compare"
    )


def _agencies(question: Question, kb: KnowledgeBase) -> Answer:
    """Two or more agencies by how much they lead."""
    counts, held = _counted(question, kb)
    slugs = question.named("agency")
    role = "phối hợp" if _COOP.search(fold(question.text)) else "chủ trì"
    ranked = sorted(((counts.get(s, 0), kb.agency(s).name, s) for s in slugs), reverse=True)
    tie = ranked[0][0] == ranked[1][0]
    first = "Hai cơ quan bằng nhau." if tie else f"{ranked[0][1]} {role} nhiều hơn."
    found = [r for _, _, s in ranked for r in held.get(s, [])]
    text = w.paragraph(first, *(f"• {name}: {role} {n} nhiệm vụ" for n, name, _ in ranked), w.source(kb, found) if found else "")
    context = replace(question.context, intent="compare", text=question.text, focus=(), choices=())
    return Answer(
        "answer",
        text,
        tuple(dict.fromkeys(r.ref for r in found)),
        {"count": ranked[0][0], "counts": {name: n for n, name, _ in ranked}},
        context=context,
        intent="compare",
    )


def _two_rows(question: Question, kb: KnowledgeBase) -> Answer:
    """Numbered tasks or indicators side by side; for tasks, which is due first."""
    found = link(question, kb).rows
    if len(found) < 2 or len({(r.plan, r.kind) for r in found}) > 1:
        return rows.from_link(question.ask("ask_detail"), kb, link(question, kb))
    if found[0].kind == "indicator":
        return _figures(question, kb, found)
    dated = sorted((r for r in found if r.due and r.due.date), key=lambda r: r.due.date)  # type: ignore[union-attr, arg-type, return-value]
    if len(dated) == len(found) and dated[0].due.date != dated[1].due.date:  # type: ignore[union-attr]
        first = f"{w.upper(w.label(dated[0]))} đến hạn sớm hơn."
    elif len(dated) == len(found):
        first = "Các nhiệm vụ này cùng hạn."
    else:
        first = "Không so được thời hạn: có nhiệm vụ không ấn định ngày kết thúc."
    lines = [f"• {w.title(r)}: {w.due_words(r.due)}; chủ trì: {w.names(r.lead) or 'không ghi'}" for r in found]
    context = replace(question.context, intent="ask_due", text=question.text, focus=tuple(r.ref for r in found), choices=(), filters={})
    facts = {"count": len(found), "rows": {r.ref: r.facts() for r in found}}
    return Answer(
        "answer",
        w.paragraph(first, *(w.upper(x) for x in lines), w.source(kb, found)),
        tuple(r.ref for r in found),
        facts,
        context=context,
        intent="compare",
    )


def by_place(question: Question, kb: KnowledgeBase) -> Answer | None:
    """What the plans of each province say of one thing: its measure, else the sentence that tells; None where neither is found."""
    asked = _bare(question, "province", "period")
    places = question.named("province")
    years = measures.years_asked(question)
    hits = {place: _hits(asked, kb, place, years) for place in places}
    anchor = max((found[0] for found in hits.values() if found), key=lambda h: h.coverage, default=None)
    told: dict[str, Row | prose.Found] = {}
    if anchor and anchor.coverage >= measures.FITS and anchor.mass >= _LEAST_MASS:
        for place in places:
            row = anchor.row if anchor in hits[place] else _same_thing(asked, kb, place, hits[place], anchor)
            if row is not None:
                told[place] = row
    measured = bool(told)
    for place in places:
        found = None if place in told else _sentence(asked, kb, place, years, measured)
        if found is not None:
            told[place] = found
    return _side_by_side(question, kb, places, told) if told else None


def _bare(question: Question, *kinds: str) -> Question:
    """The question without the entities of these kinds and without the words that only compare."""
    text = _without(question, *kinds)
    text = blot(text, [match.span() for match in _COMPARING.finditer(fold(text))])
    entities = tuple(e for e in question.entities if e.kind not in ("province", *kinds))
    return replace(question, text=text, entities=entities)


def _at(question: Question, place: str | None) -> Question:
    return replace(question, province=place, intent="ask_target", context=replace(question.context, province=None))


def _hits(asked: Question, kb: KnowledgeBase, place: str, years: set[int]) -> list[Hit]:
    """The measured rows of a province, those of the years asked for."""
    hits = measures.search(_at(asked, place), kb)
    return [h for h in hits if h.row.target and (not years or h.row.year is None or h.row.year in years)]


def _same_thing(asked: Question, kb: KnowledgeBase, place: str, hits: Sequence[Hit], anchor: Hit) -> Row | None:
    """The row of a province that measures what the anchor measures; None where it is not certain."""
    if not hits:
        return None
    mine = [h for h in hits if h.coverage >= 0.9 * hits[0].coverage]
    best = next((h for h in mine if h.row.year == anchor.row.year), mine[0])
    if best.coverage >= measures.FITS and best.mass >= _LEAST_MASS:
        return best.row
    name = str(anchor.row.extra.get("measure") or anchor.row.name)
    alike = measures.search(_at(replace(asked, text=name, entities=()), place), kb)
    same = alike and alike[0].coverage >= _SAME_THING and alike[0].row.ref in [h.row.ref for h in mine]
    return alike[0].row if same and best.coverage >= _NEARLY * anchor.coverage else None


def elsewhere(question: Question, kb: KnowledgeBase, row: Row, place: str) -> Row | None:
    """What another province's plan measures of the same thing as a row told before; None where it is not certain."""
    asked = replace(question, text=str(row.extra.get("measure") or row.name), entities=())
    years = measures.years_asked(question) or ({row.year} if row.year else set())
    found = _hits(asked, kb, place, years)
    there = bool(found) and kb.plans[found[0].row.plan].province == place
    return found[0].row if there and found[0].coverage >= _SAME_THING else None


def _sentence(asked: Question, kb: KnowledgeBase, place: str, years: set[int], beside: bool) -> prose.Found | None:
    """The sentence of a province's documents that tells what is asked; beside another's measure it must give a figure for the year."""
    found = prose.look_up(_at(asked, place), kb)
    if not found or found[0].fit < (prose.FITS_WELL if beside else prose.FITS) or found[0].mass < _LEAST_SAID:
        return None
    said = found[0].sentences[found[0].best]
    dated = not years or any(str(year) in said for year in years)
    if beside and not (dated and any(c.isdigit() for c in said) and measures.same_step(asked, found[0].row)):
        return None
    return found[0]


def _side_by_side(question: Question, kb: KnowledgeBase, places: Sequence[str], told: dict[str, Row | prose.Found]) -> Answer:
    """One line a province, the verdict where figures stand beside each other, and what was not found."""
    query = kb.index.read(_without(question, "province", "period"))
    lines: list[str] = []
    for place in places:
        found, name = told.get(place), w.upper(_province(place))
        if found is None:
            lines.append(f"• {name}: không thấy trong các văn bản đang lưu.")
        elif isinstance(found, Row):
            row = measures.meant(found, query)
            lines.append(f"• {name}, {measures.value(row)}: {w.title(row)}")
        else:
            lines.append(f"• {name}: {prose.quotation(found)}")
    found_rows = [f if isinstance(f, Row) else f.row for f in told.values()]
    figures = [measures.meant(f, query) for f in told.values() if isinstance(f, Row)]
    verdict = _verdict(kb, figures) if len(figures) == len(told) > 1 else ""
    context = replace(
        question.context, intent="compare", text=question.text, focus=tuple(r.ref for r in found_rows), choices=(), filters={}
    )
    facts: dict[str, Any] = {"count": len(found_rows), "rows": {r.ref: r.facts() for r in found_rows}}
    return Answer(
        "answer",
        w.paragraph(*lines, verdict, w.source(kb, found_rows)),
        tuple(r.ref for r in found_rows),
        facts,
        context=context,
        intent="compare",
    )


def _province(slug: str) -> str:
    province = Provinces.load().get(slug)
    return province.name if province else slug


def _measure_rows(question: Question, kb: KnowledgeBase) -> list[Row]:
    """The rows of one measure for each year that the question names."""
    years = sorted(measures.years_asked(question) | set(map(int, _YEAR.findall(question.text))))
    place = next(iter(question.named("province")), question.context.province or question.province)
    asked = _at(_bare(question, "province", "period"), place)
    if not years:
        found = measures.search(asked, kb)
        return [found[0].row] if found and found[0].coverage >= measures.FITS else []
    hits = measures.of_any_year(asked, kb)
    best = next((h for h in hits if h.row.year in years and h.coverage >= measures.FITS), None)
    out = {r.year: r for r in measures.series(kb, best.row) if r.year in years} if best else {}
    for year in years:
        if year not in out:
            found = [h for h in hits if h.row.year == year or len(years) == 1 and h.row.kind == "indicator"]
            if found and found[0].coverage >= measures.FITS:
                out[year] = found[0].row
    return list({r.ref: r for _, r in sorted(out.items(), key=lambda x: x[0] or 0)}.values())


def _without(question: Question, *kinds: str) -> str:
    """The text with entities of these kinds blanked, so that their words are not searched."""
    return _YEAR.sub("    ", blot(question.text, question.spans(*kinds)))


def _figures(question: Question, kb: KnowledgeBase, found: Sequence[Row]) -> Answer:
    """Figures side by side, and which is higher where that can be said."""
    query = kb.index.read(_without(question, "province", "period"))
    meant = [measures.meant(r, query) for r in found]
    lines = [f"• {_where(kb, r)}{measures.value(r)}: {w.title(r)}" for r in meant]
    text = w.paragraph(*lines, _verdict(kb, meant), w.source(kb, found))
    context = replace(question.context, intent="ask_target", text=question.text, focus=tuple(r.ref for r in found), choices=(), filters={})
    facts: dict[str, Any] = {"count": len(found), "rows": {r.ref: r.facts() for r in found}}
    return Answer("answer", text, tuple(r.ref for r in found), facts, context=context, intent="compare")


def _where(kb: KnowledgeBase, row: Row) -> str:
    head = kb.plans.get(row.plan)
    province = Provinces.load().get(head.province) if head and head.province else None
    return f"{province.name}, " if province else ""


def _verdict(kb: KnowledgeBase, found: Sequence[Row]) -> str:
    """A careful sentence on which figure is higher; a warning where they can't be compared."""
    if len({r.plan for r in found}) > 1 and len({r.year for r in found}) > 1:
        return "Hai mức của những mốc năm khác nhau, nên không so trực tiếp được."
    read = [figure(r) for r in found]
    if any(f is None for f in read) or len({f[1] for f in read if f}) > 1:
        return "Hai giá trị không cùng đơn vị hoặc không phải số đơn, nên không so trực tiếp được."
    numbers = [f[0] for f in read if f]
    if len(set(numbers)) == 1:
        return f"{'Hai' if len(found) == 2 else 'Các'} mức bằng nhau."
    high, low = found[numbers.index(max(numbers))], found[numbers.index(min(numbers))]
    bound = " (các mức có dấu >, ≥ là mức tối thiểu phải đạt)" if any(f[2] for f in read if f) else ""
    return f"Mức của {_name(kb, high, low)} cao {'hơn' if len(found) == 2 else 'nhất'}{bound}."


def _name(kb: KnowledgeBase, high: Row, low: Row) -> str:
    return f"năm {high.year}" if high.plan == low.plan and high.year != low.year else _where(kb, high).rstrip(", ") or w.label(high)


def figure(row: Row) -> tuple[float, str, bool] | None:
    """The number, the unit and whether it is a bound; None where the target is no plain figure, or a rank."""
    match = _FIGURE.match((row.target or "").replace("%dân số", "%"))
    unit = fold(row.unit or "").replace("% dan so", "%")
    if not match or "thu bac" in unit:
        return None
    digits = match["number"]
    number = digits.replace(".", "") if re.fullmatch(r"\d{1,3}(\.\d{3})+", digits) else digits.replace(",", ".")
    return float(number), "%" if match["rest"] or unit.startswith("%") else unit, bool(match["sign"])
