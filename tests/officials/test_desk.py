"""What people get back: officials, strangers, groups, the page, codes."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from sqlalchemy import Engine

from bot import desk as words
from bot.channels.port import Button, Outgoing
from bot.desk import Desk, Pace
from bot.officials.audit import Audit
from bot.officials.directory import Directory
from bot.officials.linking import Linking
from bot.officials.official import Official
from tests.officials.conftest import Clock, FakeAssistant, Person, everything


@pytest.fixture
def database_url() -> str:
    """In memory: what is stored is tested on both databases in test_desk_data.py."""
    return "sqlite://"


# Linked people


async def test_an_official_asks_and_is_told_once_that_a_machine_answers(
    linked: Person, assistant: FakeAssistant, audit: Audit, an: Official
) -> None:
    assert await linked.say("ai chủ trì nhiệm vụ 44?") == f"{words.MACHINE}\n\nSở Y tế chủ trì."
    assert await linked.say("còn nhiệm vụ 45?") == "Sở Y tế chủ trì."
    question, how = assistant.asked[0]
    assert question == "ai chủ trì nhiệm vụ 44?"
    assert how == {"conversation": "telegram:1001", "metadata": {"province": "hau-giang", "agency": "Sở Y tế"}, "channel": "telegram",
                   "payload": False}
    line = audit.lines()[0]
    assert (line.official, line.channel, line.account, line.what, line.intent, line.outcome) == (
        an.id, "telegram", "1001", "question", "ask_lead", "answer")


async def test_the_first_answer_says_so_again_if_its_event_comes_again(linked: Person) -> None:
    first = await linked.say("ai chủ trì?", event_id="7")
    assert await linked.say("ai chủ trì?", event_id="7") == first
    assert await linked.say("ai chủ trì?", event_id="8") != first


async def test_no_text_of_a_message_stays_in_what_the_desk_stores(linked: Person, engine: Engine) -> None:
    await linked.say("câu hỏi bí mật về nhiệm vụ 18")
    await Person(linked.desk, user="9").say("người lạ hỏi điều bí mật")
    assert "mật" not in everything(engine)


async def test_a_failing_assistant_is_a_polite_record(linked: Person, assistant: FakeAssistant, audit: Audit) -> None:
    assistant.error = RuntimeError("boom")
    reply = (await linked.do("text", "ai chủ trì?"))[-1]
    assert "gặp trục trặc" in reply.text and "boom" not in reply.text
    assert audit.lines()[0].outcome == "error"


async def test_buttons_of_a_record_come_with_the_answer(linked: Person, assistant: FakeAssistant) -> None:
    assistant.record = {"outcome": "answer", "intent": "ask_bot", "text": "Xong.", "replies": ["Ai phối hợp?"]}
    assert await linked.do("text", "ai?") == [Outgoing("1001", "Xong.", (Button("Ai phối hợp?", "Ai phối hợp?"),), assistant.record)]
    await linked.do("button", "Ai phối hợp?")
    await linked.do("button", "/show_more")
    await linked.do("text", "/restart")
    assert [(said, how["payload"]) for said, how in assistant.asked[1:]] == [
        ("Ai phối hợp?", False), ("/show_more", True), ("/restart", False)]


async def test_channels_without_buttons_get_words(directory: Directory, assistant: FakeAssistant, an: Official) -> None:
    assistant.record = {"outcome": "clarify", "intent": "ask_bot", "text": "Có 2 nội dung:\n1. A\n2. B", "replies": ["1", "2"]}
    zalo = SimpleNamespace(title="Zalo", longest=2000, buttons=False)
    person = Person(Desk(directory, assistant.answer, channels={"zalo_bot": zalo}), channel="zalo_bot")
    directory.link(an, "zalo_bot", "1001", "1001")
    reply = (await person.do("text", "hạn?"))[0]
    assert reply.buttons == () and reply.text.startswith("Có 2 nội dung:\n1. A\n2. B\n\n") and "1, 2" in reply.text
    assert (await person.do("text", "hủy liên kết"))[0].buttons == ()
    await person.say("không")
    assert "Zalo (từ " in await person.say("dữ liệu của tôi")


async def test_pictures_are_declined_politely(linked: Person, assistant: FakeAssistant) -> None:
    assert (await linked.do("unsupported"))[0].text == words.UNREADABLE
    assert assistant.asked == []


async def test_whoever_blocks_is_marked_and_revived_by_writing(linked: Person, directory: Directory, an: Official) -> None:
    assert await linked.do("unfollow") == []
    assert not directory.links_of(an)[0].alive
    await linked.say("ai chủ trì?")
    assert directory.links_of(an)[0].alive


# Everybody else


@pytest.mark.parametrize("message", ["ai chủ trì nhiệm vụ 18?", "1", "x" * 100_000, "\ud800 \u202e", "'; DROP TABLE links;--", ""])
async def test_strangers_get_one_notice_and_nothing_of_the_plans(
    person: Person, assistant: FakeAssistant, clock: Clock, message: str
) -> None:
    assert await person.say(message) == f"{words.NOTICE}\n\n{words.HOW_TO_LINK}"
    assert await person.say(message) == ""
    assert await person.do("unsupported") == [] == await person.do("follow")
    clock.pass_(words.NOTICE_PAUSE + 1)
    assert words.NOTICE in await person.say(message)
    assert assistant.asked == []


async def test_a_notice_lost_in_a_crash_is_given_again(person: Person) -> None:
    assert await person.say("chào", event_id="7") == await person.say("chào", event_id="7") != ""


async def test_public_mode_answers_strangers_without_a_place(directory: Directory, assistant: FakeAssistant, linking: Linking) -> None:
    person = Person(Desk(directory, assistant.answer, linking=linking, public=True))
    assert (await person.do("follow"))[0].text == words.HELLO
    assert await person.say("ai chủ trì?") == "Sở Y tế chủ trì."
    assert assistant.asked[0][1]["metadata"] == {}


async def test_groups_are_refused_once_and_take_no_code(
    person: Person, linking: Linking, assistant: FakeAssistant, clock: Clock, directory: Directory, an: Official
) -> None:
    assert await person.say("ai chủ trì?", chat="-77", group=True) == words.GROUP
    assert await person.say(linking.issue(an), chat="-77", group=True) == ""
    clock.pass_(100 * 86_400)
    assert await person.say("ai chủ trì?", chat="-77", group=True) == ""
    assert assistant.asked == [] and directory.links_of(an) == []


async def test_an_official_in_a_group_gets_nothing_there(linked: Person, assistant: FakeAssistant) -> None:
    assert await linked.say("việc của tôi?", chat="-77", group=True) == words.GROUP
    assert assistant.asked == []


async def test_someone_switched_off_is_told_so(
    linked: Person, directory: Directory, an: Official, assistant: FakeAssistant
) -> None:
    directory.set_active(an.id, False)
    assert await linked.say("ai chủ trì?") == words.SUSPENDED
    assert "Nguyễn Văn An" in await linked.say("dữ liệu của tôi"), "their data are theirs all the same"
    assert assistant.asked == []


@pytest.mark.parametrize(("user", "chat"), [("u" * 300, "1"), ("1", "a\nb"), ("1", "a\x00b"), ("", "1"), ("1", "\ud800")])
async def test_ids_that_no_provider_gives_are_ignored(desk: Desk, user: str, chat: str) -> None:
    assert await Person(desk, user=user).do("text", "chào", chat=chat) == []


async def test_too_many_messages_cost_one_polite_line_and_no_turn(
    directory: Directory, assistant: FakeAssistant, an: Official
) -> None:
    person = Person(Desk(directory, assistant.answer, most=20))
    directory.link(an, "telegram", "1001", "1001")
    replies = [await person.say(f"nhiệm vụ {n}?", earlier=n) for n in range(25)]
    assert len(assistant.asked) == 20
    assert replies[20:] == [words.TOO_FAST, "", "", "", ""]
    assert await person.say("nhiệm vụ 26?", earlier=0) == "Sở Y tế chủ trì."


def test_pace_remembers_a_bounded_number_of_people() -> None:
    pace = Pace(1, 60.0, keys=100, clock=lambda: 0.0)
    assert {pace.count(n) for n in range(1000)} == {0}
    assert pace.count(999) == 1 and pace.count(0) == 0


# The web page


async def test_signed_in_people_are_known_by_username(
    directory: Directory, assistant: FakeAssistant, linking: Linking, an: Official
) -> None:
    desk = Desk(directory, assistant.answer, linking=linking)
    assert "Sở Y tế chủ trì." in await Person(desk, "web", "an.nv").say("ai chủ trì?")
    assert assistant.asked[0][1]["metadata"]["agency"] == "Sở Y tế"
    assert words.HOW_TO_SIGN_IN in await Person(desk, "web", "~anonymous").say("ai chủ trì?", extra={"anonymous": True})
    assert await Person(desk, "web", "an.nv").say("hủy liên kết") == words.SIGN_OUT
    assert directory.official_of("telegram", "an.nv") is None, "a username is no chat account"
    assert words.NOTICE in await Person(desk, "telegram", "an.nv").say("ai chủ trì?")


# Linking


@pytest.mark.parametrize("form", ["{}", "/start {}", "mã của tôi: {}"])
async def test_a_stranger_with_a_code_becomes_the_official(
    person: Person, linking: Linking, an: Official, audit: Audit, assistant: FakeAssistant, form: str
) -> None:
    message = form.format(linking.issue(an))
    welcome = await person.say(message, event_id="7")
    assert "Nguyễn Văn An (Sở Y tế)" in welcome and "chương trình máy tính" in welcome
    assert all(part in welcome for part in ("lưu", "dữ liệu của tôi", "xóa dữ liệu của tôi", "hủy liên kết"))
    assert await person.say(message.rpartition(" ")[2], event_id="7") == welcome
    assert await person.say("ai chủ trì?") == "Sở Y tế chủ trì.", "told already that a machine answers"
    assert [line.outcome for line in audit.lines() if line.what == "link"] == ["linked", "linked"]


async def test_guessing_ends_in_a_pause_told_once(person: Person, linking: Linking, an: Official, clock: Clock) -> None:
    replies = [await person.say(f"CFHJ-{n}") for n in range(2345, 2352)]
    assert replies == [words.WRONG] * 4 + [words.PAUSED, "", ""]
    assert await person.say(linking.issue(an)) == ""
    clock.pass_(15 * 60)
    assert "Đã liên kết" in await person.say(linking.issue(an))


async def test_a_mistyped_code_is_told_and_counted(person: Person) -> None:
    assert [await person.say("ABCO-1234") for _ in range(5)] == [words.WRONG] * 4 + [words.PAUSED]


async def test_an_account_that_is_linked_stays_its_officials(
    linked: Person, linking: Linking, directory: Directory, an: Official
) -> None:
    binh = directory.add("Trần Thị Bình", "binh.tt", "hau-giang", None, "coordinator")
    code = linking.issue(binh)
    assert await linked.say(code) == words.TAKEN
    assert directory.official_of("telegram", "1001") == an
    assert "tỉnh Hậu Giang" in await Person(linked.desk, user="2002").say(code)


async def test_a_question_with_a_code_in_it_is_a_question_to_those_who_may_ask(linked: Person, assistant: FakeAssistant) -> None:
    await linked.say("văn bản CF23HJ45 nói gì?")
    assert [said for said, _ in assistant.asked] == ["văn bản CF23HJ45 nói gì?"]
