"""Numbers and symbols of legal documents (`57-NQ/TW`, `193/2025/QH15`, `42-CTr/TU`): finding them, and what a symbol says.

Forms: Nghị định 30/2020/NĐ-CP (văn thư) for the state, Hướng dẫn 36-HD/VPTW for the Party. A scan's misread letters are mended
only where the symbol is none and a known one looks like it; digits are never touched.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.text.normalize import fold

_KIND_SYMBOLS = {
    "NQ": "Nghị quyết", "QĐ": "Quyết định", "NĐ": "Nghị định", "KH": "Kế hoạch", "CTr": "Chương trình", "TB": "Thông báo",
    "CT": "Chỉ thị", "KL": "Kết luận", "ĐA": "Đề án", "HD": "Hướng dẫn", "TT": "Thông tư", "BC": "Báo cáo", "TTr": "Tờ trình",
    "QC": "Quy chế", "QyĐ": "Quy định", "CĐ": "Công điện", "CV": "Công văn", "PA": "Phương án", "TTLT": "Thông tư liên tịch",
    "L": "Luật", "PL": "Pháp lệnh",
}
_ISSUERS = tuple((re.compile(pattern), issuer) for pattern, issuer in (
    (r"UBTVQH\d{1,2}$", "Ủy ban Thường vụ Quốc hội"), (r"QH\d{1,2}$", "Quốc hội"), (r"(?:^|[-/])TTg$", "Thủ tướng Chính phủ"),
    (r"(?:^|[-/])CP$", "Chính phủ"), (r"(?:^|[-/])UBND$", "Ủy ban nhân dân"), (r"(?:^|[-/])HĐND$", "Hội đồng nhân dân"),
    (r"(?:^|[-/])BKHCN$", "Bộ Khoa học và Công nghệ"), (r"^BTTTT|(?:^|[-/])BTTTT$", "Bộ Thông tin và Truyền thông"),
    (r"(?:^|[-/])BTC$", "Bộ Tài chính"), (r"(?:^|[-/])BNV$", "Bộ Nội vụ"), (r"(?:^|[-/])BCA$", "Bộ Công an"),
    (r"(?:^|[-/])BCĐTW$", "Ban Chỉ đạo Trung ương"), (r"(?:^|[-/])VPCP$", "Văn phòng Chính phủ"),
))
_BODIES = {
    "TW", "TU", "CP", "TTg", "UBND", "HĐND", "BCĐ", "BCĐTW", "BTC", "BKHCN", "BTTTT", "BNV", "BCA", "BQP",
    "VPCP", "CATTT", "ĐU", "HU", "VPTU", "VPTW", "BTGTW", "TTCP", "NHNN", "BYT", "BGDĐT", "BXD", "BTP", "BCT",
    "BNNMT", "SKHCN", "BCSĐ", "BTGDVTU", "QH", "UBTVQH", "CNTT", "CĐS",
}
_PART = r"[A-ZĐƯ][A-Za-zĐđƯư&]{0,9}\d{0,2}"
_NUMBER = re.compile(
    rf"(?<![\w/.])(\d{{1,5}}(?: \d)?)\s?(/\s?(?:19|20)\d\d)?\s?([-/–])\s?({_PART}(?:\s?[-/–]\s?{_PART}){{0,3}})(?!\w)")
# Letters that scans take for one another.
_MISREAD = (("VV", "W"), ("IT", "H"), ("II", "H"), ("D", "Đ"), ("Ð", "Đ"), ("0", "O"), ("l", "I"))


@dataclass(frozen=True)
class Mention:
    """A number as it stands in a text: the number tidied, the place of the number."""

    number: str
    start: int
    end: int


def find_numbers(text: str) -> list[Mention]:
    """All numbers of documents in a text, in reading order."""
    found = []
    for match in _NUMBER.finditer(text):
        symbol = mend_symbol(re.sub(r"\s", "", match[4]).replace("–", "-"))
        digits = match[1].replace(" ", "")
        year = re.sub(r"\s", "", match[2] or "")
        if symbol and _is_symbol(symbol, text[:match.start()]):
            found.append(Mention(f"{digits}{year}{match[3].replace('–', '-')}{symbol}", match.start(), match.end()))
    return found


def kind_of(number: str) -> str:
    """The kind that a symbol names (`NQ` → Nghị quyết), or nothing."""
    return next((_KIND_SYMBOLS[part] for part in _parts(number) if part in _KIND_SYMBOLS), "")


def issuer_of(number: str) -> str:
    """The issuer that a symbol tells for sure (`QĐ-TTg` → Thủ tướng Chính phủ), or nothing."""
    symbol = re.sub(r"^\d+(?:/\d{4})?[-/]", "", number)
    return next((issuer for pattern, issuer in _ISSUERS if pattern.search(symbol)), "")


def mend_symbol(symbol: str) -> str:
    """The symbol with parts that are none read as the known ones they look like: `NQ/TVV` → `NQ/TW`."""
    return "".join(part if part in "-/" else _mend(part) for part in re.split(r"([-/])", symbol))


def _mend(part: str) -> str:
    if _known(part):
        return part
    for wrong, right in _MISREAD:
        if _known(part.replace(wrong, right)):
            return part.replace(wrong, right)
    alike = [known for known in (*_BODIES, *_KIND_SYMBOLS) if len(known) > 2 and fold(known) == fold(part)]
    return alike[0] if alike else part


def _known(part: str) -> bool:
    stem = part.rstrip("0123456789")
    return stem in _BODIES or stem in _KIND_SYMBOLS


def _parts(number: str) -> list[str]:
    return re.split(r"[-/]", number)


def _is_symbol(symbol: str, before: str) -> bool:
    """Whether letters after a number are a document's symbol: known, or announced by "số"."""
    capitals = sum(char.isupper() for char in symbol)
    if capitals < 2:
        return False
    announced = re.search(r"(?:\bsố|\bsổ|\bSố|\bSỐ)\s*:?\s*$", before)
    known = any(_known(part) for part in _parts(symbol)) and len(_parts(symbol)) > 1
    return known or bool(announced) or bool(re.match(r"(?:QH|UBTVQH)\d", symbol))
