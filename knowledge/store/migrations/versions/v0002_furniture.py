"""What of a plan's text is no row but known for what it is: headings, letterhead, recipients, signature."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forwards. Plans stored before have none until they are read again."""
    op.add_column("plans", sa.Column("furniture", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    """Back."""
    op.drop_column("plans", "furniture")
