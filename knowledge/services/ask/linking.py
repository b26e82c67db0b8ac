"""From a question to the row it is about: by number, by pointing back, or by its words. It never guesses.

The decision between answering, asking back and saying that nothing fits rests on thresholds in `calibration.yml`, which were fitted
on questions that neither trained nor test the assistant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from knowledge.agencies.provinces import Provinces
from knowledge.model import Row
from knowledge.search import Hit, Scope
from knowledge.search.query import Query
from knowledge.services.ask import reading
from knowledge.services.ask.base import MEASURE_KINDS, WORK_KINDS, KnowledgeBase
from knowledge.services.ask.doubt import elsewhere, row_text
from knowledge.services.ask.question import Question
from knowledge.services.ask.sayings import Words
from knowledge.text.normalize import fold

_PAPERS = ("de an", "quyet dinh", "ke hoach", "chuong trinh", "nghi quyet", "bao cao")
_CALLED = ("de an", "danh muc", "nen tang", "co che", "quy che", "co so du lieu", "mang luoi")
_SENTENCES = re.compile(r"[.!?]\s+")
_FEW, _CLEARLY_MORE = 3, 2  # rows that are compared word by word, and how many more pairs of words tell one of them
POINTED = 1.5  # how much more a message that points back ("việc đó") must say to be about something else
_TELLING = 0.2  # what a word weighs that is not in rows of every kind, as "xây dựng" is
_SCATTERED = 0.6  # share of the question below which single syllables that stand nowhere together prove nothing
_HARDLY_LOWER = 0.9
_NEAR, _MANY = 0.88, 7
_NEAR_TOP, _LACK_COUNTS = 0.8, 0.6
_OF_ITS_OWN, _NEXT_TO_NOTHING = 1.6, 0.25
AGENCY_MASS = 0.6  # what it counts among the words of a question that the agency it names leads the row
KIND_FACTORS = {"duty": 0.87, "reporting": 0.75}  # a task of a plan goes before an assignment of a meeting about the same thing
NUMBER_KINDS = {"task_no": ("task",), "indicator_no": ("indicator",), "row_no": ("task", "indicator")}
QUIET_KINDS = ("agency", "province", "task_no", "indicator_no", "row_no", "group_no", "annex", "period")


@dataclass(frozen=True)
class Calibration:
    """Thresholds of the decision; see `calibration.yml` for the data they were fitted on."""

    least_mass: float
    least_coverage: float
    sure_coverage: float
    clear_mass: float
    clear_coverage: float
    clear_lead: float
    close: float
    offer_coverage: float
    close_when_little: float
    whole_title: float
    title_lead: float
    little_mass: float
    same_words: float
    most_of_title: float
    subject_mass: float
    elsewhere: float
    noted: float

    @classmethod
    @lru_cache(maxsize=1)
    def load(cls) -> Calibration:
        """The thresholds as shipped."""
        data = yaml.safe_load((Path(__file__).parent / "calibration.yml").read_text(encoding="utf-8"))
        return cls(**data["thresholds"])


@dataclass(frozen=True)
class Link:
    """The rows that a question may be about: one is an answer, several are choices, none is `not_found`.

    `how`: number, focus, words, choice, or missing (the question names nothing) · `hits`: the ranked rows behind it.
    """

    rows: tuple[Row, ...]
    how: str
    hits: tuple[Hit, ...] = ()


def query_of(question: Question, kb: KnowledgeBase) -> Query:
    """The words of a question as the search reads them; what it names by number, agency, place or time counts little."""
    return kb.index.read(question.text, question.spans(*QUIET_KINDS))


def content(question: Question, kb: KnowledgeBase) -> float:
    """How much a question says beside what it names by number, agency, place or time: the weight of its words."""
    return query_of(question, kb).mass


def kinds_for(question: Question) -> tuple[str, ...]:
    """Which kinds of rows a question can be about, by its form and its words."""
    if question.named("task_no"):
        return ("task",)
    if question.named("indicator_no"):
        return ("indicator",)
    if question.intent in ("ask_coop", "ask_due", "ask_result"):
        return WORK_KINDS
    if question.intent == "ask_target":
        return MEASURE_KINDS
    if reading.speaks_of_indicators(question):
        return MEASURE_KINDS
    if reading.speaks_of_tasks(question):
        return WORK_KINDS
    return WORK_KINDS + MEASURE_KINDS


def province_of(question: Question, kb: KnowledgeBase) -> str | None:
    """The province that the question names, that the conversation chose, or that the asker belongs to; None if it is open.

    A province without plans of its own counts only where the question names it.
    """
    provinces = question.named("province")
    province = provinces[-1] if provinces else question.context.province or question.province
    return province if province in kb.provinces or provinces else None


def where_looked(question: Question, kb: KnowledgeBase, what: str = "kế hoạch") -> str:
    """Where was looked, for saying that nothing is there: `các kế hoạch đang lưu của Hà Tĩnh`."""
    slug = province_of(question, kb)
    province = Provinces.load().get(slug) if slug and any(p.province != slug for p in kb.plans.values()) else None
    return f"các {what} đang lưu" + (f" của {province.name}" if province else "")


def scope(question: Question, kb: KnowledgeBase) -> Scope:
    """The rows of the province that the question is about, and of the annex it names."""
    province = province_of(question, kb)
    inside = kb.in_scope(province)
    annexes = {f"Phụ lục {a}" for a in question.named("annex")}
    return inside.passing(lambda row: row.annex is None or row.annex in annexes) if annexes else inside


def link(question: Question, kb: KnowledgeBase, among: Sequence[Row] | None = None) -> Link:
    """The rows that the question is about. `among` limits them to offered choices or to a list."""
    numbered = _by_number(question, kb)
    if numbered is not None and among is None:
        return numbered
    kinds = kinds_for(question)
    wanted = scope(question, kb).of(kinds)
    if among is not None:
        allowed = {r.ref for r in among}
        wanted = wanted.passing(lambda row: row.ref in allowed)
    query = query_of(question, kb)
    thresholds = Calibration.load()
    pointed = reading.points_back(question) and bool(question.context.focus)
    strong = _said_once(query) >= thresholds.subject_mass * (POINTED if pointed else 1.0)
    if not strong and among is None:
        bare = _described(question, kb, wanted) or _by_agency(question, kb, wanted)
        if bare:
            return bare
        focus = tuple(kb.by_ref[r] for r in question.context.focus if r in kb.by_ref)
        if focus and len(focus) <= 3:
            return Link(focus, "focus")
        if query.mass < 0.2:
            return Link((), "missing")
    hits = rank(question, kb, wanted)
    elsewhere = _each_province(hits, question, kb, thresholds) if among is None else ()
    if elsewhere and not _scattered(Link(elsewhere, "words", tuple(hits)), query):
        return Link(elsewhere, "provinces", tuple(hits))
    found = _told_apart(_of_named_agency(_with_rival(_decide(hits, thresholds), question, query), question, kb), question)
    found = _of_named_paper(_with_equal(found, query), question)
    if among is None and (_scattered(found, query) or _about_something_else(found, question, kb) or _of_other_rows(found, query, kb)):
        return _described(question, kb, wanted) or _of_last_sentence(question, kb) or Link((), "words", tuple(hits))
    if found.rows or among is not None:
        return found
    return _described(question, kb, wanted) or _of_last_sentence(question, kb) or found


def _said_once(query: Query) -> float:
    """The mass of a question in which a word counts once: "đề án" three times names no row."""
    return sum({term.key: term.weight for term in query.terms}.values())


def _of_last_sentence(question: Question, kb: KnowledgeBase) -> Link | None:
    """What the sentence that asks says alone, where it names whose work it is about and the story before it fits nothing."""
    first, last = question.asking
    entities = tuple(e.moved(-first) for e in question.entities if first <= e.start and e.end <= last)
    asked = replace(question, text=question.text[first:last], entities=entities)
    if first == 0 or reading.points_back(asked) or not asked.named("agency"):
        return None
    found = link(asked, kb)
    return found if found.how in ("agency", "described") and len(found.rows) > 1 else None


def rank(question: Question, kb: KnowledgeBase, wanted: Scope | None = None) -> list[Hit]:
    """The rows by the words of the question and by what else it says, best first; of its own scope unless another is given."""
    query = query_of(question, kb)
    hits = _with_hints(kb.index.search(query, wanted or scope(question, kb).of(kinds_for(question))), question, kb, query.mass)
    return _without_rivals_words(hits, query, kb)


def _without_rivals_words(hits: Sequence[Hit], query: Query, kb: KnowledgeBase) -> list[Hit]:
    """The ranking, the rows near its top lower by what they lack of the question that other rows hold."""
    near = [hit for hit in hits if hit.score >= _NEAR_TOP * hits[0].score]
    if len(near) < 2:
        return list(hits)
    weighed = [replace(hit, score=hit.score * (1 - _LACK_COUNTS * elsewhere(hit.row, query, kb.index))) for hit in near]
    return [*sorted(weighed, key=lambda hit: -hit.score), *hits[len(near) :]]


def _by_number(question: Question, kb: KnowledgeBase) -> Link | None:
    """Rows whose number the question gives; None if it gives none."""
    kinds = kinds_for(question)
    inside = scope(question, kb)
    rows: list[Row] = []
    asked = False
    for kind, of in NUMBER_KINDS.items():
        for number in question.named(kind):
            fitting = [k for k in of if k in kinds] or list(of)
            asked = True
            rows += [
                r
                for r in kb.rows
                if r.kind in fitting and inside(r) and _numbered_so(r.no, number)
            ]
    if not asked:
        return None
    groups = question.named("group_no")
    rows = [r for r in rows if r.group in groups] if groups else rows
    return Link(tuple({r.ref: r for r in rows}.values()), "number")


def _numbered_so(no: str, number: str) -> bool:
    """Does a row have this number, perhaps counted anew in its group (`1.1` in `A.I.1.1`)?"""
    before, _, last = no.rpartition(number)
    return last == "" and (not before or before.endswith(".") and not before.rstrip(".").split(".")[-1].isdigit())


def _by_agency(question: Question, kb: KnowledgeBase, wanted: Callable[[Row], bool]) -> Link | None:
    """ "Đề án của Công an tỉnh": too few words to tell the row, but an agency whose rows can be offered."""
    slugs = question.named("agency")
    if not slugs:
        return None
    rows = [r for r in kb.rows if wanted(r) and any(kb.leads(r, s) for s in slugs)]
    query = query_of(question, kb)
    if query.mass > 0:
        named = {h.row.ref for h in kb.index.search(query, wanted, limit=80) if h.mass > 0}
        rows = [r for r in rows if r.ref in named] or rows
    papers = [p for p in _PAPERS if p in fold(question.text)]
    rows = [r for r in rows if any(p in fold(f"{r.name} {r.result or ''}") for p in papers)] or rows
    return Link(tuple(rows), "agency") if rows else None


def _described(question: Question, kb: KnowledgeBase, wanted: Callable[[Row], bool]) -> Link | None:
    """Rows told by what they are rather than by name: the kind of paper, whose it is, when it is due. Only ever offered."""
    last = _SENTENCES.split(question.text.strip())
    papers = [p for p in _PAPERS if p in fold(question.text)]
    if not papers:
        return None
    slugs = question.named("agency")
    periods = [p for p in question.named("period") if p["start"] and p["end"]]

    def fits(row: Row) -> bool:
        due = row.due.date.isoformat() if row.due and row.due.date else ""
        words = fold(row.name + " " + (row.result or ""))
        named = not slugs or any(kb.leads(row, s) or fold(kb.agency(s).name) in words or _short_name(kb, s) in words for s in slugs)
        return any(p in words for p in papers) and named and all(p["start"] <= due <= p["end"] for p in periods)

    rows = [r for r in kb.rows if wanted(r) and fits(r)] if (slugs or periods) and last else []
    return Link(tuple(rows), "described") if 2 <= len(rows) <= 8 else None


def _short_name(kb: KnowledgeBase, slug: str) -> str:
    """`ubnd tinh` for Ủy ban nhân dân tỉnh."""
    return fold(kb.agency(slug).name).replace("uy ban nhan dan", "ubnd")


def _with_hints(hits: Sequence[Hit], question: Question, kb: KnowledgeBase, said: float) -> list[Hit]:
    """The ranking after what else the question says: agencies named, a year for indicators, what is asked of the row."""
    slugs = question.named("agency")
    years = {int(v[:4]) for p in question.named("period") for v in (p["start"], p["end"]) if v}
    measured = reading.speaks_of_measuring(question)
    papers = [p for p in _PAPERS[:4] if p in fold(question.text)]
    out = []
    for hit in hits:
        factor, coverage, mass = KIND_FACTORS.get(hit.row.kind, 1.0), hit.coverage, hit.mass
        if slugs:
            factor *= 1.15 if any(kb.leads(hit.row, s) or kb.cooperates(hit.row, s) for s in slugs) else 0.92
            if any(kb.leads(hit.row, s) for s in slugs):
                coverage = max(coverage, (hit.mass + AGENCY_MASS) / (said + AGENCY_MASS))
                mass += AGENCY_MASS
        if len(years) == 1 and hit.row.year:
            factor *= 1.3 if hit.row.year in years else 0.6
        if measured and question.intent == "ask_lead":
            factor *= 1.12 if hit.row.kind in MEASURE_KINDS else 1.0
        if papers:
            words = fold(f"{hit.row.name} {hit.row.result or ''}")
            factor *= 1.06 if any(p in words for p in papers) else 0.94
        if not _can_tell(question.intent, hit.row):
            factor *= 0.85
        out.append(Hit(hit.row, hit.score * factor, mass, coverage, hit.title))
    return sorted(out, key=lambda h: -h.score)


def _each_province(hits: Sequence[Hit], question: Question, kb: KnowledgeBase, thresholds: Calibration) -> tuple[Row, ...]:
    """The best row of each province, where the question names none, the asker has none, and several provinces hold the thing."""
    if province_of(question, kb) is not None or not hits:
        return ()
    best: dict[str | None, Hit] = {}
    for hit in hits:
        best.setdefault(kb.plans[hit.row.plan].province, hit)
    good = [
        h for h in best.values() if h.coverage >= max(thresholds.least_coverage, 0.75 * hits[0].coverage) and h.score >= 0.6 * hits[0].score
    ]
    return tuple(h.row for h in good) if len(good) > 1 else ()


def _of_named_agency(found: Link, question: Question, kb: KnowledgeBase) -> Link:
    """Among rows that fit equally, the one that the named agency leads ("đề án chuyển đổi số bên văn hóa")."""
    slugs = question.named("agency")
    led = [r for r in found.rows if any(kb.leads(r, s) for s in slugs)]
    return Link((led[0],), found.how, found.hits) if len(found.rows) > 1 and len(led) == 1 else found


def _name_and_result(row: Row) -> Words:
    return Words(f"{row.name} {row.result or ''}")


def _with_equal(found: Link, query: Query) -> Link:
    """The row found and another of its plan that has every telling word of the question too, in whatever order: not told apart."""
    if found.how != "words" or len(found.rows) != 1 or len(found.hits) < 2 or found.hits[0].row is not found.rows[0]:
        return found
    best, second = found.hits[:2]
    if best.row.kind != "task" or second.row.kind != "task" or second.row.plan != best.row.plan or second.score < _NEAR * best.score:
        return found
    first, other = (frozenset(_name_and_result(hit.row).keys) for hit in (best, second))
    telling = {term.key for term in query.terms if term.weight >= _TELLING}
    held = telling & first
    return replace(found, rows=(best.row, second.row)) if len(held) >= _MANY and held <= other else found


def _of_named_paper(found: Link, question: Question) -> Link:
    """Among rows that fit equally, the one that is what the question calls it: an "đề án", a "danh mục"."""
    if found.how != "words" or not 1 < len(found.rows) <= _FEW:
        return found
    text = fold(question.text)
    called = [word for word in _CALLED if re.search(rf"\b{word}\b", text)]
    such = tuple(row for row in found.rows if any(word in fold(row.name) for word in called))
    return replace(found, rows=such) if len(such) == 1 else found


def _with_rival(found: Link, question: Question, query: Query) -> Link:
    """The row found and the next one, where that ranks hardly lower and says more of the question literally."""
    if found.how != "words" or len(found.rows) != 1 or len(found.hits) < 2:
        return found
    best, second = found.hits[:2]
    if best.row is not found.rows[0] or second.score < _HARDLY_LOWER * best.score:
        return found
    telling = {term.key for term in query.terms if term.weight >= _TELLING}
    asked = {pair for pair in Words(question.text).written_out if telling.intersection(pair)}
    first, other = (len(asked & _name_and_result(hit.row).written_out) for hit in (best, second))
    return replace(found, rows=(best.row, second.row)) if other > first else found


def _told_apart(found: Link, question: Question) -> Link:
    """Among rows that fit equally, the one that says clearly more of the question literally, its small words too."""
    if found.how != "words" or not 1 < len(found.rows) <= _FEW:
        return found
    asked = Words(question.text).written_out
    counts = [len(asked & _name_and_result(row).written_out) for row in found.rows]
    best = max(counts)
    rows = tuple(row for row, count in zip(found.rows, counts) if count > best - _CLEARLY_MORE)
    return replace(found, rows=rows)


def _scattered(found: Link, query: Query) -> bool:
    """Do the rows hold only single syllables of a question, nowhere two that stand together in it? Chance brings those together."""
    if found.how != "words" or not found.hits or found.hits[0].coverage >= _SCATTERED:
        return False
    terms = query.terms
    wanted = {(a.key, b.key) for a, b in zip(terms, terms[1:]) if max(a.weight, b.weight) >= _TELLING}
    wanted |= {pair for t in terms if t.weight >= _TELLING for phrase, _ in t.others for pair in zip(phrase, phrase[1:])}
    return not any(wanted & Words(row_text(row)).pairs for row in found.rows)


def _of_other_rows(found: Link, query: Query, kb: KnowledgeBase) -> bool:
    """Does a large part of the question stand together in other rows, but not in the one found?"""
    if found.how != "words" or len(found.rows) != 1:
        return False
    return elsewhere(found.rows[0], query, kb.index) >= Calibration.load().elsewhere


def _about_something_else(found: Link, question: Question, kb: KnowledgeBase) -> bool:
    """Does the sentence that asks, after others, name a thing of its own of which the row found holds next to nothing?"""
    first, last = question.asking
    if found.how != "words" or not found.rows or first == 0 or reading.points_back(replace(question, text=question.text[first:last])):
        return False
    spans = [(s - first, e - first) for s, e in question.spans(*QUIET_KINDS) if first <= s and e <= last]
    query = kb.index.read(question.text[first:last], spans)
    if query.mass < _OF_ITS_OWN:
        return False
    return max(Words(row_text(row)).share(query) for row in found.rows) < _NEXT_TO_NOTHING


def _can_tell(intent: str, row: Row) -> bool:
    """Does the row hold what is asked? A heading such as "Hạ tầng số" has no value of its own."""
    asked = {"ask_lead": row.lead, "ask_target": row.target, "ask_coop": row.coop or row.lead, "ask_result": row.result}
    return bool(asked.get(intent, True))


def _decide(hits: Sequence[Hit], thresholds: Calibration) -> Link:
    """One row, several that fit equally, or none. A clear lead over the second makes up for words that no row has."""
    hits = [h for h in hits if h.score > 0]
    if not hits:
        return Link((), "words")
    best = hits[0]
    lead = best.score / hits[1].score if len(hits) > 1 else 2.0
    enough = best.mass >= thresholds.least_mass and best.coverage >= thresholds.least_coverage
    clear = best.mass >= thresholds.clear_mass and best.coverage >= thresholds.clear_coverage and lead >= thresholds.clear_lead
    titled = best.title >= thresholds.whole_title and best.coverage >= thresholds.clear_coverage and lead >= thresholds.title_lead
    if not enough and not clear and not titled and best.coverage < thresholds.sure_coverage:
        return Link((), "words", tuple(hits))
    little_said = best.title < thresholds.whole_title and best.mass < thresholds.little_mass
    close = thresholds.close_when_little if little_said else thresholds.close
    partial = best.title < thresholds.most_of_title
    rivals = [
        h
        for h in hits[1:]
        if h.score >= best.score * close
        or (partial and h.mass >= best.mass * thresholds.same_words and h.score >= best.score * thresholds.close_when_little)
    ]
    if rivals and best.coverage < thresholds.offer_coverage:
        return Link((), "words", tuple(hits))
    return Link((best.row, *(h.row for h in rivals[:7])), "words", tuple(hits))


def explain(found: Link) -> list[dict[str, Any]]:
    """The ranked rows with their figures, for looking at and for calibrating."""
    return [
        {
            "ref": h.row.ref,
            "score": round(h.score, 3),
            "mass": round(h.mass, 3),
            "coverage": round(h.coverage, 3),
            "title": round(h.title, 3),
        }
        for h in found.hits[:5]
    ]
