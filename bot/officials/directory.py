"""Who is registered, and which chat accounts are theirs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Row, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from bot.officials.audit import Audit
from bot.officials.official import Official
from bot.officials.tables import codes, links, officials, prepare
from knowledge.store import reading, writing

CACHE_SECONDS = 2.0
IDLE_DAYS = 45
_DAY = 86_400.0
_TOUCHED = 3600.0
_MOST_CACHED = 20_000
_T = TypeVar("_T")
_OFFICIAL = (officials.c.id, officials.c.name, officials.c.username, officials.c.province, officials.c.agency, officials.c.role,
             officials.c.active)
_BY_ACCOUNT = select(*_OFFICIAL).join(links, links.c.official == officials.c.id).where(
    links.c.channel == bindparam("_channel"), links.c.user == bindparam("_user"))
_BY_ID = select(*_OFFICIAL).where(officials.c.id == bindparam("_key"))
_BY_NAME = select(*_OFFICIAL).where(officials.c.username == bindparam("_key"))
_LINK_TO_CHANGE = select(links.c.dead).where(links.c.channel == bindparam("_channel"), links.c.chat == bindparam("_chat"))


class Taken(Exception):
    """The username is another official's, or the chat account is linked already."""


@dataclass(frozen=True)
class Link:
    """A chat account of an official; `linked` and `dead` (can't be reached there since) are UTC seconds."""

    official: int
    channel: str
    user: str
    chat: str
    linked: float
    dead: float | None = None

    @property
    def alive(self) -> bool:
        """Can the official be written to there, as far as we know?"""
        return self.dead is None


@dataclass(frozen=True)
class Entry:
    """An official as a list shows them; `used` in UTC seconds."""

    official: Official
    used: float
    links: int


class Directory:
    """Officials and their links on the shared database. Methods block shortly; from a coroutine call them through `run`.

    `official_of` may be up to `cache_seconds` old where another process changed something.
    """

    def __init__(self, engine: Engine, *, clock: Callable[[], float] = time.time, cache_seconds: float = CACHE_SECONDS) -> None:
        self.engine, self.clock = engine, clock
        self._reading = reading(engine)
        self._cache_seconds = cache_seconds
        self._cache: dict[tuple[str, str], tuple[float, Official | None]] = {}
        self._touched: dict[int, float] = {}
        prepare(engine)

    async def run(self, work: Callable[[], _T]) -> _T:
        """Database work: at once on SQLite (shorter than a thread's hop), in a thread where a server must be waited for."""
        return work() if self.engine.dialect.name == "sqlite" else await asyncio.to_thread(work)

    # Who is it

    def official_of(self, channel: str, user: str) -> Official | None:
        """The official whom a chat account belongs to; None also where they are switched off."""
        found = self.registered(channel, user)
        return found if found and found.active else None

    def registered(self, channel: str, user: str) -> Official | None:
        """The official whom a chat account belongs to, switched off or not."""
        key, now = (channel, user), self.clock()
        known = self._cache.get(key)
        if known and abs(now - known[0]) <= self._cache_seconds:
            return known[1]
        with self._reading.connect() as connection:
            found = _official(connection.execute(_BY_ACCOUNT, {"_channel": channel, "_user": user}).one_or_none())
        if len(self._cache) >= _MOST_CACHED:
            self._cache.clear()
        self._cache[key] = (now, found)
        return found

    def by_username(self, username: str) -> Official | None:
        """The official of a username as the single sign-on gives it; None also where they are switched off."""
        found = self.find(username)
        return found if found and found.active else None

    def find(self, key: int | str) -> Official | None:
        """The official of an id or a username (any case), switched off or not."""
        with self._reading.connect() as connection:
            return _official(connection.execute(_BY_ID if isinstance(key, int) else _BY_NAME, {"_key": _key(key)}).one_or_none())

    def entries(self) -> list[Entry]:
        """Everybody, by id."""
        counted = func.count(links.c.id)
        query = (select(*_OFFICIAL, officials.c.used, counted).outerjoin(links, links.c.official == officials.c.id)
                 .group_by(officials.c.id).order_by(officials.c.id))
        with self.engine.connect() as connection:
            return [Entry(Official(*row[:-2]), row[-2], row[-1]) for row in connection.execute(query)]

    # Registering

    def add(self, name: str, username: str, province: str | None, agency: str | None, role: str = "reader") -> Official:
        """Register a person whose data `bot.officials.roster` has checked. Raises Taken."""
        values = {"name": name, "username": _key(username), "province": province, "agency": agency, "role": role}
        try:
            with writing(self.engine) as connection:
                self._insert(connection, values)
        except IntegrityError as error:
            raise Taken(username) from error
        return self._present(username)

    def put(self, people: Sequence[dict[str, Any]]) -> tuple[list[Official], list[Official]]:
        """Register people, or change those whose username is known, all or none: (the new ones, the changed ones).

        Each is {name, username, province, agency, role}; whether somebody is switched off stays as it is.
        """
        new, changed = [], []
        with writing(self.engine) as connection:
            for person in people:
                values = {**person, "username": _key(person["username"])}
                known = connection.execute(select(*_OFFICIAL).where(officials.c.username == values["username"])).one_or_none()
                if known is None:
                    self._insert(connection, values)
                    new.append(values["username"])
                elif any(known._mapping[key] != value for key, value in values.items()):
                    connection.execute(update(officials).where(officials.c.id == known.id).values(**values))
                    changed.append(values["username"])
        self._cache.clear()
        return [self._present(name) for name in new], [self._present(name) for name in changed]

    def set_active(self, official: int, active: bool) -> None:
        """Switch an official on or off; off also ends their open linking code, on begins a new idle time."""
        with writing(self.engine) as connection:
            change = {"active": True, "used": self.clock()} if active else {"active": False}
            connection.execute(update(officials).where(officials.c.id == official).values(**change))
            if not active:
                connection.execute(delete(codes).where(codes.c.official == official, codes.c.used.is_(None)))
        self._cache.clear()
        self._touched.pop(official, None)

    def disable_idle(self, audit: Audit, days: float = IDLE_DAYS) -> list[Official]:
        """Switch off whoever has not used the assistant for `days` days (since registration where never); who that was.

        To be called daily. An administrator switches them on again.
        """
        before = self.clock() - days * _DAY
        idle = (officials.c.active.is_(True), officials.c.used < before)
        with writing(self.engine) as connection:
            found = [Official(*row) for row in connection.execute(select(*_OFFICIAL).where(*idle))]
            connection.execute(update(officials).where(*idle).values(active=False))
            connection.execute(delete(codes).where(codes.c.official.in_([o.id for o in found]), codes.c.used.is_(None)))
        self._cache.clear()
        for official in found:
            audit.note("disable", official=official, who="troly", outcome="idle")
        return found

    def touch(self, official: Official) -> None:
        """Note that the official uses the assistant; written at most once an hour."""
        now = self.clock()
        if abs(now - self._touched.get(official.id, 0.0)) < _TOUCHED:
            return
        with writing(self.engine, single=True) as connection:
            connection.execute(update(officials).where(officials.c.id == official.id, officials.c.used < now).values(used=now))
        self._touched[official.id] = now

    # Links

    def links_of(self, official: Official) -> list[Link]:
        """The official's chat accounts, dead ones too, the oldest first."""
        return self.all_links(official.id)

    def all_links(self, official: int | None = None) -> list[Link]:
        """The chat accounts of one official or of everybody."""
        query = select(links.c.official, links.c.channel, links.c.user, links.c.chat, links.c.linked, links.c.dead).order_by(links.c.id)
        with self.engine.connect() as connection:
            rows = connection.execute(query if official is None else query.where(links.c.official == official))
            return [Link(*row) for row in rows]

    def link(self, official: Official, channel: str, user: str, chat: str) -> None:
        """Give a chat account to an official. Raises Taken if it is linked already."""
        try:
            with writing(self.engine) as connection:
                insert_link(connection, official.id, channel, user, chat, self.clock())
        except IntegrityError as error:
            raise Taken(f"{channel}:{user}") from error
        self.forget(channel, user)

    def unlink(self, channel: str, user: str) -> bool:
        """Take a chat account away from its official; was it linked?"""
        with writing(self.engine) as connection:
            gone = connection.execute(delete(links).where(links.c.channel == channel, links.c.user == user)).rowcount
        self.forget(channel, user)
        return bool(gone)

    def mark_dead(self, channel: str, chat: str) -> None:
        """The person of a chat blocked us or is gone: nothing more is pushed there until they write again."""
        self._set_dead(self.clock(), channel, chat)

    def revive(self, channel: str, chat: str) -> None:
        """The person of a chat can be written to again."""
        self._set_dead(None, channel, chat)

    def forget(self, channel: str, user: str) -> None:
        """Look the account up anew next time."""
        self._cache.pop((channel, user), None)

    def _set_dead(self, dead: float | None, channel: str, chat: str) -> None:
        with self._reading.connect() as connection:
            known = connection.execute(_LINK_TO_CHANGE, {"_channel": channel, "_chat": chat}).one_or_none()
        if known is None or (known.dead is None) == (dead is None):
            return  # nearly always: reading takes no lock
        other = links.c.dead.is_(None) if dead is not None else links.c.dead.is_not(None)
        with writing(self.engine, single=True) as connection:
            connection.execute(update(links).where(links.c.channel == channel, links.c.chat == chat, other).values(dead=dead))

    def _insert(self, connection: Connection, values: dict[str, Any]) -> None:
        now = self.clock()
        connection.execute(insert(officials).values(**values, active=True, created=now, used=now))

    def _present(self, username: str) -> Official:
        found = self.find(username)
        assert found is not None, "officials are switched off, never deleted"
        return found


def insert_link(connection: Connection, official: int, channel: str, user: str, chat: str, now: float) -> None:
    """Add a link within a transaction. Raises IntegrityError if the account or the chat is linked already."""
    connection.execute(insert(links).values(official=official, channel=channel, user=user, chat=chat, linked=now))


def find_links(connection: Connection, channel: str, user: str, chat: str) -> Iterable[Row[Any]]:
    """The links that stand in the way of a new one for this account and chat."""
    same = or_(links.c.user == user, links.c.chat == chat)
    return connection.execute(select(links.c.official, links.c.user).where(links.c.channel == channel, same)).all()


def _official(row: Row[Any] | None) -> Official | None:
    return None if row is None else Official(*row)


def _key(key: int | str) -> int | str:
    return key if isinstance(key, int) else key.strip().lower()
