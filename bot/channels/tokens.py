"""Where a channel's pair of tokens is kept when each refresh token works only once.

The pair is shared by all processes on the database. Whoever refreshes holds the line's lease meanwhile (no transaction stays open
over a call to the provider), reads the pair again after taking it, and saves the new pair and gives the lease back in one statement.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Column, Double, Engine, MetaData, String, Table, Text, select, update
from sqlalchemy.exc import IntegrityError

from knowledge.store import make_tables, writing

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
    """An access token with the second it ends, and the refresh token for the next pair."""

    access: str
    refresh: str
    expires: float

    def __repr__(self) -> str:
        return f"Pair(expires={self.expires})"  # tokens don't belong into logs


class TokenStore:
    """The pair of one channel in the database. All methods block; a caller in a loop runs them in a thread."""

    def __init__(self, engine: Engine, channel: str, *, now: Callable[[], float] = time.time) -> None:
        self._engine, self._channel, self._now = engine, channel, now
        self._mine = channel_tokens.c.channel == channel

    def open(self, first: str) -> None:
        """Make the table and the line. `first`, the operator's refresh token, replaces the pair if it is not the one it began with."""
        make_tables(self._engine, metadata)
        seed = hashlib.sha256(first.encode()).hexdigest()
        fresh = {"seed": seed, "access": "", "refresh": first, "expires": 0.0, "holder": "", "lease": 0.0}
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
        """The pair as it stands."""
        with self._engine.connect() as connection:
            row = connection.execute(select(channel_tokens).where(self._mine)).one()
        return Pair(row.access, row.refresh, row.expires)

    def take(self, holder: str, seconds: float) -> Pair | None:
        """Take the lease and read the pair again; None while another holds it."""
        with writing(self._engine) as connection:
            free = channel_tokens.c.lease < self._now()
            taken = connection.execute(
                update(channel_tokens).where(self._mine, free).values(holder=holder, lease=self._now() + seconds))
            if taken.rowcount != 1:
                return None
            row = connection.execute(select(channel_tokens).where(self._mine)).one()
        return Pair(row.access, row.refresh, row.expires)

    def save(self, old: Pair, new: Pair) -> bool:
        """Keep the pair that `old` was traded for and free the lease; False (and nothing kept) where `old` is no longer the pair kept."""
        with writing(self._engine) as connection:
            saved = connection.execute(update(channel_tokens).where(self._mine, channel_tokens.c.refresh == old.refresh).values(
                access=new.access, refresh=new.refresh, expires=new.expires, holder="", lease=0.0))
        return saved.rowcount == 1

    def release(self, holder: str) -> None:
        """Give the lease back without a new pair."""
        with writing(self._engine) as connection:
            connection.execute(
                update(channel_tokens).where(self._mine, channel_tokens.c.holder == holder).values(holder="", lease=0.0))
