"""A long message as clauses: what surrounds a question ("chị bên em nhờ hỏi …") is left out where the whole message fits nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from knowledge.services.ask.question import Question
from knowledge.text.normalize import fold

Span = tuple[int, int]
_LONG = 14  # words from which a message may hold more than its question
_MOST = 8  # runs of clauses that are tried
_END = re.compile(
    r"[.!?;:\n]+(?=\s|$)|,(?=\s)"
    r"|\s(?=(?:ma (?:chua|quen|khong|ko)|de (?:bao cao|nop|gui|trinh|lam|dua vao)|cu the la|co dat muc)\b)"
)
_ASKS = re.compile(
    r"\b(?:ai|gi|j|nao|dau|may|bao (?:nhieu|lau|gio|nhiu)|bn|sao|the nao|xin|con so|cho (?:em |minh |toi |anh |chi )?(?:hoi|biet))\b|[?%]"
)
_LEADING = re.compile(
    r"^\W*(?:[a-z]+ ){0,6}?(?:hoi|nho|thac mac|muon biet|can biet|nghe (?:bao|noi)|cho (?:em |minh |toi )?(?:biet|hoi|xin))"
    r"(?: (?:hoai|mai|mang mang|giup|giup em|em|rang))*(?: (?:la|rang|xem))?\b"
)


def narrower(question: Question) -> Iterator[list[Span]]:
    """What to leave unread, for each run of clauses that asks: the longest runs first, later ones before earlier."""
    if len(question.text.split()) < _LONG:
        return
    text = fold(question.text)
    parts = _parts(text)
    runs = [(i, j) for i in range(len(parts)) for j in range(i + 1, len(parts) + 1)]
    whole = (0, len(question.text))
    tried = 0
    for i, j in sorted(runs, key=lambda run: (run[0] - run[1], -run[0])):
        first, last = parts[i][1], parts[j - 1][2]
        if (first, last) == whole or tried == _MOST or not _ASKS.search(text[parts[i][0] : last + 1]):
            continue
        tried += 1
        yield [span for span in ((0, first), (last, whole[1])) if span[0] < span[1]]


def _parts(text: str) -> list[tuple[int, int, int]]:
    """The clauses of a folded text: where each starts, where it starts without the words that only lead it in, and where it ends."""
    out: list[tuple[int, int, int]] = []
    start = 0
    for end in [*(m.start() for m in _END.finditer(text)), len(text)]:
        lead = _LEADING.match(text[start:end])
        first = start + lead.end() if lead and lead.end() < end - start else start
        if len(text[first:end].split()) > 2:
            out.append((start, first, end))
        start = end
    return out
