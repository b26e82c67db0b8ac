""" "Em đang được nhắc những gì": what an official is reminded of, what they asked for, what is off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import time

from bot.officials.official import Official
from bot.reminders import sayings as say
from bot.reminders.calendar import local
from bot.reminders.choices import Asked, Still
from bot.reminders.proposals import told_on
from knowledge.model import Row
from knowledge.services.remind.workdays import Workdays

OFF = "Mọi nhắc việc của anh/chị đang tắt; nhắn “bật nhắc việc” để nhận lại."


def text(
    official: Official, usual: time, workdays: Workdays, off: bool, asked: Sequence[Asked], still: Sequence[Still], rows: Mapping[str, Row],
) -> str:
    """The list; `rows` by reference, those that are no more left out."""
    head = OFF if off else f"Tôi nhắc theo thời hạn các việc của {official.agency or 'tỉnh'} lúc {usual:%H:%M} các ngày làm việc."
    own = [f"• {_asked(one, rows.get(one.ref or ''), workdays)}" for one in asked]
    quiet = [f"• {say.capital(say.titled(rows[one.ref]))}: {_why(one)}" for one in still if one.ref in rows]
    parts = [head, "\n".join(["Anh/chị đã hẹn thêm:", *own]) if own else "Anh/chị chưa hẹn thêm nhắc việc nào."]
    return "\n\n".join([*parts, *(["\n".join(["Không nhắc:", *quiet])] if quiet else [])])


def _asked(one: Asked, row: Row | None, workdays: Workdays) -> str:
    what = say.capital(say.titled(row)) if row else "Việc không còn trong kế hoạch" if one.ref else "Tóm tắt việc"
    if one.rrule:
        return f"{what}: {say.recurrence(one.rrule)}"
    if one.at is not None:
        return f"{what}: {say.moment(local(one.at))}"
    due, days = row.due.date if row and row.due else None, one.days or 0
    return f"{what}: {say.before(days)}" + (f" ({say.weekday(told_on(due, days, workdays))})" if due else "")


def _why(one: Still) -> str:
    if one.why == "snoozed" and one.until:
        return f"hoãn đến {say.weekday(one.until)}"
    return ("đã báo xong kỳ này" if one.until else "đã báo xong") if one.why == "done" else "đã tắt"
