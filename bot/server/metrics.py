"""Figures for Prometheus: `GET /metrics`, for this machine or for whoever has the token."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable, Mapping

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from sqlalchemy import Engine, func, select

from bot.delivery.tables import inbox, outbox
from bot.server.config import ServerConfig, is_loopback
from bot.server.limits import client_address
from bot.server.turns import Record
from knowledge.store import StoreError

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
#: States that say something is waiting or went wrong; counting all that was ever done would read the whole table.
_INBOX_STATES, _OUTBOX_STATES = ("new", "working", "dead"), ("new", "working", "other", "dead")


class Metrics:
    """The figures of one server. Counting is safe from any thread."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        own = self.registry
        self.turns = Counter("troly_turns", "Turns answered", ["channel", "outcome"], registry=own)
        self.turn_seconds = Histogram("troly_turn_seconds", "The assistant's time for a turn", buckets=_SECONDS, registry=own)
        self.events = Counter("troly_webhook_events", "Events taken from webhooks, repeats left out", ["channel"], registry=own)
        self.rejections = Counter("troly_webhook_rejections", "Webhook requests refused", ["channel", "reason"], registry=own)
        self.requests = Counter("troly_http_requests", "Requests answered", ["method", "status"], registry=own)
        self.connections = Gauge("troly_connections", "Open connections", registry=own)
        self.channel_up = Gauge("troly_channel_up", "Does the channel run: 1 yes, 0 stopped", ["channel"], registry=own)
        self.inbox = Gauge("troly_inbox_events", "Events received, by state", ["state"], registry=own)
        self.outbox = Gauge("troly_outbox_messages", "Messages to send, by channel and state", ["channel", "state"], registry=own)

    def turn(self, channel: str, record: Record, seconds: float) -> None:
        """Count a turn."""
        self.turns.labels(channel, str(record.get("outcome", ""))).inc()
        self.turn_seconds.observe(seconds)

    def count_queues(self, engine: Engine) -> None:
        """Read how much waits in the database. Blocks; raises StoreError."""
        received = select(inbox.c.state, func.count()).where(inbox.c.state.in_(_INBOX_STATES)).group_by(inbox.c.state)
        sending = (
            select(outbox.c.channel, outbox.c.state, func.count())
            .where(outbox.c.state.in_(_OUTBOX_STATES)).group_by(outbox.c.channel, outbox.c.state)
        )
        with engine.connect() as connection:
            events = {line[0]: line[1] for line in connection.execute(received)}
            messages = {(channel, state): count for channel, state, count in connection.execute(sending)}
        for state in _INBOX_STATES:
            self.inbox.labels(state).set(events.get(state, 0))
        self.outbox.clear()
        for (channel, state), count in messages.items():
            self.outbox.labels(channel, state).set(count)


class MetricsPage:
    """`GET /metrics`. `states` tells which channels run."""

    def __init__(self, metrics: Metrics, engine: Engine, config: ServerConfig, states: Callable[[], Mapping[str, bool]]) -> None:
        self._metrics, self._engine, self._config, self._states = metrics, engine, config, states

    async def __call__(self, request: web.Request) -> web.Response:
        """The figures; 403 to strangers. Where the database is away, what it would tell is missing and the rest is there."""
        if not self._may_read(request):
            raise web.HTTPForbidden
        for channel, up in self._states().items():
            self._metrics.channel_up.labels(channel).set(up)
        try:
            await asyncio.to_thread(self._metrics.count_queues, self._engine)
        except StoreError:
            self._metrics.inbox.clear()
            self._metrics.outbox.clear()
        return web.Response(body=generate_latest(self._metrics.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    def _may_read(self, request: web.Request) -> bool:
        token = self._config.metrics_token
        given = request.headers.get("Authorization", "").encode("utf-8", "surrogateescape")
        if token and hmac.compare_digest(given, f"Bearer {token}".encode()):
            return True
        address = client_address(request, self._config.trusted_proxies)
        return address is not None and is_loopback(address)
