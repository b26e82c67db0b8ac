"""The outline of a prose document: broken lines joined to paragraphs, paragraphs put below their headings.

Labels are what Vietnamese plans number with: `III-`, `2.`, `2.1.`, `a)`, `(1)`, `-`, `+`, `*`. Which of two labels is the deeper
one is learnt from the order in which they appear, as every office nests them in its own way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from knowledge.parsers.document import Line
from knowledge.text.normalize import fold, nfc

BULLETS = frozenset({"dash", "plus", "star"})
NUMBERED = frozenset({"roman", "capital", "n1", "n2", "n3", "n4", "n)", "letter"})

_LABELS = tuple((kind, re.compile(pattern)) for kind, pattern in (
    ("roman", r"(?!V/v\b)([IVX]{1,5})\s?[-–.:)/]+\s*(?=[^\W\d])"),
    ("capital", r"([A-HĐ])\s?[.)]\s+(?=[^\W\d])"),
    ("n", r"(\d{1,2}(?:\.\d{1,2}){0,3})\s?[.:](?:\s*(?=[^\W\d]|\()|\s+(?=\d))"),
    ("n)", r"(\d{1,2})\s?(?:\)\s*|/\s+)(?=\S)"),
    ("n", r"(\d{1,2}(?:\.\d{1,2}){1,3})\s+(?=[A-ZĐÀ-Ỹ])"),
    ("paren", r"\((\d{1,2}|[a-zđ]|[ivx]{1,4})\)\s*(?=\S)"),
    ("letter", r"(?!v\.v)([a-zđ]\d?)\s?[).]\s*(?=\S)"),
    ("dash", r"([-–—‐■▪●•·○◦➢✓►])\W{0,2}?\s*(?=[\w“\"(>≥<≤]|\+)"),
    ("plus", r"(\+)\s*(?=\S)"),
    ("star", r"(\*)\s*(?=\w)"),
))
_MARKUP = re.compile(r"\*\*|__|^\s*#+\s*|^\s*\*(?=\w[^*]*\*\s*$|\d{1,2}(?:\.\d{1,2})*[.)]\s|[a-zđ]\)\s)|(?<=\d[.)] )\*(?=\w)|(?<=\w)\*\s*$")
_FURNITURE = re.compile(r"[^\w“\"]*(?:\d{1,3}|(?:Trang|trang)\s+\d{1,3}(?:\s*/\s*\d{1,3})?)?[^\w%]*")
_CLOSED = re.compile(r"[.;:!?…][”\"’)']?$")
_ASKS_NUMBER = re.compile(
    r"\b(nam|so|thang|ngay|dat|tu|den|la|co|chiem|tren|duoi|toi thieu|toi da|it nhat|khoang|gap|quy|20\d\d\s?[-–])$"
)
_NUMBER = re.compile(r"(?:[IVX]{1,5}|\d{1,2}(?:\.\d{1,2})*|[a-zđ])[.)]\s")
_WRAPPED = 0.72  # a line at least this long, compared with the long lines around it, was broken by the right margin


@dataclass
class Node:
    """A heading or a point: its label, its text in one line, its lines (from 1), and what stands below it."""

    kind: str
    label: str
    text: str
    first: int
    last: int
    parent: Node | None = None
    children: list[Node] = field(default_factory=list)

    def path(self) -> list[Node]:
        """The nodes from the top down to this one, without the root."""
        return [] if self.parent is None else [*self.parent.path(), self]

    def walk(self) -> Iterator[Node]:
        """This node and all below it, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()

    @property
    def end(self) -> int:
        """The last line of the node with all that stands below it."""
        return max([self.last, *(child.end for child in self.children)])


@dataclass(frozen=True)
class Outline:
    """The tree below a root without text, and the numbers of the lines that are page furniture."""

    root: Node
    furniture: frozenset[int]


def read_outline(lines: Iterable[Line]) -> Outline:
    """Joins the lines to paragraphs and nests them by their labels."""
    root = Node("root", "", "", 0, 0)
    furniture: set[int] = set()
    stack = [root]
    for node in _paragraphs(list(lines), furniture):
        stack = _place(node, stack)
    return Outline(root, frozenset(furniture))


def split_label(text: str) -> tuple[str, str, str] | None:
    """Kind, label and rest of a paragraph that begins with a label: `2.1. Đến …` → (`n2`, `2.1`, `Đến …`)."""
    for kind, pattern in _LABELS:
        if match := pattern.match(text):
            label = match.group(1)
            return (f"n{label.count('.') + 1}" if kind == "n" else kind), label, text[match.end():]
    return None


def _paragraphs(lines: list[Line], furniture: set[int]) -> Iterator[Node]:
    """Paragraphs as nodes that are not placed yet; page numbers and empty lines go to `furniture`."""
    width = _margin(lines)
    parted = _parted_by_blanks(lines)
    node: Node | None = None
    previous = ""
    blank = True
    for line in lines:
        text = _MARKUP.sub("", nfc(line.text)).strip().strip("|").strip()
        fresh, blank = blank, not line.text.strip()
        if _FURNITURE.fullmatch(text):
            furniture.add(line.no)
            continue
        if node and (not fresh and not split_label(text) if parted else _continues(text, previous, width)):
            node.text, node.last = f"{node.text} {text}", line.no
        else:
            if node:
                yield node
            kind, label, rest = split_label(text) or ("bare", "", text)
            node = Node(kind, label, rest, line.no, line.no)
        previous = text
    if node:
        yield node


def _parted_by_blanks(lines: list[Line]) -> bool:
    """Whether blank lines part the paragraphs, as on web pages: before nearly every number, never inside a sentence."""
    marked = [not before.text.strip() for before, line in pairwise(lines) if _NUMBER.match(line.text.strip(" *"))]
    lower = [not before.text.strip() for before, line in pairwise(lines) if line.text[:1].islower() and not _NUMBER.match(line.text)]
    return len(marked) > 4 and sum(marked) > 0.8 * len(marked) and len(lower) > 4 and not any(lower)


def _margin(lines: list[Line]) -> int:
    """The usual length of a full line, or 0 where a line is a whole paragraph (nothing was broken by a margin)."""
    lengths = sorted(len(line.text.strip()) for line in lines if line.text.strip())
    if not lengths:
        return 0
    width = lengths[int(len(lengths) * 0.85)]
    return width if width < 140 else 0


def _continues(text: str, previous: str, width: int) -> bool:
    """Whether a line goes on with the paragraph of the line before it."""
    closed = bool(_CLOSED.search(previous))
    full = bool(width) and len(previous) >= width * _WRAPPED
    label = split_label(text)
    if label:
        # "kinh tế" / "- xã hội": a dash inside a compound that was broken before it
        return label[0] == "dash" and full and not closed and label[2][:1].islower()
    if text[:1].islower():
        return full or not closed
    if text[:1].isdigit() and _ASKS_NUMBER.search(fold(previous)):
        return True
    return full and not closed


def _place(node: Node, stack: list[Node]) -> list[Node]:
    """Hangs the node below its heading; returns the new stack of open headings."""
    keep = _depth(node, stack)
    node.parent = stack[keep - 1]
    node.parent.children.append(node)
    return [*stack[:keep], node]


def _depth(node: Node, stack: list[Node]) -> int:
    """How many of the open nodes stay open above the new one."""
    if node.kind == "roman":
        return _until(stack, lambda other: other.kind != "capital")
    if node.kind == "capital":
        return 1
    if node.kind == "bare":
        return _until(stack, lambda other: other.kind in BULLETS or other.kind in {"bare", "paren"})
    if node.kind[0] == "n" and node.kind[1:].isdigit():
        return _until(stack, lambda other: (other.kind[0] == "n" and other.kind[1:] >= node.kind[1:]) or other.kind == "letter")
    kinds = [other.kind for other in stack]
    if node.kind in kinds:
        return kinds.index(node.kind)
    if node.kind == "letter":
        return _until(stack, lambda other: other.kind in BULLETS)
    return len(stack)


def _until(stack: list[Node], closes: Callable[[Node], bool]) -> int:
    """The place of the first open node (not the root) that the new one closes."""
    return next((place for place, other in enumerate(stack) if place and closes(other)), len(stack))


def folded(node: Node) -> str:
    """The node's text without diacritics, which a scan gets wrong, and with single blanks."""
    return " ".join(fold(node.text).split())
