"""The cells of a table's row, whatever format it came from → a Row of the plan."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from knowledge.model import Kind, Row, Source
from knowledge.parsers.agency_cells import split_agencies
from knowledge.parsers.columns import Role
from knowledge.parsers.deadlines import parse_deadline, unify_blanks
from knowledge.parsers.numbering import Placed
from knowledge.parsers.plan_year import year_in
from knowledge.text.normalize import fold

_YEAR_TITLE = re.compile(r"^(?:cac )?(?:muc tieu|chi tieu)?\s*(?:cu the)?\s*(?:den|nam|trong)?\s*(?:het)?\s*(?:nam)?\s*(20\d\d)$")


@dataclass
class TableRow:
    """A row as an extractor read it: `level` is part (A), group (I) or row (1, 1.1).

    `table` tells tables apart that stand in one annex: groups end where another begins. `year` is the row's own, `due_year`
    that of deadlines which name none.
    """

    level: str
    no: str
    cells: Mapping[Role, str]
    source: Source
    annex: str | None
    roles: tuple[Role, ...]
    doubts: list[str] = field(default_factory=list)
    table: int = 0
    year: int | None = None
    due_year: int | None = None


def place_rows(plan_id: str, rows: Iterable[TableRow]) -> list[Placed]:
    """The rows as parts of the plan: groups, tasks, indicators. A group that names a year gives the year to its indicators."""
    listed = list(rows)
    out: list[Placed] = []
    part: str | None = None
    group: str | None = None
    year: int | None = None
    due_year: int | None = None
    heading: str | None = None
    table: tuple[str | None, bool, int] | None = None
    seen: Counter[tuple[str | None, str | None, str]] = Counter()
    for index, row in enumerate(listed):
        indicators = is_indicator_table(row.roles)
        if table != (row.annex, indicators, row.table):
            part, group, year, heading, table, due_year = None, None, None, None, (row.annex, indicators, row.table), None
        if row.level == "row":
            following = listed[index + 1] if index + 1 < len(listed) else None
            if not indicators and _is_heading(row, following):
                titled = replace(row, no=f"{group}.{row.no}" if group else row.no)
                out.append(Placed(_to_row(plan_id, "group", titled, group, None), part))
                heading = heading if heading and row.no.startswith(f"{heading}.") else row.no
                continue
            kind: Kind = "indicator" if indicators else "task"
            above = group or (heading if heading and row.no.startswith((f"{heading}.", f"{heading}-")) else part)
            dated = replace(row, due_year=due_year or row.due_year)
            out.append(Placed(_to_row(plan_id, kind, dated, above, row.year or year), part, group))
            continue
        title_year = _year_of(row.cells.get("name", ""))
        due_year = year_in(row.cells.get("name", ""))
        if row.level == "part":
            part, group, year = row.no, None, title_year
        else:
            row = _told_apart(row, seen, part)
            group, year = row.no, title_year
        if indicators and title_year:
            group = None
            continue
        out.append(Placed(_to_row(plan_id, "group", row, None, None), part if row.level == "group" else None))
    return out


def _told_apart(row: TableRow, seen: Counter[tuple[str | None, str | None, str]], part: str | None) -> TableRow:
    """A group whose numeral the plan has given before is IV-2: its rows are not those of the first."""
    key = (row.annex, part, row.no)
    seen[key] += 1
    if seen[key] == 1:
        return row
    return replace(row, no=f"{row.no}-{seen[key]}", doubts=[*row.doubts, f"số {row.no} của nhóm lặp lại trong kế hoạch"])


def is_indicator_table(roles: Iterable[Role]) -> bool:
    """Whether a table's columns are those of indicators (chỉ tiêu) and not of tasks."""
    return bool({"unit", "target"} & set(roles))


def _year_of(title: str) -> int | None:
    match = _YEAR_TITLE.match(fold(unify_blanks(title)).strip(" .:"))
    return int(match[1]) if match else None


def _is_heading(row: TableRow, following: TableRow | None) -> bool:
    """Whether a numbered row is only the heading of those below it: a name, nothing else, and then 5.1 → 5.1.1."""
    filled = {role for role, text in row.cells.items() if text and role not in ("no", "name", "note")}
    below = following is not None and following.level == "row" and following.no.startswith((f"{row.no}.", f"{row.no}-"))
    return below and not filled


def _to_row(plan_id: str, kind: Kind, row: TableRow, group: str | None, year: int | None) -> Row:
    cells = {role: unify_blanks(text) for role, text in row.cells.items() if text.strip()}
    due = cells.get("due")
    if kind == "indicator" and "unit" not in cells and cells.get("target", "").endswith("%"):
        cells["unit"] = "%"
    return Row(
        plan=plan_id, kind=kind, no=row.no, name=cells.get("name", ""), source=row.source, group=group, annex=row.annex,
        lead=split_agencies(row.cells.get("lead", "")), coop=split_agencies(row.cells.get("coop", "")),
        result=cells.get("result"),
        due=parse_deadline(due, row.due_year) if due else None, target=cells.get("target"), unit=cells.get("unit"), year=year,
        note=cells.get("note"), doubt="; ".join(row.doubts) or None, extra={"other": cells["other"]} if "other" in cells else {},
    )
