"""A row of a grid under its header: the text of each column, with merged and repeated cells filled in from above."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from knowledge.parsers.agency_cells import is_agency_cell
from knowledge.parsers.columns import Role
from knowledge.parsers.deadlines import is_deadline, unify_blanks
from knowledge.parsers.document import Cell
from knowledge.parsers.grid.agency_parts import has_parts, marks_in, parts_in, separate_agencies
from knowledge.parsers.grid.column import HEADING_JOINT, Column
from knowledge.parsers.grid.headers import Header
from knowledge.parsers.grid.marks import UNCLEAR, Part, read_marks
from knowledge.parsers.grid.meanings import Meaning
from knowledge.parsers.grid.periods import Period, Schedule, period_name, schedule_of
from knowledge.text.normalize import fold

_DITTO = re.compile(r'(?:-\s*)?(?:nt|như trên|như dòng trên|như nhiệm vụ trên|\'\'|"|″|〃|”)\s*-?', re.IGNORECASE)
_NOTE_MARK = re.compile(r"([^\W\d_]+)[⁰¹²³⁴-⁹]+(?!\w)")
_SQUARED = ("m", "km", "cm", "dm", "mm", "nm")
_NOTHING = re.compile(r"[-–—./…_]*")
_PIECES = re.compile(r"\n|;|\(|\)|\s[-–]\s|\.\s|:\s|(?<=\w),\s(?=(?:[Tt]rước|[Qq]uý|[Tt]háng|[Nn]ăm|[Hh]oàn thành|[Xx]ong|\d{1,2}/))")
_WITHIN = re.compile(r"(?:(?:hoàn thành )?(?:trong|trước|đến|vào)\s+)?(?:ngày |tháng |quý |năm )?[\dIV][\w/ .-]*\d{4}\W*$", re.IGNORECASE)
_FOOT = re.compile(r"(?:noi nhan\b|tm\.|t/m\b|kt\.|tl\.|\(?\*\)? ?ghi chu\s*:|ghi chu\s*:|nguoi lap|thu truong)")
# how far a task is, in a column headed "Tiến độ": no deadline
_STATUS = re.compile(r"(?:da|dang|chua) (?:hoan thanh|thuc hien|trien khai|xong|xu ly|trinh|ban hanh|den han|thuc hien xong)\b(?!.*\d)")
_Key = tuple[Meaning | None, int | None, str]


@dataclass
class Cells:
    """A row's texts by meaning. `merged` are the columns whose text comes from the row above through a merged cell; `above` is
    what stood last in columns that are empty here."""

    texts: dict[Meaning, str]
    values: list[tuple[int | None, str]]
    place: str
    page: int | None
    merged: set[Meaning] = field(default_factory=set)
    width: int = 1
    doubts: list[str] = field(default_factory=list)
    lines: tuple[int, int] | None = None
    above: dict[Meaning, str] = field(default_factory=dict)

    def text(self, meaning: Meaning) -> str:
        """The text of one meaning, empty where the row has none."""
        return self.texts.get(meaning, "")

    @property
    def own(self) -> set[Meaning]:
        """The meanings that have text of this row, not of a merged cell above."""
        return {meaning for meaning, text in self.texts.items() if text and meaning not in self.merged}


class Filler:
    """Reads row after row of one table; remembers what merged and "như trên" cells repeat."""

    def __init__(self) -> None:
        self._above: dict[_Key, str] = {}
        self._last: dict[_Key, str] = {}  # what stood last in a column, empty cells passed over
        self._merging: set[_Key] = set()
        self.legend: dict[str, Part] = {}

    def read(self, row: Sequence[Cell], header: Header, page: int | None, *, turned: bool = False,
             following: Sequence[Cell] | None = None) -> Cells:
        """The texts of one row under its header; `turned` says that it is the first below a page break, `following` is the next."""
        out = Cells({}, [], _place(row), page, width=_widest(row))
        periods: list[Period] = []
        marks: list[tuple[str, str, Part | None]] = []
        steps: list[tuple[Column, str]] = []
        numbers = [cell.text.strip() for column, cell in zip(header.columns, cells_under(header, row)) if column.meaning == "no"]
        rest = turned and numbers == [""]  # of a row that the page break parts
        below = cells_under(header, following) if following else [None] * len(header.columns)
        for column, cell, under in zip(header.columns, cells_under(header, row), below):
            before = self._last.get(_key(column), "")
            text, merged = self._text(cell, column, turned, under)
            if text and rest:
                self._last[_key(column)] = self._above[_key(column)] = f"{before} {text}".strip()
                column = _going_on(column, before, text)
            if text and merged and cell.merged != "up" and not rest:
                out.doubts.append(f"ô “{column.title}” trống ở đầu trang, đọc theo ô gộp ở trang trước")
            if not text and before and column.meaning in ("lead", "due"):
                out.above[column.meaning] = before
            if merged and column.meaning:
                out.merged.add(column.meaning)
            if column.meaning == "target":
                out.values.append((column.year, text))
            elif column.meaning == "tick":
                if column.sign or column.year:
                    periods.append(Period(period_name(column), text))
            elif column.meaning == "mark":
                if text:
                    marks.append((column.sign, text, column.part))
            elif column.meaning == "result_due":
                _add_result_and_due(out, column, text)
            elif text and column.meaning == "due" and not _STATUS.match(fold(text)):
                steps.append((column, text))
            elif text and column.meaning == "due":
                _add(out, replace(column, meaning="other"), text)
            elif text:
                _add(out, column, text)
        _add_steps(out, steps)
        _join_times(out)
        _add_schedule(out, schedule_of(periods))
        _add_marks(out, marks, self.legend)
        out.doubts += list(dict.fromkeys(cell.note for cell in row if cell.note and (cell.text or cell.note.startswith("dòng"))))
        return out

    def _text(self, cell: Cell, column: Column, turned: bool, following: Cell | None) -> tuple[str, bool]:
        """A column's text in this row, and whether a merged cell above gave it."""
        key = _key(column)
        if cell.merged == "up":
            self._merging.add(key)
            return self._above.get(key, ""), True
        text = _without_note_marks(cell.text.strip())
        if _DITTO.fullmatch(text) and column.meaning not in ("no", "name"):
            text = self._above.get(key, "")
        if _NOTHING.fullmatch(text) and column.meaning not in ("no", "name"):
            text = ""
        if not text and turned and self._goes_on(cell, key, following):
            return self._last.get(key, ""), True
        self._above[key] = text
        if text:
            self._last[key] = text
        return text, False

    def _goes_on(self, cell: Cell, key: _Key, following: Cell | None) -> bool:
        """Whether an empty cell on top of a page goes on with a merged one of the page before: it is merged itself, or its
        column (who leads) is merged elsewhere."""
        merged = following is not None and following.merged == "up" and key[0] in ("lead", "coop", "due", "result")
        return not cell.merged and bool(self._last.get(key)) and (merged or key[0] == "lead" and key in self._merging)

    def forget(self) -> None:
        """A group begins: nothing above it is repeated below."""
        self._above.clear()
        self._last.clear()


def _going_on(column: Column, before: str, text: str) -> Column:
    """The column that the rest of a row goes on with: below `Chủ trì: …; Phối hợp: …` in one cell that of its last part."""
    last = next(reversed(marks_in(before)), None) if column.meaning == "lead" and not has_parts(text) else None
    return replace(column, meaning=last) if last else column


def _without_note_marks(text: str) -> str:
    """A text without the raised numbers that point to footnotes; units keep theirs ("m²")."""
    return _NOTE_MARK.sub(lambda mark: mark[0] if mark[1].lower() in _SQUARED else mark[1], text)


def _key(column: Column) -> _Key:
    return column.meaning, column.year, column.title


def cells_under(header: Header, row: Sequence[Cell]) -> list[Cell]:
    """The cell of each column. A row with as many cells as the header is taken in order, whatever its grid lines are."""
    starts = [cell for cell in row if cell.merged != "left"]
    if len(starts) == len(header.columns):
        return starts
    out = []
    for column in header.columns:
        cells = [cell for cell in row[column.index:column.index + column.width] if cell.merged != "left"]
        full = [cell for cell in cells if cell.text.strip()]
        if len(full) > 1:
            out.append(replace(full[0], text="\n".join(cell.text.strip() for cell in full)))
        else:
            out.append((full or cells or [Cell("")])[0])
    return out


def _place(row: Sequence[Cell]) -> str:
    return next((cell.place for cell in row if cell.place and cell.text.strip()), row[0].place if row else "")


def _widest(row: Sequence[Cell]) -> int:
    """How many places the widest cell with text covers."""
    widest = run = 0
    for cell in row:
        run = run + 1 if cell.merged == "left" and run else int(bool(cell.text.strip()))
        widest = max(widest, run)
    return widest


def _add(out: Cells, column: Column, text: str) -> None:
    """Put a text where it belongs; what has no role is kept with its heading."""
    meaning = column.meaning
    if meaning == "lead" and has_parts(text):
        for part, said in parts_in(text).items():
            if both := "; ".join(filter(None, [separate_agencies(out.text(part)), said])):
                out.texts[part] = both
        return
    if meaning in (None, "other"):
        text, meaning = (f"{column.title}: {unify_blanks(text)}" if column.title else unify_blanks(text)), "other"
    if meaning in ("lead", "coop"):
        text = separate_agencies(text)
    joint = "; " if meaning in ("other", "lead", "coop") else "\n"
    out.texts[meaning] = f"{out.texts[meaning]}{joint}{text}" if out.texts.get(meaning) else text
    if column.doubt:
        out.doubts.append(column.doubt)


def _add_steps(out: Cells, steps: Sequence[tuple[Column, str]]) -> None:
    """The deadline; where several columns hold one ("UBND tỉnh | HĐND tỉnh" below "Thời gian trình") each with its heading."""
    if len(steps) == 1:
        _add(out, *steps[0])
    elif steps:
        out.texts["due"] = "; ".join(f"{column.title.split(HEADING_JOINT)[-1]}: {unify_blanks(text)}" for column, text in steps)
        out.doubts.append("một nhiệm vụ có nhiều thời hạn")


def _add_schedule(out: Cells, schedule: Schedule | None) -> None:
    """When by the columns of periods, where no column says so in words; the stages in them are what is made."""
    if schedule and not out.text("due"):
        out.texts["due"] = schedule.due
        out.doubts.append(schedule.doubt)
    if schedule and schedule.stages:
        key: Meaning = "other" if out.text("result") else "result"
        out.texts[key] = "; ".join(filter(None, [out.text(key), schedule.stages]))


def _add_marks(out: Cells, marks: list[tuple[str, str, Part | None]], legend: dict[str, Part]) -> None:
    """The agencies whose columns are marked, beside those that the row names in words."""
    if not marks:
        return
    lead, coop, unclear = read_marks(marks, legend, bool(out.text("lead")))
    for meaning, names in (("lead", lead), ("coop", coop)):
        said = "; ".join(filter(None, [out.texts.get(meaning, ""), *names]))  # type: ignore[call-overload]
        if said:
            out.texts[meaning] = said  # type: ignore[index]
    if unclear:
        out.doubts.append(UNCLEAR)


def _add_result_and_due(out: Cells, column: Column, text: str) -> None:
    """One cell for both: the piece of it that is a deadline is one, the rest is the result."""
    pieces = [piece.strip(" .;,-–:") for piece in _PIECES.split(text) if piece and piece.strip(" .;,-–:")]
    at = next((index for index, piece in enumerate(pieces) if is_deadline(piece)), None)
    if at is None and (parted := _parted_at_comma(text)):
        out.texts["due"], out.texts["result"] = parted
    elif at is not None:
        out.texts["due"] = pieces.pop(at)
        out.texts["result"] = "; ".join(pieces)
    elif text:
        due = _WITHIN.search(text)
        if due and is_deadline(due[0]):
            out.texts["due"] = due[0].strip(" .;,")
            text = f"{text[:due.start()].strip(' ,;.-–')}{text[due.end():]}".strip()
        out.texts["result"] = unify_blanks(text)
        if not out.text("due"):
            out.doubts.append(f"cột “{column.title}” không nêu thời hạn ở dòng này")


def _parted_at_comma(text: str) -> tuple[str, str] | None:
    """Deadline and result where a comma parts them, whichever stands first."""
    for comma in re.finditer(r",\s+", text):
        before, after = text[:comma.start()].strip(), text[comma.end():].strip(" .;")
        if is_deadline(before) or is_deadline(after):
            return (before, after) if is_deadline(before) else (after, before)
    return None


def _join_times(out: Cells) -> None:
    """Beginning and end as one wording."""
    start, end = unify_blanks(out.texts.pop("start", "")), unify_blanks(out.texts.pop("end", ""))
    if start or end:
        said = f"{start} - {end}" if start and end and start != end else end or f"Từ {start}"
        out.texts["due"] = out.text("due") or said


def odd_cells(texts: dict[Role, str]) -> list[str]:
    """What speaks against a reading of the columns: a deadline where agencies belong, an agency where a deadline belongs."""
    doubts = []
    for role, named in (("lead", "cơ quan chủ trì"), ("coop", "cơ quan phối hợp")):
        if is_deadline(texts.get(role, "")):  # type: ignore[call-overload]
            doubts.append(f"ô {named} giống một thời hạn")
    due = texts.get("due", "")
    if due and not is_deadline(due) and is_agency_cell(due):
        doubts.append("ô thời hạn giống một cơ quan")
    return doubts


def is_foot(text: str) -> bool:
    """Whether a row's text ends the table: recipients, signature, a general note."""
    return bool(_FOOT.match(fold(unify_blanks(text))))


def is_total(text: str) -> bool:
    """Whether a row only sums up: Tổng cộng, Cộng (I+II)."""
    return bool(re.fullmatch(r"(?:tong|tong cong|cong|tong so)(?: \(.*\)| [ivx+ ]+|:? \d+.*)?\s*:?", fold(unify_blanks(text))))
