"""A week of one official's reminders as a picture: a column a day, a card for the day's message, a line for each thing in it."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bot.reminders import digest
from knowledge.services.ask.wording import day as short_day
from knowledge.services.remind.notices import Notice
from knowledge.services.remind.workdays import Workdays

_NAMES = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")
_LATE, _TODAY, _SOON, _LATER, _CALM = "#b3261e", "#c25b00", "#8a6d00", "#1b5e9b", "#1b6e3c"
_COLUMN, _LINE, _WIDE, _SHOWN, _NAME_LINES = 2.62, 0.175, 31, 5, 3   # inches, inches, characters, things a day, lines a name
_HEAD, _FOOT, _EDGE = 1.25, 0.45, 0.12


@dataclass(frozen=True)
class Week:
    """What is drawn: the Monday, who it is about, at which hour, and what they hear on its days."""

    monday: date
    who: str
    hour: str
    days: dict[date, list[Notice]]
    workdays: Workdays


@dataclass(frozen=True)
class _Entry:
    """One thing in a message: its color, a short head and wrapped lines."""

    color: str
    head: str
    lines: Sequence[str]

    @property
    def height(self) -> float:
        return (len(self.lines) + 1) * _LINE + 0.14


def draw(week: Week, path: Path) -> None:
    """Save the picture; its kind follows the path's suffix. Raises OSError, ValueError (no such kind of image)."""
    from matplotlib.figure import Figure  # late: only this option draws

    days = [week.monday + timedelta(days=number) for number in range(7)]
    entries = {day: _entries(week.days.get(day, []), day) for day in days}
    shown = [day for day in days if day.weekday() < 5 or entries[day]]  # a weekend without a message is not drawn
    tall = max(2.0, *(sum(entry.height for entry in entries[day]) + 0.62 for day in shown))
    width, height = _COLUMN * len(shown) + 2 * _EDGE, _HEAD + tall + _FOOT
    figure = Figure(figsize=(width, height))
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(0, height))
    axes.set_axis_off()
    last = days[-1]
    axes.text(_EDGE + 0.1, height - 0.34, f"Nhắc việc tuần {short_day(week.monday)} – {short_day(last)}",
              fontsize=17, fontweight="bold", va="center", color="#1a1a1a")
    axes.text(_EDGE + 0.1, height - 0.68, week.who, fontsize=11.5, va="center", color="#444444")
    for number, day in enumerate(shown):
        _column(axes, _EDGE + number * _COLUMN, height - _HEAD, tall, day, entries[day], week)
    note = "Mỗi ngày nhiều nhất một tin; ngày không có gì mới thì không có tin. Vẽ từ kho kế hoạch: ./troly reminders preview --picture"
    axes.text(_EDGE + 0.1, 0.22, note, fontsize=9, va="center", color="#666666")
    figure.savefig(path, dpi=110, facecolor="white")


def _column(axes: Any, left: float, top: float, tall: float, day: date, entries: Sequence[_Entry], week: Week) -> None:
    from matplotlib.patches import FancyBboxPatch, Rectangle

    off, wide = not week.workdays.works(day), _COLUMN - 0.12
    axes.add_patch(Rectangle((left + 0.06, top - tall), wide, tall, color="#efefef" if off else "#f8f9fb", lw=0))
    axes.text(left + 0.14, top + 0.16, f"{_NAMES[day.weekday()]} {day.day}/{day.month}", fontsize=11, fontweight="bold", va="center",
              color="#888888" if off else "#1a1a1a")
    if not entries:
        axes.text(left + _COLUMN / 2, top - tall / 2, "ngày nghỉ" if off else "không có tin", fontsize=10, ha="center", va="center",
                  color="#999999")
        return
    high = sum(entry.height for entry in entries) + 0.42
    axes.add_patch(FancyBboxPatch((left + 0.14, top - high - 0.08), wide - 0.16, high, boxstyle="round,pad=0,rounding_size=0.06",
                                  facecolor="white", edgecolor="#d0d4da", lw=1))
    axes.text(left + 0.24, top - 0.28, f"{week.hour}  một tin", fontsize=9, va="center", color="#666666")
    place = top - 0.44
    for entry in entries:
        axes.add_patch(Rectangle((left + 0.22, place - entry.height + 0.08), 0.035, entry.height - 0.1, color=entry.color, lw=0))
        axes.text(left + 0.32, place - 0.07, entry.head, fontsize=8.8, fontweight="bold", va="center", color=entry.color)
        for number, line in enumerate(entry.lines, 1):
            axes.text(left + 0.32, place - 0.07 - number * _LINE, line, fontsize=8.6, va="center", color="#222222")
        place -= entry.height


def _entries(notices: Sequence[Notice], day: date) -> list[_Entry]:
    found = [_entry(notice, day) for notice in notices]
    if len(found) <= _SHOWN:
        return found
    return [*found[:_SHOWN - 1], _Entry("#666666", f"… và {len(found) - _SHOWN + 1} việc nữa trong cùng tin", ())]


def _entry(notice: Notice, day: date) -> _Entry:
    if notice.summary is not None:
        summary = notice.summary
        told = [(len(summary.soon), "đến hạn trong 7 ngày"), (len(summary.late), "quá hạn"), (len(summary.standing), "thường xuyên"),
                (len(summary.unheard), "cơ quan chưa có người nhận nhắc")]
        return _Entry(_CALM, "Tóm tắt tuần" if notice.kind == "week" else "Việc thường xuyên của tháng",
                      [f"{count} {'việc ' if 'cơ quan' not in what else ''}{what}" for count, what in told if count])
    left = (notice.day - day).days if notice.day else 0
    far = f"quá {-left} ngày" if left < 0 else "hạn hôm nay" if left == 0 else "hạn ngày mai" if left == 1 else f"còn {left} ngày"
    color = _LATE if left < 0 else _TODAY if left == 0 else _SOON if left == 1 else _LATER
    label = digest.label(notice.ref)
    coop = " (phối hợp)" if notice.kind == "coop" else ""
    name = textwrap.wrap(notice.work.name if notice.work else notice.note, _WIDE, max_lines=_NAME_LINES, placeholder="…")
    return _Entry(color, f"{label[:1].upper()}{label[1:]}{coop}: {far}", name)
