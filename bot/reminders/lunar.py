"""The Vietnamese lunar calendar (UTC+7) of the years 1900–2199, from the new moon and the sun's longitude.

Hồ Ngọc Đức's algorithm (https://www.informatik.uni-leipzig.de/~duc/amlich/calrules.html), after Jean Meeus.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from math import floor, pi, sin

_ZONE = 7 / 24
_JULIAN = 1_721_425  # the Julian day number of the day before 1/1/1
_FIRST_NEW_MOON = 2_415_021.076998695
_MONTH = 29.530588853


def solar(day: int, month: int, year: int) -> date | None:
    """The day in our calendar of a lunar one, of the month itself where it has a leap month too; None where there is no such day."""
    late = month >= 11
    start, number = _month11(year if late else year - 1), (month - 11) % 12
    first_number = floor(0.5 + (start - _FIRST_NEW_MOON) / _MONTH)
    leap = _leap_offset(start) if _month11(year + 1 if late else year) - start > 365 else None
    offset = number + (1 if leap is not None and number >= leap else 0)
    first = _new_moon_day(first_number + offset)
    length = _new_moon_day(first_number + offset + 1) - first
    return date.fromordinal(first + day - 1 - _JULIAN) if 1 <= day <= length else None


def tet(year: int) -> date:
    """Mùng 1 Tết of a year."""
    first = solar(1, 1, year)
    assert first is not None
    return first


def next_solar(day: int, month: int, earliest: date) -> date | None:
    """The first such lunar day not before a day; None where the next years have none."""
    years = range(earliest.year - 1, earliest.year + 4)
    return next((found for year in years if (found := solar(day, month, year)) and found >= earliest), None)


@lru_cache(maxsize=4096)
def _new_moon_day(number: int) -> int:
    """The Julian day of a new moon, counted from 1/1/1900."""
    t = number / 1236.85
    dr = pi / 180
    moment = (2_415_020.75933 + 29.53058868 * number + 0.0001178 * t**2 - 0.000000155 * t**3
              + 0.00033 * sin((166.56 + 132.87 * t - 0.009173 * t**2) * dr))
    sun = 359.2242 + 29.10535608 * number - 0.0000333 * t**2 - 0.00000347 * t**3
    moon = 306.0253 + 385.81691806 * number + 0.0107306 * t**2 + 0.00001236 * t**3
    node = 21.2964 + 390.67050646 * number - 0.0016528 * t**2 - 0.00000239 * t**3
    correction = ((0.1734 - 0.000393 * t) * sin(sun * dr) + 0.0021 * sin(2 * dr * sun) - 0.4068 * sin(moon * dr)
                  + 0.0161 * sin(dr * 2 * moon) - 0.0004 * sin(dr * 3 * moon) + 0.0104 * sin(dr * 2 * node)
                  - 0.0051 * sin(dr * (sun + moon)) - 0.0074 * sin(dr * (sun - moon)) + 0.0004 * sin(dr * (2 * node + sun))
                  - 0.0004 * sin(dr * (2 * node - sun)) - 0.0006 * sin(dr * (2 * node + moon)) + 0.0010 * sin(dr * (2 * node - moon))
                  + 0.0005 * sin(dr * (2 * moon + sun)))
    delay = -0.000278 + 0.000265 * t + 0.000262 * t**2
    return floor(moment + correction - delay + 0.5 + _ZONE)


@lru_cache(maxsize=4096)
def _sun_sector(day: int) -> int:
    """Which twelfth of its way the sun is in when a Julian day begins: 0 from the spring equinox on."""
    t = (day - 0.5 - _ZONE - 2_451_545.0) / 36_525
    dr = pi / 180
    anomaly = 357.52910 + 35_999.05030 * t - 0.0001559 * t**2 - 0.00000048 * t**3
    mean = 280.46645 + 36_000.76983 * t + 0.0003032 * t**2
    centre = ((1.914600 - 0.004817 * t - 0.000014 * t**2) * sin(dr * anomaly)
              + (0.019993 - 0.000101 * t) * sin(dr * 2 * anomaly) + 0.000290 * sin(dr * 3 * anomaly))
    return floor((mean + centre) % 360 / 30)


@lru_cache(maxsize=1024)
def _month11(year: int) -> int:
    """The Julian day on which the lunar month with the winter solstice begins."""
    number = floor((date(year, 12, 31).toordinal() + _JULIAN - 2_415_021) / _MONTH)
    first = _new_moon_day(number)
    return _new_moon_day(number - 1) if _sun_sector(first) >= 9 else first


def _leap_offset(month11: int) -> int:
    """How many months after month 11 the leap month comes: the first in which the sun enters no new twelfth."""
    number = floor(0.5 + (month11 - _FIRST_NEW_MOON) / _MONTH)
    sectors = [_sun_sector(_new_moon_day(number + i)) for i in range(1, 15)]
    return next(i for i, (a, b) in enumerate(zip(sectors, sectors[1:]), 1) if a == b)
