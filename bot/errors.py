"""Trouble that a person can do something about, with the exit code that tells scripts the same."""

from __future__ import annotations

OK = 0
FAILED = 1       # the work was done and its result is "no": a test failed, a question could not be read
USAGE = 2        # the command was called wrongly, or its input cannot be read
UNAVAILABLE = 3  # something outside is missing or broken: database, model, a package
UNEXPECTED = 70  # a fault of the program; the log file has the traceback
INTERRUPTED = 130


class Trouble(Exception):
    """Stops a command with one Vietnamese line and an exit code; never shown as a traceback."""

    def __init__(self, message: str, code: int = FAILED) -> None:
        super().__init__(message)
        self.code = code
