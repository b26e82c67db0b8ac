"""Who a person of the widget is: sessions, and the two ways to one besides the open mode (the province's sign-on, the portal's token).

A session is a signed token (HS256 with the server's secret) that says who and until when; browsers keep it in a cookie, or, embedded on
another site, in memory as a bearer token. Nothing of it is stored but what must not come back: ids used once, sessions signed out.
No passwords are kept anywhere.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

import jwt
from aiohttp import web
from sqlalchemy import Column, Double, Engine, MetaData, String, Table, bindparam, delete, select
from sqlalchemy.exc import IntegrityError

from bot.officials.official import Official
from bot.server.sign_in_settings import SignInConfig
from knowledge.store import make_tables, reading, writing

LIFE = 12 * 3600.0        # seconds that a session lasts without use
_RENEW_AFTER = 600.0      # seconds after which a used session is signed anew
_PORTAL_LIFE = 300.0      # most seconds that a portal's token may live
_LEEWAY = 30.0            # seconds that clocks may differ
_PORTAL_AUDIENCE = "tro-ly"
_SESSION, _DOCUMENT = "troly-session", "troly-document"
COOKIE = "troly_phien"

metadata = MetaData()

#: Ids that must not be taken again, until when (UTC seconds): tokens of the portal, states of a sign-on, sessions signed out.
spent = Table(
    "web_spent_tokens", metadata,
    Column("id", String(255), primary_key=True),
    Column("until", Double, nullable=False),
)
_SPENT = select(spent.c.id).where(spent.c.id == bindparam("_id"))


class Refused(Exception):
    """Nobody comes in like this. `said` is Vietnamese for the person; the argument is for the log and holds no secret."""

    def __init__(self, reason: str, said: str = "Phiên đăng nhập không hợp lệ hoặc đã hết hạn. Anh/chị vui lòng đăng nhập lại.") -> None:
        super().__init__(reason)
        self.said = said


class Unregistered(Refused):
    """A real person whom no administrator has registered."""

    def __init__(self, username: str) -> None:
        super().__init__("unknown username", f"Tài khoản “{username}” chưa được đăng ký sử dụng trợ lý. "
                                             "Anh/chị vui lòng liên hệ quản trị của đơn vị để được đăng ký.")


class Officials(Protocol):
    """What is needed of the register of officials."""

    def by_username(self, username: str) -> Official | None:
        """The official of that name in the single sign-on; None where there is none."""
        ...


@dataclass(frozen=True)
class Session:
    """One signed-in person. `chat` names their conversation, `username` is None for anonymous people, times are UTC seconds."""

    id: str
    chat: str
    username: str | None
    name: str
    begun: float
    until: float
    signed_on: bool = False  # through the province's single sign-on

    @property
    def conversation(self) -> str:
        """As in the inbox and the outbox."""
        return f"web:{self.chat}"


class SignIn:
    """Makes and checks sessions. Blocking where it says so; the rest is quick."""

    def __init__(self, config: SignInConfig, engine: Engine, officials: Officials, clock: Callable[[], float] = time.time) -> None:
        self.config = config
        self._engine, self._officials, self._clock = engine, officials, clock
        make_tables(engine, metadata)
        self._reading = reading(engine)

    # -- making sessions ---------------------------------------------------------------------------------------------------

    def anonymous(self) -> Session:
        """A session of nobody in particular, with a conversation of its own. Raises Refused where the mode is not open."""
        if not self.config.anonymous:
            raise Refused("no session", "Anh/chị cần đăng nhập để trò chuyện với trợ lý.")
        return self._session(f"~{secrets.token_hex(16)}", None, "")

    def of_username(self, username: str, signed_on: bool = False) -> Session:
        """A session of a registered official. Raises Unregistered. Blocking."""
        official = self._officials.by_username(username.strip().lower()) if username.isprintable() else None
        if official is None or not official.active:
            raise Unregistered("".join(filter(str.isprintable, username.strip()[:100])))
        return self._session(official.username, official.username, official.name, signed_on)

    def of_portal(self, token: str) -> Session:
        """A session for a token of the portal: signed with its key, for us, at most five minutes old, never seen. Blocking.

        Claims: `sub` (or `preferred_username`) the username, `aud` "tro-ly", `iat`, `exp`, `jti`. Raises Refused.
        """
        portal = self.config.portal
        if portal is None:
            raise Refused("no portal is configured")
        try:
            claims = jwt.decode(
                token, portal.key, algorithms=[portal.algorithm], audience=_PORTAL_AUDIENCE, issuer=portal.issuer or None, leeway=_LEEWAY,
                options={"require": ["exp", "iat", "jti", "sub"], "verify_iss": bool(portal.issuer)})
            issued, until = float(claims["iat"]), float(claims["exp"])
        except (jwt.InvalidTokenError, UnicodeError, ValueError, OverflowError) as error:
            raise Refused(f"token of the portal: {type(error).__name__}") from error
        if until - min(issued, self._clock()) > _PORTAL_LIFE + _LEEWAY:
            raise Refused("token of the portal lives too long")
        if not str(claims["jti"]).isprintable():
            raise Refused("token of the portal: an id that is none")
        self.spend(f"portal:{claims['jti']}", until + _LEEWAY)
        return self.of_username(str(claims.get("preferred_username") or claims["sub"]))

    # -- carrying them -----------------------------------------------------------------------------------------------------

    def token(self, session: Session) -> str:
        """The session, signed."""
        claims = {"aud": _SESSION, "sid": session.id, "sub": session.chat, "username": session.username, "name": session.name,
                  "begun": session.begun, "exp": session.until, "sso": session.signed_on}
        return jwt.encode(claims, self.config.secret, "HS256")

    def read(self, token: str) -> Session:
        """The session of a token that we signed; neither run out nor signed out, its official still active. Raises Refused. Blocking."""
        claims = self._ours(token, _SESSION)
        session = Session(claims["sid"], claims["sub"], claims["username"], claims["name"], claims["begun"], claims["exp"], claims["sso"])
        self._check_open(session.id, session.username)
        return session

    def renewed(self, session: Session) -> Session | None:
        """The session with its time beginning anew; None where it was signed a short while ago."""
        until = self._clock() + LIFE
        return replace(session, until=until) if until - session.until > _RENEW_AFTER else None

    def end(self, session: Session) -> None:
        """Sign out: no copy of the session counts any more. Blocking."""
        try:
            self.spend(f"session:{session.id}", self._clock() + LIFE)
        except Refused:
            pass  # signed out twice

    # -- links to documents ------------------------------------------------------------------------------------------------

    def document_key(self, session: Session) -> str:
        """Opens documents for as long as the session lasts, where the browser brings no cookie."""
        claims = {"aud": _DOCUMENT, "sid": session.id, "username": session.username, "exp": session.until}
        return jwt.encode(claims, self.config.secret, "HS256")

    def check_document_key(self, key: str) -> None:
        """Raises Refused. Blocking."""
        claims = self._ours(key, _DOCUMENT)
        self._check_open(claims["sid"], claims.get("username"))

    # -- things that count once --------------------------------------------------------------------------------------------

    def spend(self, id: str, until: float) -> None:
        """Note an id as used. Raises Refused where it was already, by whichever process. Blocking."""
        try:
            with writing(self._engine) as connection:
                connection.execute(delete(spent).where(spent.c.until < self._clock()))
                connection.execute(spent.insert().values(id=id[:255], until=until))
        except IntegrityError as error:
            raise Refused("used before") from error

    def sign(self, claims: dict[str, Any], audience: str, seconds: float) -> str:
        """Claims that only we can have made, good for so long."""
        return jwt.encode({**claims, "aud": audience, "exp": self._clock() + seconds}, self.config.secret, "HS256")

    def unsign(self, token: str, audience: str) -> dict[str, Any]:
        """The claims that `sign` signed. Raises Refused."""
        return self._ours(token, audience)

    def _session(self, chat: str, username: str | None, name: str, signed_on: bool = False) -> Session:
        now = self._clock()
        return Session(secrets.token_hex(16), chat, username, name, now, now + LIFE, signed_on)

    def _ours(self, token: str, audience: str) -> dict[str, Any]:
        try:
            return jwt.decode(token, self.config.secret, algorithms=["HS256"], audience=audience, options={"require": ["exp", "aud"]})
        except (jwt.InvalidTokenError, UnicodeError) as error:
            raise Refused(f"token of ours: {type(error).__name__}") from error

    def _check_open(self, id: str, username: str | None) -> None:
        """Raises Refused for a session that was signed out, or whose official (None: anybody) may no longer come in."""
        if self._is_spent(f"session:{id}"):
            raise Refused("signed out")
        if username is None:
            if not self.config.anonymous:
                raise Refused("no longer open to anyone")
            return
        official = self._officials.by_username(username)
        if official is None or not official.active:
            raise Unregistered(username)

    def _is_spent(self, id: str) -> bool:
        with self._reading.connect() as connection:
            return connection.scalar(_SPENT, {"_id": id}) is not None


# -- requests ----------------------------------------------------------------------------------------------------------------


def own_origin(request: web.Request, config: SignInConfig) -> str:
    """The origin that people reach us under."""
    return config.public_url or f"{request.scheme}://{request.host}"


def is_secure(request: web.Request, config: SignInConfig) -> bool:
    """Do people reach us over https?"""
    return own_origin(request, config).startswith("https://")


def cookie_name(secure: bool) -> str:
    """Over https a name that browsers take only from this very host."""
    return f"__Host-{COOKIE}" if secure else COOKIE


def set_cookie(response: web.StreamResponse, token: str, secure: bool) -> None:
    """Give the browser the session."""
    response.set_cookie(cookie_name(secure), token, max_age=int(LIFE), path="/", secure=secure, httponly=True, samesite="Lax")


def drop_cookie(response: web.StreamResponse, secure: bool) -> None:
    """Take it back."""
    response.del_cookie(cookie_name(secure), path="/", secure=secure, httponly=True, samesite="Lax")


def token_of(request: web.Request, config: SignInConfig) -> tuple[str, bool]:
    """The session's token that a request brings ("" where none) and whether a cookie brought it."""
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return bearer.strip(), False
    cookie = request.cookies.get(cookie_name(is_secure(request, config)), "")
    return cookie, bool(cookie)


def check_origin(request: web.Request, config: SignInConfig) -> None:
    """A request that changes something comes from a page of ours or of a site that may embed us. Raises Refused."""
    said = "Yêu cầu không đến từ trang được phép. Anh/chị vui lòng tải lại trang."
    origin = request.headers.get("Origin")
    own = own_origin(request, config)
    if origin is not None and origin != own and origin not in config.origins:
        raise Refused("foreign origin", said)
    by_cookie = token_of(request, config)[1]
    if by_cookie and origin != own and request.headers.get("Sec-Fetch-Site", "cross-site") != "same-origin":
        raise Refused("a cookie without our own origin", said)
