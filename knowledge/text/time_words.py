"""A question's text made ready for patterns of time: folded, with look-alike words and document numbers out of the way."""

from __future__ import annotations

import re

from knowledge.text.normalize import fold

_WORD = re.compile(r"[^\W\d_]+")
# Words that fold to a word of time but are others; they keep their marks, so that no pattern sees them.
_OTHERS = {
    "nam": "nằm nắm nấm nạm nậm", "quy": "quỹ quỷ quỳ", "thang": "thắng thẳng thăng", "tuan": "tuân tuấn", "ngay": "ngáy",
    "sau": "sáu sâu sấu", "toi": "tôi tối tội tồi tỏi", "den": "đèn đen đền", "tu": "tư tự tú tủ tụ", "nay": "nảy nãy nạy",
    "dau": "đấu dầu dấu đậu đau dâu đâu dậu", "cuoi": "cưới cười cưỡi", "hom": "hòm hóm", "mai": "mại mái mài mãi mải",
    "ke": "kẻ kẽ", "qua": "quá quà quả quạ", "trong": "trọng trồng trống", "gan": "gắn gân gán", "doan": "đoàn đoán",
    "ba": "bà bá bả bã", "bon": "bọn bồn", "bay": "bày bây bậy", "hai": "hài hại hải hái", "muoi": "muối muỗi",
    "tam": "tầm tạm tâm tấm", "vai": "vải", "thu": "thú thủ", "roi": "rơi rời rọi", "may": "máy mây", "tro": "trợ trò trỏ",
    "giua": "giũa", "het": "hét", "moc": "mọc", "le": "lệ lẽ", "gio": "gió giỏ", "tet": "tệt", "dip": "díp",
}
_OTHER_WORDS = {word for words in _OTHERS.values() for word in words.split()}

_DATE = r"(?:ngay\s*)?\d{1,2}(?:\s*[/.\-]\s*\d{1,2}\s*[/.\-]\s*\d{2,4}|\s*thang\s*\d{1,2}(?:\s*nam\s*\d{4})?)"
_NUMBERED = (
    r"\d+\s*/\s*(?:19|20)\d\d\s*/\s*[a-z][\w-]*"  # 107/2021/NĐ-CP
    r"|\d+\s*[-/]\s*[a-z]{1,8}(?:\s?[-/]\s?[a-z]\w*)+"  # 57-NQ/TW, 71/NQ-CP, 1552/BTTTT-TTH
    r"|\d+\s*[-/]\s*(?:nq|nd|qd|kh|tb|ctr|ct|kl|tt|cv|bc|da|hd|ub)(?!\w)"
)
_NAMED = (  # Nghị định 107, NQ57, nghi quyet 57 nq/tw
    r"(?<!\w)(?:nghi quyet|nghi dinh|quyet dinh|chi thi|thong tu|cong van|ket luan|thong bao|luat|van ban|nq|nd|qd|kl|tb|cv|vb)"
    r"\s*(?:so\s*)?\.?\s*(?!(?:19|20)\d\d(?![\d/\-]))\d+(?![\d/\-.])(?:\s+[a-z]{2,5}\s?[/-]\s?[a-z]{2,5}(?!\w))?"
)
_SIGNED = (  # what says when it was signed: "của Bộ Chính trị ban hành ngày 22/12/2024", "năm 2021"
    r"(?:(?:\s*cua(?:\s+[^\W\d_]+){1,5}?)?\s*,?\s*(?:(?:duoc\s+)?ban hanh\s+|ky\s+)?"
    rf"(?:{_DATE}|nam\s*(?:19|20)\d\d))?"
)
_DOCUMENT = re.compile(f"(?:{_NUMBERED}|{_NAMED}){_SIGNED}")
_LAW = re.compile(
    r"(?<!\w)luat(?:\s+(?!(?:phai|xong|han|den|truoc|trong|nao|moi)(?!\w))[^\W\d_]+){1,8}?\s+(?:nam\s+)?(?:19|20)\d\d")


def plain(text: str) -> str:
    """An NFC text, folded to the same length, for patterns of time.

    Words that only look like words of time without their marks ("nằm", "quỹ", "tôi") keep them. Document numbers, the dates
    of documents ("57-NQ/TW ngày 22/12/2024") and laws by their year are blotted out.
    """
    folded = _WORD.sub(_folded_word, text)
    for pattern in (_DOCUMENT, _LAW):
        folded = pattern.sub(lambda match: "\0" * len(match.group()), folded)
    return folded


def _folded_word(match: re.Match[str]) -> str:
    word = match.group().lower()
    if len(word) != len(match.group()):
        return match.group()
    return word if word in _OTHER_WORDS else fold(word)
