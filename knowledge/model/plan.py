"""A plan (kế hoạch, kết luận, báo cáo) and its rows: what an answer names as its source."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, get_args

from knowledge.model.deadline import Deadline
from knowledge.model.document import LegalDocument

Kind = Literal["group", "task", "indicator", "target", "duty", "reporting", "passage"]
KINDS: tuple[Kind, ...] = get_args(Kind)


def ref_plan(ref: str) -> str:
    """The plan id of a row's reference: `hg-kh-2025-phu-luc#task:18` → `hg-kh-2025-phu-luc`."""
    return ref.split("#", 1)[0]


def ref_kind(ref: str) -> str:
    """What a reference names: a row's kind, `doc`, `agency`, or `plan`."""
    if "#" in ref:
        return ref.split("#", 1)[1].split(":", 1)[0]
    return ref.split(":", 1)[0] if ":" in ref else "plan"


@dataclass(frozen=True)
class Source:
    """Where a row stands in its file: first and last line (from 1), a page (from 1), or a sheet's cell (`Sheet1!B7`)."""

    file: str
    lines: tuple[int, int] | None = None
    page: int | None = None
    cell: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The `source` value of an export line."""
        out: dict[str, Any] = {"file": self.file}
        if self.lines:
            out["lines"] = list(self.lines)
        if self.page:
            out["page"] = self.page
        if self.cell:
            out["cell"] = self.cell
        return out


@dataclass(frozen=True)
class Row:
    """One row of a plan: the unit that is searched, answered with and cited.

    `no` is the number as the document gives it and forms the reference (`5.10`, `III.2`, `2030-a-1`, `2.3(1)`);
    `annex` names the annex it stands in ("Phụ lục II") where there is one; `group` is the numeral of its group.
    `name` is the cell that says what it is; `wording` the text as written or scanned where `name` was repaired.
    `lead`, `coop` are agencies with the source's own wording, a collective being one entry.
    """

    plan: str
    kind: Kind
    no: str
    name: str
    source: Source
    group: str | None = None
    annex: str | None = None
    lead: tuple[str, ...] = ()
    coop: tuple[str, ...] = ()
    result: str | None = None
    due: Deadline | None = None
    target: str | None = None
    unit: str | None = None
    year: int | None = None
    rrule: str | None = None
    note: str | None = None
    wording: str | None = None
    doubt: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def ref(self) -> str:
        """`hg-kh-2025-phu-luc#task:18`."""
        return f"{self.plan}#{self.kind}:{self.no}"

    def facts(self) -> dict[str, Any]:
        """The row's facts by the keys of the answer record; only those that the row has."""
        out: dict[str, Any] = {"name": self.name}
        if self.lead:
            out["lead"] = list(self.lead)
        if self.coop:
            out["coop"] = list(self.coop)
        if self.due:
            out["due"] = self.due.as_fact()
        for key in ("result", "target", "unit", "year", "rrule", "note", "wording"):
            value = getattr(self, key)
            if value not in (None, ""):
                out[key] = value
        return out


@dataclass(frozen=True)
class Plan:
    """One document of the knowledge base with everything that was read from it.

    `province` is a slug (`hau-giang`); `kind` one of plan_annex, plan, conclusion, report.
    `furniture` holds (first line, last line, kind, text) of source text that is no row but known for what it is (headings,
    letterhead, page numbers, recipients, signature…), `unplaced` (first line, last line, text) of what nothing took: together
    with the rows they account for every line. `warnings` say in Vietnamese what the reader left out (macros, hidden sheets,
    scanned pages): about the file as read, not part of what the plan says.
    """

    id: str
    title: str
    file: str
    kind: str = "plan"
    province: str | None = None
    number: str | None = None
    date: date | None = None
    issuer: str | None = None
    rows: tuple[Row, ...] = ()
    documents: tuple[LegalDocument, ...] = ()
    furniture: tuple[tuple[int, int, str, str], ...] = ()
    unplaced: tuple[tuple[int, int, str], ...] = ()
    warnings: tuple[str, ...] = field(default=(), compare=False)

    def facts(self) -> dict[str, Any]:
        """The plan's own facts by the keys of the answer record."""
        pairs = {"title": self.title, "number": self.number, "date": self.date.isoformat() if self.date else None,
                 "issuer": self.issuer, "province": self.province}
        return {k: v for k, v in pairs.items() if v}
