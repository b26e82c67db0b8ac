"""Lines such as `Cơ quan chủ trì: Sở Y tế.` that say who, with whom and until when below an assignment, or at its end."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from knowledge.parsers.sections import Outline, Paragraph
from knowledge.text.normalize import fold

FieldKey = Literal["task", "lead", "coop", "due", "result", "who"]

_BODY = r"(?:cac )?(?:co quan|don vi)(?: ?, ?(?:co quan|don vi))?"
_KEYS: tuple[tuple[FieldKey, str], ...] = (
    ("coop", rf"{_BODY} (?:cung )?phoi hop(?: thuc hien)?|phoi hop(?: thuc hien)?"),
    ("who", rf"{_BODY} thuc hien|phan cong(?: thuc hien)?|to chuc thuc hien|trach nhiem thuc hien"),
    ("lead", rf"{_BODY} (?:duoc giao )?(?:chu tri|dau moi|tham muu|chiu trach nhiem)(?: tham muu)?(?: thuc hien| chinh)?"
             r"|chu tri(?: thuc hien)?|giao chu tri"),
    ("due", r"(?:thoi gian|thoi han|tien do|lo trinh|han)(?: thuc hien| hoan thanh| trien khai| bao cao)?|hoan thanh"),
    ("result", r"(?:san pham|ket qua|dau ra|san pham dau ra)(?: dau ra| du kien| hoan thanh| dat duoc| can dat)?"),
    ("task", r"(?:nhiem vu|noi dung(?: cong viec| nhiem vu)?)(?: cu the| thuc hien)?"),
)
_FIELD = re.compile("|".join(f"(?P<{key}>{pattern})" for key, pattern in _KEYS))
_SURE = "|".join(pattern for key, pattern in _KEYS if key not in ("task", "result", "who"))
_INLINE = re.compile(rf"[.;(]\s*(?={_SURE})[^:.;]{{4,45}}:")
_SCOPES = ("annex", "upper", "roman", "article", "arabic", "decimal")


@dataclass
class Fields:
    """What the lines below an assignment say, as written; `lines` are their lines."""

    values: dict[FieldKey, str] = field(default_factory=dict)
    lines: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class FieldBlocks:
    """`of`: each assignment's fields, by the place of its paragraph; `used`: places of field lines; `labels`: of empty ones."""

    of: dict[int, Fields]
    used: frozenset[int]
    labels: frozenset[int]


def read_field(text: str) -> tuple[FieldKey, str] | None:
    """Key and value of a field line, or None: `Thời gian thực hiện: Quý II/2025.` → (`due`, `Quý II/2025.`)."""
    name, colon, value = text.partition(":")
    match = _FIELD.fullmatch(fold(name).strip()) if colon else None
    key = next((key for key, _ in _KEYS if match and match[key] is not None), None)
    return (key, value.strip(" ;")) if key else None


def inline_fields(text: str) -> tuple[str, Fields]:
    """A paragraph without the fields at its end, and these: `Xây dựng Đề án … Cơ quan chủ trì: Sở Y tế; thời hạn: …`"""
    found = Fields()
    match = _INLINE.search(fold(text))
    if not match:
        return text, found
    main, tail = text[:match.start() + 1].rstrip("(;"), text[match.start() + 1:]
    for piece in re.split(rf"[.;](?=\s*(?:{'|'.join(pattern for _, pattern in _KEYS)})\s*:)", fold(tail)):
        at = fold(tail).find(piece)
        read = read_field(tail[at:at + len(piece)].strip(" ()"))
        if read:
            found.values["lead" if read[0] == "who" else read[0]] = read[1].rstrip(" .)")
    return main.strip(), found


def field_blocks(outline: Outline) -> FieldBlocks:
    """Which fields belong to which assignments: those read since the last fields, in the same section."""
    blocks: dict[int, Fields] = {}
    used: set[int] = set()
    labels: set[int] = set()
    tasks: list[int] = []
    fields = Fields()
    scope = -1

    def close() -> None:
        nonlocal fields
        if fields.values.keys() & {"lead", "coop", "due"}:
            blocks.update(dict.fromkeys(tasks or ([scope] if scope >= 0 else []), fields))
        tasks.clear()
        fields = Fields()

    for at, paragraph in enumerate(outline.paragraphs):
        read = None if paragraph.note else read_field(paragraph.text)
        if scope_of(outline, at, paragraph) != scope or fields.lines and not read:
            close()
        scope = scope_of(outline, at, paragraph)
        if read is None or read[0] == "task" and read[1]:
            if scope != at or read:
                tasks.append(at)
        elif not read[1]:
            labels.add(at)
            used.add(at)
        else:
            key = "lead" if read[0] == "who" else read[0]
            fields.values.setdefault(key, read[1].rstrip(" ."))
            fields.lines += paragraph.lines
            used.add(at)
    close()
    return FieldBlocks(blocks, frozenset(used), frozenset(labels))


def scope_of(outline: Outline, at: int, paragraph: Paragraph) -> int:
    """The innermost numbered section around a paragraph (its own, if it opens one) that is no mere label."""
    for place in (at, *reversed(paragraph.parents)):
        opener = outline.paragraphs[place]
        if opener.marker and opener.marker.kind in _SCOPES and (place != at or opener.heading) and not read_field(opener.text):
            return place
    return -1
