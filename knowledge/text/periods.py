"""The periods of time that a question names: "trước 30/6", "từ tháng 3 đến hết tháng 5 năm 2025", "2 tuần tới"."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from knowledge.text.moment_words import compiled
from knowledge.text.moments import Moment, find_moments
from knowledge.text.normalize import nfc
from knowledge.text.recurrence import asks_recurring
from knowledge.text.time_words import plain

__all__ = ["Period", "asks_recurring", "find_periods", "find_years"]


@dataclass(frozen=True)
class Period:
    """Days from `start` to `end`, both included; None where it is open. `span` and `text` are its place and wording.

    `relation` is how the words mean it: in, before, after, until ("đến năm 2030"), from, range.
    """

    start: date | None
    end: date | None
    text: str
    span: tuple[int, int]
    relation: str = "in"


def find_periods(text: str, now: datetime) -> list[Period]:
    """The periods that a question names, from left to right; spans are places in the text's NFC form.

    Without a year the year of `now` is meant, whether past or to come ("tháng 6" asked in October is last June), except with
    "tới" ("tháng 1 tới": the next January) and for Tết (the next one). In "từ tháng 11 đến tháng 2" and "quý I, quý II năm 2026"
    the times share the year that one of them names. A day after "trước" is itself still allowed, as officials use it
    ("trước 30/6" ends on 30/6); before a month, quarter or year the period ends the day before.
    Numbers of tasks and documents and the dates of cited documents are no periods.
    """
    text = nfc(text)
    words = plain(text)
    moments = find_moments(words, now.date())
    periods: list[Period] = []
    while moments:
        taken, period = _next_period(words, moments, now.date(), periods[-1].span[1] if periods else 0)
        periods.append(replace(period, text=text[slice(*period.span)]))
        moments = moments[taken:]
    return periods


def find_years(text: str) -> list[int]:
    """The years that a text names, in order and once each; those of document numbers and dates of documents left out."""
    words = plain(nfc(text))
    years = [int(match.group(1)) for match in _YEAR.finditer(words)]
    return list(dict.fromkeys(years))


_YEAR = compiled(r"(?<!\d)(?<!\d[.,]){NO_NUMBER}((?:19[4-9]|20[0-6])\d)(?!\d|[.,]\d|\s*%)(?!(?<!nam \d{4})\s+{COUNTED})")

_TO = re.compile(r"\s*(?:(?:cho\s+)?(?:den|toi)(?:\s+(?:het|truoc|ngay|khi het))*|-|–|—|~)\s*")
_AND = re.compile(r"\s*(?:va|,|;|hoac|hay)\s*")
_SKIP = r"(?:\s+(?:het|khi|ngay|moc|luc|thoi diem|thoi gian|trong|la|vao|truoc|tan|khoang|thang|nam|dau))*\s*$"
_SINCE = r"(?<!dau )(?<!vat )(?<!thu )tu"  # "đầu tư năm 2025" without its marks says no "từ"
_BETWEEN = re.compile(r"(?<!\w)giua\s*$")
_RANGE_LEAD = re.compile(rf"(?<!\w)(?:ke tu|{_SINCE}|giua|trong khoang|khoang|giai doan)(?:\s+(?:khoang|ngay|luc))?\s*$")
_RELATIONS = tuple((relation, re.compile(pattern + _SKIP)) for relation, pattern in (
    ("until", r"(?<!\w)(?:cham nhat|muon nhat|tre nhat|khong qua|khong muon hon|khong cham hon|truoc khi het|truoc het)"),
    ("before", r"(?<!\w)truoc"),
    ("after", r"(?<!\w)(?:ke tu sau|tu sau|sau|qua khoi)"),
    ("until", r"(?<!\w)(?:(?:tinh|cho|keo dai|chay)\s+)?(?:den|(?<!cho )(?<!giup )(?<!cua )(?<!nhac )(?<!bao )(?<!voi )toi)"),
    ("from", rf"(?<!\w)(?:ke tu|bat dau tu|{_SINCE})"),
    ("until", r"(?<!\w)het"),
))
_DUE = re.compile(r"(?<!\w)(?:han|thoi han|han chot|han cuoi)(?:\s+la)?\s*$")  # "hạn đến năm 2030": due in 2030, not until then
_NOT_BEFORE = re.compile(r"\btan\b")  # "kéo tới tận năm 2030": in that year
_ONWARD = re.compile(r"\s*(?:tro di|tro ve sau|ve sau|den nay|toi nay"
                     r"|va (?:nhung|cac|may) nam (?:tiep|tip|ke|sau|toi)(?: theo| tiep| sau)?)(?!\w)")
_BACKWARD = re.compile(r"\s*(?:tro ve truoc|tro lai)(?!\w)")


def _next_period(words: str, moments: list[Moment], today: date, floor: int) -> tuple[int, Period]:
    """The first period, and how many of the moments it takes; its words may reach back to `floor`."""
    first = moments[0]
    before = words[floor:first.span[0]]
    if len(moments) > 1:
        second = moments[1]
        gap = words[first.span[1]:second.span[0]]
        between = _AND.fullmatch(gap) and _BETWEEN.search(before)
        if _TO.fullmatch(gap) or between:
            return 2, _range(first, second, before, floor, today)
        if _AND.fullmatch(gap) and first.unit == second.unit:
            joined = _joined(moments, words, today)
            if joined:
                return joined
    return 1, _single(first, words, before, floor, today)


def _range(first: Moment, second: Moment, before: str, floor: int, today: date) -> Period:
    start, end = _years_shared(first, second, today)
    if second.unit == "holiday":
        end = second.days(today.year)[0]
    if start > end and first.unit == "part":
        start = start.replace(year=end.year)  # "từ đầu năm tới hết ngày 30/6/2025" is of 2025, whenever it is asked
    lead = _RANGE_LEAD.search(before)
    begin = floor + lead.start() if lead else first.span[0]
    return Period(min(start, end), max(start, end), "", (begin, second.span[1]), "range")


def _years_shared(first: Moment, second: Moment, today: date) -> tuple[date, date]:
    """First and last day of a range; a time without a year takes the other's, or runs over the turn of the year."""
    end_year = second.year or first.year or today.year
    start = first.days(first.year or end_year)[0]
    end = second.days(end_year)[1]
    if start > end and first.year is None:
        return (start, second.days(end_year + 1)[1]) if second.year is None else (first.days(end_year - 1)[0], end)
    if start > end and second.year is None:
        end = second.days(end_year + 1)[1]
    return start, end


def _joined(moments: list[Moment], words: str, today: date) -> tuple[int, Period] | None:
    """Times of one kind that follow each other: "quý I, quý II năm 2026" is one period, under the year that is named."""
    run = [moments[0]]
    for moment in moments[1:]:
        if moment.unit != run[0].unit or not _AND.fullmatch(words[run[-1].span[1]:moment.span[0]]):
            break
        run.append(moment)
    year = next((moment.year for moment in reversed(run) if moment.year), today.year)
    days = [moment.days(moment.year or year) for moment in run]
    if any(b[0] - a[1] != timedelta(days=1) for a, b in zip(days, days[1:], strict=False)):
        return None
    return len(run), Period(days[0][0], days[-1][1], "", (run[0].span[0], run[-1].span[1]))


def _single(moment: Moment, words: str, before: str, floor: int, today: date) -> Period:
    start, end = moment.days(today.year)
    begin, finish = moment.span
    tail = _ONWARD.match(words, finish)
    if tail:
        return Period(start, None, "", (begin, tail.end()), "from")
    back = _BACKWARD.match(words, finish)
    if back:
        return Period(None, end, "", (begin, back.end()), "until")
    for relation, pattern in _RELATIONS:
        lead = pattern.search(before)
        if lead and relation == "until" and (_DUE.search(before[:lead.start()]) or _NOT_BEFORE.search(lead.group())):
            break
        if lead and moment.unit != "ahead":
            return _related(relation, moment, start, end, (floor + lead.start(), finish))
    return Period(start, end, "", moment.span)


def _related(relation: str, moment: Moment, start: date, end: date, span: tuple[int, int]) -> Period:
    if relation == "before":
        last_day = end if moment.unit == "day" else start - timedelta(days=1)
        return Period(None, last_day, "", span, "before")
    if relation == "after":
        return Period(end + timedelta(days=1), None, "", span, "after")
    if relation == "from":
        return Period(start, None, "", span, "from")
    return Period(None, end, "", span, "until")
