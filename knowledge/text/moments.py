"""The single times that a text names: a day, a week, a month, a quarter, a part of a year, a year.

Each pattern of `_PATTERNS` reads one way of writing; earlier ones take their words away from later ones. They see the text as
`time_words.plain` gives it. How a time is meant ("trước …", "từ … đến …") is `periods`' business.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from knowledge.text import spans_of_time as time
from knowledge.text.spans_of_time import Days


@dataclass(frozen=True)
class Moment:
    """A time named in a text, at `span`. `unit`: day, week, month, quarter, half, year, holiday, ahead (from today on).

    `in_year` gives the days in any year; `year` is None where the text leaves it open.
    """

    unit: str
    span: tuple[int, int]
    in_year: Callable[[int], Days]
    year: int | None

    def days(self, default_year: int) -> Days:
        """First and last day, in the default year if the text names none."""
        return self.in_year(self.year or default_year)


Found = tuple[str, Callable[[int], Days], int | None]
Reader = Callable[[re.Match[str], date], "Found | None"]

# What the keyboard makes of the words: missing and doubled letters, Telex left over.
_THANG = r"(?<!\w)(?:thang|thag|thagn|thnag|tahng|thangs|thanfg|thg|than(?=\s*\d))"
_NAM = r"(?<!\w)(?<!viet )(?:nam|namw|nawm|năm|nma|nam(?=\d))"
_QUY = r"(?<!\w)(?:qu[yi]|qu[yi]s|quys)"
_TUAN = r"(?<!\w)(?:tuan|tuanf|tuaanf|tuna)"
_UNIT = {"thang": "month", "thag": "month", "thg": "month", "quy": "quarter", "qui": "quarter", "tuan": "week", "nam": "year",
         "ngay": "day", "hom": "day", "bua": "day", "t": "month"}
_DAY = r"(?P<d>3[01]|[12]\d|0?[1-9])"
_MONTH = r"(?P<m>1[0-2]|0?[1-9])(?!\d)"
_MONTH_WORD = (r"(?P<m>1[0-2](?!\d)|0?[1-9](?!\d)|(?:gieng|mot|hai|ba|tư|sáu|bay|tam|chin|muoi mot|muoi hai|muoi|chap)(?!\w)"
               r"|(?:tu|nam)(?=\s*(?:$|[?.!,]|20\d\d|nam\s+20)))")
_NEXT = r"(?:sau|ke tiep|tiep theo|ke|toi(?!\s*han))(?!\w)"
_LAST = r"(?:truoc(?!\s+khi)|ngoai|vua roi|vua qua|roi|qua)(?!\w)"
_THIS = r"(?:nay|hien tai|hien nay)(?!\w)"
_YEAR_TAIL = (
    r"(?:\s*[/.,\-–]?\s*(?:cua\s+)?(?:" + _NAM + r"\s*)?(?P<y>20\d\d)(?!\d)"
    r"|\s*/\s*(?P<yy>[2-4]\d)(?![\d/])"
    r"|\s*,?\s*(?:cua\s+)?" + _NAM + r"\s+(?:(?P<ynow>" + _THIS + r")|(?P<ynext>" + _NEXT + r")|(?P<ylast>" + _LAST + r"))"
    r"|\s+(?P<soon>(?:sap\s+)?toi(?!\s*han)|nay)(?!\w))?"
)
_COUNT = r"(?P<n>\d{1,3}|mot|hai|ba|bon|nam|sáu|sau|bay|tam|chin|muoi|nua|vai|may)"
_NUMBERS = {"mot": 1, "hai": 2, "ba": 3, "tư": 4, "tu": 4, "bon": 4, "nam": 5, "sáu": 6, "sau": 6, "bay": 7, "tam": 8, "chin": 9,
            "muoi": 10, "muoi mot": 11, "muoi hai": 12, "gieng": 1, "chap": 12, "i": 1, "ii": 2, "iii": 3, "iv": 4, "dau": 1, "cuoi": 4}
_HALF_UNITS = {"month": ("day", 15), "year": ("month", 6), "week": ("day", 3), "quarter": ("day", 45)}
_VAGUE = re.compile(r"(?<!\w)(?:nhung|cac|may|nhieu|hang|moi)\s*$")


def find_moments(text: str, today: date) -> list[Moment]:
    """The times named in a plain text, from left to right, none overlapping."""
    found: list[Moment] = []
    for pattern, reader in _PATTERNS:
        for match in list(pattern.finditer(text)):
            read = reader(match, today)
            if read is None:
                continue
            unit, in_year, year = read
            found.append(_narrowed(Moment(unit, match.span(), in_year, year), text))
            text = text[:match.start()] + "\1" * len(match.group()) + text[match.end():]
    return sorted(found, key=lambda moment: moment.span)


def _narrowed(moment: Moment, text: str) -> Moment:
    """With "đầu", "giữa" or "cuối" before it, the part of the period that is meant."""
    before = re.search(r"(?<!\w)(dau|giua|cuoi)\s*$", text[:moment.span[0]])
    if not before or moment.unit not in ("week", "month", "quarter", "year"):
        return moment
    which, unit, whole = before.group(1), moment.unit, moment.in_year
    return replace(moment, unit="part", span=(before.start(), moment.span[1]), in_year=lambda y: time.part(unit, which, whole(y)))


def _number(word: str) -> int:
    return int(word) if word.isdigit() else _NUMBERS[word]


def _year_of(match: re.Match[str], today: date) -> int | None:
    groups = match.groupdict()
    if groups.get("y"):
        return int(groups["y"])
    if groups.get("yy"):
        return 2000 + int(groups["yy"])
    for name, offset in (("ynow", 0), ("ynext", 1), ("ylast", -1)):
        if groups.get(name):
            return today.year + offset
    return None


def _fixed(unit: str, days: Days) -> Found:
    return unit, lambda _: days, days[0].year


def _in_year(match: re.Match[str], today: date, unit: str, in_year: Callable[[int], Days]) -> Found:
    """A period of the named year, or with "tới" ("tháng 1 tới") the next one that is not over."""
    year = _year_of(match, today)
    if year is None and (match.groupdict().get("soon") or "").endswith("toi"):
        year = today.year if in_year(today.year)[1] >= today else today.year + 1
    return unit, in_year, year


def _day(match: re.Match[str], today: date) -> Found | None:
    day, month = int(match["d"]), int(match["m"])
    try:
        date(2024, month, day)  # a leap year: 29/02 is a day
    except ValueError:
        return None

    def in_year(number: int) -> Days:
        last = time.month(number, month)[1].day
        return (date(number, month, min(day, last)),) * 2

    return _in_year(match, today, "day", in_year)


def _full_date(match: re.Match[str], today: date) -> Found | None:
    year = int(match["year"]) + (2000 if len(match["year"]) == 2 else 0)
    try:
        day = date(year, int(match["m"]), int(match["d"]))
    except ValueError:
        return None
    return _fixed("day", (day, day))


def _day_of_month(match: re.Match[str], today: date) -> Found | None:
    offset = 1 if match["next"] else -1 if match["last"] else 0
    first, last = time.unit_around("month", today, offset)
    number = int(match["d"])
    return _fixed("day", (first.replace(day=number),) * 2) if number <= last.day else None


def _month(match: re.Match[str], today: date) -> Found | None:
    number = _number(match["m"])
    return _in_year(match, today, "month", lambda y: time.month(y, number))


def _months(match: re.Match[str], today: date) -> Found | None:
    first, last = int(match["a"]), int(match["m"])
    return _in_year(match, today, "months", lambda y: time.months(y, first, last)) if first < last else None


def _quarter(match: re.Match[str], today: date) -> Found | None:
    number = _number(match["q"])
    return _in_year(match, today, "quarter", lambda y: time.quarter(y, number))


def _quarters(match: re.Match[str], today: date) -> Found | None:
    first, last = _number(match["a"]), _number(match["q"])
    return _in_year(match, today, "months", lambda y: time.months(y, 3 * first - 2, 3 * last)) if first < last else None


def _months_of_year(match: re.Match[str], today: date) -> Found | None:
    word = match.groupdict().get("n")
    count = 6 if word in (None, "nua") else _number(word or "")
    count *= 3 if match.groupdict().get("quarters") else 1
    if not 0 < count < 12:
        return None
    first, last = (1, count) if match["side"] == "dau" else (13 - count, 12)
    return _in_year(match, today, "half", lambda y: time.months(y, first, last))


def _part_of_year(match: re.Match[str], today: date) -> Found | None:
    which = match["side"]
    return _in_year(match, today, "part", lambda y: time.part("year", which, time.year(y)))


def _year(match: re.Match[str], today: date) -> Found | None:
    return _fixed("year", time.year(int(match["y"])))


def _years(match: re.Match[str], today: date) -> Found | None:
    first, last = int(match["a"]), int(match["y"])
    return _fixed("years", (date(first, 1, 1), date(last, 12, 31))) if first < last else None


def _relative(match: re.Match[str], today: date) -> Found | None:
    if _VAGUE.search(match.string[:match.start()]):
        return None
    unit = _UNIT[re.sub(r"[sfw]$|n(?=g$)", lambda m: m.group() if m.group() == "n" else "", match["unit"]).rstrip()]
    offset = 1 if match["next"] else -1 if match["last"] else 0
    return _fixed(unit, time.unit_around(unit, today, offset))


def _bare(match: re.Match[str], today: date) -> Found | None:
    unit = _UNIT[match["unit"]]
    days = time.unit_around(unit, today, 1 if match.re is _GOING_INTO else 0)
    which = match.groupdict().get("side")
    return _fixed("part" if which else unit, time.part(unit, which, days) if which else days)


def _ahead(match: re.Match[str], today: date) -> Found | None:
    unit, word = _UNIT[match["unit"]], match["n"]
    if word == "nua":
        if unit not in _HALF_UNITS:
            return None
        unit, count = _HALF_UNITS[unit]
    else:
        count = {"vai": 3, "may": 3}.get(word) or _number(word)
        count = 7 if unit == "day" and word in ("vai", "may") else count
    if match.groupdict().get("past"):
        return _fixed("ahead", (time.shift(today, unit, -count), today))
    return _fixed("ahead", (today, time.shift(today, unit, count)))


def _near_day(match: re.Match[str], today: date) -> Found | None:
    offset = next(days for word, days in _NEAR_DAYS if re.fullmatch(word, match.group()))
    day = today + timedelta(days=offset)
    return _fixed("day", (day, day))


def _weekday(match: re.Match[str], today: date) -> Found | None:
    place = 6 if not match["w"] else _number(match["w"]) - 2
    monday = time.week(today)[0] + timedelta(weeks=1 if match["next"] else -1 if match["last"] else 0)
    day = monday + timedelta(days=place)
    if match["soon"] and day < today:
        day += timedelta(weeks=1)
    return _fixed("day", (day, day))


def _tet(match: re.Match[str], today: date) -> Found | None:
    """Mùng 1 to mùng 5: the next Tết not yet over; with "sau", "ra" before it also one of the last two months."""
    year = _year_of(match, today)
    past = re.search(r"(?<!\w)(?:sau|ra|qua)\s*$", match.string[:match.start()])
    limit = today - timedelta(days=60 if past else 4)
    first = time.tet(year) if year else next((t for y in (today.year, today.year + 1) if (t := time.tet(y)) and t >= limit), None)
    return _fixed("holiday", (first, first + timedelta(days=4))) if first else None


def _holiday(match: re.Match[str], today: date) -> Found | None:
    return _in_year(match, today, "holiday", lambda y: (date(y, 9, 2),) * 2)


_NEAR_DAYS = (
    (r"(?:ngay )?(?:hom|bua) nay|hnay|hn|nay|gio|bay gio|hien nay|hien tai", 0), (r"(?:ngay )?(?:hom|bua) qua|hqua", -1),
    (r"(?:ngay|sang|chieu|bua) mai|mai nay|mai", 1), (r"(?:ngay|bua) (?:kia|mot)", 2),
)
_GOING_INTO = re.compile(r"(?<!\w)(?:sang|qua)\s+(?P<unit>thang|tuan|quy|nam)(?!\w)(?!\s*\d)")
_UNITS_AHEAD = r"\s*(?P<unit>ngay|hom|bua|tuan|thang|quy|nam)(?:\s+lam viec)?"
_NOT_COUNTED = (r"(?!\s*(?:doanh nghiep|dn|nguoi|ty|trieu|nghin|ngan|dong|to chuc|san pham|don vi|ho|nhiem vu|nv|chi tieu|xa|%|/\d|\.\d))")
_LEADS = r"(?:(?<=truoc )|(?<=sau )|(?<=den )|(?<=het )|(?<=tu )|(?<=toi )|(?<=han )|(?<=vao )|(?<=nhat )|(?<=la )|(?<=le )|(?<=dip )|(?<=moc )|(?<=chot )|(?<=qua )|(?<=\d-)|(?<=\d - )|(?<=\d – )|(?<=\d–))"

_PATTERNS: tuple[tuple[re.Pattern[str], Reader], ...] = tuple((re.compile(p) if isinstance(p, str) else p, r) for p, r in (
    # Days
    (r"(?<![\d/.\-])(?:ngay\s*)?" + _DAY + r"\s*(?P<sep>[/.\-])\s*" + _MONTH + r"\s*(?P=sep)\s*(?P<year>20\d\d|[2-4]\d)(?![\d/])", _full_date),
    (r"(?<![\d\-])(?P<year>20\d\d)-(?P<m>0\d|1[0-2])-(?P<d>[0-3]\d)(?!\d)", _full_date),
    (r"(?<!\w)(?:(?:ngay|mung|mong)\s*|(?<!vu )(?<!so )(?<!nv )(?<!tieu ))" + _DAY + r"\s*" + _THANG + r"\s*" + _MONTH + _YEAR_TAIL, _day),
    (r"(?<!\w)ngay\s*" + _DAY + r"\s*(?:thang\s+(?:nay|(?P<next>" + _NEXT + r")|(?P<last>" + _LAST + r")))", _day_of_month),
    (r"(?<!\w)ngay\s*" + _DAY + r"\s*[/.]\s*" + _MONTH + r"(?!\s*[/.]\s*\d)" + _YEAR_TAIL, _day),
    (r"(?<![\d/.])(?!24/7)" + _DAY + r"/" + _MONTH + r"(?=\s*(?:-|–|den|toi)\s*\d{1,2}/\d)(?!\s*/)", _day),
    (_LEADS + r"(?!24/7)" + _DAY + r"/" + _MONTH + r"(?!\s*[/%]|\.\d)" + _YEAR_TAIL, _day),
    (r"(?<!\w)(?:thu\s*(?P<w>[2-7]|hai|ba|tư|tu|nam|sáu|sau|bay)|chu nhat|cn)(?!\w)\s*(?:tuan\s+(?:nay|(?P<next>" + _NEXT + r")|(?P<last>" + _LAST
     + r"))|(?P<soon>nay|toi(?!\s*han)))(?!\w)", _weekday),
    # Parts of a year counted in months: "6 tháng đầu năm 2026", "nửa cuối năm", "hai quý đầu năm"
    (r"(?<!\w)" + _COUNT + r"\s*(?:thang|thag|thg)\s*(?P<side>dau|cuoi)(?!\w)(?:\s*cua)?(?:\s*" + _NAM + r"(?!\s*20))?" + _YEAR_TAIL, _months_of_year),
    (r"(?<!\w)" + _COUNT + r"\s*(?P<quarters>quy)\s*(?P<side>dau|cuoi)(?:\s*" + _NAM + r"(?!\s*20))?" + _YEAR_TAIL, _months_of_year),
    (r"(?<!\w)nua\s*(?:" + _NAM + r"\s*)?(?P<side>dau|cuoi)(?!\w)(?:\s*cua)?(?:\s*" + _NAM + r"(?!\s*20))?" + _YEAR_TAIL, _months_of_year),
    # From today on, or back: "30 ngày tới", "2 tuần nữa", "trong vòng 10 ngày", "7 ngày qua"
    (r"(?<!\w)(?:trong\s+)?(?:vong\s+)?(?:khoang\s+)?" + _COUNT + _UNITS_AHEAD + r"\s+(?:nua|sap toi|" + _NEXT + r")", _ahead),
    (r"(?<!\w)(?:trong\s+)?(?:vong\s+)?" + _COUNT + _UNITS_AHEAD + r"\s+(?P<past>gan day|gan nhat|" + _LAST + r")", _ahead),
    (r"(?<!\w)trong\s+vong\s+" + _COUNT + _UNITS_AHEAD + r"(?!\w)(?!\s+(?:ke|tu|sau))", _ahead),
    (r"(?<!\w)trong\s+" + _COUNT + r"\s*(?P<unit>ngay|tuan)(?!\w)(?!\s+(?:ke|tu|sau|lam viec|toi|nua|qua))", _ahead),
    # Months and quarters
    (_THANG + r"\s*(?P<a>1[0-2]|0?[1-9])\s*(?:-|–|den|toi|va)\s*(?:het\s*)?" + _MONTH + r"(?!\s*/\s*\d{1,2}(?!\d))" + _YEAR_TAIL, _months),
    (_QUY + r"\s*(?P<a>iii|ii|i|[1-3])\s*(?:-|–|den|toi|va|,)\s*(?P<q>iv|i{1,3}|[1-4])(?!\w)" + _YEAR_TAIL, _quarters),
    (r"(?:" + _QUY + r"|(?<!\w)q)\s*\.?\s*(?P<q>iv|i{1,3}|[1-4]|mot|hai|ba|tư|bon)(?!\w)" + _YEAR_TAIL, _quarter),
    (_QUY + r"\s+(?P<q>dau|cuoi)\s+" + _NAM + _YEAR_TAIL, _quarter),
    (_THANG + r"\s*" + _MONTH_WORD + _YEAR_TAIL, _month),
    (r"(?<![\w])(?<!sang )(?<!chieu )(?<!thu )(?:th\s?|t)\.?" + _MONTH + r"(?!\s*tuan)(?![\w.])" + _YEAR_TAIL, _month),
    (r"(?<![\d/.\-])" + _MONTH + r"\s*/\s*(?P<y>20\d\d)(?![\d/]|-\w)", _month),
    # Weeks, months, quarters, years from now
    (r"(?P<unit>" + _THANG + "|" + _QUY + "|" + _TUAN + r"|(?<!\w)(?<!viet )(?<!quang )(?<!ha )(?<!mien )nam)\s+(?:" + _THIS
     + r"|(?P<next>" + _NEXT + r")|(?P<last>" + _LAST + r"))", _relative),
    (r"(?<!\w)(?P<side>dau|giua|cuoi)\s*(?:" + _NAM + r"\s*)?(?P<y>20\d\d)(?!\d)", _part_of_year),
    (r"(?<!\w)(?:cac thang |nhung thang |may thang )?(?P<side>dau|giua|cuoi)\s+(?P<unit>thang|quy|tuan|nam)(?!\w)(?!\s*(?:\d|i|v|nao|may|\0))", _bare),
    (_GOING_INTO, _bare),
    (r"(?<!\w)trong\s+(?P<unit>thang|quy|tuan|nam)(?=\s*(?:$|[?.,!;]|(?:co|phai|thi|la|can|khong|xong|minh|em|so)(?!\w)))", _bare),
    # Single days near now
    (r"(?<!\w)(?:(?:ngay )?(?:hom|bua) (?:nay|qua)|hnay|hqua|(?:ngay|sang|chieu|bua) mai|mai nay|(?:ngay|bua) (?:kia|mot))(?!\w)", _near_day),
    (r"(?:(?<=tu )|(?<=tu gio )|(?<=den )|(?<=toi ))(?:nay|gio|bay gio|hien nay|hien tai)(?!\w)", _near_day),
    (r"(?<!thuong )(?<!khuyen )(?<!\w)mai(?=\s+(?:co|phai|la|toi han|den han|het han|han)(?!\w))", _near_day),
    # Holidays
    (r"(?<!chi )(?<!\w)tet(?:\s+(?:nguyen dan|am lich|ta|am))?(?!\s+(?:duong|tay))(?!\w)" + _YEAR_TAIL, _tet),
    (r"(?<!\w)quoc khanh(?!\w)" + _YEAR_TAIL, _holiday),
    # Years
    (r"(?<![\w/.,\-])(?:giai doan\s+|gd\s+)?(?:" + _NAM + r"\s*)?(?P<a>20\d\d)\s*[-–]\s*(?:" + _NAM + r"\s*)?(?P<y>20\d\d)(?![\d/.%])", _years),
    (_NAM + r"\s*(?P<y>(?:19|20)\d\d)(?!\d)", _year),
    (r"(?<![\w/.,\-])(?<!so )(?<!vu )(?P<y>20[2-5]\d)(?![\w%])" + _NOT_COUNTED, _year),
    (r"(?:(?<=truoc )|(?<=den )|(?<=tu )|(?<=sau ))ngay\s*" + _DAY + r"(?![\d/.\-])(?!\s*(?:thang|ngay|nhiem|viec|hang|moi))(?P<next>\0)?(?P<last>\0)?", _day_of_month),
))
