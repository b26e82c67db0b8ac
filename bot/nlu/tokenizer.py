"""Vietnamese words as Rasa tokens, segmented by underthesea."""

from __future__ import annotations

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message
from underthesea import word_tokenize

from knowledge.text.normalize import nfc


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class UndertheseaTokenizer(Tokenizer):
    """Splits a message into Vietnamese words (`chủ trì` is one token) with offsets into the original text."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Rasa's own defaults for a tokenizer."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None, "prefix_separator_symbol": None}

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Tokens of a message's attribute; a text that underthesea can't take is split at blanks."""
        text = message.get(attribute)
        tokens: list[Token] = []
        at = 0
        for word in word_tokenize(nfc(text)):
            start = text.find(word, at)
            if start < 0:  # underthesea may join over a line break or change blanks: fall back to the first syllable
                first = word.split(" ")[0]
                start = text.find(first, at)
                if start < 0:
                    continue
                word = first
            tokens.append(Token(word, start))
            at = start + len(word)
        return self._apply_token_pattern(tokens) or [Token(text, 0)]
