"""Columns of periods (quarters, months, years) below "Tiến độ" or "Lộ trình": ticked, or with a task's stages in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.parsers.deadlines import unify_blanks
from knowledge.parsers.grid.column import Column
from knowledge.parsers.plan_year import year_in

_TICK = re.compile(r"[xX✓✔√vV●•*]")
_NOTHING = re.compile(r"[-–—./…_]*")


@dataclass(frozen=True)
class Period:
    """A column of a period ("Quý I/2026") with what a row has in it."""

    name: str
    text: str


@dataclass(frozen=True)
class Schedule:
    """When a row is to be done, as its periods tell, the stages that stand in them, and what a person should know of the reading."""

    due: str
    stages: str
    doubt: str


def schedule_of(periods: Sequence[Period]) -> Schedule | None:
    """The first to the last period with a tick or a stage ("Thi công"); each by itself where others lie between them."""
    filled = [place for place, period in enumerate(periods) if not _NOTHING.fullmatch(period.text)]
    if not filled:
        return None
    staged = [periods[place] for place in filled if not _TICK.fullmatch(periods[place].text)]
    names = [periods[place].name for place in filled]
    without_gap = filled == list(range(filled[0], filled[-1] + 1))
    due = names[0] if len(names) == 1 else f"{names[0]} - {names[-1]}" if without_gap else ", ".join(names)
    stages = "; ".join(f"{period.name}: {unify_blanks(period.text)}" for period in staged)
    doubt = f"thời gian đọc từ các ô {'' if staged else 'đánh dấu '}theo {'năm' if names[0].isdigit() else 'kỳ'}"
    return Schedule(due, stages, doubt)


def period_name(column: Column) -> str:
    """A period with its year: "Quý I" below "Thời gian thực hiện năm 2026" is Quý I/2026."""
    if not column.sign:
        return str(column.year)
    sign = f"Quý {column.sign}" if re.fullmatch(r"[IV]+", column.sign) else column.sign
    year = year_in(column.title)
    return f"{sign}/{year}" if year else sign
