"""Footnotes that a converter left inside the text: `… sáng tạo[[footnoteRef:1]]. [1: [] Ban Chấp hành … ]`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.parsers.document import Line

_OPEN = re.compile(r"\[(\d{1,3}): ?\[\]")
_LONGEST = 40  # lines; a bracket that stays open longer is no note


@dataclass(frozen=True)
class Note:
    """A footnote lifted out of the text: its mark, its paragraphs, each with its line."""

    label: str
    parts: tuple[tuple[int, str], ...]


def lift_notes(lines: tuple[Line, ...]) -> tuple[list[Line], list[Note]]:
    """The lines without such notes, and the notes. Lines that held nothing else become empty."""
    kept: list[Line] = []
    notes: list[Note] = []
    index = 0
    while index < len(lines):
        line = lines[index]
        opened = _OPEN.search(line.text)
        closed = _close(lines, index, opened.end()) if opened else None
        if not opened or closed is None:
            kept.append(line)
            index += 1
            continue
        last, end = closed
        notes.append(Note(opened[1], _parts(lines, index, opened.end(), last, end)))
        rest = lines[last].text[end + 1:]
        if last == index:
            lines = (*lines[:index], Line(line.no, line.text[:opened.start()] + rest, line.page), *lines[index + 1:])
            continue
        kept.append(Line(line.no, line.text[:opened.start()], line.page))
        kept += [Line(other.no, "", other.page) for other in lines[index + 1:last]]
        lines = (*lines[:last], Line(lines[last].no, rest, lines[last].page), *lines[last + 1:])
        index = last
    return kept, notes


def _close(lines: tuple[Line, ...], index: int, start: int) -> tuple[int, int] | None:
    """The line and place of the bracket that closes a note."""
    depth = 1
    for at in range(index, min(len(lines), index + _LONGEST)):
        text = lines[at].text
        for place in range(start if at == index else 0, len(text)):
            depth += {"[": 1, "]": -1}.get(text[place], 0)
            if depth == 0:
                return at, place
    return None


def _parts(lines: tuple[Line, ...], index: int, start: int, last: int, end: int) -> tuple[tuple[int, str], ...]:
    texts = [(line.no, line.text) for line in lines[index:last + 1]]
    texts[-1] = (texts[-1][0], texts[-1][1][:end])
    texts[0] = (texts[0][0], texts[0][1][start:])
    return tuple((no, text.strip()) for no, text in texts if text.strip())
