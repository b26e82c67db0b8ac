"""A person's corrections to what was read from a plan: data beside its source, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import yaml

from knowledge.model import Row
from knowledge.parsers.deadlines import parse_deadline

_FIELDS = frozenset(field.name for field in fields(Row)) - {"plan", "kind", "source", "extra"}


class WrongCorrection(ValueError):
    """A correction that can't be applied: an unknown row or field, or no reason given."""


def load_corrections(path: Path) -> list[dict[str, Any]]:
    """The corrections of a `<plan-id>.corrections.yml`; none where there is no such file."""
    if not path.is_file():
        return []
    return list(yaml.safe_load(path.read_text(encoding="utf-8")) or [])


def apply_corrections(rows: Iterable[Row], corrections: Iterable[Mapping[str, Any]]) -> list[Row]:
    """The rows with each correction (ref, field, value, reason) applied. Raises WrongCorrection."""
    by_ref = {row.ref: row for row in rows}
    order = list(by_ref)
    for correction in corrections:
        ref, name = str(correction.get("ref")), str(correction.get("field"))
        if ref not in by_ref or name not in _FIELDS or not correction.get("reason"):
            raise WrongCorrection(f"correction of {ref} {name}: unknown row or field, or no reason")
        by_ref[ref] = replace(by_ref[ref], **{name: _value(name, correction.get("value"))})
    return [by_ref[ref] for ref in order]


def _value(name: str, value: Any) -> Any:
    if name in ("lead", "coop"):
        return tuple(value or ())
    return parse_deadline(value) if name == "due" and value else value
