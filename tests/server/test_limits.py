"""Token buckets, and whose address a request comes from."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

import pytest
from aiohttp.test_utils import make_mocked_request
from hypothesis import given
from hypothesis import strategies as st

from bot.server.limits import Buckets, client_address, neighbourhood


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_gives_its_burst_and_then_its_rate() -> None:
    clock = Clock()
    buckets = Buckets(2, 3, clock=clock)
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 0.5]
    assert buckets.take("b") == 0
    clock.now = 0.5
    assert buckets.take("a") == 0 and buckets.take("a") > 0
    clock.now = 1000
    assert [buckets.take("a") == 0 for _ in range(4)] == [True, True, True, False]


def test_only_the_latest_keys_are_remembered() -> None:
    buckets = Buckets(1, 1, most=100)
    for number in range(1000):
        buckets.take(number)
    assert len(buckets) == 100 and buckets.take(999) > 0 and buckets.take(1) == 0


@given(st.lists(st.floats(0, 10), max_size=60), st.floats(0.1, 20), st.integers(1, 10))
def test_never_more_than_burst_and_rate_allow(pauses: list[float], rate: float, burst: int) -> None:
    clock, taken = Clock(), 0
    buckets = Buckets(rate, burst, clock=clock)
    for pause in pauses:
        clock.now += pause
        wait = buckets.take("x")
        taken += wait == 0
        assert 0 <= wait <= 1 / rate + 1e-6
    assert taken <= burst + clock.now * rate + 1e-6


PROXY = (ipaddress.ip_network("10.0.0.0/24"),)


@pytest.mark.parametrize(("remote", "headers", "trusted", "expected"), [
    ("1.2.3.4", [], (), "1.2.3.4"),
    ("1.2.3.4", [("X-Forwarded-For", "5.6.7.8")], (), None),          # an undeclared proxy, or a liar
    ("127.0.0.1", [("Forwarded", "for=5.6.7.8")], (), None),
    ("1.2.3.4", [("X-Forwarded-For", "5.6.7.8")], PROXY, None),
    ("10.0.0.9", [("X-Forwarded-For", "5.6.7.8")], PROXY, "5.6.7.8"),
    ("10.0.0.9", [("X-Forwarded-For", "127.0.0.1, 5.6.7.8, 10.0.0.7")], PROXY, "5.6.7.8"),   # what the client wrote itself does not count
    ("10.0.0.9", [("X-Forwarded-For", "127.0.0.1"), ("X-Forwarded-For", "5.6.7.8")], PROXY, "5.6.7.8"),
    ("10.0.0.9", [("X-Forwarded-For", "nonsense")], PROXY, None),
    ("10.0.0.9", [], PROXY, None),
    ("::ffff:1.2.3.4", [], (), "1.2.3.4"),
    (None, [], (), None),
])
def test_whose_address(
    remote: str | None, headers: list[tuple[str, str]], trusted: Sequence[ipaddress.IPv4Network], expected: str | None
) -> None:
    from multidict import CIMultiDict

    request = make_mocked_request("GET", "/", headers=CIMultiDict(headers)).clone(remote=remote)
    assert client_address(request, trusted) == expected


def test_a_subscriber_of_ipv6_is_one_caller() -> None:
    assert neighbourhood("2001:db8:1:2:3::4") == neighbourhood("2001:db8:1:2:9:9:9:9") != neighbourhood("2001:db8:1:3::4")
    assert neighbourhood("1.2.3.4") == neighbourhood("::ffff:1.2.3.4") == "1.2.3.4"
