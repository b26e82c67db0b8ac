"""How the search behaves as the knowledge base grows: a table of sizes."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from benchmarks.figures import quantile
from benchmarks.growth import Growth
from benchmarks.processes import QUIET, WorkFailed
from knowledge.model import Plan
from knowledge.services.ask.stored import LARGE
from knowledge.services.importing import import_shipped
from knowledge.store import PlanStore, migrate, open_engine


@dataclass(frozen=True)
class SearchFigures:
    """Of one size. Seconds, megabytes, milliseconds; `hits` of `asked` known questions had the right row first."""

    rows: int
    build: float | None
    start: float
    memory: float
    inside: tuple[float, ...]
    outside: tuple[float, ...]
    hits: int
    asked: int


def measure(folder: Path, sizes: Sequence[int], questions: Path, say: Callable[[str], None]) -> Iterator[SearchFigures]:
    """Grows one base through all sizes and measures it at each; first as it is shipped. Raises WorkFailed."""
    url = f"sqlite:///{(folder / 'bench.db').as_posix()}"
    engine = open_engine(url)
    migrate(engine)
    import_shipped(engine)
    grown = Growth(_shipped(engine)).plans()
    for size in (0, *sorted(sizes)):
        count = _grow(engine, grown, size)
        say(f"Đang đo với {number(count)} dòng…")
        yield _one_size(url, folder / "index", questions, count)
    engine.dispose()


def render(figures: Sequence[SearchFigures], day: date) -> str:
    """The table with a line on how it was measured."""
    head = ("| Số dòng | Dựng chỉ mục (giây) | Khởi động (giây) | Bộ nhớ (MB) | Trong tỉnh: p50 (ms) | p99 (ms) "
            "| Toàn kho: p50 (ms) | p99 (ms) | Đúng ngay dòng đầu |\n|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    note = (
        f"Đo ngày {day:%d/%m/%Y} trên máy {os.cpu_count()} lõi {platform.machine()}, {_memory_gb()} GB RAM, "
        f"Python {platform.python_version()}, một tiến trình, SQLite. Dòng đầu là kho đi kèm phần mềm. "
        "“Khởi động”: mở kho, nạp danh mục và trả lời câu đầu tiên. "
        f"Đến {number(LARGE)} dòng, chỉ mục nằm trong bộ nhớ và được dựng khi khởi động; lớn hơn thì đọc từ tệp. "
        "Một truy vấn gồm đọc câu hỏi, tìm, xếp hạng và lấy 20 dòng đầu; "
        "mỗi câu hỏi năm lần, lấy lần nhanh nhất. Bộ nhớ gồm cả các trang tệp đang được ánh xạ.")
    return "\n".join([head, *map(_line, figures), "", note])


def number(value: float, digits: int = 0) -> str:
    """With a decimal comma and dots between thousands."""
    return f"{value:,.{digits}f}".translate(str.maketrans(",.", ".,"))


def _shipped(engine: Engine) -> list[Plan]:
    store = PlanStore(engine)
    return [store.load(info.id) for info in store.plans()]


def _grow(engine: Engine, grown: Iterator[Plan], size: int) -> int:
    store = PlanStore(engine)
    count = sum(info.rows for info in store.plans())
    while count < size:
        plan = next(grown)
        store.save(plan)
        count += len(plan.rows)
    return count


def _one_size(url: str, index: Path, questions: Path, count: int) -> SearchFigures:
    build = _worker("build", url, str(index))["build"] if count > LARGE else None
    found = _worker("ask", url, str(index), str(questions))
    return SearchFigures(count, build, found["start"], found["memory"], tuple(found["inside"]), tuple(found["outside"]),
                         found["hits"], found["asked"])


def _worker(*arguments: str) -> dict[str, Any]:
    done = subprocess.run([sys.executable, "-m", "benchmarks.search_worker", *arguments], capture_output=True, text=True,
                          encoding="utf-8", env={**os.environ, **QUIET}, check=False)
    if done.returncode:
        raise WorkFailed(done.stderr[-2000:])
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _line(f: SearchFigures) -> str:
    cells = [number(f.rows), "–" if f.build is None else number(f.build, 1), number(f.start, 1), number(f.memory)]
    cells += [number(quantile(list(times), q), 1) for times in (f.inside, f.outside) for q in (0.5, 0.99)]
    return f"| {' | '.join(cells)} | {f.hits}/{f.asked} ({number(100 * f.hits / max(1, f.asked), 1)} %) |"


def _memory_gb() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9)
