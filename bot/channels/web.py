"""The web widget as a channel: browsers read the outbox themselves, so sending is telling those that listen here to look.

Nothing leaves the machine: a message counts as sent once the outbox says so. Browsers connected to another process find it there by
asking the database from time to time (`bot.server.widget_reading`).
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from bot.channels.port import Channel, Forbidden, Incoming, Outgoing, Request

NAME = "web"


class Web(Channel):
    """The widget. Made once a process and given to both the outbox's sender and `bot.server.widget.add_widget`."""

    name = NAME
    title = "Trang trò chuyện của cơ quan"
    longest = 20_000
    buttons = True

    def __init__(self) -> None:
        self._bells: dict[str, set[asyncio.Event]] = {}

    @contextmanager
    def listening(self, chat: str) -> Iterator[asyncio.Event]:
        """An event that is set whenever something is sent to the chat by this process; who waits on it clears it."""
        bell = asyncio.Event()
        self._bells.setdefault(chat, set()).add(bell)
        try:
            yield bell
        finally:
            self._bells[chat].discard(bell)
            if not self._bells[chat]:
                del self._bells[chat]

    def receive(self, request: Request) -> Sequence[Incoming]:
        """The widget has an API of its own, with sessions: a webhook's request is nobody's."""
        raise Forbidden("the web channel has no webhook")

    async def send(self, message: Outgoing) -> str:
        """Wake the chat's listeners; a new id."""
        for bell in self._bells.get(message.chat, ()):
            bell.set()
        return uuid.uuid4().hex

    async def poll(self) -> Sequence[Incoming]:
        """Nothing: browsers call us."""
        return ()

    @property
    def polls(self) -> bool:
        """No."""
        return False

    async def check(self) -> str:
        """Always there where the server is."""
        return "Trang trò chuyện chạy cùng máy chủ, không cần dịch vụ nào khác."
