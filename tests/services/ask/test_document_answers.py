"""Documents by number, kind, subject, province; what is not told is said, what is meant twice is asked."""

from __future__ import annotations

import pytest

from knowledge.services.ask.base import KnowledgeBase
from knowledge.services.ask.citations import signer
from tests.services.ask.small import ask, changed, small


@pytest.fixture(scope="module")
def kb() -> KnowledgeBase:
    return small()


@pytest.mark.parametrize(
    "text", ["Nghị quyết 57-NQ/TW ban hành ngày nào?", "nghi quyet 57 cua ai ban hanh", "NQ57 là gì", "nq 57-nq/tw ve viec gi"]
)
def test_by_number(kb: KnowledgeBase, text: str) -> None:
    reply = ask(kb, text, "ask_document")
    assert (reply.outcome, reply.refs) == ("answer", ("doc:57-NQ/TW", "an-kh", "ha-tb"))
    assert (reply.facts["date"], reply.facts["issuer"]) == ("2024-12-22", "Bộ Chính trị")


def test_by_subject(kb: KnowledgeBase) -> None:
    reply = ask(kb, "Quyết định nào phê duyệt dự án khu công nghệ số?", "ask_lead")
    assert reply.refs[0] == "doc:12/QĐ-UBND"


def test_who_mentions_it(kb: KnowledgeBase) -> None:
    reply = ask(kb, "Văn bản nào nhắc tới Nghị quyết 57?", "ask_document")
    assert reply.refs == ("doc:57-NQ/TW", "an-kh", "ha-tb") and reply.facts["mentions"] == ["ha-tb#duty:2.1"]
    assert reply.text.startswith("Được nhắc tới trong 2 văn bản")


def test_two_of_one_number_are_asked_and_picked(kb: KnowledgeBase) -> None:
    offered = ask(kb, "Quyết định 31 về việc gì?", "ask_document")
    assert offered.outcome == "clarify" and set(offered.choices) == {"doc:31/QĐ-UBND", "doc:31/QĐ-TTg"}
    assert ask(kb, "2", "choose", context=offered.context).refs[0] == offered.choices[1]
    assert ask(kb, "Quyết định 31 của Thủ tướng về việc gì?", "ask_document").refs[0] == "doc:31/QĐ-TTg"


@pytest.mark.parametrize(
    "text", ["Nghị định 99/2031/NĐ-CP ban hành ngày nào?", "Nghị quyết 998 là của ai?", "Quyết định 31/QĐ-UBND ban hành ngày nào?"]
)
def test_what_is_not_told_is_not_made_up(kb: KnowledgeBase, text: str) -> None:
    reply = ask(kb, text, "ask_document")
    assert (reply.outcome, reply.refs) == ("not_found", ())


def test_our_own_plans(kb: KnowledgeBase) -> None:
    dated = ask(kb, "Kế hoạch của Tiền Giang ban hành ngày nào?", "ask_document")
    assert (dated.refs, dated.facts["date"]) == (("an-kh",), "2025-05-06")
    assert ask(kb, "Kế hoạch của Tiền Giang số mấy?", "ask_document").outcome == "not_found"
    assert ask(kb, "Thông báo 15 của Hà Tĩnh ngày nào?", "ask_document").refs == ("ha-tb", "doc:15-TB/BCĐ")
    assert "Nguyễn Văn An" in ask(kb, "Ai ký thông báo kết luận của Hà Tĩnh?", "ask_document").text
    assert "Trần Văn Bình" in ask(kb, "phiên họp do ai chủ trì", "ask_lead", "ha-tinh").text


def test_the_signer_stands_at_the_end() -> None:
    assert signer("Nơi nhận: A, Lưu VP. PHÓ CHỦ TỊCH Trần Thị Bé") == "PHÓ CHỦ TỊCH Trần Thị Bé"
    assert signer("Nơi nhận: Các sở, ban, ngành.") == ""


def test_changes_since_the_version_before() -> None:
    kb = small(changed)
    reply = ask(kb, "kế hoạch có gì thay đổi so với bản trước", "ask_change", "tien-giang")
    assert (reply.outcome, reply.facts["count"], reply.refs[0]) == ("answer", 1, "an-kh") and "1 dòng mới" in reply.text
    assert "chưa có bản trước" in ask(kb, "có gì thay đổi so với bản trước", "ask_change", "ha-tinh").text
