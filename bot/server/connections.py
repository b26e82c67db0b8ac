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


class Connections:
    """Closes what is beyond the limits as it comes in, before a byte is read. Trusted proxies count in all only."""

    def __init__(self, per_address: int, trusted: Sequence[Network], watch: Callable[[int], None], most: int = MOST) -> None:
        self._per_address, self._trusted, self._watch, self._most = per_address, trusted, watch, most
        self._open: dict[RequestHandler, str] = {}
        self._by_address: Counter[str] = Counter()

    def guard(self, server: web.Server) -> None:
        """Watch over a server's connections."""
        made, lost = server.connection_made, server.connection_lost

        def on_made(handler: RequestHandler, transport: asyncio.Transport) -> None:
            made(handler, transport)
            if not self._admit(handler, transport):
                transport.abort()

        def on_lost(handler: RequestHandler, exc: BaseException | None = None) -> None:
            lost(handler, exc)
            self._forget(handler)

        server.connection_made, server.connection_lost = on_made, on_lost  # type: ignore[method-assign]

    def _admit(self, handler: RequestHandler, transport: asyncio.Transport) -> bool:
        peer = transport.get_extra_info("peername")
        address = str(peer[0]).partition("%")[0] if peer else ""
        key = neighbourhood(address) if address and not is_within(address, self._trusted) else ""
        self._open[handler] = key
        self._by_address[key] += 1
        self._watch(len(self._open))
        return len(self._open) <= self._most and (not key or self._by_address[key] <= self._per_address)

    def _forget(self, handler: RequestHandler) -> None:
        key = self._open.pop(handler, None)
        if key is None:
            return
        self._by_address[key] -= 1
        if not self._by_address[key]:
            del self._by_address[key]
        self._watch(len(self._open))
