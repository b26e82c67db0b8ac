"""A document's outline with its text repaired, read once however many extractors ask for it."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from knowledge.parsers.document import Document
from knowledge.parsers.repair import Repairer
from knowledge.parsers.sections import Outline, Paragraph, read_outline


@lru_cache(maxsize=8)
def read_repaired(document: Document) -> Outline:
    """The outline with misread syllables mended; `Paragraph.wording` keeps the text as scanned where it differs."""
    outline = read_outline(document)
    if not outline.paragraphs:
        return outline
    repair = Repairer.for_document("\n".join(line.text for line in document.lines)).repair
    return replace(outline, paragraphs=tuple(_repaired(paragraph, repair(paragraph.text)) for paragraph in outline.paragraphs))


def _repaired(paragraph: Paragraph, text: str) -> Paragraph:
    if text == paragraph.text:
        return paragraph
    # a repair keeps signs and their order, so the title ends at the same sign as before
    title = text.rstrip(": ") if paragraph.heading else text.split(":", 1)[0] if paragraph.title else ""
    return replace(paragraph, text=text, wording=paragraph.text, title=title)
