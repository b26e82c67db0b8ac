"""A chat message made ready for patterns: slips mended, short forms written out, and folded as far as no other word is mistaken."""

from __future__ import annotations

import re

from rapidfuzz.distance import OSA

from knowledge.text.lexicon import is_syllable
from knowledge.text.normalize import clean, fold
from knowledge.text.time_words import plain
from knowledge.text.typos import telex

_SHORT = {
    "nv": "nhiệm vụ", "vc": "việc", "e": "em", "mk": "mình", "mik": "mình", "t": "tôi", "đc": "được", "dc": "được", "đk": "được",
    "dk": "được", "ko": "không", "k": "không", "kh": "không", "hok": "không", "khg": "không", "kg": "không", "hem": "không",
    "cn": "chủ nhật",
    "r": "rồi", "ct": "chỉ tiêu", "trc": "trước", "bh": "bao giờ", "nvu": "nhiệm vụ", "thg": "tháng", "ng": "ngày",
    "j": "gì", "rùi": "rồi", "rui": "rồi", "oy": "rồi", "òi": "rồi",
}
_SHORT_WITHOUT = {"t"}  # only as a word of its own between words, never before a number: "t 6"
# What a slip may have been meant for.
_MEANT = ("nhac nhiem viec truoc tuan thang ngay sang chieu xong hoan thanh lich tieu hang tieng phut duoc trong dang nhung danh sach "
          "chuyen thong khong cuoi quy tat bat vu").split()
# Words that fold to a word of an order but are others; they keep their marks, so that no pattern sees them.
_OTHERS = frozenset((
    "nhạc nhác tất tạt tật tát hoàn hoán hoạn bất bắt bát bạt đúng đụng dùng dụng nhân nhàn nhẫn nhắn nhãn nhấn đội đời đói đòi đôi đợi "
    "mô mơ mỡ mộ bộ bố bờ bơ bò mới mọi môi mời mồi xông chí chì dạ tới đô đỗ đổ độ đo đồ dò dỗ mốt "
    "chiếu chiêu rậm râm chấp chắp").split())
_SLIPS_OF_REMIND = frozenset("mhac bhac nhca nahc hnac nhax nhawc nhaac".split())
_WORD = re.compile(r"[^\W\d_]+")
_NUMBERED = re.compile(r"(?<![\w/])(nv|cv|ct)\.?(?=\d)", re.IGNORECASE)


def mend(text: str) -> str:
    """The message cleaned, its short forms written out ("nv18" → "nhiệm vụ 18") and its slips in the words of orders mended."""
    spaced = _NUMBERED.sub(lambda match: f"{match.group(1)} ", clean(text))
    return _WORD.sub(_mended, spaced)


def folded(text: str) -> str:
    """A mended text, folded to the same length but for words that would pass for others: "hoàn" is no "hoãn", "tới" no "tôi"."""
    out = list(plain(text))
    for match in _WORD.finditer(text):
        if match.group().lower() in _OTHERS:
            out[match.start():match.end()] = match.group().lower()
    return "".join(out)


def _mended(match: re.Match[str]) -> str:
    word, after = match.group(), match.string[match.end():]
    lower = word.lower()
    if lower in _SHORT and not (lower in _SHORT_WITHOUT and re.match(r"\s*\d", after)):
        return word if _touches_digit(match) else _SHORT[lower]
    if fold(lower) in _SLIPS_OF_REMIND:
        return "nhắc"
    if not lower.isascii() or len(lower) < 3 or is_syllable(lower):
        return word
    read = next((other for other in telex(lower) if other in _MEANT), None)
    if read is None and len(lower) > 4:
        near = [other for other in _MEANT if len(other) > 3 and OSA.distance(lower, other) <= 1]
        read = near[0] if len(near) == 1 else None
    return read or word


def _touches_digit(match: re.Match[str]) -> bool:
    """Is the word a part of something like "5.10k" or "8h"?"""
    before, after = match.string[:match.start()][-1:], match.string[match.end():][:1]
    return before.isdigit() or after.isdigit()
