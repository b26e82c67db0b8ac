"""Plans made up for tests: small, with every field of the model in use somewhere."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date
from typing import Any

from knowledge.model import Deadline, LegalDocument, Plan, Row, Source

FILE = "ke-hoach.txt"


def task(no: str, name: str, plan: str = "kh-mau", **more: Any) -> Row:
    """A task row."""
    more.setdefault("source", Source(FILE, (10, 12)))
    return Row(plan=plan, kind=more.pop("kind", "task"), no=no, name=name, **more)


def sample_rows(plan: str = "kh-mau") -> tuple[Row, ...]:
    """One row or more of each kind."""
    return (
        Row(plan, "group", "I", "Nâng cao nhận thức", Source(FILE, (1, 1)), annex="Phụ lục II"),
        task("1", "Xây dựng kế hoạch tuyên truyền theo Nghị quyết số 57-NQ/TW", plan, group="I", annex="Phụ lục II",
             lead=("Sở Thông tin và Truyền thông", "Báo Mẫu"), coop=("Các sở, ban, ngành và địa phương",),
             result="Kế hoạch", due=Deadline("12/2025", "month", date(2025, 12, 31)), note="Ghi chú"),
        task("2", "Tập huấn kỹ năng số cho cán bộ", plan, group="I", lead=("Sở Nội vụ",), coop=("Sở Tài chính", "Sở Y tế"),
             due=Deadline("Thường xuyên, hằng năm", "recurring", rrule="FREQ=YEARLY"), source=Source(FILE, (13, 15), page=2)),
        task("3", "Đề án bệnh án điện tử", plan, group="I", lead=("Sở Y tế",), result="Đề án",
             due=Deadline("2025-2026", "range", date(2026, 12, 31), date(2025, 1, 1)), doubt="Cột phối hợp trống.",
             source=Source("bang.xlsx", cell="Sheet1!B7")),
        Row(plan, "indicator", "5.10", "Tỷ lệ hồ sơ trực tuyến", Source(FILE, (20, 20)), lead=("Văn phòng UBND tỉnh",),
            target="≥ 80", unit="%", year=2025),
        Row(plan, "target", "2030-a-1", "Kinh tế số chiếm 30% GRDP", Source(FILE, (30, 31)), target="30", unit="% GRDP",
            year=2030, wording="Kinh tê sô chiêm 30% GRDP", extra={"bound": "≥", "chips": [1, 2.5, None, {"x": "đ"}]}),
        Row(plan, "duty", "IV.3", "Giao Sở Khoa học và Công nghệ tham mưu", Source(FILE, (40, 42)), lead=("Sở KH&CN",)),
        Row(plan, "reporting", "V.1", "Báo cáo trước 11 giờ thứ Sáu", Source(FILE, (50, 50)),
            rrule="FREQ=WEEKLY;BYDAY=FR;BYHOUR=11"),
        Row(plan, "passage", "VI.2", "Tỉnh có 525 tổ công nghệ số cộng đồng, theo Quyết định 06/QĐ-TTg.", Source(FILE, (60, 61))),
    )


def sample_plan(plan: str = "kh-mau", **more: Any) -> Plan:
    """A plan with `sample_rows`."""
    given: dict[str, Any] = {
        "id": plan, "title": "Kế hoạch thực hiện Nghị quyết số 57-NQ/TW", "file": FILE, "kind": "plan_annex",
        "province": "hau-giang", "number": "12/KH-UBND", "date": date(2025, 1, 20), "issuer": "UBND tỉnh Hậu Giang",
        "rows": sample_rows(plan),
        "documents": (LegalDocument("57-NQ/TW", "Nghị quyết", date(2024, 12, 22), "Bộ Chính trị", "về đột phá"),
                      LegalDocument("06/QĐ-TTg", "Quyết định")),
        "furniture": ((170, 171, "recipients", "Nơi nhận: Như trên"),),
        "unplaced": ((70, 71, "Một đoạn lạ"),),
    }
    return Plan(**{**given, **more})


def with_rows(plan: Plan, rows: Sequence[Row]) -> Plan:
    """The plan with other rows."""
    return dataclasses.replace(plan, rows=tuple(rows))


def big_plan(count: int, plan: str = "kh-lon") -> Plan:
    """A plan of `count` tasks."""
    rows = [task(str(i), f"Nhiệm vụ số {i}", plan, lead=("Sở Y tế",), coop=("Sở A", "Sở B"),
                 due=Deadline("12/2025", "month", date(2025, 12, 31))) for i in range(1, count + 1)]
    return Plan(plan, "Kế hoạch lớn", FILE, rows=tuple(rows))
