"""Cited legal documents: what the shipped plans tell of each, and the forms of numbers."""

from datetime import date

import pytest

from knowledge.model import LegalDocument
from knowledge.parsers.documents import cited, extract, mentions, merge
from tests.parsers.prose_sources import PROSE, shipped

# Read off the sources by eye: number → kind, date, issuer, how the subject begins.
REGISTRY = {
    "57-NQ/TW": ("Nghị quyết", date(2024, 12, 22), "Bộ Chính trị", "đột phá phát triển khoa học, công nghệ"),
    "52-NQ/TW": ("Nghị quyết", date(2019, 9, 27), "Bộ Chính trị", "một số chủ trương, chính sách"),
    "71/NQ-CP": ("Nghị quyết", date(2025, 4, 1), "Chính phủ", "sửa đổi, bổ sung cập nhật Chương trình hành động"),
    "03/NQ-CP": ("Nghị quyết", date(2025, 1, 9), "Chính phủ", ""),
    "193/2025/QH15": ("Nghị quyết", date(2025, 2, 19), "Quốc hội", ""),
    "70/2025/UBTVQH15": ("Nghị quyết", None, "Ủy ban Thường vụ Quốc hội", "quy định về"),
    "42-CTr/TU": (
        "Chương trình hành động",
        date(2025, 4, 10),
        "Ban Thường vụ Tỉnh ủy Hà Tĩnh",
        "thực hiện Nghị quyết số 57-NQ/TW",
    ),
    "257-CTr/TU": ("Chương trình", date(2019, 12, 30), "Ban Thường vụ Tỉnh ủy Hậu Giang", "thực hiện Nghị quyết số 52-NQ/TW"),
    "02-KH/BCĐTW": (
        "Kế hoạch",
        date(2025, 6, 19),
        "Ban Chỉ đạo Trung ương về phát triển khoa học",
        "thúc đẩy chuyển đổi số liên thông",
    ),
    "11-KH/BCĐ": ("Kế hoạch hành động", date(2025, 6, 29), "Ban Chỉ đạo", "triển khai thực hiện Kế hoạch số 02-KH/BCĐTW"),
    "04-KH/BCĐ": ("Kế hoạch", date(2025, 4, 18), "Ban Chỉ đạo", "phát triển khoa học"),
    "15-TB/BCĐ": ("Thông báo", date(2025, 7, 10), "", "KẾT LUẬN CỦA ĐỒNG CHÍ BÍ THƯ TỈNH ỦY"),
    "204-QĐ/TW": ("Quyết định", date(2024, 11, 29), "Ban Bí thư", "phê duyệt Đề án Chuyển đổi số trong các cơ quan đảng"),
    "06-ĐA/TW": ("Đề án", None, "", "phát triển ứng dụng dữ liệu về dân cư"),
    "1588/QĐ-TTg": ("Quyết định", date(2023, 12, 8), "Thủ tướng Chính phủ", "phê duyệt Quy hoạch tỉnh Hậu Giang"),
    "31/2021/NĐ-CP": ("Nghị định", date(2021, 3, 26), "Chính phủ", "quy định chi tiết"),
    "154/2013/NĐ-CP": ("Nghị định", None, "Chính phủ", ""),
    "04/2024/NQ-HĐND": ("Nghị quyết", date(2024, 3, 29), "Hội đồng nhân dân tỉnh Hậu Giang", "Quy định nội dung và định mức"),
    "01/2024/NQ-HĐND": ("Nghị quyết", date(2024, 3, 29), "Hội đồng nhân dân tỉnh Hậu Giang", "quy định chính sách hỗ trợ"),
    "1172/QĐ-UBND": ("Quyết định", date(2024, 8, 9), "Ủy ban nhân dân tỉnh Hậu Giang", "phê duyệt dự án"),
    "107/2021/NĐ-CP": ("Nghị định", None, "Chính phủ", ""),
    "Luật Đầu tư": ("Luật", None, "Quốc hội", ""),
}


@pytest.fixture(scope="module")
def registry():
    found = merge(doc for plan in (*PROSE, "hg-kh-2025-phu-luc") for doc in extract(shipped(plan)))
    return {doc.number: doc for doc in found if doc.number != "183/KH-UBND"}


@pytest.mark.parametrize("number", REGISTRY)
def test_registry(registry, number):
    kind, day, issuer, subject = REGISTRY[number]
    doc = registry[number]
    assert (doc.kind, doc.date) == (kind, day)
    assert doc.issuer.startswith(issuer) and doc.subject.startswith(subject)
    assert subject or not doc.subject


def test_equal_numbers_of_different_years_stay_apart():
    same = [doc for doc in extract(shipped("hg-bc-nq52-2024")) if doc.number == "183/KH-UBND"]
    assert [doc.date for doc in same] == [date(2021, 10, 29), date(2022, 10, 19)]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        (
            "Công văn số 708/BTTTT-CATTT, Nghị định 107/2021/NĐ-CP và Nghị quyết số 193/2025/QH15",
            ["708/BTTTT-CATTT", "107/2021/NĐ-CP", "193/2025/QH15"],
        ),
        ("Nghị quyết số 57-\nNQ/TU; Nghị quyết số 01/2024/NQ-\nHĐND", ["57-NQ/TU", "01/2024/NQ-HĐND"]),
        ("Nghị quyết sổ 57-NQ/TVV và Nghị quyết số 5 7-NQ/TW, số 70/2025/UBTVQIT15", ["57-NQ/TW", "70/2025/UBTVQH15"]),
        ("ngày 09/01/2025, quý I/2025, 24/7, 5G/IoT, TCVN 14423:2025, tỷ lệ 20/130, 01 Gb/s", []),
        ("Luật Ngân sách nhà nước và các văn bản liên quan", ["Luật Ngân sách nhà nước"]),
        ("Luật Tổ chức Chính quyền địa phương ngày 16 tháng 6 năm 2025;", ["Luật Tổ chức Chính quyền địa phương"]),
    ],
)
def test_numbers_in_a_text(text, numbers):
    assert cited(text) == numbers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Quyết định số 411/QĐ-TTg của Thủ tướng Chính phủ ngày 31/3/2022 phê duyệt Chiến lược quốc gia;",
            LegalDocument("411/QĐ-TTg", "Quyết định", date(2022, 3, 31), "Thủ tướng Chính phủ", "phê duyệt Chiến lược quốc gia"),
        ),
        (
            "Chỉ thị số 20/CT-TTg ngày 21 tháng 7 năm 2023 của Thủ tướng Chính phủ về tăng cường tiết kiệm điện.",
            LegalDocument("20/CT-TTg", "Chỉ thị", date(2023, 7, 21), "Thủ tướng Chính phủ", "tăng cường tiết kiệm điện"),
        ),
        (
            "Kế hoạch hành động số 469-KH/TU ngày 16/5/2025 của Tỉnh ủy về thực hiện Nghị quyết",
            LegalDocument("469-KH/TU", "Kế hoạch hành động", date(2025, 5, 16), "Tỉnh ủy", "thực hiện Nghị quyết"),
        ),
        ("Nghị quyết 12/NQ-CP ngày 31/02/2025", LegalDocument("12/NQ-CP", "Nghị quyết", None, "Chính phủ", "")),
    ],
)
def test_a_mention(text, expected):
    assert mentions(text) == [expected]


def test_merging_takes_from_each_mention_what_it_tells():
    (merged,) = merge(
        [
            LegalDocument("57-NQ/TW", "Nghị quyết"),
            LegalDocument("57-NQ/TW", "", date(2024, 12, 22), "Bộ Chính trị"),
            LegalDocument("57-NQ/TW", "Nghị quyết", None, "Bộ chính trị", "đột phá phát triển"),
            LegalDocument("57-NQ/TW", "Nghị quyết", None, "Bộ Chính trị", ""),
        ]
    )
    assert merged == LegalDocument("57-NQ/TW", "Nghị quyết", date(2024, 12, 22), "Bộ Chính trị", "đột phá phát triển")
