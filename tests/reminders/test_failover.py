"""A digest finds another channel where its own refuses, rests or is slow; what nobody takes is told anew."""

from __future__ import annotations

from sqlalchemy import Engine, select

from bot.channels.port import Remedy
from bot.reminders.tables import digests
from tests.reminders.world import World, row


def states(world: World) -> list[str]:
    with world.engine.connect() as connection:
        return list(connection.scalars(select(digests.c.state).order_by(digests.c.created, digests.c.dedupe)))


def test_a_refused_digest_goes_to_the_next_channel(engine: Engine) -> None:
    world = World(engine, [row("1", "2026-04-08")])
    official = world.person("An", channels=("zalo_oa", "telegram", "email"))
    world.at("2026-04-01 07:30")
    world.refuse("zalo_oa")
    assert world.move("2026-04-01 07:31").moved == 1
    [second] = world.new()
    assert (second.dedupe, second.chat) == (f"digest:{official.id}:2026-04-01:telegram", f"telegram-{official.id}")
    assert second.text == world.messages()[0].text
    world.refuse("telegram", Remedy.DEAD_LETTER)
    world.move("2026-04-01 07:32")
    assert world.new()[0].dedupe.endswith(":email")
    world.send("email")
    assert world.move("2026-04-01 07:33").moved == 0 and states(world) == ["arrived"]
    assert world.told(official) == [("1", "2026-04-08", "-7")]


def test_a_resting_channel_is_passed_over_at_once_and_a_slow_one_after_a_while(engine: Engine) -> None:
    world = World(engine, [row("1", "2026-04-08")])
    world.person("An", channels=("zalo_oa", "telegram"))
    world.person("Bình", channels=("zalo_oa",))
    world.at("2026-04-01 07:30")
    assert world.move("2026-04-01 07:45").moved == 0
    world.works["zalo_oa"] = False
    assert world.move("2026-04-01 07:46").moved == 1, "who has no other channel waits"
    world.works["zalo_oa"] = True
    assert [w.conversation for w in world.send("zalo_oa")] == ["zalo_oa:zalo_oa-2"], "what was moved is not sent here too"
    assert world.move("2026-04-01 08:20").moved == 0, "zalo_oa had its turn: telegram keeps it"
    world.at("2026-04-07 07:30")
    assert world.move("2026-04-07 08:01").moved == 1, "zalo_oa works and has not taken it for half an hour"


def test_a_channel_that_refused_is_tried_again_while_the_other_does_not_answer(engine: Engine) -> None:
    world = World(engine, [row("1", "2026-04-08")])
    official = world.person("An", channels=("zalo_oa", "telegram"))
    world.at("2026-04-01 07:30")
    world.refuse("zalo_oa")
    assert world.move("2026-04-01 07:31").moved == 1 and world.move("2026-04-01 08:30").moved == 0
    assert world.move("2026-04-01 08:31").moved == 1
    assert world.send("telegram") == [], "withdrawn there"
    [again] = world.send("zalo_oa")
    assert again.message.chat == f"zalo_oa-{official.id}"
    assert world.move("2026-04-01 09:40").moved == 0 and states(world) == ["arrived"]


def test_what_no_channel_takes_is_tried_hourly_and_told_anew_another_day(engine: Engine) -> None:
    world = World(engine, [row("1", "2026-04-08")])
    official, coordinator = world.person("An"), world.person("Chi", None, "coordinator", channels=("email",))
    world.at("2026-04-01 07:30")
    world.refuse(remedy=Remedy.DEAD_LETTER)
    assert world.move("2026-04-01 07:31").moved == 0
    [notice] = [m for m in world.at("2026-04-01 07:32") if m.official == coordinator.id]
    assert "Không gửi được nhắc việc: An (Sở Y tế): không nhận" in notice.text
    assert world.move("2026-04-01 08:00").moved == 0 and world.move("2026-04-01 08:32").moved == 1
    assert world.new()[0].dedupe == f"digest:{official.id}:2026-04-01:telegram:2"
    world.refuse(remedy=Remedy.DEAD_LETTER)
    world.move("2026-04-01 21:45")
    assert world.told(official) == [] and "failed" in states(world)
    assert [m.steps for m in world.at("2026-04-02 07:30") if m.official == official.id] == [{"1": "-7"}]


def test_two_processes_move_a_digest_once(engine: Engine) -> None:
    world = World(engine, [row("1", "2026-04-08")])
    other = World(engine)
    world.person("An", channels=("zalo_oa", "telegram"))
    world.at("2026-04-01 07:30")
    world.refuse("zalo_oa")
    stuck = world.failover._stuck(world.now, ())
    assert other.move("2026-04-01 07:31").moved == 1
    world.failover._stuck = lambda now, blocked: stuck  # type: ignore[method-assign]
    assert world.move("2026-04-01 07:31").moved == 0
    assert len(world.messages()) == 2
