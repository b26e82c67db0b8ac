"""What must not be read in a log isn't; what may be is left alone."""

from __future__ import annotations

import pytest

from bot.channels.masking import MASK, mask

TOKEN = "5551112223:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"


@pytest.mark.parametrize("text", [
    f"POST https://api.telegram.org/bot{TOKEN}/sendMessage", TOKEN, f"/bot{TOKEN.replace(':', '%3A')}/getMe", f"token={TOKEN}.",
])
def test_bot_tokens_go(text: str) -> None:
    masked = mask(text)
    assert MASK in masked and "AAHdqTcv" not in masked


@pytest.mark.parametrize("text", [
    "access_token: abc.def", "'refresh_token': 'abc.def'", '"secret_key":"abc.def"', "grant_type=refresh_token&refresh_token=abc.def&x=1",
])
def test_named_secrets_go(text: str) -> None:
    assert "abc.def" not in mask(text)


def test_known_secrets_go_in_every_form() -> None:
    assert mask("a/b+c và a%2Fb%2Bc", ["a/b+c", ""]) == f"{MASK} và {MASK}"
    assert mask("abcdef abc", ["abc", "abcdef"]) == f"{MASK} {MASK}"


@pytest.mark.parametrize("text", [
    "", "lúc 08:30 ngày 21/5/2025", "nhiệm vụ 18: hạn 12/2028", "Bad Request: chat not found", "2025-05-21T02:00:00",
])
def test_the_rest_stays(text: str) -> None:
    assert mask(text, ["một bí mật khác"]) == text
