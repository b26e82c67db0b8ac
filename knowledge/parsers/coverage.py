"""Accounts for every line of a document: it is in a row, a heading, a label of a row, or a named kind of page furniture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from knowledge.model import Row
from knowledge.parsers import flat_tables
from knowledge.parsers.document import Document
from knowledge.parsers.fields import field_blocks
from knowledge.parsers.reading import read_repaired


def account(document: Document, rows: Iterable[Row]) -> dict[int, str]:
    """What each line with text is: a row's kind, `heading`, `label`, or a kind of furniture. A missing line is unplaced."""
    outline = read_repaired(document)
    labels = field_blocks(outline).used
    out: dict[int, str] = {no: piece.kind for piece in outline.furniture for no in piece.lines}
    for place, paragraph in enumerate(outline.paragraphs):
        if place in labels or paragraph.heading:
            out.update(dict.fromkeys(paragraph.lines, "label" if place in labels else "heading"))
    own = {no for paragraph in outline.paragraphs for no in paragraph.lines}
    for row in rows:
        first, last = row.source.lines or (1, 0)
        out.update({no: row.kind for no in range(first, last + 1) if no in own or no not in out})
    return out


def furniture(document: Document, rest: Document, rows: Iterable[Row]) -> tuple[tuple[int, int, str, str], ...]:
    """The stretches that are no row but known: first line, last line, kind, text. `rest` is the document without flat tables."""
    rows = list(rows)
    kinds = {row.kind for row in rows}
    known = {no: kind for no, kind in account(rest, rows).items() if kind not in kinds}
    if len(rest.lines) < len(document.lines):
        known |= flat_tables.furniture(document)
    return tuple((first, last, kind or "", text) for first, last, kind, text in _stretches(document, known) if kind)


def unplaced(document: Document, rows: Iterable[Row]) -> tuple[tuple[int, int, str], ...]:
    """The stretches of text that nothing took: first line, last line, text."""
    known = account(document, rows)
    return tuple((first, last, text) for first, last, kind, text in _stretches(document, known) if kind is None)


def _stretches(document: Document, known: Mapping[int, str]) -> Iterator[tuple[int, int, str | None, str]]:
    """Runs of lines of one kind; empty lines between them do not count."""
    run: tuple[int, int, str | None, str] | None = None
    for line in document.lines:
        text, kind = line.text.strip(), known.get(line.no)
        if not text:
            continue
        if run and run[2] == kind:
            run = (run[0], line.no, kind, f"{run[3]} {text}")
            continue
        if run:
            yield run
        run = (line.no, line.no, kind, text)
    if run:
        yield run
