"""Who in a sentence: the agencies it begins with, those it works with ("phối hợp với"), those that are directed ("chỉ đạo").

A name ends where a verb begins. Verbs are looked for without diacritics, as scans get those wrong, but only in lower case:
"Ban Tổ chức" is a name, "tổ chức" is a verb.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.parsers import actor_words as words
from knowledge.parsers.agency_cells import lists_fields, split_agencies
from knowledge.text.normalize import fold

_UPPER = "A-ZĐÀ-ỸƯƠÂÊÔĂ"
_NAME_START = re.compile(
    rf"(?:{'|'.join(words.BEFORE_CAPITAL)})\s+(?=[{_UPPER}])|(?:{'|'.join(words.BEGINNINGS)})(?:\b|(?<=[, ]))"
    r"|(?:(?:[Tt]ất cả |[Tt]oàn thể |[Tt]oàn bộ |[Mm]ột số )?[Cc]ác|[Mm]ỗi|[Tt]ừng|[Nn]hững)\s+"
    rf"(?:{'|'.join(words.COLLECTIVES)})\b"
)
_BARE_START = re.compile(rf"(?:{'|'.join(words.BARE)})\b")
_NO_NAME = re.compile(r"Sở hữu|Báo cáo|Ban hành|Hội nhập|[Cc]ác cấp độ|[Cc]ác ngành, lĩnh vực")
_NOBODY = ("các", "mỗi", "từng", "những", "cơ quan", "đơn vị")  # the rest of the name is no name
_VERBS = re.compile(rf"\b(?:{'|'.join(words.VERBS)})\b")
_SHORT_VERBS = re.compile(rf"\b(?:{'|'.join(words.SHORT_VERBS)})\b", re.IGNORECASE)
_RECURS = re.compile(r"\b(?:định k\w|hàng|hằng|mỗi) (?:tuần|tháng|quý|năm|\d)|\bđịnh k\w\b", re.IGNORECASE)
_MODALS = re.compile(r"\b(?:phải|cần(?! thơ)|có trách nhiệm|chịu trách nhiệm|có nhiệm vụ|sẽ|được giao)\b", re.IGNORECASE)
_OTHER_STOPS = re.compile(rf"\b(?:{'|'.join(words.STOPS)})\b|[.;:“”]")
_ORGANISATION = re.compile(rf"to chuc(?= (?:{'|'.join(words.ORGANISATIONS)})|,|\s*$)")
#: Which ones of a kind: "Các cơ quan, đơn vị được kiểm tra".
_TOLD = re.compile(r"(?P<names>(?:[Cc]ác|[Cc]ơ quan|[Đđ]ơn vị)\b[^.:;()]{2,80}?)(?P<of_them> được [^\W\d_][^.:;(),]{2,60})")
_FOLLOWS = re.compile(r"(?:nếu|căn cứ|theo chức năng)\b")
_APPOSITION = re.compile(r"\s+[-–]\s+(?:[Cc]ơ quan|[Đđ]ơn vị|[Tt]hường trực)\b.*$")
_COOPERATES = re.compile(r"\bphoi hop(?: chat che)?(?: (?:voi|cung(?: voi)?))? ")
_DIRECTS = re.compile(
    r"(?:(?:tiep tuc|truc tiep|tap trung|tang cuong|chu dong|co trach nhiem|thong nhat) )*"
    r"(?:(?:lanh dao|chi dao|huong dan|don doc|theo doi|phan cong|dieu hanh)(?:\s*,\s*|\s+va\s+)?)+(?: thong nhat)? "
)


@dataclass(frozen=True)
class Named:
    """Agencies at the start of a text, and where the rest begins."""

    names: tuple[str, ...]
    end: int


def agencies_at_start(text: str, *, bare: bool = False) -> Named | None:
    """The agencies that a text begins with; `bare` also takes a collective without "các" (in the middle of a sentence)."""
    if _NO_NAME.match(text) or not (_NAME_START.match(text) or bare and _BARE_START.match(text)):
        return None
    end = _name_end(text)
    names = tidy_names(text[:end])
    if not names or end > 400 or names[0].lower() in _NOBODY or any(len(name.split()) > 22 for name in names):
        return None
    return Named(names, end)


def subject_of(text: str) -> Named | None:
    """The agencies at the start of a sentence, if a verb or "phải" follows them at once."""
    named = agencies_at_start(text)
    rest = text[named.end:].lstrip(" ,") if named else ""
    acts = begins_with_verb(rest) or any(pattern.match(rest) for pattern in (_MODALS, _RECURS, _FOLLOWS))
    return named if named and acts else None


def only_agencies(text: str) -> tuple[str, ...]:
    """The agencies of a heading or label that names nothing else ("4. Văn phòng Tỉnh ủy và các Ban xây dựng Đảng")."""
    text = text.strip(" :.;")
    text = re.sub(r"^(?:[Tt]rách nhi[ệê]m|[Nn]hiệm vụ)(?:,? (?:trách nhiệm|nhiệm vụ))? của\s+"
                  r"|^(?:Đối với|Về phía|Đề nghị\s*:)\s+", "", text)
    text = text[:1].upper() + text[1:]
    told = _TOLD.fullmatch(text)
    named = agencies_at_start(told["names"] if told else text)
    if told and named and named.end >= len(told["names"]) - 1:
        return (*named.names[:-1], named.names[-1] + told["of_them"])
    return named.names if named and named.end >= len(text) - 1 and len(text) < 260 else ()


def tidy_names(text: str) -> tuple[str, ...]:
    """The agencies of a list, each without brackets and appositions."""
    text = re.sub(r"\s*\([^)]*\)", "", text).strip(" ,-–")
    text = re.sub(r"\s+(?:và|cùng|với)$", "", text)
    text = re.sub(r"(?:(?<=, )|^)[UuỦủÚú][ỷyý] ban", "Ủy ban", text)
    lone = re.match(r"(?:Người đứng đầu|Thủ trưởng|Lãnh đạo)\b(?!.*[,;] [A-ZĐ])", text)
    names = (text,) if lone else _split_after_proper(split_agencies(text))
    return tuple(dict.fromkeys(name for name in (_APPOSITION.sub("", name).strip(" ,.-–") for name in names) if name))


def _split_after_proper(names: tuple[str, ...]) -> list[str]:
    """"Ủy ban nhân dân tỉnh, sở, ban, ngành" → the body of a name of its own, then the collective."""
    out: list[str] = []
    for name in names:
        others: list[str] = []
        if not name.startswith(("đồng chí", "Đồng chí")):
            name, *others = re.split(r", (?=(?:Giám đốc|Thủ trưởng|Chủ tịch|Chánh|Trưởng|Người đứng đầu)\b)", name)
        match = re.match(r"((?:Ủy ban|Mặt trận|UBND|MTTQ)[^,]*), ((?:các )?(?:sở|đoàn thể|ban, ngành|cơ quan)\b.*)$", name)
        out += [match[1], match[2], *others] if match else [name, *others]
    return out


def begins_with_verb(text: str) -> bool:
    """Whether a text begins with something to be done."""
    return bool(_VERBS.match(fold(text).lstrip()) or _SHORT_VERBS.match(text.lstrip()))


def cooperating(text: str) -> tuple[str, ...]:
    """All agencies named after "phối hợp với"."""
    found: list[str] = []
    for match in _COOPERATES.finditer(fold(text)):
        rest = text[match.end():]
        named = agencies_at_start(rest, bare=True)
        found += named.names if named else ()
    return tuple(dict.fromkeys(found))


def directed(text: str) -> tuple[str, ...]:
    """The agencies that the subject of a sentence directs: text is what follows the subject."""
    match = _DIRECTS.match(fold(text))
    named = agencies_at_start(text[match.end():], bare=True) if match else None
    return named.names if named else ()


def _name_end(text: str) -> int:
    """Where a name, or a list of names, ends: at a verb in lower case, a modal, another stop."""
    masked = re.sub(r"\([^)]*\)?", lambda m: "(" * len(m[0]), text)
    ends = [match.start() for pattern in (_MODALS, _RECURS) if (match := pattern.search(masked))]
    colon = masked.find(":") if lists_fields(text) else -1
    stops = (stop for stop in _OTHER_STOPS.finditer(masked)
             if stop.start() != colon and (stop[0] != ";" or not agencies_follow(text[stop.end():])))
    ends += [stop.start() for stop in stops][:1]
    ends += [verb.start() for verb in _VERBS.finditer(fold(masked)) if _is_verb(masked, verb)][:1]
    ends += [verb.start() for verb in _SHORT_VERBS.finditer(masked) if _is_short_verb(masked, verb)][:1]
    return min([*ends, len(text)])


def _is_short_verb(text: str, verb: re.Match[str]) -> bool:
    """Whether a syllable is a verb, and not the end of a longer word ("đào tạo", "việc làm") or its begin ("giao thông")."""
    before = re.findall(r"\w+", text[:verb.start()])
    if not before or not verb[0].islower() or before[-1].lower() in words.FIRST_SYLLABLES:
        return False
    return not re.match(r" (?:thông|dịch|lưu|ban)\b", text[verb.end():])


def agencies_follow(text: str) -> bool:
    """Whether a text goes on with an agency's name."""
    return bool(_NAME_START.match(text.lstrip()))


def _is_verb(text: str, verb: re.Match[str]) -> bool:
    """Whether syllables that spell a verb are one here, and not part of a name."""
    if not verb.start() or not text[verb.start()].islower():
        return False
    before = re.findall(r"\w+|,", text[:verb.start()])
    previous = before[-1] if before else ""
    if _ORGANISATION.match(fold(text), verb.start()) and previous in (",", "các", "và", "của"):
        return False
    if previous == "quan" and before[-2:-1] != ["cơ"]:
        return True  # "liên quan", not "cơ quan"
    nouns = words.NOUN_AFTER.get(previous, frozenset()) | words.NOUN_AFTER.get(" ".join(before[-2:]).lower(), frozenset())
    return "*" not in nouns and verb[0] not in nouns
