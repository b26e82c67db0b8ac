"""Whether a fact of an answer is the expected one: a table of comparisons per form of question file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.evaluation import wording

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Beside:
    """What a comparison may look at besides the two values: the record's facts, and a count that is right as well."""

    facts: Facts = field(default_factory=dict)
    also_count: int | None = None


Comparison = Callable[[Any, Any, Beside], bool]
Comparisons = Mapping[str, Comparison]


def same(table: Comparisons, key: str, want: Any, got: Any, beside: Beside) -> bool:
    """Whether `got` is `want` as the table compares facts of this key; the table's entry "" is for all others.

    A value of a kind that no such fact has (a list as a year) is a wrong fact, not an error.
    """
    try:
        return table.get(key, table[""])(want, got, beside)
    except (TypeError, ValueError, AttributeError, OverflowError):
        return False


def as_list(value: Any) -> list[Any]:
    """None as no entries, one value as one entry."""
    return [] if value is None else value if isinstance(value, list) else [value]


def _cells(want: Any, got: Any, _: Beside) -> bool:
    return {wording.cell(x) for x in as_list(want)} == {wording.cell(x) for x in as_list(got) if x}


def _cell_due(want: Any, got: Any, _: Beside) -> bool:
    return isinstance(got, dict) and got.get("kind") == want.get("kind") and (got.get("date") or None) == want.get("date")


def _cell_figure(want: Any, got: Any, _: Beside) -> bool:
    return got is not None and wording.cell_figure(got) == wording.cell_figure(want)


def _cell_count(want: Any, got: Any, beside: Beside) -> bool:
    return isinstance(got, (int, float)) and not isinstance(got, bool) and got in (want, beside.also_count)


def _cell_text(want: Any, got: Any, _: Beside) -> bool:
    if want in (None, ""):
        return got in (None, "", [])
    return got is not None and wording.cell(got) == wording.cell(want)


#: Facts of the annex, cell by cell as the table has them.
ANNEX: Comparisons = {
    "lead": _cells,
    "coop": _cells,
    "due": _cell_due,
    "target": _cell_figure,
    "count": _cell_count,
    "": _cell_text,
}


def _present(compare: Callable[[Any, Any], bool]) -> Comparison:
    return lambda want, got, _: got is not None and compare(want, got)


def _names(value: Any) -> set[str]:
    names: Iterable[Any] = [] if value is None else [value] if isinstance(value, str) else value
    return {wording.agency(name) for name in names}


def _due(want: Any, got: Any, _: Beside) -> bool:
    if not isinstance(got, dict):
        return got is None and "kind" not in want and "date" in want and want["date"] is None
    if "kind" in want and want["kind"] != got.get("kind"):
        return False
    return "date" not in want or _day(want["date"]) == _day(got.get("date"))


def _day(value: Any) -> str | None:
    return None if value is None else wording.iso_date(value)


def _figure(want: str, got: str) -> bool:
    wanted, given = wording.figure(want), wording.figure(got)
    if wanted == given:
        return True
    # As written, the unit may stand behind the figure: ">35 doanh nghiệp".
    return bool(re.search(r"\d$", wanted)) and given.startswith(wanted) and not re.match(r"[\d.\-<>]", given[len(wanted):])


def _unit(want: Any, got: Any, beside: Beside) -> bool:
    wanted = _compact(want)
    if got:
        given = _compact(got)
        return wanted in given or given in wanted
    target = _compact(beside.facts.get("target") or "")
    return (wanted[:1] == "%" and "%" in target) or wanted.split("/")[0] in target


def _compact(value: Any) -> str:
    return wording.plain(value).replace(" ", "")


def _issuer(want: Any, got: Any) -> bool:
    wanted, given = wording.agency(want), wording.agency(got)
    return bool(given) and (wanted.startswith(given) or given.startswith(wanted))


def _rrule(want: Any, got: Any) -> bool:
    if isinstance(got, list):
        return any(_rrule(want, one) for one in got)
    wanted, given = _rule_parts(want), {"BYMINUTE": "0", **_rule_parts(got)}
    parts = [part for part in ("FREQ", "BYDAY", "BYHOUR", "BYMINUTE") if part in wanted]
    return (all(part in given and _number(given[part]) == _number(wanted[part]) for part in parts)
            and int(given.get("INTERVAL") or 1) == int(wanted.get("INTERVAL", 1)))


def _rule_parts(rule: Any) -> dict[str, str]:
    if isinstance(rule, dict):
        return {str(key).upper(): str(value).upper() for key, value in rule.items()}
    text = re.sub("^RRULE:", "", str(rule).strip(), flags=re.IGNORECASE)
    return {key.upper(): value.upper() for key, _, value in (part.partition("=") for part in text.split(";") if part)}


def _number(value: str) -> str:
    return str(int(value)) if value.isdigit() else value


_whole = _present(lambda want, got: int(got) == int(want))
_successor = _present(lambda want, got: _names(want) == _names(got))

#: Facts of any document: agencies by any usual name, figures and dates however they are written.
ANY_DOCUMENT: Comparisons = {
    "lead": lambda want, got, _: _names(want) == _names(got),
    "coop": lambda want, got, _: _names(want) == _names(got),
    "due": _due,
    "target": _present(_figure),
    "unit": _unit,
    "year": _whole,
    "count": _whole,
    "date": _present(lambda want, got: wording.iso_date(want) == wording.iso_date(got)),
    "rrule": _present(_rrule),
    "issuer": _present(_issuer),
    "number": _present(lambda want, got: re.sub(r"\s", "", wording.plain(want)) == re.sub(r"\s", "", wording.plain(got))),
    "successor": _successor,
    "": _present(lambda want, got: wording.passage(want) == wording.passage(got)),
}
