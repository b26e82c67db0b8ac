"""Cited legal documents (Luật, Nghị quyết, Quyết định, Kế hoạch …): number, kind, date, issuer, subject, merged over mentions.

A mention has the shape "<kind> số <number> [ngày <date>] [của <issuer>] [ngày <date>] [về <subject>]"; what one leaves out
another or a footnote tells.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from knowledge.agencies.provinces import Provinces, province_at_start
from knowledge.model import LegalDocument
from knowledge.parsers.document import Document
from knowledge.parsers.document_symbols import Mention, find_numbers, issuer_of, kind_of
from knowledge.parsers.reading import read_repaired
from knowledge.parsers.sections import Outline
from knowledge.text.normalize import fold

_KIND = re.compile(
    r"(Chương trình hành động|Kế hoạch hành động|Bộ luật|Luật|Nghị quyết liên tịch|Nghị quyết"
    r"|Nghị định|Quyết định|Kế hoạch|Chương trình"
    r"|Thông báo|Chỉ thị|Kết luận|Đề án|Công văn"
    r"|Công điện|Thông tư liên tịch|Thông tư|Hướng dẫn|Báo cáo|Quy định|Quy chế|Pháp lệnh"
    r"|Tờ trình|Phương án)"
    r"(?:\s+(?:số|sổ))?\s*:?\s*$", re.IGNORECASE)
_DATE = re.compile(r",?\s*(?:ký )?ngày\s+(\d{1,2})(?:\s*[/.-]\s*|\s+tháng\s+)(\d{1,2})(?:\s*[/.-]\s*|\s+năm\s+)(\d{4})")
_ISSUER = re.compile(r",?\s*của\s+(?=[A-ZĐÀ-ỸƯƠÂÊÔ])")
_ISSUER_END = re.compile(
    r",?\s*\b(?:về|phê duyệt|ban hành|quy định|Quy định|sửa đổi|Sửa đổi|ngày|thực hiện|trên|đến|trong"
    r"|triển khai|đã|và|quy|hướng dẫn|có|là|để|tại)\b|[;.():,“”]|\s\d")
_SUBJECT = re.compile(
    r",?\s*(?:\(?\s*)?(?:về việc|về|(?=phê duyệt|ban hành|quy định|sửa đổi|hướng dẫn|triển khai|xây dựng))\s*", re.IGNORECASE)
_SUBJECT_END = re.compile(
    r"[;.](?=\s|$)|\s\((?:gọi tắt|viết tắt|sau đây|dưới đây|kèm)|\s\((?=Nghị|Quyết|Kế)"
    r"|,\s+(?=(?:Ban|Sở|UBND|Ủy ban|Tỉnh ủy|Thủ tướng|HĐND|Hội đồng|Bộ)\s)"
    r"|[,;]?\s+và\s+(?=(?:Nghị quyết|Quyết định|Kế hoạch|Luật|Nghị định|Chương trình)\s+(?:số\s+)?\d)"
    r"|[,;]\s+(?=(?:Nghị quyết|Quyết định|Kế hoạch|Luật|Nghị định|Chương trình|Thông báo|Kết luận|Chỉ thị)"
    r"\s+(?:hành động )?số)|(?<!dự án)(?<!Đề án):\s|\)\s*[,;.]")
_LONGEST_SUBJECT = 420
_LAW = re.compile(
    r"\b(?:Bộ luật|Luật)\s+([A-ZĐÀ-Ỹ][^,;.:()“”\d]{2,70}?)"
    r"(?=\s+(?:và (?:các|Nghị|Luật)|ngày|năm|số|quy định|có hiệu lực|hiện hành|được|của Quốc hội|về|theo)\b|[,;.:()]|$)")
_OWN = re.compile(r"\b[Ss]ố\s*:?\s*(\d{1,4}(?:/\d{4})?\s?[-/]\s?[A-ZĐ][\w/Đ-]+)")
_ALONE = ("Chính phủ", "Thủ tướng Chính phủ", "Quốc hội", "Ủy ban Thường vụ Quốc hội")
_CITIES = ("Hà Nội", "Hồ Chí Minh", "Đà Nẵng", "Hải Phòng", "Cần Thơ", "Huế")
_LOCAL = re.compile(r"(?:Tỉnh ủy|Thành ủy|tỉnh|Tỉnh|Thành phố|thành phố|Ủy ban nhân dân|Hội đồng nhân dân|UBND|HĐND)$")


def extract(document: Document) -> list[LegalDocument]:
    """The documents that a document cites, and itself if its letterhead has a number; each once, as full as its mentions tell."""
    outline = read_repaired(document)
    place = place_of(outline)
    found = [_with_place(one, place) for paragraph in outline.paragraphs for one in mentions(paragraph.text)]
    # a flattened table is one text: numbers and their dates are broken over its lines
    loose = " ".join(piece.text for piece in outline.furniture if piece.kind in ("title", "table"))
    found += [_with_place(one, place) for one in mentions(loose)]
    own = _own(outline, place)
    return merge([*([own] if own else []), *found])


def cited(text: str) -> list[str]:
    """The numbers of the documents that a text cites, in reading order, each once."""
    return list(dict.fromkeys(one.number for one in mentions(text)))


def mentions(text: str) -> list[LegalDocument]:
    """Every mention in a text as a record of what it tells."""
    text = _joined(text)
    numbers = find_numbers(text)
    limits = [number.start for number in numbers[1:]] + [len(text)]
    found = [_mention(text, number, limit) for number, limit in zip(numbers, limits)]
    return found + [_law(match, text) for match in _LAW.finditer(text)]


def merge(docs: Iterable[LegalDocument]) -> list[LegalDocument]:
    """One record a document, the fullest. Equal numbers with different dates are different documents."""
    groups: dict[str, list[LegalDocument]] = {}
    for doc in docs:
        groups.setdefault(doc.number, []).append(doc)
    merged: list[LegalDocument] = []
    for same in groups.values():
        dates = Counter(doc.date for doc in same if doc.date)
        if len(dates) <= 1:
            merged.append(_fullest(same, next(iter(dates), None)))
            continue
        first = dates.most_common(1)[0][0]
        merged += [_fullest([doc for doc in same if doc.date == day or day == first and not doc.date], day) for day in dates]
    return merged


def place_of(outline: Outline) -> str:
    """The province that a document comes from: by its letterhead, else the one it names most."""
    heads = [piece.text.strip("*") for piece in outline.furniture if piece.kind == "letterhead"]
    for text in heads:
        bare = re.sub(r"(?i)^(?:tỉnh ủy|tỉnh|thành phố|thành ủy|ubnd tỉnh)\s+", "", text)
        named = province_at_start(text) or province_at_start(bare)
        if named:
            return named.name
    text = " ".join(paragraph.text for paragraph in outline.paragraphs)
    count = {province.name: len(re.findall(rf"tỉnh {province.name}\b", text)) for province in Provinces.load()}
    best = max(count, key=lambda province: count[province])
    return best if count[best] else ""


def _joined(text: str) -> str:
    """Numbers that a line break parted are one again: `57-` / `NQ/TW`."""
    return re.sub(r"(\d[-/]|[A-ZĐ]{2}[-/])\s+(?=[A-ZĐ]{2})", r"\1", re.sub(r"\s+", " ", text))


def _mention(text: str, number: Mention, limit: int) -> LegalDocument:
    kind = _KIND.search(text[:number.start])
    tail = text[number.end:]
    day, issuer, rest = _date_and_issuer(tail[:max(limit - number.end, 0)])
    named = kind[1][0].upper() + kind[1][1:].lower() if kind else kind_of(number.number)
    subject = _subject(tail[rest:]) if rest or _SUBJECT.match(tail) else ""
    issuer, subject = _committee(issuer, subject)
    sure = issuer_of(number.number)
    if sure in _ALONE and (not issuer or fold(issuer).startswith(fold(sure))):
        issuer = sure  # what follows the name is no part of it
    return LegalDocument(number.number, named, day, issuer or sure, subject)


def _date_and_issuer(tail: str) -> tuple[date | None, str, int]:
    """The date and issuer right behind a number, in either order, and where they end."""
    day, issuer, at = None, "", 0
    for _ in range(3):
        dated, named = _DATE.match(tail, at), _ISSUER.match(tail, at)
        if dated and day is None:
            day, at = _day(dated), dated.end()
        elif named and not issuer:
            end = _ISSUER_END.search(tail, named.end())
            stop = end.start() if end else len(tail)
            issuer, at = tail[named.end():stop].strip(" ,"), stop
        else:
            break
    return day, issuer, at


def _day(match: re.Match[str]) -> date | None:
    try:
        return date(int(match[3]), int(match[2]), int(match[1]))
    except ValueError:
        return None


def _subject(tail: str) -> str:
    begin = _SUBJECT.match(tail)
    if not begin:
        return ""
    end = _SUBJECT_END.search(tail, begin.end())
    return tail[begin.end():end.start() if end else len(tail)].strip(" ,.“”")[:_LONGEST_SUBJECT]


def _committee(issuer: str, subject: str) -> tuple[str, str]:
    """"Ban Chỉ đạo Trung ương về phát triển … về thúc đẩy …": the first "về" belongs to the committee's name."""
    if not re.match(r"Ban Chỉ đạo\b", issuer):
        return issuer, subject
    parts = re.split(r" về (?=[a-zđ])", subject, maxsplit=1)
    return (f"{issuer} về {parts[0]}", parts[1]) if len(parts) == 2 else (issuer, subject)


def _law(match: re.Match[str], text: str) -> LegalDocument:
    """A law cited by its name alone: the name stands for its number."""
    name = re.sub(r"\s+", " ", match[0]).strip()
    dated = _DATE.match(text, match.end())
    return LegalDocument(name, "Bộ luật" if name.startswith("Bộ luật") else "Luật", _day(dated) if dated else None, "Quốc hội")


def _with_place(doc: LegalDocument, place: str) -> LegalDocument:
    """A provincial issuer with the name of the citing document's province, which the text takes for granted."""
    if not place or not _LOCAL.search(doc.issuer) or place in doc.issuer:
        return doc
    level = "thành phố " if place in _CITIES else "tỉnh "
    issuer = f"{doc.issuer} {level if doc.issuer.endswith(('nhân dân', 'UBND', 'HĐND')) else ''}{place}"
    return replace(doc, issuer=issuer)


def _own(outline: Outline, place: str) -> LegalDocument | None:
    """The document itself, as its letterhead and title tell."""
    heads = [piece.text for piece in outline.furniture if piece.kind == "letterhead"]
    titles = [piece.text for piece in outline.furniture if piece.kind == "title"]
    match = next((found for text in heads if (found := _OWN.search(text))), None)
    numbers = find_numbers(f"số {match[1]}") if match else []
    if not numbers or not titles:
        return None
    dated = re.search(r"ngày\s+(\d{1,2})\s+tháng\s+(\d{1,2})\s+năm\s+(\d{4})", " ".join(heads))
    subject = re.sub(r"\s+", " ", " ".join(titles[1:])).strip()
    number, kind = numbers[0].number, titles[0].strip().capitalize()
    doc = LegalDocument(number, kind, _day_of(dated), issuer_of(number), subject[:_LONGEST_SUBJECT])
    return _with_place(doc, place)


def _day_of(match: re.Match[str] | None) -> date | None:
    try:
        return date(int(match[3]), int(match[2]), int(match[1])) if match else None
    except ValueError:
        return None


def _fullest(docs: list[LegalDocument], day: date | None) -> LegalDocument:
    return LegalDocument(docs[0].number, _commonest(doc.kind for doc in docs), day, _longest_alike(doc.issuer for doc in docs),
                         _commonest(doc.subject for doc in docs))


def _commonest(values: Iterable[str]) -> str:
    """The value met most often (without regard to marks and capitals).

    Among equals the longer, but not one that only goes on where another ends: that is the citing sentence running on.
    """
    told = [value for value in values if value]
    count, exact = Counter(fold(value) for value in told), Counter(told)
    plain = [value for value in told if not any(value != other and fold(value).startswith(fold(other)) for other in told)]
    return max(plain or told, key=lambda value: (count[fold(value)], len(value), exact[value]), default="")


def _longest_alike(values: Iterable[str]) -> str:
    """The commonest value, written out as fully as any that begins with it."""
    told = [value for value in values if value]
    best, exact = _commonest(told), Counter(told)
    fuller = [value for value in told if fold(value).startswith(fold(best))]
    return max(fuller, key=lambda value: (len(value), exact[value]), default="")
