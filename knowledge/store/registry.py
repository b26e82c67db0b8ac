"""The registry of cited legal documents over all plans in force: who mentions what, and the fullest of what they tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, select
from sqlalchemy.dialects import postgresql, sqlite

from knowledge.model import LegalDocument, Plan, Row
from knowledge.store import schema as s
from knowledge.store.rows import mentioned, number_patterns, storable

_FACTS = ("kind", "date", "issuer", "subject")


@dataclass(frozen=True)
class Mention:
    """A plan in force that mentions a document, with the references of the rows whose text does."""

    plan: str
    refs: tuple[str, ...]


def documents(engine: Engine, numbers: Collection[str] | None = None) -> list[LegalDocument]:
    """The documents that plans in force mention, by number; facts merged over the plans."""
    query = select(s.documents).where(s.documents.c.number.in_(_numbers_in_force())).order_by(s.documents.c.number)
    if numbers is not None:
        query = query.where(s.documents.c.number.in_(list(numbers)))
    with engine.connect() as connection:
        return [_to_document(line) for line in connection.execute(query).mappings()]


def who_mentions(engine: Engine, number: str) -> list[Mention]:
    """The plans in force that mention the document, and where."""
    plans = (select(s.plans.c.plan_id).join_from(s.plans, s.mentions)
             .where(s.plans.c.status == "accepted", s.mentions.c.number == number).distinct().order_by(s.plans.c.plan_id))
    rows = (select(s.plans.c.plan_id, s.rows.c.ref).join_from(s.row_mentions, s.rows).join(s.plans)
            .where(s.plans.c.status == "accepted", s.row_mentions.c.number == number).order_by(s.rows.c.key))
    with engine.connect() as connection:
        refs: dict[str, list[str]] = {plan: [] for plan in connection.scalars(plans)}
        for plan, ref in connection.execute(rows):
            refs.setdefault(plan, []).append(ref)
    return [Mention(plan, tuple(found)) for plan, found in refs.items()]


def plan_documents(connection: Connection, plan_key: int) -> list[LegalDocument]:
    """What one version of a plan tells, in its order."""
    query = select(s.mentions).where(s.mentions.c.plan_key == plan_key).order_by(s.mentions.c.position)
    return [_to_document(line) for line in connection.execute(query).mappings()]


def insert_mentions(connection: Connection, plan: Plan, plan_key: int) -> None:
    """Write what the plan tells of documents; a number seen for the first time enters the registry empty."""
    if not plan.documents:
        return
    _insert_missing(connection, {storable(d.number) for d in plan.documents})
    connection.execute(s.mentions.insert(), [
        {"plan_key": plan_key, "position": i, "number": storable(d.number), "kind": storable(d.kind), "date": d.date,
         "issuer": storable(d.issuer), "subject": storable(d.subject)}
        for i, d in enumerate(plan.documents)])


def insert_row_mentions(connection: Connection, cited: Iterable[LegalDocument], rows: Sequence[tuple[int, Row]]) -> None:
    """Write which of the plan's documents stand in the text of which (key, row)."""
    patterns = number_patterns(cited)
    lines = [{"row_key": key, "number": storable(number)} for key, row in rows for number in mentioned(row, patterns)]
    if lines:
        connection.execute(s.row_mentions.insert(), lines)


def refresh(connection: Connection, plan_id: str) -> None:
    """Tell the registry's documents anew, as far as any version of this plan mentions them."""
    touched = select(s.mentions.c.number).join(s.plans).where(s.plans.c.plan_id == plan_id)
    query = (select(s.mentions).join(s.plans)
             .where(s.plans.c.status == "accepted", s.mentions.c.number.in_(touched))
             .order_by(s.mentions.c.number, s.plans.c.plan_id, s.mentions.c.position))
    told: dict[str, list[Any]] = {}
    for line in connection.execute(query).mappings():
        told.setdefault(line["number"], []).append(line)
    for number, lines in told.items():
        best = {fact: _best([line[fact] for line in lines]) for fact in _FACTS}
        values = {fact: value if fact == "date" else value or "" for fact, value in best.items()}
        connection.execute(s.documents.update().where(s.documents.c.number == number).values(values))


def _best(values: list[Any]) -> Any:
    """What most tell; among equals the fullest."""
    counted = Counter(value for value in values if value)
    return max(counted, key=lambda value: (counted[value], len(str(value)), str(value)), default=None)


def _numbers_in_force() -> Any:
    return select(s.mentions.c.number).join(s.plans).where(s.plans.c.status == "accepted")


def _insert_missing(connection: Connection, numbers: Collection[str]) -> None:
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(dialect.insert(s.documents).on_conflict_do_nothing(),
                       [{"number": n, "kind": "", "date": None, "issuer": "", "subject": ""} for n in sorted(numbers)])


def _to_document(line: Any) -> LegalDocument:
    return LegalDocument(line["number"], line["kind"], line["date"], line["issuer"], line["subject"])
