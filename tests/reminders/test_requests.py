"""Orders in chat carried out, on both databases: repeated back, confirmed, kept, listed, ended, erased."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select
from sqlalchemy import text as sql

from bot import cli, startup
from bot.delivery.tables import outbox
from bot.officials.directory import Directory
from bot.officials.official import Official
from bot.reminders import tables
from bot.reminders.calendar import ZONE
from bot.reminders.feed import Feeds
from bot.reminders.requests import Requests
from knowledge.model import Deadline, Row
from knowledge.services.review import write_review
from knowledge.store import PlanStore, migrate, open_engine, writing
from tests.reminders.one_or_both import BOTH, database_url, postgres_server
from tests.sample_plans import sample_plan, task, with_rows

__all__ = ["database_url", "postgres_server"]

NOW = datetime(2025, 12, 10, 9, 0, tzinfo=ZONE)
HEALTH = ("Sở Y tế",)


def due(day: date) -> Deadline:
    return Deadline(f"{day:%d/%m/%Y}", "date", day)


ROWS: tuple[Row, ...] = (
    task("5", "Tập huấn kỹ năng số", lead=HEALTH, due=due(date(2026, 1, 6))),
    task("18", "Đề án đô thị thông minh", lead=HEALTH, due=due(date(2026, 1, 19))),
    task("24", "Đề án bệnh án điện tử", lead=HEALTH, due=due(date(2026, 6, 30))),
    task("30", "Việc quá hạn", lead=HEALTH, due=due(date(2025, 11, 28))),
    task("31", "Tuyên truyền thường xuyên", lead=HEALTH, due=Deadline("Thường xuyên", "none")),
    task("V.1", "Báo cáo tuần", kind="reporting", lead=HEALTH, rrule="FREQ=WEEKLY;BYDAY=FR"),
    Row("kh-mau", "indicator", "5.10", "Tỷ lệ hồ sơ trực tuyến", task("0", "x").source, lead=HEALTH, target="80"),
)


@dataclass
class Chat:
    """An official at a chat; `told`: the row told last; `now` moves only when told to."""

    requests: Requests
    official: Official
    conversation: str = "telegram:1"
    now: datetime = NOW
    last: list[str] = field(default_factory=list)

    def say(self, text: str) -> str:
        """What comes back; "" where the message is the assistant's."""
        reply = self.requests.handle(self.official, self.conversation, text, self.now)
        return reply.text if reply else ""

    def buttons(self, text: str) -> list[str]:
        reply = self.requests.handle(self.official, self.conversation, text, self.now)
        assert reply
        return [button.payload for button in reply.buttons]


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    opened = open_engine(database_url)
    migrate(opened)
    PlanStore(opened).save(with_rows(sample_plan(), ROWS))
    yield opened
    opened.dispose()


@pytest.fixture
def an(engine: Engine) -> Official:
    return Directory(engine).add("Nguyễn Văn An", "an.nv", "hau-giang", "Sở Y tế", "officer")


@pytest.fixture
def chat(engine: Engine, an: Official) -> Chat:
    last: list[str] = []

    def find(text: str, province: str | None) -> list[Row]:
        assert province == "hau-giang"
        return [row for row in ROWS if text.lower() in row.name.lower()]

    requests = Requests(engine, find=find, last_row=lambda conversation: last[-1] if last else None,
                        calendars=Feeds(engine, link="https://troly.vn/lich/{}.ics".format), email=True)
    return Chat(requests, an, last=last)


def kept(engine: Engine, table: str, *columns: str) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(line) for line in connection.execute(sql(f"SELECT {', '.join(columns)} FROM {table}"))]


def open_requests(engine: Engine) -> list[tuple[Any, ...]]:
    c = tables.requests.c
    query = select(c.ref, c.days, c.at, c.rrule, c.about).where(c.ended.is_(None)).order_by(c.id)
    with engine.connect() as connection:
        return [tuple(line) for line in connection.execute(query)]


Told = Callable[..., None]


@pytest.fixture
def told(engine: Engine, an: Official) -> Told:
    """Records a digest as the planner does: its rows in order."""
    def record(*refs: str, at: datetime = NOW, dedupe: str = "reminder:1") -> None:
        with writing(engine) as connection:
            for number, ref in enumerate(refs):
                connection.execute(insert(tables.notices).values(
                    official=an.id, ref=ref, deadline="2026-01-19", step=f"{number}:{dedupe}", told_on=at.date(), dedupe=dedupe,
                    created=at.timestamp()))

    return record


T5, T18, T24 = (f"kh-mau#task:{no}" for no in (5, 18, 24))


@BOTH
def test_a_reminder_is_repeated_back_and_counts_only_after_yes(chat: Chat, engine: Engine) -> None:
    said = chat.say("nhắc em nhiệm vụ 18 trước 2 tuần")
    assert said == ("Tôi sẽ nhắc anh/chị nhiệm vụ 18 “Đề án đô thị thông minh” vào 07:30 thứ Hai 5/1/2026 (trước hạn 14 ngày). "
                    "Đúng thì nhắn “có”.")
    assert open_requests(engine) == []
    assert "đã đặt nhắc" in chat.say("có")
    assert open_requests(engine) == [(T18, 14, None, None, None)]
    assert "đã đặt nhắc" in chat.say("có"), "the same event come twice is answered the same"
    assert open_requests(engine) == [(T18, 14, None, None, None)]
    chat.now += timedelta(minutes=5)
    assert chat.say("có") == ""


@BOTH
def test_asking_twice_for_the_same_keeps_it_once(chat: Chat, engine: Engine) -> None:
    for _ in range(2):
        chat.say("nhắc em nhiệm vụ 18 trước 2 tuần")
        chat.say("Có ạ")
        chat.now += timedelta(minutes=5)
    assert len(open_requests(engine)) == 1


@pytest.mark.parametrize("answer", ["không", "Không ạ", "thôi"])
def test_no_drops_it(chat: Chat, engine: Engine, answer: str) -> None:
    assert chat.buttons("nhắc em nhiệm vụ 18 trước 2 tuần") == ["có", "không"]
    assert "giữ nguyên" in chat.say(answer)
    assert chat.say("có") == "" and open_requests(engine) == []


def test_anything_else_takes_the_question_off_the_table(chat: Chat, engine: Engine) -> None:
    chat.say("nhắc em nhiệm vụ 18 trước 2 tuần")
    assert chat.say("ai chủ trì nhiệm vụ 24") == ""
    assert chat.say("có") == "" and open_requests(engine) == []


def test_a_yes_after_ten_minutes_or_of_somebody_else_does_not_count(chat: Chat, engine: Engine, an: Official) -> None:
    chat.say("nhắc em nhiệm vụ 18 trước 2 tuần")
    binh = Directory(engine).add("Trần Bình", "binh", "hau-giang", "Sở Y tế", "officer")
    assert chat.requests.handle(binh, chat.conversation, "có", chat.now) is None
    assert chat.requests.handle(an, "web:9", "có", chat.now) is None
    chat.now += timedelta(seconds=601)
    assert chat.say("có") == "" and open_requests(engine) == []


def test_another_time_may_be_said_instead_of_yes(chat: Chat, engine: Engine) -> None:
    chat.last.append(T5)
    assert "08:00 thứ Năm 11/12/2025" in chat.say("nhắc tôi việc này 8h sáng mai")
    assert "09:30 thứ Sáu 12/12/2025" in chat.say("9h30 thứ sáu cơ")
    chat.say("vâng")
    at = datetime(2025, 12, 12, 9, 30, tzinfo=ZONE).timestamp()
    assert open_requests(engine) == [(T5, None, at, None, None)]


@pytest.mark.parametrize(("order", "why"), [
    ("nhắc em nhiệm vụ 18 hôm qua", "đã qua"),
    ("nhắc em nhiệm vụ 18 lúc 7h hôm nay", "đã qua"),
    ("nhắc em nhiệm vụ 18 trước 3 tháng", "đã qua; hạn là thứ Hai 19/1/2026"),
    ("nhắc em nhiệm vụ 30 trước 3 ngày", "đã quá hạn từ thứ Sáu 28/11/2025"),
    ("nhắc em nhiệm vụ 31 trước 3 ngày", "không có ngày hạn cụ thể (“Thường xuyên”)"),
    ("nhắc em nhiệm vụ 18 ngày 31/2", "31/2”"),
    ("nhắc em nhiệm vụ 18 lúc 25h", "25h”"),
    ("nhắc em nhiệm vụ 18 23h mai", "22:00 đến 06:00"),
    ("nhắc em nhiệm vụ 18 trước 2 tiếng", "tính theo ngày"),
    ("nhắc em nhiệm vụ 18", "khi nào?"),
])
def test_times_that_make_no_sense_are_asked_about_and_the_answer_counts(chat: Chat, engine: Engine, order: str, why: str) -> None:
    asked = chat.say(order)
    assert why in asked and asked.count("khi nào") == 1
    assert chat.say("có") == "" and open_requests(engine) == []
    assert "07:30 thứ Hai 15/12/2025" in chat.say("thứ hai tuần sau nhé")
    chat.say("có")
    assert [request[2] for request in open_requests(engine)] == [datetime(2025, 12, 15, 7, 30, tzinfo=ZONE).timestamp()]


def test_a_time_after_the_deadline_is_pointed_out(chat: Chat) -> None:
    assert "tức là sau thời hạn (thứ Hai 19/1/2026)" in chat.say("nhắc em nhiệm vụ 18 ngày 30/1")


def test_a_reminder_on_a_day_off_comes_on_the_working_day_before(chat: Chat) -> None:
    assert "thứ Sáu 2/1/2026 (trước hạn 3 ngày)" in chat.say("nhắc em nhiệm vụ 5 trước 3 ngày")  # 3/1 is a Saturday


def test_recurring_work_is_reminded_of_before_each_time(chat: Chat, engine: Engine) -> None:
    assert "trước mỗi kỳ 2 ngày" in chat.say("nhắc em mục V.1 trước 2 ngày")
    chat.say("có")
    assert open_requests(engine) == [("kh-mau#reporting:V.1", 2, None, None, None)]


def test_unknown_work_is_asked_about(chat: Chat) -> None:
    assert "không thấy nhiệm vụ 99" in chat.say("nhắc em nhiệm vụ 99 trước 3 ngày")
    assert "nhiệm vụ 18" in chat.say("nhiệm vụ 18")
    assert "đã đặt nhắc" in chat.say("có")
    assert "chưa tìm thấy việc “họp chi bộ”" in chat.say("nhắc em họp chi bộ sáng mai")
    assert "Anh/chị muốn nói việc nào?" in chat.say("nhắc em trước 2 tuần")


def test_several_rows_are_offered(chat: Chat, engine: Engine) -> None:
    offered = chat.say("nhắc em Đề án trước 1 tuần")
    assert "1. Nhiệm vụ 18 “Đề án đô thị thông minh”" in offered and "2. Nhiệm vụ 24" in offered
    assert "nhiệm vụ 24 “Đề án bệnh án điện tử”" in chat.say("2")
    chat.say("có")
    assert open_requests(engine) == [(T24, 7, None, None, None)]
    chat.say("nhắc em Đề án trước 1 tuần")
    assert chat.say("ai chủ trì nhiệm vụ 5?") == "" and chat.say("2") == "", "a number later is about something else"


def test_rows_of_two_plans_with_one_number_are_told_apart(chat: Chat, engine: Engine) -> None:
    second = sample_plan("kh-hai", title="Kế hoạch thứ hai")
    PlanStore(engine).save(with_rows(second, [task("18", "Việc khác", "kh-hai", due=due(date(2026, 3, 2)))]))
    offered = chat.say("tắt nhắc nhiệm vụ 18")
    assert "(Kế hoạch thứ hai)" in offered and "(Kế hoạch thực hiện Nghị quyết số 57-NQ/TW)" in offered
    assert "Đã tắt nhắc nhiệm vụ 18 “Việc khác”" in chat.say("1" if offered.index("thứ hai") < offered.index("57-NQ/TW") else "2")


def test_other_provinces_rows_are_not_there(chat: Chat, engine: Engine) -> None:
    PlanStore(engine).save(with_rows(sample_plan("kh-tg", province="tien-giang"), [task("77", "Xa", "kh-tg", due=due(date(2026, 3, 2)))]))
    assert "không thấy nhiệm vụ 77" in chat.say("tắt nhắc nhiệm vụ 77")


def test_a_standing_order(chat: Chat, engine: Engine) -> None:
    said = chat.say("mỗi sáng thứ hai gửi em việc của sở trong tuần")
    assert "tóm tắt việc của Sở Y tế" in said and "vào 07:30 thứ Hai hằng tuần. Đúng" in said
    chat.say("có")
    assert open_requests(engine) == [(None, None, None, "FREQ=WEEKLY;BYDAY=MO;BYHOUR=7;BYMINUTE=30", "week")]
    assert "Đã ngừng" in chat.say("tắt nhắc hằng tuần") and open_requests(engine) == []
    assert "chưa đặt" in chat.say("tắt nhắc hằng tuần")


@BOTH
def test_off_and_on_again_for_one_row(chat: Chat, engine: Engine) -> None:
    chat.say("nhắc em nhiệm vụ 24 trước 2 tuần")
    chat.say("có")
    assert "Đã tắt nhắc nhiệm vụ 24" in chat.say("tắt nhắc việc 24")
    assert kept(engine, "reminder_quiet", "ref", "why", "until") == [(T24, "muted", None)] and open_requests(engine) == []
    assert "Đã bật lại" in chat.say("bật lại nhắc việc 24")
    assert kept(engine, "reminder_quiet", "ref") == []


def test_asking_for_a_reminder_ends_its_silence(chat: Chat, engine: Engine) -> None:
    chat.say("đã xong nhiệm vụ 24")
    chat.say("nhắc em nhiệm vụ 24 trước 2 tuần")
    chat.say("có")
    assert kept(engine, "reminder_quiet", "ref") == []


def test_done_says_that_it_changes_reminders_only(chat: Chat, engine: Engine) -> None:
    said = chat.say("đã xong nhiệm vụ 24")
    assert "không thay đổi tình trạng chính thức" in said
    assert kept(engine, "reminder_quiet", "ref", "why") == [(T24, "done")]
    with engine.connect() as connection:
        assert connection.execute(sql("SELECT count(*) FROM row_status")).scalar() == 0


def test_recurring_work_is_done_for_this_time_only(chat: Chat, engine: Engine, told: Told) -> None:
    weekly = "kh-mau#reporting:V.1"
    chat.say("nhắc em mục V.1 trước 1 ngày")
    chat.say("có")
    assert "kỳ sau tôi nhắc tiếp" in chat.say("đã xong mục V.1")
    assert kept(engine, "reminder_quiet", "ref", "why", "until") == [(weekly, "done", "2025-12-13")]
    assert len(open_requests(engine)) == 1 and "đã báo xong kỳ này" in chat.say("đang nhắc gì")


def test_everything_off_and_on(chat: Chat, engine: Engine) -> None:
    assert "mọi nhắc việc" in chat.say("tắt hết nhắc") and kept(engine, "reminder_preferences", "off") == []
    chat.say("có")
    assert [bool(off) for (off,) in kept(engine, "reminder_preferences", "off")] == [True]
    chat.say("nhắc em nhiệm vụ 18 trước 2 tuần")
    assert "đang tắt" in chat.say("có")
    assert "Đã bật nhắc việc" in chat.say("bật nhắc việc")
    assert [bool(off) for (off,) in kept(engine, "reminder_preferences", "off")] == [False]


@BOTH
def test_another_hour(chat: Chat, engine: Engine) -> None:
    assert "lúc 08:15 các ngày làm việc" in chat.say("đổi giờ nhắc sang 8h15")
    chat.say("có")
    assert kept(engine, "reminder_preferences", "hour") == [("08:15",)]
    assert "08:15 thứ Hai 5/1/2026" in chat.say("nhắc em nhiệm vụ 18 trước 2 tuần"), "the usual hour is the chosen one"
    assert "06:00 đến 17:30" in chat.say("đổi giờ nhắc sang 23h")
    assert "lúc 09:00" in chat.say("9h sáng")
    assert "mấy giờ" in chat.say("đổi giờ nhắc")


@BOTH
def test_putting_off(chat: Chat, engine: Engine, told: Told) -> None:
    told(T18)
    said = chat.say("hoãn đến thứ sáu")
    assert "nhiệm vụ 18" in said and "đến thứ Sáu 12/12/2025" in said and "Thời hạn của việc không đổi" in said
    chat.say("có")
    (line,) = kept(engine, "reminder_quiet", "ref", "why", "until")
    assert (*line[:2], str(line[2])) == (T18, "snoozed", "2025-12-12")
    assert "không sau hôm nay" in chat.say("hoãn nhiệm vụ 18 đến hôm nay")
    assert "thứ Hai 15/12/2025" in chat.say("đến thứ hai")
    assert "sau thời hạn" in chat.say("hoãn nhiệm vụ 18 đến 30/1")


def test_putting_off_without_a_day_offers_one_before_the_deadline(chat: Chat, engine: Engine, told: Told) -> None:
    told(T5, at=datetime(2026, 1, 5, 7, 30, tzinfo=ZONE))
    chat.now = datetime(2026, 1, 5, 8, 0, tzinfo=ZONE)
    assert "đến thứ Ba 6/1/2026" in chat.say("Hoãn")
    assert "đến thứ Sáu 9/1/2026" in chat.say("thứ sáu")


def test_buttons_are_about_the_last_digest(chat: Chat, engine: Engine, told: Told) -> None:
    told(T5, dedupe="reminder:old", at=NOW - timedelta(days=3))
    told(T18, T24, "agency:so-y-te", T18, at=NOW - timedelta(hours=1))
    assert "“Đề án bệnh án điện tử”" in chat.say("tắt 2")
    assert "“Đề án đô thị thông minh”" in chat.say("đã xong 1")
    assert "không có việc ở vị trí đó" in chat.say("hoãn 3")
    chat.say("bật lại nhắc nhiệm vụ 18")
    which = chat.say("Hoãn")
    assert "1. Nhiệm vụ 18" in which and "2. Nhiệm vụ 24" in which and "“hết”" in which
    assert "nhiệm vụ 18" in chat.say("hết")
    chat.say("có")
    assert {ref for ref, _ in kept(engine, "reminder_quiet", "ref", "why")} == {T18, T24}


@BOTH
def test_seen_is_noted_for_the_digest_or_one_row(chat: Chat, engine: Engine, told: Told) -> None:
    told(T18, T24)
    assert "nhiệm vụ 24" in chat.say("đã nhận 2")
    assert {ref for ref, at in kept(engine, "reminder_notices", "ref", "acknowledged") if at} == {T24}
    assert "đã ghi" in chat.say("Đã nhận")
    assert {ref for ref, at in kept(engine, "reminder_notices", "ref", "acknowledged") if at} == {T18, T24}


def test_seen_is_meant_of_the_whole_day(chat: Chat, engine: Engine, told: Told) -> None:
    told(T5, at=NOW - timedelta(days=1), dedupe="reminder:yesterday")
    told(T18, dedupe="reminder:morning")
    told(T24, dedupe="own:later")
    assert "nhiệm vụ 18" in chat.say("Đã nhận")
    assert {ref for ref, at in kept(engine, "reminder_notices", "ref", "acknowledged") if at} == {T18, T24}


def test_many_rows_are_offered_in_part_and_taken_as_a_whole(chat: Chat, engine: Engine, told: Told) -> None:
    more = [task(str(no), f"Việc {no}", lead=HEALTH, due=due(date(2026, 3, 1))) for no in range(100, 112)]
    PlanStore(engine).save(with_rows(sample_plan(), [*ROWS, *more]))
    told(*(row.ref for row in more))
    which = chat.say("Hoãn")
    assert "8. Nhiệm vụ 107" in which and "9." not in which and "và 4 việc nữa" in which
    assert "hoãn nhắc 12 việc" in chat.say("hết")
    chat.say("có")
    assert len(kept(engine, "reminder_quiet", "ref")) == 12


def test_without_a_digest_such_words_are_the_assistants(chat: Chat, told: Told) -> None:
    told(T18, at=NOW - timedelta(days=8))
    for text in ("đã nhận", "đã xong", "xong rồi", "có", "2", "không"):
        assert chat.say(text) == ""


def test_the_row_told_last_is_this_one(chat: Chat) -> None:
    assert "việc nào" in chat.say("tắt nhắc việc này")
    chat.last.append(T24)
    assert "Đã tắt nhắc nhiệm vụ 24" in chat.say("tắt nhắc việc này")
    assert "nhiệm vụ 24" in chat.say("nhắc em trước 3 ngày")
    assert "hoãn nhắc nhiệm vụ 24" in chat.say("hoãn đến thứ sáu")


def test_what_there_is_is_listed(chat: Chat) -> None:
    assert "chưa hẹn thêm" in chat.say("em đang được nhắc những gì")
    for order in ("nhắc em nhiệm vụ 18 trước 2 tuần", "nhắc em nhiệm vụ 5 8h sáng mai", "mỗi sáng thứ hai gửi em việc trong tuần",
                  "hoãn nhiệm vụ 24 đến thứ sáu"):
        chat.say(order)
        chat.say("có")
    chat.say("tắt nhắc chỉ tiêu 5.10")
    listed = chat.say("em đang được nhắc những gì")
    for line in ("Sở Y tế lúc 07:30", "Nhiệm vụ 18 “Đề án đô thị thông minh”: trước hạn 14 ngày (thứ Hai 5/1/2026)",
                 "Nhiệm vụ 5 “Tập huấn kỹ năng số”: 08:00 thứ Năm 11/12/2025", "Tóm tắt việc: 07:30 thứ Hai hằng tuần",
                 "Nhiệm vụ 24 “Đề án bệnh án điện tử”: hoãn đến thứ Sáu 12/12/2025", "Chỉ tiêu 5.10 “Tỷ lệ hồ sơ trực tuyến”: đã tắt"):
        assert line in listed


def test_rows_that_are_no_more_are_no_trouble(chat: Chat, engine: Engine) -> None:
    chat.say("nhắc em nhiệm vụ 18 trước 2 tuần")
    chat.say("có")
    PlanStore(engine).save(with_rows(sample_plan(), ROWS[:1]))
    assert "không còn trong kế hoạch" in chat.say("đang nhắc gì")
    chat.say("nhắc em nhiệm vụ 5 trước 2 ngày")
    PlanStore(engine).save(with_rows(sample_plan(), ROWS[1:2]))
    assert chat.say("trước 1 ngày") != ""


def test_calendar_links(chat: Chat, engine: Engine) -> None:
    assert "https://troly.vn/lich/" in chat.say("lịch của tôi")
    assert "lịch chung của Sở Y tế" in chat.say("lịch của sở em")
    assert "Đã hủy 2" in chat.say("hủy lịch") and "không có đường dẫn" in chat.say("hủy lịch")
    bare = Requests(engine, find=lambda text, province: [])
    reply = bare.handle(chat.official, "telegram:2", "lịch của tôi", NOW)
    assert reply and "chưa mở" in reply.text
    assert "chưa gắn với cơ quan" in chat.requests.handle(  # type: ignore[union-attr]
        Official(99, "x", "x", "hau-giang", None, "coordinator"), "telegram:3", "lịch của sở", NOW).text


@BOTH
def test_erasing_leaves_nothing(chat: Chat, engine: Engine, an: Official, told: Told) -> None:
    told(T18)
    for order in ("nhắc em nhiệm vụ 18 trước 2 tuần", "đổi giờ nhắc sang 8h", "hoãn nhiệm vụ 24 đến thứ sáu"):
        chat.say(order)
        chat.say("có")
    chat.say("lịch của tôi")
    chat.say("nhắc em nhiệm vụ 5")
    assert chat.requests.held(an.id) == 4
    with writing(engine) as connection:
        chat.requests.erase(an.id, connection)
    assert chat.requests.held(an.id) == 0
    with engine.connect() as connection:
        for table in tables.metadata.sorted_tables:
            if "official" in table.c:
                assert connection.execute(select(table).where(table.c.official == an.id)).all() == [], table.name


def test_what_was_asked_for_follows_a_new_version_that_is_imported(
    chat: Chat, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for order in ("nhắc em nhiệm vụ 18 trước 2 tuần", "có", "tắt nhắc nhiệm vụ 24", "nhắc em nhiệm vụ 18 trước 3 ngày"):
        assert chat.say(order)
    old, names = {row.no: row for row in ROWS}, {"18": "19", "24": "18"}
    changed = [replace(row, no=names.get(row.no, row.no)) for row in ROWS]
    book = tmp_path / "changed.xlsx"
    write_review(with_rows(sample_plan(), sorted(changed, key=lambda row: row.no)), book)
    monkeypatch.setattr(startup, "knowledge_base", lambda settings: engine)
    assert cli.main(["import", "--corrected", str(book), "--plan-id", "kh-mau", "--accept"]) == 0
    assert open_requests(engine)[0][:2] == ("kh-mau#task:19", 14)
    assert kept(engine, "reminder_quiet", "ref", "why") == [("kh-mau#task:18", "muted")]
    assert "Kế hoạch vừa có bản mới" in chat.say("có"), "the question was about a row with another number"
    assert chat.say("có") == ""
    assert f"Nhiệm vụ 19 “{old['18'].name}" in chat.say("em đang được nhắc những gì")
    assert chat.say("bật lại nhắc nhiệm vụ 18") == f"Đã bật lại nhắc nhiệm vụ 18 “{old['24'].name}”."


def test_an_order_just_after_a_plan_changed_is_about_the_new_numbers(chat: Chat, engine: Engine) -> None:
    chat.say("tắt nhắc nhiệm vụ 18")
    changed = [replace(row, no={"18": "24", "24": "18"}.get(row.no, row.no)) for row in ROWS]
    PlanStore(engine).save(with_rows(sample_plan(), changed))
    chat.say("tắt nhắc nhiệm vụ 18")
    assert sorted(kept(engine, "reminder_quiet", "ref")) == [("kh-mau#task:18",), ("kh-mau#task:24",)]


def code_sent(engine: Engine) -> tuple[str, str]:
    """To which address, which code."""
    with engine.connect() as connection:
        line = connection.execute(select(outbox.c.channel, outbox.c.message).order_by(outbox.c.id.desc())).first()
    assert line is not None and line.channel == "email"
    message = json.loads(line.message)
    return message["chat"], message["text"].split(": ")[1][:6]


def test_an_address_counts_once_its_owner_proved_it(chat: Chat, engine: Engine) -> None:
    assert "Tôi đã gửi mã 6 chữ số đến an.nv@haugiang.gov.vn" in chat.say("gửi nhắc qua email an.nv@haugiang.gov.vn nhé")
    address, code = code_sent(engine)
    assert address == "an.nv@haugiang.gov.vn" and kept(engine, "reminder_preferences", "email") == []
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    assert "Mã chưa đúng" in chat.say(wrong) and chat.say("nhiệm vụ 18 hạn khi nào") == ""
    assert "từ nay tôi gửi nhắc việc đến" in chat.say(code)
    assert kept(engine, "reminder_preferences", "email", "channels") == [(address, '["email"]')]
    assert chat.say(code) == ""
    assert "Đã bỏ địa chỉ" in chat.say("bỏ email") and kept(engine, "reminder_preferences", "email") == [(None,)]


def test_codes_can_be_neither_guessed_nor_sent_without_end(chat: Chat, engine: Engine) -> None:
    chat.say("gửi nhắc qua email a@b.gov.vn")
    wrong = f"{(int(code_sent(engine)[1]) + 1) % 1_000_000:06}"
    assert "hủy yêu cầu" in [chat.say(wrong) for _ in range(5)][-1]
    assert chat.say(code_sent(engine)[1]) == "" and kept(engine, "reminder_preferences", "email") == []
    for _ in range(4):
        chat.now += timedelta(seconds=1)
        assert "Tôi đã gửi mã" in chat.say("gửi nhắc qua email a@b.gov.vn")
    chat.now += timedelta(seconds=1)
    assert "ngày mai" in chat.say("gửi nhắc qua email a@b.gov.vn")


def test_a_linked_channel_is_preferred_after_yes(chat: Chat, engine: Engine, an: Official) -> None:
    assert "chưa liên kết Zalo" in chat.say("nhắc em qua zalo")
    Directory(engine).link(an, "zalo_oa", "z1", "z1")
    assert "qua Zalo" in chat.say("nhắc em qua zalo") and chat.say("có")
    assert kept(engine, "reminder_preferences", "channels") == [('["zalo_oa"]',)]


def test_nobody_else_is_reminded(chat: Chat, engine: Engine) -> None:
    assert "chỉ nhắc được chính người nhắn" in chat.say("nhắc anh Bình nhiệm vụ 24 sáng mai") and open_requests(engine) == []


def test_a_summary_once(chat: Chat, engine: Engine) -> None:
    assert "07:30 thứ Tư 31/12/2025, một lần" in chat.say("cuối tháng gửi em danh sách việc trễ") and chat.say("có")
    [(ref, _, at, rule, about)] = open_requests(engine)
    assert (ref, rule, about) == (None, None, "week") and at == datetime(2025, 12, 31, 7, 30, tzinfo=ZONE).timestamp()
