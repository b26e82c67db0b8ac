"""The month's messages against what each channel allows: used so far, left, and foreseen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import Engine, func, literal, select

from bot.delivery.tables import inbox, outbox
from bot.officials.tables import links
from bot.reminders.calendar import ZONE


@dataclass(frozen=True)
class Quota:
    """What a channel allows: messages a calendar month, and people (0: no limit). `reserve`: messages kept for replies."""

    messages: int = 0
    people: int = 0
    reserve: int = 0


#: The free plan of Zalo's bot platform. Telegram and e-mail have no monthly limit; Zalo OA's depends on the contract.
QUOTAS: Mapping[str, Quota] = {"zalo_bot": Quota(3000, 50, 300)}
OFFICIAL_ACCOUNT = "zalo_oa"
_FREE, _PAID, _FOREVER = 48 * 3600.0, 7 * 86_400.0, float("inf")
_WARN = 0.8


@dataclass(frozen=True)
class Forecast:
    """One channel's month: messages sent so far, reminders still to come, people who get them there."""

    channel: str
    quota: Quota
    used: int
    coming: int
    people: int

    @property
    def warnings(self) -> list[str]:
        """What to look after, in Vietnamese."""
        found, whole = [], self.used + self.coming
        if self.quota.messages and whole > self.quota.messages - self.quota.reserve:
            found.append(f"dự kiến {whole} tin, vượt hạn mức {self.quota.messages} tin/tháng (chừa {self.quota.reserve} tin trả lời)")
        elif self.quota.messages and whole > _WARN * self.quota.messages:
            found.append(f"dự kiến {whole} tin, gần hết hạn mức {self.quota.messages} tin/tháng")
        if self.quota.people and self.people > self.quota.people:
            found.append(f"{self.people} người nhận, vượt giới hạn {self.quota.people} người")
        return found


@dataclass(frozen=True)
class Windows:
    """People on Zalo OA by how long ago they last wrote: free to write to (48 hours), for a fee (7 days), by template only."""

    free: int
    paid: int
    template: int


def windows(engine: Engine, now: float) -> Windows:
    """Whom Zalo OA lets us write to at a moment (UTC seconds)."""
    last = (select(links.c.chat, func.max(inbox.c.received).label("at"))
            .join_from(links, inbox, inbox.c.conversation == literal(f"{OFFICIAL_ACCOUNT}:").concat(links.c.chat), isouter=True)
            .where(links.c.channel == OFFICIAL_ACCOUNT, links.c.dead.is_(None)).group_by(links.c.chat))
    with engine.connect() as connection:
        ages = [_FOREVER if line.at is None else now - line.at for line in connection.execute(last)]
    free, paid = sum(age <= _FREE for age in ages), sum(_FREE < age <= _PAID for age in ages)
    return Windows(free, paid, len(ages) - free - paid)


def month_start(day: date) -> float:
    """When the month of a day began, UTC seconds."""
    return datetime.combine(day.replace(day=1), time(), ZONE).timestamp()


def used(engine: Engine, today: date) -> dict[str, int]:
    """Messages that each channel has taken this month, replies included."""
    counted = select(outbox.c.channel, func.count().label("number")).where(outbox.c.sent >= month_start(today))
    with engine.connect() as connection:
        return {line.channel: line.number for line in connection.execute(counted.group_by(outbox.c.channel))}


def spent(counts: Mapping[str, int], quotas: Mapping[str, Quota]) -> set[str]:
    """The channels that have no message left for reminders this month."""
    return {channel for channel, quota in quotas.items() if quota.messages and counts.get(channel, 0) >= quota.messages - quota.reserve}


def forecast(channels: Iterable[tuple[str, int]], counts: Mapping[str, int], quotas: Mapping[str, Quota]) -> list[Forecast]:
    """Per channel, of (channel, digests to come) of each person."""
    coming: dict[str, int] = dict.fromkeys(counts, 0)
    people: dict[str, int] = {}
    for channel, count in channels:
        coming[channel] = coming.get(channel, 0) + count
        people[channel] = people.get(channel, 0) + 1
    return [Forecast(name, quotas.get(name, Quota()), counts.get(name, 0), coming[name], people.get(name, 0)) for name in sorted(coming)]
