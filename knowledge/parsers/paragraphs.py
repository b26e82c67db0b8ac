"""Lines joined to paragraphs again, over broken lines and page breaks.

Three layouts are told apart by how lines begin: a line is a whole paragraph (Word), blank lines part the paragraphs (web pages),
or lines are broken by the right margin and blank lines mean nothing (PDF). In the last, a line that had room for the next word
ended a paragraph.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from knowledge.parsers.furniture import Raw
from knowledge.parsers.markers import Marker, Sequence, read_markers

Layout = Literal["lines", "blanks", "margin"]

_ENDED = re.compile(r"[.;:!?…](?:[”\"’')\]]|/\.)?$|\./\.$")
_FULL_STOP = re.compile(r"[.!?…](?:[”\"’')])?$|\./\.$")
# A line can't end a paragraph with one of these, or before a figure with one of those. With their tones: "tư" is not "từ".
_HANGING = re.compile(
    r"(?:[,(–-]|\b(?:của|và|về|các|cho|với|trong|để|là|theo|tại|từ|đến|hoặc|những|(?:quyết|định|hoạch|trình) số|giai đoạn))$",
    re.IGNORECASE,
)
_ASKS_NUMBER = re.compile(r"\b(?:số|năm|ngày|tháng|quý|khoảng|trên|dưới)$", re.IGNORECASE)
# Begins a sentence of its own wherever it stands.
_DIRECTIVE = re.compile(r"(?:Giao|Đề nghị|Yêu cầu|Phân công)\s+(?=[A-ZĐÀ-Ỹ]|các\s)")
_RAISED = re.compile(r"(?<=\S)[¹²³⁴⁵⁶⁷⁸⁹⁰]+")
_ITALIC = re.compile(r"(?<![\w*])\*(?=[^\s*])|(?<=[^\s*])\*(?![\w*])")
_LONE_MARK = re.compile(r"(?:\d{1,2}(?:\.\d{1,2})*|[IVX]{1,5}|[a-zđ])[.)]")
_LETTER = re.compile(r"[a-zđ]\d?\)\s+\S")
_LONG = 120  # letters: an unfinished paragraph of this length is no heading


@dataclass(frozen=True)
class Block:
    """A paragraph without its mark: text in one line, the numbers of its lines."""

    text: str
    lines: tuple[int, ...]
    marker: Marker | None = None


def join_lines(lines: list[Raw]) -> list[Block]:
    """The paragraphs of the body, in reading order, with their marks."""
    layout, width = layout_of(lines)
    sequence = Sequence()
    blocks: list[Block] = []
    parts: list[Raw] = []
    mark: tuple[Marker, int] | None = None
    for index, line in enumerate(lines):
        fresh = not parts or not _LONE_MARK.fullmatch(parts[-1].text) and _begins_paragraph(parts[-1], line, layout, width)
        text = line.text
        if fresh and _LONE_MARK.fullmatch(text) and index + 1 < len(lines) and not lines[index + 1].blank_before:
            text = f"{text} {lines[index + 1].text}"  # a narrow column parted the number from its text
        found = sequence.choose(text, fresh)
        if parts and not found and not fresh:
            parts.append(line)
            continue
        if parts:
            blocks.append(_block(parts, mark))
        parts, mark = [line], found
    if parts:
        blocks.append(_block(parts, mark))
    return _rejoin_lone_dashes(blocks)


def layout_of(lines: list[Raw]) -> tuple[Layout, int]:
    """How the lines were broken, and in a `margin` layout how much a full line and the word after it take at least."""
    pairs = [(a, b) for a, b in pairwise(lines) if not read_markers(b.text)]
    lower = [(a, b) for a, b in pairs if b.text[:1].islower() and not _FULL_STOP.search(a.text)]
    if len(lower) < 0.15 * max(1, len(lines)):
        return "lines", 0
    parted = [b for _, b in pairs if b.blank_before]
    broken = sum(1 for _, b in lower if b.blank_before)
    marked = [b for _, b in pairwise(lines) if read_markers(b.text) and b.text[:1] not in "-–+*•"]
    if not broken and len(marked) > 4 and sum(b.blank_before for b in marked) > 0.8 * len(marked):
        return "blanks", 0
    if any(not b.blank_before for _, b in lower) and len(parted) > 0.05 * len(pairs) and broken < 0.1 * len(parted):
        return "blanks", 0
    needs = sorted(_need(a, b) for a, b in lower)
    return "margin", needs[len(needs) // 12]


def _need(line: Raw, following: Raw) -> int:
    """The room that a line would have needed to take the next word too."""
    return len(line.text) + 1 + len(following.text.split(" ", 1)[0])


def _begins_paragraph(before: Raw, line: Raw, layout: Layout, width: int) -> bool:
    hanging = bool(_HANGING.search(before.text)) or line.text[:1].isdigit() and bool(_ASKS_NUMBER.search(before.text))
    lettered = _LETTER.match(line.text) and (layout == "lines" or _ENDED.search(before.text))  # "b) …" is no word's small letter
    lower = line.text[:1].islower() and not lettered
    if layout == "lines":
        return not (lower or hanging) or bool(_ENDED.search(before.text)) and not lower
    if layout == "blanks":
        return line.blank_before and not ((lower or hanging) and not _ENDED.search(before.text))
    if lower and not _ENDED.search(before.text) or hanging:
        return False
    short = _need(before, line) < width or bool(_DIRECTIVE.match(line.text))
    return short or bool(_FULL_STOP.search(before.text)) or before.trailing and bool(_ENDED.search(before.text))


def _block(parts: list[Raw], mark: tuple[Marker, int] | None) -> Block:
    first = parts[0].text[mark[1]:] if mark else parts[0].text
    text = " ".join([first, *(part.text for part in parts[1:])])
    text = re.sub(r"(\d)-\s+(?=[A-ZĐ]{2})", r"\1-", text)  # "57-" / "NQ/TW"
    text = re.sub(r"([A-ZĐ]{2})([-/]) (?=[A-ZĐ]{2})", r"\1\2", text)  # "NQ-" / "HĐND"
    text = re.sub(r"(?:\s+[•■▪|◦]+)+$", "", text)  # specks of a scan
    text = re.sub(r"\s+", " ", _ITALIC.sub("", _RAISED.sub("", text))).strip()
    return Block(text, tuple(part.no for part in parts), mark[0] if mark else None)


def _rejoin_lone_dashes(blocks: list[Block]) -> list[Block]:
    """A single "- …" after a long unfinished paragraph is the dash of an apposition that a line break put first."""
    out: list[Block] = []
    for index, block in enumerate(blocks):
        previous = out[-1] if out else None
        following = blocks[index + 1] if index + 1 < len(blocks) else None
        lone = block.marker and block.marker.kind == "bullet" and not _is_bullet(previous) and not _is_bullet(following)
        if previous and lone and len(previous.text) > _LONG and not _ENDED.search(previous.text):
            out[-1] = Block(f"{previous.text} - {block.text}", previous.lines + block.lines, previous.marker)
        else:
            out.append(block)
    return out


def _is_bullet(block: Block | None) -> bool:
    return bool(block and block.marker and block.marker.kind == "bullet")
