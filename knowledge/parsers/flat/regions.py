"""Where the tables of a flattened text stand: their headers, captions, annexes, and the lines of their bodies."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from knowledge.parsers.columns import Role, split_header
from knowledge.parsers.deadlines import unify_blanks
from knowledge.parsers.document import Line
from knowledge.parsers.flat.words import is_blank
from knowledge.text.normalize import fold

_ANNEX = re.compile(r"^(?:phu luc|bieu|phu bieu)(?: so)?(?:\s+(?P<no>[ivxlc]+|\d+[a-z]?|[a-z]))?\s*(?:[:.\-–]\s*(?P<title>.*))?$")
_END = re.compile(r"^(?:noi nhan\s*:|tm\. |kt\. |t/m )")
_HEADER_LINES = 40
_CAPTION_LINES = 12


@dataclass(frozen=True)
class Header:
    """A table's header: its first and last line and the columns' roles in order."""

    first: int
    last: int
    roles: tuple[Role, ...]


@dataclass
class Region:
    """One table: the lines of its body under the header that rules them, and the annex it stands in."""

    annex: str | None
    parts: list[tuple[Header, list[Line]]] = field(default_factory=list)

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles of the first header."""
        return self.parts[0][0].roles


@dataclass
class Layout:
    """A document's tables, and what every other line of theirs is: header, caption, blank, mark."""

    regions: list[Region]
    furniture: dict[int, str]


def find_regions(lines: tuple[Line, ...]) -> Layout:
    """The tables of a text. A header with the same columns again is a page break; other columns begin a new part."""
    layout = Layout([], {})
    index, current = 0, None
    while index < len(lines):
        line = lines[index]
        header = _header_at(lines, index)
        if header:
            for furnished in lines[index:]:
                if furnished.no > header.last:
                    break
                layout.furniture[furnished.no] = _kind_of_line(furnished.text, "header")
            current = _open(layout, current, lines, index, header)
            index = next((i for i in range(index, len(lines)) if lines[i].no > header.last), len(lines))
            continue
        if current and (annex_name(line.text) or _END.match(_folded(line.text))):
            current = None
        if current:
            current.parts[-1][1].append(line)
            if not line.text.strip(" |*\t"):
                layout.furniture[line.no] = _kind_of_line(line.text, "mark")
        index += 1
    return layout


def annex_name(text: str) -> str | None:
    """`Phụ lục II` where a line is an annex's heading, else None."""
    plain = unify_blanks(text.replace("*", " "))
    match = _ANNEX.match(_folded(text))
    if not match or (match["title"] is not None and not match["no"]):
        return None
    size = match.end("no") if match["no"] else match.start("title") if match["title"] else len(plain)
    name = plain[:size].strip(" :.-–")
    return name[:1].upper() + (name[1:] if not name.isupper() else _lower_words(name)[1:])


def _lower_words(name: str) -> str:
    """PHỤ LỤC II → Phụ lục II: the numeral keeps its capitals."""
    return " ".join(w if re.fullmatch(r"[IVXLC]+|\d+[A-Z]?|[A-Z]", w) else w.lower() for w in name.split())


def _folded(text: str) -> str:
    return fold(unify_blanks(text.replace("*", " ").replace("|", " ")))


def _open(layout: Layout, current: Region | None, lines: tuple[Line, ...], index: int, header: Header) -> Region:
    if current is None:
        current = Region(_caption(layout, lines, index))
        layout.regions.append(current)
    elif current.parts[-1][0].roles == header.roles:
        return current
    current.parts.append((header, []))
    return current


def _caption(layout: Layout, lines: tuple[Line, ...], index: int) -> str | None:
    """The annex above a header; the lines from its heading on are the table's caption."""
    seen: list[Line] = []
    for line in reversed(lines[:index]):
        if line.no in layout.furniture:
            return None
        seen.append(line)
        annex = annex_name(line.text)
        if annex:
            layout.furniture |= {s.no: _kind_of_line(s.text, "caption") for s in seen}
            return annex
        if sum(not is_blank(s.text) for s in seen) > _CAPTION_LINES:
            break
    return None


def _kind_of_line(text: str, otherwise: str) -> str:
    """Blank, a cell mark, or what it would otherwise be."""
    return "blank" if is_blank(text) else "mark" if not text.strip(" |*\t") else otherwise


def _header_at(lines: tuple[Line, ...], index: int) -> Header | None:
    """The header that begins at a line: the longest run of lines that is nothing but column names."""
    if is_blank(lines[index].text) or lines[index].text.strip() == "|" or not _may_begin(lines[index].text):
        return None
    text, found = "", None
    for line in lines[index:index + _HEADER_LINES]:
        if is_blank(line.text) or line.text.strip() == "|":
            continue
        text = f"{text} {line.text.replace('|', ' ').replace('*', ' ')}"
        if len(text) > 400:
            break
        columns = split_header(text)
        if columns:
            found = Header(lines[index].no, line.no, tuple(role for role, _ in columns))
    return found


def _may_begin(text: str) -> bool:
    """A quick look before the search: a header begins with TT or the name of a column of work."""
    return bool(re.match(r"(?:s?tt|so tt|so thu tu|ten|noi dung|nhiem vu|cong viec|chi tieu|muc tieu|danh muc|de an)\b",
                         _folded(text)))
