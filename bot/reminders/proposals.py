"""What an order comes to: a sentence to confirm with what a "có" does, or a question where the time is missing or makes no sense."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from bot.channels.port import Button
from bot.officials.official import Official
from bot.reminders import sayings as say
from bot.reminders.calendar import ZONE, workdays_of
from bot.reminders.times import At, Every, Lead, Unclear, When
from knowledge.model import Row
from knowledge.services.remind.policy import Policy
from knowledge.services.remind.workdays import Workdays, workday_from, workday_until

_NIGHT_ENDS, _NIGHT_BEGINS = time(6, 0), time(22, 0)   # Zalo sends nothing at night
_SNOOZE_DAYS = 3
_WHENS = (Button("Trước 1 tuần", "trước 1 tuần"), Button("Trước 3 ngày", "trước 3 ngày"), Button("8h sáng mai", "8h sáng mai"))
_WHEN, _WHICH_DAY = "Anh/chị muốn được nhắc khi nào?", "Anh/chị muốn hoãn nhắc đến ngày nào?"


@dataclass(frozen=True)
class Proposal:
    """What is said, and what a "có" to it does; None: it asks for a time."""

    text: str
    action: Mapping[str, Any] | None = None
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True)
class Case:
    """Who asks, when, the hour at which their reminders come, their province's settings, and their words."""

    official: Official
    now: datetime
    usual: time
    policy: Policy
    said: str

    @property
    def workdays(self) -> Workdays:
        """Of their province."""
        return workdays_of(self.policy)


def remind(case: Case, when: When | None, row: Row) -> Proposal:
    """To be reminded of a row."""
    title = say.titled(row)
    if when is None:
        asked = f"Anh/chị muốn được nhắc {title}{_due_note(row)} khi nào? Ví dụ: “trước 1 tuần”, “8h sáng mai”."
        return Proposal(asked, None, _WHENS)
    trouble = _trouble(case, row, when)
    if trouble:
        return Proposal(f"{trouble} {_WHEN}")
    if isinstance(when, Every):
        return Proposal(f"Tôi sẽ nhắc anh/chị {title} vào {say.recurrence(when.rrule)}.", _request(case, ref=row.ref, rrule=when.rrule))
    if isinstance(when, Lead):
        action, due = _request(case, ref=row.ref, days=when.days), _due(row)
        if due is None:
            days = f"trước mỗi kỳ {when.days} ngày" if when.days else "vào ngày đến hạn của mỗi kỳ"
            return Proposal(f"Tôi sẽ nhắc anh/chị {title} {days}.", action)
        told = datetime.combine(told_on(due, when.days, case.workdays), case.usual)
        return Proposal(f"Tôi sẽ nhắc anh/chị {title} vào {say.moment(told)} ({say.before(when.days)}).", action)
    assert isinstance(when, At)
    text = f"Tôi sẽ nhắc anh/chị {title} vào {say.moment(when.moment)}{_after_due(row, when.moment.date())}."
    return Proposal(text, _request(case, ref=row.ref, at=when.moment.timestamp()))


def snooze(case: Case, when: When | None, rows: Sequence[Row]) -> Proposal:
    """Not to be reminded of rows until a day; without one a few days, and not beyond the deadline."""
    if isinstance(when, Unclear):
        return Proposal(f"{when.why} {_WHICH_DAY}")
    today, said = case.now.date(), isinstance(when, At)
    dues = [due for row in rows if (due := _due(row)) and due > today]
    until = when.moment.date() if isinstance(when, At) else min(
        workday_from(today + timedelta(days=_SNOOZE_DAYS), case.workdays), *dues, date.max)
    if until <= today:
        return Proposal(f"Ngày {say.weekday(until)} không sau hôm nay. {_WHICH_DAY}")
    late = "; lưu ý ngày đó sau thời hạn" if dues and until > min(dues) else ""
    text = f"Tôi sẽ hoãn nhắc {say.titles(rows)} đến {say.weekday(until)}{late}. Thời hạn của việc không đổi."
    if not said:
        text += " Muốn ngày khác, anh/chị nhắn ngày đó, ví dụ “thứ sáu”."
    return Proposal(text, {"do": "snooze", "refs": [row.ref for row in rows], "until": until.isoformat()})


def standing(case: Case, when: When | None) -> Proposal:
    """The summary of the agency's work, again and again or once."""
    example = "Anh/chị muốn nhận vào lúc nào? Ví dụ: “mỗi sáng thứ hai”."
    whose = f" của {case.official.agency}" if case.official.agency else ""
    what = f"Tôi sẽ gửi anh/chị tóm tắt việc{whose} (đến hạn trong 7 ngày, quá hạn) vào"
    if isinstance(when, At):
        night = f"Thời điểm {say.moment(when.moment)} đã qua." if when.moment <= case.now else _night(when.moment.time())
        once = _request(case, at=when.moment.timestamp(), about="week")
        return Proposal(f"{night} {example}") if night else Proposal(f"{what} {say.moment(when.moment)}, một lần.", once)
    if not isinstance(when, Every):
        return Proposal(example)
    night = _night(_hour_of(when.rrule))
    if night:
        return Proposal(f"{night} {example}")
    return Proposal(f"{what} {say.recurrence(when.rrule)}.", _request(case, rrule=when.rrule, about="week"))


def hour(case: Case, when: When | None) -> Proposal:
    """Another hour for the daily reminders, within those at which digests are sent."""
    if not isinstance(when, At) or not when.hour_said:
        why = f"{when.why} " if isinstance(when, Unclear) else ""
        return Proposal(f"{why}Anh/chị muốn nhận nhắc việc lúc mấy giờ? Ví dụ: “8h sáng”.")
    chosen, closes = when.moment.time(), case.policy.closes
    if not _NIGHT_ENDS <= chosen <= closes:
        return Proposal(f"Nhắc việc được gửi từ 06:00 đến {closes:%H:%M}. Anh/chị chọn giờ khác giúp tôi.")
    text = f"Từ nay tôi sẽ gửi nhắc việc cho anh/chị lúc {chosen:%H:%M} các ngày làm việc."
    return Proposal(text, {"do": "hour", "hour": f"{chosen:%H:%M}"})


def told_on(due: date, days: int, workdays: Workdays) -> date:
    """The day on which a reminder so many days before is told: as all reminders, on a working day, but for the day itself."""
    return workday_until(due - timedelta(days=days), workdays) if days else due


def _request(case: Case, **values: Any) -> dict[str, Any]:
    return {"do": "request", "ref": None, "days": None, "at": None, "rrule": None, "about": None, "said": case.said, **values}


def _trouble(case: Case, row: Row, when: When) -> str | None:
    """Why a time can't be taken."""
    if isinstance(when, Unclear):
        return when.why
    if isinstance(when, Every):
        return _night(_hour_of(when.rrule))
    if isinstance(when, At):
        return f"Thời điểm {say.moment(when.moment)} đã qua." if when.moment <= case.now else _night(when.moment.time())
    return _no_lead(case, row, when.days)


def _no_lead(case: Case, row: Row, days: int) -> str | None:
    """Why nobody can be reminded so many days before the row's deadline."""
    due = _due(row)
    if due is None:
        if row.rrule or (row.due and row.due.rrule):
            return None
        said = f" (“{row.due.text}”)" if row.due and row.due.text else ""
        return f"{say.capital(say.titled(row))} không có ngày hạn cụ thể{said}."
    if due < case.now.date():
        return f"{say.capital(say.titled(row))} đã quá hạn từ {say.weekday(due)}."
    told = datetime.combine(told_on(due, days, case.workdays), case.usual, ZONE)
    if told <= case.now:
        return f"Thời điểm {say.before(days)} ({say.weekday(told.date())}) đã qua; hạn là {say.weekday(due)}."
    return None


def _due(row: Row) -> date | None:
    return row.due.date if row.due else None


def _due_note(row: Row) -> str:
    if row.due is None:
        return ""
    return f" (hạn {say.weekday(row.due.date)})" if row.due.date else f" (thời hạn: {row.due.text})"


def _after_due(row: Row, day: date) -> str:
    due = _due(row)
    return f", tức là sau thời hạn ({say.weekday(due)})" if due and day > due else ""


def _night(at: time) -> str | None:
    return None if _NIGHT_ENDS <= at < _NIGHT_BEGINS else "Tôi không gửi tin từ 22:00 đến 06:00."


def _hour_of(rule: str) -> time:
    parts = dict(part.split("=", 1) for part in rule.split(";"))
    return time(int(parts["BYHOUR"]), int(parts["BYMINUTE"]))
