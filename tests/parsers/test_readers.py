"""The readers of Word, Excel, PDF and text: one plan gives the same rows in every format, and what each format has of its own."""

import datetime
import zipfile
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from other_files import table_of
from plan_files import WRITERS, Block, parse, write_docx, write_pdf
from test_tables import CASES, told

from knowledge.parsers.document import UnreadableFile
from knowledge.parsers.read import read_plan
from knowledge.parsers.readers import docx as word
from knowledge.parsers.readers import old_office, pdf, read_document, readers, scan, text, xlsx
from knowledge.parsers.readers.pdf_text import glue
from knowledge.parsers.readers.sheet_values import shown
from knowledge.parsers.tables import extract

READ = {".docx": word.read, ".xlsx": xlsx.read, ".pdf": pdf.read, ".txt": text.read}
AGENCIES = ("Sở Khoa học và Công nghệ", "Sở Nội vụ", "Công an tỉnh", "Sở Văn hóa, Thể thao và Du lịch", "Văn phòng UBND tỉnh",
            "Ban Quản lý Khu kinh tế, khu công nghiệp")
WORK = ("Xây dựng, trình ban hành Nghị quyết quy định chính sách hỗ trợ tổ chức, cá nhân đổi mới công nghệ và phát triển sản phẩm "
        "công nghệ chiến lược trên địa bàn tỉnh giai đoạn 2025 - 2030", "Rà soát quy định về tài chính cho khoa học",
        "Quán triệt Nghị quyết số 57-NQ/TW đến 100% cán bộ, đảng viên. Đánh giá kết quả hằng năm")
TIMES = ("Quý II/2025", "Trước 30/6/2025", "Tháng 9 hằng năm", "Năm 2025-2027", "Thường xuyên, hằng năm",
         "Sau khi có hướng dẫn của Trung ương", "6/2025", "2025 và những năm tiếp theo", "Quý IV/2025 - Quý I/2026")


IN_FORMATS = [pytest.param(case, suffix, id=f"{case['name']}-{suffix[1:]}") for case in CASES for suffix in READ
              if suffix != ".txt" or case.get("text_shows", True)]  # merged cells do not show in text


@pytest.mark.parametrize("case, suffix", IN_FORMATS)
def test_the_same_rows_in_every_format(tmp_path, case, suffix):
    path = WRITERS[suffix](tmp_path / f"p{suffix}", parse(case["plan"]))
    assert told(extract(READ[suffix](path), "p")) == case["rows"]


def long_plan() -> list[Block]:
    """70 tasks in five groups, numbers beginning again in each."""
    rows: list[tuple[str, ...]] = [("TT", "Nhiệm vụ", "Cơ quan thực hiện", "<", "Sản phẩm", "Thời gian hoàn thành"),
                                   ("^", "^", "Chủ trì", "Phối hợp", "^", "^")]
    for group, numeral in enumerate(("I", "II", "III", "IV", "V")):
        rows.append((numeral, f"NHÓM NHIỆM VỤ VỀ LĨNH VỰC {numeral}", "<", "<", "<", "<"))
        for n in range(14):
            at = group * 14 + n
            rows.append((str(n + 1), f"{WORK[at % 3]} ({at})", AGENCIES[at % 6], f"Các sở, ban, ngành; {AGENCIES[(at + 1) % 6]}",
                         f"Báo cáo {at}" if at % 5 else "", TIMES[at % 9]))
    return [Block(("KẾ HOẠCH", "Triển khai Nghị quyết số 57-NQ/TW", "PHỤ LỤC I", "DANH MỤC NHIỆM VỤ"), tuple(rows))]


UNRULED = ("Chính phủ, bảy cột", "cây nhiệm vụ A", "cột nhóm nhiệm vụ gộp dọc", "chỉ tiêu có cột hiện trạng", "tên nhóm không nằm",
           "không có cột cơ quan", "tiêu đề nằm trong bảng", "không có cột số thứ tự", "bắt đầu - kết thúc")


@pytest.mark.parametrize("case", [case for case in CASES if case["name"].startswith(UNRULED)], ids=lambda case: case["name"])
def test_the_same_rows_without_rulings(tmp_path, case):
    read = pdf.read(write_pdf(tmp_path / "p.pdf", parse(case["plan"]), ruled=False))
    assert told(extract(read, "p")) == case["rows"]
    assert "không có đường kẻ" in read.warnings[0]


def test_a_table_without_rulings_over_pages(tmp_path):
    rows = [("TT", "Nhiệm vụ", "Cơ quan chủ trì", "Cơ quan phối hợp", "Thời gian hoàn thành")]
    for n in range(1, 31):
        rows.append((str(n), f"{WORK[n % 3]} ({n})", AGENCIES[n % 6], f"Các sở, ban, ngành; {AGENCIES[(n + 1) % 6]}", TIMES[n % 9]))
    blocks = [Block(("KẾ HOẠCH", "PHỤ LỤC I"), tuple(rows)), Block(("Các cơ quan, đơn vị căn cứ Kế hoạch này tổ chức thực hiện.",), ())]
    path = write_pdf(tmp_path / "p.pdf", blocks, ruled=False)
    read = extract(pdf.read(path), "p")
    assert [(row.no, row.name, row.lead, row.due.text) for row in read] == [
        (str(n), f"{WORK[n % 3]} ({n})", (AGENCIES[n % 6],), TIMES[n % 9]) for n in range(1, 31)]
    assert pdf.read(path).lines[-1].text.startswith("Các cơ quan, đơn vị căn cứ")


@pytest.mark.parametrize("suffix", READ)
def test_a_long_plan_over_many_pages(tmp_path, suffix):
    blocks = long_plan()
    rows = extract(READ[suffix](WRITERS[suffix](tmp_path / f"p{suffix}", blocks)), "p")
    tasks = [row for row in rows if row.kind == "task"]
    assert len(tasks) == 70 and len(rows) == 75
    expected = [row for row in blocks[0].rows[2:] if row[0].isdigit()]
    for at, (row, (no, name, lead, coop, result, due)) in enumerate(zip(tasks, expected)):
        assert row.ref == f"p#task:{('I', 'II', 'III', 'IV', 'V')[at // 14]}.{no}"
        assert (row.name, row.lead, row.result, row.due.text, row.doubt) == (name, (lead,), result or None, due, None)
        assert row.coop == tuple(coop.split("; "))
    if suffix == ".pdf":
        assert {row.source.page for row in tasks} > {1, 2, 3}


# ------------------------------------------------------------------------------------------------------------------ Word

def save(path, build) -> Path:
    document = docx.Document()
    build(document)
    document.save(path)
    return path


HEADER = ("TT", "Nhiệm vụ", "Chủ trì", "Thời hạn")


def test_automatic_numbers_of_word(tmp_path):
    """The number column holds no text: Word counts it."""
    def build(document):
        table = table_of(document, [HEADER, ("", "Rà soát", "Sở Tư pháp", "2025"), ("", "Lập đề án", "Sở Y tế", "2026")])
        for row in table.rows[1:]:
            row.cells[0].paragraphs[0].style = document.styles["List Number"]
    rows = extract(word.read(save(tmp_path / "p.docx", build)), "p")
    assert [row.ref for row in rows] == ["p#task:1", "p#task:2"]


def test_headings_with_automatic_numbers(tmp_path):
    def build(document):
        document.add_paragraph("Mục đích", style="List Number")
        document.add_paragraph("Yêu cầu", style="List Number")
        document.add_paragraph("Nâng cao nhận thức", style="List Bullet")
    assert [line.text for line in word.read(save(tmp_path / "p.docx", build)).lines] == [
        "1. Mục đích", "2. Yêu cầu", "- Nâng cao nhận thức"]


def test_a_letterhead_is_no_table(tmp_path):
    def build(document):
        table_of(document, [("ỦY BAN NHÂN DÂN\nTỈNH CÀ MAU", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc"),
                          ("Số: 45/KH-UBND", "Cà Mau, ngày 12 tháng 5 năm 2025")])
        document.add_paragraph("KẾ HOẠCH")
        document.add_paragraph("Phát triển kinh tế số năm 2025")
        table_of(document, [HEADER, ("1", "Rà soát", "Sở Tư pháp", "2025")])
    plan = read_plan(save(tmp_path / "p.docx", build))
    assert (plan.number, plan.issuer, plan.province, plan.date) == (
        "45/KH-UBND", "UBND tỉnh Cà Mau", "ca-mau", datetime.date(2025, 5, 12))
    assert plan.title == "KẾ HOẠCH Phát triển kinh tế số năm 2025"
    assert [row.ref for row in plan.rows if row.kind == "task"] == ["p#task:1"]


def test_paragraphs_in_a_cell_part_agencies(tmp_path):
    def build(document):
        table = table_of(document, [HEADER, ("1", "Rà soát", "Sở Tư pháp", "2025")])
        table.cell(1, 2).add_paragraph("Sở Nội vụ")
        table.cell(1, 2).add_paragraph("- Công an tỉnh")
    [row] = extract(word.read(save(tmp_path / "p.docx", build)), "p")
    assert row.lead == ("Sở Tư pháp", "Sở Nội vụ", "Công an tỉnh")


def test_a_table_inside_a_frame(tmp_path):
    def build(document):
        frame = document.add_table(1, 1)
        inner = frame.cell(0, 0).add_table(2, 4)
        for cells, row in zip(inner.rows, [HEADER, ("1", "Rà soát", "Sở Tư pháp", "2025")]):
            for cell, value in zip(cells.cells, row):
                cell.text = value
    assert [row.name for row in extract(word.read(save(tmp_path / "p.docx", build)), "p")] == ["Rà soát"]


def test_deleted_and_hidden_text_is_left_out_and_text_boxes_are_read(tmp_path):
    def build(document):
        paragraph = document.add_paragraph("Giữ lại")
        paragraph._p.append(parse_xml(f'<w:del {nsdecls("w")}><w:r><w:delText>bỏ</w:delText></w:r></w:del>'))
        paragraph._p.append(parse_xml(f'<w:ins {nsdecls("w")}><w:r><w:t xml:space="preserve"> thêm</w:t></w:r></w:ins>'))
        paragraph.add_run("ẩn").font.hidden = True
        document.add_paragraph()._p.append(parse_xml(
            f'<w:r {nsdecls("w")}><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:textbox><w:txbxContent>'
            "<w:p><w:r><w:t>PHỤ LỤC I</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r>"))
        document.sections[0].header.paragraphs[0].text = "Đầu trang"
    assert [line.text for line in word.read(save(tmp_path / "p.docx", build)).lines] == ["Giữ lại thêm", "PHỤ LỤC I"]


def test_footnotes_come_after_the_text(tmp_path):
    path = save(tmp_path / "p.docx", lambda document: document.add_paragraph("Nội dung"))
    notes = (f'<w:footnotes {nsdecls("w")}><w:footnote w:type="separator" w:id="-1"><w:p/></w:footnote>'
             '<w:footnote w:id="1"><w:p><w:r><w:t>Theo Nghị quyết 57.</w:t></w:r></w:p></w:footnote></w:footnotes>')
    relation = ('<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes" '
                'Target="footnotes.xml"/></Relationships>')
    kind = ('<Override PartName="/word/footnotes.xml" ContentType="application/vnd.openxmlformats-officedocument.'
            'wordprocessingml.footnotes+xml"/></Types>')
    rewrite(path, {"word/_rels/document.xml.rels": ("</Relationships>", relation), "[Content_Types].xml": ("</Types>", kind)},
            {"word/footnotes.xml": notes})
    assert [line.text for line in word.read(path).lines] == ["Nội dung", "¹ Theo Nghị quyết 57."]


def rewrite(path: Path, changes: dict[str, tuple[str, str]], more: dict[str, str | bytes]) -> None:
    """Change and add parts of an Office file."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for name, (old, new) in changes.items():
        parts[name] = parts[name].replace(old.encode(), new.encode())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {**parts, **more}.items():
            archive.writestr(name, data)


# ----------------------------------------------------------------------------------------------------------------- Excel

@pytest.mark.parametrize("value, form, seen", [
    (0.8, "0%", "80%"), (0.125, "0.0%", "12,5%"), (12.5, "General", "12,5"), (1500, "#,##0", "1.500"), (3.0, "General", "3"),
    (1.1, "General", "1,1"), (7, "00", "07"), (datetime.datetime(2025, 6, 30), "dd/mm/yyyy", "30/06/2025"),  # noqa: DTZ001
    (datetime.datetime(2025, 6, 1), "mmm-yy", "6/2025"), (True, "General", "Có"), (None, "General", ""),  # noqa: DTZ001
    (95, '0"%"', "95%"), ("Quý II", "General", "Quý II")])
def test_values_as_people_see_them(value, form, seen):
    assert shown(value, form) == seen


def workbook(path: Path, fill) -> Path:
    book = openpyxl.Workbook()
    fill(book)
    book.save(path)
    return path


def test_sheets_hidden_rows_and_dates(tmp_path):
    def fill(book):
        first = book.active
        first.title = "Phụ lục 1"
        for row in (HEADER, (1, "Rà soát", "Sở Tư pháp", datetime.date(2025, 9, 30)), (2, "Lập đề án", "Sở Y tế", "Quý I/2026")):
            first.append(row)
        first.row_dimensions[3].hidden = True
        second = book.create_sheet("Phụ lục 2")
        for row in (("TT", "Chỉ tiêu", "ĐVT", "Năm 2025"), (1.1, "Tỷ lệ phủ sóng 5G", "%", 0.5)):
            second.append(row)
        second["D2"].number_format = "0%"
        hidden = book.create_sheet("Nháp")
        hidden.sheet_state = "hidden"
        hidden.append(("TT", "Nhiệm vụ", "Chủ trì"))
    document = xlsx.read(workbook(tmp_path / "p.xlsx", fill))
    rows = extract(document, "p")
    assert [(row.ref, row.annex, row.source.cell) for row in rows] == [
        ("p#task:1", "Phụ lục 1", "Phụ lục 1!A2"), ("p#task:2", "Phụ lục 1", "Phụ lục 1!A3"),
        ("p#indicator:1.1", "Phụ lục 2", "Phụ lục 2!A2")]
    assert rows[0].due.date == datetime.date(2025, 9, 30)
    assert rows[1].doubt == "dòng này bị ẩn trong tệp Excel"
    assert (rows[2].target, rows[2].unit, rows[2].year) == ("50%", "%", 2025)
    assert document.warnings == ("Bỏ qua trang tính ẩn “Nháp”.",)


def test_formulas_without_a_saved_value_are_doubted(tmp_path):
    def fill(book):
        for row in (HEADER, (1, "Rà soát", "Sở Tư pháp", "=CONCAT(6,2025)")):
            book.active.append(row)
    document = xlsx.read(workbook(tmp_path / "p.xlsx", fill))
    assert "công thức chưa có kết quả" in document.warnings[0]


def test_a_cell_far_away_does_not_make_a_huge_table(tmp_path):
    def fill(book):
        for row in (HEADER, (1, "Rà soát", "Sở Tư pháp", "2025")):
            book.active.append(row)
        book.active["XFD1048576"] = "x"
    [table] = xlsx.read(workbook(tmp_path / "p.xlsx", fill)).tables
    assert len(table.rows) == 3


# ------------------------------------------------------------------------------------------------------------------- PDF

def test_paragraphs_of_a_pdf_and_its_pages(tmp_path):
    line = "Ủy ban nhân dân tỉnh yêu cầu các sở, ban, ngành, địa phương tổ chức thực hiện nghiêm túc, hiệu quả Kế hoạch này. "
    path = write_pdf(tmp_path / "p.pdf", [Block(("KẾ HOẠCH", line * 3, *(f"{n}. Nội dung thứ {n}" for n in range(1, 60))), ())])
    lines = pdf.read(path).lines
    assert [found.text for found in lines[:3]] == ["KẾ HOẠCH", (line * 3).strip(), "1. Nội dung thứ 1"]
    assert lines[-1].text == "59. Nội dung thứ 59" and lines[-1].page > 1


def test_white_ground_behind_paragraphs_and_indents_of_a_pdf(tmp_path):
    from reportlab.lib.colors import white
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    path = write_pdf(tmp_path / "p.pdf", [Block(("KẾ HOẠCH",), ())])  # registers the font
    style = ParagraphStyle("shaded", fontName="DejaVu", fontSize=12, leading=15, firstLineIndent=36, backColor=white, spaceAfter=6)
    texts = [f"({n}) Phối hợp rà soát, sao lưu dữ liệu ở các cơ sở dữ liệu của tỉnh do bộ, sở, xã quản lý, kể cả ở cơ sở cũ; " * 3
             for n in range(1, 4)]
    SimpleDocTemplate(str(path), pagesize=(595, 842)).build([Paragraph(text, style) for text in texts])
    found = pdf.read(path)
    assert [line.text for line in found.lines] == [text.strip() for text in texts] and not found.tables


@pytest.mark.parametrize("before, after, whole", [
    ("Quý II/", "2025", "Quý II/2025"), ("31/12/202", "5", "31/12/2025"), ("Truyền thô", "ng tin", "Truyền thông tin"),
    ("Sở Khoa học", "và Công nghệ", "Sở Khoa học và Công nghệ"), ("2025 -", "2027", "2025 - 2027"), ("số 57-", "NQ/TW", "số 57-NQ/TW"),
    ("Nghị định số 79/2021/N", "Đ-CP", "Nghị định số 79/2021/NĐ-CP"), ("số 1552/BTT", "TT-TTH và", "số 1552/BTTTT-TTH và"),
    ("Nghị quyết số 57-NQ/TW", ".", "Nghị quyết số 57-NQ/TW."), ("năm 2025", "2 lần", "năm 2025 2 lần")])
def test_broken_lines_are_put_together(before, after, whole):
    assert glue(before, after) == whole


def scanned(path: Path) -> Path:
    from PIL import Image
    from reportlab.pdfgen.canvas import Canvas

    Image.new("L", (400, 300), 255).save(path.with_suffix(".png"))
    canvas = Canvas(str(path))
    canvas.drawImage(str(path.with_suffix(".png")), 50, 300, 400, 300)
    canvas.save()
    return path


def test_a_scan_without_tesseract_is_refused_in_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(scan.shutil, "which", lambda program: None)
    with pytest.raises(UnreadableFile, match="bản quét.*Tesseract.*hãy gửi"):
        pdf.read(scanned(tmp_path / "p.pdf"))


def test_a_scan_is_read_where_tesseract_stands(tmp_path, monkeypatch):
    monkeypatch.setattr(scan, "_has_vietnamese", lambda: True)
    monkeypatch.setattr(scan, "_recognise", lambda image: "KẾ HOẠCH\n1. Rà soát")
    document = pdf.read(scanned(tmp_path / "p.pdf"))
    assert [(line.text, line.page) for line in document.lines] == [("KẾ HOẠCH", 1), ("1. Rà soát", 1)]
    assert "nhận dạng" in document.warnings[0]


# ---------------------------------------------------------------------------------------------------------------- others

def test_old_formats_without_libreoffice_are_refused_in_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(old_office.shutil, "which", lambda program: None)
    path = tmp_path / "p.doc"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    with pytest.raises(UnreadableFile, match="LibreOffice.*hãy mở tệp, lưu lại dạng .docx"):
        read_document(path)


def test_a_new_file_under_an_old_name_is_read(tmp_path):
    path = write_docx(tmp_path / "p.docx", parse("TT | Nhiệm vụ | Chủ trì\n1 | Rà soát | Sở Tư pháp"))
    document = read_document(path.rename(tmp_path / "p.doc"))
    assert document.file == "p.doc" and [row.name for row in extract(document, "p")] == ["Rà soát"]


def test_every_format_has_a_reader():
    assert {".docx", ".docm", ".xlsx", ".xlsm", ".pdf", ".txt", ".doc", ".xls"} <= set(readers())


def test_tables_in_text_keep_their_lines(tmp_path):
    path = tmp_path / "p.md"
    path.write_text("# Kế hoạch\n\n| TT | Nhiệm vụ | Chủ trì |\n|---|---|---|\n| 1 | Rà soát | Sở Tư pháp |\n", encoding="utf-8")
    [row] = extract(read_document(path), "p")
    assert (row.name, row.source.lines) == ("Rà soát", (5, 5))


def test_rows_that_breaks_inside_cells_part_are_whole(tmp_path):
    path = tmp_path / "p.txt"
    path.write_text("KẾ HOẠCH\nTT\tNhiệm vụ\tChủ trì\tThời hạn\n1\tRà soát văn bản\tSở Tư pháp\t2025\n2\tBan hành quy chế,\n"
                    "hướng dẫn\t\"Sở Nội vụ\nSở Tài chính\"\t30/6/2025\n\nLưu: VT", encoding="utf-8")
    document = read_document(path)
    first, second = extract(document, "p")
    assert (second.name, second.lead, second.source.lines) == ("Ban hành quy chế, hướng dẫn", ("Sở Nội vụ", "Sở Tài chính"), (4, 6))
    assert [line.text for line in document.lines] == ["KẾ HOẠCH", "", "Lưu: VT"] and first.source.lines == (3, 3)
