"""When two spellings of a name are the same name: for whole names (`name_key`) and word by word (`same_syllable`)."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from knowledge.text.normalize import Token, clean, fold, tokenize

_TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
_CONNECTIVES = {"va", "&"}


def words(text: str) -> list[Token]:
    """The words of a name that count: no connectives, no punctuation. Takes cleaned or NFC text; offsets are its own."""
    return [token for token in tokenize(text) if token.folded not in _CONNECTIVES]


@lru_cache(maxsize=8192)
def name_key(name: str) -> str:
    """What all spellings of one name share: `Sở TT&TT`, `sở tttt`, `S.TTTT`, `STTTT` differ at most in the first word.

    Case, diacritics, tone places, blanks, punctuation, "và" and "&" don't count.
    """
    return "".join(word.folded for word in words(clean(name)))


@lru_cache(maxsize=32768)
def without_tone(syllable: str) -> str:
    """The syllable with its vowels but no tone mark: `sở` → `sơ`, `số` → `sô`."""
    marks = unicodedata.normalize("NFD", syllable)
    return unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in _TONES))


@lru_cache(maxsize=65536)
def same_typed(written: str, meant: str) -> bool:
    """Is `written` the syllable `meant` as typed with all of its marks or with none (both in lower case)?"""
    return written == meant or (written.isascii() and written == fold(meant))


@lru_cache(maxsize=65536)
def same_syllable(written: str, meant: str) -> bool:
    """Like `same_typed`, but another tone passes too: "so", "sỡ", "sơ" may be "sở"; "số" may not."""
    return same_typed(written, meant) or (not written.isascii() and without_tone(written) == without_tone(meant))


@lru_cache(maxsize=8192)
def hoi_for_nga(written: str, meant: str) -> bool:
    """Do the two differ only in hỏi for ngã, the commonest slip of all ("sỡ" for "sở")?"""
    swapped = unicodedata.normalize("NFD", written).translate({0x303: 0x309, 0x309: 0x303})
    return unicodedata.normalize("NFC", swapped) == meant
