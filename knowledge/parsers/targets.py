"""Targets stated in prose (mục tiêu, chỉ tiêu) below headings such as `2.1. Đến hết năm 2025` → `a) Phát triển hạ tầng`.

The part of the document that holds them is found by its headings; every point there is a target of the year and section above
it. A point without a figure is a target all the same where it stands below a year; elsewhere (general aims) a figure is needed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from knowledge.model import Row, Source
from knowledge.parsers.document import Document
from knowledge.parsers.outline import BULLETS, Node, folded, read_outline
from knowledge.parsers.quantity import Figure, every_year, figures, further_figures, main_figure, measure
from knowledge.parsers.repair import Repairer
from knowledge.text.normalize import fold, nfc

_PART = re.compile(
    r"(?:(?:quan diem|dinh huong|muc dich|yeu cau|tam nhin|phuong huong|mot so|cac|he thong|nhom|khung|chi dao|ve|tong hop|va)"
    r"[ ,/–-]*)*"
    r"(?:muc tieu|chi tieu)\b|tam nhin (?:den |toi )?(?:nam )?20\d\d\W*$"
)
_GENERAL = re.compile(r"muc tieu (?:chung|tong quat|tong the|dai han)|quan diem|yeu cau|muc dich")
_WORK = re.compile(r"(?:(?:cac|mot so|nhung) )?(?:nhiem vu|giai phap)(?! (?:va )?muc tieu)(?!.*\bchi tieu\b)[^.;%]{0,60}$")
_EMPTY_HEADING = re.compile(r"(?:muc tieu|quan diem|chi tieu|tam nhin|dinh huong)[^.;]{0,60}")
_HEADING_LENGTH = 160
_YEAR = re.compile(r"\b(20[2-9]\d)\b")
_SPAN = re.compile(r"\b20\d\d\s?[-–]\s?(20[2-9]\d)\b")
_TO_YEAR = re.compile(r"(?:den|tam nhin|trong|nam|cuoi|giai doan)\D{0,25}(20[2-9]\d)")
_OWN_YEAR = re.compile(r"(?:phan dau,? |muc tieu )?(?:den|trong|nam|cuoi)\D{0,14}(20[2-9]\d)\b(?!\s?[-–])")
_ANNOUNCED = re.compile(r"\((\d{1,3})\s(?:muc tieu|chi tieu)\)")
_DAMAGED = re.compile(r"(?<![\w/-])(?:[lIO|oSB]\d+|\d+[lO|oSB])(?:[.,]\d+)?\s?%|(?<![\w/])[>≥]\s?[lIO|SB](?=\s)")

_TITLE = re.compile(r"\W*(?:(?:ke hoach|chuong trinh)(?: hanh dong)?|de an|nghi quyet|quyet dinh|chien luoc)\W*")
_TITLE_YEARS = tuple(re.compile(pattern) for pattern in (
    r"\b20\d\d\s?[-–]\s?(20[2-9]\d)\b", r"\bden (?:het )?nam (20[2-9]\d)", r"\bnam (20[2-9]\d)\b",
))
_TITLE_LINES = 8

NO_YEAR = "không rõ mục tiêu này của năm nào"
YEAR_OF_TITLE = "năm lấy theo tên văn bản, đề mục của mục tiêu không ghi năm"
NO_VALUE = "có chữ chỉ mức phải đạt nhưng không đọc được con số"
DAMAGED = "con số có ký tự nhận dạng sai"
TWO_VALUES = "câu có nhiều con số, chưa chắc số nào là mục tiêu"


@dataclass(frozen=True)
class Place:
    """Where a target stands: its year, the labels of its section (`a`, `1.a`), that section's heading and letter.

    `general` are aims of a plan as a whole; `year_of_title` says that only the plan's title names the year.
    """

    year: int | None
    section: str
    heading: str
    letter: str | None
    general: bool
    year_of_title: bool = False


@dataclass(frozen=True)
class TargetsPart:
    """What was read: the points that are targets, the headings above them, and lines that are page furniture."""

    points: tuple[tuple[Node, Place], ...]
    headings: tuple[Node, ...]
    furniture: frozenset[int]


def extract(document: Document, plan_id: str) -> list[Row]:
    """The targets of the document as rows of kind `target`, numbered `<year>-<section>-<n>`."""
    part = find_targets(document)
    if not part.points:
        return []
    repair = Repairer.for_document("\n".join(line.text for line in document.lines)).repair
    count: Counter[tuple[int | None, str]] = Counter()
    rows = []
    for node, place in part.points:
        count[place.year, place.section] += 1
        no = f"{place.year or 0}-{place.section}-{count[place.year, place.section]}"
        rows.append(_row(node, place, no, document.file, plan_id, repair))
    return _mark_announced(_mark_contradictions(rows), part)


def find_targets(document: Document) -> TargetsPart:
    """The outline's nodes that are targets, and their headings."""
    outline = read_outline(document.lines)
    title_year = _title_year(document)
    points: list[tuple[Node, Place]] = []
    headings: list[Node] = []
    for part in _parts(outline.root):
        for node in part.walk():
            if _is_work(node, part):
                continue
            if _is_point(node, part):
                place = _with_title_year(_place(node, part), title_year)
                if main_figure(figures(node.text)) or (place.year and not (place.general or place.year_of_title)):
                    points.append((node, place))
            else:
                headings.append(node)
    return TargetsPart(tuple(_unique_sections(points)), tuple(headings), outline.furniture)


def _parts(root: Node) -> Iterator[Node]:
    """The outermost headings that announce targets."""
    for node in root.children:
        text = folded(node)
        if node.children and node.kind not in BULLETS and len(text) <= _HEADING_LENGTH and _PART.match(text):
            yield node
        else:
            yield from _parts(node)


def _is_point(node: Node, part: Node) -> bool:
    """A leaf, or a point with sub-points that sets a figure itself (`- Hạ tầng: phủ sóng 5G đạt 99%, trong đó:`).

    A leaf that only leads in (`Tại địa bàn có khu công nghiệp:`) or an empty heading is none.
    """
    if node is part:
        return False
    if main_figure(figures(node.text)):
        return not node.children or node.kind in BULLETS
    return not node.children and not node.text.rstrip().endswith(":") and not _EMPTY_HEADING.fullmatch(folded(node))


def _is_work(node: Node, part: Node) -> bool:
    """Whether a heading below the part's own says that what follows is to be done: `b) Nhiệm vụ` in "Mục tiêu, nhiệm vụ"."""
    above = list(node.path())
    return any(_WORK.match(folded(other)) for other in above[above.index(part) + 1:] if other.children)


def _place(node: Node, part: Node) -> Place:
    above = [other for other in node.path() if other is not node]
    above = above[above.index(part):]
    year, year_at = _year_above(above)
    if own := _OWN_YEAR.match(folded(node)):
        year = int(own.group(1))
    labels = [other for other in above[1:] if other.label and other.kind not in BULLETS]
    section = [other for other in labels if not year_at or other.first > year_at.first] or labels[-1:]
    label = ".".join(other.label.rsplit(".", 1)[-1] for other in section) or "0"
    heading = section[-1].text if section else above[-1].text
    letter = section[-1].label if section and section[-1].kind == "letter" else None
    return Place(year, label, heading, letter, bool(_GENERAL.match(folded(above[-1]))))


def _title_year(document: Document) -> int | None:
    """The year that the document's title names: `KẾ HOẠCH / Phát triển … giai đoạn 2026 - 2030`."""
    texts = [" ".join(fold(nfc(line.text)).replace("*", " ").split()) for line in document.lines[:120]]
    for place, text in enumerate(texts):
        if _TITLE.fullmatch(text):
            title = " ".join(texts[place + 1:place + 1 + _TITLE_LINES])[:600].split(" can cu ")[0]
            found = (pattern.search(title) for pattern in _TITLE_YEARS)
            return next((int(match.group(1)) for match in found if match), None)
    return None


def _with_title_year(place: Place, year: int | None) -> Place:
    return replace(place, year=year, year_of_title=True) if place.year is None and year else place


def _year_above(above: list[Node]) -> tuple[int | None, Node | None]:
    """The year of the nearest heading with one, and that heading; of `2026 - 2030` and of `2030, tầm nhìn 2045` it is 2030."""
    for node in reversed(above):
        text = folded(node)[:_HEADING_LENGTH]
        if match := _SPAN.search(text) or _TO_YEAR.search(text) or _YEAR.search(text):
            return int(match.group(1)), node
    return None, None


def _unique_sections(points: list[tuple[Node, Place]]) -> list[tuple[Node, Place]]:
    """A section's labels without the year heading where that stays unique within the year, with it otherwise."""
    owners: dict[tuple[int | None, str], set[int]] = {}  # first lines of the headings
    for node, place in points:
        owner = next(other for other in reversed(node.path()[:-1]) if other.kind not in BULLETS)
        owners.setdefault((place.year, place.section), set()).add(owner.first)
    out = []
    for node, place in points:
        if len(owners[place.year, place.section]) > 1:
            labels = [other.label for other in node.path()[1:-1] if other.label and other.kind not in BULLETS]
            place = replace(place, section=".".join(label.rsplit(".", 1)[-1] for label in labels) or place.section)
        out.append((node, place))
    return out


def _row(node: Node, place: Place, no: str, file: str, plan_id: str, repair: Callable[[str], str]) -> Row:
    name = _sentence(repair(node.text))
    found = figures(name)
    main = main_figure(found)
    more = further_figures(found, main) if main else []
    heading = " ".join(repair(place.heading).split())
    extra: dict[str, Any] = {"section": place.section, "heading": heading, "measure": measure(name, main)}
    if more:
        extra["further"] = [
            {"target": figure.value, "unit": figure.unit, "measure": measure(name, figure)} for figure in more
        ]
    return Row(
        plan=plan_id, kind="target", no=no, name=name, source=Source(file, lines=(node.first, node.last)), group=place.letter,
        target=main.value if main else None, unit=main.unit if main else None, year=place.year,
        note="mỗi năm" if main and every_year(name, main) else None,
        wording=node.text if _sentence(node.text) != name else None, doubt=_doubt(node.text, found, main, place), extra=extra,
    )


def _sentence(text: str) -> str:
    """For reading: single blanks, a capital at the beginning (a scan reads Ứ as ứ), no list punctuation behind."""
    text = " ".join(text.split()).rstrip(" ;,:")
    return text[:1].upper() + text[1:]


def _doubt(wording: str, found: list[Figure], main: Figure | None, place: Place) -> str | None:
    reasons = []
    if place.year is None or place.year_of_title:
        reasons.append(YEAR_OF_TITLE if place.year else NO_YEAR)
    if _DAMAGED.search(wording):
        reasons.append(DAMAGED)
    if main is None and re.search(r"\b(?:tối thiểu|ít nhất|không thấp hơn)\b|[>≥]|%", wording):
        reasons.append(NO_VALUE)
    if main and (len(further_figures(found, main)) > 1 or (main.weight < 3 and _tied(found, main))):
        reasons.append(TWO_VALUES)
    return "; ".join(reasons) or None


def _tied(found: list[Figure], main: Figure) -> bool:
    return sum(figure.weight == main.weight for figure in found) > 1


def _mark_contradictions(rows: list[Row]) -> list[Row]:
    """Doubts targets of one year that measure the same and set different figures."""
    same: dict[tuple[int | None, str], set[str]] = {}
    for row in rows:
        if row.target:
            same.setdefault(_measured(row), set()).add(row.target)
    out = []
    for row in rows:
        others = sorted(same.get(_measured(row), set()) - {row.target}) if row.target else []
        reason = f"trong cùng năm, văn bản còn ghi chỉ tiêu này là {', '.join(others)}" if others else None
        out.append(_add_doubt(row, reason))
    return out


def _measured(row: Row) -> tuple[int | None, str]:
    text = str(row.extra["measure"]).lower()
    return row.year, re.sub(r"\s*(?:\([^)]*\)|(?:trên địa bàn(?: tỉnh)?|toàn tỉnh)\b)", "", text)


def _mark_announced(rows: list[Row], part: TargetsPart) -> list[Row]:
    """Doubts the last target below a heading that announces another number of them: `b) … (10 mục tiêu)`."""
    by_line = {row.source.lines[0]: place for place, row in enumerate(rows) if row.source.lines}
    for heading in part.headings:
        announced = _ANNOUNCED.search(folded(heading))
        below = [by_line[node.first] for node in heading.walk() if node is not heading and node.first in by_line]
        if announced and below and int(announced.group(1)) != len(below):
            reason = f"đề mục “{heading.text}” báo {announced.group(1)} mục tiêu, đọc được {len(below)}"
            rows[below[-1]] = _add_doubt(rows[below[-1]], reason)
    return rows


def _add_doubt(row: Row, reason: str | None) -> Row:
    return replace(row, doubt="; ".join(filter(None, (row.doubt, reason)))) if reason else row
