"""Who leads a row that does not say so: the row or group that its number stands below, or the cell above in an unruled table.

"1.1" stands below "1" and "2.a" below "2"; a group may name who leads all of it. In text and in tables without rulings a merged cell
looks like empty ones below a filled one. Whatever is filled in is doubtful, for a person to look at.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.parsers.deadlines import is_deadline, unify_blanks
from knowledge.parsers.grid.headers import Header
from knowledge.parsers.grid.meanings import Meaning
from knowledge.parsers.grid.rows import GridRow


def fill_in(rows: Sequence[GridRow], header: Header, *, hides_merging: bool) -> None:
    """Fill in who leads a table's tasks, with whom and until when, where a row leaves it to those above it."""
    if header.indicators:
        return
    _take_period(rows)
    if not header.of("lead"):
        return
    group: GridRow | None = None
    above: dict[str, GridRow] = {}
    for index, row in enumerate(rows):
        if row.level != "row":
            group, above = row, {}
            continue
        above[row.no] = row
        following = rows[index + 1].no if index + 1 < len(rows) else ""
        if row.cells.text("lead") or row.bare and following.startswith((f"{row.no}.", f"{row.no}-")):
            continue
        parent = _parent(row.no, above) or group
        if parent and parent.cells.text("lead"):
            _take_over(row, parent)
        elif hides_merging and not row.bare:
            _take_from_above(row)


def _take_period(rows: Sequence[GridRow]) -> None:
    """A group that is a period ("Tháng 3/2026") says until when, where no row of the table does."""
    if any(row.cells.text("due") for row in rows):
        return
    period = ""
    for row in rows:
        if row.level != "row":
            title = unify_blanks(row.cells.text("name"))
            period = title if is_deadline(title) else ""
        elif period:
            row.cells.texts["due"] = period
            row.doubts.append("thời hạn lấy theo tên nhóm")


def _parent(no: str, above: dict[str, GridRow]) -> GridRow | None:
    """The nearest row that a number stands below."""
    while "." in no or "-" in no:
        no = re.sub(r"[.-][^.-]*$", "", no)
        if no in above:
            return above[no]
    return None


def _take_over(row: GridRow, parent: GridRow) -> None:
    meanings: tuple[Meaning, ...] = ("lead", "coop", "due") if parent.level == "row" else ("lead", "coop")
    taken = [meaning for meaning in meanings if parent.cells.text(meaning) and not row.cells.text(meaning)]
    row.cells.texts.update({meaning: parent.cells.text(meaning) for meaning in taken})
    title = parent.no or unify_blanks(parent.cells.text("name"))[:40]
    row.doubts.append(f"cơ quan chủ trì không ghi ở dòng này, lấy theo mục {title}")


def _take_from_above(row: GridRow) -> None:
    lead, due = row.cells.above.get("lead", ""), row.cells.above.get("due", "")
    if lead:
        row.cells.texts["lead"] = lead
        row.doubts.append("ô chủ trì trống, đọc theo dòng trên như ô gộp")
    if lead and due and not row.cells.text("due"):
        row.cells.texts["due"] = due
        row.doubts.append("ô thời hạn trống, đọc theo dòng trên như ô gộp")
