"""`troly test`: every check and every test, with one summary at the end."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from dataclasses import dataclass

from bot import errors
from bot.commands import browser
from bot.settings import ROOT, Settings

NAME, HELP = "test", "chạy mọi kiểm tra và kiểm thử của dự án"


@dataclass(frozen=True)
class Check:
    """One program to run; `what` says in Vietnamese what a failure of it means."""

    name: str
    what: str
    command: tuple[str, ...]


def checks(settings: Settings, pytest_arguments: list[str]) -> list[Check]:
    """What is run, the quick ones first."""
    python = sys.executable
    validate = ("data", "validate", "--data", str(settings.training_data), "--domain", str(settings.domain),
                "--config", str(settings.config), "--fail-on-warnings")
    return [
        Check("ruff", "lỗi trình bày mã nguồn", (python, "-m", "ruff", "check", "--no-cache", str(ROOT))),
        Check("import-linter", "phần này gọi phần kia sai chiều", (python, "-c", _LINT_IMPORTS)),
        Check("mypy", "lỗi kiểu dữ liệu", (python, "-m", "mypy")),
        Check("rasa data validate", "dữ liệu huấn luyện mâu thuẫn", (python, "-W", "ignore", "-m", "rasa", *validate)),
        Check("pytest", "có kiểm thử không đạt", (python, "-m", "pytest", *_SIDE_BY_SIDE, *pytest_arguments)),
    ]


#: One process for each core, and the tests of a file in one process, since they share what they prepare.
_SIDE_BY_SIDE = ("-n", str(min(os.cpu_count() or 1, 4)), "--dist", "loadfile")
_LINT_IMPORTS = "import sys; from importlinter.cli import lint_imports_command as main; sys.exit(main(['--no-cache']))"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--only", metavar="TÊN", action="append", help="chỉ chạy kiểm tra này (ruff, mypy, pytest…)")
    parser.add_argument("pytest", nargs="*", help="chuyển cho pytest, ví dụ: tests/bot -- -x")


def run(args: argparse.Namespace) -> int:
    """Run all checks, also after one has failed; exit 1 if any did."""
    if not args.only or "pytest" in args.only:
        browser.prepare()
    wanted = [check for check in checks(args.settings, args.pytest) if not args.only or check.name in args.only]
    results = [(check, *_run(check)) for check in wanted]
    print("\nKẾT QUẢ", flush=True)
    for check, passed, seconds in results:
        verdict = "đạt" if passed else f"KHÔNG ĐẠT: {check.what}"
        print(f"  {check.name:<20} {seconds:6.0f} giây   {verdict}")
    failed = [check.name for check, passed, _ in results if not passed]
    print(f"Không đạt: {', '.join(failed)}." if failed or not results else "Tất cả đều đạt.", flush=True)
    return errors.FAILED if failed or not results else errors.OK


def _run(check: Check) -> tuple[bool, float]:
    print(f"\n── {check.name} ──", flush=True)
    start = time.perf_counter()
    quiet = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "LOG_LEVEL_LIBRARIES": "ERROR"}
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    done = subprocess.run(check.command, cwd=ROOT, env={**os.environ, **quiet, "PYTHONPATH": path}, check=False)
    return done.returncode == 0, time.perf_counter() - start
