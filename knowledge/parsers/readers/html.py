"""Web pages, and what portals and reporting systems export as .doc or .xls though it is HTML (or a page with its parts, MHTML).

Nothing is loaded from elsewhere and nothing runs: scripts, styles and hidden text are left out.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from knowledge.parsers.document import Cell, Document, Line, Table, UnreadableFile
from knowledge.parsers.office_files import check_size
from knowledge.parsers.readers.layout import only_lays_out
from knowledge.parsers.readers.text import decode

SUFFIXES = (".html", ".htm", ".mht", ".mhtml")
ISOLATED = True
_CAPTION_LINES = 12
_DEEPEST = 40
_MOST_SPAN = 120
_PAGE = re.compile(rb"<(?:!doctype html|html|head|body|table|meta|\?xml[^>]*>\s*<html)", re.IGNORECASE)
_PARTS = re.compile(rb"^\s*(?:MIME-Version|From|Content-Type):", re.IGNORECASE)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
_LEFT_OUT = frozenset({"script", "style", "head", "title", "meta", "link", "object", "iframe", "noscript", "del", "img", "input", "select"})
_BLOCKS = frozenset({"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ul", "ol", "tr", "center", "blockquote", "section",
                     "article", "header", "footer", "main", "pre", "hr", "dd", "dt", "dl", "form", "body", "html", "td", "th", "caption"})
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all|visibility\s*:\s*hidden", re.IGNORECASE)


def is_html(path: Path) -> bool:
    """Whether a file is a web page, whatever its name says."""
    with path.open("rb") as file:
        head = file.read(4000)
    plain = head.replace(b"\x00", b"")
    return bool(_PAGE.search(plain)) or (bool(_PARTS.match(plain)) and b"text/html" in plain)


def read(path: Path) -> Document:
    """The page's paragraphs as lines and its tables as grids. Raises UnreadableFile."""
    check_size(path)
    reading = _Reading()
    reading.read(_body(_page_of(path.read_bytes()), path.name))
    return Document(path.name, tuple(reading.lines), tuple(reading.tables))


def _page_of(data: bytes) -> bytes:
    """The page out of an MHTML file; other data as they are."""
    if not _PARTS.match(data) or b"text/html" not in data[:20_000]:
        return data
    for part in email.message_from_bytes(data, policy=email.policy.default).walk():
        if part.get_content_type() == "text/html":
            page = part.get_payload(decode=True)
            charset = part.get_content_charset()
            return page.decode(charset or "utf-8", "replace").encode() if isinstance(page, bytes) else data
    return data


def _body(data: bytes, name: str) -> Any:
    from lxml import etree  # type: ignore[import-untyped]
    from lxml import html as pages

    parser = pages.HTMLParser(no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        root = pages.document_fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", _text(data, name)), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise UnreadableFile(f"Tệp “{name}” bị hỏng; hãy mở bằng Word hoặc Excel, lưu lại dạng mới rồi gửi.") from error
    body = root.find("body")
    return root if body is None else body


def _text(data: bytes, name: str) -> str:
    """The page's text by the encoding that it declares, unless that is not true."""
    declared = _CHARSET.search(data[:4000])
    if declared and declared[1].lower() not in (b"utf-8", b"utf8"):
        try:
            return data.decode(declared[1].decode("ascii"))
        except (LookupError, UnicodeDecodeError):
            pass
    return decode(data, name)


class _Reading:
    """One page on the way to lines and tables."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.tables: list[Table] = []
        self._since = 0
        self._count = 0

    def read(self, element: Any, depth: int = 0) -> None:
        """Everything below an element."""
        for piece in _pieces(element):
            if isinstance(piece, str):
                self._line(piece)
            elif depth < _DEEPEST:
                self._table(piece, depth)

    def _line(self, text: str) -> None:
        if text.strip():
            self.lines.append(Line(len(self.lines) + 1, text.strip()))

    def _table(self, table: Any, depth: int) -> None:
        inner = [found for found in table.iterdescendants("table") if _holder(found) is table]
        if any(_is_data(found) for found in inner) or not _is_data(table):  # a frame around text and other tables
            for cell in _cells_of(table):
                self.read(cell, depth + 1)
            return
        self._count += 1
        grid = _grid(table, self._count)
        before = tuple(line.text for line in self.lines[self._since:][-_CAPTION_LINES:])
        self.tables.append(Table(grid, None, len(self.lines), before))
        self._since = len(self.lines)


def _is_data(table: Any) -> bool:
    """Whether a table is one of data, not a frame, a letterhead or a signature."""
    return not only_lays_out([[cell.text for cell in row] for row in _grid(table, 0)])


def _holder(element: Any) -> Any:
    """The table that an element stands in."""
    return next((above for above in element.iterancestors("table")), None)


def _rows_of(table: Any) -> list[Any]:
    return [row for row in table.iterdescendants("tr") if _holder(row) is table and not _is_hidden(row)]


def _cells_of(table: Any) -> list[Any]:
    return [cell for row in _rows_of(table) for cell in row.iterchildren("td", "th")]


def _grid(table: Any, count: int) -> tuple[tuple[Cell, ...], ...]:
    """The rectangular grid of a table, cells that go over rows or columns in their first place."""
    grid: list[dict[int, Cell]] = []
    reach: dict[int, tuple[int, bool]] = {}  # by column: rows that a cell above still takes, and whether it begins there
    for number, row in enumerate(_rows_of(table), start=1):
        place = f"bảng {count}, dòng {number}"
        line: dict[int, Cell] = {c: Cell("", place, "up" if begins else "left") for c, (rows, begins) in reach.items() if rows}
        reach = {c: (rows - 1, begins) for c, (rows, begins) in reach.items() if rows > 1}
        column = 0
        for cell in row.iterchildren("td", "th"):
            while column in line:
                column += 1
            wide, high = _span(cell, "colspan"), _span(cell, "rowspan")
            for offset in range(wide):
                line[column + offset] = Cell("" if offset else _cell_text(cell), place, "left" if offset else "")
                if high > 1:
                    reach[column + offset] = (high - 1, not offset)
            column += wide
        grid.append(line)
    width = max((max(line, default=-1) + 1 for line in grid), default=0)
    return tuple(tuple(line.get(column, Cell("")) for column in range(min(width, _MOST_SPAN))) for line in grid)


def _span(cell: Any, name: str) -> int:
    said = str(cell.get(name) or "1").strip()
    return max(1, min(int(said), _MOST_SPAN if name == "colspan" else 2000)) if said.isdigit() else 1


def _cell_text(cell: Any) -> str:
    texts: list[str] = []
    for piece in _pieces(cell):
        if isinstance(piece, str):
            texts.append(piece)
        else:
            texts += ["; ".join(c.text for c in row if c.text) for row in _grid(piece, 0)]
    return "\n".join(text for text in texts if text.strip())


def _pieces(element: Any) -> Iterator[str | Any]:
    """An element's paragraphs as texts and its tables, in order."""
    out: list[str | Any] = []
    _collect(element, out, [], 0)
    return iter(out)


def _collect(element: Any, out: list[str | Any], text: list[str], depth: int) -> None:
    """Gathers runs of text in `text`; a block's end, a break or a table makes a paragraph of them."""
    def end() -> None:
        said = re.sub(r"[ \t\r\n\u00a0]+", " ", "".join(text)).strip()
        text.clear()
        if said:
            out.append(said)

    text.append(element.text or "")
    for child in element:
        tag = child.tag if isinstance(child.tag, str) else ""
        if tag == "table":
            end()
            out.append(child)
        elif tag == "br":
            end()
        elif tag and tag not in _LEFT_OUT and not _is_hidden(child) and depth < 200:
            if tag in _BLOCKS:
                end()
            if tag == "li":
                text.append(_mark_of(child))
            _collect(child, out, text, depth + 1)
            if tag in _BLOCKS:
                end()
        text.append(child.tail or "")
    if not depth or element.tag in _BLOCKS:
        end()


def _is_hidden(element: Any) -> bool:
    return bool(_HIDDEN.search(element.get("style") or ""))


def _mark_of(item: Any) -> str:
    """The mark before a list's item: its number, or a dash."""
    parent = item.getparent()
    if parent is None or parent.tag != "ol":
        return "- "
    return f"{[other for other in parent if other.tag == 'li'].index(item) + 1}. "
