"""A cell's value in Excel as a person in Việt Nam sees it: 80%, 12,5, 30/06/2025, 6/2025."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Any


def shown(value: Any, form: str) -> str:
    """The text that a cell shows, from its value and number format."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Có" if value else "Không"
    if isinstance(value, (datetime, date)):
        return _date(value, form)
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, (int, float)):
        return _number(value, form)
    return str(value).replace("\r\n", "\n").replace("_x000D_", "").strip()


def _date(value: datetime | date, form: str) -> str:
    """A date with the parts that its format shows: Excel turns a typed 6/2025 into a date shown as month and year."""
    plain = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", form).lower()
    if "d" in plain or not re.search(r"[my]", plain):
        return f"{value.day:02d}/{value.month:02d}/{value.year}"
    return f"{value.month}/{value.year}" if "m" in plain else str(value.year)


def _number(value: float, form: str) -> str:
    plain = form.split(";")[0]
    quoted = "".join(re.findall(r'"([^"]*)"', plain))
    bare = re.sub(r'"[^"]*"|\[[^\]]*\]', "", plain)
    percent = "%" in bare
    number = value * 100 if percent else value
    decimals = re.search(r"\.([0#]+)", bare)
    if decimals or re.search(r"[0#]", bare):
        digits = len(decimals[1]) if decimals else 0
        kept = decimals[1].count("0") if decimals else 0
        text = f"{number:.{digits}f}"
        while "." in text and text.endswith("0") and len(text.split(".")[1]) > kept:
            text = text[:-1]
        text = text.rstrip(".")
    else:
        text = f"{number:.10g}" if abs(number) < 1e15 else str(number)
    whole, _, rest = text.partition(".")
    if re.search(r"#,#|0,0", bare):
        whole = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", ".", whole)
    zeros = re.match(r"(0+)(?![.#])", bare)
    if zeros and not decimals:
        whole = whole.zfill(len(zeros[1]))
    return f"{whole},{rest}{'%' * percent}{quoted}" if rest else f"{whole}{'%' * percent}{quoted}"
