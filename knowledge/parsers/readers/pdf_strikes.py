"""Text of a PDF that a line strikes out: what was deleted under tracked changes when the file was printed with them shown.

Word and LibreOffice draw the line through the lower half of the letters, from the first to the last of them; a table's ruling
begins and ends elsewhere, an underline stands below them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import Any

_THIN = 1.6  # points
_UPPER, _LOWER = 0.35, 0.85  # where a line through letters stands, as parts of their height
_NEAR = 2.0
_TALLEST = 40.0


def without_struck(page: Any) -> tuple[Any, bool]:
    """The page of pdfplumber's without the letters that are struck out, and whether there are any."""
    chars = sorted(page.chars, key=lambda char: char["top"])
    tops = [char["top"] for char in chars]
    struck: set[int] = set()
    for line in (*page.lines, *page.rects):
        if line["bottom"] - line["top"] > _THIN or line["x1"] - line["x0"] < _NEAR:
            continue
        middle = (line["top"] + line["bottom"]) / 2
        near = chars[bisect_left(tops, middle - _TALLEST):bisect_right(tops, middle)]
        through = [char for char in near if _crosses(line, middle, char)]
        if not through:
            continue
        before, after = min(char["x0"] for char in through) - line["x0"], max(char["x1"] for char in through) - line["x1"]
        if abs(before) + abs(after) < 2 * _NEAR:
            struck |= {id(char) for char in through}
    return (page.filter(lambda thing: id(thing) not in struck), True) if struck else (page, False)


def _crosses(line: dict[str, Any], middle: float, char: dict[str, Any]) -> bool:
    height, centre = char["bottom"] - char["top"], (char["x0"] + char["x1"]) / 2
    return char["top"] + _UPPER * height < middle < char["top"] + _LOWER * height and line["x0"] <= centre <= line["x1"]
