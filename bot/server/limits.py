"""How much one address or one person may ask for: token buckets, and whose address a request comes from."""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from functools import lru_cache

from aiohttp import web

from bot.server.config import Network


class Buckets:
    """A bucket of `burst` tokens for each key, refilled with `per_second`. The `most` keys used last are remembered."""

    def __init__(self, per_second: float, burst: float, most: int = 20_000, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second, self._burst, self._most, self._clock = per_second, burst, most, clock
        self._levels: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def take(self, key: Hashable) -> float:
        """Take a token: 0.0, or where there is none the seconds until there is one again."""
        now = self._clock()
        level, since = self._levels.pop(key, (self._burst, now))
        level = min(self._burst, level + (now - since) * self._per_second)
        taken = level >= 1.0
        self._levels[key] = (level - 1.0 if taken else level, now)
        if len(self._levels) > self._most:
            self._levels.popitem(last=False)
        return 0.0 if taken else (1.0 - level) / self._per_second

    def __len__(self) -> int:
        return len(self._levels)


def client_address(request: web.BaseRequest, trusted: Iterable[Network] = ()) -> str | None:
    """Who a request comes from: the caller, or whom a trusted proxy names; None where that can't be known.

    A proxy that nobody declared makes all callers look like one: who forwards for others without being trusted is nobody's address.
    """
    remote = _plain(request.remote or "")
    forwarded = ",".join(request.headers.getall("X-Forwarded-For", ())).split(",")
    if not remote or not is_within(remote, trusted):
        return None if not remote or any(forwarded) or "Forwarded" in request.headers else remote
    for hop in reversed(forwarded):
        found = _address(hop.strip())
        if found is None:
            return None
        if not is_within(str(found), trusted):
            return str(found)
    return None


@lru_cache(maxsize=4096)
def neighbourhood(address: str) -> str:
    """What is limited as one caller: an IPv4 address, or the /64 that one IPv6 subscriber has to themselves."""
    found = _address(address)
    return str(ipaddress.ip_network((found, 64), strict=False)) if isinstance(found, ipaddress.IPv6Address) else str(found)


def is_within(address: str, networks: Iterable[Network]) -> bool:
    """Does the address belong to one of the networks?"""
    found = _address(address)
    return found is not None and any(found in network for network in networks)


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    """An address in its one way of writing; "" for what is none."""
    return str(_address(text) or "")


@lru_cache(maxsize=4096)
def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
