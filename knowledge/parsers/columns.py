"""What a table's columns are, told from their headers in the many wordings of ministries and provinces."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from knowledge.parsers.deadlines import unify_blanks
from knowledge.text.normalize import fold

Role = Literal["no", "name", "lead", "coop", "result", "due", "unit", "target", "note", "other"]

_BODY = r"cac|co quan|don vi|to chuc|so|ban|nganh|dia phuong|ca nhan|cap|bo phan|bo"
_JOIN = r"va|hoac|,|/|-|–|va/hoac|\(|\)"
_DOING = (r"chu tri|thuc hien|dau moi|chiu trach nhiem|phu trach|tham muu|theo doi|danh gia|trien khai|chinh|giao|duoc giao"
          r"|trinh|tong hop|xay dung|bao cao|soan thao|duoc phan cong")
_WORK = (r"nhiem vu|noi dung|cong viec|dau viec|viec|chi tieu|muc tieu|de an|du an|chuong trinh|hoat dong|giai phap|danh muc|nhom"
         r"|linh vuc|san pham|ke hoach|van ban")
_ABOUT = (r"ten|cac|cu the|trong tam|chu yeu|thuc hien|can|trien khai|chinh|giao|duoc giao|duoc|nganh|cua|cong tac"
          r"|phan cong|uu tien|theo|tong hop|yeu cau|phai|chi dao|phan dau")
_MADE = r"san pham|ket qua|dau ra|hinh thuc van ban|hinh thuc san pham|yeu cau san pham|yeu cau ket qua"
_MADE_TAIL = (r"dau ra|du kien|hoan thanh|thuc hien|can dat|dat duoc|dat|phai dat|chu yeu|cu the|nhiem vu|yeu cau|hoac"
              r"|cua|chinh|moc|san pham|ket qua|phai hoan thanh|dau ra du kien")
_TIME = r"(?:du kien )?thoi gian|thoi han|tien do|han|thoi diem|moc thoi gian|lo trinh|ky han|moc"
_TIME_TAIL = (r"hoan thanh|thuc hien|trinh|ban hanh|bao cao|du kien|ket thuc|bat dau|xong|giai quyet|nhiem vu"
              r"|trien khai|thoi gian|thoi han|tien do|den|cap (?:co )?tham quyen")
_YEAR = r"(?:nam )?20\d\d(?:\s*[-–]\s*20\d\d)?"


def _sequence(core: str, around: str) -> str:
    """A phrase of these words that holds at least one of `core`."""
    words = rf"(?:{core}|{around}|{_JOIN})"
    return rf"(?:{words}\s*)*(?:{core})(?:\s*{words})*"


_SOURCES: tuple[tuple[Role, str], ...] = (
    ("no", r"(?:s ?o )?t ?t|s ?t ?t|so thu tu|so"),  # "ST T", "S ố T T": a narrow cell breaks it
    ("note", r"ghi chu|luu y"),
    ("other", r"(?:co quan|don vi|cap)(?: co tham quyen)?"
              r"(?: trinh|(?: trinh)?(?: ,|/)?(?: cap)? (?:ban hanh|phe duyet|quyet dinh))"),
    ("other", r"tham quyen .*"),
    ("coop", rf"(?:(?:{_BODY}|{_JOIN})\s*)*phoi hop(?:\s*(?:{_DOING}|{_JOIN}|{_BODY}|cung cap so lieu))*"),
    ("coop", rf"(?:(?:{_BODY}|{_JOIN})\s*)+lien quan"),
    ("unit", r"don vi(?: tinh| do)?|d ?v ?t|don vi tinh \(.*\)"),
    ("lead", rf"(?:(?:{_BODY}|phan cong|nguoi|{_JOIN})\s*)*(?:{_DOING})"
             rf"(?:\s*(?:{_DOING}|{_JOIN}|phan cong|nhiem vu|{_BODY}|phoi hop))*"),
    ("lead", rf"phan cong(?: thuc hien| nhiem vu)?|trach nhiem(?: thuc hien)?|phan cong (?:{_BODY})(?: (?:{_DOING}))*"),
    ("lead", rf"(?:{_BODY})(?:\s*(?:{_JOIN})\s*(?:{_BODY}))*"),
    ("due", rf"(?:{_TIME})(?:\s*(?:{_TIME_TAIL}|{_JOIN}|{_YEAR}))*"),
    ("result", rf"(?:du kien )?(?:{_MADE})(?:\s*(?:{_MADE_TAIL}|{_JOIN}))*"),
    ("target", rf"(?:chi tieu|muc tieu|ke hoach|gia tri|ket qua|phan dau)(?: can dat| dat)?(?: den)?(?: het)?\s*{_YEAR}"),
    ("target", rf"gia tri|muc phan dau|muc tieu phan dau|chi tieu phan dau|(?:den )?{_YEAR}|muc tieu den {_YEAR}|muc tieu"),
    ("target", rf"(?:(?:chi tieu|muc tieu|ke hoach|tam nhin) )?(?:den het|den|giai doan|tam nhin den) {_YEAR}"),
    ("name", _sequence(_WORK, _ABOUT)),
    ("other", r"kinh phi.*|nguon (?:kinh phi|von|luc).*|can cu.*|co so (?:phap ly|de xuat)|lanh dao.*|tong muc.*|hinh thuc"),
    ("other", r"cap (?:trinh|ban hanh|phe duyet|quyet dinh).*|dia (?:diem|ban).*|(?:thuc|hien) trang.*|muc do.*|ket qua nam.*"),
)
_PATTERNS = tuple((role, re.compile(pattern)) for role, pattern in _SOURCES)


@lru_cache(maxsize=4096)
def role_of(header: str) -> Role | None:
    """The role of one header cell, or None. "Chỉ tiêu", "Đơn vị" and "Kết quả" are settled by `settle_roles`."""
    folded = fold(unify_blanks(header)).strip(" .:*")
    folded = re.sub(r"\s+", " ", re.sub(r"([,/()])", r" \1 ", folded)).strip()
    for role, pattern in _PATTERNS:
        if folded and pattern.fullmatch(folded):
            return role
    return None


def settle_roles(roles: list[Role], headers: list[str]) -> list[Role]:
    """Roles of one table's columns together: what a word means depends on the columns beside it.

    "Đơn vị" is the unit only beside indicators; "Kết quả" beside a unit is the target; a second name is the target or
    the result.
    """
    settled = list(roles)
    folded = [fold(unify_blanks(h)).strip(" .:*") for h in headers]
    indicators = any("chi tieu" in f or "muc tieu" in f for f, r in zip(folded, roles) if r in ("name", "target"))
    if "name" not in settled:
        _first(settled, "target", "name")
    for index, role in enumerate(settled):
        if role == "unit" and folded[index] == "don vi" and not indicators:
            settled[index] = "lead"
    if "unit" in settled and "target" not in settled:
        _first(settled, "result", "target")
    for index, role in enumerate(settled):
        if role == "name" and "name" in settled[:index]:
            settled[index] = "other" if "result" in settled else "result"
        elif role == "lead" and "lead" in settled[:index]:
            settled[index] = "coop" if "coop" not in settled else "other"
        elif role in ("due", "result", "coop", "note") and role in settled[:index]:
            settled[index] = "other"
    return settled


def split_header(text: str) -> list[tuple[Role, str]] | None:
    """A flattened header ("TT Tên nhiệm vụ Cơ quan chủ trì …") as its columns in order; None where it is no header.

    A header has a name column, three columns at least, and nothing else in it.
    """
    words = unify_blanks(text.replace("*", " ")).split()
    if not 3 <= len(words) <= 60:
        return None
    columns = _fewest_phrases(tuple(words))
    if columns is None or len(columns) < 3:
        return None
    roles = settle_roles([role for role, _ in columns], [phrase for _, phrase in columns])
    if "name" not in roles or not {"lead", "due", "result", "target"} & set(roles):
        return None
    return list(zip(roles, (phrase for _, phrase in columns)))


def _fewest_phrases(words: tuple[str, ...]) -> list[tuple[Role, str]] | None:
    """The words cut into header phrases, as few as possible; a capital letter inside a phrase speaks for a cut there."""
    shouted = not any(word[1:] != word[1:].upper() for word in words)  # in capitals throughout, they say nothing
    best: list[tuple[int, list[tuple[Role, str]]] | None] = [(0, []), *[None] * len(words)]
    for end in range(1, len(words) + 1):
        for start in range(max(0, end - 12), end):
            before = best[start]
            if before is None or not (words[start][:1].isupper() or words[start][:1].isdigit()):
                continue
            phrase = " ".join(words[start:end])
            role = role_of(phrase)
            cost = before[0] + 1 + (0 if shouted else 2) * sum(word[:1].isupper() for word in words[start + 1:end])
            current = best[end]
            if role and (current is None or cost < current[0]):
                best[end] = (cost, [*before[1], (role, phrase)])
    last = best[len(words)]
    return last[1] if last else None


def _first(roles: list[Role], old: Role, new: Role) -> None:
    if old in roles:
        roles[roles.index(old)] = new
