"""Who is reminded when: settings of a province, with defaults for all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, time
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

PERIODS = ("weekly", "monthly", "quarterly", "half_yearly", "yearly")
_DEFAULTS = Path(__file__).with_name("policy.yml")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


class BadPolicy(ValueError):
    """Settings that can't be used; the text says in Vietnamese what is wrong."""


@dataclass(frozen=True)
class Policy:
    """The settings of one province; `policy.yml` explains each. Times are of Asia/Ho_Chi_Minh, weekdays count from Monday = 0."""

    lead_days: tuple[int, ...] = (30, 7, 1, 0)
    coop_days: tuple[int, ...] = (7,)
    late_weekday: int | None = 0
    summary_weekday: int = 0
    standing: bool = True
    recurring: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    escalate_leader: int = 1
    escalate_coordinator: int = 3
    hour: time = time(7, 30)
    closes: time = time(17, 30)
    closes_urgent: time = time(21, 30)
    patience_minutes: int = 30
    closed: tuple[date, ...] = ()
    open: tuple[date, ...] = ()


class Policies:
    """The settings of all provinces."""

    def __init__(self, default: Policy, provinces: Mapping[str, Policy] | None = None) -> None:
        self.default, self._provinces = default, dict(provinces or {})

    def of(self, province: str | None) -> Policy:
        """The settings of a province; the defaults where it has none of its own."""
        return self._provinces.get(province or "", self.default)

    @classmethod
    def load(cls, path: Path | None = None) -> Policies:
        """The shipped settings, those of a file (where it exists) on top. Raises BadPolicy."""
        default, provinces = _shipped()
        if path is None or not path.exists():
            return cls(default, provinces)
        given = _read(path)
        common = _changed(default, given.get("default") or {}, path.name)
        own = {**dict.fromkeys(provinces, common), **dict.fromkeys(given.get("provinces") or {}, common)}
        changed = {slug: _changed(own[slug], (given.get("provinces") or {}).get(slug) or {}, f"{path.name}, {slug}") for slug in own}
        return cls(common, changed)


@lru_cache(maxsize=1)
def _shipped() -> tuple[Policy, dict[str, Policy]]:
    given = _read(_DEFAULTS)
    default = _changed(Policy(), given["default"], _DEFAULTS.name)
    return default, {slug: _changed(default, own or {}, slug) for slug, own in given["provinces"].items()}


def _read(path: Path) -> dict[str, Any]:
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise BadPolicy(f"Không đọc được tệp cài đặt nhắc việc “{path.name}”: {type(error).__name__}.") from error
    if not isinstance(found or {}, dict):
        raise BadPolicy(f"Tệp cài đặt nhắc việc “{path.name}” phải có các mục default và provinces.")
    return found or {}


def _changed(policy: Policy, given: Mapping[str, Any], where: str) -> Policy:
    values: dict[str, Any] = {}
    known = {f.name for f in fields(Policy)}
    for name, value in given.items():
        if name not in known:
            raise BadPolicy(f"Cài đặt nhắc việc “{name}” ({where}) không có.")
        try:
            values[name] = _value(policy, name, value)
        except (ValueError, TypeError, AttributeError):
            raise BadPolicy(f"Cài đặt nhắc việc “{name}” ({where}) có giá trị chưa đúng: {value!r}.") from None
    return replace(policy, **values)


def _value(policy: Policy, name: str, value: Any) -> Any:
    if name in ("lead_days", "coop_days"):
        return _days(value)
    if name == "recurring":
        if set(value) - set(PERIODS):
            raise ValueError
        return {**policy.recurring, **{period: _days(days) for period, days in value.items()}}
    if name in ("hour", "closes", "closes_urgent"):
        return clock(value)
    if name in ("closed", "open"):
        return tuple(day if isinstance(day, date) else date.fromisoformat(day) for day in value)
    if name == "standing":
        return bool(value)
    if name == "late_weekday" and value is None:
        return None
    most = 6 if name.endswith("weekday") else 10_000
    if isinstance(value, bool) or not 0 <= int(value) <= most:
        raise ValueError
    return int(value)


def clock(text: str) -> time:
    """A time of the day: "07:30". Raises ValueError."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    return time(int(found[1]), int(found[2]))


def _days(value: Any) -> tuple[int, ...]:
    days = tuple(sorted({int(day) for day in value}, reverse=True))
    if any(not 0 <= day <= 366 for day in days):
        raise ValueError
    return days
