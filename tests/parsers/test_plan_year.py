"""The year of deadlines that name none."""

import datetime

import pytest

from knowledge.model import Row, Source
from knowledge.parsers.deadlines import parse_deadline
from knowledge.parsers.due_phrases import find_due
from knowledge.parsers.plan_year import NEXT_YEAR, with_years, year_in


@pytest.mark.parametrize("title, year", [
    ("KẾ HOẠCH Chuyển đổi số năm 2026", 2026), ("Danh mục nhiệm vụ NĂM 2025", 2025), ("Kế hoạch giai đoạn 2025-2030", None),
    ("Kế hoạch năm 2025 và năm 2026", None), ("Phát triển kinh tế đến năm 2030", None), ("Kế hoạch 5 năm 2026 - 2030", None),
    ("Kết luận tại cuộc họp ngày 18 tháng 3 năm 2025", None), ("Đề án 06", None)])
def test_the_year_of_a_title(title, year):
    assert year_in(title) == year


def dated(text, title="", signed=None):
    [row] = with_years([Row("p", "task", "1", "A", Source("p"), due=parse_deadline(text))], title, signed)
    return row.due.date and row.due.date.isoformat(), row.doubt


def test_by_title_or_by_the_day_of_signing():
    signed = datetime.date(2025, 10, 8)
    assert dated("31/12", "Kế hoạch năm 2026", signed) == ("2026-12-31", None)
    assert dated("31/12", "Kế hoạch", signed) == ("2025-12-31", None)
    assert dated("Trong Quý I", "Kế hoạch", signed) == ("2026-03-31", NEXT_YEAR.format(2026))
    assert dated("31/12", "Kế hoạch", None) == (None, None)
    assert dated("30/6/2024", "Kế hoạch năm 2026", signed) == ("2024-06-30", None)
    assert dated("Thường xuyên", "Kế hoạch năm 2026", signed) == (None, None)


@pytest.mark.parametrize("text, words", [
    ("gửi về Sở trước ngày 25/10.", "trước ngày 25/10"), ("hoàn thành trong tháng 11.", "hoàn thành trong tháng 11"),
    ("hoàn thành trong quý III.", "hoàn thành trong quý III"), ("Tháng 3 vừa qua đã làm xong.", None)])
def test_deadlines_in_prose_without_a_year(text, words):
    due, _ = find_due(text)
    assert (due.text if due else None) == words
