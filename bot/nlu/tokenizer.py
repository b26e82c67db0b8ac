"""Vietnamese words as Rasa tokens, segmented by underthesea."""

from __future__ import annotations

import re
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
        # Blanks inside a word are as they were typed: several, or the end of a line.
        match = re.compile(r"\s+".join(map(re.escape, word.split()))).search(composed, at)
        if match and match.group():
            at = match.end()
            found.append((word, places[match.start()][0], places[match.end() - 1][1]))
    return found


def _composed(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The text in NFC, and for each of its characters where it stands in the text."""
    out: list[str] = []
    places: list[tuple[int, int]] = []
    for match in _CHARACTER.finditer(text):
        piece = nfc(match.group())
        out.append(piece)
        places += [match.span()] * len(piece)
    return "".join(out), places
