"""Whether the rows an answer rests on are the expected ones: first what matches, then what the mode asks of the match."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Match:
    """What the rows of an answer are to those expected."""

    wanted: tuple[str, ...]
    given: frozenset[str]  # all that the answer rests on and that count
    hits: frozenset[str]   # those of `wanted` that are met
    extra: frozenset[str]  # those given that are neither wanted nor allowed

    @property
    def missing(self) -> list[str]:
        """What is wanted and not met, in the order of the expectation."""
        return [ref for ref in self.wanted if ref not in self.hits]

    @property
    def astray(self) -> bool:
        """Rows were given, and none of them was wanted."""
        return bool(self.given) and not self.hits


@dataclass(frozen=True)
class Mode:
    """What a mode asks: enough of what is wanted, and not too much of anything else."""

    enough: Callable[[Match], bool]
    bearable: Callable[[Match], bool]


def _all(match: Match) -> bool:
    return not match.missing


def _some(match: Match) -> bool:
    return bool(match.hits)


def _no_extra(match: Match) -> bool:
    return not match.extra


def _few_extra(match: Match) -> bool:
    return len(match.extra) <= max(3, len(match.wanted))


#: In the annex allowed rows alone meet any_of, and superset bears any number of rows.
ANNEX_MODES: Mapping[str, Mode] = {
    "exact": Mode(_all, _no_extra),
    "any_of": Mode(lambda match: bool(match.given), _no_extra),
    "superset": Mode(_all, lambda match: True),
}

MODES: Mapping[str, Mode] = {
    "exact": Mode(_all, _no_extra),
    "superset": Mode(_all, _few_extra),
    "any_of": Mode(_some, _no_extra),
    "prefix_any": Mode(_some, _no_extra),
    "prefix_all": Mode(_all, _no_extra),
    "plan": Mode(_some, _no_extra),
}


def literal(wanted: Collection[str], allowed: Collection[str], given: Collection[str]) -> Match:
    """Rows matched by their exact refs. Documents, agencies, groups and plans count only where one of the kind is expected."""
    kinds = {"row"} | {_kind(ref) for ref in (*wanted, *allowed)}
    counted = frozenset(ref.strip() for ref in given if _kind(ref) in kinds)
    return Match(tuple(dict.fromkeys(wanted)), counted, counted & set(wanted), counted - set(wanted) - set(allowed))


def by_mode(mode: str, wanted: Collection[str], allowed: Collection[str], given: Collection[str]) -> Match:
    """Rows matched as the mode has it: by ref, by the section they begin with, or by plan; what is allowed may be prefixes."""
    left = [ref for ref in given if ref in wanted or not any(_allows(pattern, ref) for pattern in allowed)]
    meets = _MEETS.get(mode, _is)
    hits = frozenset(want for want in wanted if any(meets(ref, want) for ref in left))
    extra = frozenset(ref for ref in left if not any(meets(ref, want) for want in wanted))
    if mode.startswith("prefix"):
        plans = {plan_of(want) for want in wanted if not want.startswith("doc:")}
        extra = frozenset(ref for ref in extra if plan_of(ref) not in plans)
    return Match(tuple(dict.fromkeys(wanted)), frozenset(given), hits, extra)


def plan_of(ref: str) -> str:
    """The plan that a row is of."""
    return ref.split("#", 1)[0]


def begins(ref: str, section: str) -> bool:
    """Whether a row is of a section: `…#duty:V.1-2` is of `…#duty:V.1`, `…#duty:V.10` is not."""
    if not ref.startswith(section):
        return False
    rest = ref[len(section):]
    return not (rest[:1].isalnum() and section[-1:].isalnum())


def _is(ref: str, want: str) -> bool:
    return ref == want


_MEETS: Mapping[str, Callable[[str, str], bool]] = {
    "prefix_any": begins,
    "prefix_all": begins,
    "plan": lambda ref, plan: plan_of(ref) == plan,
}


def _allows(pattern: str, ref: str) -> bool:
    if pattern.endswith(":"):
        return ref.startswith(pattern)
    if "#" not in pattern:
        return ref == pattern or plan_of(ref) == pattern
    return ref == pattern or (("#duty:" in pattern or "#reporting:" in pattern) and begins(ref, pattern))


def _kind(ref: str) -> str:
    if "#" in ref:
        return "group" if "#group:" in ref else "row"
    return ref.split(":")[0] if ":" in ref else "plan"
