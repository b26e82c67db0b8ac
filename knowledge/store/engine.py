"""Opening the database: one engine for SQLite and PostgreSQL, with the settings each needs and its errors in Vietnamese."""

from __future__ import annotations

import functools
import json
import re
import selectors
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import BigInteger, Connection, Engine, Integer, MetaData, create_engine, event, func, select
from sqlalchemy.engine import URL, ExceptionContext, make_url
from sqlalchemy.exc import ArgumentError, InvalidatePoolError, NoSuchModuleError
from sqlalchemy.pool import StaticPool

from knowledge.store import errors

BUSY_SECONDS = 10
#: After so many seconds without use a connection is tried before it is used: something between us and the server may have dropped it.
IDLE_SECONDS = 30.0
#: The type of a key that the database counts up: SQLite does so for INTEGER only.
COUNTED = BigInteger().with_variant(Integer, "sqlite")
_TURNS: WeakKeyDictionary[Engine, threading.RLock] = WeakKeyDictionary()
_TURNS_LOCK = threading.Lock()
_Selector: type[selectors.BaseSelector] = getattr(selectors, "PollSelector", selectors.SelectSelector)  # Windows has no poll


def open_engine(url: str | URL, *, create: bool = True, busy_seconds: float = BUSY_SECONDS) -> Engine:
    """An engine on `sqlite:///file.db` or `postgresql://…`, tried once so that trouble shows here.

    SQLite: WAL, synchronous NORMAL, foreign keys, a busy timeout, real BEGIN (also around DDL). PostgreSQL: psycopg 3.
    `create=False` refuses a SQLite file that is not there. Every statement on the engine raises StoreError instead
    of the driver's own exception where the database itself is the trouble (damaged, locked, away…).
    """
    parsed = _parse(url)
    engine = _sqlite(parsed, create, busy_seconds) if _is_sqlite(parsed) else _postgresql(parsed)
    event.listen(engine, "handle_error", _translate)
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM sqlite_master" if _is_sqlite(parsed) else "SELECT 1")
    return engine


@contextmanager
def writing(engine: Engine, single: bool = False) -> Iterator[Connection]:
    """A transaction that will write: on SQLite it takes the write lock at once (BEGIN IMMEDIATE).

    A transaction that reads first and writes later fails at once under WAL when another process wrote in between,
    whatever the busy timeout is; this one waits its turn instead. `single`: for one statement, which is a transaction by itself.
    """
    taken = reading(engine) if single else engine
    with _turn(engine), taken.connect().execution_options(troly_write=True) as connection, connection.begin():
        yield connection


@functools.lru_cache(maxsize=8)
def reading(engine: Engine) -> Engine:
    """The engine for single queries, without BEGIN and ROLLBACK around them."""
    if engine.dialect.name == "postgresql":
        return engine.execution_options(isolation_level="AUTOCOMMIT")
    return engine.execution_options(troly_single=True)


def hold(connection: Connection, name: str, shared: bool = False) -> None:
    """Hold `name` until the transaction ends, alone or with others who share it; waits its turn. SQLite's writers take turns anyway."""
    if connection.dialect.name == "postgresql":
        take = func.pg_advisory_xact_lock_shared if shared else func.pg_advisory_xact_lock
        connection.execute(select(take(func.hashtextextended(name, 0))))


def make_tables(engine: Engine, *parts: MetaData) -> None:
    """Make the tables that are missing, and the indexes that older ones lack.

    Threads and processes that start together take turns: else one of them would fail.
    """
    with writing(engine) as connection:
        hold(connection, "tables")
        for part in parts:
            part.create_all(connection)
            for index in (index for table in part.sorted_tables for index in table.indexes):
                index.create(connection, checkfirst=True)


def _turn(engine: Engine) -> AbstractContextManager[object]:
    """On SQLite the writers of this process take turns: waiting for a lock here is quicker than SQLite's own asking again and again."""
    if engine.dialect.name != "sqlite":
        return nullcontext()
    with _TURNS_LOCK:
        return _TURNS.setdefault(engine, threading.RLock())


def describe(engine: Engine) -> str:
    """The database in words for a message: the file, or server and name, never the password."""
    return _describe(engine.url)


def _describe(url: URL) -> str:
    if _is_sqlite(url):
        return f"“{url.database}”" if url.database else "trong bộ nhớ"
    return f"“{url.host or url.query.get('host') or 'localhost'}/{url.database or ''}”"


def _is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def _parse(url: str | URL) -> URL:
    """The address with its driver filled in."""
    try:
        parsed = make_url(re.sub(r"^postgres(ql)?(?=:)", "postgresql+psycopg", url) if isinstance(url, str) else url)
        backend = parsed.get_backend_name()
    except (ArgumentError, ValueError):
        backend = ""
    if backend not in ("sqlite", "postgresql"):
        raise errors.BadDatabaseUrl(
            "Địa chỉ cơ sở dữ liệu không hợp lệ: hãy dùng dạng sqlite:///var/troly.db hoặc postgresql://tài-khoản@máy-chủ/tên.")
    if backend == "postgresql" and parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    return parsed


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _sqlite(url: URL, create: bool, busy_seconds: float) -> Engine:
    memory = not url.database or url.database == ":memory:" or url.query.get("mode") == "memory"
    options: dict[str, Any] = {"connect_args": {"timeout": busy_seconds, "check_same_thread": False}, "json_serializer": _dumps}
    if memory:
        options["poolclass"] = StaticPool
    else:
        _check_file(url, create)
    engine = create_engine(url, **options)

    @event.listens_for(engine, "connect")
    def prepare(dbapi_connection: Any, _record: Any) -> None:
        # The driver's own transactions begin late and not around DDL; ours begin where SQLAlchemy says so.
        dbapi_connection.isolation_level = None
        cursor = dbapi_connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={int(busy_seconds * 1000)}")
        cursor.execute("PRAGMA foreign_keys=ON")
        if not memory:
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if not options.get("troly_single"):
            connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("troly_write") else "BEGIN")

    return engine


def _check_file(url: URL, create: bool) -> None:
    path = Path(str(url.database))
    if path.is_dir():
        raise errors.unopenable(_describe(url))
    if path.exists():
        return
    if not create:
        raise errors.missing(_describe(url))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise errors.unopenable(_describe(url)) from error


def _postgresql(url: URL) -> Engine:
    try:
        engine = create_engine(
            url, pool_size=10, max_overflow=20, json_serializer=_dumps, connect_args={"connect_timeout": 5, "application_name": "troly"})
    except (ImportError, NoSuchModuleError) as error:
        raise errors.BadDatabaseUrl(
            "Chưa cài trình điều khiển PostgreSQL: hãy chạy “uv pip install 'psycopg[binary]'” rồi thử lại.") from error
    ping_when_idle(engine)
    return engine


def ping_when_idle(engine: Engine, seconds: float = IDLE_SECONDS) -> None:
    """Replace connections to a PostgreSQL that are gone, at a round trip only where there is reason to doubt one.

    A connection at rest has nothing to read: what there is are the last words of a server that stopped. One that was not used for
    some `seconds` may have been dropped without a word.
    """
    @event.listens_for(engine, "checkin")
    def rest(_connection: Any, record: Any) -> None:
        record.info["used"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def try_out(connection: Any, record: Any, _proxy: Any) -> None:
        used = record.info.get("used")
        if used is None:
            return
        try:
            if time.monotonic() - used > seconds or _has_something_to_read(connection):
                engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error


def _has_something_to_read(connection: Any) -> bool:
    with _Selector() as looking:
        looking.register(connection, selectors.EVENT_READ)
        return bool(looking.select(0))


_SQLITE_TROUBLE = (
    (re.compile("not a database|malformed|file is encrypted"), errors.corrupt),
    (re.compile("is locked|table is locked|database is busy"), errors.locked),
    (re.compile("unable to open"), errors.unopenable),
    (re.compile("readonly|disk is full|disk I/O error"), errors.not_writable),
    (re.compile("no such table"), errors.not_ready),
)
_POSTGRES_TROUBLE = {
    "42P01": errors.not_ready,      # undefined_table
    "53100": errors.not_writable,   # disk_full
    "25006": errors.not_writable,   # read_only_sql_transaction
    "55P03": errors.locked,         # lock_not_available
    "40P01": errors.locked,         # deadlock_detected
    "XX001": errors.corrupt,        # data_corrupted
    "XX002": errors.corrupt,        # index_corrupted
}
_AWAY = ("08", "28", "3D", "53", "57")  # connection, authorization, no such database, no resources, shutting down


def _translate(context: ExceptionContext) -> errors.StoreError | None:
    """The error of ours to raise in the place of a driver's error that says something about the database itself."""
    if context.engine is None:
        return None
    where, original = describe(context.engine), context.original_exception
    if _is_sqlite(context.engine.url):
        return next((sentence(where) for pattern, sentence in _SQLITE_TROUBLE if pattern.search(str(original))), None)
    state = getattr(original, "sqlstate", None)
    if state in _POSTGRES_TROUBLE:
        return _POSTGRES_TROUBLE[state](where)
    away = type(original).__name__ == "OperationalError" and (state is None or state[:2] in _AWAY)
    return errors.unreachable(where) if away or context.is_disconnect else None
