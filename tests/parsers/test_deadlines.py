"""Deadline cells in every usual wording, from data/deadlines.yml."""

from pathlib import Path

import pytest
import yaml

from knowledge.parsers.deadlines import is_deadline, parse_deadline

CASES = yaml.safe_load((Path(__file__).parent / "data" / "deadlines.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"] or "empty")
def test_deadline(case):
    deadline = parse_deadline(case["text"], case.get("today_year"))
    assert (deadline.kind, deadline.date, deadline.start, deadline.rrule) == (
        case["kind"], case.get("date"), case.get("start"), case.get("rrule"))
    assert deadline.text == case.get("said", case["text"])


@pytest.mark.parametrize("text", ["Báo cáo thực hiện", "Kế hoạch", "Đề án 2025", "≥ 5", "100%", "17", "Kế hoạch số 57/KH-UBND",
                                  "Sở Y tế"])
def test_what_is_no_deadline(text):
    assert not is_deadline(text)
