"""What changed between two versions, and how it is said."""

from __future__ import annotations

import dataclasses
from datetime import date

from knowledge.model import Deadline, Plan, Row, Source
from knowledge.services.changes import Changes, diff
from knowledge.services.changes_text import describe, paged, summary
from tests.sample_plans import big_plan, sample_plan, task, with_rows


def plan(*rows: Row) -> Plan:
    return with_rows(sample_plan(), rows)


ROWS = (
    task("1", "Xây dựng kế hoạch tuyên truyền nâng cao nhận thức", lead=("Sở A",)),
    task("2", "Tập huấn kỹ năng số cho cán bộ, công chức", lead=("Sở B",), coop=("Sở C", "Sở D")),
    task("3", "Đề án bệnh án điện tử tại các bệnh viện", due=Deadline("2025", "year", date(2025, 12, 31))),
)


def test_no_change() -> None:
    changes = diff(sample_plan(), sample_plan())
    assert not changes and changes == Changes() and summary(changes) == "Không có gì thay đổi."


def test_places_tone_marks_blanks_and_order_of_agencies_are_no_change() -> None:
    old = plan(task("1", "Bệnh viện thủy lợi hòa bình", coop=("A", "B"), result="a  b"))
    new = plan(task("1", "Bệnh viện thuỷ lợi hoà bình ", coop=("B", "A"), result="a b", source=Source("khac.docx", page=7)))
    assert not diff(old, new)


def test_new_and_gone() -> None:
    added = task("4", "Khảo sát hạ tầng viễn thông nông thôn")
    changes = diff(plan(*ROWS), plan(*ROWS[1:], added))
    assert (changes.new, changes.gone, changes.changed) == ((added,), ROWS[:1], ())
    assert list(describe(changes)) == ["Mới: Nhiệm vụ 4: Khảo sát hạ tầng viễn thông nông thôn",
                                       "Không còn: Nhiệm vụ 1: Xây dựng kế hoạch tuyên truyền nâng cao nhận thức"]


def test_a_moved_deadline() -> None:
    later = dataclasses.replace(ROWS[2], due=Deadline("6/2026", "month", date(2026, 6, 30)))
    changes = diff(plan(*ROWS), plan(*ROWS[:2], later))
    assert [change.fields for change in changes.changed] == [("due",)] and changes.moved_deadlines == changes.changed
    assert list(describe(changes)) == ["Nhiệm vụ 3: Đề án bệnh án điện tử tại các bệnh viện: thời hạn “2025” → “6/2026”"]


def test_other_agencies() -> None:
    new = (dataclasses.replace(ROWS[0], lead=("Sở X", "Sở A")), dataclasses.replace(ROWS[1], coop=()), ROWS[2])
    changes = diff(plan(*ROWS), plan(*new))
    assert [change.fields for change in changes.other_agencies] == [("lead",), ("coop",)]
    assert "chủ trì “Sở A” → “Sở X; Sở A”" in list(describe(changes))[0]
    assert "phối hợp “Sở C; Sở D” → (trống)" in list(describe(changes))[1]


def test_other_wording_under_the_same_number() -> None:
    new = dataclasses.replace(ROWS[1], name="Tập huấn, bồi dưỡng kỹ năng số cho cán bộ, công chức, viên chức", result="Lớp học")
    changes = diff(plan(*ROWS), plan(ROWS[0], new, ROWS[2]))
    assert [change.fields for change in changes.changed] == [("name", "result")] and changes.other_wording


def test_another_task_under_the_same_number_is_gone_and_new() -> None:
    new = dataclasses.replace(ROWS[1], name="Mua sắm máy chủ")
    changes = diff(plan(*ROWS), plan(ROWS[0], new, ROWS[2]))
    assert (changes.new, changes.gone, changes.changed) == ((new,), (ROWS[1],), ())


def test_renumbering_is_not_gone_and_new() -> None:
    """A row put in front moves all numbers; one of them was also reworded a little."""
    first = task("1", "Thành lập Ban Chỉ đạo")
    moved = [dataclasses.replace(row, no=str(int(row.no) + 1)) for row in ROWS]
    moved[1] = dataclasses.replace(moved[1], name=moved[1].name + " xã")
    changes = diff(plan(*ROWS), plan(first, *moved))
    assert changes.new == (first,) and changes.gone == ()
    assert changes.moved == {f"kh-mau#task:{n}": f"kh-mau#task:{n + 1}" for n in (1, 2, 3)}
    assert [change.fields for change in changes.changed] == [("no",), ("no", "name"), ("no",)]


def test_rows_of_one_name_pair_in_their_groups() -> None:
    old = [task(f"{group}.1", "Xây dựng kế hoạch", group=group, lead=(f"Sở {group}",)) for group in ("I", "II", "III")]
    new = [task(f"{group}.2", "Xây dựng kế hoạch", group=group, lead=(f"Sở {group}",)) for group in ("I", "III")]
    changes = diff(plan(*old), plan(*new))
    assert changes.gone == (old[1],) and not changes.other_agencies
    assert changes.moved == {"kh-mau#task:I.1": "kh-mau#task:I.2", "kh-mau#task:III.1": "kh-mau#task:III.2"}


def test_targets_of_different_years_are_different_rows() -> None:
    name = "Tỷ lệ người dân có tài khoản định danh điện tử"
    old = [Row("kh-mau", "target", f"{year}-a-1", name, Source("f"), target=value, year=year)
           for year, value in ((2025, "50"), (2030, "80"))]
    new = [dataclasses.replace(old[0], target="55"), old[1]]
    changes = diff(plan(*old), plan(*new))
    assert [(change.old.year, change.fields) for change in changes.changed] == [(2025, ("target",))]


def test_the_plan_s_own_facts() -> None:
    changes = diff(sample_plan(), sample_plan(number="15/KH-UBND", issuer=None, date=None))
    assert changes.about == (
        ("number", "12/KH-UBND", "15/KH-UBND"), ("date", "2025-01-20", ""), ("issuer", "UBND tỉnh Hậu Giang", ""))
    assert list(describe(changes))[:2] == [
        "Số, ký hiệu: “12/KH-UBND” → “15/KH-UBND”", "Ngày ban hành: “20/01/2025” → “không còn”"]
    assert summary(changes) == "3 thông tin văn bản thay đổi."


def test_a_large_plan_is_compared_in_reasonable_time() -> None:
    old = big_plan(2000)
    rows = [dataclasses.replace(row, no=str(n), name=row.name + " (sửa đổi, bổ sung)") for n, row in enumerate(old.rows, start=2)]
    changes = diff(old, with_rows(old, rows))
    assert len(changes.new) == len(changes.gone)


def test_long_lists_are_cut() -> None:
    assert list(paged("abcd", 2, lambda left: f"còn {left}")) == ["a", "b", "còn 2"]
    assert list(paged("ab", 2, str)) == ["a", "b"]
