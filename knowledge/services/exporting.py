"""Everything the knowledge base holds, as JSON lines, as a workbook or as CSV."""

from __future__ import annotations

import csv
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from knowledge.model import Row
from knowledge.services.sheets import COLUMNS, Sheet, values_of, write_workbook
from knowledge.store import PlanStore
from knowledge.store.errors import unknown_plan


def export_line(row: Row) -> dict[str, Any]:
    """A row in the form of `troly export --jsonl`."""
    return {"ref": row.ref, "kind": row.kind, "group": row.group, "facts": row.facts(), "source": row.source.as_dict()}


def export_rows(store: PlanStore, plan_id: str | None = None) -> Iterator[Row]:
    """The rows in force, of one plan or of all. Raises UnknownPlan before the first row."""
    if plan_id is not None and all(info.id != plan_id for info in store.plans()):
        raise unknown_plan(plan_id)
    return store.iter_rows(None if plan_id is None else [plan_id])


def write_jsonl(rows: Iterable[Row], out: TextIO) -> int:
    """One JSON line a row; how many."""
    count = 0
    for row in rows:
        out.write(json.dumps(export_line(row), ensure_ascii=False) + "\n")
        count += 1
    return count


def write_csv(rows: Iterable[Row], path: Path) -> int:
    """A CSV file that Excel opens rightly (UTF-8 with BOM); how many rows."""
    def fill(temporary: Path) -> int:
        count = 0
        with temporary.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([column.title for column in COLUMNS])
            for row in rows:
                writer.writerow([csv_text(value) for value in values_of(row)])
                count += 1
        return count
    return replacing(path, fill)


def write_xlsx(rows: Iterable[Row], path: Path) -> int:
    """A workbook for a clerk: one row a line, header frozen, filters on; how many rows."""
    count = 0

    def counted() -> Iterator[list[Any]]:
        nonlocal count
        for row in rows:
            count += 1
            yield values_of(row)

    def fill(temporary: Path) -> int:
        write_workbook(temporary, [Sheet("Dữ liệu", COLUMNS, counted())])
        return count
    return replacing(path, fill)


def csv_text(value: Any) -> str:
    """A value as CSV text; what a spreadsheet would take for a formula gets an apostrophe, which it shows as text."""
    if value is None:
        return ""
    text = value.strftime("%d/%m/%Y") if hasattr(value, "strftime") else str(value)
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def replacing(path: Path, fill: Callable[[Path], int]) -> int:
    """Write a file beside the target and put it in its place when it is whole. Raises OSError."""
    with _beside(path) as temporary:
        count = fill(temporary)
        os.replace(temporary, path)
    return count


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    umask = os.umask(0)
    os.umask(umask)
    os.chmod(name, 0o666 & ~umask)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


