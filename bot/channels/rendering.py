"""From an answer record to messages: plain text, and the short answers offered as buttons or, where there are none, in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

from bot.channels.choices import written
from bot.channels.port import Button, Outgoing, split

LONGEST_TITLE = 40
LONGEST = 20_000
_NUMBERED = re.compile(r"^(\d{1,2})[.)] \S", re.MULTILINE)
_MARKUP: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\[([^\[\]\n]+)\]\((https?://[^\s()]+)\)"), r"\1 (\2)"),
    (re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1"), r"\2"),
    (re.compile(r"`+([^`\n]+)`+"), r"\1"),
    (re.compile(r"^#{1,6} +", re.MULTILINE), ""),
    (re.compile(r"^[*-] +", re.MULTILINE), "• "),
    (re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"), ""),
    (re.compile(r"[ \t]+$", re.MULTILINE), ""),
    (re.compile(r"\n{3,}"), "\n\n"),
)


def render(
    record: Mapping[str, Any], *, chat: str, buttons: bool = True, longest: int = LONGEST, push: bool = False
) -> list[Outgoing]:
    """The messages of an answer, none longer than `longest` characters; the last one carries the buttons and the record.

    `buttons`: does the channel draw them? `push`: a reminder rather than a reply.
    """
    text, offered = plain(str(record.get("text") or "")), offers(record)
    parts = [text] if buttons else written(text, offered, longest)
    *first, last = [piece for part in parts for piece in split(part, longest)]
    purpose: Literal["reply", "push"] = "push" if push else "reply"
    whole = Outgoing(chat, last, offered if buttons else (), dict(record), purpose)
    return [*(Outgoing(chat, piece, purpose=purpose) for piece in first), whole]


def plain(text: str) -> str:
    """Text without Markdown, without characters that can't be seen or that turn the writing direction round."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for pattern, instead in _MARKUP:
        text = pattern.sub(instead, text)
    return text.strip()


def offers(record: Mapping[str, Any]) -> tuple[Button, ...]:
    """The short answers that a record offers: its `replies`, its `buttons`, or the numbers of the `choices` that its text lists."""
    replies = [(str(reply), str(reply)) for reply in record.get("replies") or ()]
    replies += [(str(button["title"]), str(button.get("payload") or button["title"])) for button in record.get("buttons") or ()]
    if not replies:
        listed = [found.group(1) for found in _NUMBERED.finditer(str(record.get("text") or ""))]
        wanted = [str(number) for number in range(1, len(record.get("choices") or ()) + 1)]
        replies = [(number, number) for number in wanted] if wanted and listed == wanted else []
    return tuple(Button(_short(plain(title)), payload) for title, payload in dict.fromkeys(replies) if plain(title))


def _short(title: str) -> str:
    return title if len(title) <= LONGEST_TITLE else title[:LONGEST_TITLE - 1].rstrip() + "…"
