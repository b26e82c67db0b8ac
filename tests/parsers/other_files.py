"""Plans of other provinces with what only one format has: Word's numbers and tracked changes, Excel's hidden rows, HTML as .doc.

Each builder writes one file and says what a careful reader takes from it, in the form of data/other_plans.yml.
"""

from __future__ import annotations

import copy
import datetime
from pathlib import Path
from typing import Any

import docx
import openpyxl
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

Expected = list[dict[str, Any]]
BUILDERS = []


def builds(function):
    """Registers a builder."""
    BUILDERS.append(function)
    return function


def table_of(document, rows):
    table = document.add_table(len(rows), len(rows[0]))
    for line, row in zip(table.rows, rows):
        for cell, text in zip(line.cells, row):
            cell.text = text
    return table


def numbered(document, texts: list[str]) -> int:
    """A list definition of its own with these level texts; gives its number."""
    numbering = document.part.numbering_part.element
    number = 900 + len(numbering)
    levels = "".join(
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for depth, (form, text) in enumerate(entry.split(" ", 1) for entry in texts))
    numbering.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{number}">{levels}</w:abstractNum>'))
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="{number}"/></w:num>'))
    return number


def number_by(paragraph, number: int, depth: int = 0) -> None:
    properties = paragraph._p.get_or_add_pPr()
    properties.append(parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>'))


def task(ref, name, lead, due=None, **more):
    return {"ref": ref, "name": name, "lead": lead, **({"due": due} if due else {}), **more}


@builds
def word_numbers(folder: Path) -> tuple[Path, Expected]:
    """Numerals and numbers by Word alone, lead cells merged down, the header repeated, agencies on lines of their own."""
    document = docx.Document()
    document.add_paragraph("KẾ HOẠCH")
    document.add_paragraph("Phát triển khoa học, công nghệ năm 2025")
    table = table_of(document, [
        ("STT", "Nhiệm vụ", "Cơ quan chủ trì", "Cơ quan phối hợp", "Thời gian"),
        ("", "Hoàn thiện thể chế", "", "", ""),
        ("", "Rà soát quy định", "Sở Tư pháp", "Sở Nội vụ\nSở Tài chính\nUBND các xã", "Quý II/2025"),
        ("", "Ban hành quy chế", "", "Sở Nội vụ", "Quý III/2025"),
        ("", "Phát triển hạ tầng", "", "", ""),
        ("", "Lắp trạm 5G", "Sở Khoa học và Công nghệ", "", "12/2025"),
        ("", "Xây dựng trung tâm dữ liệu", "", "Công an tỉnh", "12/2026")])
    table.cell(2, 2).merge(table.cell(3, 2))
    table.cell(5, 2).merge(table.cell(6, 2))
    table.rows[0]._tr.get_or_add_trPr().append(parse_xml(f'<w:tblHeader {nsdecls("w")}/>'))
    romans, numbers = numbered(document, ["upperRoman %1"]), numbered(document, ["decimal %1."])
    for index in (1, 4):
        number_by(table.cell(index, 0).paragraphs[0], romans)
    for index in (2, 3, 5, 6):
        number_by(table.cell(index, 0).paragraphs[0], numbers)
    document.save(folder / "so-tu-dong.docx")
    return folder / "so-tu-dong.docx", [
        {"ref": "group:I", "name": "Hoàn thiện thể chế"},
        task("task:1", "Rà soát quy định", ["Sở Tư pháp"], ["Quý II/2025", "quarter", "2025-06-30"], group="I",
             coop=["Sở Nội vụ", "Sở Tài chính", "UBND các xã"]),
        task("task:2", "Ban hành quy chế", ["Sở Tư pháp"], ["Quý III/2025", "quarter", "2025-09-30"], group="I", coop=["Sở Nội vụ"]),
        {"ref": "group:II", "name": "Phát triển hạ tầng"},
        task("task:3", "Lắp trạm 5G", ["Sở Khoa học và Công nghệ"], ["12/2025", "month", "2025-12-31"], group="II"),
        task("task:4", "Xây dựng trung tâm dữ liệu", ["Sở Khoa học và Công nghệ"], ["12/2026", "month", "2026-12-31"], group="II",
             coop=["Công an tỉnh"])]


def _deleted(run_text: str) -> Any:
    return parse_xml(f'<w:del {nsdecls("w")} w:id="1" w:author="a"><w:r><w:delText xml:space="preserve">{run_text}</w:delText></w:r>'
                     "</w:del>")


def _inserted(run_text: str) -> Any:
    return parse_xml(f'<w:ins {nsdecls("w")} w:id="2" w:author="a"><w:r><w:t xml:space="preserve">{run_text}</w:t></w:r></w:ins>')


@builds
def tracked_changes(folder: Path) -> tuple[Path, Expected]:
    """Text, a row and a paragraph mark inserted and deleted under tracked changes: read as if all were accepted."""
    document = docx.Document()
    document.add_paragraph("KẾ HOẠCH")
    document.add_paragraph("Chuyển đổi số năm 2026")
    table = table_of(document, [("TT", "Nhiệm vụ", "Chủ trì", "Thời hạn"), ("1", "Lập ", "", ""), ("2", "Bỏ", "Sở Y tế", "2025"),
                                ("2", "Sơ kết", "Sở Nội vụ", "6/2026")])
    table.cell(1, 1).paragraphs[0]._p.append(_deleted("báo cáo"))
    table.cell(1, 1).paragraphs[0]._p.append(_inserted("đề án"))
    table.cell(1, 2).paragraphs[0]._p.append(_deleted("Sở Tài chính"))
    table.cell(1, 2).paragraphs[0]._p.append(_inserted("Sở Công Thương"))
    table.cell(1, 3).paragraphs[0]._p.append(_inserted("Quý I"))
    table.cell(1, 3).paragraphs[0]._p.append(_deleted("V/2025"))
    table.cell(1, 3).paragraphs[0]._p.append(_inserted("/2026"))
    table.rows[2]._tr.get_or_add_trPr().append(parse_xml(f'<w:del {nsdecls("w")} w:id="3" w:author="a"/>'))
    table.rows[3]._tr.get_or_add_trPr().append(parse_xml(f'<w:ins {nsdecls("w")} w:id="4" w:author="a"/>'))
    document.add_paragraph("I. MỤC ĐÍCH")
    document.add_paragraph("Nâng cao chất lượng phục vụ người dân.")
    document.add_paragraph("II. TỔ CHỨC THỰC HIỆN")
    parted = document.add_paragraph("1. Sở Tài chính bố trí ")
    parted._p.get_or_add_pPr().append(parse_xml(f'<w:rPr {nsdecls("w")}><w:del w:id="5" w:author="a"/></w:rPr>'))
    document.add_paragraph("kinh phí thực hiện Kế hoạch.")
    document.save(folder / "theo-doi-sua.docx")
    return folder / "theo-doi-sua.docx", [
        task("task:1", "Lập đề án", ["Sở Công Thương"], ["Quý I/2026", "quarter", "2026-03-31"]),
        task("task:2", "Sơ kết", ["Sở Nội vụ"], ["6/2026", "month", "2026-06-30"]),
        {"ref": "duty:II.1", "name": "Sở Tài chính bố trí kinh phí thực hiện Kế hoạch.", "lead": ["Sở Tài chính"]}]


@builds
def boxes_and_nested(folder: Path) -> tuple[Path, Expected]:
    """The annex's heading in a text box, the table inside the only cell of a frame, a nested table of results in a cell."""
    document = docx.Document()
    document.add_paragraph("KẾ HOẠCH")
    paragraph = document.add_paragraph()
    paragraph._p.append(parse_xml(
        f'<w:r {nsdecls("w")}><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:textbox><w:txbxContent><w:p><w:r>'
        "<w:t>PHỤ LỤC III</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r>"))
    frame = document.add_table(1, 1)
    inner = frame.cell(0, 0).add_table(3, 5)
    for line, row in zip(inner.rows, [("TT", "Nội dung", "Đơn vị thực hiện", "Kết quả", "Hoàn thành"),
                                      ("1", "Số hóa di tích", "Sở Văn hóa, Thể thao và Du lịch", "", "2025"),
                                      ("2", "Bản đồ du lịch", "Sở Văn hóa, Thể thao và Du lịch", "Bản đồ", "Quý I/2026")]):
        for cell, text in zip(line.cells, row):
            cell.text = text
    small = inner.cell(1, 3).add_table(2, 1)
    small.cell(0, 0).text, small.cell(1, 0).text = "Cơ sở dữ liệu", "Báo cáo"
    document.save(folder / "khung.docx")
    return folder / "khung.docx", [
        task("task:1", "Số hóa di tích", ["Sở Văn hóa, Thể thao và Du lịch"], ["2025", "year", "2025-12-31"],
             annex="Phụ lục III", result="Cơ sở dữ liệu Báo cáo"),
        task("task:2", "Bản đồ du lịch", ["Sở Văn hóa, Thể thao và Du lịch"], ["Quý I/2026", "quarter", "2026-03-31"],
             annex="Phụ lục III", result="Bản đồ")]


@builds
def workbook(folder: Path) -> tuple[Path, Expected]:
    """Two sheets of tasks and one of indicators: titles, merged headers, hidden row and column, dates, floats, a formula."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Nhiệm vụ 2025"
    sheet.append(["UBND TỈNH BẮC NINH"])
    sheet.append(["PHỤ LỤC I: DANH MỤC NHIỆM VỤ NĂM 2025"])
    sheet.append(["(Kèm theo Kế hoạch số 210/KH-UBND ngày 12/6/2025 của UBND tỉnh Bắc Ninh)"])
    sheet.append(["STT", "Nhiệm vụ", "Cơ quan thực hiện", None, "Thời hạn", "Sản phẩm", "Mã nội bộ"])
    sheet.append([None, None, "Chủ trì", "Phối hợp", None, None, None])
    for area in ("A4:A5", "B4:B5", "C4:D4", "E4:E5", "F4:F5", "G4:G5"):
        sheet.merge_cells(area)
    sheet.append([1.0, "Mở cổng dữ liệu", "Sở Khoa học và Công nghệ", "Các sở, ngành", datetime.date(2025, 9, 30), "Cổng", "A1"])
    sheet.append([2.0, "Việc đã bỏ", "Sở Y tế", None, datetime.date(2025, 8, 1), "Không", "A2"])
    sheet.append([3.0, "Số hóa tài liệu", "Sở Nội vụ", "Sở Tài chính", datetime.date(2025, 12, 1), "Kho lưu trữ", "A3"])
    sheet["E6"].number_format = sheet["E7"].number_format = "dd/mm/yyyy"
    sheet["E8"].number_format = "mm/yyyy"
    sheet.row_dimensions[7].hidden = True
    sheet.column_dimensions["G"].hidden = True
    other = book.create_sheet("Nhiệm vụ 2026")
    other.append(["PHỤ LỤC II: DANH MỤC NHIỆM VỤ NĂM 2026"])
    other.append(["STT", "Nhiệm vụ", "Chủ trì", "Thời hạn"])
    other.append([1, "Đô thị thông minh", "Sở Xây dựng", "Quý II"])
    other.append([2, "Y tế số", "Sở Y tế", 2026])
    book.save(folder / "nhieu-trang.xlsx")
    return folder / "nhieu-trang.xlsx", [
        task("task:PLI.1", "Mở cổng dữ liệu", ["Sở Khoa học và Công nghệ"], ["30/09/2025", "date", "2025-09-30"],
             annex="Phụ lục I", coop=["Các sở, ngành"], result="Cổng"),
        task("task:PLI.2", "Việc đã bỏ", ["Sở Y tế"], ["01/08/2025", "date", "2025-08-01"], annex="Phụ lục I", result="Không",
             doubtful=True),
        task("task:PLI.3", "Số hóa tài liệu", ["Sở Nội vụ"], ["12/2025", "month", "2025-12-31"], annex="Phụ lục I",
             coop=["Sở Tài chính"], result="Kho lưu trữ"),
        task("task:PLII.1", "Đô thị thông minh", ["Sở Xây dựng"], ["Quý II", "quarter", "2026-06-30"], annex="Phụ lục II"),
        task("task:PLII.2", "Y tế số", ["Sở Y tế"], ["2026", "year", "2026-12-31"], annex="Phụ lục II")]


HTML = """<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word">
<head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"><title>ke hoach</title>
<style>p.x {margin:0}</style><script>alert("x")</script></head><body>
<table border="0"><tr><td><p><b>ỦY BAN NHÂN DÂN<br>TỈNH HÀ TĨNH</b></p><p>Số: 333/KH-UBND</p></td>
<td><p><b>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</b></p><p>Độc lập - Tự do - Hạnh phúc</p>
<p><i>Hà Tĩnh, ngày 03 tháng 9 năm 2025</i></p></td></tr></table>
<p align="center"><b>KẾ HOẠCH</b></p><p align="center"><b>Phát triển dữ liệu mở năm 2025</b></p>
<p>I. TỔ CHỨC THỰC HIỆN</p>
<p>1. Sở Nội vụ hướng&nbsp;dẫn các địa phương<!-- chú thích --> kiện toàn bộ máy trước ngày 30/9/2025.</p>
<p>PHỤ LỤC</p>
<table border="1"><thead><tr><th rowspan="2">TT</th><th rowspan="2">Nhiệm vụ</th><th colspan="2">Cơ quan thực hiện</th>
<th rowspan="2">Thời hạn</th></tr><tr><th>Chủ trì</th><th>Phối hợp</th></tr></thead>
<tbody><tr><td>I</td><td colspan="4"><b>Danh mục dữ liệu</b></td></tr>
<tr><td>1</td><td>Công bố danh mục<br>dữ liệu mở</td><td rowspan="2"><p>Sở Khoa học và</p> <p>Công nghệ</p></td>
<td>Các sở, ban, ngành</td><td>Quý IV/2025</td></tr>
<tr><td>2</td><td>Mở cổng dữ liệu</td><td><ul><li>Công an tỉnh</li><li>Sở Tài chính</li></ul></td><td>12/2025</td></tr></tbody></table>
<p>Nơi nhận: ...</p></body></html>"""


@builds
def html_as_doc(folder: Path) -> tuple[Path, Expected]:
    """A page of HTML saved as .doc, as portals export it."""
    path = folder / "xuat-tu-cong.doc"
    path.write_text(HTML, encoding="utf-8")
    return path, [
        {"ref": "duty:I.1", "lead": ["Sở Nội vụ"], "due": ["trước ngày 30/9/2025", "date", "2025-09-30"]},
        {"ref": "group:I", "name": "Danh mục dữ liệu"},
        task("task:1", "Công bố danh mục dữ liệu mở", ["Sở Khoa học và Công nghệ"], ["Quý IV/2025", "quarter", "2025-12-31"],
             group="I", annex="Phụ lục", coop=["Các sở, ban, ngành"]),
        task("task:2", "Mở cổng dữ liệu", ["Sở Khoa học và Công nghệ"], ["12/2025", "month", "2025-12-31"],
             group="I", annex="Phụ lục", coop=["Công an tỉnh", "Sở Tài chính"])]


@builds
def html_as_excel(folder: Path) -> tuple[Path, Expected]:
    """A table of HTML saved as .xls, as reporting systems export it."""
    path = folder / "xuat.xls"
    path.write_text(
        "<html><body><table><tr><td colspan=4>DANH MỤC NHIỆM VỤ</td></tr><tr><td>STT</td><td>Tên nhiệm vụ</td><td>Đơn vị chủ trì</td>"
        "<td>Hạn hoàn thành</td></tr><tr><td>1</td><td>Lập bản đồ số</td><td>Sở Nông nghiệp và Môi trường</td><td>15/10/2025</td></tr>"
        "<tr><td>2</td><td>Đo đạc</td><td>Sở Nông nghiệp và Môi trường</td><td>Cuối năm 2025</td></tr></table></body></html>",
        encoding="utf-8")
    return path, [
        task("task:1", "Lập bản đồ số", ["Sở Nông nghiệp và Môi trường"], ["15/10/2025", "date", "2025-10-15"]),
        task("task:2", "Đo đạc", ["Sở Nông nghiệp và Môi trường"], ["Cuối năm 2025", "year", "2025-12-31"])]


@builds
def line_breaks_in_cells(folder: Path) -> tuple[Path, Expected]:
    """Soft line breaks (Shift+Enter) between agencies, a footnote mark behind a name, a paragraph numbered inside a cell."""
    document = docx.Document()
    document.add_paragraph("PHỤ LỤC IV")
    table = table_of(document, [("Số TT", "Nhiệm vụ", "Phân công thực hiện", "Kết quả đạt được", "Thời gian"),
                                ("01", "Chuẩn hóa quy trình", "", "Quy trình", "Quý 1/2026"),
                                ("02", "Thi kỹ năng số", "", "Hội thi", "T6/2026")])
    table.cell(1, 2).paragraphs[0].add_run("* Chủ trì: Văn phòng UBND tỉnh").add_break()
    table.cell(1, 2).paragraphs[0].add_run("* Phối hợp: Sở Nội vụ").add_break()
    table.cell(1, 2).paragraphs[0].add_run("Sở Tư pháp")
    table.cell(2, 2).paragraphs[0].add_run("Sở Nội vụ (chủ trì);").add_break()
    table.cell(2, 2).paragraphs[0].add_run("Tỉnh đoàn, Hội Liên hiệp Phụ nữ tỉnh (phối hợp)")
    document.save(folder / "xuong-dong.docx")
    return folder / "xuong-dong.docx", [
        task("task:1", "Chuẩn hóa quy trình", ["Văn phòng UBND tỉnh"], ["Quý 1/2026", "quarter", "2026-03-31"], annex="Phụ lục IV",
             coop=["Sở Nội vụ", "Sở Tư pháp"], result="Quy trình"),
        task("task:2", "Thi kỹ năng số", ["Sở Nội vụ"], ["T6/2026", "month", "2026-06-30"], annex="Phụ lục IV",
             coop=["Tỉnh đoàn", "Hội Liên hiệp Phụ nữ tỉnh"], result="Hội thi")]


@builds
def moved_and_hidden(folder: Path) -> tuple[Path, Expected]:
    """A row moved under tracked changes, hidden text, a content control around a cell's text, a header row split from its table."""
    document = docx.Document()
    table_of(document, [("TT", "Nội dung", "Đơn vị chủ trì", "Thời gian hoàn thành")])
    document.add_paragraph("")
    table = table_of(document, [("1", "Khám sức khỏe", "Sở Y tế", "8/2025"), ("2", "Học bạ số", "Sở Giáo dục và Đào tạo", "9/2025")])
    run = table.cell(0, 1).paragraphs[0].add_run(" (nháp)")
    run.font.hidden = True
    paragraph = table.cell(1, 1).paragraphs[0]._p
    control = parse_xml(f'<w:sdt {nsdecls("w")}><w:sdtContent/></w:sdt>')
    kept = copy.deepcopy(paragraph.findall(qn("w:r"))[0])
    for inner in paragraph.findall(qn("w:r")):
        paragraph.remove(inner)
    control.find(qn("w:sdtContent")).append(kept)
    paragraph.append(control)
    document.save(folder / "an.docx")
    return folder / "an.docx", [
        task("task:1", "Khám sức khỏe", ["Sở Y tế"], ["8/2025", "month", "2025-08-31"]),
        task("task:2", "Học bạ số", ["Sở Giáo dục và Đào tạo"], ["9/2025", "month", "2025-09-30"])]
