"""A row of a plan ↔ lines of the tables `rows` and `row_agencies`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from knowledge.model import Deadline, LegalDocument, Plan, Row, Source
from knowledge.text.normalize import clean, fold

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_BLANKS = re.compile(r"\s+")


def storable(value: Any) -> Any:
    """The value without NUL and lone surrogates, which no database takes; dicts and lists throughout."""
    if isinstance(value, str):
        return _UNSTORABLE.sub("", value) if _UNSTORABLE.search(value) else value
    if isinstance(value, dict):
        return {storable(k): storable(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [storable(v) for v in value]
    return value


@lru_cache(maxsize=4096)
def folded(name: str) -> str:
    """The form in which agency names are compared. Cut where PostgreSQL could not index it."""
    return fold(clean(name))[:500]


def row_line(row: Row, key: int, plan_key: int, position: int) -> dict[str, Any]:
    """The line of `rows`."""
    due = row.due
    lines = row.source.lines or (None, None)
    line = {
        "key": key, "plan_key": plan_key, "position": position, "ref": row.ref, "kind": row.kind, "no": row.no,
        "annex": row.annex, "group_no": row.group, "name": row.name, "result": row.result,
        "due_text": due.text if due else None, "due_kind": due.kind if due else None,
        "due_date": due.date if due else None, "due_start": due.start if due else None,
        "due_rrule": due.rrule if due else None,
        "target": row.target, "unit": row.unit, "year": row.year, "rrule": row.rrule, "note": row.note,
        "wording": row.wording, "doubt": row.doubt, "extra": row.extra,
        "source_file": row.source.file, "source_from": lines[0], "source_to": lines[1],
        "source_page": row.source.page, "source_cell": row.source.cell,
    }
    return {k: storable(v) if isinstance(v, (str, dict)) else v for k, v in line.items()}


def agency_lines(row: Row, key: int) -> list[dict[str, Any]]:
    """The lines of `row_agencies`."""
    return [
        {"row_key": key, "role": role, "position": i, "name": storable(name), "folded": folded(storable(name))}
        for role, names in (("lead", row.lead), ("coop", row.coop))
        for i, name in enumerate(names)
    ]


def to_row(line: Mapping[Any, Any], plan_id: str, lead: tuple[str, ...], coop: tuple[str, ...]) -> Row:
    """The row that `row_line` and `agency_lines` were made from."""
    due = None
    if line["due_kind"] is not None:
        due = Deadline(line["due_text"], line["due_kind"], line["due_date"], line["due_start"], line["due_rrule"])
    lines = (line["source_from"], line["source_to"]) if line["source_from"] is not None else None
    return Row(
        plan=plan_id, kind=line["kind"], no=line["no"], name=line["name"],
        source=Source(line["source_file"], lines, line["source_page"], line["source_cell"]),
        group=line["group_no"], annex=line["annex"], lead=lead, coop=coop, result=line["result"], due=due,
        target=line["target"], unit=line["unit"], year=line["year"], rrule=line["rrule"], note=line["note"],
        wording=line["wording"], doubt=line["doubt"], extra=line["extra"])


def plan_line(plan: Plan, key: int, version: int, **more: Any) -> dict[str, Any]:
    """The line of `plans`."""
    line = {
        "key": key, "plan_id": plan.id, "version": version, "title": plan.title, "number": plan.number, "date": plan.date,
        "issuer": plan.issuer, "province": plan.province, "kind": plan.kind, "file": plan.file,
        "furniture": plan.furniture, "unplaced": plan.unplaced, **more,
    }
    return {k: storable(v) for k, v in line.items()}


def to_plan(line: Mapping[Any, Any], rows: Iterable[Row], documents: Iterable[LegalDocument]) -> Plan:
    """The plan of a line of `plans`."""
    return Plan(
        id=line["plan_id"], title=line["title"], file=line["file"], kind=line["kind"], province=line["province"],
        number=line["number"], date=line["date"], issuer=line["issuer"], rows=tuple(rows), documents=tuple(documents),
        furniture=tuple((first, last, kind, text) for first, last, kind, text in line["furniture"]),
        unplaced=tuple((first, last, text) for first, last, text in line["unplaced"]))


def mentioned(row: Row, numbers: Mapping[str, re.Pattern[str]]) -> list[str]:
    """Which of the document numbers stand in the row's text (see `number_patterns`)."""
    text = _BLANKS.sub("", " ".join(filter(None, (row.name, row.result, row.note, row.wording)))).casefold()
    return [number for number, pattern in numbers.items() if pattern.search(text)]


def number_patterns(documents: Iterable[LegalDocument]) -> dict[str, re.Pattern[str]]:
    """For each number how it is found in text whose blanks were taken out (`số 57-NQ/TW của` → `số57-nq/twcủa`).

    What follows can't be bounded by a letter then; a digit before would make it another number.
    """
    return {
        d.number: re.compile(r"(?<!\d)" + re.escape(_BLANKS.sub("", d.number).casefold()))
        for d in documents if any(c.isdigit() for c in d.number)
    }
