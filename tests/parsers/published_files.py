"""Plans in files that only one program makes: an export to Excel, tables drawn in text, a turned page, PDFs of LibreOffice.

The PDFs in data/pdf were made by LibreOffice 7.4 from Word files: a long landscape table whose cells of who leads are merged over
several rows and over pages, with rulings and without; and one printed with tracked changes shown.
"""

from __future__ import annotations

import calendar
import datetime
from pathlib import Path

import docx
import openpyxl
import yaml
from other_files import Expected, number_by, numbered, task
from plan_files import parse, write_pdf

BUILDERS = []
PDFS = Path(__file__).parent / "data" / "pdf"
TEXTS = Path(__file__).parent / "data" / "text"
TWO_LEVELS = yaml.safe_load((PDFS.parent / "two_level_plans.yml").read_text(encoding="utf-8"))


def builds(function):
    """Registers a builder."""
    BUILDERS.append(function)
    return function


def indicator(no, name, lead, target, unit, year):
    return {"ref": f"indicator:{no}", "name": name, "lead": [lead], "target": target, "unit": unit, "year": year}


@builds
def export_to_excel(folder: Path) -> tuple[Path, Expected]:
    """A table that begins in column B, real dates, percentages as numbers, a total, a sheet of indicators, a hidden sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["B2"], sheet["B3"] = "BỘ QUỐC PHÒNG", "BẢNG THEO DÕI NHIỆM VỤ NĂM 2026"
    sheet.merge_cells("B3:I3")
    day = datetime.datetime
    rows = [("STT", "Nhiệm vụ", "Đơn vị chủ trì", "Đơn vị phối hợp", "Ngày giao", "Hạn hoàn thành", "% hoàn thành", "Trạng thái"),
            (1, "Lập kế hoạch bảo đảm kỹ thuật", "Cục Kỹ thuật", "Cục Hậu cần", day(2026, 1, 5), day(2026, 3, 31), 0.8, "Đang làm"),
            (2, "Huấn luyện chuyển loại", "Bộ Tham mưu", "Các đơn vị", day(2026, 2, 1), day(2026, 9, 30), 0.25, "Đang làm"),
            (3, "Kiểm kê vũ khí", "Cục Quân khí", None, day(2026, 6, 1), day(2026, 12, 15), 0, "Chưa làm")]
    for number, row in enumerate(rows, 5):
        for place, value in enumerate(row, 2):
            cell = sheet.cell(number, place, value)
            cell.number_format = "dd/mm/yyyy" if isinstance(value, day) else "0%" if place == 8 else "General"
    sheet["B9"], sheet["F11"] = "Tổng cộng: 03 nhiệm vụ", "NGƯỜI LẬP BIỂU"
    other = book.create_sheet("Chỉ tiêu")
    for row in (("BẢNG CHỈ TIÊU NĂM 2026",), ("TT", "Chỉ tiêu", "Đơn vị tính", "Kế hoạch năm 2026", "Cơ quan theo dõi"),
                (1, "Tỷ lệ số hóa hồ sơ", "%", 0.85, "Văn phòng Bộ"), (2, "Số đơn vị được huấn luyện", "Đơn vị", 1250, "Bộ Tham mưu"),
                (3, "Tỷ lệ trang bị còn tốt", None, 0.925, "Cục Kỹ thuật")):
        other.append(row)
    other["D3"].number_format, other["D4"].number_format, other["D5"].number_format = "0%", "#,##0", "0.0%"
    draft = book.create_sheet("Nháp")
    draft.append(("STT", "Nhiệm vụ", "Chủ trì", "Thời hạn"))
    draft.append((1, "Việc nháp", "Cục Quân y", "2026"))
    draft.sheet_state = "hidden"
    book.save(folder / "xuat.xlsx")
    return folder / "xuat.xlsx", [
        task("task:1", "Lập kế hoạch bảo đảm kỹ thuật", ["Cục Kỹ thuật"], ["31/03/2026", "date", "2026-03-31"], coop=["Cục Hậu cần"]),
        task("task:2", "Huấn luyện chuyển loại", ["Bộ Tham mưu"], ["30/09/2026", "date", "2026-09-30"], coop=["Các đơn vị"]),
        task("task:3", "Kiểm kê vũ khí", ["Cục Quân khí"], ["15/12/2026", "date", "2026-12-15"]),
        indicator(1, "Tỷ lệ số hóa hồ sơ", "Văn phòng Bộ", "85%", "%", 2026),
        indicator(2, "Số đơn vị được huấn luyện", "Bộ Tham mưu", "1.250", "Đơn vị", 2026),
        indicator(3, "Tỷ lệ trang bị còn tốt", "Cục Kỹ thuật", "92,5%", "%", 2026)]


def _drawn() -> Expected:
    return [{"ref": "group:I", "name": "Rà soát thủ tục"},
            task("task:1", "Rà soát, đơn giản hóa thủ tục đất đai", ["Sở Tư pháp"], ["Quý I/2026", "quarter", "2026-03-31"],
                 coop=["Văn phòng UBND tỉnh"], group="I"),
            task("task:2", "Công bố danh mục thủ tục", ["Văn phòng UBND tỉnh"], ["30/4/2026", "date", "2026-04-30"],
                 coop=["Các sở, ngành"], group="I")]


_DRAWN = """KẾ HOẠCH
Cải cách thủ tục hành chính năm 2026

+-----+------------------------------+-----------------------+------------------+---------------+
| STT | Nhiệm vụ                     | Cơ quan chủ trì       | Cơ quan phối hợp | Thời hạn      |
+-----+------------------------------+-----------------------+------------------+---------------+
| I   | Rà soát thủ tục                                                                         |
+-----+------------------------------+-----------------------+------------------+---------------+
| 1   | Rà soát, đơn giản hóa thủ    | Sở Tư pháp            | Văn phòng UBND   | Quý I/2026    |
|     | tục đất đai                  |                       | tỉnh             |               |
+-----+------------------------------+-----------------------+------------------+---------------+
| 2   | Công bố danh mục thủ tục     | Văn phòng UBND tỉnh   | Các sở, ngành    | 30/4/2026     |
+-----+------------------------------+-----------------------+------------------+---------------+
"""
_BOXES = str.maketrans({"|": "│", "-": "─", "+": "┼"})


@builds
def drawn_with_signs(folder: Path) -> tuple[Path, Expected]:
    """A table drawn with +, - and |, its rows over several lines."""
    (folder / "ve.txt").write_text(_DRAWN, encoding="utf-8")
    return folder / "ve.txt", _drawn()


@builds
def drawn_with_boxes(folder: Path) -> tuple[Path, Expected]:
    """The same drawn with Unicode's characters for boxes."""
    (folder / "khung.txt").write_text(_DRAWN.translate(_BOXES), encoding="utf-8")
    return folder / "khung.txt", _drawn()


@builds
def parted_by_tabs(folder: Path) -> tuple[Path, Expected]:
    """A table copied from a sheet: tabs between its cells, some of them empty, the recipients below."""
    rows = [("STT", "Nhiệm vụ", "Cơ quan chủ trì", "Cơ quan phối hợp", "Thời gian", "Kết quả"),
            ("1", "Đo kiểm chất lượng mạng", "Cục Viễn thông", "Sở Khoa học và Công nghệ", "Quý III/2026", "Báo cáo đo kiểm"),
            ("2", "Cấp phép băng tần", "Cục Tần số vô tuyến điện", "", "Trước 01/7/2026", "Giấy phép"),
            ("3", "Tắt sóng 2G", "Cục Viễn thông", "Các doanh nghiệp viễn thông", "9/2026", "")]
    text = "KẾ HOẠCH\nPhát triển hạ tầng viễn thông năm 2026\n\n" + "\n".join("\t".join(row) for row in rows)
    (folder / "tab.txt").write_text(text + "\n\nNơi nhận:\n- Lưu: VT.\n", encoding="utf-8")
    return folder / "tab.txt", [
        task("task:1", "Đo kiểm chất lượng mạng", ["Cục Viễn thông"], ["Quý III/2026", "quarter", "2026-09-30"],
             coop=["Sở Khoa học và Công nghệ"], result="Báo cáo đo kiểm"),
        task("task:2", "Cấp phép băng tần", ["Cục Tần số vô tuyến điện"], ["Trước 01/7/2026", "date", "2026-07-01"], result="Giấy phép"),
        task("task:3", "Tắt sóng 2G", ["Cục Viễn thông"], ["9/2026", "month", "2026-09-30"], coop=["Các doanh nghiệp viễn thông"])]


@builds
def turned_page(folder: Path) -> tuple[Path, Expected]:
    """A landscape annex as a portrait page that is turned to be read."""
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfgen import canvas
    from reportlab.platypus import Paragraph, Table

    write_pdf(folder / "font.pdf", parse("KẾ HOẠCH"))  # registers the font
    style = ParagraphStyle("cell", fontName="DejaVu", fontSize=8, leading=10)
    rows = [("TT", "Nhiệm vụ", "Cơ quan chủ trì", "Cơ quan phối hợp", "Thời hạn"), ("I", "Hạ tầng", "", "", ""),
            ("1", "Lắp đặt mạng cáp quang đến thôn, bản", "Sở Khoa học và Công nghệ", "VNPT, Viettel", "Quý II/2026"),
            ("2", "Xóa vùng lõm sóng", "Sở Khoa học và Công nghệ", "UBND các xã", "12/2026")]
    page = canvas.Canvas(str(folder / "xoay.pdf"), pagesize=(595, 842))
    page.setPageRotation(90)
    page.rotate(90)
    page.translate(0, -595)
    page.setFont("DejaVu", 11)
    page.drawString(40, 560, "PHỤ LỤC I")
    table = Table([[Paragraph(text, style) for text in row] for row in rows], colWidths=[40, 260, 180, 180, 100],
                  style=[("GRID", (0, 0), (-1, -1), 0.5, "black"), ("SPAN", (1, 1), (4, 1))])
    _, height = table.wrapOn(page, 760, 500)
    table.drawOn(page, 40, 530 - height)
    page.showPage()
    page.save()
    return folder / "xoay.pdf", [
        {"ref": "group:I", "name": "Hạ tầng", "annex": "Phụ lục I"},
        task("task:1", "Lắp đặt mạng cáp quang đến thôn, bản", ["Sở Khoa học và Công nghệ"], ["Quý II/2026", "quarter", "2026-06-30"],
             group="I", coop=["VNPT", "Viettel"]),
        task("task:2", "Xóa vùng lõm sóng", ["Sở Khoa học và Công nghệ"], ["12/2026", "month", "2026-12-31"], group="I",
             coop=["UBND các xã"])]


@builds
def duties_numbered_by_word(folder: Path) -> tuple[Path, Expected]:
    """A ministry's duties in prose whose parts, numbers and points Word counts."""
    document = docx.Document()
    for text in ("BỘ TƯ PHÁP", "KẾ HOẠCH", "Triển khai công tác pháp chế năm 2026"):
        document.add_paragraph(text)
    number = numbered(document, ["upperRoman %1.", "decimal %2.", "lowerLetter %3)"])
    for depth, text in (
            (0, "MỤC ĐÍCH"), (1, "Nâng cao chất lượng công tác pháp chế."), (0, "TỔ CHỨC THỰC HIỆN"),
            (1, "Vụ Pháp luật dân sự - kinh tế"),
            (2, "Chủ trì, phối hợp với Cục Bổ trợ tư pháp xây dựng dự thảo Luật Công chứng; trình Chính phủ trong tháng 10/2026."),
            (2, "Thẩm định các dự thảo nghị định."), (1, "Cục Kế hoạch - Tài chính"), (2, "Bố trí kinh phí thực hiện Kế hoạch này."),
            (1, "Các đơn vị thuộc Bộ xây dựng kế hoạch chi tiết, gửi Vụ Pháp chế trước ngày 15/02/2026.")):
        number_by(document.add_paragraph(text), number, depth)
    document.save(folder / "tu-dong.docx")
    return folder / "tu-dong.docx", [
        {"ref": "duty:II.1.a", "lead": ["Vụ Pháp luật dân sự - kinh tế"], "coop": ["Cục Bổ trợ tư pháp"],
         "due": ["trong tháng 10/2026", "month", "2026-10-31"]},
        {"ref": "duty:II.1.b", "lead": ["Vụ Pháp luật dân sự - kinh tế"]},
        {"ref": "duty:II.2.a", "lead": ["Cục Kế hoạch - Tài chính"]},
        {"ref": "duty:II.3", "lead": ["Các đơn vị thuộc Bộ"], "due": ["trước ngày 15/02/2026", "date", "2026-02-15"]}]


def _long_rows() -> Expected:
    """24 tasks in three groups, each four of them with one merged cell of who leads."""
    rows: Expected = []
    leads = ("Sở Khoa học và Công nghệ", "Sở Tài chính")
    for numeral, title in (("I", "Hạ tầng số"), ("II", "Dữ liệu số"), ("III", "Nhân lực số")):
        rows.append({"ref": f"group:{numeral}", "name": title})
        for place in range(8):
            no = len([row for row in rows if "lead" in row]) + 1
            month = 1 + no % 12
            name = (f"Xây dựng và triển khai đề án số {no} nhằm nâng cao hiệu quả quản lý nhà nước, bảo đảm kết nối, chia sẻ dữ liệu "
                    "thông suốt giữa các cấp chính quyền trên địa bàn tỉnh")
            due = [f"Tháng {month}/2026", "month", f"2026-{month:02d}-{calendar.monthrange(2026, month)[1]}"]
            rows.append(task(f"task:{no}", name, [leads[place // 4]], due, group=numeral,
                             coop=["Các sở, ban, ngành", "UBND các xã, phường"], result="Đề án được phê duyệt"))
    return rows


@builds
def merged_over_pages(folder: Path) -> tuple[Path, Expected]:
    """Cells of who leads, merged over pages with their text on the first alone."""
    return PDFS / "o-gop-qua-trang.pdf", _long_rows()


@builds
def merged_without_rulings(folder: Path) -> tuple[Path, Expected]:
    """The same without rulings: a merged cell looks like empty ones, the last page has only the rest of a row."""
    return PDFS / "o-gop-khong-duong-ke.pdf", _long_rows()


@builds
def struck_out(folder: Path) -> tuple[Path, Expected]:
    """Deleted text struck out and inserted text underlined, a whole row deleted."""
    return PDFS / "theo-doi-sua.pdf", [
        task("task:1", "Lập đề án phát triển thương mại điện tử", ["Sở Công Thương"], ["Quý I/2026", "quarter", "2026-03-31"],
             coop=["Sở Nội vụ"]),
        task("task:2", "Sơ kết", ["Sở Nội vụ"], ["6/2026", "month", "2026-06-30"])]


@builds
def columns_under_each_other(folder: Path) -> tuple[Path, Expected]:
    """The plan of a commune as `pdftotext -layout` gives it: columns told from blanks, a merged cell that is only empty."""
    return TEXTS / "cot-thang-hang.txt", next(plan["rows"] for plan in TWO_LEVELS if plan["name"].startswith("xã sau"))


@builds
def page_numbers_among_cells(folder: Path) -> tuple[Path, Expected]:
    """A table copied cell by cell, a page's number on a line of its own behind a deadline."""
    office, others = ["Văn phòng UBND tỉnh"], ["Các sở, ban, ngành"]
    return TEXTS / "so-trang-giua-bang.txt", [
        {"ref": "group:I", "name": "CẢI CÁCH THỂ CHẾ"},
        task("task:1", "Ban hành Kế hoạch kiểm tra, rà soát, hệ thống hóa văn bản quy phạm pháp luật năm 2026", ["Sở Tư pháp"],
             ["Tháng 01/2026", "month", "2026-01-31"], group="I", coop=[*others, "UBND các xã, phường"], result="Kế hoạch của UBND tỉnh"),
        task("task:2", "Theo dõi tình hình thi hành pháp luật về đất đai", ["Sở Tư pháp"], ["Quý IV/2026", "quarter", "2026-12-31"],
             group="I", coop=["Sở Nông nghiệp và Môi trường"], result="Báo cáo"),
        {"ref": "group:II", "name": "CẢI CÁCH THỦ TỤC HÀNH CHÍNH"},
        task("task:3", "Rà soát, cắt giảm, đơn giản hóa thủ tục hành chính liên quan đến hoạt động sản xuất, kinh doanh", office,
             ["30/6/2026", "date", "2026-06-30"], group="II", coop=others, result="Quyết định của Chủ tịch UBND tỉnh"),
        task("task:4", "Đánh giá chất lượng phục vụ của Trung tâm Phục vụ hành chính công các xã, phường", office,
             ["Hằng quý", "recurring", None], group="II", coop=["UBND các xã, phường"], result="Báo cáo đánh giá"),
        {"ref": "group:III", "name": "CẢI CÁCH TÀI CHÍNH CÔNG"},
        task("task:5", "Đẩy mạnh giải ngân vốn đầu tư công năm 2026", ["Sở Tài chính"], ["31/12/2026", "date", "2026-12-31"], group="III",
             coop=["Kho bạc Nhà nước khu vực XV", "các chủ đầu tư"], result="Tỷ lệ giải ngân đạt trên 95%"),
        task("task:6", "Tự chủ tài chính đối với các đơn vị sự nghiệp công lập", ["Sở Tài chính"], ["Quý II/2026", "quarter", "2026-06-30"],
             group="III", coop=["Các đơn vị sự nghiệp công lập"], result="Phương án tự chủ được phê duyệt")]


@builds
def raised_numbers(folder: Path) -> tuple[Path, Expected]:
    """Raised numbers that point to footnotes, typed by hand, and the power of a unit."""
    document = docx.Document()
    document.add_paragraph("KẾ HOẠCH")
    document.add_paragraph("Nhà ở công vụ năm 2026")
    rows = [("TT", "Nhiệm vụ", "Cơ quan chủ trì", "Thời hạn"), ("1", "Xây 200 m", "Phòng Kinh tế", "31/8/2026"),
            ("2", "Bàn giao", "Văn phòng HĐND và UBND xã", "9/2026")]
    table = document.add_table(len(rows), 4)
    for place, row in enumerate(rows):
        for cell, text in zip(table.rows[place].cells, row):
            cell.text = text
    for place, column, raised in ((1, 1, "2"), (1, 2, "1"), (2, 2, "(2)")):
        table.cell(place, column).paragraphs[0].add_run(raised).font.superscript = True
    table.cell(1, 1).paragraphs[0].add_run(" nhà ở")
    document.save(folder / "so-mu.docx")
    return folder / "so-mu.docx", [
        task("task:1", "Xây 200 m2 nhà ở", ["Phòng Kinh tế"], ["31/8/2026", "date", "2026-08-31"]),
        task("task:2", "Bàn giao", ["Văn phòng HĐND và UBND xã"], ["9/2026", "month", "2026-09-30"])]
