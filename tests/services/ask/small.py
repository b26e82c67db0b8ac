"""A small knowledge base of two provinces, made of model dataclasses: no file is read, so its tests are quick."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from knowledge.model import Deadline, LegalDocument, Row, Source
from knowledge.services.ask import Answer, Context, Question, answer
from knowledge.services.ask.base import KnowledgeBase, PlanHead
from knowledge.services.ask.citations import Citation, History
from knowledge.services.changes import diff
from knowledge.text.normalize import clean
from tests.services.ask.conftest import NOW

SOURCE = Source("nho.txt", (1, 2))
PLANS = (
    PlanHead("an-kh", "Kế hoạch của Tỉnh ủy Tiền Giang", "tien-giang", None, date(2025, 5, 6), "Tỉnh ủy Tiền Giang", "plan", "nho.txt"),
    PlanHead(
        "ha-tb",
        "Thông báo kết luận số 15-TB/BCĐ",
        "ha-tinh",
        "15-TB/BCĐ",
        date(2025, 7, 10),
        "Ban Chỉ đạo tỉnh",
        "conclusion",
        "nho.txt",
        "Nơi nhận: Các sở, Lưu Văn phòng. CHÁNH VĂN PHÒNG Nguyễn Văn An",
    ),
    PlanHead("hg-bc", "Báo cáo sơ kết của Tỉnh ủy Hậu Giang", "hau-giang", None, None, "Tỉnh ủy Hậu Giang", "report", "nho.txt"),
)
DOCUMENTS = (
    Citation(
        LegalDocument("57-NQ/TW", "Nghị quyết", date(2024, 12, 22), "Bộ Chính trị", "đột phá phát triển khoa học, công nghệ"),
        ("an-kh", "ha-tb"),
        ("ha-tb#duty:2.1",),
    ),
    Citation(LegalDocument("57-NQ/TU", "Nghị quyết"), ("hg-bc",)),
    Citation(
        LegalDocument("12/KH-UBND", "Kế hoạch", date(2021, 1, 5), "Ủy ban nhân dân tỉnh Hậu Giang", "hỗ trợ doanh nghiệp nhỏ"), ("hg-bc",)
    ),
    Citation(
        LegalDocument("12/QĐ-UBND", "Quyết định", date(2022, 2, 7), "Ủy ban nhân dân tỉnh Hậu Giang", "phê duyệt dự án khu công nghệ số"),
        ("hg-bc",),
    ),
    Citation(LegalDocument("31/QĐ-UBND", "Quyết định", None, "Ủy ban nhân dân tỉnh Hà Tĩnh", "thành lập tổ giúp việc"), ("ha-tb",)),
    Citation(
        LegalDocument("31/QĐ-TTg", "Quyết định", date(2022, 3, 8), "Thủ tướng Chính phủ", "phê duyệt quy hoạch cảng biển"), ("ha-tb",)
    ),
)


def target(year: int, section: str, n: int, name: str, value: str | None, unit: str, measure: str, heading: str, **extra: Any) -> Row:
    """A target of the plan of Tiền Giang."""
    return Row(
        "an-kh",
        "target",
        f"{year}-{section}-{n}",
        name,
        SOURCE,
        group=section,
        target=value,
        unit=unit,
        year=year,
        extra={"measure": measure, "heading": heading, **extra},
    )


def rows() -> list[Row]:
    """Targets, duties, regimes and passages."""
    weekly, yearly = "FREQ=WEEKLY;BYDAY=FR;BYHOUR=11;BYMINUTE=0", "FREQ=YEARLY"
    network, growth = "Phát triển hạ tầng", "Phát triển đổi mới sáng tạo"
    out = [
        target(y, "a", 1, f"Tỷ lệ phủ sóng 5G trên địa bàn đạt {v}.", v, "%", "Tỷ lệ phủ sóng 5G", network)
        for y, v in ((2025, "60%"), (2030, "100%"))
    ]
    out += [target(2035, "a", 1, "Tỷ lệ phủ sóng 6G trên địa bàn đạt 50%.", "50%", "%", "Tỷ lệ phủ sóng 6G", network)]
    out += [
        target(2025, "a", 2, "Có trung tâm giám sát an toàn thông tin cấp tỉnh.", None, "", "Trung tâm giám sát an toàn thông tin", network)
    ]
    for section, heading in (("c", "Phát triển khoa học"), ("d", growth)):
        out += [
            target(
                2030,
                section,
                1,
                "Có > 35 doanh nghiệp khoa học và công nghệ.",
                "> 35",
                "doanh nghiệp khoa học và công nghệ",
                "Số doanh nghiệp khoa học và công nghệ",
                heading,
            )
        ]
    out += [
        target(
            2030,
            "d",
            2,
            "Có > 80% người dân có tài khoản định danh, tỷ lệ người dân có chữ ký số > 10%.",
            "> 80%",
            "%",
            "Tỷ lệ người dân có tài khoản định danh",
            growth,
            further=[{"target": "> 10%", "unit": "%", "measure": "Tỷ lệ người dân có chữ ký số"}],
        )
    ]
    out += [
        Row(
            "an-kh",
            "duty",
            "V.4",
            "Kiểm tra định kỳ, xử lý vi phạm trong triển khai kế hoạch.",
            SOURCE,
            lead=("Ủy ban Kiểm tra",),
            extra={"section": "V.4"},
        )
    ]
    digital = "Phát triển chuyển đổi số"
    out += [
        target(2030, "e", 1, "Quy mô kinh tế số đạt 30% GRDP.", "30% GRDP", "% GRDP", "Quy mô kinh tế số", digital),
        target(2040, "e", 1, "Kinh tế số đạt 45% GRDP.", "45% GRDP", "% GRDP", "Kinh tế số", digital),
        target(2045, "e", 1, "Kinh tế số đạt 50% GRDP.", "50% GRDP", "% GRDP", "Kinh tế số", digital),
        target(2045, "e", 2, "100% hồ sơ được xử lý trực tuyến.", "100%", "%", "Hồ sơ được xử lý trực tuyến", digital),
        target(
            2035,
            "e",
            1,
            "Có > 85% doanh nghiệp vừa và nhỏ ứng dụng công nghệ số.",
            "> 85%",
            "%",
            "Doanh nghiệp vừa và nhỏ ứng dụng công nghệ số",
            digital,
        ),
    ]
    inspection = "Hằng năm, Ban Chỉ đạo tổ chức kiểm tra liên ngành tại các địa phương."
    out += [
        Row(
            "an-kh",
            kind,
            "V.7",
            inspection,
            SOURCE,
            lead=("Ban Chỉ đạo tỉnh",),
            due=Deadline("Hằng năm", "recurring"),
            rrule=yearly,
            extra={"section": "V.7"},
        )
        for kind in ("duty", "reporting")
    ]
    out += [
        Row(
            "ha-tb",
            "reporting",
            "2.3-1",
            "Hàng tuần báo cáo kết quả về Văn phòng Tỉnh ủy trước 11 giờ ngày thứ 6",
            SOURCE,
            lead=("các cơ quan, đơn vị",),
            rrule=weekly,
            extra={"to": ["Văn phòng Tỉnh ủy"], "section": "2.3"},
        )
    ]
    out += [
        Row(
            "ha-tb", "duty", "2.1", "Đẩy mạnh tuyên truyền sâu rộng Nghị quyết số 57-NQ/TW đến Nhân dân.", SOURCE, extra={"section": "2.1"}
        ),
        Row("ha-tb", "duty", "2.2", "Bố trí nguồn lực tài chính tập trung, tránh dàn trải.", SOURCE, extra={"section": "2.2"}),
        Row(
            "ha-tb",
            "duty",
            "2.3-2",
            "Văn phòng Tỉnh ủy tổng hợp, báo cáo Thường trực Ban Chỉ đạo.",
            SOURCE,
            lead=("Văn phòng Tỉnh ủy",),
            extra={"section": "2.3"},
        ),
        Row(
            "ha-tb",
            "duty",
            "2.4",
            "Bảo đảm phủ sóng 5G đạt trên 90% dân số vào cuối năm 2025; thành lập Trung tâm Đổi mới sáng tạo.",
            SOURCE,
            extra={"section": "2.4"},
        ),
        Row(
            "ha-tb",
            "passage",
            "0-2",
            "Đồng chí Trần Văn Bình là Trưởng Tiểu ban Dữ liệu số của tỉnh.",
            SOURCE,
            extra={"section": "0"},
        ),
        Row(
            "an-kh",
            "passage",
            "IV.1",
            "Kiện toàn Tiểu ban Dữ liệu số, đồng chí Lê Thị Hoa là Trưởng Tiểu ban.",
            SOURCE,
            extra={"section": "IV.1"},
        ),
        Row(
            "an-kh",
            "passage",
            "V.8",
            "Kinh phí thực hiện được bố trí từ ngân sách và nguồn xã hội hóa.",
            SOURCE,
            extra={"section": "V.8", "heading": "Kinh phí và nguồn lực"},
        ),
        Row("ha-tb", "passage", "0-1", "Phiên họp do đồng chí Trần Văn Bình, Bí thư Tỉnh ủy chủ trì.", SOURCE, extra={"section": "0"}),
    ]
    community = (
        "Phát huy vai trò tổ công nghệ số cộng đồng. Toàn tỉnh có 525 tổ công nghệ số cộng đồng với 2.863 thành viên. "
        "Đây là lực lượng nòng cốt."
    )
    platforms = "Tỉnh đã triển khai 02 nền tảng trọng tâm, gồm:\n(1) Nền tảng chia sẻ dữ liệu.\n(2) Nền tảng họp trực tuyến."
    out += [
        Row("hg-bc", "passage", "III.1-1", community, SOURCE, extra={"heading": "Kết quả"}),
        Row(
            "hg-bc",
            "passage",
            "III.1-3",
            "Khu thực nghiệm được hưởng ưu đãi theo Nghị định số 154/2013/NĐ-CP. Mức lương tuyển dụng chỉ từ 04 - 12 triệu/tháng.",
            SOURCE,
            extra={"heading": "Kết quả"},
        ),
        Row("hg-bc", "passage", "III.1-2", platforms, SOURCE, extra={"heading": "Kết quả"}),
        Row(
            "hg-bc",
            "passage",
            "III.2-1",
            "Ngân sách còn hẹp nên đầu tư chưa thỏa đáng.",
            SOURCE,
            extra={"heading": "Đánh giá › Tồn tại, hạn chế"},
        ),
        Row("hg-bc", "passage", "III.2-2", "Nhân lực chất lượng cao còn thiếu.", SOURCE, extra={"heading": "Đánh giá › Tồn tại, hạn chế"}),
        Row(
            "hg-bc",
            "task",
            "1",
            "Xây dựng đề án bệnh viện thông minh",
            SOURCE,
            lead=("Sở Y tế",),
            due=Deadline("2026", "year", date(2026, 12, 31)),
        ),
        Row(
            "hg-bc",
            "task",
            "2",
            "Xây dựng kế hoạch dữ liệu mở",
            SOURCE,
            lead=("Sở Y tế",),
            due=Deadline("2025", "year", date(2025, 12, 31)),
        ),
        Row("hg-bc", "task", "3", "Rà soát cáp quang đến ấp", SOURCE, lead=("Sở Nội vụ",)),
        Row("hg-bc", "indicator", "9", "Phủ sóng 5G cho người dân", SOURCE, target="99", unit="% dân số", year=2030),
    ]
    return out


def small(history: Callable[[str], History] | None = None) -> KnowledgeBase:
    """The knowledge base."""
    return KnowledgeBase(PLANS, rows(), citations=DOCUMENTS, history=history)


def changed(plan_id: str) -> History:
    """A history in which the plan of Tiền Giang got one more row and the others have one version."""
    from knowledge.model import Plan

    if plan_id != "an-kh":
        return History(1)
    mine = tuple(r for r in rows() if r.plan == plan_id)
    before, now = (Plan(plan_id, "Kế hoạch", "nho.txt", rows=found) for found in (mine[1:], mine))
    return History(2, date(2025, 6, 1), diff(before, now))


def ask(kb: KnowledgeBase, text: str, intent: str, province: str | None = None, context: Context | None = None) -> Answer:
    """One question, asked without a chat framework."""
    entities = tuple(kb.finder.find(clean(text), NOW))
    return answer(Question.of(text, intent, NOW, entities=entities, province=province, context=context or Context()), kb)
