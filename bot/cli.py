"""`troly COMMAND …`: finds the command's module, runs it, and turns every failure into one Vietnamese line.

A command is a module in `bot/commands/` with `NAME, HELP = …`, `add_arguments(parser)` and `run(args) -> exit code`;
`args.settings` holds the settings. Exit codes: bot/errors.py.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import logging
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import NoReturn

from bot import commands, errors, logs, settings
from bot.errors import Trouble
from bot.server import config

log = logging.getLogger(__name__)


class Parser(argparse.ArgumentParser):
    """argparse whose complaints are one Vietnamese line."""

    def error(self, message: str) -> NoReturn:
        """Exit 2 with what is wrong and where to look."""
        self.exit(errors.USAGE, f"{self.prog}: câu lệnh chưa đúng ({message}). Xem hướng dẫn: {self.prog} --help\n")


def main(argv: list[str] | None = None) -> int:
    """Run one command; the exit code. Never raises, never prints a traceback."""
    arguments = [os.fsencode(word).decode("utf-8", "replace") for word in sys.argv[1:]] if argv is None else argv
    _use_utf8()
    config.read_env_file()
    current = settings.load()
    try:
        logs.set_up(current)
        if not arguments or arguments[0] in ("-h", "--help", "help"):
            print(overview())
            return errors.OK if arguments else errors.USAGE
        module = _command(arguments[0])
        layout = argparse.RawDescriptionHelpFormatter
        parser = Parser(prog=f"troly {arguments[0]}", description=module.HELP, formatter_class=layout)
        module.add_arguments(parser)
        args = parser.parse_args(arguments[1:])
        args.settings = current
        code: int = module.run(args)
        sys.stdout.flush()
        return code
    except SystemExit as exit_:
        return exit_.code if isinstance(exit_.code, int) else errors.FAILED
    except KeyboardInterrupt:
        print("\nĐã dừng.", file=sys.stderr)
        return errors.INTERRUPTED
    except BrokenPipeError:
        # Whoever reads our output has enough; Python would complain once more while closing it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return errors.OK
    except Exception as error:  # noqa: BLE001 - the one place where nothing may get past
        return _report(error, current)


def overview() -> str:
    """What `troly --help` prints: one line a command."""
    lines = [f"  {found.name:<10} {found.help.strip().splitlines()[0]}" for found in known().values()]
    return "\n".join(["Cách dùng: troly LỆNH [tùy chọn]", "", *lines, "", "Hướng dẫn của từng lệnh: troly LỆNH --help"])


@dataclass(frozen=True)
class Command:
    """A command before its module is imported."""

    name: str
    help: str
    module: str


def known() -> dict[str, Command]:
    """The commands there are by their names, sorted. Read from the modules' text: importing them all takes seconds."""
    found = {}
    for path in sorted(Path(commands.__path__[0]).glob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "(NAME, HELP)":
                name, help_ = ast.literal_eval(node.value)
                found[name] = Command(name, help_, f"bot.commands.{path.stem}")
    return dict(sorted(found.items()))


def _command(name: str) -> ModuleType:
    found = known()
    if name not in found:
        raise Trouble(f"Không có lệnh “{name}”. Các lệnh: {', '.join(found)}. Xem thêm: troly --help", errors.USAGE)
    return importlib.import_module(found[name].module)


def _report(error: Exception, current: settings.Settings) -> int:
    """One line for the person, the traceback for the log."""
    if isinstance(error, Trouble):
        print(error, file=sys.stderr)
        return error.code
    if isinstance(error, _expected()):
        log.info("stopped: %s", error, exc_info=error)
        print(error, file=sys.stderr)
        return errors.UNAVAILABLE
    log.error("unexpected", exc_info=error)
    print(f"Chương trình gặp lỗi ngoài dự kiến ({type(error).__name__}). Chi tiết: {current.log_file}", file=sys.stderr)
    return errors.UNEXPECTED


def _expected() -> tuple[type[Exception], ...]:
    """Errors whose text is written for the person. Looked up late: a healthy run need not import their modules."""
    from knowledge.store.errors import StoreError

    return (StoreError,)


def _use_utf8() -> None:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


if __name__ == "__main__":
    sys.exit(main())
