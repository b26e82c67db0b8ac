"""The few orders that are not for the assistant: to unlink, to see one's data, to have them erased; and yes and no to them.

Understood without diacritics, with Telex keys left in the text, and with small slips; never guessed from single words.
"""

from __future__ import annotations

import re
from typing import Literal

from rapidfuzz.distance import OSA

from knowledge.text.normalize import clean, fold
from knowledge.text.typos import telex

Order = Literal["unlink", "show", "erase"]

_LONGEST = 80
_ORDERS: dict[Order, tuple[str, ...]] = {
    "unlink": ("hủy liên kết", "hủy liên kết tài khoản", "bỏ liên kết", "gỡ liên kết", "ngừng liên kết", "thôi liên kết"),
    "show": ("dữ liệu của tôi", "dữ liệu của em", "dữ liệu của mình", "xem dữ liệu của tôi", "dữ liệu cá nhân của tôi"),
    "erase": ("xóa dữ liệu của tôi", "xóa dữ liệu của em", "xóa dữ liệu của mình", "xóa hết dữ liệu của tôi", "xóa toàn bộ dữ liệu của tôi",
              "xóa tất cả dữ liệu của tôi", "xóa dữ liệu cá nhân của tôi", "xóa dữ liệu tôi"),
}
_POLITE_FIRST = ("cho tôi", "cho em", "tôi muốn", "em muốn", "tôi cần", "vui lòng", "xin", "hãy", "nhờ", "giúp tôi", "làm ơn")
_POLITE_LAST = ("giúp tôi", "giúp em", "giúp", "với", "đi", "nhé", "nha", "ạ", "a")
_YES = ("có", "có ạ", "dạ có", "vâng", "dạ vâng", "đồng ý", "tôi đồng ý", "xác nhận", "có xóa", "có hủy", "ok", "yes")
_NO = ("không", "không ạ", "dạ không", "thôi", "khỏi", "hủy", "không đồng ý", "giữ nguyên", "no")
_PRONOUNS = ("toi", "em", "minh")
_EDGE = re.compile(r"^[\W_]+|[\W_]+$")


def order(text: str) -> Order | None:
    """The order that a message is, as a whole but for polite words; None for anything else."""
    if len(text) > _LONGEST:
        return None
    words = _bare(_words(text))
    return next((name for name, phrases in _FOLDED.items() if any(_same(words, phrase) for phrase in phrases)), None)


def is_yes(text: str) -> bool:
    """Is this a clear yes?"""
    return _is_one_of(text, _YES)


def is_no(text: str) -> bool:
    """Is this a clear no?"""
    return _is_one_of(text, _NO)


def _is_one_of(text: str, answers: tuple[str, ...]) -> bool:
    """With all diacritics right or none (or as Telex keys): "cơ" is no "có"."""
    typed = _EDGE.sub("", clean(text[:_LONGEST]).lower())
    plain = " ".join(next(iter(telex(word)), word) for word in typed.split())
    return any(typed == answer or (typed.isascii() and fold(answer) in (typed, plain)) for answer in answers)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", fold(clean(text)))


def _bare(words: list[str]) -> list[str]:
    """Without the polite words at both ends."""
    for edge, phrases in ((0, _FIRST), (1, _LAST)):
        again = True
        while again:
            again = False
            for phrase in phrases:
                end = words[-len(phrase):] if edge else words[:len(phrase)]
                if end == phrase and len(words) > len(phrase):
                    words, again = (words[:-len(phrase)] if edge else words[len(phrase):]), True
    return words


def _same(written: list[str], meant: list[str]) -> bool:
    if len(written) == len(meant):
        return all(_same_word(a, b) for a, b in zip(written, meant, strict=True))
    return len(written) < len(meant) and OSA.distance("".join(written), "".join(meant)) <= 1


def _same_word(written: str, meant: str) -> bool:
    """A slip is let pass where it can hardly make another word: not in a pronoun, not at the beginning of a short word."""
    if written == meant or meant in telex(written):
        return True
    alike = len(meant) > len("du") and (len(meant) > len("huy") or written[:1] == meant[:1])
    return meant not in _PRONOUNS and alike and OSA.distance(written, meant) <= 1


_FOLDED: dict[Order, list[list[str]]] = {name: [_words(phrase) for phrase in phrases] for name, phrases in _ORDERS.items()}
_FIRST = [_words(phrase) for phrase in _POLITE_FIRST]
_LAST = [_words(phrase) for phrase in _POLITE_LAST]
