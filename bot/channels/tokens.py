"""Where a channel's pair of tokens is kept when each refresh token works only once.

The pair is shared by all processes on the database. Whoever refreshes holds the line's lease meanwhile (no transaction stays open
over a call to the provider), reads the pair again after taking it, and saves the new pair and gives the lease back in one statement.
With a key the tokens are encrypted (Fernet); those that were kept before there was one stay readable.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import Column, Double, Engine, MetaData, Row, String, Table, Text, select, update
from sqlalchemy.exc import IntegrityError

from bot.channels.port import Remedy, SendFailed
from knowledge.store import make_tables, writing

_ENCRYPTED = "fernet:"

metadata = MetaData()

#: One line a channel. `seed` is the fingerprint of the first refresh token, as the operator gave it: another one starts anew.
#: `holder` refreshes now, until `lease` at most. Times are UTC seconds.
channel_tokens = Table(
    "channel_tokens", metadata,
    Column("channel", String(40), primary_key=True),
    Column("seed", String(64), nullable=False),
    Column("access", Text, nullable=False),
    Column("refresh", Text, nullable=False),
    Column("expires", Double, nullable=False),
    Column("holder", String(64), nullable=False),
    Column("lease", Double, nullable=False),
)


@dataclass(frozen=True)
class Pair:
    """An access token with the second it ends, and the refresh token for the next pair. `kept`: the latter as the database has it."""

    access: str
    refresh: str
    expires: float
    kept: str = field(default="", compare=False)

    def __repr__(self) -> str:
        return f"Pair(expires={self.expires})"  # tokens don't belong into logs


class TokenStore:
    """The pair of one channel in the database. All methods block; a caller in a loop runs them in a thread.

    `key`: what the tokens are encrypted with, as `Fernet.generate_key` makes it; "" leaves them as they are. Raises ValueError for others.
    """

    def __init__(self, engine: Engine, channel: str, *, key: str = "", now: Callable[[], float] = time.time) -> None:
        self._engine, self._channel, self._now = engine, channel, now
        self._fernet = Fernet(key) if key else None
        self._mine = channel_tokens.c.channel == channel

    def open(self, first: str) -> None:
        """Make the table and the line. `first`, the operator's refresh token, replaces the pair if it is not the one it began with."""
        make_tables(self._engine, metadata)
        seed = hashlib.sha256(first.encode()).hexdigest()
        fresh = {"seed": seed, "access": "", "refresh": self._hidden(first), "expires": 0.0, "holder": "", "lease": 0.0}
        try:
            with writing(self._engine) as connection:
                known = connection.execute(select(channel_tokens.c.seed).where(self._mine)).scalar()
                if known is None:
                    connection.execute(channel_tokens.insert().values(channel=self._channel, **fresh))
                elif known != seed:
                    # `known` again: another process may have done so a moment ago, and its pair be newer than ours.
                    connection.execute(update(channel_tokens).where(self._mine, channel_tokens.c.seed == known).values(fresh))
        except IntegrityError:
            pass  # another process was first, with the same line

    def read(self) -> Pair:
        """The pair as it stands. Raises SendFailed where it was encrypted with another key."""
        with self._engine.connect() as connection:
            row = connection.execute(select(channel_tokens).where(self._mine)).one()
        return self._pair(row)

    def take(self, holder: str, seconds: float) -> Pair | None:
        """Take the lease and read the pair again; None while another holds it."""
        with writing(self._engine) as connection:
            free = channel_tokens.c.lease < self._now()
            taken = connection.execute(
                update(channel_tokens).where(self._mine, free).values(holder=holder, lease=self._now() + seconds))
            if taken.rowcount != 1:
                return None
            row = connection.execute(select(channel_tokens).where(self._mine)).one()
        return self._pair(row)

    def save(self, old: Pair, new: Pair) -> bool:
        """Keep the pair that `old` was traded for and free the lease; False (and nothing kept) where `old` is no longer the pair kept."""
        access, refresh = self._hidden(new.access), self._hidden(new.refresh)
        with writing(self._engine) as connection:
            saved = connection.execute(
                update(channel_tokens).where(self._mine, channel_tokens.c.refresh == (old.kept or old.refresh))
                .values(access=access, refresh=refresh, expires=new.expires, holder="", lease=0.0))
        return saved.rowcount == 1

    def release(self, holder: str) -> None:
        """Give the lease back without a new pair."""
        with writing(self._engine) as connection:
            connection.execute(
                update(channel_tokens).where(self._mine, channel_tokens.c.holder == holder).values(holder="", lease=0.0))

    def _hidden(self, token: str) -> str:
        """A token as the database keeps it."""
        return f"{_ENCRYPTED}{self._fernet.encrypt(token.encode()).decode()}" if self._fernet and token else token

    def _shown(self, kept: str) -> str:
        if not kept.startswith(_ENCRYPTED):
            return kept
        try:
            if self._fernet:
                return self._fernet.decrypt(kept[len(_ENCRYPTED):]).decode()
        except InvalidToken:
            pass
        raise SendFailed(Remedy.STOP_CHANNEL, "mã truy cập trong cơ sở dữ liệu được mã hóa bằng khóa khác: xem lại TROLY_TOKEN_KEY")

    def _pair(self, row: Row[Any]) -> Pair:
        return Pair(self._shown(row.access), self._shown(row.refresh), row.expires, row.refresh)
