"""People from a spreadsheet (.xlsx) or a .csv file: columns by their Vietnamese headers in any order; all rows are good, or none count."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from bot.officials.roster import BadPeople, Person, person
from knowledge.parsers.document import UnreadableFile
from knowledge.parsers.office_files import check_office, check_size, signature
from knowledge.text.normalize import clean, fold

MOST_BYTES = 5_000_000
MOST_ROWS = 10_000
MOST_COLUMNS = 60
_HEADER_WITHIN = 15
_MOST_TOLD = 100
_TITLES = {"name": "Họ tên", "username": "Tên đăng nhập/Email", "province": "Tỉnh", "agency": "Cơ quan", "role": "Vai trò"}

#: Usual headers, folded, letters only.
_HEADERS = {
    "name": {"hoten", "hovaten", "hotencanbo", "tencanbo"},
    "username": {"tendangnhap", "tendangnhapemail", "emailtendangnhap", "email", "thudientu", "taikhoan", "taikhoandangnhap"},
    "province": {"tinh", "tinhthanh", "tinhthanhpho", "matinh"},
    "agency": {"coquan", "donvi", "coquandonvi", "coquancongtac", "donvicongtac"},
    "role": {"vaitro", "quyen"},
}
_CSV_FORMULA = re.compile(r"[=+\-@\t\r]")

_Row = tuple[int, list[str]]  # its number as Excel shows it, its cells


class _Formula(str):
    """The text of a cell that is, or that Excel would take for, a formula."""


def read_people(path: Path) -> list[Person]:
    """The people of a file. Raises BadPeople with a line for each bad row, UnreadableFile where it is no such file or has no such table."""
    try:
        rows = list(islice(_rows(path), MOST_ROWS + 1))
    except OSError as error:
        raise UnreadableFile(f"Không mở được tệp “{path.name}”: {error.strerror or error}.") from error
    if len(rows) > MOST_ROWS:
        raise UnreadableFile(f"Tệp “{path.name}” có trên {MOST_ROWS} dòng; hãy tách thành nhiều tệp.")
    columns, below = _columns(path.name, rows)
    people: list[Person] = []
    troubles: list[str] = []
    seen: dict[str, int] = {}
    for number, cells in rows[below:]:
        given = {key: cells[place] if place < len(cells) else "" for key, place in columns.items()}
        if not any(text.strip() for text in given.values()):
            continue
        try:
            found = _person(given)
            if found.username in seen:
                raise BadPeople([f"tên đăng nhập “{found.username}” trùng với dòng {seen[found.username]}"])
        except BadPeople as error:
            troubles.append(f"Dòng {number}: {'; '.join(error.lines)}.")
        else:
            seen[found.username] = number
            people.append(found)
    if troubles:
        more = [f"… và {len(troubles) - _MOST_TOLD} dòng nữa."] if len(troubles) > _MOST_TOLD else []
        raise BadPeople([*troubles[:_MOST_TOLD], *more])
    if not people:
        raise UnreadableFile(f"Tệp “{path.name}” chưa có dòng nào dưới dòng tiêu đề.")
    return people


def _person(given: dict[str, str]) -> Person:
    formulas = [_TITLES[key] for key, text in given.items() if isinstance(text, _Formula)]
    if formulas:
        raise BadPeople([f"cột {', '.join(formulas)} chứa công thức; hãy gõ giá trị"])
    return person(given)


def _columns(name: str, rows: list[_Row]) -> tuple[dict[str, int], int]:
    """(column by key, index of the first row below the headers); the headers stand within the first rows."""
    best: dict[str, list[int]] = {}
    below = 0
    for index, (_, cells) in enumerate(rows[:_HEADER_WITHIN]):
        found = _headers(cells)
        if len(found) > len(best):
            best, below = found, index + 1
    missing = [title for key, title in _TITLES.items() if key not in best]
    if missing:
        raise UnreadableFile(f"Tệp “{name}” thiếu cột {', '.join(missing)}. Dòng tiêu đề cần có: {', '.join(_TITLES.values())}.")
    double = [_TITLES[key] for key, places in best.items() if len(places) > 1]
    if double:
        raise UnreadableFile(f"Tệp “{name}” có nhiều cột cho {', '.join(double)}; hãy chỉ giữ một cột cho mỗi mục.")
    return {key: places[0] for key, places in best.items()}, below


def _headers(cells: list[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for place, text in enumerate(cells):
        letters = re.sub(r"[^a-z]", "", fold(clean(text)))
        for key, headers in _HEADERS.items():
            if letters in headers:
                found.setdefault(key, []).append(place)
    return found


def _rows(path: Path) -> Iterator[_Row]:
    suffix = path.suffix.lower()
    if suffix == ".xlsx":
        return _of_workbook(path)
    if suffix == ".csv":
        return _of_csv(path)
    raise UnreadableFile(f"Tệp “{path.name}” không phải .xlsx hoặc .csv; hãy lưu lại đúng dạng.")


def _of_workbook(path: Path) -> Iterator[_Row]:
    """The rows of the first visible sheet."""
    check_size(path, MOST_BYTES)
    check_office(path, "xl/workbook.xml", "Excel (.xlsx)")
    import openpyxl

    try:
        book = openpyxl.load_workbook(path, read_only=True, keep_links=False)
        sheet = next(sheet for sheet in book.worksheets if sheet.sheet_state == "visible")
        sheet.reset_dimensions()
        for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), 1):
            yield number, [_cell(cell.value, cell.data_type) for cell in cells]
        book.close()
    except Exception as error:  # the library raises whatever the file makes it stumble over
        raise UnreadableFile(f"Tệp “{path.name}” bị hỏng; hãy mở bằng Excel, lưu lại rồi gửi.") from error


def _cell(value: Any, kind: str) -> str:
    text = "" if value is None else str(value)
    return _Formula(text) if kind == "f" else text


def _of_csv(path: Path) -> Iterator[_Row]:
    check_size(path, MOST_BYTES)
    if signature(path) in ("zip", "ole"):
        raise UnreadableFile(f"Tệp “{path.name}” là bảng tính Excel chứ không phải CSV; hãy sửa đuôi tệp thành .xlsx.")
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
        first = text.splitlines()[0]
        mark = max(",;\t", key=first.count)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
        for cells in reader:
            yield reader.line_num, [_Formula(cell) if _CSV_FORMULA.match(cell) else cell for cell in cells[:MOST_COLUMNS]]
    except (UnicodeDecodeError, IndexError) as error:
        raise UnreadableFile(f"Tệp “{path.name}” không ở bảng mã UTF-8; hãy lưu lại bằng “CSV UTF-8” hoặc .xlsx.") from error
    except csv.Error as error:
        raise UnreadableFile(f"Tệp “{path.name}” có dòng CSV hỏng; hãy lưu lại bằng “CSV UTF-8” hoặc .xlsx.") from error
