"""Zalo's bot platform: free and small, for pilots. No buttons: choices are written below the text."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from bot.channels import choices, reading
from bot.channels.bot_api import BotChannel, Refused
from bot.channels.port import EventKind, Incoming, Malformed, Outgoing, Remedy, Request, SendFailed

log = logging.getLogger(__name__)

API = "https://bot-api.zaloplatforms.com"
SECRET_HEADER = "x-bot-api-secret-token"
#: What the provider's error codes mean for a message; everything else can never be sent as it is.
REMEDIES: Mapping[int, Remedy] = {
    401: Remedy.STOP_CHANNEL,   # the token was revoked
    403: Remedy.OTHER_CHANNEL,  # undocumented: perhaps this person only, so nothing is unlinked
    404: Remedy.STOP_CHANNEL,   # no such bot: the token is wrong
    408: Remedy.RETRY,
    429: Remedy.STOP_CHANNEL,   # the month's messages are used up; with `retry_after` it is a matter of seconds
}
_EVENT = re.compile(r"message\.([a-z]+)\.received")
_IDLE = 408


class ZaloBot(BotChannel):
    """A bot of Zalo's bot platform. `poll_seconds`: how long one question for updates waits there, and a stop for its answer;
    `timeout`: seconds for other calls.

    Without a `secret` every webhook request is refused.
    """

    name, title, longest, buttons = "zalo_bot", "Zalo Bot", 2000, False
    tells_once = True
    secret_header = SECRET_HEADER

    def __init__(
        self, token: str, *, secret: str = "", mode: Literal["polling", "webhook"] = "polling", api: str = API, timeout: float = 10.0,
        poll_seconds: int = 10,
    ) -> None:
        super().__init__(token, secret=secret, mode=mode, api=api, timeout=timeout, poll_seconds=poll_seconds)
        self._webhook_removed = False

    def receive(self, request: Request) -> Sequence[Incoming]:
        """The event of one delivery, which comes wrapped like an API's answer or bare."""
        self.screen(request.headers)
        event = self._event(reading.mapping(reading.parse(request.body), "delivery"))
        return [event] if event else []

    async def poll(self) -> Sequence[Incoming]:
        """The next event, if one came. The platform keeps no offset: what it has answered it does not answer again."""
        if not self._webhook_removed:
            await self._asking("deleteWebhook")  # while one is set, questions are met with silence
            self._webhook_removed = True
        try:
            parameters = {"timeout": str(self._poll_seconds)}
            found = await self._api.call("getUpdates", parameters, timeout=self._poll_seconds + self._timeout)
        except Refused as refused:
            if refused.code == _IDLE:
                return []
            raise self._not_answered(refused) from None
        try:
            event = self._event(found) if isinstance(found, dict) and found else None
        except Malformed as error:
            log.warning("zalo_bot: an update was passed over: %s", error)
            event = None
        return [event] if event else []

    async def send(self, message: Outgoing) -> str:
        """Send the text with its choices: in one message, or in two where they don't fit together."""
        sent = ""
        for piece in choices.written(message.text, message.buttons, self.longest):
            try:
                result = await self._api.call("sendMessage", {"chat_id": message.chat, "text": piece})
            except Refused as refused:
                raise self._api.failed(_remedy(refused), refused) from None
            sent = str(result.get("message_id", "")) if isinstance(result, dict) else ""
        return sent

    async def acknowledge(self, event: Incoming) -> None:
        """Show that an answer is being written."""
        if event.kind != "text":
            return
        try:
            await self._api.call("sendChatAction", {"chat_id": event.chat, "action": "typing"})
        except (Refused, SendFailed) as error:
            log.debug("zalo_bot: not acknowledged: %s", error)

    async def check(self) -> str:
        """Ask the provider who we are."""
        me = await self._asking("getMe")
        names = [reading.name(me.get(key)) for key in ("display_name", "account_name", "name")] if isinstance(me, dict) else []
        return f"Zalo Bot có trả lời, nhận mã của bot “{next(filter(None, names), '')}”."

    def _not_answered(self, refused: Refused) -> SendFailed:
        remedy = _remedy(refused)
        return self._api.failed(remedy if remedy is Remedy.STOP_CHANNEL else Remedy.RETRY, refused)

    def _event(self, delivery: Mapping[str, Any]) -> Incoming | None:
        """The event of a delivery; None where it is nothing that we read."""
        inner = reading.mapping(delivery["result"], "result") if "result" in delivery else delivery
        event_name = reading.text(inner.get("event_name"), "event_name")
        kind = _EVENT.fullmatch(event_name)
        if not kind:
            return None
        message = reading.mapping(inner.get("message"), "message")
        person, chat = reading.mapping(message.get("from"), "from"), reading.mapping(message.get("chat"), "chat")
        if person.get("is_bot") is True:
            return None
        is_text = kind.group(1) == "text"
        read: EventKind = "text" if is_text else "unsupported"
        return Incoming(
            self.name, reading.identifier(f"{event_name}:{reading.identifier(message.get('message_id'), 'message_id')}", "event"),
            reading.identifier(person.get("id"), "from.id"), reading.identifier(chat.get("id"), "chat.id"), read,
            reading.text(message.get("text"), "text") if is_text else "", reading.moment(message.get("date")),
            reading.name(person.get("display_name")), group=chat.get("chat_type") != "PRIVATE")


def _remedy(refused: Refused) -> Remedy:
    if refused.code >= 500 or (refused.code == 429 and refused.retry_after is not None):
        return Remedy.RETRY
    return REMEDIES.get(refused.code, Remedy.DEAD_LETTER)
