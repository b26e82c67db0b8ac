"""A row of a grid under its header: the text of each column, with merged and repeated cells filled in from above."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from knowledge.parsers.agency_cells import is_agency_cell, lead_and_coop, starts_like_agency
from knowledge.parsers.agency_words import HEADS
from knowledge.parsers.columns import Role
from knowledge.parsers.deadlines import is_deadline, unify_blanks
from knowledge.parsers.document import Cell
from knowledge.parsers.grid.column import Column
from knowledge.parsers.grid.headers import Header
from knowledge.parsers.grid.marks import UNCLEAR, Part, read_marks
from knowledge.parsers.grid.meanings import Meaning
from knowledge.parsers.plan_year import year_in
from knowledge.text.normalize import fold, same_tone_place

_DITTO = re.compile(r'(?:-\s*)?(?:nt|như trên|như dòng trên|như nhiệm vụ trên|\'\'|"|″|〃|”)\s*-?', re.IGNORECASE)
_NOTHING = re.compile(r"[-–—./…_]*")
_TICK = re.compile(r"[xX✓✔√vV●•*]")
_IN_CELL = re.compile(r"(?:(?:các\s+)?(?:cơ quan|đơn vị)\s*,?\s*(?:đơn vị\s*)?)?"
                      r"(?P<what>chủ trì|đầu mối|phối hợp)(?: thực hiện)?\s*:", re.IGNORECASE)
_MARKED = re.compile(r"\(\s*(?P<what>chủ trì|đầu mối|phối hợp)\s*\)", re.IGNORECASE)
_PIECES = re.compile(r"\n|;|\(|\)|\s[-–]\s|\.\s|:\s|(?<=\w),\s(?=(?:[Tt]rước|[Qq]uý|[Tt]háng|[Nn]ăm|[Hh]oàn thành|[Xx]ong|\d{1,2}/))")
_WITHIN = re.compile(r"(?:(?:hoàn thành )?(?:trong|trước|đến|vào)\s+)?(?:ngày |tháng |quý |năm )?[\dIV][\w/ .-]*\d{4}\W*$", re.IGNORECASE)
_FOOT = re.compile(r"(?:noi nhan\b|tm\.|t/m\b|kt\.|tl\.|\(?\*\)? ?ghi chu\s*:|ghi chu\s*:|nguoi lap|thu truong)")


@dataclass
class Cells:
    """A row's texts by meaning. `merged` are the columns whose text comes from the row above through a merged cell."""

    texts: dict[Meaning, str]
    values: list[tuple[int | None, str]]
    place: str
    page: int | None
    merged: set[Meaning] = field(default_factory=set)
    width: int = 1
    doubts: list[str] = field(default_factory=list)
    lines: tuple[int, int] | None = None

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
        self._above: dict[tuple[Meaning | None, int | None, str], str] = {}
        self.legend: dict[str, Part] = {}

    def read(self, row: Sequence[Cell], header: Header, page: int | None) -> Cells:
        """The texts of one row under its header."""
        out = Cells({}, [], _place(row), page, width=_widest(row))
        ticks: list[str] = []
        marks: list[tuple[str, str, Part | None]] = []
        for column, cell in zip(header.columns, cells_under(header, row)):
            text, merged = self._text(cell, column)
            if merged and column.meaning:
                out.merged.add(column.meaning)
            if column.meaning == "target":
                out.values.append((column.year, text))
            elif column.meaning == "tick":
                if _TICK.fullmatch(text) and (column.sign or column.year):
                    ticks.append(_period(column))
            elif column.meaning == "mark":
                if text:
                    marks.append((column.sign, text, column.part))
            elif column.meaning == "result_due":
                _add_result_and_due(out, column, text)
            elif text:
                _add(out, column, text)
        _join_times(out)
        if ticks and not out.text("due"):
            out.texts["due"] = f"{ticks[0]} - {ticks[-1]}" if len(ticks) > 1 else ticks[0]
            out.doubts.append(f"thời gian đọc từ các ô đánh dấu theo {'năm' if ticks[0].isdigit() else 'kỳ'}")
        _add_marks(out, marks, self.legend)
        out.doubts += list(dict.fromkeys(cell.note for cell in row if cell.note and (cell.text or cell.note.startswith("dòng"))))
        return out

    def _text(self, cell: Cell, column: Column) -> tuple[str, bool]:
        """A column's text in this row, and whether a merged cell above gave it."""
        key = (column.meaning, column.year, column.title)
        if cell.merged == "up":
            return self._above.get(key, ""), True
        text = cell.text.strip()
        if _DITTO.fullmatch(text) and column.meaning not in ("no", "name"):
            text = self._above.get(key, "")
        if _NOTHING.fullmatch(text) and column.meaning not in ("no", "name"):
            text = ""
        self._above[key] = text
        return text, False

    def forget(self) -> None:
        """A group begins: nothing above it is repeated below."""
        self._above.clear()


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
    if meaning == "lead" and _has_parts(text):
        _add_parts(out, text)
        return
    if meaning in (None, "other"):
        text, meaning = (f"{column.title}: {unify_blanks(text)}" if column.title else unify_blanks(text)), "other"
    if meaning in ("lead", "coop"):
        text = separate_agencies(text)
    joint = "; " if meaning in ("other", "coop") else "\n"
    out.texts[meaning] = f"{out.texts[meaning]}{joint}{text}" if out.texts.get(meaning) else text
    if column.doubt:
        out.doubts.append(column.doubt)


def _has_parts(text: str) -> bool:
    return bool(_IN_CELL.search(text) or _MARKED.search(text) or lead_and_coop(text))


def _add_parts(out: Cells, text: str) -> None:
    """One cell for both: `Chủ trì: Sở A. Phối hợp: Sở B`, or `Sở A (chủ trì), Sở B (phối hợp)`."""
    parts: dict[Meaning, list[str]] = {"lead": [], "coop": []}
    marks = list(_IN_CELL.finditer(text))
    if marks:
        before = text[:marks[0].start()].strip(" \n-+.;,")
        if before:
            parts["lead"].append(before)
        for mark, following in zip(marks, [*marks[1:], None]):
            said = text[mark.end():following.start() if following else len(text)].strip(" \n-+.;,")
            parts["coop" if mark["what"].lower() == "phối hợp" else "lead"].append(said)
    elif said_so := None if _MARKED.search(text) else lead_and_coop(text):
        parts["lead"].append(said_so[0])
        parts["coop"].append(said_so[1])
    else:
        start = 0
        for mark in _MARKED.finditer(text):
            parts["coop" if mark["what"].lower() == "phối hợp" else "lead"].append(text[start:mark.start()].strip(" \n-+.;,"))
            start = mark.end()
        rest = text[start:].strip(" \n-+.;,")
        if rest:
            parts["coop"].append(rest)
    for meaning, texts in parts.items():
        said = "; ".join(separate_agencies(t) for t in [out.text(meaning), *texts] if t)
        if said:
            out.texts[meaning] = said


def separate_agencies(text: str) -> str:
    """A cell with an agency a paragraph gets a separator between them; a line that goes on with the name above does not."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    out = lines[:1]
    for line in lines[1:]:
        bulleted = line[:1] in "-+•–*"
        if bulleted or (starts_like_agency(line) and line[:1].isupper() and _is_complete(out[-1].lstrip("-+•–* "))):
            out.append(line)
        else:
            out[-1] = f"{out[-1]} {line}"
    return "; ".join(line.lstrip("-+•–* ").rstrip(" ;") for line in out)


def _is_complete(text: str) -> bool:
    """Whether a line ends an agency's name: not "Văn phòng", which goes on in the next line."""
    return is_agency_cell(text) and same_tone_place(re.split(r"[;,]\s*", text)[-1].strip().lower()) not in HEADS


def _period(column: Column) -> str:
    """A period to tick with its year: "Quý I" below "Thời gian thực hiện năm 2026" is Quý I/2026."""
    if not column.sign:
        return str(column.year)
    sign = f"Quý {column.sign}" if re.fullmatch(r"[IV]+", column.sign) else column.sign
    year = year_in(column.title)
    return f"{sign}/{year}" if year else sign


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
