"""`POST /webhook/<channel>`: prove, store, answer 200; the work comes after.

A forged request costs a look at its headers (where the provider signs the body: a hash) and an answer: the application doesn't see it,
nothing is stored, no thread is used, and the log says so only now and then.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timezone

from aiohttp import HttpVersion11, web

from bot.channels.port import Channel, Forbidden, Incoming, Malformed, Request
from bot.server.config import Network
from bot.server.limits import Buckets, client_address, neighbourhood
from bot.server.metrics import Metrics
from knowledge.store import StoreError

log = logging.getLogger(__name__)

LARGEST_BODY = 1 << 20
_PREFIX = "/webhook/"
_NO = b'{"ok": false}'
_REASONS = {400: "Bad Request", 403: "Forbidden", 413: "Content Too Large", 429: "Too Many Requests"}
_BODY_SECONDS = 10.0
_FAILURES_PER_SECOND, _FAILURES_AT_ONCE = 5.0, 100.0
_LOGGED_PER_SECOND, _LOGGED_AT_ONCE = 0.1, 5.0


class Webhooks:
    """Takes what the providers send. `store` keeps events (blocking, how many were new), `wake` says that there is work."""

    def __init__(
        self, channels: Mapping[str, Channel], store: Callable[[Sequence[Incoming]], int], wake: Callable[[], None],
        metrics: Metrics, trusted: Sequence[Network] = (),
    ) -> None:
        self._channels, self._store, self._wake = channels, store, wake
        self._metrics, self._trusted = metrics, trusted
        self._failures = Buckets(_FAILURES_PER_SECOND, _FAILURES_AT_ONCE)
        self._logged = Buckets(_LOGGED_PER_SECOND, _LOGGED_AT_ONCE)
        self._rejections, self._requests = functools.cache(metrics.rejections.labels), functools.cache(metrics.requests.labels)

    def guard(self, server: web.Server) -> None:
        """Refuse what the headers tell to be forged before anything else is done with it: there may be thousands a second."""
        usual = server.request_handler

        async def handle(request: web.BaseRequest) -> web.StreamResponse:
            return self._refused_unread(request) or await usual(request)

        server.request_handler = handle

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        """200 for what is genuine and stored, also a repeat; 4xx for the rest; 503 only where the database is away."""
        channel = self._channels.get(request.match_info["channel"])
        if channel is None:
            raise web.HTTPNotFound
        try:
            channel.screen(request.headers)
            body = await _body(request)
            events = channel.receive(Request(body, _headers(request), datetime.now(timezone.utc)))
        except web.HTTPRequestEntityTooLarge:
            return self._refused(request, channel, 413, "too large")
        except _BodyLost:
            return self._refused(request, channel, 400, "body not received")
        except Forbidden as error:
            return self._refused(request, channel, 403, "forbidden", error)
        except Malformed as error:
            return self._refused(request, channel, 400, "malformed", error)
        except Exception:
            log.exception("channel %s could not read a request", channel.name)
            return self._refused(request, channel, 400, "unreadable")
        if events:
            await self._keep(channel, events)
        return web.json_response({"ok": True})

    async def _keep(self, channel: Channel, events: Sequence[Incoming]) -> None:
        try:
            new = await asyncio.to_thread(self._store, events)
        except StoreError as error:
            log.error("an event of %s could not be stored: %s", channel.name, error)
            raise web.HTTPServiceUnavailable(headers={"Retry-After": "5"}) from error
        self._metrics.events.labels(channel.name).inc(new)
        self._wake()

    def _refused_unread(self, request: web.BaseRequest) -> web.StreamResponse | None:
        """The refusal of a request whose headers tell that it is forged; None for all others."""
        path = request.path
        channel = self._channels.get(path[len(_PREFIX):]) if path.startswith(_PREFIX) and request.method == "POST" else None
        if channel is None:
            return None
        try:
            channel.screen(request.headers)
        except Forbidden as error:
            refusal = self._refused(request, channel, 403, "forbidden", error)
            self._requests("POST", str(refusal.status)).inc()
            return refusal
        return None

    def _refused(self, request: web.BaseRequest, channel: Channel, status: int, reason: str, why: object = "") -> web.StreamResponse:
        """The refusal. Who is refused too often is told to wait, but never unheard, since forgers share addresses with providers.

        Anybody can have Telegram's own servers call this address with a bot of theirs. (To cut such connections costs more than to keep
        them: the next one has to be taken first.)
        """
        self._rejections(channel.name, reason).inc()
        address = client_address(request, self._trusted)
        if not self._logged.take(channel.name):
            log.warning("webhook refused: %s", why or reason, extra={"channel": channel.name, "status": status, "address": address})
        wait = 0.0 if address is None else self._failures.take(neighbourhood(address))
        return _Refusal(429, math.ceil(wait)) if wait else _Refusal(status)


class _Refusal(web.StreamResponse):
    """A refusal, written as it stands: to draw it up like any other answer takes longer than everything else about a forged request."""

    def __init__(self, status: int, retry_after: int = 0) -> None:
        super().__init__(status=status)
        self._retry_after, self._keep = retry_after, False

    @property
    def keep_alive(self) -> bool:
        """May the connection be used again?"""
        return self._keep

    async def prepare(self, request: web.BaseRequest) -> None:  # type: ignore[override]
        """Write everything, headers and body."""
        self._keep = request.keep_alive and request.version >= HttpVersion11
        if request.transport is not None:
            request.transport.write(_refusal(self.status, self._retry_after, self._keep))

    async def write_eof(self, data: bytes = b"") -> None:
        """Nothing is left to write."""


@functools.lru_cache(maxsize=256)
def _refusal(status: int, retry_after: int, keep: bool) -> bytes:
    lines = [
        f"HTTP/1.1 {status} {_REASONS[status]}", "Content-Type: application/json; charset=utf-8", f"Content-Length: {len(_NO)}",
        "Cache-Control: no-store", "X-Content-Type-Options: nosniff", "Server: troly"]
    lines += [f"Retry-After: {retry_after}"] if retry_after else []
    lines += [] if keep else ["Connection: close"]
    return "\r\n".join([*lines, "", ""]).encode() + _NO


class _BodyLost(Exception):
    """The body did not arrive whole, in time, or as its headers say."""


async def _body(request: web.Request) -> bytes:
    try:
        return await asyncio.wait_for(request.read(), _BODY_SECONDS)
    except (asyncio.TimeoutError, ConnectionError, web.RequestPayloadError) as error:
        raise _BodyLost from error


def _headers(request: web.Request) -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers.items()}
