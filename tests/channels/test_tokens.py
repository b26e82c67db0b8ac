"""The pair of tokens in the database: one renewal at a time among processes, and no refresh token lost or used twice."""

from __future__ import annotations

import asyncio
import multiprocessing
import threading
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Engine, select

from bot.channels.port import Remedy, SendFailed
from bot.channels.renewal import Renewal
from bot.channels.tokens import Pair, TokenStore, channel_tokens
from knowledge.store import open_engine
from knowledge.store.errors import StoreError
from tests.channels.cases import in_loop
from tests.channels.renewing import renew

NEW = Pair("a1", "r1", 2_000.0)


class Provider:
    """Gives a pair for the present refresh token only."""

    def __init__(self, first: str = "r0") -> None:
        self.refresh, self.trades = first, 0
        self.pause = 0.0

    async def trade(self, refresh: str) -> Pair:
        await asyncio.sleep(self.pause)
        if refresh != self.refresh:
            raise SendFailed(Remedy.STOP_CHANNEL, "used")
        self.trades += 1
        self.refresh = f"r{self.trades}"
        return Pair(f"a{self.trades}", self.refresh, 1_000.0 + 3_600)


class Flaky(TokenStore):
    """A database that is away while `away`."""

    away = False

    def save(self, old: Pair, new: Pair) -> bool:
        if self.away:
            raise StoreError("away")
        return super().save(old, new)


def test_lease(engine: Engine) -> None:
    clock = [1_000.0]
    store, other = (TokenStore(engine, "zalo_oa", now=lambda: clock[0]) for _ in range(2))
    store.open("r0")
    other.open("r0")
    assert store.read() == Pair("", "r0", 0.0)
    assert store.take("one", 60) == Pair("", "r0", 0.0)
    assert other.take("two", 60) is None
    other.release("two")
    assert other.take("two", 60) is None  # only the holder gives a lease back
    store.release("one")
    assert other.take("two", 60) is not None
    clock[0] += 61
    taken = store.take("one", 60)  # the other died
    assert taken is not None
    assert store.save(taken, NEW)
    assert other.read() == NEW
    assert not other.save(taken, Pair("x", "y", 0.0))  # the dead one awoke; its trade was for a pair that is gone
    assert other.take("two", 60) == NEW


def test_a_new_first_token_starts_anew(engine: Engine) -> None:
    store = TokenStore(engine, "zalo_oa")
    store.open("r0")
    store.save(store.read(), NEW)
    store.open("r0")
    assert store.read() == NEW
    store.open("given again")
    assert store.read() == Pair("", "given again", 0.0)
    TokenStore(engine, "another").open("r0")
    assert store.read().refresh == "given again"


def test_opening_at_once(engine: Engine) -> None:
    failed: list[BaseException] = []

    def open_one() -> None:
        try:
            TokenStore(engine, "zalo_oa").open("r0")
        except BaseException as error:  # noqa: BLE001
            failed.append(error)

    threads = [threading.Thread(target=open_one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert TokenStore(engine, "zalo_oa").read().refresh == "r0"


def test_tokens_are_not_shown() -> None:
    assert "a1" not in repr(NEW) and "r1" not in f"{NEW}"


@in_loop
async def test_a_new_pair_is_used_while_the_database_is_away_and_saved_later() -> None:
    engine, provider = open_engine("sqlite://"), Provider()
    store = Flaky(engine, "zalo_oa", now=lambda: 1_000.0)
    renewal = Renewal(store, "r0", provider.trade, now=lambda: 1_000.0)
    store.away = True
    assert [await renewal.token() for _ in range(3)] == ["a1"] * 3
    assert store.read().refresh == "r0" and provider.trades == 1
    store.away = False
    assert await renewal.token() == "a1"
    assert store.read().refresh == "r1" and provider.trades == 1
    assert await Renewal(store, "r0", provider.trade, now=lambda: 1_000.0).token() == "a1"


@in_loop
async def test_a_database_that_cannot_be_read_is_tried_again() -> None:
    engine = open_engine("sqlite://")
    store = Flaky(engine, "zalo_oa")
    store.open = lambda first: (_ for _ in ()).throw(StoreError("away"))  # type: ignore[method-assign, assignment]
    with pytest.raises(SendFailed) as caught:
        await Renewal(store, "r0", Provider().trade).token()
    assert caught.value.remedy is Remedy.RETRY


@in_loop
async def test_who_was_frozen_for_longer_than_its_lease_takes_the_others_pair() -> None:
    engine, clock = open_engine("sqlite://"), [1_000.0]
    provider, store = Provider(), TokenStore(engine, "zalo_oa", now=lambda: clock[0])

    async def frozen(refresh: str) -> Pair:
        clock[0] += 61
        other = Renewal(store, "r0", provider.trade, now=lambda: clock[0])
        assert await other.token() == "a1"
        return await provider.trade(refresh)

    assert await Renewal(store, "r0", frozen, lease=60, now=lambda: clock[0]).token() == "a1"
    assert provider.trades == 1


@in_loop
async def test_a_failed_trade_frees_the_lease_for_others() -> None:
    engine, provider = open_engine("sqlite://"), Provider()
    store = TokenStore(engine, "zalo_oa", now=lambda: 1_000.0)

    async def away(refresh: str) -> Pair:
        raise SendFailed(Remedy.RETRY, "away")

    with pytest.raises(SendFailed):
        await Renewal(store, "r0", away, now=lambda: 1_000.0).token()
    assert await Renewal(store, "r0", provider.trade, now=lambda: 1_000.0).token() == "a1"


@in_loop
async def test_a_refusal_during_a_search_gets_another_token() -> None:
    engine, provider = open_engine("sqlite://"), Provider()
    store = TokenStore(engine, "zalo_oa", now=lambda: 1_000.0)
    assert await Renewal(store, "r0", provider.trade, now=lambda: 1_000.0).token() == "a1"
    renewal = Renewal(store, "r0", provider.trade, now=lambda: 1_000.0)
    assert await asyncio.gather(renewal.token(), renewal.token(refused="a1")) == ["a1", "a2"]


def test_processes_never_use_a_refresh_token_twice(engine: Engine, tmp_path: Path) -> None:
    ledger = tmp_path / "used"
    ledger.mkdir()
    url = engine.url.render_as_string(hide_password=False)
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=renew, args=(url, str(ledger), 6)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0]
    used = sorted(int(path.name[1:]) for path in ledger.iterdir())
    assert used == list(range(len(used))) and 6 <= len(used) <= 12
    assert TokenStore(engine, "zalo_oa").read().refresh == f"r{len(used)}"


def test_tokens_are_kept_encrypted(engine: Engine) -> None:
    key, clock = Fernet.generate_key().decode(), [1_000.0]
    plain = TokenStore(engine, "zalo_oa", now=lambda: clock[0])
    plain.open("r0")
    store = TokenStore(engine, "zalo_oa", key=key, now=lambda: clock[0])
    store.open("r0")
    old = store.take("one", 60)
    assert old == Pair("", "r0", 0.0), "what was kept before there was a key is read"
    long = Pair("mã-truy-cập-dài", "mã-làm-mới-dài", 2_000.0)  # too long to stand in a cipher by chance
    assert store.save(old, long) and store.read() == long
    with engine.connect() as connection:
        row = connection.execute(select(channel_tokens)).one()
    assert long.access not in row.access and long.refresh not in row.refresh
    taken = store.take("one", 60)
    assert taken is not None and store.save(taken, Pair("a2", "r2", 3_000.0))
    assert not store.save(taken, NEW), "no longer the pair that is kept"
    assert store.read() == Pair("a2", "r2", 3_000.0)


@pytest.mark.parametrize("key", ["", Fernet.generate_key().decode()], ids=["no key", "another key"])
def test_without_their_key_tokens_stop_the_channel(engine: Engine, key: str) -> None:
    TokenStore(engine, "zalo_oa", key=Fernet.generate_key().decode()).open("r0")

    async def run() -> None:
        with pytest.raises(SendFailed) as failed:
            await Renewal(TokenStore(engine, "zalo_oa", key=key), "r0", Provider().trade).token()
        assert failed.value.remedy is Remedy.STOP_CHANNEL and "TROLY_TOKEN_KEY" in failed.value.reason

    in_loop(run())
