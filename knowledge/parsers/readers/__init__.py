"""Readers of file formats. A reader is one module here with `SUFFIXES` and `read(path) -> Document`; nothing else names it.

One with `ISOLATED = True` reads in a process of its own: formats whose libraries a hostile file can make loop or eat memory.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path

from knowledge.parsers.document import Document, UnreadableFile
from knowledge.parsers.isolation import SECONDS, read_isolated

Reader = Callable[[Path], Document]


@lru_cache(maxsize=1)
def readers() -> dict[str, Reader]:
    """The readers by suffix (`.txt` → reader)."""
    found: dict[str, Reader] = {}
    for module_info in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{module_info.name}")
        for suffix in getattr(module, "SUFFIXES", ()):
            found[suffix] = module.read
            if getattr(module, "ISOLATED", False):
                found[suffix] = partial(read_isolated, module=module.__name__, seconds=getattr(module, "SECONDS", SECONDS))
    return found


def read_document(path: Path) -> Document:
    """A file as lines and tables. Raises UnreadableFile with one Vietnamese sentence."""
    reader = readers().get(path.suffix.lower())
    if reader is None:
        known = ", ".join(sorted(readers()))
        raise UnreadableFile(f"Chưa đọc được loại tệp “{path.suffix or path.name}”; hãy đổi sang một trong các loại: {known}.")
    if not path.is_file():
        raise UnreadableFile(f"Không tìm thấy tệp “{path.name}”; hãy kiểm tra lại đường dẫn.")
    try:
        return reader(path)
    except OSError as error:
        raise UnreadableFile(f"Không mở được tệp “{path.name}” ({error.strerror}); hãy kiểm tra quyền đọc tệp.") from error
