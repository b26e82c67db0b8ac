"""`GET /lich/<token>.ics`: a calendar for Outlook, Google Calendar, Thunderbird, for whoever has the secret link."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from aiohttp import web

from bot.reminders.feed import Feeds

PATH = "/lich/{token:[A-Za-z0-9_-]{32,64}}.ics"
_FRESH_SECONDS = 900
_AT_ONCE = 2   # calendars built at a time: each keeps a processor busy
_HEADERS = {
    "Cache-Control": f"private, max-age={_FRESH_SECONDS}", "Content-Disposition": 'inline; filename="nhac-viec.ics"',
    "X-Robots-Tag": "noindex",
}


def address_of(public_url: str) -> Callable[[str], str]:
    """Makes links on the server's public address, for `Feeds(link=…)`."""
    return lambda token: f"{public_url.rstrip('/')}/lich/{token}.ics"


def add_feeds(app: web.Application, feeds: Feeds) -> None:
    """Serve the calendars. An unknown or revoked link is answered 404, like any page that is not there."""
    room = asyncio.Semaphore(_AT_ONCE)

    async def calendar(request: web.Request) -> web.Response:
        async with room:
            document = await asyncio.to_thread(feeds.document, request.match_info["token"])
        if document is None:
            raise web.HTTPNotFound
        response = web.Response(headers=_HEADERS)
        response.etag = document.etag
        if any(tag.value in (document.etag, "*") for tag in request.if_none_match or ()):
            response.set_status(304)
            return response
        response.body, response.content_type, response.charset = document.body, "text/calendar", "utf-8"
        return response

    app.router.add_get(PATH, calendar)
