"""A sign of life on stderr while something takes long."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

_SILENT_SECONDS = 1.5


@contextmanager
def progress(what: str) -> Iterator[None]:
    """Say after a moment what is being done, and on a terminal for how long already."""
    done = threading.Event()
    thread = threading.Thread(target=_tell, args=(what, done), daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _tell(what: str, done: threading.Event) -> None:
    started = time.monotonic()
    if done.wait(_SILENT_SECONDS):
        return
    if not sys.stderr.isatty():
        print(f"{what}…", file=sys.stderr, flush=True)
        return
    while not done.wait(0.5):
        print(f"\r{what}… {time.monotonic() - started:.0f} giây ", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
