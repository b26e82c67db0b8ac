"""What a document says in prose is to be done: duties (kind `duty`) and reporting regimes (kind `reporting`)."""

from __future__ import annotations

from knowledge.model import Row
from knowledge.parsers.document import Document
from knowledge.parsers.duties import duty_rows
from knowledge.parsers.reading import read_repaired
from knowledge.parsers.reporting import reporting_rows


def extract(document: Document, plan_id: str) -> list[Row]:
    """The document's duties and reporting regimes as rows, each kind numbered and in reading order."""
    outline = read_repaired(document)
    return [*duty_rows(outline, document.file, plan_id), *reporting_rows(outline, document.file, plan_id)]
