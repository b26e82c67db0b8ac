"""The rows that orders are about: by reference and by number, of the plans in force of an official's province."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Engine, or_

from knowledge.model import Kind, Row
from knowledge.services.ask.wording import short
from knowledge.services.remind.works import provinces_heard
from knowledge.store import PlanStore
from knowledge.store import schema as s
from knowledge.store.queries import select_rows, stream

_REMINDED: tuple[Kind, ...] = ("task", "duty", "reporting", "indicator", "target")
_TITLE_WORDS = 16
_KINDS: dict[str, tuple[Kind, ...]] = {"task": ("task",), "indicator": ("indicator",), "": ("task", "duty", "reporting")}


class Rows:
    """Looks rows up in the store; methods block shortly."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._plans = engine, PlanStore(engine)

    def get(self, refs: Sequence[str]) -> list[Row]:
        """The rows of these references, in their order; those that are no more are left out."""
        found = {row.ref: row for row in self._plans.rows(refs=refs, kind=_REMINDED)} if refs else {}
        return [found[ref] for ref in refs if ref in found]

    def plan_of(self, row: Row) -> str:
        """The title of a row's plan, shortened."""
        return short(self._plans.version(row.plan).title, _TITLE_WORDS)

    def numbered(self, number: str, kind: str, province: str | None, today: date) -> list[Row]:
        """The rows of a number ("18", "5.10", "IV.3"); of numbers that restart in each group ("II.18") those that end so.

        `kind`: task, indicator, or "" for any work; an indicator only where there is no work of that number.
        """
        for kinds in ((_KINDS[kind],) if kind else (_KINDS[""], _KINDS["indicator"])):
            provinces = provinces_heard(province, today) if province else (None,)
            rows = [row for heard in provinces for row in self._of(number, kinds, heard)]
            if rows:
                return rows
        return []

    def _of(self, number: str, kinds: Sequence[Kind], province: str | None) -> list[Row]:
        query = select_rows(kind=kinds, province=province).where(or_(s.rows.c.no == number, s.rows.c.no.like(f"%.{number}")))
        with self._engine.connect() as connection:
            found = list(stream(connection, query))
        return [row for row in found if row.no == number or (not row.no[:1].isdigit() and row.no.split(".", 1)[-1] == number)]
