"""Forms: a task a table, its fields in the left column ("Tên nhiệm vụ | …", "Đơn vị chủ trì | …"), turned into rows under a header."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from knowledge.parsers.document import Cell, Table
from knowledge.parsers.grid.labels import read_label
from knowledge.parsers.grid.meanings import Meaning, read_heading

_FEWEST = 3  # fields of a form
_BESIDE: frozenset[Meaning | None] = frozenset({"lead", "coop", "result", "due", "result_due"})


def upright(grid: Table) -> Table:
    """The grid, or where it is a form (or several below each other) the same as a table with a row a form."""
    pairs = [_pair(row) for row in grid.rows]
    fields = [pair for pair in pairs if pair]
    meanings = [read_heading(label.text).meaning for label, _ in fields]
    if len(fields) < len([row for row in grid.rows if any(cell.text.strip() for cell in row)]) or len(fields) < _FEWEST:
        return grid
    if None in meanings or "name" not in meanings or len(_BESIDE & set(meanings)) + 1 < _FEWEST:
        return grid
    forms: list[dict[Meaning | None, Cell]] = []
    heads: dict[Meaning | None, Cell] = {}
    for (label, value), meaning in zip(fields, meanings):
        if not forms or meaning in forms[-1]:
            forms.append({})
        forms[-1][meaning] = value
        heads.setdefault(meaning, label)
    rows = (tuple(heads.values()), *(tuple(form.get(meaning, Cell("")) for meaning in heads) for form in forms))
    return replace(grid, rows=rows, lines=())


def _pair(row: Sequence[Cell]) -> tuple[Cell, Cell] | None:
    """A field's label and value; a number before them is passed over."""
    cells = [cell for cell in row if cell.merged != "left"]
    if len(cells) == 3 and read_label(cells[0].text):
        cells = cells[1:]
    return (cells[0], cells[1]) if len(cells) == 2 and cells[0].text.strip() else None
