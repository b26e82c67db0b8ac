"""The words of a digest: bounded, nothing urgent cut, nothing but what may leave the building; the calendar and the budget."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot import cli, startup
from bot.channels.port import Incoming
from bot.delivery.inbox import Inbox
from bot.reminders import digest
from bot.reminders.budget import Quota, Windows, forecast, spent, windows
from bot.reminders.calendar import workdays_of
from bot.reminders.preview import calendar
from knowledge.services.remind.notices import Agenda, Audience, Past
from knowledge.services.remind.policy import Policies
from knowledge.services.remind.works import AgencyKeys, Head, Work, WorkBook
from knowledge.store import migrate, open_engine
from tests.reminders.world import World, row

PROVINCES, KEY = ("hau-giang",), "so-y-te"
LONG = "Xây dựng và triển khai Đề án chuyển đổi số toàn diện của các bệnh viện đa khoa trên địa bàn tỉnh giai đoạn này"


def book(*works: Work) -> WorkBook:
    heads = {plan: Head(f"Phụ lục II kèm theo Kế hoạch {plan}", "hau-giang", date(2025, 1, 2)) for plan in ("p", "q")}
    return WorkBook(heads, works, AgencyKeys(date(2026, 4, 1)))


def work(no: str, deadline: str | None = None, rule: str | None = None, name: str = LONG, plan: str = "p", kind: str = "task") -> Work:
    due = date.fromisoformat(deadline) if deadline else None
    return Work(f"{plan}#{kind}:{no}", plan, kind, no, f"{name}", due, rule, "" if due else "Thường xuyên", (KEY,), (), ())


def told(today: str, *works: Work) -> str:
    policy, day = Policies.load().default, date.fromisoformat(today)
    agenda = Agenda(book(*works), day, policy, workdays_of(policy))
    notices = agenda.notices(Audience(PROVINCES, KEY, alarms=True, monthly=True), Past())
    return digest.text(notices, agenda.book.plans, day)


def test_a_short_digest_in_full() -> None:
    works = work("18", "2026-04-06", name="Đề án bệnh án điện tử"), work("7", "2026-04-13", name="Sổ sức khỏe", plan="q")
    assert told("2026-04-06", *works) == (
        "Hạn hôm nay: nhiệm vụ 18 “Đề án bệnh án điện tử”. Còn 1 việc khác.\n\n"
        "Hôm nay, thứ Hai 6/4/2026:\n• Nhiệm vụ 18: Đề án bệnh án điện tử\n\n"
        "Còn 7 ngày, thứ Hai 13/4/2026:\n• Nhiệm vụ 7: Sổ sức khỏe\n\n"
        "Nguồn: Kế hoạch p.\nNguồn: Kế hoạch q.\n\nTin tự động của Trợ lý.")


def test_a_long_digest_is_one_message_and_names_all_that_is_due() -> None:
    due = [work(str(n), "2026-04-07") for n in range(8)]
    late = [work(str(100 + n), "2025-01-06") for n in range(60)]
    text = told("2026-04-06", *due, *late, *(work(str(200 + n)) for n in range(30)))
    assert len(text) <= digest.LONGEST
    assert "Quá hạn (60):" in text and re.search(r"… và 5\d mục nữa\.", text)
    assert all(f"• Nhiệm vụ {n}" in text or f", {n}" in text for n in range(8))


def test_what_is_newly_late_is_never_cut() -> None:
    late = [work(str(n), "2026-04-01", name=f"Việc số {n} của sở") for n in range(40)]
    text = told("2026-04-06", *late, *(work(str(n), "2025-04-01") for n in range(100, 120)))
    assert all(f"Việc số {n} của sở" in text for n in range(40))


def test_one_duty_in_several_periods_stands_once() -> None:
    rules = ("FREQ=MONTHLY", "FREQ=MONTHLY;INTERVAL=3", "FREQ=MONTHLY;INTERVAL=6", "FREQ=YEARLY")
    text = told("2026-12-30", *(work(f"V.1-{n}", rule=rule, name="Báo cáo kết quả", kind="reporting") for n, rule in enumerate(rules, 1)))
    assert text.count("• ") == 1 and "• Báo cáo mục V.1-1, V.1-2, V.1-3, V.1-4: Báo cáo kết quả" in text


def test_the_calendar_of_an_agency() -> None:
    works = book(work("18", "2026-04-15", name="Đề án bệnh án"), work("19", rule="FREQ=WEEKLY;BYDAY=FR;BYHOUR=11", name="Báo cáo tuần"))
    lines = list(calendar(works, PROVINCES, KEY, date(2026, 4, 6), date(2026, 4, 15), Policies.load()))
    assert lines == [
        "\nTháng 4/2026",
        "  T2 06/04  lãnh đạo     tóm tắt tuần: 1 đến hạn trong 7 ngày",
        "  T4 08/04  chuyên viên  nhiệm vụ 18: hạn 15/4/2026, còn 7 ngày – Đề án bệnh án",
        "  T6 10/04  chuyên viên  nhiệm vụ 19: hạn hôm nay 10/4/2026, trước 11 giờ – Báo cáo tuần",
        "  T2 13/04  lãnh đạo     tóm tắt tuần: 2 đến hạn trong 7 ngày",
        "  T3 14/04  chuyên viên  nhiệm vụ 18: hạn ngày mai 15/4/2026 – Đề án bệnh án",
        "  T4 15/04  chuyên viên  nhiệm vụ 18: hạn hôm nay 15/4/2026 – Đề án bệnh án"]


def test_the_budget_warns_ahead() -> None:
    quotas = {"zalo_bot": Quota(100, 2, 10)}
    telegram, zalo = forecast([("zalo_bot", 20)] * 3 + [("telegram", 5)], {"zalo_bot": 45}, quotas)
    assert (zalo.used, zalo.coming, zalo.people) == (45, 60, 3) and len(zalo.warnings) == 2
    assert telegram.warnings == []
    [near] = forecast([("zalo_bot", 40)], {"zalo_bot": 45}, quotas)
    assert near.warnings == ["dự kiến 85 tin, gần hết hạn mức 100 tin/tháng"]
    assert spent({"zalo_bot": 90}, quotas) == {"zalo_bot"} and spent({"zalo_bot": 89}, quotas) == set()


def test_the_windows_of_zalo_oa(engine: Engine) -> None:
    world = World(engine)
    world.set("2026-04-08 07:30")
    people = [world.person(name, channels=("zalo_oa",)) for name in ("An", "Bình", "Chi", "Dũng")]
    inbox = Inbox(engine, world.clock)
    for person, hours in zip(people, (1, 50, 200)):
        now, world.now = world.now, world.now - hours * 3600
        inbox.store([Incoming("zalo_oa", f"e{person.id}", f"zalo_oa-{person.id}", f"zalo_oa-{person.id}", "text", "chào")])
        world.now = now
    assert windows(engine, world.now) == Windows(1, 1, 2)


def test_the_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    engine = open_engine("sqlite://")
    migrate(engine)
    world = World(engine, [row("44", "2025-03-31")])
    monkeypatch.setattr(startup, "knowledge_base", lambda settings: engine)
    monkeypatch.setenv("TROLY_VAR", str(tmp_path))
    assert cli.main(["reminders", "preview", "--for", "Sở Y tế", "--from", "2025-03-20", "--to", "2025-03-31"]) == 0
    shown = capsys.readouterr().out
    assert "Lịch nhắc việc của Sở Y tế (tỉnh Hậu Giang), 20/3/2025 – 31/3/2025" in shown and "T2 24/03  chuyên viên  nhiệm vụ 44" in shown
    picture = tmp_path / "tuan.png"
    assert cli.main(["reminders", "preview", "--for", "Sở Y tế", "--from", "2025-03-24", "--picture", str(picture)]) == 0
    assert picture.read_bytes().startswith(b"\x89PNG") and "Đã vẽ" in capsys.readouterr().out
    assert cli.main(["reminders", "preview", "--role", "leader", "--picture", str(tmp_path / "tuan.nothing")]) == 2
    world.person("An", channels=())
    world.person("Bình")
    assert cli.main(["reminders", "budget", "--now", "2025-03-24T07:30"]) == 0
    shown = capsys.readouterr().out
    assert "telegram: đã gửi 0, còn nhắc 3, cộng 3 tin; 1 người nhận" in shown and "1 cán bộ chưa có kênh nhận tin nào" in shown
    assert cli.main(["reminders", "run", "--now", "2025-03-24T07:30"]) == 0
    shown = capsys.readouterr().out
    assert "Đã xếp 1 tin nhắc việc (1 việc)" in shown and "1 cán bộ có việc cần nhắc nhưng chưa có kênh nhận tin" in shown
    for wrong in (["preview", "--for", "các sở, ban, ngành"], ["preview", "--from", "mai"], ["preview", "--province", "nowhere"],
                  ["budget", "--now", "x"]):
        assert cli.main(["reminders", *wrong]) == 2
    (tmp_path / "reminders.yml").write_text("default: {nonsense: 1}")
    assert cli.main(["reminders", "run"]) == 2
