"""Whether a sentence assigns work, and to whom.

Three ways: a directive ("Giao A …", "Ban Chỉ đạo đề nghị A …"), a subject with its verb ("A chủ trì, phối hợp với B …"), and a
condition before either ("Hàng năm, A …"). What was done already ("A đã ban hành …") assigns nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from knowledge.parsers.actors import agencies_at_start, cooperating, directed, only_agencies, subject_of
from knowledge.parsers.agency_cells import lists_fields
from knowledge.text.normalize import fold

#: `duties`: everything there is to be done · `tasks`: only what names someone · `narrative`: only what clearly assigns ·
#: `report`: a report's own text, where only "Giao …" assigns
Mode = Literal["duties", "tasks", "narrative", "report"]

_DIRECTIVE = re.compile(r"(?:thống nhất |đồng ý |trân trọng |kính )?"
                        r"(giao|đề nghị|yêu cầu|phân công|khuyến khích)\s+(?:cho\s+)?",
                        re.IGNORECASE)
_LATER_DIRECTIVE = re.compile(r"(?:[,;:]|\bmắc,?)\s+(?:đồng thời,? )?(?:giao|đề nghị|yêu cầu|phân công)\s+(?:cho\s+)?",
                              re.IGNORECASE)
_SPEECH = re.compile(r"(?:kien nghi|de nghi|de xuat)\b")
_OBLIGES = re.compile(r"(?:phai|co trach nhiem|chiu trach nhiem|chu tri|huong dan|tiep tuc|khan truong|tap trung)\b")
_DONE = re.compile(r"ban hanh (?:nghi quyet|quyet dinh|ke hoach|chuong trinh|chi thi|cong van|van ban|thong bao|de an) so")
_ENFORCES = re.compile(r"(?:chiu trach nhiem |co trach nhiem )?thi hanh (?:quyet dinh|nghi quyet|chi thi|ke hoach) nay\b")
_CRITERION = re.compile(r"(?:phai )?co (?:ket qua|so diem|thanh tich)\b|dat (?:loai|tu|tren|it nhat|toi thieu|ket qua)\b")
_PRIVATE = re.compile(r"(?:cong ty|doanh nghiep|cac doanh nghiep|tap doan)\b")
_CONDITION = re.compile(
    r"(?:hang|quy [iv\d]+\b|(?:thang|nam) \d|trong (?:thang|quy|nam)\b|dinh ky"
    r"|trong qua trinh|tren co so|can cu|khi |de |doi voi|truong hop|truoc mat"
    r"|giua va cuoi|theo |sau khi|qua |nham |tu )"
)
_PERIOD = re.compile(r"(?:Định kỳ )?(?:hàng |hằng |mỗi )?(?:\d+ )?(?:tuần|tháng|quý|năm)(?: ?/ ?lần| một lần)?,? ", re.IGNORECASE)
_LABEL = re.compile(r"^([^:]{3,170}):\s+(?=\S)")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-ZĐÀ-ỸƯƠÂÊÔĂ“(])")
_INITIALS = re.compile(r"(?:\b[A-ZĐ]|TP|Tp|v\.v)\.$")


@dataclass(frozen=True)
class Assignment:
    """Who leads, who works with them, whom they direct. `rest` is what they have to do; `by` who assigns."""

    lead: tuple[str, ...]
    coop: tuple[str, ...] = ()
    directed: tuple[str, ...] = ()
    rest: str = ""
    directive: bool = False


def sentences(text: str) -> list[str]:
    """A paragraph's sentences, as written."""
    out: list[str] = []
    for piece in _SENTENCE.split(text):
        if out and _INITIALS.search(out[-1]):
            out[-1] += " " + piece
        else:
            out.append(piece)
    return out


def label_of(text: str) -> str:
    """What stands before a paragraph's first colon with text behind it, or nothing."""
    match = _LABEL.match(text)
    return match[1] if match else ""


def assignment_in(sentence: str, mode: Mode) -> Assignment | None:
    """The assignment that a sentence makes, if it names someone."""
    label = label_of(sentence)
    if label and not lists_fields(sentence):
        names = only_agencies(label)
        rest = sentence[len(label) + 1:].strip()
        if names:
            return _accept(Assignment(names, cooperating(rest), directed(rest), rest), mode)
        if not re.search(r"\b(?:giao|đề nghị|yêu cầu|phân công)\b", label, re.IGNORECASE) and not subject_of(label):
            return _plain(rest, mode)
    return _plain(sentence, mode)


def _plain(text: str, mode: Mode) -> Assignment | None:
    return _directive(text, mode) or _subject(text, mode) or _after_condition(text, mode)


def _directive(text: str, mode: Mode) -> Assignment | None:
    """`Giao A …`, `Ban Chỉ đạo đề nghị A …`, `…, đề nghị các Sở …`."""
    by = agencies_at_start(text)
    start = by.end if by and not _PRIVATE.match(fold(text)) else 0
    match = _DIRECTIVE.match(text, start)
    if match:
        return _directed_to(text[match.end():], mode, report_asks=match[1].lower() in ("đề nghị", "khuyến khích"))
    if by:
        return None
    for later in _LATER_DIRECTIVE.finditer(text):
        found = _directed_to(text[later.end():], mode, report_asks=True)
        if found:
            return found
    return None


def _directed_to(text: str, mode: Mode, *, report_asks: bool) -> Assignment | None:
    named = agencies_at_start(text)
    if not named or mode == "report" and report_asks:
        return None
    rest = text[named.end:].strip(" ,:")
    return Assignment(named.names, cooperating(rest), directed(rest), rest, directive=True)


def _subject(text: str, mode: Mode) -> Assignment | None:
    named = subject_of(text)
    if not named:
        return None
    rest = text[named.end:].strip(" ,")
    if _SPEECH.match(fold(rest)):
        return None  # they ask or propose; what they ask for is said elsewhere
    return _accept(Assignment(named.names, cooperating(rest), directed(rest), rest), mode)


def _after_condition(text: str, mode: Mode) -> Assignment | None:
    """`Hàng năm, A …`, `Trong quá trình thực hiện, các cơ quan …`: the first comma behind which someone does something."""
    if not _CONDITION.match(fold(text)):
        return None
    periodic = _PERIOD.match(text)
    found = _subject(text[periodic.end():], mode) if periodic else None
    if found:
        return found
    for comma in re.finditer(r",\s+", text[:400]):
        rest = text[comma.end():]
        found = (_directive(rest, mode) if agencies_at_start(rest) else None) or _subject(rest, mode)
        if found:
            return found
    return None


def _accept(found: Assignment, mode: Mode) -> Assignment | None:
    rest = fold(found.rest)
    if mode == "report" or mode == "narrative" and (not _OBLIGES.match(rest) or all(_PRIVATE.match(fold(n)) for n in found.lead)):
        return None
    return None if any(pattern.match(rest) for pattern in (_DONE, _ENFORCES, _CRITERION)) else found
