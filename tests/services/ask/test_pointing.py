"""Words that point back ("nhóm đó", "sở đó", "năm đó") and what a next question takes over from the turn before."""

from __future__ import annotations

from knowledge.services.ask.base import KnowledgeBase
from tests.services.ask.conftest import Ask, numbers


def test_the_group_of_the_last_list_and_of_the_last_row(ask: Ask) -> None:
    ask("liệt kê nhiệm vụ nhóm VI", "list_tasks")
    assert numbers(ask("trong nhóm đó cái nào do Sở Kế hoạch và Đầu tư chủ trì", "list_tasks")) == ["54"]
    assert numbers(ask("việc đó hạn thế nào?", "list_overdue")) == ["54"]
    ask("ai chủ trì nhiệm vụ 44", "ask_lead")
    assert "44" in numbers(ask("trong nhóm đó cái nào do Sở Y tế chủ trì", "ask_group"))


def test_the_department_of_the_last_row(ask: Ask) -> None:
    ask("nhiệm vụ 44 ai chủ trì", "ask_lead")
    assert set(numbers(ask("sở đó còn chủ trì nhiệm vụ nào nữa không?", "show_more"))) == {"44", "45"}
    assert ask("sở đó giờ là sở nào?", "ask_successor").outcome == "answer"


def test_others_than_the_one_told(ask: Ask) -> None:
    ask("nhiệm vụ 45 khi nào xong", "ask_due", agency="Sở Y tế")
    assert numbers(ask("ngoài việc đó ra sở em còn chủ trì việc nào?", "list_tasks", agency="Sở Y tế")) == ["44"]


def test_the_next_department_after_a_merger(ask: Ask) -> None:
    ask("Sở Kế hoạch và Đầu tư giờ là sở nào?", "ask_successor")
    assert ask("thế Sở Giao thông vận tải?", "follow_up").facts["successor"] == "Sở Xây dựng"
    assert ask("còn Sở Tài nguyên và Môi trường", "follow_up").facts["successor"] == "Sở Nông nghiệp và Môi trường"


def test_a_correction_after_a_number_that_no_row_has(ask: Ask) -> None:
    assert ask("nhiệm vụ 65 là gì", "ask_detail").outcome == "not_found"
    assert numbers(ask("à lộn, 56 mới đúng", "correct")) == ["56"]


def test_a_number_of_a_document_numbers_no_row(ask: Ask) -> None:
    assert ask("kế hoạch hành động 11-KH/BCĐ: cơ quan nào chủ trì?", "ask_lead").refs == ()


def test_several_rows_named_in_a_row_or_as_a_range(ask: Ask) -> None:
    assert numbers(ask("nv 18 19 20 ai chủ trì", "ask_lead")) == ["18", "19", "20"]
    assert numbers(ask("nhiệm vụ 18 đến 21 hạn khi nào", "ask_due")) == ["18", "19", "20", "21"]
    assert numbers(ask("nhiệm vụ 18 tháng 6 này xong chưa", "ask_due")) == ["18"]


def test_two_cells_of_a_row_are_both_said(ask: Ask) -> None:
    reply = ask("kết quả nhiệm vụ 44 là gì, ai phối hợp?", "ask_result")
    assert "Kết quả" in reply.text and "hối hợp" in reply.text
    assert "Thời hạn" in ask("ai chủ trì nhiệm vụ 44, khi nào xong", "ask_lead").text


def test_work_without_a_day_is_not_late_work(ask: Ask) -> None:
    undated = numbers(ask("việc nào chưa có hạn cụ thể", "list_overdue"))
    assert "12" in undated and "44" not in undated


def test_a_bare_thing_that_rows_hold_is_never_out_of_scope(ask: Ask) -> None:
    for text in ("5g", "vụ 5G sao rồi", "nhân lực", "nền tảng số"):
        assert ask(text, "out_of_scope").outcome in ("answer", "clarify"), text
    for text in ("bóng đá", "thời tiết hôm nay", "giá vàng sao rồi"):
        assert ask(text, "out_of_scope").outcome == "out_of_scope", text


def test_where_the_asker_is_from_is_not_what_is_asked(ask: Ask) -> None:
    asked = "bên Tiền Giang tỷ lệ phủ sóng 5G năm 2030 là bao nhiêu, em ở Hậu Giang hỏi tham khảo"
    assert not any("hg-kh-2025" in ref for ref in ask(asked, "ask_target").refs)


def test_papers_of_one_kind(ask: Ask, kb: KnowledgeBase) -> None:
    projects = {r.no for r in kb.rows if r.kind == "task" and "Đề án" in r.name}
    assert set(numbers(ask("có bao nhiêu đề án trong kế hoạch", "count_tasks"))) == projects
    assert "đề án" in ask("liệt kê các đề án", "list_tasks").text


def test_what_is_not_there_is_said_of_the_province_asked(ask: Ask) -> None:
    assert "vụ trồng lúa" not in ask("vụ trồng lúa chất lượng cao ai làm?", "ask_lead").text
    assert numbers(ask("VP UBND tỉnh chủ trì/đồng chủ trì NV nào?", "list_tasks")) == ["24", "30", "31"]


def test_rows_that_nobody_leads(ask: Ask, kb: KnowledgeBase) -> None:
    unled = {r.no for r in kb.rows if r.kind == "indicator" and not r.lead and r.target}
    assert set(numbers(ask("chỉ tiêu nào chưa có đơn vị theo dõi", "list_indicators"))) == unled
    assert set(numbers(ask("nhiệm vụ nào chưa giao ai", "list_tasks"))) == {r.no for r in kb.rows if r.kind == "task" and not r.lead}


def test_a_province_without_plans(ask: Ask) -> None:
    reply = ask("Cần Thơ có kế hoạch chưa", "out_of_scope", province=None)
    assert reply.outcome == "not_found" and "Cần Thơ" in reply.text
