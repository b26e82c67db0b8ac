"""How long a day's reminders take: 10,000 officials, 100,000 rows.

`python -m benchmarks.reminders [--officials N] [--rows N] [--url URL]`
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import insert

from bot.officials.tables import links, officials
from bot.officials.tables import prepare as prepare_officials
from bot.reminders.calendar import ZONE
from bot.reminders.planner import Planner
from knowledge.agencies import Provinces, Registry
from knowledge.model import Deadline, Plan, Row, Source
from knowledge.store import PlanStore, migrate, open_engine, writing

TODAY = date(2026, 4, 6)  # a Monday: the busiest day, with all that is late and all summaries
_PLANS = 40


def build(url: str, people: int, rows: int, seed: int = 1) -> None:
    """A base of that size: plans of all provinces, deadlines over five years, officials of all agencies, a chat each."""
    rng, engine = random.Random(seed), open_engine(url)
    migrate(engine)
    prepare_officials(engine)
    provinces = [p.slug for p in Provinces.load() if p.successor is None]
    agencies = [a.name for a in Registry.load() if a.kind in ("so", "ban", "party") and a.successor is None and a.since is None]
    store, left, number = PlanStore(engine), rows, 0
    while left > 0:
        province = provinces[number % len(provinces)]
        plan = f"kh-{province}-{number}"
        made = []
        for no in range(1, min(left, -(-rows // _PLANS)) + 1):
            named = rng.sample(agencies, rng.choice((1, 2, 3, 4)))
            kind = rng.random()
            deadline = TODAY + timedelta(days=rng.randrange(-90, 1735))
            due = Deadline("", "date", deadline) if kind < 0.85 else Deadline(
                "", "recurring", rrule=rng.choice(("FREQ=MONTHLY", "FREQ=WEEKLY;BYDAY=FR", None)))
            made.append(Row(plan, "task", str(no), f"Nhiệm vụ số {no} của kế hoạch {plan}, xây dựng và triển khai đề án chuyển đổi số",
                            Source("kh.txt", (no, no)), lead=tuple(named[:1]), coop=tuple(named[1:]), due=due))
        store.save(Plan(plan, f"Kế hoạch {plan}", "kh.txt", province=province, date=date(2025, 1, 2), rows=tuple(made)))
        left, number = left - len(made), number + 1
    with writing(engine) as connection:
        staff = [{"id": n, "name": f"Cán bộ {n}", "username": f"cb{n}", "province": provinces[n % len(provinces)],
                  "agency": agencies[n // len(provinces) % len(agencies)], "role": "leader" if n % 11 == 0 else "officer", "active": True,
                  "created": 0.0, "used": 0.0} for n in range(1, people + 1)]
        connection.execute(insert(officials), staff)
        connection.execute(insert(links), [{"official": n, "channel": "telegram", "user": str(n), "chat": str(n), "linked": 0.0}
                                           for n in range(1, people + 1)])


def measure(url: str) -> dict[str, float]:
    """Seconds and megabytes of the first round, of the round a week later (nearly everything was told), and of an idle one."""
    engine, now = open_engine(url), 0.0

    def clock() -> float:
        return now

    planner, found = Planner(engine, clock=clock), dict[str, float]()
    for name, days, hour in (("first", 0, "07:30"), ("week_later", 7, "07:30"), ("idle", 7, "07:31")):
        now = datetime.fromisoformat(f"{TODAY + timedelta(days=days)} {hour}").replace(tzinfo=ZONE).timestamp()
        started, busy = time.perf_counter(), time.process_time()
        done = planner.round()
        found[f"{name}_seconds"] = round(time.perf_counter() - started, 2)
        found[f"{name}_cpu_seconds"] = round(time.process_time() - busy, 2)
        found |= {f"{name}_digests": done.digests, f"{name}_notices": done.notices}
    scale = 1 / 2**20 if sys.platform == "darwin" else 1 / 2**10
    return {**found, "most_megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale)}


def main(argv: Sequence[str] | None = None) -> None:
    """Build in this process, measure in a fresh one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--officials", type=int, default=10_000)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--url", help="an empty database; default: a SQLite file that is thrown away")
    parser.add_argument("--measure", action="store_true", help="measure a base that was built before")
    args = parser.parse_args(argv)
    if args.measure:
        print(json.dumps(measure(args.url)))
        return
    with tempfile.TemporaryDirectory() as folder:
        url = args.url or f"sqlite:///{folder}/base.db"
        build(url, args.officials, args.rows)
        subprocess.run([sys.executable, "-m", "benchmarks.reminders", "--measure", "--url", url], check=True)


if __name__ == "__main__":
    main()
