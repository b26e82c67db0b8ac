"""Tables in plain text with a row a line and bars or tabs between the cells, as copied from a web page, a sheet or Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.parsers.document import Cell, Line, Table
from knowledge.parsers.grid.headers import find_header

_RULE = re.compile(r"[|\s:=+_-]*-{2,}[|\s:=+_-]*")
_CAPTION_LINES = 12
MAX_COLUMNS = 120


def split_tables(lines: Sequence[Line]) -> tuple[tuple[Line, ...], tuple[Table, ...]]:
    """The lines without those of such tables, and the tables. Only what has a header that is understood is taken for one."""
    rest: list[Line] = []
    tables: list[Table] = []
    since = index = 0
    while index < len(lines):
        end = _end_of_run(lines, index)
        table = _table(lines[index:end], rest, since) if end - index > 1 else None
        if table:
            tables.append(table)
            since = len(rest)
        else:
            rest += lines[index:max(end, index + 1)]
        index = max(end, index + 1)
    return tuple(rest), tuple(tables)


def _end_of_run(lines: Sequence[Line], start: int) -> int:
    """Where the lines with bars (or with tabs) end that begin at a place."""
    sign = _sign(lines[start].text)
    end = start
    while sign and end < len(lines) and sign in lines[end].text:
        end += 1
    return end


def _sign(text: str) -> str:
    return "|" if text.count("|") > 1 else "\t" if text.count("\t") > 1 else ""


def _table(run: Sequence[Line], above: Sequence[Line], since: int) -> Table | None:
    sign = _sign(run[0].text)
    kept = [(line, _cells(line.text, sign)) for line in run if not _RULE.fullmatch(line.text)]
    width = max(len(cells) for _, cells in kept) if kept else 0
    if not 2 <= width <= MAX_COLUMNS or len(kept) < 2:
        return None
    rows = tuple(tuple(_row(cells, width)) for _, cells in kept)
    if find_header(rows, look=2) is None:
        return None
    before = tuple(line.text for line in above[since:] if line.text.strip())[-_CAPTION_LINES:]
    return Table(rows, run[0].page, run[0].no, before, tuple((line.no, line.no) for line, _ in kept))


def _cells(text: str, sign: str) -> list[str]:
    text = text.strip(" ")
    if sign == "|":
        text = text.removeprefix("|").removesuffix("|")
    return [re.sub(r"\s*<br\s*/?>\s*", "\n", cell.strip().replace("**", "")) for cell in text.split(sign)]


def _row(cells: list[str], width: int) -> list[Cell]:
    """A row's cells; one alone is a title over the whole width."""
    alone = not any(cells[1:]) and len(cells[0]) > 8
    fill = Cell("", merged="left" if alone else "")
    return [Cell(cells[0]), *(Cell(text) if text else fill for text in cells[1:]), *[fill] * (width - len(cells))]
