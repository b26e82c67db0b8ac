"""Telegram: polling for a pilot without a public address, a webhook for the rest; buttons under the messages.

Partly reachable in Vietnam, so optional. Private chats and groups; what the bot may be told in a group is decided elsewhere.
"""

from __future__ import annotations

import hashlib
import logging
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

from bot.channels import reading
from bot.channels.bot_api import BotChannel, Refused
from bot.channels.port import Button, Incoming, Malformed, Outgoing, Remedy, Request, SendFailed

log = logging.getLogger(__name__)

API = "https://api.telegram.org"
SECRET_HEADER = "x-telegram-bot-api-secret-token"
#: What the provider's error codes mean for a message; everything else can never be sent as it is.
REMEDIES: Mapping[int, Remedy] = {
    401: Remedy.STOP_CHANNEL,  # the token was revoked
    403: Remedy.UNLINK,        # blocked, deactivated, or never spoken to
    404: Remedy.STOP_CHANNEL,  # no such bot: the token is wrong
    409: Remedy.RETRY,
    429: Remedy.RETRY,
}
_KINDS = ["message", "callback_query", "my_chat_member"]
_UNREADABLE = frozenset((
    "animation", "audio", "contact", "dice", "document", "game", "location", "paid_media", "photo", "poll", "sticker", "story",
    "venue", "video", "video_note", "voice",
))
_LONGEST_PAYLOAD = 64  # bytes
_MOST_KEYS = 10_000
_SHORT_TITLE, _PER_ROW = 4, 5


class Telegram(BotChannel):
    """A Telegram bot. `poll_seconds`: how long one question for updates waits at the provider; `timeout`: seconds for any other call.

    Without a `secret` every webhook request is refused.
    """

    name, title, longest, buttons = "telegram", "Telegram", 4096, True
    secret_header = SECRET_HEADER
    webhook_options: ClassVar[Mapping[str, Any]] = {"allowed_updates": _KINDS}

    def __init__(
        self, token: str, *, secret: str = "", mode: Literal["polling", "webhook"] = "polling", api: str = API, timeout: float = 10.0,
        poll_seconds: int = 25,
    ) -> None:
        super().__init__(token, secret=secret, mode=mode, api=api, timeout=timeout, poll_seconds=poll_seconds)
        self._confirm: int | None = None
        self._payloads: OrderedDict[str, str] = OrderedDict()

    def receive(self, request: Request) -> Sequence[Incoming]:
        """The event of one update."""
        self.screen(request.headers)
        event = self._event(reading.mapping(reading.parse(request.body), "update"))
        return [event] if event else []

    async def poll(self) -> Sequence[Incoming]:
        """What came, in order. Whoever asks again confirms what the last call returned: store it first, or it is lost."""
        try:
            updates = await self._get_updates()
        except Refused as refused:
            if not (refused.code == 409 and "webhook" in refused.description.lower()):
                raise self._not_answered(refused) from None
            log.warning("telegram: a webhook was set; it is removed, since this program is set to poll")
            await self._asking("deleteWebhook")
            return []
        numbers = [update["update_id"] for update in updates if isinstance(update.get("update_id"), int)]
        # Once confirmed, nothing is asked for by number: after a quiet week Telegram may begin again with lower ones.
        self._confirm = max(numbers) + 1 if numbers else None
        events = (self._readable(update) for update in sorted(updates, key=_number))
        return [event for event in events if event]

    async def send(self, message: Outgoing) -> str:
        """Send the text, the buttons under it."""
        parameters: dict[str, Any] = {
            "chat_id": message.chat, "text": message.text, "disable_notification": message.silent,
            "link_preview_options": {"is_disabled": True},
        }
        if message.buttons:
            parameters["reply_markup"] = {"inline_keyboard": self._keyboard(message.buttons)}
        try:
            result = await self._api.call("sendMessage", parameters)
        except Refused as refused:
            raise self._api.failed(_remedy(refused), refused) from None
        return str(result.get("message_id", "")) if isinstance(result, dict) else ""

    async def acknowledge(self, event: Incoming) -> None:
        """End the wait on a pressed button; show that an answer to a message is being written."""
        try:
            if "callback_query_id" in event.extra:
                await self._api.call("answerCallbackQuery", {"callback_query_id": event.extra["callback_query_id"]})
            if event.kind in ("text", "button"):
                await self._api.call("sendChatAction", {"chat_id": event.chat, "action": "typing"})
        except (Refused, SendFailed) as error:
            log.debug("telegram: not acknowledged: %s", error)

    async def check(self) -> str:
        """Ask the provider who we are."""
        me = await self._asking("getMe")
        return f"Telegram có trả lời, nhận mã của bot @{reading.name(me.get('username')) if isinstance(me, dict) else ''}."

    async def _get_updates(self) -> list[dict[str, Any]]:
        offset = {} if self._confirm is None else {"offset": self._confirm}
        question = {"timeout": self._poll_seconds, "allowed_updates": _KINDS, **offset}
        found = await self._api.call("getUpdates", question, timeout=self._poll_seconds + self._timeout)
        return [update for update in found if isinstance(update, dict)] if isinstance(found, list) else []

    def _not_answered(self, refused: Refused) -> SendFailed:
        if refused.code == 409:
            reason = f"{self.title}: một chương trình khác đang nhận tin của bot này ({refused})"
            return SendFailed(Remedy.RETRY, reason, refused.retry_after)
        stopped = refused.code in (401, 403, 404)
        return self._api.failed(Remedy.STOP_CHANNEL if stopped else Remedy.RETRY, refused)

    def _readable(self, update: Mapping[str, Any]) -> Incoming | None:
        """The event of a polled update; one that makes no sense is passed over, else it would come for ever."""
        try:
            return self._event(update)
        except Malformed as error:
            log.warning("telegram: an update was passed over: %s", error)
            return None

    def _event(self, update: Mapping[str, Any]) -> Incoming | None:
        """The event of an update; None where it is nothing that we read."""
        event_id = reading.identifier(update.get("update_id"), "update_id")
        if "message" in update:
            return self._message(event_id, reading.mapping(update["message"], "message"))
        if "callback_query" in update:
            return self._pressed(event_id, reading.mapping(update["callback_query"], "callback_query"))
        if "my_chat_member" in update:
            return self._membership(event_id, reading.mapping(update["my_chat_member"], "my_chat_member"))
        return None

    def _message(self, event_id: str, message: Mapping[str, Any]) -> Incoming | None:
        if "text" in message:
            return self._incoming(event_id, message, message, kind="text", text=reading.text(message["text"], "text"))
        if _UNREADABLE.intersection(message):
            return self._incoming(event_id, message, message, kind="unsupported")
        return None  # someone came, a title changed…

    def _pressed(self, event_id: str, query: Mapping[str, Any]) -> Incoming | None:
        message = reading.mapping(query.get("message"), "message")
        data = reading.text(query.get("data"), "data")
        extra = {"callback_query_id": reading.identifier(query.get("id"), "callback_query.id")}
        # The date of `message` is when the button was drawn, not when it was pressed.
        return self._incoming(event_id, query, {**message, "date": None}, kind="button", text=self._payload(data, message), extra=extra)

    def _membership(self, event_id: str, change: Mapping[str, Any]) -> Incoming | None:
        status = reading.mapping(change.get("new_chat_member"), "new_chat_member").get("status")
        if status in ("kicked", "left"):
            return self._incoming(event_id, change, change, kind="unfollow")
        if status in ("member", "administrator"):
            return self._incoming(event_id, change, change, kind="follow")
        return None

    def _incoming(self, event_id: str, by: Mapping[str, Any], where: Mapping[str, Any], **more: Any) -> Incoming | None:
        person, chat = reading.mapping(by.get("from"), "from"), reading.mapping(where.get("chat"), "chat")
        if person.get("is_bot") is True:
            return None
        names = (reading.name(person.get("last_name")), reading.name(person.get("first_name")))
        return Incoming(
            self.name, event_id, reading.identifier(person.get("id"), "from.id"), reading.identifier(chat.get("id"), "chat.id"),
            at=reading.moment(where.get("date")), display_name=" ".join(filter(None, names)), group=chat.get("type") != "private", **more)

    def _keyboard(self, buttons: Sequence[Button]) -> list[list[dict[str, str]]]:
        """Numbers stand side by side, words below one another."""
        keys = [{"text": button.title, "callback_data": self._data(button.payload)} for button in buttons]
        width = _PER_ROW if all(len(button.title) <= _SHORT_TITLE for button in buttons) else 1
        return [keys[at:at + width] for at in range(0, len(keys), width)]

    def _data(self, payload: str) -> str:
        """The payload, or a short key in its place where it is more than 64 bytes."""
        if payload and len(payload.encode()) <= _LONGEST_PAYLOAD and not payload.startswith("#"):
            return payload
        key = "#" + hashlib.blake2b(payload.encode(), digest_size=12).hexdigest()
        self._payloads[key] = payload
        self._payloads.move_to_end(key)
        if len(self._payloads) > _MOST_KEYS:
            self._payloads.popitem(last=False)
        return key

    def _payload(self, data: str, message: Mapping[str, Any]) -> str:
        """What `_data` was made from. Where this process no longer knows, what stands on the button: Telegram sends it back."""
        if not data.startswith("#") or data in self._payloads:
            return self._payloads.get(data, data)
        markup = message.get("reply_markup")
        rows = markup.get("inline_keyboard") if isinstance(markup, dict) else None
        keys = [key for row in rows if isinstance(row, list) for key in row] if isinstance(rows, list) else []
        found = next((key.get("text") for key in keys if isinstance(key, dict) and key.get("callback_data") == data), None)
        return reading.text(found, "button")


def _remedy(refused: Refused) -> Remedy:
    return Remedy.RETRY if refused.code >= 500 else REMEDIES.get(refused.code, Remedy.DEAD_LETTER)


def _number(update: Mapping[str, Any]) -> int:
    number = update.get("update_id")
    return number if isinstance(number, int) else 0
