"""What of a page is not its text: letterhead, title, recipients, signature, page numbers, web addresses, rules, flat tables.

Every line gets a kind; the lines of kind `body` and `footnote` go on to become paragraphs, the others are kept as named
furniture, so that every line of a document can be accounted for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from knowledge.text.normalize import fold, nfc

LineKind = Literal["body", "footnote", "source", "letterhead", "title", "recipients", "signature", "page_number", "address",
                   "rule", "table", "duplicate"]
DocumentKind = Literal["plan", "conclusion", "report", "decision", "other"]

_KINDS: tuple[tuple[str, DocumentKind], ...] = (
    ("thong bao", "conclusion"), ("ket luan", "conclusion"), ("bao cao", "report"), ("ke hoach", "plan"),
    ("chuong trinh", "plan"), ("de an", "plan"), ("phuong an", "plan"), ("chi thi", "plan"), ("cong dien", "plan"),
    ("huong dan", "plan"), ("nghi quyet", "plan"), ("quyet dinh", "decision"),
)
_HEAD_LINES = 80  # a letterhead is never longer
_TITLE_LINES = 14
_OPENERS = re.compile(
    r"(?:thuc hien|can cu|vao luc|ngay \d|sau khi|trong thoi gian|de (?:trien khai|thuc hien|tiep tuc)"
    r"|tiep tuc|trien khai|theo)\b"
)
_FIRST_PART = re.compile(r"(?:[IVX]{1,5}|1|A)\s?[.\-]\s|Điều 1\b|Chương I\b")
_ABOUT = re.compile(r"Về\s|V/v\s|\(")
_LETTERHEAD = re.compile(
    r"dang cong san|cong hoa xa hoi|doc lap\s*-|(?:so|s o)\s*:?\s*\d*\s*[-/]\s?[a-z]{2,}"
    r"|[^,]{3,25}, ngay\s.{0,12}thang\b.*nam"
)
_SIGNATURE = re.compile(r"(?:t/m|tm\.|kt\.|tl\.|tuq\.|q\.)\s")
_ATTACHED = re.compile(r"\W*(?:ke hoach|chuong trinh(?: hanh dong)?|de an|phuong an|quy che|danh muc|bieu)\W*")
_SOURCE = re.compile(r"#\s*(?:source|nguon)\b", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+$", re.IGNORECASE)
_PAGE = re.compile(r"(?:trang|page)?\s*[-–]?\s*\d{1,3}\s*[-–]?(?:\s*/\s*\d{1,3})?", re.IGNORECASE)
_MISREAD_PAGE = re.compile(r"[0-9IlOoóỉỈSB]{1,3}")
_NOTE = re.compile(r"[¹²³⁴⁵⁶⁷⁸⁹⁰]+\s*\S")
_PLAIN_NOTE = re.compile(r"(\d{1,2}) (?=[A-ZĐÀ-Ỹ]\w)")
_HEADERS = ("co quan", "don vi", "chu tri", "phoi hop", "thoi gian", "san pham", "ket qua", "nhiem vu", "noi dung", "chi tieu",
            "ghi chu", "tien do", "stt")
_WORD_LEFTOVER = re.compile(r"\[bookmark:[^\]]*\]|\[\[footnoteRef:\d+\]\]")
# A scan parts a letter from its syllable so: "ủ y  ban", "T ổ  chức".
_PARTED = re.compile(r"(?<!\S)([^\W\d_]) ([^\W\d_]{1,2})  (?=\w)|(?<!\S)([^\W\d_]) {2}([^\W\d_]{1,2})  (?=\w)")


@dataclass(frozen=True)
class Raw:
    """A line made plain: its number, its text without emphasis, whether a blank line stands before it or blanks at its end."""

    no: int
    text: str
    blank_before: bool = False
    trailing: bool = False
    kind: LineKind = "body"

    @property
    def folded(self) -> str:
        """The text without diacritics and in lower case."""
        return fold(self.text)


_ITALIC_START = re.compile(r"^\*(?=\d{1,2}(?:\.\d{1,2})*[.)](?:\s|$)|[a-zđ]\)\s|[IVX]{1,5}\.\s)"
                           r"|(?<=\d[.)] )\*(?=\w)")  # *2.1. Sở Y tế*, 2.1. *Sở Y tế*


def plain_text(text: str) -> str:
    """A line without Markdown emphasis, Word leftovers, table bars and the blanks that a scan puts inside syllables."""
    text = _WORD_LEFTOVER.sub("", nfc(text)).replace("\t", " ")
    text = _PARTED.sub(lambda m: (m[1] or m[3]) + (m[2] or m[4]) + " ", text)
    text = text.replace("**", "").strip().strip("|").strip()
    text = _ITALIC_START.sub("", text)
    return re.sub(r"\s+", " ", text)


def document_kind(lines: list[Raw]) -> DocumentKind:
    """What the document calls itself on its title line."""
    at = _title_line(lines)
    return next((kind for word, kind in _KINDS if at is not None and _begins(lines[at].folded, word)), "other")


def classify(lines: list[Raw]) -> list[Raw]:
    """The lines with their kinds."""
    kinds: list[LineKind] = ["body"] * len(lines)
    table = _table_start(lines)
    title = _title_line(lines[:table])
    start = 0
    if title is not None:
        end = _title_end(lines[:table], title)
        kinds[:title] = ["letterhead"] * title
        kinds[title:end] = ["title"] * (end - title)
        start = end
    closing = False
    for index in range(start, table):
        closing = _closes(lines[index], closing)
        kinds[index] = _kind_of(lines, index, closing)
    kinds[table:] = ["table"] * (len(lines) - table)
    _mark_notes(lines, kinds)
    for index, line in enumerate(lines):
        if kinds[index] != "table" and (always := _always(line)):
            kinds[index] = always
    return [Raw(line.no, line.text, line.blank_before, line.trailing, kind) for line, kind in zip(lines, kinds)]


def _always(line: Raw) -> LineKind | None:
    if _SOURCE.match(line.text):
        return "source"
    if not any(char.isalnum() for char in line.text):
        return "rule"
    return "address" if _ADDRESS.match(line.text) else None


def _closes(line: Raw, closing: bool) -> bool:
    """Whether the closing part (recipients, signature) has begun; an annex ends it, or the plan that a decision issues."""
    if re.match(r"[*#_ ]*noi nhan\b", line.folded) or _SIGNATURE.match(line.folded) and line.text[:12].upper() == line.text[:12]:
        return True
    return closing and not (re.match(r"phu luc\b", line.folded) or (line.text.isupper() and _ATTACHED.fullmatch(line.folded)))


def _kind_of(lines: list[Raw], index: int, closing: bool) -> LineKind:
    line = lines[index]
    if closing:
        # a list that runs on, whatever its bullets became in a scan
        listed = re.match(r"[*#_ ]*noi nhan|[-–•■+*]|.*[;,.]$", line.folded)
        return "recipients" if listed else "signature"
    alone = line.blank_before and (index + 1 == len(lines) or lines[index + 1].blank_before or lines[index + 1].no > line.no + 1)
    if _PAGE.fullmatch(line.text) or len(line.text) < 4 and _MISREAD_PAGE.fullmatch(line.text) and (alone or line.text.isdigit()):
        return "page_number"
    if index < 12 and _LETTERHEAD.match(line.folded):
        return "letterhead"
    return "body"


def _begins(folded: str, word: str) -> bool:
    return re.match(re.escape(word) + r"\b", folded) is not None


def _title_line(lines: list[Raw]) -> int | None:
    """The line that names the kind of document, alone or in capitals."""
    for index, line in enumerate(lines[:_HEAD_LINES]):
        capitals = line.text.upper() == line.text
        if capitals and any(_begins(line.folded, word) for word, _ in _KINDS):
            return index
    return None


def _title_end(lines: list[Raw], title: int) -> int:
    """The first line of the text: after a rule, or where a sentence or a numbered part begins."""
    window = range(title + 1, min(len(lines), title + _TITLE_LINES))
    rule = next((index for index in window if not any(char.isalnum() for char in lines[index].text)), None)
    end = title + 1
    for index in window:
        line = lines[index]
        capitals = line.text.upper() == line.text
        if len(line.text) > 150 or _FIRST_PART.match(line.text):
            return index
        if line.text[:1].isupper() and not capitals and _OPENERS.match(line.folded):
            return index
        if rule == index:
            return index + 1
        if end == index and (capitals or line.text[:1].islower() or _ABOUT.match(line.text)):
            end = index + 1
    return end if rule is None else rule + 1


def _table_start(lines: list[Raw]) -> int:
    """Where an annex begins whose table was flattened to lines: a title of an annex and column headers soon after it."""
    for index, line in enumerate(lines):
        if not re.match(r"(?:phu luc|bieu so|bieu mau)\b", line.folded) or len(line.text) > 60 or line.text[:1].islower():
            continue
        near = [other.folded for other in lines[index + 1:index + 30] if len(other.text) <= 70]
        seen = {word for text in near for word in _HEADERS if word in text}
        numbering = any(re.match(r"(?:stt|tt|so tt)\b", text) for text in near)
        if numbering and len(seen) >= 2:
            return index
    return len(lines)


def _mark_notes(lines: list[Raw], kinds: list[LineKind]) -> None:
    """Footnotes: a raised number, or a plain one on the last lines of a page in the order of notes."""
    expected = 1
    for index, line in enumerate(lines):
        if kinds[index] != "body":
            continue
        plain = _PLAIN_NOTE.match(line.text)
        before = next((lines[i] for i in range(index - 1, -1, -1) if kinds[i] == "body"), None)
        ended = before is None or before.text[-1:] in ".;:!?"
        if _NOTE.match(line.text) or plain and int(plain[1]) == expected and line.blank_before and ended:
            kinds[index] = "footnote"
            expected += 1
        elif index and kinds[index - 1] == "footnote" and not line.blank_before and line.text[:1].islower():
            kinds[index] = "footnote"
