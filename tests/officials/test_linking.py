"""Codes: what they look like, single use, time, guessing; on both databases."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import Engine, select

from bot.officials.directory import Directory
from bot.officials.linking import (
    ALPHABET,
    MOST_WRONG_IN_CHAT,
    MOST_WRONG_OF_USER,
    Linking,
    Outcome,
    nearly_code,
    read_code,
)
from bot.officials.official import Official
from bot.officials.tables import codes
from tests.officials.conftest import SECRET, Clock

ME = ("telegram", "1001", "1001")


def code_of(linking: Linking, official: Official) -> str:
    code = read_code(linking.issue(official))
    assert code is not None
    return code


def wrong(number: int) -> str:
    return f"CFHJ{number + 2222}".translate(str.maketrans("01", "98"))


def test_a_code_links_once_and_is_stored_only_as_a_keyed_hash(
    engine: Engine, directory: Directory, linking: Linking, an: Official
) -> None:
    code = code_of(linking, an)
    with engine.connect() as connection:
        stored = connection.execute(select(codes)).one()
    assert code not in str(stored) and len(stored.hash) == 64
    found = linking.redeem(code, *ME)
    assert (found.outcome, found.official) == (Outcome.LINKED, an)
    assert directory.official_of("telegram", "1001") == an
    assert linking.redeem(code, "telegram", "2002", "2002").outcome is Outcome.WRONG, "a replayed code"


def test_the_key_matters(directory: Directory, linking: Linking, an: Official) -> None:
    code = code_of(linking, an)
    assert Linking(directory, SECRET + "!").redeem(code, *ME).outcome is Outcome.WRONG
    assert Linking(directory, SECRET).redeem(code, *ME).outcome is Outcome.LINKED
    with pytest.raises(ValueError, match="16"):
        Linking(directory, "ngắn")


def test_the_same_message_twice_is_linked_twice(linking: Linking, an: Official, clock: Clock) -> None:
    code = code_of(linking, an)
    assert linking.redeem(code, *ME).outcome is Outcome.LINKED
    assert linking.redeem(code, *ME).official == an
    clock.pass_(15 * 60)
    assert linking.redeem(code, *ME).outcome is Outcome.TAKEN


def test_a_code_ends_after_fifteen_minutes_or_with_the_next(linking: Linking, an: Official, clock: Clock) -> None:
    first = code_of(linking, an)
    second = code_of(linking, an)
    assert linking.redeem(first, *ME).outcome is Outcome.WRONG
    clock.pass_(15 * 60)
    assert linking.redeem(second, *ME).outcome is Outcome.WRONG


def test_the_code_of_someone_switched_off_is_a_wrong_code(directory: Directory, linking: Linking, an: Official) -> None:
    code = code_of(linking, an)
    directory.set_active(an.id, False)
    assert linking.redeem(code, *ME).outcome is Outcome.WRONG
    directory.set_active(an.id, True)
    assert linking.redeem(code, *ME).outcome is Outcome.WRONG, "switching off ended it"


def test_a_linked_account_takes_no_code_and_learns_nothing_of_it(directory: Directory, linking: Linking, an: Official) -> None:
    directory.link(an, *ME)
    binh = directory.add("Trần Thị Bình", "binh.tt", None, None)
    code = code_of(linking, binh)
    assert linking.redeem(code, *ME) == linking.redeem("2345CFHJ", *ME)
    assert linking.redeem(code, *ME).outcome is Outcome.TAKEN
    assert linking.redeem(code, "telegram", "7", "7").official == binh, "it was not used up"


def test_guessing_pauses_a_chat_and_then_even_the_right_code_waits(linking: Linking, an: Official, clock: Clock) -> None:
    code = code_of(linking, an)
    outcomes = [linking.redeem(wrong(n), *ME).outcome for n in range(MOST_WRONG_IN_CHAT)]
    assert outcomes == [Outcome.WRONG] * (MOST_WRONG_IN_CHAT - 1) + [Outcome.PAUSED]
    assert linking.redeem(code, *ME).outcome is Outcome.PAUSED
    assert linking.redeem(code, "telegram", "2002", "2002").official == an, "others are not kept waiting"
    clock.pass_(15 * 60)
    assert linking.redeem(code_of(linking, an), *ME).outcome is Outcome.LINKED


def test_guessing_from_chat_to_chat_pauses_the_user(linking: Linking, clock: Clock) -> None:
    for n in range(MOST_WRONG_OF_USER):
        found = linking.redeem(wrong(n), "telegram", "1001", f"chat-{n // 4}")
        clock.pass_(60)
        assert found.outcome is (Outcome.PAUSED if n == MOST_WRONG_OF_USER - 1 else Outcome.WRONG), n
    assert linking.redeem(wrong(99), "telegram", "1001", "yet another").outcome is Outcome.PAUSED


def test_many_at_once_use_a_code_once(directory: Directory, linking: Linking, an: Official) -> None:
    code, start = code_of(linking, an), threading.Barrier(6)
    outcomes: list[Outcome] = []

    def try_it(user: str) -> None:
        start.wait()
        outcomes.append(linking.redeem(code, "telegram", user, user).outcome)

    threads = [threading.Thread(target=try_it, args=(str(n),)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcome.value for outcome in outcomes) == ["linked"] + ["wrong"] * 5
    assert len(directory.links_of(an)) == 1


def test_many_guesses_at_once_are_counted_all(linking: Linking) -> None:
    start = threading.Barrier(8)
    outcomes: list[Outcome] = []

    def guess(number: int) -> None:
        start.wait()
        outcomes.append(linking.redeem(wrong(number), *ME).outcome)

    threads = [threading.Thread(target=guess, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count(Outcome.WRONG) == MOST_WRONG_IN_CHAT - 1


def test_codes_have_nothing_to_confuse_or_to_put_marks_on() -> None:
    assert not set(ALPHABET) & set("01OILAEUYDWSZBGQ") and len(set(ALPHABET)) == 20


@pytest.mark.parametrize("text", [
    "CF23-HJ45", "cf23hj45", " cf23 hj45 ", "/start CF23HJ45", "/start@tro_ly_bot cf23-hj45", "ＣＦ２３ＨＪ４５", "CF23\u200b-HJ45",
    "cf23.hj45", "𝐂𝐅𝟐𝟑𝐇𝐉𝟒𝟓", "CF23–HJ45",
])
def test_codes_are_read_however_they_are_typed(text: str) -> None:
    assert read_code(text) == read_code(text, whole=True) == "CF23HJ45"


@pytest.mark.parametrize("text", ["mã của tôi là cf23-hj45 ạ", "Mã: CF23HJ45."])
def test_codes_are_read_in_a_sentence(text: str) -> None:
    assert read_code(text) == "CF23HJ45"
    assert read_code(text, whole=True) is None


@pytest.mark.parametrize("text", [
    "nhiệm vụ 18", "CHKMNPRT", "23456789", "xCF23HJ45", "CF23HJ45x", "CF23HJ456", "СF23HJ45", "CF23 HJ 45", "0912 345 678",
    "CF23\nHJ45" * 40, "", "٢٣CFHJ45", "CF23ĐHJ45",
])
def test_other_texts_are_no_codes(text: str) -> None:
    assert read_code(text) is None


@pytest.mark.parametrize(("text", "seems"), [
    ("ABCO-1234", True), ("cf23hj4", True), ("/start xyz", True), ("/start", False), ("xin chào", False),
    ("2026", False), ("KH 57 là gì", False),
])
def test_what_is_meant_as_a_code(text: str, seems: bool) -> None:
    assert (nearly_code(text) is not None) is seems

