"""The year of deadlines that name none ("31/12", "trong quý III"): the plan's own, by its title or the day it was signed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from knowledge.model import Deadline, Row
from knowledge.parsers.deadlines import parse_deadline, unify_blanks
from knowledge.text.normalize import fold

NEXT_YEAR = "thời hạn không ghi năm, đọc là năm {0} vì trước ngày ban hành"
_OPEN = ("date", "month", "quarter", "half", "year", "range")
_YEAR = re.compile(r"(?<!den )(?<!het )(?<!nhin )\bnam (20\d\d)\b(?!\s*(?:[-–/]|den)\s*(?:nam )?\d)")
_SPAN = re.compile(r"20\d\d\s*(?:[-–]|den(?: nam)?)\s*20\d\d")
_DAY = re.compile(r"\bngay \d{1,2}\s*(?:/|thang)\s*\d{1,2}\s*(?:/|nam)\s*20\d\d")


def year_in(text: str) -> int | None:
    """The one year that a title is about: "Kế hoạch … năm 2026"; none where it names a span or several."""
    folded = _DAY.sub(" ", fold(unify_blanks(text)))
    years = set(_YEAR.findall(folded))
    return int(years.pop()) if len(years) == 1 and not _SPAN.search(folded) else None


def with_years(rows: Iterable[Row], title: str, signed: date | None) -> list[Row]:
    """The rows, with the last day of deadlines whose year the plan takes for granted.

    By the day of signing alone, a day that was over then is meant for the year after, which a person should look at.
    """
    year = year_in(title)
    return [_dated(row, year, signed) if _is_open(row.due) else row for row in rows]


def _is_open(due: Deadline | None) -> bool:
    return due is not None and due.date is None and due.kind in _OPEN


def _dated(row: Row, year: int | None, signed: date | None) -> Row:
    assert row.due
    if year or signed is None:
        return replace(row, due=parse_deadline(row.due.text, year)) if year else row
    due = parse_deadline(row.due.text, signed.year)
    if due.date is None or due.date >= signed:
        return replace(row, due=due)
    doubt = "; ".join(filter(None, [row.doubt, NEXT_YEAR.format(signed.year + 1)]))
    return replace(row, due=parse_deadline(row.due.text, signed.year + 1), doubt=doubt)
