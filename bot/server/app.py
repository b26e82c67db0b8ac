"""The server put together: what comes in, who answers, what goes out; and its life from start to a graceful stop."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from aiohttp import web
from sqlalchemy import Engine

from bot.channels.loading import load_channels
from bot.channels.port import Channel, SendFailed
from bot.channels.web import Web
from bot.delivery.dispatcher import Dispatcher
from bot.delivery.inbox import Inbox
from bot.delivery.outbox import Outbox
from bot.desk import Desk
from bot.officials.directory import Directory
from bot.officials.linking import Linking
from bot.reminders.feed import Feeds
from bot.reminders.reminding import Reminding
from bot.reminders.requests import Find, LastRow, Requests
from bot.server import sign_in_settings
from bot.server.config import ServerConfig
from bot.server.connections import Connections
from bot.server.feeds import add_feeds
from bot.server.feeds import address_of as feeds_address
from bot.server.health import Readiness, healthz
from bot.server.housekeeping import keep
from bot.server.log import http_log
from bot.server.manners import Manners
from bot.server.metrics import Metrics, MetricsPage
from bot.server.sign_in import SignIn
from bot.server.turns import Answering, Turns
from bot.server.webhooks import LARGEST_BODY, Webhooks
from bot.server.widget import add_widget
from knowledge.services.remind.policy import Policies
from knowledge.store import PlanStore

log = logging.getLogger(__name__)

#: An assistant, or what makes one: it is called in the assistant's own thread while the server already takes events.
Source = Answering | Callable[[], Answering]

OPENED: web.AppKey[asyncio.Task[None]] = web.AppKey("opened", asyncio.Task)
READINESS: web.AppKey[Readiness] = web.AppKey("readiness", Readiness)
CONNECTIONS: web.AppKey[Connections] = web.AppKey("connections", Connections)
WEBHOOKS: web.AppKey[Webhooks] = web.AppKey("webhooks", Webhooks)

_IDLE_SECONDS, _LINGER_SECONDS = 75.0, 2.0
_SWITCH_SECONDS = 0.0005
_LEAST_GRACE = 1.0
_BACKLOG = 1024
_FIRST_PAUSE, _LONGEST_PAUSE = 5.0, 300.0


def build(
    config: ServerConfig, engine: Engine, assistant: Source, *,
    channels: Iterable[Channel] | None = None, environ: Mapping[str, str] | None = None, find: Find = lambda text, province: (),
    last_row: LastRow | None = None, policies: Policies | None = None,
) -> web.Application:
    """The application on a migrated database. `channels` beside the web page; None means those that `environ` configures.

    `find` and `last_row` tell reminders which row some words name, and which was told last; see `bot.reminders.finding`. `policies`: who is
    reminded when.

    Blocks shortly (makes the tables that are missing). Nothing runs before the application starts up. Raises Trouble for wrong settings.
    """
    environ = os.environ if environ is None else environ
    metrics, page = Metrics(), Web()
    outside = {channel.name: channel for channel in (load_channels(environ, engine) if channels is None else channels)}
    everywhere = {**outside, page.name: page}
    turns = Turns(assistant if callable(assistant) else lambda: assistant, metrics.turn)
    inbox, outbox, directory = Inbox(engine), Outbox(engine), Directory(engine)
    feeds = Feeds(engine, link=feeds_address(config.public_url) if config.public_url else None, policies=policies)
    desk = Desk(
        directory, turns.answer, linking=Linking(directory, config.secret), public=config.public_mode, channels=everywhere,
        most=config.messages_per_minute,
        reminders=Requests(
            engine, find=find, last_row=last_row, calendars=feeds, policies=policies, email="email" in outside))
    dispatcher = Dispatcher(
        inbox, outbox, everywhere, lambda event: turns.run(desk.handle(event)),
        workers=config.workers, lease=config.lease, on_unlink=directory.mark_dead, on_alarm=_alarm)
    manners, readiness = Manners(config, metrics), Readiness(engine, lambda: turns.ready)

    app = web.Application(middlewares=[manners.handle], client_max_size=LARGEST_BODY)
    app.on_response_prepare.append(manners.add_headers)
    app[READINESS] = readiness
    app[CONNECTIONS] = Connections(config.connections_per_address, config.trusted_proxies, metrics.connections.set)
    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readiness)
    app.router.add_get("/metrics", MetricsPage(metrics, engine, config, dispatcher.states))
    app[WEBHOOKS] = Webhooks(outside, inbox.store, dispatcher.wake, metrics, config.trusted_proxies)
    app.router.add_post("/webhook/{channel}", app[WEBHOOKS])
    sign_in = SignIn(sign_in_settings.load(config, environ), engine, directory)
    add_widget(app, engine=engine, inbox=inbox, channel=page, sign_in=sign_in, plans=PlanStore(engine), wake=dispatcher.wake)
    add_feeds(app, feeds)
    reminding = Reminding(engine, policies, working=dispatcher.states, reached=list(everywhere), wake=dispatcher.wake)
    called = [channel for channel in outside.values() if config.public_url and not channel.polls]
    beside = [partial(keep, engine, directory, config.retention_days), *(partial(_announce, c, config.public_url or "") for c in called)]
    _Life(turns, dispatcher, reminding, beside, config.grace).attach(app)
    return app


async def serve(app: web.Application, config: ServerConfig, on_ready: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT, then let what is under way finish; a second signal ends the process at once.

    Events are taken from the start; `on_ready` is called with the address once they are answered too. Raises OSError where the
    address can't be listened on, and what loading the assistant raises.
    """
    runner = await listen(app, config)
    try:
        stopped = asyncio.create_task(_signal())
        await asyncio.wait({stopped, app[OPENED]}, return_when=asyncio.FIRST_COMPLETED)
        if not stopped.done():
            await app[OPENED]
            on_ready(address_of(runner))
            await stopped
        log.info("stopping")
    finally:
        await runner.cleanup()


async def listen(app: web.Application, config: ServerConfig) -> web.AppRunner:
    """Start the application and listen; `cleanup()` of what is returned stops it gracefully. Raises OSError."""
    sys.setswitchinterval(_SWITCH_SECONDS)
    runner = web.AppRunner(
        app, access_log=None, keepalive_timeout=_IDLE_SECONDS, lingering_time=_LINGER_SECONDS, shutdown_timeout=config.grace,
        logger=http_log, auto_decompress=False)  # bodies are verified as they came
    await runner.setup()
    assert runner.server is not None
    app[CONNECTIONS].guard(runner.server)
    app[WEBHOOKS].guard(runner.server)
    try:
        await web.TCPSite(runner, config.host, config.port, backlog=_BACKLOG).start()
    except OSError:
        await runner.cleanup()
        raise
    return runner


def address_of(runner: web.BaseRunner) -> str:
    """The address that a runner listens on."""
    host, port = runner.addresses[0][:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


async def _announce(channel: Channel, public_url: str) -> None:
    """Tell a provider where to bring its events; one that is down is asked again."""
    pause = _FIRST_PAUSE
    while True:
        try:
            await channel.register_webhook(public_url)
        except SendFailed as failed:
            log.warning("a webhook is not registered yet", extra={"channel": channel.name, "reason": failed.reason})
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
        else:
            return


def _alarm(channel: str, reason: str) -> None:
    log.error("a channel needs somebody's attention", extra={"channel": channel, "reason": reason})


async def _signal() -> None:
    """Returns at the first SIGTERM or SIGINT; from then on they do what they do by default."""
    loop, arrived = asyncio.get_running_loop(), asyncio.Event()

    def on_signal(number: int, _frame: object) -> None:
        signal.signal(number, signal.SIG_DFL)
        loop.call_soon_threadsafe(arrived.set)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    await arrived.wait()


class _Life:
    """Starts the assistant, what delivers and what goes on beside, and stops them in the reverse order within `grace` seconds."""

    def __init__(
        self, turns: Turns, dispatcher: Dispatcher, reminding: Reminding, beside: Sequence[Callable[[], Coroutine[Any, Any, None]]],
        grace: float,
    ) -> None:
        self._turns, self._dispatcher, self._reminding, self._beside, self._grace = turns, dispatcher, reminding, beside, grace
        self._until = 0.0

    def attach(self, app: web.Application) -> None:
        """Be part of the application's life."""
        app.on_startup.append(self._start)
        app.on_shutdown.append(self._hurry)
        app.on_cleanup.append(self._stop)

    async def _start(self, app: web.Application) -> None:
        app[OPENED] = asyncio.create_task(self._open())
        self._going = [asyncio.create_task(work()) for work in self._beside]

    async def _open(self) -> None:
        await self._turns.start()
        await self._dispatcher.start()
        await self._reminding.start()

    async def _hurry(self, app: web.Application) -> None:
        app[READINESS].stopping = True
        self._until = time.monotonic() + self._grace

    async def _stop(self, app: web.Application) -> None:
        tasks = [app[OPENED], *self._going]
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        await self._reminding.stop()
        await self._dispatcher.stop(self._left())
        await self._turns.stop()

    def _left(self) -> float:
        return max(_LEAST_GRACE, self._until - time.monotonic())
