"""Whatever arrives, `receive` gives events or says Forbidden or Malformed: never anything else."""

from __future__ import annotations

import copy
import json
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.port import Channel, Forbidden, Incoming, Malformed, Request
from tests.channels.cases import AT, CASES, Case

QUICKLY = settings(
    deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck), max_examples=200)
IDS = [case.name for case in CASES]
CHANNELS = {case.name: case.make() for case in CASES}
BODIES = {
    case.name: [json.dumps(fixture["payload"], ensure_ascii=False).encode() for _, fixture in case.fixtures()] for case in CASES
}
LEAVES: list[Any] = [
    None, True, False, 0, -1, 1, 10**40, 1e308, float("inf"), float("nan"), "", "0", "a", "\0", "\ud800", "đ" * 300, [], {}, [[]],
    {"id": 1}, "kicked", "group", "GROUP", "follow", "user_send_text", "message.text.received", "#key", 253402300800000, -10**18,
    "1" * 5000,
]
WORDS = [
    "update_id", "message", "callback_query", "my_chat_member", "from", "chat", "id", "text", "data", "date", "result", "ok", "event_name",
    "message_id", "sender", "follower", "timestamp", "msg_id", "new_chat_member", "status", "reply_markup", "inline_keyboard", "photo",
]
HEADERS = ["x-zevent-signature", "x-zevent-timestamp", "x-bot-api-secret-token", "x-telegram-bot-api-secret-token"]
VALUES = ["", "mac=", "mac=" + "0" * 64, "9" * 30, "-1", "1e5", "\ud800", "é", "\0", "x" * 5000, str(int(AT.timestamp()))]
seeds = st.integers(0, 2**48)  # a tree grown from a number is made far faster than by hypothesis piece by piece


def grown(random: Random, depth: int = 5) -> Any:
    """Some JSON, of the words that providers use and the values that they should not."""
    kind = random.random() if depth else 0.0
    if kind < 0.35:
        return random.choice(LEAVES)
    if kind < 0.45:
        return [grown(random, depth - 1) for _ in range(random.randrange(4))]
    return {random.choice(WORDS): grown(random, depth - 1) for _ in range(random.randrange(1, 9))}


def judge(channel: Channel, request: Request) -> None:
    try:
        events = channel.receive(request)
    except (Forbidden, Malformed):
        return
    for event in events:
        assert event.user and event.chat and event.event_id and len(event.event_id) <= 255 and len(event.conversation) <= 255
        stored = json.dumps(event.as_dict(), ensure_ascii=False)
        stored.encode()  # no half characters
        assert "\0" not in event.text + event.display_name
        assert Incoming.from_dict(json.loads(stored)) == event


def paths(tree: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [at, *(path for key, value in inner for path in paths(value, (*at, key)))]


def replaced(tree: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    changed = copy.deepcopy(tree)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return changed


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_any_field_replaced_by_anything(case: Case) -> None:
    """Every field of every fixture in turn, replaced by each of the odd values: no chance left to chance."""
    channel, cases = CHANNELS[case.name], 0
    for _, fixture in case.fixtures():
        for path in paths(fixture["payload"]):
            for leaf in LEAVES:
                judge(channel, case.request(json.dumps(replaced(fixture["payload"], path, leaf)).encode()))
                cases += 1
    assert cases > 2000


@pytest.mark.parametrize("case", CASES, ids=IDS)
@given(seed=seeds)
@QUICKLY
def test_any_json(case: Case, seed: int) -> None:
    judge(CHANNELS[case.name], case.request(json.dumps(grown(Random(seed))).encode()))


@pytest.mark.parametrize("case", CASES, ids=IDS)
@given(body=st.binary(max_size=200), cut=st.integers(0, 400), which=st.integers(0, 100))
@QUICKLY
def test_any_bytes(case: Case, body: bytes, cut: int, which: int) -> None:
    """Signed by the provider, or so it seems: noise, and genuine bodies with noise in them."""
    genuine = BODIES[case.name][which % len(BODIES[case.name])]
    for whole in (body, genuine[:cut] + body + genuine[cut:]):
        judge(CHANNELS[case.name], case.request(whole))


@pytest.mark.parametrize("case", CASES, ids=IDS)
@given(seed=seeds, text=st.text(max_size=40))
@QUICKLY
def test_any_headers_prove_nothing(case: Case, seed: int, text: str) -> None:
    random = Random(seed)
    headers = {name: random.choice([*VALUES, text, "mac=" + text]) for name in random.sample(HEADERS, random.randrange(5))}
    body = json.dumps(grown(random)).encode()
    try:
        assert CHANNELS[case.name].receive(Request(body, headers, AT)) == []
        assert body == b"{}"
    except (Forbidden, Malformed):
        pass
