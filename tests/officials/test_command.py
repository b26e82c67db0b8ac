"""`troly officials` from arguments to output and exit code, through the program's own entrance."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.cli import main
from bot.officials.directory import Directory
from bot.officials.linking import Linking, Outcome
from knowledge.store import open_engine
from tests.officials.conftest import SECRET

Run = Callable[..., tuple[int, str, str]]
ADD = ("add", "--name", "Nguyễn Văn An", "--username", "An.NV", "--province", "hau-giang", "--agency", "sở y tế", "--role", "officer")


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{(tmp_path / 'troly.db').as_posix()}"


@pytest.fixture
def url(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    for name, value in (("TROLY_DATABASE_URL", database_url), ("TROLY_VAR", str(tmp_path)), ("TROLY_SECRET", SECRET * 2)):
        monkeypatch.setenv(name, value)
    return database_url


@pytest.fixture
def run(url: str, capsys: pytest.CaptureFixture[str]) -> Run:
    def go(*arguments: object) -> tuple[int, str, str]:
        code = main(["officials", *map(str, arguments)])
        return (code, *capsys.readouterr())

    return go


def test_from_registration_to_the_log(run: Run, url: str) -> None:
    assert run("list")[1].startswith("Chưa có cán bộ nào")
    assert run(*ADD) == (0, "Đã đăng ký 1. Nguyễn Văn An (an.nv), chuyên viên, Sở Y tế, hau-giang.\n"
                            "Cấp mã liên kết: troly officials code 1\n", "")
    said = run("code", "AN.NV")[1]
    code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", said)
    assert code and "15 phút" in said
    engine = open_engine(url)
    linking = Linking(Directory(engine), SECRET * 2)
    assert linking.redeem(code.group().replace("-", ""), "telegram", "7", "7").outcome is Outcome.LINKED
    assert "Nguyễn Văn An (an.nv): telegram, từ " in run("links", 1)[1] == run("links")[1]
    assert "1 liên kết" in run("list")[1]
    assert "không có liên kết" in run("unlink", 1, "--channel", "zalo_bot")[1]
    assert run("unlink", 1)[1] == "Đã hủy 1 liên kết của Nguyễn Văn An.\n"
    assert run("links")[1] == "Chưa có liên kết nào.\n"
    assert run("disable", "an.nv")[1] == "Đã khóa Nguyễn Văn An.\n"
    assert "ĐANG KHÓA" in run("list")[1]
    assert run("code", 1)[0] == 2
    assert run("enable", 1)[1] == "Đã mở khóa Nguyễn Văn An.\n"
    log = run("log", "an.nv", "--most", 10)[1]
    assert [line.split()[5] for line in log.splitlines()] == ["add", "code", "unlink", "disable", "enable"]
    assert code.group() not in log and code.group().replace("-", "") not in log
    engine.dispose()


def test_what_cannot_be_registered_is_said_in_one_line(run: Run) -> None:
    run(*ADD)
    code, out, err = run(*ADD)
    assert (code, out, err) == (2, "", "Tên đăng nhập “an.nv” đã có người dùng.\n")
    code, out, err = run("add", "--name", "=1", "--username", "b", "--province", "xx", "--agency", "Sở Bánh kẹo", "--role", "vua")
    assert code == 2 and err.count("\n") == 1
    assert all(part in err for part in ("họ tên", "tên đăng nhập", "xx", "Sở Bánh kẹo", "vua"))
    assert run("code", "ai-do") == (2, "", "Không có cán bộ “ai-do”. Xem danh sách: troly officials list\n")
    assert run("disable", "9" * 40)[0] == 2 and run("disable", "٣")[0] == 2
    assert run()[0] == 2


def test_import_counts_and_is_all_or_nothing(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "ds.csv"
    header = "Vai trò,Cơ quan,Tỉnh,Email,Họ tên\n"
    path.write_text(header + "chuyên viên,Sở Y tế,Hậu Giang,an.nv,Nguyễn Văn An\nvua,,,b.tt,Trần Thị Bình\n", encoding="utf-8")
    code, out, err = run("import", path)
    assert (code, out) == (2, "") and err.startswith("Dòng 3: vai trò “vua” không có")
    assert run("list")[1].startswith("Chưa có")
    path.write_text(header + "chuyên viên,Sở Y tế,Hậu Giang,an.nv,Nguyễn Văn An\n,,,b.tt,Trần Thị Bình\n", encoding="utf-8")
    assert run("import", path)[1] == "Đã thêm 2, cập nhật 0, giữ nguyên 0 cán bộ.\n"
    path.write_text(header + "lãnh đạo đơn vị,Sở Y tế,Hậu Giang,an.nv,Nguyễn Văn An\n,,,b.tt,Trần Thị Bình\n", encoding="utf-8")
    assert run("import", path)[1] == "Đã thêm 0, cập nhật 1, giữ nguyên 1 cán bộ.\n"
    assert "change an.nv leader" in run("log")[1]
    assert run("import", tmp_path / "khong-co.csv")[0] == 2
