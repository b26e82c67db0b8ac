"""Plain text in any of the encodings that Vietnamese files come in."""

from __future__ import annotations

import codecs
import re
import unicodedata
from pathlib import Path

from knowledge.parsers.document import Document, Line, UnreadableFile
from knowledge.parsers.readers.aligned import WARNING, split_aligned
from knowledge.parsers.readers.bars import split_tables

SUFFIXES = (".txt", ".md", ".text")
MAX_BYTES = 30_000_000
MAX_LINE = 50_000  # no paragraph is so long; reading one takes minutes

# TCVN 5712:1993 VN3 ("ABC" fonts), the letters above ASCII; the byte 0xAD is ư.
_TCVN3 = str.maketrans(dict(zip(
    "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\u00adõøö÷ùúýûüþ¡¢§£¤¥¦",
    "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂĐÊÔƠƯ")))
_COMMON = re.compile(r"\b(?:và|của|các|được|nhiệm|tỉnh|kế|hoạch|thực|hiện|cơ|quan|với|trong|chủ|trì|số|đến|năm|những|để|là)\b",
                     re.IGNORECASE)
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
         (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def read(path: Path) -> Document:
    """The lines of a text file as they stand, numbered from 1; a form feed begins a page."""
    if path.stat().st_size > MAX_BYTES:
        raise UnreadableFile(f"Tệp “{path.name}” quá lớn (trên {MAX_BYTES // 1_000_000} MB); hãy tách nhỏ rồi gửi lại.")
    text = decode(path.read_bytes(), path.name)
    pieces = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if pieces and not pieces[-1]:
        pieces.pop()
    if max(map(len, pieces), default=0) > MAX_LINE:
        raise UnreadableFile(f"Tệp “{path.name}” có dòng dài trên {MAX_LINE} ký tự; hãy ngắt thành các đoạn rồi gửi lại.")
    lines, page, paged = [], 1, "\f" in text
    for number, piece in enumerate(pieces, start=1):
        page += piece.count("\f")
        lines.append(Line(number, piece.replace("\f", ""), page if paged else None))
    rest, tables = split_tables(lines)
    if tables:
        return Document(path.name, rest, tables)
    rest, tables = split_aligned(lines)
    return Document(path.name, rest, tables, (WARNING,) if tables else ())


def decode(data: bytes, name: str = "") -> str:
    """The text of some bytes, its encoding told from marks, validity, and whether common words come out."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _strictly(data, encoding, name)
    for encoding in _unmarked(data):
        return _strictly(data, encoding, name)
    try:
        return _plausible(data.decode("utf-8"), name)
    except UnicodeDecodeError:
        pass
    candidates = [unicodedata.normalize("NFC", data.decode("cp1258", errors="replace")), data.decode("latin-1").translate(_TCVN3)]
    best = max(candidates, key=lambda text: len(_COMMON.findall(text)))
    if not _COMMON.search(best):
        raise UnreadableFile(f"Không nhận ra bảng mã của tệp “{name}”; hãy lưu lại tệp dưới dạng UTF-8.")
    return _plausible(best, name)


def _unmarked(data: bytes) -> list[str]:
    """UTF-16 without a mark: every other byte of its ASCII letters is zero."""
    head = data[:4000]
    for offset, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        half = head[offset::2]
        if len(half) > 3 and half.count(0) > 0.3 * len(half) and head[1 - offset::2].count(0) < 0.05 * len(half):
            return [encoding]
    return []


def _strictly(data: bytes, encoding: str, name: str) -> str:
    try:
        return _plausible(data.decode(encoding).lstrip("\ufeff"), name)
    except UnicodeDecodeError as error:
        raise UnreadableFile(f"Tệp “{name}” bị hỏng hoặc sai bảng mã; hãy mở lại và lưu dưới dạng UTF-8.") from error


def _plausible(text: str, name: str) -> str:
    """The text, unless it is no text at all."""
    control = sum(char < " " and char not in "\t\n\r\f\v" for char in text)
    if control > 0.01 * len(text) + 2:
        raise UnreadableFile(f"Tệp “{name}” không phải là văn bản; hãy gửi tệp Word, PDF, Excel hoặc văn bản thuần.")
    return text
