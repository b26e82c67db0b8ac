"""What a document says of itself at its head: title, number and symbol, date, issuer, province."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date

from knowledge.agencies.provinces import Province, Provinces, province_at_start
from knowledge.agencies.registry import Registry
from knowledge.parsers.agency_cells import is_agency_cell, starts_like_agency
from knowledge.parsers.deadlines import unify_blanks
from knowledge.parsers.document import Line
from knowledge.text.normalize import fold

_HEAD_LINES = 60
_KINDS = (r"KẾ HOẠCH|THÔNG BÁO|BÁO CÁO|QUYẾT ĐỊNH|NGHỊ QUYẾT|CHƯƠNG TRÌNH(?: HÀNH ĐỘNG)?|CHỈ THỊ|ĐỀ ÁN|KẾT LUẬN"
          r"|TỜ TRÌNH|HƯỚNG DẪN|CÔNG VĂN|PHƯƠNG ÁN|CÔNG ĐIỆN|QUY CHẾ")
_KIND = re.compile(rf"^(?:{_KINDS})(?=\s|$|[:*])", re.IGNORECASE)
_NUMBER = re.compile(r"\bSố\s*:?\s*(\d+\s*[-/]\s*[A-ZĐ][^\s,;|*]*)")
_BLANK_NUMBER = re.compile(r"\bSố\s*:?\s*[._…]*\s*[-/]\s*[A-ZĐ]{2}")  # a draft's: "Số:        /KH-UBND"
_BLANK_DAY = re.compile(r",\s*ngày\s*[._…]*\s*tháng\b", re.IGNORECASE)
_CARRIED_OUT = re.compile(r"\b(?:thuc hien|trien khai|theo|cua)\b")
_UNFINISHED = re.compile(r" (?:thực hiện|triển khai|theo|công văn|kế hoạch|của|và)$", re.IGNORECASE)
_ABOUT = re.compile(r"(?:V/v|Về việc)\s*:?\s+\S")
_DATED = re.compile(r"([^\W\d_][^,|*\d]{2,40}?),\s*ngày\s+(\d{1,2})\s+tháng\s+(\d{1,2})\s+năm\s+(20\d\d)")
_SHORT_DATE = re.compile(r"\bngày\s+(\d{1,2})[/.\-](\d{1,2})[/.\-](20\d\d)\b")
_PROSE = re.compile(r"^(?:căn cứ|thực hiện|vào lúc|ngày \d|sau khi|theo |kính gửi|nhằm|để |trên cơ sở"
                    r"|triển khai thực hiện .*, (?:ubnd|ủy ban)|-{3,}|_{3,}|\(kèm|phụ lục)", re.IGNORECASE)
_OPENING = re.compile(r"triển khai|ubnd|ủy ban|uỷ ban|hội đồng|ban thường vụ", re.IGNORECASE)
_FIRST_PART = re.compile(r"^(?:(?:i|1|a)\s?[.\-]|phần\b|điều 1\b|chương i\b)", re.IGNORECASE)
_MOTTO = re.compile(r"cong\s+hoa\s+xa(?:\s+hoi)?(?:\s+chu\s+nghia)?(?:\s+viet(?:\s+nam)?)?|dang\s+cong\s+san(?:\s+viet\s+nam)?"
                    r"|doc\s+lap\s*[-–]\s*tu\s+do\s*[-–]\s*hanh\s+phuc|^(?:(?:hoi )?chu nghia )?(?:viet )?nam$", re.MULTILINE)
_LETTERHEAD = re.compile(r"cong hoa xa hoi|chu nghia viet nam|dang cong san|doc lap|^so\s*(?:$|:|\d)|^\*?du thao|ngay .*thang"
                         r"|^khan|^hoa toc|^mat$")
# Bodies of the whole country: they sign in Hà Nội, which is not their province.
_CENTRAL = re.compile(r"^(?:bo (?!chi huy|tu lenh|doi)|chinh phu|thu tuong|quoc hoi|ban bi thu|ban cua chinh phu"
                      r"|(?:ngan hang|kiem toan) nha nuoc)|\b(?:trung uong|chinh phu|quoc hoi|quoc gia|toi cao)\b|\bviet nam$")
_CENTRAL_SYMBOL = re.compile(r"[-/](?:CP|TTg|TW|QH\d+)$|-(?:BCĐCP|B[A-ZĐ&]{1,6}|VPCP|NHNN)$")
_PROPER = {"chính phủ": "Chính phủ", "trung ương": "Trung ương", "chỉ đạo": "Chỉ đạo", "việt nam": "Việt Nam"}
_ATTACHED = re.compile(rf"kèm theo (?:{_KINDS}) số\s*:?\s*(?P<no>\d+\s*[-/]\s*[A-ZĐ][^\s,;|*)]*),?\s+ngày\s+"
                       r"(?P<day>\d{1,2})(?:\s*[/.]\s*|\s+tháng\s+)(?P<month>\d{1,2})(?:\s*[/.]\s*|\s+năm\s+)(?P<year>20\d\d)"
                       r"(?:\s+của\s+(?P<who>[^)]{4,80}))?", re.IGNORECASE)


@dataclass(frozen=True)
class Metadata:
    """The facts at a document's head, as far as it gives them."""

    title: str | None = None
    number: str | None = None
    date: date | None = None
    issuer: str | None = None
    province: str | None = None


def read_metadata(lines: tuple[Line, ...]) -> Metadata:
    """The facts at the head of a document; what it does not say is None. An annex alone says whose it is: "(Kèm theo …)"."""
    head = [text for line in lines[:400] if (text := _plain(line.text))][:_HEAD_LINES]
    joined = " ".join(head)
    title_at = next((i for i, text in enumerate(head) if _KIND.match(text) and (text.isupper() or len(text) < 40)), None)
    about = next((i for i, text in enumerate(head[:title_at or 20]) if _ABOUT.match(text)), None)
    if about is not None:
        title_at = None  # an official letter: what its subject names is another document
    letterhead = head[:title_at] if title_at is not None else head[:12]
    above = " ".join(letterhead)
    draft = _BLANK_NUMBER.search(above)
    number = _NUMBER.search(above if title_at is not None or draft else joined)
    dated = _DATED.search(above) or (None if _BLANK_DAY.search(above) else _DATED.search(joined))
    attached = None if number and (dated or _BLANK_DAY.search(above)) or draft else _attached(head)
    issuer = _issuer(letterhead, lines) or (attached["who"].strip(" .;") if attached and attached["who"] else None)
    symbol = number[1] if number else attached["no"] if attached else ""
    symbol = re.sub(r"\s", "", symbol).rstrip(".")
    place = _province_in(dated[1].split()[-4:] if dated else []) or _province_named(issuer or "") or _province_named(joined)
    if _is_central(issuer, symbol, place):
        place = None
    signed = _day(dated[4], dated[3], dated[2]) if dated else None
    if attached and not number:
        signed = _day(attached["year"], attached["month"], attached["day"])
    return Metadata(
        title=_title(head, title_at) if about is None else _subject(head[about:about + 8]),
        number=symbol or None, date=signed, issuer=issuer,
        province=place.slug if place else None)


def _attached(head: list[str]) -> re.Match[str] | None:
    """What an annex is attached to, in a bracket or a line of its own: "(Kèm theo Kế hoạch số …)", not where a sentence cites it."""
    joined = " ".join(head)
    starts = {0}
    for text in head:
        starts.add(max(starts) + len(text) + 1)
    for match in _ATTACHED.finditer(joined):
        before = re.sub(r"(?:được )?ban hành $", "", joined[:match.start()], flags=re.IGNORECASE)
        if len(before) in starts or before.rstrip().endswith("("):
            return match
    return None


def date_in_title(title: str) -> date | None:
    """The first day that a title names ("… ngày 18/3/2025"), if it is not that of a document that the plan carries out."""
    match = _SHORT_DATE.search(title)
    if match and not number_in_title(title) and re.search(r"\bsố \S+,? (?:ký )?$", title[:match.start()]):
        return None
    return _day(match[3], match[2], match[1]) if match else None


def number_in_title(title: str) -> str | None:
    """The number that a title gives the document itself ("Thông báo số 15-TB/BCĐ …"), not one it carries out."""
    match = re.match(r"[^\d,;]{0,30}?\bsố (\d+[-/][A-ZĐ][^\s,;]*)", title)
    return match[1] if match and not _CARRIED_OUT.search(fold(title[: match.start(1)])) else None


def _plain(text: str) -> str:
    return unify_blanks(re.sub(r"[*|#]", " ", text)).strip()


def _title(head: list[str], at: int | None) -> str | None:
    if at is None:
        texts = (text for text in head if len(text) > 15 and not _LETTERHEAD.search(fold(text)))
        return next((text for text in texts if not is_agency_cell(text)), None)
    parts = [head[at]]
    alone = _KIND.fullmatch(head[at].rstrip(" :")) is not None  # then what it is about stands in the next line
    for text in head[at + 1:at + 9]:
        shouted = text.isupper() and not text.startswith("PHỤ LỤC")
        about = alone and len(parts) == 1 and not re.match(r"căn cứ|-{3,}|_{3,}|\(|phụ lục", text, re.IGNORECASE)
        if _FIRST_PART.match(text) or (shouted and not parts[-1].isupper()):
            break
        if _PROSE.match(text) and not shouted and not (about or (len(parts) == 1 and text[:1].islower())):
            break
        if len(parts) > 1 and (text.endswith((".", ";", ":")) or (parts[-1].isupper() and _OPENING.match(text) and not shouted)):
            break
        parts.append(text)
    return unify_blanks(" ".join(parts)).strip(" .-")


def _subject(lines: list[str]) -> str:
    """What an official letter is about, over the lines of its narrow column: `V/v …` up to the motto or the addressees."""
    parts = [lines[0]]
    for text in lines[1:]:
        unfinished = _UNFINISHED.search(parts[-1]) and not _LETTERHEAD.search(fold(text))
        if not (text[:1].islower() or unfinished) or _MOTTO.search(fold(text)) or parts[-1].endswith((".", ";", ":")):
            break
        parts.append(text)
    return unify_blanks(" ".join(parts)).strip(" .-")


def _issuer(letterhead: list[str], lines: tuple[Line, ...]) -> str | None:
    """The body above the number: the letterhead's lines in capitals without the motto, the last where a superior stands above."""
    names: list[str] = []
    for text in _without_motto(letterhead):
        folded = fold(text)
        if re.match(r"so\s*:?\s*(?:\d|$)|(?:danh muc|phu luc|ke hoach|nhiem vu|bieu|bang|phan cong|tong hop)\b", folded):
            break
        if _LETTERHEAD.search(folded) or not text.isupper() or not re.search(r"[^\W\d_]", text) or "SOURCE" in text:
            continue
        if _is_department(text) and names and starts_like_agency(names[0].title()):
            place = _province_named(" ".join(names))
            names = [f"{text} {place.full_name.upper()}" if place and text.startswith("SỞ ") and not _province_named(text) else text]
            continue
        names.append(text)
    while names and not starts_like_agency(names[0]):
        names.pop(0)
    return _as_written(" ".join(names), lines) if names else None


def _without_motto(letterhead: list[str]) -> list[str]:
    """The lines without the motto, which two columns or a margin may have broken or put behind the body's name."""
    text = "\n".join(letterhead)
    for match in reversed(list(_MOTTO.finditer(fold(text)))):
        text = f"{text[:match.start()]}\n{text[match.end():]}"
    return [line.strip() for line in text.split("\n") if line.strip()]


def _is_department(text: str) -> bool:
    """Whether a letterhead's line is a body of its own below the one above it, not the rest of that one's name."""
    return re.match(r"(?:so|cuc|vu|tong cuc|chi cuc|van phong|trung tam|phong|vien|cong an|ban chi dao) ", fold(text)) is not None


def _is_central(issuer: str | None, symbol: str, place: Province | None) -> bool:
    """Whether a body of the whole country issued the document."""
    folded = fold(issuer or "")
    if place and fold(place.name) in folded or re.search(r"\b(?:tinh|thanh pho|xa|phuong|thanh uy)\b", folded):
        return False
    return bool(_CENTRAL.search(folded)) or (not issuer and bool(_CENTRAL_SYMBOL.search(symbol)))


def _as_written(name: str, lines: tuple[Line, ...]) -> str:
    """A name in capitals as the text below writes it; else in sentence case: ỦY BAN NHÂN DÂN TỈNH ĐỒNG NAI → UBND tỉnh Đồng Nai."""
    low = unify_blanks(name).lower()
    for province in Provinces.load():
        low = re.sub(rf"\b{re.escape(province.name.lower())}\b", province.name, low)
    low = re.sub(r"^(?:ủy|uỷ) ban nhân dân", "UBND", low)
    low = re.sub(r"\b(?:ubnd|hđnd|mttq)\b", lambda match: match[0].upper(), low)
    said = re.compile(rf"\b{re.escape(low)}\b", re.IGNORECASE)
    written = Counter(match[0] for line in lines for match in said.finditer(unify_blanks(line.text))
                      if not match[0].isupper() and match[0][:1].isupper())
    if written:
        return written.most_common(1)[0][0]
    own, place = re.fullmatch(r"(.*?)((?: (?:tỉnh|thành phố) [A-ZĐ].*)?)", low).groups()  # type: ignore[union-attr]
    known = Registry.load().resolve(own)
    if known and known.name.lower() == own:
        return f"{known.name}{place}"
    low = re.sub(r"\b(?:chính phủ|trung ương|chỉ đạo|việt nam)\b", lambda match: _PROPER[match[0]], low)
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
