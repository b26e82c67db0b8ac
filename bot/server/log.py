"""The server's log: one JSON object a line on standard error, with every token masked. Message texts belong at DEBUG, if anywhere."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from urllib.parse import unquote, urlsplit

from aiohttp.http_exceptions import HttpProcessingError

from bot.channels.masking import MASK
from bot.channels.masking import mask as mask_tokens

_SECRET_NAMES = re.compile(r"TOKEN|SECRET|KEY|PASSWORD", re.IGNORECASE)
_SHORTEST = 6

#: aiohttp's, without its complaints about clients that speak no proper HTTP.
http_log = logging.getLogger("bot.server.http")

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}

#: What gives a secret away by its shape, beside what `bot.channels.masking` knows: headers, passwords in addresses; and the parameters
#: that SQLAlchemy puts into its errors, which are people's messages.
_SHAPES = (
    (re.compile(r"\b(Bearer|Basic)\s+[^\s\"']+", re.IGNORECASE), rf"\1 {MASK}"),
    (re.compile(r"(://[^:/\s]+:)[^@/\s]+@"), rf"\1{MASK}@"),
    (re.compile(r"\[parameters: .*?\](?=\n|$)", re.DOTALL), f"[parameters: {MASK}]"),
)


def set_up(level: str, environ: Mapping[str, str]) -> None:
    """Send the log to standard error as JSON; an unknown `level` is INFO.

    Rasa and the libraries, which write people's words and whole addresses, speak from WARNING on.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(secrets_of(environ)))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(getattr(logging, level.upper(), logging.INFO))
    for name in ("httpx", "httpcore", "telegram", "aiohttp", "rasa", "rasa_sdk", "sqlalchemy", "alembic", "asyncio"):
        logging.getLogger(name).setLevel(max(root.level, logging.WARNING))
    logging.getLogger("py.warnings").setLevel(logging.ERROR)


def secrets_of(environ: Mapping[str, str]) -> list[str]:
    """The values that must not be seen: variables named so, and the database's password."""
    found = {value for name, value in environ.items() if name.startswith("TROLY_") and _SECRET_NAMES.search(name)}
    password = urlsplit(environ.get("TROLY_DATABASE_URL", "")).password
    if password:
        found |= {password, unquote(password)}
    return sorted(value for value in found if len(value) >= _SHORTEST)


def mask(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without those secrets and without anything that has a secret's shape."""
    text = mask_tokens(text, secrets)
    for shape, instead in _SHAPES:
        text = shape.sub(instead, text)
    return text


class JsonLines(logging.Formatter):
    """A record as one line of JSON: at, level, logger, message, whatever `extra` brought, and the traceback."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self._secrets = tuple(secrets)

    def format(self, record: logging.LogRecord) -> str:
        """One line, masked."""
        line = {
            "at": datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **{key: value for key, value in vars(record).items() if key not in _STANDARD},
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps({key: self._masked(value) for key, value in line.items()}, ensure_ascii=False)

    def _masked(self, value: object) -> object:
        return value if isinstance(value, (int, float, bool, type(None))) else mask(str(value), self._secrets)


def _is_fault_of_ours(record: logging.LogRecord) -> bool:
    return not (record.exc_info and isinstance(record.exc_info[1], (HttpProcessingError, ConnectionError)))


http_log.addFilter(_is_fault_of_ours)
