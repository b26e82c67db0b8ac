"""What a file is by its first bytes, and whether an Office file (a zip of XML) may be opened at all.

Checked before any library sees the file: the sizes that the zip declares (the standard library reads no more than these),
passwords, macros, and XML with its own entities, which no Office program writes.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.sax import SAXException
from xml.sax.handler import ContentHandler

import defusedxml.sax
from defusedxml.common import DefusedXmlException

from knowledge.parsers.document import UnreadableFile

MAX_BYTES = 50_000_000
MAX_UNPACKED = 300_000_000
MAX_XML = 120_000_000
MAX_RATIO = 300
MAX_ENTRIES = 5_000
_ZIP, _OLE, _PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF-"
_MACROS = ("vbaproject.bin", "vbadata.xml")


def signature(path: Path) -> str:
    """`zip`, `ole` (Office up to 2003, or one with a password), `pdf`, `empty` or `other`."""
    with path.open("rb") as file:
        head = file.read(1024)
    if head.startswith(_ZIP):
        return "zip"
    if head.startswith(_OLE):
        return "ole"
    if _PDF in head:
        return "pdf"
    return "other" if head.strip(b"\x00 \r\n\t") else "empty"


def check_size(path: Path, limit: int = MAX_BYTES) -> None:
    """Raises UnreadableFile for an empty or too large file."""
    size = path.stat().st_size
    if size > limit:
        raise UnreadableFile(f"Tệp “{path.name}” quá lớn (trên {limit // 1_000_000} MB); hãy bỏ bớt ảnh hoặc tách nhỏ.")
    if not size:
        raise UnreadableFile(f"Tệp “{path.name}” rỗng; hãy gửi lại tệp có nội dung.")


def check_office(path: Path, main: str, kind: str) -> tuple[str, ...]:
    """Check an Office file with `main` part inside ("word/document.xml"); gives warnings in Vietnamese. Raises UnreadableFile."""
    check_size(path)
    found = signature(path)
    if found == "ole":
        raise UnreadableFile(_ole_problem(path, kind))
    if found != "zip":
        raise UnreadableFile(f"Tệp “{path.name}” không phải là tệp {kind} hoặc đã hỏng; hãy mở ra, lưu lại rồi gửi.")
    try:
        with zipfile.ZipFile(path) as archive:
            return _check_zip(archive, path.name, main, kind)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError, ValueError) as error:
        raise UnreadableFile(f"Tệp “{path.name}” bị hỏng; hãy mở bằng phần mềm soạn thảo, lưu lại rồi gửi.") from error


def _ole_problem(path: Path, kind: str) -> str:
    with path.open("rb") as file:
        head = file.read(4_000_000)
    if "EncryptedPackage".encode("utf-16-le") in head:
        return f"Tệp “{path.name}” được đặt mật khẩu; hãy bỏ mật khẩu (Tệp → Thông tin → Bảo vệ tài liệu) rồi gửi lại."
    return f"Tệp “{path.name}” là định dạng cũ chứ không phải {kind}; hãy lưu lại dạng mới hoặc sửa đuôi tệp."


def _check_zip(archive: zipfile.ZipFile, name: str, main: str, kind: str) -> tuple[str, ...]:
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    steep = any(entry.file_size > 5_000_000 and entry.file_size > MAX_RATIO * max(1, entry.compress_size) for entry in entries)
    xml = sum(entry.file_size for entry in entries if _is_xml(entry.filename))
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED or xml > MAX_XML or steep:
        raise UnreadableFile(f"Tệp “{name}” bung ra quá lớn (có thể là tệp phá hoại) nên không đọc; hãy gửi tệp gốc nhỏ hơn.")
    if any(entry.flag_bits & 1 for entry in entries):
        raise UnreadableFile(f"Tệp “{name}” được đặt mật khẩu; hãy bỏ mật khẩu rồi gửi lại.")
    names = {entry.filename.replace("\\", "/").lower() for entry in entries}
    if main not in names:
        raise UnreadableFile(f"Tệp “{name}” không phải là tệp {kind}; hãy kiểm tra lại tệp hoặc lưu lại đúng định dạng rồi gửi.")
    for entry in entries:
        if _is_xml(entry.filename):
            _check_xml(archive, entry, name)
    macros = any(entry.rsplit("/", 1)[-1] in _MACROS for entry in names)
    return (f"Tệp “{name}” có macro; hệ thống chỉ đọc nội dung, không chạy macro.",) if macros else ()


def _is_xml(name: str) -> bool:
    return name.lower().endswith((".xml", ".rels", ".vml"))


def _check_xml(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> None:
    """One part: well formed, and without a document type, where entities would be declared."""
    try:
        with archive.open(entry) as file:
            defusedxml.sax.parse(file, ContentHandler(), forbid_dtd=True)
    except DefusedXmlException as error:
        raise UnreadableFile(f"Tệp “{name}” chứa khai báo XML nguy hiểm; hãy lưu lại bằng Office rồi gửi.") from error
    except SAXException as error:
        if entry.filename.lower().endswith(".vml"):  # drawings, often not well formed; nobody reads them
            return
        raise UnreadableFile(f"Tệp “{name}” bị hỏng (phần {entry.filename}); hãy mở bằng Office và lưu lại.") from error
