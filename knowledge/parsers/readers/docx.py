"""Word files (.docx, .docm without its macros): paragraphs with their automatic numbers, tables, footnotes, text boxes.

Headers and footers of pages are left out; so is what tracked changes deleted.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from knowledge.parsers.document import Cell, Document, Line, Table, UnreadableFile
from knowledge.parsers.office_files import check_office
from knowledge.parsers.readers.layout import only_lays_out
from knowledge.parsers.readers.word_numbering import Numbering
from knowledge.parsers.readers.word_text import blocks, boxes_in, goes_on, is_deleted, text_of

SUFFIXES = (".docx", ".docm")
ISOLATED = True
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MACRO_MAIN = "application/vnd.ms-word.document.macroEnabled.main+xml"
_CAPTION_LINES = 12
_DEEPEST = 5
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def read(path: Path) -> Document:
    """The document's paragraphs as lines, its tables as grids. Raises UnreadableFile."""
    warnings = check_office(path, "word/document.xml", "Word (.docx)")
    body, part = _open(path)
    reading = _Reading(part)
    reading.read(body)
    reading.read_notes(part)
    return Document(path.name, tuple(reading.lines), tuple(reading.tables), warnings)


def _open(path: Path) -> tuple[Any, Any]:
    """The body and the part that holds it."""
    from docx.opc.part import PartFactory
    from docx.package import Package
    from docx.parts.document import DocumentPart

    PartFactory.part_type_for[_MACRO_MAIN] = DocumentPart
    try:
        part = Package.open(str(path)).main_document_part
        return part.element.body, part
    except Exception as error:  # the library raises whatever the file makes it stumble over
        raise UnreadableFile(f"Tệp “{path.name}” bị hỏng; hãy mở bằng Word, lưu lại rồi gửi.") from error


class _Reading:
    """One document on the way to lines and tables."""

    def __init__(self, part: Any) -> None:
        self.lines: list[Line] = []
        self.tables: list[Table] = []
        self._numbering = Numbering(_related(part, "numbering"), _related(part, "styles"))
        self._since = 0  # the lines before this one are not the next table's caption
        self._count = 0
        self._open = ""  # the text of a paragraph whose end was deleted

    def read(self, container: Any, depth: int = 0) -> None:
        """Everything in a body, cell or text box."""
        for block in blocks(container):
            if block.tag == _W + "p":
                self._paragraph(block, depth)
            else:
                self._table(block, depth)

    def read_notes(self, part: Any) -> None:
        """Footnotes and endnotes, after the text."""
        for name in ("footnotes", "endnotes"):
            root = _related(part, name)
            for number, note in enumerate((n for n in root if n.get(_W + "type") is None) if root is not None else (), start=1):
                text = " ".join(text_of(p).strip() for p in note.iter(_W + "p")).strip()
                if text:
                    self._line(f"{str(number).translate(_RAISED)} {text}")

    def _paragraph(self, paragraph: Any, depth: int) -> None:
        text = self._text(paragraph)
        for piece in text.split("\n") if text.strip() else ():
            self._line(piece)
        for box in boxes_in(paragraph) if depth < _DEEPEST else ():
            self.read(box, depth + 1)

    def _text(self, paragraph: Any) -> str:
        text = self._open + text_of(paragraph)
        self._open = text if goes_on(paragraph) and text.strip() else ""
        if self._open:
            return ""
        label = self._numbering.label(paragraph) if text.strip() or _is_alone(paragraph) else ""
        return f"{label} {text.strip()}".strip() if label else text.strip(" \t")

    def _line(self, text: str) -> None:
        self.lines.append(Line(len(self.lines) + 1, text.replace("\t", " ").strip()))

    def _table(self, table: Any, depth: int) -> None:
        grid, nested = self._grid(table, depth)
        if not grid or only_lays_out([[cell.text for cell in row] for row in grid]):
            for row in grid:
                for cell in row:
                    for text in filter(None, cell.text.split("\n")):
                        self._line(text)
        else:
            self._count += 1
            before = tuple(line.text for line in self.lines[self._since:][-_CAPTION_LINES:])
            rows = tuple(tuple(Cell(cell.text, f"bảng {self._count}, dòng {number}", cell.merged) for cell in row)
                         for number, row in enumerate(grid, start=1))
            self.tables.append(Table(rows, None, len(self.lines), before))
            self._since = len(self.lines)
        for inner in nested:
            self._table(inner, depth + 1)

    def _grid(self, table: Any, depth: int) -> tuple[list[list[Cell]], list[Any]]:
        """The rectangular grid of a table, and the tables inside it that are tables of their own."""
        rows: list[list[Cell]] = []
        nested: list[Any] = []
        for tr in _children(table, "tr"):
            if not is_deleted(tr):
                rows.append(self._row(tr, nested, depth))
        width = max((len(row) for row in rows), default=0)
        return [row + [Cell("")] * (width - len(row)) for row in rows], nested

    def _row(self, tr: Any, nested: list[Any], depth: int) -> list[Cell]:
        properties = tr.find(_W + "trPr")
        row = [Cell("")] * _number(properties, "gridBefore")
        for tc in _children(tr, "tc"):
            settings = tc.find(_W + "tcPr")
            merge = settings.find(_W + "vMerge") if settings is not None else None
            goes_on = merge is not None and merge.get(_W + "val", "continue") == "continue"
            span = max(1, min(_number(settings, "gridSpan"), 64))
            text = "" if goes_on else self._cell_text(tc, nested, depth)
            row.append(Cell(text, merged="up" if goes_on else ""))
            row += [Cell("", merged="left")] * (span - 1)
        return row + [Cell("")] * _number(properties, "gridAfter")

    def _cell_text(self, tc: Any, nested: list[Any], depth: int) -> str:
        """A cell's paragraphs; a small table inside it as lines, a large one for later."""
        texts: list[str] = []
        for block in blocks(tc):
            if block.tag == _W + "p":
                texts.append(self._text(block))
                texts += [self._text(p) for box in boxes_in(block) for p in box.iter(_W + "p")]
            elif depth < _DEEPEST and _is_table_of_its_own(block):
                nested.append(block)
            elif depth < _DEEPEST:
                grid, deeper = self._grid(block, depth + 1)
                nested += deeper
                texts += ["; ".join(cell.text for cell in row if cell.text) for row in grid]
        return "\n".join(text for text in texts if text.strip())


def _children(element: Any, name: str) -> list[Any]:
    """The children of a name, out of content controls too."""
    out: list[Any] = []
    for child in element.iterchildren():
        if child.tag == _W + name:
            out.append(child)
        elif child.tag in (_W + "sdt", _W + "sdtContent", _W + "ins", _W + "customXml"):
            out += _children(child, name)
    return out


def _number(properties: Any | None, name: str) -> int:
    child = properties.find(_W + name) if properties is not None else None
    value = child.get(_W + "val", "0") if child is not None else "0"
    return min(int(value), 64) if value.isdigit() else 0


def _is_table_of_its_own(table: Any) -> bool:
    rows = _children(table, "tr")
    return len(rows) > 1 and max(len(_children(row, "tc")) for row in rows) > 2


def _is_alone(paragraph: Any) -> bool:
    """Whether an empty paragraph is all that its cell holds: then its automatic number is the cell's text."""
    parent = paragraph.getparent()
    return parent is not None and parent.tag == _W + "tc" and len(_children(parent, "p")) == 1


def _related(part: Any, name: str) -> Any | None:
    """The XML of a related part (numbering, styles, footnotes), or None."""
    from docx.oxml.parser import parse_xml

    for relation in part.rels.values():
        if not relation.is_external and relation.reltype.endswith(f"/{name}"):
            target = relation.target_part
            return target.element if hasattr(target, "element") else parse_xml(target.blob)
    return None
