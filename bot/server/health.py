"""Is the process alive (`/healthz`), and can it do its work (`/readyz`)?"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from aiohttp import web
from sqlalchemy import Engine

from knowledge.store import StoreError
from knowledge.store.migrate import HEAD, current

_PATIENCE = 3.0
_FRESH = 1.0


async def healthz(_request: web.Request) -> web.Response:
    """200 as long as the process answers at all."""
    return web.json_response({"status": "ok"})


class Readiness:
    """`GET /readyz`: 200 or 503, with each part's state and the reason where it is not ready.

    An answer holds for a second, so that asking often costs nothing.
    """

    def __init__(self, engine: Engine, assistant_ready: Callable[[], bool]) -> None:
        self._engine, self._assistant_ready = engine, assistant_ready
        self._looked, self._database = float("-inf"), ""
        self._lock = asyncio.Lock()
        self.stopping = False

    async def __call__(self, _request: web.Request) -> web.Response:
        """What is ready and what is not."""
        async with self._lock:
            if time.monotonic() - self._looked > _FRESH:
                self._database = await self._trouble_with_database()
                self._looked = time.monotonic()
        troubles = {
            "database": self._database,
            "assistant": "" if self._assistant_ready() else "Trợ lý chưa nạp xong.",
            "server": "Máy chủ đang dừng." if self.stopping else "",
        }
        parts = {name: {"ready": not reason, **({"reason": reason} if reason else {})} for name, reason in troubles.items()}
        ready = not any(troubles.values())
        return web.json_response({"ready": ready, "parts": parts}, status=200 if ready else 503)

    async def _trouble_with_database(self) -> str:
        try:
            return await asyncio.wait_for(asyncio.to_thread(self._ask_database), _PATIENCE)
        except asyncio.TimeoutError:
            return "Cơ sở dữ liệu trả lời quá chậm."
        except StoreError:
            return "Không dùng được cơ sở dữ liệu."  # where it stands is nobody's business here; the log and doctor tell

    def _ask_database(self) -> str:
        with self._engine.connect() as connection:
            found = current(connection)
        return "" if found == HEAD else f"Bảng dữ liệu ở phiên bản {found or 'trống'}, cần {HEAD}."
