"""The points of time in a deadline's wording: a day, a month, a quarter, a half, a year, or the beginning or middle of one.

"Đầu năm" is its first quarter, "đầu quý" its first month, "đầu tháng" its first ten days; "giữa" is the middle itself: 30/6, the
15th of a quarter's second month, the 15th. The texts are folded (no diacritics, lower case).
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from knowledge.model.deadline import DeadlineKind
from knowledge.text.spans_of_time import tet

_YEAR = r"(?P<{0}>(?:19|20)\d\d)"
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_JOINT = r"\s*(?:/|-|,?\s*nam|\s)\s*"
_POINT = re.compile(
    r"(?<![\d/.])(?:"
    r"(?:ngay\s*)?(?P<d1>[0-3]?\d)\s*[/.\-]\s*(?P<m1>[01]?\d)\s*[/.\-]\s*(?P<y1>(?:(?:19|20)\d\d|2\d(?=\s*$)))"
    + r"|ngay\s+(?P<d2>[0-3]?\d)\s+thang\s+(?P<m2>[01]?\d)(?:\s*,?\s*nam\s+" + _YEAR.format("y2") + r")?"
    r"|(?P<d3>[0-3]?\d)\s+thang\s+(?P<m3>[01]?\d)\s*,?\s*nam\s+" + _YEAR.format("y11")
    + r"|tet(?: nguyen dan| am lich)?(?: nam)?\s+" + _YEAR.format("y6")
    + r"|tuan\s+(?:thu\s+)?(?P<week>[1-4]|dau|cuoi)\s+(?:cua\s+)?thang\s+(?P<mw>[01]?\d)(?:" + _JOINT + _YEAR.format("y7") + r")?"
    r"|(?P<half>0?6 thang|sau thang(?=\s+(?:dau|cuoi)\s+nam)|nua)\s+(?P<side>dau|cuoi)\s+(?!thang|quy)(?:nam\s*)?"
    + _YEAR.format("y3") + r"?"
    r"|(?P<months>0?[1-9]|1[01])\s+thang\s+(?P<of>dau|cuoi)\s+nam(?:\s*" + _YEAR.format("y0") + r")?"
    r"|(?P<part>(?:nua |thang )?(?:dau|giua|cuoi)\s+(?:cua\s+)?)?(?:"
    r"(?:(?<![a-z])q\.?\s*|qu[yi]\s+)(?P<q>iv|i{1,3}|[1-4])(?:" + _JOINT + _YEAR.format("y4") + r")?"
    r"|(?P<q2>iv|i{1,3})\s*/\s*" + _YEAR.format("y9")
    + r"|(?:(?:thang|(?<![a-z])t\.?)\s*)?(?P<m5>[01]?\d)\s*(?:[/.]|-|,?\s*nam)\s*" + _YEAR.format("y5")
    + r"|thang\s+(?P<m6>[01]?\d)(?:\s+" + _YEAR.format("y10") + r")?"
    r"|(?<![a-z])t\.?(?P<m8>[01]?\d)(?!\d)"
    r"|(?P<d7>[0-3]?\d)/(?P<m7>[01]?\d)"
    r"|(?:nam\s*)?" + _YEAR.format("y8") +
    r"))(?![\d]|[/\-][a-z\d]*[a-z])"
    # the year of the plan, unsaid: "đầu năm", "hoàn thành trong năm"
    r"|\b(?P<inyear>trong|het|ca|dau|giua|cuoi)\s+nam(?!\s*(?:\d|hoc|sau|toi|truoc|nay sang))(?: nay)?(?![a-z])"
)
# "Quý II, III/2025", "tháng 6, 7/2025": the noun is said once for several numbers.
_SHARED_NOUN = re.compile(r"\b(quy|thang)\s+([ivx]+|\d{1,2})\s*(,|-|va|den)\s*(?=(?:[ivx]+|\d{1,2})\b(?!\s*/\s*\d{1,2}\b))")
_MONTHS = re.compile(r"(?<![\d/.-])(?<!quy )(?<!thang )([01]?\d)\s*-\s*([01]?\d)\s*/\s*(?=20\d\d)")  # 05-07/2025
_DAYS = re.compile(r"(?<![\d/.-])([0-3]?\d)\s*-\s*(?=[0-3]?\d\s*/\s*([01]?\d)\s*/\s*(20\d\d))")  # 01-30/6/2025
_TIGHT = re.compile(r"(?<=[\div])-(?=(?:q|t|quy|thang)\.?\s*[\div])")  # Q3-Q4/2025
_HOUR = re.compile(r"\b\d{1,2}\s*(?:h|g|gio)\s*\d{0,2}(?:\s*phut)?\b(?!\s*/)|\b\d{1,2}:\d\d\b")


@dataclass(frozen=True)
class Point:
    """A period of time: its first and last day as (month, day), with the year perhaps unsaid."""

    kind: DeadlineKind
    year: int | None
    first: tuple[int, int]
    last: tuple[int, int]
    span: tuple[int, int]
    part: str = ""

    def start(self, year: int) -> date:
        """Its first day in a year."""
        return date(year, *self.first)

    def end(self, year: int) -> date:
        """Its last day in a year; the last of February is that year's."""
        month, day = self.last
        return date(year, month, calendar.monthrange(year, month)[1] if (month, day) in ((2, 28), (2, 29)) and self.kind != "date" else day)


def find_points(folded: str) -> list[Point]:
    """The points of a text from left to right."""
    found = [point for match in _POINT.finditer(spread(folded)) if (point := _point(match))]
    return _narrowed(found, spread(folded))


def without_points(folded: str) -> str:
    """The text that is left when its points are taken out."""
    return _POINT.sub(" ", spread(folded))


def spread(folded: str) -> str:
    """The text with each number under its own noun and sign: "quý II, III/2025" → "quý II, quý III/2025", without hours."""
    text = _HOUR.sub(" ", folded)
    text = _DAYS.sub(r"\1/\2/\3 - ", text)
    text = _MONTHS.sub(lambda m: f"thang {m[1]} - thang {m[2]}/" if 1 <= int(m[1]) < int(m[2]) <= 12 else m[0], text)
    text = _TIGHT.sub(" - ", text)
    previous = None
    while previous != text:
        previous, text = text, _SHARED_NOUN.sub(r"\1 \2 \3 \1 ", text)
    return text


def _narrowed(points: list[Point], text: str) -> list[Point]:
    """A year with a finer point in brackets behind it is that point: "Năm 2025 (Quý III)"."""
    if len(points) != 2 or points[0].kind != "year" or points[1].year or points[1].kind == "year":
        return points
    between = text[points[0].span[1]:points[1].span[0]]
    return [replace(points[1], year=points[0].year)] if re.fullmatch(r"\s*[(:,]\s*(?:trong\s*|truoc\s*)?", between) else points


def _point(match: re.Match[str]) -> Point | None:
    get = match.groupdict().get
    said = next((get(f"y{n}") for n in range(12) if get(f"y{n}")), None)
    year = int(said) + (2000 if len(said) == 2 else 0) if said else None
    span = match.span()
    for day_key, month_key in (("d1", "m1"), ("d2", "m2"), ("d3", "m3"), ("d7", "m7")):
        if get(day_key):
            day, month = int(str(get(day_key))), int(str(get(month_key)))
            return Point("date", year, (month, day), (month, day), span) if _is_day(year, month, day) else None
    if get("y6"):
        new_year = tet(int(str(get("y6"))))
        eve = new_year - timedelta(days=1) if new_year else None
        return Point("date", year, (eve.month, eve.day), (eve.month, eve.day), span) if eve else None
    if get("week"):
        return _week(str(get("week")), int(str(get("mw"))), year, span)
    if get("half"):
        first, last = ((1, 1), (6, 30)) if get("side") == "dau" else ((7, 1), (12, 31))
        return Point("half", year, first, last, span)
    if get("months"):
        count = int(str(get("months")))
        first_month, last_month = (1, count) if get("of") == "dau" else (13 - count, 12)
        return _months("month", year, first_month, last_month, span)
    part = (get("part") or get("inyear") or "").removeprefix("thang ").removesuffix("cua ").strip()
    return _part(_plain_point(match, year, span), part)


def _plain_point(match: re.Match[str], year: int | None, span: tuple[int, int]) -> Point | None:
    get = match.groupdict().get
    quarter = get("q") or get("q2")
    if quarter:
        number = _ROMAN.get(quarter) or int(quarter)
        return _months("quarter", year, number * 3 - 2, number * 3, span)
    month = get("m5") or get("m6") or get("m8")
    if month:
        return _months("month", year, int(month), int(month), span) if 1 <= int(month) <= 12 else None
    return Point("year", year, (1, 1), (12, 31), span)


def _months(kind: DeadlineKind, year: int | None, first: int, last: int, span: tuple[int, int]) -> Point:
    return Point(kind, year, (first, 1), (last, calendar.monthrange(year or 2025, last)[1]), span)


def _week(which: str, month: int, year: int | None, span: tuple[int, int]) -> Point | None:
    if not 1 <= month <= 12:
        return None
    if which == "cuoi":
        return _months("month", year, month, month, span)
    day = 7 * (1 if which == "dau" else int(which))
    return Point("date", year, (month, day - 6), (month, day), span)


def _part(point: Point | None, part: str) -> Point | None:
    """The beginning or middle of a period; its end is the period's own."""
    if point is None or part in ("", "trong", "het", "ca") or point.kind == "date":
        return point
    month = point.first[0]
    if part in ("cuoi", "nua cuoi"):
        return replace(point, part="cuoi")
    if point.kind == "year":
        kind, last = ("quarter", (3, 31)) if part == "dau" else ("half", (6, 30))
    elif point.kind == "quarter":
        kind, last = ("month", (month, calendar.monthrange(2025, month)[1])) if part == "dau" else ("date", (month + 1, 15))
    else:
        kind, last = "date", (month, 10 if part == "dau" else 15)
    first = last if part == "giua" and kind == "date" else point.first
    return replace(point, kind=kind, first=first, last=last, part=part)  # type: ignore[arg-type]


def _is_day(year: int | None, month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year or 2024, month)[1]
