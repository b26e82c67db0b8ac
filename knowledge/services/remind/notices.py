"""What one person is to hear on one day, given what they heard before."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from typing import Literal

from knowledge.services.remind.occurrences import hour_of, occurrences, period_of
from knowledge.services.remind.policy import Policy
from knowledge.services.remind.steps import LATE, Step, latest_step, rank_of
from knowledge.services.remind.workdays import DAY, Workdays, workday_from, workday_until
from knowledge.services.remind.works import Duties, Work, WorkBook

Kind = Literal["lead", "coop", "again", "own", "moved", "gone", "handed", "escalated", "unreached", "week", "standing"]
_FORGET = timedelta(days=14)   # what is older than this and over is not worth a word
_AHEAD = timedelta(days=20)    # more than offices are ever closed at a stretch
_SOON = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Summary:
    """What a summary lists. `people`: agencies whose dated work nobody hears of, because none of their officers is registered."""

    late: tuple[Work, ...] = ()
    soon: tuple[tuple[date, Work], ...] = ()
    standing: tuple[Work, ...] = ()
    shared: tuple[Work, ...] = ()
    unheard: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.late or self.soon or self.standing or self.unheard)


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell. `ref`, `deadline`, `step` are its key for the person, `day` its deadline, `hour` by when on that day.

    `old`: the deadline that the person was told before, where it has moved. `note`: what only this notice says.
    """

    ref: str
    deadline: str
    step: str
    kind: Kind
    work: Work | None = None
    day: date | None = None
    hour: time | None = None
    old: date | None = None
    note: str = ""
    summary: Summary | None = None
    rank: int = 0

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes it one telling."""
        return self.ref, self.deadline, self.step


@dataclass(frozen=True, slots=True)
class Told:
    """A notice that was told; later ones come later."""

    ref: str
    deadline: str
    step: str


@dataclass(frozen=True, slots=True)
class Quiet:
    """What a person wants of a row: snoozed until a day, muted, or done (of recurring work: until the day after that time)."""

    why: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """A reminder a person asked for: of a row some days before its deadline, or (`at` has come) at a time. `key` makes it one telling."""

    key: str
    ref: str | None
    days: int | None = None
    said: str = ""
    week: bool = False


@dataclass(frozen=True, slots=True)
class Audience:
    """People who are told the same: those of one agency (None: of the whole province) in one role.

    `alarms`: they get the steps of their agency's deadlines; `weekly`: the weekly summary; `monthly`: that of standing work.
    """

    provinces: tuple[str, ...]
    agency: str | None
    alarms: bool = False
    weekly: bool = False
    monthly: bool = False


@dataclass(frozen=True)
class _Part:
    """What an audience hears on the day, and the rows that are its own."""

    notices: tuple[Notice, ...]
    own: frozenset[str]


@dataclass(frozen=True)
class Past:
    """What there is between a person and the assistant already. `covered`: rows that their agency (of a coordinator: all) reported done."""

    told: Sequence[Told] = ()
    quiet: Mapping[str, Quiet] = field(default_factory=dict)
    covered: Collection[str] = ()
    requests: Sequence[Request] = ()


class Agenda:
    """One day's reminders over one state of the knowledge base. What an audience hears is worked out once.

    `done`: rows reported done for everybody. `unheard`: per province the agencies without a registered officer or leader.
    """

    def __init__(
        self, book: WorkBook, today: date, policy: Policy, workdays: Workdays, done: Collection[str] = (),
        unheard: Mapping[str, Collection[str]] | None = None,
    ) -> None:
        self.book, self.today, self.policy, self.workdays = book, today, policy, workdays
        self._done, self._unheard = done, unheard or {}
        self._parts: dict[Audience, _Part] = {}
        self._steps: dict[tuple[date, bool], Step | None] = {}
        self._dates: dict[tuple[str, date | None, date, date], list[date]] = {}

    def notices(self, audience: Audience, past: Past, escalated: Iterable[Notice] = ()) -> list[Notice]:
        """What a person of the audience is to hear now, the most urgent first. `escalated`: what their agency left unanswered."""
        part = self.part(audience)
        keys = {(t.ref, t.deadline, t.step) for t in past.told}
        ranks: dict[tuple[str, str], int] = {}
        last: dict[str, Told] = {}
        for told in past.told:
            rank = rank_of(told.step, told.deadline)
            if rank is not None:
                ranks[told.ref, told.deadline] = max(rank, ranks.get((told.ref, told.deadline), rank))
            if rank is not None or told.step.startswith(("moved:", "gone:", "handed:", "own:")) and told.ref:
                last[told.ref] = told
        found = [
            notice for notice in part.notices if notice.summary is None
            and ranks.get((notice.ref, notice.deadline), notice.rank - 1) < notice.rank and not self._silent(notice.ref, past)
        ]
        summaries = (replace(n, summary=self._heard(n.summary, past)) for n in part.notices if n.summary is not None and n.key not in keys)
        found += [notice for notice in summaries if notice.summary]
        found += [notice for notice in self._again(past) if notice.key not in keys]
        found += [notice for notice in self._requested(audience, past) if notice.key not in keys]
        found += [notice for notice in escalated if notice.key not in keys and not self._silent(notice.ref, past)]
        once = {notice.key: notice for notice in self._with_changes(found, audience, part, past, last)}
        return sorted(once.values(), key=lambda notice: urgency(notice, self.today))

    def on_day_off(self, found: Iterable[Notice]) -> list[Notice]:
        """What of it is told on a weekend or holiday: what is due that very day, and what the person asked for."""
        return [n for n in found if n.kind in ("own", "again") or n.kind == "lead" and n.day == self.today]

    def part(self, audience: Audience) -> _Part:
        """What all of an audience hear, were nothing told yet."""
        if audience not in self._parts:
            duties = self.duties(audience)
            notices = [*self._alarms(duties)] if audience.alarms else []
            if audience.weekly:
                notices += self._weekly(audience, duties)
            if audience.monthly:
                notices += self._monthly(audience, duties)
            own = frozenset(work.ref for work in (*duties.lead, *duties.coop, *duties.shared))
            self._parts[audience] = _Part(tuple(notices), own)
        return self._parts[audience]

    def duties(self, audience: Audience) -> Duties:
        """The work of an audience; all of its provinces' plans where it has no agency."""
        if audience.agency is None:
            return Duties(lead=self.book.of_provinces(audience.provinces))
        return self.book.duties(audience.provinces, audience.agency)

    def days_of(self, work: Work, first: date, last: date) -> list[date]:
        """The days from `first` to `last` on which the work is due."""
        if work.deadline is not None:
            return [work.deadline] if first <= work.deadline <= last else []
        if work.rule is None:
            return []
        start = self.book.plans[work.plan].date
        asked = (work.rule, start, first, last)
        if asked not in self._dates:
            self._dates[asked] = occurrences(work.rule, start, first, last, self.workdays)
        return self._dates[asked]

    # -- what an audience hears

    def _alarms(self, duties: Duties) -> Iterable[Notice]:
        for works, leads in ((duties.lead, True), (duties.coop, False)):
            for work in works:
                if work.ref in self._done:
                    continue
                if work.deadline is not None:
                    step = self._step(work.deadline, leads)
                    if step is not None:
                        yield _step_notice(work, work.deadline, step, leads)
                elif work.rule is not None and leads:
                    yield from self._of_recurring(work, work.rule)

    def _step(self, deadline: date, leads: bool) -> Step | None:
        if (deadline, leads) not in self._steps:
            policy = self.policy
            if leads:
                step = latest_step(deadline, policy.lead_days, policy.late_weekday, self.today, self.workdays)
            else:  # once it is over it is the leading agency's matter
                step = latest_step(deadline, policy.coop_days, None, self.today, self.workdays) if self.today <= deadline else None
            self._steps[deadline, leads] = step
        return self._steps[deadline, leads]

    def _of_recurring(self, work: Work, rule: str) -> Iterable[Notice]:
        days = self.policy.recurring.get(period_of(rule), ())
        if not days:
            return
        for day in self.days_of(work, self.today, self.today + timedelta(days=days[0]) + _AHEAD):
            step = latest_step(day, days, None, self.today, self.workdays)
            if step is not None:
                yield replace(_step_notice(work, day, step, True), hour=hour_of(rule))

    def _weekly(self, audience: Audience, duties: Duties) -> Iterable[Notice]:
        monday = self.today - timedelta(days=self.today.weekday())
        if self.today < workday_from(monday + timedelta(days=self.policy.summary_weekday), self.workdays):
            return
        first_of_month = (monday + timedelta(days=self.policy.summary_weekday)).day <= 7
        summary = self.summary(duties, standing=self.policy.standing and first_of_month)
        if audience.agency is None:
            unheard = {name for province in audience.provinces for name in self._unheard.get(province, ())}
            summary = replace(summary, unheard=tuple(sorted(unheard)))
        if summary:
            year, week, _ = self.today.isocalendar()
            yield Notice(_whose(audience), "", f"summary:{year}-W{week:02}", "week", summary=summary)

    def _monthly(self, audience: Audience, duties: Duties) -> Iterable[Notice]:
        month = self.today.replace(day=1)
        first = month + timedelta(days=(self.policy.summary_weekday - month.weekday()) % 7)
        standing = tuple(work for work in duties.lead if work.deadline is None and work.rule is None and work.ref not in self._done)
        if self.policy.standing and standing and self.today >= workday_from(first, self.workdays):
            summary = Summary(standing=standing, shared=tuple(duties.shared))
            yield Notice(_whose(audience), "", f"standing:{self.today:%Y-%m}", "standing", summary=summary)

    def summary(self, duties: Duties, standing: bool) -> Summary:
        """What is late, what is due within a week (of today), and, where asked for, what has no last day."""
        lead = [work for work in duties.lead if work.ref not in self._done]
        late = sorted((work for work in lead if work.deadline and work.deadline < self.today), key=lambda work: work.deadline or date.max)
        soon = sorted(
            ((day, work) for work in lead for day in self.days_of(work, self.today, self.today + _SOON)), key=lambda due: due[0])
        shared = tuple(work for work in duties.shared if self.days_of(work, self.today, self.today + _SOON) or standing)
        lasting = tuple(work for work in lead if work.deadline is None and work.rule is None) if standing else ()
        return Summary(tuple(late), tuple(soon), lasting, shared)

    # -- what only this person hears

    def _silent(self, ref: str, past: Past) -> bool:
        quiet = past.quiet.get(ref)
        if quiet is None:
            return ref in past.covered
        return self.today < quiet.until if quiet.until is not None else quiet.why != "snoozed"

    def _heard(self, summary: Summary, past: Past) -> Summary:
        """The summary without what the person does not want to hear of and what was reported done."""
        if not past.quiet and not past.covered:
            return summary

        def left(works: tuple[Work, ...]) -> tuple[Work, ...]:
            return tuple(work for work in works if not self._silent(work.ref, past))

        soon = tuple((day, work) for day, work in summary.soon if not self._silent(work.ref, past))
        return replace(summary, late=left(summary.late), soon=soon, standing=left(summary.standing), shared=left(summary.shared))

    def _again(self, past: Past) -> Iterable[Notice]:
        """Rows whose putting off is over."""
        for ref, quiet in past.quiet.items():
            work = self.book.by_ref.get(ref)
            if quiet.why != "snoozed" or quiet.until is None or work is None or ref in self._done or ref in past.covered:
                continue
            if workday_until(quiet.until, self.workdays) <= self.today < quiet.until + _FORGET:
                day = self._next(work)
                yield Notice(ref, day.isoformat() if day else "", f"again:{quiet.until.isoformat()}", "again", work, day)

    def _requested(self, audience: Audience, past: Past) -> Iterable[Notice]:
        for request in past.requests:
            work = self.book.by_ref.get(request.ref or "")
            if request.week:
                summary = self._heard(self.summary(self.duties(audience), standing=False), past)
                yield Notice("", "", request.key, "own", note=request.said, summary=summary)
            elif request.ref is None or work is None:
                if request.days is None:
                    yield Notice(request.ref or "", "", request.key, "own", note=request.said)
            elif self._silent(work.ref, past) and (work.ref not in past.quiet or past.quiet[work.ref].why != "snoozed"):
                continue
            elif request.days is None:
                day = self._next(work)
                yield Notice(work.ref, "", request.key, "own", work, day, note=request.said)
            else:
                for day in self.days_of(work, self.today, self.today + timedelta(days=request.days) + _AHEAD):
                    if workday_until(day - timedelta(days=request.days), self.workdays) <= self.today:
                        yield Notice(work.ref, day.isoformat(), request.key, "own", work, day, note=request.said)
                        break

    def _next(self, work: Work) -> date | None:
        """The deadline, or the next day of a recurring duty."""
        if work.deadline is not None or work.rule is None:
            return work.deadline
        return next(iter(self.days_of(work, self.today, self.today + timedelta(days=400))), None)

    def _with_changes(
        self, found: list[Notice], audience: Audience, part: _Part, past: Past, last: Mapping[str, Told]
    ) -> list[Notice]:
        """The notices with what changed of what the person was told: another deadline, gone from the plan, given to others."""
        place = {notice.ref: number for number, notice in enumerate(found) if notice.work is not None}
        for ref, told in last.items():
            quiet = past.quiet.get(ref)
            if quiet is not None and quiet.why != "snoozed" or not told.deadline:
                continue
            work, old = self.book.by_ref.get(ref), date.fromisoformat(told.deadline)
            over = told.step.startswith(("gone:", "handed:"))
            matters = old >= self.today - _FORGET or told.step.startswith(LATE)
            if work is None:
                if not over and matters:
                    found.append(Notice(ref, told.deadline, f"gone:{self.today.isoformat()}", "gone", day=old))
            elif audience.agency is not None and ref not in part.own and not told.step.startswith("own:"):
                if not over and matters:
                    found.append(Notice(ref, told.deadline, f"handed:{self.today.isoformat()}", "handed", work, work.deadline))
            elif work.rule is None and work.deadline != old:
                if ref in place:
                    found[place[ref]] = replace(found[place[ref]], old=old)
                elif matters or (work.deadline is not None and work.deadline >= self.today):
                    deadline = work.deadline.isoformat() if work.deadline else ""
                    found.append(Notice(ref, deadline, f"moved:{self.today.isoformat()}", "moved", work, work.deadline, old=old))
        return found


def _step_notice(work: Work, day: date, step: Step, leads: bool) -> Notice:
    return Notice(work.ref, day.isoformat(), step.name, "lead" if leads else "coop", work, day, rank=step.rank)


def _whose(audience: Audience) -> str:
    return f"agency:{audience.agency}" if audience.agency else f"province:{audience.provinces[0]}"


_ORDER: Mapping[str, int] = {
    "escalated": 3, "unreached": 3, "moved": 5, "own": 6, "again": 6, "lead": 7, "coop": 7, "gone": 8, "handed": 8, "week": 9,
    "standing": 10,
}
_DATED = ("lead", "coop", "own", "again", "moved")


def urgency(notice: Notice, today: date) -> tuple[int, int, str]:
    """Sorts notices: due today, due tomorrow, unanswered by others, late (the latest first), moved, asked for, due later, the rest."""
    order, day = _ORDER[notice.kind], (notice.day or date.max).toordinal()
    if notice.kind in _DATED and notice.day is not None and notice.day <= today + DAY:
        order = 0 if notice.day == today else 1 if notice.day > today else 4
    return order, -day if order == 4 else day, notice.ref
