"""Plans written down once and made into Word, Excel, PDF and text files.

A table is a list of rows of cells; "<" continues the cell to its left, "^" the cell above. Lines stand before each table.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Rows = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Block:
    """Lines of text and the table after them."""

    lines: tuple[str, ...]
    rows: Rows


def parse(text: str) -> list[Block]:
    """Blocks from text: lines, then rows as `a | b | c`, then lines again …; ⏎ is a paragraph break in a cell."""
    blocks: list[Block] = []
    lines: list[str] = []
    rows: list[tuple[str, ...]] = []
    for line in [*text.strip("\n").split("\n"), ""]:
        if "|" in line:
            rows.append(tuple(cell.strip().replace("⏎", "\n") for cell in line.strip().split("|")))
            continue
        if rows:
            blocks.append(Block(tuple(lines), tuple(rows)))
            lines, rows = [], []
        if line.strip():
            lines.append(line.strip())
    if lines:
        blocks.append(Block(tuple(lines), ()))
    return blocks


def spans(rows: Rows) -> list[tuple[int, int, int, int]]:
    """The merged areas: first row, first column, last row, last column."""
    out = []
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            if cell in ("<", "^"):
                continue
            right, down = c, r
            while right + 1 < len(row) and row[right + 1] == "<":
                right += 1
            while down + 1 < len(rows) and rows[down + 1][c] == "^":
                down += 1
            if (right, down) != (c, r):
                out.append((r, c, down, right))
    return out


def own(cell: str) -> str:
    """The text that stands in a cell."""
    return "" if cell in ("<", "^") else cell


def write_docx(path: Path, blocks: list[Block]) -> Path:
    """A Word file, cells merged as Word does."""
    import docx

    document = docx.Document()
    for block in blocks:
        for line in block.lines:
            document.add_paragraph(line)
        if block.rows:
            table = document.add_table(len(block.rows), len(block.rows[0]))
            cells = [list(row.cells) for row in table.rows]
            for top, left, bottom, right in spans(block.rows):
                cells[top][left].merge(cells[bottom][right])
            for r, row in enumerate(block.rows):
                for c, cell in enumerate(row):
                    if own(cell):
                        first, *more = own(cell).split("\n")
                        cells[r][c].text = first
                        for paragraph in more:
                            cells[r][c].add_paragraph(paragraph)
    document.add_paragraph("")  # Word never ends with a table
    document.save(path)
    return path


def write_xlsx(path: Path, blocks: list[Block]) -> Path:
    """An Excel file with everything on one sheet."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    at = 0
    for block in blocks:
        for line in block.lines:
            at += 1
            sheet.cell(at, 1, line)
        for top, left, bottom, right in spans(block.rows):
            sheet.merge_cells(start_row=at + top + 1, start_column=left + 1, end_row=at + bottom + 1, end_column=right + 1)
        for row in block.rows:
            at += 1
            for c, cell in enumerate(row, start=1):
                if own(cell):
                    sheet.cell(at, c, int(cell) if cell.isdigit() else cell)
    book.save(path)
    return path


def write_pdf(path: Path, blocks: list[Block], height: float = 595.0, ruled: bool = True) -> Path:
    """A landscape PDF with tables, ruled or not, that break over pages and repeat their headers; page numbers at the foot."""
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

    if "DejaVu" not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont("DejaVu", str(_font())))
    small = ParagraphStyle("cell", fontName="DejaVu", fontSize=8, leading=10)
    body = ParagraphStyle("body", fontName="DejaVu", fontSize=11, leading=14, spaceAfter=6)
    story: list[object] = []
    for block in blocks:
        story += [Paragraph(line, body) for line in block.lines]
        if not block.rows:
            continue
        cells = [[Paragraph(own(cell).replace("\n", "<br/>"), small) for cell in row] for row in block.rows]
        style = [("VALIGN", (0, 0), (-1, -1), "TOP")] + [("GRID", (0, 0), (-1, -1), 0.5, "black")] * ruled
        style += [("SPAN", (left, top), (right, bottom)) for top, left, bottom, right in spans(block.rows)]
        header = 2 if "^" in block.rows[1] else 1
        story.append(Table(cells, colWidths=_widths(block.rows), repeatRows=header, style=style))

    def number(canvas, template):
        canvas.setFont("DejaVu", 8)
        canvas.drawCentredString(421, 15, str(canvas.getPageNumber()))

    SimpleDocTemplate(str(path), pagesize=(842, height), leftMargin=30, rightMargin=30, topMargin=30, bottomMargin=35).build(
        story, onFirstPage=number, onLaterPages=number)
    return path


def write_txt(path: Path, blocks: list[Block]) -> Path:
    """A text file with the cells of a row between bars."""
    lines: list[str] = []
    for block in blocks:
        lines += block.lines
        lines += ["| " + " | ".join(own(cell).replace("\n", " ") for cell in row) + " |" for row in block.rows]
        lines.append("")
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


WRITERS: dict[str, Callable[[Path, list[Block]], Path]] = {
    ".docx": write_docx, ".xlsx": write_xlsx, ".pdf": write_pdf, ".txt": write_txt}


def _font() -> Path:
    """A font with Vietnamese letters, from matplotlib, which Rasa brings along."""
    spec = importlib.util.find_spec("matplotlib")
    assert spec and spec.origin
    return Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf"


def _widths(rows: Rows) -> list[float]:
    """Column widths after what the columns hold."""
    plain = [row for row in rows if "<" not in row] or list(rows)
    longest = [max(8, *(min(70, len(row[c])) for row in plain)) for c in range(len(rows[0]))]
    return [780 * size / sum(longest) for size in longest]
