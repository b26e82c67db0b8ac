"""What every channel gives and takes: events in, messages out, and failures by what is to be done about them.

A channel knows its provider and nothing else: no database, no assistant. It proves that a request is the provider's, reads events
out of it, and sends messages. What is stored, answered and repeated is decided in `bot.delivery`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Literal

EventKind = Literal["text", "button", "unsupported", "follow", "unfollow"]


@dataclass(frozen=True)
class Incoming:
    """One thing that a user did, as their provider told it.

    `event_id` is the provider's and unique within the channel: a repeat is the same event. `user` is the provider's id of the person,
    `chat` where to answer (the same for private chats). `text` is what was typed, or the payload of the button pressed. `unsupported`
    is a picture, a voice message, a sticker…; `follow`/`unfollow` is a person who lets the bot write or no longer does. `at` has a zone.
    `earlier`: how many events came to its conversation before it in the same minute, as the inbox counts; for who limits.
    """

    channel: str
    event_id: str
    user: str
    chat: str
    kind: EventKind
    text: str = ""
    at: datetime | None = None
    display_name: str = ""
    group: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)
    earlier: int = 0

    @property
    def conversation(self) -> str:
        """The conversation that the event belongs to; events of one conversation are answered in their order."""
        return f"{self.channel}:{self.chat}"

    def as_dict(self) -> dict[str, Any]:
        """JSON for the inbox."""
        return {**vars(self), "at": self.at.isoformat() if self.at else None}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Incoming:
        """The event that `as_dict` was made from."""
        at = data.get("at")
        return cls(**{**data, "at": datetime.fromisoformat(at) if at else None})


@dataclass(frozen=True)
class Button:
    """A short answer offered: what stands on it (≤ 40 characters) and what comes back as the text when it is pressed."""

    title: str
    payload: str


@dataclass(frozen=True)
class Outgoing:
    """A message to a chat: plain text (paragraphs parted by an empty line), buttons, and the answer record for channels that draw it.

    `silent`: no sound. `purpose`: reply (within the user's own conversation) or push (a reminder: windows and quotas apply).
    """

    chat: str
    text: str
    buttons: tuple[Button, ...] = ()
    record: Mapping[str, Any] = field(default_factory=dict)
    purpose: Literal["reply", "push"] = "reply"
    silent: bool = False

    def as_dict(self) -> dict[str, Any]:
        """JSON for the outbox."""
        return {**vars(self), "buttons": [vars(button) for button in self.buttons]}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Outgoing:
        """The message that `as_dict` was made from."""
        return cls(**{**data, "buttons": tuple(Button(**button) for button in data.get("buttons", ()))})


class Remedy(Enum):
    """What helps after a failed sending."""

    RETRY = "retry"                  # later, with backoff or after `retry_after`
    OTHER_CHANNEL = "other_channel"  # this person can't be reached here now (window closed, not a follower)
    UNLINK = "unlink"                # this person blocked the bot or is gone: the link is dead
    STOP_CHANNEL = "stop_channel"    # the channel as a whole must stop and someone be told (quota, token, contract)
    DEAD_LETTER = "dead_letter"      # this message can never be sent as it is


class SendFailed(Exception):
    """A message was not taken. `remedy` says what helps, `retry_after` after how many seconds where the provider says so."""

    def __init__(self, remedy: Remedy, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.remedy, self.reason, self.retry_after = remedy, reason, retry_after


class Forbidden(Exception):
    """A request that can't prove to come from the provider. The text is for the log and names no secret."""


class Malformed(Exception):
    """A request of the provider's that makes no sense: answered politely with 200 or 400, never stored."""


@dataclass(frozen=True)
class Request:
    """What a webhook received: the raw body (verified as it came), the headers (names in lower case), the time it came."""

    body: bytes
    headers: Mapping[str, str]
    at: datetime


class Channel(ABC):
    """One provider. Off until configured: a channel exists only with its secrets given."""

    #: Short name: part of the webhook's path (`/webhook/<name>`) and of every conversation's id.
    name: str
    #: In Vietnamese, for `troly doctor` and notices.
    title: str
    #: Most characters of one message; longer texts are split at paragraph ends by `split`.
    longest: int
    #: Whether it draws buttons; where not, choices are numbered text.
    buttons: bool
    #: Whether its readers read the outbox themselves: then a message is sent as soon as it stands there.
    reads_outbox: bool = False
    #: Whether what was answered to `poll` is never answered again: then a question under way is waited for when the program stops.
    tells_once: bool = False

    def screen(self, headers: Mapping[str, str]) -> None:
        """Raise Forbidden where the headers alone (names in any case) tell that a request is not genuine: its body is not read then."""
        return

    @abstractmethod
    def receive(self, request: Request) -> Sequence[Incoming]:
        """Prove that a webhook's request is genuine and read its events; () where there is nothing to do (the provider's own checks).

        Raises Forbidden (answered 403) and Malformed (answered 400). No I/O: it must be quick.
        """

    @abstractmethod
    async def send(self, message: Outgoing) -> str:
        """Send one message that is within `longest`; the provider's id of it. Raises SendFailed, nothing else."""

    @abstractmethod
    async def poll(self) -> Sequence[Incoming]:
        """Ask the provider for what came (long poll, at most about 30 s). Raises SendFailed. Only where `polls` is true."""

    @property
    @abstractmethod
    def polls(self) -> bool:
        """Is this channel set to ask for events (no public address needed) rather than to be called?"""

    def noted(self, conversation: str) -> None:
        """The outbox says now that a message to a conversation was sent. Called in the loop that sends; must be quick."""
        return

    async def register_webhook(self, public_url: str) -> None:
        """Have the provider bring events to `<public_url>/webhook/<name>`, where that can be asked for. Raises SendFailed."""
        return

    async def acknowledge(self, event: Incoming) -> None:
        """Tell the provider that an event was seen, where it wants that (typing, a pressed button's spinner). Never raises."""
        return

    @abstractmethod
    async def check(self) -> str:
        """One Vietnamese sentence on whether the provider answers and takes our token, for `troly doctor`. Raises SendFailed."""

    async def start(self) -> None:
        """Open what sending needs. Must not fail because the provider is down."""
        return

    async def stop(self) -> None:
        """Close it."""
        return


def split(text: str, longest: int) -> list[str]:
    """The text in pieces of at most `longest` characters, cut at ends of paragraphs, else of lines, sentences, words; never empty."""
    pieces: list[str] = []
    rest = text.strip()
    while len(rest) > longest:
        cut = next((at for mark in ("\n\n", "\n", ". ", " ") if (at := rest.rfind(mark, 1, longest)) >= longest // 4), longest)
        cut += 1 if rest[cut:cut + 2] == ". " else 0
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*pieces, rest] if rest or not pieces else pieces
