"""The iCalendar text of work: VEVENTs with alarms in a calendar that subscribers are shown as it is now (METHOD:PUBLISH)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache

import icalendar
from dateutil.rrule import rrulestr  # type: ignore[import-untyped]

from bot.reminders.calendar import ZONE
from bot.reminders.digest import label
from bot.reminders.revisions import Revision
from knowledge.services.remind.occurrences import hour_of, occurrences
from knowledge.services.remind.workdays import Workdays
from knowledge.services.remind.works import Head, Work

PRODUCT = "-//Tro ly//Nhac viec//VI"
ZONE_ID = "Asia/Ho_Chi_Minh"
_ALARM_AT = timedelta(hours=7, minutes=30)   # on an alarm's day
_LENGTH = timedelta(minutes=30)              # of what has an hour
_AHEAD = timedelta(days=2 * 366)             # how far days moved by holidays are written out
_REFRESH = timedelta(hours=6)
_END = b"END:VCALENDAR\r\n"
_TRIES = 12                                  # first days that a holiday may have moved
_UNPLACED = {1: "FREQ=MONTHLY", 3: "FREQ=MONTHLY;BYMONTH=3,6,9,12", 6: "FREQ=MONTHLY;BYMONTH=6,12", 12: "FREQ=MONTHLY;BYMONTH=12"}
_LAST_WORKDAY = ";BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"
_PLACED = re.compile(r"BY(?:MONTHDAY|YEARDAY|DAY|WEEKNO|SETPOS|MONTH)=")


@dataclass(frozen=True)
class Event:
    """Work to show: is it led, of which plan, and how many days before it alarms."""

    work: Work
    leads: bool
    plan: Head
    alarms: tuple[int, ...]

    @property
    def state(self) -> str:
        """A short text that differs whenever the event is to be read anew."""
        work = self.work
        said = "\n".join((work.name, str(work.deadline), str(work.rule), self.plan.title))
        return hashlib.sha256(said.encode()).hexdigest()[:40]


def calendar_text(title: str, events: Iterable[Event], revisions: Mapping[str, Revision], today: date, workdays: Workdays) -> bytes:
    """The calendar of some events; `revisions` by reference."""
    calendar = icalendar.Calendar()
    for name, value in (("prodid", PRODUCT), ("version", "2.0"), ("calscale", "GREGORIAN"), ("method", "PUBLISH"), ("name", title),
                        ("x-wr-calname", title), ("x-wr-timezone", ZONE_ID)):
        calendar.add(name, value)
    calendar.add("refresh-interval", _REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", f"PT{_REFRESH // timedelta(hours=1)}H")
    calendar.add_component(_zone())
    frame = _bytes(calendar).removesuffix(_END)
    return frame + b"".join(_event(event, revisions[event.work.ref], today.year, workdays) for event in events) + _END


def _bytes(component: icalendar.Component) -> bytes:
    return bytes(component.to_ical())


def uid(ref: str) -> str:
    """The event's name for good: the same row is the same event in every calendar."""
    return f"{hashlib.sha256(ref.encode()).hexdigest()[:32]}@troly"


@lru_cache(maxsize=20_000)
def _event(event: Event, revision: Revision, year: int, workdays: Workdays) -> bytes:
    """The text of an event as it is in a year; empty where it has no day. Kept, since many calendars show the same work."""
    work, made = event.work, icalendar.Event()
    if not (_on_day(made, work.deadline) if work.deadline else _again(made, work, event.plan, year, workdays)):
        return b""
    changed = datetime.fromtimestamp(int(revision.changed), timezone.utc)
    head = f"{label(work.ref)[:1].upper()}{label(work.ref)[1:]}"
    summary = f"{'Hạn ' if work.deadline else ''}{head if not work.deadline else label(work.ref)}: {work.name}"
    role = "Chủ trì" if event.leads else "Phối hợp"
    for name, value in (
        ("uid", uid(work.ref)), ("dtstamp", changed), ("last-modified", changed), ("sequence", revision.sequence), ("summary", summary),
        ("description", f"{head}: {work.name}\nVai trò: {role.lower()}\nNguồn: {event.plan.title}"), ("categories", [role]),
        ("status", "CONFIRMED"), ("transp", "TRANSPARENT"), ("class", "PUBLIC"),
    ):
        made.add(name, value)
    timed = isinstance(made.decoded("dtstart"), datetime)
    for days in event.alarms if work.deadline else event.alarms[-1:]:
        made.add_component(_alarm(summary, timedelta(days=-days) + (timedelta() if timed else _ALARM_AT)))
    return _bytes(made)


def _on_day(made: icalendar.Event, day: date) -> bool:
    made.add("dtstart", day)
    made.add("dtend", day + timedelta(days=1))
    return True


def _again(made: icalendar.Event, work: Work, plan: Head, year: int, workdays: Workdays) -> bool:
    """A recurrence from its first time on; days that holidays move are written out. False where it never comes or can't be read."""
    rule = _rule(work.rule or "")
    begin = max(plan.date or date.min, date(year - 1, 1, 1))
    horizon = date(year, 12, 31) + _AHEAD
    wanted = occurrences(work.rule or "", plan.date, begin, horizon, workdays)
    planned = next((days for first in wanted[:_TRIES] if (days := _planned(rule, first, horizon))[:1] == [first]), []) if rule else []
    if not planned:
        return False
    hour = hour_of(work.rule or "")
    made.add("dtstart", _moment(planned[0], hour))
    if hour:
        made.add("duration", _LENGTH)
    else:
        made.add("dtend", planned[0] + timedelta(days=1))
    made.add("rrule", icalendar.vRecur.from_ical(rule or ""))
    gone, more = sorted(set(planned) - set(wanted)), sorted(set(wanted) - set(planned))
    for name, days in (("exdate", gone), ("rdate", more)):
        if days:
            made.add(name, [_moment(day, hour) for day in days], parameters={} if hour else {"VALUE": "DATE"})
    return True


def _planned(rule: str, first: date, last: date) -> list[date]:
    """The days of a rule that begins on a day."""
    begin = datetime.combine(first, time())
    return [moment.date() for moment in rrulestr(rule, dtstart=begin).between(begin, datetime.combine(last, time()), inc=True)]


def _rule(rule: str) -> str | None:
    """The recurrence without its hour (the beginning has it); one without a day of its own is laid on the last working day."""
    parts = dict(part.split("=", 1) for part in rule.upper().removeprefix("RRULE:").split(";") if "=" in part)
    plain = ";".join(f"{name}={value}" for name, value in parts.items() if name not in ("BYHOUR", "BYMINUTE", "BYSECOND", "UNTIL"))
    frequency, every = parts.get("FREQ", ""), parts.get("INTERVAL", "1")
    if not every.isdigit() or frequency not in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY"):
        return None
    if frequency == "WEEKLY" and not _PLACED.search(plain):
        plain += ";BYDAY=FR"
    elif frequency in ("MONTHLY", "YEARLY") and not _PLACED.search(plain):
        months = int(every) * (12 if frequency == "YEARLY" else 1)
        plain = _UNPLACED.get(months, f"FREQ=MONTHLY;INTERVAL={months}") + _LAST_WORKDAY
    try:
        rrulestr(plain, dtstart=datetime.combine(date(2000, 1, 1), time()))
    except (ValueError, TypeError):
        return None
    return plain


def _moment(day: date, hour: time | None) -> date | datetime:
    return datetime.combine(day, hour, ZONE) if hour else day


def _alarm(summary: str, trigger: timedelta) -> icalendar.Alarm:
    alarm = icalendar.Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary)
    alarm.add("trigger", trigger)
    return alarm


@lru_cache(maxsize=1)
def _zone() -> icalendar.Timezone:
    """Vietnam has had one offset since 1975."""
    zone, standard = icalendar.Timezone(), icalendar.TimezoneStandard()
    zone.add("tzid", ZONE_ID)
    standard.add("dtstart", datetime.combine(date(1975, 6, 13), time()))
    standard.add("tzoffsetfrom", timedelta(hours=7))
    standard.add("tzoffsetto", timedelta(hours=7))
    standard.add("tzname", "+07")
    zone.add_component(standard)
    return zone
