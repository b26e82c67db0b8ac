"""A deadline cell (thời gian hoàn thành) → what kind it is and its last allowed day.

The points of time in the wording are found first ("Quý II", "30/6", "năm 2025"); one point is that period, several are a
range. A period before its end ("trước quý III/2025") ends the day before; a day ("trước 30/6") is itself still allowed,
as officials use it.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from knowledge.model.deadline import Deadline, DeadlineKind
from knowledge.text.normalize import fold, nfc

_YEAR = r"(?P<{0}>(?:19|20)\d\d)"
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_POINT = re.compile(
    r"(?<![\d/.])(?:"
    r"(?:ngay\s*)?(?P<d1>[0-3]?\d)\s*[/.\-]\s*(?P<m1>[01]?\d)\s*[/.\-]\s*(?P<y1>(?:(?:19|20)\d\d|2\d(?=\s*$)))"
    + r"|ngay\s+(?P<d2>[0-3]?\d)\s+thang\s+(?P<m2>[01]?\d)(?:\s*,?\s*nam\s+" + _YEAR.format("y2") + r")?"
    r"|(?P<half>0?6 thang|nua)\s+(?P<side>dau|cuoi)\s+(?:nam\s*)?" + _YEAR.format("y3") + r"?"
    r"|(?P<months>0?[1-9]|1[01])\s+thang\s+dau\s+nam(?:\s*" + _YEAR.format("y0") + r")?"
    r"|(?:(?<![a-z])q\.?\s*|qu[yi]\s+)(?P<q>iv|i{1,3}|[1-4])(?:\s*(?:/|-|,?\s*nam)\s*" + _YEAR.format("y4") + r")?"
    r"|(?:(?:thang|(?<![a-z])t\.?)\s*)?(?P<m5>[01]?\d)\s*(?:[/.]|-|,?\s*nam)\s*" + _YEAR.format("y5")
    + r"|thang\s+(?P<m6>[01]?\d)"
    r"|(?P<d7>[0-3]?\d)/(?P<m7>[01]?\d)"
    r"|(?:nam\s*)?" + _YEAR.format("y8") +
    r")(?![\d]|[/\-][a-z\d]*[a-z])"
)
# "Quý II, III/2025", "tháng 6, 7/2025": the noun is said once for several numbers.
_SHARED_NOUN = re.compile(r"\b(quy|thang)\s+([ivx]+|\d{1,2})\s*(,|-|va|den)\s*(?=(?:[ivx]+|\d{1,2})\b(?!\s*/\s*\d{1,2}\b))")
_RECURRING = re.compile(r"\bthuong xuyen\b|\bhang (?:nam|thang|quy|tuan|ngay)\b|\bmoi (?:nam|thang|quy|tuan|ngay)\b|\bdinh ky\b"
                        r"|\blien tuc\b|\blau dai\b|\b\d+ (?:thang|nam|quy|tuan) (?:mot|1|01) lan\b"
                        r"|\b\d* ?(?:thang|nam|quy|tuan) ?/ ?lan\b|\bcac nam\b(?! (?:tiep|sau))")
_ONWARD = re.compile(r"\b(?:va|,)?\s*(?:nhung|cac) nam (?:tiep theo|tiep|sau|ke tiep)\b|\btro di\b|\bva tiep tuc\b")
_FROM = re.compile(r"^(?:bat dau )?(?:thuc hien )?(?:ke )?tu\b")
_CONDITION = re.compile(r"^(?:ngay )?sau (?:khi|thoi diem)\b|^(?:ngay )?khi (?:co|duoc)\b|^theo\b|^trong vong\b|^ngay sau\b")
_BEFORE = re.compile(r"\btruoc(?:\s+(?:thoi diem|het))?\s*$")
_WORDS = frozenset("""
    truoc sau ngay thang nam quy dau giua cuoi het den trong tu va giai doan hoan thanh thuc hien cham nhat thuong xuyen hang moi
    dinh ky lien tuc lau dai nhung cac tiep theo tro di bat ke ban hanh trinh bao cao gui xong khi co huong dan duoc mot lan
    tuan nua thoi diem ii iii iv i cua trung uong tien do lo trinh yeu cau cap chinh phu bo nganh trien khai khoang du kien
    q qi qii qiii qiv qui t gd
    phe duyet ky tham quyen ke hoach vong lam viec""".split())


@dataclass(frozen=True)
class _Point:
    """A period of time: its first and last day as (year, month, day) with the year perhaps unsaid."""

    kind: DeadlineKind
    year: int | None
    first: tuple[int, int]
    last: tuple[int, int]
    span: tuple[int, int]

    def start(self, year: int) -> date:
        return date(year, *self.first)

    def end(self, year: int) -> date:
        return date(year, *self.last)


def unify_blanks(text: str) -> str:
    """NFC with every run of blanks and line breaks as one blank."""
    return re.sub(r"\s+", " ", nfc(text)).strip()


def parse_deadline(text: str, today_year: int | None = None) -> Deadline:
    """The deadline that a cell's wording names. `today_year` stands in where a wording names no year ("trước 30/6")."""
    text = unify_blanks(text)
    folded = _plain(text)
    points = _points(folded)
    if _CONDITION.search(folded) and not re.search(r"\btruoc\b|\bcham nhat\b", folded):
        return Deadline(text, "none")
    if _RECURRING.search(folded):
        return Deadline(text, "recurring", start=_recurring_start(points), rrule=_rrule(folded, points))
    if not points:
        return Deadline(text, "none")
    years = _years(points, today_year)
    if _ONWARD.search(folded) or (_FROM.search(folded) and len(points) == 1):
        return Deadline(text, "from_year_on", start=points[0].start(years[0]) if years[0] else None)
    return _from_points(text, folded, points, years)


def is_deadline(text: str) -> bool:
    """Whether a cell's whole text is a deadline: nothing in it but points of time and the words that go with them."""
    folded = _plain(unify_blanks(text))
    if not folded or len(folded) > 120:
        return False
    rest = _POINT.sub(" ", _spread_nouns(folded))
    words = re.findall(r"[^\W\d_]+", rest)
    if any(word not in _WORDS for word in words):
        return False
    if re.search(r"\d{3}|[%≥≤><]", re.sub(r"\b0?\d (?:thang|quy|nam|ngay)", "", rest)):
        return False
    return bool(_points(folded) or _RECURRING.search(folded) or _CONDITION.search(folded))


def _plain(text: str) -> str:
    return re.sub(r"[–—−]", "-", fold(text)).strip(" .;,")


def _spread_nouns(folded: str) -> str:
    """"quý II, III/2025" → "quý II, quý III/2025"."""
    previous = None
    while previous != folded:
        previous, folded = folded, _SHARED_NOUN.sub(r"\1 \2 \3 \1 ", folded)
    return folded


def _points(folded: str) -> list[_Point]:
    found = (_point(match) for match in _POINT.finditer(_spread_nouns(folded)))
    return [point for point in found if point]


def _point(match: re.Match[str]) -> _Point | None:
    get = match.groupdict().get
    year_text = next((get(f"y{n}") for n in (0, 1, 2, 3, 4, 5, 8) if get(f"y{n}")), None)
    year = int(year_text) + (2000 if len(year_text) == 2 else 0) if year_text else None
    span = match.span()
    for day_key, month_key in (("d1", "m1"), ("d2", "m2"), ("d7", "m7")):
        if get(day_key):
            day, month = int(str(get(day_key))), int(str(get(month_key)))
            return _Point("date", year, (month, day), (month, day), span) if _is_day(year, month, day) else None
    if get("half"):
        first, last = ((1, 1), (6, 30)) if get("side") == "dau" else ((7, 1), (12, 31))
        return _Point("half", year, first, last, span)
    if get("months"):
        month = int(str(get("months")))
        return _Point("month", year, (1, 1), (month, calendar.monthrange(year or 2025, month)[1]), span)
    if get("q"):
        quarter = _ROMAN.get(str(get("q"))) or int(str(get("q")))
        return _Point("quarter", year, (quarter * 3 - 2, 1), (quarter * 3, 30 if quarter in (2, 3) else 31), span)
    if get("m5") or get("m6"):
        month = int(str(get("m5") or get("m6")))
        if not 1 <= month <= 12:
            return None
        return _Point("month", year, (month, 1), (month, calendar.monthrange(year or 2025, month)[1]), span)
    return _Point("year", year, (1, 1), (12, 31), span)


def _is_day(year: int | None, month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year or 2024, month)[1]


def _years(points: list[_Point], today_year: int | None) -> list[int | None]:
    """Each point's year; one that names none takes it from the next that does ("tháng 3 đến tháng 6 năm 2025")."""
    years: list[int | None] = []
    for index in range(len(points)):
        later = next((other.year for other in points[index:] if other.year), None)
        years.append(later or next((other.year for other in reversed(points[:index]) if other.year), None) or today_year)
    return years


def _from_points(text: str, folded: str, points: list[_Point], years: list[int | None]) -> Deadline:
    first, last = points[0], points[-1]
    first_year, last_year = years[0], years[-1]
    if len(points) > 1:
        if first_year is None or last_year is None:
            return Deadline(text, "range")
        start, end = first.start(first_year), last.end(last_year)
        return Deadline(text, "range", date=end, start=start) if start <= end else Deadline(text, "none")
    if last_year is None:
        return Deadline(text, last.kind)
    end = last.end(last_year)
    if last.kind != "date" and _BEFORE.search(_spread_nouns(folded)[: last.span[0]]):
        end = last.start(last_year) - timedelta(days=1)
    return Deadline(text, last.kind, date=end)


def _recurring_start(points: list[_Point]) -> date | None:
    year = next((point.year for point in points if point.year), None)
    return date(year, 1, 1) if year else None


def _rrule(folded: str, points: list[_Point]) -> str | None:
    """The RFC 5545 recurrence, where the wording names a period."""
    every = re.search(r"\b(\d+) (thang|nam|quy|tuan)(?: (?:mot|1|01) lan| ?/ ?lan)?\b", folded)
    if every and re.search(r"\bdinh ky\b|\blan\b|\bhang\b|\bmoi\b", folded) and not re.search(r"\bhang nam\b", folded):
        unit, factor = {"thang": ("MONTHLY", 1), "quy": ("MONTHLY", 3), "nam": ("YEARLY", 1), "tuan": ("WEEKLY", 1)}[every[2]]
        return f"FREQ={unit};INTERVAL={int(every[1]) * factor}"
    period = re.search(r"\b(?:hang|moi|dinh ky|cac) (nam|thang|quy|tuan|ngay)\b", folded)
    if not period:
        return None
    if period[1] == "nam":
        return "FREQ=YEARLY" + _day_of_year(points)
    if period[1] == "thang":
        day = re.search(r"\bngay (\d{1,2})\b", folded)
        return "FREQ=MONTHLY" + (f";BYMONTHDAY={int(day[1])}" if day and 1 <= int(day[1]) <= 31 else "")
    return {"quy": "FREQ=MONTHLY;INTERVAL=3", "tuan": "FREQ=WEEKLY", "ngay": "FREQ=DAILY"}[period[1]]


def _day_of_year(points: list[_Point]) -> str:
    point = next((p for p in points if p.kind in ("date", "month", "quarter", "half")), None)
    if not point:
        return ""
    month, day = point.last
    return f";BYMONTH={month};BYMONTHDAY={day if point.kind == 'date' else -1}"
