"""Which work an order is about: by number, by its place in the last digest, by pointing ("việc này"), or by words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from bot.reminders.spoken import folded

_THING = r"(?:(?:viec|cai) )?(?:nhiem vu|dau viec|cong viec|viec|chi tieu|muc|de an|task|nhac viec|ke hoach|bao cao|cai)"
_COUNTED = r"(?:(?:viec|cai) )?(?:nhiem vu|dau viec|cong viec|viec|chi tieu|muc|task|nhac viec)"
_NUMBER = r"(?:\d{1,4}(?:\.\d{1,3})*|[ivx]{1,5}\.\d{1,3})(?![\w/])"
_THIS = r"(?:nay|do|đó|ay|ấy|kia|vua roi|vua nhac|tren|do luon)"
#: A row as it is named in an order, for the patterns of orders.
ROW = rf"(?:{_COUNTED} (?:so )?{_NUMBER}|{_THING} (?:thu \w+|{_THIS})(?!\w)|no(?!\w))"

_NUMBERED = re.compile(rf"(?<!\w)(?P<thing>{_COUNTED})\s*(?:so\s*)?(?P<no>{_NUMBER})")
_PLACED = re.compile(
    r"(?<!\w)(?:viec|nhiem vu|muc|cai) (?:(?P<first>dau tien|dau)|thu (?P<w>\d{1,2}|nhat|hai|ba|tư|tu|nam|sáu|sau|bay|tam|chin))(?!\w)"
    r"|^(?:so )?(?P<n>\d{1,2})$")
_POINTED = re.compile(rf"(?<!\w){_THING} {_THIS}(?!\w)|^(?:no|nay|do|cai nay|vu nay|vu do)$")
_PLACES = {"nhat": 1, "hai": 2, "ba": 3, "tư": 4, "tu": 4, "nam": 5, "sáu": 6, "sau": 6, "bay": 7, "tam": 8, "chin": 9}
# Small words around a name that say nothing of it.
_EMPTY = re.compile(
    r"^(?:(?:ve|cua|viec|nhiem vu|cho|nho|lai|la|thi|phai|lam|hoan thanh|hoàn thanh|toi|tới|den|nop|han|thoi han|deadline|"
    r"bao cao|cai|cong viec|dau viec|duoc|nua|khi|luc|ngay|vao|em|tôi|minh|anh|chi|co|can|voi|nhe|di|a|và|va|roi|so|nay)(?:\s+|$))+")


@dataclass(frozen=True)
class Target:
    """The work: a row's `number` (of a `kind`: task, indicator, or "" where the word fits both), a `place` in the last digest, the one just
    told (`pointing`), all (`every`), or `words` to search for. Empty: none named."""

    number: str = ""
    kind: Literal["", "task", "indicator"] = ""
    place: int = 0
    pointing: bool = False
    every: bool = False
    words: str = ""


def find_target(said: str) -> Target:
    """The work that a piece of a mended message names."""
    words = folded(said)
    numbered = _NUMBERED.search(words)
    if numbered:
        thing = numbered["thing"]
        kind: Literal["", "task", "indicator"] = "indicator" if "chi tieu" in thing else "task" if "nhiem vu" in thing else ""
        return Target(number=said[numbered.start("no"):numbered.end("no")].upper(), kind=kind)
    placed = _PLACED.search(words)
    if placed:
        return Target(place=1 if placed["first"] else int(placed["n"]) if placed["n"] else _PLACES.get(placed["w"]) or int(placed["w"]))
    if _POINTED.search(words):
        return Target(pointing=True)
    empty = _EMPTY.match(words + " ")
    rest = said[empty.end():] if empty else said
    return Target(words=rest.strip(" ,.;:!?“”\"'")) if rest.strip(" ,.;:!?“”\"'") else Target()
