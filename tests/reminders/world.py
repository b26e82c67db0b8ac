"""A small province to remind: people, one plan, a clock that is set, and a look at what was queued."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine, insert, select

from bot.channels.port import Remedy, SendFailed
from bot.delivery.outbox import Outbox, Waiting
from bot.delivery.tables import outbox
from bot.officials.directory import Directory
from bot.officials.official import Official
from bot.reminders.calendar import ZONE
from bot.reminders.failover import Failover, Moves
from bot.reminders.planner import Planner, Round
from bot.reminders.tables import notices
from knowledge.model import Deadline, Plan, Row, Source
from knowledge.services.remind.policy import Policies
from knowledge.store import PlanStore, writing

PLAN, PROVINCE = "kh-mau", "hau-giang"
HEALTH, FINANCE, INTERIOR = "Sở Y tế", "Sở Tài chính", "Sở Nội vụ"


def row(no: str, due: str | None = None, lead: Sequence[str] = (HEALTH,), coop: Sequence[str] = (), rule: str | None = None,
        name: str = "", plan: str = PLAN) -> Row:
    """A task due on a day, recurring by a rule, or standing."""
    deadline = Deadline(due, "date", date.fromisoformat(due)) if due else Deadline("Thường xuyên", "recurring", rrule=rule)
    return Row(plan, "task", no, name or f"Xây dựng đề án {no}", Source("kh.txt", (1, 1)), lead=tuple(lead), coop=tuple(coop), due=deadline)


@dataclass(frozen=True)
class Message:
    """What was queued."""

    dedupe: str
    channel: str
    chat: str
    text: str
    state: str
    steps: Mapping[str, str]

    @property
    def official(self) -> int:
        return int(self.dedupe.split(":")[1])


class World:
    """Everything on one database; `at` sets the clock (of Vietnam) and does a round."""

    def __init__(self, engine: Engine, rows: Sequence[Row] = (), policies: Policies | None = None, **more: Any) -> None:
        self.engine, self.now = engine, 0.0
        self.plans = PlanStore(engine)
        self.directory = Directory(engine, clock=self.clock, cache_seconds=0)
        self.outbox = Outbox(engine, self.clock)
        if rows:
            self.plan(*rows)
        self.works: dict[str, bool] = {}
        self.planner = Planner(engine, policies, clock=self.clock, working=lambda: self.works, **more)
        self.failover = Failover(self.planner)
        self._seen = 0

    def clock(self) -> float:
        return self.now

    def set(self, when: str) -> None:
        self.now = datetime.fromisoformat(when).replace(tzinfo=ZONE).timestamp()

    def plan(self, *rows: Row, plan: str = PLAN, province: str = PROVINCE) -> None:
        """Put a plan of these rows in force."""
        self.plans.save(Plan(plan, "Kế hoạch mẫu", "kh.txt", province=province, date=date(2025, 1, 2), rows=rows))

    def person(self, name: str, agency: str | None = HEALTH, role: str = "officer", channels: Sequence[str] = ("telegram",),
               province: str = PROVINCE) -> Official:
        """Register somebody with chats; the first channel is linked last and so liked best."""
        official = self.directory.add(name, name.lower().replace(" ", "."), province, agency, role)
        for number, channel in enumerate(reversed(channels)):
            self.now += number
            self.directory.link(official, channel, f"{channel}-{official.id}", f"{channel}-{official.id}")
        return official

    def at(self, when: str) -> list[Message]:
        """A round at a time; what it queued."""
        self.set(when)
        self.round()
        return self.new()

    def round(self) -> Round:
        return self.planner.round()

    def move(self, when: str) -> Moves:
        """A look at what is under way."""
        self.set(when)
        return self.failover.round(self.now, self.planner.blocked())

    def new(self) -> list[Message]:
        """What was queued since the last look."""
        o, found = outbox.c, []
        with self.engine.connect() as connection:
            for line in connection.execute(select(outbox).where(o.id > self._seen).order_by(o.id)):
                self._seen = line.id
                found.append(_message(line))
        return found

    def messages(self) -> list[Message]:
        """All that was ever queued."""
        with self.engine.connect() as connection:
            return [_message(line) for line in connection.execute(select(outbox).order_by(outbox.c.id))]

    def send(self, channel: str = "telegram", failure: SendFailed | None = None) -> list[Waiting]:
        """Let a channel take, or refuse, all that waits for it."""
        done = []
        while (waiting := self.outbox.claim(channel)) is not None:
            done.append(waiting)
            if failure is None:
                self.outbox.sent(waiting, "id")
            else:
                self.outbox.failed(waiting, failure)
        return done

    def refuse(self, channel: str = "telegram", remedy: Remedy = Remedy.OTHER_CHANNEL) -> list[Waiting]:
        return self.send(channel, SendFailed(remedy, "không nhận"))

    def told(self, official: Official) -> list[tuple[str, str, str]]:
        """(number, deadline, step) of what a person was told."""
        n = notices.c
        with self.engine.connect() as connection:
            found = connection.execute(select(n.ref, n.deadline, n.step).where(n.official == official.id).order_by(n.id))
            return [(_number(ref), deadline, step) for ref, deadline, step in found]

    def insert(self, table: Any, **values: Any) -> None:
        with writing(self.engine) as connection:
            connection.execute(insert(table).values(**values))


def ref(no: str, plan: str = PLAN) -> str:
    return f"{plan}#task:{no}"


def _message(line: Any) -> Message:
    content = json.loads(line.message)
    steps = {_number(n["ref"]): n["step"] for n in content["record"]["notices"]}
    return Message(line.dedupe, line.channel, content["chat"], content["text"], line.state, steps)


def _number(ref: str) -> str:
    """A row's number; `agency:…` as it is."""
    return ref.rsplit(":", 1)[-1] if "#" in ref else ref
