"""The manner of speaking that Telegram and Zalo's bot platform share.

`POST <base>/bot<TOKEN>/<method>` with JSON, answered by `{"ok": true, "result": …}` or `{"ok": false, "error_code": …,
"description": …}`; what counts is `ok`, whatever the HTTP status. Webhooks carry a secret in a header.
"""

from __future__ import annotations

import hmac
from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from bot.channels import masking, reading
from bot.channels.calling import Caller
from bot.channels.port import Channel, Forbidden, Remedy, SendFailed


class Refused(Exception):
    """The provider answered that it won't. `code` is its `error_code`, `retry_after` in seconds where it names one."""

    def __init__(self, code: int, description: str, retry_after: float | None) -> None:
        super().__init__(f"{code} {description}")
        self.code, self.description, self.retry_after = code, description, retry_after


class BotApi:
    """Calls the methods of one bot. `timeout`: seconds for one call; `title` names the provider in errors, `secret` is kept out of them."""

    def __init__(self, title: str, base: str, token: str, secret: str, timeout: float) -> None:
        self.title, self._secrets = title, (token, secret)
        self._address = f"{base.rstrip('/')}/bot{token}"
        self._caller = Caller(title, timeout)

    async def call(self, method: str, parameters: Mapping[str, Any] | None = None, *, timeout: float | None = None) -> Any:
        """The `result` of a method. Raises Refused, and SendFailed where no sensible answer came."""
        reply = await self._caller.call("POST", f"{self._address}/{method}", body=dict(parameters or {}), timeout=timeout)
        if reply.data.get("ok") is True:
            return reply.data.get("result")
        code = reply.data.get("error_code")
        description = masking.mask(str(reply.data.get("description", "")), self._secrets)[:300]
        raise Refused(code if isinstance(code, int) else reply.status, description, _seconds(reply.data))

    def failed(self, remedy: Remedy, refused: Refused) -> SendFailed:
        """The failure to raise for a refusal."""
        return SendFailed(remedy, f"{self.title}: {refused}", refused.retry_after)

    async def close(self) -> None:
        """Close all connections."""
        await self._caller.close()


class BotChannel(Channel):
    """What channels on such an API share. `poll_seconds`: how long one question for updates waits at the provider; `timeout`: seconds for
    any other call. Without a `secret` every webhook request is refused.
    """

    #: The header that carries a webhook's secret.
    secret_header: ClassVar[str]
    #: What setWebhook is told beside address and secret.
    webhook_options: ClassVar[Mapping[str, Any]] = {}

    def __init__(
        self, token: str, *, secret: str = "", mode: Literal["polling", "webhook"] = "polling", api: str, timeout: float = 10.0,
        poll_seconds: int = 25,
    ) -> None:
        self._secret, self._mode, self._timeout, self._poll_seconds = secret, mode, timeout, poll_seconds
        self._api = BotApi(self.title, api, token, secret, timeout)

    @property
    def polls(self) -> bool:
        """Is it set to ask?"""
        return self._mode == "polling"

    def screen(self, headers: Mapping[str, str]) -> None:
        """Forbidden unless the secret is among the headers."""
        prove(headers, self.secret_header, self._secret)

    async def register_webhook(self, public_url: str) -> None:
        """Have updates brought to `<public_url>/webhook/<name>`. Raises SendFailed."""
        address = f"{public_url.rstrip('/')}/webhook/{self.name}"
        await self._asking("setWebhook", {"url": address, "secret_token": self._secret, **self.webhook_options})

    async def stop(self) -> None:
        """Close the connections."""
        await self._api.close()

    async def _asking(self, method: str, parameters: Mapping[str, Any] | None = None) -> Any:
        """A call that concerns the bot, not a message. Raises SendFailed."""
        try:
            return await self._api.call(method, parameters)
        except Refused as refused:
            raise self._not_answered(refused) from None

    @abstractmethod
    def _not_answered(self, refused: Refused) -> SendFailed:
        """What a refusal of such a call means."""


def prove(headers: Mapping[str, str], header: str, secret: str) -> None:
    """Forbidden unless the secret is in that header. Without a secret of ours nobody can know it."""
    given = headers.get(header, "").encode("utf-8", "surrogatepass")
    if not secret or not hmac.compare_digest(given, secret.encode()):
        raise Forbidden(f"{header} is missing or wrong" if secret else "no secret is configured")


def _seconds(data: Mapping[str, Any]) -> float | None:
    parameters = data.get("parameters")
    return reading.seconds(parameters.get("retry_after")) if isinstance(parameters, dict) else None
