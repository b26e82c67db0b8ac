"""Assignments in conclusions, official letters and plans of provinces after 2025: whom the points of a list are for."""

import pytest

from knowledge.parsers import targets
from knowledge.parsers.actors import only_agencies
from knowledge.parsers.due_phrases import find_due
from knowledge.parsers.prose import extract
from tests.parsers.prose_sources import document


def duties(text):
    return [(row.no, row.name, row.lead, row.coop) for row in extract(document(text), "p") if row.kind == "duty"]


CONCLUSION = """THÔNG BÁO
Kết luận của đồng chí Phó Chủ tịch Ủy ban nhân dân tỉnh tại Hội nghị
II. NHIỆM VỤ, GIẢI PHÁP TRỌNG TÂM THỜI GIAN TỚI
Để tiếp tục nâng cao hiệu quả công tác, đồng chí Phó Chủ tịch UBND tỉnh yêu cầu các sở, ban, ngành tập trung thực hiện các nhiệm vụ sau:
1. Về cải cách thể chế
Giao Sở Tư pháp chủ trì, phối hợp với các cơ quan, đơn vị liên quan:
a) Tổ chức rà soát toàn bộ hệ thống văn bản quy phạm pháp luật.
b) Kịp thời tham mưu sửa đổi, bổ sung các văn bản không còn phù hợp.
2. Về cải cách tổ chức bộ máy
Giao Sở Nội vụ:
a) Tiếp tục đề xuất UBND tỉnh cải cách bộ máy, biên chế.
III. TỔ CHỨC THỰC HIỆN
Giao Sở Nội vụ chủ trì, phối hợp với Văn phòng UBND tỉnh:
1. Theo dõi, đôn đốc việc thực hiện Thông báo này.
2. Tổng hợp kết quả, tham mưu UBND tỉnh chỉ đạo.
Trân trọng thông báo ý kiến kết luận của đồng chí Phó Chủ tịch UBND tỉnh đến các cơ quan, đơn vị biết, thực hiện./."""


def test_a_line_without_a_number_says_whom_the_points_below_are_for():
    others = ("các cơ quan, đơn vị liên quan",)
    assert [(no, lead, coop) for no, _, lead, coop in duties(CONCLUSION)] == [
        ("II.1.a", ("Sở Tư pháp",), others), ("II.1.b", ("Sở Tư pháp",), others), ("II.2.a", ("Sở Nội vụ",), ()),
        ("III.1", ("Sở Nội vụ",), ("Văn phòng UBND tỉnh",)), ("III.2", ("Sở Nội vụ",), ("Văn phòng UBND tỉnh",))]


def test_points_that_are_work_by_themselves_are_duties_of_their_own():
    text = """CÔNG VĂN
II. NHIỆM VỤ, GIẢI PHÁP
2. Nhiệm vụ cụ thể
c) Giao Văn phòng Ủy ban nhân dân tỉnh:
- Tham mưu ban hành quy chế phối hợp công bố thủ tục hành chính.
- Thường xuyên theo dõi, đôn đốc các cơ quan, đơn vị.
- Sau khi có quyết định công bố, Văn phòng Ủy ban nhân dân tỉnh công khai thủ tục hành chính.
h) Giao Trung tâm xúc tiến Đầu tư, Thương mại và Du lịch tỉnh:
- Tiếp tục tiếp nhận phản ánh của doanh nghiệp và phối hợp với các sở, ngành liên quan giải đáp, tháo gỡ.
- Tham mưu tổ chức đối thoại với doanh nghiệp."""
    office, centre = ("Văn phòng Ủy ban nhân dân tỉnh",), ("Trung tâm xúc tiến Đầu tư, Thương mại và Du lịch tỉnh",)
    assert [(no, lead) for no, _, lead, _ in duties(text)] == [
        ("II.2.c-1", office), ("II.2.c-2", office), ("II.2.c-3", office), ("II.2.h-1", centre), ("II.2.h-2", centre)]
    assert duties(text)[3][3] == ("các sở, ngành liên quan",)


def test_a_heading_of_who_leads_and_with_whom_is_no_duty_itself():
    text = """KẾ HOẠCH
III. PHÂN CÔNG NHIỆM VỤ
8.1. Sở Tài chính chủ trì, phối hợp các sở, ban, ngành
- Tham mưu phân bổ vốn đầu tư công trung hạn.
9. Bộ tư lệnh Vùng Cảnh sát biển 3: Phối hợp với lực lượng chuyên trách phòng, chống ma túy."""
    assert duties(text) == [
        ("III.8.1", "Tham mưu phân bổ vốn đầu tư công trung hạn.", ("Sở Tài chính",), ("các sở, ban, ngành",)),
        ("III.9", "Bộ tư lệnh Vùng Cảnh sát biển 3: Phối hợp với lực lượng chuyên trách phòng, chống ma túy.",
         ("Bộ tư lệnh Vùng Cảnh sát biển 3",), ())]


def test_an_assignment_that_leads_to_a_table_stays():
    text = """KẾ HOẠCH
III. HOẠT ĐỘNG TRỌNG TÂM
1. Phát sóng các chương trình
a) Đối thoại với các sở:
Báo và Phát thanh, Truyền hình tỉnh chủ trì, phối hợp với các sở liên quan tổ chức chương trình đối thoại, gồm 11 chuyên mục sau:
b) Đối thoại với các xã:"""
    assert [(no, lead) for no, _, lead, _ in duties(text)] == [("III.1.a", ("Báo và Phát thanh, Truyền hình tỉnh",))]


@pytest.mark.parametrize("sentence", [
    "Các phòng chuyên môn và tổ chức tương đương thuộc các cơ quan, đơn vị trên địa bàn tỉnh.",
    "Đối với UBND cấp xã: Có kết quả đánh giá chỉ số đạt loại Tốt và nằm trong nhóm 10 địa phương dẫn đầu.",
])
def test_who_is_meant_and_what_is_required_is_no_duty(sentence):
    assert duties(f"KẾ HOẠCH\nV. TIÊU CHUẨN KHEN THƯỞNG\n1. Đối với tập thể\n- {sentence}") == []


def test_a_period_before_the_subject():
    text = "KẾ HOẠCH\nIV. TIẾN ĐỘ THỰC HIỆN\n1. Quý I/2027, các cơ quan, đơn vị, địa phương đánh giá kết quả phong trào thi đua."
    assert [(no, lead) for no, _, lead, _ in duties(text)] == [("IV.1", ("các cơ quan, đơn vị, địa phương",))]


@pytest.mark.parametrize("heading, names", [
    ("Các cơ quan, đơn vị được kiểm tra", ("Các cơ quan, đơn vị được kiểm tra",)),
    ("Trung tâm phục vụ hành chính công tỉnh", ("Trung tâm phục vụ hành chính công tỉnh",)),
    ("Bộ tư lệnh Vùng Cảnh sát biển 3", ("Bộ tư lệnh Vùng Cảnh sát biển 3",)),
    ("Tổng Liên đoàn Lao động Việt Nam", ("Tổng Liên đoàn Lao động Việt Nam",)),
])
def test_headings_that_name_bodies(heading, names):
    assert only_agencies(heading) == names


def test_a_name_with_a_verb_in_it_stays_whole():
    text = "KẾ HOẠCH\nII. NỘI DUNG\n1. Rà soát văn bản\na) Rà soát văn bản về công nghệ.\n" \
           "- Đơn vị chủ trì: Cục Kiểm tra văn bản và Tổ chức thi hành pháp luật.\n- Thời gian: Quý II/2025."
    assert [lead for _, _, lead, _ in duties(text)] == [("Cục Kiểm tra văn bản và Tổ chức thi hành pháp luật",)]


def test_tasks_below_targets_are_no_targets():
    text = """KẾ HOẠCH
Cải cách hành chính năm 2026
II. CHỈ TIÊU, NHIỆM VỤ
1. Cải cách thủ tục hành chính
a) Mục tiêu
- 100% thủ tục hành chính được công khai.
b) Nhiệm vụ
- Tổ chức tốt việc tiếp nhận, bảo đảm 100% hồ sơ được tiếp nhận tại bộ phận một cửa."""
    assert [row.name for row in targets.extract(document(text), "p")] == ["100% thủ tục hành chính được công khai."]


def test_words_of_a_clean_text_stay():
    text = "KẾ HOẠCH\nIII. NHIỆM VỤ\n1. Sở Nội vụ tổ chức cho cán bộ tham gia học tập khóa học “Hướng dẫn sử dụng Hệ thống”."
    assert "học tập khóa học" in duties(text)[0][1]
    assert find_due("Sở Nội vụ hoàn thành trước ngày 20/12/2025.")[0].date.isoformat() == "2025-12-20"
