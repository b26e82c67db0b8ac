"""Who mentions which legal document, and what else the database tells once at load time: closings of plans, their versions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine, select

from knowledge.model import LegalDocument
from knowledge.services.changes import Changes
from knowledge.services.importing import changes_since_previous
from knowledge.store import PlanStore
from knowledge.store import schema as s
from knowledge.store.registry import documents

_CLOSING = ("recipients", "signature")
_LONGEST_CLOSING = 1500
_SIGNED = re.compile(
    r"\b((?:PHÓ )?(?:CHÁNH|BÍ THƯ|CHỦ TỊCH|GIÁM ĐỐC|BỘ TRƯỞNG|THỨ TRƯỞNG|TRƯỞNG|CỤC TRƯỞNG|THỦ TƯỚNG)\b[^.;\d]{0,90}?"
    r"(?: [A-ZĐÀ-Ỹ][a-zđà-ỹ]+){2,5})\s*$"
)


@dataclass(frozen=True)
class Citation:
    """A legal document with the plans that mention it and the rows whose text does.

    `others` are further documents under the same number (a number given twice, on different days).
    """

    document: LegalDocument
    plans: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    others: tuple[LegalDocument, ...] = ()


@dataclass(frozen=True)
class History:
    """How many versions of a plan there were, since when the one in force counts, and what it changed (None: the first)."""

    versions: int
    since: date | None = None
    changes: Changes | None = None


def load_citations(engine: Engine) -> list[Citation]:
    """Every document that plans in force mention, with where they do: three queries, whatever the number of documents."""
    told = _told(engine)
    with engine.connect() as connection:
        pairs = connection.execute(
            select(s.row_mentions.c.number, s.rows.c.ref)
            .join_from(s.row_mentions, s.rows)
            .join(s.plans)
            .where(s.plans.c.status == "accepted")
            .order_by(s.rows.c.key)
        ).all()
    rows: dict[str, list[str]] = {}
    for number, ref in pairs:
        rows.setdefault(number, []).append(ref)
    merged = {d.number: d for d in documents(engine)}
    return [_citation(document, told.get(number, []), rows.get(number, [])) for number, document in merged.items()]


def _told(engine: Engine) -> dict[str, list[tuple[str, LegalDocument]]]:
    """What each plan in force tells of each number."""
    query = (
        select(s.plans.c.plan_id, s.mentions)
        .join_from(s.mentions, s.plans)
        .where(s.plans.c.status == "accepted")
        .order_by(s.plans.c.plan_id, s.mentions.c.position)
    )
    out: dict[str, list[tuple[str, LegalDocument]]] = {}
    with engine.connect() as connection:
        for line in connection.execute(query).mappings():
            document = LegalDocument(line["number"], line["kind"], line["date"], line["issuer"], line["subject"])
            out.setdefault(document.number, []).append((line["plan_id"], document))
    return out


def _citation(document: LegalDocument, told: Iterable[tuple[str, LegalDocument]], rows: Iterable[str]) -> Citation:
    told = list(told)
    days = {d.date for _, d in told if d.date} - {document.date}
    others = tuple(next(d for _, d in told if d.date == day) for day in sorted(days))
    plans = dict.fromkeys([plan for plan, _ in told] + [ref.split("#", 1)[0] for ref in rows])
    return Citation(document, tuple(plans), tuple(rows), others)


def load_closings(engine: Engine) -> Mapping[str, str]:
    """The end of each plan in force, from "Nơi nhận" on: to whom it goes and who signed it, as written."""
    query = select(s.plans.c.plan_id, s.plans.c.furniture).where(s.plans.c.status == "accepted")
    with engine.connect() as connection:
        closings = {
            plan: " ".join(text for _, _, kind, text in furniture if kind in _CLOSING)[:_LONGEST_CLOSING]
            for plan, furniture in connection.execute(query)}
    return {plan: closing for plan, closing in closings.items() if closing}


def signer(closing: str) -> str:
    """Who signed, as the end of a document writes it: title and name; empty where it does not tell."""
    found = _SIGNED.search(closing)
    return found.group(1) if found else ""


def load_history(engine: Engine, plan_id: str) -> History:
    """The versions of a plan in force."""
    store = PlanStore(engine)
    versions = [v for v in store.versions(plan_id) if v.status != "draft"]
    now = store.version(plan_id)
    return History(len(versions), now.imported_at.date() if now.imported_at else None, changes_since_previous(engine, plan_id))
