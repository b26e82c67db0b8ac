"""Flattened tables: the shipped annex row by row, the proof that nothing of it was lost, and tables in other layouts."""

import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

from knowledge.parsers.document import Document, Line
from knowledge.parsers.flat.words import is_blank
from knowledge.parsers.flat_tables import extract, scan
from knowledge.parsers.read import read_shipped
from knowledge.parsers.readers import read_document

PLANS = Path(__file__).parents[2] / "knowledge" / "plans"
ANNEX = PLANS / "hg-kh-2025-phu-luc.txt"
GOLDEN = yaml.safe_load((Path(__file__).parent / "data" / "hg-kh-2025-phu-luc.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def annex():
    return read_document(ANNEX)


@pytest.fixture(scope="module")
def rows(annex):
    return {row.ref: row for row in extract(annex, "hg-kh-2025-phu-luc")}


def test_counts(rows):
    assert Counter(row.kind for row in rows.values()) == {"group": 7, "task": 58, "indicator": 38}


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden["ref"].split("#")[1])
def test_each_row_is_as_a_careful_reader_fills_it(rows, golden):
    row = rows[golden["ref"]]
    assert row.facts() == golden["facts"]
    assert (row.group, row.annex, list(row.source.lines), row.doubt) == (
        golden["group"], golden["annex"], golden["lines"], golden.get("doubt"))


def test_cells_joined_give_back_the_source_lines(annex):
    layout, flat_rows = scan(annex)
    for row in flat_rows:
        first, last = row.lines
        source = " ".join(line.text for line in annex.lines[first - 1:last] if layout.furniture.get(line.no) in (None, "blank"))
        assert " ".join([row.number, *row.cells.values()]) == " ".join(source.split()), row.number


def test_facts_hold_every_word_of_their_cells(annex, rows):
    """From the finished rows: agencies joined again miss nothing but the separators."""
    by_lines = {row.source.lines: row for row in rows.values()}
    _, flat_rows = scan(annex)
    for flat in flat_rows:
        row = by_lines.get(flat.lines)
        for role in ("lead", "coop"):
            said = Counter(re.findall(r"\w+", flat.cells.get(role, "")))
            kept = Counter(re.findall(r"\w+", " ".join(getattr(row, role)))) if row else said
            assert set((said - kept).elements()) <= {"và"} and not kept - said, flat.number


def test_every_line_is_in_a_row_or_is_named_furniture(annex):
    layout, flat_rows = scan(annex)
    in_rows = {no for row in flat_rows for no in range(row.lines[0], row.lines[1] + 1)}
    for line in annex.lines:
        assert line.no in in_rows or layout.furniture.get(line.no) or is_blank(line.text), (line.no, line.text)
    assert Counter(layout.furniture.values())["page_number"] == 2
    assert not in_rows & {no for no, kind in layout.furniture.items() if kind != "blank" and kind != "header"}


def test_nothing_is_unplaced():
    plan = read_shipped(PLANS)[0]
    assert plan.unplaced == ()


def _document(text):
    return Document("plan.txt", tuple(Line(no, line) for no, line in enumerate(text.strip("\n").split("\n"), start=1)))


OTHER_ORDER = """
PHỤ LỤC 1
DANH MỤC NHIỆM VỤ
STT
Nội dung công việc
Sản phẩm
Thời gian hoàn thành
Đơn vị thực hiện
Đơn vị phối hợp
A. CÔNG TÁC CHỈ ĐẠO
1
Xây dựng kế hoạch thực hiện Nghị quyết
Kế hoạch của UBND tỉnh
Quý II/2025
Sở Khoa học và Công nghệ
Các sở, ban, ngành; UBND các xã, phường
2
Tổ chức hội nghị triển khai
Hội nghị
Trước 30/9/2025
Văn phòng UBND tỉnh
Sở Nội vụ, Sở Văn hóa, Thể thao và Du lịch
Trang 12
3
Tập huấn kỹ năng số cho cán bộ
Thường xuyên, hằng năm
Sở Nội vụ
"""


def test_cell_a_line_in_another_order():
    rows = extract(_document(OTHER_ORDER), "p")
    tasks = {row.no: row for row in rows if row.kind == "task"}
    assert tasks["1"].lead == ("Sở Khoa học và Công nghệ",)
    assert tasks["1"].coop == ("Các sở, ban, ngành", "UBND các xã, phường")
    assert tasks["1"].result == "Kế hoạch của UBND tỉnh"
    assert tasks["1"].due.date.isoformat() == "2025-06-30"
    assert tasks["1"].annex == "Phụ lục 1"
    assert tasks["2"].coop == ("Sở Nội vụ", "Sở Văn hóa, Thể thao và Du lịch")
    assert tasks["3"].due.kind == "recurring"
    assert tasks["3"].result is None


def test_a_lone_agency_that_could_be_either_is_doubted():
    task = next(row for row in extract(_document(OTHER_ORDER), "p") if row.no == "3")
    assert task.lead == ("Sở Nội vụ",)
    assert "không rõ là cơ quan chủ trì hay phối hợp" in task.doubt


RESTARTING = """
| STT | Nhiệm vụ | Cơ quan chủ trì | Thời hạn | Kết quả |
| I | Thể chế |
| 1 | Rà soát quy định | Sở Tư pháp | 2025 | Báo cáo |
| 2 | Ban hành quy chế | Sở Nội vụ | 6/2025 | Quyết định |
| II | Hạ tầng |
| 1 | Mở rộng mạng 5G | Sở Khoa học và Công nghệ | 2026 | Báo cáo |
| 2 | Xây dựng trung tâm dữ liệu | Công an tỉnh | Quý IV/2026 | |
"""


def test_numbers_that_restart_carry_their_group():
    rows = {row.ref: row for row in extract(_document(RESTARTING), "p")}
    assert {"p#group:I", "p#group:II", "p#task:I.1", "p#task:I.2", "p#task:II.1", "p#task:II.2"} == set(rows)
    assert rows["p#task:II.2"].lead == ("Công an tỉnh",)
    assert rows["p#task:II.2"].due.date.isoformat() == "2026-12-31"
    assert rows["p#task:II.1"].group == "II"


def test_prose_holds_no_table():
    text = ("KẾ HOẠCH\nNội dung, đơn vị thực hiện và thời gian như sau:\n"
            "1. Sở Y tế chủ trì.\n2. Sở Nội vụ phối hợp.")
    assert extract(_document(text), "p") == []
