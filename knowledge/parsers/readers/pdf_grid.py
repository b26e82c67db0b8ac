"""The ruled tables of a PDF's pages as grids: merged cells from the rulings, one set of columns for a table over pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from knowledge.parsers.document import Cell
from knowledge.parsers.readers.pdf_text import Word, lines_of, paragraphs

Box = tuple[float, float, float, float]
_SETTINGS = {"vertical_strategy": "lines", "horizontal_strategy": "lines", "snap_tolerance": 3, "join_tolerance": 3,
             "intersection_tolerance": 4, "edge_min_length": 6}
_NEAR = 4.0
_THIN = 3.0  # a filled rectangle up to this width or height is a ruling, a wider one only colours what stands on it
_MARGIN = 11.0  # Word's inner margins of a cell, left and right together


@dataclass
class Ruled:
    """A table on one page: its cells' boxes (left, top, right, bottom) and the words in it."""

    page: int
    boxes: list[Box]
    words: list[Word]
    edges: list[float]

    @property
    def box(self) -> Box:
        """The box around all cells."""
        return (min(b[0] for b in self.boxes), min(b[1] for b in self.boxes),
                max(b[2] for b in self.boxes), max(b[3] for b in self.boxes))


def find_tables(page: Any, number: int, words: Sequence[Word]) -> tuple[list[Ruled], list[Word]]:
    """The ruled tables of a page from top to bottom, and the words outside them."""
    tables: list[Ruled] = []
    rest = list(words)
    for found in sorted(page.filter(_may_rule).find_tables(table_settings=_SETTINGS), key=lambda t: t.bbox[1]):
        boxes = [tuple(box) for box in found.cells if box[2] - box[0] > 2 and box[3] - box[1] > 2]
        inside = [word for word in rest if _within(word, found.bbox)]
        if len(boxes) < 2 or not inside:
            continue
        rest = [word for word in rest if not _within(word, found.bbox)]
        tables.append(Ruled(number, boxes, inside, _clustered([x for box in boxes for x in (box[0], box[2])])))
    return tables, rest


def _may_rule(drawn: dict[str, Any]) -> bool:
    """Whether what is drawn can be a ruling: not the ground, white even, that Word paints behind each shaded paragraph or cell."""
    if drawn["object_type"] != "rect" or drawn.get("stroke") or not drawn.get("fill"):
        return True
    return min(drawn["width"], drawn["height"]) <= _THIN


def share_columns(tables: Sequence[Ruled]) -> None:
    """Give the pieces of one table the same columns: those on following pages between the same outer edges."""
    chain: list[Ruled] = []
    for table in [*tables, None]:
        if table and chain and table.page == chain[-1].page + 1 and _alike(chain[-1].edges, table.edges):
            chain.append(table)
            continue
        if len(chain) > 1:
            edges = _clustered([x for piece in chain for x in piece.edges])
            for piece in chain:
                piece.edges = edges
        chain = [table] if table else []


def grid_of(table: Ruled, count: int) -> tuple[tuple[Cell, ...], ...]:
    """The grid of cells with their texts; `count` is the table's number on its page."""
    heights = _clustered([y for box in table.boxes for y in (box[1], box[3])])
    grid = [[Cell("")] * (len(table.edges) - 1) for _ in heights[1:]]
    taken: set[tuple[int, int]] = set()
    for box in sorted(table.boxes, key=lambda b: (b[1], b[0])):
        left, right = _place(table.edges, box[0]), _place(table.edges, box[2])
        top, bottom = _place(heights, box[1]), _place(heights, box[3])
        text = _text([word for word in table.words if _within(word, box)], box[2] - box[0])
        for row in range(top, max(bottom, top + 1)):
            for column in range(left, max(right, left + 1)):
                if (row, column) in taken or row >= len(grid) or column >= len(grid[0]):
                    continue
                taken.add((row, column))
                first = (row, column) == (top, left)
                grid[row][column] = Cell(text if first else "", f"trang {table.page}, bảng {count}, dòng {row + 1}",
                                         "" if first else "left" if column > left else "up")
    return tuple(tuple(row) for row in grid)


def _text(words: Sequence[Word], width: float) -> str:
    return "\n".join(paragraphs(lines_of(words), width - _MARGIN))


def _within(word: Word, box: Box) -> bool:
    x, y = (word.x0 + word.x1) / 2, (word.top + word.bottom) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _clustered(values: Sequence[float]) -> list[float]:
    """The values in order, those near each other as one."""
    out: list[list[float]] = []
    for value in sorted(values):
        if out and value - out[-1][0] <= _NEAR:
            out[-1].append(value)
        else:
            out.append([value])
    return [sum(near) / len(near) for near in out]


def _place(edges: Sequence[float], value: float) -> int:
    return min(range(len(edges)), key=lambda index: abs(edges[index] - value))


def _alike(one: Sequence[float], other: Sequence[float]) -> bool:
    """Whether two grids are pieces of one table: the same outer edges, and the inner ones of one among those of the other."""
    if abs(one[0] - other[0]) > 2 * _NEAR or abs(one[-1] - other[-1]) > 2 * _NEAR:
        return False
    few, many = sorted((one, other), key=len)
    return sum(any(abs(x - y) <= _NEAR for y in many) for x in few) >= 0.8 * len(few)
