"""The rows of one flattened table, each with its number, its cells and its lines."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from knowledge.parsers.columns import Role
from knowledge.parsers.document import Line
from knowledge.parsers.flat.cells import Style, cut_row, style_of
from knowledge.parsers.flat.regions import Header, Layout, Region
from knowledge.parsers.flat.starts import Start, find_starts
from knowledge.parsers.flat.words import Gap, Word, text_of, words_of
from knowledge.text.normalize import fold

_WANTS_NUMBER = re.compile(r"(?:\b(?<!hang )(?<!moi )(?:thang|ngay|nam|quy|so|khu vuc|khu|giai doan|du|muc|cap)|[/–-])\s*$")
_PAGE_MARK = re.compile(r"Trang\s+\d+(?:\s*/\s*\d+)?|[-–]\s*\d{1,3}\s*[-–]", re.IGNORECASE)


@dataclass
class FlatRow:
    """A row as read: `cells` holds the text of each column in source order; `rest` what no column took."""

    start: Start
    number: str
    cells: dict[Role, str]
    lines: tuple[int, int]
    annex: str | None
    roles: tuple[Role, ...]
    doubts: list[str] = field(default_factory=list)
    rest: tuple[int, int, str] | None = None


def read_rows(region: Region, layout: Layout) -> list[FlatRow]:
    """The rows of a table, groups among them, in order. Page numbers are added to the layout's furniture."""
    roles = region.roles
    body = [(header, [line for line in lines if line.no not in layout.furniture or layout.furniture[line.no] == "mark"
                      or layout.furniture[line.no] == "blank"]) for header, lines in region.parts]
    _mark_page_numbers(body, layout)
    words, ruled = _words(body, roles, layout)
    style = style_of(words)
    starts = find_starts(words, style.delimited)
    if pages := _page_numbers(words, starts, body):
        layout.furniture |= dict.fromkeys(pages, "page_number")
        words, ruled = _words(body, roles, layout)
        starts = find_starts(words, style.delimited)
    ends = [*[start.at for start in starts[1:]], len(words)]
    last = len(starts) - 1
    return [_row(words[start.at:end], start, ruled[start.at], style, region.annex, index == last)
            for index, (start, end) in enumerate(zip(starts, ends))]


def _words(body: list[tuple[Header, list[Line]]], roles: tuple[Role, ...], layout: Layout) -> tuple[list[Word], list[tuple[Role, ...]]]:
    """The words of a table without its page numbers, and the columns that rule each of them."""
    words: list[Word] = []
    ruled: list[tuple[Role, ...]] = []
    for header, lines in body:
        part = words_of([line for line in lines if layout.furniture.get(line.no) != "page_number"], header.last)
        words += part
        ruled += [_with_number(header.roles, roles)] * len(part)
    return words, ruled


def _page_numbers(words: list[Word], starts: list[Start], body: list[tuple[Header, list[Line]]]) -> list[int]:
    """The lines of numbers alone that begin no row and count the pages: 2, 3, 4 … Where cells hold figures nobody can tell."""
    if any({"target", "other"} & set(header.roles) for header, _ in body):
        return []
    begun = {words[start.at].line for start in starts}
    lines = [line for _, part in body for line in part]
    found: list[tuple[int, int]] = []
    for before, line in zip(lines, lines[1:]):
        text = line.text.strip()
        if not re.fullmatch(r"\d{1,3}", text) or line.no in begun or _WANTS_NUMBER.search(fold(before.text)):
            continue
        if int(text) == (found[-1][1] + 1 if found else 2) or not found and int(text) > 2:
            found.append((line.no, int(text)))
    return [no for no, _ in found] if len(found) > 1 or [page for _, page in found] == [2] else []


def _with_number(roles: tuple[Role, ...], first: tuple[Role, ...]) -> tuple[Role, ...]:
    """A later header may leave out the number column, its rows do not."""
    return ("no", *roles) if "no" in first and "no" not in roles else roles


def _mark_page_numbers(body: list[tuple[Header, list[Line]]], layout: Layout) -> None:
    """A number alone on its line, set off by empty lines, right before a repeated header or at the text's end, is a page's."""
    headers = {no for no, kind in layout.furniture.items() if kind == "header"}
    for header, lines in body:
        full = [line for line in lines if line.text.strip(" *|\t")]
        values = {"target", "other"} & set(header.roles)
        for index, line in enumerate(full):
            if _PAGE_MARK.fullmatch(line.text.strip()):
                layout.furniture[line.no] = "page_number"
            if not re.fullmatch(r"\W*\d{1,3}\W*", line.text) or re.search(r"\d\.\s*$", line.text) or "|" in line.text:
                continue
            following = full[index + 1].no if index + 1 < len(full) else line.no + 60
            set_off = index and line.no - full[index - 1].no > 2
            before_header = any(line.no < no < following for no in headers) and (set_off or not values)
            if before_header or (index + 1 == len(full) and set_off):
                layout.furniture[line.no] = "page_number"


def _row(words: list[Word], start: Start, roles: tuple[Role, ...], style: Style, annex: str | None, last: bool) -> FlatRow:
    content = words[1:]
    columns = [role for role in roles if role != "no"]
    row = FlatRow(start, words[0].text, {}, (words[0].line, words[-1].line), annex, roles)
    if start.level != "row":
        _fill_group(row, content)
        return row
    cut = cut_row(content, columns, style, rest=last)
    if not cut.cells and content:
        row.cells["name"] = text_of(content)
        row.doubts.append("không chia được dòng này thành các cột")
        return row
    for cell in cut.cells:
        text = text_of(content[cell.start:cell.end])
        if cell.role == "rest":  # type: ignore[comparison-overlap]
            row.rest = (content[cell.start].line, content[cell.end - 1].line, text)
            row.lines = (row.lines[0], content[cell.start - 1].line if cell.start else row.lines[0])
        else:
            row.cells[cell.role] = text
            if cell.score < -0.5:
                row.doubts.append(f"ô “{text[:60]}” không rõ thuộc cột nào")
    if cut.margin < 0.4:
        row.doubts.append("ranh giới giữa các ô không rõ")
    _doubt_agencies(row, content, cut.cells[1].end if len(cut.cells) > 1 else 0)
    return row


def _doubt_agencies(row: FlatRow, content: list[Word], after: int) -> None:
    """One agency cell where two columns want one: only a trace of an empty cell after it says which is missing."""
    if not {"lead", "coop"} <= set(row.roles) or ("lead" in row.cells) == ("coop" in row.cells):
        if "lead" in row.roles and not {"lead", "coop"} & set(row.cells) and {"due", "result"} & set(row.cells):
            row.doubts.append("không thấy cơ quan chủ trì")
        return
    trace = 0 < after < len(content) and (content[after].empty_before or content[after].gap in (Gap.VOID, Gap.WIDE))
    if not trace:
        row.doubts.append("chỉ có một ô cơ quan, không rõ là cơ quan chủ trì hay phối hợp")


def _fill_group(row: FlatRow, content: list[Word]) -> None:
    """A group row holds its title; text of another column that strayed into it is kept apart."""
    row.cells["name"] = text_of(content)
    for place, word in enumerate(content):
        stray = place and word.gap in (Gap.VOID, Gap.HARD) and word.text[:1].isupper()
        if stray and len(content) - place < 40:
            row.cells["name"], row.cells["note"] = text_of(content[:place]), text_of(content[place:])
            row.doubts.append("dòng nhóm có thêm nội dung ở cột khác, chưa rõ thuộc nhiệm vụ nào")
            return
