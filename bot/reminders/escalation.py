"""Reminders that nobody answered: the leader of the agency hears of them, then the province's coordinator."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, timedelta

from sqlalchemy import Engine, func, or_, select

from bot.officials.tables import officials
from bot.reminders.calendar import workdays_of
from bot.reminders.tables import notices
from knowledge.services.remind.notices import Notice
from knowledge.services.remind.policy import Policies
from knowledge.services.remind.steps import LATE
from knowledge.services.remind.workdays import workdays_after
from knowledge.services.remind.works import AgencyKeys, WorkBook

_BACK = timedelta(days=21)


class Unanswered:
    """What stands unanswered today: `of_agency` for leaders, `of_province` for coordinators."""

    def __init__(self) -> None:
        self.of_agency: defaultdict[tuple[str, str], list[Notice]] = defaultdict(list)
        self.of_province: defaultdict[str, list[Notice]] = defaultdict(list)


def unanswered(
    engine: Engine, book: WorkBook, keys: AgencyKeys, policies: Policies, today: date, done: Collection[str],
    covered: Mapping[tuple[str, str], Collection[str]],
) -> Unanswered:
    """The 1-day and late reminders that officers were told and none of their agency has answered, after the policy's working days."""
    n, o = notices.c, officials.c
    grouped = (
        select(n.ref, n.deadline, n.step, o.province, o.agency, func.min(n.told_on), func.max(n.acknowledged))
        .join_from(notices, officials, o.id == n.official)
        .where(n.told_on >= today - _BACK, or_(n.step == "-1", n.step.like(f"{LATE}%")), o.role == "officer")
        .group_by(n.ref, n.deadline, n.step, o.province, o.agency))
    first: dict[tuple[str, str, bool, str, str], date] = {}
    answered: set[tuple[str, str, bool, str, str]] = set()
    with engine.connect() as connection:
        for ref, deadline, step, province, agency, told, acknowledged in connection.execute(grouped):
            key = keys.key(agency or "", province or "")
            if key is None or province is None:
                continue
            which = (ref, deadline, step != "-1", province, key)
            first[which] = min(told, first.get(which, told))
            if acknowledged is not None:
                answered.add(which)
    found = Unanswered()
    for which, told in first.items():
        ref, deadline, is_late, province, key = which
        work = book.by_ref.get(ref)
        if which in answered or work is None or work.deadline is None or work.deadline.isoformat() != deadline:
            continue
        if ref in done or ref in covered.get((province, key), ()) or (not is_late and work.deadline < today):
            continue
        policy = policies.of(province)
        workdays = workdays_of(policy)
        notice = Notice(ref, deadline, f"up:{'late' if is_late else '-1'}", "escalated", work, work.deadline)
        if workdays_after(told, policy.escalate_leader, workdays) <= today:
            found.of_agency[province, key].append(notice)
        if workdays_after(told, policy.escalate_coordinator, workdays) <= today:
            found.of_province[province].append(notice)
    return found
