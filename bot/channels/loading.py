"""The channels that the environment configures. A channel is off until its first setting is given; half a setting is an error by name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from sqlalchemy import Engine

from bot.channels import email, telegram, zalo_bot, zalo_oa
from bot.channels.port import Channel
from bot.channels.telegram import Telegram
from bot.channels.tokens import TokenStore
from bot.channels.zalo_bot import ZaloBot
from bot.channels.zalo_oa import Template, ZaloOfficialAccount
from bot.errors import USAGE, Trouble

VARIABLES = {
    "TROLY_TELEGRAM_TOKEN": "mã của bot Telegram, do @BotFather cấp; để trống = tắt Telegram",
    "TROLY_TELEGRAM_MODE": "polling = tự hỏi tin mới, không cần địa chỉ công khai (mặc định); webhook = Telegram gọi đến",
    "TROLY_TELEGRAM_SECRET": "chuỗi bí mật của webhook Telegram: 16–256 chữ cái không dấu, chữ số, “_”, “-”; cần khi MODE=webhook",
    "TROLY_TELEGRAM_API": f"địa chỉ máy chủ Telegram (mặc định: {telegram.API})",
    "TROLY_ZALO_BOT_TOKEN": "mã của bot Zalo, do Zalo Bot Creator cấp; để trống = tắt Zalo Bot",
    "TROLY_ZALO_BOT_MODE": "polling = tự hỏi tin mới, không cần địa chỉ công khai (mặc định); webhook = Zalo gọi đến",
    "TROLY_ZALO_BOT_SECRET": "chuỗi bí mật của webhook Zalo Bot: 16–256 chữ cái không dấu, chữ số, “_”, “-”; cần khi MODE=webhook",
    "TROLY_ZALO_BOT_API": f"địa chỉ máy chủ Zalo Bot (mặc định: {zalo_bot.API})",
    "TROLY_ZALO_OA_APP_ID": "mã ứng dụng Zalo gắn với Official Account; để trống cả bốn biến đầu = tắt Zalo OA",
    "TROLY_ZALO_OA_APP_SECRET": "khóa bí mật của ứng dụng, để làm mới mã truy cập",
    "TROLY_ZALO_OA_SECRET": "khóa bí mật của OA (OA Secret Key), để kiểm tra chữ ký webhook",
    "TROLY_ZALO_OA_REFRESH_TOKEN": "mã làm mới (refresh token) nhận được khi cấp quyền; chỉ dùng lần đầu, sau đó cơ sở dữ liệu giữ mã mới",
    "TROLY_TOKEN_KEY": "khóa mã hóa các mã Zalo OA trong cơ sở dữ liệu (khóa Fernet); để trống = không mã hóa",
    "TROLY_ZALO_OA_API": f"địa chỉ máy chủ OpenAPI (mặc định: {zalo_oa.API})",
    "TROLY_ZALO_OA_OAUTH_API": f"địa chỉ máy chủ cấp quyền (mặc định: {zalo_oa.OAUTH_API})",
    "TROLY_ZALO_OA_TEMPLATE": "mã mẫu tin ZBS đã duyệt để nhắc việc khi quá hạn nhắn tự do; để trống = không dùng",
    "TROLY_ZALO_OA_TEMPLATE_FIELD": f"tên trường nhận nội dung trong mẫu tin (mặc định: {Template.field})",
    "TROLY_ZALO_OA_TEMPLATE_API": f"địa chỉ máy chủ gửi mẫu tin (mặc định: {zalo_oa.TEMPLATE_API})",
    **email.VARIABLES,
}
_SHORTEST_SECRET = 16
_WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")
_TOKEN = re.compile(r"[\w:-]{16,}", re.ASCII)  # it stands in addresses: nothing that would change them
_NEEDED = ("TROLY_ZALO_OA_APP_ID", "TROLY_ZALO_OA_APP_SECRET", "TROLY_ZALO_OA_SECRET", "TROLY_ZALO_OA_REFRESH_TOKEN")


def load_channels(environ: Mapping[str, str], engine: Engine) -> list[Channel]:
    """The configured channels; `engine` keeps the tokens of Zalo OA. Raises Trouble that names the variable. Calls nobody."""
    given = {name: value.strip() for name, value in environ.items() if name in VARIABLES and value.strip()}
    channels: list[Channel] = []
    if token := _token(given, "TROLY_TELEGRAM"):
        mode, secret = _mode(given, "TROLY_TELEGRAM")
        channels.append(Telegram(token, secret=secret, mode=mode, api=_address(given, "TROLY_TELEGRAM_API", telegram.API)))
    if token := _token(given, "TROLY_ZALO_BOT"):
        mode, secret = _mode(given, "TROLY_ZALO_BOT")
        channels.append(ZaloBot(token, secret=secret, mode=mode, api=_address(given, "TROLY_ZALO_BOT_API", zalo_bot.API)))
    if any(name in given for name in _NEEDED):
        channels.append(_official_account(given, engine))
    mail = email.load_email(environ)
    return [*channels, mail] if mail else channels


def _official_account(given: Mapping[str, str], engine: Engine) -> ZaloOfficialAccount:
    for name in _NEEDED:
        if name not in given:
            raise Trouble(f"Thiếu {name} ({VARIABLES[name]}).", USAGE)
        if name != "TROLY_ZALO_OA_APP_ID" and len(given[name]) < _SHORTEST_SECRET:
            raise Trouble(f"{name} quá ngắn: cần ít nhất {_SHORTEST_SECRET} ký tự. Hãy chép lại đủ từ trang quản lý Zalo.", USAGE)
    template = None
    if "TROLY_ZALO_OA_TEMPLATE" in given:
        template = Template(given["TROLY_ZALO_OA_TEMPLATE"], given.get("TROLY_ZALO_OA_TEMPLATE_FIELD", Template.field))
    app_id, app_secret, secret, refresh_token = (given[name] for name in _NEEDED)
    return ZaloOfficialAccount(
        app_id, app_secret, secret, refresh_token, _tokens(given, engine), template=template,
        api=_address(given, "TROLY_ZALO_OA_API", zalo_oa.API),
        oauth_api=_address(given, "TROLY_ZALO_OA_OAUTH_API", zalo_oa.OAUTH_API),
        template_api=_address(given, "TROLY_ZALO_OA_TEMPLATE_API", zalo_oa.TEMPLATE_API))


def _tokens(given: Mapping[str, str], engine: Engine) -> TokenStore:
    try:
        return TokenStore(engine, ZaloOfficialAccount.name, key=given.get("TROLY_TOKEN_KEY", ""))
    except ValueError:
        raise Trouble("TROLY_TOKEN_KEY không phải khóa Fernet. Tạo bằng: "
                      "python3 -c 'import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())'", USAGE) from None


def _token(given: Mapping[str, str], prefix: str) -> str:
    token = given.get(f"{prefix}_TOKEN", "")
    if token and not _TOKEN.fullmatch(token):
        raise Trouble(f"{prefix}_TOKEN không đúng dạng (chữ số, dấu hai chấm, rồi chữ cái). Hãy chép lại đủ mã được cấp.", USAGE)
    return token


def _mode(given: Mapping[str, str], prefix: str) -> tuple[Literal["polling", "webhook"], str]:
    """The mode with the webhook's secret, which a webhook needs."""
    mode, secret = given.get(f"{prefix}_MODE", "polling").lower(), given.get(f"{prefix}_SECRET", "")
    if mode not in ("polling", "webhook"):
        raise Trouble(f"{prefix}_MODE phải là polling hoặc webhook.", USAGE)
    if mode == "webhook" and not secret:
        raise Trouble(f"Thiếu {prefix}_SECRET ({VARIABLES[f'{prefix}_SECRET']}).", USAGE)
    if secret and not _WEBHOOK_SECRET.fullmatch(secret):
        raise Trouble(
            f"{prefix}_SECRET chưa đạt: cần 16–256 chữ cái không dấu, chữ số, “_”, “-”. Có thể tạo bằng: openssl rand -hex 32", USAGE)
    return ("webhook" if mode == "webhook" else "polling"), secret


def _address(given: Mapping[str, str], name: str, default: str) -> str:
    address = given.get(name, default)
    if not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", address):
        raise Trouble(f"{name} phải là một địa chỉ dạng https://máy-chủ.", USAGE)
    return address
