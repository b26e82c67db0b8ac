"""What every fake provider is: a real HTTP server on a port of its own that can also misbehave on demand."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def garbage(request: web.Request) -> web.StreamResponse:
    return web.Response(body=b"\xff\xfe{\x00not json", content_type="application/json")


async def html(request: web.Request) -> web.StreamResponse:
    return web.Response(text="<html>Trang web bị chặn</html>", content_type="text/html")


async def array(request: web.Request) -> web.StreamResponse:
    return web.json_response([1, 2, 3])


async def empty(request: web.Request) -> web.StreamResponse:
    return web.Response(status=200)


async def slow(request: web.Request) -> web.StreamResponse:
    await asyncio.sleep(30)
    return web.json_response({})


async def trickle(request: web.Request) -> web.StreamResponse:
    """Headers at once, the body never ends."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    await response.write(b'{"ok":')
    await asyncio.sleep(30)
    return response


async def cut(request: web.Request) -> web.StreamResponse:
    """The connection breaks in the middle of an answer."""
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b'{"ok":')
    request.transport.abort()  # type: ignore[union-attr]
    return response


async def reset(request: web.Request) -> web.StreamResponse:
    request.transport.abort()  # type: ignore[union-attr]
    return web.Response()


async def broken(request: web.Request) -> web.StreamResponse:
    return web.Response(status=502, text="<h1>Bad Gateway</h1>", content_type="text/html")


async def elsewhere(request: web.Request) -> web.StreamResponse:
    """A captive portal: the token must not travel there."""
    return web.Response(status=302, headers={"Location": f"http://{request.host}/portal"})


#: What no provider documents and every provider does at times: a message that meets it is to be sent again later.
FAULTS: Mapping[str, Handler] = {
    handler.__name__: handler for handler in (garbage, html, array, empty, slow, trickle, cut, reset, broken, elsewhere)
}


class FakeProvider:
    """`async with FakeX() as fake`: `fake.url` is its base URL, `fake.sent` what it took for delivery, `fake.calls` every request.

    `always` is how it answers everything; `script(method, …)` how it answers the next requests for a method.
    """

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.always: Handler | None = None
        self._scripts: defaultdict[str, deque[Handler]] = defaultdict(deque)

    async def __aenter__(self) -> Any:
        application = web.Application()
        application.router.add_route("*", "/{tail:.*}", self._handle)
        self._server = TestServer(application)
        await self._server.start_server(shutdown_timeout=0.01, access_log=None)
        self.url = str(self._server.make_url("")).rstrip("/")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._server.close()

    def script(self, method: str, *handlers: Handler) -> None:
        self._scripts[method].extend(handlers)

    def called(self, method: str) -> list[dict[str, Any]]:
        return [parameters for name, parameters in self.calls if name == method]

    def method(self, request: web.Request) -> str:
        return request.path.rpartition("/")[2]

    async def answer(self, request: web.Request, method: str, parameters: dict[str, Any]) -> web.StreamResponse:
        raise NotImplementedError

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        method = self.method(request)
        if request.content_type == "application/json":
            parameters = json.loads(await request.read())
        else:
            parameters = dict(await request.post())
        self.calls.append((method, parameters))
        if self._scripts[method]:
            return await self._scripts[method].popleft()(request)
        if self.always is not None:
            return await self.always(request)
        return await self.answer(request, method, parameters)


def answering(data: Any, status: int = 200, content_type: str = "application/json") -> Handler:
    async def handler(request: web.Request) -> web.StreamResponse:
        return web.Response(text=json.dumps(data), status=status, content_type=content_type)

    return handler
