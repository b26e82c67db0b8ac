"""Targets in prose: all of the shipped scan, checked one by one, and the shapes that other plans have."""

import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

from knowledge.parsers import targets
from knowledge.parsers.document import Document, Line
from knowledge.parsers.quantity import every_year, figures, main_figure, measure
from knowledge.parsers.syllables import CLEAN_PLANS
from knowledge.parsers.targets import extract, find_targets

PLANS = Path(__file__).parents[2] / "knowledge" / "plans"
GOLDEN = yaml.safe_load((Path(__file__).parent / "data" / "tg-targets.yml").read_text(encoding="utf-8"))
COUNTS = {
    2025: [3, 6, 11, 9, 14], 2030: [2, 5, 11, 10, 16], 2035: [1, 5, 11, 10, 11],
    2040: [1, 5, 14, 12, 11], 2045: [1, 5, 11, 11, 17],
}
PART = range(209, 670)  # "2. Mục tiêu cụ thể" to the line before "IV- NHIỆM VỤ VÀ GIẢI PHÁP"


def document(text, file="plan.txt"):
    return Document(file, tuple(Line(no, line) for no, line in enumerate(text.split("\n"), 1)))


def shipped(name):
    return document((PLANS / name).read_text(encoding="utf-8"), name)


@pytest.fixture(scope="module")
def rows():
    return extract(shipped("tg-kh-nq57-2025.txt"), "tg-kh-nq57-2025")


@pytest.mark.parametrize("place", range(len(GOLDEN)), ids=[item["id"] for item in GOLDEN])
def test_each_target_of_the_scan(rows, place):
    row, item = rows[place], GOLDEN[place]
    further = "; ".join(figure["target"] for figure in row.extra.get("further", [])) or None
    read = {"id": row.no, "lines": list(row.source.lines), "target": row.target, "unit": row.unit,
            "every_year": row.note == "mỗi năm", "further": further, "doubt": bool(row.doubt), "measure": row.extra["measure"],
            "name": row.name}
    assert read == {"every_year": False, "further": None, "doubt": False, **item}


def test_counts_by_year_and_section(rows):
    assert len(rows) == len(GOLDEN) == 213
    assert Counter((row.year, row.group) for row in rows) == {
        (year, letter): n for year, counts in COUNTS.items() for letter, n in zip("abcde", counts, strict=True)
    }


def test_headings_and_wording(rows):
    row = next(row for row in rows if row.no == "2025-d-4")
    assert row.ref == "tg-kh-nq57-2025#target:2025-d-4"
    assert row.extra["heading"] == "Phát triển hệ sinh thái đổi mới sáng tạo"
    assert row.wording == "Có > 10 sản phâm đổi mới sáng tạo được thương mại hóa."
    assert {re.sub(r"[,']", "", row.extra["heading"]) for row in rows if row.group == "e"} == {"Phát triển chuyển đổi số"}


def test_every_line_of_the_part_is_a_target_a_heading_or_furniture(rows):
    part = find_targets(shipped("tg-kh-nq57-2025.txt"))
    placed = set(part.furniture)
    for first, last in [row.source.lines for row in rows] + [(node.first, node.last) for node in part.headings]:
        placed |= set(range(first, last + 1))
    assert set(PART) <= placed


def test_targets_do_not_share_lines(rows):
    spans = [row.source.lines for row in rows]
    assert all(a[1] < b[0] for a, b in zip(spans, spans[1:], strict=False))


def test_contradictions_within_a_year_are_doubted(rows):
    assert [row.no for row in rows if row.doubt] == ["2040-c-2", "2040-c-13", "2040-d-2"]


@pytest.mark.parametrize("name", CLEAN_PLANS)
def test_documents_without_targets_in_prose_give_none(name):
    assert extract(shipped(name), "x") == []


NUMBERED = """KẾ HOẠCH

I. MỤC TIÊU

**1. Kinh tế số đến
năm 2030 (3 mục tiêu)**

**a) Mục tiêu chung**

(1) Tỷ trọng kinh tế số đạt tối thiểu 30% GRDP;

(2) Tỷ lệ nhân lực lao động kinh tế số
chiếm tối thiểu 20%,

**2. Xã hội số đến năm 2030**

(1) Tỷ lệ người dân trên 15 tuổi dùng dịch vụ công đạt
100%;

(2) Tổng giá trị thanh toán gấp 30 lần GRDP.

II. NHIỆM VỤ
1. Xây dựng 05 nền tảng số.
"""


def test_numbers_in_brackets_below_two_headings_of_one_year():
    rows = extract(document(NUMBERED), "x")
    assert [(row.no, row.target, row.unit, row.source.lines) for row in rows] == [
        ("2030-a-1", "tối thiểu 30% GRDP", "% GRDP", (10, 10)),
        ("2030-a-2", "tối thiểu 20%", "%", (12, 13)),
        ("2030-2-1", "100%", "%", (17, 18)),
        ("2030-2-2", "gấp 30 lần", "lần", (20, 20)),
    ]
    assert "báo 3 mục tiêu, đọc được 2" in rows[1].doubt


YEARS_AS_LETTERS = """II. MỤC TIÊU, CHỈ TIÊU
1. Mục tiêu tổng quát
Xây dựng tỉnh thông minh, hiện đại, dựa trên khoa học và công nghệ.
2. Mục tiêu cụ thể
a) Đến năm 2025
- 100% hồ sơ công việc cấp tỉnh được xử lý trên môi trường mạng.
- Hạ tầng số:
+ Phủ sóng 5G đạt ít nhất 60% dân số;
+ Không thấp hơn 90% hộ gia đình có cáp quang.
b) Giai đoạn 2026 - 2030
- Thu hút từ 5 đến 7 doanh nghiệp công nghệ số.
- Tăng trưởng công nghiệp đạt khoảng 8,5 - 9,0%/năm.
c) Tầm nhìn đến năm 2045
- Là trung tâm đổi mới sáng tạo của vùng.
III. GIẢI PHÁP
- Đào tạo 500 cán bộ.
"""


def test_years_as_letters_and_points_below_points():
    rows = extract(document(YEARS_AS_LETTERS), "x")
    assert [(row.no, row.year, row.target, row.unit) for row in rows] == [
        ("2025-a-1", 2025, "100%", "%"),
        ("2025-a-2", 2025, "ít nhất 60%", "%"),
        ("2025-a-3", 2025, "Không thấp hơn 90%", "%"),
        ("2030-b-1", 2030, "từ 5 đến 7", "doanh nghiệp công nghệ số"),
        ("2030-b-2", 2030, "khoảng 8,5 - 9,0%", "%"),
        ("2045-c-1", 2045, None, None),
    ]
    assert rows[4].note == "mỗi năm"


def test_a_year_only_in_the_title_is_doubted():
    text = ("KẾ HOẠCH\nPhát triển chính quyền số giai đoạn 2026 - 2030\n"
            "I. MỤC TIÊU\n1. 100% cán bộ được tập huấn.\n2. Nâng cao nhận thức.\nII. NHIỆM VỤ\n")
    rows = extract(document(text), "x")
    assert [(row.year, row.target, row.doubt) for row in rows] == [(2030, "100%", targets.YEAR_OF_TITLE)]


def test_no_year_at_all_is_doubted():
    rows = extract(document("I. MỤC TIÊU\n- 90% dân số dùng dịch vụ số.\nII. NHIỆM VỤ\n"), "x")
    assert [(row.no, row.doubt) for row in rows] == [("0-0-1", targets.NO_YEAR)]


@pytest.mark.parametrize(("sentence", "value", "unit", "measured"), [
    ("Tỷ lệ người dân trên 15 tuổi có tài khoản đạt 95%", "95%", "%", "Tỷ lệ người dân trên 15 tuổi có tài khoản"),
    ("Phát triển tối thiểu 10 doanh nghiệp công nghệ số mới", "tối thiểu 10", "doanh nghiệp công nghệ số",
     "Số doanh nghiệp công nghệ số mới"),
    ("Có 8 - 10 trung tâm ở tỉnh", "8 - 10", "trung tâm", "Số trung tâm ở tỉnh"),
    ("Có >25 doanh nghiệp", "> 25", "doanh nghiệp", "Số doanh nghiệp"),
    ("Tỷ lệ phủ sóng 5G trên địa bàn > 60%.", "> 60%", "%", "Tỷ lệ phủ sóng 5G"),
    ("Kim ngạch xuất khẩu đạt trên 1,5 tỷ USD", "trên 1,5 tỷ USD", "tỷ USD", "Kim ngạch xuất khẩu"),
    ("Thực hiện Nghị quyết số 57-NQ/TW, Đề án 06 đến năm 2030", None, None,
     "Thực hiện Nghị quyết số 57-NQ/TW, Đề án 06 đến năm 2030"),
])
def test_the_figure_that_a_sentence_sets(sentence, value, unit, measured):
    main = main_figure(figures(sentence))
    assert (main and main.value, main and main.unit, measure(sentence, main)) == (value, unit, measured)


def test_every_year_holds_for_its_own_clause_only():
    here, elsewhere = "Mỗi năm có > 10 sáng chế", "Hằng năm giảm tội phạm; đến năm 2030 đạt 50% xã an toàn"
    assert every_year(here, main_figure(figures(here)))
    assert not every_year(elsewhere, main_figure(figures(elsewhere)))
