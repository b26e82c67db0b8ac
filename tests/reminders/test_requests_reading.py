"""Which messages are orders about reminders, to which work and for when; and that no question is taken for one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import yaml

from bot.reminders.calendar import ZONE
from bot.reminders.orders import LONGEST, Order, read_order
from bot.reminders.targets import Target
from bot.reminders.times import At, Every, Lead, Unclear

TESTS = Path(__file__).parents[1]
NOW = datetime(2025, 12, 10, 9, 0, tzinfo=ZONE)
CASES = yaml.safe_load((Path(__file__).parent / "orders.yml").read_text(encoding="utf-8"))


def written(order: Order | None) -> str:
    """An order as `orders.yml` writes it."""
    if order is None:
        return "none"
    return " | ".join([order.kind, _work(order.target), _time(order)])


def _work(target: Target) -> str:
    if target.number:
        return ("ct " if target.kind == "indicator" else "") + target.number
    if target.place:
        return f"@{target.place}"
    return "this" if target.pointing else "all" if target.every else target.words or "-"


def _time(order: Order) -> str:
    when = order.when
    if isinstance(when, At):
        return f"{when.moment:%Y-%m-%d %H:%M}"
    if isinstance(when, Lead):
        return f"-{when.days}"
    return when.rrule if isinstance(when, Every) else "?" if isinstance(when, Unclear) else "-"


def cases() -> Iterator[tuple[str, str]]:
    for kind, lines in CASES.items():
        for line in lines:
            message, *expected = (part.strip() for part in str(line).split("|"))
            yield message, "none" if kind == "none" else " | ".join([kind, *(expected or ["-", "-"])])


@pytest.mark.parametrize(("message", "expected"), cases())
def test_messages_are_read_as_meant(message: str, expected: str) -> None:
    assert written(read_order(message, NOW)) == expected


def test_there_are_hundreds_of_each() -> None:
    found = list(cases())
    assert len(found) == len({message for message, _ in found}), "a message stands twice"
    assert sum(expected == "none" for _, expected in found) >= 100 and sum(expected != "none" for _, expected in found) >= 200


def questions() -> Iterator[str]:
    """All questions that the assistant is tested on."""
    for path in sorted((TESTS / "evaluation").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            asked = json.loads(line)
            if asked.get("category") != "command":
                yield from _texts(asked)
    for path in sorted((TESTS / "nlu").glob("*.yml")):
        if path.stem != "out_of_scope":  # "nhắc tôi uống thuốc" is there, and is an order by its form
            yield from _texts(yaml.safe_load(path.read_text(encoding="utf-8")))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(inner)


def test_no_question_of_the_assistants_tests_is_taken_for_an_order() -> None:
    asked = set(questions())
    assert len(asked) > 4000
    taken = {text: order for text in asked if (order := read_order(text, NOW)) and (order.kind != "done" or order.target != Target())}
    assert taken == {}


@pytest.mark.parametrize("message", [
    "", " ", "?", "nhắc em " * LONGEST, "\0", "\ud800", "nhắc em nhiệm vụ " + "9" * 50, "🙏", "nhắc " * 50])
def test_odd_messages_are_read_without_trouble(message: str) -> None:
    order = read_order(message, NOW)
    assert order is None or order.kind == "remind"
