"""The packed index of a large knowledge base in a folder: which versions of plans it holds, building it, opening it.

A folder holds states, one a sub-folder named by the revision that it was built at. A state never changes. It is built beside the
others and renamed when it is whole, so that a process that dies, or several that build at once, leave nothing half done.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from knowledge.search.files import NoSegment, open_segment, packing, read_about
from knowledge.search.packing import Packer
from knowledge.search.segment import Segment
from knowledge.store.keyed import iter_with_keys
from knowledge.store.plans import PlanVersion

_log = logging.getLogger(__name__)
_NAMES = "agencies.json"


@dataclass(frozen=True)
class Packed:
    """Rows, titles of groups, and the agencies named, of some plans."""

    rows: Segment
    groups: Segment
    agencies: frozenset[str]


def signature(plan: PlanVersion) -> str:
    """What tells one version of a plan in one database from all others."""
    return f"{plan.version} {plan.imported_at.isoformat()} {plan.rows}"


def pack(engine: Engine, plans: Sequence[PlanVersion]) -> Packed:
    """Some plans, packed in memory."""
    rows, groups, agencies = Packer(), Packer(), set[str]()
    _add(engine, plans, rows, groups, agencies)
    return Packed(rows.finish(), groups.finish(), frozenset(agencies))


def build(engine: Engine, folder: Path, plans: Sequence[PlanVersion], revision: int) -> Path:
    """Packs the plans into a new state of the folder and takes the older states away; where the state is."""
    folder.mkdir(parents=True, exist_ok=True)
    target, making = folder / f"{revision:012d}", folder / f"making-{os.getpid()}-{secrets.token_hex(4)}"
    try:
        agencies: set[str] = set()
        with ExitStack() as stack:
            groups = stack.enter_context(packing(making / "groups"))
            rows = stack.enter_context(packing(making / "rows", plans={p.id: signature(p) for p in plans}))
            _add(engine, plans, rows, groups, agencies)
        (making / _NAMES).write_text(json.dumps(sorted(agencies), ensure_ascii=False), encoding="utf-8")
        if target.exists():  # another process was faster, or its form is an old one
            shutil.rmtree(target, ignore_errors=True)
        making.rename(target)
    except OSError:
        if not _is_whole(target):
            raise
    finally:
        shutil.rmtree(making, ignore_errors=True)
    for old in _states(folder):
        if old.name < target.name:
            shutil.rmtree(old, ignore_errors=True)  # whoever has it open keeps it open, or it stays
    return target


def newest(folder: Path) -> tuple[Path, dict[str, str]] | None:
    """The latest whole state with the signatures of its plans."""
    for state in reversed(_states(folder)):
        try:
            return state, read_about(state / "rows")["plans"]
        except NoSegment:
            _log.info("no whole index in %s", state.name)
    return None


def open_state(state: Path, gone: frozenset[str] = frozenset()) -> Packed:
    """A state without the plans that are gone. Raises NoSegment."""
    try:
        agencies = frozenset(json.loads((state / _NAMES).read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise NoSegment(str(state)) from error
    return Packed(open_segment(state / "rows", gone), open_segment(state / "groups", gone), agencies)


def _add(engine: Engine, plans: Sequence[PlanVersion], rows: Packer, groups: Packer, agencies: set[str]) -> None:
    # The plans of a province side by side: a question within a province then walks over one range of rows.
    for plan in sorted(plans, key=lambda p: (p.province or "", p.id)):
        for key, row in iter_with_keys(engine, plan.id, plan.version):
            (groups if row.kind == "group" else rows).add(row, key)
            agencies.update(row.lead, row.coop)


def _states(folder: Path) -> list[Path]:
    return sorted(_digits(folder)) if folder.is_dir() else []


def _digits(folder: Path) -> Iterator[Path]:
    return (path for path in folder.iterdir() if path.name.isdigit())


def _is_whole(state: Path) -> bool:
    try:
        read_about(state / "rows")
    except NoSegment:
        return False
    return (state / _NAMES).is_file()
