"""The rows of one table under its header: which are groups, which are rows of their own, which go on with the row before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from knowledge.parsers.deadlines import is_deadline, unify_blanks
from knowledge.parsers.document import Cell
from knowledge.parsers.grid.agency_parts import separate_agencies
from knowledge.parsers.grid.cells import Cells, Filler, cells_under, is_foot, is_total
from knowledge.parsers.grid.headers import Header
from knowledge.parsers.grid.labels import Label, read_label, split_heading, split_label
from knowledge.parsers.grid.marks import legend_in
from knowledge.parsers.grid.meanings import Meaning


@dataclass
class GridRow:
    """A row as read: `level` is part, group or row; `no` its number, empty where the table gives none."""

    level: str
    no: str
    cells: Cells
    wide: bool = False
    doubts: list[str] = field(default_factory=list)

    @property
    def bare(self) -> bool:
        """Whether it has a name and nothing else."""
        return self.cells.own <= {"no", "name", "group", "note"} and not any(text for _, text in self.cells.values)


class RowReader:
    """Reads the rows of one table, piece after piece where pages part it."""

    def __init__(self, header: Header) -> None:
        self.header = header
        self.rows: list[GridRow] = []
        self.ended = False
        self._filler = Filler()
        self._numbered: bool | None = None
        self._part: str | None = None
        self._base: GridRow | None = None  # the last row with a number of its own, which points and bullets hang on
        self._subs = 0
        self._group_cell = ""

    def explain_marks(self, texts: Iterable[str]) -> None:
        """Look through the texts above and in the table for what its marks mean."""
        self._filler.legend = legend_in(texts)

    def read(self, rows: Sequence[Sequence[Cell]], header: Header, page: int | None = None, new_page: bool = False,
             lines: Sequence[tuple[int, int]] = ()) -> None:
        """Read one piece under its header; `new_page` says that a page break stands before it, `lines` where its rows stand."""
        self.header = header
        if self._numbered is None:
            self._numbered = self._has_numbers(rows)
        turned = new_page
        for index, row in enumerate(rows):
            following = rows[index + 1] if index + 1 < len(rows) else None
            cells = self._filler.read(row, header, page, turned=turned, following=following)
            turned = turned and bool(header.of("no")) and not cells.text("no")
            cells.lines = lines[index] if lines else None
            if not any(cell.text.strip() for cell in row):
                continue
            first = next((cell.text for cell in row if cell.text.strip()), "")
            if is_foot(first):
                self.ended = True
                return
            if is_total(first) or is_total(cells.text("name")):
                continue
            self._take(cells, _filled(row), row, new_page and index == 0, following)

    def close(self) -> None:
        """Leave out titles at the end that head nothing: notes and abbreviations below the table."""
        while self.rows and self.rows[-1].level == "group" and self.rows[-1].wide and not self.rows[-1].no:
            self.rows.pop()

    def _has_numbers(self, rows: Sequence[Sequence[Cell]]) -> bool:
        """Whether rows carry numbers, in a column of theirs or before the name."""
        if any(read_label(text) for text in self._texts(rows, "no")):
            return True
        texts = self._texts(rows, "name")
        found = [label[0] for text in texts if (label := split_label(text)) and label[0].level != "bullet"]
        return bool(texts) and len(found) >= max(1, len(texts) / 2)

    def _texts(self, rows: Sequence[Sequence[Cell]], meaning: Meaning) -> list[str]:
        """What a column holds, as far as anything."""
        at = next((place for place, column in enumerate(self.header.columns) if column.meaning == meaning), None)
        cells = [] if at is None else [cells_under(self.header, row)[at] for row in rows]
        return [cell.text.strip() for cell in cells if cell.text.strip()]

    def _take(self, cells: Cells, filled: int, row: Sequence[Cell], page_start: bool, following: Sequence[Cell] | None) -> None:
        if self._group_title(cells):
            filled -= 1
        wide = filled <= 2 and cells.width >= max(2, len(row) - 2) and len(row) > 2
        wide = wide or (filled == 1 and "no" in cells.own and read_label(cells.text("no")) is None)  # a title left unmerged
        if wide and self._wide(cells, row, filled, page_start):
            return
        label = self._label(cells)
        if label and label.level in ("group", "part") and filled == 2 and not cells.text("name"):  # its title in another column
            cells = _titled(cells, unify_blanks([cell.text for cell in row if cell.text.strip()][-1]))
        if label and label.level == "bullet" and (cells.own - {"no"} <= {"name"} and not any(t for _, t in cells.values)):
            self._bullet(cells)
        elif label and label.level != "bullet":
            self._numbered_row(label, cells)
        elif not self._numbered:
            self._uncounted(cells)
        else:
            self._unnumbered(cells, label is not None, page_start, following)

    def _group_title(self, cells: Cells) -> bool:
        """A column of groups begins one wherever its text changes."""
        title = unify_blanks(cells.texts.pop("group", ""))
        own = bool(title) and "group" not in cells.merged
        if title and title != self._group_cell:
            self._group_cell = title
            split = split_heading(title, self._part)
            self._add(GridRow("group", split[0].no if split else "", _titled(cells, split[1] if split else title)))
        return own

    def _wide(self, cells: Cells, row: Sequence[Cell], filled: int, page_start: bool) -> bool:
        """A title over the width is a group, with the numeral in front of it or in the number's cell; its column says nothing."""
        said = [cell.text.strip() for cell in row if cell.text.strip()]
        name = cells.text("name") or (said[-1] if len(said) == 2 else "")
        label = read_label(cells.text("no"), self._part) if cells.text("no") and name else None
        if label is None and filled > 1:
            return False
        title = name if label else unify_blanks(cells.text("no") or cells.text("name") or "".join(said[:1]))
        if not label:
            if page_start and title[:1].islower():
                return False
            split = split_heading(title, self._part)
            label, title = split if split else (None, title)
        if not title or (label and label.level in ("point", "bullet")):
            return False
        self._filler.forget()
        self._heading(label, _titled(cells, title))
        return True

    def _heading(self, label: Label | None, cells: Cells) -> None:
        if label and label.level == "row":
            row = GridRow("row", label.no, cells, wide=True)
            self._add(row)
            self._base, self._subs = row, 0
            return
        if label and label.level == "part":
            self._part = label.no
        self._add(GridRow(label.level if label else "group", label.no if label else "", cells, wide=True))
        self._base = None

    def _label(self, cells: Cells) -> Label | None:
        """The row's label; one in front of the name is taken off it."""
        if cells.text("no") and "no" not in cells.merged:
            label = read_label(cells.text("no"), self._part)
            if label is None:
                cells.doubts.append(f"không đọc được số thứ tự “{unify_blanks(cells.text('no'))[:20]}”")
            finer = split_label(cells.text("name")) if label and label.level == "row" else None
            if label and finer and finer[0].level == "row" and finer[0].no.startswith(f"{label.no}."):  # 1 | 1.1. Xây dựng …
                label, cells.texts["name"] = finer
            return label
        split = split_label(cells.text("name")) if "name" not in cells.merged else None
        if not split or (split[0].level not in ("bullet", "point") and not self._numbered):
            return None
        if split[0].level in ("group", "part") and not (cells.own <= {"name"}):
            return None
        if split[0].level != "bullet" or not cells.own <= {"name"}:
            cells.texts["name"] = split[1]
        return split[0]

    def _numbered_row(self, label: Label, cells: Cells) -> None:
        if label.level == "point":
            base = self._base
            row = GridRow("row", f"{base.no}.{label.no}" if base else label.no, cells)
            self._add(row)
            return
        row = GridRow(label.level, label.no, cells)
        if label.level == "part":
            self._part = label.no
        if label.level == "row":
            self._check_count(row)
            self._base, self._subs = row, 0
        else:
            self._base = None
        self._add(row)

    def _check_count(self, row: GridRow) -> None:
        """A number left out hints at a row that was lost."""
        before = self._base
        if before and before.no.isdigit() and row.no.isdigit() and int(row.no) > int(before.no) + 1:
            row.doubts.append(f"số thứ tự nhảy từ {before.no} sang {row.no}")

    def _uncounted(self, cells: Cells) -> None:
        """A table without numbers: every row with a name of its own is one."""
        name = cells.text("name")
        others = cells.own - {"name", "note"} or any(text for _, text in cells.values)
        if self._last() and (not name or "name" in cells.merged or (not others and name[:1].islower())):
            self._append(cells)
        elif not others and name and (name.isupper() or split_heading(name)):
            split = split_heading(name, self._part)
            self._heading(split[0] if split else None, _titled(cells, split[1] if split else name))
        elif name:
            self._add(GridRow("row", "", cells))

    def _unnumbered(self, cells: Cells, bullet: bool, page_start: bool, following: Sequence[Cell] | None) -> None:
        """A row without a number in a numbered table: it goes on with the one before, or is one below it, or begins a group."""
        name = cells.text("name")
        own = cells.own - {"no"}
        last = self._last()
        if last is None:
            if own <= {"name"}:
                self._heading(None, cells)
            else:
                self._add(GridRow("row", "", cells, doubts=["dòng không có số thứ tự"]))
            return
        if page_start:
            if name[:1].isupper() and _ends_sentence(last.cells.text("name")) and {"lead", "due"} <= own:
                last.doubts.append("dòng không có số ở đầu trang sau được đọc là phần tiếp theo của dòng này")
            self._append(cells)
        elif "name" in cells.merged or not name or name[:1].islower() or ("no" in cells.merged and own <= {"name"}):
            self._append(cells, parted="name" in cells.merged or not name)
        elif own <= {"name"} and not any(text for _, text in cells.values):
            self._name_only(cells, following)
        elif self._base is None:
            self._below(last, cells, bullet)
        else:
            self._below(self._base, cells, bullet)

    def _name_only(self, cells: Cells, following: Sequence[Cell] | None) -> None:
        name = cells.text("name")
        number = self._texts([following], "no") if following is not None else []
        after = read_label(number[0]) if number else None
        titled_before = any(row.level == "group" and not row.no for row in self.rows)
        if name.isupper() or titled_before or (after and (after.no == "1" or after.level == "group")):
            self._heading(None, cells)
            return
        last = self._last()
        self._append(cells)
        if last:
            last.doubts.append(f"dòng không có số “{unify_blanks(name)[:40]}” được đọc là phần tiếp theo của dòng này")

    def _below(self, base: GridRow, cells: Cells, bullet: bool) -> None:
        """A row of its own under a number: -2, -3 … after one that is a row itself, -1 … under one that is only a title."""
        if base.level != "row":
            self._add(GridRow("row", "", cells, doubts=[] if bullet else ["dòng không có số thứ tự"]))
            return
        if not self._subs:
            self._subs = 0 if base.bare else 1
        self._subs += 1
        self._add(GridRow("row", f"{base.no}-{self._subs}", cells))

    def _bullet(self, cells: Cells) -> None:
        """A bullet with nothing but text belongs to the row before."""
        if self._last():
            self._append(cells)
        else:
            self._add(GridRow("row", "", cells))

    def _append(self, cells: Cells, parted: bool = False) -> None:
        """Add a row's texts to those of the row before; `parted` ones are entries of their own, others go on with the text."""
        last = self._last()
        if last is None:
            return
        for meaning, text in cells.texts.items():
            if text and meaning not in cells.merged and meaning != "no":
                before = last.cells.text(meaning)
                last.cells.texts[meaning] = _joined(meaning, before, text, parted)
                if meaning == "lead" and parted and before and unify_blanks(before) != unify_blanks(text):
                    last.doubts.append("một nhiệm vụ gộp nhiều dòng có cơ quan chủ trì khác nhau")
                if meaning == "due" and ";" in last.cells.texts[meaning] and is_deadline(before) and is_deadline(text):
                    last.doubts.append("một nhiệm vụ có nhiều thời hạn")
        if last.cells.lines and cells.lines:
            last.cells.lines = (last.cells.lines[0], cells.lines[1])
        for index, (year, text) in enumerate(cells.values):
            value = last.cells.values[index][1]
            last.cells.values[index] = (year, f"{value} {text}".strip() if "target" not in cells.merged else value)

    def _last(self) -> GridRow | None:
        return self.rows[-1] if self.rows else None

    def _add(self, row: GridRow) -> None:
        self.rows.append(row)


def _filled(row: Sequence[Cell]) -> int:
    return sum(bool(cell.text.strip()) for cell in row)


def _titled(cells: Cells, title: str) -> Cells:
    """The cells of a group: its title and no more."""
    return replace(cells, texts={"name": title}, values=[], merged=set(), doubts=list(cells.doubts))


def _ends_sentence(text: str) -> bool:
    return text.rstrip()[-1:] in (".", ";", ":", "!")


def _joined(meaning: Meaning, before: str, text: str, parted: bool) -> str:
    if not before or unify_blanks(before) == unify_blanks(text):
        return text
    if meaning in ("lead", "coop"):
        return separate_agencies(f"{before}\n{text}")
    if parted and meaning != "name" and (text[:1].isupper() or (meaning == "due" and is_deadline(before) and is_deadline(text))):
        return f"{before.rstrip(' ;')}; {text}"
    return f"{before}{text}" if before.endswith("/") else f"{before}\n{text}"
