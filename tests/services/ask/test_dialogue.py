"""Conversations: each turn lives from the one before, and no further."""

from __future__ import annotations

from datetime import timedelta

from tests.services.ask.conftest import NOW, Ask, numbers


def test_pointing_back_and_changing_the_subject(ask: Ask) -> None:
    assert numbers(ask("ai chủ trì nhiệm vụ 18", "ask_lead")) == ["18"]
    assert numbers(ask("khi nào xong", "ask_due")) == ["18"]
    assert numbers(ask("thế còn nhiệm vụ 19", "follow_up")) == ["19"]
    assert numbers(ask("còn 22?", "follow_up")) == ["22"]


def test_choosing_by_place_by_words_and_by_kind(ask: Ask) -> None:
    for pick, row in (("2", "task"), ("chỉ tiêu ấy", "indicator"), ("nhiệm vụ", "task"), ("cái đầu tiên", "indicator")):
        assert ask("số 18 là gì", "ask_detail").outcome == "clarify"
        picked = ask(pick, "choose")
        assert picked.refs[0].split("#")[1] == f"{row}:18", pick


def test_a_choice_may_ask_something_of_its_own(ask: Ask) -> None:
    ask("sở em chủ trì việc gì", "list_tasks", agency="Sở Y tế")
    assert numbers(ask("việc cuối cùng khi nào xong", "ask_due")) == ["45"]


def test_another_agency_and_another_month_in_a_list(ask: Ask) -> None:
    ask("tháng 6 năm 2025 có việc nào đến hạn", "list_tasks")
    assert numbers(ask("thế tháng 11", "follow_up")) == ["10"]
    ask("Sở Y tế chủ trì việc gì", "list_tasks")
    assert numbers(ask("còn Sở Giao thông vận tải", "follow_up")) == ["36"]


def test_a_correction(ask: Ask) -> None:
    ask("hạn nhiệm vụ 8", "ask_due")
    assert numbers(ask("à nhầm, nhiệm vụ 18", "correct")) == ["18"]


def test_the_year_of_an_indicator(ask: Ask) -> None:
    ask("đến 2045 PII đứng thứ mấy", "ask_target")
    assert numbers(ask("còn 2030", "follow_up")) == ["1"]


def test_nothing_is_carried_over_after_a_quiet_time(ask: Ask) -> None:
    ask("ai chủ trì nhiệm vụ 18", "ask_lead")
    reply = ask("khi nào xong", "ask_due", now=NOW + timedelta(hours=1))
    assert (reply.outcome, reply.refs) == ("clarify", ())


def test_a_new_subject_leaves_the_old_one(ask: Ask) -> None:
    ask("ai chủ trì nhiệm vụ 18", "ask_lead")
    assert numbers(ask("đề án huy động hạ tầng viễn thông bao giờ xong", "ask_due")) == ["12"]
    assert ask("nuôi cá tra xuất khẩu ai lo", "ask_lead").outcome == "not_found"
