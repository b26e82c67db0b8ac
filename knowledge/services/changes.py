"""What changed between two versions of a plan: `diff(old, new)`.

Rows are paired before they are compared, so that renumbering is one change and not "gone" and "new": first rows that kept
number and name, then equal names, then equal numbers with a similar name, then the most similar of what is left.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from knowledge.model import Plan, Row
from knowledge.text.normalize import clean, fold

SAME_NUMBER = 55   # least likeness (0–100) of two names under one number to be one row
OTHER_NUMBER = 82  # the same under different numbers
_MOST_PAIRS = 4_000_000  # more left-over pairs than this are not compared by likeness: plans of this size don't exist
_WORDING = ("name", "result", "target", "unit", "year", "rrule", "note", "annex")


@dataclass(frozen=True)
class Changed:
    """A row that stands in both versions with something else in it. `fields` names what, of the fields of Row."""

    old: Row
    new: Row
    fields: tuple[str, ...]

    @property
    def renumbered(self) -> bool:
        """It has another number."""
        return self.old.ref != self.new.ref

    @property
    def moved_deadline(self) -> bool:
        """Its deadline is another, or worded otherwise."""
        return "due" in self.fields

    @property
    def other_agencies(self) -> bool:
        """Another agency leads it or takes part."""
        return "lead" in self.fields or "coop" in self.fields

    @property
    def other_wording(self) -> bool:
        """What it says, its result or its target is another."""
        return any(field in _WORDING for field in self.fields)


@dataclass(frozen=True)
class Changes:
    """Everything that differs. `about` are changed facts of the plan itself: (name, old, new)."""

    new: tuple[Row, ...] = ()
    gone: tuple[Row, ...] = ()
    changed: tuple[Changed, ...] = ()
    about: tuple[tuple[str, str, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.new or self.gone or self.changed or self.about)

    @property
    def moved(self) -> dict[str, str]:
        """Old reference → new one of the renumbered rows."""
        return {change.old.ref: change.new.ref for change in self.changed if change.renumbered}

    @property
    def moved_deadlines(self) -> tuple[Changed, ...]:
        """Rows with another deadline."""
        return tuple(change for change in self.changed if change.moved_deadline)

    @property
    def other_agencies(self) -> tuple[Changed, ...]:
        """Rows with other agencies."""
        return tuple(change for change in self.changed if change.other_agencies)

    @property
    def other_wording(self) -> tuple[Changed, ...]:
        """Rows that say something else."""
        return tuple(change for change in self.changed if change.other_wording)


def diff(old: Plan, new: Plan) -> Changes:
    """What the new version adds, drops and changes, in reading order. Places in the file don't count as a change."""
    pairs = dict(_pair(old.rows, new.rows))
    taken = set(pairs.values())
    changed = []
    for i, j in sorted(pairs.items(), key=lambda pair: pair[1]):
        fields = _fields(old.rows[i], new.rows[j])
        if fields:
            changed.append(Changed(old.rows[i], new.rows[j], fields))
    return Changes(
        new=tuple(row for j, row in enumerate(new.rows) if j not in taken),
        gone=tuple(row for i, row in enumerate(old.rows) if i not in pairs),
        changed=tuple(changed),
        about=_about(old, new))


def _about(old: Plan, new: Plan) -> tuple[tuple[str, str, str], ...]:
    before, after = old.facts(), new.facts()
    keys = [key for key in ("title", "number", "date", "issuer", "province") if before.get(key) != after.get(key)]
    return tuple((key, str(before.get(key, "")), str(after.get(key, ""))) for key in keys)


def _fields(old: Row, new: Row) -> tuple[str, ...]:
    """The fields that differ; blanks and the placement of tone marks don't count, nor does the order of agencies."""
    out = [field for field in ("no", "group") if getattr(old, field) != getattr(new, field)]
    out += [field for field in ("lead", "coop") if _names(getattr(old, field)) != _names(getattr(new, field))]
    if _due(old) != _due(new):
        out.append("due")
    out += [field for field in _WORDING if _plain(getattr(old, field)) != _plain(getattr(new, field))]
    return tuple(out)


def _plain(value: object) -> str:
    return "" if value is None else clean(str(value))


def _names(names: Iterable[str]) -> set[str]:
    return {clean(name) for name in names}


def _due(row: Row) -> object:
    return (clean(row.due.text), row.due.date, row.due.start, row.due.rrule) if row.due else None


def _key(row: Row) -> str:
    return fold(clean(row.name))


def _pair(old: tuple[Row, ...], new: tuple[Row, ...]) -> Iterator[tuple[int, int]]:
    """Pairs of places in old and new that are the same row."""
    left_old, left_new = set(range(len(old))), set(range(len(new)))

    def take(found: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        for i, j in found:
            if i in left_old and j in left_new:
                left_old.discard(i)
                left_new.discard(j)
                yield i, j

    def equal(key: Callable[[Row], Hashable]) -> list[tuple[int, int]]:
        places: dict[Hashable, list[int]] = defaultdict(list)
        for j in sorted(left_new):
            places[key(new[j])].append(j)
        # Several of one name ("Xây dựng kế hoạch" in each group): the first with the first, and so on.
        out = []
        for i in sorted(left_old):
            waiting = places.get(key(old[i]))
            if waiting:
                out.append((i, waiting.pop(0)))
        return out

    yield from take(equal(lambda row: (row.ref, _key(row), row.lead)))
    yield from take(equal(lambda row: (row.ref, _key(row))))
    yield from take(equal(lambda row: (row.kind, row.year, _key(row), row.group)))
    yield from take(equal(lambda row: (row.kind, row.year, _key(row))))
    yield from take((i, j) for i, j in equal(lambda row: (row.ref, row.year))
                    if fuzz.ratio(_key(old[i]), _key(new[j])) >= SAME_NUMBER)
    yield from take(_similar(old, new, left_old, left_new))


def _similar(old: tuple[Row, ...], new: tuple[Row, ...], left_old: set[int], left_new: set[int]) -> list[tuple[int, int]]:
    """Left-over rows of one kind and year by falling likeness of their names."""
    scored: list[tuple[float, int, int]] = []
    for kind in sorted({(old[i].kind, str(old[i].year)) for i in left_old}):
        olds = [i for i in sorted(left_old) if (old[i].kind, str(old[i].year)) == kind]
        news = [j for j in sorted(left_new) if (new[j].kind, str(new[j].year)) == kind]
        if not news or len(olds) * len(news) > _MOST_PAIRS:
            continue
        names = [_key(new[j]) for j in news]
        for i in olds:
            scored += [(score, i, news[at]) for _, score, at in process.extract(
                _key(old[i]), names, scorer=fuzz.ratio, score_cutoff=OTHER_NUMBER, limit=5)]
    return [(i, j) for _, i, j in sorted(scored, key=lambda hit: (-hit[0], hit[1], hit[2]))]
