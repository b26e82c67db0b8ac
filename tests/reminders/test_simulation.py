"""The simulation itself: nothing lost or doubled, and it notices if something is."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine

from bot import cli
from bot.reminders import planner as planning
from bot.reminders.reminding import Reminding
from bot.reminders.simulation import Setup, Simulation
from tests.reminders.world import World, row

SMALL = Setup(years=0.15, officials=44, provinces=2, seed=3, rows=40)


def test_a_small_simulation() -> None:
    report = Simulation(SMALL).run()
    assert report.deadlines > 10 and report.messages > 200 and report.plan_changes > 0 and report.failovers > 0
    assert (report.lost, report.doubled, report.late) == (0, 0, 0) and report.share_in_time == 1.0
    assert report.in_time + report.unreachable == report.deadlines


def test_it_notices_what_is_lost_and_what_is_doubled(monkeypatch: pytest.MonkeyPatch) -> None:
    honest, outbox, notices = planning.Planner._insert_all, planning.outbox, planning.tables.notices

    def forgetful(self: planning.Planner, connection: Any, ready: Sequence[Any], now: float, today: date) -> tuple[int, int]:
        done = honest(self, connection, ready, now, today)
        never_sent = [one.dedupe for one in ready if one.person.id % 3 == 0]
        not_recorded = [one.dedupe for one in ready if one.person.id % 3 == 1]
        connection.execute(outbox.delete().where(outbox.c.dedupe.in_(never_sent)))
        connection.execute(notices.delete().where(notices.c.dedupe.in_(not_recorded)))
        return done

    monkeypatch.setattr(planning.Planner, "_insert_all", forgetful)
    report = Simulation(Setup(years=0.08, officials=30, provinces=1, seed=3, rows=40)).run()
    assert report.lost > 0 and report.doubled > 0


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["simulate", "--years", "0.05", "--officials", "30", "--provinces", "1", "--rows", "20"]) == 0
    shown = capsys.readouterr().out
    assert "mất: 0" in shown and "Trùng: 0" in shown and "trung vị" in shown
    assert cli.main(["simulate", "--officials", "1"]) == 2


def test_the_background_task_does_rounds_and_stops(engine: Engine) -> None:
    world = World(engine, [row("1", "2026-04-08")])
    world.person("An")
    world.set("2026-04-01 07:30")
    woken: list[bool] = []

    async def live() -> None:
        woke = asyncio.Event()
        loop = asyncio.get_running_loop()

        def wake() -> None:
            woken.append(True)
            loop.call_soon_threadsafe(woke.set)

        reminding = Reminding(engine, clock=world.clock, wake=wake, pause=0.01)
        await reminding.start()
        await asyncio.wait_for(woke.wait(), 20)
        world.set("2026-04-07 07:30")
        woke.clear()
        await asyncio.wait_for(woke.wait(), 20)
        await reminding.stop()

    asyncio.run(live())
    assert [m.steps for m in world.messages()] == [{"1": "-7"}, {"1": "-1"}] and woken == [True, True]
