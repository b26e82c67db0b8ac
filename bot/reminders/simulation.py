"""Years of reminding in minutes: the real planner and outbox, a clock that jumps, and providers that fail from a seed.

What should have happened is kept apart from what the program keeps: rows are known by a number in their name, whatever their number
in the plan, and each message that a provider took is noted.
"""

from __future__ import annotations

import json
import random
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import Engine, bindparam, func, select, update

from bot.channels.port import Remedy, SendFailed
from bot.delivery.outbox import Outbox, Waiting
from bot.delivery.tables import outbox as outbox_table
from bot.officials.directory import Directory
from bot.reminders import choices
from bot.reminders.budget import Quota
from bot.reminders.calendar import ZONE, workdays_of
from bot.reminders.failover import Failover
from bot.reminders.planner import Planner
from bot.reminders.renumbering import follow
from bot.reminders.tables import digests, notices
from knowledge.agencies import Provinces, Registry
from knowledge.model import Deadline, Plan, Row, Source
from knowledge.services.remind.occurrences import occurrences, period_of
from knowledge.services.remind.policy import Policies
from knowledge.services.remind.workdays import workday_until
from knowledge.store import PlanStore, migrate, open_engine, writing

_DAY = timedelta(days=1)
_TICKS = (time(7, 30), time(7, 40), time(8, 15), time(9, 0), time(10, 0), time(11, 30), time(13, 30), time(15, 0), time(16, 30),
          time(17, 25), time(19, 0), time(21, 0))
_CHANNELS = ("telegram", "zalo_bot", "zalo_oa", "email")
_RULES = ("FREQ=WEEKLY;BYDAY=FR;BYHOUR=15", "FREQ=MONTHLY", "FREQ=MONTHLY;INTERVAL=3", "FREQ=MONTHLY;INTERVAL=3",
          "FREQ=MONTHLY;INTERVAL=6", "FREQ=YEARLY")
_STOPPED = 300.0


@dataclass(frozen=True)
class Setup:
    """What is simulated. `rows`: of each province's plan at the start."""

    years: float = 2.0
    officials: int = 500
    provinces: int = 3
    seed: int = 1
    rows: int = 100
    start: date = date(2026, 1, 5)

    @property
    def end(self) -> date:
        """The last day."""
        return self.start + timedelta(days=round(365.25 * self.years))


@dataclass
class Report:
    """What came of it. Each deadline counts once for each officer of an agency that leads the work and has not reported it done.

    `in_time`: heard of it by the day; `late`: only afterwards; `lost`: never; `unreachable`: no channel of theirs worked on any day.
    `doubled`: the same notice taken twice by providers; `in_window` those that the provider took without our being able to note it.
    """

    deadlines: int = 0
    in_time: int = 0
    late: int = 0
    lost: int = 0
    unreachable: int = 0
    doubled: int = 0
    in_window: int = 0
    messages: int = 0
    median: float = 0.0
    percentile95: float = 0.0
    failovers: int = 0
    escalations: int = 0
    released: int = 0
    plan_changes: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    lost_cases: list[str] = field(default_factory=list)

    @property
    def share_in_time(self) -> float:
        """Of those whom any channel could reach."""
        reachable = self.deadlines - self.unreachable
        return self.in_time / reachable if reachable else 1.0


@dataclass
class _Duty:
    """A row as it really is. `since`: when this deadline was known first; `until`: when the row left the plan; `done`: reported."""

    number: int
    province: str
    name: str
    lead: tuple[str, ...]
    coop: tuple[str, ...]
    deadline: date | None
    rule: str | None
    since: date
    until: date | None = None
    done: date | None = None

    def done_by(self, day: date) -> bool:
        """Was it reported done by the end of a day?"""
        return self.done is not None and max(self.done, self.since) <= day


class _Provider:
    """A provider that has outages, a quota, people who block us, and messages that it takes without saying so."""

    def __init__(self, name: str, rng: random.Random, setup: Setup, quota: int) -> None:
        self.name, self._rng, self._quota = name, rng, quota
        self.outages: list[tuple[datetime, datetime]] = []
        day = datetime.combine(setup.start, time(), ZONE)
        end = datetime.combine(setup.end, time(), ZONE)
        while (day := day + timedelta(days=rng.expovariate(1 / 45))) < end:
            self.outages.append((day, day + timedelta(hours=rng.choice((0.2, 1, 4, 12, 36)))))
        self.spent: set[date] = set()
        self._sent: Counter[tuple[int, int]] = Counter()

    def down(self, at: datetime) -> bool:
        """Is there an outage?"""
        return any(start <= at < end for start, end in self.outages)

    def down_all_day(self, day: date) -> bool:
        """From the hour at which messages go out to the evening, or without a message left?"""
        return day in self.spent or all(self.down(datetime.combine(day, tick, ZONE)) for tick in _TICKS[:-2])

    def full(self, at: datetime) -> bool:
        """Is the month used up?"""
        return bool(self._quota) and self._sent[at.year, at.month] >= self._quota

    def take(self, chat: str, at: datetime, blocked: bool) -> bool:
        """Take a message: True, or False where it was taken but the answer got lost. Raises SendFailed."""
        if self.down(at):
            raise SendFailed(Remedy.RETRY, "mất liên lạc")
        if self.full(at):
            raise SendFailed(Remedy.STOP_CHANNEL, "hết hạn mức tháng")
        if blocked:
            raise SendFailed(Remedy.UNLINK, "người nhận đã chặn")
        if self.name == "zalo_oa" and self._rng.random() < 0.05:
            raise SendFailed(Remedy.OTHER_CHANNEL, "quá thời gian được nhắn")
        if self._rng.random() < 0.002:
            raise SendFailed(Remedy.RETRY, "lỗi tạm thời")
        self._sent[at.year, at.month] += 1
        return self._rng.random() >= 0.001


class Simulation:
    """One run; `run` gives its report. `engine` must be empty (None: a database in memory). `progress` is told each day."""

    def __init__(self, setup: Setup, engine: Engine | None = None, progress: Callable[[date], None] | None = None) -> None:
        self.setup, self._progress = setup, progress
        self._rng = random.Random(setup.seed)
        random.seed(setup.seed)  # the outbox's pauses
        self._engine = engine or open_engine("sqlite://")
        migrate(self._engine)
        self._at = datetime.combine(setup.start, time(), ZONE)
        quotas = {"zalo_bot": Quota(max(40, setup.officials * 3), 0, max(4, setup.officials // 10))}
        self._providers = {
            name: _Provider(name, self._rng, setup, quotas[name].messages if name in quotas else 0) for name in _CHANNELS}
        self._stopped: dict[str, float] = {}
        self._policies = Policies.load()
        self._directory = Directory(self._engine, clock=self._now)
        self._store = PlanStore(self._engine, clock=lambda: self._at)
        self._outbox = Outbox(self._engine, clock=self._now)
        self._planner = Planner(self._engine, self._policies, clock=self._now, quotas=quotas, working=self._working)
        self._failover = Failover(self._planner)
        self.report = Report()
        self._duties: dict[str, list[_Duty]] = {}
        self._past: list[_Duty] = []
        self._order: dict[str, list[int]] = {}
        self._places: dict[str, str] = {}
        self._officers: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._chats: dict[int, list[str]] = {}
        self._blocks: dict[tuple[int, str], date] = {}
        self._truth: dict[int, tuple[int, str, list[tuple[int, str, str]]]] = {}
        self._seen = 0
        self._heard: dict[tuple[int, int, str], list[date]] = defaultdict(list)
        self._taken: Counter[tuple[int, int, str, str]] = Counter()
        self._unnoted: set[str] = set()
        self._weeks: Counter[tuple[int, int]] = Counter()
        self._diligence: dict[int, float] = {}
        self._answers: list[dict[str, object]] = []
        self._next = 0

    def run(self) -> Report:
        """Live through all days; what came of it."""
        self._settle_people()
        day = self.setup.start
        while day <= self.setup.end:
            self._at = datetime.combine(day, time(3), ZONE)
            self._live(day)
            if self._progress is not None:
                self._progress(day)
            day += _DAY
        self._judge()
        return self.report

    # -- the world

    def _now(self) -> float:
        return self._at.timestamp()

    def _working(self) -> dict[str, bool]:
        return {name: self._stopped.get(name, 0.0) <= self._now() for name in _CHANNELS}

    def _settle_people(self) -> None:
        provinces = [p.slug for p in Provinces.load() if p.successor is None][: self.setup.provinces]
        agencies = [a.name for a in Registry.load() if a.kind == "so" and a.successor is None and a.since is None][:12]
        for province in provinces:
            self._add("coordinator", province, None)
            for agency in agencies:
                self._add("leader", province, agency)
            diligence = {agency: self._rng.choice((0.0, 0.02, 0.2, 0.8)) for agency in agencies}
            for number in range(max(1, self.setup.officials // len(provinces) - 1 - len(agencies))):
                agency = agencies[number % len(agencies)]
                self._officers[province, agency].append(self._add("officer", province, agency, diligence[agency]))
            self._duties[province], self._order[province] = [], []
            for _ in range(self.setup.rows):
                self._new_duty(province, agencies, self.setup.start)
            self._save(province)

    def _add(self, role: str, province: str, agency: str | None, diligence: float = 0.5) -> int:
        """Register somebody who answers that share of messages; their number."""
        self._next += 1
        official = self._directory.add(f"Cán bộ {self._next}", f"can.bo.{self._next}", province, agency, role)
        chosen = self._rng.sample(_CHANNELS, self._rng.choice((1, 2, 2, 3)))
        for channel in chosen:
            self._directory.link(official, channel, f"{channel}-{official.id}", f"{channel}-{official.id}")
            if self._rng.random() < 0.05:
                days = self._rng.randrange(max(1, (self.setup.end - self.setup.start).days))
                self._blocks[official.id, channel] = self.setup.start + timedelta(days=days)
        self._chats[official.id], self._diligence[official.id] = chosen, diligence
        return official.id

    def _new_duty(self, province: str, agencies: list[str], since: date) -> None:
        self._next += 1
        number, kind = self._next, self._rng.random()
        names = self._rng.sample(agencies, min(len(agencies), self._rng.choice((1, 1, 2)) + self._rng.choice((0, 1, 2))))
        leads = 2 if len(names) > 2 and self._rng.random() < 0.3 else 1
        deadline = since + timedelta(days=self._rng.randrange(5, max(6, (self.setup.end - since).days + 30))) if kind < 0.85 else None
        rule = self._rng.choice(_RULES) if 0.85 <= kind < 0.93 else None
        name = f"Việc {number} về {self._rng.choice(('hạ tầng số', 'đào tạo', 'dữ liệu', 'thủ tục', 'khoa học'))} của tỉnh"
        duty = _Duty(number, province, name, tuple(names[:leads]), tuple(names[leads:]), deadline, rule, since)
        if deadline is not None and self._rng.random() < 0.9:
            duty.done = deadline + timedelta(days=round(self._rng.gauss(-3, 12)))
        self._duties[province].append(duty)
        self._order[province].insert(self._rng.randrange(len(self._order[province]) + 1), number)

    def _save(self, province: str) -> None:
        """Put the plan as it is now in force; rows are numbered by their order."""
        plan_id, duties = f"kh-{province}", {duty.number: duty for duty in self._duties[province]}
        rows = []
        for place, number in enumerate(self._order[province], 1):
            duty = duties[number]
            due = Deadline("", "date", duty.deadline) if duty.deadline else Deadline("Thường xuyên", "recurring", rrule=duty.rule)
            source = Source("kh.txt", (place, place))
            rows.append(Row(plan_id, "task", str(place), duty.name, source, lead=duty.lead, coop=duty.coop, due=due))
        self._places = {ref: n for ref, n in self._places.items() if not ref.startswith(f"{plan_id}#")}
        self._places.update({row.ref: str(number) for row, number in zip(rows, self._order[province])})
        self._store.save(Plan(plan_id, f"Kế hoạch {province}", "kh.txt", province=province, date=self.setup.start, rows=tuple(rows)))

    # -- a day

    def _live(self, day: date) -> None:
        for province in self._duties:
            if day > self.setup.start and self._rng.random() < 1 / 30:
                self._change(province, day)
        follow(self._engine)  # as a round of the night does
        self._report_done(day)
        for number, tick in enumerate(_TICKS):
            self._at = datetime.combine(day, tick, ZONE)
            if number > 1 and not self._open():
                continue
            self._planner.round()
            self.report.failovers += (moves := self._failover.round(self._now(), self._planner.blocked())).moved
            self.report.released += moves.failed
            self._note_new()
            for name in _CHANNELS:
                self._pump(name)
            self._answer()
        spent = self._planner.blocked()
        for name, provider in self._providers.items():
            if name in spent or provider.full(self._at):
                provider.spent.add(day)
        self._planner.prune(day)

    def _open(self) -> bool:
        """Is a message or a digest under way?"""
        waiting = (select(outbox_table.c.id).where(outbox_table.c.done.is_(None)),
                   select(digests.c.queued).where(digests.c.state == "open"))
        with self._engine.connect() as connection:
            return any(connection.scalar(query.limit(1)) is not None for query in waiting)

    def _change(self, province: str, day: date) -> None:
        """A new version of the plan: deadlines moved, rows gone, rows new, and with them other numbers."""
        self.report.plan_changes += 1
        agencies = sorted({agency for place, agency in self._officers if place == province})
        open_ = [duty for duty in self._duties[province] if duty.deadline and duty.deadline > day and not duty.done_by(day)]
        self._rng.shuffle(open_)
        for duty in open_[:5]:
            self._past.append(replace(duty, until=day))
            duty.deadline, duty.since = day + timedelta(days=self._rng.randrange(3, 120)), day
            duty.done = duty.deadline + timedelta(days=round(self._rng.gauss(-3, 12))) if self._rng.random() < 0.9 else None
        for duty in open_[5:7]:
            self._past.append(replace(duty, until=day))
            self._duties[province].remove(duty)
            self._order[province].remove(duty.number)
        for _ in range(4):
            self._new_duty(province, agencies, day)
        self._save(province)

    def _report_done(self, day: date) -> None:
        reports = []
        refs = {number: ref for ref, number in self._places.items()}
        for province, duties in self._duties.items():
            for duty in duties:
                if duty.done is not None and max(duty.done, duty.since) == day:
                    for agency in duty.lead:
                        officers = self._officers[province, agency]
                        if officers:
                            reports.append((self._rng.choice(officers), refs[str(duty.number)]))
        if reports:
            with writing(self._engine) as connection:
                for official, ref in reports:
                    choices.hush(connection, official, ref, "done", self._now())

    def _note_new(self) -> None:
        """What the new messages are really about, while the numbers are those of today."""
        o = outbox_table.c
        with self._engine.connect() as connection:
            for id_, dedupe, message in connection.execute(select(o.id, o.dedupe, o.message).where(o.id > self._seen).order_by(o.id)):
                self._seen = id_
                record = json.loads(message)["record"]
                about = [(int(self._places[n["ref"]]), n["deadline"], n["step"]) for n in record["notices"] if n["ref"] in self._places]
                self._truth[id_] = (int(dedupe.split(":")[1]), ":".join(dedupe.split(":")[:3]), about)

    def _pump(self, name: str) -> None:
        provider = self._providers[name]
        while self._stopped.get(name, 0.0) <= self._now() and (waiting := self._outbox.claim(name, 60)) is not None:
            official = self._truth[waiting.id][0]
            block = self._blocks.get((official, name))
            try:
                noted = provider.take(waiting.message.chat, self._at, block is not None and block <= self._at.date())
            except SendFailed as failure:
                self.report.failures[failure.reason] += 1
                self._outbox.failed(waiting, failure)
                if failure.remedy is Remedy.STOP_CHANNEL:
                    self._stopped[name] = self._now() + 12 * _STOPPED
                elif failure.remedy is Remedy.UNLINK:
                    self._directory.mark_dead(name, waiting.message.chat)
                continue
            self._taken_by(waiting, noted)
            if noted:
                self._outbox.sent(waiting, "id")

    def _answer(self) -> None:
        """People who got something answer "đã nhận"."""
        if self._answers:
            which = update(notices).where(notices.c.official == bindparam("person"), notices.c.dedupe == bindparam("digest"))
            with writing(self._engine) as connection:
                connection.execute(which.values(acknowledged=self._now()), self._answers)
            self._answers.clear()

    def _taken_by(self, waiting: Waiting, noted: bool) -> None:
        """A provider has a message; the person may answer it."""
        official, digest, about = self._truth[waiting.id]
        day = self._at.date()
        self.report.messages += 1
        self._weeks[official, (day - self.setup.start).days // 7] += 1
        for number, deadline, step in about:
            self._heard[official, number, deadline].append(day)
            self._taken[official, number, deadline, step] += 1
            if self._taken[official, number, deadline, step] > 1:
                if digest in self._unnoted:
                    self.report.in_window += 1
                else:
                    self.report.doubled += 1
        if not noted:
            self._unnoted.add(digest)
        if self._rng.random() < self._diligence[official]:
            self._answers.append({"person": official, "digest": digest})

    # -- afterwards

    def _judge(self) -> None:
        with self._engine.connect() as connection:
            self.report.escalations = connection.scalar(
                select(func.count()).select_from(notices).where(notices.c.step.like("up:%"))) or 0
        for duty in [*self._past, *(duty for duties in self._duties.values() for duty in duties)]:
            for day in self._days(duty):
                for agency in duty.lead:
                    for official in self._officers[duty.province, agency]:
                        self._judge_one(duty, day, official)
        officials, weeks = len(self._chats), (self.setup.end - self.setup.start).days // 7
        counts = sorted(self._weeks.get((official, week), 0) for official in self._chats for week in range(weeks)) or [0]
        self.report.median = statistics.median(counts)
        self.report.percentile95 = counts[min(len(counts) - 1, round(0.95 * officials * weeks))]

    def _days(self, duty: _Duty) -> Iterator[date]:
        """The days on which the work was due, while it stood so and was not reported done."""
        last = min(self.setup.end, (duty.until or self.setup.end + _DAY) - _DAY)
        if duty.deadline is not None:
            if duty.since <= duty.deadline <= last and not duty.done_by(duty.deadline):
                yield duty.deadline
        elif duty.rule is not None:
            workdays = workdays_of(self._policies.of(duty.province))
            yield from occurrences(duty.rule, self.setup.start, duty.since, last, workdays)

    def _judge_one(self, duty: _Duty, day: date, official: int) -> None:
        heard = self._heard.get((official, duty.number, day.isoformat()), [])
        self.report.deadlines += 1
        if any(on <= day for on in heard):
            self.report.in_time += 1
        elif not self._reachable(official, max(duty.since, self._first_step(duty, day)), day):
            self.report.unreachable += 1
        elif heard:
            self.report.late += 1
        else:
            self.report.lost += 1
            self.report.lost_cases.append(f"cán bộ {official}, việc {duty.number}, hạn {day}, biết từ {duty.since}, {duty.rule or ''}")

    def _first_step(self, duty: _Duty, day: date) -> date:
        """When the work could be told of for the first time."""
        policy = self._policies.of(duty.province)
        steps = policy.lead_days if duty.rule is None else policy.recurring[period_of(duty.rule)]
        return workday_until(day - timedelta(days=max(steps)), workdays_of(policy)) if max(steps) else day

    def _reachable(self, official: int, first: date, last: date) -> bool:
        """Did a channel of the official's work on any day on which they could be told?"""
        policy = self._policies.default
        workdays = workdays_of(policy)
        day = first
        while day <= last:
            if workdays.works(day) or day == last:
                for name in self._chats[official]:
                    block = self._blocks.get((official, name))
                    if (block is None or block > day) and not self._providers[name].down_all_day(day):
                        return True
            day += _DAY
        return False
