"""Sessions, the portal's tokens, origins, and the settings that say who may come in."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from sqlalchemy import Engine

from bot.server.config import BadSettings, ServerConfig
from bot.server.sign_in import LIFE, Refused, SignIn, Unregistered
from bot.server.sign_in_settings import Oidc, Portal, SignInConfig, load
from tests.server.widget_site import BINH, PORTAL_KEY, SECRET, People, running

PORTAL = SignInConfig(SECRET, portal=Portal(PORTAL_KEY, "cong-noi-bo"), origins=("https://cong.tinh.gov.vn",))


def minted(key: Any = PORTAL_KEY, algorithm: str = "HS256", **claims: Any) -> str:
    now = int(time.time())
    given = {"sub": "Binh.Tran", "aud": "tro-ly", "iss": "cong-noi-bo", "iat": now, "exp": now + 60, "jti": "1", **claims}
    return jwt.encode({key: value for key, value in given.items() if value is not None}, key, algorithm)


def test_a_token_of_the_portal_lets_in_once(engine: Engine) -> None:
    here, there = SignIn(PORTAL, engine, People()), SignIn(PORTAL, engine, People())
    token = minted()
    session = here.of_portal(token)
    assert (session.username, session.name, session.conversation) == ("binh.tran", BINH.name, "web:binh.tran")
    for other in (here, there):
        with pytest.raises(Refused, match="used before"):
            other.of_portal(token)
    assert there.of_portal(minted(jti="2")).chat == session.chat


@pytest.mark.parametrize("token", [
    minted(key="một-khóa-khác-một-khóa-khác-một-khóa-khác"), minted(aud="khac"), minted(iss="khac"), minted(jti=None), minted(exp=None),
    minted(iat=None), minted(sub=None), minted(exp=int(time.time()) - 60), minted(exp=int(time.time()) + 3600),
    minted(iat=int(time.time()) + 3600, exp=int(time.time()) + 3660), jwt.encode({"sub": "binh.tran"}, None, "none"), "", "a.b.c", "ề",
], ids=["key", "audience", "issuer", "no-id", "no-expiry", "no-time", "no-name", "expired", "long-lived", "from-later", "unsigned", "empty",
        "garbage", "letters"])
def test_other_tokens_of_the_portal_let_nobody_in(file: Engine, token: str) -> None:
    with pytest.raises(Refused):
        SignIn(PORTAL, file, People()).of_portal(token)


def test_a_public_key_is_no_shared_secret(file: Engine) -> None:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = private.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
    sign_in = SignIn(SignInConfig(SECRET, portal=Portal(public)), file, People())
    assert sign_in.of_portal(minted(private, "RS256")).username == "binh.tran"
    with pytest.raises(Refused):
        sign_in.of_portal(minted("x" * 40, jti="2"))


def test_unregistered_people_are_told_so(file: Engine) -> None:
    with pytest.raises(Unregistered) as refused:
        SignIn(PORTAL, file, People()).of_portal(minted(sub="la.ai"))
    assert refused.value.said.startswith("Tài khoản “la.ai” chưa được đăng ký")


def test_sessions_end_with_their_time_their_sign_out_and_their_official(engine: Engine) -> None:
    now = time.time()
    people = People()
    sign_in = SignIn(PORTAL, engine, people, clock=lambda: now)
    session = sign_in.of_username("binh.tran")
    token = sign_in.token(session)
    assert sign_in.read(token) == session
    assert sign_in.renewed(session) is None
    now += 3600
    renewed = sign_in.renewed(session)
    assert renewed is not None and (renewed.id, renewed.until) == (session.id, now + LIFE)
    for wrong in (token[:-3] + "abc", minted(SECRET, aud="troly-session"), sign_in.document_key(session), ""):
        with pytest.raises((Refused, KeyError)):
            sign_in.read(wrong)
    sign_in.check_document_key(sign_in.document_key(session))
    people.switch_off("binh.tran")
    with pytest.raises(Unregistered):
        sign_in.read(token)
    people.all["binh.tran"] = BINH
    sign_in.end(session)
    sign_in.end(session)
    for copy in (token, sign_in.token(renewed)):
        with pytest.raises(Refused, match="signed out"):
            SignIn(PORTAL, engine, people).read(copy)
    with pytest.raises(Refused):
        sign_in.check_document_key(sign_in.document_key(session))
    old = SignIn(PORTAL, engine, people, clock=lambda: now - 2 * LIFE)
    with pytest.raises(Refused, match="ExpiredSignature"):
        sign_in.read(old.token(old.of_username("binh.tran")))


def test_what_is_spent_is_forgotten_when_it_no_longer_matters(engine: Engine) -> None:
    now = 1000.0
    sign_in = SignIn(PORTAL, engine, People(), clock=lambda: now)
    sign_in.spend("a", 1500.0)
    with pytest.raises(Refused):
        sign_in.spend("a", 1500.0)
    now = 1501.0
    sign_in.spend("a", 2000.0)


def test_anonymous_sessions_only_where_the_mode_is_open(engine: Engine) -> None:
    with pytest.raises(Refused):
        SignIn(PORTAL, engine, People()).anonymous()
    opened = SignIn(SignInConfig(SECRET, anonymous=True), engine, People())
    one, other = opened.anonymous(), opened.anonymous()
    assert one.chat != other.chat and one.chat.startswith("~")
    token = opened.token(one)
    assert opened.read(token) == one
    with pytest.raises(Refused):  # closed since
        SignIn(PORTAL, engine, People()).read(token)


def test_embedded_pages_carry_the_session_themselves(file: Engine) -> None:
    async def run() -> None:
        origin = "https://cong.tinh.gov.vn"
        async with running(file, PORTAL) as here:
            response = await here.post("/api/session", {"token": minted()}, Origin=origin)
            said = await response.json()
            assert response.status == 200 and "Set-Cookie" not in response.headers
            assert response.headers["Access-Control-Allow-Origin"] == origin
            assert "Access-Control-Allow-Credentials" not in response.headers
            bearer = {"Authorization": f"Bearer {said['session']}", "Origin": origin}
            answer = await here.client.get("/api/session", headers=bearer)
            assert (await answer.json())["name"] == BINH.name
            assert (await here.post("/api/messages", {"id": "a", "text": "chào"}, **bearer)).status == 202
            preflight = await here.client.options("/api/messages", headers={"Origin": origin})
            assert "authorization" in preflight.headers["Access-Control-Allow-Headers"]
            response = await here.post("/api/session", {"token": minted(jti="2")}, Origin="https://xau.vn")
            assert response.status == 401 and "Access-Control-Allow-Origin" not in response.headers
            assert (await here.post("/api/session", {"token": minted(jti="2")})).status == 200  # refused before it was spent
    asyncio.run(run())


def test_cookies_count_only_from_our_own_pages(file: Engine) -> None:
    async def run() -> None:
        config = SignInConfig(SECRET, anonymous=True, origins=("https://cong.tinh.gov.vn",))
        async with running(file, config) as here:
            await here.come_in()
            body = {"id": "a", "text": "chào"}
            for headers in ({"Origin": "https://xau.vn"}, {"Origin": "null"}, {"Origin": "https://cong.tinh.gov.vn"}, {},
                            {"Sec-Fetch-Site": "same-site"}):
                assert (await here.client.post("/api/messages", json=body, headers=headers)).status == 401
                assert (await here.client.delete("/api/session", headers=headers)).status == 401
            assert (await here.client.post("/api/messages", json=body, headers={"Sec-Fetch-Site": "same-origin"})).status == 202
            assert (await here.client.post("/api/messages", data=b'{"id":"b","text":"x"}', headers={
                "Origin": here.origin, "Content-Type": "text/plain"})).status == 415
    asyncio.run(run())


def test_over_https_cookies_are_of_this_host_alone(file: Engine) -> None:
    async def run() -> None:
        config = SignInConfig(SECRET, anonymous=True, public_url="https://tro-ly.tinh.gov.vn")
        async with running(file, config) as here:
            response = await here.client.post("/api/session", json={}, headers={"Origin": "https://tro-ly.tinh.gov.vn"})
            cookie = response.headers["Set-Cookie"]
            assert cookie.startswith("__Host-troly_phien=") and "Secure" in cookie and "Path=/" in cookie and "Domain" not in cookie
    asyncio.run(run())


def test_settings_are_read_and_wrong_ones_named() -> None:
    server = ServerConfig(SECRET, public_url="https://tro-ly.tinh.gov.vn", public_mode=True)
    assert load(server, {}) == SignInConfig(SECRET, "https://tro-ly.tinh.gov.vn", anonymous=True)
    config = load(server, {
        "TROLY_WIDGET_ORIGINS": "https://a.vn, http://b.vn:8080/", "TROLY_OIDC_ISSUER": "https://sso.vn/", "TROLY_OIDC_CLIENT_ID": "x",
        "TROLY_PORTAL_KEY": PORTAL_KEY, "TROLY_PORTAL_ISSUER": "cong"})
    assert config.origins == ("https://a.vn", "http://b.vn:8080")
    assert (config.oidc, config.portal) == (Oidc("https://sso.vn", "x"), Portal(PORTAL_KEY, "cong"))
    assert (Portal(PORTAL_KEY).algorithm, Portal("-----BEGIN PUBLIC KEY-----\n…").algorithm) == ("HS256", "RS256")
    with pytest.raises(BadSettings) as wrong:
        load(ServerConfig(SECRET), {
            "TROLY_WIDGET_ORIGINS": "*", "TROLY_OIDC_ISSUER": "http://sso.vn", "TROLY_PORTAL_KEY": "ngắn"})
    for name in ("TROLY_WIDGET_ORIGINS", "TROLY_OIDC_ISSUER", "TROLY_OIDC_CLIENT_ID", "TROLY_PUBLIC_URL", "TROLY_PORTAL_KEY"):
        assert name in str(wrong.value)
