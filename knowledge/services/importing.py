"""Bringing plans into the knowledge base: the shipped ones at start, a clerk's file after a look at it.

    import_shipped(engine)                 # at every start; does nothing, fast, when nothing changed
    plan = preview(path)                   # read, nothing stored
    accepted = accept(engine, plan)        # in force for every process on the same database
"""

from __future__ import annotations

import dataclasses
import hashlib
import logging
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Engine

from knowledge.model import Plan, Row
from knowledge.parsers.document import UnreadableFile
from knowledge.services.changes import Changes, diff
from knowledge.store import PlanStore, PlanVersion
from knowledge.store.errors import PlanChanged, UnknownPlan

PLANS = Path(__file__).resolve().parents[1] / "plans"
#: What turns a file into a Plan; the mapping is the file's entry in sources.yml, if it has one.
Reader = Callable[[Path, "Mapping[str, Any] | None"], Plan]

_log = logging.getLogger(__name__)
_LONGEST_ID = 100
_ATTEMPTS = 5  # processes that start together import the same shipped plans
_READING_CODE = ("model", "text", "parsers", "agencies")


@dataclass(frozen=True)
class Accepted:
    """What `accept` did: the version now in force, whether it is new, and what changed since the one before (None: first)."""

    plan_id: str
    version: int
    stored: bool
    changes: Changes | None


@dataclass
class Shipped:
    """What `import_shipped` did, by plan id; `failed` with a Vietnamese sentence each."""

    imported: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


def preview(path: Path | str, *, plan_id: str | None = None, province: str | None = None, read: Reader | None = None) -> Plan:
    """Read a file without storing anything. Raises UnreadableFile with a Vietnamese sentence."""
    wanted = checked_id(plan_id) if plan_id else None
    plan = distinct(_read(Path(path), None, read))
    plan = rename(plan, wanted or plan.id[:_LONGEST_ID].rstrip("-"))
    return dataclasses.replace(plan, province=province) if province else plan


def accept(engine: Engine, plan: Plan, *, origin: str = "import", content_hash: str = "", note: str = "") -> Accepted:
    """Put a plan in force as a new version, or do nothing if it equals the one in force.

    Reported progress of renumbered rows follows them.
    """
    plan = distinct(plan)
    for attempt in range(_ATTEMPTS):
        try:
            return _accept_once(PlanStore(engine), plan, origin, content_hash, note)
        except PlanChanged:
            if attempt == _ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


def _accept_once(store: PlanStore, plan: Plan, origin: str, content_hash: str, note: str) -> Accepted:
    try:
        now = store.version(plan.id)
    except UnknownPlan:
        version = store.save(plan, origin=origin, content_hash=content_hash, note=note, over=0)
        return Accepted(plan.id, version, True, None)
    old = store.load(plan.id, now.version)
    if old == plan:
        if content_hash and content_hash != now.content_hash:
            store.set_content_hash(plan.id, now.version, content_hash)
        return Accepted(plan.id, now.version, False, Changes())
    changes = diff(old, plan)
    version = store.save(plan, origin=origin, content_hash=content_hash, note=note, moved=changes.moved, over=now.version)
    return Accepted(plan.id, version, True, changes)


def restore(engine: Engine, plan_id: str, version: int) -> Accepted:
    """Put an older version in force again; reported progress of renumbered rows follows."""
    store = PlanStore(engine)
    target = store.load(plan_id, version)
    try:
        changes: Changes | None = diff(store.load(plan_id), target)
    except UnknownPlan:
        changes = None
    return Accepted(plan_id, store.restore(plan_id, version, changes.moved if changes else None), True, changes)


def changes_since_previous(engine: Engine, plan_id: str) -> Changes | None:
    """What changed from the version in force before to the one in force now; None if there was none before."""
    store = PlanStore(engine)
    now, before = store.version(plan_id), store.previous(plan_id)
    return diff(store.load(plan_id, before.version), store.load(plan_id, now.version)) if before else None


def import_shipped(engine: Engine, folder: Path = PLANS, read: Reader | None = None) -> Shipped:
    """Import the plans of `folder` (listed in its sources.yml) that are missing or changed.

    Changed means: the file, what stands beside it under its name (corrections), its entry, or the code that reads it.
    A version that a person imported or restored under the same id stays in force. A file that can't be read is
    reported and the others go on.
    """
    store = PlanStore(engine)
    report = Shipped()
    for source in sources(folder):
        plan_id = str(source["id"])
        content = content_hash(folder, source)
        versions = store.versions(plan_id)
        shipped = [version for version in versions if version.origin == "shipped"]
        if shipped and shipped[-1].content_hash == content:
            report.unchanged.append(plan_id)
            continue
        try:
            plan = _read(folder / str(source["file"]), source, read)
        except UnreadableFile as error:
            _log.warning("shipped plan %s can't be read: %s", plan_id, error)
            report.failed[plan_id] = str(error)
            continue
        _store_shipped(engine, rename(distinct(plan), plan_id), content, versions, report)
    return report


def sources(folder: Path = PLANS) -> list[dict[str, Any]]:
    """The entries of the folder's sources.yml."""
    return list(yaml.safe_load((folder / "sources.yml").read_text(encoding="utf-8")) or [])


def content_hash(folder: Path, source: Mapping[str, Any]) -> str:
    """One hash over everything that a shipped plan is made of."""
    digest = hashlib.sha256(reading_code_hash().encode())
    digest.update(repr(sorted(source.items(), key=lambda item: str(item[0]))).encode())
    named = {folder / str(source["file"]), *folder.glob(f"{source['id']}.*")}
    for path in sorted(path for path in named if path.is_file()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


@lru_cache(maxsize=1)
def reading_code_hash() -> str:
    """One hash over the code and data that reads plans: no version number that somebody forgets to raise."""
    package = PLANS.parent
    digest = hashlib.sha256()
    for folder in _READING_CODE:
        for path in sorted((package / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def checked_id(plan_id: str) -> str:
    """The id, if references can be made of it. Raises UnreadableFile."""
    if not re.fullmatch(rf"[a-z0-9][a-z0-9-]{{0,{_LONGEST_ID - 1}}}", plan_id):
        raise UnreadableFile(
            f"Mã kế hoạch “{plan_id[:_LONGEST_ID]}” không hợp lệ: hãy dùng tối đa {_LONGEST_ID} chữ thường không dấu, "
            "chữ số và dấu gạch nối, ví dụ hg-kh-2026.")
    return plan_id


def rename(plan: Plan, plan_id: str) -> Plan:
    """The plan under another id."""
    if plan.id == plan_id:
        return plan
    return dataclasses.replace(plan, id=plan_id, rows=tuple(dataclasses.replace(row, plan=plan_id) for row in plan.rows))


def distinct(plan: Plan) -> Plan:
    """The plan with one reference for one row: a number used twice gets `-2`, and a doubt that says so."""
    counts = Counter(row.ref for row in plan.rows)
    if all(count == 1 for count in counts.values()):
        return plan
    seen: set[str] = set()
    rows: list[Row] = []
    for row in plan.rows:
        again, n = row, 1
        while again.ref in seen or (n > 1 and again.ref in counts):
            n += 1
            again = dataclasses.replace(row, no=f"{row.no}-{n}")
        if again is not row:
            why = f"Số “{row.no}” đã có ở một dòng trước; dòng này tạm mang số “{again.no}”."
            again = dataclasses.replace(again, doubt=f"{row.doubt} {why}" if row.doubt else why)
        seen.add(again.ref)
        rows.append(again)
    return dataclasses.replace(plan, rows=tuple(rows))


def _read(path: Path, source: Mapping[str, Any] | None, read: Reader | None) -> Plan:
    """Read with the given reader, by default the parsers'; whatever goes wrong is an UnreadableFile."""
    if read is None:
        from knowledge.parsers.read import read_plan  # late: reading needs libraries that an unchanged start does not
        read = read_plan
    try:
        return read(path, source)
    except UnreadableFile:
        raise
    except FileNotFoundError as error:
        raise UnreadableFile(f"Không tìm thấy tệp “{path.name}”: hãy kiểm tra lại đường dẫn.") from error
    except Exception as error:
        _log.exception("reading %s failed", path)
        raise UnreadableFile(
            f"Không đọc được tệp “{path.name}” (lỗi bất ngờ, chi tiết trong nhật ký): "
            "hãy thử lưu lại tệp ở dạng .docx hoặc .xlsx rồi nhập lại.") from error


def _store_shipped(engine: Engine, plan: Plan, content: str, versions: list[PlanVersion], report: Shipped) -> None:
    """Put a shipped plan in force, unless a person's own version is: then it is kept as a draft for them to look at."""
    in_force = next((version for version in versions if version.status == "accepted"), None)
    own = in_force is not None and in_force.origin != "shipped" or (in_force is None and bool(versions))
    if own:
        PlanStore(engine).save(plan, status="draft", origin="shipped", content_hash=content)
        report.unchanged.append(plan.id)
        return
    done = accept(engine, plan, origin="shipped", content_hash=content)
    (report.imported if done.stored else report.unchanged).append(plan.id)
