"""Times in words: on a Wednesday, 10/12/2025, at 09:00; lunar days against the calendar as published."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reminders import lunar
from bot.reminders.calendar import ZONE
from bot.reminders.sayings import recurrence
from bot.reminders.spoken import mend
from bot.reminders.times import At, Every, Lead, Unclear, read_time
from knowledge.text.spans_of_time import tet

NOW = datetime(2025, 12, 10, 9, 0, tzinfo=ZONE)


def when(text: str, now: datetime = NOW) -> str:
    found = read_time(mend(text), now).when
    if isinstance(found, At):
        return f"{found.moment:%Y-%m-%d %H:%M}"
    if isinstance(found, Lead):
        return f"-{found.days}"
    return found.rrule if isinstance(found, Every) else "?" if isinstance(found, Unclear) else ""


@pytest.mark.parametrize(("text", "expected"), [
    # days
    ("mai", "2025-12-11 07:30"), ("ngày mai", "2025-12-11 07:30"), ("mốt", "2025-12-12 07:30"), ("ngày kia", "2025-12-12 07:30"),
    ("hôm nay", "2025-12-10 07:30"), ("hôm qua", "2025-12-09 07:30"),
    ("thứ sáu", "2025-12-12 07:30"), ("thu sau", "2025-12-12 07:30"), ("t6", "2025-12-12 07:30"), ("T6 này", "2025-12-12 07:30"),
    ("thứ tư", "2025-12-17 07:30"), ("thứ hai", "2025-12-15 07:30"), ("chủ nhật", "2025-12-14 07:30"), ("cn", "2025-12-14 07:30"),
    ("thứ 6 tuần sau", "2025-12-19 07:30"), ("thứ sáu tuần tới", "2025-12-19 07:30"), ("thứ 2 tuần này", "2025-12-08 07:30"),
    ("tuần sau", "2025-12-15 07:30"), ("đầu tuần sau", "2025-12-15 07:30"), ("cuối tuần", "2025-12-12 07:30"),
    ("giữa tuần sau", "2025-12-17 07:30"), ("cuối tuần sau", "2025-12-19 07:30"),
    ("30/4", "2026-04-30 07:30"), ("vào 30/4/2027", "2027-04-30 07:30"), ("30-4-26", "2026-04-30 07:30"), ("5.1.2026", "2026-01-05 07:30"),
    ("2026-03-08", "2026-03-08 07:30"), ("15 tháng 3", "2026-03-15 07:30"), ("ngày 15 tháng ba năm 2026", "2026-03-15 07:30"),
    ("ngày 15", "2025-12-15 07:30"), ("ngày 5", "2026-01-05 07:30"), ("ngày 5 tháng sau", "2026-01-05 07:30"),
    ("mùng 5 tháng sau", "2026-01-05 07:30"), ("10/12", "2025-12-10 07:30"), ("9/12", "2026-12-09 07:30"), ("29/2", "2028-02-29 07:30"),
    ("cuối tháng", "2025-12-31 07:30"), ("cuối tháng sau", "2026-01-30 07:30"), ("đầu tháng sau", "2026-01-02 07:30"),
    ("giữa tháng 1", "2026-01-15 07:30"), ("tháng sau", "2026-01-02 07:30"), ("cuối quý", "2025-12-31 07:30"),
    ("đầu quý 2", "2026-04-01 07:30"), ("cuối quý II/2026", "2026-06-30 07:30"), ("cuối năm", "2025-12-31 07:30"),
    ("cuối tháng 4", "2026-04-29 07:30"), ("tháng 3", "2026-03-02 07:30"), ("đầu năm 2027", "2027-01-04 07:30"),
    ("2 tuần nữa", "2025-12-24 07:30"), ("2 tuan nua", "2025-12-24 07:30"), ("3 hôm nữa", "2025-12-13 07:30"),
    ("sau 3 ngày", "2025-12-13 07:30"), ("một tháng nữa", "2026-01-10 07:30"), ("nửa tháng nữa", "2025-12-25 07:30"),
    ("vài ngày nữa", "2025-12-13 07:30"), ("mười lăm ngày nữa", "2025-12-25 07:30"), ("trước 30/6", "2026-06-29 07:30"),
    # hours
    ("8h sáng mai", "2025-12-11 08:00"), ("8 giờ sáng mai", "2025-12-11 08:00"), ("8g30 sáng mai", "2025-12-11 08:30"),
    ("8:05 mai", "2025-12-11 08:05"), ("lúc 14:00 mai", "2025-12-11 14:00"), ("7 rưỡi sáng mai", "2025-12-11 07:30"),
    ("tám giờ rưỡi sáng mai", "2025-12-11 08:30"), ("9 giờ kém 15 sáng mai", "2025-12-11 08:45"), ("8 sáng mai", "2025-12-11 08:00"),
    ("3h chiều mai", "2025-12-11 15:00"), ("3h mai", "2025-12-11 15:00"), ("6h mai", "2025-12-11 06:00"),
    ("12h trưa mai", "2025-12-11 12:00"),
    ("1h trưa mai", "2025-12-11 13:00"), ("8h tối mai", "2025-12-11 20:00"), ("tối nay lúc 8h", "2025-12-10 20:00"),
    ("12h đêm mai", "2025-12-12 00:00"), ("24h mai", "2025-12-12 00:00"), ("chiều mai", "2025-12-11 14:00"),
    ("trưa mai", "2025-12-11 11:30"),
    ("đầu giờ chiều mai", "2025-12-11 13:30"), ("cuối giờ chiều nay", "2025-12-10 16:30"), ("8h", "2025-12-11 08:00"),
    ("10h", "2025-12-10 10:00"), ("2 tiếng nữa", "2025-12-10 11:00"), ("30 phút nữa", "2025-12-10 09:30"),
    ("sau 1 tiếng rưỡi", "2025-12-10 10:30"),
    # before the deadline
    ("trước 2 tuần", "-14"), ("trước 2 tuàn", "-14"), ("truoc 2 tuan", "-14"), ("trước hạn 10 ngày", "-10"),
    ("trước thời hạn 1 tháng", "-30"),
    ("10 ngày trước hạn", "-10"), ("một tuần trước khi hết hạn", "-7"), ("sớm 3 ngày", "-3"), ("khi còn 5 ngày", "-5"),
    ("trước nửa tháng", "-15"), ("trước 1 quý", "-90"), ("đúng hạn", "-0"), ("vào ngày hết hạn", "-0"), ("trước 15 ngày", "-15"),
    # the lunar calendar
    ("rằm tháng giêng", "2026-03-03 07:30"), ("ram thang gieng", "2026-03-03 07:30"), ("rằm tháng 7", "2026-08-27 07:30"),
    ("rằm", "2026-01-03 07:30"), ("mùng 1 tết", "2026-02-17 07:30"), ("mồng 3 tết", "2026-02-19 07:30"), ("giao thừa", "2026-02-16 07:30"),
    ("23 tháng chạp", "2026-02-10 07:30"), ("10/3 âm lịch", "2026-04-26 07:30"), ("mùng 10 tháng 3 âm lịch", "2026-04-26 07:30"),
    ("giỗ tổ", "2026-04-26 07:30"), ("trung thu", "2026-09-25 07:30"), ("trước tết 1 tuần", "2026-02-10 07:30"),
    ("2 tuần trước tết", "2026-02-03 07:30"), ("5 ngày sau tết", "2026-02-22 07:30"),
    # what can't be
    ("31/2", "?"), ("30/2/2026", "?"), ("31 tháng 4", "?"), ("25h", "?"), ("8h75", "?"), ("trước 2 tiếng", "?"), ("16h sáng", "?"),
    ("30 tháng chạp năm 2025", "?"),
    # no times
    ("nhiệm vụ 18", ""), ("nhiệm vụ 5.10", ""), ("chỉ tiêu 3.1", ""), ("Nghị quyết 57", ""), ("Thái Nguyên", ""), ("năm ngành", ""),
    ("", ""),
    ("tôi", ""), ("hải quan", ""), ("thu ngân sách", ""), ("24/7", ""),
])
def test_times_are_read_as_meant(text: str, expected: str) -> None:
    assert when(text) == expected


@pytest.mark.parametrize(("text", "said"), [
    ("mỗi sáng thứ hai", "07:30 thứ Hai hằng tuần"), ("thứ 6 hằng tuần lúc 15h", "15:00 thứ Sáu hằng tuần"),
    ("thứ hai và thứ năm hàng tuần", "07:30 thứ Hai, thứ Năm hằng tuần"), ("mỗi tuần vào thứ 3", "07:30 thứ Ba hằng tuần"),
    ("chiều thứ sáu hàng tuần", "14:00 thứ Sáu hằng tuần"), ("hằng tuần", "07:30 thứ Hai hằng tuần"),
    ("mỗi cuối tuần", "07:30 thứ Sáu hằng tuần"),
    ("mỗi ngày lúc 8h", "08:00 hằng ngày"), ("mỗi sáng", "07:30 hằng ngày"), ("mỗi ngày làm việc", "07:30 các ngày từ thứ Hai đến thứ Sáu"),
    ("ngày 5 hàng tháng", "07:30 ngày 5 hằng tháng"), ("mỗi tháng vào ngày 20 lúc 9h", "09:00 ngày 20 hằng tháng"),
    ("cuối mỗi tháng", "07:30 ngày cuối tháng hằng tháng"), ("đầu tháng nào cũng", "07:30 ngày 1 hằng tháng"),
    ("cuối mỗi quý", "07:30 ngày cuối tháng các tháng 3, 6, 9, 12"), ("hằng quý", "07:30 ngày 1 các tháng 1, 4, 7, 10"),
    ("2 tuần một lần", "07:30 thứ Hai, 2 tuần một lần"), ("mỗi 2 tuần vào thứ sáu", "07:30 thứ Sáu, 2 tuần một lần"),
    ("3 ngày một lần", "07:30 3 ngày một lần"), ("1 năm một lần", "07:30 ngày 1 tháng 1 hằng năm"),
])
def test_recurrences_are_read_and_said(text: str, said: str) -> None:
    found = read_time(mend(text), NOW).when
    assert isinstance(found, Every) and recurrence(found.rrule) == said


def test_the_rest_names_the_work() -> None:
    for text, rest in (
        ("nhắc em nhiệm vụ 18 vào lúc 8h sáng mai nhé", "nhắc em nhiệm vụ 18 nhé"), ("đến thứ sáu thì nhắc em nv 5", "nhắc em nhiệm vụ 5"),
        ("nhắc em trước hạn 3 ngày đề án bệnh án điện tử", "nhắc em đề án bệnh án điện tử"), ("hoãn việc 24 3 ngày", "hoãn việc 24"),
    ):
        assert read_time(mend(text), NOW).rest == rest


def test_the_usual_hour_and_the_zone_are_kept_to() -> None:
    found = read_time("mai", datetime(2025, 12, 10, 23, 30, tzinfo=ZONE), time(8, 15)).when
    assert found == At(datetime(2025, 12, 11, 8, 15, tzinfo=ZONE), hour_said=False)
    utc = datetime.fromisoformat("2025-12-10T20:00:00+00:00")  # 03:00 on the 11th in Vietnam
    assert when("mai", utc) == "2025-12-12 07:30"


@given(st.text(alphabet="0123456789/:.- hgtnàyáungsauơiêệmorưuởctâlpMaikTê", max_size=40))
def test_no_text_is_trouble(text: str) -> None:
    reading = read_time(mend(text), NOW)
    assert reading.when is not None or reading.rest == mend(text)


# -- the lunar calendar


@pytest.mark.parametrize(("day", "month", "year", "expected"), [
    (1, 1, 2026, date(2026, 2, 17)), (15, 1, 2026, date(2026, 3, 3)), (10, 3, 2025, date(2025, 4, 7)), (15, 7, 2025, date(2025, 9, 6)),
    (15, 8, 2025, date(2025, 10, 6)), (1, 6, 2025, date(2025, 6, 25)), (1, 7, 2025, date(2025, 8, 23)), (23, 12, 2025, date(2026, 2, 10)),
    (1, 2, 2023, date(2023, 2, 20)), (1, 3, 2023, date(2023, 4, 20)),      # a leap second month between
    (1, 11, 2033, date(2033, 11, 22)), (1, 12, 2033, date(2034, 1, 20)),   # a leap eleventh month
    (1, 1, 1985, date(1985, 1, 21)),                                        # a month before China's
    (1, 1, 2007, date(2007, 2, 17)), (1, 1, 2030, date(2030, 2, 2)),        # a day before China's
    (30, 12, 2024, None), (30, 12, 2025, None), (0, 1, 2026, None), (31, 1, 2026, None), (30, 12, 2026, None),
    (30, 12, 2023, date(2024, 2, 9)),
])
def test_lunar_days_as_published(day: int, month: int, year: int, expected: date | None) -> None:
    assert lunar.solar(day, month, year) == expected


def test_every_tet_of_thirty_years() -> None:
    assert [lunar.tet(year) for year in range(2020, 2051)] == [tet(year) for year in range(2020, 2051)]


@given(st.integers(1900, 2190), st.integers(1, 11))
def test_months_follow_each_other_by_29_or_30_days_or_a_leap_month(year: int, month: int) -> None:
    first, following = lunar.solar(1, month, year), lunar.solar(1, month + 1, year)
    assert first and following and (following - first).days in (29, 30, 58, 59, 60)
