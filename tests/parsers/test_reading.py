"""The entry point: encodings, metadata, corrections, and files that can't be read."""

from pathlib import Path

import pytest
import yaml

from knowledge.model import Row, Source
from knowledge.parsers.corrections import WrongCorrection, apply_corrections
from knowledge.parsers.document import Line, UnreadableFile
from knowledge.parsers.metadata import date_in_title, read_metadata
from knowledge.parsers.read import read_plan
from knowledge.parsers.readers import read_document
from knowledge.parsers.readers.text import _TCVN3, decode

TEXT = "Kế hoạch của Ủy ban nhân dân tỉnh: các cơ quan chủ trì thực hiện nhiệm vụ được giao đến năm 2030; những sở và ngành"


def _tcvn3(text):
    back = {letter: chr(code) for code, letter in _TCVN3.items()}
    return "".join(back.get(char, char) for char in text.replace("Ủ", "ủ")).encode("latin-1")


@pytest.mark.parametrize("data", [
    TEXT.encode("utf-8"), TEXT.encode("utf-8-sig"), TEXT.encode("utf-16"), TEXT.encode("utf-16-be"), TEXT.encode("utf-32")],
    ids=["utf-8", "utf-8 with a mark", "utf-16", "utf-16 without a mark", "utf-32"])
def test_unicode_encodings(data):
    assert decode(data) == TEXT


def test_legacy_encodings():
    import unicodedata
    letters = "".join(unicodedata.normalize("NFC", c) if c in "ăâđêôơưĂÂĐÊÔƠƯ" else _split_tone(c) for c in TEXT)
    assert decode(letters.encode("cp1258")) == TEXT
    assert decode(_tcvn3(TEXT)) == TEXT.replace("Ủ", "ủ")


def _split_tone(char):
    """A letter as Windows-1258 has it: base with its shape, then the tone."""
    import unicodedata
    parts = unicodedata.normalize("NFD", char)
    tones = [p for p in parts if p in "\u0300\u0301\u0303\u0309\u0323"]
    return unicodedata.normalize("NFC", "".join(p for p in parts if p not in tones)) + "".join(tones)


@pytest.mark.parametrize("name, data", [
    ("a.txt", b"\x00\x01\x02\x03\x04\x05\x06" * 50), ("a.txt", b"\xff\xfe\x00"),
    ("a.txt", bytes(range(128, 256)) * 4), ("a.exe", b"MZ"),
    ("b.txt", None)])
def test_unreadable_files_say_what_to_do(tmp_path, name, data):
    path = tmp_path / name
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(UnreadableFile, match="hãy"):
        read_document(path)


def test_an_empty_file_is_a_plan_without_rows(tmp_path):
    path = tmp_path / "trống.txt"
    path.write_text("", encoding="utf-8")
    plan = read_plan(path)
    assert (plan.id, plan.rows, plan.unplaced) == ("trong", (), ())


HEAD = """|
**ỦY BAN NHÂN DÂN**
TỈNH ĐỒNG NAI
-------
|
**CỘNG HÒA XÃ HỘI
CHỦ NGHĨA VIỆT NAM**
Độc lập - Tự do - Hạnh phúc
|
Số: 179/KH-UBND
|
*Đồng Nai, ngày 18
tháng 11 năm 2025*

**KẾ HOẠCH**

PHÁT
TRIỂN KINH TẾ SỐ GIAI ĐOẠN 2026 - 2030

Căn cứ Luật Tổ chức Chính quyền địa phương ngày 16 tháng 6 năm 2025;"""


def test_metadata_of_a_head():
    meta = read_metadata(tuple(Line(no, text) for no, text in enumerate(HEAD.split("\n"), start=1)))
    assert meta.title == "KẾ HOẠCH PHÁT TRIỂN KINH TẾ SỐ GIAI ĐOẠN 2026 - 2030"
    assert (meta.number, meta.date.isoformat(), meta.issuer, meta.province) == (
        "179/KH-UBND", "2025-11-18", "UBND tỉnh Đồng Nai", "dong-nai")


ROW = Row("p", "task", "1", "Việc", Source("p.txt", lines=(1, 2)))


def test_corrections_are_applied():
    corrections = yaml.safe_load("""
        - {ref: "p#task:1", field: lead, value: [Sở Y tế], reason: ô bị mất}
        - {ref: "p#task:1", field: due, value: 6/2025, reason: in nhầm}""")
    [row] = apply_corrections([ROW], corrections)
    assert row.lead == ("Sở Y tế",) and row.due.date.isoformat() == "2025-06-30"


@pytest.mark.parametrize("correction", [
    {"ref": "p#task:9", "field": "name", "value": "x", "reason": "r"},
    {"ref": "p#task:1", "field": "plan", "value": "x", "reason": "r"},
    {"ref": "p#task:1", "field": "name", "value": "x"}])
def test_a_wrong_correction_is_refused(correction):
    with pytest.raises(WrongCorrection):
        apply_corrections([ROW], [correction])


def test_shipped_plans_have_their_metadata():
    from knowledge.parsers.read import read_shipped
    plans = {plan.id: plan for plan in read_shipped(Path(__file__).parents[2] / "knowledge" / "plans")}
    assert plans["ht-tb15-2025-07-10"].number == "15-TB/BCĐ"
    assert plans["ht-tb15-2025-07-10"].date.isoformat() == "2025-07-10"
    assert plans["tg-kh-nq57-2025"].date.isoformat() == "2025-05-06"


@pytest.mark.parametrize("head, facts", [
    ("BỘ Y TẾ\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nSố: 1234/QĐ-BYT\nHà Nội, ngày 12 tháng 5 năm 2025\nQUYẾT ĐỊNH\n"
     "Ban hành Kế hoạch hành động của Bộ Y tế\nBỘ TRƯỞNG BỘ Y TẾ\nCăn cứ Nghị định số 42/2025/NĐ-CP;",
     ("QUYẾT ĐỊNH Ban hành Kế hoạch hành động của Bộ Y tế", "1234/QĐ-BYT", "Bộ Y tế", None)),
    ("CHÍNH PHỦ CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nSố: 03/NQ-CP\nHà Nội, ngày 09 tháng 01 năm 2025\nNGHỊ QUYẾT\n"
     "Ban hành Chương trình hành động",
     ("NGHỊ QUYẾT Ban hành Chương trình hành động", "03/NQ-CP", "Chính phủ", None)),
    ("**ỦY BAN NHÂN DÂN**\nTHÀNH PHỐ HÀ NỘI\n|\n**CỘNG HÒA XÃ\nHỘI CHỦ NGHĨA VIỆT NAM**\nSố: 310/KH-UBND\n"
     "*Hà Nội, ngày 24\ntháng 11 năm 2025*\n**KẾ HOẠCH**\nPHÁT TRIỂN HẠ TẦNG 5G\nTriển khai thực hiện Nghị quyết số 57-NQ/TW",
     ("KẾ HOẠCH PHÁT TRIỂN HẠ TẦNG 5G", "310/KH-UBND", "UBND thành phố Hà Nội", "ha-noi")),
    ("UBND TỈNH LÂM ĐỒNG\nSỞ NỘI VỤ\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA\nVIỆT NAM\nSố:\n45/KH-SNV\nLâm Đồng, ngày 03 tháng 9 năm 2025\n"
     "KẾ HOẠCH\nThực hiện Chương trình hành động số 70-CTr/TU\nI. MỤC ĐÍCH, YÊU CẦU",
     ("KẾ HOẠCH Thực hiện Chương trình hành động số 70-CTr/TU", "45/KH-SNV", "Sở Nội vụ tỉnh Lâm Đồng", "lam-dong")),
    ("PHỤ LỤC 1\nCÁC CHỈ TIÊU CHUYỂN ĐỔI SỐ NĂM 2026\n"
     "(Kèm theo Kế hoạch số 210/KH-UBND ngày 05 tháng 12 năm 2025 của UBND tỉnh An Giang)",
     ("CÁC CHỈ TIÊU CHUYỂN ĐỔI SỐ NĂM 2026", "210/KH-UBND", "UBND tỉnh An Giang", "an-giang")),
], ids=["a ministry", "the government", "a motto over two lines", "a department below its province", "an annex alone"])
def test_metadata_of_other_heads(head, facts):
    meta = read_metadata(tuple(Line(no, text) for no, text in enumerate(head.split("\n"), start=1)))
    assert (meta.title, meta.number, meta.issuer, meta.province) == facts
    assert meta.date.year == 2025


@pytest.mark.parametrize("head, facts", [
    ("ỦY BAN NHÂN DÂN\nTỈNH LÂM ĐỒNG\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nSố:           /UBND-NC\nLâm Đồng, ngày       tháng 12 năm 2025\n"
     "V/v tập trung thực hiện các giải pháp\ncải thiện các chỉ số năm 2025\nKính gửi:\n- Các sở, ban, ngành;\n"
     "Căn cứ Bộ tiêu chí ban hành kèm theo Quyết định số 1187/QĐ-BNV ngày 15/10/2025 của Bộ trưởng Bộ Nội vụ;",
     ("V/v tập trung thực hiện các giải pháp cải thiện các chỉ số năm 2025", None, None)),
    ("ỦY BAN NHÂN DÂN\nTỈNH LÂM ĐỒNG\nSố:           /KH-UBND\nLâm Đồng, ngày ... tháng 01 năm 2026\nKẾ HOẠCH\n"
     "Kiểm tra công tác cải cách hành chính\nThực hiện Kế hoạch số 9669/KH-UBND ngày 24/12/2025 của UBND tỉnh; "
     "Quyết định của Thủ tướng Chính phủ, ngày 05 tháng 6 năm 2025;",
     ("KẾ HOẠCH Kiểm tra công tác cải cách hành chính", None, None)),
], ids=["a letter", "a plan"])
def test_a_draft_has_no_number_and_no_day(head, facts):
    meta = read_metadata(tuple(Line(no, text) for no, text in enumerate(head.split("\n"), start=1)))
    assert (meta.title, meta.number, meta.date) == facts


def test_the_day_of_a_document_that_a_title_cites_is_not_its_own():
    assert date_in_title("KẾ HOẠCH Thực hiện Nghị quyết số 57-NQ/TW ngày 22/12/2024 của Bộ Chính trị") is None
    assert date_in_title("Thông báo số 15-TB/BCĐ ngày 10/7/2025, kết luận tại phiên họp").isoformat() == "2025-07-10"


def test_a_text_of_one_endless_line_is_refused(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("a) " * 100_000, encoding="utf-8")
    with pytest.raises(UnreadableFile, match="hãy ngắt"):
        read_document(path)
