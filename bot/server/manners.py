"""What holds for every answer of the server: headers that keep browsers safe, errors as JSON in Vietnamese, limits, the access log."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Awaitable, Callable

from aiohttp import hdrs, web

from bot.server.config import ServerConfig
from bot.server.limits import Buckets, client_address, neighbourhood
from bot.server.metrics import Metrics
from knowledge.store import StoreError

log = logging.getLogger(__name__)

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_ONE_YEAR = "max-age=31536000"
_WORDS = {
    400: "Yêu cầu chưa đúng.", 401: "Anh/chị cần đăng nhập.", 403: "Anh/chị không có quyền xem mục này.", 404: "Không có trang này.",
    405: "Không dùng được theo cách này.", 413: "Nội dung gửi lên quá lớn.", 429: "Anh/chị gửi quá nhanh, vui lòng thử lại sau ít giây.",
    503: "Trợ lý tạm thời chưa phục vụ được, anh/chị vui lòng thử lại sau ít phút.",
}
_TROUBLE = "Trợ lý gặp trục trặc, anh/chị vui lòng thử lại sau ít phút."
#: Asked by machines every few seconds, or limited by rules of their own.
_UNLIMITED = ("/webhook/", "/healthz", "/readyz", "/metrics")
_SECONDS_AT_ONCE = 6
_BEHIND_A_PROXY = 20  # people who are allowed for behind a proxy that nobody declared, or who say that they are one

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Manners:
    """How one server behaves."""

    def __init__(self, config: ServerConfig, metrics: Metrics) -> None:
        self._config, self._metrics = config, metrics
        rate = config.requests_per_second
        self._buckets = Buckets(rate, rate * _SECONDS_AT_ONCE)
        self._undeclared = Buckets(rate * _BEHIND_A_PROXY, rate * _BEHIND_A_PROXY * _SECONDS_AT_ONCE)

    @web.middleware
    async def handle(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """The middleware; it stands outermost."""
        start = time.perf_counter()
        response = await self._answer(request, handler)
        method = request.method if request.method in hdrs.METH_ALL else "other"
        self._metrics.requests.labels(method, str(response.status)).inc()
        if not request.path.startswith(_UNLIMITED):
            resource = request.match_info.route.resource
            log.info("request", extra={
                "method": method, "route": resource.canonical if resource else None, "status": response.status,
                "ms": round((time.perf_counter() - start) * 1000, 1),
            })
        return response

    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if not _is_text(request):
            return _error(400)
        wait = self._wait(request)
        if wait:
            return _error(429, {"Retry-After": str(math.ceil(wait))})
        try:
            return await handler(request)
        except web.HTTPException as error:
            if error.status < 400 or error.content_type == "application/json":
                raise
            return _error(error.status, {name: error.headers[name] for name in ("Allow", "Retry-After") if name in error.headers})
        except (UnicodeEncodeError, ConnectionError, web.RequestPayloadError):  # half a character, half a body, and nobody there any more
            return _error(400)
        except StoreError as error:
            log.error("%s", error)
            return _error(503, {"Retry-After": "5"})
        except Exception:
            log.exception("a request could not be answered")
            return _error(500)

    def _wait(self, request: web.Request) -> float:
        if request.path.startswith(_UNLIMITED):
            return 0.0
        address = client_address(request, self._config.trusted_proxies)
        if address is None:
            return self._undeclared.take(neighbourhood(request.remote or ""))
        return self._buckets.take(neighbourhood(address))

    async def add_headers(self, request: web.Request, response: web.StreamResponse) -> None:
        """For `on_response_prepare`: what the handler did not choose itself is as strict as can be."""
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if self._config.secure:
            response.headers.setdefault("Strict-Transport-Security", _ONE_YEAR)
        response.headers["Server"] = "troly"


def _is_text(request: web.Request) -> bool:
    """Are all headers UTF-8? What is not would be half characters in strings, which break much that comes after."""
    try:
        for _, value in request.raw_headers:
            value.decode()
    except UnicodeDecodeError:
        return False
    return True


def _error(status: int, headers: dict[str, str] | None = None) -> web.Response:
    return web.json_response({"error": _WORDS.get(status, _TROUBLE if status >= 500 else _WORDS[400])}, status=status, headers=headers)
