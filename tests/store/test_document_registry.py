"""The registry of cited documents over all plans in force."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Engine

from knowledge.model import LegalDocument
from knowledge.store import PlanStore
from knowledge.store.registry import Mention, documents, who_mentions
from tests.sample_plans import sample_plan, task, with_rows

FULL = LegalDocument("57-NQ/TW", "Nghị quyết", date(2024, 12, 22), "Bộ Chính trị", "về đột phá")


def test_documents_and_who_mentions_them(engine: Engine) -> None:
    PlanStore(engine).save(sample_plan())
    assert documents(engine) == [LegalDocument("06/QĐ-TTg", "Quyết định"), FULL]
    assert documents(engine, ["57-NQ/TW"]) == [FULL]
    assert who_mentions(engine, "57-NQ/TW") == [Mention("kh-mau", ("kh-mau#task:1",))]
    assert who_mentions(engine, "06/QĐ-TTg") == [Mention("kh-mau", ("kh-mau#passage:VI.2",))]
    assert who_mentions(engine, "99/NQ-CP") == []


def test_facts_are_those_that_most_tell_and_each_plan_keeps_its_own(engine: Engine) -> None:
    store = PlanStore(engine)
    told = [LegalDocument("57-NQ/TW"), LegalDocument("57-NQ/TW", "NQ", date(2024, 12, 22)), FULL,
            LegalDocument("57-NQ/TW", "Nghị quyết", date(2024, 12, 20), "", "đột phá")]
    for n, document in enumerate(told):
        store.save(sample_plan(f"kh-{n}", documents=(document,)))
    [merged] = documents(engine, ["57-NQ/TW"])
    assert merged == FULL
    assert [store.load(f"kh-{n}").documents for n in range(4)] == [(document,) for document in told]


def test_a_corrected_plan_corrects_the_registry(engine: Engine) -> None:
    store = PlanStore(engine)
    store.save(sample_plan(documents=(LegalDocument("57-NQ/TW", "Nghi quyet", date(2004, 12, 22)),)))
    store.save(sample_plan(documents=(FULL,)))
    assert documents(engine) == [FULL]
    store.save(sample_plan(documents=()))
    assert documents(engine) == [] and who_mentions(engine, "57-NQ/TW") == []


def test_numbers_are_found_across_blanks_and_not_inside_others(engine: Engine) -> None:
    plan = sample_plan(documents=(LegalDocument("57-NQ/TW"), LegalDocument("khong-so")))
    PlanStore(engine).save(with_rows(plan, [
        task("1", "theo Nghị quyết số 57 - NQ/TW của"), task("2", "theo 157-NQ/TW"), task("3", "x", result="số 57-nq/tw"),
        task("4", "khong-so")]))
    assert who_mentions(engine, "57-NQ/TW") == [Mention("kh-mau", ("kh-mau#task:1", "kh-mau#task:3"))]


def test_a_number_cited_twice_by_one_plan(engine: Engine) -> None:
    store = PlanStore(engine)
    plan = sample_plan(documents=(FULL, FULL))
    store.save(plan)
    assert store.load(plan.id) == plan
    assert documents(engine) == [FULL]
