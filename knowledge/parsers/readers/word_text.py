"""The text of Word paragraphs as a reader of the printed document sees it: without deleted, hidden and drawn text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
# Deleted text, field codes, a picture's twin for old Word versions, and text boxes (read on their own).
_LEFT_OUT = frozenset({_W + "del", _W + "moveFrom", _W + "instrText", _W + "delText", _MC + "Fallback", _W + "txbxContent",
                       _W + "pPr", _W + "rPr", _W + "sdtPr"})
_NOTE_MARK = re.compile(r"[\[(]?\d{1,2}[\])]?")
_BEFORE_POWER = re.compile(r"(?:(?<![^\W\d_])[mkcdn]?m|\d)$", re.IGNORECASE)
_SIGNS = {_W + "tab": "\t", _W + "br": "\n", _W + "cr": "\n", _W + "noBreakHyphen": "-", _W + "softHyphen": ""}


def text_of(paragraph: Any) -> str:
    """A paragraph's text; line breaks inside it as such."""
    pieces: list[str] = []
    _collect(paragraph, pieces)
    return "".join(pieces)


def boxes_in(paragraph: Any) -> Iterator[Any]:
    """The text boxes drawn at a paragraph, each once."""
    for box in paragraph.iter(_W + "txbxContent"):
        if not any(parent.tag in (_MC + "Fallback", _W + "txbxContent") for parent in box.iterancestors()):
            yield box


def blocks(container: Any) -> Iterator[Any]:
    """The paragraphs and tables of a body or cell in order, out of content controls and insertions too."""
    for child in container.iterchildren():
        if child.tag in (_W + "p", _W + "tbl"):
            yield child
        elif child.tag in (_W + "sdt", _W + "sdtContent", _W + "ins", _W + "moveTo", _W + "customXml", _W + "smartTag"):
            yield from blocks(child)


def goes_on(paragraph: Any) -> bool:
    """Whether a paragraph's end was deleted under tracked changes: the next paragraph goes on with its text."""
    mark = paragraph.find(f"{_W}pPr/{_W}rPr/{_W}del")
    return mark is not None


def is_deleted(row: Any) -> bool:
    """Whether a table's row was deleted under tracked changes."""
    properties = row.find(_W + "trPr")
    return properties is not None and properties.find(_W + "del") is not None


def _collect(element: Any, pieces: list[str]) -> None:
    for child in element.iterchildren():
        tag = child.tag
        if tag in _LEFT_OUT or not isinstance(tag, str):
            continue
        if tag == _W + "t":
            pieces.append(child.text or "")
        elif tag in _SIGNS:
            pieces.append("" if tag == _W + "br" and child.get(_W + "type") in ("page", "column") else _SIGNS[tag])
        elif tag == _W + "r" and (_is_hidden(child) or _is_note_mark(child, pieces)):
            continue
        elif tag == _W + "sym":
            pieces.append("-")
        else:
            _collect(child, pieces)


def _is_hidden(run: Any) -> bool:
    properties = run.find(_W + "rPr")
    vanish = properties.find(_W + "vanish") if properties is not None else None
    return vanish is not None and vanish.get(_W + "val", "1") not in ("0", "false")


def _is_note_mark(run: Any, before: Sequence[str]) -> bool:
    """Whether a run is a raised number that points to a footnote, and no power of a unit ("m" with a raised 2)."""
    raised = run.find(f"{_W}rPr/{_W}vertAlign")
    if raised is None or raised.get(_W + "val") != "superscript":
        return False
    text = "".join(part.text or "" for part in run.iter(_W + "t")).strip()
    said = "".join(before)
    return bool(_NOTE_MARK.fullmatch(text)) and bool(said.strip()) and not _BEFORE_POWER.search(said)
