"""Settings of the server: from the environment, and from `.env` in the project's folder. A wrong one fails at start, by name."""

from __future__ import annotations

import ipaddress
import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bot.errors import UNAVAILABLE, Trouble
from bot.settings import ROOT

ENV_FILE = ROOT / ".env"
VARIABLES = {
    "TROLY_HOST": "địa chỉ lắng nghe (mặc định: 127.0.0.1, chỉ máy này; 0.0.0.0 = mọi địa chỉ của máy)",
    "TROLY_PORT": "cổng lắng nghe (mặc định: 8080; 0 = cổng bất kỳ còn trống)",
    "TROLY_PUBLIC_URL": "địa chỉ https:// mà người dùng và các nền tảng gọi tới (mặc định: không có)",
    "TROLY_SECRET": "khóa ký phiên đăng nhập, ít nhất 32 ký tự ngẫu nhiên (bắt buộc, trừ khi chạy thử trên 127.0.0.1)",
    "TROLY_PUBLIC_MODE": "1 = người chưa liên kết tài khoản cũng được hỏi (mặc định: 0)",
    "TROLY_METRICS_TOKEN": "mã để đọc /metrics từ máy khác, ít nhất 16 ký tự (mặc định: chỉ đọc được từ chính máy chủ)",
    "TROLY_RETENTION_DAYS": "số ngày giữ nội dung hội thoại trước khi xóa (mặc định: 365; 0 = giữ mãi)",
    "TROLY_TRUSTED_PROXY": "địa chỉ hoặc dải mạng của máy chủ trung gian đứng trước, cách nhau bằng dấu phẩy (mặc định: không có)",
    "TROLY_GRACE_SECONDS": "số giây chờ việc đang làm khi dừng (mặc định: 20)",
    "TROLY_WORKERS": "số câu hỏi được xử lý cùng lúc (mặc định: 8)",
    "TROLY_CONNECTIONS_PER_ADDRESS": "số kết nối cùng lúc từ một địa chỉ (mặc định: 256)",
    "TROLY_REQUESTS_PER_SECOND": "số yêu cầu một giây từ một địa chỉ, trung bình (mặc định: 50)",
    "TROLY_MESSAGES_PER_MINUTE": "số tin nhắn một người được gửi trong một phút (mặc định: 20)",
}

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_SHORTEST_SECRET, _SHORTEST_TOKEN = 32, 16
_FEWEST_CHARACTERS = 10


class BadSettings(Trouble):
    """Settings that the server can't run with; `problems` has one Vietnamese sentence each, naming the variable."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("Cấu hình chưa đúng: " + " ".join(problems), UNAVAILABLE)
        self.problems = problems


@dataclass(frozen=True)
class ServerConfig:
    """How one server runs. `secret` signs sessions; `retention_days` 0 keeps conversations for good; `grace` in seconds.

    `lease`: seconds after which another process goes on with what one that died was doing.
    """

    secret: str
    host: str = "127.0.0.1"
    port: int = 8080
    public_url: str | None = None
    public_mode: bool = False
    metrics_token: str | None = None
    retention_days: int = 365
    trusted_proxies: tuple[Network, ...] = ()
    grace: float = 20.0
    lease: float = 30.0
    workers: int = 8
    connections_per_address: int = 256
    requests_per_second: int = 50
    messages_per_minute: int = 20

    @property
    def secure(self) -> bool:
        """Do people reach the server over https (cookies may be marked so)?"""
        return (self.public_url or "").startswith("https://")


def read_env_file(path: Path | None = None) -> bool:
    """Add what `.env` (default: in the project's folder) says to the environment, which goes first; was there such a file?

    `bot.cli` does so before any command.
    """
    file = path or ENV_FILE
    if not file.is_file():
        return False
    from dotenv import load_dotenv

    return load_dotenv(file, override=False)


def load(environ: Mapping[str, str] | None = None, var: Path = ROOT / "var") -> ServerConfig:
    """The settings that the environment asks for; an empty variable counts as absent. Raises BadSettings with all that is wrong.

    A server that only this machine reaches needs no TROLY_SECRET: one is made and kept in `var`.
    """
    read = _Reader({k: v.strip() for k, v in (os.environ if environ is None else environ).items() if v.strip()})
    host = read.environ.get("TROLY_HOST", "127.0.0.1")
    public_url, proxies = read.url("TROLY_PUBLIC_URL"), read.networks("TROLY_TRUSTED_PROXY")
    alone = is_loopback(host) and public_url is None and not proxies
    config = ServerConfig(
        secret=read.secret("TROLY_SECRET", _SHORTEST_SECRET, needed=not alone),
        host=host,
        port=read.number("TROLY_PORT", 8080, 0, 65535),
        public_url=public_url,
        public_mode=read.flag("TROLY_PUBLIC_MODE"),
        metrics_token=read.secret("TROLY_METRICS_TOKEN", _SHORTEST_TOKEN, needed=False) or None,
        retention_days=read.number("TROLY_RETENTION_DAYS", 365, 0, 36500),
        trusted_proxies=proxies,
        grace=read.number("TROLY_GRACE_SECONDS", 20, 1, 600),
        workers=read.number("TROLY_WORKERS", 8, 1, 64),
        connections_per_address=read.number("TROLY_CONNECTIONS_PER_ADDRESS", 256, 1, 100_000),
        requests_per_second=read.number("TROLY_REQUESTS_PER_SECOND", 50, 1, 100_000),
        messages_per_minute=read.number("TROLY_MESSAGES_PER_MINUTE", 20, 1, 10_000),
    )
    if read.problems:
        raise BadSettings(read.problems)
    return config if config.secret else ServerConfig(**{**vars(config), "secret": _own_secret(var)})


def is_loopback(host: str) -> bool:
    """Is this a name or address of this machine that no other reaches?"""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class _Reader:
    """Reads variables one by one and gathers what is wrong with them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.problems: list[str] = []

    def number(self, name: str, default: int, least: int, most: int) -> int:
        text = self.environ.get(name, str(default))
        if re.fullmatch(r"\d{1,9}", text, re.ASCII) and least <= int(text) <= most:
            return int(text)
        self.problems.append(f"{name} phải là số nguyên từ {least} đến {most}.")
        return default

    def flag(self, name: str) -> bool:
        text = self.environ.get(name, "0").lower()
        if text not in ("0", "1", "true", "false", "yes", "no"):
            self.problems.append(f"{name} phải là 1 (có) hoặc 0 (không).")
        return text in ("1", "true", "yes")

    def url(self, name: str) -> str | None:
        text = self.environ.get(name)
        try:
            if text is None or urlsplit(text).scheme in ("http", "https") and urlsplit(text).hostname:
                return text.rstrip("/") if text else None
        except ValueError:
            pass
        self.problems.append(f"{name} phải là địa chỉ đầy đủ, ví dụ https://troly.tinh.gov.vn.")
        return None

    def networks(self, name: str) -> tuple[Network, ...]:
        try:
            return tuple(ipaddress.ip_network(part.strip(), strict=False) for part in self.environ.get(name, "").split(",") if part.strip())
        except ValueError:
            self.problems.append(f"{name} phải là địa chỉ hoặc dải mạng, ví dụ 10.0.0.5 hoặc 10.0.0.0/24.")
            return ()

    def secret(self, name: str, shortest: int, *, needed: bool) -> str:
        text = self.environ.get(name, "")
        if not text and needed:
            self.problems.append(f"Thiếu {name}: hãy đặt ít nhất {shortest} ký tự ngẫu nhiên, {_HOW_TO_MAKE}.")
        elif text and (len(text) < shortest or len(set(text)) < _FEWEST_CHARACTERS):
            self.problems.append(f"{name} quá yếu: cần ít nhất {shortest} ký tự ngẫu nhiên, {_HOW_TO_MAKE}.")
        return text


_HOW_TO_MAKE = "tạo bằng lệnh: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"


def _own_secret(var: Path) -> str:
    """The secret of a server for this machine alone: made once, readable by its owner only."""
    path = var / "secret"
    try:
        if not path.exists():
            _make_secret(path)
        found = path.read_text().strip()
    except OSError as error:
        raise BadSettings([f"Thiếu TROLY_SECRET, và không dùng được khóa tạm ở {path}."]) from error
    if len(found) < _SHORTEST_SECRET:
        raise BadSettings([f"Tệp {path} bị hỏng: hãy xóa tệp đó rồi chạy lại, hoặc đặt TROLY_SECRET."])
    return found


def _make_secret(path: Path) -> None:
    """Whole or not at all, and the first of two processes wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent)  # readable by its owner only
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(48))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(draft)
