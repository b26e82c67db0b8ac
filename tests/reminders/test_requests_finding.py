"""Rows found by words in the shipped annex, and the row told last as the conversations' store keeps it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from bot.assistant.tracker_schema import conversations, metadata
from bot.officials.official import Official
from bot.reminders.calendar import ZONE
from bot.reminders.finding import Finder, LastRow
from bot.reminders.requests import Requests
from knowledge.parsers.read import read_plan
from knowledge.services.ask import Context
from knowledge.services.ask.base import KnowledgeBase, PlanHead
from knowledge.store import PlanStore, migrate, open_engine

PLANS = Path(__file__).resolve().parents[2] / "knowledge" / "plans"
ANNEX = "hg-kh-2025-phu-luc"
NOW = datetime(2025, 12, 10, 9, 0, tzinfo=ZONE)
PLAN = read_plan(PLANS / f"{ANNEX}.txt", {"id": ANNEX, "title": "Phụ lục", "province": "hau-giang"})


@pytest.fixture(scope="module")
def finder() -> Finder:
    kb = KnowledgeBase([PlanHead(PLAN.id, PLAN.title, PLAN.province)], PLAN.rows)
    return Finder(lambda: kb, lambda: NOW)


@pytest.mark.parametrize(("words", "first"), [
    ("đề án đô thị thông minh", "18"), ("do thi thong minh", "18"), ("Đề án phát triển đô thị thông minh", "18"),
])
def test_rows_are_found_by_words(finder: Finder, words: str, first: str) -> None:
    assert [row.no for row in finder(words, "hau-giang")][:1] == [first]


@pytest.mark.parametrize("words", ["họp chi bộ", "uống thuốc", "đón con", "đám cưới"])
def test_what_no_plan_holds_is_not_found(finder: Finder, words: str) -> None:
    assert finder(words, "hau-giang") == ()


def test_an_order_by_words_and_one_by_pointing(finder: Finder, tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'troly.db'}")
    migrate(engine)
    metadata.create_all(engine)
    PlanStore(engine).save(PLAN)
    now = [NOW]
    requests = Requests(engine, find=finder, last_row=LastRow(engine, lambda: now[0]))
    an = Official(1, "An", "an", "hau-giang", "Sở Xây dựng", "officer")
    by_words = requests.handle(an, "telegram:1", "nhắc em đề án đô thị thông minh trước 1 tháng", NOW)
    assert by_words and "nhiệm vụ 18 “" in by_words.text and "trước hạn 30 ngày" in by_words.text

    def tell(conversation: str, *focus: str) -> None:
        state = {"slots": {"context": Context(focus=focus).as_dict(NOW)}, "waits": []}
        with engine.begin() as connection:
            connection.execute(insert(conversations).values(id=conversation, last=1, session=1, state=json.dumps(state), updated=0.0))

    tell("telegram:2", f"{ANNEX}#task:24")
    tell("telegram:3", f"{ANNEX}#task:24", f"{ANNEX}#task:25")
    pointing = requests.handle(an, "telegram:2", "tắt nhắc việc này", NOW)
    assert pointing and "nhiệm vụ 24" in pointing.text
    for conversation in ("telegram:3", "telegram:4"):
        asked = requests.handle(an, conversation, "tắt nhắc việc này", NOW)
        assert asked and asked.outcome == "clarify"
    now[0] += timedelta(minutes=31)
    later = requests.handle(an, "telegram:2", "tắt nhắc việc này", now[0])
    assert later and later.outcome == "clarify"
    engine.dispose()
