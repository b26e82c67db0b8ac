"""Several agencies in one cell → each under its own wording; a collective is one.

A comma or "và" parts two agencies only where what follows begins like an agency's name ("…, Sở Nội vụ", "… và các địa
phương"); otherwise it belongs to the name ("Sở Văn hóa, Thể thao và Du lịch") or to the list of a collective
("Các sở, ban, ngành và địa phương").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from knowledge.agencies.provinces import province_at_start
from knowledge.parsers.agency_words import (
    COLLECTIVE_STARTS,
    DEPARTMENT_FIELDS,
    ENTERPRISE_NOUNS,
    GENERIC,
    HEADS,
    NAMED_ENTERPRISES,
    NESTED,
    NEVER_IN_NAME,
    ONE_BODY,
    PRODUCTS,
    STATE_NOUNS,
    UNFINISHED,
)
from knowledge.parsers.deadlines import unify_blanks
from knowledge.text.normalize import same_tone_place

_HARD = re.compile(r"\s*(?:;|\n\s*[-+•–]|^\s*[-+•–])\s*", re.MULTILINE)
_SOFT = re.compile(r"\s*,\s+|\s*,(?=\S)|\s+và\s+|\s+&\s+|\s+cùng\s+", re.IGNORECASE)
_COLON_LIST = re.compile(r"^(?:các\s+)?(sở|bộ)(?:\s*,?\s*(?:ban|ngành))*\s*:\s*(.+)$", re.IGNORECASE | re.DOTALL)
# Bodies that an office serves: "Văn phòng Đoàn ĐBQH và HĐND tỉnh" is one office.
_SERVED = re.compile(r"^(?:hđnd|ubnd|đoàn đại biểu|đoàn đbqh|hội đồng nhân dân|ủy ban nhân dân)\b")
_OFFICE = re.compile(r"^(?:văn phòng|vp|lãnh đạo văn phòng)\b")
# What a name begins with that is no part of the name before it.
_BEGINS_NAME = frozenset({"sở", "bộ", "ubnd", "công", "văn", "cục", "thanh", "bảo", "ngân"})
_LEADS = re.compile(r"(?P<lead>[^:;]+?),?\s+chủ trì(?: thực hiện)?(?:\s*[,;.]?\s*(?:và )?(?:phối hợp|cùng)(?: với| cùng)?:?\s+(?P<with>.+)"
                    r"|\s*[,;.]\s*(?P<others>.+?),?\s+phối hợp(?: thực hiện)?)?", re.IGNORECASE)


@dataclass(frozen=True)
class _Piece:
    """A stretch of a cell between two possible separators, and the separator before it."""

    before: str
    text: str


def split_agencies(cell: str) -> tuple[str, ...]:
    """The agencies that a cell names, each with the cell's own wording. An empty cell has none."""
    return tuple(dict.fromkeys(name for agency in _split(cell) for name in _run_together(agency)))


def lead_and_coop(text: str) -> tuple[str, str] | None:
    """Who leads and who cooperates in `Sở A chủ trì, phối hợp với Sở B và …`; None where a text does not say so."""
    match = _LEADS.fullmatch(unify_blanks(text).rstrip(" .;"))
    if not match or not starts_like_agency(match["lead"]):
        return None
    return match["lead"], match["with"] or match["others"] or ""


def _split(cell: str) -> tuple[str, ...]:
    agencies: list[str] = []
    for part in _HARD.split(cell.replace("\r", "")):
        part = unify_blanks(part).strip(" ,.;-–")
        if part:
            agencies += _expand_colon_list(part) or _with_share(part) or _split_part(part)
    return tuple(dict.fromkeys(agencies))


def _run_together(agency: str) -> list[str]:
    """Two names without a sign between them: the first is a department's, complete where the second begins."""
    words = agency.split()
    field = _department_field(words)
    if field is None or field >= len(words) or _low(words[field]) not in _BEGINS_NAME or not words[field][:1].isupper():
        return [agency]
    return [" ".join(words[:field]), *_run_together(" ".join(words[field:]))]


@lru_cache(maxsize=100_000)
def starts_like_agency(text: str) -> bool:
    """Whether a text begins as an agency's or a collective's name does."""
    words = _words(text)[:5]
    starts = {" ".join(words[:size]) for size in range(1, 5)}
    if not (starts & HEADS or starts & COLLECTIVE_STARTS) or starts & PRODUCTS or words[:2] == ["tổ", "chức"]:
        return False
    first = re.match(r"\W*(\w+)", text)
    if len(words) == 1 and not words[0].isupper() and first and not first[1].isupper():
        return words[0] in GENERIC and len(words[0]) > 3 or words[0] in NAMED_ENTERPRISES and first[1][0].isupper()
    return bool(starts & COLLECTIVE_STARTS) or bool(first and first[1][0].isupper()) or bool(starts & ENTERPRISE_NOUNS)


@lru_cache(maxsize=50_000)
def is_agency_cell(text: str) -> bool:
    """Whether a whole cell reads as a list of agencies, with no other cell's text run into it."""
    if not starts_like_agency(text[:60]):
        return False
    agencies = _split(text)
    return bool(agencies) and all(_is_whole_name(agency) for agency in agencies)


def _expand_colon_list(part: str) -> list[str]:
    """"Các sở: Tài chính, Nội vụ" → Sở Tài chính, Sở Nội vụ; nothing where the list is not of known fields."""
    match = _COLON_LIST.match(part)
    if not match:
        return []
    head, rest = match[1].capitalize(), match[2]
    names: list[str] = []
    while rest:
        low = _low(rest)
        field = max((f for f in DEPARTMENT_FIELDS if re.match(re.escape(f) + r"(?!\w)", low)), key=len, default="")
        if not field:
            return [*names, *_split_part(rest)] if names and starts_like_agency(rest) else []
        names.append(f"{head} {rest[:len(field)]}")
        rest = re.sub(r"^[\s,;.]*(?:và\s+)?", "", rest[len(field):])
    return names


def _with_share(part: str) -> list[str]:
    """"Sở Nội vụ: hồ sơ cấp tỉnh": an agency and its share of the work, which stays with it in brackets."""
    name, colon, share = part.partition(":")
    share = share.strip(" .")
    if not colon or not share[:1].islower() or not is_agency_cell(name.strip()) or starts_like_agency(share):
        return []
    return [f"{name.strip()} ({share})"]


def lists_fields(text: str) -> bool:
    """Whether a text begins with bodies named by their fields alone: `Các Bộ: Quốc phòng, Công an …`."""
    match = _COLON_LIST.match(text)
    low = _low(match[2]) if match else ""
    return any(re.match(re.escape(field) + r"(?!\w)", low) for field in DEPARTMENT_FIELDS)


def _split_part(part: str) -> list[str]:
    out: list[str] = []
    for piece in _pieces(part):
        if out and not _begins_new(out[-1], piece):
            out[-1] += piece.before + piece.text
        else:
            out.append(piece.text)
    return [agency.strip(" ,.") for agency in out if agency.strip(" ,.")]


def _pieces(part: str) -> list[_Piece]:
    """The part cut at every comma and "và" outside brackets."""
    pieces, start, before = [], 0, ""
    for match in _SOFT.finditer(part):
        if part.count("(", 0, match.start()) > part.count(")", 0, match.start()) or _within_one(part, match):
            continue
        pieces.append(_Piece(before, part[start:match.start()]))
        start, before = match.end(), match.group()
    return [*pieces, _Piece(before, part[start:])]


def _within_one(part: str, separator: re.Match[str]) -> bool:
    """Whether a separator stands inside the name of one body: "Báo và Đài Phát thanh", "Khu kinh tế và các khu công nghiệp"."""
    before, after = _low(part[:separator.start()]), _low(part[separator.end():])
    return any(re.search(end, before) and re.match(start, after) for end, start in ONE_BODY)


def _begins_new(current: str, piece: _Piece) -> bool:
    """Whether a piece begins the next agency rather than continuing the current one."""
    low, text = _low(current), _low(piece.text)
    if _continues_field(low, _low(piece.before) + text):
        return False
    if _lists_kinds(low) and text.startswith(tuple(GENERIC)) and piece.text[0].islower():
        return False  # "Cơ quan, đơn vị, địa phương có liên quan": a collective without "các"
    if _is_collective(low):
        return _leaves_collective(low, piece)
    if _OFFICE.match(low) and _SERVED.match(text) and not piece.before.strip().startswith(","):
        return False
    return starts_like_agency(piece.text)


def _continues_field(current: str, rest: str) -> bool:
    """Whether "sở văn hóa" + ", thể thao" is on the way to a known department's name."""
    match = re.match(r"(?:sở|bộ|phòng|ban|vụ)\s+(.+)$", current)
    if not match:
        return False
    said = match[1] + rest
    return any(field.startswith(said) or (said.startswith(field + " ") and len(field) > len(match[1]))
               for field in DEPARTMENT_FIELDS)


def _is_collective(low: str) -> bool:
    words = low.replace(",", " ").split()
    starts = {" ".join(words[:size]) for size in range(1, 4)}
    return bool(starts & COLLECTIVE_STARTS) or bool(re.match(r"(?:ubnd|ủy ban nhân dân) các\b", low))


def _lists_kinds(low: str) -> bool:
    """Whether a text names nothing but kinds of bodies: "cơ quan", "cơ quan, đơn vị"."""
    return all(kind in GENERIC for kind in re.split(r",\s*|\s+và\s+", low))


def _leaves_collective(current: str, piece: _Piece) -> bool:
    """Whether a piece stands beside a collective's list instead of in it."""
    words = _words(piece.text)
    noun = next((" ".join(words[:size]) for size in (3, 2, 1) if " ".join(words[:size]) in GENERIC), "")
    if noun in ENTERPRISE_NOUNS:
        return bool(set(_words(current)) & STATE_NOUNS)
    if words[:1] == ["các"] or piece.text[:4] in ("UBND", "HĐND"):
        return True
    if noun and (not piece.text[0].isupper() or _is_generic_only(words)):
        return False
    return starts_like_agency(piece.text) and piece.text[0].isupper()


def _is_generic_only(words: list[str]) -> bool:
    return len(words) <= 2 and " ".join(words) in GENERIC


def _is_whole_name(agency: str) -> bool:
    """Whether one entry is a name and nothing more: no second name, product or sentence run into it."""
    words = agency.split()
    if not starts_like_agency(agency) or len(words) > 24 or re.search(r"(?:,|\bvà|\bcủa|\bvới)$", agency):
        return False
    collective = _is_collective(_low(agency))
    said = _words(agency)
    proper = _unfinished_at_start(words)
    if (collective and not _lists_generic(said)) or any(_acts(said, index) for index in range(1, len(said)) if index != proper):
        return False
    return not any(_breaks_name(words, index, collective) for index in range(1, len(words)) if index != proper)


def _acts(said: list[str], index: int) -> bool:
    """Whether a word stands at a place that no name has ("tổng hợp", but not in "Trung tâm Dịch vụ tổng hợp")."""
    return bool(_said_at(said, index) & NEVER_IN_NAME) and said[index - 2:index] != ["dịch", "vụ"]


def _unfinished_at_start(words: list[str]) -> int:
    """How many words make a head that is no name alone: the word after them belongs to it, whatever it is; 0 where none does."""
    sizes = (size for size in (3, 2, 1) if _low(" ".join(words[:size])) in UNFINISHED)
    size = next(sizes, 0)
    return size if size < len(words) and words[size][:1].isupper() else 0


def _low(text: str) -> str:
    """Lower case with tone marks in one place; length is kept."""
    return same_tone_place(text.lower())


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", _low(text))


def _said_at(words: list[str], index: int) -> set[str]:
    """The word at a place, and it with the next one and two."""
    return {" ".join(words[index:index + size]) for size in (1, 2, 3)}


def _lists_generic(words: list[str]) -> bool:
    """Whether a collective lists bodies ("các sở, …") and not things ("các hệ thống, …")."""
    index = words.index("các") + 1 if "các" in words[:3] else 0
    return bool(_said_at(words, index) & (GENERIC | HEADS)) or not index


def _breaks_name(words: list[str], index: int, collective: bool) -> bool:
    """Whether a capitalised word inside a name begins something else."""
    word = words[index].strip("(,")
    if not word[:1].isupper() or (word.isupper() and len(word) > 1):
        return False
    rest = " ".join(words[index:])
    if province_at_start(rest) or province_at_start(" ".join(words[index - 1:index + 2])):
        return False
    before, two = _low(words[index - 1]), " ".join(_low(w).strip(",;") for w in words[index:index + 2])
    if collective:
        listed = before in ("và", "các", "tỉnh") or words[index - 1].endswith((",", ":"))
        return not listed and _low(word) not in ("ngành", "tỉnh", "khu", "đại", "cao", "trung")
    if before in ("sở", "bộ", "ban", "và", "phòng", "viện", "-", "hội", "trường") or words[index - 1].endswith(","):
        return False
    field = _department_field(words)
    if field is not None and index >= field and before not in ("tỉnh", "phố", "thành"):
        return True
    return two in PRODUCTS or _low(word) in ("các", "sở", "báo", "ban") or _has_inner_head(words, index)


def _department_field(words: list[str]) -> int | None:
    """The number of words after which a known department's name is complete."""
    low = _low(" ".join(words))
    match = re.match(r"(?:sở|bộ) ", low)
    if not match:
        return None
    field = max((f for f in DEPARTMENT_FIELDS if re.match(re.escape(f) + r"(?!\w)", low[match.end():])), key=len, default="")
    return 1 + len(field.split()) if field else None


def _has_inner_head(words: list[str], index: int) -> bool:
    """Whether a second agency's name begins inside without a separator ("Sở Tài chính Công an tỉnh")."""
    heads = _said_at([_low(w) for w in words], index) & HEADS
    long_heads = {head for head in heads if " " in head and head not in NESTED}
    return bool(long_heads) and " ".join(_low(w) for w in words[:2]) not in ("văn phòng", "đảng ủy", "trường đại")
