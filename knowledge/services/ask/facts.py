"""Facts stated in prose: the sentence that tells is quoted, with its place. Nothing is put into other words.

A passage is found by the index; which of its sentences tells is decided by the words of the question that the sentence holds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from knowledge.model import Row
from knowledge.search.query import Query
from knowledge.services.ask import wording as w
from knowledge.services.ask.base import KnowledgeBase
from knowledge.services.ask.clauses import Span, narrower
from knowledge.services.ask.kept import kept
from knowledge.services.ask.linking import province_of, scope, where_looked
from knowledge.services.ask.naming import own_plans, without_agencies
from knowledge.services.ask.question import Answer, Question
from knowledge.services.ask.sayings import Words
from knowledge.text.normalize import fold

INTENTS = ("ask_fact",)
KINDS = ("passage", "duty")
_OF_WORK = ("ask_lead", "ask_coop", "ask_due", "ask_result", "ask_detail")
_MOST_PASSAGES = 6
MOST = 5  # sentences that are quoted
_LONGEST = 900  # letters of a quotation
_LONGEST_LIST = 1600
_VAGUE = re.compile(r"\b(?:trong )?thoi gian (?:toi|qua)\b")
_IS = re.compile(r"\bla (?:ai|co quan nao|don vi nao|gi)\b")
_WHOSE_NAME = re.compile(r"\b(ten (?:la )?gi|dong chi nao|ong nao|ba nao|la ai)\b")
_PERSON = re.compile(r"\b(?:đồng chí|[Ôô]ng|[Bb]à) [A-ZĐÀ-Ỹ][^\W\d]+ [A-ZĐÀ-Ỹ][^\W\d]+")
_SHORT_LEAD_IN = 160
_END = re.compile(r"(?<=[.!?…])\s+(?=[A-ZĐÀ-Ỹ“\"(\d])|\n+")
_QUANTITY = re.compile(
    r"\b(bao nhieu|may|bn|nhieu it|ty le|ti le|so luong|tong so|dien tich|kinh phi|muc dau tu|"
    r"khi nao|bao gio|nam nao|ngay nao|luc nao|thang may)\b"
)
_NO_QUANTITY = re.compile(r"\b(nguon nao|tu dau|o dau|cua ai|ai)\b")
_THING = re.compile(r"\b(?:bao nhieu|may|bn) (?!(?:phan tram|ty|trieu|nghin|ngan)\b)([a-z]{2,} [a-z]{2,})\b")
_COUNTS = 0.15  # what such a sentence fits better
_FIGURE = re.compile(r"(?<!\()\d|\d(?![\d)])")  # the 1 of "(1)" counts nothing
_YEAR = re.compile(r"\b20\d\d\b")
_NUMBER = re.compile(r"\b(bao nhieu|may|bn)\b")
_WHICH_PAPER = re.compile(
    r"\b(nghi dinh|nghi quyet|quyet dinh|thong tu|chi thi|ke hoach|luat)"
    r" (?:nao\b|so (?:may|bao nhieu)\b|[^.?!]{0,120}\bso (?:may|bao nhieu|nao)\b)"
)
_OPEN = re.compile(r"\b(nhung gi|la gi|gom gi|the nao|ra sao|nhung .{0,40}\bnao|cac .{0,40}\bnao|gom nhung|la nhung)\b")
_LOOKED_AT = 16  # passages whose sentences are compared
_MORE_IN_A_SENTENCE = 0.15  # what a sentence with its title may fit better than its whole passage ranks
_DEFINES = 0.05  # what a sentence with "là" fits better where it is asked what something is
FITS, FITS_WELL, BEST = 0.72, 0.8, 1 + _DEFINES
FITS_NAMED = 0.6  # in the one document that the question names
FITS_NARROWLY, _LEAST_NARROWLY = 0.82, 1.6  # how well a part of a message must fit to stand for the whole, and how much it must say
_REMEMBERED = 50
_IN_PLAN = re.compile(
    r"\b(?:trong |theo |o |tai |cua |cai )?(?:bao cao|thong bao|ke hoach|phien hop|cuoc hop)"
    r"(?: (?:so )?\d{1,3}(?: ?- ?[a-z]+(?:/[a-z]+)?)?)?(?: ket luan| so ket| thu nhat)?(?: 0?5 nam)?"
    r"(?: thuc hien| trien khai| ve)?(?: (?:nghi quyet|nq)(?: so)? ?\d+(?:-nq/tw)?)?(?: cua| nam \d{4})?(?= |$|[,.?])"
)
_COST = re.compile(
    r"\b(?:ton|het|chi) (?:het )?(?:bao nhieu|may|bn)\b|\b(?:bao nhieu|may|bn) (?:tien|kinh phi|von|ty|trieu)\b"
    r"|\bkinh phi\b.*\b(?:bao nhieu|may)\b"
)
_SUM = re.compile(r"\d[\d.,]* ?(?:ty|trieu|nghin|ngan)?(?: dong| usd)\b|\d[\d.,]* (?:ty|trieu)\b")
_BEGINS = re.compile(r"(?:^|[.!?,;:])\s*$")  # "Báo cáo có nêu …" is the document, "giao ai báo cáo" is not
_TITLE_SAID = 0.45
_TOGETHER = 0.75  # how well a word stands in a text beside its neighbour, at least
_WHOLE_SECTION = 0.8  # share of the question's words that the title of a section holds


@dataclass(frozen=True)
class Found:
    """A passage with its sentences in reading order, the one that fits best, and how much of the question it holds (0…1).

    `titled` is the share of the question that the title of its section holds; `gains` what each sentence adds to the best;
    `own` the share that the best sentence holds itself, without heading and list.
    """

    row: Row
    sentences: tuple[str, ...]
    best: int
    fit: float
    mass: float
    gains: tuple[float, ...]
    titled: float = 0.0
    own: float = 0.0


def answer_fact(question: Question, kb: KnowledgeBase) -> Answer:
    """Quotes what the documents say, or says that they don't."""
    found = look_up(question, kb)
    if not found or found[0].fit < least(question, kb):
        told = _cost_told(question, kb)
        if told is not None:
            return told
        text = f"Tôi không tìm thấy số liệu hoặc nội dung này trong {where_looked(question, kb, 'văn bản')}. "
        text += "Anh/chị thử nêu rõ hơn tên chương trình, đơn vị hoặc văn bản."
        return Answer("not_found", text, context=replace(question.context, choices=()), intent=question.intent)
    return quote(question, kb, found)


def _cost_told(question: Question, kb: KnowledgeBase) -> Answer | None:
    """ "Tốn bao nhiêu tiền?" after a passage: its sentence that gives the sum; None where it gives none."""
    focus = kb.by_ref.get(question.context.focus[0]) if question.context.focus else None
    if focus is None or focus.kind not in ("passage", "duty") or not _COST.search(fold(question.text)):
        return None
    sentences = split(focus.name)
    best = next((n for n, said in enumerate(sentences) if _SUM.search(fold(said))), None)
    if best is None:
        return None
    return quote(question, kb, [Found(focus, sentences, best, 1.0, 1.0, (0.0,) * len(sentences))])


def quote_again(question: Question, kb: KnowledgeBase, row: Row) -> Answer:
    """Another sentence of the passage that was told last ("bao nhiêu người làm việc ở đó?")."""
    return quote(question, kb, [_found(row, kb.index.read(question.text, question.spans("province")), question)])


def instead(question: Question, kb: KnowledgeBase, mass: float = 1.5) -> Answer | None:
    """The quotation that answers a question for which no row was found; None unless it fits very well."""
    found = look_up(question, kb, FITS_WELL)
    if not found or found[0].fit < FITS_WELL or found[0].mass < (mass if found[0].fit < 0.95 else 0.6 * mass):
        return None
    return quote(question, kb, found)


def fits(question: Question, kb: KnowledgeBase) -> bool:
    """Does a passage answer the question?"""
    found = look_up(question, kb)
    return bool(found) and found[0].fit >= least(question, kb)


def least(question: Question, kb: KnowledgeBase) -> float:
    """How well a passage must fit to answer: less well where the question names the document that tells it."""
    return FITS_NAMED if plan_named(question, kb)[1] else FITS


def names_section(question: Question, kb: KnowledgeBase) -> bool:
    """Does the question say the whole title of a section of prose?"""
    return any(f.titled >= 1.0 for f in look_up(question, kb))


def look_up(question: Question, kb: KnowledgeBase, least: float = 0.0) -> list[Found]:
    """The passages that hold most of the question's words in one sentence, best first; [] where none can hold `least` of them.

    Of a long message a part is looked up alone where the whole fits nothing.
    """
    whole = _looked_up(question, kb, least, ())
    if whole and whole[0].fit >= FITS:
        return whole
    part = _partly(question, kb)
    # Who does something and until when is told by work, not by what a report says of it.
    return part if part and (question.intent not in _OF_WORK or part[0].row.kind == "duty") else whole


def _partly(question: Question, kb: KnowledgeBase) -> list[Found]:
    """What a part of a long message finds, if it finds it very well; remembered, since a turn asks for it several times."""
    known: dict[tuple[Any, ...], list[Found]] = kept(kb, "looked up in part", lambda _: {})
    asked = (question.text, province_of(question, kb), question.context.focus)
    if asked not in known:
        if len(known) >= _REMEMBERED:
            known.clear()
        known[asked] = []
        for left_out in narrower(question):
            found = _looked_up(question, kb, FITS_NARROWLY, left_out)
            if found and found[0].fit >= FITS_NARROWLY and found[0].mass >= _LEAST_NARROWLY:
                known[asked] = found
                break
    return known[asked]


def _looked_up(question: Question, kb: KnowledgeBase, least: float, left_out: Sequence[Span]) -> list[Found]:
    inside = scope(question, kb)
    spans, plans = plan_named(question, kb)
    vague = [m.span() for m in _VAGUE.finditer(fold(question.text))]
    query = kb.index.read(question.text, [*question.spans("province"), *spans, *vague, *left_out])
    if query.mass < (_LEAST_NARROWLY if left_out else 0.2):
        return []
    wanted = inside.of(KINDS).within(plans) if plans else inside.of(KINDS)
    hits = kb.index.search(query, wanted, _LOOKED_AT)
    if not hits or hits[0].coverage < least - _MORE_IN_A_SENTENCE:
        return []
    found = [_found(h.row, query, question) for h in hits]
    return sorted(found, key=lambda f: (-f.fit, -f.own))


def plan_named(question: Question, kb: KnowledgeBase) -> tuple[list[tuple[int, int]], set[str]]:
    """Where the question only says in which of our plans to look ("trong báo cáo sơ kết"), and these plans."""
    text = without_agencies(question)
    found = next((m for m in _IN_PLAN.finditer(text) if m.group() != "bao cao" or _BEGINS.search(text[: m.start()])), None)
    plans = {p.id for p in own_plans(question, kb)} if found else set()
    return ([found.span()], plans) if found and len(plans) == 1 else ([], set())


@lru_cache(maxsize=5_000)
def split(text: str) -> tuple[str, ...]:
    """A passage as sentences; the points of a list are sentences of their own."""
    return tuple(s.strip() for s in _END.split(text) if s and s.strip())


def _found(row: Row, query: Query, question: Question) -> Found:
    sentences = split(row.name)
    total = query.mass or 1.0
    held = [Words(s).held(query) for s in sentences]
    outside = [0.6 * x for x in Words(" ".join(str(row.extra.get(k) or "") for k in ("heading", "lead_in", "context"))).held(query)]
    text = fold(question.text)
    asks_quantity = bool(_QUANTITY.search(text)) and (not _NO_QUANTITY.search(text) or bool(_NUMBER.search(text)))
    numbered, counted = _numbered(text), _counted(text)
    asks_sum, asks_name = bool(_COST.search(text)), bool(_WHOSE_NAME.search(text))
    asks_what = bool(_IS.search(fold(question.text)))
    fits = []
    for sentence, one in zip(sentences, held):
        fit = sum(max(a, b) for a, b in zip(one, outside)) / total
        if asks_what and " là " in sentence or asks_name and _PERSON.search(sentence):
            fit += _DEFINES
        told = (not asks_quantity or bool(_FIGURE.search(sentence))) and bool(numbered.search(fold(sentence)))
        told = told and (not asks_sum or bool(_SUM.search(fold(sentence))))
        fits.append((fit if told else fit * 0.75) + (_COUNTS if counted and counted.search(fold(sentence)) else 0.0))
    best = max(range(len(sentences)), key=lambda n: (fits[n], -n))
    together = sum(max(one[i] for one in held) for i in range(len(query.terms))) / total
    titled = 0.0 if asks_quantity else _titled(str(row.extra.get("heading") or "").split(" › ")[-1], query)
    telling = next((n for n, sentence in enumerate(sentences) if counted and counted.search(fold(sentence))), None)
    if telling is not None and 0.94 * together + _COUNTS > fits[best]:
        best, together = telling, together + _COUNTS  # "Khu công nghệ số …. Đến nay có 08 doanh nghiệp": of what stands before
    gains = tuple(sum(max(0.0, x - y) for x, y in zip(one, held[best])) / total for one in held)
    fit = max(fits[best], 0.94 * together, titled if titled >= _WHOLE_SECTION else 0.0)
    if asks_quantity and not _FIGURE.search(row.name) or _lacks_thing(row, query, text):
        fit *= 0.75
    return Found(row, sentences, best, fit, fit * total, gains, titled, max(map(sum, held)) / total)


def _lacks_thing(row: Row, query: Query, text: str) -> bool:
    """Does a passage hold both words of the thing that is counted ("bao nhiêu cây xanh"), but nowhere together?"""
    thing = _THING.search(text)
    keys = tuple(thing.group(1).split()) if thing else ()
    if len(keys) != 2:
        return False
    words = Words(row.name)
    places = [n for n, pair in enumerate(zip(query.terms, query.terms[1:])) if tuple(t.key for t in pair) == keys]
    return any(0 < words.fit(n, query.terms) < _TOGETHER and 0 < words.fit(n + 1, query.terms) < _TOGETHER for n in places)


@lru_cache(maxsize=100)
def _numbered(text: str) -> re.Pattern[str]:
    """What a sentence must hold that tells the number of a document asked for ("nghị định nào"), of the year that the question names."""
    paper = _WHICH_PAPER.search(text)
    if not paper or paper.group(1) == "luat":
        return re.compile("")
    year = _YEAR.search(text)
    return re.compile(rf"\b{paper.group(1)}(?: so)? \d" + (rf"[^.;]{{0,40}}{year.group()}" if year else ""))


@lru_cache(maxsize=100)
def _counted(text: str) -> re.Pattern[str] | None:
    """How a sentence tells the number of the thing that is asked for: a figure and the thing behind it ("08 doanh nghiệp")."""
    thing = _THING.search(text)
    return re.compile(rf"(?<![\d/])\d{{1,3}}(?:\.\d{{3}})*(?: [a-z]+)? {thing.group(1)}\b") if thing else None


def _titled(title: str, query: Query) -> float:
    """The share of the question that a section's title holds; all of it where the question says the whole title."""
    words = Words(title)
    share = words.share(query)
    said = {t.key for t in query.terms}
    whole = share >= _TITLE_SAID and len(words.keys) > 1 and all(k in said for k in words.keys)
    return 1.0 if whole else share


def quote(question: Question, kb: KnowledgeBase, found: Sequence[Found]) -> Answer:
    """The answer that quotes the best passage, or the passages of a section whose title is what an open question names."""
    chosen = _section(question, found) or found[:1]
    rows = [f.row for f in chosen]
    said = (
        [quotation(chosen[0], bool(_OPEN.search(fold(question.text))))]
        if len(chosen) == 1
        else [f"• “{w.short(f.row.name, 60)}”" for f in chosen[:_MOST_PASSAGES]]
    )
    if len(chosen) > _MOST_PASSAGES:
        said.append(f"Mục này còn {len(chosen) - _MOST_PASSAGES} đoạn nữa.")
    head = f"{str(chosen[0].row.extra.get('heading')).split(' › ')[-1]}:" if len(chosen) > 1 else ""
    text = w.paragraph(head, *said, w.source(kb, rows))
    context = replace(
        question.context, intent=question.intent, text=question.text, focus=tuple(r.ref for r in rows[:3]), choices=(), filters={}
    )
    own = rows[0].facts() if len(rows) == 1 and rows[0].kind == "duty" else {}
    facts = own | {"quote": found[0].sentences[found[0].best], "section": rows[0].extra.get("section", rows[0].no)}
    if len(rows) > 1:
        facts["count"] = len(rows)
    return Answer("answer", text, tuple(r.ref for r in rows), facts, context=context, intent=question.intent)


def _section(question: Question, found: Sequence[Found]) -> list[Found]:
    """All passages of the section that an open question names ("hạn chế là gì?"), in reading order; [] if it names none."""
    best = max(found, key=lambda f: f.titled)
    if best.titled < _WHOLE_SECTION or best.titled < 1.0 and not _OPEN.search(fold(question.text)):
        return []
    same = [f for f in found if f.row.plan == best.row.plan and f.row.extra.get("heading") == best.row.extra.get("heading")]
    return sorted(same, key=lambda f: f.row.source.lines or (0, 0)) if len(same) > 1 else []


def quotation(found: Found, whole: bool = False) -> str:
    """The best sentence first, then what else of the passage belongs to it; a list whole if it is short, with what leads it in."""
    row, best = found.row, found.sentences[found.best]
    lead_in = str(row.extra.get("lead_in") or "")
    if "\n" in row.name and len(row.name) <= _LONGEST_LIST and (whole or best.endswith(":") or found.best == 0):
        return f"“{row.name}”"
    if lead_in and len(lead_in) <= _SHORT_LEAD_IN:
        best = f"{lead_in} … {best}"
    elif "\n" in row.name and found.best > 0:
        best = f"{found.sentences[0]} … {best}" if found.sentences[0].endswith(":") else best
    more = _more(found)
    return w.paragraph(f"“{best}”", f"Cùng đoạn: “{' […] '.join(more)}”" if more else "")


def _more(found: Found) -> list[str]:
    """Further sentences of the passage: those that hold other words of the question, and the one right behind the best."""
    places = [n for n, gain in enumerate(found.gains) if n != found.best and gain >= 0.08]
    behind = found.best + 1
    if behind < len(found.sentences) and behind not in places:
        places.append(behind)
    out: list[str] = []
    for place in sorted(places)[: MOST - 1]:
        if sum(map(len, out)) + len(found.sentences[place]) + len(found.sentences[found.best]) > _LONGEST:
            break
        out.append(found.sentences[place])
    return out
