"""Reads what providers send without trusting any of it: a wrong type is Malformed, never another exception.

Ids go into columns and addresses, so they are short and printable; texts lose what a database cannot hold.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from bot.channels.port import Malformed

_ID = re.compile(r"[\x21-\x7e]{1,100}")
_DIGITS = re.compile(r"-?[0-9]{1,30}")
_HUGE = 10**30
_LONGEST_NAME = 200
_MILLISECONDS = 1e11  # as seconds this would be the year 5138: the number is milliseconds


def parse(body: bytes) -> Any:
    """The JSON of a body."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise Malformed("the body is no JSON") from None


def mapping(value: Any, what: str) -> Mapping[str, Any]:
    """`value`, which must be a JSON object."""
    if not isinstance(value, dict):
        raise Malformed(f"{what} is no object")
    return value


def text(value: Any, what: str) -> str:
    """`value`, which must be a string, without NUL characters and halves of characters."""
    if not isinstance(value, str):
        raise Malformed(f"{what} is no text")
    return value.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def identifier(value: Any, what: str) -> str:
    """`value`, a string or a whole number, as an id."""
    found = value if isinstance(value, str) else digits(value)
    if not _ID.fullmatch(found):
        raise Malformed(f"{what} is no id")
    return found


def digits(value: Any) -> str:
    """A whole number, given as such or in digits, written out; "" where it is none or longer than any that means something."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _HUGE:
        return str(value)
    return value if isinstance(value, str) and _DIGITS.fullmatch(value) else ""


def name(value: Any) -> str:
    """What a person calls themself; "" where it is missing."""
    return text(value, "name").strip()[:_LONGEST_NAME] if isinstance(value, str) else ""


def seconds(value: Any) -> float | None:
    """A span as a number or in digits; None where it is none, or none that a clock can wait for."""
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if 0 <= number < 1e9 else None


def moment(value: Any) -> datetime | None:
    """A time in seconds or milliseconds since 1970, as a number or in digits; None where it is none."""
    try:
        number = float(value)
        return datetime.fromtimestamp(number / 1000 if number > _MILLISECONDS else number, timezone.utc)
    except (TypeError, ValueError, OverflowError, OSError):
        return None
