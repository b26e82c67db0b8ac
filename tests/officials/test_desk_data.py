"""Leaving, seeing what is stored, erasing it; many desks and many people on one database, of both kinds."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from sqlalchemy import Engine, select

from bot import desk as words
from bot.delivery.tables import outbox
from bot.desk import Desk
from bot.officials.audit import Audit
from bot.officials.directory import Directory
from bot.officials.linking import Linking
from bot.officials.official import Official
from tests.officials.conftest import Clock, FakeAssistant, Person, Remember, everything


async def test_unlinking_asks_first(linked: Person, directory: Directory, an: Official, assistant: FakeAssistant, audit: Audit) -> None:
    asked = (await linked.do("text", "huỷ lien ket"))[0]
    assert asked.text == words.ASK["unlink"] and [button.payload for button in asked.buttons] == ["có", "không"]
    assert await linked.say("không") == words.KEPT
    assert directory.official_of("telegram", "1001") == an
    await linked.say("hủy liên kết")
    assert await linked.say("có", event_id="yes") == words.DONE["unlink"]
    assert directory.official_of("telegram", "1001") is None
    assert await linked.say("có", event_id="yes") == words.DONE["unlink"], "the same event again"
    assert words.NOTICE in await linked.say("ai chủ trì?")
    assert assistant.asked == []
    assert [line.what for line in audit.lines()].count("unlink") == 1


async def test_a_yes_counts_only_when_asked_for_and_in_time(
    linked: Person, directory: Directory, clock: Clock, assistant: FakeAssistant
) -> None:
    await linked.say("có")
    await linked.say("xóa dữ liệu của tôi")
    clock.pass_(words.CONFIRM_WITHIN + 1)
    await linked.say("có")
    await linked.say("hủy liên kết")
    await linked.say("ai chủ trì?")
    await linked.say("có")
    assert [said for said, _ in assistant.asked] == ["có", "có", "ai chủ trì?", "có"]
    assert directory.official_of("telegram", "1001") is not None


async def test_what_is_stored_is_shown(linked: Person, directory: Directory, an: Official, remember: Remember) -> None:
    directory.link(an, "zalo_bot", "z1", "z1")
    remember("telegram:1001")
    remember("zalo_bot:z1")
    remember("zalo_bot:another")
    shown = await linked.say("cho em xem du lieu cua toi")
    for part in ("Nguyễn Văn An (Sở Y tế)", "an.nv", "chuyên viên", "telegram (từ 15/01/2027)", "zalo_bot",
                 "Tin nhắn đã lưu: 2 (từ 15/01/2027)", "Nhắc việc đã gửi: 2"):
        assert part in shown, part


async def test_erasing_takes_conversations_and_links_of_all_channels_and_leaves_lines_without_content(
    linked: Person, engine: Engine, directory: Directory, an: Official, audit: Audit, remember: Remember
) -> None:
    directory.link(an, "zalo_bot", "z1", "z1")
    other = Person(linked.desk, "web", "an.nv")
    for person in (linked, Person(linked.desk, "zalo_bot", "z1"), other):
        await person.say("ai chủ trì?")
    for conversation in ("telegram:1001", "zalo_bot:z1", "web:an.nv", "telegram:9"):
        remember(conversation, f"lời ở {conversation}")
    assert (await linked.do("text", "xóa dữ liệu của tôi"))[0].text == words.ASK["erase"]
    assert await linked.say("Có ạ", event_id="yes") == words.DONE["erase"]
    left = everything(engine)
    assert "lời ở telegram:9" in left
    assert not any(f"lời ở {gone}" in left for gone in ("telegram:1001", "zalo_bot:z1", "web:an.nv"))
    assert directory.links_of(an) == [] and directory.official_of("zalo_bot", "z1") is None
    assert directory.by_username("an.nv") == an, "the registration is the administrator's"
    assert [line.what for line in audit.lines()] == ["erase", "question", "question", "question"]
    assert await linked.say("Có ạ", event_id="yes") == words.DONE["erase"]
    with engine.connect() as connection:
        rows = connection.execute(select(outbox.c.state, outbox.c.message).where(outbox.c.conversation == "telegram:1001"))
        assert set(map(tuple, rows)) == {("sent", ""), ("dead", "")}, "what waited to be sent is withdrawn"


async def test_strangers_can_see_and_erase_what_they_wrote(person: Person, engine: Engine, remember: Remember) -> None:
    await person.say("chào")
    remember("telegram:1001", "lời người lạ")
    shown = await person.say("dữ liệu của tôi")
    assert "Đăng ký: không có" in shown and "Tin nhắn đã lưu: 1 " in shown
    assert await person.say("hủy liên kết") == words.NOT_LINKED
    await person.say("xoa du lieu cua toi")
    assert await person.say("co") == words.DONE["erase"]
    assert "lời người lạ" not in everything(engine)


async def test_two_desks_on_one_database_share_a_conversation(
    engine: Engine, clock: Clock, linked: Person, assistant: FakeAssistant, directory: Directory
) -> None:
    second = replace(linked, desk=Desk(Directory(engine, clock=clock), assistant.answer))
    await linked.say("hủy liên kết")
    assert await second.say("có", event_id="second") == words.DONE["unlink"]
    clock.pass_(2.1)
    assert words.NOTICE in await linked.say("ai chủ trì?")


async def test_many_people_at_once(desk: Desk, directory: Directory, assistant: FakeAssistant) -> None:
    for n in range(20):
        directory.link(directory.add(f"Cán bộ {n}", f"cb{n}", None, None), "telegram", str(n), str(n))
    replies = await asyncio.gather(*(Person(desk, user=str(n)).say("ai chủ trì?") for n in range(40)))
    assert sum("Sở Y tế chủ trì." in reply for reply in replies) == 20 == len(assistant.asked)
    assert sum(words.NOTICE in reply for reply in replies) == 20


async def test_the_next_owner_of_an_account_finds_nothing_of_the_last(
    linked: Person, engine: Engine, linking: Linking, directory: Directory, remember: Remember
) -> None:
    binh = directory.add("Trần Thị Bình", "binh.tt", None, None)
    await linked.say("ai chủ trì?")
    remember("telegram:1001", "điều An đã hỏi")
    await linked.say("hủy liên kết")
    await linked.say("có")
    await linked.say(linking.issue(binh))
    assert "điều An đã hỏi" not in everything(engine)


async def test_linking_again_keeps_ones_own_conversation(
    linked: Person, engine: Engine, linking: Linking, an: Official, remember: Remember
) -> None:
    await linked.say("ai chủ trì?")
    remember("telegram:1001", "điều An đã hỏi")
    await linked.say("hủy liên kết")
    await linked.say("có")
    await linked.say(linking.issue(an))
    assert "điều An đã hỏi" in everything(engine)
