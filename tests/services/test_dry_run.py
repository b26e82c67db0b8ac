"""The JSON lines of `troly import FILE --dry-run --json`."""

from __future__ import annotations

import json

from knowledge.services.dry_run import dry_run, error_line
from tests.sample_plans import sample_plan, with_rows


def test_plan_rows_summary() -> None:
    lines = list(dry_run(sample_plan()))
    assert lines[0] == {"kind": "plan", "facts": {
        "title": "Kế hoạch thực hiện Nghị quyết số 57-NQ/TW", "number": "12/KH-UBND", "date": "2025-01-20",
        "issuer": "UBND tỉnh Hậu Giang", "province": "hau-giang"}}
    assert lines[2] == {
        "ref": "kh-mau#task:1", "kind": "task", "group": "I",
        "facts": {"name": "Xây dựng kế hoạch tuyên truyền theo Nghị quyết số 57-NQ/TW",
                  "lead": ["Sở Thông tin và Truyền thông", "Báo Mẫu"], "coop": ["Các sở, ban, ngành và địa phương"],
                  "due": {"text": "12/2025", "kind": "month", "date": "2025-12-31"}, "result": "Kế hoạch", "note": "Ghi chú"},
        "source": {"file": "ke-hoach.txt", "lines": [10, 12]}, "doubt": None}
    assert lines[4]["source"] == {"file": "bang.xlsx", "cell": "Sheet1!B7"} and lines[4]["doubt"] == "Cột phối hợp trống."
    assert lines[-1] == {
        "kind": "summary", "counts": {"group": 1, "task": 3, "indicator": 1, "target": 1, "duty": 1, "reporting": 1},
        "doubtful": 1, "unplaced": 1}
    assert {line["kind"] for line in lines[1:-1]} == {"group", "task", "indicator", "target", "duty", "reporting"}
    assert json.loads(json.dumps(lines, ensure_ascii=False)) == lines


def test_a_file_without_rows() -> None:
    lines = list(dry_run(with_rows(sample_plan(unplaced=()), [])))
    assert [line["kind"] for line in lines] == ["plan", "summary"]
    assert lines[-1] == {"kind": "summary", "counts": {}, "doubtful": 0, "unplaced": 0}


def test_an_unreadable_file() -> None:
    assert error_line("Tệp hỏng.") == {"kind": "error", "error": "Tệp hỏng."}
