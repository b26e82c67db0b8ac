"""PDF files: paragraphs, and tables by their rulings over pages. A scanned file is read by Tesseract where it stands."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.parsers.document import Document, Line, Table, UnreadableFile
from knowledge.parsers.office_files import check_size, signature
from knowledge.parsers.readers.pdf_grid import Ruled, find_tables, grid_of, share_columns
from knowledge.parsers.readers.pdf_strikes import without_struck
from knowledge.parsers.readers.pdf_text import TextLine, lines_of, paragraphs, words_of
from knowledge.parsers.readers.scan import read_scan
from knowledge.parsers.readers.spaced import Spaced, find_spaced
from knowledge.parsers.readers.spaced import grid_of as spaced_grid

SUFFIXES = (".pdf",)
ISOLATED = True
SECONDS = 900  # a scan takes some seconds a page
MAX_PAGES = 500
_CAPTION_LINES = 12
_FEW_CHARS = 25
_TEXT_WIDTH = 0.6  # of the page's: what a full line takes at least
_SIGNED = re.compile(r"(?:Người ký|Ký bởi|Được ký bởi|Thời gian ký|Ngày ký|Email|Signature Not Verified|Digitally signed)\b.*",
                     re.IGNORECASE)
_PAGE_NUMBER = re.compile(r"\W*(?:trang\s*)?\d{1,3}(?:\s*/\s*\d{1,3})?\W*", re.IGNORECASE)


@dataclass
class _Page:
    """A page on the way: its text lines outside tables, its tables, its size, whether it is only a picture, and has struck text."""

    number: int
    lines: list[TextLine]
    tables: list[Ruled | Spaced]
    height: float
    width: float
    scanned: bool = False
    struck: bool = False


def read(path: Path) -> Document:
    """The paragraphs as lines with their pages, ruled tables as grids. Raises UnreadableFile."""
    check_size(path)
    if signature(path) != "pdf":
        raise UnreadableFile(f"Tệp “{path.name}” không phải là PDF hoặc đã hỏng; hãy xuất lại tệp PDF rồi gửi.")
    pages = _pages(path)
    scanned = [page.number for page in pages if page.scanned]
    if pages and len(scanned) > 0.6 * len(pages):
        return read_scan(path, len(pages))
    if not any(page.lines or page.tables for page in pages):
        return Document(path.name, ())
    _drop_running_lines(pages)
    share_columns([table for page in pages for table in page.tables if isinstance(table, Ruled)])
    lines, tables = _in_order(pages)
    warnings = [f"Trang {', '.join(map(str, scanned))} là ảnh chụp, chưa đọc được."] if scanned else []
    spaced = [page.number for page in pages if any(isinstance(table, Spaced) for table in page.tables)]
    if spaced:
        warnings.append(f"Bảng ở trang {', '.join(map(str, spaced))} không có đường kẻ, các cột được đọc theo khoảng trắng; "
                        "hãy xem lại từng dòng.")
    struck = [page.number for page in pages if page.struck]
    if struck:
        warnings.append(f"Trang {', '.join(map(str, struck))} có chữ bị gạch bỏ (theo dõi sửa đổi); phần gạch bỏ không được đọc.")
    return Document(path.name, tuple(lines), tuple(tables), tuple(warnings))


def _pages(path: Path) -> list[_Page]:
    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect

    try:
        with pdfplumber.open(path) as pdf:
            if len(pdf.pages) > MAX_PAGES:
                raise UnreadableFile(f"Tệp “{path.name}” có trên {MAX_PAGES} trang; hãy tách riêng phần kế hoạch rồi gửi.")
            pages: list[_Page] = []
            for page in pdf.pages:
                pages.append(_page(page, pages[-1] if pages else None))
            return pages
    except UnreadableFile:
        raise
    except Exception as error:  # the library raises whatever the file makes it stumble over
        causes = (error, error.__cause__, error.__context__, *error.args)
        if any(isinstance(cause, PDFPasswordIncorrect) for cause in causes) or "PasswordIncorrect" in repr(error):
            raise UnreadableFile(f"Tệp “{path.name}” được đặt mật khẩu; hãy bỏ mật khẩu rồi gửi lại.") from error
        raise UnreadableFile(f"Tệp “{path.name}” bị hỏng; hãy xuất lại tệp PDF rồi gửi.") from error


def _page(page: Any, before: _Page | None) -> _Page:
    """One page; its parsed objects are dropped at once, they take much memory."""
    kept, struck = without_struck(page)
    words = words_of(kept)
    text = "".join(word.text for word in words)
    unreadable = text.count("(cid:") * 20 > len(text)
    scanned = (len(text) < _FEW_CHARS and bool(page.images)) or (unreadable and bool(text))
    ruled, rest = ([], []) if scanned else find_tables(page, page.page_number, words)
    last = before.tables[-1] if before and before.tables and not ruled else None
    height = float(page.height)
    numbers = {word for line in lines_of(rest) if _near_edge(line, height) and _PAGE_NUMBER.fullmatch(line.text) for word in line.words}
    rest = [word for word in rest if word not in numbers]
    spaced, rest = find_spaced(rest, page.page_number, last if isinstance(last, Spaced) else None)
    tables: list[Ruled | Spaced] = [*ruled, *spaced]
    tables.sort(key=lambda table: table.box[1])
    out = _Page(page.page_number, [] if scanned else lines_of(rest, split=True), tables,
                float(page.height), float(page.width), scanned, struck)
    page.close()
    return out


def _drop_running_lines(pages: Sequence[_Page]) -> None:
    """Leave out page numbers, lines that head or foot every page, and the marks of electronic signatures."""
    edge: Counter[str] = Counter()
    for page in pages:
        edge.update({re.sub(r"\d+", "#", line.text) for line in page.lines if _at_edge(line, page)})
    often = {text for text, times in edge.items() if times > 2 and times > 0.5 * len(pages)}
    for page in pages:
        page.lines = [line for line in page.lines if not (
            _at_edge(line, page) and (_PAGE_NUMBER.fullmatch(line.text) or re.sub(r"\d+", "#", line.text) in often)
            or _SIGNED.fullmatch(line.text))]


def _at_edge(line: TextLine, page: _Page) -> bool:
    return _near_edge(line, page.height)


def _near_edge(line: TextLine, height: float) -> bool:
    return line.bottom < 0.09 * height or line.top > 0.91 * height


def _in_order(pages: Sequence[_Page]) -> tuple[list[Line], list[Table]]:
    """Lines and tables in reading order; a paragraph ends where a table begins."""
    lines: list[Line] = []
    tables: list[Table] = []
    since = 0
    for page in pages:
        rest = list(page.lines)
        for count, table in enumerate(page.tables, start=1):
            above = [line for line in rest if line.top < table.box[1]]
            rest = [line for line in rest if line.top >= table.box[1]]
            _add(above, page, lines)
            before = tuple(line.text for line in lines[since:][-_CAPTION_LINES:])
            grid = grid_of(table, count) if isinstance(table, Ruled) else spaced_grid(table, count)
            tables.append(Table(grid, page.number, len(lines), before, hides_merging=isinstance(table, Spaced) and not table.centred))
            since = len(lines)
        _add(rest, page, lines)
    return lines, tables


def _add(found: Sequence[TextLine], page: _Page, lines: list[Line]) -> None:
    for text in paragraphs(found, _TEXT_WIDTH * page.width):
        lines.append(Line(len(lines) + 1, text, page.number))
