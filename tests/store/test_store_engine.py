"""Opening databases, good and bad: each trouble is one Vietnamese sentence."""

from __future__ import annotations

import os
import re
import sqlite3
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from knowledge.store import PlanStore, migrate, open_engine, writing
from knowledge.store.errors import (
    BadDatabaseUrl,
    DatabaseCorrupt,
    DatabaseLocked,
    DatabaseMissing,
    DatabaseNotWritable,
    DatabaseUnreachable,
    StoreError,
)
from tests.sample_plans import big_plan, sample_plan

VIETNAMESE = re.compile("[ăâđêôơưạảấầậắặếềệốồộớờợứừựìíịỏọũụỳýỹ]")


def url(path: Path) -> str:
    return f"sqlite:///{path.as_posix()}"


def test_sqlite_settings(tmp_path: Path) -> None:
    engine = open_engine(url(tmp_path / "a" / "b" / "troly.db"), busy_seconds=3)
    with engine.connect() as connection:
        found = {name: connection.execute(text(f"PRAGMA {name}")).scalar()
                 for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")}
    assert found == {"journal_mode": "wal", "synchronous": 1, "foreign_keys": 1, "busy_timeout": 3000}
    engine.dispose()


def test_memory_database() -> None:
    engine = open_engine("sqlite://")
    migrate(engine)
    PlanStore(engine).save(sample_plan())
    assert PlanStore(engine).load("kh-mau") == sample_plan()


def test_postgresql_goes_through_psycopg_3(postgres_url: str) -> None:
    for prefix in ("postgres:", "postgresql:", "postgresql+psycopg:"):
        engine = open_engine(re.sub(r"^[^:]+:", prefix, postgres_url))
        assert engine.dialect.driver == "psycopg"
        engine.dispose()


def check(error: StoreError) -> str:
    message = str(error)
    assert VIETNAMESE.search(message) and "\n" not in message and "hãy" in message
    return message


@pytest.mark.parametrize("bad", ["", "troly.db", "mysql://a@b/c", "sqlite:/x?:", "postgresql://a:b@c:port/d", "://"])
def test_bad_addresses(bad: str) -> None:
    with pytest.raises(StoreError) as raised:
        open_engine(bad)
    check(raised.value)
    assert isinstance(raised.value, (BadDatabaseUrl, DatabaseMissing))


def test_a_missing_file_is_refused_where_it_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(DatabaseMissing, match="Không tìm thấy"):
        open_engine(url(tmp_path / "troly.db"), create=False)
    assert not (tmp_path / "troly.db").exists()


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(DatabaseMissing) as raised:
        open_engine(url(tmp_path))
    check(raised.value)


def test_a_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("x", encoding="utf-8")
    with pytest.raises(DatabaseMissing) as raised:
        open_engine(url(tmp_path / "var" / "troly.db"))
    check(raised.value)


@pytest.mark.parametrize("content", [b"Day khong phai la co so du lieu. " * 100, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "troly.db"
    path.write_bytes(content)
    with pytest.raises(DatabaseCorrupt) as raised:
        open_engine(url(path))
    assert "troly.db" in check(raised.value)
    assert path.read_bytes() == content


def test_damage_in_the_middle_is_noticed_when_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "troly.db"
    engine = open_engine(url(path))
    migrate(engine)
    PlanStore(engine).save(big_plan(2000))
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    plain = sqlite3.connect(path)
    plain.execute("PRAGMA journal_mode=DELETE")
    plain.close()
    data = bytearray(path.read_bytes())
    data[40960:-4096] = b"\xa5" * (len(data) - 45056)
    path.write_bytes(bytes(data))
    with pytest.raises(DatabaseCorrupt):
        opened = open_engine(url(path))
        list(PlanStore(opened).iter_rows())


def test_a_lock_held_too_long(tmp_path: Path) -> None:
    engine = open_engine(url(tmp_path / "troly.db"), busy_seconds=0.2)
    migrate(engine)
    other = open_engine(url(tmp_path / "troly.db"))
    with writing(other), pytest.raises(DatabaseLocked) as raised:
        PlanStore(engine).save(sample_plan())
    check(raised.value)
    PlanStore(engine).save(sample_plan())


def test_writers_wait_for_each_other(database_url: str) -> None:
    engine = open_engine(database_url)
    migrate(engine)
    errors: list[BaseException] = []

    def save(plan_id: str) -> None:
        own = open_engine(database_url)
        try:
            for _ in range(3):
                PlanStore(own).save(sample_plan(plan_id))
        except BaseException as error:  # noqa: BLE001 - a thread's error must reach the test
            errors.append(error)
        finally:
            own.dispose()

    threads = [threading.Thread(target=save, args=(f"kh-{i % 2}",)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert [len(PlanStore(engine).versions(f"kh-{i}")) for i in range(2)] == [6, 6]
    assert PlanStore(engine).revision() == 12
    engine.dispose()


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_a_place_that_takes_nothing() -> None:
    with pytest.raises((DatabaseMissing, DatabaseNotWritable)) as raised:
        open_engine("sqlite:////proc/troly.db")
    check(raised.value)


@pytest.mark.parametrize("address", [
    "postgresql://an:matkhau-bi-mat@127.0.0.1:1/troly",
    "postgresql://an:matkhau-bi-mat@/troly?host=/khong/co",
])
def test_a_server_that_is_away(address: str) -> None:
    with pytest.raises(DatabaseUnreachable) as raised:
        open_engine(address)
    assert "matkhau" not in check(raised.value)


def test_a_database_that_the_server_does_not_have(postgres_url: str) -> None:
    with pytest.raises(DatabaseUnreachable) as raised:
        open_engine(re.sub(r"troly_test_\w+", "khong_co", postgres_url))
    check(raised.value)


def test_no_password_in_the_engine(postgres_url: str) -> None:
    engine = open_engine(postgres_url)
    assert "matkhau" not in repr(engine)
    assert os.path.basename(str(engine.url.database)).startswith("troly_test_")
    engine.dispose()
