"""Starting the processes that are measured, and asking the system how large they are."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "LOG_LEVEL_LIBRARIES": "ERROR",
    "PYTHONWARNINGS": "ignore",
}


class WorkFailed(Exception):
    """A measured process ended early; the text is the end of what it printed."""


class Worker:
    """A running `benchmarks.worker`."""

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        self.started = time.time()
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by stop()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.worker", *arguments], env=environment_of(environment),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, text=True, encoding="utf-8")

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def read(self, key: str) -> dict[str, Any]:
        """The next report that has `key`. Raises WorkFailed."""
        assert self._process.stdout
        for line in self._process.stdout:
            if line.startswith("{") and key in (found := json.loads(line)):
                return dict(found)
        self._errors.seek(0)
        raise WorkFailed(self._errors.read().decode("utf-8", "replace")[-2000:])

    def go(self) -> None:
        """Let it go on to its next step."""
        assert self._process.stdin
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def stop(self) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate()
        self._errors.close()


@contextmanager
def workers(count: int, arguments: Sequence[str], environment: Mapping[str, str]) -> Iterator[list[Worker]]:
    """Some workers, ended afterwards."""
    running = [Worker(arguments, environment) for _ in range(count)]
    try:
        yield running
    finally:
        for worker in running:
            worker.stop()


@contextmanager
def action_server(package: str, folder: Path, environment: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    """Rasa's own action server on a free port of this machine: (address, process id)."""
    port = free_port()
    with (folder / "actions.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "rasa", "run", "actions", "--actions", package, "--port", str(port)],
            env=environment_of(environment), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            yield f"http://127.0.0.1:{port}", process.pid
        finally:
            process.kill()
            process.wait()


def run_timed(command: Sequence[str], environment: Mapping[str, str], cwd: Path) -> float:
    """Seconds that a command takes from its start to its end. Raises WorkFailed."""
    start = time.perf_counter()
    done = subprocess.run(
        command, env=environment_of(environment), cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if done.returncode:
        raise WorkFailed((done.stdout + done.stderr).decode("utf-8", "replace")[-2000:])
    return time.perf_counter() - start


def memory(*pids: int) -> float:
    """Resident megabytes of some processes together."""
    command = ["ps", "-o", "rss=", "-p", ",".join(map(str, pids))]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return sum(map(int, printed.split())) / 1024


def environment_of(own: Mapping[str, str]) -> dict[str, str]:
    """A process's environment: this one's, quiet, with its own settings."""
    return {**os.environ, **QUIET, **own}


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
