"""Processes to be killed, made quickly: a program imports everything once and forks one for each line of JSON that it reads.

The program (`forks(life)` in a module of tests) answers a line with the new process's id; the next line asks for its end.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine

ROOT = Path(__file__).resolve().parents[1]


def forks(life: Callable[..., object]) -> None:
    """Fork a process that lives `life(**order)` for a line; wait for its end at the next line, and say so."""
    for url in ("sqlite://", "postgresql+psycopg://"):
        create_engine(url)  # imports its driver
    for line in sys.stdin:
        order: dict[str, Any] = json.loads(line)
        child = os.fork()
        if child == 0:
            life(**order)
        print(child, flush=True)
        if not sys.stdin.readline():
            break
        os.waitpid(child, 0)
        print("dead", flush=True)


class Nursery:
    """A running program that forks one process at a time."""

    def __init__(self, module: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", module], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._child = 0

    def bear(self, **order: Any) -> None:
        self._say(json.dumps(order))
        self._child = int(self._hear())

    def kill(self) -> None:
        """SIGKILL, and wait until the process is gone; nothing where none lives."""
        if self._child:
            os.kill(self._child, signal.SIGKILL)
            self._say("wait")
            assert self._hear() == "dead"
            self._child = 0

    def close(self) -> None:
        self.kill()
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()

    def _say(self, line: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def _hear(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().strip()


@contextmanager
def nurseries(module: str) -> Iterator[Callable[[], Nursery]]:
    """Makes nurseries of a program, and closes them in the end."""
    made: list[Nursery] = []

    def make() -> Nursery:
        made.append(Nursery(module))
        return made[-1]

    yield make
    for each in made:
        each.close()
