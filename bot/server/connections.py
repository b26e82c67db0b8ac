"""How many connections there may be, in all and from one address."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from bot.server.config import Network
from bot.server.limits import is_within, neighbourhood

MOST = 4000
FIRST_REQUEST_SECONDS = 20.0  # until the head of a connection's first request must have come; aiohttp itself waits for good


class Connections:
    """Closes what is beyond the limits as it comes in, before a byte is read, and what never asks for anything.

    Trusted proxies count in all only.
    """

    def __init__(self, per_address: int, trusted: Sequence[Network], watch: Callable[[int], None], most: int = MOST) -> None:
        self._per_address, self._trusted, self._watch, self._most = per_address, trusted, watch, most
        self._open: dict[RequestHandler, str] = {}
        self._by_address: Counter[str] = Counter()
        self._silent: dict[RequestHandler, asyncio.TimerHandle] = {}

    def guard(self, server: web.Server) -> None:
        """Watch over a server's connections."""
        made, lost, usual = server.connection_made, server.connection_lost, server.request_handler

        def on_made(handler: RequestHandler, transport: asyncio.Transport) -> None:
            made(handler, transport)
            if not self._admit(handler, transport):
                transport.abort()
            self._silent[handler] = asyncio.get_running_loop().call_later(FIRST_REQUEST_SECONDS, transport.abort)

        def on_lost(handler: RequestHandler, exc: BaseException | None = None) -> None:
            lost(handler, exc)
            self._forget(handler)
            self._heard(handler)

        async def handle(request: web.BaseRequest) -> web.StreamResponse:
            self._heard(request.protocol)
            return await usual(request)

        server.request_handler = handle
        server.connection_made, server.connection_lost = on_made, on_lost  # type: ignore[method-assign]

    def _admit(self, handler: RequestHandler, transport: asyncio.Transport) -> bool:
        peer = transport.get_extra_info("peername")
        address = str(peer[0]).partition("%")[0] if peer else ""
        key = neighbourhood(address) if address and not is_within(address, self._trusted) else ""
        self._open[handler] = key
        self._by_address[key] += 1
        self._watch(len(self._open))
        return len(self._open) <= self._most and (not key or self._by_address[key] <= self._per_address)

    def _heard(self, handler: RequestHandler) -> None:
        if (timer := self._silent.pop(handler, None)) is not None:
            timer.cancel()

    def _forget(self, handler: RequestHandler) -> None:
        key = self._open.pop(handler, None)
        if key is None:
            return
        self._by_address[key] -= 1
        if not self._by_address[key]:
            del self._by_address[key]
        self._watch(len(self._open))
