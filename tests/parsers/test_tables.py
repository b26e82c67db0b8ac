"""Tables of tasks and indicators in many layouts: each plan with its rows as data, and what only some grids do."""

from pathlib import Path

import pytest
import yaml
from plan_files import Block, parse, spans

from knowledge.parsers.document import Cell, Document, Table
from knowledge.parsers.grid.headers import find_header
from knowledge.parsers.grid.labels import Label, read_label, split_heading, split_label
from knowledge.parsers.grid.meanings import read_heading
from knowledge.parsers.tables import extract, read_tables

CASES = yaml.safe_load((Path(__file__).parent / "data" / "table_plans.yml").read_text(encoding="utf-8"))
HEADERS = yaml.safe_load((Path(__file__).parent / "data" / "table_headers.yml").read_text(encoding="utf-8"))


def grid(rows: tuple[tuple[str, ...], ...]) -> tuple[tuple[Cell, ...], ...]:
    """A grid as a reader gives it: the first place of a merged cell's further rows is `up`, any other place `left`."""
    cells = [[Cell("" if text in ("<", "^") else text, f"bảng 1, dòng {r + 1}") for text in row] for r, row in enumerate(rows)]
    for top, left, bottom, right in spans(rows):
        for r in range(top, bottom + 1):
            for c in range(left, right + 1):
                if (r, c) != (top, left):
                    cells[r][c] = Cell("", f"bảng 1, dòng {r + 1}", "left" if c > left else "up")
    return tuple(tuple(row) for row in cells)


def document(blocks: list[Block], pages: bool = False) -> Document:
    """Blocks as a document; with `pages`, each on a page of its own."""
    tables, line = [], 0
    for number, block in enumerate(blocks, start=1):
        line += len(block.lines)
        if block.rows:
            tables.append(Table(grid(block.rows), number if pages else None, line, block.lines))
    return Document("p.docx", (), tuple(tables))


def told(rows):
    """Rows in the form of the expectations."""
    out = []
    for row in rows:
        facts = row.facts()
        if "due" in facts:
            facts["due"] = [facts["due"][key] for key in ("text", "kind", "date")]
        given = {"ref": row.ref.split("#")[1], "group": row.group, "annex": row.annex, **facts,
                 "other": row.extra.get("other"), "doubt": row.doubt}
        out.append({key: value for key, value in given.items() if value is not None})
    return out


def rows_of(text: str, pages: bool = False):
    return told(extract(document(parse(text), pages), "p"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_layouts(case):
    assert rows_of(case["plan"]) == case["rows"]


@pytest.mark.parametrize("meaning, wording", [(meaning, wording) for meaning, words in HEADERS.items() for wording in words])
def test_what_headers_mean(meaning, wording):
    heading = read_heading(*wording.split(" > "))
    assert (f"{heading.meaning} {heading.year}" if heading.year else heading.meaning) == meaning


HEAD = "TT | Nhiệm vụ | Chủ trì | Thời hạn | Sản phẩm\n"


def test_a_row_that_a_page_break_parts_is_one():
    [first, second] = rows_of(
        HEAD + "1 | Xây dựng Đề án phát triển khoa học, | Sở Khoa học | Quý II/ | Đề án\ntrang 2\n"
        + HEAD + " | công nghệ của tỉnh | và Công nghệ | 2025 |\n2 | Tập huấn | Sở Nội vụ | 2026 | Lớp", pages=True)
    assert first["name"] == "Xây dựng Đề án phát triển khoa học, công nghệ của tỉnh"
    assert first["lead"] == ["Sở Khoa học và Công nghệ"]
    assert first["due"] == ["Quý II/2025", "quarter", "2025-06-30"]
    assert second["ref"] == "task:2" and "doubt" not in first


def test_a_header_is_not_repeated_on_the_next_page():
    rows = rows_of(HEAD + "I | Thể chế | | |\n1 | A | Sở Y tế | 2025 | X\n2\n2 | B | Sở Nội vụ | 2026 | Y\nII | Hạ tầng | | |\n"
                   "1 | C | Công an tỉnh | 2027 | Z", pages=True)
    assert [(row["ref"], row.get("group")) for row in rows] == [
        ("group:I", None), ("task:I.1", "I"), ("task:I.2", "I"), ("group:II", None), ("task:II.1", "II")]


def test_a_table_split_by_hand_goes_on():
    rows = rows_of(HEAD + "1 | A | Sở Y tế | 2025 | X\n\n2 | B | Sở Nội vụ | 2026 | Y")
    assert [row["ref"] for row in rows] == ["task:1", "task:2"]


def test_number_left_out_is_doubted():
    rows = rows_of(HEAD + "1 | A | Sở Y tế | 2025 | X\n4 | B | Sở Nội vụ | 2026 | Y")
    assert rows[1]["doubt"] == "số thứ tự nhảy từ 1 sang 4"


def test_cells_that_changed_places_are_doubted():
    [row] = rows_of(HEAD + "1 | A | Quý II/2025 | Sở Y tế | X")
    assert "ô cơ quan chủ trì giống một thời hạn" in row["doubt"] and "ô thời hạn giống một cơ quan" in row["doubt"]


def test_nobody_named_is_doubted():
    [row] = rows_of(HEAD + "1 | A | | 2025 | X")
    assert row["doubt"] == "không thấy cơ quan chủ trì" and "lead" not in row


def test_a_second_agency_column_is_not_taken_for_sure():
    [row] = rows_of("TT | Nhiệm vụ | Cơ quan chủ trì | Đơn vị triển khai | Thời hạn\n1 | A | Sở Y tế | UBND các xã | 2025")
    assert row["lead"] == ["Sở Y tế"] and row["coop"] == ["UBND các xã"]
    assert row["doubt"] == "cột “Đơn vị triển khai” được đọc là cơ quan phối hợp"


def test_columns_without_headers_are_read_by_what_they_hold_and_say_so():
    rows = rows_of("1 | Rà soát thủ tục | Sở Tư pháp | 6/2025\n2 | Lập danh mục | Sở Nội vụ | 9/2025\n3 | Sơ kết | Sở Y tế | 12/2025")
    assert [(row["ref"], row["lead"], row["due"][2]) for row in rows] == [
        ("task:1", ["Sở Tư pháp"], "2025-06-30"), ("task:2", ["Sở Nội vụ"], "2025-09-30"), ("task:3", ["Sở Y tế"], "2025-12-31")]
    assert all("bảng không có tiêu đề cột" in row["doubt"] for row in rows)


def test_other_tables_are_left_and_reported():
    reading = read_tables(document(parse("Hạng mục | Số tiền\nMáy chủ | 200\nĐường truyền | 50")), "p")
    assert reading.rows == [] and len(reading.left) == 1


def test_rows_whose_cells_do_not_meet_the_header_s_grid_lines():
    """Word keeps other grid lines for rows whose borders were moved by hand."""
    header = (Cell("TT"), Cell("Nhiệm vụ"), Cell("", merged="left"), Cell("Chủ trì"), Cell("Thời hạn"))
    row = (Cell("1"), Cell("Rà soát"), Cell("Sở Tư pháp"), Cell("", merged="left"), Cell("2025"))
    [read] = told(extract(Document("p.docx", (), (Table((header, row)),)), "p"))
    assert (read["name"], read["lead"], read["due"][0]) == ("Rà soát", ["Sở Tư pháp"], "2025")


def test_a_repeated_number_is_doubted():
    rows = rows_of(HEAD + "1 | A | Sở Y tế | 2025 | X\n1 | B | Sở Nội vụ | 2026 | Y")
    assert [row["ref"] for row in rows] == ["task:1", "task:1-2"] and "lặp lại" in rows[1]["doubt"]


@pytest.mark.parametrize("cell, label", [
    ("1", Label("row", "1")), ("01.", Label("row", "1")), ("5.10", Label("row", "5.10")), ("1,1", Label("row", "1.1")),
    ("12b", Label("row", "12b")), ("IV", Label("group", "IV")), ("Nhóm II", Label("group", "II")), ("A", Label("part", "A")),
    ("a)", Label("point", "a")), ("-", Label("bullet")), ("(3)", Label("row", "3")), ("NV 7", Label("row", "7")),
    ("I.2", Label("row", "I.2")), ("NV-01", Label("row", "1")), ("Tổng", None), ("", None)])
def test_labels(cell, label):
    assert read_label(cell) == label


def test_letters_that_could_be_numerals():
    assert read_label("C", last_part="B") == Label("part", "C")
    assert read_label("I", last_part="A") == Label("group", "I")


def test_labels_in_front_of_a_text():
    assert split_label("1.2. Xây dựng") == (Label("row", "1.2"), "Xây dựng")
    assert split_label("a) Rà soát") == (Label("point", "a"), "Rà soát")
    assert split_label("5G được phủ sóng") is None
    assert split_heading("Nhóm 2: Hạ tầng") == (Label("row", "2"), "Hạ tầng")
    assert split_heading("III NHÂN LỰC") == (Label("group", "III"), "NHÂN LỰC")


def test_a_data_row_is_no_header():
    assert find_header(grid(parse("1 | Rà soát văn bản | Sở Tư pháp | Báo cáo | 6/2025")[0].rows)) is None
