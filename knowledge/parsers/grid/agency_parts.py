"""A table's cell of agencies: who leads and who cooperates where one cell says both, and names that stand on lines of their own."""

from __future__ import annotations

import re

from knowledge.parsers.agency_cells import is_agency_cell, lead_and_coop, starts_like_agency
from knowledge.parsers.agency_words import HEADS
from knowledge.parsers.grid.marks import Part
from knowledge.text.normalize import same_tone_place

_IN_CELL = re.compile(r"(?:(?:các\s+)?(?:cơ quan|đơn vị)\s*,?\s*(?:đơn vị\s*)?)?"
                      r"(?P<what>chủ trì|đầu mối|phối hợp)(?: thực hiện)?\s*:", re.IGNORECASE)
_MARKED = re.compile(r"\(\s*(?P<what>chủ trì|đầu mối|phối hợp)\s*\)", re.IGNORECASE)


def has_parts(text: str) -> bool:
    """Whether a cell says who leads and who cooperates."""
    return bool(_IN_CELL.search(text) or _MARKED.search(text) or lead_and_coop(text))


def marks_in(text: str) -> list[Part]:
    """The parts that a cell announces, in its order: `Chủ trì: …`, `Phối hợp: …`."""
    return ["coop" if mark["what"].lower() == "phối hợp" else "lead" for mark in _IN_CELL.finditer(text)]


def parts_in(text: str) -> dict[Part, str]:
    """One cell for both: `Chủ trì: Sở A. Phối hợp: Sở B`, or `Sở A (chủ trì), Sở B (phối hợp)`."""
    parts: dict[Part, list[str]] = {"lead": [], "coop": []}
    marks = list(_IN_CELL.finditer(text))
    if marks:
        before = text[:marks[0].start()].strip(" \n-+.;,")
        if before:
            parts["lead"].append(before)
        for mark, following in zip(marks, [*marks[1:], None]):
            said = text[mark.end():following.start() if following else len(text)].lstrip(" \n-+.;,").rstrip(" \n-+.;")
            parts["coop" if mark["what"].lower() == "phối hợp" else "lead"].append(said)
    elif said_so := None if _MARKED.search(text) else lead_and_coop(text):
        parts["lead"].append(said_so[0])
        parts["coop"].append(said_so[1])
    else:
        start = 0
        for mark in _MARKED.finditer(text):
            parts["coop" if mark["what"].lower() == "phối hợp" else "lead"].append(text[start:mark.start()].strip(" \n-+.;,"))
            start = mark.end()
        rest = text[start:].strip(" \n-+.;,")
        if rest:
            parts["coop"].append(rest)
    return {part: "; ".join(separate_agencies(text) for text in texts if text) for part, texts in parts.items()}


def separate_agencies(text: str) -> str:
    """A cell with an agency a paragraph gets a separator between them; a line that goes on with the name above does not."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    out = lines[:1]
    for line in lines[1:]:
        bulleted = line[:1] in "-+•–*"
        if bulleted or (starts_like_agency(line) and line[:1].isupper() and _is_complete(out[-1].lstrip("-+•–* "))):
            out.append(line)
        else:
            out[-1] = f"{out[-1]} {line}"
    return "; ".join(line.lstrip("-+•–* ").rstrip(" ;") for line in out)


def _is_complete(text: str) -> bool:
    """Whether a line ends an agency's name: not "Văn phòng", which goes on in the next line."""
    return is_agency_cell(text) and same_tone_place(re.split(r"[;,]\s*", text)[-1].strip().lower()) not in HEADS
