"""A deadline cell (thời gian hoàn thành) → what kind it is and its last allowed day.

The points of time in the wording are found first ("Quý II", "30/6", "năm 2025"); one point is that period, several are a
range. A period before its end ("trước quý III/2025") ends the day before; a day ("trước 30/6") is itself still allowed,
as officials use it.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from knowledge.model.deadline import Deadline
from knowledge.parsers.due_rules import is_recurring, rule_of
from knowledge.parsers.time_points import Point, find_points, spread, without_points
from knowledge.parsers.time_words import figures
from knowledge.text.normalize import nfc

_ONWARD = re.compile(r"\b(?:va|,)?\s*(?:nhung|cac) nam (?:tiep theo|tiep|sau|ke tiep)\b|\btro di\b|\bva tiep tuc\b")
_FROM = re.compile(r"^(?:bat dau )?(?:thuc hien )?(?:ke )?tu\b")
_FROM_NOW = re.compile(r"^tu (?:nay|khi ban hanh)(?: cho)? (?:den|toi)\b")
_VISION = re.compile(r"[,;(]?\s*(?:va )?(?:tam nhin|dinh huong)(?: den)?(?: nam)? 20\d\d\)?")
_CONDITION = re.compile(r"^(?:ngay )?sau (?:khi|thoi diem)\b|^(?:ngay )?khi (?:co|duoc)\b|^theo\b|^trong vong\b|^ngay sau\b")
_DATED_YET = re.compile(r"\btruoc\b|\bcham nhat\b|\bhoan thanh\b|\bmuon nhat\b|\bxong\b")
_FROM_HOUR = re.compile(r"^tu (?=\d{1,2}\s*(?:h|g|gio)\b)")
_OTHER_YEAR = re.compile(r"\bnam (?:(?:truoc|sau|tiep theo|ke tiep)\b|(?:truoc |sau )?lien ke\b)")
_BEFORE = re.compile(r"\btruoc(?:\s+(?:thoi diem|het))?\s*$")
_WORDS = frozenset("""
    truoc sau ngay thang nam quy dau giua cuoi het den trong tu va giai doan hoan thanh thuc hien cham nhat thuong xuyen hang moi
    dinh ky lien tuc lau dai nhung cac tiep theo tro di bat ke ban hanh trinh bao cao gui xong khi co huong dan duoc mot lan
    tuan nua thoi diem ii iii iv i cua trung uong tien do lo trinh yeu cau cap chinh phu bo nganh trien khai khoang du kien
    q qi qii qiii qiv qui t gd
    phe duyet ky tham quyen ke hoach vong lam viec
    muon khong qua nay gio phut ca tung thu hai ba tu nam sau bay chu nhat tam nhin huong tet nguyen dan hop thuong le han
    thoi gian nien quanh""".split())


def unify_blanks(text: str) -> str:
    """NFC with every run of blanks and line breaks as one blank."""
    return re.sub(r"\s+", " ", nfc(text)).strip()


def parse_deadline(text: str, today_year: int | None = None) -> Deadline:
    """The deadline that a cell's wording names. `today_year` stands in where a wording names no year ("trước 30/6")."""
    text = unify_blanks(text)
    folded = _FROM_HOUR.sub("", _FROM_NOW.sub("den", _plain(text)))
    folded = _VISION.sub("", folded) if find_points(_VISION.sub("", folded)) else folded
    points = find_points(folded)
    if _CONDITION.search(folded) and not _DATED_YET.search(folded) and not is_recurring(folded):
        return Deadline(text, "none")
    if is_recurring(folded):
        return Deadline(text, "recurring", start=_recurring_start(points), rrule=rule_of(folded, points))
    if not points:
        return Deadline(text, "none")
    years = _years(points, None if _OTHER_YEAR.search(folded) else today_year)
    if _ONWARD.search(folded) or (_FROM.search(folded) and len(points) == 1):
        return Deadline(text, "from_year_on", start=points[0].start(years[0]) if years[0] else None)
    return _from_points(text, folded, points, years)


def is_deadline(text: str) -> bool:
    """Whether a cell's whole text is a deadline: nothing in it but points of time and the words that go with them."""
    folded = _plain(unify_blanks(text))
    if not folded or len(folded) > 120:
        return False
    rest = without_points(folded)
    words = re.findall(r"[^\W\d_]+", rest)
    if any(word not in _WORDS for word in words):
        return False
    if re.search(r"\d{3}|[%≥≤><]", re.sub(r"\b0?\d (?:thang|quy|nam|ngay)", "", rest)):
        return False
    return bool(find_points(folded) or is_recurring(folded) or _CONDITION.search(folded))


def _plain(text: str) -> str:
    return figures(text).strip(" .;,")


def _years(points: list[Point], today_year: int | None) -> list[int | None]:
    """Each point's year; one that names none takes it from the next that does ("tháng 3 đến tháng 6 năm 2025")."""
    years: list[int | None] = []
    for index in range(len(points)):
        later = next((other.year for other in points[index:] if other.year), None)
        years.append(later or next((other.year for other in reversed(points[:index]) if other.year), None) or today_year)
    return years


def _from_points(text: str, folded: str, points: list[Point], years: list[int | None]) -> Deadline:
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
    if last.kind != "date" and not last.part and _BEFORE.search(spread(folded)[: last.span[0]]):
        end = last.start(last_year) - timedelta(days=1)
    return Deadline(text, last.kind, date=end)


def _recurring_start(points: list[Point]) -> date | None:
    point = next((point for point in points if point.year), None)
    return point.start(point.year) if point and point.year else None
