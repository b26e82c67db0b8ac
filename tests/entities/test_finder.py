"""Names and numbers in questions."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from knowledge.agencies.registry import Registry
from knowledge.entities.finder import EntityFinder, standard_finder
from knowledge.text.normalize import clean

NOW = datetime(2025, 10, 20, 8, 30, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("text", "kind", "values"),
    [
        ("so y te chu tri viec gi", "agency", ["so-y-te"]),
        ("CA tỉnh và STTTT", "agency", ["cong-an-tinh", "so-thong-tin-va-truyen-thong"]),
        ("côg an tỉnh làm gì", "agency", ["cong-an-tinh"]),
        ("ứng dụng số, kế hoạch này", "agency", []),
        ("cơ sở y tế nào", "agency", []),
        ("nhiệm vụ 18, 19 và 20", "task_no", ["18", "19", "20"]),
        ("NV 07 hạn khi nào", "task_no", ["7"]),
        ("chỉ tiêu 5.10", "indicator_no", ["5.10"]),
        ("số 18 là gì", "row_no", ["18"]),
        ("nhóm V của Phụ lục II", "group_no", ["V"]),
        ("nhóm V của Phụ lục II", "annex", ["II"]),
        ("cái thứ hai", "ordinal", [2]),
        ("việc cuối cùng", "ordinal", [-1]),
        ("ở Tiền Giang thì sao", "province", ["tien-giang"]),
        ("nghị quyết 57 ban hành khi nào", "document", ["nghị quyết 57"]),
    ],
)
def test_finds(text: str, kind: str, values: list[object]) -> None:
    assert [e.value for e in standard_finder().find(clean(text), NOW) if e.kind == kind] == values


def test_offsets_point_into_the_text() -> None:
    text = clean("Xin hỏi Sở Y tế: nhiệm vụ 44 đến hạn tháng 6/2025 chưa?")
    for entity in standard_finder().find(text, NOW):
        assert text[entity.start : entity.end] == entity.text


def test_names_of_the_plans_and_initials_of_their_provinces() -> None:
    finder = EntityFinder(Registry.load(), [("Trung tâm Khởi nghiệp Xanh", "tt-knx")], ["hau-giang"])
    found = {(e.kind, e.value) for e in finder.find(clean("trung tam khoi nghiep xanh ở HG"), NOW)}
    assert {("agency", "tt-knx"), ("province", "hau-giang")} <= found
