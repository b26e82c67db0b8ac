"""Reads a file in a process of its own, which the system stops when it takes too much memory or time.

PDF and Office files come from anywhere, and the libraries that read them can be made to loop or to eat memory in places where
nobody can check; only another process can be stopped there. The assistant is one process that others are talking to, so it
does not take that risk. The child gives back JSON, which can hold nothing but the document.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from knowledge.parsers.document import Cell, Document, Line, Table, UnreadableFile

MEMORY = 3_000_000_000
SECONDS = 240
_ROOT = Path(__file__).resolve().parents[2]
_REFUSED = 3
_GRACE = 10  # seconds for starting and for giving the document back


def read_isolated(path: Path, module: str, seconds: int = SECONDS, memory: int = MEMORY) -> Document:
    """What `module.read(path)` gives. Raises UnreadableFile, also where the file takes too much time or memory."""
    command = [sys.executable, "-m", "knowledge.parsers.isolation", module, str(path.resolve()), str(seconds), str(memory)]
    environment = {**os.environ, "PYTHONPATH": str(_ROOT), "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(command, capture_output=True, timeout=seconds + _GRACE, env=environment, cwd=_ROOT, check=False)
    except subprocess.TimeoutExpired as error:
        raise UnreadableFile(_too_much(path)) from error
    if done.returncode == _REFUSED:
        raise UnreadableFile(done.stdout.decode("utf-8", "replace").strip())
    if done.returncode:
        raise UnreadableFile(_too_much(path))
    try:
        return load(json.loads(done.stdout))
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableFile(_too_much(path)) from error


def load(data: dict[str, Any]) -> Document:
    """A document from the JSON of another process."""
    tables = tuple(_table(table) for table in data["tables"])
    return Document(data["file"], tuple(Line(*line) for line in data["lines"]), tables, tuple(data["warnings"]))


def _table(data: dict[str, Any]) -> Table:
    rows = tuple(tuple(Cell(*cell) for cell in row) for row in data["rows"])
    return Table(rows, data["page"], data["line"], tuple(data["before"]),
                 tuple((first, last) for first, last in data["lines"]), data["hides_merging"])


def dump(document: Document) -> dict[str, Any]:
    """A document as JSON values."""
    return {"file": document.file, "lines": [[line.no, line.text, line.page] for line in document.lines],
            "tables": [{"rows": [[list(asdict(cell).values()) for cell in row] for row in table.rows], "page": table.page,
                        "line": table.line, "before": table.before, "lines": table.lines,
                        "hides_merging": table.hides_merging} for table in document.tables],
            "warnings": document.warnings}


def _too_much(path: Path) -> str:
    return (f"Tệp “{path.name}” bị hỏng hoặc quá nặng để đọc (quá thời gian hoặc bộ nhớ cho phép); "
            "hãy lưu lại hoặc tách nhỏ rồi gửi.")


def _limit(seconds: int, memory: int) -> None:
    """Limits of the system on this process; where the system has none (Windows), the parent's clock remains."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _child(module: str, path: str, seconds: str, memory: str) -> int:
    import importlib
    import logging

    logging.disable(logging.CRITICAL)
    _limit(int(seconds), int(memory))
    out = sys.stdout
    sys.stdout = sys.stderr  # what a library prints must not get between the JSON
    try:
        document = importlib.import_module(module).read(Path(path))
    except UnreadableFile as error:
        print(error, file=out)
        return _REFUSED
    json.dump(dump(document), out, ensure_ascii=False)
    out.flush()
    return 0


if __name__ == "__main__":
    sys.exit(_child(*sys.argv[1:5]))
