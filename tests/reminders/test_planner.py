"""Who hears what on which day: steps, roles, one message a day, what was told before, changes of plans and agencies."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine, delete, update

from bot.reminders.budget import Quota
from bot.reminders.tables import notices, preferences, quiet, requests
from knowledge.services.remind.policy import Policies, Policy
from knowledge.store import writing
from tests.reminders.world import FINANCE, HEALTH, INTERIOR, PLAN, World, ref, row


def test_the_leading_agency_hears_every_step_once(engine: Engine) -> None:
    world = World(engine, [row("18", "2026-04-01", coop=[FINANCE])])
    leader, cooperating = world.person("An"), world.person("Bình", FINANCE)
    days = ("2026-03-01", "2026-03-02", "2026-03-03", "2026-03-25", "2026-03-31", "2026-04-01", "2026-04-02", "2026-04-06", "2026-04-13")
    for day in days:
        world.at(f"{day} 07:30")
        world.at(f"{day} 08:30")
    steps = ["-30", "-7", "-1", "0", "late:2026-04-06", "late:2026-04-13"]
    assert world.told(leader) == [("18", "2026-04-01", step) for step in steps]
    assert world.told(cooperating) == [("18", "2026-04-01", "-7")]


def test_everything_of_a_day_is_one_message_with_the_most_urgent_first(engine: Engine) -> None:
    world = World(engine, [row("1", "2026-04-30"), row("2", "2026-04-01"), row("3", "2026-04-02"), row("4", "2026-03-02"), row("5")])
    world.person("An")
    [message] = world.at("2026-04-01 07:30")
    assert message.text.startswith("Hạn hôm nay: nhiệm vụ 2 “Xây dựng đề án 2”. Còn 3 việc khác.")
    assert message.steps == {"1": "-30", "2": "0", "3": "-1", "4": "late:2026-03-30"}, "standing work waits for the month's first Monday"
    heads = ("Hôm nay, thứ Tư 1/4/2026:", "Ngày mai", "Còn 29 ngày", "Quá hạn (1)", "Nguồn: Kế hoạch mẫu.")
    places = [message.text.index(head) for head in heads]
    assert places == sorted(places)
    assert world.at("2026-04-01 09:00") == []


def test_the_chosen_hour_and_the_closing_time(engine: Engine) -> None:
    world = World(engine, [row("1", "2026-04-08")])
    early, late = world.person("An"), world.person("Bình")
    world.insert(preferences, official=late.id, hour="16:00", channels="[]", off=False)
    assert world.at("2026-04-01 07:29") == []
    assert [m.official for m in world.at("2026-04-01 07:30")] == [early.id]
    assert [m.official for m in world.at("2026-04-01 16:00")] == [late.id]
    world.plan(row("1", "2026-04-08"), row("2", "2026-04-03"), row("3", "2026-04-20"))
    assert world.at("2026-04-02 18:00")[0].steps == {"2": "-1", "3": "-30"}, "due tomorrow can't wait"
    world.plan(row("1", "2026-04-08"), row("2", "2026-04-03"), row("3", "2026-04-20"), row("4", "2026-04-21"))
    assert [m.steps for m in world.at("2026-04-07 18:00")] == [{"1": "-1", "2": "late:2026-04-06", "4": "-30"}] * 2
    world.plan(row("5", "2026-05-01"))
    assert world.at("2026-04-09 17:45") == []
    assert world.at("2026-04-10 07:30")[0].steps["5"] == "-30"


def test_days_off_are_quiet_unless_something_is_due_that_day(engine: Engine) -> None:
    world = World(engine, [row("1", "2026-04-12"), row("2", "2026-05-11")])
    world.person("An")
    assert world.at("2026-04-10 07:30")[0].steps == {"1": "-1", "2": "-30"}, "Saturday's and Sunday's steps are told on Friday"
    assert world.at("2026-04-11 07:30") == []
    [sunday] = world.at("2026-04-12 07:30")
    assert sunday.steps == {"1": "0"} and sunday.text.startswith("Hạn hôm nay")


def test_after_an_outage_only_what_still_matters(engine: Engine) -> None:
    world = World(engine, [row("1", "2026-03-27"), row("2", "2026-04-03"), row("3", "2026-04-09", lead=[FINANCE], coop=[HEALTH])])
    world.person("An")
    assert world.at("2026-03-02 07:30")[0].steps == {"1": "-30"}
    [message] = world.at("2026-04-02 07:30")
    assert message.steps == {"1": "late:2026-03-30", "2": "-1", "3": "-7"}
    assert world.at("2026-04-03 07:30")[0].steps == {"2": "0"}
    assert world.at("2026-04-04 07:30") == []


def test_a_clock_set_back_tells_nothing_again(engine: Engine) -> None:
    world = World(engine, [row("1", "2026-04-08")])
    world.person("An")
    assert world.at("2026-04-07 07:30")[0].steps == {"1": "-1"}
    assert world.at("2026-04-01 07:30") == [] and world.at("2026-03-10 07:30") == []


def test_leaders_get_a_weekly_summary_and_the_coordinator_the_provinces(engine: Engine) -> None:
    world = World(engine, [row("1", "2026-04-08"), row("2", "2026-03-02"), row("3"), row("4", "2026-04-09", lead=[FINANCE])])
    world.person("An")
    leader, coordinator = world.person("Bình", role="leader"), world.person("Chi", None, "coordinator")
    messages = {m.official: m for m in world.at("2026-04-06 07:30")}
    own, whole = messages[leader.id], messages[coordinator.id]
    assert own.text.startswith("Tóm tắt tuần, thứ Hai 6/4/2026: 1 việc quá hạn, 1 việc đến hạn trong 7 ngày, 1 việc thường xuyên.")
    assert "Xây dựng đề án 4" not in own.text and "Xây dựng đề án 4" in whole.text
    assert "Có việc nhưng chưa có cán bộ đăng ký nhận nhắc:\n• Sở Tài chính" in whole.text
    for day in ("07", "08", "09", "10"):
        world.at(f"2026-04-{day} 07:30")
    assert [step for _, _, step in world.told(leader) if step.startswith("summary")] == ["summary:2026-W15"]


def test_summaries_leave_out_what_was_reported_done(engine: Engine) -> None:
    world = World(engine, [row("1", "2026-04-08"), row("2", "2026-03-02"), row("3", "2026-04-09", lead=[HEALTH, FINANCE]), row("4"),
                           row("5", "2026-04-09")])
    officer, leader = world.person("An"), world.person("Bình", role="leader")
    coordinator = world.person("Chi", None, "coordinator")
    colleague = world.person("Dũng", FINANCE)
    for number in ("2", "3", "4"):
        world.insert(quiet, official=officer.id, ref=ref(number), why="done", until=None, at=1.0)
    world.insert(quiet, official=leader.id, ref=ref("5"), why="muted", until=None, at=1.0)
    messages = {m.official: m.text for m in world.at("2026-04-06 07:30")}
    assert "đề án 1" in messages[leader.id] and not any(f"đề án {n}" in messages[leader.id] for n in "2345")
    assert all(f"đề án {n}" in messages[coordinator.id] for n in "135"), "3 is done when both agencies say so"
    assert not any(f"đề án {n}" in messages[coordinator.id] for n in "24")
    world.insert(quiet, official=colleague.id, ref=ref("3"), why="done", until=None, at=1.0)
    messages = {m.official: m.text for m in world.at("2026-04-13 07:30")}
    assert "đề án 3" not in messages[coordinator.id] and "đề án 1" in messages[coordinator.id]


def test_recurring_work_that_was_done_is_reminded_of_next_time(engine: Engine) -> None:
    world = World(engine, [row("1", rule="FREQ=WEEKLY;BYDAY=FR")])
    officer, colleague = world.person("An"), world.person("Bình")
    world.insert(quiet, official=officer.id, ref=ref("1"), why="done", until=date(2026, 4, 4), at=1.0)
    assert world.at("2026-04-03 07:30") == []
    assert [m.official for m in world.at("2026-04-10 07:30")] == [officer.id, colleague.id]


def test_a_leader_without_officers_hears_the_alarms(engine: Engine) -> None:
    world = World(engine, [row("1", "2026-04-08")])
    leader = world.person("Bình", role="leader")
    assert world.at("2026-04-01 07:30")[0].steps == {"1": "-7", "agency:so-y-te": "summary:2026-W14"}
    world.person("An")
    world.at("2026-04-07 07:30")
    assert [told for told in world.told(leader) if told[2] == "-1"] == []


def test_recurring_duties_and_standing_work(engine: Engine) -> None:
    world = World(engine, [row("1", rule="FREQ=WEEKLY;BYDAY=FR;BYHOUR=11"), row("2", rule="FREQ=MONTHLY;INTERVAL=3"), row("3")])
    world.person("An")
    [friday] = world.at("2026-03-27 07:30")
    assert friday.steps["1"] == "0" and "Hôm nay, thứ Sáu 27/3/2026:\n• Nhiệm vụ 1: Xây dựng đề án 1 – trước 11 giờ" in friday.text
    assert "• Nhiệm vụ 3 “Xây dựng đề án 3”" in friday.text, "standing work, in the month's first message"
    assert world.at("2026-03-30 07:30")[0].steps == {"2": "-1"}
    assert world.at("2026-03-31 07:30") == []
    assert world.at("2026-04-03 07:30")[0].steps == {"1": "0"}
    assert world.at("2026-04-06 07:30")[0].steps == {"agency:so-y-te": "standing:2026-04"}


def test_a_collective_alarms_nobody(engine: Engine) -> None:
    world = World(engine, [row("1", "2026-04-08", lead=["Các sở, ban, ngành"])])
    officer, leader = world.person("An"), world.person("Bình", role="leader")
    world.plan(row("1", "2026-04-08", lead=["Các sở, ban, ngành"]), row("2", "2026-04-10"))
    for day in ("2026-04-06", "2026-04-07", "2026-04-08"):
        world.at(f"{day} 07:30")
    assert [told[0] for told in world.told(officer)] == ["2"]
    [summary] = [m for m in world.messages() if m.official == leader.id]
    assert "Giao chung nhiều cơ quan:\n• Nhiệm vụ 1" in summary.text


def test_the_successor_of_a_merged_agency_hears_of_its_work(engine: Engine) -> None:
    world = World(engine, [row("1", "2026-04-08", lead=["Sở Thông tin và Truyền thông"])])
    heir, other = world.person("An", "Sở Khoa học và Công nghệ"), world.person("Bình", HEALTH)
    of_old = world.person("Dũng", "Sở Thông tin và Truyền thông")
    in_new_province = world.person("Chi", "Sở Khoa học và Công nghệ", province="can-tho")
    world.at("2026-04-01 07:30")
    assert world.told(heir) == world.told(of_old) == world.told(in_new_province) == [("1", "2026-04-08", "-7")]
    assert world.told(other) == []


def test_snoozed_muted_done_and_off(engine: Engine) -> None:
    world = World(engine, [row(str(n), "2026-04-08") for n in range(1, 5)])
    officer, colleague, quiet_one = world.person("An"), world.person("Bình"), world.person("Chi")
    world.insert(preferences, official=quiet_one.id, hour="07:30", channels="[]", off=True)
    for number, why, until in (("1", "snoozed", date(2026, 4, 3)), ("2", "muted", None), ("3", "done", None)):
        world.insert(quiet, official=officer.id, ref=ref(number), why=why, until=until, at=1.0)
    world.at("2026-04-01 07:30")
    assert [told[0] for told in world.told(officer)] == ["4"]
    assert sorted(told[0] for told in world.told(colleague)) == ["1", "2", "4"], "what one of the agency reported done is done for it"
    assert world.told(quiet_one) == []
    world.at("2026-04-03 07:30")
    assert ("1", "2026-04-08", "again:2026-04-03") in world.told(officer)
    world.at("2026-04-07 07:30")
    assert ("1", "2026-04-08", "-1") in world.told(officer) and ("2", "2026-04-08", "-1") not in world.told(officer)


def test_a_moved_deadline_has_steps_of_its_own_and_is_told_to_whoever_knew_the_old_one(engine: Engine) -> None:
    world = World(engine, [row("1", "2026-04-08"), row("2", "2026-06-30"), row("3", "2026-04-09")])
    officer = world.person("An")
    world.at("2026-04-02 07:30")
    world.plan(row("1", "2026-06-15"), row("2", "2026-07-31"), row("3", "2026-04-10"))
    [message] = world.at("2026-04-03 07:30")
    assert message.steps == {"1": "moved:2026-04-03", "3": "-7"}, "2 was not told yet: nothing to say"
    assert "Đổi thời hạn:\n• Nhiệm vụ 1 “Xây dựng đề án 1”: từ 8/4/2026 thành 15/6/2026" in message.text
    assert "Nhiệm vụ 3: Xây dựng đề án 3 – đổi hạn, trước là 9/4/2026" in message.text
    assert world.at("2026-04-06 07:30") == [] and world.at("2026-04-08 07:30") == []
    world.at("2026-06-08 07:30")
    assert world.told(officer)[-1] == ("1", "2026-06-15", "-7")


def test_a_row_that_is_gone_or_given_to_others_is_told_once(engine: Engine) -> None:
    world = World(engine, [row("1", "2026-04-08"), row("2", "2026-04-08"), row("3", "2026-06-30")])
    officer = world.person("An")
    world.at("2026-04-01 07:30")
    world.plan(row("2", "2026-04-08", lead=[FINANCE]))
    [message] = world.at("2026-04-02 07:30")
    assert message.steps == {"1~1": "gone:2026-04-02", "2": "handed:2026-04-02"}
    assert "Không còn trong kế hoạch:\n• Nhiệm vụ 1 (đã nhắc hạn 8/4/2026)" in message.text
    assert world.at("2026-04-03 07:30") == [] and world.at("2026-04-08 07:30") == []
    assert len(world.told(officer)) == 4


def test_what_was_told_follows_renumbered_rows(engine: Engine) -> None:
    first = [row("1", "2026-04-08", name="Đề án bệnh án điện tử toàn tỉnh"), row("2", "2026-04-09", name="Kế hoạch đào tạo kỹ năng số")]
    world = World(engine, first)
    officer = world.person("An")
    world.at("2026-04-02 07:30")
    world.insert(quiet, official=officer.id, ref=ref("1"), why="muted", until=None, at=1.0)
    world.plan(row("1", "2026-04-20", name="Xây dựng hạ tầng trung tâm dữ liệu"),
               row("2", "2026-04-08", name="Đề án bệnh án điện tử toàn tỉnh"))
    [message] = world.at("2026-04-03 07:30")
    assert message.steps == {"2~1": "gone:2026-04-03", "1": "-30"}, "2 is another row now, and what was 2 is gone"
    assert "• Nhiệm vụ 2 (đã nhắc hạn 9/4/2026)" in message.text
    assert world.at("2026-04-07 07:30") == [], "the row once numbered 1 stays switched off"


def test_a_number_of_a_row_that_is_gone_is_not_mistaken_for_another_rows(engine: Engine) -> None:
    world = World(engine, [row("1", "2026-04-08"), row("2", "2026-04-08"), row("3", "2026-04-08")])
    officer = world.person("An")
    for number in ("2", "3"):
        world.insert(quiet, official=officer.id, ref=ref(number), why="muted", until=None, at=1.0)
    world.plan(row("1", "2026-04-08"), row("2", "2026-04-08"))
    assert world.at("2026-04-01 07:30")[0].steps == {"1": "-7"}
    world.plan(row("1", "2026-05-08", name="Kế hoạch đào tạo kỹ năng số"), row("2", "2026-04-08", name="Xây dựng đề án 1"),
               row("3", "2026-04-08", name="Xây dựng đề án 2"), row("4", "2026-04-09", name="Hạ tầng trung tâm dữ liệu"))
    assert world.at("2026-04-02 07:30")[0].steps == {"4": "-7"}, "what was 2 is 3 now and stays switched off"
    world.plan(row("1", "2026-05-08", name="Kế hoạch đào tạo kỹ năng số"), row("2", "2026-04-08", name="Xây dựng đề án 1"),
               row("3", "2026-04-09", name="Tuyên truyền chuyển đổi số"))
    assert world.at("2026-04-03 07:30")[0].steps == {"4~3": "gone:2026-04-03", "3": "-7"}, "another row with the number of a silent one"


def test_a_row_that_is_back_is_remembered(engine: Engine) -> None:
    both = row("1", "2026-04-08"), row("2", "2026-04-08")
    world = World(engine, both)
    officer = world.person("An")
    world.at("2026-04-01 07:30")
    world.insert(quiet, official=officer.id, ref=ref("2"), why="muted", until=None, at=1.0)
    world.plan(both[0])
    assert world.at("2026-04-02 07:30") == []
    world.plan(*both)
    assert world.at("2026-04-03 07:30") == []
    assert world.at("2026-04-07 07:30")[0].steps == {"1": "-1"}, "2 is switched off as before"


def test_reminders_asked_for(engine: Engine) -> None:
    world = World(engine, [row("1", "2026-06-30"), row("2", "2026-04-09")])
    officer, reader = world.person("An"), world.person("Em", HEALTH, "reader")
    world.set("2026-04-01 06:00")
    more = {"said": "nhắc em nhiệm vụ 1", "created": world.now}
    world.insert(requests, official=officer.id, ref=ref("1"), days=14, **more)
    world.insert(requests, official=reader.id, ref=ref("2"), at=world.now + 9 * 3600, **more)
    world.insert(requests, official=officer.id, rrule="FREQ=WEEKLY;BYDAY=MO;BYHOUR=8;BYMINUTE=0", about="week",
                 said="việc của sở trong tuần", created=world.now)
    assert world.at("2026-04-01 14:59")[0].steps == {"2": "-30"}
    [timed] = world.at("2026-04-01 15:00")
    assert timed.official == reader.id and timed.text.startswith("Còn 8 ngày: nhiệm vụ 2")
    assert world.at("2026-04-01 15:01") == []
    assert world.at("2026-04-02 07:30")[0].steps == {"2": "-7"}
    [weekly] = world.at("2026-04-06 08:00")
    assert "Đến hạn trong 7 ngày:\n• Nhiệm vụ 2" in weekly.text and world.at("2026-04-06 08:01") == []
    world.at("2026-06-15 08:00")
    assert world.at("2026-06-16 07:30")[0].steps == {"1": "own:1"}
    world.plan(row("1", "2026-07-31"), row("2", "2026-04-09"))
    world.at("2026-06-17 07:30")
    assert ("1", "2026-07-31", "own:1") not in world.told(officer)
    world.at("2026-07-17 07:30")
    assert ("1", "2026-07-31", "own:1") in world.told(officer), "two weeks before the new day too"


def test_unanswered_reminders_go_up(engine: Engine) -> None:
    world = World(engine, [row("1", "2026-04-09"), row("2", "2026-04-09")])
    officer = world.person("An")
    leader, coordinator = world.person("Bình", role="leader"), world.person("Chi", None, "coordinator")
    world.at("2026-04-08 07:30")
    with writing(engine) as connection:
        connection.execute(update(notices).where(notices.c.official == officer.id, notices.c.ref == ref("2")).values(acknowledged=1.0))
    messages = {m.official: m for m in world.at("2026-04-09 07:30")}
    assert messages[leader.id].steps == {"1": "up:-1"} and "Chưa có người trả lời “đã nhận”" in messages[leader.id].text
    assert coordinator.id not in messages
    for day in ("10", "13", "14", "15", "16"):
        world.at(f"2026-04-{day} 07:30")
    assert [told for told in world.told(leader) if told[2] == "up:late"] == [("1", "2026-04-09", "up:late"), ("2", "2026-04-09", "up:late")]
    assert ("1", "2026-04-09", "up:late") in world.told(coordinator)
    assert len(world.told(coordinator)) == len(set(world.told(coordinator)))


def test_what_two_agencies_left_unanswered_goes_up_once(engine: Engine) -> None:
    world = World(engine, [row("1", "2026-04-01", lead=[HEALTH, FINANCE])])
    world.person("An")
    world.person("Bình", FINANCE)
    coordinator = world.person("Chi", None, "coordinator")
    for day in ("2026-04-06", "2026-04-07", "2026-04-08", "2026-04-09", "2026-04-10"):
        world.at(f"{day} 07:30")
    assert world.told(coordinator).count(("1", "2026-04-01", "up:late")) == 1


def test_steps_are_settings_of_a_province(engine: Engine) -> None:
    policies = Policies(Policy(), {"hau-giang": Policy(lead_days=(10, 2), late_weekday=None)})
    world = World(engine, [row("1", "2026-04-15")], policies)
    officer = world.person("An")
    for day in ("2026-04-03", "2026-04-08", "2026-04-13", "2026-04-15", "2026-04-20"):
        world.at(f"{day} 07:30")
    assert [step for _, _, step in world.told(officer)] == ["-10", "-2"]


def test_who_has_no_channel_is_named_to_the_coordinator_and_told_once_they_have_one(engine: Engine) -> None:
    world = World(engine, [row("1", "2026-04-08")])
    silent, coordinator = world.person("An", channels=()), world.person("Chi", None, "coordinator")
    messages = world.at("2026-04-01 07:30")
    assert any("Không gửi được nhắc việc" in m.text and "An (Sở Y tế)" in m.text for m in messages if m.official == coordinator.id)
    assert world.told(silent) == []
    count = len(world.messages())
    world.at("2026-04-01 07:31")
    assert len(world.messages()) == count
    world.directory.link(silent, "telegram", "u", "c")
    assert [m.official for m in world.at("2026-04-01 09:00")] == [silent.id]


def test_a_channel_whose_month_is_used_up_is_passed_over(engine: Engine) -> None:
    world = World(engine, [row("1", "2026-04-08")], quotas={"zalo_bot": Quota(2, 0, 1)})
    world.person("An", channels=("zalo_bot", "telegram"))
    assert world.at("2026-04-01 07:30")[0].channel == "zalo_bot"
    world.send("zalo_bot")
    assert world.at("2026-04-07 07:30")[0].channel == "telegram", "one message is kept for replies"


def test_the_web_page_gets_a_copy(engine: Engine) -> None:
    world = World(engine, [row("1", "2026-04-08")])
    world.person("An", channels=("web", "telegram"))
    assert [(m.channel, m.dedupe.endswith(":web")) for m in world.at("2026-04-01 07:30")] == [("telegram", False), ("web", True)]


def test_preferred_channels_come_first(engine: Engine) -> None:
    world = World(engine, [row("1", "2026-04-08")])
    official = world.person("An", channels=("telegram", "zalo_oa"))
    world.insert(preferences, official=official.id, hour="07:30", channels='["email", "zalo_oa"]', off=False, email="an@example.vn")
    [message] = world.at("2026-04-01 07:30")
    assert (message.channel, message.chat) == ("email", "an@example.vn")


def test_two_planners_tell_once(engine: Engine) -> None:
    world = World(engine, [row(str(n), "2026-04-08") for n in range(5)])
    for number in range(20):
        world.person(f"An {number}")
    other = World(engine)
    for clock in ("2026-04-01 07:30", "2026-04-01 07:31", "2026-04-07 07:30"):
        world.set(clock)
        other.set(clock)
        other.planner._catch_up(date.fromisoformat(clock[:10]))
        assert world.round().digests + other.round().digests == (0 if clock.endswith("31") else 20)
    assert len({m.dedupe for m in world.messages()}) == 40


def test_a_digest_is_worked_out_anew_where_a_part_of_it_was_told_meanwhile(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(engine, [row("1", "2026-04-08"), row("2", "2026-04-08")])
    officer = world.person("An")
    world.set("2026-04-01 07:30")
    honest = world.planner._past

    def meanwhile(batch: object) -> object:
        past = honest(batch)  # type: ignore[arg-type]
        world.insert(notices, official=officer.id, ref=ref("1"), deadline="2026-04-08", step="-7", told_on=date(2026, 4, 1), dedupe="x",
                     created=1.0)
        return past

    monkeypatch.setattr(world.planner, "_past", meanwhile)
    assert world.round().digests == 0 and world.messages() == []
    monkeypatch.undo()
    assert world.round().digests == 1
    assert world.new()[0].steps == {"2": "-7"}


def test_old_late_notices_are_forgotten_without_being_told_again(engine: Engine) -> None:
    world = World(engine, [row("1", "2026-01-05")])
    officer = world.person("An")
    for day in ("2026-01-12", "2026-01-19", "2026-03-02"):
        world.at(f"{day} 07:30")
    assert world.planner.prune(date(2026, 3, 2)) == 2
    assert [step for _, _, step in world.told(officer)] == ["late:2026-03-02"]
    assert world.at("2026-03-03 07:30") == []


def test_a_withdrawn_plan_and_an_erased_person(engine: Engine) -> None:
    world = World(engine, [row("1", "2026-04-08")])
    officer = world.person("An")
    world.at("2026-04-01 07:30")
    world.plans.withdraw(PLAN)
    assert world.at("2026-04-02 07:30")[0].steps == {"1": "gone:2026-04-02"}
    with writing(engine) as connection:
        connection.execute(delete(notices).where(notices.c.official == officer.id))
    assert world.at("2026-04-03 07:30") == []


def test_interior_is_not_told_of_health(engine: Engine) -> None:
    world = World(engine, [row("1", "2026-04-08")])
    outsider, elsewhere = world.person("An", INTERIOR), world.person("Bình", HEALTH, province="ha-tinh")
    world.at("2026-04-01 07:30")
    assert world.told(outsider) == world.told(elsewhere) == []


def test_an_agency_that_is_merged_between_two_rounds(engine: Engine) -> None:
    world = World(engine, [row("1", "2025-04-01", lead=["Sở Thông tin và Truyền thông"])])
    heir = world.person("An", "Sở Khoa học và Công nghệ")
    assert world.at("2025-02-28 07:30") == [] and world.told(heir) == []
    assert [m.steps for m in world.at("2025-03-03 07:30")] == [{"1": "-30"}]
