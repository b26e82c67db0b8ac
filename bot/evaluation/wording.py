"""When two wordings count as the same: each form is a row of small steps, so that what differs between forms is data."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

Step = Callable[[str], str]
Form = Callable[[object], str]


def form(*steps: Step) -> Form:
    """A normal form: every value as NFC text without case, then the steps in order."""

    def apply(value: object) -> str:
        text = unicodedata.normalize("NFC", str(value)).casefold()
        for step in steps:
            text = step(text)
        return text

    return apply


def rewrite(*rules: tuple[str, str]) -> Step:
    """A step that replaces patterns, one after the other."""
    compiled = [(re.compile(pattern), replacement) for pattern, replacement in rules]

    def apply(text: str) -> str:
        for pattern, replacement in compiled:
            text = pattern.sub(replacement, text)
        return text

    return apply


def _old_tone_places() -> Step:
    """hoà → hòa, thuỷ → thủy, wherever the pair of vowels stands: both sides are treated alike, so no syllable is parsed."""
    pairs = {
        unicodedata.normalize("NFC", vowels + tone): unicodedata.normalize("NFC", vowels[0] + tone + vowels[1])
        for vowels in ("oa", "oe", "uy")
        for tone in "\u0300\u0301\u0303\u0309\u0323"
    }
    found = re.compile("|".join(pairs))
    return lambda text: found.sub(lambda match: pairs[match.group()], text)


_one_blank = rewrite((r"\s+", " "))
_tight_slash = rewrite((r"\s*/\s*", "/"))
_no_blanks = rewrite((r"\s+", ""))
_short_dash = rewrite(("[–—]", "-"))
_full_agencies = rewrite(
    (r"\bubnd\b", "ủy ban nhân dân"),
    (r"\bhđnd\b", "hội đồng nhân dân"),
    (r"\bvptu\b", "văn phòng tỉnh ủy"),
    (r"\bbcđ\b", "ban chỉ đạo"),
    (r"\bmttq\b", "mặt trận tổ quốc"),
)

#: A cell of the annex as it stands there: only typing differs.
cell = form(_one_blank, _tight_slash, str.strip, lambda text: text.rstrip("."), str.strip)

#: A figure of the annex: blanks, the ways to type "≥" and a final % do not count.
cell_figure = form(
    _no_blanks, rewrite(("–", "-"), (">=", "≥"), ("=>", "≥")), lambda text: text.rstrip("."), lambda text: text.rstrip("%"))

_PROSE = (_old_tone_places(), _short_dash, rewrite(("[“”]", "\"")), _one_blank, str.strip, lambda text: text.rstrip(" .;"))

#: A sentence or a name in any document: also tone places, dashes and quotes.
plain = form(*_PROSE)

#: The name of an agency: the usual abbreviations written out.
agency = form(*_PROSE, _full_agencies)

#: A passage of an answer: dates without leading zeros, no emphasis.
passage = form(
    *_PROSE,
    _full_agencies,
    rewrite((r"(?<!\d)0+(\d)(?=[/\d])", r"\1"), (r"\s+%", "%")),
    _tight_slash,
    rewrite((r"\bsở kh&?cn\b", "sở khoa học và công nghệ"), (r"\*", "")),
)

#: A target in any document, however the bound, the decimal comma and the thousands are written.
figure = form(
    rewrite(("[≥⩾]", ">"), (">=", ">"), ("[≤⩽]", "<"), ("<=", "<")),
    _short_dash,
    _no_blanks,
    rewrite(
        (r"(?<=[\d%])đến(?=\d)", "-"),
        (r"^(mỗinăm|có|đạt)+", ""),
        (r"^(từ|trên|hơn|tốithiểu|ítnhất|khôngthấphơn)(?=\d)", ">"),
        (r"(?<=\d),(?=\d)", "."),
        (r"(?<=\d)\.(?=\d{3}(?!\d))", ""),  # 1.500 → 1500
        (r"(?<![\d.])0+(?=\d)", ""),        # 08 → 8, and 0.60 stays
        (r"(\.\d*?)0+(?!\d)", r"\1"),       # 0.60 → 0.6
        (r"\.(?!\d)", ""),
        ("%", ""),
    ),
)


def iso_date(value: object) -> str:
    """22/12/2024 → 2024-12-22; a date that is one already loses its time."""
    text = str(value).strip()
    match = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", text)
    return f"{int(match[3]):04}-{int(match[2]):02}-{int(match[1]):02}" if match else text[:10]
