"""The pipeline's tokenizer and entity extractor: places in the text, and what they are told apart as."""

from __future__ import annotations

import unicodedata

import pytest
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.entities import GazetteerEntityExtractor
from bot.nlu.tokenizer import UndertheseaTokenizer, words

QUESTION = "Sở Y tế chủ trì nhiệm vụ nào?"


@pytest.mark.parametrize("text", [
    QUESTION, QUESTION.upper(), "so y te chu tri nhiem vu nao", unicodedata.normalize("NFD", QUESTION),
    "  Sở Y tế   chủ\ntrì\tnhiệm  vụ ", "😀 hạn 👍🏽 nhiệm vụ 18 ❤️?", "hoà, thuỷ lợi và hòa bình",
    "<b>chủ trì</b>; DROP TABLE x", "5.10 – 12/2025, KH&CN…", "\u200bhạn\u200b chót", "a\u0300",
])
def test_words_stand_where_they_were_typed(text: str) -> None:
    at = 0
    for word, start, end in words(text):
        typed = unicodedata.normalize("NFC", text[start:end]).replace("\u200b", "")
        assert at <= start < end <= len(text)
        assert "".join(typed.split()) == "".join(word.split())
        at = end


@pytest.mark.parametrize("text", [QUESTION, unicodedata.normalize("NFD", QUESTION), "Sở Y tế chủ  trì nhiệm\nvụ nào?"])
def test_every_word_is_kept(text: str) -> None:
    assert [word for word, _, _ in words(text)] == ["Sở", "Y tế", "chủ trì", "nhiệm vụ", "nào", "?"]


@pytest.mark.parametrize("text", ["", " ", "\n\t "])
def test_blanks_have_no_words(text: str) -> None:
    assert words(text) == []


def test_rasa_gets_tokens() -> None:
    tokenizer = UndertheseaTokenizer(UndertheseaTokenizer.get_default_config())
    tokens = tokenizer.tokenize(Message({TEXT: QUESTION}), TEXT)
    assert [(t.text, t.start, t.end) for t in tokens][2] == ("chủ trì", 8, 15)
    assert [t.text for t in tokenizer.tokenize(Message({TEXT: "   "}), TEXT)] == ["   "]


def test_the_extractor_finds_agencies_numbers_and_times_by_the_message_clock() -> None:
    message = Message({TEXT: "Sở Y tế có nhiệm vụ 18 trong tháng sau không?", "metadata": {"now": "2025-03-10T08:00:00+07:00"}})
    GazetteerEntityExtractor().process([message])
    found = {entity["entity"]: entity for entity in message.get("entities")}
    assert {"agency", "task_no", "period"} <= set(found)
    assert found["task_no"]["value"] == "18"
    assert found["period"]["value"] == {"start": "2025-04-01", "end": "2025-04-30"}
    assert all(message.get(TEXT)[e["start"] : e["end"]] == e["text"] for e in found.values())
    assert {e["extractor"] for e in found.values()} == {"GazetteerEntityExtractor"}


def test_the_extractor_keeps_what_others_found_and_passes_over_nothing_to_read() -> None:
    before = {"entity": "agency", "value": "x", "start": 0, "end": 1}
    told, empty = Message({TEXT: "Công an tỉnh", "entities": [before]}), Message({TEXT: ""})
    GazetteerEntityExtractor().process([told, empty])
    assert told.get("entities")[0] == before and len(told.get("entities")) > 1
    assert not empty.get("entities")
