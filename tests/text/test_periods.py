"""Times in questions, from `periods.yml`, under a clock that stands still."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from knowledge.text import spans_of_time
from knowledge.text.normalize import nfc
from knowledge.text.periods import asks_recurring, find_periods, find_years

DATA: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("periods.yml").read_text(encoding="utf-8"))
NOW: datetime = DATA["now"]
SECTIONS = ("months", "quarters", "halves", "years", "weeks and days", "ahead", "open", "ranges", "several")
Pair = tuple[date | None, date | None]


def cases() -> list[tuple[str, list[Pair]]]:
    found = []
    for section in SECTIONS:
        for text, days in DATA[section].items():
            pairs = days if isinstance(days[0], list) else [days]
            found.append((str(text), [(pair[0], pair[1]) for pair in pairs]))
    return found


def read(text: str, now: datetime = NOW) -> list[Pair]:
    return [(period.start, period.end) for period in find_periods(text, now)]


def test_there_are_many_styles() -> None:
    assert len(cases()) >= 120


@pytest.mark.parametrize(("text", "days"), cases())
def test_a_period(text: str, days: list[Pair]) -> None:
    for form in (text, f"Cho em hỏi, {text}", f"xin xem {text} của tỉnh", text.upper(), unicodedata.normalize("NFD", text)):
        assert read(form) == days, form


@pytest.mark.parametrize(("text", "days"), cases())
def test_its_place(text: str, days: list[Pair]) -> None:
    sentence = f"Dạ cho em hỏi {text} nhé"
    for period in find_periods(sentence, NOW):
        start, end = period.span
        assert sentence[start:end] == period.text and period.text.strip() == period.text
        assert period.text in text


@pytest.mark.parametrize("text", DATA["none"])
def test_no_period(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(("text", "years"), DATA["years_only"].items())
def test_years(text: str, years: list[int]) -> None:
    assert find_years(text) == years


@pytest.mark.parametrize(("text", "relation"), [
    ("tháng 6", "in"), ("trước tháng 6", "before"), ("sau tháng 6", "after"), ("đến năm 2030", "until"), ("từ năm 2026", "from"),
    ("từ tháng 3 đến tháng 5", "range"),
])
def test_relation(text: str, relation: str) -> None:
    assert [period.relation for period in find_periods(text, NOW)] == [relation]


@pytest.mark.parametrize(("now", "text", "days"), [
    ("2025-12-31T23:59:00", "tháng sau", (date(2026, 1, 1), date(2026, 1, 31))),
    ("2026-01-31T08:00:00", "1 tháng tới", (date(2026, 1, 31), date(2026, 2, 28))),
    ("2026-01-05T08:00:00", "quý trước", (date(2025, 10, 1), date(2025, 12, 31))),
    ("2025-01-20T08:00:00", "trước Tết", (None, date(2025, 1, 28))),
    ("2025-02-10T08:00:00", "sau Tết", (date(2025, 2, 3), None)),
    ("2024-02-10T08:00:00", "tháng này", (date(2024, 2, 1), date(2024, 2, 29))),
    ("2025-05-20T08:00:00", "ngày 29/2", (date(2025, 2, 28), date(2025, 2, 28))),
    ("2028-12-28T08:00:00", "tuần sau", (date(2029, 1, 1), date(2029, 1, 7))),
])
def test_the_clock_decides(now: str, text: str, days: Pair) -> None:
    assert read(text, datetime.fromisoformat(now)) == [days]


def test_tet_is_a_new_moon_day_in_january_or_february() -> None:
    days = [spans_of_time.tet(year) for year in range(2020, 2051)]
    assert all(day and date(day.year, 1, 20) < day < date(day.year, 2, 21) for day in days)
    assert spans_of_time.tet(2026) == date(2026, 2, 17) and spans_of_time.tet(2051) is None


@pytest.mark.parametrize("text", [
    "việc thường xuyên", "những nhiệm vụ hằng năm", "hàng năm", "cong viec dinh ky", "NV không có hạn cụ thể", "viec k co han",
    "việc làm thường xuyên, liên tục", "nhiem vu thuong xuyen nao", "nhiệm vụ nào không ghi thời hạn cụ thể",
    "mỗi quý", "việc ko có deadline",
    "THƯỜNG XUYÊN", "hàng tháng phải báo cáo gì", "việc nào chưa có thời hạn", "thuong xuyn",
])
def test_asks_recurring(text: str) -> None:
    assert asks_recurring(text) and asks_recurring(nfc(unicodedata.normalize("NFD", text)))


@pytest.mark.parametrize("text", [
    "việc nào quá hạn", "nhiệm vụ chưa tới hạn", "không đúng hạn", "tháng này có gì", "năm nay", "hạn cụ thể của nhiệm vụ 6",
    "ai chủ trì", "",
])
def test_does_not_ask_recurring(text: str) -> None:
    assert not asks_recurring(text)


@given(st.text(max_size=60))
def test_any_text_is_read(text: str) -> None:
    normal = nfc(text)
    for period in find_periods(text, NOW):
        assert normal[slice(*period.span)] == period.text
        assert period.start is None or period.end is None or period.start <= period.end


WORDS = "từ đến trước sau hết tháng năm quý tuần ngày này tới nữa đầu cuối giữa và - / 6 31 12 2025 2026 II Tết nay 1/3 0 99 , ."


@given(st.lists(st.sampled_from(WORDS.split()), max_size=9))
def test_any_words_of_time_are_read(words: list[str]) -> None:
    for period in find_periods(" ".join(words), NOW):
        assert period.start is None or period.end is None or period.start <= period.end
