"""kill -9 in the middle of an import leaves the old state, whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine

from knowledge.store import PlanStore, open_engine
from tests.sample_plans import sample_plan

ROOT = Path(__file__).resolve().parents[2]
# The child says when it has written so many batches of the new version, and is killed there.
CHILD = """
import sys
from knowledge.services.importing import accept
from knowledge.store import open_engine, registry
from tests.sample_plans import big_plan
written, insert = 0, registry.insert_row_mentions

def slow(connection, *arguments):
    global written
    insert(connection, *arguments)
    written += 1
    if written == int(sys.argv[2]):
        print("now", flush=True)
        sys.stdin.read()

registry.insert_row_mentions = slow
accept(open_engine(sys.argv[1]), big_plan(9000, "kh-mau"))
print("done", flush=True)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL here")
@pytest.mark.parametrize("batch", [1, 4])
def test_kill_in_the_middle(engine: Engine, database_url: str, batch: int) -> None:
    store = PlanStore(engine)
    store.save(sample_plan())
    revision = store.revision()
    child = subprocess.Popen([sys.executable, "-c", CHILD, database_url, str(batch)], cwd=ROOT, text=True,
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout is not None and child.stdout.readline() == "now\n"
    assert store.load("kh-mau") == sample_plan()  # readers are not held up meanwhile
    os.kill(child.pid, signal.SIGKILL)
    child.communicate(timeout=30)
    fresh = PlanStore(open_engine(database_url))
    assert fresh.revision() == revision
    assert fresh.load("kh-mau") == sample_plan()
    assert len(fresh.versions("kh-mau")) == 1
    assert fresh.save(sample_plan(title="Tiếp tục")) == 2  # and nothing is locked
    fresh.engine.dispose()
