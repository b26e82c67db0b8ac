"""What a document says of itself at its head: title, number and symbol, date, issuer, province."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from knowledge.agencies.provinces import Province, Provinces, province_at_start
from knowledge.parsers.agency_cells import starts_like_agency
from knowledge.parsers.deadlines import unify_blanks
from knowledge.parsers.document import Line
from knowledge.text.normalize import fold

_HEAD_LINES = 60
_KINDS = (r"KẾ HOẠCH|THÔNG BÁO|BÁO CÁO|QUYẾT ĐỊNH|NGHỊ QUYẾT|CHƯƠNG TRÌNH(?: HÀNH ĐỘNG)?|CHỈ THỊ|ĐỀ ÁN|KẾT LUẬN"
          r"|TỜ TRÌNH|HƯỚNG DẪN|CÔNG VĂN|PHƯƠNG ÁN|CÔNG ĐIỆN|QUY CHẾ")
_KIND = re.compile(rf"^(?:{_KINDS})(?=\s|$|[:*])", re.IGNORECASE)
_NUMBER = re.compile(r"\bSố\s*:?\s*(\d+\s*[-/]\s*[A-ZĐ][^\s,;|*]*)")
_DATED = re.compile(r"([^\W\d_][^,|*\d]{2,40}?),\s*ngày\s+(\d{1,2})\s+tháng\s+(\d{1,2})\s+năm\s+(20\d\d)")
_SHORT_DATE = re.compile(r"\bngày\s+(\d{1,2})[/.\-](\d{1,2})[/.\-](20\d\d)\b")
_PROSE = re.compile(r"^(?:căn cứ|thực hiện|vào lúc|ngày \d|sau khi|theo |kính gửi|nhằm|để |trên cơ sở"
                    r"|triển khai thực hiện .*, (?:ubnd|ủy ban)|-{3,}|_{3,}|\(kèm"
                    r"|i\.|i-|1\.|phần|phụ lục)", re.IGNORECASE)
_LETTERHEAD = re.compile(r"cong hoa xa hoi|chu nghia viet nam|dang cong san|doc lap|^so\b|^\*?du thao|ngay .*thang"
                         r"|^khan|^hoa toc|^mat$")


@dataclass(frozen=True)
class Metadata:
    """The facts at a document's head, as far as it gives them."""

    title: str | None = None
    number: str | None = None
    date: date | None = None
    issuer: str | None = None
    province: str | None = None


def read_metadata(lines: tuple[Line, ...]) -> Metadata:
    """The facts at the head of a document; what it does not say is None."""
    head = [text for line in lines[:400] if (text := _plain(line.text))][:_HEAD_LINES]
    joined = " ".join(head)
    title_at = next((i for i, text in enumerate(head) if _KIND.match(text) and (text.isupper() or len(text) < 40)), None)
    letterhead = head[:title_at] if title_at is not None else head[:12]
    number = _NUMBER.search(" ".join(letterhead)) if title_at is not None else _NUMBER.search(joined)
    dated = _DATED.search(" ".join(letterhead)) or _DATED.search(joined)
    issuer = _issuer(letterhead)
    place = _province_in(dated[1].split()[-4:] if dated else []) or _province_named(issuer or "") or _province_named(joined)
    return Metadata(
        title=_title(head, title_at), number=re.sub(r"\s", "", number[1]).rstrip(".") if number else None,
        date=_day(dated[4], dated[3], dated[2]) if dated else None, issuer=issuer,
        province=place.slug if place else None)


def date_in_title(title: str) -> date | None:
    """The first day that a title names ("… ngày 18/3/2025")."""
    match = _SHORT_DATE.search(title)
    return _day(match[3], match[2], match[1]) if match else None


def number_in_title(title: str) -> str | None:
    """The number that a title gives the document itself ("Thông báo số 15-TB/BCĐ …"), not one it carries out."""
    match = re.match(r"[^\d,;]{0,30}?\bsố (\d+[-/][A-ZĐ][^\s,;]*)", title)
    return match[1] if match and "thực hiện" not in title[: match.start(1)] and "của" not in title[: match.start(1)] else None


def _plain(text: str) -> str:
    return unify_blanks(re.sub(r"[*|#]", " ", text)).strip()


def _title(head: list[str], at: int | None) -> str | None:
    if at is None:
        texts = (text for text in head if len(text) > 15 and not _LETTERHEAD.search(fold(text)))
        return next((text for text in texts if not starts_like_agency(text)), None)
    parts = [head[at]]
    for text in head[at + 1:at + 9]:
        shouted = text.isupper() and not text.startswith("PHỤ LỤC")
        if _PROSE.match(text) and not shouted and not (len(parts) == 1 and text[:1].islower()):
            break
        if len(parts) > 1 and text.endswith((".", ";", ":")):
            break
        parts.append(text)
    return unify_blanks(" ".join(parts)).strip(" .-")


def _issuer(letterhead: list[str]) -> str | None:
    """The body above the number: the letterhead's lines in capitals without the motto."""
    names: list[str] = []
    for text in letterhead:
        folded = fold(text)
        if re.match(r"so\s*:?\s*\d|(?:danh muc|phu luc|ke hoach|nhiem vu|bieu|bang|phan cong|tong hop)\b", folded):
            break
        if _LETTERHEAD.search(folded) or not text.isupper() or not re.search(r"[^\W\d_]", text) or "SOURCE" in text:
            continue
        names.append(text)
    while names and not starts_like_agency(names[0]):
        names.pop(0)
    return _in_sentence_case(" ".join(names)) if names else None


def _in_sentence_case(name: str) -> str:
    """ỦY BAN NHÂN DÂN TỈNH ĐỒNG NAI → UBND tỉnh Đồng Nai."""
    low = unify_blanks(name).lower()
    for province in Provinces.load():
        low = re.sub(rf"\b{re.escape(province.name.lower())}\b", province.name, low)
    low = re.sub(r"^(?:ủy|uỷ) ban nhân dân", "UBND", low)
    return low[:1].upper() + low[1:]


def _province_in(words: list[str]) -> Province | None:
    return next((hit for start in range(len(words)) if (hit := province_at_start(" ".join(words[start:])))), None)


def _province_named(text: str) -> Province | None:
    """The province that a text names first after "tỉnh" or "thành phố"."""
    for match in re.finditer(r"\b(?:tỉnh(?: ủy)?|thành phố|thành ủy|tp\.?)\s+", text, re.IGNORECASE):
        hit = province_at_start(" ".join(text[match.end():].split()[:5]))
        if hit:
            return hit
    return None


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
