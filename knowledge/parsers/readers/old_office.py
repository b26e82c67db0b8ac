"""Older and other Office formats (.doc, .xls, .odt, .ods, .rtf), turned into today's by LibreOffice where it stands.

A web page under such a name, as many systems export, is read as the web page that it is.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

from knowledge.parsers.document import Document, UnreadableFile
from knowledge.parsers.isolation import read_isolated
from knowledge.parsers.office_files import check_size, signature
from knowledge.parsers.readers.html import is_html

SUFFIXES = (".doc", ".xls", ".odt", ".ods", ".rtf")
_TO = {".doc": "docx", ".odt": "docx", ".rtf": "docx", ".xls": "xlsx", ".ods": "xlsx"}
_SECONDS = 180


def read(path: Path) -> Document:
    """What the converted file holds. Raises UnreadableFile."""
    check_size(path)
    if signature(path) == "other" and is_html(path):
        return read_isolated(path, "knowledge.parsers.readers.html")
    form = _TO[path.suffix.lower()]
    with tempfile.TemporaryDirectory(prefix="troly-") as folder:
        if signature(path) == "zip" and path.suffix.lower() in (".doc", ".xls"):  # a new file under an old name
            made = Path(folder) / f"{path.stem}.{form}"
            shutil.copyfile(path, made)
        else:
            made = _convert(path, Path(folder), form)
        return replace(read_isolated(made, f"knowledge.parsers.readers.{form}"), file=path.name)


def _convert(path: Path, folder: Path, form: str) -> Path:
    """The file as `form`. The program gets a profile of its own (macros off, as by default) and no way to the network."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if not program:
        raise UnreadableFile(f"Máy này chưa cài LibreOffice để đọc tệp “{path.name}”; hãy mở tệp, lưu lại dạng .{form} rồi gửi.")
    source = folder / f"nguon{path.suffix.lower()}"
    shutil.copyfile(path, source)
    nowhere = "http://127.0.0.1:9"
    environment = {**os.environ, "http_proxy": nowhere, "https_proxy": nowhere, "HOME": str(folder)}
    command = [program, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--norestore", "--convert-to", form,
               "--outdir", str(folder / "ra"), str(source)]
    try:
        subprocess.run(command, capture_output=True, timeout=_SECONDS, env=environment, check=False)
    except subprocess.TimeoutExpired as error:
        raise UnreadableFile(f"Đổi định dạng tệp “{path.name}” quá lâu; hãy mở tệp, lưu lại dạng .{form} rồi gửi.") from error
    made = folder / "ra" / f"nguon.{form}"
    if not made.is_file():
        raise UnreadableFile(f"Tệp “{path.name}” bị hỏng hoặc được đặt mật khẩu; hãy mở tệp, lưu lại dạng .{form} rồi gửi.")
    return made.rename(folder / f"{path.stem}.{form}")
