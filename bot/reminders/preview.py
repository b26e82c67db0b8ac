"""The calendar of an agency's coming reminders, to be read by a person; and how many messages it makes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from bot.reminders import digest
from bot.reminders.budget import Forecast, Quota, forecast
from bot.reminders.calendar import workdays_of
from bot.reminders.people import Person
from knowledge.services.remind import preview
from knowledge.services.remind.notices import Audience, Notice
from knowledge.services.remind.policy import Policies
from knowledge.services.remind.works import WorkBook

_WEEKDAYS = ("T2", "T3", "T4", "T5", "T6", "T7", "CN")
_LONGEST = 90


def calendar(book: WorkBook, provinces: tuple[str, ...], key: str | None, first: date, last: date, policies: Policies) -> Iterator[str]:
    """Lines: for each day with a digest what officers and leaders (without an agency: the coordinator) hear."""
    policy = policies.of(provinces[0])
    audiences = [("đầu mối", Audience(provinces, None, weekly=True))] if key is None else [
        ("chuyên viên", Audience(provinces, key, alarms=True, monthly=True)), ("lãnh đạo", Audience(provinces, key, weekly=True))]
    by_day: dict[date, list[tuple[str, list[Notice]]]] = {}
    for who, audience in audiences:
        for day, notices in preview.days(book, audience, first, last, policy, workdays_of(policy)):
            by_day.setdefault(day, []).append((who, notices))
    month = 0
    for day in sorted(by_day):
        if day.month != month:
            month = day.month
            yield f"\nTháng {month}/{day.year}"
        head = f"{_WEEKDAYS[day.weekday()]} {day.day:02}/{day.month:02}"
        for who, notices in by_day[day]:
            for number, line in enumerate(_lines(notices, day)):
                yield f"  {head if not number else '':8}  {who if not number else '':11}  {line}"
            head = ""


def foresee(
    book: WorkBook, people: Iterable[Person], today: date, last: date, policies: Policies, used: dict[str, int], quotas: dict[str, Quota]
) -> list[Forecast]:
    """The messages from `today` to `last` per channel, each person being written to on the channel they like best."""
    counts: dict[tuple[str, Audience], int] = {}
    sent = []
    for person in people:
        place = next(iter(person.addresses), person.web)
        if place is None or person.off:
            continue
        asked = (person.province, person.audience)
        if asked not in counts:
            policy = policies.of(person.province)
            counts[asked] = sum(1 for _ in preview.days(book, person.audience, today, last, policy, workdays_of(policy)))
        sent.append((place.channel, counts[asked]))
    return forecast(sent, used, quotas)


def _lines(notices: list[Notice], day: date) -> Iterator[str]:
    for notice in notices:
        if notice.summary is not None:
            yield _summary(notice)
        elif notice.work is not None and notice.day is not None:
            coop = " (phối hợp)" if notice.kind == "coop" else ""
            yield f"{digest.label(notice.ref)}{coop}: {digest.when(notice.day, notice.hour, day)} – {_short(notice.work.name)}"


def _summary(notice: Notice) -> str:
    assert notice.summary is not None
    parts = [(len(notice.summary.soon), "đến hạn trong 7 ngày"), (len(notice.summary.late), "quá hạn"),
             (len(notice.summary.standing), "thường xuyên"), (len(notice.summary.unheard), "cơ quan chưa có người nhận nhắc")]
    head = "tóm tắt tuần" if notice.kind == "week" else "việc thường xuyên của tháng"
    return f"{head}: {', '.join(f'{count} {what}' for count, what in parts if count)}"


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else name[:_LONGEST].rsplit(" ", 1)[0].rstrip(",;:. …") + "…"
