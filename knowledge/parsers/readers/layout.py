"""Grids that only lay out text (letterhead, signature, a frame) told from tables of data."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.text.normalize import fold

_LETTERHEAD = re.compile(r"cong hoa xa hoi|doc lap\s*[-–]\s*tu do|dang cong san|^noi nhan|\bnoi nhan\s*:"
                         r"|^\s*so\s*:\s*\d*\s*/|^tm\. |^kt\. ")


def only_lays_out(grid: Sequence[Sequence[str]]) -> bool:
    """Whether a grid is a frame, a letterhead or a signature block, whose text belongs to the document's lines."""
    if not grid or all(len(row) <= 1 for row in grid):
        return True
    filled = [[text for text in row if text.strip()] for row in grid]
    if all(len(row) <= 1 for row in filled):
        return True
    if len(grid) > 6 or max(len(row) for row in filled) > 3:
        return False
    return any(_LETTERHEAD.search(fold(line)) for row in grid for text in row for line in text.split("\n"))
