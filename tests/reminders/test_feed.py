"""Calendars, read by a library that did not write them; their links; and how they are served."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import vobject
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import Engine, select, text

from bot.officials.directory import Directory
from bot.officials.official import Official
from bot.reminders import choices
from bot.reminders.calendar import ZONE, VietnamWorkdays
from bot.reminders.feed import MOST_LINKS, Feeds
from bot.reminders.tables import feeds as links
from bot.server.feeds import add_feeds, address_of
from knowledge.model import Deadline, Row
from knowledge.services.remind.occurrences import occurrences
from knowledge.store import PlanStore, migrate, open_engine, writing
from tests.reminders.one_or_both import BOTH, database_url, postgres_server
from tests.sample_plans import sample_plan, task, with_rows

__all__ = ["database_url", "postgres_server"]

NOW = datetime(2025, 12, 10, 9, 0, tzinfo=ZONE).timestamp()
HEALTH = ("Sở Y tế",)
WEEKLY = "FREQ=WEEKLY;BYDAY=FR;BYHOUR=15;BYMINUTE=30"
RULES = {"r1": WEEKLY, "r2": "FREQ=MONTHLY", "r3": "FREQ=MONTHLY;INTERVAL=3", "r4": "FREQ=MONTHLY;INTERVAL=6", "r5": "FREQ=YEARLY",
         "r6": "FREQ=MONTHLY;BYMONTHDAY=20", "r7": "FREQ=WEEKLY", "r8": "FREQ=WEEKLY;BYDAY=FR;BYHOUR=11;BYMINUTE=0"}
#: Words that must survive folding and escaping.
NAME = "Xây dựng, triển khai; Đề án “Đô thị thông minh” (giai đoạn 1) theo Nghị quyết số 57-NQ/TW, C:\\kế hoạch"


def due(day: date) -> Deadline:
    return Deadline(f"{day:%d/%m/%Y}", "date", day)


def rows(moved: date = date(2026, 1, 19)) -> tuple[Row, ...]:
    return (
        task("18", NAME, lead=HEALTH, due=due(moved)),
        task("19", "Tập huấn", lead=("Sở Nội vụ",), coop=HEALTH, due=due(date(2026, 3, 2))),
        task("20", "Việc của sở khác", lead=("Sở Nội vụ",), due=due(date(2026, 3, 3))),
        task("21", "Việc thường xuyên", lead=HEALTH, due=Deadline("Thường xuyên", "recurring")),
        *(task(no, f"Báo cáo {no}", kind="reporting", lead=HEALTH, rrule=rule) for no, rule in RULES.items()),
    )


class Clock:
    now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    opened = open_engine(database_url)
    migrate(opened)
    PlanStore(opened).save(with_rows(sample_plan(), rows()))
    yield opened
    opened.dispose()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def directory(engine: Engine) -> Directory:
    return Directory(engine)


@pytest.fixture
def an(directory: Directory) -> Official:
    return directory.add("Nguyễn Văn An", "an.nv", "hau-giang", "Sở Y tế", "officer")


@pytest.fixture
def feeds(engine: Engine, clock: Clock) -> Feeds:
    return Feeds(engine, link=address_of("https://troly.tinh.gov.vn/"), clock=clock)


def token_of(feeds: Feeds, official: Official, agency: bool = False, now: float = NOW) -> str:
    link = feeds.give(official, agency, now)
    assert link is not None
    found = re.fullmatch(r"https://troly\.tinh\.gov\.vn/lich/([A-Za-z0-9_-]{32,64})\.ics", link)
    assert found
    return found[1]


def read(body: bytes) -> dict[str, Any]:
    """The events by the beginning of their names, as vobject reads them."""
    lines = body.split(b"\r\n")
    assert lines[-1] == b"" and all(len(line) <= 75 and b"\n" not in line for line in lines)
    calendar = vobject.readOne(body.decode())
    assert (calendar.method.value, calendar.version.value) == ("PUBLISH", "2.0")
    assert calendar.vtimezone.tzid.value == "Asia/Ho_Chi_Minh"
    for event in calendar.vevent_list:
        assert event.behavior.validate(event, True)
    return {event.summary.value.split(":")[0]: event for event in calendar.vevent_list}


def test_deadlines_are_whole_days_with_two_alarms_and_their_source(feeds: Feeds, an: Official) -> None:
    events = read(feeds.personal(an))
    event = events["Hạn nhiệm vụ 18"]
    assert event.summary.value == f"Hạn nhiệm vụ 18: {NAME}"
    assert (event.dtstart.value, event.dtend.value) == (date(2026, 1, 19), date(2026, 1, 20))
    assert "Nguồn: Kế hoạch thực hiện Nghị quyết số 57-NQ/TW" in event.description.value
    midnight = datetime(2026, 1, 19, tzinfo=ZONE)
    alarms = sorted(midnight + alarm.trigger.value for alarm in event.valarm_list)
    assert alarms == [datetime(2026, 1, day, 7, 30, tzinfo=ZONE) for day in (12, 18)]
    assert event.categories.value == ["Chủ trì"] and events["Hạn nhiệm vụ 19"].categories.value == ["Phối hợp"]


def test_only_the_agencys_work_with_a_day_is_in_it(feeds: Feeds, an: Official) -> None:
    assert set(read(feeds.personal(an))) == {"Hạn nhiệm vụ 18", "Hạn nhiệm vụ 19", *(f"Báo cáo mục {no}" for no in RULES)}


def test_recurring_duties_fall_on_the_days_that_reminders_know(feeds: Feeds, an: Official) -> None:
    events = read(feeds.personal(an))
    for no, rule in RULES.items():
        event, timed = events[f"Báo cáo mục {no}"], "BYHOUR" in rule
        zone = ZONE if timed else None
        first, last = datetime(2025, 12, 1, tzinfo=zone), datetime(2027, 12, 1, tzinfo=zone)
        given = list(event.rruleset.between(first, last, inc=True))
        wanted = occurrences(rule, date(2025, 1, 20), first.date(), last.date(), VietnamWorkdays())
        assert ([moment.date() for moment in given], no) == (wanted, no) and len(wanted) >= 2
        assert {moment.time() for moment in given} == {time(15, 30) if no == "r1" else time(11, 0) if no == "r8" else time()}
        assert "BYHOUR" not in event.rrule.value
        if timed:
            assert event.dtstart.value.utcoffset() == timedelta(hours=7) and event.duration.value == timedelta(minutes=30)
            assert [alarm.trigger.value for alarm in event.valarm_list] == [timedelta(days=-1)]
        else:
            assert type(event.dtstart.value) is date


@BOTH
def test_it_is_the_same_until_something_changes_and_then_says_so(feeds: Feeds, an: Official, engine: Engine, clock: Clock) -> None:
    before = feeds.personal(an)
    clock.now += 86_400
    assert feeds.personal(an) == before
    PlanStore(engine).save(with_rows(sample_plan(), rows(moved=date(2026, 2, 9))))
    clock.now += 86_400
    old, new = read(before), read(feeds.personal(an))
    moved, same = new["Hạn nhiệm vụ 18"], new["Hạn nhiệm vụ 19"]
    assert moved.dtstart.value == date(2026, 2, 9)
    assert moved.uid.value == old["Hạn nhiệm vụ 18"].uid.value
    assert (moved.sequence.value, same.sequence.value) == ("1", "0")
    assert moved.last_modified.value.timestamp() == int(clock.now) and same.last_modified.value.timestamp() == int(NOW)


def test_a_persons_own_calendar_follows_what_they_chose(feeds: Feeds, an: Official, engine: Engine) -> None:
    with writing(engine) as connection:
        choices.hush(connection, an.id, "kh-mau#task:19", "done", NOW)
        choices.hush(connection, an.id, "kh-mau#reporting:r2", "snoozed", NOW, date(2026, 1, 1))
        choices.request(connection, an.id, NOW, "nhắc em", ref="kh-mau#task:18", days=14)
        choices.request(connection, an.id, NOW, "nhắc em", ref="kh-mau#task:20", days=3)
    own = read(feeds.personal(an))
    assert "Hạn nhiệm vụ 19" not in own and "Báo cáo mục r2" in own and "Hạn nhiệm vụ 20" in own
    assert len(own["Hạn nhiệm vụ 18"].valarm_list) == 3
    shared = read(feeds.of_agency(an))
    assert "Hạn nhiệm vụ 19" in shared and "Hạn nhiệm vụ 20" not in shared and len(shared["Hạn nhiệm vụ 18"].valarm_list) == 2


def test_a_coordinator_sees_the_province_and_a_reader_without_agency_nothing(feeds: Feeds, directory: Directory) -> None:
    coordinator = directory.add("Trần Bình", "binh", "hau-giang", None, "coordinator")
    assert "Hạn nhiệm vụ 20" in read(feeds.personal(coordinator))
    stranger = directory.add("Lê Chi", "chi", "hau-giang", None, "reader")
    assert b"VEVENT" not in feeds.personal(stranger)
    assert feeds.give(stranger, True, NOW) is None


@BOTH
def test_a_link_is_secret_and_can_be_ended(feeds: Feeds, an: Official, engine: Engine) -> None:
    token, other = token_of(feeds, an), token_of(feeds, an, agency=True)
    assert token != other
    with engine.connect() as connection:
        kept = str(connection.execute(text("SELECT * FROM calendar_feeds")).all())
    assert token not in kept and other not in kept
    personal, shared = feeds.document(token), feeds.document(other)
    assert personal and shared and personal.etag != shared.etag
    assert feeds.document(token[:-1] + ("a" if token[-1] != "a" else "b")) is None
    assert feeds.revoke(an.id, NOW) == 2
    assert feeds.document(token) is None and feeds.document(other) is None and feeds.revoke(an.id, NOW) == 0


def test_a_link_follows_its_owner(feeds: Feeds, an: Official, directory: Directory) -> None:
    token, shared = token_of(feeds, an), token_of(feeds, an, agency=True)
    directory.put([{"name": an.name, "username": an.username, "province": "hau-giang", "agency": "Sở Nội vụ", "role": "officer"}])
    assert feeds.document(shared) is None, "the agency's calendar is no longer theirs"
    moved = feeds.document(token)
    assert moved and "Hạn nhiệm vụ 20" in read(moved.body) and "Hạn nhiệm vụ 18" not in read(moved.body)
    directory.set_active(an.id, False)
    assert feeds.document(token) is None


@BOTH
def test_links_do_not_pile_up(feeds: Feeds, an: Official, engine: Engine) -> None:
    tokens = [token_of(feeds, an, now=NOW + n) for n in range(MOST_LINKS + 2)]
    with engine.connect() as connection:
        assert len(connection.execute(select(links).where(links.c.revoked.is_(None))).all()) == MOST_LINKS
    assert [feeds.document(token) is None for token in tokens] == [True, True] + [False] * MOST_LINKS


def served(feeds: Feeds, visit: Callable[[TestClient[web.Request, web.Application]], Any]) -> None:
    async def run() -> None:
        app = web.Application()
        add_feeds(app, feeds)
        async with TestClient(TestServer(app)) as client:
            await visit(client)

    asyncio.run(run())


@BOTH
def test_it_is_served_privately_and_only_when_it_changed(feeds: Feeds, an: Official) -> None:
    token = token_of(feeds, an)

    async def visit(client: TestClient[web.Request, web.Application]) -> None:
        answer = await client.get(f"/lich/{token}.ics")
        body = await answer.read()
        assert answer.status == 200 and "Hạn nhiệm vụ 18" in read(body)
        assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
        assert answer.headers["Cache-Control"].startswith("private")
        tag = answer.headers["ETag"]
        for told in (tag, f'"x", {tag}', "*", f"W/{tag}"):
            again = await client.get(f"/lich/{token}.ics", headers={"If-None-Match": told})
            assert (again.status, await again.read(), again.headers["ETag"]) == (304, b"", tag)
        assert (await client.get(f"/lich/{token}.ics", headers={"If-None-Match": '"x"'})).status == 200
        head = await client.head(f"/lich/{token}.ics")
        assert head.status == 200 and int(head.headers["Content-Length"]) == len(body)

    served(feeds, visit)


def test_unknown_links_are_not_there(feeds: Feeds, an: Official) -> None:
    token = token_of(feeds, an)

    async def visit(client: TestClient[web.Request, web.Application]) -> None:
        wrong = ("x" * 43, f"{token}x", token.swapcase(), "a", "..%2F..%2Fetc", "y" * 300)
        for path in (*(f"{name}.ics" for name in wrong), token):
            assert (await client.get(f"/lich/{path}")).status == 404
        assert (await client.post(f"/lich/{token}.ics")).status == 405
        feeds.revoke(an.id, NOW)
        assert (await client.get(f"/lich/{token}.ics")).status == 404

    served(feeds, visit)


def test_without_an_address_no_links_are_given(engine: Engine, an: Official) -> None:
    assert Feeds(engine).give(an, False, NOW) is None
    assert Feeds(engine, link=str).give(replace(an, province=None), False, NOW) is None
