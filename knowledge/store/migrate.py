"""Bringing the tables up to date, in process: `migrate(engine)` at every start."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from knowledge.store import errors
from knowledge.store.engine import describe, writing

#: The newest migration, repeated here so that a start on an up-to-date database need not load Alembic (a test compares).
HEAD = "0002"
#: Not Alembic's default name: other parts may keep their own migrations in the same database.
VERSION_TABLE = "knowledge_version"
SCRIPTS = Path(__file__).parent / "migrations"
_LOCK = 0x74726F6C79  # "troly": the advisory lock that lets one process migrate at a time


def migrate(engine: Engine) -> bool:
    """Run the migrations that are missing, all or nothing; True if there were any.

    Safe when several processes start at once: the others wait, then find nothing to do.
    Raises DatabaseNewer if the database was written by a later release.
    """
    with engine.connect() as connection:
        if current(connection) == HEAD:
            return False
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        found = current(connection)
        if found == HEAD:
            return False
        _upgrade(connection, found)
    return True


def current(connection: Connection) -> str | None:
    """The migration the database stands at, None for an empty one."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    found = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()
    return str(found) if found else None


def _upgrade(connection: Connection, found: str | None) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise errors.newer(describe(connection.engine), found)
    command.upgrade(config, "head")
