"""A small OpenID Connect provider over real HTTP, with one person who is always signed in: discovery, keys, authorize, token.

It checks what a provider must (client, redirect address, PKCE, codes used once) and can be told to misbehave in one way.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from typing import Any
from urllib.parse import unquote, urlencode

import jwt
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, CLIENT_SECRET = "tro-ly", "khóa: của ứng dụng+"


class OidcProvider:
    """`claims` are put over those of the id token; None takes one away. `wrong_key` signs with a key that is not published."""

    def __init__(self, username: str = "Binh.Tran") -> None:
        self.username = username
        self.claims: dict[str, Any] = {}
        self.wrong_key = self.unsigned = self.hmac = False
        self.calls: list[str] = []
        self._codes: dict[str, dict[str, str]] = {}
        self.rotate("a")
        app = web.Application()
        app.router.add_get("/.well-known/openid-configuration", self._describe)
        app.router.add_get("/jwks", self._keys)
        app.router.add_get("/authorize", self._authorize)
        app.router.add_post("/token", self._token)
        self._server = TestServer(app)

    async def __aenter__(self) -> OidcProvider:
        await self._server.start_server()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._server.close()

    @property
    def issuer(self) -> str:
        return str(self._server.make_url("")).rstrip("/")

    def rotate(self, kid: str) -> None:
        """Sign with a new key from now on."""
        self._key, self._kid = rsa.generate_private_key(public_exponent=65537, key_size=2048), kid

    async def _describe(self, _request: web.Request) -> web.Response:
        self.calls.append("describe")
        return web.json_response({
            "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize", "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks", "response_types_supported": ["code"], "code_challenge_methods_supported": ["S256"],
            "id_token_signing_alg_values_supported": ["RS256"], "token_endpoint_auth_methods_supported": ["client_secret_basic"]})

    async def _keys(self, _request: web.Request) -> web.Response:
        self.calls.append("keys")
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key()))
        return web.json_response({"keys": [{**public, "kid": self._kid, "use": "sig", "alg": "RS256"}]})

    async def _authorize(self, request: web.Request) -> web.Response:
        asked = dict(request.query)
        if (asked.get("client_id"), asked.get("response_type"), asked.get("code_challenge_method")) != (CLIENT, "code", "S256"):
            return web.Response(status=400)
        if "openid" not in asked.get("scope", "").split():
            return web.Response(status=400)
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        back = urlencode({"code": code, "state": asked["state"]})
        return web.Response(status=302, headers={"Location": f"{asked['redirect_uri']}?{back}"})

    async def _token(self, request: web.Request) -> web.Response:
        form = await request.post()
        scheme, _, pair = request.headers.get("Authorization", "").partition(" ")
        client, _, secret = base64.b64decode(pair).decode().partition(":")
        if scheme != "Basic" or (unquote(client), unquote(secret)) != (CLIENT, CLIENT_SECRET):
            return web.json_response({"error": "invalid_client"}, status=401)
        asked = self._codes.pop(str(form["code"]), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(str(form["code_verifier"]).encode()).digest()).rstrip(b"=").decode()
        if asked is None or asked["redirect_uri"] != form["redirect_uri"] or asked["code_challenge"] != challenge:
            return web.json_response({"error": "invalid_grant"}, status=400)
        return web.json_response({"access_token": "x", "token_type": "Bearer", "id_token": self._id_token(asked["nonce"])})

    def _id_token(self, nonce: str) -> str:
        now = int(time.time())
        claims = {"iss": self.issuer, "sub": "u-1", "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce,
                  "preferred_username": self.username, **self.claims}
        claims = {key: value for key, value in claims.items() if value is not None}
        if self.unsigned:
            return jwt.encode(claims, None, "none", headers={"kid": self._kid})
        if self.hmac:
            return jwt.encode(claims, "khóa-công-khai-bị-dùng-làm-khóa-bí-mật-000", "HS256", headers={"kid": self._kid})
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048) if self.wrong_key else self._key
        return jwt.encode(claims, key, "RS256", headers={"kid": self._kid})
