"""The first tables: plans in versions, rows, agencies, cited documents, reported progress."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forwards."""
    op.create_table("documents",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("date", sa.Date(), nullable=True),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_documents"))
    )
    op.create_table("knowledge_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_state"))
    )
    op.execute("INSERT INTO knowledge_state (id, revision) VALUES (1, 0)")
    op.create_table("plans",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("plan_id", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("date", sa.Date(), nullable=True),
        sa.Column("issuer", sa.Text(), nullable=True),
        sa.Column("province", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("unplaced", sa.JSON(), nullable=False),
        sa.Column("imported_at", sa.DateTime(), nullable=False),
        sa.Column("origin", sa.String(length=20), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("status IN ('accepted', 'superseded', 'draft')", name=op.f("ck_plans_status")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_plans")),
        sa.UniqueConstraint("plan_id", "version", name=op.f("uq_plans_plan_id_version"))
    )
    op.create_index("ix_plans_province", "plans", ["province"], unique=False)
    op.create_index(
        "uq_plans_in_force", "plans", ["plan_id"], unique=True,
        sqlite_where=sa.text("status = 'accepted'"), postgresql_where=sa.text("status = 'accepted'"))
    op.create_table("row_status",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("reported_by", sa.Text(), nullable=False),
        sa.Column("reported_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_row_status"))
    )
    op.create_index("ix_row_status_ref_reported_at", "row_status", ["ref", "reported_at"], unique=False)
    op.create_table("mentions",
        sa.Column("plan_key", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("date", sa.Date(), nullable=True),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["documents.number"], name=op.f("fk_mentions_number")),
        sa.ForeignKeyConstraint(["plan_key"], ["plans.key"], name=op.f("fk_mentions_plan_key"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("plan_key", "position", name=op.f("pk_mentions"))
    )
    op.create_index("ix_mentions_number", "mentions", ["number"], unique=False)
    op.create_table("rows",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("plan_key", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("no", sa.Text(), nullable=False),
        sa.Column("annex", sa.Text(), nullable=True),
        sa.Column("group_no", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("due_text", sa.Text(), nullable=True),
        sa.Column("due_kind", sa.String(length=20), nullable=True),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("due_start", sa.Date(), nullable=True),
        sa.Column("due_rrule", sa.Text(), nullable=True),
        sa.Column("target", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("rrule", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("wording", sa.Text(), nullable=True),
        sa.Column("doubt", sa.Text(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=False),
        sa.Column("source_file", sa.Text(), nullable=False),
        sa.Column("source_from", sa.Integer(), nullable=True),
        sa.Column("source_to", sa.Integer(), nullable=True),
        sa.Column("source_page", sa.Integer(), nullable=True),
        sa.Column("source_cell", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["plan_key"], ["plans.key"], name=op.f("fk_rows_plan_key"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_rows")),
        sa.UniqueConstraint("plan_key", "position", name=op.f("uq_rows_plan_key_position"))
    )
    op.create_index("ix_rows_due_date_kind", "rows", ["due_date", "kind"], unique=False)
    op.create_index("ix_rows_plan_key_kind", "rows", ["plan_key", "kind"], unique=False)
    op.create_index("ix_rows_ref", "rows", ["ref"], unique=False)
    op.create_table("row_agencies",
        sa.Column("row_key", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.String(length=4), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.CheckConstraint("role IN ('lead', 'coop')", name=op.f("ck_row_agencies_role")),
        sa.ForeignKeyConstraint(["row_key"], ["rows.key"], name=op.f("fk_row_agencies_row_key"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("row_key", "role", "position", name=op.f("pk_row_agencies"))
    )
    op.create_index("ix_row_agencies_folded_role", "row_agencies", ["folded", "role"], unique=False)
    op.create_table("row_mentions",
        sa.Column("row_key", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["documents.number"], name=op.f("fk_row_mentions_number")),
        sa.ForeignKeyConstraint(["row_key"], ["rows.key"], name=op.f("fk_row_mentions_row_key"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("row_key", "number", name=op.f("pk_row_mentions"))
    )
    op.create_index("ix_row_mentions_number", "row_mentions", ["number"], unique=False)


def downgrade() -> None:
    """Back."""
    op.drop_index("ix_row_mentions_number", table_name="row_mentions")
    op.drop_table("row_mentions")
    op.drop_index("ix_row_agencies_folded_role", table_name="row_agencies")
    op.drop_table("row_agencies")
    op.drop_index("ix_rows_ref", table_name="rows")
    op.drop_index("ix_rows_plan_key_kind", table_name="rows")
    op.drop_index("ix_rows_due_date_kind", table_name="rows")
    op.drop_table("rows")
    op.drop_index("ix_mentions_number", table_name="mentions")
    op.drop_table("mentions")
    op.drop_index("ix_row_status_ref_reported_at", table_name="row_status")
    op.drop_table("row_status")
    op.drop_index(
        "uq_plans_in_force", table_name="plans",
        sqlite_where=sa.text("status = 'accepted'"), postgresql_where=sa.text("status = 'accepted'"))
    op.drop_index("ix_plans_province", table_name="plans")
    op.drop_table("plans")
    op.drop_table("knowledge_state")
    op.drop_table("documents")
