"""The number of a row as a label: its level (part A, group I, row 1 or 1.1, point a), bullet) and its number without signs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Level = Literal["part", "group", "row", "point", "bullet"]

_ROMAN = re.compile(r"(?=.)X{0,3}(?:IX|IV|V?I{0,3})")
_PARTS = "ABCDĐEGHIKLMN"
_WORD = r"(?:(?P<word>phần|mục|chương|nhóm(?: nhiệm vụ| giải pháp| chỉ tiêu)?|lĩnh vực|trụ cột)\s+(?:thứ\s+)?)?"
_NUMBER = r"\d{1,3}[a-zđ]?(?:[.,]\d{1,3})*"
_CELL = re.compile(rf"{_WORD}(?:(?:nv|nhiệm vụ|chỉ tiêu|ct|kpi)\s*[-.:]?)?\s*[(\[#]?\s*(?P<no>{_NUMBER}|[IVX]+(?:\.\d+)*|[A-NĐ]|[a-zđ])"
                   r"\s*[.):/\]\-–]*", re.IGNORECASE)
_HEADING = re.compile(
    rf"{_WORD}(?P<no>[IVX]+(?=\s*[.):\-–/]|\s)|[A-HĐ](?=\s*[.)\-–/])|\d{{1,3}}(?:\.\d{{1,3}})*(?=\s*[.):\-–/]|\s))"
    r"\s*[.):\-–/]*\s*(?P<rest>\S.*)", re.IGNORECASE | re.DOTALL)
_LEADING = re.compile(
    r"(?P<no>\d{1,3}(?:\.\d{1,3})+(?=[.)]?\s)|\d{1,3}(?=[.)]\s)|[IVX]+(?=[.)]\s|\s?[-–]\s)|[A-H](?=[.)]\s)|[a-zđ](?=\)\s|\.\s))"
    r"[.)]*\s*[-–]?\s*(?P<rest>\S.*)", re.DOTALL)
_BULLET = re.compile(r"[-–+*•●▪○]\s*")


@dataclass(frozen=True)
class Label:
    """A row's level and number: `IV`, `5.10`, `12b`, `a`; a bullet has none."""

    level: Level
    no: str = ""


def read_label(text: str, last_part: str | None = None) -> Label | None:
    """The label that fills a number cell, or None. `last_part` tells numeral C from the part after B."""
    text = " ".join(text.split()).strip("*")
    if _BULLET.fullmatch(text):
        return Label("bullet")
    match = _CELL.fullmatch(text)
    return _label(match["no"], last_part) if match else None


def split_label(text: str) -> tuple[Label, str] | None:
    """A label at a text's beginning and the text after it: `1.2. Xây dựng …`, `a) Rà soát …`, `II. Hạ tầng`."""
    match = _LEADING.match(text.strip())
    if match:
        label = _label(match["no"], None)
        return (label, match["rest"].strip()) if label else None
    bullet = _BULLET.match(text.strip())
    return (Label("bullet"), text.strip()[bullet.end():]) if bullet and bullet.end() < len(text.strip()) else None


def split_heading(text: str, last_part: str | None = None) -> tuple[Label, str] | None:
    """The label of a title over the table's whole width: `I. THỂ CHẾ`, `Nhóm 2: Hạ tầng`, `III NHÂN LỰC`."""
    match = _HEADING.fullmatch(" ".join(text.split()))
    if not match or (match["no"].isalpha() and not match["no"].isupper()):
        return None
    label = _label(match["no"], last_part)
    return (label, match["rest"]) if label else None


def _label(no: str, last_part: str | None) -> Label | None:
    if no.isalpha() and len(no) == 1 and _follows(last_part, no):
        return Label("part", no)
    if _ROMAN.fullmatch(no):
        return Label("group", no)
    if re.fullmatch(r"[A-NĐ]", no):
        return Label("part", no)
    if re.fullmatch(r"[a-zđ]", no):
        return Label("point", no)
    if re.fullmatch(r"[IVX]+(?:\.\d+)+", no):
        return Label("row", no)
    if re.fullmatch(_NUMBER, no):
        return Label("row", ".".join(part.lstrip("0") or "0" for part in re.split(r"[.,]", no)))
    return None


def _follows(last: str | None, letter: str) -> bool:
    """C after B is a part, not the numeral 100; so is I after H."""
    return bool(last) and letter in _PARTS and _PARTS.find(letter) == _PARTS.find(str(last)) + 1
