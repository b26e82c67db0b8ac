"""The review workbook: out, corrected, and back; and workbooks that are broken."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.model import Deadline, Plan, Row, Source
from knowledge.services import plan_json
from knowledge.services.plan_json import NotAPlan
from knowledge.services.review import BrokenWorkbook, read_review, write_review
from tests.sample_plans import big_plan, sample_plan, task, with_rows

Edit = Callable[[Any], None]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bang.xlsx"


def corrected(path: Path, plan: Plan, edit: Edit) -> Plan:
    """The plan that comes back after a person's work on the workbook."""
    write_review(plan, path)
    book = openpyxl.load_workbook(path)
    edit(book)
    book.save(path)
    return read_review(path)


def put(title: str, line: int, value: Any) -> Edit:
    """Write a value into the column of that title."""
    def edit(book: Any) -> None:
        sheet = book["Rà soát"]
        [column] = [cell.column for cell in sheet[1] if cell.value.startswith(title)]
        sheet.cell(line, column).value = value
    return edit


def test_untouched_it_comes_back_equal(path: Path) -> None:
    write_review(sample_plan(), path)
    assert read_review(path) == sample_plan()
    assert corrected(path, sample_plan(), lambda book: None) == sample_plan()


def test_hostile_text_comes_back_equal(path: Path) -> None:
    names = ["=1+1", "+1", "-1", "@a", "a\x07\x00b", "x" * 70_000, "_x0041__x005F_", " đầu và cuối \n", "\ud800", "\ufffe",
             "]]>&amp;<b>", "\u200b"]
    plan = with_rows(sample_plan(), [
        task(str(n), name, result=name, lead=(name,), extra={"k": [name]}) for n, name in enumerate(names)])
    write_review(plan, path)
    assert read_review(path) == plan
    assert corrected(path, plan, lambda book: None) == plan


def test_what_a_person_sees(path: Path) -> None:
    write_review(sample_plan(), path)
    book = openpyxl.load_workbook(path)
    assert [(sheet.title, sheet.sheet_state) for sheet in book] == [
        ("Rà soát", "visible"), ("Văn bản", "visible"), ("Chưa xếp được", "visible"), ("_troly", "hidden")]
    sheet = book["Rà soát"]
    assert sheet.freeze_panes == "A2" and sheet.max_row == 10
    assert sheet["B5"].value == "Cột phối hợp trống." and sheet["B5"].fill.fgColor.rgb == "00FFF2CC"
    assert sheet["B4"].fill.fgColor.rgb != "00FFF2CC"
    assert book["Chưa xếp được"]["C2"].value == "Một đoạn lạ"
    assert "troly import --corrected" in str([cell.value for cell in book["Văn bản"]["B"]])


@pytest.mark.parametrize(("title", "value", "field", "expected"), [
    ("Nội dung", "Tên đã sửa", "name", "Tên đã sửa"),
    ("Cơ quan chủ trì", "Sở A\nSở B; Sở C, D và E\n", "lead", ("Sở A", "Sở B", "Sở C, D và E")),
    ("Cơ quan phối hợp", None, "coop", ()),
    ("Sản phẩm", "Quyết định", "result", "Quyết định"),
    ("Thời hạn", "Quý II/2026", "due", Deadline("Quý II/2026", "quarter", date(2026, 6, 30))),
    ("Thời hạn", None, "due", None),
    ("Hiểu là ngày cuối", date(2026, 3, 31), "due", Deadline("12/2025", "month", date(2026, 3, 31))),
    ("Hiểu là ngày cuối", "31/3/2026", "due", Deadline("12/2025", "month", date(2026, 3, 31))),
    ("Số", 4, "no", "4"),
    ("Số", 4.0, "no", "4"),
    ("Loại", "chỉ tiêu", "kind", "indicator"),
    ("Nhóm", "II", "group", "II"),
    ("Phụ lục", "", "annex", None),
    ("Giá trị", 95, "target", "95"),
    ("Đơn vị tính", "%", "unit", "%"),
    ("Năm", 2030, "year", 2030),
    ("Năm", "2030", "year", 2030),
    ("Ghi chú", "=1+1", "note", None),  # a formula that nothing has calculated yet is empty
])
def test_a_corrected_cell(path: Path, title: str, value: Any, field: str, expected: Any) -> None:
    plan = corrected(path, sample_plan(), put(title, 3, value))
    assert getattr(plan.rows[1], field) == expected
    others = [row for row in plan.rows if row.no != plan.rows[1].no]
    assert others == [row for row in sample_plan().rows if row.no != plan.rows[1].no and row.no != "1"]


def test_a_doubt_goes_when_the_row_is_corrected_or_marked_as_seen(path: Path) -> None:
    for edit in (put("Đã xem", 5, "x"), put("Cơ quan phối hợp", 5, "Sở Tài chính"), put("Cần xem lại", 5, None)):
        assert corrected(path, sample_plan(), edit).rows[3].doubt is None
    assert corrected(path, sample_plan(), put("Đã xem", 4, "x")).rows[3].doubt == "Cột phối hợp trống."


def test_rows_can_be_dropped_added_and_copied(path: Path) -> None:
    def edit(book: Any) -> None:
        sheet = book["Rà soát"]
        put("Bỏ dòng", 3, "x")(book)
        sheet.delete_rows(6)                        # the indicator
        sheet.insert_rows(5)                        # behind task 2
        put("Số", 5, "2b")(book)
        put("Nội dung", 5, "Dòng thêm")(book)
        put("Cơ quan chủ trì", 5, "Sở X")(book)
        put("Thời hạn", 5, "30/6/2026")(book)
        sheet.append([None] * 25)
    plan = corrected(path, sample_plan(), edit)
    assert [row.no for row in plan.rows] == ["I", "2", "2b", "3", "2030-a-1", "IV.3", "V.1", "VI.2"]
    assert plan.rows[2] == Row("kh-mau", "task", "2b", "Dòng thêm", Source("ke-hoach.txt"), lead=("Sở X",),
                               due=Deadline("30/6/2026", "date", date(2026, 6, 30)))


def test_a_sorted_sheet_keeps_the_plan_s_order(path: Path) -> None:
    def edit(book: Any) -> None:
        sheet = book["Rà soát"]
        lines = [[cell.value for cell in line] for line in sheet.iter_rows(min_row=2)]
        for number, line in enumerate(reversed(lines), start=2):
            for column, value in enumerate(line, start=1):
                sheet.cell(number, column).value = value
    assert corrected(path, sample_plan(), edit) == sample_plan()


def test_the_plan_s_own_facts(path: Path) -> None:
    def edit(book: Any) -> None:
        for line in book["Văn bản"].iter_rows(min_row=2):
            changed = {"Mã kế hoạch": "hg-2026", "Số, ký hiệu": "99/KH-UBND", "Ngày ban hành": "1/2/2026",
                       "Cơ quan ban hành": None}
            if line[0].value in changed:
                line[1].value = changed[line[0].value]
    plan = corrected(path, sample_plan(), edit)
    assert (plan.id, plan.number, plan.date, plan.issuer) == ("hg-2026", "99/KH-UBND", date(2026, 2, 1), None)
    assert plan.rows[1].ref == "hg-2026#task:1"


def drop_column(book: Any) -> None:
    book["Rà soát"].delete_cols(9)


def spoil_copy(book: Any) -> None:
    book["_troly"]["A2"].value = str(book["_troly"]["A2"].value)[:-10]


def bad_fact(label: str, value: Any) -> Edit:
    def edit(book: Any) -> None:
        for line in book["Văn bản"].iter_rows(min_row=2):
            if line[0].value == label:
                line[1].value = value
    return edit


@pytest.mark.parametrize(("edit", "words"), [
    (put("Năm", 3, "năm sau"), "Dòng 3 trang “Rà soát”: “năm sau” không phải là năm"),
    (put("Loại", 3, "Việc"), "không có loại “Việc”"),
    (put("Số", 3, None), "cột “Số” không được để trống"),
    (put("Số", 3, "9" * 300), "dài quá 200"),
    (put("Nội dung", 3, " "), "cột “Nội dung” không được để trống"),
    (put("Hiểu là ngày cuối", 3, "30/2/2026"), "“30/2/2026” không phải là ngày"),
    (put("Dòng", 3, "99"), "cột “Dòng” ghi “99”"),
    (put("Dòng", 3, "hai"), "cột “Dòng” ghi “hai”"),
    (drop_column, "thiếu cột: “Nội dung”"),
    (spoil_copy, "đã bị sửa hoặc mất một phần"),
    (lambda book: book.remove(book["_troly"]), "không phải bảng rà soát"),
    (lambda book: book.remove(book["Rà soát"]), "không phải bảng rà soát"),
    (bad_fact("Ngày ban hành", "hôm qua"), "mục “Ngày ban hành”"),
    (bad_fact("Tên văn bản", None), "mục “Tên văn bản” không được để trống"),
    (bad_fact("Mã kế hoạch", "Mã #1"), "Mã kế hoạch “Mã #1” không hợp lệ"),
])
def test_mistakes_are_told_with_their_place(path: Path, edit: Edit, words: str) -> None:
    with pytest.raises(BrokenWorkbook) as raised:
        corrected(path, sample_plan(), edit)
    assert words in str(raised.value)


def test_all_mistakes_are_told_at_once(path: Path) -> None:
    def edit(book: Any) -> None:
        for line in range(2, 40):
            put("Năm", line, "?")(book)
    with pytest.raises(BrokenWorkbook) as raised:
        corrected(path, big_plan(50), edit)
    lines = str(raised.value).splitlines()
    assert len(lines) == 12 and lines[-1] == "… và 28 chỗ khác."


def zip_of(path: Path, name: str, content: bytes) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)


@pytest.mark.parametrize("make", [
    lambda path: path.write_bytes(b""),
    lambda path: path.write_bytes(b"PK\x03\x04 cut off"),
    lambda path: path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 5000),  # with a password, or an old .xls
    lambda path: path.write_text("Đây là văn bản", encoding="utf-8"),
    lambda path: zip_of(path, "a.txt", b"no workbook"),
    lambda path: zip_of(path, "[Content_Types].xml", b"<a>" * 1000),
    lambda path: openpyxl.Workbook().save(path),
    lambda path: path.mkdir(),
    lambda path: None,
])
def test_files_that_are_no_review_workbook(path: Path, make: Callable[[Path], object]) -> None:
    make(path)
    with pytest.raises(BrokenWorkbook) as raised:
        read_review(path)
    assert "hãy" in str(raised.value).lower() and "\n" not in str(raised.value)


def test_a_zip_bomb_is_not_opened(path: Path) -> None:
    with (zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
          archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as file):
        for _ in range(520):
            file.write(b"\0" * (1 << 20))
    with pytest.raises(BrokenWorkbook, match="lớn bất thường"):
        read_review(path)


TEXTS = st.text(max_size=12)
MAYBE = st.none() | TEXTS
COUNTS = st.integers(1, 9)
SOURCES = st.builds(Source, TEXTS, st.none() | st.tuples(COUNTS, COUNTS), st.none() | COUNTS, MAYBE)
DAYS = st.none() | st.dates()
ROWS = st.builds(
    Row, st.just("kh"), st.sampled_from(["task", "target", "passage"]), st.text(min_size=1, max_size=5), TEXTS,
    SOURCES, lead=st.lists(TEXTS, max_size=2).map(tuple), coop=st.lists(TEXTS, max_size=2).map(tuple), result=MAYBE,
    due=st.none() | st.builds(Deadline, TEXTS, st.sampled_from(["date", "none", "range"]), DAYS, DAYS),
    year=st.none() | st.integers(0, 3000), doubt=st.none() | TEXTS.map(str.strip).filter(bool),  # a doubt is a sentence
    extra=st.dictionaries(TEXTS, TEXTS | st.integers() | st.none(), max_size=2))
PLANS = st.builds(Plan, st.just("kh"), TEXTS, TEXTS, date=st.none() | st.dates(), rows=st.lists(ROWS, max_size=3).map(tuple))


@given(PLANS)
def test_plan_json_round_trip(plan: Plan) -> None:
    assert plan_json.loads(plan_json.dumps(plan)) == plan


@given(PLANS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_plan_comes_back_equal(path: Path, plan: Plan) -> None:
    write_review(plan, path)
    assert read_review(path) == plan


@pytest.mark.parametrize("text", [
    "", "[]", "{}", "null", '{"id":1,"title":"t","file":"f"}', '{"id":"a","title":"t","file":"f","rows":[{}]}',
    '{"id":"a","title":"t","file":"f","khac":"x"}', '{"id":"a","title":"t","file":"f","rows":[{"kind":"việc"}]}', "[" * 100_000,
    '{"id":"a","title":"t","file":"f","date":"hôm qua"}',
    '{"id":"a","title":"t","file":"f","rows":[{"plan":"a","kind":"task","no":"1","name":"x","source":{"file":"f"},"lead":[3]}]}'])
def test_plan_json_refuses_anything_else(text: str) -> None:
    with pytest.raises(NotAPlan):
        plan_json.loads(text)
