"""Keeps tokens out of logs and error texts: two providers put them into the path of every address."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote

MASK = "•••"
# `123456789:AAH…` is how tokens of both Bot APIs look, in a path or alone; the others follow their names.
_BOT_TOKEN = re.compile(r"(?<!\d)\d{5,}(?::|%3A)[\w-]{16,}", re.IGNORECASE)
_NAMED = re.compile(r"""((?:access_token|refresh_token|secret_key|secret_token)["']?\s*[:=]\s*["']?)[^\s"'&,}]+""", re.IGNORECASE)


def mask(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without the `secrets` (also as they stand in addresses) and without whatever looks like a provider's token."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        for form in {secret, quote(secret, safe="")}:
            text = text.replace(form, MASK)
    return _NAMED.sub(rf"\1{MASK}", _BOT_TOKEN.sub(MASK, text))
