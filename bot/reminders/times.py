"""Times as people ask to be reminded at: "8h sáng mai", "thứ 6 tuần sau", "trước 2 tuần", "rằm tháng giêng", "mỗi sáng thứ hai".

Nothing here decides whether a time makes sense (is past, is after the deadline): that is for whoever asked. Times are of
Asia/Ho_Chi_Minh. What was read is left out of the rest of the text, so that the rest can name the work.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.reminders.calendar import ZONE
from bot.reminders.count_words import blotted, compiled, count_of, unit_of
from bot.reminders.day_words import NoSuchDay, read_day
from bot.reminders.hour_words import NoSuchHour, read_hour
from bot.reminders.repeat_words import read_repeat
from bot.reminders.spoken import folded

USUAL_HOUR = time(7, 30)


@dataclass(frozen=True)
class At:
    """A moment in Vietnam's time zone. `day_said`, `hour_said`: were they said, or are they the next and the usual?"""

    moment: datetime
    day_said: bool = True
    hour_said: bool = True


@dataclass(frozen=True)
class Lead:
    """So many days before the deadline (0: on the day)."""

    days: int


@dataclass(frozen=True)
class Every:
    """Again and again: an RFC 5545 recurrence with its hour."""

    rrule: str


@dataclass(frozen=True)
class Unclear:
    """A time that can't be ("31/2", "25h") or is no use ("trước hạn 2 tiếng"): `why` says so in Vietnamese."""

    why: str


When = At | Lead | Every | Unclear


@dataclass(frozen=True)
class Reading:
    """The time that a text names (None: none) and the rest of the text without it."""

    when: When | None
    rest: str


def read_time(text: str, now: datetime, usual: time = USUAL_HOUR) -> Reading:
    """The time in a text that `spoken.mend` has seen. `now` has a zone; `usual`: the hour where none is said."""
    now, words = now.astimezone(ZONE), _without_numbers(folded(text))
    try:
        for reader in (_every, _lead, _soon, _at):
            found = reader(words, now, usual)
            if found:
                return Reading(found[0], _rest(text, found[1]))
    except (NoSuchDay, NoSuchHour) as error:
        return Reading(Unclear(f"Không có thời điểm “{_as_written(text, words, str(error))}”."), text)
    return Reading(None, text)


_Found = tuple[When, str] | None

# Numbers of rows are no times: "chỉ tiêu 5.10", "việc thứ 2".
_ROW = re.compile(
    r"(?<!\w)(?:nhiem vu|chi tieu|viec|muc|cai)\s*(?:so\s*)?(\d+(?:[.]\d+)*)"
    r"(?![\w/:]|\s*(?:h|g|gio|ruoi|ngay|hom|tuan|thang|quy|nam|tieng|phut)(?!\w))"
    r"|(?<!\w)(?:nhiem vu|viec|muc|cai)\s*(thu\s+(?:\d|nhat|hai|ba|tư|tu|nam|sáu|sau|bay))(?!\w)(?!\s*(?:tuan|nay|toi|tới))")


def _without_numbers(words: str) -> str:
    for match in _ROW.finditer(words):
        start, end = match.span(1) if match[1] else match.span(2)
        words = words[:start] + "\0" * (end - start) + words[end:]
    return words

_AFTERNOONS = {"trua": time(11, 30), "chieu": time(14, 0), "tối": time(19, 0), "toi": time(19, 0), "dem": time(21, 0)}


def _every(words: str, now: datetime, usual: time) -> _Found:
    repeat = read_repeat(words)
    if repeat is None:
        return None
    clock, left = read_hour(repeat.left)
    hour = clock.hour if clock else _AFTERNOONS.get(repeat.part or "", usual)
    if repeat.part in ("chieu", "tối", "toi") and hour.hour < 12:
        hour = hour.replace(hour=hour.hour + 12)
    return Every(f"{repeat.rule};BYHOUR={hour.hour};BYMINUTE={hour.minute}"), left


_DUE = (r"(?:(?:khi |luc |ngay |thoi diem )*(?:den |toi |tới |het |qua )?(?:thoi han|han chot|han cuoi|han|deadline)"
        r"(?: chot| cuoi| hoan thanh)?(?: cua)?)")
_TOO_FINE = compiled(
    rf"(?<!\w)(?:truoc|som)\s+(?:{_DUE}\s+)?{{COUNT}}\s*(?:tieng|gio|phut)(?!\w)(?!\s*(?:\d|sang|chieu|trua|tối|kem|ruoi))")
_LEADS = tuple(map(compiled, (
    rf"(?<!\w)(?:truoc|som)\s+(?:{_DUE}\s+)?(?:khoang |it nhat |chung )?{{COUNT}}\s*{{UNIT}}(?:\s+(?:so voi|truoc)\s+{_DUE})?(?!\s*[\d/])",
    rf"(?<!\w){{COUNT}}\s*{{UNIT}}(?:\s+lam viec)?\s+truoc(?:\s+{_DUE})?(?!\w)(?!\s*(?:\d|ngay \d|thang|tet))",
    rf"(?<!\w)(?:truoc\s+)?(?:khi |luc )?(?:chi )?con\s+{{COUNT}}\s*{{UNIT}}(?:\s+nua)?(?:\s+(?:la |thi )?{_DUE})?(?!\w)",
    r"(?<!\w)(?:(?:dung|đúng|vao|ngay|hom|khi|luc)\s+)+(?P<due>(?:den |toi |tới |het )?(?:han chot|han cuoi|thoi han|han|deadline))(?!\w)",
)))
_UNIT_DAYS = {"day": 1, "week": 7, "month": 30, "quarter": 90, "year": 365}


_TWICE = compiled(
    r"(?<!\w)(?:truoc|som)\s+(?:\w+\s+){0,3}?\d{1,3}\s*(?:ngay|hom|tuan|thang)?\s*(?:,|va|&|voi|\+|roi)\s*(?:truoc\s+)?{COUNT}\s*{UNIT}(?!\s*\d)")


def _lead(words: str, now: datetime, usual: time) -> _Found:
    match = _TWICE.search(words)
    if match:
        return Unclear("Mỗi lần tôi đặt một mốc nhắc; anh/chị nhắn từng mốc giúp tôi, ví dụ “trước 3 ngày”."), blotted(words, *match.span())
    match = _TOO_FINE.search(words)
    if match:
        return Unclear("Thời hạn trong kế hoạch tính theo ngày, nên tôi nhắc trước được từ 1 ngày."), blotted(words, *match.span())
    match = next(filter(None, (pattern.search(words) for pattern in _LEADS)), None)
    if match is None:
        return None
    groups = match.groupdict()
    days = 0
    if not groups.get("due"):
        unit, count = _UNIT_DAYS[unit_of(groups["unit"])], count_of(groups["n"])
        days = count * unit or max(1, (unit + 1) // 2)
    return Lead(days), _without_hour(blotted(words, *match.span()))


def _without_hour(left: str) -> str:
    """A reminder before the deadline comes with the day's others, whatever hour is said with it."""
    return read_hour(left)[1]


_SOON = compiled(r"(?<!\w)(?:sau\s+)?(?:khoang\s+)?{COUNT}\s*(?P<unit>tieng|gio|h|phut|p)(?:\s*dong ho)?(?P<half>\s+ruoi)?\s+nua(?!\w)")
_SOON_AFTER = compiled(r"(?<!\w)sau\s+{COUNT}\s*(?P<unit>tieng|gio|phut)(?P<half>\s+ruoi)?(?!\w)(?!\s*(?:sang|chieu|tối))")


def _soon(words: str, now: datetime, usual: time) -> _Found:
    match = _SOON.search(words) or _SOON_AFTER.search(words)
    if match is None:
        return None
    minutes = count_of(match["n"]) * (1 if match["unit"].startswith("p") else 60) or 30
    moment = now.replace(second=0, microsecond=0) + timedelta(minutes=minutes + (30 if match["half"] else 0))
    return At(moment), blotted(words, *match.span())


_THE_DAY_BEFORE = re.compile(r"(?<!\w)truoc\s+(?:ngay\s+|hom\s+)?$")


def _at(words: str, now: datetime, usual: time) -> _Found:
    clock, left = read_hour(words)
    found = read_day(left, now.date())
    if found is None and clock is None:
        return None
    hour, day = clock.hour if clock else usual, now.date()
    if found is None:
        day += timedelta(days=datetime.combine(day, hour, ZONE) <= now)
    else:
        day, marked = found
        day, left = _before(day, left, marked)
    if clock and clock.next_day and found:
        day += timedelta(days=1)
    return At(datetime.combine(day, hour, ZONE), found is not None, clock is not None), left


def _before(day: date, left: str, marked: str) -> tuple[date, str]:
    """ "Trước 30/6" is the day before."""
    start = next(i for i, (a, b) in enumerate(zip(left, marked, strict=True)) if a != b)
    before = _THE_DAY_BEFORE.search(left[:start])
    if before is None:
        return day, marked
    return day - timedelta(days=1), blotted(marked, before.start(), start)


# Small words that only lead to a time or away from it: "vào lúc \1", "\1 thì".
_TAKEN = "\1"
_LINK = "vao|luc|hoi|khoang|ngay|den|tới|sang|qua|them|sau|buoi|hom|thanh|cho den|cho tới|cho toi"
_LINKS = re.compile(rf"(?:(?<!\w)(?:{_LINK})\s+)*{_TAKEN}+(?:\s*,?\s*(?:la|thi)(?!\w))?")


def _rest(text: str, left: str) -> str:
    """The text without what is blotted out of its words, and without the small words that led to it."""
    for match in _LINKS.finditer(left):
        left = blotted(left, *match.span())
    kept = "".join(_TAKEN if mark == _TAKEN else char for char, mark in zip(text, left, strict=True))
    return re.sub(r"\s+", " ", kept.replace(_TAKEN, " ")).strip(" ,;.-")


def _as_written(text: str, words: str, part: str) -> str:
    """The piece of the text that was folded to `part`."""
    at = words.find(part)
    return text[at:at + len(part)] if at >= 0 else part
