"""Alembic's environment. `migrate()` hands in its connection; by hand see alembic.ini."""

from __future__ import annotations

from typing import Any

from alembic import context
from sqlalchemy import Connection

from knowledge.store.engine import open_engine, writing
from knowledge.store.migrate import VERSION_TABLE
from knowledge.store.schema import metadata


def include_object(_item: Any, name: str | None, type_: str, reflected: bool, compare_to: Any) -> bool:
    """Leave tables of other parts alone."""
    return not (type_ == "table" and reflected and compare_to is None and name not in metadata.tables)


def run(connection: Connection) -> None:
    """Migrate on one connection, in one transaction also on SQLite."""
    context.configure(
        connection=connection, target_metadata=metadata, version_table=VERSION_TABLE,
        transactional_ddl=True, include_object=include_object)
    with context.begin_transaction():
        context.run_migrations()


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with writing(open_engine(context.get_x_argument(as_dictionary=True)["url"])) as own:
        run(own)
