"""What a table's columns mean together: "Đơn vị", "Kết quả", a second agency column, years to tick, agencies to mark."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from knowledge.parsers.deadlines import unify_blanks
from knowledge.parsers.document import Cell
from knowledge.parsers.grid.column import HEADING_JOINT, Column
from knowledge.parsers.grid.marks import is_agency, is_mark, is_tick
from knowledge.parsers.grid.meanings import Meaning, read_heading
from knowledge.text.normalize import fold

GridRow = Sequence[Cell]
_PERSON = re.compile(r"\bnguoi\b|\bcan bo\b|\bdong chi\b|\bchuyen vien\b|\bho (?:va )?ten\b")
_OTHER_PART = re.compile(r"\btheo doi\b|\bdanh gia\b|\btong hop\b|\bbao cao\b|\btrinh\b")
_COUNTED = re.compile(r"\bthong ke\b|\bso lieu\b")  # what a report's forms tell: no aims
_SAMPLE = 40  # rows that show what a column holds


def with_marks(columns: list[Column], below: Sequence[GridRow]) -> list[Column]:
    """Columns headed by agencies, or by quarters and months, with nothing but marks below them: those are what is marked."""
    out = []
    for column in columns:
        meaning: Meaning | None = "mark" if is_agency(column.sign) else "tick"
        out.append(replace(column, meaning=meaning) if column.sign and _holds_marks(column, below) else replace(column, sign=""))
    for meaning in ("mark", "tick"):
        alone = [column for column in out if column.meaning == meaning and column.sign]
        if len(alone) == 1:
            out[out.index(alone[0])] = columns[out.index(alone[0])]
    return out


def _holds_marks(column: Column, below: Sequence[GridRow]) -> bool:
    """Whether only marks stand in a column; below years, where figures may stand, at least one must be a tick."""
    texts = _texts(column, below)
    return all(is_mark(text) for text in texts) and (column.year is None or any(is_tick(text) for text in texts))


def _texts(column: Column, below: Sequence[GridRow]) -> list[str]:
    """What a column holds, where it holds anything."""
    cells = [row[column.index] for row in below[:_SAMPLE] if row[column.index].merged != "left"]
    return [text for cell in cells if (text := cell.text.strip())]


def with_values(columns: list[Column], below: Sequence[GridRow]) -> list[Column]:
    """Columns of years: figures below them are to be reached, ticks and a task's stages in words ("Thi công") say when."""
    years = [column for column in columns if column.meaning in ("tick", "target") and column.year and not column.sign]
    filled = [text for column in years for text in _texts(column, below)]
    if not filled:
        return columns
    figures = sum(any(char.isdigit() for char in text) for text in filled)
    ticked = sum(is_tick(text) for text in filled)
    tasks = any(column.meaning == "name" and _about_tasks(column) for column in columns)
    meaning: Meaning | None = None
    if 2 * figures > len(filled):
        meaning = "target"
    elif 2 * ticked > len(filled) or tasks and not figures and len(years) > 1:
        meaning = "tick"
    return [replace(column, meaning=meaning) if meaning and column in years else column for column in columns]


def settle(columns: list[Column]) -> list[Column]:
    """The columns together: what "Đơn vị", "Kết quả", "Mục tiêu" or a second agency column mean depends on those beside it."""
    columns = _settle_units(_settle_years(columns))
    columns = _settle_names(columns)
    columns = _settle_leads(columns)
    columns = _settle_aims(_settle_times(columns))
    return [replace(c, meaning="other") if _is_second(c, columns) else c for c in columns]


def _is_second(column: Column, columns: list[Column]) -> bool:
    """Whether a better or earlier column holds the same; several columns of cooperating agencies are read together."""
    if column.meaning == "due":
        dues = [c for c in columns if c.meaning == "due" and not (c is not column and _share_heading(c, column))]
        return column is not min(dues, key=lambda c: ("hoan thanh" not in _said(c), "tien do" in _said(c), c.index))
    return column.meaning in ("no", "result", "unit", "lead", "group") and any(
        c.meaning == column.meaning and c.index < column.index
        and not (c.meaning == "lead" and _share_heading(column, c)) for c in columns)


def _said(column: Column) -> str:
    return fold(unify_blanks(column.title)).strip(" .:*")


def _about_indicators(column: Column) -> bool:
    said = _said(column)
    return bool(re.search(r"\bchi tieu\b|\bchi so\b|\bmuc tieu\b|\btieu chi\b", said)) and not re.search(
        r"\bnhiem vu\b|\bcong viec\b|\bgiai phap\b|\bnoi dung cong viec\b", said)


def _about_tasks(column: Column) -> bool:
    return bool(re.search(r"\bnhiem vu\b|\bcong viec\b|\bgiai phap\b|\bde an\b", _said(column)))


def holds_indicators(columns: list[Column]) -> bool:
    """Whether the rows are indicators (chỉ tiêu): the name says so, or values stand beside it with nothing to deliver."""
    names = [column for column in columns if column.meaning == "name"]
    meanings = {column.meaning for column in columns}
    if any(_about_indicators(column) for column in names):
        return True
    tasks = any(_about_tasks(column) for column in names)
    return not tasks and "target" in meanings and not {"due", "result", "start", "end"} & meanings


def _settle_years(columns: list[Column]) -> list[Column]:
    """The plan of a year whose outcome stands beside it is history where a later year's plan follows."""
    reached = {column.year for column in columns if column.meaning == "baseline"}
    last = max((column.year for column in columns if column.meaning == "target" and column.year), default=None)
    past = [c for c in columns if c.meaning == "target" and c.year in reached and c.year and last and c.year < last]
    return [replace(c, meaning="baseline") if c in past else c for c in columns]


def _settle_units(columns: list[Column]) -> list[Column]:
    """"Đơn vị" is a unit only beside indicators; "Kết quả" is a value where no other column is, beside a unit."""
    indicators = any(c.meaning in ("name", "target") and _about_indicators(c) for c in columns)
    dated = any(c.meaning == "target" for c in columns)
    out = []
    for column in columns:
        if column.meaning == "unit" and _said(column) == "don vi" and not (indicators or dated):
            column = replace(column, meaning="lead")
        if column.meaning == "lead" and _said(column) == "don vi" and indicators and dated:
            column = replace(column, meaning="unit")
        out.append(column)
    meanings = {column.meaning for column in out}
    if indicators and "target" not in meanings and "unit" in meanings:
        out = _first_as(out, "result", "target", _COUNTED)
    aims = [c for c in out if c.meaning == "name" and re.search(r"^ke hoach|\bgiao\b|^chi tieu ke hoach", _said(c))]
    if indicators and "target" not in {c.meaning for c in out} and aims and len([c for c in out if c.meaning == "name"]) > 1:
        out = [replace(c, meaning="target") if c is aims[0] else c for c in out]
    if {"baseline"} & meanings and "target" not in meanings:
        out = _first_as(out, "baseline", "target")
    return [replace(c, meaning="other") if c.meaning == "baseline" else c for c in out]


def _settle_names(columns: list[Column]) -> list[Column]:
    """One column names the row. Beside it, one of groups stays; a description or an aim is kept as it stands."""
    names = [column for column in columns if column.meaning == "name"]
    if not names:
        for stand_in in ("target", "group", "result"):
            undated = [c for c in columns if c.meaning == stand_in and c.year is None]
            if undated:
                return [replace(c, meaning="name") if c is undated[0] else c for c in columns]
        return columns
    if len(names) == 1:
        return columns
    chosen = next((c for c in names if not re.search(r"\bmo ta\b|^noi dung$|\bchi tieu\b|\bsan pham\b", _said(c))), names[0])
    out = []
    for column in columns:
        if column.meaning == "name" and column is not chosen:
            made = re.search(r"\bsan pham\b|\bket qua\b", _said(column))
            column = replace(column, meaning="result" if made else "other")
        out.append(column)
    return out


def _settle_leads(columns: list[Column]) -> list[Column]:
    """Of several agency columns the one that says "chủ trì" leads, with those beside it below the same heading ("Cấp tỉnh |
    Cấp xã"); persons are kept apart; another one is doubtful as cooperating."""
    leads = [column for column in columns if column.meaning == "lead"]
    if len(leads) < 2:
        return columns
    chosen = next((c for c in leads if "chu tri" in _said(c)), next((c for c in leads if not _PERSON.search(_said(c))), leads[0]))
    coop = any(column.meaning == "coop" for column in columns)
    out = []
    for column in columns:
        if column.meaning == "lead" and column is not chosen and not _share_heading(column, chosen):
            if coop or _PERSON.search(_said(column)) or _OTHER_PART.search(_said(column)):
                column = replace(column, meaning="other")
            else:
                column = replace(column, meaning="coop", doubt=f"cột “{column.title}” được đọc là cơ quan phối hợp")
                coop = True
        out.append(column)
    return out


def _share_heading(column: Column, other: Column) -> bool:
    """Whether two columns stand below one heading, which alone says what they hold."""
    heading, *below = column.title.split(HEADING_JOINT)
    return bool(below) and other.title.startswith(heading + HEADING_JOINT) and read_heading(below[-1]).meaning is None


def _settle_times(columns: list[Column]) -> list[Column]:
    """Beginning and end are read together; an end alone is the deadline."""
    meanings = {column.meaning for column in columns}
    if "end" in meanings and "start" not in meanings and "due" not in meanings:
        return [replace(c, meaning="due") if c.meaning == "end" else c for c in columns]
    if "start" in meanings and "end" not in meanings and "due" in meanings:
        return [replace(c, meaning="end") if c.meaning == "due" else c for c in columns]
    return columns


def _settle_aims(columns: list[Column]) -> list[Column]:
    """What a task aims at ("Mục tiêu cần đạt") is its result where no other column is; it is no value of an indicator."""
    aims = [c for c in columns if c.meaning == "target" and c.year is None]
    if not aims or holds_indicators(columns) or not any(c.meaning in ("lead", "due", "end") for c in columns):
        return columns
    reached = {c for c in aims if re.search(r"\bdat\b", _said(c))}
    told = any(c.meaning in ("result", "result_due") for c in columns)
    return [replace(c, meaning="result" if c in reached and not told else "other") if c in aims else c for c in columns]


def _first_as(columns: list[Column], old: Meaning, new: Meaning, but: re.Pattern[str] | None = None) -> list[Column]:
    """The first column of a meaning with another one, `but` not where its heading says so."""
    place = next((i for i, c in enumerate(columns) if c.meaning == old and not (but and but.search(_said(c)))), None)
    return [replace(column, meaning=new) if i == place else column for i, column in enumerate(columns)]
