"""Answers as blocks."""

from __future__ import annotations

from typing import Any

from bot.channels.port import Button, Outgoing
from bot.server.widget_cards import address, blocks, loose_buttons


def message(text: str, *buttons: str, **record: Any) -> Outgoing:
    return Outgoing("c", text, tuple(Button(b, b) for b in buttons), {"outcome": "answer", "refs": [], "facts": {}, **record})


def test_what_was_asked_first_then_facts_then_source() -> None:
    said = message(
        "Tôi là trợ lý ảo, một chương trình máy tính trả lời tự động.\n\nSở A chủ trì nhiệm vụ 18.\nLưu ý: Sở A nay là Sở B.\n"
        "Nguồn: mục 18 – Kế hoạch X.",
        refs=["kh#task:18"], facts={"name": "Đề án", "lead": ["Sở A"], "coop": ["Các sở", "Các xã"], "due": {"text": "12/2028"}})
    assert blocks(said) == [
        {"type": "text", "text": "Tôi là trợ lý ảo, một chương trình máy tính trả lời tự động."},
        {"type": "lead", "text": "Sở A chủ trì nhiệm vụ 18."},
        {"type": "facts", "items": [{"label": "Chủ trì", "value": "Sở A"}, {"label": "Phối hợp", "value": "Các sở; Các xã"},
                                    {"label": "Thời hạn", "value": "12/2028"}]},
        {"type": "note", "text": "Lưu ý: Sở A nay là Sở B."},
        {"type": "sources", "items": [{"text": "mục 18 – Kế hoạch X", "href": "/van-ban/kh#task:18"}]},
    ]


def test_facts_that_the_text_lists_are_not_said_twice() -> None:
    said = message("Nhiệm vụ 5: Bố trí cán bộ.\n• Chủ trì: Sở Nội vụ\n• Thời hạn: Thường xuyên",
                   refs=["kh#task:5"], facts={"lead": ["Sở Nội vụ"]})
    assert blocks(said) == [
        {"type": "lead", "text": "Nhiệm vụ 5: Bố trí cán bộ."},
        {"type": "facts", "items": [{"label": "Chủ trì", "value": "Sở Nội vụ"}, {"label": "Thời hạn", "value": "Thường xuyên"}]},
    ]


def test_rows_become_a_table_whose_lines_open_the_document() -> None:
    said = message(
        "Có 4 việc:\n• Nhiệm vụ 44: Xây dựng giải pháp (giai đoạn 2) (chủ trì: Sở Y tế; hạn: 03/2025)\n"
        "• Nhiệm vụ 44: Việc ở kế hoạch khác\n"
        "• Mục tiêu (mục 2030-a-1): Kinh tế số (đạt: 30)\n• Việc được giao (mục 2.3(1)): Rà soát: báo cáo\n"
        "Còn 27 mục, gõ “xem thêm” để xem tiếp.\nNguồn: Kế hoạch A.\nNguồn: Kế hoạch B.",
        "Xem thêm", refs=["a#task:44", "b#task:44", "a#target:2030-a-1", "b#duty:2.3(1)", "a#task:45"], facts={"count": 31})
    table, more, sources = blocks(said)[1:]
    assert table == {"type": "table", "columns": ["Mục", "Nội dung", "Chủ trì", "Thời hạn", "Phải đạt"], "rows": [
        {"cells": ["Nhiệm vụ 44", "Xây dựng giải pháp (giai đoạn 2)", "Sở Y tế", "03/2025", ""], "href": "/van-ban/a#task:44"},
        {"cells": ["Nhiệm vụ 44", "Việc ở kế hoạch khác", "", "", ""], "href": "/van-ban/b#task:44"},
        {"cells": ["Mục tiêu (mục 2030-a-1)", "Kinh tế số", "", "", "30"], "href": "/van-ban/a#target:2030-a-1"},
        {"cells": ["Việc được giao (mục 2.3(1))", "Rà soát: báo cáo", "", "", ""], "href": "/van-ban/b#duty:2.3(1)"}]}
    assert more == {"type": "text", "text": "Còn 27 mục."}
    assert [item["href"] for item in sources["items"]] == ["/van-ban/a", "/van-ban/b"]
    assert loose_buttons(said, blocks(said)) == [{"title": "Xem thêm", "payload": "Xem thêm"}]


def test_choices_are_pressed_where_they_stand() -> None:
    said = message("Anh/chị hỏi nội dung nào?\n1. Nhiệm vụ 1: A\n2. Nhiệm vụ 3: B\nAnh/chị gõ số thứ tự ạ.", "1", "2", "Không có",
                   outcome="clarify", choices=["kh#task:1", "kh#task:3"])
    assert blocks(said)[1] == {"type": "choices", "items": [
        {"title": "Nhiệm vụ 1: A", "payload": "1"}, {"title": "Nhiệm vụ 3: B", "payload": "2"}]}
    assert loose_buttons(said, blocks(said)) == [{"title": "Không có", "payload": "Không có"}]
    plain = message("1. Việc thứ nhất\n2. Việc thứ hai")
    assert {block["type"] for block in blocks(plain)} == {"lead", "text"}


def test_lists_quotations_and_texts_of_no_answer() -> None:
    said = Outgoing("c", "Anh/chị có thể hỏi:\n• “Nhiệm vụ của Sở Y tế”\n• Chỉ tiêu 5G\n“Trích nguyên văn.”")
    assert blocks(said) == [
        {"type": "text", "text": "Anh/chị có thể hỏi:"}, {"type": "list", "items": ["“Nhiệm vụ của Sở Y tế”", "Chỉ tiêu 5G"]},
        {"type": "quote", "text": "“Trích nguyên văn.”"}]
    assert blocks(Outgoing("c", "")) == []


def test_sources_that_cannot_be_told_apart_are_not_linked() -> None:
    said = message("Có.\nNguồn: Kế hoạch A.", refs=["a#task:1", "b#task:1"])
    assert blocks(said)[-1] == {"type": "sources", "items": [{"text": "Kế hoạch A", "href": None}]}
    cited = message("Có.\nNguồn: Kế hoạch A.", refs=["doc:57-NQ/TW", "agency:so-y-te", "a"])
    assert blocks(cited)[-1]["items"] == [{"text": "Kế hoạch A", "href": "/van-ban/a"}]


def test_addresses_hold_what_references_hold() -> None:
    assert address("hg-kh#task:III.2") == "/van-ban/hg-kh#task:III.2"
    assert address("a/../b?c#duty:2.3(1) \"x") == "/van-ban/a%2F..%2Fb%3Fc#duty:2.3(1)%20%22x"


def test_a_fact_is_not_said_twice() -> None:
    record = {"outcome": "answer", "refs": ["p#task:45"], "facts": {
        "lead": ["Sở Y tế"], "due": {"text": "2025", "kind": "year", "date": "2025-12-31"}}}
    message = Outgoing("c", "Hạn 2025 (chậm nhất 31/12/2025): nhiệm vụ 45.\nChủ trì: Sở Y tế.\nNguồn: mục 45.", record=record)
    drawn = blocks(message)
    assert [block["type"] for block in drawn] == ["lead", "facts", "sources"]
    assert drawn[1]["items"] == [{"label": "Chủ trì", "value": "Sở Y tế"},
                                 {"label": "Thời hạn", "value": "2025 (chậm nhất 31/12/2025)"}]
