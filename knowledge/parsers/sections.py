"""The section tree of an administrative document: each paragraph with its section (`III.2.4(3)`), headings and lines.

Page furniture, footnotes and a damaged copy of the text are told apart and kept by name, so that every line is accounted for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from knowledge.parsers.document import Document, Line
from knowledge.parsers.duplicates import find_duplicates
from knowledge.parsers.furniture import DocumentKind, LineKind, Raw, classify, document_kind, plain_text
from knowledge.parsers.markers import NUMBERED, Marker, MarkerKind
from knowledge.parsers.notes import Note, lift_notes
from knowledge.parsers.paragraphs import Block, join_lines

_HEADING_LENGTH = 260
_RUN_IN = re.compile(r"^([^:;]{3,140}?)\s?:\s+(?=\S)")
_NOTE_MARK = re.compile(r"^([¹²³⁴⁵⁶⁷⁸⁹⁰]+|\d{1,2})\s*")
_RAISED = str.maketrans("¹²³⁴⁵⁶⁷⁸⁹⁰", "1234567890")

REPAIRED = "số mục in là “{0}”, đọc là “{1}” theo các mục bên cạnh"


@dataclass(frozen=True)
class Paragraph:
    """A paragraph and its place.

    `parents` are the places (in `Outline.paragraphs`) of the paragraphs that open the sections around it, outermost first;
    `heading` says that other text stands below it; `title` is what names the section that it opens ("" where nothing does).
    """

    text: str
    lines: tuple[int, ...]
    section: str
    marker: Marker | None = None
    parents: tuple[int, ...] = ()
    heading: bool = False
    title: str = ""
    note: str | None = None
    wording: str | None = None
    doubt: str | None = None

    @property
    def span(self) -> tuple[int, int]:
        """First and last line."""
        return self.lines[0], self.lines[-1]


@dataclass(frozen=True)
class Furniture:
    """Lines that are no text of the document, and what they are."""

    kind: LineKind
    lines: tuple[int, ...]
    text: str


@dataclass(frozen=True)
class Outline:
    """A document as read: its kind, paragraphs (footnotes last), furniture."""

    kind: DocumentKind
    paragraphs: tuple[Paragraph, ...]
    furniture: tuple[Furniture, ...]

    def titles(self, paragraph: Paragraph) -> tuple[str, ...]:
        """The titles of the sections around a paragraph, outermost first, with its own last if it has one."""
        titles = [self.paragraphs[at].title for at in paragraph.parents] + [paragraph.title]
        return tuple(title for title in titles if title)


@dataclass
class _Node:
    """An open section while the tree is built."""

    index: int
    marker: Marker
    section: str
    kinds: set[MarkerKind] = field(default_factory=set)


def read_outline(document: Document) -> Outline:
    """Sorts the lines, joins them to paragraphs and finds each one's section."""
    lines, notes = lift_notes(document.lines)
    raws = _raws(lines)
    copies = find_duplicates([(line.no, plain_text(line.text)) for line in document.lines])
    kept = classify([raw for raw in raws if raw.no not in copies])
    blocks = join_lines([raw for raw in kept if raw.kind == "body"])
    paragraphs = _place(_repair_numbers(blocks))
    paragraphs += [_footnote(raws_of, paragraphs) for raws_of in _footnotes(kept)]
    paragraphs += [_lifted(note, part, paragraphs) for note in notes for part in note.parts]
    furniture = [Furniture("duplicate", (raw.no,), raw.text) for raw in raws if raw.no in copies]
    furniture += [Furniture("rule", (no,), "]") for no in _brackets(document, lines, notes)]
    furniture += [Furniture(raw.kind, (raw.no,), raw.text) for raw in kept if raw.kind not in ("body", "footnote")]
    return Outline(document_kind(kept), tuple(paragraphs), tuple(furniture))


def group_of(section: str) -> str | None:
    """The part of the document that a section is in: `III.2.4(3)` → `III`."""
    return re.split(r"[.(]", section)[0] or None


def _raws(lines: list[Line]) -> list[Raw]:
    raws: list[Raw] = []
    blank = True
    for line in lines:
        text = plain_text(line.text)
        if text or line.text.strip():
            raws.append(Raw(line.no, text, blank, line.text.endswith("  ")))
        blank = not line.text.strip() or not text
    return raws


def _brackets(document: Document, lines: list[Line], notes: list[Note]) -> list[int]:
    """Lines that held nothing but the bracket of a footnote that was lifted out."""
    kept = {line.no for line in lines if line.text.strip()} | {no for note in notes for no, _ in note.parts}
    return [line.no for line in document.lines if line.text.strip() and line.no not in kept]


def _repair_numbers(blocks: list[Block]) -> list[tuple[Block, str | None]]:
    """A misread number between two that part by two is the one between them (5, 5.7, 5.2 → 5.1); the reason stands beside it."""
    out: list[tuple[Block, str | None]] = []
    decimals = [i for i, block in enumerate(blocks) if block.marker and block.marker.kind == "decimal"]
    for index, block in enumerate(blocks):
        marker, doubt = block.marker, None
        if marker and marker.kind == "decimal":
            place = decimals.index(index)
            stem = marker.label.rsplit(".", 1)[0]
            before = _sibling(blocks, decimals, place - 1, stem) or 0
            after = _sibling(blocks, decimals, place + 1, stem)
            if after and after == before + 2 and marker.value != before + 1:
                label = f"{stem}.{before + 1}"
                doubt = REPAIRED.format(marker.label, label)
                block = replace(block, marker=replace(marker, label=label, value=before + 1))
        out.append((block, doubt))
    return out


def _sibling(blocks: list[Block], decimals: list[int], place: int, stem: str) -> int | None:
    """The number of the decimal mark at a place, if it belongs to the same section."""
    marker = blocks[decimals[place]].marker if 0 <= place < len(decimals) else None
    return marker.value if marker and marker.label.rsplit(".", 1)[0] == stem else None


def _place(blocks: list[tuple[Block, str | None]]) -> list[Paragraph]:
    stack: list[_Node] = []
    top: set[MarkerKind] = set()
    out: list[Paragraph] = []
    for index, (block, doubt) in enumerate(blocks):
        marker = block.marker
        stack = stack[:_keep(stack, marker, top)]
        kinds = stack[-1].kinds if stack else top
        parents = tuple(node.index for node in stack)
        section = stack[-1].section if stack else ""
        if marker:
            kinds.add(marker.kind)
            section = _label(section, marker)
            stack = [*stack, _Node(index, marker, section)]
        out.append(Paragraph(block.text, block.lines, section, marker, parents, doubt=doubt))
    return [_with_title(out, index) for index in range(len(out))]


def _keep(stack: list[_Node], marker: Marker | None, top: set[MarkerKind]) -> int:
    """How many open sections stay open above the next paragraph."""
    if marker is None:
        # text without a mark goes on with its section, not with the last point of a list
        points = (i for i, node in enumerate(stack) if node.marker.kind not in NUMBERED and node.marker.kind != "star")
        return next(points, len(stack))
    by_rank = next((i for i, node in enumerate(stack) if node.marker.rank >= marker.rank and not _holds(node.marker, marker)), len(stack))
    if marker.kind in ("decimal",):
        return _keep_decimal(stack, marker)
    if marker.kind in ("bullet", "plus", "ordinal", "letter", "paren") and marker.value != 1:
        for depth in range(len(stack), 0, -1):
            if marker.kind in stack[depth - 1].kinds:
                return depth
        if marker.kind in top and not any(node.marker.kind in NUMBERED for node in stack):
            return 0
    return by_rank


def _holds(outer: Marker, inner: Marker) -> bool:
    """Whether a mark contains another of its depth: an article ("Điều 2.") has numbers below it."""
    return outer.kind == "article" and inner.kind == "arabic"


def _keep_decimal(stack: list[_Node], marker: Marker) -> int:
    """`2.1.3` stands below `2.1` if that is open, else below the plain number or what is above it."""
    depth = marker.label.count(".")
    for i, node in enumerate(stack):
        deeper = node.marker.kind == "decimal" and node.marker.label.count(".") >= depth
        other = node.marker.kind == "decimal" and not marker.label.startswith(node.marker.label + ".")
        if deeper or other or node.marker.rank > marker.rank:
            return i
    return len(stack)


def _label(section: str, marker: Marker) -> str:
    """The section's label with the mark's: II + 2.4 → II.2.4, 2.3 + (1) → 2.3(1), VI.1 + a → VI.1.a."""
    if marker.kind not in NUMBERED:
        return section
    if marker.kind == "paren":
        return f"{section}({marker.label})"
    if marker.kind == "annex":
        return f"PL{marker.label}"
    if marker.kind == "article":
        return f"{section}.Đ{marker.label}".lstrip(".")
    if marker.kind == "decimal":
        parent = marker.label.split(".")
        for size in range(len(parent) - 1, 0, -1):
            stem = ".".join(parent[:size])
            if section == stem or section.endswith("." + stem):
                return section[:len(section) - len(stem)] + marker.label
    return f"{section}.{marker.label}".lstrip(".")


def _with_title(paragraphs: list[Paragraph], index: int) -> Paragraph:
    """Whether text stands below the paragraph, and the title of the section that it opens."""
    paragraph = paragraphs[index]
    if not paragraph.marker or paragraph.marker.kind == "ordinal":
        return paragraph
    below = index + 1 < len(paragraphs) and index in paragraphs[index + 1].parents
    closed = paragraph.text[-1:] in ".;!?"
    if below and not closed and len(paragraph.text) <= _HEADING_LENGTH and paragraph.marker.kind not in ("bullet", "plus"):
        return replace(paragraph, heading=True, title=paragraph.text.rstrip(": "))
    run_in = _RUN_IN.match(paragraph.text)
    return replace(paragraph, title=run_in[1]) if run_in else paragraph


def _footnotes(raws: list[Raw]) -> list[list[Raw]]:
    """The lines of each footnote."""
    notes: list[list[Raw]] = []
    for raw in raws:
        if raw.kind != "footnote":
            continue
        if notes and notes[-1][-1].no == raw.no - 1 and not _NOTE_MARK.match(raw.text):
            notes[-1].append(raw)
        else:
            notes.append([raw])
    return notes


def _footnote(raws: list[Raw], paragraphs: list[Paragraph]) -> Paragraph:
    text = " ".join(raw.text for raw in raws)
    mark = _NOTE_MARK.match(text)
    label = mark[1].translate(_RAISED) if mark else ""
    home = _home(paragraphs, raws[0].no)
    return Paragraph(text[mark.end():] if mark else text, tuple(raw.no for raw in raws), home.section if home else "",
                     parents=home.parents if home else (), note=label)


def _lifted(note: Note, part: tuple[int, str], paragraphs: list[Paragraph]) -> Paragraph:
    home = _home(paragraphs, note.parts[0][0])
    text = re.sub(r"^[-–•+]\s+", "", plain_text(part[1]))
    return Paragraph(text, (part[0],), home.section if home else "", parents=home.parents if home else (), note=note.label)


def _home(paragraphs: list[Paragraph], line: int) -> Paragraph | None:
    """The paragraph on whose page a footnote stands: the last one that begins before it."""
    return next((p for p in reversed(paragraphs) if p.note is None and p.lines[0] <= line), None)
