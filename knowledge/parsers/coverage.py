"""Accounts for every line of a document: it is in a row, a heading, a label of a row, or a named kind of page furniture."""

from __future__ import annotations

from collections.abc import Iterable

from knowledge.model import Row
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


def unplaced(document: Document, rows: Iterable[Row]) -> tuple[tuple[int, int, str], ...]:
    """The stretches of text that nothing took: first line, last line, text."""
    known = account(document, rows)
    out: list[tuple[int, int, str]] = []
    previous = 0
    for line in document.lines:
        text = line.text.strip()
        if not text or line.no in known:
            continue
        if out and previous == out[-1][1] and all(not other.text.strip() for other in document.lines[previous:line.no - 1]):
            out[-1] = (out[-1][0], line.no, f"{out[-1][2]} {text}")
        else:
            out.append((line.no, line.no, text))
        previous = line.no
    return tuple(out)
