"""Importing: the shipped plans at start, a file after a look at it, going back."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from knowledge.model import Plan
from knowledge.parsers.document import UnreadableFile
from knowledge.services import importing
from knowledge.services.importing import accept, changes_since_previous, distinct, import_shipped, preview, rename, restore
from knowledge.store import PlanStore
from knowledge.store.errors import PlanChanged
from tests.sample_plans import sample_plan, task, with_rows

SOURCES = """
- id: kh-a
  file: a.txt
  title: Kế hoạch A
- id: kh-b
  file: b.txt
  title: Kế hoạch B
"""


class FakeReader:
    """Reads a file of lines, each the name of a task; counts how often it was asked."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def __call__(self, path: Path, source: Mapping[str, Any] | None) -> Plan:
        self.read.append(path.name)
        text = path.read_text(encoding="utf-8")
        if "hỏng" in text:
            raise UnreadableFile("Tệp hỏng: hãy gửi tệp khác.")
        if "lạ" in text:
            raise ZeroDivisionError
        plan_id = str(source["id"]) if source else path.stem
        title = str(source["title"]) if source else "Không tên"
        return Plan(plan_id, title, path.name, rows=tuple(
            task(str(n), line, plan_id) for n, line in enumerate(text.splitlines(), start=1)))


@pytest.fixture
def reader() -> FakeReader:
    return FakeReader()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "plans"
    made.mkdir()
    (made / "sources.yml").write_text(SOURCES, encoding="utf-8")
    (made / "a.txt").write_text("Một\nHai\nBa\n", encoding="utf-8")
    (made / "b.txt").write_text("Bốn\n", encoding="utf-8")
    return made


def test_shipped_plans_are_imported_once(engine: Engine, folder: Path, reader: FakeReader) -> None:
    assert import_shipped(engine, folder, reader).imported == ["kh-a", "kh-b"]
    revision = PlanStore(engine).revision()
    again = import_shipped(engine, folder, reader)
    assert (again.imported, again.unchanged) == ([], ["kh-a", "kh-b"])
    assert reader.read == ["a.txt", "b.txt"]
    assert PlanStore(engine).revision() == revision


def test_what_changed_is_imported_again(engine: Engine, folder: Path, reader: FakeReader) -> None:
    import_shipped(engine, folder, reader)
    (folder / "a.txt").write_text("Một\nHai\nBa rưỡi\n", encoding="utf-8")
    assert import_shipped(engine, folder, reader).imported == ["kh-a"]
    assert [row.name for row in PlanStore(engine).rows(plans=["kh-a"])] == ["Một", "Hai", "Ba rưỡi"]
    assert reader.read == ["a.txt", "b.txt", "a.txt"]


def test_corrections_beside_a_file_count_as_a_change(engine: Engine, folder: Path, reader: FakeReader) -> None:
    import_shipped(engine, folder, reader)
    (folder / "kh-a.corrections.yml").write_text("- row: 1", encoding="utf-8")
    report = import_shipped(engine, folder, reader)
    assert reader.read[2:] == ["a.txt"]
    assert report.imported == []  # read again, and it came out the same: no new version
    assert import_shipped(engine, folder, reader).imported == [] and len(reader.read) == 3
    assert len(PlanStore(engine).versions("kh-a")) == 1


def test_other_code_reads_again(engine: Engine, folder: Path, reader: FakeReader, monkeypatch: pytest.MonkeyPatch) -> None:
    import_shipped(engine, folder, reader)
    monkeypatch.setattr(importing, "reading_code_hash", lambda: "khác")
    import_shipped(engine, folder, reader)
    assert len(reader.read) == 4
    assert len(PlanStore(engine).versions("kh-a")) == 1


def test_a_broken_shipped_file_does_not_stop_the_others(engine: Engine, folder: Path, reader: FakeReader) -> None:
    (folder / "a.txt").write_text("hỏng", encoding="utf-8")
    report = import_shipped(engine, folder, reader)
    assert report.failed == {"kh-a": "Tệp hỏng: hãy gửi tệp khác."} and report.imported == ["kh-b"]
    (folder / "a.txt").write_text("lạ", encoding="utf-8")
    assert "lỗi bất ngờ" in import_shipped(engine, folder, reader).failed["kh-a"]
    (folder / "a.txt").unlink()
    assert "Không tìm thấy" in import_shipped(engine, folder, reader).failed["kh-a"]


def test_a_person_s_own_version_stays_in_force(engine: Engine, folder: Path, reader: FakeReader) -> None:
    import_shipped(engine, folder, reader)
    store = PlanStore(engine)
    mine = with_rows(store.load("kh-a"), [task("1", "Của tôi", "kh-a")])
    accept(engine, mine)
    (folder / "a.txt").write_text("Mới\n", encoding="utf-8")
    import_shipped(engine, folder, reader)
    assert store.load("kh-a") == mine
    assert [version.status for version in store.versions("kh-a")] == ["superseded", "accepted", "draft"]
    import_shipped(engine, folder, reader)
    assert len(store.versions("kh-a")) == 3


def test_accepting_the_same_again_stores_nothing(engine: Engine) -> None:
    first, again = accept(engine, sample_plan()), accept(engine, sample_plan())
    assert (first.version, first.stored, first.changes) == (1, True, None)
    assert (again.version, again.stored) == (1, False) and not again.changes
    assert changes_since_previous(engine, "kh-mau") is None


def test_what_changed_since_the_version_before(engine: Engine) -> None:
    plan = sample_plan()
    accept(engine, plan)
    accept(engine, with_rows(plan, plan.rows[:-1]))
    accept(engine, with_rows(plan, plan.rows[:-2]))
    changes = changes_since_previous(engine, "kh-mau")
    assert changes is not None and [row.ref for row in changes.gone] == ["kh-mau#reporting:V.1"]
    done = restore(engine, "kh-mau", 1)
    assert done.version == 4 and done.changes is not None and len(done.changes.new) == 2
    assert PlanStore(engine).load("kh-mau") == plan


def test_an_overtaken_import_looks_again(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    save, calls = PlanStore.save, []

    def overtaken(self: PlanStore, plan: Plan, **more: Any) -> int:
        calls.append(plan.title)
        if len(calls) == 1:
            save(self, sample_plan(title="Người khác"), over=0)
        return save(self, plan, **more)

    monkeypatch.setattr(PlanStore, "save", overtaken)
    done = accept(engine, sample_plan(title="Tôi"))
    assert done.version == 2 and done.changes is not None and done.changes.about == (("title", "Người khác", "Tôi"),)


def test_overtaken_for_ever_gives_up(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(self: PlanStore, plan: Plan, **more: Any) -> int:
        raise PlanChanged("Kế hoạch vừa được người khác cập nhật.")

    monkeypatch.setattr(PlanStore, "save", never)
    with pytest.raises(PlanChanged):
        accept(engine, sample_plan())


def test_preview_stores_nothing_and_takes_id_and_province(tmp_path: Path, reader: FakeReader) -> None:
    path = tmp_path / "kh-thu.txt"
    path.write_text("Một\n", encoding="utf-8")
    plan = preview(path, read=reader)
    assert (plan.id, plan.province) == ("kh-thu", None)
    plan = preview(path, plan_id="kh-2026", province="ha-tinh", read=reader)
    assert (plan.id, plan.province, plan.rows[0].ref) == ("kh-2026", "ha-tinh", "kh-2026#task:1")


@pytest.mark.parametrize(("text", "words"), [("hỏng", "Tệp hỏng"), ("lạ", "lỗi bất ngờ")])
def test_what_can_t_be_read_is_told(tmp_path: Path, reader: FakeReader, text: str, words: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableFile, match=words):
        preview(path, read=reader)
    with pytest.raises(UnreadableFile, match="Không tìm thấy"):
        preview(tmp_path / "khong-co.txt", read=reader)


def test_a_number_used_twice_gets_a_reference_of_its_own() -> None:
    plan = with_rows(sample_plan(), [task("1", "a"), task("1", "b", doubt="Mờ."), task("1-2", "c"), task("1", "d")])
    made = distinct(plan)
    assert [row.no for row in made.rows] == ["1", "1-3", "1-2", "1-4"]
    assert [row.name for row in made.rows] == list("abcd")
    assert made.rows[1].doubt == "Mờ. Số “1” đã có ở một dòng trước; dòng này tạm mang số “1-3”."
    assert distinct(made) is made


def test_renaming_takes_the_rows_along() -> None:
    plan = rename(sample_plan(), "kh-moi")
    assert plan == sample_plan("kh-moi") and rename(plan, "kh-moi") is plan
    assert dataclasses.replace(plan, id="kh-mau") != sample_plan()
