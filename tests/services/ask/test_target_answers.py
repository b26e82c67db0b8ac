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


@pytest.mark.parametrize(
    "text",
    [
        "5G đến 2030: HG vs TG, mỗi tỉnh bao nhiêu %?",
        "Sếp cần một dòng so sánh, cụ thể là phủ sóng 5G năm 2030, Hậu Giang đặt bao nhiêu còn Tiền Giang bao nhiêu ạ",
        "phủ sóng 5g đến 2030 hậu giang với tiền gjang chênh nhau thế nào",
        "phu song 5g den 2030 hg voi tg chenh nhau the nao",
    ],
)
def test_each_province_by_name_initials_or_with_a_slip(kb: KnowledgeBase, text: str) -> None:
    for intent in ("ask_target", "compare"):
        assert set(ask(kb, text, intent).refs) == {"hg-bc#indicator:9", "an-kh#target:2030-a-1"}


def test_a_measure_beside_a_sentence_of_the_same_year(kb: KnowledgeBase) -> None:
    reply = ask(kb, "5G cuối năm 2025 Hà Tĩnh và Tiền Giang tỉnh nào cao hơn", "compare")
    assert set(reply.refs) == {"ha-tb#duty:2.4", "an-kh#target:2025-a-1"} and "90%" in reply.text and "60%" in reply.text
    other = ask(kb, "5G đến năm 2030 Hà Tĩnh và Tiền Giang tỉnh nào cao hơn", "compare")
    assert other.refs == ("an-kh#target:2030-a-1",) and "Hà Tĩnh: không thấy" in other.text


def test_sentences_of_two_provinces(kb: KnowledgeBase) -> None:
    reply = ask(kb, "Trưởng Tiểu ban Dữ liệu số ở Hà Tĩnh và ở Tiền Giang là ai, có giống nhau không?", "compare")
    assert set(reply.refs) == {"ha-tb#passage:0-2", "an-kh#passage:IV.1"}
    assert "Trần Văn Bình" in reply.text and "Lê Thị Hoa" in reply.text


@pytest.mark.parametrize("intent", ["ask_target", "compare"])
def test_a_measure_over_all_years_in_differing_words(kb: KnowledgeBase, intent: str) -> None:
    for text in ("kinh tế số chiếm bao nhiêu GRDP qua từng mốc 2030, 2040, 2045", "Quy mô kinh tế số: mức từng mốc từ 2025 tới 2045?"):
        assert ask(kb, text, intent, "tien-giang").refs == tuple(f"an-kh#target:{year}-e-1" for year in (2030, 2040, 2045))


@pytest.mark.parametrize("text", ["phần chuyển đổi số mốc 2045 có mấy mục tiêu", "Mục e) mốc 2045 của TG gồm mấy chỉ tiêu?"])
def test_a_count_of_a_section(kb: KnowledgeBase, text: str) -> None:
    reply = ask(kb, text, "count_indicators", "tien-giang")
    assert (reply.refs, reply.facts["count"]) == (("an-kh#target:2045-e-1", "an-kh#target:2045-e-2"), 2)


def test_one_target_in_short_forms(kb: KnowledgeBase) -> None:
    reply = ask(kb, "DNVVN dùng công nghệ số: chỉ tiêu mốc 2035?", "count_indicators", "tien-giang")
    assert (reply.refs, reply.facts["target"]) == (("an-kh#target:2035-e-1",), "> 85%")


def test_words_before_the_question_are_left_out(kb: KnowledgeBase) -> None:
    text = (
        "Chị bên Sở Nội vụ nhờ em tra giùm, chị ấy đang dở tay làm tham luận và nhớ kế hoạch có đặt mức doanh nghiệp vừa và nhỏ "
        "ứng dụng công nghệ số mà quên mất con số cho mốc 2035. Số đó là bao nhiêu ạ?"
    )
    assert ask(kb, text, "ask_target", "tien-giang").refs == ("an-kh#target:2035-e-1",)


def test_names_the_years_that_are_told(kb: KnowledgeBase) -> None:
    alone = ask(kb, "HG đặt mức phủ sóng 5G năm 2025 bao nhiêu %?", "ask_target", "hau-giang")
    assert alone.outcome == "not_found" and "2030" in alone.text
    by_year = ask(kb, "phủ sóng 5G năm 2035 là bao nhiêu?", "ask_target", "tien-giang")
    assert by_year.outcome == "not_found" and "2025, 2030" in by_year.text


def test_a_figure_asked_for_by_province_and_year_is_no_document(kb: KnowledgeBase) -> None:
    reply = ask(kb, "6g có trong kế hoạch của tỉnh nào, mốc nào bao nhiêu % z", "ask_document")
    assert (reply.outcome, reply.refs) == ("answer", ("an-kh#target:2035-a-1",)) and "Tiền Giang" in reply.text


def test_the_question_behind_a_remark(kb: KnowledgeBase) -> None:
    text = "em đang dở tay làm báo cáo tham luận, thiếu đúng một con số, kinh tế số năm 2040 chiếm bao nhiêu phần GRDP vậy anh"
    for intent in ("ask_target", "ask_fact"):
        assert ask(kb, text, intent, "tien-giang").refs == ("an-kh#target:2040-e-1",)


def test_which_province_aims_highest(kb: KnowledgeBase) -> None:
    reply = ask(kb, "tỉnh nào đặt mục tiêu phủ sóng 5G cao nhất năm 2030", "compare", "hau-giang")
    assert {"an-kh#target:2030-a-1", "hg-bc#indicator:9"} <= set(reply.refs)
