"""The steps of a deadline, the days of recurring duties, working days and the policy."""

from __future__ import annotations

from datetime import date, time, timedelta
from pathlib import Path

import pytest

from bot.reminders.calendar import VietnamWorkdays, workdays_of
from knowledge.services.remind.occurrences import hour_of, occurrences, period_of
from knowledge.services.remind.policy import BadPolicy, Policies, Policy
from knowledge.services.remind.steps import latest_step, rank_of
from knowledge.services.remind.workdays import workdays_after

WORKDAYS = VietnamWorkdays()
LEAD = (30, 7, 1, 0)


def name(deadline: str, today: str, days: tuple[int, ...] = LEAD, weekday: int | None = 0) -> str | None:
    step = latest_step(date.fromisoformat(deadline), days, weekday, date.fromisoformat(today), WORKDAYS)
    return step.name if step else None


@pytest.mark.parametrize(("today", "expected"), [
    ("2026-03-01", None), ("2026-03-02", "-30"), ("2026-03-24", "-30"), ("2026-03-25", "-7"), ("2026-03-30", "-7"), ("2026-03-31", "-1"),
    ("2026-04-01", "0"), ("2026-04-05", "0"), ("2026-04-06", "late:2026-04-06"), ("2026-04-12", "late:2026-04-06"),
    ("2026-04-13", "late:2026-04-13")])
def test_the_latest_step_counts(today: str, expected: str | None) -> None:
    assert name("2026-04-01", today) == expected


def test_a_step_on_a_day_off_is_told_on_the_last_working_day_before() -> None:
    assert name("2026-06-15", "2026-06-11") == "-7"
    assert name("2026-06-15", "2026-06-12") == "-1", "the Sunday before a Monday moves to Friday"
    assert name("2026-02-19", "2026-02-12") == "-7"
    assert name("2026-02-19", "2026-02-13") == "-1", "all of Tết is off: the last working day before it"
    assert name("2026-02-19", "2026-02-19") == "0", "the day itself never moves"


def test_late_steps_fall_on_working_days() -> None:
    assert name("2026-04-20", "2026-04-27") == "0", "Monday 27/4 is a day off"
    assert name("2026-04-20", "2026-04-28") == "late:2026-04-27"
    assert name("2026-04-20", "2026-05-20", weekday=None) == "0"


def test_steps_are_ranked_by_days_after_the_deadline() -> None:
    assert [rank_of(step, "2026-04-01") for step in ("-30", "-1", "0", "late:2026-04-06")] == [-30, -1, 0, 5]
    assert [rank_of(step, "2026-04-01") for step in ("moved:2026-03-01", "own:3", "summary:2026-W10")] == [None] * 3


def days(rule: str, first: str, last: str) -> list[str]:
    found = occurrences(rule, date(2025, 5, 6), date.fromisoformat(first), date.fromisoformat(last), WORKDAYS)
    return [day.isoformat() for day in found]


def test_a_report_of_a_period_is_due_on_its_last_working_day() -> None:
    assert days("FREQ=MONTHLY", "2026-01-01", "2026-04-30") == ["2026-01-30", "2026-02-27", "2026-03-31", "2026-04-29"]
    assert days("FREQ=MONTHLY;INTERVAL=3", "2026-01-01", "2026-12-31") == ["2026-03-31", "2026-06-30", "2026-09-30", "2026-12-31"]
    assert days("FREQ=MONTHLY;INTERVAL=6", "2026-01-01", "2026-12-31") == ["2026-06-30", "2026-12-31"]
    assert days("FREQ=YEARLY", "2026-01-01", "2027-12-31") == ["2026-12-31", "2027-12-31"]
    assert days("FREQ=MONTHLY;INTERVAL=30", "2025-01-01", "2030-12-31") == ["2027-10-29", "2030-04-29"], "counted from the plan's date"


def test_a_weekly_report_moves_before_a_holiday_and_falls_out_in_a_week_off() -> None:
    assert days("FREQ=WEEKLY;BYDAY=FR;BYHOUR=11", "2026-04-20", "2026-05-08") == ["2026-04-24", "2026-04-29", "2026-05-08"]
    assert days("FREQ=WEEKLY;BYDAY=FR", "2026-02-16", "2026-02-27") == ["2026-02-27"]
    assert days("FREQ=WEEKLY", "2026-03-02", "2026-03-15") == ["2026-03-06", "2026-03-13"]
    assert days("FREQ=MONTHLY;BYMONTHDAY=25", "2026-01-01", "2026-02-28") == ["2026-01-25", "2026-02-25"]
    assert days("nonsense", "2026-01-01", "2026-02-28") == []


def test_what_a_recurrence_says() -> None:
    assert [period_of(f"FREQ={rule}") for rule in ("WEEKLY", "MONTHLY", "MONTHLY;INTERVAL=3", "MONTHLY;INTERVAL=6", "YEARLY")] == [
        "weekly", "monthly", "quarterly", "half_yearly", "yearly"]
    assert hour_of("FREQ=WEEKLY;BYDAY=FR;BYHOUR=15;BYMINUTE=30") == time(15, 30)
    assert hour_of("FREQ=MONTHLY") is None


def test_working_days_of_vietnam() -> None:
    tet = [date(2026, 2, 16) + timedelta(days=n) for n in range(5)]
    assert not any(map(WORKDAYS.works, tet)) and not WORKDAYS.works(date(2026, 9, 2)) and WORKDAYS.works(date(2026, 2, 23))
    own = workdays_of(Policy(closed=(date(2026, 2, 23),), open=(date(2026, 2, 28),)))
    assert not own.works(date(2026, 2, 23)) and own.works(date(2026, 2, 28)), "a Saturday worked in exchange"
    assert workdays_after(date(2026, 2, 13), 1, WORKDAYS) == date(2026, 2, 23)


def test_a_province_has_its_own_policy(tmp_path: Path) -> None:
    path = tmp_path / "reminders.yml"
    own = "{lead_days: [3, 10], hour: '08:15', recurring: {weekly: [1, 0]}}"
    path.write_text(f"default: {{late_weekday: 2}}\nprovinces:\n  hau-giang: {own}\n")
    policies = Policies.load(path)
    assert policies.of("hau-giang").lead_days == (10, 3) and policies.of("hau-giang").hour == time(8, 15)
    assert policies.of("hau-giang").recurring["weekly"] == (1, 0) and policies.of("hau-giang").recurring["yearly"] == (30, 7, 1)
    assert policies.of("ha-tinh") == policies.default and policies.default.late_weekday == 2
    assert Policies.load(tmp_path / "none.yml").default.lead_days == (30, 7, 1, 0)


@pytest.mark.parametrize("text", ["default: {leed_days: [1]}", "default: {lead_days: [-1]}", "default: {hour: '25:00'}", "[1]", "{",
                                  "default: {late_weekday: 9}"])
def test_a_bad_policy_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "reminders.yml"
    path.write_text(text)
    with pytest.raises(BadPolicy, match="nhắc việc"):
        Policies.load(path)
