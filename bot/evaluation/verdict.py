"""What a judgement says: how right a record is, and why it is not."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from bot.evaluation.refs import Match

_MOST_SHOWN = 6


class Kind(str, Enum):
    """Worst first: WRONG is an answer with a row that nobody asked for."""

    WRONG = "WRONG"
    FACT = "fact"    # the right rows, a wrong fact
    PART = "part"    # rows are missing
    OTHER = "other"  # another outcome, no record
    RIGHT = "right"


@dataclass(frozen=True)
class Reason:
    """Why a record is not right: what it is about (outcome, refs, choices, fact, text) and a Vietnamese line.

    `astray`: it is not merely incomplete, it tells the official something that was not asked for.
    """

    about: str
    text: str
    astray: bool = False


@dataclass(frozen=True)
class Verdict:
    """The judgement of one record; without reasons it is right."""

    kind: Kind
    reasons: tuple[Reason, ...] = ()

    @property
    def right(self) -> bool:
        """Whether nothing is to be said against the record."""
        return self.kind is Kind.RIGHT


RIGHT = Verdict(Kind.RIGHT)
NO_RECORD = Verdict(Kind.OTHER, (Reason("outcome", "không có bản ghi trả lời"),))


def worst_of(reasons: Sequence[Reason]) -> Verdict:
    """The verdict on an answer: what leads astray weighs most, then rows missing, then a wrong fact."""
    if not reasons:
        return RIGHT
    if any(reason.astray for reason in reasons):
        return Verdict(Kind.WRONG, tuple(reasons))
    return Verdict(Kind.PART if any(reason.about == "refs" for reason in reasons) else Kind.FACT, tuple(reasons))


def wrong_outcome(given: object, accepted: Iterable[str]) -> Reason:
    """The outcome is none of those accepted."""
    return Reason("outcome", f"kết quả {given}, cần {' hoặc '.join(accepted)}")


def wrong_refs(match: Match, astray: bool = False) -> Reason:
    """Rows are missing, or there are others."""
    parts = [f"{words} {shown(refs)}" for words, refs in (("thiếu", match.missing), ("thừa", sorted(match.extra))) if refs]
    return Reason("refs", "dòng: " + ("; ".join(parts) or "không có dòng nào"), astray)


def wrong_fact(key: str, given: Any, wanted: Any, astray: bool = False) -> Reason:
    """A fact is absent or another one."""
    return Reason("fact", f"{key}: {_json(given)}, cần {_json(wanted)}", astray)


def shown(items: Sequence[str]) -> str:
    """The first few of a list, and how many more."""
    more = len(items) - _MOST_SHOWN
    return ", ".join(items[:_MOST_SHOWN]) + (f" và {more} dòng nữa" if more > 0 else "")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
