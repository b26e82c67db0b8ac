"""Registering, switching off, links and their cache, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, inspect

from bot.officials.audit import Audit
from bot.officials.directory import Directory, Taken
from bot.officials.official import Official
from tests.officials.conftest import Clock

_DAY = 86_400


def test_a_linked_account_is_its_officials(directory: Directory, an: Official) -> None:
    directory.link(an, "telegram", "1001", "1001")
    assert directory.official_of("telegram", "1001") == an
    assert directory.official_of("zalo_bot", "1001") is None, "ids of another channel are another's"
    assert directory.official_of("telegram", "1002") is None


def test_one_account_belongs_to_one_official_and_one_official_may_have_many(directory: Directory, an: Official) -> None:
    other = directory.add("Trần Thị Bình", "binh.tt", "hau-giang", None, "coordinator")
    directory.link(an, "telegram", "1001", "1001")
    directory.link(an, "zalo_bot", "z1", "z1")
    with pytest.raises(Taken):
        directory.link(other, "telegram", "1001", "1001")
    with pytest.raises(Taken):
        directory.link(other, "telegram", "1009", "1001")  # another user in the same private chat
    assert [(link.channel, link.alive) for link in directory.links_of(an)] == [("telegram", True), ("zalo_bot", True)]
    assert directory.links_of(other) == []


def test_usernames_are_one_whatever_their_case(directory: Directory, an: Official) -> None:
    with pytest.raises(Taken):
        directory.add("Người Khác", "AN.NV", None, None)
    assert directory.by_username("An.NV ") == an


def test_whoever_is_switched_off_is_nobody(directory: Directory, an: Official) -> None:
    directory.link(an, "telegram", "1001", "1001")
    assert directory.official_of("telegram", "1001") == an
    directory.set_active(an.id, False)
    assert directory.official_of("telegram", "1001") is None
    assert directory.by_username("an.nv") is None
    found = directory.registered("telegram", "1001")
    assert found is not None and not found.active
    directory.set_active(an.id, True)
    assert directory.official_of("telegram", "1001") == an


def test_what_another_process_changes_is_seen_after_two_seconds(engine: Engine, directory: Directory, an: Official, clock: Clock) -> None:
    other = Directory(engine, clock=clock)
    assert directory.official_of("telegram", "1001") is None
    other.link(an, "telegram", "1001", "1001")
    assert directory.official_of("telegram", "1001") is None
    clock.pass_(2.1)
    assert directory.official_of("telegram", "1001") == an
    other.set_active(an.id, False)
    clock.pass_(2.1)
    assert directory.official_of("telegram", "1001") is None


def test_a_clock_set_back_does_not_keep_the_cache(engine: Engine, directory: Directory, an: Official, clock: Clock) -> None:
    assert directory.official_of("telegram", "1001") is None
    Directory(engine, clock=clock).link(an, "telegram", "1001", "1001")
    clock.pass_(-3600)
    assert directory.official_of("telegram", "1001") == an


def test_dead_links_stay_and_come_back(directory: Directory, an: Official, clock: Clock) -> None:
    directory.link(an, "telegram", "1001", "1001")
    directory.mark_dead("telegram", "1001")
    first = directory.links_of(an)[0].dead
    clock.pass_(60)
    directory.mark_dead("telegram", "1001")
    assert directory.links_of(an)[0].dead == first == clock.now - 60
    directory.revive("telegram", "1001")
    assert directory.links_of(an)[0].alive


def test_idle_accounts_are_switched_off_and_noted(directory: Directory, an: Official, audit: Audit, clock: Clock) -> None:
    binh = directory.add("Trần Thị Bình", "binh.tt", None, None)
    clock.pass_(44 * _DAY)
    directory.touch(an)
    assert directory.disable_idle(audit) == []
    clock.pass_(2 * _DAY)
    assert [official.username for official in directory.disable_idle(audit)] == ["binh.tt"]
    assert directory.by_username("an.nv") == an
    assert [(line.official, line.what, line.outcome) for line in audit.lines()] == [(binh.id, "disable", "idle")]
    directory.set_active(binh.id, True)
    assert directory.disable_idle(audit) == [], "switched on again, the time begins anew"


def test_touch_writes_once_an_hour(directory: Directory, an: Official, clock: Clock) -> None:
    clock.pass_(7200)
    directory.touch(an)
    written = clock.now
    clock.pass_(1800)
    directory.touch(an)
    assert directory.entries()[0].used == written
    clock.pass_(1801)
    directory.touch(an)
    assert directory.entries()[0].used == clock.now


def test_sql_in_a_name_is_a_name(engine: Engine, directory: Directory) -> None:
    name = "Robert'); DROP TABLE officials;--"
    found = directory.add(name, "robert", None, "'; DELETE FROM links; --")
    assert directory.by_username("robert") == found and found.name == name
    assert directory.by_username("' OR '1'='1") is None
    assert directory.official_of("telegram", "1' OR '1'='1") is None
    assert inspect(engine).has_table("officials")


def test_put_adds_changes_and_leaves(directory: Directory, an: Official) -> None:
    same = {"name": an.name, "username": an.username, "province": an.province, "agency": an.agency, "role": an.role}
    new = {"name": "Trần Thị Bình", "username": "binh.tt", "province": "hau-giang", "agency": None, "role": "coordinator"}
    assert [[o.username for o in group] for group in directory.put([same, new])] == [["binh.tt"], []]
    directory.set_active(an.id, False)
    assert [[o.role for o in group] for group in directory.put([{**same, "role": "leader"}, new])] == [[], ["leader"]]
    assert directory.by_username("an.nv") is None, "an import switches nobody on"


def test_put_is_all_or_nothing(directory: Directory) -> None:
    good = {"name": "Trần Thị Bình", "username": "binh.tt", "province": None, "agency": None, "role": "reader"}
    with pytest.raises(Exception, match="(?i)null"):
        directory.put([good, {**good, "username": "khac", "name": None}])
    assert directory.entries() == []


def test_audit_lines_are_cut_and_end_with_retention(audit: Audit, an: Official, clock: Clock) -> None:
    audit.note("question", official=an, channel="telegram", account="1" * 900, intent="ask_lead", outcome="answer")
    clock.pass_(400 * _DAY)
    audit.note("show", official=an)
    assert [(line.what, line.who, len(line.account)) for line in audit.lines(an.id)] == [("show", "an.nv", 0), ("question", "an.nv", 255)]
    assert audit.erase_before(clock.now - 365 * _DAY) == 1
    assert [line.what for line in audit.lines()] == ["show"]
