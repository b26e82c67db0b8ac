"""The web widget's server side: its page and files, its API, the stream of messages, documents at a row, signing in and out.

    GET  /, /widget.js, /widget.css, …     the page and its files
    GET  /van-ban/{plan}#{row}             a document, the row marked
    GET  /dang-nhap → /dang-nhap/xong      the province's single sign-on
    GET|POST|DELETE /api/session           who am I; sign in (portal's token, or anonymous); sign out
    POST /api/messages {id, text}          202: kept, the answer comes as an event; the id dedupes repeats
    GET  /api/events                       server-sent events after Last-Event-ID; with ?after=&wait= a long poll in JSON
    GET  /api/history?before=              what was said, a page at a time
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime, timezone
from functools import partial
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlencode

from aiohttp import web
from sqlalchemy import Engine

from bot.channels.port import Incoming, Outgoing
from bot.channels.web import NAME, Web
from bot.server import pages, widget_cards
from bot.server import sign_in as signing
from bot.server.oidc import CALLBACK, Provider
from bot.server.sign_in import Refused, Session, SignIn, Unregistered
from bot.server.widget_news import News
from bot.server.widget_reading import PAGE, Place, Reader, Sent
from knowledge.store import PlanStore, StoreError

log = logging.getLogger(__name__)

FILES = Path(__file__).parents[1] / "web"
LONGEST = 2000               # characters of a question
POLL = 0.5                   # seconds between two looks into the database for what other processes have sent
HEARTBEAT = 15.0             # seconds of silence after which a stream says that it lives, and between two looks at its session
BODY_SECONDS = 10.0          # seconds in which a request's body must have come
LARGEST_BODY = 1 << 16       # bytes of a request: a question and what goes with it
_LONGEST_WAIT = 25.0
_SIGN_ON = "troly-sign-on"
_SIGN_ON_COOKIE = "troly_dang_nhap"
_SIGN_ON_SECONDS = 600
_CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png", ".html": "text/html"}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Inbox(Protocol):
    """Where events are kept until answered; see `bot.delivery`."""

    def store(self, events: Sequence[Incoming]) -> Any:
        """Keep events; those that are there already are left alone. Blocking."""
        ...


class Problem(Exception):
    """An answer that is no success: status and a Vietnamese sentence."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status, self.said = status, said


def add_widget(app: web.Application, *, engine: Engine, inbox: Inbox, channel: Web, sign_in: SignIn, plans: PlanStore,
               wake: Callable[[], object] = lambda: None, poll: float = POLL) -> Widget:
    """Put the widget's routes into an application. `wake` tells the one who answers that something came in."""
    widget = Widget(engine, inbox, channel, sign_in, plans, wake, poll)
    widget.add_to(app)
    return widget


class Widget:
    """The handlers of one application."""

    def __init__(self, engine: Engine, inbox: Inbox, channel: Web, sign_in: SignIn, plans: PlanStore, wake: Callable[[], object],
                 poll: float) -> None:
        self._inbox, self._sign_in, self._plans, self._wake = inbox, sign_in, plans, wake
        self._config = sign_in.config
        self._reader = Reader(engine)
        self._news = News(self._reader, poll)
        channel.on_sent = self._news.ring
        self._provider = Provider(self._config.oidc) if self._config.oidc else None

    def add_to(self, app: web.Application) -> None:
        """Routes, and the end of all streams when the server stops."""
        routes = app.router
        routes.add_get("/", self._page(self.front))
        for file in sorted(FILES.iterdir()):
            if file.suffix in _TYPES and file.name != "index.html":
                routes.add_get(f"/{file.name}", self._page(partial(self.file, file)))
        routes.add_get("/van-ban/{plan}", self._page(self.document))
        routes.add_get("/dang-nhap", self._page(self.sign_on))
        routes.add_get(CALLBACK, self._page(self.signed_on))
        for method, path, handler in (
                ("GET", "/api/session", self.who), ("POST", "/api/session", self.come_in), ("DELETE", "/api/session", self.leave),
                ("POST", "/api/messages", self.say), ("GET", "/api/events", self.events), ("GET", "/api/history", self.history)):
            routes.add_route(method, path, self._api(handler))
        for path in ("/api/session", "/api/messages", "/api/events", "/api/history"):
            routes.add_route("OPTIONS", path, self._api(self.preflight))
        app.cleanup_ctx.append(self._looking)
        app.on_shutdown.append(self._stop)

    async def _looking(self, _app: web.Application) -> AsyncIterator[None]:
        looking = asyncio.create_task(self._news.run())
        yield
        looking.cancel()
        await asyncio.wait([looking])

    async def _stop(self, _app: web.Application) -> None:
        self._news.close()

    # -- pages -------------------------------------------------------------------------------------------------------------

    async def front(self, _request: web.Request) -> web.StreamResponse:
        """The widget on a page of its own."""
        return web.FileResponse(FILES / "index.html", headers={"Content-Type": "text/html; charset=utf-8"})

    async def file(self, path: Path, _request: web.Request) -> web.StreamResponse:
        """One of the widget's files, for any site: what may embed us is decided where there is something to protect."""
        charset = "" if path.suffix == ".png" else "; charset=utf-8"
        return web.FileResponse(path, headers={
            "Content-Type": _TYPES[path.suffix] + charset, "Cache-Control": "no-cache", "Access-Control-Allow-Origin": "*",
            "Cross-Origin-Resource-Policy": "cross-origin"})

    async def document(self, request: web.Request) -> web.StreamResponse:
        """A plan, for those who are signed in and for those who come by a link of the widget."""
        if key := request.query.get("k"):
            await asyncio.to_thread(self._sign_in.check_document_key, key)
        else:
            await self._session(request)
        try:
            plan = await asyncio.to_thread(self._plans.load, request.match_info["plan"])
        except StoreError as error:
            raise Problem(404, "Văn bản này không có trong kho của trợ lý.") from error
        return web.Response(text=await asyncio.to_thread(pages.document, plan), content_type="text/html", charset="utf-8")

    async def sign_on(self, request: web.Request) -> web.StreamResponse:
        """Send the person to the single sign-on."""
        if self._provider is None:
            raise Problem(404, "Trang này chưa bật đăng nhập một lần.")
        back = request.query.get("den", "/")
        address, kept = await self._provider.begin(signing.own_origin(request, self._config) + CALLBACK)
        kept["back"] = back if re.match(r"/(?![/\\])[^\\\s]*$", back) else "/"
        response = _redirect(address)
        response.set_cookie(
            _SIGN_ON_COOKIE, self._sign_in.sign(kept, _SIGN_ON, _SIGN_ON_SECONDS), max_age=_SIGN_ON_SECONDS, path="/dang-nhap",
            httponly=True, samesite="Lax", secure=signing.is_secure(request, self._config))
        return response

    async def signed_on(self, request: web.Request) -> web.StreamResponse:
        """The person is back: check everything, then let them in."""
        if self._provider is None:
            raise Problem(404, "Trang này chưa bật đăng nhập một lần.")
        kept = self._sign_in.unsign(request.cookies.get(_SIGN_ON_COOKIE, ""), _SIGN_ON)
        if request.query.get("state") != kept["state"]:
            raise Refused("another state")
        await asyncio.to_thread(self._sign_in.spend, f"state:{kept['state']}", kept["exp"])
        if "error" in request.query or not request.query.get("code"):
            raise Refused("the provider declined", "Anh/chị chưa hoàn tất việc đăng nhập. Anh/chị vui lòng thử lại.")
        callback = signing.own_origin(request, self._config) + CALLBACK
        username = await self._provider.finish(request.query["code"], kept, callback)
        session = await asyncio.to_thread(self._sign_in.of_username, username, True)
        log.info("signed in through the single sign-on: session %s", session.id)
        response = _redirect(kept["back"])
        signing.set_cookie(response, self._sign_in.token(session), signing.is_secure(request, self._config))
        response.del_cookie(_SIGN_ON_COOKIE, path="/dang-nhap")
        return response

    # -- the API -----------------------------------------------------------------------------------------------------------

    async def preflight(self, _request: web.Request) -> web.StreamResponse:
        """May that site's page call us? The headers say it."""
        return web.Response(status=204)

    async def who(self, request: web.Request) -> web.StreamResponse:
        """Who the session is of; 401 with the way to sign in where there is none."""
        session = await self._session(request)
        return self._welcome(request, session)

    async def come_in(self, request: web.Request) -> web.StreamResponse:
        """A new session: `{"token": …}` from the portal, else an anonymous one where the mode is open."""
        signing.check_origin(request, self._config)
        body = await _body(request)
        token = body.get("token")
        if token is None:
            session = self._sign_in.anonymous()
        else:
            session = await asyncio.to_thread(self._sign_in.of_portal, str(token))
            log.info("signed in through the portal: session %s", session.id)
        return self._welcome(request, session, new=True)

    async def leave(self, request: web.Request) -> web.StreamResponse:
        """Sign out."""
        signing.check_origin(request, self._config)
        with suppress(Refused):
            await asyncio.to_thread(self._sign_in.end, await self._session(request))
        response = web.json_response(self._ways_in())
        signing.drop_cookie(response, signing.is_secure(request, self._config))
        return response

    async def say(self, request: web.Request) -> web.StreamResponse:
        """Keep a message and let it be answered."""
        signing.check_origin(request, self._config)
        token = self._token(request)
        body = await _body(request)
        id_, text, title = body.get("id"), body.get("text"), body.get("title")
        if not isinstance(id_, str) or not _CLIENT_ID.fullmatch(id_) or not isinstance(text, str):
            raise Problem(400, "Tin nhắn chưa đúng dạng. Anh/chị vui lòng tải lại trang.")
        if len(text) > LONGEST:
            raise Problem(413, f"Câu hỏi dài quá {LONGEST} ký tự. Anh/chị vui lòng viết ngắn hơn.")
        text = _storable(text)
        if not text.strip():
            raise Problem(400, "Anh/chị chưa nhập câu hỏi.")
        await asyncio.to_thread(self._keep, token, id_, text, title if isinstance(title, str) else None)
        self._wake()
        return web.json_response({"id": id_}, status=202)

    def _keep(self, token: str, id: str, text: str, title: str | None) -> None:
        """Check the session and store the message. Blocking."""
        session = self._sign_in.read(token)
        pressed = title is not None and self._reader.offered(session.conversation, text)
        self._inbox.store([Incoming(
            NAME, f"{session.id}:{id}", session.username or session.chat, session.chat, "button" if pressed else "text", text,
            datetime.now(timezone.utc), session.name,
            extra={"anonymous": session.username is None, **({"title": _storable(str(title))[:200]} if pressed else {})})])

    async def history(self, request: web.Request) -> web.StreamResponse:
        """A page of what both sides said, oldest first; `cursor` is where the events go on, `before` leads to the page before."""
        session = await self._session(request)
        before = _moment(request.query.get("before"))
        cursor = self._reader.now()
        said = await asyncio.to_thread(self._reader.history, session.conversation, before, self._draw(request, session))
        return web.json_response({
            "messages": said, "cursor": repr(cursor), "before": repr(said[0]['at']) if len(said) == PAGE else None}, dumps=_dumps)

    async def events(self, request: web.Request) -> web.StreamResponse:
        """The messages sent from now, or from where the browser stopped."""
        session = await self._session(request)
        place = Place.read(request.headers.get("Last-Event-ID") or request.query.get("after")) or Place(self._reader.now())
        draw = self._draw(request, session)
        if "wait" in request.query:
            return await self._wait(session, place, min(_moment(request.query["wait"]) or 0.0, _LONGEST_WAIT), draw)
        response = web.StreamResponse(headers={
            "Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-store", "X-Accel-Buffering": "no",
            **self._allowed(request)})
        await response.prepare(request)
        await response.write(b"retry: 2000\n: xin chao\n\n")
        with suppress(ConnectionError):
            async for sent in self._follow(session, self._token(request), place):
                await response.write(_event(sent, draw) if sent else b": .\n\n")
        return response

    async def _wait(self, session: Session, place: Place, seconds: float, draw: Callable[[Outgoing], dict[str, Any]]) -> web.Response:
        deadline = time.monotonic() + seconds
        with self._news.listening(session.conversation) as news:
            found = await self._look(session, place)
            while not found and not news.over and (left := deadline - time.monotonic()) > 0:
                sent = await news.next(left)
                found = [sent] if sent and not place.has(sent) else []
        messages = [sent.as_dict(draw) for sent in found]
        return web.json_response({"messages": messages, "cursor": str(place.past(found))}, dumps=_dumps)

    async def _follow(self, session: Session, token: str, place: Place) -> AsyncIterator[Sent | None]:
        """Messages as they are sent, None now and then in silence; ends with the server or with the session."""
        ends = time.monotonic() + session.until - time.time()
        checked = time.monotonic()
        with self._news.listening(session.conversation) as news:
            for sent in await self._look(session, place):
                place = place.past([sent])
                yield sent
            while (left := ends - time.monotonic()) > 0:
                told = await news.next(min(HEARTBEAT, left))
                if news.over:
                    return
                if time.monotonic() - checked >= HEARTBEAT:
                    if await self._is_over(token):
                        return
                    checked = time.monotonic()
                if told is None:
                    yield None
                elif not place.has(told):
                    place = place.past([told])
                    yield told

    async def _is_over(self, token: str) -> bool:
        """Was the session signed out, or its official switched off? Where the database is away, nobody knows."""
        try:
            await asyncio.to_thread(self._sign_in.read, token)
        except Refused:
            return True
        except StoreError:
            pass
        return False

    async def _look(self, session: Session, place: Place) -> list[Sent]:
        return await asyncio.to_thread(self._reader.sent_after, session.conversation, place)

    # -- what they share ---------------------------------------------------------------------------------------------------

    async def _session(self, request: web.Request) -> Session:
        return await asyncio.to_thread(self._sign_in.read, self._token(request))

    def _token(self, request: web.Request) -> str:
        """The session's token, not yet looked at."""
        token, _ = signing.token_of(request, self._config)
        if not token:
            raise Refused("no session", "Anh/chị cần đăng nhập để trò chuyện với trợ lý.")
        return token

    def _welcome(self, request: web.Request, session: Session, new: bool = False) -> web.Response:
        """Who it is; a fresh token where it is time for one: in a cookie for our own pages, in the answer for other sites'."""
        fresh = session if new else self._sign_in.renewed(session)
        said: dict[str, Any] = {"name": session.name, "anonymous": session.username is None, "until": (fresh or session).until}
        own = request.headers.get("Origin") in (None, signing.own_origin(request, self._config))
        by_cookie = own if new else signing.token_of(request, self._config)[1]
        if fresh and not by_cookie:
            said["session"] = self._sign_in.token(fresh)
        response = web.json_response(said)
        if fresh and by_cookie:
            signing.set_cookie(response, self._sign_in.token(fresh), signing.is_secure(request, self._config))
        return response

    def _draw(self, request: web.Request, session: Session) -> Callable[[Outgoing], dict[str, Any]]:
        """How messages look to this browser: without a cookie, links to documents carry a key."""
        _, by_cookie = signing.token_of(request, self._config)
        more = "" if by_cookie else "?" + urlencode({"k": self._sign_in.document_key(session)})

        def link(ref: str) -> str:
            path, hash_, row = widget_cards.address(ref).partition("#")
            return path + more + hash_ + row

        def draw(message: Outgoing) -> dict[str, Any]:
            drawn = widget_cards.blocks(message, link)
            return {"text": message.text, "purpose": message.purpose, "blocks": drawn,
                    "buttons": widget_cards.loose_buttons(message, drawn)}

        return draw

    def _allowed(self, request: web.Request) -> dict[str, str]:
        """Headers that let the configured sites read our answers."""
        origin = request.headers.get("Origin", "")
        if origin not in self._config.origins:
            return {"Vary": "Origin"}
        return {"Vary": "Origin", "Access-Control-Allow-Origin": origin, "Access-Control-Allow-Methods": "GET, POST, DELETE",
                "Access-Control-Allow-Headers": "authorization, content-type, last-event-id", "Access-Control-Max-Age": "600"}

    def _api(self, handler: Handler) -> Handler:
        """An API handler whose failures are JSON with a Vietnamese sentence."""
        async def handle(request: web.Request) -> web.StreamResponse:
            try:
                response = await handler(request)
            except Unregistered as refused:
                response = _error(403, refused.said)
            except Refused as refused:
                log.info("refused: %s", refused)
                response = _error(401, refused.said, **self._ways_in())
            except Problem as problem:
                response = _error(problem.status, problem.said)
            except web.HTTPRequestEntityTooLarge:
                response = _error(413, "Tin nhắn quá dài.")
            except StoreError:
                log.exception("the database is in trouble")
                response = _error(503, "Hệ thống đang bận. Anh/chị vui lòng thử lại sau ít phút.")
            if not response.prepared:
                response.headers.update({
                    **self._allowed(request), "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"})
            return response
        return handle

    def _ways_in(self) -> dict[str, Any]:
        return {"sign_in": "/dang-nhap" if self._provider else None, "anonymous": self._config.anonymous}

    def _page(self, handler: Handler) -> Handler:
        """A page whose failures are pages, with the headers that forbid everything but our own files."""
        async def handle(request: web.Request) -> web.StreamResponse:
            try:
                response = await handler(request)
            except Unregistered as refused:
                response = _notice(403, "Tài khoản chưa được đăng ký", refused.said, ("/dang-nhap", "Đăng nhập bằng tài khoản khác"))
            except Refused as refused:
                log.info("refused: %s", refused)
                back = "/" if request.path.startswith("/dang-nhap") else request.path
                way = (f"/dang-nhap?{urlencode({'den': back})}", "Đăng nhập") if self._provider else ("/", "Mở trang trợ lý")
                response = _notice(401, "Cần đăng nhập", refused.said, way)
            except Problem as problem:
                response = _notice(problem.status, "Không mở được trang", problem.said, ("/", "Mở trang trợ lý"))
            except StoreError:
                log.exception("the database is in trouble")
                response = _notice(503, "Hệ thống đang bận", "Anh/chị vui lòng thử lại sau ít phút.")
            self._protect(response)
            return response
        return handle

    def _protect(self, response: web.StreamResponse) -> None:
        """Nothing inline, nothing from elsewhere, no HTML made from text; framed by nobody but ourselves."""
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.update({
            "Content-Security-Policy": (
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
                "form-action 'self'; frame-ancestors 'self'; require-trusted-types-for 'script'; trusted-types 'none'"),
            "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "X-Frame-Options": "SAMEORIGIN",
            "Permissions-Policy": "microphone=(self), camera=(), geolocation=()"})


def _redirect(address: str) -> web.Response:
    return web.Response(status=302, headers={"Location": address})


def _notice(status: int, title: str, said: str, link: tuple[str, str] | None = None) -> web.Response:
    return web.Response(status=status, text=pages.notice(title, said, link), content_type="text/html", charset="utf-8")


def _error(status: int, said: str, **more: Any) -> web.Response:
    return web.json_response({"error": said, **more}, status=status, dumps=_dumps)


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _event(sent: Sent, draw: Callable[[Outgoing], dict[str, Any]]) -> bytes:
    return f"id: {sent.sent!r}\ndata: {_dumps(sent.as_dict(draw))}\n\n".encode("utf-8", "replace")


def _moment(text: str | None) -> float | None:
    """A non-negative number of seconds as we wrote it; None where there is none."""
    if text is None or not re.fullmatch(r"\d{1,12}(\.\d{1,9})?", text, re.ASCII):
        return None
    return float(text)


def _storable(text: str) -> str:
    """Text that every database takes: half a character pair from a broken client becomes a question mark, NUL a space."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", " ")


async def _body(request: web.Request) -> dict[str, Any]:
    """The JSON object of a request. Its type must be JSON: forms of foreign pages can't send that unasked."""
    if request.content_type != "application/json":
        raise Problem(415, "Yêu cầu phải ở dạng JSON.")
    if request.content_length is None or request.content_length > LARGEST_BODY:
        raise Problem(413, "Tin nhắn quá dài.")
    try:
        body = json.loads(await asyncio.wait_for(request.read(), BODY_SECONDS))
    except (ValueError, RecursionError, asyncio.TimeoutError):
        body = None
    if not isinstance(body, dict):
        raise Problem(400, "Yêu cầu chưa đúng dạng. Anh/chị vui lòng tải lại trang.")
    return body
