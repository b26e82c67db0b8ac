"""Files that are damaged, locked, too large or meant to do harm: one Vietnamese sentence each, and nothing happens."""

import io
import os
import struct
import time
import zipfile
import zlib
from pathlib import Path

import pytest
from plan_files import parse, write_docx, write_pdf, write_xlsx
from test_readers import rewrite

from knowledge.parsers import isolation
from knowledge.parsers.document import UnreadableFile
from knowledge.parsers.isolation import dump, load, read_isolated
from knowledge.parsers.readers import docx as word
from knowledge.parsers.readers import read_document
from knowledge.parsers.tables import extract

PLAN = parse("TT | Nhiệm vụ | Chủ trì | Thời hạn\n1 | Rà soát | Sở Tư pháp | 2025")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
WRITE = {".docx": write_docx, ".xlsx": write_xlsx, ".pdf": write_pdf}


def refused(path: Path) -> str:
    """The sentence with which a file is refused: one line that says what to do."""
    with pytest.raises(UnreadableFile) as raised:
        read_document(path)
    message = str(raised.value)
    assert "hãy" in message and "\n" not in message and path.name in message
    return message


def archive(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in parts.items():
            file.writestr(name, data)
    return path


@pytest.mark.parametrize("suffix", WRITE)
@pytest.mark.parametrize("harm", ["cut", "noise", "empty", "text"])
def test_damaged(tmp_path, suffix, harm):
    path = WRITE[suffix](tmp_path / f"kế hoạch{suffix}", PLAN)
    data = path.read_bytes()
    path.write_bytes({"cut": data[:len(data) // 3], "noise": bytes(range(256)) * 20, "empty": b"", "text": b"KE HOACH\n" * 50}[harm])
    if suffix == ".pdf" and harm == "cut":
        try:
            read_document(path)  # what is left of a PDF may still be read
        except UnreadableFile:
            refused(path)
    else:
        refused(path)


@pytest.mark.parametrize("suffix", [".docx", ".xlsx"])
def test_with_a_password(tmp_path, suffix):
    path = tmp_path / f"p{suffix}"
    path.write_bytes(OLE + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(2000))
    assert "mật khẩu" in refused(path)


def test_pdf_with_a_password(tmp_path):
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    path = tmp_path / "p.pdf"
    canvas = Canvas(str(path), encrypt=StandardEncryption("bí mật".encode().hex(), canPrint=0))
    canvas.drawString(50, 50, "x")
    canvas.save()
    assert "mật khẩu" in refused(path)


def test_an_old_file_under_a_new_name(tmp_path):
    path = tmp_path / "p.docx"
    path.write_bytes(OLE + bytes(3000))
    assert "định dạng cũ" in refused(path)


@pytest.mark.parametrize("suffix, main", [(".docx", "word/document.xml"), (".xlsx", "xl/workbook.xml")])
def test_zip_bomb(tmp_path, suffix, main):
    path = archive(tmp_path / f"p{suffix}", {main: b"<a>" + b" " * 80_000_000 + b"</a>"})
    began = time.monotonic()
    assert "bung ra quá lớn" in refused(path)
    assert time.monotonic() - began < 20 and path.stat().st_size < 1_000_000


def test_zip_that_lies_about_its_size(tmp_path):
    """A part that unpacks to more than it declares is cut there and found damaged."""
    path = write_docx(tmp_path / "p.docx", PLAN)
    data = bytearray(path.read_bytes())
    at = data.rfind(b"word/document.xml") - 46 + 24
    data[at:at + 4] = struct.pack("<I", 10)
    path.write_bytes(bytes(data))
    assert "bị hỏng" in refused(path)


BOMB = (b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "' + b"&a;" * 50 + b'"><!ENTITY c "' + b"&b;" * 50
        + b'">]><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>&c;</w:t>'
        b"</w:r></w:p></w:body></w:document>")
OUTSIDE = BOMB.replace(b'<!ENTITY a "ha">', b'<!ENTITY a SYSTEM "file:///etc/passwd">').replace(b"&c;", b"&a;")


@pytest.mark.parametrize("xml", [BOMB, OUTSIDE, BOMB.decode().replace("1.0\"?", "1.0\" encoding=\"utf-16\"?").encode("utf-16")],
                         ids=["entities in entities", "a file of the machine", "in UTF-16"])
def test_xml_with_entities(tmp_path, xml):
    path = write_docx(tmp_path / "p.docx", PLAN)
    rewrite(path, {}, {"word/document.xml": xml})
    assert "XML nguy hiểm" in refused(path)


def test_deeply_nested_xml(tmp_path):
    path = write_docx(tmp_path / "p.docx", PLAN)
    rewrite(path, {"word/document.xml": ("<w:body>", "<w:body>" + "<w:sdt>" * 100_000)}, {})
    refused(path)


@pytest.mark.parametrize("suffix, part", [(".docx", "word/vbaProject.bin"), (".xlsx", "xl/vbaProject.bin")])
def test_macros_are_not_run_and_said(tmp_path, suffix, part):
    path = WRITE[suffix](tmp_path / f"p{suffix}", PLAN)
    rewrite(path, {}, {part: OLE + bytes(100)})
    document = read_document(path)
    assert document.warnings == (f"Tệp “p{suffix}” có macro; hệ thống chỉ đọc nội dung, không chạy macro.",)
    assert [row.name for row in extract(document, "p")] == ["Rà soát"]


def test_docm_is_read_without_its_macros(tmp_path):
    path = write_docx(tmp_path / "p.docx", PLAN)
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    rewrite(path, {"[Content_Types].xml": (kind, "application/vnd.ms-word.document.macroEnabled.main+xml")}, {"word/vbaProject.bin": OLE})
    document = read_document(path.rename(tmp_path / "p.docm"))
    assert "macro" in document.warnings[0] and len(document.tables) == 1


def test_too_large(tmp_path):
    path = tmp_path / "p.pdf"
    with path.open("wb") as file:
        file.write(b"%PDF-1.7\n")
        file.truncate(60_000_000)
    assert "quá lớn" in refused(path)


def test_pdf_that_unpacks_without_end(tmp_path):
    """A page whose content is 120 MB of nothing: the time or memory of the process ends first, or it is read as empty."""
    packed = zlib.compress(b"0 0 m " * 20_000_000, 9)
    body = io.BytesIO()
    body.write(b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj "
               b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>endobj 4 0 obj<</Filter/FlateDecode/Length %d>>"
               b"stream\n" % len(packed))
    body.write(packed + b"\nendstream endobj trailer<</Root 1 0 R>>")
    path = tmp_path / "p.pdf"
    path.write_bytes(body.getvalue())
    with pytest.raises(UnreadableFile, match="quá nặng|bị hỏng"):
        read_isolated(path, "knowledge.parsers.readers.pdf", seconds=4, memory=1_000_000_000)


def test_a_process_that_takes_too_long_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(isolation, "_GRACE", 0)
    path = tmp_path / "p.txt"
    os.mkfifo(path)  # whoever reads it waits for ever
    began = time.monotonic()
    with pytest.raises(UnreadableFile, match="quá nặng"):
        read_isolated(path, "knowledge.parsers.readers.text", seconds=2)
    assert 2 <= time.monotonic() - began < 20


def test_a_document_comes_through_the_process_unchanged(tmp_path):
    path = write_docx(tmp_path / "p.docx", PLAN)
    document = word.read(path)
    assert load(dump(document)) == document == read_document(path)
