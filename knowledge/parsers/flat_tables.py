"""Tables flattened into text (out of a PDF, or by a crawler) → the plan's groups, tasks and indicators.

The header tells the columns and their order, the counting of numbers tells the rows, and what a text is (agencies, a
deadline, a result, a value) tells the cells. What can't be told apart is marked in `doubt`.
"""

from __future__ import annotations

from functools import lru_cache

from knowledge.model import Row, Source
from knowledge.parsers.document import Document
from knowledge.parsers.flat.regions import Layout, find_regions
from knowledge.parsers.flat.rows import FlatRow, read_rows
from knowledge.parsers.numbering import number_rows
from knowledge.parsers.table_rows import TableRow, place_rows


def extract(document: Document, plan_id: str) -> list[Row]:
    """The rows of every flattened table of a text, in order."""
    _, rows = scan(document)
    return number_rows(place_rows(plan_id, (_table_row(row, document.file) for row in rows)))


@lru_cache(maxsize=4)
def scan(document: Document) -> tuple[Layout, list[FlatRow]]:
    """The rows with their cells as written, and what every other line of the tables is (header, page number, caption …)."""
    layout = find_regions(document.lines)
    return layout, [row for region in layout.regions for row in read_rows(region, layout)]


def furniture(document: Document) -> dict[int, str]:
    """The lines of a text that belong to its tables but hold no row: headers, captions, page numbers, headings of groups.

    A group that became no row ("Đến năm 2030" gives its indicators the year) is a heading.
    """
    layout, rows = scan(document)
    kinds = {no: kind for no, kind in layout.furniture.items() if kind not in ("blank", "mark")}
    headings = (row.lines for row in rows if row.start.level != "row")
    return kinds | {no: "heading" for first, last in headings for no in range(first, last + 1)}


def _table_row(row: FlatRow, file: str) -> TableRow:
    return TableRow(row.start.level, row.start.no, row.cells, Source(file, lines=row.lines), row.annex, row.roles, row.doubts)
