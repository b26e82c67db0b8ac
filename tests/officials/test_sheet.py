"""People from spreadsheets: good ones in whatever order, and every kind of bad one."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pytest

from bot.officials.roster import BadPeople, Person, person
from bot.officials.sheet import read_people
from knowledge.parsers.document import UnreadableFile

HEADERS = ["Họ tên", "Tên đăng nhập/Email", "Tỉnh", "Cơ quan", "Vai trò"]
AN = ["Nguyễn Văn An", "An.NV@haugiang.gov.vn", "Hậu Giang", "Sở Y tế", "Chuyên viên"]
BINH = ["Trần Thị Bình", "binh.tt", "hau-giang", "", "đầu mối của tỉnh"]
FOUND = [Person("Nguyễn Văn An", "an.nv@haugiang.gov.vn", "hau-giang", "Sở Y tế", "officer"),
         Person("Trần Thị Bình", "binh.tt", "hau-giang", None, "coordinator")]


def xlsx(path: Path, *rows: list[object]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path / "ds.xlsx")
    return path / "ds.xlsx"


def text(path: Path, *rows: list[str], mark: str = ",", encoding: str = "utf-8-sig") -> Path:
    with (path / "ds.csv").open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=mark).writerows(rows)
    return path / "ds.csv"


def troubles(path: Path) -> list[str]:
    with pytest.raises(BadPeople) as caught:
        read_people(path)
    return caught.value.lines


def refusal(path: Path) -> str:
    with pytest.raises(UnreadableFile) as caught:
        read_people(path)
    return str(caught.value)


def test_a_workbook(tmp_path: Path) -> None:
    assert read_people(xlsx(tmp_path, HEADERS, AN, BINH)) == FOUND


@pytest.mark.parametrize(("mark", "encoding"), [(",", "utf-8"), (";", "utf-8-sig"), ("\t", "utf-16")])
def test_csv_of_any_excel(tmp_path: Path, mark: str, encoding: str) -> None:
    assert read_people(text(tmp_path, HEADERS, AN, BINH, mark=mark, encoding=encoding)) == FOUND


def test_columns_in_any_order_below_a_title_among_others(tmp_path: Path) -> None:
    def order(row: list[str], first: str) -> list[object]:
        return [first, row[4], row[2], row[1], row[0], row[3], "ghi chú"]

    headers = order(["HỌ VÀ TÊN", "email", "Tỉnh/Thành phố", "Cơ quan, đơn vị", "Vai trò"], "STT")
    assert read_people(xlsx(tmp_path, ["DANH SÁCH CÁN BỘ"], [], headers, order(AN, "1"), [None] * 5, order(BINH, "2"))) == FOUND


def test_every_bad_row_has_one_line_and_none_counts(tmp_path: Path) -> None:
    found = troubles(xlsx(
        tmp_path, HEADERS, AN,
        ["", "x y", "Hậu Giang", "Sở Bánh kẹo", "vua"],
        ["Lê C", "an.nv@HAUGIANG.gov.vn", "", "", ""],
        ["Lê D", "", "Hậu Giang và Hà Nội", "các sở, ban, ngành", ""],
        ["Lê E", "le.e", "", "", "chuyên viên"]))
    assert [line[:7] for line in found] == ["Dòng 3:", "Dòng 4:", "Dòng 5:", "Dòng 6:"]
    expected = (("thiếu họ tên", "x y", "Sở Bánh kẹo", "vua"), ("trùng với dòng 2",),
                ("thiếu tên đăng nhập", "không có tỉnh", "không có cơ quan"), ("cần có tỉnh", "cần có cơ quan"))
    for line, parts in zip(found, expected, strict=True):
        assert all(part in line for part in parts) and "\n" not in line, line


@pytest.mark.parametrize("cell", ["=HYPERLINK(\"http://x\",\"Hậu Giang\")", "=1+1", "=cmd|' /C calc'!A0"])
def test_formulas_in_a_workbook_are_no_values(tmp_path: Path, cell: str) -> None:
    for place in range(5):
        row: list[object] = [*AN]
        row[place] = cell
        (line,) = troubles(xlsx(tmp_path, HEADERS, row))
        assert "chứa công thức" in line and HEADERS[place] in line


@pytest.mark.parametrize("cell", ["=1+1", "+84912345678", "-2+3", "@SUM(A1)", "\t=1+1"])
def test_formulas_in_csv_are_no_values(tmp_path: Path, cell: str) -> None:
    (line,) = troubles(text(tmp_path, HEADERS, [cell, *AN[1:]]))
    assert "chứa công thức" in line


@pytest.mark.parametrize("headers", [["Họ tên", "Email", "Tỉnh", "Cơ quan"], ["a", "b", "c", "d", "e"], ["Họ tên;Email", "", "", "", ""]])
def test_missing_columns_are_named(tmp_path: Path, headers: list[str]) -> None:
    said = refusal(text(tmp_path, headers, AN))
    assert "thiếu cột" in said and "Vai trò" in said


def test_two_columns_for_one_thing(tmp_path: Path) -> None:
    assert "nhiều cột cho Tên đăng nhập/Email" in refusal(xlsx(tmp_path, [*HEADERS, "Email"], [*AN, "x"]))


def test_files_that_are_none(tmp_path: Path) -> None:
    bad = {
        "a.xlsx": b"not a workbook", "b.xlsx": b"", "c.csv": b"", "d.csv": "Họ tên".encode("utf-16-le")[1:], "e.pdf": b"%PDF-1.4",
        "f.csv": b"H\xe1\xbb,\xff\xfe", "g.csv": b'"Ho ten\n', "h.csv": b"PK\x03\x04zip", "i.csv": b"a,b\x00c\n",
    }
    for name, content in bad.items():
        (tmp_path / name).write_bytes(content)
        assert name in refusal(tmp_path / name)
    assert "Không mở được" in refusal(tmp_path / "missing.csv")
    assert "chưa có dòng nào" in refusal(xlsx(tmp_path, HEADERS))


def test_too_many_rows(tmp_path: Path) -> None:
    assert "10000 dòng" in refusal(text(tmp_path, HEADERS, *([AN] * 10_001)))


@pytest.mark.parametrize("username", ["аdmin", "ａdmin\u202e", "~guest", "a", "x" * 101, "có dấu", "a'b", "a b", "а@b.vn", "../etc"])
def test_usernames_of_look_alikes_are_refused(username: str) -> None:
    if username == "ａdmin\u202e":
        assert person({"name": "A B", "username": username}).username == "admin"
        return
    with pytest.raises(BadPeople, match="tên đăng nhập"):
        person({"name": "A B", "username": username})


@pytest.mark.parametrize("name", ["", "123", "x" * 121, "=A1", "@x", "\u200b"])
def test_names_that_are_none(name: str) -> None:
    with pytest.raises(BadPeople, match="họ tên"):
        person({"name": name, "username": "abc"})


@pytest.mark.parametrize("name", ["H'Hen Niê", "Robert'); DROP TABLE officials;--", "Nguye\u0302\u0303n Va\u0306n A\u0301"])
def test_names_are_stored_composed_and_else_as_given(name: str) -> None:
    found = person({"name": name, "username": "abc"}).name
    assert found == (name if name.isascii() or "H'" in name else "Nguyễn Văn Á")


@pytest.mark.parametrize(("given", "stored"), [
    ("so y te", "Sở Y tế"), ("Sở Y tế tỉnh Hậu Giang", "Sở Y tế"), ("Sở KH&CN", "Sở Khoa học và Công nghệ"),
    ("UBND xã Hòa An", "UBND xã Hòa An"), ("UBND huyện Châu Thành A", "UBND huyện Châu Thành A"),
])
def test_agencies_are_stored_as_the_registry_writes_them(given: str, stored: str) -> None:
    assert person({"name": "A B", "username": "abc", "agency": given}).agency == stored


@pytest.mark.parametrize(("given", "slug"), [("tỉnh Hậu Giang", "hau-giang"), ("hau giang", "hau-giang"), ("TP. Cần Thơ", "can-tho")])
def test_provinces_are_stored_as_slugs(given: str, slug: str) -> None:
    assert person({"name": "A B", "username": "abc", "province": given}).province == slug
