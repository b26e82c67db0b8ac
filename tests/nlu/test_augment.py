"""The noiser, and the sentences that the trainer makes out of one."""

from __future__ import annotations

import re

import pytest
import yaml

from bot.nlu.augment import Augmenter, Example, Material, training_forms
from bot.settings import ROOT
from knowledge.text.noise import Noiser, telex_keys, vni_keys
from knowledge.text.normalize import fold

TEXT = "Cơ quan nào chủ trì nhiệm vụ số 12, hạn hoàn thành là khi nào?"
LEAD = Example("Ai chủ trì tổng đài 1022?", [(11, 24, "content")], "ask_lead")


@pytest.mark.parametrize("syllable, telex, vni", [
    ("hạn", "hanj", "han5"), ("đề", "ddeef", "d9e62"), ("nước", "nuwowcs", "nu7o7c1"), ("ai", "ai", "ai"),
])
def test_keys_of_a_syllable(syllable: str, telex: str, vni: str) -> None:
    assert (telex_keys(syllable), vni_keys(syllable)) == (telex, vni)


def test_no_strength_no_noise() -> None:
    assert Noiser(1).noisy(TEXT, 0) == TEXT


def test_noise_can_be_repeated_and_grows() -> None:
    assert Noiser(1).noisy(TEXT, 0.5) == Noiser(1).noisy(TEXT, 0.5)
    changed = [sum(_differences(Noiser(seed).noisy(TEXT, strength)) for seed in range(40)) for strength in (0.1, 0.4, 0.9)]
    assert changed[0] < changed[1] < changed[2]


def test_without_marks_keeps_capitals_and_length() -> None:
    bare = Noiser(1).without_marks(TEXT)
    assert bare == "Co quan nao chu tri nhiem vu so 12, han hoan thanh la khi nao?"


def test_numbers_and_punctuation_survive_slips() -> None:
    for seed in range(30):
        noisy = Noiser(seed).noisy(TEXT, 0.6)
        assert "12" in noisy and noisy.endswith("?")


def test_abbreviations_are_known_short_forms() -> None:
    found = {Noiser(seed).abbreviated("Ủy ban nhân dân có nhiệm vụ không", 1.0) for seed in range(30)}
    assert any(re.search(r"\bubnd\b", text, re.IGNORECASE) for text in found)
    assert any(re.search(r"\b(ko|k|hok|hông)\b", text) for text in found)


def test_contents_are_swapped_and_the_question_stays() -> None:
    material = Material.of([("content", ["A1", "B2", "C3"])])
    made = list(Augmenter(material, 5).variants(LEAD, 60))
    assert made[0] == LEAD.text and len(made) == 61
    assert {code for text in made[1:] for code in re.findall(r"A1|B2|C3", text.upper())} == {"A1", "B2", "C3"}
    assert not any("1022" in text for text in made[1:])


def test_words_are_exchanged_outside_of_contents_only() -> None:
    material = Material.of([("wording/chủ trì", ["cầm trịch"]), ("content", ["việc chủ trì hội nghị"])])
    made = {fold(text) for text in Augmenter(material, 5).variants(LEAD, 200)}
    assert any("cam trich" in text for text in made)
    assert not any("cam trich hoi nghi" in text for text in made)


def test_bare_sentences_get_nothing_around_them() -> None:
    material = Material.of([(name, ["XYZ"]) for name in ("opening", "closing", "context", "remark")])
    plain, bare = Example("xem thêm", [], "show_more"), Example("xem thêm", [], "show_more", bare=True)
    assert any("xyz" in text.lower() for text in Augmenter(material, 5).variants(plain, 60))
    assert not any("xyz" in text.lower() for text in Augmenter(material, 5).variants(bare, 60))


def test_training_can_be_repeated_and_is_balanced() -> None:
    many = [Example(f"câu hỏi thứ {word} là gì vậy em", [], "many") for word in "an ba ca da gà hà la ma na pa ra sa".split()]
    few = [Example("cho em xin danh sách nhiệm vụ của sở em với ạ", [], "few")]
    forms = training_forms([*many, *few], Material.of([]), 40, 3)
    assert forms == training_forms([*many, *few], Material.of([]), 40, 3)
    sizes = [sum(intent == name for intent in forms.values()) for name in ("many", "few")]
    assert len(many) <= sizes[0] <= 4 * len(many) and 3 <= sizes[1] <= 13


def test_lookup_tables_of_the_shipped_data_are_there(training_data: tuple[list[Example], Material]) -> None:
    examples, material = training_data
    kinds = {kind for example in examples for _, _, kind in example.spans}
    assert kinds <= set(material.tables) and {"opening", "closing", "context", "remark"} <= set(material.tables)
    assert len(material.wordings) > 40


@pytest.mark.parametrize("path", sorted((ROOT / "nlu_data" / "intents").glob("*.yml")), ids=lambda path: path.stem)
def test_an_intent_has_sixty_examples_each_once(path: object, training_data: tuple[list[Example], Material]) -> None:
    name = yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"][0]["intent"]  # type: ignore[attr-defined]
    texts = [example.text for example in training_data[0] if example.intent == name]
    assert len(texts) >= 60 and len(texts) == len(set(texts))


def _differences(text: str) -> int:
    words = set(TEXT.split())
    return sum(word not in words for word in text.split())
