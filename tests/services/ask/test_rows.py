"""Questions about one row: found by title, paraphrase, number; never a wrong one."""

from __future__ import annotations

import pytest

from tests.services.ask.conftest import Ask, numbers


@pytest.mark.parametrize(
    ("text", "intent", "row"),
    [
        ("cơ quan nào chủ trì đề án ứng dụng IoT", "ask_lead", "19"),
        ("co quan nao chu tri de an ung dung iot", "ask_lead", "19"),
        ("nhiệm vụ 18 ai chủ trì", "ask_lead", "18"),
        ("NV 24 ai phối hợp", "ask_coop", "24"),
        ("kho dữ liệu chuyên gia người tỉnh mình ở nước ngoài chừng nào xong", "ask_due", "56"),
        ("ĐA phát hiện tấn công mạng, gián điệp mạng ra kết quả gì", "ask_result", "41"),
        ("tỷ lệ hồ sơ sức khỏe điện tử của bà con phải đạt bao nhiêu", "ask_target", "22"),
        ("đóng phí thủ tục hành chính qua mạng phải đạt mấy phần trăm", "ask_target", "5.6"),
        ("chỉ tiêu 5.10 là gì", "ask_detail", "5.10"),
    ],
)
def test_finds_the_row(ask: Ask, text: str, intent: str, row: str) -> None:
    reply = ask(text, intent)
    assert (reply.outcome, numbers(reply)) == ("answer", [row])
    assert "Nguồn:" in reply.text


def test_facts_are_the_cells(ask: Ask) -> None:
    facts = ask("nhiệm vụ 20 là gì", "ask_detail").facts
    assert facts["lead"] == ["Sở Thông tin và Truyền thông"]
    assert facts["coop"] == ["Các sở, ban ngành và địa phương"]
    assert facts["result"] == "Kế hoạch/ Đề án của UBND tỉnh"
    assert facts["due"] == {"text": "12/2025", "kind": "month", "date": "2025-12-31"}


def test_names_who_holds_the_work_today(ask: Ask) -> None:
    assert "nay là Sở Khoa học và Công nghệ" in ask("ai chủ trì nhiệm vụ 18", "ask_lead").text


@pytest.mark.parametrize("text", ["nuôi tôm công nghệ cao giao ai", "đề án xây cầu vượt sở nào chủ trì", "nhiệm vụ số 99 ai làm"])
def test_says_that_nothing_fits(ask: Ask, text: str) -> None:
    reply = ask(text, "ask_lead")
    assert (reply.outcome, reply.refs) == ("not_found", ())


def test_asks_back_between_equal_rows(ask: Ask) -> None:
    reply = ask("số 18 là gì", "ask_detail")
    assert reply.outcome == "clarify"
    assert {c.split("#")[1] for c in reply.choices} == {"task:18", "indicator:18"}


def test_the_kind_of_paper_tells_rows_apart(ask: Ask) -> None:
    assert numbers(ask("danh mục nhiệm vụ trọng điểm chuyển đổi số ra văn bản gì", "ask_result")) == ["51"]


def test_a_paper_whose_name_was_forgotten_is_offered(ask: Ask) -> None:
    reply = ask("Hôm họp tôi nghe nhắc đề án của Bộ Chỉ huy quân sự tỉnh mà quên tên. Đề án đó ai phối hợp?", "ask_coop")
    assert reply.outcome == "clarify"
    assert {"39", "42"} <= {c.split(":")[-1] for c in reply.choices}


def test_work_on_a_document_is_no_question_about_it(ask: Ask) -> None:
    reply = ask("chương trình tuyên truyền Nghị quyết 57 có hạn cuối không", "ask_document", ranking=(("ask_due", 0.4),))
    assert numbers(reply) == ["1"]


def test_year_tells_indicators_apart(ask: Ask) -> None:
    assert numbers(ask("chỉ số PII đứng thứ mấy", "ask_target")) == ["1", "23"]  # one measure: the value of each year
    assert numbers(ask("đến năm 2045 chỉ số PII đứng thứ mấy", "ask_target")) == ["23"]


def test_several_numbers_are_all_answered(ask: Ask) -> None:
    assert numbers(ask("hạn nhiệm vụ 18 và 19", "ask_due")) == ["18", "19"]


def test_a_heading_tells_the_values_under_it(ask: Ask) -> None:
    assert numbers(ask("chỉ tiêu về hạ tầng số là mấy phần trăm", "ask_target")) == ["16.1", "16.2"]


def test_no_task_says_how_many(ask: Ask) -> None:
    assert ask("đến năm 2030 phải có mấy vườn ươm khởi nghiệp", "ask_target").outcome == "not_found"


def test_short_forms_with_an_ampersand_are_words(ask: Ask) -> None:
    assert numbers(ask("đề án đầu tư năng lực tổ chức KH&CN công lập ai chủ trì", "ask_lead")) == ["14"]


def test_two_rows_with_every_word_are_asked_back(ask: Ask) -> None:
    reply = ask("giúp hợp tác xã, hộ kinh doanh, doanh nghiệp nhỏ chuyển đổi số chừng nào phải xong", "ask_due")
    assert reply.outcome == "clarify"
    assert {c.split(":")[-1] for c in reply.choices} == {"48", "49"}


def test_a_slide_numbers_no_row(ask: Ask) -> None:
    assert "57" in numbers(ask("NV 57 - DN có nằm trong cột phối hợp không", "ask_coop"))
    assert ask("slide số 4 của em cần đề án đô thị thông minh, ai chủ trì", "ask_lead").refs[0].endswith("task:18")


def test_two_things_in_turn(ask: Ask) -> None:
    reply = ask("đề án đô thị thông minh với đề án bệnh viện đa khoa hạn lần lượt là bao nhiêu", "ask_due")
    assert set(numbers(reply)) == {"18", "45"}


def test_what_other_rows_hold_is_not_this_row(ask: Ask) -> None:
    refused = ask("đô thị thông minh trong khu công nghiệp, cụm công nghiệp thì ai chủ trì", "ask_lead")
    assert refused.outcome != "answer" or "không ghi" in refused.text
    assert "không ghi" not in ask("đề án đô thị thông minh ai chủ trì", "ask_lead").text


def test_two_short_forms_with_a_comma_are_one(ask: Ask) -> None:
    assert numbers(ask("đề án đầu tư năng lực tổ chức KH, CN công lập ai chủ trì", "ask_lead")) == ["14"]


def test_words_that_only_lead_on(ask: Ask) -> None:
    assert numbers(ask("the de an nhan tai thi bao gio xong", "ask_due")) == ["26"]
    assert ask("Nhiệm vụ thương mại điện tử giao ai?", "ask_lead").outcome == "clarify"


def test_the_hour_is_no_province(ask: Ask) -> None:
    assert numbers(ask("ĐA đầu tư năng lực cho tổ chức KH&CN công lập: TG hoàn thành?", "ask_due", province=None)) == ["14"]
