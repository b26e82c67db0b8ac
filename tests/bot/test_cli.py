"""The command line as a person and a script see it: output, exit codes, never a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot import cli, errors, settings
from bot.errors import Trouble
from bot.settings import Settings


def run(*arguments: str, environment: dict[str, str], given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli", *arguments], input=given, capture_output=True, timeout=300, check=False,
        env={**os.environ, **environment, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "latin-1"}, cwd="/")
    assert b"Traceback" not in done.stdout + done.stderr, done.stderr.decode()
    return done


@pytest.fixture
def here(environment: dict[str, str], project: Settings, tmp_path: Path) -> dict[str, str]:
    """The fixture project with an empty database."""
    return {**environment, "TROLY_DATABASE_URL": f"sqlite:///{tmp_path / 'x.db'}"}


def test_overview_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--help"]) == errors.OK
    printed = capsys.readouterr().out
    for name in ("ask", "bench", "chat", "demo", "export", "import", "test", "train"):
        assert f"  {name} " in printed
    assert cli.main([]) == errors.USAGE


WRONG = [["nonsense"], ["ask"], ["ask", "--nonsense"], ["ask", "--jsonl", "x"], ["ask", "x", "--now", "mai"], ["train", "x"]]


@pytest.mark.parametrize("arguments", WRONG)
def test_wrong_calls_are_one_vietnamese_line(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(arguments) == errors.USAGE
    printed = capsys.readouterr()
    assert len(printed.err.strip().splitlines()) == 1 and not printed.out
    assert any(char in printed.err for char in "ệảồấọ")


@pytest.mark.parametrize(("error", "code", "words"), [
    (Trouble("một dòng", errors.UNAVAILABLE), errors.UNAVAILABLE, "một dòng"),
    (RuntimeError("mật khẩu 123"), errors.UNEXPECTED, "ngoài dự kiến"),
    (MemoryError(), errors.UNEXPECTED, "ngoài dự kiến"),
    (KeyboardInterrupt(), errors.INTERRUPTED, "Đã dừng"),
])
def test_failures_are_one_line(error: BaseException, code: int, words: str, monkeypatch: pytest.MonkeyPatch,
                               capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    monkeypatch.setenv("TROLY_VAR", str(tmp_path))

    def fail(_: object) -> int:
        raise error

    monkeypatch.setattr("bot.commands.train.run", fail)
    assert cli.main(["train"]) == code
    printed = capsys.readouterr().err
    assert words in printed and "Traceback" not in printed and "123" not in printed
    if code == errors.UNEXPECTED:
        assert "Traceback" in (tmp_path / "troly.log").read_text(encoding="utf-8"), "the log has what the person is spared"


def test_ask_json_lines(here: dict[str, str]) -> None:
    given = b"\n".join([
        b"\xef\xbb\xbf" + json.dumps({"id": "q1", "text": "ai chủ trì", "province": "hau-giang"}).encode(),
        b"{broken", b"\xff\xfe\x00",
        '{"id": "q2", "text": "tôi đã hỏi mấy lần", "conversation": "c"}'.encode(),
        '{"id": "q3", "text": "tôi đã hỏi mấy lần", "conversation": "c"}'.encode(),
        '{"id": "q4", "text": "tôi đã hỏi mấy lần"}'.encode(),
        b'{"id": "q5", "text": ""}', json.dumps({"id": "q6", "text": "x" * 10_000}).encode(),
        b'{"id": "q7\\ud800", "text": "\\u0000 \\ud800 <b>"}', '{"id": "q8", "text": "làm hỏng đi"}'.encode(),
    ])
    done = run("ask", "--jsonl", "--now", "2025-05-20T09:00:00+07:00", environment=here, given=given)
    assert done.returncode == errors.OK
    records = [json.loads(line) for line in done.stdout.decode("utf-8").splitlines()]
    assert [r["id"] for r in records] == ["q1", None, None, "q2", "q3", "q4", "q5", "q6", "q7\ud800", "q8"]
    assert records[0]["refs"] == ["p#task:1"] and records[0]["asker"] == "hau-giang" and isinstance(records[0]["ms"], float)
    assert all(r["outcome"] == "error" and r["error"] for r in records[1:3])
    assert [r["facts"]["count"] for r in records[3:6]] == [1, 2, 1]
    assert [r["outcome"] for r in records[6:8]] == ["out_of_scope"] * 2
    assert records[9]["outcome"] == "error"


def test_ask_one(here: dict[str, str]) -> None:
    text = run("ask", "ai", "chủ trì", environment=here)
    assert text.returncode == errors.OK and text.stdout.decode("utf-8") == "Sở Y tế chủ trì.\n"


def test_chat_from_a_pipe(here: dict[str, str]) -> None:
    done = run("chat", environment=here, given="xin chào\nai chủ trì\n".encode() + b"\xff\n" + "thoát\nkhông đọc nữa\n".encode())
    printed = done.stdout.decode("utf-8")
    assert done.returncode == errors.OK
    assert "Trợ lý: Chào anh/chị" in printed and "Trợ lý: Sở Y tế chủ trì." in printed
    assert printed.rstrip().endswith("Tạm biệt anh/chị.")


@pytest.mark.parametrize("content", [b"this is no database, sorry" * 100, None])
def test_broken_database(here: dict[str, str], tmp_path: Path, content: bytes | None) -> None:
    bad = tmp_path / "bad.db"
    if content is None:
        bad.mkdir()
    else:
        bad.write_bytes(content)
    done = run("ask", "x", environment={**here, "TROLY_DATABASE_URL": f"sqlite:///{bad}"})
    assert done.returncode == errors.UNAVAILABLE and not done.stdout
    assert "Cơ sở dữ liệu" in done.stderr.decode() or "cơ sở dữ liệu" in done.stderr.decode()


def test_settings_are_documented_and_read() -> None:
    found = settings.load({"TROLY_VAR": "/x", "TROLY_LOG_LEVEL": "debug", "TROLY_LIGHT": "0", "TROLY_MODEL": ""})
    assert found.database_url == "sqlite:////x/troly.db" and found.log_level == "DEBUG" and not found.light
    assert found.model == settings.ROOT / "models" / "troly.tar.gz"
    source = Path(settings.__file__).read_text(encoding="utf-8")
    for name in settings.VARIABLES:
        assert source.count(f'"{name}"') == 2, f"{name} is listed but not read"
