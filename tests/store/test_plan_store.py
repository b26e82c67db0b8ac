"""The contract of `PlanStore`, the same on SQLite and PostgreSQL."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine, select

from knowledge.model import Deadline, LegalDocument, Plan, Row, Source
from knowledge.store import PlanStore, StoreError, open_engine, writing
from knowledge.store import schema as s
from knowledge.store.errors import PlanChanged, UnknownPlan
from tests.sample_plans import big_plan, sample_plan, task, with_rows


@pytest.fixture
def store(engine: Engine) -> PlanStore:
    return PlanStore(engine)


def test_a_plan_comes_back_equal(store: PlanStore) -> None:
    plan = sample_plan()
    assert store.save(plan) == 1
    assert store.load(plan.id) == plan


def test_a_plan_with_almost_nothing_comes_back_equal(store: PlanStore) -> None:
    plan = Plan("kh", "", "", rows=(Row("kh", "task", "", "", Source("")),), documents=(LegalDocument(""),))
    store.save(plan)
    assert store.load("kh") == plan


def test_empty_text_and_absent_text_stay_apart(store: PlanStore) -> None:
    plan = with_rows(sample_plan(), [
        task("1", "a", result="", note=None, due=Deadline("", "none")), task("2", "b", result=None, note="", due=None)])
    store.save(plan)
    assert store.load(plan.id) == plan


def test_hostile_text_comes_back_equal(store: PlanStore) -> None:
    name = "'; DROP TABLE rows; -- \\ \" % %s :x {} \u202e 😀 \u0301 \x7f\n\t=1+1 _x0041_"
    plan = with_rows(sample_plan(), [task("1'", name, lead=(name,), extra={name: name})])
    store.save(plan)
    assert store.load(plan.id) == plan


def test_what_no_database_holds_is_left_out(store: PlanStore) -> None:
    store.save(with_rows(sample_plan(), [task("1", "a\x00b\ud800c", lead=("x\x00",), extra={"k\x00": ["\x00v"]})]))
    row = store.load("kh-mau").rows[0]
    assert (row.name, row.lead, row.extra) == ("abc", ("x",), {"k": ["v"]})


def test_many_rows_keep_their_order(store: PlanStore) -> None:
    plan = big_plan(4500)
    store.save(plan)
    assert store.load(plan.id) == plan
    assert list(store.iter_rows()) == list(plan.rows)


def test_another_version_supersedes(store: PlanStore) -> None:
    first, second = sample_plan(), sample_plan(title="Bản hai")
    store.save(first)
    assert store.save(second) == 2
    assert [(v.version, v.status) for v in store.versions(first.id)] == [(1, "superseded"), (2, "accepted")]
    assert [v.title for v in store.plans()] == ["Bản hai"]
    assert store.load(first.id, 1) == first
    assert store.previous(first.id) == store.version(first.id, 1)


def test_rows_are_those_in_force(store: PlanStore) -> None:
    store.save(sample_plan())
    store.save(with_rows(sample_plan(), [task("9", "Mới")]))
    assert [row.ref for row in store.rows()] == ["kh-mau#task:9"]


def test_a_restored_version_is_a_new_one(store: PlanStore) -> None:
    first = sample_plan()
    store.save(first, content_hash="abc")
    store.save(with_rows(first, []))
    assert store.restore(first.id, 1) == 3
    assert store.load(first.id) == first
    now = store.version(first.id)
    assert (now.origin, now.content_hash, now.note) == ("restore", "abc", "khôi phục bản 1")


def test_a_draft_counts_for_nothing_until_accepted(store: PlanStore) -> None:
    store.save(sample_plan())
    before = store.revision()
    draft = store.save(sample_plan(title="Nháp"), status="draft")
    assert store.revision() == before
    assert store.load("kh-mau").title == sample_plan().title
    store.save(sample_plan(title="Bản ba"))
    assert store.accept("kh-mau", draft) == 4  # after the third, so that versions tell the order
    assert store.load("kh-mau").title == "Nháp"
    assert store.revision() == before + 2
    assert store.accept("kh-mau", 4) == 4


def test_a_withdrawn_plan_can_be_restored(store: PlanStore) -> None:
    store.save(sample_plan())
    store.withdraw("kh-mau")
    assert store.plans() == [] and store.rows() == []
    with pytest.raises(UnknownPlan):
        store.load("kh-mau")
    store.restore("kh-mau", 1)
    assert store.load("kh-mau") == sample_plan()


def test_the_revision_grows_with_every_import_and_shows_on_other_engines(store: PlanStore, database_url: str) -> None:
    other = PlanStore(open_engine(database_url))
    seen = [other.revision()]
    store.save(sample_plan())
    seen.append(other.revision())
    store.save(sample_plan())
    seen.append(other.revision())
    store.restore("kh-mau", 1)
    seen.append(other.revision())
    assert seen == sorted(set(seen))
    other.engine.dispose()


def test_unknown_plans_and_versions_are_told_in_vietnamese(store: PlanStore) -> None:
    with pytest.raises(UnknownPlan, match="Không có kế hoạch nào mang mã “kh-la”"):
        store.load("kh-la")
    store.save(sample_plan())
    with pytest.raises(UnknownPlan, match="không có bản số 7"):
        store.restore("kh-mau", 7)
    assert store.versions("kh-la") == [] and store.row("kh-la#task:1") is None


def test_nothing_is_stored_of_a_plan_that_fails_in_the_middle(store: PlanStore) -> None:
    plan = sample_plan()
    store.save(plan)
    before = store.revision()
    broken = big_plan(2500, plan.id)
    rows = [*broken.rows, task("x", "y", extra={"set": {1, 2}})]  # no JSON
    with pytest.raises(Exception, match="JSON|set"):
        store.save(with_rows(broken, rows))
    assert store.revision() == before
    assert store.load(plan.id) == plan
    assert len(store.versions(plan.id)) == 1


def test_a_plan_that_makes_no_sense_is_refused(store: PlanStore) -> None:
    with pytest.raises(ValueError, match="not of plan"):
        store.save(with_rows(sample_plan(), [task("1", "a", plan="khac")]))
    with pytest.raises(ValueError, match="id"):
        store.save(Plan("", "t", "f"))
    with pytest.raises(ValueError, match="200"):
        store.save(with_rows(sample_plan(), [task("1" * 201, "a")]))
    with pytest.raises(ValueError, match="accepted or draft"):
        store.save(sample_plan(), status="superseded")


def test_an_import_that_was_overtaken_is_refused(store: PlanStore) -> None:
    store.save(sample_plan(), over=0)
    with pytest.raises(PlanChanged):
        store.save(sample_plan(), over=0)
    store.save(sample_plan(), over=1)
    assert len(store.versions("kh-mau")) == 2


def test_the_moment_of_import_comes_from_the_clock(engine: Engine) -> None:
    moment = datetime(2025, 5, 20, 9, 0, tzinfo=timezone(timedelta(hours=7)))
    store = PlanStore(engine, clock=lambda: moment)
    store.save(sample_plan())
    assert store.version("kh-mau").imported_at == moment


def refs(rows: list[Row]) -> list[str]:
    return [row.ref.split("#")[1] for row in rows]


def test_filters(store: PlanStore) -> None:
    store.save(sample_plan())
    store.save(sample_plan("kh-khac", province="tien-giang"))
    mine = ["kh-mau"]
    assert refs(store.rows(kind="task", plans=mine)) == ["task:1", "task:2", "task:3"]
    assert refs(store.rows(kind=["indicator", "target"], plans=mine)) == ["indicator:5.10", "target:2030-a-1"]
    assert refs(store.rows(agencies=["so y te"], plans=mine)) == ["task:2", "task:3"]
    assert refs(store.rows(agencies=["SỞ Y TẾ"], role="lead", plans=mine)) == ["task:3"]
    assert refs(store.rows(agencies=["Sở Nội vụ", "Sở KH&CN"], province="hau-giang")) == ["task:2", "duty:IV.3"]
    assert refs(store.rows(due_from=date(2025, 12, 31), due_to=date(2025, 12, 31), plans=mine)) == ["task:1"]
    assert refs(store.rows(due_to=date(2026, 12, 31), plans=mine)) == ["task:1", "task:3"]
    assert refs(store.rows(group="I", plans=mine, limit=2)) == ["task:1", "task:2"]
    assert refs(store.rows(doubtful=True, plans=mine)) == ["task:3"]
    assert len(store.rows(doubtful=False, plans=mine)) == 8
    assert {row.plan for row in store.rows(province="tien-giang")} == {"kh-khac"}
    assert refs(store.rows(refs=["kh-mau#task:2", "kh-khac#task:99"])) == ["task:2"]
    assert store.rows(plans=[]) == [] and store.rows(agencies=[]) == []
    assert store.row("kh-khac#target:2030-a-1") == sample_plan("kh-khac").rows[5]
    assert store.counts()["kh-mau"] == {
        "group": 1, "task": 3, "indicator": 1, "target": 1, "duty": 1, "reporting": 1, "passage": 1}


def test_plans_come_by_id_and_rows_in_reading_order(store: PlanStore) -> None:
    for plan in ("b", "c", "a"):
        store.save(sample_plan(plan))
    store.save(sample_plan("a"))
    assert [info.id for info in store.plans()] == ["a", "b", "c"]
    assert [row.ref for row in store.iter_rows()] == [row.ref for plan in "abc" for row in sample_plan(plan).rows]
    assert store.rows() == list(store.iter_rows())


def test_reported_progress_follows_renumbered_rows(store: PlanStore, engine: Engine) -> None:
    store.save(sample_plan())
    now = datetime(2025, 6, 1, tzinfo=timezone.utc)
    with writing(engine) as connection:
        connection.execute(s.row_status.insert(), [
            {"ref": f"kh-mau#task:{no}", "status": "done", "note": f"của {no}", "agency": "", "reported_by": "a",
             "reported_at": now}
            for no in "123"])
    store.save(sample_plan(), moved={"kh-mau#task:1": "kh-mau#task:2", "kh-mau#task:2": "kh-mau#task:1"})
    with engine.connect() as connection:
        found = connection.execute(select(s.row_status.c.ref, s.row_status.c.note).order_by(s.row_status.c.note)).all()
    assert [tuple(line) for line in found] == [
        ("kh-mau#task:2", "của 1"), ("kh-mau#task:1", "của 2"), ("kh-mau#task:3", "của 3")]


def test_saving_does_not_change_the_plan(store: PlanStore) -> None:
    plan = sample_plan()
    before = dataclasses.replace(plan)
    store.save(plan)
    assert plan == before


def test_without_tables_the_store_says_what_to_do(database_url: str) -> None:
    empty = open_engine(database_url)
    with pytest.raises(StoreError, match="chưa có bảng dữ liệu"):
        PlanStore(empty).revision()
    empty.dispose()
