"""Tables that are ticked: columns headed by agencies or by periods, with "x", "CT", "PH" below them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Literal

from knowledge.parsers.agency_cells import is_agency_cell
from knowledge.parsers.columns import role_of
from knowledge.parsers.deadlines import unify_blanks
from knowledge.text.normalize import fold

Part = Literal["lead", "coop"]
UNCLEAR = "bảng đánh dấu không nói cơ quan nào chủ trì"
_TICK = re.compile(r"[xX×✓✔√☑☒vV●•*+■◼oO○1]{1,3}|\([xX]\)")
_LEADS = frozenset(("ct", "c", "chu tri", "(ct)", "chinh", "ctr", "chu tri thuc hien", "l"))
_HELPS = frozenset(("ph", "p", "phoi hop", "(ph)", "phoi hop thuc hien", "pth"))
_PERIOD = re.compile(r"(?:quy|q\.?) ?(?:iv|i{1,3}|[1-4])|(?:thang|t\.?) ?(?:1[0-2]|0?[1-9])|iv|i{1,3}|6 thang (?:dau|cuoi) nam"
                     r"|(?:giai doan |tu )?(?:nam )?20\d\d ?(?:[-–]|den(?: nam)?) ?20\d\d")
_LEGEND = re.compile(r"(?<![^\W_])[“\"'(]?([^\W_]{1,3}|[×✓✔√●○■*])[”\"')]?\s*(?::|=|-|–|là)\s*"
                     r"(?:(?:các )?(?:cơ quan|đơn vị)\s*)?(chủ trì|phối hợp)", re.IGNORECASE)


def is_sign(text: str) -> bool:
    """Whether a header names what a mark below it may stand for: an agency, or a part of a year."""
    return is_agency(text) or bool(_PERIOD.fullmatch(fold(text)))


@lru_cache(maxsize=4096)
def is_agency(text: str) -> bool:
    """Whether a header is an agency's own name, not a word for agencies ("Cơ quan, đơn vị", "Các sở, ngành")."""
    return len(text) < 120 and role_of(text) is None and is_agency_cell(unify_blanks(text)) and bool(re.search(r"[A-ZĐ]", text))


def part_said(heading: str) -> Part | None:
    """The part of the agencies below a heading: "Cơ quan phối hợp" says it, "Phân công thực hiện" does not."""
    folded = fold(unify_blanks(heading))
    parts: list[Part] = [part for part, words in (("lead", "chu tri"), ("coop", "phoi hop")) if words in folded]  # type: ignore[misc]
    return parts[0] if len(parts) == 1 else None


def is_mark(text: str) -> bool:
    """Whether a cell holds a mark and nothing else."""
    folded = fold(unify_blanks(text)).strip(" .")
    return bool(_TICK.fullmatch(text.strip())) or folded in _LEADS or folded in _HELPS or not folded.strip("-–—")


def is_tick(text: str) -> bool:
    """Whether a cell is ticked: a mark that is no figure."""
    return bool(_TICK.fullmatch(text.strip())) and not text.strip().isdigit()


def legend_in(texts: Iterable[str]) -> dict[str, Part]:
    """What the marks mean where the document says so: "x: chủ trì; o: phối hợp"."""
    found: dict[str, Part] = {}
    for text in texts:
        for mark, said in _LEGEND.findall(text):
            found[mark] = "lead" if said.lower() == "chủ trì" else "coop"
    return found if len(found) > 1 else {}


def read_marks(marks: Sequence[tuple[str, str, Part | None]], legend: Mapping[str, Part], led: bool) -> tuple[list[str], list[str], bool]:
    """Who leads and who cooperates by a row's marks (agency, mark, the part that its header tells), and whether that is unclear.

    `led`: another column says who leads. A tick alone in its row leads; beside others nobody can tell.
    """
    lead: list[str] = []
    coop: list[str] = []
    ticked: list[str] = []
    for agency, mark, part in marks:
        folded = fold(unify_blanks(mark)).strip(" .")
        said = legend.get(mark.strip()) or ("lead" if folded in _LEADS else "coop" if folded in _HELPS else part)
        (lead if said == "lead" else coop if said == "coop" else ticked).append(agency)
    if ticked and (led or lead):
        return lead, [*coop, *ticked], False
    return [*lead, *ticked], coop, len(ticked) > 1
