"""`./troly` on machines of all kinds, played with false tools: nothing is downloaded."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import ROOT

TOOLS = ("sh", "cat", "cksum", "dirname", "date", "mkdir", "rm", "sleep", "chmod", "mv", "ln")
PYTHON = """#!/bin/sh
# A Python of version {version}: knows just what the script asks it.
case "$*" in
    *"version_info[:2] != (3, 10)"*) [ {version} = 3.10 ] ;;
    *"version_info < (3, 8)"*) exit 0 ;;
    *"print(sys.executable)"*) echo "$0" ;;
    "-m venv "*) [ -n "${{FALSE_VENV:-}}" ] && mkdir -p "$3/bin" && ln -s "$0" "$3/bin/python" ;;
    "-m pip install "*)
        echo "pip $*" >>"$LOG"
        [ -n "${{FALSE_PIP:-}}" ] && cat "$FALSE_PIP" >"${{0%/*}}/uv" && chmod +x "${{0%/*}}/uv" ;;
    "-c ") exit 0 ;;
esac
"""
UV = """#!/bin/sh
echo "uv $*" >>"$LOG"
case "$*" in
    --version) ;;
    "python find "*) [ -n "${FALSE_FETCH:-}" ] && echo /fetched/python3.10 ;;
    "python install "*) [ -n "${FALSE_FETCH:-}" ] ;;
    sync*)
        [ -z "${FALSE_SYNC_FAILS:-}" ] || { echo "error: no network" >&2; exit 2; }
        mkdir -p "$UV_PROJECT_ENVIRONMENT/bin"
        cat >"$UV_PROJECT_ENVIRONMENT/bin/python" <<'END'
#!/bin/sh
[ "$1" = -c ] && exit 0
echo "ran in $PWD with $PYTHONPATH:"
for word in "$@"; do echo "[$word]"; done
exit 7
END
        chmod +x "$UV_PROJECT_ENVIRONMENT/bin/python" ;;
esac
"""


class Machine:
    """A machine with chosen tools, and a clone in a folder with a blank in its name."""

    def __init__(self, folder: Path) -> None:
        self.bin, self.clone, self.home, self.log = folder / "bin", folder / "đồ án mới", folder / "home", folder / "log"
        for path in (self.bin, self.clone, self.home):
            path.mkdir()
        for tool in TOOLS:
            found = shutil.which(tool)
            assert found
            (self.bin / tool).symlink_to(found)
        for name in ("troly", "pyproject.toml", "uv.lock"):
            shutil.copy(ROOT / name, self.clone / name)

    def add(self, path: Path, text: str) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)
        return path

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        self.log.write_text("", encoding="utf-8")
        variables = {"PATH": str(self.bin), "HOME": str(self.home), "LOG": str(self.log), **environment}
        command = [str(self.clone / "troly"), *arguments]
        return subprocess.run(command, env=variables, cwd="/", capture_output=True, text=True, check=False, timeout=60)

    @property
    def calls(self) -> str:
        return self.log.read_text(encoding="utf-8")


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    if sys.platform == "win32":
        pytest.skip("needs a POSIX shell")
    return Machine(tmp_path)


@pytest.fixture
def ready(machine: Machine) -> Machine:
    machine.add(machine.bin / "uv", UV)
    machine.add(machine.bin / "python3.10", PYTHON.format(version="3.10"))
    return machine


def test_first_start_sets_up_and_runs_the_command(ready: Machine) -> None:
    done = ready.run("ask", "một câu hỏi", "--json")
    assert "Đang cài" in done.stderr and "phút" in done.stderr and "Đã cài xong" in done.stderr
    assert done.stdout.splitlines()[1:] == ["[-m]", "[bot.cli]", "[ask]", "[một câu hỏi]", "[--json]"]
    assert done.stdout.startswith(f"ran in / with {ready.clone}"), "relative paths stay those of the person"
    assert done.returncode == 7, "the command's exit code is the script's"
    assert "sync --frozen" in ready.calls and f"--python {ready.bin}/python3.10" in ready.calls


def test_second_start_is_quick_and_silent_until_the_lock_changes(ready: Machine) -> None:
    ready.run()
    again = ready.run()
    assert ready.calls == "" and again.stderr == "" and again.returncode == 7
    for name in ("uv.lock", "pyproject.toml"):
        with (ready.clone / name).open("a", encoding="utf-8") as file:
            file.write("\n# changed\n")
        ready.run()
        assert "sync" in ready.calls, name
    (ready.clone / ".venv" / "bin" / "python").unlink()
    ready.run()
    assert "sync" in ready.calls, "a broken environment is made anew"


def test_python_that_pyenv_has_but_does_not_offer(machine: Machine) -> None:
    machine.add(machine.bin / "uv", UV)
    machine.add(machine.bin / "python3", PYTHON.format(version="3.12"))
    found = machine.add(machine.home / "pyenv" / "versions" / "3.10.9" / "bin" / "python3.10", PYTHON.format(version="3.10"))
    machine.run(PYENV_ROOT=str(machine.home / "pyenv"))
    assert f"--python {found}" in machine.calls
    shutil.rmtree(machine.clone / ".venv")
    found = machine.add(machine.home / ".pyenv" / "versions" / "3.10.2" / "bin" / "python3.10", PYTHON.format(version="3.10"))
    machine.run()
    assert f"--python {found}" in machine.calls


def test_python_is_fetched_where_there_is_none(machine: Machine) -> None:
    machine.add(machine.bin / "uv", UV)
    done = machine.run(FALSE_FETCH="1")
    assert "--python /fetched/python3.10" in machine.calls and done.returncode == 7


def test_no_python_to_be_had_is_one_line(machine: Machine) -> None:
    machine.add(machine.bin / "uv", UV)
    done = machine.run()
    assert done.returncode == 3 and "Không có Python 3.10" in done.stderr.splitlines()[-1] and done.stdout == ""
    (machine.bin / "uv").unlink()
    done = machine.run()
    assert done.returncode == 3 and done.stderr.count("\n") == 1 and "hãy cài Python 3.10" in done.stderr


def test_uv_is_installed_into_an_environment_of_its_own(machine: Machine) -> None:
    machine.add(machine.bin / "python3", PYTHON.format(version="3.10"))
    uv = machine.add(machine.home / "uv-of-pip", UV)
    done = machine.run(FALSE_VENV="1", FALSE_PIP=str(uv))
    assert "pip -m pip install --quiet uv" in machine.calls and "sync" in machine.calls and done.returncode == 7
    assert (machine.clone / ".venv-uv" / "bin" / "uv").exists(), "no system Python is touched"


def test_uv_that_cannot_be_installed_is_one_line(machine: Machine) -> None:
    machine.add(machine.bin / "python3", PYTHON.format(version="3.10"))
    done = machine.run()
    assert done.returncode == 3 and "Không cài được uv" in done.stderr.splitlines()[-1]
    assert not (machine.clone / ".venv-uv").exists()


def test_failed_set_up_is_told_and_tried_again(ready: Machine) -> None:
    failed = ready.run(FALSE_SYNC_FAILS="1")
    assert failed.returncode == 3 and "Không cài được các gói" in failed.stderr.splitlines()[-1]
    assert not (ready.clone / ".setting-up").exists()
    assert ready.run().returncode == 7


def test_lock_of_a_dead_start_does_not_hold_up(ready: Machine) -> None:
    lock = ready.clone / ".setting-up"
    lock.mkdir()
    finished = subprocess.run(["sh", "-c", "echo $$"], capture_output=True, text=True, check=True).stdout
    (lock / "pid").write_text(finished, encoding="utf-8")
    assert ready.run().returncode == 7
    assert not lock.exists()


def test_two_first_starts_set_up_once(ready: Machine) -> None:
    variables = {"PATH": str(ready.bin), "HOME": str(ready.home), "LOG": str(ready.log)}
    command = [str(ready.clone / "troly")]
    started = [subprocess.Popen(command, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for _ in range(3)]
    assert [process.wait(60) for process in started] == [7, 7, 7]
    assert ready.calls.count("sync") == 1


def test_script_is_posix_and_executable() -> None:
    assert os.access(ROOT / "troly", os.X_OK)
    shells = [shell for shell in ("dash", "bash", "busybox") if shutil.which(shell)]
    for shell in shells:
        command = ["busybox", "sh", "-n"] if shell == "busybox" else [shell, "-n"]
        assert subprocess.run([*command, str(ROOT / "troly")], check=False).returncode == 0, shell
