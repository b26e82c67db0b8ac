"""The web widget as a channel: browsers read the outbox themselves, so a message is sent as soon as it stands there.

Nothing leaves the machine. Browsers that listen to this process are told at once; those connected to another process find it there by
asking the database from time to time (`bot.server.widget_news`).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence

from bot.channels.port import Channel, Forbidden, Incoming, Outgoing, Request

NAME = "web"


class Web(Channel):
    """The widget. Made once a process and given to both the outbox's sender and `bot.server.widget.add_widget`.

    `on_sent` is called with the conversation to which this process has sent something.
    """

    name = NAME
    title = "Trang trò chuyện của cơ quan"
    longest = 20_000
    buttons = True
    reads_outbox = True

    def __init__(self) -> None:
        self.on_sent: Callable[[str], None] = lambda conversation: None

    def receive(self, request: Request) -> Sequence[Incoming]:
        """The widget has an API of its own, with sessions: a webhook's request is nobody's."""
        raise Forbidden("the web channel has no webhook")

    async def send(self, message: Outgoing) -> str:
        """A new id: there is nothing else to do."""
        return uuid.uuid4().hex

    def noted(self, conversation: str) -> None:
        """Wake those who listen."""
        self.on_sent(conversation)

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
