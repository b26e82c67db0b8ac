"""The tables of the knowledge base.

A plan is kept in versions that are never changed once written; at most one version of a plan is in force (`accepted`).
Row keys grow in reading order inside a version, so ordering by key is reading order. Text is as the source has it;
`folded` columns are lower case without diacritics, for look-ups by name.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeDecorator

from knowledge.store.engine import COUNTED

metadata = MetaData(naming_convention={
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
})


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware in Python, naive UTC in the database, so that SQLite and PostgreSQL agree."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Aware → naive UTC."""
        return value.astimezone(timezone.utc).replace(tzinfo=None) if value else None

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Naive UTC → aware."""
        return value.replace(tzinfo=timezone.utc) if value else None


#: One line (id 1): counts the accepted imports. Each import locks it first, so imports take turns.
state = Table(
    "knowledge_state", metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("revision", BigInteger, nullable=False),
)

plans = Table(
    "plans", metadata,
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    Column("plan_id", String(200), nullable=False),
    Column("version", Integer, nullable=False),
    Column("status", String(20), nullable=False),
    Column("title", Text, nullable=False),
    Column("number", Text),
    Column("date", Date),
    Column("issuer", Text),
    Column("province", Text),
    Column("kind", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("furniture", JSON, nullable=False, server_default="[]"),
    Column("unplaced", JSON, nullable=False),
    Column("imported_at", UtcDateTime, nullable=False),
    Column("origin", String(20), nullable=False),       # shipped, import, restore
    Column("content_hash", String(64), nullable=False),  # of what it was read from; "" where unknown
    Column("note", Text, nullable=False),
    UniqueConstraint("plan_id", "version"),
    CheckConstraint("status IN ('accepted', 'superseded', 'draft')", name="status"),
    Index("ix_plans_province", "province"),
    Index("uq_plans_in_force", "plan_id", unique=True,
          sqlite_where=text("status = 'accepted'"), postgresql_where=text("status = 'accepted'")),
)

rows = Table(
    "rows", metadata,
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    Column("plan_key", BigInteger, ForeignKey("plans.key", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("ref", Text, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("no", Text, nullable=False),
    Column("annex", Text),
    Column("group_no", Text),
    Column("name", Text, nullable=False),
    Column("result", Text),
    Column("due_text", Text),
    Column("due_kind", String(20)),
    Column("due_date", Date),
    Column("due_start", Date),
    Column("due_rrule", Text),
    Column("target", Text),
    Column("unit", Text),
    Column("year", Integer),
    Column("rrule", Text),
    Column("note", Text),
    Column("wording", Text),
    Column("doubt", Text),
    Column("extra", JSON, nullable=False),
    Column("source_file", Text, nullable=False),
    Column("source_from", Integer),
    Column("source_to", Integer),
    Column("source_page", Integer),
    Column("source_cell", Text),
    UniqueConstraint("plan_key", "position"),
    Index("ix_rows_ref", "ref"),
    Index("ix_rows_plan_key_kind", "plan_key", "kind"),
    Index("ix_rows_due_date_kind", "due_date", "kind"),
)

row_agencies = Table(
    "row_agencies", metadata,
    Column("row_key", BigInteger, ForeignKey("rows.key", ondelete="CASCADE"), primary_key=True),
    Column("role", String(4), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("folded", Text, nullable=False),
    CheckConstraint("role IN ('lead', 'coop')", name="role"),
    Index("ix_row_agencies_folded_role", "folded", "role"),
)

#: The registry of cited documents over all plans in force: for each number the fullest of what the plans tell.
documents = Table(
    "documents", metadata,
    Column("number", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("date", Date),
    Column("issuer", Text, nullable=False),
    Column("subject", Text, nullable=False),
)

#: What one version of a plan itself tells of a document.
mentions = Table(
    "mentions", metadata,
    Column("plan_key", BigInteger, ForeignKey("plans.key", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("number", Text, ForeignKey("documents.number"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("date", Date),
    Column("issuer", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Index("ix_mentions_number", "number"),
)

#: The rows in whose text a document's number stands.
row_mentions = Table(
    "row_mentions", metadata,
    Column("row_key", BigInteger, ForeignKey("rows.key", ondelete="CASCADE"), primary_key=True),
    Column("number", Text, ForeignKey("documents.number"), primary_key=True),
    Index("ix_row_mentions_number", "number"),
)

#: Reported progress. Bound to the reference, not to a version: it outlives the next import.
row_status = Table(
    "row_status", metadata,
    Column("key", COUNTED, primary_key=True),
    Column("ref", Text, nullable=False),
    Column("status", String(20), nullable=False),
    Column("percent", Integer),
    Column("note", Text, nullable=False),
    Column("agency", Text, nullable=False),
    Column("reported_by", Text, nullable=False),
    Column("reported_at", UtcDateTime, nullable=False),
    Index("ix_row_status_ref_reported_at", "ref", "reported_at"),
)
