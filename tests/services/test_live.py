"""An accepted import is answered by every process on the database soon after, without a restart."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.settings import ROOT
from knowledge.entities.finder import finder_in_use
from knowledge.model import Plan, Row, Source
from knowledge.services.ask import base, loading, stored
from knowledge.services.ask.live import LiveKnowledge
from knowledge.services.ask.packed import newest
from knowledge.store import PlanStore

NOW = datetime(2025, 5, 20, tzinfo=timezone.utc)
QUESTION = "ai chủ trì nuôi ong lấy mật?"
#: What an assistant does in a turn, one question a line.
ASSISTANT = """
import sys
from datetime import datetime, timezone
from actions.knowledge import knowledge_base
from knowledge.services.ask import Question, answer
for line in sys.stdin:
    reply = answer(Question.of(line, "ask_lead", datetime.now(timezone.utc)), knowledge_base())
    print(" ".join(reply.refs), flush=True)
"""


def plan(plan_id: str, *names: str) -> Plan:
    rows = [Row(plan_id, "task", str(n), name, Source("t.txt"), lead=("Sở Y tế",)) for n, name in enumerate(names, 1)]
    return Plan(plan_id, f"Kế hoạch {plan_id}", "t.txt", rows=tuple(rows))


class Assistant:
    """A process that answers."""

    def __init__(self, url: str, var: Path) -> None:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "TROLY_DATABASE_URL": url, "TROLY_VAR": str(var)}
        self._process = subprocess.Popen([sys.executable, "-c", ASSISTANT], env=environment, text=True, encoding="utf-8",
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, text: str) -> str:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(text + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()

    def stop(self) -> None:
        self._process.communicate()


@pytest.fixture
def assistants(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[list[Assistant]]:
    """Two processes on one database that have answered a question each."""
    PlanStore(engine).save(plan("cu", "Xây dựng đô thị thông minh", "Khám sức khỏe học sinh"))
    started = [Assistant(database_url, tmp_path / f"var{n}") for n in range(2)]
    for one in started:
        assert one.ask("ai chủ trì xây dựng đô thị thông minh?") == "cu#task:1"
    yield started
    for one in started:
        one.stop()


def test_every_process_answers_an_import(engine: Engine, assistants: list[Assistant]) -> None:
    assert [one.ask(QUESTION) for one in assistants] == ["", ""]
    PlanStore(engine).save(plan("moi", "Phát triển nghề nuôi ong lấy mật"))
    end, waiting = time.monotonic() + 30, list(assistants)
    while waiting and time.monotonic() < end:
        waiting = [one for one in waiting if one.ask(QUESTION) != "moi#task:1"]
        time.sleep(0.02)
    assert not waiting


def test_a_withdrawn_plan_is_answered_no_more(engine: Engine, assistants: list[Assistant]) -> None:
    PlanStore(engine).withdraw("cu")
    end, waiting = time.monotonic() + 30, list(assistants)
    while waiting and time.monotonic() < end:
        waiting = [one for one in waiting if one.ask("ai chủ trì xây dựng đô thị thông minh?")]
        time.sleep(0.02)
    assert not waiting


def test_agencies_that_only_a_plan_names_are_found_in_questions(engine: Engine) -> None:
    live = LiveKnowledge(engine, check_every=0.1)
    try:
        task = dataclasses.replace(plan("moi", "Nuôi ong lấy mật").rows[0], lead=("Hội Nuôi ong tỉnh",))
        PlanStore(engine).save(dataclasses.replace(plan("moi", "Nuôi ong lấy mật"), rows=(task,)))
        assert soon(live, "nuôi ong", "moi#task:1")
        found = finder_in_use().find("việc của Hội Nuôi ong tỉnh", NOW)
        assert [(e.kind, e.text) for e in found] == [("agency", "Hội Nuôi ong tỉnh")]
    finally:
        live.close()


def soon(live: LiveKnowledge, text: str, ref: str, seconds: float = 30) -> bool:
    """Does a search find the row first before the time is over?"""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        hits = live.current.search(text)
        if hits and hits[0].row.ref == ref:
            return True
        time.sleep(0.02)
    return False


def test_what_is_the_same_is_taken_over(engine: Engine) -> None:
    store = PlanStore(engine)
    store.save(plan("cu", "Xây dựng đô thị thông minh"))
    store.save(plan("sua", "Đào giếng nước"))
    first = loading.load_knowledge(engine)
    store.save(plan("sua", "Khoan giếng nước"))
    second = loading.load_knowledge(engine, before=first)
    assert second.by_ref["cu#task:1"] is first.by_ref["cu#task:1"]
    fresh = loading.load_knowledge(engine)
    for text in ("đô thị thông minh", "khoan giếng", "đào giếng"):
        assert second.index.read(text) == fresh.index.read(text)
        assert second.search(text) == fresh.search(text)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rows are a large base, and one row beside the index is too many."""
    monkeypatch.setattr(loading, "LARGE", 1)
    monkeypatch.setattr(stored, "LARGE", 3)
    monkeypatch.setattr(stored, "OUTGROWN", 1)


@pytest.mark.usefixtures("large")
def test_a_large_base_answers_imports_and_renews_its_index(engine: Engine, tmp_path: Path) -> None:
    store = PlanStore(engine)
    store.save(plan("cu", "Xây dựng đô thị thông minh", "Khám sức khỏe học sinh"))
    live = LiveKnowledge(engine, tmp_path, 0.1)
    try:
        assert live.current.stored and soon(live, "đô thị thông minh", "cu#task:1")
        place = stored.folder_for(engine, tmp_path)
        built = newest(place)
        store.save(plan("moi", "Nuôi ong lấy mật"))
        assert soon(live, "nuôi ong", "moi#task:1")
        assert newest(place) == built, "one row is kept beside the index"
        store.save(plan("cu", "Xây dựng nhà văn hóa"))
        assert soon(live, "nhà văn hóa", "cu#task:1")
        assert not live.current.search("khám sức khỏe học sinh"), "of the version before"
        deadline = time.monotonic() + 30
        while live.current.stored.outgrown and time.monotonic() < deadline:
            time.sleep(0.1)
        assert newest(place) != built and soon(live, "nuôi ong", "moi#task:1")
    finally:
        live.close()


@pytest.mark.usefixtures("large")
def test_a_damaged_index_is_built_again(engine: Engine, tmp_path: Path) -> None:
    PlanStore(engine).save(plan("cu", "Xây dựng đô thị thông minh", "Khám sức khỏe học sinh"))
    loading.load_knowledge(engine, tmp_path)
    for file in tmp_path.rglob("forward.bin"):
        file.write_bytes(b"")
    assert loading.load_knowledge(engine, tmp_path).search("đô thị thông minh")[0].row.ref == "cu#task:1"


@pytest.mark.usefixtures("large")
def test_a_large_base_answers_as_a_small_one(engine: Engine, tmp_path: Path) -> None:
    for number in range(3):
        PlanStore(engine).save(plan(f"p{number}", f"Xây dựng đô thị số {number}", "Khám sức khỏe học sinh"))
    small, large = loading.load_knowledge(engine), loading.load_knowledge(engine, tmp_path)
    assert isinstance(large, base.KnowledgeBase) and large.stored
    assert sorted(r.ref for r in large.rows) == sorted(r.ref for r in small.rows) and len(large.rows) == 6
    assert large.by_ref["p1#task:2"] == small.by_ref["p1#task:2"] and "p1#task:9" not in large.by_ref
    assert large.finder.find("Sở Y tế", NOW) == small.finder.find("Sở Y tế", NOW)
    text = "đô thị số 2"
    assert [(h.row, round(h.score, 9)) for h in large.search(text)] == [(h.row, round(h.score, 9)) for h in small.search(text)]
