"""The single times that a text names: a day, a week, a month, a quarter, a part of a year, a year.

Each reader says by its patterns which writings it reads; earlier readers take their words away from later ones. They see the
text as `time_words.plain` gives it. How a time is meant ("trước …", "từ … đến …") is the business of `periods`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from knowledge.text import spans_of_time as time
from knowledge.text.moment_words import compiled, number, unit_of
from knowledge.text.spans_of_time import Days


@dataclass(frozen=True)
class Moment:
    """A time named in a text, at `span`.

    `unit`: day, week, month, months, quarter, half, part, year, years, holiday, ahead (from today on, or back).
    `in_year` gives the days in any year; `year` is None where the text leaves it open.
    """

    unit: str
    span: tuple[int, int]
    in_year: Callable[[int], Days]
    year: int | None

    def days(self, default_year: int) -> Days:
        """First and last day, in the default year if the text names none."""
        return self.in_year(self.year or default_year)


def find_moments(text: str, today: date) -> list[Moment]:
    """The times named in a plain text, from left to right, none overlapping."""
    found: list[Moment] = []
    for pattern, reader in _READERS:
        for match in list(pattern.finditer(text)):
            read = reader(match, today)
            if read is None:
                continue
            unit, in_year, year = read
            found.append(_narrowed(Moment(unit, match.span(), in_year, year), text))
            text = text[:match.start()] + _TAKEN * len(match.group()) + text[match.end():]
    return sorted(found, key=lambda moment: moment.span)


_Found = tuple[str, Callable[[int], Days], "int | None"]
_Reader = Callable[["re.Match[str]", date], "_Found | None"]
_READERS: list[tuple[re.Pattern[str], _Reader]] = []
_TAKEN = "\1"
_VAGUE = re.compile(r"(?<!\w)(?:nhung|cac|may|nhieu|hang|moi)\s*$")
_HALVES = {"year": ("month", 6), "quarter": ("day", 45), "month": ("day", 15), "week": ("day", 3)}


def _reads(*patterns: str) -> Callable[[_Reader], _Reader]:
    """Makes a function the reader of its patterns, after all readers before it."""
    def register(reader: _Reader) -> _Reader:
        _READERS.extend((compiled(pattern), reader) for pattern in patterns)
        return reader
    return register


def _narrowed(moment: Moment, text: str) -> Moment:
    """With "đầu", "giữa" or "cuối" before it, the part of the period that is meant."""
    before = re.search(r"(?<!\w)(dau|giua|cuoi)\s*$", text[:moment.span[0]])
    if not before or moment.unit not in ("week", "month", "quarter", "year"):
        return moment
    which, unit, whole = before.group(1), moment.unit, moment.in_year
    if which == "giua" and re.match(r"\s*(?:va|voi)(?!\w)", text[moment.span[1]:]):
        return moment  # "giữa tháng 3 và tháng 5"
    return replace(moment, unit="part", span=(before.start(), moment.span[1]), in_year=lambda y: time.part(unit, which, whole(y)))


def _fixed(unit: str, days: Days) -> _Found:
    return unit, lambda _: days, days[0].year


def _one_day(day: date) -> _Found:
    return _fixed("day", (day, day))


def _offset(match: re.Match[str]) -> int:
    return 1 if match["next"] else -1 if match["last"] else 0


def _yearly(match: re.Match[str], today: date, unit: str, in_year: Callable[[int], Days]) -> _Found:
    """A period of the year that {YEAR} names, or with "tới" ("tháng 1 tới") the next one that is not over."""
    groups = match.groupdict()
    if groups.get("y") or groups.get("yy"):
        return unit, in_year, int(groups.get("y") or "20" + groups["yy"])
    for name, offset in (("ynow", 0), ("ynext", 1), ("ylast", -1)):
        if groups.get(name):
            return unit, in_year, today.year + offset
    if (groups.get("soon") or "").endswith("toi"):
        return unit, in_year, today.year if in_year(today.year)[1] >= today else today.year + 1
    return unit, in_year, None


@_reads(
    r"(?<![\d/.\-])(?:ngay\s*)?{DAY}\s*(?P<sep>[/.\-])\s*{MONTH}\s*(?P=sep)\s*(?P<year>20\d\d|[2-4]\d)(?![\d/])",
    r"(?<![\d\-])(?P<year>20\d\d)-(?P<m>0\d|1[0-2])-(?P<d>[0-3]\d)(?!\d)",
)
def _date(match: re.Match[str], today: date) -> _Found | None:
    """15/3/2026, 2026-03-15."""
    year = int(match["year"]) + (2000 if len(match["year"]) == 2 else 0)
    try:
        return _one_day(date(year, int(match["m"]), int(match["d"])))
    except ValueError:
        return None


# Only after these words is 30/6 a day: "1/3 dân số" and "24/7" are none.
_BEFORE_DAY = "|".join(f"(?<={word} )" for word in (
    "truoc", "sau", "den", "het", "tu", "toi", "han", "vao", "nhat", "la", "le", "dip", "moc", "chot", "qua", "hon"))
_AFTER_DASH = "(?<=[\\d\1][-–])|(?<=[\\d\1] - )|(?<=[\\d\1] – )"


@_reads(
    r"(?<!\w)(?:(?:ngay|mung|mong)\s*|(?<!vu )(?<!so )(?<!nv )(?<!tieu )){DAY}\s*{THANG}\s*{MONTH}{YEAR}",
    r"(?<!\w)ngay\s*{DAY}\s*[/.]\s*{MONTH}(?!\s*[/.]\s*\d){YEAR}",
    r"(?<![\d/.])(?!24/7){DAY}/{MONTH}(?=\s*(?:-|–|den|toi)\s*(?:ngay\s*)?\d{1,2}/\d)(?!\s*/)",
    rf"(?:{_BEFORE_DAY}|{_AFTER_DASH})(?!24/7){{DAY}}/{{MONTH}}(?!\s*[/%]|\.\d){{YEAR}}",
)
def _day(match: re.Match[str], today: date) -> _Found | None:
    """Ngày 15 tháng 3 (năm 2026), ngày 15/3; and bare 15/3 where the words say that it is a day."""
    day, month = int(match["d"]), int(match["m"])
    if day > time.month(2024, month)[1].day:
        return None

    def in_year(number: int) -> Days:
        only = date(number, month, min(day, time.month(number, month)[1].day))
        return only, only

    return _yearly(match, today, "day", in_year)


@_reads(
    r"(?<!\w)ngay\s*{DAY}\s*thang\s+{WHICH}",
    r"(?:(?<=truoc )|(?<=den )|(?<=tu )|(?<=sau ))ngay\s*{DAY}(?![\d/.\-])(?!\s*(?:thang|ngay|nhiem|viec|hang|moi)){NEVER}",
)
def _day_of_month(match: re.Match[str], today: date) -> _Found | None:
    """Ngày 5 tháng sau; trước ngày 15."""
    first, last = time.unit_around("month", today, _offset(match))
    return _one_day(first.replace(day=int(match["d"]))) if int(match["d"]) <= last.day else None


@_reads(r"(?<!\w)(?:thu\s*(?P<w>[2-7]|hai|ba|tư|tu|nam|sáu|sau|bay)|chu nhat|cn)(?!\w)\s*"
        r"(?:tuan\s+{WHICH}|(?P<soon>nay|toi(?!\s*han))(?!\w))")
def _weekday(match: re.Match[str], today: date) -> _Found | None:
    """Thứ sáu tuần sau, thứ tư tới, chủ nhật này; a bare "thứ hai" is an ordinal."""
    place = number(match["w"]) - 2 if match["w"] else 6
    day = time.week(today)[0] + timedelta(days=place + 7 * _offset(match))
    return _one_day(day + timedelta(weeks=1) if match["soon"] and day < today else day)


@_reads(
    r"(?<!\w){COUNT}\s*(?:thang|thag|thg)\s*(?P<side>dau|cuoi)(?!\w){OF_YEAR}{YEAR}",
    r"(?<!\w){COUNT}\s*(?P<quarters>quy)\s*(?P<side>dau|cuoi)(?!\w){OF_YEAR}{YEAR}",
    r"(?<!\w)(?P<n>nua)\s*(?:{NAM}\s*)?(?P<side>dau|cuoi)(?!\w){OF_YEAR}{YEAR}",
)
def _months_of_year(match: re.Match[str], today: date) -> _Found | None:
    """6 tháng đầu năm 2026, nửa cuối năm, hai quý đầu năm."""
    if match["n"] in ("vai", "may"):
        return None
    count = 6 if match["n"] == "nua" else number(match["n"]) * (3 if match.groupdict().get("quarters") else 1)
    if not 0 < count < 12:
        return None
    first, last = (1, count) if match["side"] == "dau" else (13 - count, 12)
    return _yearly(match, today, "half", lambda y: time.months(y, first, last))


@_reads(
    r"(?<!\w)(?<!thang )(?<!quy )(?:trong\s+)?(?:vong\s+|khoang\s+)*{COUNT}\s*{UNIT}(?:\s+lam viec)?\s+(?:nua|sap toi|{NEXT})",
    r"(?<!\w)(?<!thang )(?<!quy )(?:trong\s+)?(?:vong\s+)?{COUNT}\s*{UNIT}\s+(?P<past>gan day|gan nhat|{LAST})",
    r"(?<!\w)trong\s+vong\s+{COUNT}\s*{UNIT}(?!\w)(?!\s+(?:ke|tu|sau))",
    r"(?<!\w)trong\s+{COUNT}\s*(?P<unit>ngay|tuan)(?!\w)(?!\s+(?:ke|tu|sau|lam viec|toi|nua|qua))",
)
def _ahead(match: re.Match[str], today: date) -> _Found | None:
    """Trong 30 ngày tới, 2 tuần nữa, nửa tháng tới, 7 ngày qua; "vài ngày" is a week, "vài tuần" three."""
    unit, word = unit_of(match["unit"]), match["n"]
    if word == "nua":
        unit, count = _HALVES.get(unit, ("day", 1))
    elif word in ("vai", "may"):
        count = 7 if unit == "day" else 3
    else:
        count = number(word)
    if match.groupdict().get("past"):
        return _fixed("ahead", (time.shift(today, unit, -count), today))
    return _fixed("ahead", (today, time.shift(today, unit, count)))


@_reads(r"{THANG}\s*(?P<a>1[0-2]|0?[1-9]){TO}{MONTH}(?!\s*/\s*\d{1,2}(?!\d)){YEAR}")
def _months(match: re.Match[str], today: date) -> _Found | None:
    """Tháng 3-5/2025, tháng 3 đến 5."""
    first, last = int(match["a"]), int(match["m"])
    return _yearly(match, today, "months", lambda y: time.months(y, first, last)) if first < last else None


@_reads(r"{QUY}\s*(?P<a>{ROMAN})(?:{TO}|\s*,\s*)(?P<q>{ROMAN})(?!\w){YEAR}")
def _quarters(match: re.Match[str], today: date) -> _Found | None:
    """Quý III, IV/2025; quý 1-2."""
    first, last = number(match["a"]), number(match["q"])
    return _yearly(match, today, "months", lambda y: time.months(y, 3 * first - 2, 3 * last)) if first < last else None


@_reads(
    r"(?:{QUY}|(?<!\w)q)\s*\.?\s*(?P<q>{ROMAN}|mot|hai|ba|tư|bon)(?!\w){YEAR}",
    r"{QUY}\s+(?P<q>dau|cuoi)\s+{NAM}{YEAR}",
)
def _quarter(match: re.Match[str], today: date) -> _Found | None:
    """Quý II/2025, q3, Q.II, quý cuối năm."""
    place = {"dau": 1, "cuoi": 4}.get(match["q"]) or number(match["q"])
    return _yearly(match, today, "quarter", lambda y: time.quarter(y, place))


@_reads(
    r"{THANG}\s*{MONTH}{YEAR}",
    r"{THANG}\s*{MONTH_NAME}{YEAR}",
    r"(?<!\w)(?<!sang )(?<!chieu )(?<!thu )(?:th\s?|t)\.?{MONTH}(?!\s*tuan)(?![\w.]){YEAR}",
    r"(?<![\d/.\-]){MONTH}\s*/\s*(?P<y>20\d\d)(?![\d/]|-\w)",
)
def _month(match: re.Match[str], today: date) -> _Found | None:
    """Tháng 6/2025, tháng sáu, T6, th 6, 6/2025."""
    place = number(match["m"])
    return _yearly(match, today, "month", lambda y: time.month(y, place))


@_reads(r"(?P<unit>{THANG}|{QUY}|{TUAN}|(?<!\w)(?<!viet )(?<!quang )(?<!ha )(?<!mien )nam)\s+{WHICH}")
def _relative(match: re.Match[str], today: date) -> _Found | None:
    """Tháng này, quý tới, tuần sau, năm ngoái; "những năm tới" has no bounds."""
    if _VAGUE.search(match.string[:match.start()]):
        return None
    unit = unit_of(match["unit"])
    return _fixed(unit, time.unit_around(unit, today, _offset(match)))


@_reads(r"(?<!\w)(?P<side>dau|giua|cuoi)\s*(?:{NAM}\s*)?(?P<y>20\d\d)(?!\d)")
def _part_of_year(match: re.Match[str], today: date) -> _Found | None:
    """Cuối năm 2026, đầu 2026."""
    return _yearly(match, today, "part", lambda y: time.part("year", match["side"], time.year(y)))


@_reads(
    "(?<!\\w)(?:(?:cac|nhung|may) thang )?(?P<side>dau|giua|cuoi)\\s+{UNIT}(?!\\w)(?!\\s*(?:\\d|[iv]+(?!\\w)|nao|may|\0|\1))",
    r"(?:(?<=den )|(?<=toi )|(?<=truoc )|(?<=trong ))het\s+{UNIT}(?!\w)"
    r"(?!\s*(?:\d|[iv]+(?!\w)|nao|may|nay|sau|toi|truoc|hoc|hien tai|ke|mot|hai|ba|tu))",
    r"(?<!\w)(?P<into>sang|qua)\s+{UNIT}(?!\w)(?!\s*\d)",
    r"(?<!\w)trong\s+{UNIT}(?=\s*(?:$|[?.,!;]|(?:co|phai|thi|la|can|khong|xong|minh|em|so)(?!\w)))",
)
def _bare(match: re.Match[str], today: date) -> _Found | None:
    """Cuối năm, đầu tháng; sang tháng; trong tháng: of the one that runs now, or the next."""
    unit = unit_of(match["unit"])
    if unit == "day":
        return None
    days = time.unit_around(unit, today, 1 if match.groupdict().get("into") else 0)
    which = match.groupdict().get("side")
    return _fixed("part", time.part(unit, which, days)) if which else _fixed(unit, days)


@_reads(
    r"(?<!\w)(?P<now>(?:ngay )?(?:hom|bua) nay|hnay)(?!\w)",
    r"(?:(?<=tu )|(?<=den )|(?<=toi ))(?P<now>nay|gio|bay gio|hien nay|hien tai)(?!\w)",
    r"(?<!\w)(?P<past>(?:ngay )?(?:hom|bua) qua|hqua)(?!\w)",
    r"(?<!\w)(?P<tomorrow>(?:ngay|sang|chieu|bua) mai|mai nay)(?!\w)",
    r"(?<!thuong )(?<!khuyen )(?<!\w)(?P<tomorrow>mai)(?=\s+(?:co|phai|la|toi han|den han|het han|han)(?!\w))",
    r"(?<!\w)(?P<after>(?:ngay|bua) (?:kia|mot))(?!\w)",
)
def _near_day(match: re.Match[str], today: date) -> _Found | None:
    """Hôm nay, ngày mai, hôm qua, từ nay."""
    named = next(iter(match.groupdict()))
    return _one_day(today + timedelta(days={"past": -1, "now": 0, "tomorrow": 1, "after": 2}[named]))


@_reads(r"(?<!chi )(?<!\w)tet(?:\s+(?:nguyen dan|am lich|ta|am))?(?!\s+(?:duong|tay))(?!\w){YEAR}")
def _tet(match: re.Match[str], today: date) -> _Found | None:
    """Mùng 1 to mùng 5: the next Tết not yet over; with "sau", "ra" before it also one of the last two months."""
    past = re.search(r"(?<!\w)(?:sau|ra|qua)\s*$", match.string[:match.start()])
    earliest = today - timedelta(days=60 if past else 4)
    _, _, year = _yearly(match, today, "holiday", time.year)
    years = (year,) if year else (today.year, today.year + 1)
    first = next((day for y in years if (day := time.tet(y)) and (year or day >= earliest)), None)
    return _fixed("holiday", (first, first + timedelta(days=4))) if first else None


@_reads(
    r"(?<![\w/.,\-])(?:giai doan\s+|gd\s+)?(?:{NAM}\s*)?(?P<a>20\d\d)\s*[-–]\s*(?:{NAM}\s*)?(?P<y>20\d\d)(?![\d/.%])",
)
def _years(match: re.Match[str], today: date) -> _Found | None:
    """Giai đoạn 2025-2026."""
    first, last = int(match["a"]), int(match["y"])
    return _fixed("years", (date(first, 1, 1), date(last, 12, 31))) if first < last else None


@_reads(
    r"{NAM}\s*(?P<y>(?:19|20)\d\d)(?!\d)",
    r"(?<!\w)moc\s+(?P<short>[2-4][05])(?![\d%.,/])(?!\s*%)",
    r"(?<![\w/.,\-]){NO_NUMBER}(?<!vu )(?P<y>20[2-5]\d)(?![\w%])(?!\s*(?:{COUNTED}|%|/\d|\.\d))",
)
def _year(match: re.Match[str], today: date) -> _Found | None:
    """Năm 2028; bare 2030 where it counts nothing; mốc 45."""
    named = match.groupdict()
    return _fixed("year", time.year(int(named.get("y") or f"20{named['short']}")))
