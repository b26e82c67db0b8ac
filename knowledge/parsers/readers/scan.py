"""Scanned PDFs, read by Tesseract with its Vietnamese data where both stand; otherwise one line that says what to do."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from pathlib import Path

from knowledge.parsers.document import Document, Line, UnreadableFile

MAX_PAGES = 60
_DPI = 250
_SECONDS_A_PAGE = 60


def read_scan(path: Path, pages: int) -> Document:
    """The recognised lines of a scanned PDF, with a warning that they are recognised. Raises UnreadableFile."""
    if not _has_vietnamese():
        raise UnreadableFile(f"Tệp “{path.name}” là bản quét (ảnh chụp) và máy này chưa cài Tesseract với tiếng Việt; "
                             "hãy gửi bản Word, Excel hoặc PDF có chữ.")
    if pages > MAX_PAGES:
        raise UnreadableFile(f"Tệp “{path.name}” là bản quét trên {MAX_PAGES} trang; hãy tách riêng phần kế hoạch rồi gửi.")
    lines: list[Line] = []
    for number, image in enumerate(_images(path), start=1):
        for text in _recognise(image).splitlines():
            lines.append(Line(len(lines) + 1, text.strip(), number))
    return Document(path.name, tuple(lines), warnings=("Tệp là bản quét: chữ do máy nhận dạng, cần đối chiếu với bản gốc.",))


def _has_vietnamese() -> bool:
    """Whether Tesseract and its Vietnamese data stand on this machine."""
    program = shutil.which("tesseract")
    if not program:
        return False
    try:
        listed = subprocess.run([program, "--list-langs"], capture_output=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return b"vie" in (listed.stdout + listed.stderr).split()


def _images(path: Path) -> list[bytes]:
    import pypdfium2

    out = []
    document = pypdfium2.PdfDocument(path)
    try:
        for page in document:
            buffer = io.BytesIO()
            page.render(scale=_DPI / 72, grayscale=True).to_pil().save(buffer, format="PNG")
            out.append(buffer.getvalue())
    finally:
        document.close()
    return out


def _recognise(image: bytes) -> str:
    """The text of a page's picture; an unreadable page gives none."""
    try:
        done = subprocess.run(["tesseract", "stdin", "stdout", "-l", "vie", "--psm", "4"], input=image, capture_output=True,
                              timeout=_SECONDS_A_PAGE, check=False, env={**os.environ, "OMP_THREAD_LIMIT": "1"})
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout.decode("utf-8", "replace")
