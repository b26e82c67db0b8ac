"""`troly import`, `troly export`, `troly plans` from arguments to output and exit code."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import openpyxl
import pytest

import bot.commands.importing
from bot import errors, settings
from bot.commands import exporting, importing, plans
from knowledge.model import Plan
from knowledge.parsers.document import UnreadableFile
from knowledge.parsers.read import read_plan
from knowledge.services.importing import PLANS, Shipped
from knowledge.store import PlanStore, StoreError, migrate, open_engine
from tests.sample_plans import sample_plan, with_rows

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty knowledge base that the commands use."""
    address = f"sqlite:///{(tmp_path / 'troly.db').as_posix()}"
    monkeypatch.setenv("TROLY_DATABASE_URL", address)
    monkeypatch.setenv("TROLY_VAR", str(tmp_path))
    monkeypatch.setattr("knowledge.services.importing.import_shipped", lambda engine: Shipped())
    return address


@pytest.fixture
def store(url: str) -> PlanStore:
    engine = open_engine(url)
    migrate(engine)
    return PlanStore(engine)


@pytest.fixture
def run(url: str, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command: its exit code, what it printed, what it printed to stderr."""
    def go(command: ModuleType, *arguments: object) -> tuple[int, str, str]:
        parser = argparse.ArgumentParser()
        command.add_arguments(parser)
        args = parser.parse_args([str(argument) for argument in arguments])
        args.settings = settings.load()
        try:
            code = command.run(args)
        except (errors.Trouble, StoreError) as error:  # as bot.cli does
            print(error, file=sys.stderr)
            code = error.code if isinstance(error, errors.Trouble) else errors.UNAVAILABLE
        out, err = capsys.readouterr()
        return code, out, err
    return go


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Callable[[Plan], None]:
    """Let the command read this plan from whatever file."""
    def set_plan(plan: Plan) -> None:
        monkeypatch.setattr(bot.commands.importing, "preview", lambda *_, **__: plan)
    return set_plan


def test_without_accept_nothing_is_stored(run: Run, store: PlanStore, reads: Callable[[Plan], None]) -> None:
    reads(sample_plan())
    code, out, _ = run(importing, "a.txt")
    assert code == 0 and store.plans() == []
    assert "Đọc được: 1 nhóm, 3 nhiệm vụ, 1 chỉ tiêu, 1 mục tiêu, 1 phân công, 1 chế độ báo cáo, 1 đoạn văn để trích dẫn" in out
    assert "Nhiệm vụ 3: Đề án bệnh án điện tử (bang.xlsx, ô Sheet1!B7)\n      Cột phối hợp trống." in out
    assert "dòng 70–71: Một đoạn lạ" in out and "Chưa lưu gì" in out


def test_accept_and_change(run: Run, store: PlanStore, reads: Callable[[Plan], None]) -> None:
    reads(sample_plan())
    assert "bản 1" in run(importing, "a.txt", "--accept")[1]
    assert "không cần nhập lại" in run(importing, "a.txt", "--accept")[1]
    reads(with_rows(sample_plan(), sample_plan().rows[:-1]))
    code, out, _ = run(importing, "a.txt", "--accept")
    assert code == 0 and "1 dòng không còn." in out and "Không còn: Đoạn văn VI.2" in out and "bản 2" in out
    code, out, _ = run(plans, "kh-mau", "--diff")
    assert code == 0 and out.startswith("kh-mau, bản 1 → bản 2: 1 dòng không còn.")
    assert run(plans, "kh-mau", "--diff", 2, 1)[1].startswith("kh-mau, bản 2 → bản 1: 1 dòng mới.")
    assert run(plans, "kh-mau", "--restore", 1)[0] == 0 and store.load("kh-mau") == sample_plan()


def test_another_document_under_the_same_id_needs_a_word(run: Run, store: PlanStore, reads: Callable[[Plan], None]) -> None:
    store.save(sample_plan())
    other = with_rows(sample_plan(), [dataclasses.replace(sample_plan().rows[1], no="9", name="Việc hoàn toàn khác")])
    reads(other)
    code, _, err = run(importing, "a.txt", "--accept")
    assert code == 2 and "--plan-id kh-mau" in err and store.load("kh-mau") == sample_plan()
    assert run(importing, "a.txt", "--accept", "--plan-id", "kh-mau")[0] == 0
    assert store.load("kh-mau") == other


def test_dry_run_json_opens_no_database(run: Run, tmp_path: Path, reads: Callable[[Plan], None]) -> None:
    reads(sample_plan())
    code, out, _ = run(importing, "a.txt", "--dry-run", "--json")
    lines = [json.loads(line) for line in out.splitlines()]
    assert code == 0 and [lines[0]["kind"], lines[-1]["kind"]] == ["plan", "summary"]
    assert not (tmp_path / "troly.db").exists()


def test_the_shipped_annex_as_json(run: Run) -> None:
    code, out, err = run(importing, PLANS / "hg-kh-2025-phu-luc.txt", "--dry-run", "--json")
    lines = [json.loads(line) for line in out.splitlines()]
    assert (code, err.count("Traceback")) == (0, 0)
    assert lines[-1]["counts"] == {"group": 7, "task": 58, "indicator": 38}
    assert lines[1]["ref"].startswith("hg-kh-2025-phu-luc#")


def test_unreadable_files(run: Run, tmp_path: Path) -> None:
    code, out, _ = run(importing, tmp_path / "khong-co.txt", "--dry-run", "--json")
    [line] = [json.loads(text) for text in out.splitlines()]
    assert code == 2 and line["kind"] == "error" and "khong-co.txt" in line["error"]
    code, out, err = run(importing, tmp_path / "khong-co.txt")
    assert (code, out) == (2, "") and "khong-co.txt" in err
    assert run(importing)[0] == 2
    assert run(importing, "a.txt", "--plan-id", "Mã #1")[0] == 2


def test_a_reader_s_sentence_is_shown(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> Plan:
        raise UnreadableFile("Tệp có mật khẩu: hãy gỡ mật khẩu.")
    monkeypatch.setattr(bot.commands.importing, "preview", broken)
    assert run(importing, "a.docx")[::2] == (2, "Tệp có mật khẩu: hãy gỡ mật khẩu.\n")


def test_review_and_corrected(run: Run, store: PlanStore, tmp_path: Path, reads: Callable[[Plan], None]) -> None:
    reads(sample_plan())
    table = tmp_path / "bang.xlsx"
    code, out, _ = run(importing, "a.txt", "--review", table)
    assert code == 0 and f"Đã ghi bảng rà soát: {table}" in out and store.plans() == []
    book = openpyxl.load_workbook(table)
    book["Rà soát"]["I3"].value = "Tên đã sửa"
    book.save(table)
    assert run(importing, "--corrected", table, "--accept", "--province", "ha-tinh")[0] == 0
    row = store.row("kh-mau#task:1")
    assert row is not None and row.name == "Tên đã sửa" and store.version("kh-mau").province == "ha-tinh"
    table.write_text("hỏng", encoding="utf-8")
    assert run(importing, "--corrected", table)[0] == 2
    code, _, err = run(importing, "a.txt", "--review", tmp_path / "khong-co" / "bang.xlsx")
    assert code == 2 and "Không ghi được" in err


def test_export(run: Run, store: PlanStore, tmp_path: Path) -> None:
    store.save(sample_plan())
    code, out, _ = run(exporting)
    assert code == 0 and [json.loads(line)["ref"] for line in out.splitlines()] == [row.ref for row in sample_plan().rows]
    assert run(exporting, "--plan", "kh-mau", "--jsonl")[1] == out
    for form in ("xlsx", "csv"):
        assert run(exporting, f"--{form}", tmp_path / f"ra.{form}")[1].startswith("Đã ghi 9 dòng")
    assert run(exporting, "--plan", "kh-la")[0] == 2
    code, _, err = run(exporting, "--csv", tmp_path / "khong-co" / "ra.csv")
    assert code == 2 and "Không ghi được" in err


def test_plans(run: Run, store: PlanStore) -> None:
    assert "Kho chưa có kế hoạch nào" in run(plans)[1]
    store.save(sample_plan())
    draft = store.save(sample_plan(title="Nháp"), status="draft")
    assert run(plans)[1].startswith("kh-mau  (bản 1, 9 dòng")
    assert [json.loads(line)["status"] for line in run(plans, "kh-mau", "--json")[1].splitlines()] == ["accepted", "draft"]
    assert "chưa có gì để so" in run(plans, "kh-mau", "--diff")[1]
    assert run(plans, "kh-mau", "--accept", draft)[0] == 0 and store.load("kh-mau").title == "Nháp"
    assert run(plans, "kh-mau", "--withdraw")[0] == 0 and store.plans() == []
    for wrong in (["kh-la"], ["kh-la", "--diff"], ["kh-mau", "--restore", 9], ["--withdraw"], ["kh-mau", "--diff", 1, 2, 3]):
        code, out, err = run(plans, *wrong)
        assert (code, out) == (2, "") and err


@pytest.mark.parametrize("command", [(exporting,), (plans,), (importing, "a.txt", "--accept")])
def test_a_broken_database(run: Run, tmp_path: Path, command: tuple[object, ...], reads: Callable[[Plan], None]) -> None:
    reads(sample_plan())
    (tmp_path / "troly.db").write_text("đây không phải cơ sở dữ liệu" * 100, encoding="utf-8")
    code, _, err = run(*command)
    assert code == 3 and "bị hỏng" in err


def test_a_broken_database_as_json(run: Run, tmp_path: Path, reads: Callable[[Plan], None]) -> None:
    reads(sample_plan())
    (tmp_path / "troly.db").write_text("đây không phải cơ sở dữ liệu" * 100, encoding="utf-8")
    code, out, err = run(importing, "a.txt", "--accept", "--json")
    assert (code, err) == (3, "") and json.loads(out.splitlines()[-1])["kind"] == "error"


def test_plans_tell_where_each_line_went(store: PlanStore, run: Run) -> None:
    store.save(sample_plan())
    code, out, _ = run(plans, "--lines")
    plan = sample_plan()
    assert code == 0 and out.startswith(f"{plan.id}: ") and "2 dòng chưa xếp được" in out.splitlines()[0]
    assert "nơi nhận" in out
    code, listed, _ = run(plans)
    assert code == 0 and f"{sum(row.kind == 'task' for row in plan.rows)} nhiệm vụ" in listed


def test_shipped_plans_leave_no_line_out(url: str, run: Run) -> None:
    engine = open_engine(url)
    migrate(engine)
    bot.commands.importing.accept(engine, read_plan(PLANS / "ht-tb15-2025-07-10.txt"))
    _, out, _ = run(plans, "--lines")
    assert "0 dòng chưa xếp được" in out and "chữ ký" in out and "tiêu đề mục" in out
