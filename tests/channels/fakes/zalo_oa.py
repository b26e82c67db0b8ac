"""Zalo's three hosts for an Official Account on one port: messages, OAuth with single-use refresh tokens, ZBS templates."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from tests.channels.fakes.server import FakeProvider, Handler, answering


def refuse(code: int, message: str = "refused", *, status: int = 200) -> Handler:
    return answering({"error": code, "message": message}, status)


class FakeZaloOA(FakeProvider):
    """`access` is the only good access token, `refresh` the only good refresh token; each trade replaces both."""

    def __init__(self, app_id: str, app_secret: str, refresh: str) -> None:
        super().__init__()
        self.app_id, self.app_secret, self.refresh = app_id, app_secret, refresh
        self.access = ""
        self.trades = 0
        self.expires_in = "90000"
        self.templates: list[dict[str, Any]] = []

    def method(self, request: web.Request) -> str:
        return request.path

    async def answer(self, request: web.Request, method: str, parameters: dict[str, Any]) -> web.StreamResponse:
        if method == "/v4/oa/access_token":
            return await self.trade(request, parameters)
        if not self.access or request.headers.get("access_token") != self.access:
            return await refuse(-216, "Access token is invalid")(request)
        if method == "/v3.0/oa/message/cs":
            return await self.take(request, parameters)
        if method == "/message/template":
            self.templates.append(parameters)
            return web.json_response({"error": 0, "message": "Success", "data": {"msg_id": f"zbs{len(self.templates)}"}})
        if method == "/v2.0/oa/getoa":
            return web.json_response({"error": 0, "message": "Success", "data": {"oa_id": "388613280878808645", "name": "UBND tỉnh"}})
        return web.Response(status=404)

    async def trade(self, request: web.Request, parameters: dict[str, Any]) -> web.StreamResponse:
        if request.headers.get("secret_key") != self.app_secret or parameters.get("app_id") != self.app_id:
            return await refuse(-14004, "Invalid secret key")(request)
        if parameters.get("grant_type") != "refresh_token" or parameters.get("refresh_token") != self.refresh:
            return await answering({"error": -14020, "error_name": "Invalid refresh token", "error_description": "used"})(request)
        self.trades += 1
        self.access, self.refresh = f"access-token-number-{self.trades}", f"refresh-token-number-{self.trades}"
        return web.json_response({"access_token": self.access, "refresh_token": self.refresh, "expires_in": self.expires_in})

    async def take(self, request: web.Request, parameters: dict[str, Any]) -> web.StreamResponse:
        message = parameters["message"]
        if "attachment" in message:
            payload = message["attachment"]["payload"]
            buttons = payload["buttons"]
            fits = (
                message["attachment"]["type"] == "template" and payload["template_type"] == "list"
                and 1 <= len(payload["elements"]) <= 5 and 1 <= len(buttons) <= 5
                and all(button["type"].startswith("oa.") and button["title"] and button["payload"] for button in buttons)
                and all(1 <= len(element["title"]) <= 100 for element in payload["elements"])
            )
        else:
            fits = 1 <= len(message["text"]) <= 2000
        if not fits:
            return await refuse(-201, "Params is invalid")(request)
        self.sent.append(parameters)
        data = {"message_id": f"1a2b3c{len(self.sent):04}", "user_id": parameters["recipient"]["user_id"]}
        return web.json_response({"error": 0, "message": "Success", "data": data})
