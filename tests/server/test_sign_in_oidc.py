"""The single sign-on against a real provider over HTTP: the good way in, and every way that must not lead in."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from sqlalchemy import Engine

from bot.server.sign_in_settings import Oidc, SignInConfig
from knowledge.store import migrate, open_engine
from tests.server.oidc_provider import CLIENT, CLIENT_SECRET, OidcProvider
from tests.server.widget_site import BINH, SECRET, Here, running


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    opened = open_engine(f"sqlite:///{(tmp_path / 'troly.db').as_posix()}")
    migrate(opened)
    return opened


@asynccontextmanager
async def both(engine: Engine) -> AsyncIterator[tuple[Here, OidcProvider]]:
    async with OidcProvider() as provider:
        config = SignInConfig(SECRET, oidc=Oidc(provider.issuer, CLIENT, CLIENT_SECRET))
        async with running(engine, config) as here:
            yield here, provider


async def to_provider(here: Here, back: str = "/") -> str:
    """Set out for the provider and be sent back by it: the address of ours that comes next."""
    response = await here.client.get("/dang-nhap", params={"den": back}, allow_redirects=False)
    assert response.status == 302
    async with ClientSession() as browser, browser.get(response.headers["Location"], allow_redirects=False) as answer:
        assert answer.status == 302
        return answer.headers["Location"].removeprefix(here.origin)


async def sign_in(here: Here) -> tuple[int, str]:
    response = await here.client.get(await to_provider(here), allow_redirects=False)
    return response.status, await response.text()


async def who(here: Here) -> tuple[int, dict[str, Any]]:
    response = await here.client.get("/api/session")
    return response.status, await response.json()


def test_the_good_way_in_and_out(engine: Engine) -> None:
    async def run() -> None:
        async with both(engine) as (here, _):
            status, said = await who(here)
            assert (status, said["sign_in"]) == (401, "/dang-nhap")
            response = await here.client.get(await to_provider(here, "/van-ban/x"), allow_redirects=False)
            assert (response.status, response.headers["Location"]) == (302, "/van-ban/x")
            cookie = next(v for v in response.headers.getall("Set-Cookie") if v.startswith("troly_phien="))
            assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Secure" not in cookie
            status, said = await who(here)
            assert (status, said["name"], said["anonymous"]) == (200, BINH.name, False)
            kept = here.client.session.cookie_jar.filter_cookies(here.server.make_url("/"))["troly_phien"].value
            assert (await here.client.delete("/api/session", headers={"Origin": here.origin})).status == 200
            assert (await who(here))[0] == 401
            response = await here.client.get("/api/session", headers={"Authorization": f"Bearer {kept}"})  # a copy does not count either
            assert response.status == 401
    asyncio.run(run())


def expired(provider: OidcProvider) -> None:
    provider.claims = {"exp": int(time.time()) - 120, "iat": int(time.time()) - 500}


def claim(**claims: Any) -> Callable[[OidcProvider], None]:
    return lambda provider: provider.claims.update(claims)


def flag(name: str) -> Callable[[OidcProvider], None]:
    return lambda provider: setattr(provider, name, True)


@pytest.mark.parametrize("misbehave", [
    claim(nonce="khác"), claim(nonce=None), claim(aud="ung-dung-khac"), claim(iss="https://sso.khac.vn"), expired, claim(exp=None),
    claim(azp="ung-dung-khac"), claim(preferred_username=None), claim(preferred_username=None, email="binh.tran", email_verified=False),
    flag("wrong_key"), flag("unsigned"), flag("hmac"),
], ids=["nonce", "no-nonce", "audience", "issuer", "expired", "no-expiry", "party", "no-name", "email-not-verified", "key", "unsigned",
        "hmac"])
def test_an_id_token_that_is_not_right_lets_nobody_in(engine: Engine, misbehave: Callable[[OidcProvider], None]) -> None:
    async def run() -> None:
        async with both(engine) as (here, provider):
            misbehave(provider)
            status, said = await sign_in(here)
            assert status == 401 and "Cần đăng nhập" in said
            assert (await who(here))[0] == 401
    asyncio.run(run())


def test_state_and_code_count_once_and_only_for_who_began(engine: Engine) -> None:
    async def run() -> None:
        async with both(engine) as (here, _):
            back = await to_provider(here)
            assert (await here.client.get(back.replace("state=", "state=x"), allow_redirects=False)).status == 401
            again = here.client.session.cookie_jar.filter_cookies(here.server.make_url("/dang-nhap"))["troly_dang_nhap"].value
            assert (await here.client.get(back, allow_redirects=False)).status == 302
            here.client.session.cookie_jar.clear()
            assert (await here.client.get(back, allow_redirects=False)).status == 401  # a foreign browser
            response = await here.client.get(back, cookies={"troly_dang_nhap": again}, allow_redirects=False)
            assert response.status == 401  # the same once more
            other = await to_provider(here)
            used = f"{other.partition('?')[0]}?code={back.partition('code=')[2].partition('&')[0]}&{other.partition('&')[2]}"
            assert (await here.client.get(used, allow_redirects=False)).status == 401  # a code used before
    asyncio.run(run())


def test_unknown_and_switched_off_people_are_told_so(engine: Engine) -> None:
    async def run() -> None:
        async with both(engine) as (here, provider):
            provider.username = "<b>la@tinh.gov.vn"
            status, said = await sign_in(here)
            assert status == 403 and "Tài khoản “&lt;b&gt;la@tinh.gov.vn” chưa được đăng ký" in said
            provider.username = BINH.username
            assert (await sign_in(here))[0] == 302
            here.people.switch_off(BINH.username)
            status, answer = await who(here)
            assert status == 403 and "chưa được đăng ký" in answer["error"]
    asyncio.run(run())


def test_a_verified_address_is_a_name_too(engine: Engine) -> None:
    async def run() -> None:
        async with both(engine) as (here, provider):
            provider.claims = {"preferred_username": None, "email": "Binh.Tran", "email_verified": True}
            assert (await sign_in(here))[0] == 302
    asyncio.run(run())


def test_new_keys_are_fetched_and_a_provider_that_is_down_is_waited_for(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        async with both(engine) as (here, provider):
            issuer = provider.issuer
            assert (await sign_in(here))[0] == 302
            provider.rotate("b")
            assert (await sign_in(here))[0] == 401  # looked a moment ago
            monkeypatch.setattr("bot.server.oidc._UNKNOWN_KEY", 0.0)
            assert (await sign_in(here))[0] == 302
            assert provider.calls == ["describe", "keys", "keys"]
        config = SignInConfig(SECRET, oidc=Oidc(issuer, CLIENT, CLIENT_SECRET))
        async with running(engine, config) as here:
            response = await here.client.get("/dang-nhap", allow_redirects=False)
            assert response.status == 401 and "tạm thời không trả lời" in await response.text()
            assert (await here.client.get("/")).status == 200
    asyncio.run(run())


@pytest.mark.parametrize("back", ["https://xau.vn/", "//xau.vn", "/\\xau.vn", "javascript:alert(1)", "/a\\b", "/ a"])
def test_nobody_is_sent_elsewhere_afterwards(engine: Engine, back: str) -> None:
    async def run() -> None:
        async with both(engine) as (here, _):
            response = await here.client.get(await to_provider(here, back), allow_redirects=False)
            assert (response.status, response.headers["Location"]) == (302, "/")
    asyncio.run(run())
