"""The time of the day that a text says: "8h15 sáng", "7 rưỡi", "9 giờ kém 15", "đầu giờ chiều", "tối"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time

from bot.reminders.count_words import blotted, compiled, count_of


@dataclass(frozen=True)
class Clock:
    """`hour`: the time; `next_day`: it is midnight, which belongs to the day after ("12h đêm mai")."""

    hour: time
    next_day: bool = False


class NoSuchHour(ValueError):
    """A time of the day that does not exist; the text is the words as folded."""


_PARTS = (
    (r"(?:dau gio|dau buoi) sang", time(8, 0)), (r"(?:cuoi gio|cuoi buoi) sang", time(11, 0)), (r"giua buoi sang", time(9, 30)),
    (r"(?:dau gio|dau buoi) chieu", time(13, 30)), (r"(?:cuoi gio|cuoi buoi) chieu", time(16, 30)), (r"cuoi gio", time(16, 30)),
    (r"sang som", time(7, 0)), (r"trua", time(11, 30)), (r"chieu tối", time(18, 0)), (r"chieu", time(14, 0)),
    (r"tối|toi(?= (?:nay|mai|mốt|thu|chu nhat|hom|ngay)(?!\w))", time(19, 0)), (r"dem|khuya", time(21, 0)),
)
_NUMBER = r"(?P<h>\d{1,2}|mot|hai|ba|bon|tư|nam|sáu|sau|bay|tam|chin|muoi mot|muoi hai|muoi)"
_WHEN = r"(?:\s*(?:buoi\s+)?(?P<part>sang|trua|chieu|tối|toi(?!\s+(?:ngay|viec|nhiem|muon|can))|dem|khuya)(?!\w))"
_LEAD = r"(?<![\w/.,:\-])(?:luc\s+|vao\s+|hoi\s+)*"
_CLOCKS = tuple(map(compiled, (
    _LEAD + r"(?P<h>\d{1,2})\s*(?::|h|g|gio)\s*(?P<min>\d{2})(?!\d)(?:\s*(?:phut|p)(?!\w))?" + _WHEN + "?",
    _LEAD + r"(?P<h>\d{1,2})\s*gio\s*(?P<min>\d)\s*(?:phut|p)(?!\w)" + _WHEN + "?",
    _LEAD + _NUMBER + r"\s*(?:h|g|gio)\s*kem\s*(?P<less>\d{1,2}|nam|muoi lam|muoi)(?:\s*(?:phut|p)(?!\w))?" + _WHEN + "?",
    _LEAD + _NUMBER + r"\s*(?:h|g|gio)?\s*(?P<half>ruoi)(?!\w)" + _WHEN + "?",
    _LEAD + _NUMBER + r"\s*(?:h|gio)(?!\w)(?!\s*nua)(?:\s*dung(?!\w))?" + _WHEN + "?",
    _LEAD + r"(?P<h>\d{1,2})g(?!\w)(?!\s*nua)" + _WHEN + "?",
    _LEAD + r"(?P<h>\d{1,2})(?=\s*(?:sang|chieu|trua|tối)(?:\s+(?:som|nay|mai|mốt|thu|chu nhat|hom|ngay)|$))" + _WHEN,
)))
_BARE_PARTS = tuple((re.compile(rf"(?<!\w)(?:vao\s+|luc\s+)*(?:buoi\s+)?(?:{words})(?!\w)"), hour) for words, hour in _PARTS)
# "sáng" alone says no hour of its own (the usual hour is in the morning), but is a word of time.
_MORNING = re.compile(
    r"(?<!\w)(?:vao\s+)?(?:(?:buoi|luc)\s+sang|sang(?= (?:nay|mai|mốt|ngay|hom|kia|thu|chu nhat|t[2-7]|\d{1,2}[/.-]\d)(?!\w)))")


def read_hour(words: str) -> tuple[Clock | None, str]:
    """The time of the day and the text without it; None where none is said. Raises NoSuchHour."""
    for pattern in _CLOCKS:
        match = pattern.search(words)
        if match:
            left = blotted(words, *match.span())
            apart = None if match.groupdict().get("part") else _PART_APART.search(left)
            return _clock(match, apart), blotted(left, *apart.span()) if apart else left
    for pattern, hour in _BARE_PARTS:
        match = pattern.search(words)
        if match:
            return Clock(hour), blotted(words, *match.span())
    match = _MORNING.search(words)
    return None, blotted(words, *match.span()) if match else words


# "tối nay lúc 8h": the part of the day stands by its day.
_PART_APART = re.compile(
    r"(?<!\w)(?:vao\s+)?(?:buoi\s+)?(?P<part>sang|trua|chieu|tối|toi|dem)(?=\s+(?:nay|mai|mốt|thu|chu nhat|hom|ngay)(?!\w))")


def _clock(match: re.Match[str], apart: re.Match[str] | None) -> Clock:
    groups = match.groupdict()
    part = groups.get("part") or (apart["part"] if apart else "")
    hour, minute = count_of(groups["h"]), int(groups.get("min") or 0)
    if groups.get("half"):
        minute = 30
    if groups.get("less"):
        hour, minute = hour - 1, 60 - count_of(groups["less"])
    if hour > 24 or not 0 <= minute < 60 or (hour == 24 and minute):
        raise NoSuchHour(match.group().strip())
    if hour == 24 or (hour == 12 and part in ("dem", "khuya")):
        return Clock(time(0, minute), True)
    afternoon = part in ("chieu", "tối", "toi") or (part in ("dem", "khuya") and hour >= 7) or (part == "trua" and hour < 4)
    working = not part and 1 <= hour <= 5 and not groups.get("min") and not groups.get("less")
    if hour < 12 and (afternoon or working):  # "3h" without more is said of the afternoon
        hour += 12
    if part == "sang" and hour > 12:
        raise NoSuchHour(match.group().strip())
    return Clock(time(hour, minute))
