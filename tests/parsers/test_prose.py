"""Duties and reporting regimes in prose: all of the shipped plans, read off the sources by eye, and shapes of other plans."""

from pathlib import Path

import pytest
import yaml

from knowledge.parsers import targets
from knowledge.parsers.actors import agencies_at_start, only_agencies, tidy_names
from knowledge.parsers.due_phrases import find_due
from knowledge.parsers.prose import extract
from knowledge.parsers.recurrences import regimes_in
from tests.parsers.prose_sources import PROSE, document, shipped

DATA = Path(__file__).parent / "data" / "prose"
GOLDEN = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(DATA.glob("*.yml"))}


def rows_of(text, kind="duty"):
    return [row for row in extract(document(text), "p") if row.kind == kind]


def as_golden(row):
    """A row in the form of the golden files."""
    out = {"no": row.no, "lines": list(row.source.lines), "begins": " ".join(row.name.split()[:7])}
    out |= {
        "lead": list(row.lead),
        "coop": list(row.coop),
        "directed": row.extra.get("directed"),
        "addressee": row.extra.get("addressee"),
    }
    if row.kind == "duty" and row.due:
        out["due"] = {"text": row.due.text, "kind": row.due.kind, "date": row.due.date.isoformat() if row.due.date else None}
    out |= {"rrule": row.rrule, "to": row.extra.get("to"), "doubt": bool(row.doubt)}
    return {key: value for key, value in out.items() if value}


@pytest.mark.parametrize("plan", GOLDEN)
def test_every_duty_of_the_shipped_plans(plan):
    found = [as_golden(row) for row in extract(shipped(plan), plan) if row.kind == "duty"]
    if plan == "tg-kh-nq57-2025":
        found = [row for row in found if row["no"].startswith("V.")]
    assert found == GOLDEN[plan]["duties"]


@pytest.mark.parametrize("plan", GOLDEN)
def test_every_reporting_regime_of_the_shipped_plans(plan):
    assert [as_golden(row) for row in extract(shipped(plan), plan) if row.kind == "reporting"] == GOLDEN[plan]["reporting"]


def test_the_report_and_the_annex_assign_nothing():
    assert extract(shipped("hg-bc-nq52-2024"), "p") == []
    assert extract(shipped("hg-kh-2025-phu-luc"), "p") == []


def test_tasks_of_the_plan_are_duties_only_where_they_name_someone():
    part = [row for row in extract(shipped("tg-kh-nq57-2025"), "p") if row.kind == "duty" and not row.no.startswith("V.")]
    assert [(row.no, row.lead) for row in part] == [
        ("IV.2.4", ("Mặt trận Tổ quốc", "đoàn thể, hiệp hội doanh nghiệp")),
        ("IV.9.2", ("các doanh nghiệp của tỉnh",)),
    ]


@pytest.mark.parametrize("plan", PROSE)
def test_what_is_to_be_done_is_quoted_as_written(plan):
    source = shipped(plan)
    lines = {line.no: line.text for line in source.lines}
    for row in extract(source, plan):
        text = " ".join(lines[no] for no in range(row.source.lines[0], row.source.lines[1] + 1))
        said = "".join(char for char in (row.wording or row.name) if char.isalnum())
        source_letters = "".join(char for char in text if char.isalnum())
        longest = max(row.name.replace("\n- ", "\n").split("\n"), key=len)
        assert said in source_letters or "".join(char for char in longest if char.isalnum()) in source_letters or row.wording, (
            row.ref
        )


def test_references_are_unique():
    for plan in PROSE:
        refs = [row.ref for row in extract(shipped(plan), plan)]
        assert len(refs) == len(set(refs))


FIELDS = """KẾ HOẠCH
I. NHIỆM VỤ
1. Về dữ liệu
1.1. Xây dựng Chiến lược dữ liệu
a) Nhiệm vụ: Tham mưu UBND Thành phố rà soát Chiến lược dữ liệu.
b) Cơ quan thực hiện:
- Đơn vị chủ trì: Sở Khoa học và Công nghệ.
- Đơn vị phối hợp: Các Sở, ban, ngành.
c) Thời gian thực hiện: Hoàn thành trong năm 2025.
1.2. Triển khai, phát triển dữ liệu
a) Nhiệm vụ:
- Rà soát, hoàn thiện cơ sở dữ liệu.
- Phối hợp triển khai số hóa.
b) Cơ quan thực hiện:
- Đơn vị chủ trì: Công an Thành phố.
- Đơn vị phối hợp: Sở Khoa học và Công nghệ, UBND xã, phường.
c) Thời gian thực hiện: Thực hiện thường xuyên.
2. Xây dựng Cổng dữ liệu mở. (Cơ quan chủ trì: Trung tâm Thông tin; cơ quan phối hợp: Sở Y tế; thời gian: Quý III/2026)
"""


def test_field_lines_belong_to_the_assignments_above_them():
    rows = rows_of(FIELDS)
    assert [(row.no, row.lead, row.coop, row.due.text, row.due.kind) for row in rows] == [
        ("I.1.1", ("Sở Khoa học và Công nghệ",), ("Các Sở, ban, ngành",), "Hoàn thành trong năm 2025", "year"),
        (
            "I.1.2-1",
            ("Công an Thành phố",),
            ("Sở Khoa học và Công nghệ", "UBND xã, phường"),
            "Thực hiện thường xuyên",
            "recurring",
        ),
        (
            "I.1.2-2",
            ("Công an Thành phố",),
            ("Sở Khoa học và Công nghệ", "UBND xã, phường"),
            "Thực hiện thường xuyên",
            "recurring",
        ),
        ("I.2", ("Trung tâm Thông tin",), ("Sở Y tế",), "Quý III/2026", "quarter"),
    ]
    assert rows[0].name == "Tham mưu UBND Thành phố rà soát Chiến lược dữ liệu."


CONCLUSION = """THÔNG BÁO
Kết luận của Phó Chủ tịch UBND tỉnh tại cuộc họp về chuyển đổi số
1. Về hạ tầng số: Đến nay, toàn tỉnh đã phủ sóng 5G tại 20/130 xã, phường. Giao Sở Khoa học và Công nghệ chủ trì, \
phối hợp với Sở Xây dựng, UBND các xã, phường rà soát các vùng lõm sóng, báo cáo UBND tỉnh trước ngày 30/6/2025.
2. Yêu cầu Sở Tài chính tham mưu bố trí kinh phí trong tháng 7/2025; Sở Nội vụ hướng dẫn các địa phương sắp xếp cán bộ.
3. UBND các xã, phường:
- Thành lập Tổ công nghệ số cộng đồng, hoàn thành trong quý III/2025.
- Bố trí cán bộ đầu mối, gửi danh sách trước ngày 20/6/2025.
4. Công an tỉnh tiếp tục đẩy mạnh cấp tài khoản định danh điện tử.
5. Các sở, ban, ngành định kỳ hằng tháng (trước ngày 25) báo cáo kết quả về Sở Khoa học và Công nghệ.
6. Giám đốc các sở, Thủ trưởng các ban, ngành chịu trách nhiệm toàn diện về kết quả thực hiện.
Văn phòng UBND tỉnh theo dõi, đôn đốc việc thực hiện./.
Nơi nhận:
- Lưu: VT."""


def test_a_conclusion_of_another_province():
    found = {
        row.no: (row.lead, row.coop, row.due.date.isoformat() if row.due and row.due.date else None)
        for row in rows_of(CONCLUSION)
    }
    assert found == {
        "1": (("Sở Khoa học và Công nghệ",), ("Sở Xây dựng", "UBND các xã, phường"), "2025-06-30"),
        "2-1": (("Sở Tài chính",), (), "2025-07-31"),
        "2-2": (("Sở Nội vụ",), (), None),
        "3-1": (("UBND các xã, phường",), (), "2025-09-30"),
        "3-2": (("UBND các xã, phường",), (), "2025-06-20"),
        "4": (("Công an tỉnh",), (), None),
        "6-1": (("Giám đốc các sở", "Thủ trưởng các ban, ngành"), (), None),
        "6-2": (("Văn phòng UBND tỉnh",), (), None),
    }
    (regime,) = rows_of(CONCLUSION, "reporting")
    assert (regime.no, regime.lead, regime.extra["to"]) == ("5", ("Các sở, ban, ngành",), ["Sở Khoa học và Công nghệ"])
    assert regime.rrule == "FREQ=MONTHLY;BYMONTHDAY=25"


@pytest.mark.parametrize(
    "sentence",
    [
        "UBND tỉnh đã ban hành Quyết định số 1172/QĐ-UBND ngày 09/8/2024.",
        "HĐND tỉnh ban hành Nghị quyết số 04/2024/NQ-HĐND ngày 29/3/2024.",
        "Bộ Khoa học và Công nghệ đang dự thảo Nghị định của Chính phủ.",
        "Công ty đề nghị tỉnh hỗ trợ quảng bá các hoạt động.",
        "Các doanh nghiệp trong ISC gặp khó khăn về tuyển dụng nguồn nhân lực.",
        "Kinh phí thực hiện Kế hoạch được bố trí từ ngân sách.",
    ],
)
def test_narrative_is_no_duty(sentence):
    assert rows_of(f"THÔNG BÁO\nKết luận\nI. Tồn tại, hạn chế\n1. Tình hình\n{sentence}") == []
    assert rows_of(f"KẾ HOẠCH\nI. NHIỆM VỤ\n1. Chung\n{sentence}") == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Sở Văn hóa, Thể thao và Du lịch", ("Sở Văn hóa, Thể thao và Du lịch",)),
        (
            "Trách nhiệm của Văn phòng Tỉnh ủy và các Ban xây dựng Đảng Tỉnh ủy",
            ("Văn phòng Tỉnh ủy", "các Ban xây dựng Đảng Tỉnh ủy"),
        ),
        ("Văn phòng Tỉnh ủy - Cơ quan Thường trực Ban Chỉ đạo tỉnh", ("Văn phòng Tỉnh ủy",)),
        ("Viện kiểm sát nhân dân tỉnh, Tòa án nhân dân tỉnh", ("Viện kiểm sát nhân dân tỉnh", "Tòa án nhân dân tỉnh")),
        ("Trường Đại học Cần Thơ", ("Trường Đại học Cần Thơ",)),
        ("Hiệp hội doanh nghiệp nhỏ và vừa", ("Hiệp hội doanh nghiệp nhỏ và vừa",)),
        ("Thuế tỉnh, Thống kê tỉnh", ("Thuế tỉnh", "Thống kê tỉnh")),
        ("Các ngân hàng thương mại trên địa bàn", ("Các ngân hàng thương mại trên địa bàn",)),
        ("Đối với tỉnh Hậu Giang", ()),
        ("Tổ chức thực hiện", ()),
        ("Các ngành, lĩnh vực khác", ()),
        ("Ban hành cơ chế, chính sách", ()),
    ],
)
def test_headings_that_name_agencies(text, names):
    assert only_agencies(text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "Ban Tuyên giáo và Dân vận Tỉnh ủy, các đơn vị có liên quan làm đầu mối",
            ("Ban Tuyên giáo và Dân vận Tỉnh ủy", "các đơn vị có liên quan"),
        ),
        ("Sở Giáo dục và Đào tạo triển khai các nhiệm vụ", ("Sở Giáo dục và Đào tạo",)),
        ("Ban Tổ chức Tỉnh ủy tổ chức kiểm tra", ("Ban Tổ chức Tỉnh ủy",)),
        ("các cơ quan, tổ chức có liên quan kịp thời phản ánh", ("các cơ quan, tổ chức có liên quan",)),
        (
            "các sở, ban, ngành; UBND các phường, xã; các đơn vị liên quan căn cứ nhiệm vụ",
            ("các sở, ban, ngành", "UBND các phường, xã", "các đơn vị liên quan"),
        ),
    ],
)
def test_names_end_where_the_verb_begins(text, names):
    assert agencies_at_start(text).names == names


def test_names_of_a_scan_are_tidied():
    assert tidy_names("Các cấp ủy, Uy ban nhân dân tỉnh, sở, ban, ngành")[-2:] == ("Ủy ban nhân dân tỉnh", "sở, ban, ngành")


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("… công nhận Khu Công nghệ thông tin tập trung, hoàn thành trong tháng 3/2025.", "hoàn thành trong tháng 3/2025"),
        ("… tổng mức đầu tư cụ thể, trình trong tháng 4/2025.", "trình trong tháng 4/2025"),
        ("… trước ngày 30/6/2025.", "trước ngày 30/6/2025"),
        ("… chậm nhất là ngày 15 tháng 9 năm 2025.", "chậm nhất là ngày 15 tháng 9 năm 2025"),
        ("… xong trước quý II/2026;", "xong trước quý II/2026"),
        ("… ban hành trong tháng sáu năm 2025.", "ban hành trong tháng sáu năm 2025"),
        ("… hoàn thành trong năm học 2025-2026.", "hoàn thành trong năm học 2025-2026"),
        ("… trong 10 ngày làm việc kể từ ngày nhận hồ sơ.", "trong 10 ngày làm việc kể từ ngày nhận hồ sơ"),
        ("… trong 10 ngày kể từ ngày ký, xong trước ngày 30/6/2025.", "xong trước ngày 30/6/2025"),
        ("… thực hiện Nghị quyết số 57-NQ/TW ngày 22/12/2024 của Bộ Chính trị.", None),
        ("… theo Chương trình công tác năm 2025.", None),
        ("… giai đoạn 2021 - 2025, định hướng đến năm 2030.", None),
    ],
)
def test_deadlines_in_a_sentence(text, due):
    found, _ = find_due(text)
    assert (found.text if found else None) == due


def test_several_deadlines_are_doubted():
    assert find_due("Trình dự thảo trước ngày 01/3/2025, ban hành trước ngày 01/6/2025.")[1]


@pytest.mark.parametrize(
    ("sentence", "rules"),
    [
        (
            "Định kỳ 3 tháng, 6 tháng, 1 năm hoặc đột xuất, báo cáo Ban Chỉ đạo.",
            ["FREQ=MONTHLY;INTERVAL=3", "FREQ=MONTHLY;INTERVAL=6", "FREQ=YEARLY"],
        ),
        ("Báo cáo kết quả trước ngày 15/12 hằng năm.", ["FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=15"]),
        ("Hằng quý gửi báo cáo về Sở Nội vụ.", ["FREQ=MONTHLY;INTERVAL=3"]),
        ("Báo cáo hằng quý, trước ngày 25 tháng cuối quý.", ["FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=25"]),
        ("Hàng tuần báo cáo kết quả trước 16h30 thứ Năm.", ["FREQ=WEEKLY;BYDAY=TH;BYHOUR=16;BYMINUTE=30"]),
        ("Báo cáo cấp có thẩm quyền xem xét theo quy định.", []),
        ("Mỗi năm có 30 sản phẩm mới.", []),
        ("Kết quả 6 tháng đầu năm 2025 được báo cáo tại hội nghị.", []),
    ],
)
def test_recurrences(sentence, rules):
    assert [rule for regime in regimes_in(sentence) for rule in regime.rules] == rules


WEB_PAGE = """**KẾ HOẠCH**

PHÁT TRIỂN HẠ TẦNG 5G

**I. MỤC
TIÊU**

a) Đến hết năm 2025: Có ≥
30% doanh nghiệp ứng dụng công nghệ số trong quản lý, sản xuất, kinh
doanh.

b) Đến hết năm 2026: Có ≥
60% doanh nghiệp ứng dụng công nghệ
số trong quản lý, sản xuất, kinh doanh.

**1. Mục tiêu đến năm 2030**

- Thí điểm đầu tư ứng dụng
IoT trong các khu công nghiệp.

**II. TỔ CHỨC
THỰC HIỆN**

**1. Ban
Quản lý các khu công nghiệp**

- Chủ trì rà soát hiện trạng
hạ tầng.

**2. Sở
Khoa học và Công nghệ**

- Tham mưu, đề xuất khung
pháp lý cho hạ tầng mạng, các tiêu chuẩn kỹ
thuật về thiết bị.

**3. Sở
Tài chính**

- Bố trí kinh phí thực hiện
kế hoạch.

|
*Nơi nhận:*
- Bộ Khoa học và Công nghệ;
- UBND phường, xã;
- Lưu: VT.
|
**TM. ỦY BAN
NHÂN DÂN**"""


def test_a_web_page_with_headings_over_two_lines_and_recipients_in_italics():
    assert [(row.no, row.lead, row.name) for row in rows_of(WEB_PAGE)] == [
        ("II.1", ("Ban Quản lý các khu công nghiệp",), "Chủ trì rà soát hiện trạng hạ tầng."),
        ("II.2", ("Sở Khoa học và Công nghệ",), "Tham mưu, đề xuất khung pháp lý cho hạ tầng mạng, các tiêu chuẩn kỹ thuật về thiết bị."),
        ("II.3", ("Sở Tài chính",), "Bố trí kinh phí thực hiện kế hoạch."),
    ]


def test_targets_of_a_web_page_take_in_their_broken_lines():
    assert [(row.year, row.name) for row in targets.extract(document(WEB_PAGE), "p")] == [
        (2025, "Đến hết năm 2025: Có ≥ 30% doanh nghiệp ứng dụng công nghệ số trong quản lý, sản xuất, kinh doanh."),
        (2026, "Đến hết năm 2026: Có ≥ 60% doanh nghiệp ứng dụng công nghệ số trong quản lý, sản xuất, kinh doanh."),
        (2030, "Thí điểm đầu tư ứng dụng IoT trong các khu công nghiệp."),
    ]


MINISTRY = """KẾ HOẠCH
II. NỘI DUNG
1. Hoàn thiện thể chế
a) Xây dựng Nghị định về cơ sở dữ liệu hộ tịch điện tử.
Đơn vị thực hiện: Cục Hành chính tư pháp chủ trì, phối hợp với Cục Công nghệ thông tin và các đơn vị có liên quan.
Thời gian thực hiện: Quý III/2025.
2. Số hóa 100% sổ hộ tịch
- Chủ trì: Cục Hành chính tư pháp
- Hoàn thành: Trước 31/12/2025
Điều 3. Các Bộ trưởng, Thủ trưởng cơ quan ngang bộ chịu trách nhiệm thi hành Nghị quyết này./."""


def test_a_ministry_says_in_one_line_who_leads_and_who_helps():
    assert [(row.lead, row.coop, row.due.date.isoformat()) for row in rows_of(MINISTRY)] == [
        (("Cục Hành chính tư pháp",), ("Cục Công nghệ thông tin", "các đơn vị có liên quan"), "2025-09-30"),
        (("Cục Hành chính tư pháp",), (), "2025-12-31"),
    ]


def test_a_heading_that_asks_names_those_who_are_asked():
    rows = rows_of("KẾ HOẠCH\nIV. TỔ CHỨC THỰC HIỆN\n1. Sở Y tế\na) Rà soát dữ liệu.\n"
                   "2. Đề nghị: Hội Nông dân tỉnh, Liên minh Hợp tác xã tỉnh\na) Tuyên truyền, vận động hội viên tham gia.")
    assert [row.lead for row in rows] == [("Sở Y tế",), ("Hội Nông dân tỉnh", "Liên minh Hợp tác xã tỉnh")]


NARROW = """**III. TỔ CHỨC
THỰC HIỆN**

**1.****
**Sở Y tế

a) Rà soát dữ liệu khám, chữa
bệnh; cập nhật hồ sơ sức khỏe
điện tử.

b) Tập huấn cho các cơ sở y
tế.

**2. Nhiệm vụ của các
địa phương**

*2.1.
Công an tỉnh*

a) Chủ trì, bảo đảm an ninh
mạng cho các hệ thống dùng
chung.

*2.2. *Ủy ban nhân dân
các xã, phường

a) Vận động người dân tham
gia."""


def test_a_part_whose_number_the_document_gives_twice_is_a_part():
    rows = rows_of("KẾ HOẠCH\nI. MỤC ĐÍCH\nIV. PHÂN CÔNG NHIỆM VỤ\n1. Sở Y tế\na) Rà soát dữ liệu.\nIV. TỔ CHỨC THỰC HIỆN\n"
                   "1. Giao Công an tỉnh theo dõi, đôn đốc việc thực hiện.\n2. Các tổ chức được khuyến khích tham gia.")
    assert [(row.no, row.lead) for row in rows] == [("IV.1.a", ("Sở Y tế",)), ("IV.1", ("Công an tỉnh",))]


def test_numbers_in_italics_or_alone_on_their_line_are_numbers():
    assert [(row.no, row.lead) for row in rows_of(NARROW)] == [
        ("III.1.a", ("Sở Y tế",)), ("III.1.b", ("Sở Y tế",)), ("III.2.1.a", ("Công an tỉnh",)),
        ("III.2.2.a", ("Ủy ban nhân dân các xã, phường",))]


DECISION = """THỦ TƯỚNG CHÍNH PHỦ
QUYẾT ĐỊNH
Ban hành Kế hoạch triển khai thi hành Luật
Điều 1. Ban hành kèm theo Quyết định này Kế hoạch triển khai.
Điều 2. Quyết định này có hiệu lực thi hành từ ngày ký ban hành.
Điều 3. Các Bộ trưởng chịu trách nhiệm thi hành Quyết định này.
*Nơi nhận:*
- Ban Bí thư Trung ương Đảng;
- Lưu: VT.
**THỦ TƯỚNG**
Phạm Minh Chính
**KẾ HOẠCH**
TRIỂN KHAI THI HÀNH LUẬT
I. NỘI DUNG
1. Xây dựng Nghị định quy định chi tiết
a) Đơn vị chủ trì tham mưu thực hiện: Bộ Công an.
b) Thời gian: Quý I/2026.
II. TỔ CHỨC THỰC HIỆN
1. Giao Bộ Tư pháp theo dõi việc thực hiện Kế hoạch.
2. Cơ quan phối hợp có trách nhiệm trả lời bằng văn bản."""


def test_a_line_of_who_does_it_may_say_what_they_do():
    [row] = rows_of("KẾ HOẠCH\nII. NỘI DUNG\n1. Rà soát văn bản\n- Nội dung: Rà soát các văn bản về dữ liệu.\n"
                    "- Cơ quan thực hiện: Bộ Công an tiến hành rà soát các văn bản thuộc thẩm quyền của mình.\n- Thời gian: 2025.")
    assert row.lead == ("Bộ Công an",)


def test_the_plan_that_a_decision_issues_is_read_behind_its_recipients():
    assert [(row.no, row.lead) for row in rows_of(DECISION)] == [
        ("I.1", ("Bộ Công an",)), ("II.1", ("Bộ Tư pháp",))]
