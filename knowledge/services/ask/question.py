"""What comes into an answer and what goes out: the question as read, its conversation, the answer."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from knowledge.entities import Entity
from knowledge.text.normalize import clean, fold

_SENTENCE = re.compile(r"[^.!?;\n]+(?:[.](?=\S)[^.!?;\n]*)*[.!?;\n]*")
# "Việc thường xuyên thì bỏ qua ạ", "Em cảm ơn anh chị nhiều": said after the question, asking nothing.
_NO_QUESTION = re.compile(r"\b(?:bo qua|khong can (?:ke|tinh|lay)|khong tinh|khong ke|thi khoi|thi thoi|cam on)\b[^?]*$")
# "Em cần câu trả lời nhanh ạ", "Gửi anh đủ các dòng đó nhé?": presses for the answer to what was asked before.
_ONLY_PRESSES = re.compile(
    r"^\W*(?:em|anh|chi|toi|minh|sep)?\b.{0,12}\b(?:can|cho|xin|muon) (?:cau )?(?:tra loi|phan hoi|thong tin) (?:nhanh|gap|som|ngay)\b"
    r"|^\W*(?:gui|cho|xin|chep|liet ke|ke)\b[^.?!]{0,30}\b(?:dong|muc|cai|so|phan|danh sach|thong tin) (?:do|nay|ay)\b[^.?!]{0,12}[.?!]*$"
)
QUIET_TIME = timedelta(minutes=30)


@dataclass(frozen=True)
class Context:
    """What a conversation is about, as it stands after a turn. JSON in and out; forgotten after `QUIET_TIME` without a question.

    `intent`, `text`: the last question that asked for something · `focus`: the rows of the last answer · `choices`: rows or names
    offered to choose from · `listed`, `shown`: the rows of the last list and how many of them were shown · `filters`: what that list was
    narrowed to · `province`: chosen for the rest of the conversation.
    """

    intent: str = ""
    text: str = ""
    focus: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    shown: int = 0
    filters: dict[str, Any] = field(default_factory=dict)
    province: str | None = None
    at: str | None = None

    @classmethod
    def from_dict(cls, data: dict[str, Any] | None, now: datetime) -> Context:
        """Reads a stored context; an old one keeps only the chosen province."""
        if not data:
            return cls()
        known: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items() if k in cls.__dataclass_fields__}
        context = cls(**known)
        if context.at and now - datetime.fromisoformat(context.at) > QUIET_TIME:
            return cls(province=context.province)
        return context

    def as_dict(self, now: datetime) -> dict[str, Any]:
        """The form that is stored in the tracker."""
        return {**asdict(self), "at": now.isoformat()}


@dataclass(frozen=True)
class Question:
    """A message as understood so far. `text` is clean; `province` is the asker's (slug), `agency` the asker's own (name)."""

    text: str
    intent: str
    now: datetime
    confidence: float = 1.0
    entities: tuple[Entity, ...] = ()
    province: str | None = None
    agency: str | None = None
    context: Context = field(default_factory=Context)
    ranking: tuple[tuple[str, float], ...] = ()

    @classmethod
    def of(cls, text: str, intent: str, now: datetime, **more: Any) -> Question:
        """A question with its text cleaned."""
        return cls(clean(text), intent, now, **more)

    def named(self, kind: str) -> list[Any]:
        """The values of the entities of a kind, in reading order, without repeats."""
        out: list[Any] = []
        for e in self.entities:
            if e.kind == kind and e.value not in out:
                out.append(e.value)
        return out

    @property
    def asking(self) -> tuple[int, int]:
        """Where the sentence stands that asks: the last one that is more than a polite word."""
        sentences = [(m.start(), m.end()) for m in _SENTENCE.finditer(self.text)]
        long = [s for s in sentences if len(self.text[s[0] : s[1]].split()) > 3 and not _NO_QUESTION.search(fold(self.text[s[0] : s[1]]))]
        if len(long) > 1 and _ONLY_PRESSES.search(fold(self.text[slice(*long[-1])])):
            long.pop()
        return (long or sentences or [(0, len(self.text))])[-1]

    def spans(self, *kinds: str) -> list[tuple[int, int]]:
        """Where the entities of these kinds stand in the text."""
        return [(e.start, e.end) for e in self.entities if e.kind in kinds]

    def ask(self, intent: str, **more: Any) -> Question:
        """The same message asked with another intent."""
        return replace(self, intent=intent, **more)


@dataclass(frozen=True)
class Answer:
    """The answer record without what the channel adds. `context` is the conversation after this turn; None leaves it as it was.

    `replies` are short texts offered as buttons.
    """

    outcome: str
    text: str
    refs: tuple[str, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    choices: tuple[str, ...] = ()
    context: Context | None = None
    intent: str | None = None
    replies: tuple[str, ...] = ()

    def record(self) -> dict[str, Any]:
        """The record's own keys."""
        out: dict[str, Any] = {
            "outcome": self.outcome,
            "text": self.text,
            "refs": list(self.refs),
            "facts": self.facts,
            "choices": list(self.choices),
        }
        if self.intent:
            out["intent"] = self.intent
        if self.replies:
            out["replies"] = list(self.replies)
        return out
