"""What a list asks of a cell: the kind of paper in the column of results, a figure among the targets, how long a thing is overdue."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from dateutil.relativedelta import relativedelta  # type: ignore[import-untyped]

from knowledge.model import Row
from knowledge.services.ask.question import Question
from knowledge.text.lexicon import spell_out
from knowledge.text.normalize import fold

_PAPER = (
    r"(?:nghi quyet|quyet dinh|ke hoach|de an|chuong trinh|bao cao|chi thi|quy che|quy dinh|huong dan|van ban|nen tang so|nen tang|"
    r"he thong|co so du lieu|phan mem|hop dong|du an)"
)
_ISSUER = r"(?:cua )?(?:ubnd|uy ban nhan dan|hdnd|hoi dong nhan dan|tinh uy|ban thuong vu tinh uy|ban chi dao)(?: (?:tinh|huyen|xa))?"
_ENDS = (
    r"(?=\s*(?:$|[.?!,;”\"'’)]|thi\b|trong\b|truoc\b|den\b|nam\b|quy\b|vay\b|a\b|khong\b|ko\b|k\b|la\b|do\b|gom\b|han\b|xong\b|nhi\b|ha\b|"
    r"z\b|v\b|nhe\b|nha\b|hen\b))"
)
_RESULT = re.compile(
    r"\b(?:cot )?(?:ket qua|san pham|dau ra)(?: (?:phai|can|chi|cuoi cung|dau ra|thuc hien|gon|tron|dung|ro))*"
    r"(?: (?:la|ghi|co|ra|de|bang)(?: (?:gon|tron|dung|ro|chi))?){1,3}"
    rf" (?:mot |cac |nhung )?(?:[“\"'‘](?P<quoted>[^”\"'’]{{3,80}})[”\"'’]|(?P<plain>{_PAPER}(?: {_ISSUER})?){_ENDS})"
)
_ISSUED = re.compile(
    rf"\b(?:nao|gi)(?: (?:phai|can|se|duoc|co))* (?:ra|ban hanh|trinh|lam ra|ket thuc bang) (?:duoc |toi |mot |cac |nhung )?"
    rf"(?P<plain>{_PAPER}(?: {_ISSUER})?){_ENDS}"
)
_PARTS = re.compile(r"\s*(?:[/;,]|\bva\b|\bhoac\b)\s*")
_SAME = (("uy ban nhan dan", "ubnd"), ("hoi dong nhan dan", "hdnd"), ("cua ", ""), ("cac ", ""))

_NUMBER = r"(?P<number>\d+(?:[.,]\d+)?)"
_VALUE = re.compile(
    rf"(?:(?P<before>tren|hon|vuot|duoi|tu|it nhat|toi thieu|>=|≥|>|<)\s*)?{_NUMBER}\s*(?:%|phan tram)(?:\s*(?P<after>tro len|tro xuong))?"
)
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "tren": operator.gt, "hon": operator.gt, "vuot": operator.gt, ">": operator.gt,
    "duoi": operator.lt, "<": operator.lt, "tro xuong": operator.le,
    "tu": operator.ge, "it nhat": operator.ge, "toi thieu": operator.ge, ">=": operator.ge, "≥": operator.ge, "tro len": operator.ge,
}

_COUNTS = {"mot": 1, "hai": 2, "ba": 3, "bon": 4, "sau": 6, "nua": 0}
_UNITS = {"ngay": "days", "tuan": "weeks", "thang": "months", "quy": "months", "nam": "years"}
_LATE_BY = re.compile(
    r"\b(?:tre|cham|qua|lo|no)(?: (?:han|tien do|thoi han|hen))?(?: (?:da|duoc|qua|hon|tren|tu|ca|gan|khoang|lau))*"
    rf" (?P<count>\d{{1,3}}|{'|'.join(_COUNTS)}) (?P<unit>ngay|tuan|thang|quy|nam)\b(?! (?:nay|truoc|toi|nua|\d))"
)


def result_asked(question: Question) -> tuple[str, tuple[int, int]] | None:
    """What the column of results must say in a list ("việc nào ra quyết định của UBND tỉnh") and where that stands; None if nothing."""
    text = fold(question.text)
    found = _RESULT.search(text) or _ISSUED.search(text)
    if found is None:
        return None
    group = "quoted" if found.groupdict().get("quoted") else "plain"
    return question.text[slice(*found.span(group))].strip(), found.span(group)


def has_result(row: Row, wanted: str) -> bool:
    """Does one of the papers in the row's cell say all that is wanted? In "Kế hoạch/ Chương trình UBND tỉnh" both are of the UBND."""
    parts = [p for p in _PARTS.split(_plain(row.result or "")) if p]
    asked = _plain(wanted).split()
    if "/" in wanted:  # the whole cell, quoted
        return all(has_result(row, part) for part in wanted.split("/"))
    for n, part in enumerate(parts):
        issuer = next((m.group() for p in parts[n:] if (m := re.search(_ISSUER, p))), "")
        if _in_order(asked, f"{part} {issuer}".split()):
            return True
    return False


def _plain(text: str) -> str:
    text = " ".join(fold(spell_out(text)).split())
    for long, short in _SAME:
        text = text.replace(long, short)
    return text


def _in_order(asked: list[str], said: list[str]) -> bool:
    rest = iter(said)
    return all(word in rest for word in asked)


@dataclass(frozen=True)
class Value:
    """A percentage that a list of indicators is narrowed to: `90% trở lên`. `how` is the word that compares, `span` where it was said."""

    number: float
    how: str = ""
    span: tuple[int, int] = (0, 0)

    def holds(self, row: Row) -> bool:
        """Is the row's target such a percentage?"""
        found = re.search(r"\d+(?:[.,]\d+)?", row.target or "")
        if found is None or "%" not in f"{row.target}{row.unit or ''}":
            return False
        compare: Callable[[float, float], bool] = _COMPARE.get(self.how, operator.eq)
        return compare(float(found.group().replace(",", ".")), self.number)


def value_asked(question: Question) -> Value | None:
    """The percentage that a list of indicators asks for ("chỉ tiêu nào đạt từ 90% trở lên"); None where it names none."""
    text = fold(question.text)
    found = _VALUE.search(text)
    if found is None:
        return None
    how = found.group("after") or found.group("before") or ""
    return Value(float(found.group("number").replace(",", ".")), how, found.span())


@dataclass(frozen=True)
class Lateness:
    """How long a thing must be overdue for a list ("trễ hạn quá 1 tháng"): due before the day `before`."""

    before: date
    words: str


def late_by(question: Question, today: date) -> Lateness | None:
    """The least lateness that a list asks for, counted back from `today`; None where it names none."""
    found = _LATE_BY.search(fold(question.text))
    if found is None:
        return None
    count = int(found.group("count")) if found.group("count").isdigit() else _COUNTS[found.group("count")]
    unit = found.group("unit")
    back = relativedelta(days=15) if not count else relativedelta(**{_UNITS[unit]: count * (3 if unit == "quy" else 1)})
    return Lateness(today - back, question.text[found.start("count") : found.end("unit")])
