"""Targets by year and comparisons: the year asked for, the figure meant, never a 5G for a 6G."""

from __future__ import annotations

import pytest

from knowledge.services.ask.base import KnowledgeBase
from tests.services.ask.small import ask, small


@pytest.fixture(scope="module")
def kb() -> KnowledgeBase:
    return small()


@pytest.mark.parametrize(
    ("text", "refs", "value"),
    [
        ("Năm 2025 phủ sóng 5G đạt bao nhiêu?", ("2025-a-1",), "60%"),
        ("den nam 2030 ty le phu song 5g la bao nhieu", ("2030-a-1",), "100%"),
        ("Đến 2030 có bao nhiêu doanh nghiệp khoa học và công nghệ?", ("2030-c-1", "2030-d-1"), "> 35"),
        ("tỷ lệ người dân có chữ ký số đến 2030", ("2030-d-2",), "> 10%"),
        ("tỷ lệ người dân có tài khoản định danh đến 2030", ("2030-d-2",), "> 80%"),
    ],
)
def test_the_figure_of_the_year(kb: KnowledgeBase, text: str, refs: tuple[str, ...], value: str) -> None:
    reply = ask(kb, text, "ask_target", "tien-giang")
    assert (reply.outcome, set(reply.refs)) == ("answer", {f"an-kh#target:{r}" for r in refs})
    assert reply.facts["target"] == value


@pytest.mark.parametrize(
    "text", ["Tỷ lệ phủ sóng 6G đến năm 2030 là bao nhiêu?", "phủ sóng 5G năm 2035", "tỷ lệ hộ nghèo năm 2030 là bao nhiêu"]
)
def test_no_figure_of_another_year_or_measure(kb: KnowledgeBase, text: str) -> None:
    assert ask(kb, text, "ask_target", "tien-giang").outcome == "not_found"


def test_without_a_year_all_years_are_told(kb: KnowledgeBase) -> None:
    assert ask(kb, "tỷ lệ phủ sóng 5G là bao nhiêu", "ask_target", "tien-giang").refs == ("an-kh#target:2025-a-1", "an-kh#target:2030-a-1")


def test_without_a_province_each_plan_answers(kb: KnowledgeBase) -> None:
    reply = ask(kb, "Đến năm 2030 tỷ lệ phủ sóng 5G là bao nhiêu?", "ask_target")
    assert set(reply.refs) == {"an-kh#target:2030-a-1", "hg-bc#indicator:9"} == set(reply.context.choices if reply.context else ())


def test_a_section_of_a_year(kb: KnowledgeBase) -> None:
    reply = ask(kb, "cho em xin hết mục tiêu hạ tầng năm 2025", "list_indicators", "tien-giang")
    assert (reply.refs, reply.facts["count"]) == (("an-kh#target:2025-a-1", "an-kh#target:2025-a-2"), 2)


def test_two_provinces_and_two_years(kb: KnowledgeBase) -> None:
    places = ask(kb, "So 5G năm 2030 của Hậu Giang với Tiền Giang", "compare")
    assert set(places.refs) == {"hg-bc#indicator:9", "an-kh#target:2030-a-1"} and "Mức của Tiền Giang cao hơn" in places.text
    years = ask(kb, "phủ sóng 5G 2025 so với 2030", "compare", "tien-giang")
    assert set(years.refs) == {"an-kh#target:2025-a-1", "an-kh#target:2030-a-1"} and "năm 2030 cao hơn" in years.text


def test_who_leads_most_and_which_is_due_first(kb: KnowledgeBase) -> None:
    most = ask(kb, "Sở nào chủ trì nhiều nhiệm vụ nhất?", "compare", "hau-giang")
    assert (most.facts["count"], most.facts["lead"]) == (2, ["Sở Y tế"])
    assert ask(kb, "nhiệm vụ 1 với nhiệm vụ 2 cái nào hạn sớm hơn", "compare", "hau-giang").text.startswith("Nhiệm vụ 2 đến hạn sớm hơn")
    assert "Không so được" in ask(kb, "nhiệm vụ 1 với nhiệm vụ 3 cái nào xong trước", "compare", "hau-giang").text
