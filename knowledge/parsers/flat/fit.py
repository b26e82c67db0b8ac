"""How well a stretch of text suits a column: what makes an agency, a deadline, a result, a unit, a value."""

from __future__ import annotations

import re
from functools import lru_cache

from knowledge.parsers.agency_cells import is_agency_cell, starts_like_agency
from knowledge.parsers.agency_words import PRODUCTS
from knowledge.parsers.deadlines import is_deadline
from knowledge.text.normalize import fold, same_tone_place

_OPEN_END = re.compile(r"(?:[,;/(-]|(?<!\w)(?:và|của|các|cho|về|với|trong|để|theo|từ|là|được|tại|hoặc"
                       r"|những|một|bằng|do|đến|có|vào|trên))$")
# A cell does not end where an agency's name begins: the rest of the name would be the next cell.
_HEAD_END = re.compile(r"(?:Sở|Ban|Bộ|Bộ Chỉ huy|Văn phòng|Công an|Ủy ban|Uỷ ban|Ngân hàng|Đài|Các|Trung tâm"
                       r"|Hội|Trường|Bệnh viện|Chi cục|Cục)$")
_VALUE = re.compile(
    r"(?:≥|>=|=>|>|<|≤|<=|~|\+|-|trên|dưới|đạt|tối thiểu|ít nhất|khoảng|từ|tăng|giảm|không quá|không thấp hơn)*\s*\d[\d.,]*\s*%?"
    r"(?:\s*(?:-|–|÷|đến)\s*\d[\d.,]*\s*%?)?(?:/\w+)?$", re.IGNORECASE)
_VALUE_START = re.compile(r"(?:Không|Đứng|Trên|Dưới|Tối thiểu|Đạt|Tăng|Giảm|Hoàn thành|Thuộc|Nhóm|Top|Có|Ít nhất|Từ|Bằng"
                          r"|Phấn đấu|Thứ|Hạng|Duy trì)\b")
_UNITS = frozenset(unit.strip() for unit in """
    thu bac, xep hang, hang, doanh nghiep, to chuc, cap huyen, cap xa, nguoi, ho, don vi, so, diem, chi so, ty dong, trieu dong,
    dong, usd, ty usd, muc do, san pham, de tai, du an, mo hinh, nhiem vu, nhom, khu, trung tam, xa, huyen, thu tuc, dich vu,
    he thong, nen tang, bai, bai bao, don, bang, nguoi/van dan, ngay, gio, phut, lan, co so, cong trinh, sang kien, giai phap,
    van ban, hop tac xa, chuyen gia, nhan luc, can bo, truong, benh vien, tram, km, ha, m2, kwh, mbps, gb/s""".split(","))


def begins_cell(text: str) -> bool:
    """Whether a text begins as a cell does: with a capital letter, a figure or a sign."""
    first = text.lstrip("“\"'(‘-+ ")[:1]
    return first.isupper() or first.isdigit() or (first in "%≥≤><" and bool(first))


@lru_cache(maxsize=200_000)
def fitness(role: str, text: str) -> float:
    """Points for a text as a cell of a role; below zero it does not suit."""
    score = _SCORES.get(role, _free)(text)
    if role in ("unit", "target"):
        return score
    return score - (4.0 if role in ("lead", "coop") else 2.5) * bool(_OPEN_END.search(text) or _HEAD_END.search(text))


def _name(text: str) -> float:
    score = 1.0 if begins_cell(text) else -2.5
    if is_deadline(text):
        score -= 4.0
    return score - 2.5 if is_agency_cell(text) else score


def _agency(text: str) -> float:
    if not starts_like_agency(text):
        return -5.0
    if not is_agency_cell(text):
        return -2.5
    return 3.0 if begins_cell(text) else 0.0


def _result(text: str) -> float:
    score = 0.5 if begins_cell(text) else -3.0
    words = same_tone_place(text.lower()).replace("/", " ").replace(",", " ").replace(";", " ").split()
    if {" ".join(words[:size]) for size in (1, 2, 3)} & PRODUCTS:
        score += 1.5
    if is_deadline(text):
        score -= 4.0
    if is_agency_cell(text):
        score -= 3.0
    return score - 0.02 * max(0, len(words) - 40)


def _due(text: str) -> float:
    if not is_deadline(text):
        return -5.0
    return 4.0 if begins_cell(text) else -3.0


def _unit(text: str) -> float:
    folded, words = fold(text), text.split()
    if text[:1] == "%" and len(words) <= 5 and not re.search(r"[\d≥≤><=]", text):
        return 3.0
    if folded in _UNITS:
        return 2.5
    if re.fullmatch(r"[^\W\d_]+(?: [^\W\d_]+){0,2}/[^\W\d_]+(?: [^\W\d_]+){0,3}", text) and text[:1].isupper():
        return 2.0
    return 0.2 if len(words) <= 3 and text[:1].isupper() and not re.search(r"\d", text) else -4.0


def _target(text: str) -> float:
    if _VALUE.match(text):
        return 3.0
    score = 1.5 if _VALUE_START.match(text) else -1.5
    if re.search(r"\d|%", text) and score > 0:
        score += 0.5
    return score - (2.0 if is_agency_cell(text) else 0.0) - (0.0 if begins_cell(text) else 2.0)


def _free(text: str) -> float:
    return 0.2 if begins_cell(text) else -1.0


_SCORES = {"name": _name, "lead": _agency, "coop": _agency, "result": _result, "due": _due, "unit": _unit, "target": _target}
