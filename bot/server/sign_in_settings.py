"""How people of the widget are recognised: settings from the environment, each wrong one named."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.server.config import BadSettings, ServerConfig, is_loopback

VARIABLES = {
    "TROLY_WIDGET_ORIGINS": "các trang được đặt khung trò chuyện, cách nhau bằng dấu phẩy, ví dụ https://noibo.tinh.gov.vn",
    "TROLY_OIDC_ISSUER": "địa chỉ máy chủ đăng nhập một lần (OpenID Connect) của tỉnh, ví dụ https://sso.tinh.gov.vn",
    "TROLY_OIDC_CLIENT_ID": "mã ứng dụng mà máy chủ đăng nhập cấp",
    "TROLY_OIDC_CLIENT_SECRET": "khóa ứng dụng mà máy chủ đăng nhập cấp (bỏ trống nếu là ứng dụng công khai, chỉ dùng PKCE)",
    "TROLY_PORTAL_KEY": "khóa kiểm tra mã đăng nhập của cổng thông tin: chuỗi bí mật từ 32 ký tự (HS256) hoặc khóa công khai PEM (RS256)",
    "TROLY_PORTAL_ISSUER": "tên cổng thông tin trong mã đăng nhập (iss); bỏ trống = không kiểm tra",
}

_SHORTEST_KEY = 32


@dataclass(frozen=True)
class Oidc:
    """The province's single sign-on and our place in it. Without `client_secret` we are a public client."""

    issuer: str
    client_id: str
    client_secret: str = ""


@dataclass(frozen=True)
class Portal:
    """The portal that vouches for its users: the key of its tokens (a shared secret or a PEM public key) and its name."""

    key: str
    issuer: str = ""

    @property
    def algorithm(self) -> str:
        """The one algorithm that the key is good for; what a token says of itself counts for nothing."""
        return "RS256" if self.key.startswith("-----BEGIN") else "HS256"


@dataclass(frozen=True)
class SignInConfig:
    """Who may come in. `secret` signs sessions; `origins` are other sites that may embed the widget; `anonymous` lets anyone ask."""

    secret: str
    public_url: str = ""
    origins: tuple[str, ...] = ()
    anonymous: bool = False
    oidc: Oidc | None = None
    portal: Portal | None = None


def load(server: ServerConfig, environ: Mapping[str, str] | None = None) -> SignInConfig:
    """The settings that the environment asks for; an empty variable counts as absent. Raises BadSettings with all that is wrong."""
    env = {k: v.strip() for k, v in (os.environ if environ is None else environ).items() if k in VARIABLES and v.strip()}
    problems: list[str] = []
    origins = tuple(o.strip().rstrip("/") for o in env.get("TROLY_WIDGET_ORIGINS", "").split(",") if o.strip())
    if not all(map(_is_origin, origins)):
        problems.append("TROLY_WIDGET_ORIGINS chỉ gồm địa chỉ gốc như https://noibo.tinh.gov.vn, không có đường dẫn, không dùng dấu *.")
    issuer, client = env.get("TROLY_OIDC_ISSUER", "").rstrip("/"), env.get("TROLY_OIDC_CLIENT_ID", "")
    if bool(issuer) != bool(client):
        problems.append("TROLY_OIDC_ISSUER và TROLY_OIDC_CLIENT_ID phải được đặt cùng nhau.")
    if issuer and not _is_secure(issuer):
        problems.append("TROLY_OIDC_ISSUER phải là địa chỉ https://.")
    if issuer and not server.public_url:
        problems.append("Đăng nhập một lần cần TROLY_PUBLIC_URL để máy chủ đăng nhập gọi lại.")
    key = env.get("TROLY_PORTAL_KEY", "").replace("\\n", "\n")
    if key and not key.startswith("-----BEGIN PUBLIC KEY-----") and len(key) < _SHORTEST_KEY:
        problems.append(f"TROLY_PORTAL_KEY quá yếu: cần ít nhất {_SHORTEST_KEY} ký tự ngẫu nhiên, hoặc một khóa công khai PEM.")
    if problems:
        raise BadSettings(problems)
    return SignInConfig(
        secret=server.secret,
        public_url=server.public_url or "",
        origins=origins,
        anonymous=server.public_mode,
        oidc=Oidc(issuer, client, env.get("TROLY_OIDC_CLIENT_SECRET", "")) if issuer else None,
        portal=Portal(key, env.get("TROLY_PORTAL_ISSUER", "")) if key else None,
    )


def _is_origin(text: str) -> bool:
    return re.fullmatch(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?", text) is not None


def _is_secure(url: str) -> bool:
    """https, or a machine's own address for trying things out."""
    parts = urlsplit(url)
    return parts.scheme == "https" and bool(parts.hostname) or parts.scheme == "http" and is_loopback(parts.hostname or "")
