"""E-mail by SMTP: for people without a chat, and as the channel that takes over when the others refuse. It only sends."""

from __future__ import annotations

import asyncio
import hashlib
import html
import json
import re
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from email.header import Header
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime, formataddr
from typing import Literal

import aiosmtplib
from aiosmtplib import errors as smtp

from bot.channels.port import Channel, Forbidden, Incoming, Outgoing, Remedy, Request, SendFailed
from bot.errors import USAGE, Trouble

Tls = Literal["starttls", "tls", "none"]

VARIABLES = {
    "TROLY_SMTP_HOST": "máy chủ gửi thư (SMTP); để trống = tắt kênh thư điện tử",
    "TROLY_SMTP_PORT": "cổng của máy chủ thư (mặc định: 587; TLS=tls: 465; TLS=none: 25)",
    "TROLY_SMTP_USER": "tài khoản gửi thư; để trống nếu máy chủ không yêu cầu",
    "TROLY_SMTP_PASSWORD": "mật khẩu của tài khoản gửi thư",
    "TROLY_SMTP_FROM": "địa chỉ người gửi, ví dụ nhacviec@tinh.gov.vn",
    "TROLY_SMTP_TLS": "starttls = bắt buộc mã hóa sau khi kết nối (mặc định); tls = mã hóa ngay; none = không mã hóa (máy chủ nội bộ)",
}
_PORTS: Mapping[Tls, int] = {"starttls": 587, "tls": 465, "none": 25}
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*"
                      r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_LONGEST_ADDRESS = 254
_LONGEST_SUBJECT = 120
_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)]")
_FOOTER = ("Thư do trợ lý ảo (chương trình máy tính) gửi tự động; anh/chị không cần trả lời thư này. "
           "Muốn ngừng nhận, anh/chị nhắn trợ lý “tắt hết nhắc” hoặc báo quản trị của đơn vị.")
_SENDER = "Trợ lý nhắc việc"
_POLICY = compat32.clone(linesep="\r\n")
_NO_LOGIN = (530, 534, 535, 538)


@dataclass(frozen=True)
class Server:
    """Where to hand messages in. `sender`: the address that they come from; `timeout`: seconds for one message."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = ""
    tls: Tls = "starttls"
    timeout: float = 30.0


class Email(Channel):
    """Messages as e-mails; a chat is an address. `context`: how servers prove who they are (None: by the machine's certificates)."""

    name, title, longest, buttons = "email", "Thư điện tử", 100_000, False

    def __init__(self, server: Server, *, context: ssl.SSLContext | None = None) -> None:
        self._server, self._context = server, context

    @property
    def polls(self) -> bool:
        """No: it only sends."""
        return False

    def receive(self, request: Request) -> Sequence[Incoming]:
        """Nobody calls us: e-mails are not read."""
        raise Forbidden("the e-mail channel has no webhook")

    async def poll(self) -> Sequence[Incoming]:
        """Nothing."""
        return ()

    async def send(self, message: Outgoing) -> str:
        """Hand one message in; its Message-ID, which is the same when the same message is sent again."""
        if not is_address(message.chat):
            raise SendFailed(Remedy.OTHER_CHANNEL, f"{self.title}: địa chỉ không hợp lệ")
        written = compose(message, self._server.sender, datetime.now(timezone.utc))
        async with _Connection(self._server, self._context) as client:
            try:
                await client.sendmail(self._server.sender, [message.chat], written.as_bytes(policy=_POLICY))
            except (smtp.SMTPException, OSError, asyncio.TimeoutError) as error:
                trouble = _failure(error)
            else:
                return written["Message-ID"]
        raise trouble

    async def check(self) -> str:
        """Connect and log in."""
        async with _Connection(self._server, self._context) as client:
            try:
                await client.noop()
            except (smtp.SMTPException, OSError, asyncio.TimeoutError) as error:
                trouble = _failure(error)
            else:
                return f"Máy chủ thư {self._server.host} có trả lời, nhận tài khoản gửi."
        raise trouble


class _Connection:
    """A connection for one message, logged in; SendFailed where there is none."""

    def __init__(self, server: Server, context: ssl.SSLContext | None) -> None:
        self._client = aiosmtplib.SMTP(
            hostname=server.host, port=server.port, username=server.user or None, password=server.password or None,
            timeout=server.timeout, use_tls=server.tls == "tls", start_tls=server.tls == "starttls", tls_context=context)

    async def __aenter__(self) -> aiosmtplib.SMTP:
        try:
            await self._client.connect()
        except (smtp.SMTPException, OSError, asyncio.TimeoutError, ValueError) as error:
            self._client.close()
            trouble = _failure(error, connecting=True)
        else:
            return self._client
        raise trouble

    async def __aexit__(self, *_: object) -> None:
        try:
            if self._client.is_connected:
                await self._client.quit()
        except (smtp.SMTPException, OSError, asyncio.TimeoutError):
            pass
        finally:
            self._client.close()


def is_address(text: str) -> bool:
    """May mail be sent there? Plain ASCII addresses only: nothing that could end a header or a command."""
    return len(text) <= _LONGEST_ADDRESS and _ADDRESS.fullmatch(text) is not None and ".." not in text and not text.startswith(".")


def compose(message: Outgoing, sender: str, now: datetime) -> Message:
    """The e-mail of a message: plain text with the same as HTML; its first line is the subject.

    What the message's record says it is about names it for good, so that a repeat is known by its Message-ID; without a record the
    same text to the same person on one day is the same message.
    """
    text = _sendable(message.text).strip()
    mail = MIMEMultipart("alternative", _subparts=[
        MIMEText(f"{text}\n\n-- \n{_FOOTER}\n", "plain", "utf-8"), MIMEText(_as_html(text), "html", "utf-8")])
    # Header words are cut by `Header`: the newer API of Python 3.10 loses spaces where it folds.
    mail["From"] = formataddr((Header(_SENDER, "utf-8").encode(), sender))
    mail["To"] = message.chat
    mail["Subject"] = Header(_subject(text), "utf-8", header_name="Subject").encode()
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = _message_id(message, sender, now)
    mail["List-Unsubscribe"] = f"<mailto:{sender}?subject=tat-nhac-viec>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    return mail


def load_email(environ: Mapping[str, str]) -> Email | None:
    """The channel as the environment sets it; None where it is off. Raises Trouble that names the variable. Calls nobody."""
    given = {name: environ[name].strip() for name in VARIABLES if environ.get(name, "").strip()}
    host, sender = given.get("TROLY_SMTP_HOST"), given.get("TROLY_SMTP_FROM", "")
    if host is None:
        return None
    if not re.fullmatch(r"[A-Za-z0-9._:-]+", host):
        raise Trouble("TROLY_SMTP_HOST phải là tên hoặc địa chỉ IP của máy chủ thư.", USAGE)
    if not is_address(sender):
        raise Trouble(f"Thiếu hoặc sai TROLY_SMTP_FROM ({VARIABLES['TROLY_SMTP_FROM']}).", USAGE)
    tls = _tls(given.get("TROLY_SMTP_TLS", "starttls").lower())
    port = given.get("TROLY_SMTP_PORT", str(_PORTS[tls]))
    if not port.isdecimal() or not 0 < int(port) < 65_536:
        raise Trouble("TROLY_SMTP_PORT phải là số từ 1 đến 65535.", USAGE)
    user, password = given.get("TROLY_SMTP_USER", ""), given.get("TROLY_SMTP_PASSWORD", "")
    if bool(user) != bool(password):
        raise Trouble("TROLY_SMTP_USER và TROLY_SMTP_PASSWORD phải cùng có hoặc cùng để trống.", USAGE)
    if user and tls == "none":
        raise Trouble("TROLY_SMTP_TLS=none sẽ gửi mật khẩu không mã hóa; hãy dùng starttls hoặc tls, hoặc bỏ tài khoản.", USAGE)
    return Email(Server(host, int(port), sender, user, password, tls))


def _tls(word: str) -> Tls:
    found = next((tls for tls in _PORTS if tls == word), None)
    if found is None:
        raise Trouble("TROLY_SMTP_TLS phải là starttls, tls hoặc none.", USAGE)
    return found


def _sendable(text: str) -> str:
    """Without halves of characters, which no encoding takes."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _subject(text: str) -> str:
    """The first line, printable and short."""
    line = next(filter(None, (" ".join(line.split()) for line in text.splitlines())), "Nhắc việc")
    plain = "".join(char for char in line if char.isprintable())
    return plain if len(plain) <= _LONGEST_SUBJECT else plain[:_LONGEST_SUBJECT].rsplit(" ", 1)[0] + "…"


def _message_id(message: Outgoing, sender: str, now: datetime) -> str:
    named = json.dumps(message.record, sort_keys=True) if message.record else f"{now:%Y-%m-%d}"
    digest = hashlib.sha256(f"{named}\0{message.chat}\0{message.text}".encode("utf-8", "replace")).hexdigest()
    return f"<{digest[:40]}@{sender.rsplit('@', 1)[1]}>"


def _as_html(text: str) -> str:
    paragraphs = "".join(f"<p>{_linked(part)}</p>\n" for part in text.split("\n\n") if part.strip())
    return ('<!DOCTYPE html>\n<html lang="vi"><head><meta charset="utf-8"><title>Nhắc việc</title></head>\n'
            '<body style="font-family: sans-serif; font-size: 16px; line-height: 1.5; max-width: 40em">\n'
            f'{paragraphs}<hr>\n<p style="color: #555; font-size: 14px">{html.escape(_FOOTER)}</p>\n</body></html>\n')


def _linked(part: str) -> str:
    """Escaped text with line ends kept and addresses made links."""
    out, last = [], 0
    for match in _LINK.finditer(part):
        address = html.escape(match.group(), quote=True)
        out += [html.escape(part[last:match.start()]), f'<a href="{address}" rel="noopener noreferrer">{address}</a>']
        last = match.end()
    return "".join([*out, html.escape(part[last:])]).replace("\n", "<br>\n")


def _failure(error: Exception, connecting: bool = False) -> SendFailed:
    """What a refusal means for the message. Server texts stay out of it: they hold people's addresses."""
    if isinstance(error, smtp.SMTPRecipientsRefused):
        return _by_code(error.recipients[0].code, Remedy.OTHER_CHANNEL, "máy chủ không nhận người nhận")
    if isinstance(error, smtp.SMTPResponseException) and (isinstance(error, smtp.SMTPAuthenticationError) or error.code in _NO_LOGIN):
        return _by_code(error.code, Remedy.STOP_CHANNEL, "máy chủ không nhận tài khoản gửi")
    if isinstance(error, smtp.SMTPSenderRefused):
        return _by_code(error.code, Remedy.STOP_CHANNEL, "máy chủ không nhận địa chỉ người gửi")
    if isinstance(error, smtp.SMTPTimeoutError | asyncio.TimeoutError):
        return SendFailed(Remedy.RETRY, "Thư điện tử: máy chủ không trả lời kịp")
    if _is_untrusted(error):
        return SendFailed(Remedy.STOP_CHANNEL, "Thư điện tử: chứng thư của máy chủ không hợp lệ")
    if isinstance(error, smtp.SMTPResponseException):
        return _by_code(error.code, Remedy.STOP_CHANNEL if connecting else Remedy.DEAD_LETTER, "máy chủ từ chối")
    if isinstance(error, smtp.SMTPConnectError | OSError | smtp.SMTPServerDisconnected):
        return SendFailed(Remedy.RETRY, "Thư điện tử: không kết nối được máy chủ")
    if isinstance(error, smtp.SMTPNotSupported | smtp.SMTPException | ValueError) and connecting:
        return SendFailed(Remedy.STOP_CHANNEL, f"Thư điện tử: máy chủ không hỗ trợ cách kết nối đã đặt ({type(error).__name__})")
    return SendFailed(Remedy.RETRY, f"Thư điện tử: gửi không thành công ({type(error).__name__})")


def _by_code(code: int, permanent: Remedy, what: str) -> SendFailed:
    """4xx passes, 5xx stays."""
    return SendFailed(Remedy.RETRY if 400 <= code < 500 else permanent, f"Thư điện tử: {what} ({code})")


def _is_untrusted(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False
