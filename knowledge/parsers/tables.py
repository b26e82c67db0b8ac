"""Grid tables (Word, Excel, PDF with rulings) → the plan's groups, tasks and indicators.

Columns are known by what their headers mean, rows by their numbers. A table without a header goes on with the one before
it, as at a page break; a header repeated is passed over. What can't be told apart is marked in `doubt`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from knowledge.model import Row, Source
from knowledge.parsers.agency_cells import is_agency_cell
from knowledge.parsers.columns import Role
from knowledge.parsers.deadlines import unify_blanks
from knowledge.parsers.document import Document, Table
from knowledge.parsers.grid.cells import odd_cells
from knowledge.parsers.grid.headers import Header
from knowledge.parsers.grid.inheriting import fill_in
from knowledge.parsers.grid.joining import Joined, Joiner, is_group_heading
from knowledge.parsers.grid.labels import split_heading
from knowledge.parsers.grid.meanings import Meaning
from knowledge.parsers.grid.rows import GridRow
from knowledge.parsers.numbering import number_rows
from knowledge.parsers.plan_year import year_in
from knowledge.parsers.table_rows import TableRow, place_rows
from knowledge.text.normalize import fold

_ROLES: tuple[Role, ...] = ("no", "name", "lead", "coop", "result", "due", "unit", "note", "other")
_TASKS_COUNTED = re.compile(r"\s*[(:-]?\s*\d+ (?:nhiệm vụ|nội dung|việc|đầu việc|chỉ tiêu)(?: cụ thể)?\s*\)?\s*$", re.IGNORECASE)
_CAPTION_YEAR = re.compile(r"\b(?:chi tieu|muc tieu)\b.*\b(?:den|nam)\s+(20\d\d)\b")


@dataclass
class Reading:
    """What a document's tables hold: rows with the line that their table stands after, and the tables that none came from."""

    rows: list[tuple[int, Row]] = field(default_factory=list)
    left: list[Table] = field(default_factory=list)


def extract(document: Document, plan_id: str) -> list[Row]:
    """The rows of every table of a document, in order."""
    return [row for _, row in read_tables(document, plan_id).rows]


def read_tables(document: Document, plan_id: str) -> Reading:
    """The rows with their places in the reading order, and the tables that are no list of tasks or indicators."""
    joiner = Joiner()
    for grid in document.tables:
        joiner.add(grid)
    for joined in joiner.tables:
        joined.reader.close()
    drafts: list[TableRow] = []
    lines: list[int] = []
    for index, (table, groups) in enumerate(zip(joiner.tables, _heading_groups(joiner.tables))):
        read = _table_rows(table, index, document.file, groups)
        drafts += read
        lines += [table.line] * len(read)
    line_of = dict(zip((draft.source for draft in drafts), lines))
    return Reading([(line_of[row.source], row) for row in number_rows(place_rows(plan_id, drafts))], joiner.left)


def _heading_groups(tables: list[Joined]) -> list[tuple[str, str] | None]:
    """The numbered heading above each table (`2. Hạ tầng số`), for tables in one annex whose numbers would be the same."""
    out: list[tuple[str, str] | None] = []
    for table in tables:
        rivals = [other for other in tables if other is not table and other.annex == table.annex
                  and other.header.indicators == table.header.indicators]
        own = {row.no for row in table.reader.rows if row.level == "row"}
        grouped = any(row.level != "row" for row in table.reader.rows)
        clash = any(own & {row.no for row in other.reader.rows} for other in rivals)
        last = next((text for text in reversed(table.caption) if text.strip() and not text.strip().startswith("(")), "")
        split = split_heading(last)
        split = split if split and not grouped and (clash or is_group_heading(table.caption) and _is_part(table, rivals)) else None
        out.append((split[0].no, unify_blanks(split[1]).rstrip(" :.")) if split else None)
    return out


def _is_part(table: Joined, rivals: list[Joined]) -> bool:
    """Whether other tables of the same columns stand below numerals as well: all are parts of one list."""
    return any(other.header.shape == table.header.shape and is_group_heading(other.caption) for other in rivals)


def _table_rows(table: Joined, index: int, file: str, heading: tuple[str, str] | None) -> list[TableRow]:
    rows = _led_by_titles(_levelled(table.reader.rows), table)
    _count(rows)
    fill_in(rows, table.header, hides_merging=table.hides_merging)
    out: list[TableRow] = []
    if heading and rows:
        source = _source(rows[0], file)
        out.append(TableRow("group", heading[0], {"name": heading[1]}, source, table.annex, _roles(table.header), table=index))
    for row in rows:
        out += _expanded(row, table, index, file)
    return out


def _levelled(rows: list[GridRow]) -> list[GridRow]:
    """Titles numbered 1, 2 … are groups where their rows don't carry the number; numerals are rows where nothing else is."""
    levels = Counter(row.level for row in rows)
    if not levels["row"]:
        return [replace(row, level="row") if not row.bare or levels["part"] == 0 else row for row in rows]
    group = ""
    out: list[GridRow] = []
    for index, row in enumerate(rows):
        following = rows[index + 1].no if index + 1 < len(rows) else ""
        if row.level == "row" and row.wide and not following.startswith((f"{row.no}.", f"{row.no}-")):
            no = f"{group}.{row.no}" if group else row.no
            row = replace(row, level="group", no=no)
        elif row.level == "group":
            group = row.no
        elif row.level == "part":
            group = ""
        out.append(row)
    return out


def _led_by_titles(rows: list[GridRow], table: Joined) -> list[GridRow]:
    """Without a column of agencies, titles that are agencies say who leads the rows below them: each group's, or the table's."""
    if table.header.of("lead", "mark") or table.header.indicators:
        return rows
    titles = [_bare_title(row) for row in rows if row.level != "row"]
    last = next((text for text in reversed(table.caption) if text.strip()), "")
    split = split_heading(last)
    lead = unify_blanks(split[1] if split else last).rstrip(" :.;")
    if titles and not all(is_agency_cell(title) for title in titles) or not titles and not is_agency_cell(lead):
        return rows
    for row in rows:
        if row.level != "row":
            lead = _bare_title(row)
        elif titles or lead:
            row.cells.texts.setdefault("lead", lead)
    return rows


def _bare_title(row: GridRow) -> str:
    """A group's title without the number of its tasks: `Sở Tư pháp (02 nhiệm vụ)`."""
    return _TASKS_COUNTED.sub("", unify_blanks(row.cells.text("name"))).rstrip(" :.;")


def _count(rows: list[GridRow]) -> None:
    """Give numbers to the rows and groups of a table that has none, in order."""
    used = {row.level: {other.no for other in rows if other.level == row.level} for row in rows}
    counts: Counter[str] = Counter()
    for row in rows:
        if row.no:
            continue
        counts[row.level] += 1
        while str(counts[row.level]) in used[row.level]:
            counts[row.level] += 1
        row.no = str(counts[row.level])


def _expanded(row: GridRow, table: Joined, index: int, file: str) -> list[TableRow]:
    """A row of the plan's; an indicator with values for several years becomes one a year."""
    base = _table_row(row, table, index, file)
    values = [(year, unify_blanks(text)) for year, text in row.cells.values]
    if row.level != "row" or not values:
        return [base]
    columns = table.header.of("target")
    if len(columns) == 1 or not all(year for year, _ in values):
        extra = "; ".join(f"{column.title}: {text}" for column, (_, text) in list(zip(columns, values))[1:] if text)
        cells = {**base.cells, "target": values[0][1]}
        if extra:
            cells["other"] = "; ".join(filter(None, [cells.get("other", ""), extra]))
        return [replace(base, cells=cells, year=values[0][0] or _caption_year(table))]
    given = [(year, text) for year, text in values if text]
    if not given:
        return [base]
    return [replace(base, no=f"{base.no}-{year}", cells={**base.cells, "target": text}, year=year)
            for year, text in given]


def _caption_year(table: Joined) -> int | None:
    """The year that a table's caption gives its indicators: CHỈ TIÊU ĐẾN NĂM 2030."""
    for text in reversed(table.caption):
        match = _CAPTION_YEAR.search(fold(unify_blanks(text)))
        if match and table.header.indicators and not text.strip().startswith("("):
            return int(match[1])
    return None


def _due_year(table: Joined) -> int | None:
    """The year that the deadline's column or the table's caption names."""
    titles = [column.title for column in table.header.of("due", "tick")[:1]]
    titles += [text for text in table.caption if not text.strip().startswith("(")][-1:]
    return next((year for title in titles if (year := year_in(title))), None)


def _table_row(row: GridRow, table: Joined, index: int, file: str) -> TableRow:
    cells: dict[Role, str] = {role: row.cells.texts[role] for role in _ROLES if row.cells.texts.get(role)}
    source = _source(row, file)
    doubts = list(dict.fromkeys([*row.doubts, *row.cells.doubts, *_missing(row, table.header), *odd_cells(cells)]))
    return TableRow(row.level, row.no, cells, source, table.annex, _roles(table.header), doubts, table=index,
                    due_year=_due_year(table))


def _source(row: GridRow, file: str) -> Source:
    return Source(file, row.cells.lines, row.cells.page, row.cells.place or None)


def _missing(row: GridRow, header: Header) -> Iterable[str]:
    """A task with a deadline or a result but nobody to do it; a row without a name."""
    if row.level != "row":
        return
    if not row.cells.text("name"):
        yield "không thấy tên nhiệm vụ"
    if header.of("lead", "mark") and not header.indicators and not row.cells.text("lead") and (
            {"due", "result", "coop"} & {meaning for meaning, text in row.cells.texts.items() if text}):
        yield "không thấy cơ quan chủ trì"


def _roles(header: Header) -> tuple[Role, ...]:
    """The columns' roles; a unit or value beside tasks does not make them indicators."""
    joint: dict[Role, Meaning] = {"lead": "mark", "result": "result_due", "due": "result_due"}
    roles = tuple(role for role in _ROLES if header.of(role, joint.get(role, role)) and (role != "unit" or header.indicators))
    return (*roles, "target") if header.indicators else roles
