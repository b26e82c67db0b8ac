"""Facts, reporting and directions from prose: quoted as they stand, never from another province, never a poor fit."""

from __future__ import annotations

import pytest

from knowledge.services.ask import reporting
from knowledge.services.ask.base import KnowledgeBase
from tests.services.ask.small import ask, small


@pytest.fixture(scope="module")
def kb() -> KnowledgeBase:
    return small()


def test_the_sentence_is_quoted_with_its_place(kb: KnowledgeBase) -> None:
    reply = ask(kb, "to cong nghe so cong dong co bao nhieu thanh vien", "ask_fact", "hau-giang")
    assert reply.refs == ("hg-bc#passage:III.1-1",)
    assert reply.text.startswith("“Toàn tỉnh có 525 tổ công nghệ số cộng đồng với 2.863 thành viên.”") and "Nguồn:" in reply.text


def test_a_list_stays_whole(kb: KnowledgeBase) -> None:
    reply = ask(kb, "02 nền tảng trọng tâm là những nền tảng nào?", "ask_fact", "hau-giang")
    assert "(1) Nền tảng chia sẻ dữ liệu." in reply.text and "(2) Nền tảng họp trực tuyến." in reply.text


def test_a_section_by_its_title(kb: KnowledgeBase) -> None:
    reply = ask(kb, "tồn tại, hạn chế là gì?", "ask_fact", "hau-giang")
    assert reply.refs == ("hg-bc#passage:III.2-1", "hg-bc#passage:III.2-2")


@pytest.mark.parametrize(
    ("text", "province"), [("Hà Tĩnh có bao nhiêu tổ công nghệ số cộng đồng?", None), ("Có bao nhiêu cây cầu treo?", "hau-giang")]
)
def test_says_when_nothing_fits(kb: KnowledgeBase, text: str, province: str | None) -> None:
    assert ask(kb, text, "ask_fact", province).outcome == "not_found"


def test_reporting(kb: KnowledgeBase) -> None:
    weekly = ask(kb, "báo cáo tuần gửi về đâu, trước mấy giờ?", "ask_reporting", "ha-tinh")
    assert weekly.refs == ("ha-tb#reporting:2.3-1",) and weekly.facts["rrule"] == "FREQ=WEEKLY;BYDAY=FR;BYHOUR=11;BYMINUTE=0"
    assert weekly.text.startswith("Hằng tuần, trước 11 giờ thứ Sáu") and weekly.facts["to"] == ["Văn phòng Tỉnh ủy"]
    assert ask(kb, "chế độ báo cáo tuần thế nào", "ask_reporting", "hau-giang").outcome == "not_found"


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=MONTHLY;INTERVAL=3", "3 tháng một lần"),
        ("FREQ=MONTHLY;INTERVAL=30", "2,5 năm một lần"),
        ("FREQ=YEARLY", "hằng năm"),
        ("FREQ=WEEKLY;BYDAY=FR;BYHOUR=15;BYMINUTE=30", "hằng tuần, trước 15 giờ 30 thứ Sáu"),
    ],
)
def test_recurrences_in_words(rule: str, words: str) -> None:
    assert reporting.rule_words(rule) == words


def test_a_duty_and_its_regime_are_one_answer(kb: KnowledgeBase) -> None:
    reply = ask(kb, "Ai tổ chức kiểm tra liên ngành tại các địa phương?", "ask_lead", "tien-giang")
    assert (reply.refs, reply.facts["lead"]) == (("an-kh#duty:V.7",), ["Ban Chỉ đạo tỉnh"])


@pytest.mark.parametrize(
    ("text", "ref"), [("nguồn lực tài chính thì Hà Tĩnh chỉ đạo thế nào", "2.2"), ("Hà Tĩnh chỉ đạo gì về tuyên truyền?", "2.1")]
)
def test_what_is_directed_about_a_topic(kb: KnowledgeBase, text: str, ref: str) -> None:
    assert ask(kb, text, "list_tasks").refs == (f"ha-tb#duty:{ref}",)


def test_an_agency_that_no_plan_names(kb: KnowledgeBase) -> None:
    assert ask(kb, "Sở Du lịch được giao việc gì?", "list_tasks", "tien-giang").outcome == "not_found"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "Anh em công đoàn thắc mắc sao chỗ ấy khó kiếm người, nghe bảo tại đồng vào thấp. "
            "Báo cáo có nêu mức lương tuyển dụng từ mấy đến mấy triệu không ạ?",
            "04 - 12 triệu",
        ),
        (
            "Bên công ty cứ hỏi hoài là khu thực nghiệm được hưởng ưu đãi theo nghị định nào, em tìm mãi chưa ra, nhờ anh tra giúp",
            "154/2013/NĐ-CP",
        ),
        ("HG: mấy tổ CNS cộng đồng, bao nhiêu thành viên?", "525"),
    ],
)
def test_a_fact_asked_for_with_many_words_or_few(kb: KnowledgeBase, text: str, said: str) -> None:
    reply = ask(kb, text, "ask_fact", "hau-giang")
    assert reply.outcome == "answer" and said in reply.text


def test_many_words_about_something_else_find_nothing(kb: KnowledgeBase) -> None:
    text = "Em đang dở tay làm báo cáo tham luận cho tỉnh, thiếu đúng một con số, số hộ nghèo được vay vốn là bao nhiêu vậy anh"
    assert ask(kb, text, "ask_fact", "hau-giang").outcome == "not_found"


def test_what_a_plan_says_is_not_the_plan(kb: KnowledgeBase) -> None:
    reply = ask(kb, "kinh phí thực hiện kế hoạch của tiền jang lấy từ nguồn nào", "ask_document", "tien-giang")
    assert reply.refs == ("an-kh#passage:V.8",)


def test_reporting_by_its_form_alone(kb: KnowledgeBase) -> None:
    assert ask(kb, "bc tuần của đơn vị e nộp trc mấy giờ thứ sáu", "ask_reporting", "ha-tinh").refs == ("ha-tb#reporting:2.3-1",)
    text = "Em mới về Văn phòng Tỉnh ủy, chiều thứ sáu nào cũng nhận tổng hợp tuần mà chưa biết xong thì mình báo cáo tiếp cho ai"
    assert ask(kb, text, "ask_reporting", "ha-tinh").refs == ("ha-tb#duty:2.3-2",)


def test_regimes_of_each_province(kb: KnowledgeBase) -> None:
    assert set(ask(kb, "chu kỳ báo cáo định kỳ là sao", "ask_reporting").refs) == {"ha-tb#reporting:2.3-1", "an-kh#reporting:V.7"}


def test_the_day_of_a_paper_is_no_deadline(kb: KnowledgeBase) -> None:
    given = ask(kb, "Thông báo kết luận ngày 10/7/2025 giao Văn phòng Tỉnh ủy việc gì?", "list_tasks", "ha-tinh")
    assert given.refs and all(ref.startswith("ha-tb#duty") for ref in given.refs)
    none = ask(kb, "Kết luận ngày 10/7/2025 giao Sở Xây dựng việc gì?", "list_tasks", "ha-tinh")
    assert (none.outcome, none.refs, none.facts["count"]) == ("answer", (), 0) and "không giao việc riêng cho Sở Xây dựng" in none.text
