"""Exports: every row, its facts unharmed, and nothing in a cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Engine

from knowledge.services import sheets
from knowledge.services.exporting import export_rows, write_csv, write_jsonl, write_xlsx
from knowledge.store import PlanStore
from knowledge.store.errors import UnknownPlan
from tests.sample_plans import sample_plan, sample_rows, task

HOSTILE = ("=1+1", "+84 292", "-5", "@SUM(A1)", "=HYPERLINK(\"http://x\")", "\t=1", "a\x07b\x1f", "x" * 40_000,
           "_x0041_ ]]> <a/>", "'=1", "  ")


@pytest.fixture
def store(engine: Engine) -> PlanStore:
    store = PlanStore(engine)
    store.save(sample_plan())
    store.save(sample_plan("kh-hai"))
    return store


def test_jsonl_holds_every_row(store: PlanStore) -> None:
    out = io.StringIO()
    assert write_jsonl(export_rows(store), out) == 18
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    rows = [*sample_plan("kh-hai").rows, *sample_plan().rows]
    assert lines == [{"ref": row.ref, "kind": row.kind, "group": row.group, "facts": row.facts(), "source": row.source.as_dict()}
                     for row in rows]
    assert "đ" in out.getvalue() and "\\u" not in out.getvalue()


def test_one_plan(store: PlanStore) -> None:
    assert [row.plan for row in export_rows(store, "kh-hai")] == ["kh-hai"] * 9
    with pytest.raises(UnknownPlan):
        export_rows(store, "kh-ba")


def test_xlsx_is_for_a_person(store: PlanStore, tmp_path: Path) -> None:
    path = tmp_path / "ra.xlsx"
    assert write_xlsx(export_rows(store, "kh-mau"), path) == 9
    sheet = openpyxl.load_workbook(path)["Dữ liệu"]
    titles = [cell.value for cell in sheet[1]]
    assert titles[5:10] == ["Nội dung", "Cơ quan chủ trì", "Cơ quan phối hợp", "Sản phẩm, kết quả", "Thời hạn (như văn bản)"]
    assert sheet.freeze_panes == "A2" and sheet.auto_filter.ref == "A1:S10"
    second = dict(zip(titles, sheet[3]))
    assert second["Cơ quan chủ trì"].value == "Sở Thông tin và Truyền thông\nBáo Mẫu"
    assert second["Ngày cuối"].value.date() == date(2025, 12, 31)
    assert second["Ngày cuối"].number_format == "dd/mm/yyyy"
    assert second["Nội dung"].alignment.wrap_text and second["Nguồn"].value == "ke-hoach.txt, dòng 10–12"
    assert sheet.column_dimensions["F"].width == 60
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".xlsx"] == ["ra.xlsx"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_cells_of_a_workbook_are_text(tmp_path: Path, text: str) -> None:
    path = tmp_path / "ra.xlsx"
    write_xlsx([task("1", text, lead=(text,))], path)
    cell = openpyxl.load_workbook(path)["Dữ liệu"]["F2"]
    assert cell.data_type != "f"
    if text.startswith(("=", "+", "-", "@")):
        assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)


def test_csv_opens_in_a_spreadsheet(store: PlanStore, tmp_path: Path) -> None:
    path = tmp_path / "ra.csv"
    assert write_csv(export_rows(store, "kh-mau"), path) == 9
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert lines[1]["Cơ quan chủ trì"] == "Sở Thông tin và Truyền thông\nBáo Mẫu" and lines[1]["Ngày cuối"] == "31/12/2025"
    assert lines[0]["Loại"] == "Nhóm" and lines[4]["Giá trị"] == "≥ 80"


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_cells_of_a_csv_are_text(tmp_path: Path, text: str) -> None:
    path = tmp_path / "ra.csv"
    write_csv([task("1", text)], path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        [line] = csv.DictReader(file)
    assert line["Nội dung"].lstrip("'") == text.lstrip("'")
    assert not line["Nội dung"].startswith(("=", "+", "-", "@", "\t"))


def test_a_sheet_that_is_full_goes_on_in_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 4)
    write_xlsx(sample_rows(), tmp_path / "ra.xlsx")
    book = openpyxl.load_workbook(tmp_path / "ra.xlsx")
    assert [(sheet.title, sheet.max_row) for sheet in book] == [("Dữ liệu", 5), ("Dữ liệu (2)", 5), ("Dữ liệu (3)", 2)]


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_a_failing_export_leaves_the_old_file(tmp_path: Path, write: object) -> None:
    path = tmp_path / "ra.xlsx"
    path.write_text("cũ", encoding="utf-8")

    def rows() -> object:
        yield task("1", "a")
        raise RuntimeError("giữa chừng")
    with pytest.raises(RuntimeError):
        write(rows(), path)  # type: ignore[operator]
    assert path.read_text(encoding="utf-8") == "cũ" and len(list(tmp_path.iterdir())) == 1
    with pytest.raises(OSError):
        write([], tmp_path / "khong-co" / "ra.xlsx")  # type: ignore[operator]
