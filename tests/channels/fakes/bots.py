"""The two Bot APIs: the token in the path, `ok` in the answer."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from aiohttp import web

from tests.channels.fakes.server import FakeProvider, Handler, answering

SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


def refuse(code: int, description: str, *, status: int | None = None, retry_after: int | None = None) -> Handler:
    data: dict[str, Any] = {"ok": False, "error_code": code, "description": description}
    if retry_after is not None:
        data["parameters"] = {"retry_after": retry_after}
    return answering(data, code if status is None else status)


class FakeBots(FakeProvider):
    """`updates` wait for getUpdates; `webhook` is what setWebhook set; `blocked` are chats that refuse."""

    #: The HTTP status of a refusal: Telegram repeats the code there, Zalo may answer 200.
    always_200: bool

    def __init__(self, token: str) -> None:
        super().__init__()
        self.token = token
        self.updates: list[dict[str, Any]] = []
        self.webhook: dict[str, Any] | None = None
        self.blocked: set[str] = set()

    async def answer(self, request: web.Request, method: str, parameters: dict[str, Any]) -> web.StreamResponse:
        if request.path != f"/bot{self.token}/{method}":
            return await self.no(request, 401, "Unauthorized")
        handler = getattr(self, f"on_{method}", None)
        if handler is None:
            return await self.no(request, 404, "Not Found")
        answer: web.StreamResponse = await handler(request, parameters)
        return answer

    async def no(self, request: web.Request, code: int, description: str) -> web.StreamResponse:
        return await refuse(code, description, status=200 if self.always_200 else code)(request)

    def yes(self, result: Any) -> web.StreamResponse:
        return web.json_response({"ok": True, "result": result})

    async def on_deleteWebhook(self, request: web.Request, parameters: dict[str, Any]) -> web.StreamResponse:  # noqa: N802
        self.webhook = None
        return self.yes(True)


class FakeTelegram(FakeBots):
    always_200 = False

    async def on_getMe(self, request: web.Request, parameters: dict[str, Any]) -> web.StreamResponse:  # noqa: N802
        return self.yes({"id": 5551112223, "is_bot": True, "first_name": "Trợ lý", "username": "troly_bot"})

    async def on_setWebhook(self, request: web.Request, parameters: dict[str, Any]) -> web.StreamResponse:  # noqa: N802
        if not parameters["url"].startswith("https://") or not SECRET.fullmatch(parameters["secret_token"]):
            return await self.no(request, 400, "Bad Request: bad webhook")
        self.webhook = parameters
        return self.yes(True)

    async def on_getUpdates(self, request: web.Request, parameters: dict[str, Any]) -> web.StreamResponse:  # noqa: N802
        if self.webhook is not None:
            return await self.no(
                request, 409,
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first")
        offset = parameters.get("offset", 0)
        self.updates = [update for update in self.updates if update["update_id"] >= offset]
        if not self.updates:
            await asyncio.sleep(min(parameters.get("timeout", 0), 0.05))
        return self.yes(self.updates[:100])

    async def on_sendMessage(self, request: web.Request, parameters: dict[str, Any]) -> web.StreamResponse:  # noqa: N802
        if str(parameters["chat_id"]) in self.blocked:
            return await self.no(request, 403, "Forbidden: bot was blocked by the user")
        if not 1 <= len(parameters["text"]) <= 4096:
            return await self.no(request, 400, "Bad Request: message is too long")
        for row in parameters.get("reply_markup", {}).get("inline_keyboard", []):
            for key in row:
                if not key["text"] or not 1 <= len(key["callback_data"].encode()) <= 64:
                    return await self.no(request, 400, "Bad Request: BUTTON_DATA_INVALID")
        self.sent.append(parameters)
        return self.yes({"message_id": 1000 + len(self.sent), "chat": {"id": parameters["chat_id"]}, "date": 1747792800})

    async def on_answerCallbackQuery(self, request: web.Request, parameters: dict[str, Any]) -> web.StreamResponse:  # noqa: N802
        return self.yes(True)

    async def on_sendChatAction(self, request: web.Request, parameters: dict[str, Any]) -> web.StreamResponse:  # noqa: N802
        return self.yes(True)


class FakeZaloBot(FakeBots):
    always_200 = True

    async def on_getMe(self, request: web.Request, parameters: dict[str, Any]) -> web.StreamResponse:  # noqa: N802
        return self.yes({"id": "1459232241454765289", "account_name": "bot.VDKyGxQvc", "account_type": "BASIC", "can_join_groups": False})

    async def on_setWebhook(self, request: web.Request, parameters: dict[str, Any]) -> web.StreamResponse:  # noqa: N802
        if not 8 <= len(parameters["secret_token"]) <= 256:
            return await self.no(request, 400, "Bad request: secret_token")
        self.webhook = parameters
        return self.yes({"url": parameters["url"], "updated_at": 1749538250568})

    async def on_getUpdates(self, request: web.Request, parameters: dict[str, Any]) -> web.StreamResponse:  # noqa: N802
        assert isinstance(parameters["timeout"], str)
        if self.webhook is None and self.updates:
            return self.yes(self.updates.pop(0))
        await asyncio.sleep(0.05)
        return await self.no(request, 408, "Request timeout")

    async def on_sendMessage(self, request: web.Request, parameters: dict[str, Any]) -> web.StreamResponse:  # noqa: N802
        if not 1 <= len(parameters["text"]) <= 2000:
            return await self.no(request, 400, "Bad request: text")
        self.sent.append(parameters)
        return self.yes({"message_id": f"82599fa32f56d00e{len(self.sent):04}", "date": 1749632637199})

    async def on_sendChatAction(self, request: web.Request, parameters: dict[str, Any]) -> web.StreamResponse:  # noqa: N802
        return self.yes(True)
