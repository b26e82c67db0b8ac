"""Which legal document or which of our own plans a question names: by number, by its kind and province, or by words of its subject."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance.DamerauLevenshtein import distance

from knowledge.agencies.provinces import Provinces
from knowledge.entities import Entity
from knowledge.model import LegalDocument, Row, Source, ref_plan
from knowledge.search import Hit, Index
from knowledge.services.ask.base import KnowledgeBase, PlanHead
from knowledge.services.ask.citations import Citation
from knowledge.services.ask.clauses import Span, narrower
from knowledge.services.ask.kept import kept
from knowledge.services.ask.question import Question
from knowledge.text.lexicon import abbreviations, is_syllable
from knowledge.text.normalize import Token, blot, fold, tokenize

#: Folded kinds of documents with the short forms in which they are typed and numbered.
KINDS = {
    "nghi quyet": ("nq",),
    "nghi dinh": ("nd",),
    "quyet dinh": ("qd",),
    "ke hoach": ("kh",),
    "thong bao": ("tb",),
    "chuong trinh": ("ctr", "cthd"),
    "chi thi": ("ct",),
    "ket luan": ("kl",),
    "cong van": ("cv",),
    "de an": ("da",),
    "thong tu": ("tt",),
    "huong dan": ("hd",),
    "bao cao": ("bc",),
    "luat": (),
    "quy dinh": (),
}
_SHORT = {short: kind for kind, shorts in KINDS.items() for short in shorts}
_KIND = "|".join(sorted([*KINDS, *_SHORT], key=len, reverse=True))
_FULL = re.compile(r"\b(\d{1,4}(?:/\d{4})?)\s*[-/]\s*((?:[a-z]{1,8}\d{0,3})(?:\s*[-/]\s*[a-z]{2,12}\d{0,3})*)\b")
_BARE = re.compile(rf"\b({_KIND})(?: hanh dong| ket luan)?\s*(?:so\s*)?(\d{{1,4}})(?:/((?:19|20)\d\d))?\b(?!\s*[-/]\s*[a-z\d])")
_SYMBOL = re.compile(r"\b(?:nq|nd|qd|kh|tb|ctr|ct|kl|da|tt|hd|bc|ubnd|hdnd|qh|ttg|tu|tw|bcd|btttt)\d*\b")
_WHICH = re.compile(rf"\b({_KIND}|van ban|can cu)\s+(?:nao|gi)\b")
_CARRIED_OUT = re.compile(r"\b(thuc hien|trien khai|quan triet|so ket|tong ket|cu the hoa|lien quan)\b[a-z0-9 ]{0,30}$")
_OWN = {
    "ke hoach": ("plan", "plan_annex"),
    "kh": ("plan", "plan_annex"),
    "phu luc": ("plan_annex",),
    "thong bao": ("conclusion",),
    "tb": ("conclusion",),
    "ket luan": ("conclusion",),
    "phien hop": ("conclusion",),
    "cuoc hop": ("conclusion",),
    "bao cao": ("report",),
    "so ket": ("report",),
}
_OF_IT = re.compile(r"\b(?:ke hoach|thong bao|bao cao|kh) (?:ve |theo )?$")
_RESOLUTION = re.compile(r"nq|nghi quyet")
_OWN_WORD = re.compile(r"\b(" + "|".join(sorted(_OWN, key=len, reverse=True)) + r")\b")
OWN_WORD_LAST = re.compile(rf"{_OWN_WORD.pattern}(?: ket luan| ban chi dao| so| hop)* ?(?:ngay|hom|ky ngay)? ?$")
_THIS = re.compile(r"\b(ke hoach|van ban|thong bao|bao cao|ket luan|cai) (nay|do|ay|tren|vua roi)\b")
_ISSUERS = {
    "hdnd": "hoi dong nhan dan",
    "hoi dong nhan dan": "hoi dong nhan dan",
    "quoc hoi": "quoc hoi",
    "chinh phu": "chinh phu",
    "thu tuong": "thu tuong",
    "bo chinh tri": "bo chinh tri",
    "ban bi thu": "ban bi thu",
    "ubnd": "uy ban nhan dan",
    "uy ban nhan dan": "uy ban nhan dan",
}


_BEFORE_A_PLACE = frozenset("o tinh ben cua voi va con tai giua ubnd".split())
_OF_WORK = frozenset("han nv nhiem cot hoan xong da an viec kh".split())
_AFTER_A_TIME = frozenset("hoan thuc nao xong bat ket trinh chua truoc ban may la bao".split())
_SHORTEST_MENDED = 8  # letters of a province's name in which a slip is recognised


def placed(question: Question, kb: KnowledgeBase) -> Question:
    """The question with all provinces that it names: also those written by their initials ("HG"), or with a slip in the name.

    Only provinces of plans that we hold are looked for in this way.
    """
    tokens = tokenize(question.text)
    taken = question.spans("province", "agency")
    initials, names = kept(kb, "province names", _province_names)
    found = []
    for n, token in enumerate(tokens):
        end, slug = token.end, _by_initials(n, tokens, initials)
        if slug is None and n + 1 < len(tokens) and tokens[n + 1].start == token.end + 1:
            end, slug = tokens[n + 1].end, _mended(token.folded, tokens[n + 1].folded, names)
        if slug and not any(start < end and token.start < stop for start, stop in taken):
            found.append(Entity("province", slug, token.start, end, question.text[token.start : end]))
    if not found:
        return question
    return replace(question, entities=tuple(sorted((*question.entities, *found), key=lambda e: e.start)))


def _by_initials(at: int, tokens: Sequence[Token], initials: dict[str, str]) -> str | None:
    """The province whose initials stand at a place ("HG", in haste "hg"); "TG" may also be short for "thời gian"."""
    token = tokens[at]
    slug = initials.get(token.text.upper()) if token.text.isupper() or token.text.islower() else None
    if slug is None or not abbreviations().meanings(token.text):
        return slug
    before, after = tokens[at - 1].folded if at else "", tokens[at + 1].folded if at + 1 < len(tokens) else ""
    timed = after in _AFTER_A_TIME or not _OF_WORK.isdisjoint(t.folded for t in tokens)
    return slug if before in _BEFORE_A_PLACE or token.text.isupper() and after and not timed else None


def _province_names(kb: KnowledgeBase) -> tuple[dict[str, str], dict[tuple[str, ...], str]]:
    """The provinces of our plans by their initials and by the words of their names."""
    held = [p for p in (Provinces.load().get(h.province) for h in kb.plans.values() if h.province) if p]
    return {"".join(w[0] for w in p.name.split()): p.slug for p in held}, {tuple(fold(p.name).split()): p.slug for p in held}


def _mended(left: str, right: str, names: dict[tuple[str, ...], str]) -> str | None:
    """The province that two words mean of which one is misspelled into no word at all."""
    for name, slug in names.items():
        if len(name) != 2 or len("".join(name)) < _SHORTEST_MENDED or (left, right) == name:
            continue
        slips = [(typed, meant) for typed, meant in zip((left, right), name) if typed != meant]
        typed, meant = slips[0]
        spelled = re.sub(r"gj|j", "gi", typed)  # as young people type
        if len(slips) == 1 and not is_syllable(typed) and (spelled == meant or distance(typed, meant) == 1):
            return slug
    return None


@dataclass(frozen=True)
class Named:
    """What a question names. `how`: number, plan, words; `asked` is the number as typed where nothing has it."""

    citations: tuple[Citation, ...] = ()
    plans: tuple[PlanHead, ...] = ()
    how: str = ""
    asked: str = ""

    def __bool__(self) -> bool:
        return bool(self.citations or self.plans)


def named(question: Question, kb: KnowledgeBase) -> Named:
    """The documents or plans that a question names; several where they fit equally."""
    text = fold(question.text)
    numbered = _by_number(text, question, kb)
    if numbered is not None:
        return numbered
    law = _by_law(text, kb)
    if law:
        return Named(law, how="words")
    if not _WHICH.search(text):
        plans = own_plans(question, kb)
        if plans:
            return Named(plans=plans, how="plan")
    return by_words(question, kb)


def names_number(question: Question, kb: KnowledgeBase) -> bool:
    """Does a question name a document that we know by its number?"""
    return bool(_by_number(fold(question.text), question, kb))


def _by_number(text: str, question: Question, kb: KnowledgeBase) -> Named | None:
    """Documents by the numbers in the text; None if it has none that is a document's."""
    found: list[Citation] = []
    unknown = ""
    for match, candidates in _mentions(text, kb):
        before = text[: match.start()]
        if _OWN_WORD.search(before) and _CARRIED_OUT.search(before) or _OF_IT.search(before) and _RESOLUTION.match(match.group()):
            continue  # "kế hoạch NQ 57 của tỉnh" is the plan
        if candidates:
            found += [c for c in narrowed(candidates, text, question, kb) if c not in found]
        elif _SYMBOL.search(match.group()) or len(match.group(1)) > 3 or _BARE.fullmatch(match.group()):
            unknown = unknown or question.text[match.start() : match.end()]
    if found:
        plans = tuple(p for p in kb.plans.values() if p.number and any(_key(p.number) == _key(c.document.number) for c in found))
        return Named(tuple(c for c in found if not any(_key(p.number or "") == _key(c.document.number) for p in plans)), plans, "number")
    return Named(how="number", asked=unknown) if unknown else None


def _mentions(text: str, kb: KnowledgeBase) -> Iterable[tuple[re.Match[str], list[Citation]]]:
    """Each number in a folded text with the documents that it may mean."""
    known = kept(kb, "numbered", _numbered)
    for match in _FULL.finditer(text):
        wanted = _key(match.group())
        same = [c for n, c in known.items() if _key(n) == wanted]
        yield match, same or [c for n, c in known.items() if _key(n).startswith(wanted) and _digits(n) == _digits(match.group())]
    for match in _BARE.finditer(text):
        kind = _SHORT.get(match.group(1), match.group(1))
        candidates = [c for n, c in known.items() if _digits(n) == int(match.group(2)) and _is_kind(c, kind)]
        candidates = [c for c in candidates if not match.group(3) or f"/{match.group(3)}" in c.document.number]
        if candidates or (match.group(1) in ("nghi quyet", "nghi dinh", "quyet dinh", "thong tu", "chi thi", "thong bao", "nq", "qd")):
            yield match, candidates


def _numbered(kb: KnowledgeBase) -> dict[str, Citation]:
    """The cited documents by number, and our own plans that have one."""
    kinds = {"conclusion": "Thông báo", "report": "Báo cáo"}
    own = (LegalDocument(p.number, kinds.get(p.kind, "Kế hoạch"), p.date, p.issuer or "", p.title) for p in kb.plans.values() if p.number)
    return {d.number: Citation(d) for d in own} | kb.citations


def _key(number: str) -> str:
    return re.sub(r"[^a-z0-9]", "", fold(number))


def _digits(number: str) -> int:
    found = re.match(r"\d+", number)
    return int(found.group()) if found else -1


def _is_kind(citation: Citation, kind: str) -> bool:
    symbol = fold(citation.document.number)
    return fold(citation.document.kind).startswith(kind) or any(re.search(rf"[\d/-]{s}\b", symbol) for s in KINDS[kind])


def narrowed(candidates: Sequence[Citation], text: str, question: Question, kb: KnowledgeBase) -> list[Citation]:
    """The candidates after what else the question says: issuer, year, province; one that nothing is told of gives way."""
    issuers = {full for word, full in _ISSUERS.items() if re.search(rf"\b{word}\b", text)}
    years = {int(y) for y in re.findall(r"\b(?:19|20)\d\d\b", text)}
    provinces = question.named("province") or ([question.province] if question.province else [])
    tests: tuple[Callable[[Citation], bool], ...] = (
        lambda c: bool(c.document.date or c.document.issuer or c.document.subject),
        lambda c: any(i in fold(c.document.issuer) for i in issuers),
        lambda c: c.document.date is not None and c.document.date.year in years,
        lambda c: any(kb.plans[p].province in provinces for p in c.plans if p in kb.plans),
    )
    left = list(candidates)
    for test in tests:
        passing = [c for c in left if test(c)]
        left = passing or left
    return left


def _by_law(text: str, kb: KnowledgeBase) -> tuple[Citation, ...]:
    """A law by its name: "Luật Giao dịch điện tử"; the longest name that stands in the text."""
    laws = [c for c in kb.citations.values() if c.document.kind.startswith(("Luật", "Bộ luật")) and fold(c.document.number) in text]
    if not laws or _WHICH.search(text) and not re.search(r"\bnhac\b|\bvien dan\b", text):
        return ()
    return (max(laws, key=lambda c: len(c.document.number)),)


def without_agencies(question: Question) -> str:
    """The folded text with agencies blotted out: "Sở Kế hoạch và Đầu tư" names no plan."""
    text = blot(fold(question.text), question.spans("agency"), "_")
    return re.sub(r"\b(so|bo) ke hoach\b", "________", text)


def own_plans(question: Question, kb: KnowledgeBase) -> tuple[PlanHead, ...]:
    """Our own plans that a question speaks of, by kind and province; the one that the conversation is about for "kế hoạch này"."""
    text = without_agencies(question)
    focus = [kb.plans[ref_plan(r)] for r in question.context.focus if ref_plan(r) in kb.plans]
    if _THIS.search(text) and focus:
        return (focus[0],)
    kinds = {k for word in _OWN_WORD.findall(text) for k in _OWN[word]}
    if not kinds:
        return ()
    first = _OWN_WORD.search(text)
    leading = set(_OWN[first.group(1)]) if first else kinds
    provinces = question.named("province") or (
        [question.context.province or question.province] if question.context.province or question.province else []
    )
    inside = [p for p in kb.plans.values() if not provinces or p.province in provinces]
    plans = [p for p in inside if p.kind in leading] or [p for p in inside if p.kind in kinds]
    return tuple(plans)


def _index(kb: KnowledgeBase) -> Index:
    """The documents as rows, searched by what they are about."""
    return kept(kb, "documents", lambda base: Index(_as_row(c) for c in base.citations.values()))


def _as_row(citation: Citation) -> Row:
    document = citation.document
    name = f"{document.kind} {document.subject}".strip()
    return Row("doc", "passage", document.number, name, Source(""), extra={"heading": document.issuer})


def by_words(question: Question, kb: KnowledgeBase) -> Named:
    """Documents by the words of their subject, of the kind that the question asks for."""
    text = fold(question.text)
    index = _index(kb)
    kinds = [_SHORT.get(k, k) for k in re.findall(rf"\b({_KIND})\b", text)]
    spans = question.spans("province", "period", "agency")

    def search(left_out: Sequence[Span], coverage: float, mass: float) -> list[Hit]:
        query = index.read(question.text, [*spans, *left_out])
        if query.mass < mass:
            return []
        found = index.search(query, lambda r: not kinds or any(_is_kind(kb.citations[r.no], k) for k in kinds))
        return found if found and found[0].coverage >= coverage and found[0].mass >= mass else []

    hits = search((), 0.62, 1.2) or next((found for part in narrower(question) if (found := search(part, 0.75, 1.5))), [])
    if not hits:
        return Named(how="words")
    close = [kb.citations[h.row.no] for h in hits if h.score >= 0.9 * hits[0].score]
    return Named(tuple(narrowed(close, text, question, kb)), how="words")
