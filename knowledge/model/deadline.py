"""A deadline as data: the words as written, what kind they are, and the last allowed day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Literal

DeadlineKind = Literal["date", "month", "quarter", "half", "year", "range", "recurring", "from_year_on", "none"]


@dataclass(frozen=True)
class Deadline:
    """When a piece of work must be finished (thời gian hoàn thành).

    `date` is the last allowed day; it is None where the wording names no last day ("Thường xuyên",
    "2025 và những năm tiếp theo", a condition). `start` is the first day of a range, or the day from which
    open-ended work runs. `rrule` is an RFC 5545 recurrence where the wording gives one.
    """

    text: str
    kind: DeadlineKind
    date: dt.date | None = None
    start: dt.date | None = None
    rrule: str | None = None

    def as_fact(self) -> dict[str, Any]:
        """The `due` value of the answer record."""
        fact: dict[str, Any] = {"text": self.text, "kind": self.kind, "date": self.date.isoformat() if self.date else None}
        if self.start:
            fact["from"] = self.start.isoformat()
        if self.rrule:
            fact["rrule"] = self.rrule
        return fact
