"""The whole assistant, as trained and shipped, on questions that it was neither trained nor tuned on: floors, not records.

The figures themselves stand in docs/do-luong.md; here a change that makes answers worse turns red.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SETS = ROOT / "tests" / "evaluation"


def troly(*arguments: str, folder: Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Runs a command of the program in a process of its own, with a database of its own."""
    environment = {**os.environ, "TROLY_VAR": str(folder), "TROLY_DATABASE_URL": f"sqlite:///{(folder / 'troly.db').as_posix()}"}
    command = [sys.executable, "-m", "bot.cli", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, input=stdin, capture_output=True, check=False)


@pytest.fixture(scope="module")
def scores(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What `troly evaluate` finds on the sets."""
    folder = tmp_path_factory.mktemp("quality")
    out = folder / "scores.json"
    files = [str(SETS / f"{name}.jsonl") for name in ("annex-final", "dialogues-final", "other-test")]
    done = troly("evaluate", *files, "--json", str(out), folder=folder)
    assert done.returncode == 0, done.stderr.decode()
    found: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize(
    ("name", "floor", "most_wrong"), [("annex-final", 96.0, 0.01), ("dialogues-final", 94.0, 0.02), ("other-test", 92.0, 0.02)]
)
def test_floor(scores: dict[str, Any], name: str, floor: float, most_wrong: float) -> None:
    total = next(f for f in scores["files"] if f["name"] == name)["total"]
    assert total["exact"] >= floor
    assert total["WRONG"] <= most_wrong * total["n"]


def test_a_new_plan_is_answered_after_its_import(tmp_path: Path) -> None:
    """A Word file of another province, its columns called otherwise, questions on it written by hand; nothing is trained."""
    done = troly("import", str(SETS / "plans" / "nghe-an-527-kh-ubnd.docx"), "--accept", folder=tmp_path)
    assert done.returncode == 0, done.stderr.decode()
    out = tmp_path / "scores.json"
    done = troly("evaluate", str(SETS / "plan-nghe-an.jsonl"), "--json", str(out), folder=tmp_path)
    assert done.returncode == 0, done.stderr.decode()
    total = json.loads(out.read_text(encoding="utf-8"))["files"][0]["total"]
    assert total["exact"] >= 90.0
    assert total["WRONG"] <= 1


HOSTILE = [
    b'{"id": "1", "text": ""}',
    b'{"id": "2", "text": "   \\t  "}',
    '{"id": "3", "text": "😀😀😀"}'.encode(),
    b'{"id": "4", "text": "\\u0000\\u0007 nhi\\u1ec7m v\\u1ee5 18"}',
    json.dumps({"id": "5", "text": "nhiệm vụ " * 1200}).encode(),
    json.dumps({"id": "6", "text": "<script>alert(1)</script> ai chủ trì nhiệm vụ 18?"}).encode(),
    json.dumps({"id": "7", "text": "'; DROP TABLE rows; --"}).encode(),
    json.dumps({"id": "8", "text": "nhiệm vụ 18 ai chủ trì"}).encode(),
    b'{"id": "9", "text": ',
    b'{"id": "10", "text": "nhi\xff\xfe"}',
    b"[]",
    b'{"id": "11"}',
    json.dumps({"id": "12", "text": "/greet"}).encode(),
    json.dumps({"id": "13", "text": "ai chủ trì nhiệm vụ 18", "province": "hau-giang"}).encode(),
]


OUTCOMES = ("answer", "clarify", "not_found", "out_of_scope", "smalltalk", "error")


def test_hostile_lines_never_end_the_run(tmp_path: Path) -> None:
    done = troly("ask", "--jsonl", folder=tmp_path, stdin=b"\n".join(HOSTILE) + b"\n")
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert len(records) == len(HOSTILE)
    assert all(r["outcome"] in OUTCOMES and (r.get("text") or r.get("error")) for r in records)
    assert [r["id"] for r in records if r["outcome"] == "error"] == [None, None, None, "11"]
    for number in ("6", "8", "13"):
        assert next(r for r in records if r["id"] == number)["refs"] == ["hg-kh-2025-phu-luc#task:18"]
    assert "Traceback" not in done.stdout.decode() + done.stderr.decode()
