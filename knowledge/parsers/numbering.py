"""Row numbers that are unique in their plan: where numbers restart in each group, they carry the group (`II.3`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from knowledge.model import Row


@dataclass(frozen=True)
class Placed:
    """A row with what its number may have to carry: the part (A, B) and group (I, II) above it, the annex around it."""

    row: Row
    part: str | None = None
    group: str | None = None


_Way = Callable[[Placed], str]


def number_rows(placed: Iterable[Placed]) -> list[Row]:
    """The rows with unique numbers per kind, in order; a number that the plan itself gives twice is marked as doubtful."""
    rows = list(placed)
    groups = _unique([p for p in rows if p.row.kind == "group"], (_bare, _with_part, _with_annex_and_part))
    names = {(p.row.annex, p.part, p.row.no): number for p, number in groups}
    out: dict[int, Row] = {id(p): replace(p.row, no=number) for p, number in groups}
    for kind in {p.row.kind for p in rows} - {"group"}:
        members = [p for p in rows if p.row.kind == kind]
        for p, number in _unique(members, (_bare, _with_group, _with_part_and_group, _with_annex)):
            group = names.get((p.row.annex, p.part, p.group or ""), p.row.group)
            out[id(p)] = replace(p.row, no=number, group=group)
    return _part_repeated([out[id(p)] for p in rows])


def _unique(members: list[Placed], ways: tuple[_Way, ...]) -> list[tuple[Placed, str]]:
    """The members under the first way of numbering that tells most of them apart."""
    best = min(ways, key=lambda way: (len(members) - len({way(p) for p in members}), ways.index(way)))
    return [(p, best(p)) for p in members]


def _part_repeated(rows: list[Row]) -> list[Row]:
    """Rows whose numbers are still the same get -2, -3 … and a doubt."""
    seen: Counter[tuple[str, str]] = Counter()
    out = []
    for row in rows:
        seen[(row.kind, row.no)] += 1
        times = seen[(row.kind, row.no)]
        if times > 1:
            doubt = "; ".join(filter(None, [row.doubt, f"số {row.no} lặp lại trong kế hoạch"]))
            row = replace(row, no=f"{row.no}-{times}", doubt=doubt)
        out.append(row)
    return out


def _bare(p: Placed) -> str:
    return p.row.no


def _with_part(p: Placed) -> str:
    return _join(p.part, p.row.no)


def _with_group(p: Placed) -> str:
    return _join(p.group, p.row.no)


def _with_part_and_group(p: Placed) -> str:
    return _join(p.part, p.group, p.row.no)


def _with_annex(p: Placed) -> str:
    return _join(_annex(p), p.part, p.group, p.row.no)


def _with_annex_and_part(p: Placed) -> str:
    return _join(_annex(p), p.part, p.row.no)


def _annex(p: Placed) -> str | None:
    """`Phụ lục II` → `PLII`."""
    words = (p.row.annex or "").split()
    return "PL" + words[-1] if len(words) > 1 else None


def _join(*parts: str | None) -> str:
    return ".".join(part for part in parts if part)
