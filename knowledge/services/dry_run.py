"""`troly import FILE --dry-run --json`: what was read, line by line, with nothing stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from knowledge.model import Kind, Plan
from knowledge.services.exporting import export_line

#: The kinds that the dry run tells of. Passages are text to cite, not rows that a person would check.
ROW_KINDS: tuple[Kind, ...] = ("group", "task", "indicator", "target", "duty", "reporting")


def dry_run(plan: Plan) -> Iterator[dict[str, Any]]:
    """The plan's own facts, its rows in reading order with their doubts, and a summary."""
    yield {"kind": "plan", "facts": plan.facts(), **({"warnings": list(plan.warnings)} if plan.warnings else {})}
    for row in plan.rows:
        if row.kind in ROW_KINDS:
            yield {**export_line(row), "doubt": row.doubt}
    yield summary(plan)


def summary(plan: Plan) -> dict[str, Any]:
    """Counts by kind, doubtful rows and pieces of text that found no place."""
    rows = [row for row in plan.rows if row.kind in ROW_KINDS]
    counts = Counter(row.kind for row in rows)
    return {"kind": "summary", "counts": {kind: counts[kind] for kind in ROW_KINDS if counts[kind]},
            "doubtful": sum(row.doubt is not None for row in rows), "unplaced": len(plan.unplaced)}


def error_line(message: str) -> dict[str, str]:
    """The one line of a file that can't be read."""
    return {"kind": "error", "error": message}
