"""A Zalo Official Account through OpenAPI v3: a signed webhook in, consultation messages out, windows and quotas in between."""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, Literal

from bot.channels import choices, masking, reading
from bot.channels.calling import Caller
from bot.channels.port import Button, Channel, EventKind, Forbidden, Incoming, Malformed, Outgoing, Remedy, Request, SendFailed, split
from bot.channels.renewal import Renewal
from bot.channels.tokens import Pair, TokenStore

API = "https://openapi.zalo.me"
OAUTH_API = "https://oauth.zaloapp.com"
TEMPLATE_API = "https://business.openapi.zalo.me"
SIGNATURE_HEADER, TIMESTAMP_HEADER = "x-zevent-signature", "x-zevent-timestamp"

TOKEN_REFUSED, REFRESH_TOKEN_USED, NIGHT = -216, -14020, -234
WINDOW_CLOSED = frozenset((-230, -232))
#: What the provider's error codes mean for a message; everything else can never be sent as it is.
REMEDIES: Mapping[int, Remedy] = {
    -32: Remedy.RETRY,  # too fast
    NIGHT: Remedy.RETRY,
    -213: Remedy.OTHER_CHANNEL,  # not a follower
    **dict.fromkeys((-218, -227, -244), Remedy.OTHER_CHANNEL),
    **dict.fromkeys(WINDOW_CLOSED, Remedy.OTHER_CHANNEL),
    -211: Remedy.STOP_CHANNEL,  # quota
    -224: Remedy.STOP_CHANNEL,  # a paid tier is needed
    TOKEN_REFUSED: Remedy.STOP_CHANNEL,  # also after a renewal
    **dict.fromkeys((-204, -205, -209, -212, -219, -221, -223), Remedy.STOP_CHANNEL),
}
_SIGNATURE = re.compile("mac=[0-9a-f]{64}", re.ASCII)
_LIFETIME = 25 * 3600.0  # of an access token, seconds, where the answer does not say
_VIETNAM = timezone(timedelta(hours=7))
_MORNING = 6
_READ: Mapping[str, EventKind] = {
    "user_send_text": "text",
    **dict.fromkeys(
        ("user_send_image", "user_send_gif", "user_send_audio", "user_send_video", "user_send_sticker", "user_send_file",
         "user_send_location", "user_send_link", "user_send_business_card"), "unsupported"),
}
_FOLLOWING: Mapping[str, EventKind] = {"follow": "follow", "unfollow": "unfollow"}


@dataclass(frozen=True)
class Template:
    """An approved ZBS template for reminders once the window is closed. `field` takes the text, at most `longest` characters."""

    id: str
    field: str = "noi_dung"
    longest: int = 200


class ZaloOfficialAccount(Channel):
    """An Official Account. Always called, never polling.

    `secret` signs the webhook (without it everything is refused), `app_secret` and `refresh_token` renew the access token, kept in
    `tokens`. `stamps`: where to look for a signature's timestamp; it may be `window` seconds off. `title_longest` and `subtitle_longest`:
    characters of the list template, which carries `most_buttons`. `now` and `timeout` are seconds.
    """

    name, title, longest, buttons = "zalo_oa", "Zalo OA", 2000, True

    def __init__(
        self, app_id: str, app_secret: str, secret: str, refresh_token: str, tokens: TokenStore, *, api: str = API,
        oauth_api: str = OAUTH_API, template_api: str = TEMPLATE_API, template: Template | None = None, timeout: float = 10.0,
        send_path: str = "/v3.0/oa/message/cs", check_path: str = "/v2.0/oa/getoa", window: float = 300.0,
        stamps: Sequence[Literal["header", "body"]] = ("header", "body"), title_longest: int = 100, subtitle_longest: int = 500,
        most_buttons: int = 5, now: Callable[[], float] = time.time,
    ) -> None:
        self._app_id, self._app_secret, self._secret, self._first = app_id, app_secret, secret, refresh_token
        self._send_url, self._check_url = api.rstrip("/") + send_path, api.rstrip("/") + check_path
        self._oauth_url = oauth_api.rstrip("/") + "/v4/oa/access_token"
        self._template_url, self._template = template_api.rstrip("/") + "/message/template", template
        self._secrets = (app_secret, secret, refresh_token)
        self._window, self._stamps, self._now = window, stamps, now
        self._title_longest, self._subtitle_longest, self._most_buttons = title_longest, subtitle_longest, most_buttons
        self._caller = Caller(self.title, timeout)
        self._renewal = Renewal(tokens, refresh_token, self._renew, lease=2 * timeout + 30, now=now)

    @property
    def polls(self) -> bool:
        """Never: there is nothing to ask."""
        return False

    def screen(self, headers: Mapping[str, str]) -> None:
        """Forbidden where there is a signature that can't be one. (One that is missing: see `receive`.)"""
        given = headers.get(SIGNATURE_HEADER)
        if given is not None and not _SIGNATURE.fullmatch(given):
            raise Forbidden("the signature is wrong")

    def receive(self, request: Request) -> Sequence[Incoming]:
        """The event of one call; the console's unsigned check of the address (`{}`) is none."""
        if SIGNATURE_HEADER not in request.headers and request.body.strip() == b"{}":
            return []
        self._prove(request)
        event = self._event(reading.mapping(reading.parse(request.body), "event"))
        return [event] if event else []

    async def poll(self) -> Sequence[Incoming]:
        """Not to be called: see `polls`."""
        raise SendFailed(Remedy.STOP_CHANNEL, f"{self.title}: chỉ nhận tin qua webhook")

    async def send(self, message: Outgoing) -> str:
        """Send the text; buttons as a list template where it holds them, else in words below the text.

        A reminder whose window is closed goes out by the approved template, if there is one.
        """
        try:
            return await self._send_buttons(message) if self._fits(message) else await self._send_text(message)
        except _Refused as refused:
            if refused.code in WINDOW_CLOSED and message.purpose == "push" and self._template is not None:
                return await self._send_template(message, self._template)
            raise self._failed(refused) from None

    async def check(self) -> str:
        """Ask the provider who we are; renews the access token where that is due."""
        try:
            data = await self._authorized("GET", self._check_url)
        except _Refused as refused:
            raise self._failed(refused) from None
        return f"Zalo OA có trả lời, nhận mã truy cập của “{reading.name(data.get('name'))}”."

    async def stop(self) -> None:
        """Let a renewal under way end, then close the connections."""
        await self._renewal.finish()
        await self._caller.close()

    def _prove(self, request: Request) -> None:
        """Forbidden unless signed with our secret, not long ago. The timestamp is part of what is signed."""
        given = request.headers.get(SIGNATURE_HEADER, "").encode("utf-8", "surrogatepass")
        if not self._secret:
            raise Forbidden("no secret is configured")
        for stamp in self._timestamps(request):
            signed = self._app_id.encode() + request.body + stamp.encode() + self._secret.encode()
            if hmac.compare_digest(given, b"mac=" + hashlib.sha256(signed).hexdigest().encode()):
                at = reading.moment(stamp)
                if at is None or abs((request.at - at).total_seconds()) > self._window:
                    raise Forbidden("the signature is too old or of the future")
                return
        raise Forbidden("the signature is missing or wrong")

    def _timestamps(self, request: Request) -> list[str]:
        found: list[Any] = [request.headers.get(TIMESTAMP_HEADER)] if "header" in self._stamps else []
        if "body" in self._stamps:
            with suppress(Malformed):
                found.append(reading.mapping(reading.parse(request.body), "event").get("timestamp"))
        return [stamp for stamp in map(reading.digits, found) if stamp]

    def _event(self, data: Mapping[str, Any]) -> Incoming | None:
        """The event; None for what we said ourselves, receipts, groups and whatever else is not for us."""
        kind = reading.text(data.get("event_name"), "event_name")
        at = reading.moment(data.get("timestamp"))
        if kind in _FOLLOWING:
            user = reading.identifier(reading.mapping(data.get("follower"), "follower").get("id"), "follower.id")
            event_id = reading.identifier(f"{kind}:{user}:{data.get('timestamp')}", "timestamp")
            return Incoming(self.name, event_id, user, user, _FOLLOWING[kind], at=at)
        if kind not in _READ:
            return None
        user = reading.identifier(reading.mapping(data.get("sender"), "sender").get("id"), "sender.id")
        message = reading.mapping(data.get("message"), "message")
        text = reading.text(message.get("text"), "text") if kind == "user_send_text" else ""
        return Incoming(self.name, reading.identifier(message.get("msg_id"), "msg_id"), user, user, _READ[kind], text, at)

    def _fits(self, message: Outgoing) -> bool:
        _, subtitle = _heads(message.text, self._title_longest)
        return 0 < len(message.buttons) <= self._most_buttons and len(subtitle) <= self._subtitle_longest

    async def _send_buttons(self, message: Outgoing) -> str:
        try:
            return await self._post(message.chat, {"attachment": {"type": "template", "payload": self._list(message)}})
        except _Refused as refused:
            if REMEDIES.get(refused.code, Remedy.DEAD_LETTER) is not Remedy.DEAD_LETTER:
                raise
        return await self._send_text(message)  # the template was not to its taste; plain text always is

    async def _send_text(self, message: Outgoing) -> str:
        sent = ""
        for piece in choices.written(message.text, message.buttons, self.longest):
            sent = await self._post(message.chat, {"text": piece})
        return sent

    def _list(self, message: Outgoing) -> dict[str, Any]:
        title, subtitle = _heads(message.text, self._title_longest)
        element = {"title": title, "subtitle": subtitle} if subtitle else {"title": title}
        return {"template_type": "list", "elements": [element], "buttons": [_drawn(button) for button in message.buttons]}

    async def _send_template(self, message: Outgoing, template: Template) -> str:
        """The reminder cut to what the template's field holds."""
        first = split(message.text, template.longest)
        text = first[0] if len(first) == 1 else split(message.text, template.longest - 1)[0] + "…"
        tracking = hashlib.blake2b(f"{message.chat}\n{message.text}".encode(), digest_size=16).hexdigest()
        body = {"user_id": message.chat, "template_id": template.id, "template_data": {template.field: text}, "tracking_id": tracking}
        try:
            data = await self._authorized("POST", self._template_url, body)
        except _Refused as refused:
            raise self._failed(refused) from None
        return str(data.get("msg_id", ""))

    async def _post(self, user: str, message: Mapping[str, Any]) -> str:
        data = await self._authorized("POST", self._send_url, {"recipient": {"user_id": user}, "message": message})
        return str(data.get("message_id", ""))

    async def _authorized(self, method: str, url: str, body: Any = None) -> Mapping[str, Any]:
        """The `data` of an answer. A token that is refused is renewed and the call repeated, once. Raises _Refused and SendFailed."""
        token = await self._renewal.token()
        try:
            return await self._call(method, url, body, token)
        except _Refused as refused:
            if refused.code != TOKEN_REFUSED:
                raise
        return await self._call(method, url, body, await self._renewal.token(refused=token))

    async def _call(self, method: str, url: str, body: Any, token: str) -> Mapping[str, Any]:
        reply = await self._caller.call(method, url, headers={"access_token": token}, body=body)
        code = reply.data.get("error")
        if code == 0 and reply.status < 400:
            data = reply.data.get("data")
            return data if isinstance(data, dict) else {}
        if reply.status == 401:
            code = TOKEN_REFUSED
        elif not isinstance(code, int) or (code == 0 and reply.status >= 400):
            raise SendFailed(Remedy.RETRY, f"{self.title}: trả lời không đọc được (HTTP {reply.status})")
        raise _Refused(code, masking.mask(str(reply.data.get("message", "")), (token, *self._secrets))[:300])

    async def _renew(self, refresh_token: str) -> Pair:
        reply = await self._caller.call(
            "POST", self._oauth_url, headers={"secret_key": self._app_secret},
            form={"app_id": self._app_id, "grant_type": "refresh_token", "refresh_token": refresh_token})
        access, refresh = reply.data.get("access_token"), reply.data.get("refresh_token")
        if isinstance(access, str) and isinstance(refresh, str) and access and refresh:
            lifetime = reading.seconds(reply.data.get("expires_in"))
            return Pair(access, refresh, self._now() + (_LIFETIME if lifetime is None else lifetime))
        code = reply.data.get("error")
        if reply.status >= 500 or reply.status == 429 or not isinstance(code, int) or code in (0, -32):
            raise SendFailed(Remedy.RETRY, f"{self.title}: chưa lấy được mã truy cập mới (HTTP {reply.status})")
        why = "mã làm mới đã dùng rồi" if code == REFRESH_TOKEN_USED else f"mã làm mới không được nhận (lỗi {code})"
        raise SendFailed(
            Remedy.STOP_CHANNEL, f"{self.title}: {why}. Hãy cấp quyền lại cho ứng dụng rồi đặt TROLY_ZALO_OA_REFRESH_TOKEN mới.")

    def _failed(self, refused: _Refused) -> SendFailed:
        remedy = REMEDIES.get(refused.code, Remedy.DEAD_LETTER)
        after = _until_morning(self._now()) if refused.code == NIGHT else None
        return SendFailed(remedy, f"{self.title}: {refused}", after)


class _Refused(Exception):
    """The provider answered with an error code."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(f"{code} {description}")
        self.code = code


def _heads(text: str, longest: int) -> tuple[str, str]:
    """The text as a template's title, the first line or what fits of it, and subtitle, the rest."""
    title = split(text.strip().partition("\n")[0], longest)[0]
    return title, text.strip()[len(title):].strip()


def _drawn(button: Button) -> dict[str, str]:
    return {"title": button.title, "type": "oa.query.hide", "payload": button.payload}


def _until_morning(now: float) -> float:
    """Seconds until the next six o'clock in Vietnam."""
    here = datetime.fromtimestamp(now, _VIETNAM)
    morning = here.replace(hour=_MORNING, minute=0, second=0, microsecond=0)
    return (morning + timedelta(days=here >= morning) - here).total_seconds()
