"""A Plan as JSON and back, exactly; for the copy that a review workbook carries."""

from __future__ import annotations

import dataclasses
import json
from datetime import date
from typing import Any, get_args

from knowledge.model import KINDS, Deadline, LegalDocument, Plan, Row, Source
from knowledge.model.deadline import DeadlineKind

_DUE_KINDS = get_args(DeadlineKind)


class NotAPlan(ValueError):
    """The JSON is not one that `dumps` wrote."""


def dumps(plan: Plan) -> str:
    """The plan as JSON text; what has its default value is left out."""
    return json.dumps(_plain(plan), ensure_ascii=False, separators=(",", ":"))


def loads(text: str) -> Plan:
    """The plan of such a text. Raises NotAPlan."""
    try:
        return _plan(json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise NotAPlan(str(error)) from error


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value) if not _is_default(f, value)}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def _is_default(field: dataclasses.Field[Any], owner: Any) -> bool:
    value = getattr(owner, field.name)
    if field.default_factory is not dataclasses.MISSING:
        return bool(value == field.default_factory())
    return field.default is not dataclasses.MISSING and bool(value == field.default)


def _plan(data: dict[str, Any]) -> Plan:
    given = dict(data)
    given["rows"] = tuple(_row(row) for row in data.get("rows", ()))
    given["documents"] = tuple(LegalDocument(**_dated(_texts(item, "date"), "date")) for item in data.get("documents", ()))
    given["warnings"] = tuple(_texts(dict(enumerate(data.get("warnings", ())))).values())
    given["unplaced"] = tuple((int(first), int(last), str(text)) for first, last, text in data.get("unplaced", ()))
    given["furniture"] = tuple(
        (int(first), int(last), str(kind), str(text)) for first, last, kind, text in data.get("furniture", ()))
    return Plan(**_dated(_texts(given, "date", "rows", "documents", "furniture", "unplaced", "warnings"), "date"))


def _row(data: dict[str, Any]) -> Row:
    given = dict(data)
    if given["kind"] not in KINDS:
        raise NotAPlan(f"no such kind: {given['kind']!r}")
    source = dict(given["source"])
    if "lines" in source:
        first, last = source["lines"]
        source["lines"] = (int(first), int(last))
    given["source"] = Source(**_texts(source, "lines", "page"))
    for role in ("lead", "coop"):
        if role in given:
            given[role] = tuple(_texts(dict(enumerate(given[role]))).values())
    if "due" in given:
        given["due"] = _due(given["due"])
    if not isinstance(given.get("extra", {}), dict) or not isinstance(given.get("year"), (int, type(None))):
        raise NotAPlan("extra or year of another type")
    return Row(**_texts(given, "source", "lead", "coop", "due", "year", "extra"))


def _due(data: dict[str, Any]) -> Deadline:
    if data["kind"] not in _DUE_KINDS:
        raise NotAPlan(f"no such kind of deadline: {data['kind']!r}")
    return Deadline(**_dated(_texts(data, "date", "start"), "date", "start"))


def _texts(data: dict[Any, Any], *others: str) -> dict[Any, Any]:
    """The same, once every value but the named others is a text (or None)."""
    strange = [key for key, value in data.items() if key not in others and not isinstance(value, (str, type(None)))]
    if strange:
        raise NotAPlan(f"not a text: {strange[0]}")
    return data


def _dated(data: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {**data, **{key: date.fromisoformat(data[key]) for key in keys if data.get(key)}}
