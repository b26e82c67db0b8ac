"""Which channels the environment configures, and what it says where half is missing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.channels import email, loading
from bot.channels.loading import VARIABLES, load_channels
from bot.errors import Trouble
from knowledge.store import open_engine
from tests.channels.cases import APP_ID, APP_SECRET, BOT_TOKEN, FIRST, OA_SECRET, SECRET, ZALO_TOKEN, in_loop

OA = {
    "TROLY_ZALO_OA_APP_ID": APP_ID, "TROLY_ZALO_OA_APP_SECRET": APP_SECRET, "TROLY_ZALO_OA_SECRET": OA_SECRET,
    "TROLY_ZALO_OA_REFRESH_TOKEN": FIRST,
}
ALL = {"TROLY_TELEGRAM_TOKEN": BOT_TOKEN, "TROLY_ZALO_BOT_TOKEN": ZALO_TOKEN, **OA}


def loaded(environ: dict[str, str]) -> dict[str, bool]:
    return {channel.name: channel.polls for channel in load_channels(environ, open_engine("sqlite://"))}


def test_off_until_configured() -> None:
    assert loaded({}) == {}
    assert loaded({**dict.fromkeys(VARIABLES, "  "), "PATH": "/bin"}) == {}
    assert loaded({"TROLY_TELEGRAM_SECRET": SECRET, "TROLY_TELEGRAM_MODE": "webhook"}) == {}


def test_all_of_them() -> None:
    assert loaded(ALL) == {"telegram": True, "zalo_bot": True, "zalo_oa": False}
    both = (("MODE", "Webhook"), ("SECRET", SECRET))
    webhooks = {f"TROLY_{name}_{what}": value for name in ("TELEGRAM", "ZALO_BOT") for what, value in both}
    assert loaded({**ALL, **webhooks}) == {"telegram": False, "zalo_bot": False, "zalo_oa": False}


@pytest.mark.parametrize(("changes", "named"), [
    ({"TROLY_TELEGRAM_TOKEN": "short"}, "TROLY_TELEGRAM_TOKEN"),
    ({"TROLY_TELEGRAM_TOKEN": "123456:AAH/../../getMe?x=yyyy"}, "TROLY_TELEGRAM_TOKEN"),
    ({"TROLY_TELEGRAM_MODE": "push"}, "TROLY_TELEGRAM_MODE"),
    ({"TROLY_TELEGRAM_MODE": "webhook"}, "TROLY_TELEGRAM_SECRET"),
    ({"TROLY_TELEGRAM_SECRET": "weak"}, "TROLY_TELEGRAM_SECRET"),
    ({"TROLY_TELEGRAM_SECRET": "bí-mật-có-dấu-tiếng-việt"}, "TROLY_TELEGRAM_SECRET"),
    ({"TROLY_TELEGRAM_SECRET": "x" * 257}, "TROLY_TELEGRAM_SECRET"),
    ({"TROLY_TELEGRAM_API": "api.telegram.org"}, "TROLY_TELEGRAM_API"),
    ({"TROLY_TELEGRAM_API": "ftp://api.telegram.org"}, "TROLY_TELEGRAM_API"),
    ({"TROLY_ZALO_BOT_MODE": "webhook"}, "TROLY_ZALO_BOT_SECRET"),
    ({"TROLY_ZALO_BOT_SECRET": "weak"}, "TROLY_ZALO_BOT_SECRET"),
    ({"TROLY_ZALO_OA_SECRET": "weak"}, "TROLY_ZALO_OA_SECRET"),
    ({"TROLY_ZALO_OA_OAUTH_API": "https://"}, "TROLY_ZALO_OA_OAUTH_API"),
    *(({name: ""}, name) for name in OA),
])
def test_half_a_setting_is_an_error_by_name(changes: dict[str, str], named: str) -> None:
    with pytest.raises(Trouble) as caught:
        loaded({**ALL, **changes})
    assert re.search(rf"\b{named}\b", str(caught.value))
    assert not any(value in str(caught.value) for value in changes.values() if len(value) > 9)


@in_loop
async def test_loading_and_starting_call_nobody() -> None:
    environ = {**ALL, "TROLY_TELEGRAM_API": "https://no-such-host.invalid", "TROLY_ZALO_OA_TEMPLATE": "2177"}
    for channel in load_channels(environ, open_engine("sqlite://")):
        await channel.start()
        await channel.stop()


def test_every_variable_is_explained_and_read() -> None:
    code = "".join(Path(module.__file__ or "").read_text("utf-8") for module in (loading, email))
    for name, explanation in VARIABLES.items():
        assert len(explanation) > 10
        prefix, _, what = name.rpartition("_")
        assert code.count(f'"{name}"') >= 2 or (f'"{prefix}"' in code and f"_{what}" in code)
