"""`troly outbox` from arguments to output and exit code."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import cli
from bot.channels.port import Outgoing, Remedy, SendFailed
from bot.delivery.outbox import Outbox
from knowledge.store import open_engine
from tests.delivery.fakes import Clock


@pytest.fixture
def outbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Outbox:
    address = f"sqlite:///{(tmp_path / 'troly.db').as_posix()}"
    monkeypatch.setenv("TROLY_DATABASE_URL", address)
    monkeypatch.setenv("TROLY_VAR", str(tmp_path))
    return Outbox(open_engine(address), Clock())


def kill(outbox: Outbox, chat: str, reason: str) -> int:
    outbox.put("zalo_bot", f"zalo_bot:{chat}", Outgoing(chat, "chào"), f"test:{chat}")
    waiting = outbox.claim("zalo_bot")
    assert waiting
    outbox.failed(waiting, SendFailed(Remedy.DEAD_LETTER, reason))
    return waiting.id


def test_nothing_there(outbox: Outbox, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["outbox"]) == 0
    assert capsys.readouterr().out == "Chưa có tin nhắn nào trong hộp gửi.\n"
    assert cli.main(["outbox", "--dead"]) == 0
    assert capsys.readouterr().out == "Không có tin nào hỏng.\n"
    assert cli.main(["outbox", "--redrive"]) == 0
    assert capsys.readouterr().out == "Đã đưa 0 tin trở lại hàng chờ gửi.\n"


def test_counts(outbox: Outbox, capsys: pytest.CaptureFixture[str]) -> None:
    kill(outbox, "1", "sai người nhận")
    outbox.put("telegram", "telegram:1", Outgoing("1", "chào"), "a")
    outbox.put("telegram", "telegram:2", Outgoing("2", "chào"), "b")
    sent = outbox.claim("telegram")
    assert sent and outbox.sent(sent, "x")
    assert cli.main(["outbox"]) == 0
    assert capsys.readouterr().out == "telegram: 1 chờ gửi, 1 đã gửi\nzalo_bot: 1 không gửi được\n"


def test_dead_letters_and_redrive(outbox: Outbox, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = kill(outbox, "1", "sai người nhận"), kill(outbox, "2", "nội dung bị từ chối")
    assert cli.main(["outbox", "--dead"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{first}  12/01/1970 20:46  zalo_bot:1  sai người nhận",
        f"{second}  12/01/1970 20:46  zalo_bot:2  nội dung bị từ chối",
        "2 tin không gửi được (zalo_bot 2). Gửi lại: troly outbox --redrive [SỐ…]",
    ]
    assert cli.main(["outbox", "--redrive", str(second)]) == 0
    assert capsys.readouterr().out == "Đã đưa 1 tin trở lại hàng chờ gửi.\n"
    assert cli.main(["outbox", "--redrive", str(second), str(first)]) == 2
    assert "Đã đưa 1 tin trở lại hàng chờ; các số còn lại không phải tin gửi lại được" in capsys.readouterr().err
    assert outbox.counts() == {("zalo_bot", "new"): 2}


def test_redrive_all_leaves_what_was_erased(outbox: Outbox, capsys: pytest.CaptureFixture[str]) -> None:
    kill(outbox, "1", "hỏng")
    kill(outbox, "2", "hỏng")
    outbox.erase_before(2_000_000, "zalo_bot:1")
    assert cli.main(["outbox", "--redrive"]) == 0
    assert capsys.readouterr().out == "Đã đưa 1 tin trở lại hàng chờ gửi.\n"
    assert cli.main(["outbox", "--dead"]) == 0
    assert "zalo_bot:1  hỏng  (đã xóa nội dung, không gửi lại được)" in capsys.readouterr().out


def test_called_wrongly(outbox: Outbox, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["outbox", "--dead", "--redrive"]) == 2
    assert cli.main(["outbox", "--redrive", "một"]) == 2
    assert "câu lệnh chưa đúng" in capsys.readouterr().err
