"""Lists and counts against a plain reading of the rows."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge.services.ask.base import KnowledgeBase
from tests.services.ask.conftest import NOW, Ask, numbers


def tasks(kb: KnowledgeBase, test: object) -> list[str]:
    return [r.no for r in kb.rows if r.kind == "task" and test(r)]  # type: ignore[operator]


def test_of_an_agency(ask: Ask, kb: KnowledgeBase) -> None:
    reply = ask("Sở Nội vụ chủ trì những nhiệm vụ nào", "list_tasks")
    assert numbers(reply) == tasks(kb, lambda r: "Sở Nội vụ" in r.lead)
    assert reply.facts["count"] == len(reply.refs)


def test_sole_lead_and_joint_lead(ask: Ask, kb: KnowledgeBase) -> None:
    assert numbers(ask("việc nào một mình Công an tỉnh chủ trì", "list_tasks")) == tasks(kb, lambda r: r.lead == ("Công an tỉnh",))
    assert numbers(ask("việc nào có nhiều cơ quan đồng chủ trì", "list_tasks")) == tasks(kb, lambda r: len(r.lead) > 1)


def test_cooperating_only(ask: Ask) -> None:
    listed = numbers(ask("Sở Khoa học và Công nghệ chỉ phối hợp chứ không chủ trì việc nào", "list_tasks"))
    assert listed == ["2"]


def test_of_the_askers_own_agency(ask: Ask) -> None:
    assert numbers(ask("sở em chủ trì việc gì", "list_tasks", agency="Sở Y tế")) == ["44", "45"]
    assert ask("sở em chủ trì việc gì", "list_tasks").outcome == "clarify"


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("quý III năm 2026 phải xong gì", date(2026, 7, 1), date(2026, 9, 30)),
        ("tu thang 3 den het thang 5 nam 2025 phai xong nhung gi", date(2025, 3, 1), date(2025, 5, 31)),
        ("năm 2028 có nhiệm vụ nào tới hạn", date(2028, 1, 1), date(2028, 12, 31)),
        ("nhiệm vụ nào đến hạn trước 30/6/2025", date.min, date(2025, 6, 30)),
    ],
)
def test_of_a_period(ask: Ask, kb: KnowledgeBase, text: str, first: date, last: date) -> None:
    expected = tasks(kb, lambda r: bool(r.due and r.due.date and first <= r.due.date <= last))
    assert expected
    assert numbers(ask(text, "list_tasks")) == expected


def test_recurring_and_open_ended(ask: Ask, kb: KnowledgeBase) -> None:
    assert numbers(ask("nhiệm vụ nào làm thường xuyên", "list_tasks")) == tasks(kb, lambda r: r.due.kind == "recurring")
    assert numbers(ask("việc nào ghi 2025 và những năm tiếp theo", "list_tasks")) == tasks(kb, lambda r: r.due.kind == "from_year_on")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nhiệm vụ nào có kết quả là nghị quyết HĐND tỉnh", ("nghị quyết hđnd tỉnh",)),
        ("mấy nhiệm vụ mà cột kết quả ghi “Đề án của UBND tỉnh”", ("đề án của ubnd tỉnh", "đề án ubnd tỉnh")),
        ("viec nao phai trinh de an", ("đề án",)),
    ],
)
def test_of_a_result(ask: Ask, kb: KnowledgeBase, text: str, words: tuple[str, ...]) -> None:
    expected = tasks(kb, lambda r: any(w in (r.result or "").lower() for w in words))
    assert expected
    assert set(expected) <= set(numbers(ask(text, "list_tasks")))
    assert all(words[0].split()[0] in (kb.by_ref[ref].result or "").lower() for ref in ask(text, "list_tasks").refs)


def test_the_issuer_of_a_result_leads_nothing(ask: Ask, kb: KnowledgeBase) -> None:
    listed = numbers(ask("việc nào ra quyết định UBND tỉnh", "list_tasks"))
    assert listed == tasks(kb, lambda r: "quyết định" in (r.result or "").lower() and "ubnd tỉnh" in (r.result or "").lower())


def test_of_a_percentage(ask: Ask, kb: KnowledgeBase) -> None:
    percents = {r.no: r.target for r in kb.rows if r.kind == "indicator" and "%" in f"{r.unit}{r.target}"}
    listed = numbers(ask("chỉ tiêu nào đặt mức 100%", "list_indicators"))
    assert listed and listed == [no for no, target in percents.items() if target in ("100", "100%")]
    above = numbers(ask("chỉ tiêu nào từ 90% trở lên", "list_indicators"))
    assert set(listed) < set(above)


def test_late_by_a_time(ask: Ask, kb: KnowledgeBase) -> None:
    reply = ask("việc nào trễ hạn quá 2 tháng", "list_overdue")
    assert numbers(reply) == tasks(kb, lambda r: bool(r.due and r.due.date and r.due.date < date(2025, 7, 3)))
    assert "hơn 2 tháng" in reply.text


def test_late_ones(ask: Ask, kb: KnowledgeBase) -> None:
    expected = tasks(kb, lambda r: bool(r.due and r.due.date and r.due.date < NOW.date()))
    assert numbers(ask("việc nào đã quá hạn", "list_overdue")) == expected
    agency = numbers(ask("Văn phòng UBND tỉnh còn nợ việc nào", "list_overdue"))
    assert agency == ["24", "30", "31"]


def test_groups_by_number_place_and_title(ask: Ask) -> None:
    assert numbers(ask("nhóm VII có những nhiệm vụ nào", "list_tasks")) == ["55", "56", "57", "58"]
    assert len(ask("nhóm đầu tiên gồm những việc gì", "list_tasks").refs) == 8
    assert numbers(ask("các nhiệm vụ trong nhóm hoàn thiện thể chế", "list_tasks")) == ["9", "10", "11", "12"]
    assert ask("nhóm XI có gì", "list_tasks").outcome == "not_found"


def test_indicators_by_agency_year_unit_and_heading(ask: Ask) -> None:
    assert numbers(ask("Sở Y tế theo dõi chỉ tiêu nào", "list_indicators")) == ["22"]
    assert numbers(ask("đến năm 2045 có những chỉ tiêu nào", "list_indicators")) == ["23", "24"]
    assert numbers(ask("chỉ tiêu nào có đơn vị tính là doanh nghiệp", "list_indicators")) == ["3", "24"]
    assert numbers(ask("phần hạ tầng số có các chỉ tiêu nào", "list_indicators")) == ["16.1", "16.2"]


def test_long_lists_come_in_pages(ask: Ask) -> None:
    first = ask("nhóm V có những nhiệm vụ nào", "list_tasks")
    assert len(first.refs) == 21 and "xem thêm" in first.text
    second, third, end = (ask("xem thêm", "show_more") for _ in range(3))
    assert [len(second.refs), len(third.refs)] == [10, 1]
    assert "hết" in end.text


def test_nobody_of_that_name(ask: Ask) -> None:
    reply = ask("Cục Thống kê tỉnh chủ trì nhiệm vụ nào", "list_tasks")
    assert (reply.outcome, reply.refs, reply.facts) == ("not_found", (), {"count": 0})


def test_a_deadline_in_a_sentence_before(ask: Ask, kb: KnowledgeBase) -> None:
    text = "Sếp cần gom nhiệm vụ có hạn từ đầu năm tới hết ngày 30/6/2025, còn lại tính sau. Phụ lục II có những nhiệm vụ nào?"
    expected = tasks(kb, lambda r: bool(r.due and r.due.date and date(2025, 1, 1) <= r.due.date <= date(2025, 6, 30)))
    assert numbers(ask(text, "list_tasks")) == expected


def test_rows_that_write_a_deadline_so(ask: Ask, kb: KnowledgeBase) -> None:
    reply = ask("bao nhiêu dòng ghi “thường xuyên” ở cột thời gian", "ask_due")
    assert numbers(reply) == tasks(kb, lambda r: r.due.text.lower() == "thường xuyên")
    assert "“thường xuyên”" in reply.text


def test_the_papers_of_an_agency(ask: Ask) -> None:
    assert numbers(ask("đề án của Bộ Chỉ huy quân sự tỉnh làm về cái gì", "list_tasks")) == ["39", "42"]


def test_a_task_has_no_other_time(ask: Ask) -> None:
    ask("quý 1 năm 2026 có nhiệm vụ nào tới hạn", "list_tasks")
    assert numbers(ask("ai làm", "ask_lead")) == ["49"]
    assert numbers(ask("thế còn quý 3 năm đó", "follow_up")) == ["53"]


def test_a_whole_cell_that_is_quoted(ask: Ask, kb: KnowledgeBase) -> None:
    listed = numbers(ask("các NV có kết quả ghi “QĐ của UBND tỉnh/Chủ tịch UBND tỉnh” là NV nào", "list_tasks"))
    assert listed == tasks(kb, lambda r: "chủ tịch ubnd tỉnh" in (r.result or "").lower())


def test_the_sentence_that_asks_and_the_one_that_presses(ask: Ask, kb: KnowledgeBase) -> None:
    text = "Thủ trưởng hỏi trong năm 2028 có những nhiệm vụ nào phải xong. Em cần câu trả lời nhanh ạ."
    assert numbers(ask(text, "list_tasks")) == tasks(kb, lambda r: bool(r.due and r.due.date and r.due.date.year == 2028))


def test_of_the_list_before_or_of_another(ask: Ask) -> None:
    listed = numbers(ask("Sở Nội vụ chủ trì những nhiệm vụ nào", "list_tasks"))
    assert len(listed) == 5
    regular = numbers(ask("trong đó cái nào làm thường xuyên", "list_tasks"))
    assert set(regular) < set(listed)
    due = numbers(ask("trong 5 việc của Sở Nội vụ đó việc nào phải xong trong năm 2025", "list_tasks"))
    assert due and set(due) < set(listed) and not set(due) & set(regular)


def test_what_a_list_is_about_is_never_left_out(ask: Ask) -> None:
    assert ask("chỉ tiêu về xe điện đến 2030", "list_indicators").refs == ()
    assert ask("các nhiệm vụ về nuôi tôm trong tháng 12/2025", "list_tasks").refs == ()
    assert numbers(ask("nhiệm vụ về dữ liệu của Sở Thông tin và Truyền thông", "list_tasks"))


def test_my_work_of_a_week_is_that_of_my_agency(ask: Ask) -> None:
    assert numbers(ask("tháng 12 này mình có việc gì", "out_of_scope", agency="Sở Y tế")) == ["45"]


def test_a_result_without_a_time_is_not_upcoming(ask: Ask) -> None:
    assert numbers(ask("việc nào phải trình nghị quyết HĐND", "list_upcoming", confidence=0.4)) == ["51"]


def test_how_many_is_not_until_when(ask: Ask) -> None:
    assert numbers(ask("mấy huyện phải xong đô thị thông minh", "ask_due")) == ["17"]
