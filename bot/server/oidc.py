"""Signing in at the province's single sign-on: OpenID Connect, authorization code with PKCE.

    /dang-nhap       → the provider, with state, nonce and a challenge; what must come back the same waits in a signed cookie
    /dang-nhap/xong  ← code and state; the code is changed for an id token, which is checked whole (signature, issuer, audience,
                       times, nonce) before its username is believed
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
import time
from typing import Any
from urllib.parse import quote, urlencode

import aiohttp
import jwt

from bot.server.sign_in import Refused
from bot.server.sign_in_settings import Oidc

CALLBACK = "/dang-nhap/xong"
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA")  # never HS*, never none
_LEEWAY = 60          # seconds that clocks may differ
_KEEP = 3600.0        # seconds that the provider's description is kept
_UNKNOWN_KEY = 30.0   # seconds between two looks for a key that is not there
_TRY_AGAIN = "Không đăng nhập được. Anh/chị vui lòng thử lại."
_AWAY = "Máy chủ đăng nhập của tỉnh tạm thời không trả lời. Anh/chị vui lòng thử lại sau ít phút."


class Provider:
    """One OpenID Connect provider. Its description and keys are fetched when first needed, so that it may be down at start."""

    def __init__(self, config: Oidc) -> None:
        self._config = config
        self._metadata: dict[str, Any] = {}
        self._keys: list[jwt.PyJWK] = []
        self._metadata_at = self._keys_at = float("-inf")

    async def begin(self, callback: str) -> tuple[str, dict[str, str]]:
        """Where to send the person, and the state, nonce and verifier to keep until they are back. Raises Refused."""
        kept = {"state": secrets.token_urlsafe(24), "nonce": secrets.token_urlsafe(24), "verifier": secrets.token_urlsafe(48)}
        challenge = base64.urlsafe_b64encode(hashlib.sha256(kept["verifier"].encode()).digest()).rstrip(b"=").decode()
        query = {"response_type": "code", "client_id": self._config.client_id, "redirect_uri": callback, "scope": "openid profile email",
                 "state": kept["state"], "nonce": kept["nonce"], "code_challenge": challenge, "code_challenge_method": "S256"}
        async with _session() as session:
            endpoint = (await self._described(session))["authorization_endpoint"]
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}", kept

    async def finish(self, code: str, kept: dict[str, str], callback: str) -> str:
        """The username that the provider vouches for. Raises Refused."""
        async with _session() as session:
            described = await self._described(session)
            token = await self._exchange(session, described, code, kept["verifier"], callback)
            claims = await self._claims(session, described, token)
        if claims["nonce"] != kept["nonce"]:
            raise Refused("id token: another nonce")
        if claims.get("azp", self._config.client_id) != self._config.client_id:
            raise Refused("id token: for another party")
        email = claims.get("email") if claims.get("email_verified", True) is True else None
        username = claims.get("preferred_username") or email
        if not isinstance(username, str) or not username.strip():
            raise Refused("id token: no username")
        return username

    async def _exchange(self, session: aiohttp.ClientSession, described: dict[str, Any], code: str, verifier: str, callback: str) -> str:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": callback, "code_verifier": verifier}
        headers = {}
        methods = described.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        if not self._config.client_secret:
            form["client_id"] = self._config.client_id
        elif "client_secret_basic" in methods:
            pair = f"{quote(self._config.client_id, safe='')}:{quote(self._config.client_secret, safe='')}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            form |= {"client_id": self._config.client_id, "client_secret": self._config.client_secret}
        answer = await _json(session, "POST", described["token_endpoint"], data=form, headers=headers)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise Refused("the provider gave no id token")
        return token

    async def _claims(self, session: aiohttp.ClientSession, described: dict[str, Any], token: str) -> dict[str, Any]:
        try:
            header = jwt.get_unverified_header(token)
            if header.get("alg") not in _ALGORITHMS:
                raise Refused("id token: an algorithm that we don't take")
            key = await self._key(session, described, header.get("kid"))
            return jwt.decode(
                token, key.key, algorithms=[header["alg"]], audience=self._config.client_id, issuer=described["issuer"],
                leeway=_LEEWAY, options={"require": ["exp", "iat", "iss", "aud", "sub", "nonce"]})
        except jwt.PyJWTError as error:
            raise Refused(f"id token: {type(error).__name__}") from error

    async def _key(self, session: aiohttp.ClientSession, described: dict[str, Any], kid: str | None) -> jwt.PyJWK:
        """The provider's signing key; the keys are fetched again for one that is not among them, since providers change theirs."""
        found = _find(self._keys, kid)
        if found is None and time.monotonic() - self._keys_at > _UNKNOWN_KEY:
            self._keys = jwt.PyJWKSet.from_dict(await _json(session, "GET", described["jwks_uri"])).keys
            self._keys_at = time.monotonic()
            found = _find(self._keys, kid)
        if found is None:
            raise Refused("id token: signed with a key that the provider does not name")
        return found

    async def _described(self, session: aiohttp.ClientSession) -> dict[str, Any]:
        if time.monotonic() - self._metadata_at > _KEEP:
            found = await _json(session, "GET", f"{self._config.issuer}/.well-known/openid-configuration")
            if str(found.get("issuer", "")).rstrip("/") != self._config.issuer:
                raise Refused("the provider calls itself by another name", _AWAY)
            if not all(isinstance(found.get(key), str) for key in ("authorization_endpoint", "token_endpoint", "jwks_uri")):
                raise Refused("the provider's description lacks endpoints", _AWAY)
            self._metadata, self._metadata_at = found, time.monotonic()
        return self._metadata


def _find(keys: list[jwt.PyJWK], kid: str | None) -> jwt.PyJWK | None:
    """The key of that id; a token without one can only mean the only key."""
    return next((key for key in keys if key.key_id == kid), None) if kid else keys[0] if len(keys) == 1 else None


def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10), trust_env=True)


async def _json(session: aiohttp.ClientSession, method: str, url: str, **more: Any) -> dict[str, Any]:
    try:
        async with session.request(method, url, allow_redirects=False, **more) as response:
            found = await response.json(content_type=None)
            if response.status != 200 or not isinstance(found, dict):
                raise Refused(f"the provider answered {response.status}", _AWAY if response.status >= 500 else _TRY_AGAIN)
            return found
    except (aiohttp.ClientError, asyncio.TimeoutError, ValueError) as error:
        raise Refused(f"the provider: {type(error).__name__}", _AWAY) from error
