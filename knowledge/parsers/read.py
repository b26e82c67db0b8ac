"""The entry point of parsing: a file → a Plan.

A reader makes lines and tables of the file, extractors make rows of them, a person's corrections come last.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from knowledge.model import LegalDocument, Plan, Row
from knowledge.parsers import coverage, flat_tables, tables
from knowledge.parsers.corrections import apply_corrections, load_corrections
from knowledge.parsers.document import Document, Table
from knowledge.parsers.metadata import date_in_title, number_in_title, read_metadata
from knowledge.parsers.plan_year import with_years
from knowledge.parsers.readers import read_document
from knowledge.text.normalize import clean, fold

# Modules with `extract(document, plan_id) -> list[Row]`, for the text that no table took.
_PROSE_EXTRACTORS = ("targets", "prose", "passages")


def read_plan(path: Path, source: Mapping[str, Any] | None = None) -> Plan:
    """The plan that a file holds. `source` gives what is known of it (id, title, kind, issuer, province).

    Raises UnreadableFile with one Vietnamese sentence.
    """
    document = read_document(path)
    known = dict(source or {})
    plan_id = str(known.get("id") or slug(path.stem))
    meta = read_metadata(document.lines)
    title = str(known.get("title") or meta.title or path.stem)
    signed = known.get("date") or meta.date or date_in_title(title)
    rows, rest, left = _rows(document, plan_id)
    rows = with_years(rows, title, signed)
    rows = apply_corrections(rows, load_corrections(path.with_name(f"{plan_id}.corrections.yml")))
    return Plan(
        id=plan_id, title=title, file=path.name, kind=str(known.get("kind") or _kind_of(title)),
        province=known.get("province") or meta.province, number=known.get("number") or meta.number or number_in_title(title),
        date=signed, issuer=known.get("issuer") or meta.issuer,
        rows=tuple(rows), documents=tuple(_legal_documents(document)), furniture=coverage.furniture(document, rest, rows),
        unplaced=(*coverage.unplaced(rest, rows), *_untold(left)), warnings=document.warnings)


def read_shipped(folder: Path) -> list[Plan]:
    """The plans of a folder with a `sources.yml`, in its order."""
    sources = yaml.safe_load((folder / "sources.yml").read_text(encoding="utf-8"))
    return [read_plan(folder / source["file"], source) for source in sources]


def slug(text: str) -> str:
    """An id for references: lower case letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", fold(clean(text))).strip("-") or "ke-hoach"


def _rows(document: Document, plan_id: str) -> tuple[list[Row], Document, list[Table]]:
    """Every extractor's rows in reading order, the document without its flattened tables, and the tables that gave no row."""
    grids = tables.read_tables(document, plan_id)
    rows = flat_tables.extract(document, plan_id)
    taken = {no for row in rows if row.source.lines for no in range(row.source.lines[0], row.source.lines[1] + 1)}
    taken |= set(flat_tables.furniture(document)) if rows else set()
    rest = replace(document, lines=tuple(line for line in document.lines if line.no not in taken))
    for name in _PROSE_EXTRACTORS:
        module = _module(name)
        if module:
            rows += module.extract(rest, plan_id)
    pages = {line.no: line.page for line in document.lines if line.page}
    placed: list[tuple[float, Row]] = [(row.source.lines[0] if row.source.lines else 0, _paged(row, pages)) for row in rows]
    # A table stands after its line, so its rows come after what that line gave.
    placed += [(line + 0.5, row) for line, row in grids.rows]
    return [row for _, row in sorted(placed, key=lambda at: at[0])], rest, grids.left


def _paged(row: Row, pages: Mapping[int, int]) -> Row:
    """The row with the page that its first line stands on, where the format has pages."""
    page = pages.get(row.source.lines[0]) if row.source.lines else None
    return replace(row, source=replace(row.source, page=page)) if page else row


@cache
def _module(name: str) -> Any:
    """An extractor's module, or None as long as it is not there."""
    full = f"knowledge.parsers.{name}"
    return importlib.import_module(full) if importlib.util.find_spec(full) else None


def _legal_documents(document: Document) -> Iterable[LegalDocument]:
    module = _module("documents")
    return module.extract(document) if module else ()


def _kind_of(title: str) -> str:
    """The kind of a plan from its title: plan, conclusion, report, plan_annex."""
    folded = fold(title)
    if re.search(r"\bket luan\b|^thong bao\b", folded):
        return "conclusion"
    if folded.startswith("bao cao"):
        return "report"
    return "plan_annex" if folded.startswith("phu luc") else "plan"


def _untold(left: Iterable[Table]) -> Iterable[tuple[int, int, str]]:
    """The text of tables that are no list of tasks or indicators, at the line that they stand after."""
    for table in left:
        yield table.line, table.line, " | ".join(cell.text for row in table.rows for cell in row if cell.text.strip())

