"""A Chromium for the tests of the web page: the one on this machine, else Debian's, else Playwright's own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from bot import startup

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_DEBIAN = (("apt-get", "update", "-q"), ("apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium"))


def find() -> str | None:
    """The browser to start: TROLY_CHROMIUM, or one on PATH; None: Playwright's own, if it was installed."""
    return os.environ.get("TROLY_CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)


def prepare() -> None:
    """Install a browser where none is found. What fails shows in the tests of the page, which say what is missing."""
    if find():
        return
    startup.say("Đang cài trình duyệt Chromium để kiểm thử trang web (khoảng một phút)…")
    if os.name == "posix" and os.geteuid() == 0 and shutil.which("apt-get"):
        for command in _DEBIAN:
            subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if not find():
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False, stdout=subprocess.DEVNULL)
