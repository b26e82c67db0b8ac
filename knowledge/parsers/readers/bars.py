"""Tables in plain text with a row a line and bars or tabs between the cells, as copied from a web page, a sheet or Markdown.

One drawn with rulings between its rows (`+----+`, or the characters of Unicode's "Box Drawing") has rows of several lines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from knowledge.parsers.document import Cell, Line, Table
from knowledge.parsers.grid.headers import find_header

_RULE = re.compile(r"[|\s:=+_-]*-{2,}[|\s:=+_-]*|[|\s+]*={2,}[|\s=+]*")
_BOX = str.maketrans(dict.fromkeys("│┃║┆┇┊┋╎╏", "|") | dict.fromkeys("─━═┄┅┈┉╌╍", "-")
                     | dict.fromkeys(range(9484, 9548), "+") | dict.fromkeys(range(9554, 9581), "+"))
_STARTS_ROW = re.compile(r"(?:[IVX]+|[A-Z]|\d{1,3}(?:\.\d{1,3})*)[.)]?\t")
_CAPTION_LINES = 12
_FEWEST_RULES = 4  # of a table with rulings between its rows: above and below the header, between two rows, at the end
MAX_COLUMNS = 120
_MOST_LINES = 12  # of a cell that line breaks part


@dataclass
class _Row:
    """A row's cells and the first and last of its lines."""

    cells: list[str]
    first: Line
    last: Line


def split_tables(lines: Sequence[Line]) -> tuple[tuple[Line, ...], tuple[Table, ...]]:
    """The lines without those of such tables, and the tables. Only what has a header that is understood is taken for one."""
    lines = _with_whole_rows(lines)
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
            rest += _as_they_stood(lines[index:max(end, index + 1)])
        index = max(end, index + 1)
    return tuple(rest), tuple(tables)


def _with_whole_rows(lines: Sequence[Line]) -> list[Line]:
    """The lines, with each row between tabs whole that line breaks inside its cells part, as copied from Word or Excel.

    Such pieces have together as many tabs as the widest row above them, each fewer.
    """
    out: list[Line] = []
    widest = index = 0
    while index < len(lines):
        tabs = lines[index].text.count("\t")
        widest = max(widest, tabs) if tabs else 0
        size = _pieces(lines, index, widest) if 0 < tabs < widest else 1
        out.append(replace(lines[index], text="\n".join(line.text for line in lines[index:index + size])))
        index += size
    return out


def _pieces(lines: Sequence[Line], start: int, tabs: int) -> int:
    """How many lines from a place on make one row with so many tabs; 1 where they don't."""
    found = 0
    for size, line in enumerate(lines[start:start + _MOST_LINES], start=1):
        found += line.text.count("\t")
        if not line.text.strip() or found > tabs or size > 1 and _STARTS_ROW.match(line.text):
            return 1
        if found == tabs:
            return size
    return 1


def _as_they_stood(lines: Sequence[Line]) -> list[Line]:
    """The lines, those of joined rows apart again."""
    return [replace(line, no=line.no + at, text=text) for line in lines for at, text in enumerate(line.text.split("\n"))]


def _end_of_run(lines: Sequence[Line], start: int) -> int:
    """Where the lines with bars (or with tabs), and rulings between them, end that begin at a place."""
    ruled = _is_ruling(lines[start].text)
    sign = "|" if ruled else _sign(_drawn(lines[start].text))
    end = start
    while sign and end < len(lines) and (sign in _drawn(lines[end].text) or ruled and _is_ruling(lines[end].text)):
        end += 1
    return end


def _drawn(text: str) -> str:
    """The text with the characters that draw boxes as bars, dashes and pluses."""
    return text.translate(_BOX)


def _is_ruling(text: str) -> bool:
    """Whether a line is drawn from corner to corner: `+-----+----+`."""
    return bool(re.fullmatch(r"\s*\+[-=+|]{2,}\+\s*", _drawn(text)))


def _sign(text: str) -> str:
    return "|" if text.count("|") > 1 else "\t" if text.count("\t") > 1 else ""


def _table(run: Sequence[Line], above: Sequence[Line], since: int) -> Table | None:
    drawn = _is_ruling(run[0].text)
    rows = _drawn_rows(run) if drawn else _rows(run, _sign(_drawn(run[0].text)))
    width = max((len(row.cells) for row in rows), default=0)
    if not 2 <= width <= MAX_COLUMNS or len(rows) < 2:
        return None
    grid = tuple(tuple(_padded(row.cells, width, merged=drawn)) for row in rows)
    if find_header(grid, look=2) is None:
        return None
    before = tuple(line.text for line in above[since:] if line.text.strip())[-_CAPTION_LINES:]
    return Table(grid, run[0].page, run[0].no, before, tuple((row.first.no, row.last.no) for row in rows), hides_merging=True)


def _rows(run: Sequence[Line], sign: str) -> list[_Row]:
    return [_Row(_cells(_drawn(line.text), sign), line, replace(line, no=line.no + line.text.count("\n")))
            for line in run if not _RULE.fullmatch(_drawn(line.text))]


def _drawn_rows(run: Sequence[Line]) -> list[_Row]:
    """The rows of a drawn table: what stands between two rulings is one row, where rulings part the rows."""
    if sum(_is_ruling(line.text) for line in run) < _FEWEST_RULES:
        return _rows(run, "|")
    rows: list[_Row] = []
    fresh = True
    for line in run:
        if _RULE.fullmatch(_drawn(line.text)):
            fresh = True
            continue
        cells = _cells(_drawn(line.text), "|")
        if fresh or len(cells) != len(rows[-1].cells):
            rows.append(_Row(cells, line, line))
        else:
            rows[-1].cells = [" ".join(filter(None, pair)) for pair in zip(rows[-1].cells, cells)]
            rows[-1].last = line
        fresh = False
    return rows


def _cells(text: str, sign: str) -> list[str]:
    text = text.strip(" ")
    if sign == "|":
        text = text.removeprefix("|").removesuffix("|")
    return [re.sub(r"\s*<br\s*/?>\s*", "\n", _unquoted(cell.strip().replace("**", ""))) for cell in text.split(sign)]


def _unquoted(cell: str) -> str:
    """A cell without the quotation marks that Excel puts around one of several lines."""
    return cell[1:-1].replace('""', '"') if "\n" in cell and cell[0] == cell[-1] == '"' else cell


def _padded(cells: list[str], width: int, *, merged: bool) -> list[Cell]:
    """A row's cells; one alone is a title over the whole width. `merged`: the last of too few goes on to the right."""
    alone = not any(cells[1:]) and len(cells[0]) > 8
    fill = Cell("", merged="left" if alone else "")
    rest = Cell("", merged="left") if merged else fill
    return [Cell(cells[0]), *(Cell(text) if text else fill for text in cells[1:]), *[rest] * (width - len(cells))]
