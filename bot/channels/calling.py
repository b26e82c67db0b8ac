"""HTTP calls to a provider: JSON out of whatever it answers, and SendFailed instead of every exception.

Nothing that leaves here (errors, their causes, logs) holds a token: addresses never enter a message.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.channels.port import Remedy, SendFailed

_MOST_BYTES = 8 * 2**20  # a hundred of the longest updates are far smaller


@dataclass(frozen=True)
class Reply:
    """What a provider answered: the HTTP status and the JSON object."""

    status: int
    data: Mapping[str, Any]


class Caller:
    """Calls one provider. `title` names it in errors; `timeout` is the seconds that one call may take.

    The proxy of the machine (HTTPS_PROXY, NO_PROXY) is used: many offices have no other way out.
    """

    def __init__(self, title: str, timeout: float) -> None:
        self._title, self._timeout = title, timeout
        self._session: aiohttp.ClientSession | None = None

    async def call(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: Any = None,
        form: Mapping[str, str] | None = None, query: Mapping[str, str] | None = None, timeout: float | None = None,
    ) -> Reply:
        """One request with a JSON `body` or a `form`. Raises SendFailed(RETRY) where no JSON object comes back in time."""
        try:
            async with self._open().request(
                method, url, headers=headers, json=body, data=form, params=query, allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=self._timeout if timeout is None else timeout),
            ) as response:
                status, raw = response.status, await _read(response.content)
        except asyncio.TimeoutError:
            trouble = "không trả lời kịp"
        except aiohttp.ClientConnectorError:
            trouble = "không kết nối được"
        except (aiohttp.ClientError, OSError, ValueError) as error:
            trouble = f"kết nối bị hỏng ({type(error).__name__})"
        else:
            data = _object(raw)
            if data is not None:
                return Reply(status, data)
            trouble = f"trả lời không đọc được (HTTP {status})"
        # Raised outside of the handlers: the causes know the address, and with it the token.
        raise SendFailed(Remedy.RETRY, f"{self._title}: {trouble}")

    async def close(self) -> None:
        """Close all connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(trust_env=True, cookie_jar=aiohttp.DummyCookieJar())
        return self._session


async def _read(content: aiohttp.StreamReader) -> bytes:
    raw = bytearray()
    async for chunk in content.iter_any():
        raw += chunk
        if len(raw) > _MOST_BYTES:
            raise ValueError("too long")
    return bytes(raw)


def _object(raw: bytes) -> Mapping[str, Any] | None:
    """The JSON object, whatever content type was written above it; None where it is none."""
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None
