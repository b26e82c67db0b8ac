"""What one header cell of a grid means: stricter wordings are known to `columns`, here words alone decide.

In a grid a header stands by itself, so one word that says what it is ("… phối hợp …") is enough; in flattened text, where
headers run into each other, it would not be.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from knowledge.parsers.columns import Role, role_of
from knowledge.parsers.deadlines import unify_blanks
from knowledge.text.normalize import fold

#: A role of `columns`, or what only grids have: a beginning, an end, a period to tick, an agency to mark, a value reached so far,
#: a group, result and deadline in one.
Meaning = Literal["start", "end", "tick", "mark", "baseline", "group", "result_due"] | Role
_LONGEST = 160

_YEARS = re.compile(r"(20\d\d)(?:\s*[-–/]\s*(20\d\d))?")
_MADE, _TIME = r"(?:san pham|ket qua|dau ra)", r"(?:thoi gian|thoi han|tien do|thoi diem|han|lo trinh)"
_WORDS: tuple[tuple[Meaning, str], ...] = (
    ("no", r"^(?:s?tt|so tt|so thu tu|tt/so|ma (?:so|nhiem vu|chi tieu)|#)$"),
    ("note", r"\bghi chu\b"),
    ("other", r"^(?:so(?:,| va|/)? ?(?:ky )?hieu|so van ban|so, ngay)\b|\bvan ban (?:giao|chi dao|den|so)\b"),
    ("result_due", rf"\b{_MADE}\b.*(?:/|,|\bva\b|[-–;&+])\s*(?:du kien )?{_TIME}\b"
                   rf"|\b{_TIME}\b.*(?:/|,|\bva\b|[-–;&+])\s*(?:cac )?{_MADE}\b"),
    ("other", r"\b(?:kinh phi|nguon von|nguon luc|von|tong muc dau tu|can cu|co so phap ly|can bo theo doi|den nay|hien nay)\b"),
    ("other", r"\b(?:lanh dao|chi dao)\b"),
    ("other", r"\bcap (?:trinh|ban hanh|phe duyet|quyet dinh|co tham quyen)\b|\btham quyen\b|\btham dinh\b|\bgiam sat\b"),
    ("other", r"\b(?:co quan|don vi) (?:trinh|ban hanh|phe duyet|quyet dinh|kiem tra|don doc|tiep nhan)\b"),
    ("coop", r"^(?!.*\bchu tri\b).*\b(?:phoi hop|lien quan|ho tro|tham gia)\b"),
    ("lead", r"\b(?:chu tri|dau moi|chiu trach nhiem|phu trach|phan cong|duoc giao|tham muu|soan thao)\b"
             r"|^(?:co quan|don vi|noi)(?:, (?:co quan|don vi))? (?:chuan bi|xay dung|trien khai)\b"),
    ("due", r"\b(?:thoi gian|thoi han|tien do|thoi diem|lo trinh|ky han|han|ngay|nam|moc)"
            r" (?:hoan thanh|thuc hien|trinh|ban hanh|ket thuc)\b"
            r"|^(?:hoan thanh|thoi gian|thoi han|han|moc thoi gian|han cuoi|deadline)\b"),
    ("lead", r"\b(?:co quan|don vi|nganh|dia phuong|bo phan|to chuc|phong ban|ca nhan|nguoi|bo|so)\b"
             r".*\b(?:thuc hien|trien khai|tong hop|theo doi)\b"),
    ("unit", r"^(?:dvt|don vi(?: tinh| do)?)$|^don vi tinh\b"),
    ("group", r"^(?:nhom|linh vuc|mang|tru cot|chuyen de)\b(?!.*\bchi tieu\b)"
              r"(?=.*\b(?:nhiem vu|giai phap|linh vuc|noi dung|cong tac|viec|tru cot)\b|$)"),
    ("target", r"^(?:muc tieu|yeu cau|chi tieu) (?:can|phai) dat\b"),
    ("result", r"\b(?:san pham|ket qua|dau ra|hinh thuc van ban)\b"),
    ("name", r"\b(?:nhiem vu|cong viec|dau viec|giai phap|noi dung|chi tieu|chi so|de an|du an|hoat dong|hang muc|van ban"
             r"|mo hinh|tieu chi)\b"),
    ("other", r"^(?:ty le|so sanh|muc do)\b(?: (?:dat|hoan thanh|so|tang).*)?$"),
    ("other", r"\b(?:mo ta|dien giai|dia ban|pham vi|phuong thuc|muc do|uu tien|tinh trang|trang thai|hien trang|cach tinh"
              r"|nguon so lieu)\b"),
)
_PATTERNS = tuple((meaning, re.compile(pattern)) for meaning, pattern in _WORDS)
_START = re.compile(r"^(?:thoi gian )?bat dau$|^tu(?: ngay| nam| thang)?$")
_END = re.compile(r"^(?:thoi gian )?(?:ket thuc|hoan thanh)$|^den(?: ngay| nam| thang)?$")
_MONEY = re.compile(r"\b(?:kinh phi|du toan|nguon von|von|ngan sach)\b")
_BASELINE = re.compile(r"\b(?:thuc hien|ket qua|hien trang|thuc trang|uoc|hien co|da dat|so lieu)\b")
_AIM = re.compile(r"\b(?:muc tieu|chi tieu|ke hoach|kh|phan dau|giai doan|tam nhin|den)\b")

# beside its year a column of values says no more than whose aim it is: "Chỉ tiêu nghị quyết đại hội đến năm 2030"
_OF_VALUES = frozenset("nam het can dat gia tri so muc cuoi nghi quyet dai hoi dang bo nhiem ky tinh xa phuong giao de ra".split())


@dataclass(frozen=True)
class Heading:
    """A header cell read: what its column holds, the (last) year that it names, and whether the wording is a usual one."""

    meaning: Meaning | None
    year: int | None = None
    usual: bool = False


@lru_cache(maxsize=4096)
def read_heading(*levels: str) -> Heading:
    """The meaning of a column from its header cells, top to bottom: "Cơ quan thực hiện" over "Chủ trì" is the lead."""
    texts = [_plain(text) for text in levels if text.strip()]
    if not texts or len(" ".join(texts)) > _LONGEST:
        return Heading(None)
    if any(_MONEY.search(text) for text in texts[:-1]):
        return Heading("other")
    joined = " ".join(texts)
    dated = _dated(texts)
    if dated:
        return dated
    if _START.search(texts[-1]):
        return Heading("start", usual=True)
    if _END.search(texts[-1]) and (len(texts) > 1 or texts[-1].endswith("ket thuc")):
        return Heading("end", usual=True)
    for text in dict.fromkeys((texts[-1], joined, *reversed(texts[:-1]))):
        meaning = _meaning(text)
        if meaning == "lead" and "chu tri" not in text and any(_meaning(above) == "coop" for above in texts[:-1]):
            meaning = "coop"  # "Địa phương" below "Phối hợp"
        if meaning:
            return Heading(meaning, usual=role_of(text) is not None)
    return Heading(None)


def _plain(text: str) -> str:
    """Folded, without footnote marks and what stands in brackets ("(dự kiến)", "(triệu đồng)")."""
    folded = fold(unify_blanks(text)).strip(" .:*")
    bare = re.sub(r"\s+", " ", re.sub(r"\([^)]*\)", " ", folded)).strip(" .:*")
    return bare or folded


def _dated(texts: list[str]) -> Heading | None:
    """A column of values for a year or a span of years, told from one of what was reached before."""
    own, above = texts[-1], " ".join(texts[:-1])
    years = _YEARS.findall(own)
    rest = _YEARS.sub(" ", own)
    if not years:
        return _below_year(own, above)
    if re.search(r"\d", rest):
        return None
    year = int(years[-1][1] or years[-1][0])
    if re.search(r"\b(?:thoi gian|thoi han|tien do|han|lo trinh)\b", f"{rest} {above}"):
        return None if re.search(r"[a-z]{4}", _AIM.sub(" ", rest)) else Heading("tick", year, usual=True)
    if _BASELINE.search(f"{above} {rest}") and not _AIM.search(rest):
        return Heading("baseline", year, usual=True)
    words = re.findall(r"[^\W\d_]+", _AIM.sub(" ", rest))
    return Heading("target", year, usual=True) if set(words) <= _OF_VALUES else None


def _below_year(own: str, above: str) -> Heading | None:
    """What stands below a year's heading: its plan ("Kế hoạch") or what was reached ("Ước thực hiện")."""
    years = {int(last or first) for first, last in _YEARS.findall(above)}
    if len(years) != 1 or re.search(r"\d", own):
        return None
    year = years.pop()
    if re.fullmatch(r"(?:chi tieu )?(?:ke hoach|kh|muc tieu|chi tieu)(?: (?:nam|giao|de ra|dat ra))?", own):
        return Heading("target", year, usual=True)
    return Heading("baseline", year, usual=True) if re.fullmatch(r"(?:uoc |ket qua )?(?:thuc hien|th|dat duoc|ket qua)", own) else None


def _meaning(text: str) -> Meaning | None:
    for first in ("group", "result_due"):
        if dict(_PATTERNS)[first].search(text):  # type: ignore[index]
            return first  # type: ignore[return-value]
    role = role_of(text)
    if role:
        return role
    return next((meaning for meaning, pattern in _PATTERNS if pattern.search(text)), None)
