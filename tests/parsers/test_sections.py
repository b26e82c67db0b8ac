"""The section tree: joined paragraphs, their sections, page furniture told apart, every line accounted for."""

import pytest

from knowledge.parsers import passages, prose, targets
from knowledge.parsers.coverage import account, unplaced
from knowledge.parsers.duplicates import find_duplicates
from knowledge.parsers.sections import read_outline
from tests.parsers.prose_sources import PROSE, document, shipped

# Read off the sources by eye: first line → section, last line, whether it is a heading.
PLACES = {
    "hg-tb-2025-03-18": {
        55: ("I.2", 64, False),
        88: ("II.2", 90, True),
        118: ("II.3", 120, False),
        143: ("II.3(9)", 143, False),
        145: ("II.3", 149, False),
        151: ("II.3", 159, False),
        161: ("II.3", 161, True),
        197: ("II.3(5)", 202, False),
        210: ("III.1", 210, False),
        234: ("III.2.2", 234, True),
        252: ("III.2.4", 256, False),
        263: ("III.2.4(1)", 267, False),
        317: ("III.2.4(4)", 321, False),
        323: ("III.2.4(5)", 333, False),
        354: ("III.2.4(6)", 360, False),
        364: ("IV.1", 366, True),
        396: ("IV.4", 402, False),
        451: ("IV.6", 455, False),
    },
    "ht-tb15-2025-07-10": {
        28: ("1", 28, True),
        30: ("1", 44, False),
        56: ("2.3", 58, False),
        62: ("2.3(1)", 62, False),
        72: ("2.3(5)", 74, False),
        76: ("2.3(5)", 76, False),
        86: ("3.2", 86, True),
        94: ("3.2", 94, False),
    },
    "hg-bc-nq52-2024": {31: ("III.1", 31, True), 33: ("III.1", 34, False), 65: ("III.2.5", 65, False), 96: ("IV", 96, True)},
    "tg-kh-nq57-2025": {
        16: ("I.1", 18, True),
        19: ("I.1", 31, False),
        104: ("II.6", 105, True),
        123: ("II.8", 133, False),
        181: ("III.1", 185, False),
        193: ("III.1", 197, False),
        308: ("III.2.2.b", 311, False),
        313: ("III.2.2.b", 313, False),
        638: (None, None, None),
        868: ("IV.5.1", 869, True),
        1067: ("IV.10", 1067, True),
        1091: ("V", 1091, True),
        1144: ("V.3", 1146, False),
    },
}
FURNITURE = {
    "hg-tb-2025-03-18": {
        2: "title",
        9: "rule",
        335: "address",
        457: "recipients",
        460: "recipients",
        470: "signature",
        478: "signature",
    },
    "ht-tb15-2025-07-10": {3: "letterhead", 10: "letterhead", 16: "title", 22: "title", 99: "recipients", 113: "signature"},
    "hg-bc-nq52-2024": {
        9: "letterhead",
        16: "title",
        20: "rule",
        26: "rule",
        109: "recipients",
        112: "duplicate",
        114: "duplicate",
        115: "duplicate",
    },
    "tg-kh-nq57-2025": {
        2: "letterhead",
        4: "title",
        340: "page_number",
        733: "page_number",
        1258: "recipients",
        1263: "recipients",
    },
}


@pytest.mark.parametrize("plan", PROSE)
def test_paragraphs_stand_where_the_source_has_them(plan):
    found = {p.lines[0]: (p.section, p.lines[-1], p.heading) for p in read_outline(shipped(plan)).paragraphs if p.note is None}
    for line, place in PLACES[plan].items():
        assert found.get(line, (None, None, None)) == place, line


@pytest.mark.parametrize("plan", PROSE)
def test_page_furniture_is_named(plan):
    found = {no: piece.kind for piece in read_outline(shipped(plan)).furniture for no in piece.lines}
    assert {no: found.get(no) for no in FURNITURE[plan]} == FURNITURE[plan]


@pytest.mark.parametrize("plan", PROSE)
def test_every_line_is_accounted_for(plan):
    source = shipped(plan)
    rows = [*prose.extract(source, plan), *passages.extract(source, plan), *targets.extract(source, plan)]
    known = account(source, rows)
    assert [line.no for line in source.lines if line.text.strip() and line.no not in known] == []
    assert unplaced(source, rows) == ()


def test_a_line_that_nothing_takes_is_reported():
    source = shipped("ht-tb15-2025-07-10")
    rows = [row for row in prose.extract(source, "p") + passages.extract(source, "p") if row.no != "3.2-3"]
    assert [stretch[:2] for stretch in unplaced(source, rows)] == [(92, 92)]


def test_footnotes_are_kept_apart_with_their_marks():
    notes = {p.note: p.lines for p in read_outline(shipped("ht-tb15-2025-07-10")).paragraphs if p.note}
    assert notes == {"1": (32,), "2": (34,), "3": (36,), "4": (38,), "5": (40,), "6": (42,)}
    lifted = [(p.note, p.lines) for p in read_outline(shipped("hg-bc-nq52-2024")).paragraphs if p.note]
    assert lifted == [("1", (25,)), ("2", (51,)), ("2", (52,)), ("2", (53,)), ("3", (66,)), ("4", (69,))]
    assert [p.lines for p in read_outline(shipped("tg-kh-nq57-2025")).paragraphs if p.note] == [(192,)]


def test_a_footnote_does_not_break_the_paragraph_around_it():
    around = next(p for p in read_outline(shipped("ht-tb15-2025-07-10")).paragraphs if p.lines[0] == 30)
    assert "và các kết luận, kế hoạch" in around.text


def test_a_misread_number_is_read_by_its_neighbours_and_doubted():
    heading = next(p for p in read_outline(shipped("tg-kh-nq57-2025")).paragraphs if p.lines[0] == 868)
    assert heading.section == "IV.5.1" and "5.7" in heading.doubt


@pytest.mark.parametrize(
    ("text", "sections"),
    [
        (
            "KẾ HOẠCH\nI. MỤC TIÊU\n1. Chung\nNâng cao nhận thức.\nII/ NHIỆM VỤ\n"
            "1/ Thể chế\na) Rà soát.\nb) Ban hành.\n2/ Hạ tầng\n- Mở rộng.",
            ["I", "I.1", "I.1", "II", "II.1", "II.1.a", "II.1.b", "II.2", "II.2"],
        ),
        (
            "THÔNG BÁO\n1. Sở A làm.\n2. Sở B làm:\n2.1. Việc một.\n2.2. Việc hai.\n2.2.1. Chi tiết.\n3. Sở C làm.",
            ["1", "2", "2.1", "2.2", "2.2.1", "3"],
        ),
        ("QUYẾT ĐỊNH\nVề việc ban hành Kế hoạch\nĐiều 1. Ban hành Kế hoạch.\nĐiều 2. Giao Sở A.\n", ["Đ1", "Đ2"]),
        ("KẾ HOẠCH\nI. MỤC TIÊU\n(1) Một.\n(2) Hai.\n* Ghi chú\n(1) Ba.", ["I", "I(1)", "I(2)", "I", "I(1)"]),
    ],
)
def test_numbering_of_other_plans(text, sections):
    assert [p.section for p in read_outline(document(text)).paragraphs] == sections


def test_lines_broken_by_a_margin_are_joined_and_dashes_inside_words_are_no_points():
    text = (
        "KẾ HOẠCH\nI. MỤC ĐÍCH\nPhát triển khoa học và công nghệ gắn với phát triển kinh tế\n\n"
        "- xã hội của tỉnh trong giai đoạn mới, bảo đảm quốc phòng\n\n"
        "và an ninh trên địa bàn toàn tỉnh theo Nghị quyết số 57-\n\nNQ/TW của Bộ Chính trị.\n\n"
        "Nâng cao nhận thức của toàn hệ thống."
    )
    outline = read_outline(document(text))
    assert [p.text for p in outline.paragraphs[1:]] == [
        "Phát triển khoa học và công nghệ gắn với phát triển kinh tế - xã hội của tỉnh trong giai đoạn mới, bảo đảm quốc phòng "
        "và an ninh trên địa bàn toàn tỉnh theo Nghị quyết số 57-NQ/TW của Bộ Chính trị.",
        "Nâng cao nhận thức của toàn hệ thống.",
    ]


@pytest.mark.parametrize("plan", ["hg-tb-2025-03-18", "tg-kh-nq57-2025"])
def test_blank_lines_are_not_needed(plan):
    """A PDF's lines come without them."""
    source = shipped(plan)
    texts = "\n".join(line.text.strip() for line in source.lines if line.text.strip())
    whole = {(p.section, p.text) for p in read_outline(source).paragraphs}
    bare = {(p.section, p.text) for p in read_outline(document(texts)).paragraphs}
    assert len(whole - bare) <= 2


def test_a_flattened_table_in_an_annex_is_one_named_region():
    text = (
        "KẾ HOẠCH\nI. NHIỆM VỤ\n1. Sở Y tế chủ trì thực hiện.\nPHỤ LỤC\nDANH MỤC NHIỆM VỤ\n"
        "STT\nNhiệm vụ\nCơ quan chủ trì\nThời gian\n1\nXây dựng Đề án\n"
        "Sở Y tế\n2026"
    )
    outline = read_outline(document(text))
    assert [piece.lines[0] for piece in outline.furniture if piece.kind == "table"] == list(range(4, 14))
    assert [p.section for p in outline.paragraphs] == ["I", "I.1"]


def test_a_copy_is_left_out_only_if_it_is_damaged_and_a_copy():
    said = "Cuộc Cách mạng công nghiệp lần thứ tư mở ra nhiều cơ hội, đồng thời cũng đặt ra nhiều thách thức."
    damaged = "".join(f" {'?'} " if ord(char) > 0x1E00 else char for char in said)
    other = "Ngh ? quy ? t khác h ? n v ? i nh ? ng gì đã nêu ? trên, kh ? ng đ ? nh ch ? trương mới c ? a t ? nh."
    assert find_duplicates([(1, said), (2, damaged)]) == {2}
    assert find_duplicates([(1, said), (2, said), (3, other)]) == frozenset()


@pytest.mark.parametrize(
    "text", ["", "\n\n", "-", "(1)", "[1: [] chưa đóng ngoặc", "I.", "Điều", "\ufeff|", "a)\nb)\n", "1." * 500]
)
def test_odd_texts_break_nothing(text):
    source = document(text)
    rows = prose.extract(source, "p") + passages.extract(source, "p")
    assert all(row.source.lines for row in rows)
