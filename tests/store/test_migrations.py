"""Migrations: from empty to the schema of the code, by any number of processes at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from knowledge.store import PlanStore, migrate, open_engine, writing
from knowledge.store.errors import DatabaseNewer
from knowledge.store.migrate import HEAD, SCRIPTS, VERSION_TABLE, current
from knowledge.store.schema import metadata
from tests.sample_plans import sample_plan

ROOT = Path(__file__).resolve().parents[2]


def config() -> Config:
    made = Config()
    made.set_main_option("script_location", str(SCRIPTS))
    return made


def test_head_is_the_newest_script() -> None:
    assert ScriptDirectory.from_config(config()).get_heads() == [HEAD]


def test_from_empty_once(database_url: str) -> None:
    engine = open_engine(database_url)
    assert migrate(engine) is True
    assert migrate(engine) is False
    with engine.connect() as connection:
        assert current(connection) == HEAD
    assert set(inspect(engine).get_table_names()) == {*metadata.tables, VERSION_TABLE}
    assert PlanStore(engine).revision() == 0
    engine.dispose()


def test_the_migrations_make_the_schema_of_the_code(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "version_table": VERSION_TABLE})
        assert compare_metadata(context, metadata) == []


def test_a_difference_would_be_noticed(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(text("ALTER TABLE plans ADD COLUMN extra TEXT"))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert len(compare_metadata(context, metadata)) == 1


def test_back_and_forth(engine: Engine) -> None:
    with writing(engine) as connection:
        made = config()
        made.attributes["connection"] = connection
        command.downgrade(made, "base")
    assert inspect(engine).get_table_names() == [VERSION_TABLE]
    assert migrate(engine) is True
    PlanStore(engine).save(sample_plan())


def test_several_processes_at_once(database_url: str) -> None:
    code = ("import sys; from knowledge.store import migrate, open_engine, PlanStore; "
            "engine = open_engine(sys.argv[1]); print(migrate(engine)); PlanStore(engine).revision()")
    started = [subprocess.Popen([sys.executable, "-c", code, database_url], cwd=ROOT, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(3)]
    outputs = [process.communicate(timeout=120) for process in started]
    assert [process.returncode for process in started] == [0, 0, 0], outputs
    assert sorted(out.strip() for out, _ in outputs) == ["False", "False", "True"]


def test_tables_of_others_are_left_alone(database_url: str) -> None:
    engine = open_engine(database_url)
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('of-others')"))
    migrate(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "of-others"
    engine.dispose()


def test_a_failing_migration_leaves_nothing(database_url: str) -> None:
    engine = open_engine(database_url)
    with writing(engine) as connection:  # in the way of the last table
        connection.execute(text("CREATE TABLE row_mentions (x INTEGER)"))
    with pytest.raises(Exception, match="row_mentions"):
        migrate(engine)
    assert inspect(engine).get_table_names() == ["row_mentions"]
    engine.dispose()


def test_a_database_of_a_later_release(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    with pytest.raises(DatabaseNewer, match="hãy cập nhật chương trình"):
        migrate(engine)
