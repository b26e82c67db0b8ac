"""The words of time that patterns are made of: `compiled("{MONTH}…")` puts them in place of their names.

They are written as `time_words.plain` gives a text: folded, look-alike words kept with their marks. Spellings include what the
keyboard makes of them: missing, swapped and doubled letters, Telex left over.
"""

from __future__ import annotations

import re

_WORDS = {
    "THANG": r"(?<!\w)(?:thang|thag|thagn|thnag|tahng|thangs|thanfg|thg|than(?=\s*\d))",
    "NAM": r"(?<!\w)(?<!viet )(?:namw|nawm|nma|nam)",
    "QUY": r"(?<!\w)(?:qu[yi]s?|qusy)",
    "TUAN": r"(?<!\w)(?:tuan|tuanf|tuaanf|tuna)",
    "DAY": r"(?P<d>3[01]|[12]\d|0?[1-9])",
    "MONTH": r"(?P<m>1[0-2]|0?[1-9])(?!\d)",
    # "tháng tư", "tháng năm" read "thang tu", "thang nam" without marks: months only where nothing else can follow
    "MONTH_NAME": r"(?P<m>(?:gieng|mot(?!\s+lan)|hai|ba|tư|sáu|bay|tam|chin|muoi mot|muoi hai|muoi|chap)(?!\w)"
                  r"|(?:tu|nam)(?=\s*(?:$|[?.!,]|20\d\d|nam\s+20)))",
    "ROMAN": r"iv|i{1,3}|[1-4]",
    "COUNT": r"(?P<n>\d{1,3}|mot|hai|ba|bon|nam|sáu|sau|bay|tam|chin|muoi|nua|vai|may)",
    "UNIT": r"(?P<unit>ngay|hom|bua|tuan|thang|thag|quy|nam)",
    # "tháng tới hạn" is the month in which something falls due, "đầu năm tới hết tháng 6" a range, "trước khi" the beginning of a clause
    "NOW": r"(?:nay|hien tai|hien nay)(?!\w)",
    "NEXT": r"(?:sau|ke tiep|tiep theo|ke|toi(?!\s*(?:han|het|cuoi|tan|ngay|\d)))(?!\w)",
    "LAST": r"(?:truoc(?!\s+khi)|ngoai|vua roi|vua qua|roi|qua)(?!\w)",
    "WHICH": r"(?:{NOW}|(?P<next>{NEXT})|(?P<last>{LAST}))",
    # Groups that a pattern without {WHICH} has for its reader, and that never match
    "NEVER": r"(?:(?!)(?P<next>)(?P<last>))?",
    # "…/2025", "… năm 2025", ", 2025", "/25", "… năm sau"; "tháng 1 tới"
    "YEAR": r"(?:\s*[/.,\-–]?\s*(?:cua\s+)?(?:{NAM}\s*)?(?P<y>20\d\d)(?!\d)"
            r"|\s*/\s*(?P<yy>[2-4]\d)(?![\d/])"
            r"|\s*,?\s*(?:cua\s+)?{NAM}\s+(?:(?P<ynow>{NOW})|(?P<ynext>{NEXT})|(?P<ylast>{LAST}))"
            r"|\s+(?P<soon>(?:sap\s+)?toi(?!\s*han)|nay)(?!\w))?",
    # "… của năm" where no year is said
    "OF_YEAR": r"(?:\s*cua)?(?:\s*{NAM}(?!\s*(?:20|nay|sau|ke|tiep|toi|truoc|ngoai|vua|roi|qua)))?",
    "TO": r"\s*(?:-|–|den|toi|va)\s*(?:het\s*)?",
    # "số" before a year numbers something, but for "kinh tế số 2035"
    "NO_NUMBER": r"(?:(?<!so )|(?<=te so )|(?<=nghe so )|(?<=doi so )|(?<=hoi so )|(?<=tang so )|(?<=dan so )|(?<=quyen so )|(?<=chi so ))",
    # What 2025 things are, not the year 2025
    "COUNTED": r"(?:doanh nghiep|dn|nguoi|ty|trieu|nghin|ngan|dong|to chuc|san pham|don vi|ho|nhiem vu|nv|chi tieu|xa)(?!\w)",
}

NUMBERS = {"mot": 1, "hai": 2, "ba": 3, "tư": 4, "tu": 4, "bon": 4, "nam": 5, "sáu": 6, "sau": 6, "bay": 7, "tam": 8, "chin": 9,
           "muoi": 10, "muoi mot": 11, "muoi hai": 12, "gieng": 1, "chap": 12, "i": 1, "ii": 2, "iii": 3, "iv": 4}
UNITS = {"ngay": "day", "hom": "day", "bua": "day", "tuan": "week", "thang": "month", "quy": "quarter", "nam": "year"}


def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern with `{NAME}` replaced by the word of that name; counts such as `{1,3}` stay."""
    while True:
        filled = re.sub(r"\{([A-Z_]+)\}", lambda match: _WORDS[match.group(1)], pattern)
        if filled == pattern:
            return re.compile(pattern)
        pattern = filled


def number(word: str) -> int:
    """The number that digits, a numeral or a word stand for: `12`, `ii`, `sáu`."""
    return int(word) if word.isdigit() else NUMBERS[word]


def unit_of(word: str) -> str:
    """day, week, month, quarter or year for a word of {UNIT} or a misspelt one of {THANG}, {QUY}, {TUAN}."""
    return UNITS.get(word) or {"q": "quarter", "n": "year"}.get(word[0]) or ("week" if word.startswith("tu") else "month")
