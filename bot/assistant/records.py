"""Answer records made here: those that need no Rasa, and the last touch on those that Rasa's actions made.

The record itself is described in the project's documents under "answer record": outcome, text, refs, facts, choices.
"""

from __future__ import annotations

import json
from typing import Any

Record = dict[str, Any]

TROUBLE = "Xin lỗi anh/chị, trợ lý gặp trục trặc khi xử lý câu này. Anh/chị vui lòng thử lại sau ít phút."
BUSY = "Xin lỗi anh/chị, các câu trước của anh/chị vẫn đang được xử lý. Anh/chị vui lòng gửi lại sau ít phút."

_ORDER = ("id", "outcome", "intent", "confidence", "text", "refs", "facts", "choices")


def make(outcome: str, text: str, **more: Any) -> Record:
    """A record without rows: a refusal, an apology, an error."""
    return {"outcome": outcome, "text": text, "refs": [], "facts": {}, "choices": [], **more}


def error(message: str) -> Record:
    """The record of something that could not be read or carried out; `message` is Vietnamese and meant for a person."""
    return make("error", message, error=message)


def finish(record: Record, *, id: str | None, intent: str | None, confidence: float | None, ms: float) -> Record:
    """The record as `troly ask` prints it: every key there, in the documented order, `ms` last."""
    full = {"refs": [], "facts": {}, "choices": [], "text": "", **record}
    full.update(id=id, intent=intent, confidence=None if confidence is None else round(confidence, 4))
    ordered = {key: full.pop(key) for key in _ORDER}
    full.pop("ms", None)
    return {**ordered, **full, "ms": round(ms, 1)}


def to_json(value: Any) -> str:
    """One line of JSON that every terminal and database takes: a lone surrogate from a broken client is escaped."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, default=str)
    return text
