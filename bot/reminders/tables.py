"""The tables of reminders. A reminder is no timer: a line here says that something was told, so that it is told once."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Double,
    Engine,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from knowledge.store import COUNTED, make_tables

metadata = MetaData()

#: One line a notice to a person: of row `ref` with this `deadline`, for this `step` ("-30", "-7", "-1", "0", "late:2026-03-02",
#: "moved", "gone", "summary:2026-W10", "own:<request>"…). `outbox` is the message that carried it; `acknowledged` when the person
#: answered "đã nhận"; `told_on` the day it was for. The unique key makes a second telling impossible.
notices = Table(
    "reminder_notices", metadata,
    Column("id", COUNTED, primary_key=True, autoincrement=True),
    Column("official", COUNTED, nullable=False),
    Column("ref", String(300), nullable=False),
    Column("deadline", String(40), nullable=False),
    Column("step", String(60), nullable=False),
    Column("told_on", Date, nullable=False),
    Column("dedupe", String(255), nullable=False),   # the outbox message's
    Column("acknowledged", Double),
    Column("created", Double, nullable=False),
    UniqueConstraint("official", "ref", "deadline", "step", name="uq_reminder_notice"),
    Index("ix_reminder_notices_ref", "ref", "official"),
    Index("ix_reminder_notices_dedupe", "dedupe"),
)

#: One line a person: the hour they chose ("07:30"), their channels in order (JSON list; empty: all their links, latest first),
#: whether all reminders are off until a time.
preferences = Table(
    "reminder_preferences", metadata,
    Column("official", COUNTED, primary_key=True, autoincrement=False),
    Column("hour", String(5), nullable=False, server_default="07:30"),
    Column("channels", Text, nullable=False, server_default="[]"),
    Column("off", Boolean, nullable=False, server_default="0"),
    Column("email", String(200)),
)

#: One line a row that a person has put off (`until` a day) or switched off or reported done (`until` NULL; of recurring work the day
#: after the one it was due on).
quiet = Table(
    "reminder_quiet", metadata,
    Column("official", COUNTED, primary_key=True, autoincrement=False),
    Column("ref", String(300), primary_key=True),
    Column("why", String(20), nullable=False),       # snoozed, muted, done
    Column("until", Date),
    Column("at", Double, nullable=False),
)

#: One line a reminder that a person asked for: of a row some days before its deadline (`ref`, `days`), of a row at a time (`ref`, `at`),
#: or a standing one ("mỗi sáng thứ hai gửi việc của sở trong tuần": `rrule`, `about`="week").
requests = Table(
    "reminder_requests", metadata,
    Column("id", COUNTED, primary_key=True, autoincrement=True),
    Column("official", COUNTED, nullable=False),
    Column("ref", String(300)),
    Column("days", Integer),
    Column("at", Double),
    Column("rrule", Text),
    Column("about", String(40)),
    Column("said", Text, nullable=False),             # as the person asked, for "đang được nhắc những gì"
    Column("created", Double, nullable=False),
    Column("ended", Double),
    Index("ix_reminder_requests_official", "official"),
)

#: One line a calendar feed: a secret link, known by its hash, of a person or of an agency; `revoked` ends it.
feeds = Table(
    "calendar_feeds", metadata,
    Column("hash", String(64), primary_key=True),
    Column("official", COUNTED, nullable=False),
    Column("agency", String(300)),
    Column("created", Double, nullable=False),
    Column("revoked", Double),
)

#: One line a digest of a person for a day (or a message beside it): `outbox` names the message that carries it now, `channel` where it
#: goes, `tried` (JSON list) the channels before. `state`: open, arrived, failed (nobody could take it: its notices are told anew).
#: `queued`: when the message was put in the outbox, UTC seconds; `again`: when all channels are tried once more.
digests = Table(
    "reminder_digests", metadata,
    Column("dedupe", String(255), primary_key=True),
    Column("official", COUNTED, nullable=False),
    Column("day", Date, nullable=False),
    Column("outbox", String(255), nullable=False),
    Column("channel", String(40), nullable=False),
    Column("tried", Text, nullable=False, server_default="[]"),
    Column("state", String(10), nullable=False),
    Column("error", Text),
    Column("queued", Double, nullable=False),
    Column("again", Double),
    Column("created", Double, nullable=False),
    Index("ix_reminder_digests_day", "day", "official"),
    Index("ix_reminder_digests_open", "queued", sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'")),
)

#: One line (id 1): the revision of the knowledge base whose references the notices use.
state = Table(
    "reminder_state", metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("revision", BigInteger, nullable=False),
)

#: One line a plan: its version whose references the notices use.
plans = Table(
    "reminder_plans", metadata,
    Column("plan_id", String(200), primary_key=True),
    Column("version", Integer, nullable=False),
)


def prepare(engine: Engine) -> None:
    """Make the tables where they are missing."""
    make_tables(engine, metadata)
