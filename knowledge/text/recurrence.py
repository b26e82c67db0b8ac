"""Does a question ask for work that recurs or has no last day?"""

from __future__ import annotations

import re

from knowledge.text.normalize import fold, nfc

_RECURRING = re.compile(
    r"(?<!\w)(?:(?:thuong|thg|thuog|thuongf) xuye?n|thuong ky|thuong nien|dinh k[yi]|lien tuc|lap (?:di )?lap lai|lap lai"
    r"|lau dai|quanh nam|vo thoi han"
    r"|(?:hang|moi|tung) (?:ngay|tuan|thang|quy|nam)|(?:nam|thang|quy|tuan|ngay) nao cung"
    r"|(?:khong|ko|k|kg|hok|chua|chang) (?:(?:co|ghi|quy dinh|neu|an dinh|dat|ro|gan|bi|xac dinh)\s+)*"
    r"(?:han|thoi han|ky han|moc|ngay|deadline|thoi gian)"
    r"(?: (?:cu the|chot|cuoi|hoan thanh|ket thuc|ro rang|xong|thoi gian|nhat dinh|xac dinh))*)(?!\w)"
)
# "Có hạn không?" asks for the last day of something; "không đúng hạn", "chưa tới hạn" are about being late.
_NOT = re.compile(r"(?<!\w)(?:chua|khong) (?:toi|den|qua|dung|kip|tre) han")


def asks_recurring(text: str) -> bool:
    """Does a list question ask for standing work: "việc thường xuyên", "hằng năm", "định kỳ", "không có hạn cụ thể"?

    For questions that list or count; in others ("có làm thường xuyên không?") the same words ask about one row.
    """
    return bool(_RECURRING.search(fold(_NOT.sub(" ", fold(nfc(text))))))
