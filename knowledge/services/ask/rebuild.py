"""Building the index of a large knowledge base in a process of its own, so that the assistant goes on answering meanwhile.

    python -m knowledge.services.ask.rebuild < {"url": …, "folder": …}
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from knowledge.services.ask.packed import build
from knowledge.services.ask.stored import folder_for
from knowledge.store.engine import open_engine
from knowledge.store.plans import PlanStore

_ROOT = Path(__file__).resolve().parents[3]
_log = logging.getLogger(__name__)
#: A build that began so many seconds ago has died.
_LONGEST = 3600


def rebuild(engine: Engine, folder: Path) -> bool:
    """Builds the index anew and waits for it. False where another process on this machine is at it, or it failed."""
    # The address may hold a password: it goes through the pipe, not where other users of the machine can see it.
    work = json.dumps({"url": engine.url.render_as_string(hide_password=False), "folder": str(folder)})
    with _alone(folder_for(engine, folder)) as alone:
        if not alone:
            return False
        path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH", ""))))
        done = subprocess.run([sys.executable, "-m", __name__], input=work, text=True, encoding="utf-8", capture_output=True,
                              env={**os.environ, "PYTHONPATH": path}, check=False)
    if done.returncode:
        _log.error("the index could not be built: %s", done.stderr[-1000:])
    return done.returncode == 0


def main() -> None:
    """Build what standard input names."""
    work = json.load(sys.stdin)
    engine = open_engine(work["url"])
    store = PlanStore(engine)
    revision = store.revision()
    build(engine, folder_for(engine, Path(work["folder"])), store.plans(), revision)


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Is no other process building in the folder?"""
    folder.mkdir(parents=True, exist_ok=True)
    mark = folder / "building"
    try:
        if mark.exists() and time.time() - mark.stat().st_mtime > _LONGEST:
            mark.unlink()
        mark.touch(exist_ok=False)
    except OSError:
        yield False
        return
    try:
        yield True
    finally:
        mark.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
