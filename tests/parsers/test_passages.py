"""Passages: facts stated in prose can be quoted with their place."""

import pytest

from knowledge.model import Row, Source
from knowledge.parsers.passages import extract
from tests.parsers.prose_sources import PROSE, document, shipped

COUNTS = {"hg-tb-2025-03-18": 33, "ht-tb15-2025-07-10": 11, "hg-bc-nq52-2024": 55, "tg-kh-nq57-2025": 109}


@pytest.mark.parametrize("plan", PROSE)
def test_counts(plan):
    rows = extract(shipped(plan), plan)
    assert len(rows) == COUNTS[plan] == len({row.ref for row in rows})


@pytest.mark.parametrize(
    ("plan", "no", "lines", "pieces"),
    [
        (
            "hg-tb-2025-03-18",
            "II.3-2",
            (118, 143),
            ("09 nền tảng trọng tâm", "\n(1) Nền tảng tích hợp", "\n(9) Nền tảng trung tâm giám sát"),
        ),
        ("hg-tb-2025-03-18", "II.3(5)-1", (197, 202), ("Toàn tỉnh có 525 Tổ Công nghệ số cộng đồng",)),
        ("hg-tb-2025-03-18", "III.1-1", (206, 220), ("\nThứ nhất, về một số cơ chế", "\nThứ tư, doanh nghiệp")),
        ("hg-bc-nq52-2024", "III.2.5-1", (65, 65), ("525 Tổ Công nghệ số cộng đồng với 2.863 thành viên",)),
        ("hg-bc-nq52-2024", "III.2.5-3", (66, 66), ("17 lớp, 961 lượt học viên, kinh phí thực hiện 1,2 tỷ đồng",)),
        ("hg-bc-nq52-2024", "IV-1", (97, 99), ("Đề nghị Bộ Kế hoạch và Đầu tư", "\n- Giới thiệu các doanh nghiệp")),
        ("tg-kh-nq57-2025", "V.8-1", (1247, 1250), ("Kinh phí thực hiện Kế hoạch được bố trí từ ngân sách",)),
    ],
)
def test_facts_are_quoted_with_their_place(plan, no, lines, pieces):
    row = next(row for row in extract(shipped(plan), plan) if row.no == no)
    assert row.source.lines == lines
    assert all(piece in row.name for piece in pieces)
    assert row.extra["section"] == no.rsplit("-", 1)[0]


def test_sections_of_the_report():
    heads = {
        row.extra["heading"].rsplit(" › ", 1)[-1]
        for row in extract(shipped("hg-bc-nq52-2024"), "p")
        if row.no.startswith(("III.3", "III.4", "IV"))
    }
    assert {"Tồn tại, hạn chế", "Nguyên nhân", "Phương hướng", "KIẾN NGHỊ, ĐỀ XUẤT"} <= heads


def test_the_damaged_copy_is_left_out():
    assert all(row.source.lines[1] <= 100 for row in extract(shipped("hg-bc-nq52-2024"), "p"))


def test_points_of_a_long_list_keep_their_lead_in():
    points = [
        row
        for row in extract(shipped("hg-bc-nq52-2024"), "p")
        if row.extra.get("lead_in", "").startswith("Xây dựng hạ tầng thông tin")
    ]
    assert len(points) == 6 and points[0].name.startswith("100% các cơ quan nhà nước")


def test_targets_duties_and_taken_rows_are_no_passages():
    rows = extract(shipped("tg-kh-nq57-2025"), "p")
    assert not [row.no for row in rows if row.no.startswith("III.2")]
    assert [row.no for row in rows if row.no.startswith("V.")] == ["V.8-1"]
    text = "KẾ HOẠCH\nI. TÌNH HÌNH\n1. Dân số của tỉnh là 1,2 triệu người.\n2. Diện tích của tỉnh là 2.500 km2."
    taken = [Row("p", "task", "1", "…", Source("plan.txt", lines=(3, 3)))]
    assert [row.no for row in extract(document(text), "p", taken)] == ["I.2-1"]


def test_a_repaired_passage_keeps_the_wording_as_scanned():
    row = next(row for row in extract(shipped("tg-kh-nq57-2025"), "p") if row.source.lines == (19, 31))
    assert "phù hợp với điều kiện" in row.name and "phù họp với điều kiện" in row.wording
