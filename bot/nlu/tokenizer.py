"""Vietnamese words as Rasa tokens, segmented by underthesea."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message
from underthesea import word_tokenize

from knowledge.text.normalize import nfc

_CHARACTER = re.compile(r"[^\u0300-\u036f][\u0300-\u036f]*|[\u0300-\u036f]+", re.DOTALL)  # a letter with its combining marks


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class UndertheseaTokenizer(Tokenizer):
    """Splits a message into Vietnamese words (`chủ trì` is one token) with offsets into the original text."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Rasa's own defaults for a tokenizer."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None, "prefix_separator_symbol": None}

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Tokens of a message's attribute, their text composed (NFC); a message without words is one token."""
        text = message.get(attribute)
        tokens = [Token(word, start, end) for word, start, end in words(text)]
        return self._apply_token_pattern(tokens) or [Token(text, 0)]


def words(text: str) -> list[tuple[str, int, int]]:
    """The words of a text, each with its place in the text as it was typed."""
    composed, places = _composed(text)
    found: list[tuple[str, int, int]] = []
    at = 0
    for word in word_tokenize(composed, use_token_normalize=False):
        span = _span(word.split(), composed, at)
        if span:
            at = span[1]
            found.append((word, places[span[0]][0], places[at - 1][1]))
    return found


def _span(syllables: list[str], text: str, at: int) -> tuple[int, int] | None:
    """Where the syllables of a word stand from `at` on. Blanks between them are as they were typed: several, or the end of a line."""
    first = end = -1
    for syllable in syllables:
        start = text.find(syllable, at)
        if start < 0 or end >= 0 and not text[end:start].isspace():
            return None
        first, at = (start if first < 0 else first), start + len(syllable)
        end = at
    return (first, end) if end > first else None


def _composed(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The text in NFC, and for each of its characters where it stands in the text."""
    if unicodedata.is_normalized("NFC", text) and nfc(text) == text:
        return text, [(place, place + 1) for place in range(len(text))]
    out: list[str] = []
    places: list[tuple[int, int]] = []
    for match in _CHARACTER.finditer(text):
        piece = nfc(match.group())
        out.append(piece)
        places += [match.span()] * len(piece)
    return "".join(out), places
