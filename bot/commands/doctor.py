"""`troly doctor`: what is configured, what answers, what is missing."""

from __future__ import annotations

import argparse
import asyncio
import difflib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bot import errors, settings
from bot.channels.port import Channel, SendFailed
from bot.server import config
from bot.settings import Settings

NAME, HELP = "doctor", "kiểm tra cấu hình, cơ sở dữ liệu, mô hình và các kênh"
_MARKS = {"good": "✓", "off": "–", "warning": "!", "bad": "✗"}
_PATIENCE = 15.0
_TESTING = {"TROLY_CHROMIUM": "trình duyệt Chromium để kiểm thử trang trò chuyện (mặc định: tìm trên máy)"}
_LEAST_FREE, _LOW_FREE = 200 << 20, 2 << 30


@dataclass(frozen=True)
class Finding:
    """One thing looked at, in one Vietnamese sentence; only `bad` makes the command fail."""

    state: Literal["good", "off", "warning", "bad"]
    text: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--offline", action="store_true", help="không gọi thử tới Zalo, Telegram")


def run(args: argparse.Namespace) -> int:
    """Look at everything, also after something was found wrong; exit 1 if anything was."""
    has_file, current = config.ENV_FILE.is_file(), args.settings
    sections: list[tuple[str, Callable[[], Iterator[Finding]]]] = [
        ("Cấu hình", lambda: look_at_settings(os.environ, current, has_file)),
        ("Cơ sở dữ liệu", lambda: look_at_database(current)),
        ("Mô hình", lambda: look_at_model(current)),
        ("Ổ đĩa", lambda: look_at_disk(current)),
        ("Các kênh", lambda: look_at_channels(os.environ, current, offline=args.offline)),
    ]
    bad = 0
    for title, look in sections:
        print(f"\n{title}", flush=True)
        for finding in look():
            print(f"  {_MARKS[finding.state]} {finding.text}", flush=True)
            bad += finding.state == "bad"
    print(f"\nCó {bad} điều cần sửa (dấu ✗)." if bad else "\nMọi thứ đã sẵn sàng.")
    return errors.FAILED if bad else errors.OK


def known_variables() -> dict[str, str]:
    """Every variable of the program with what it is for."""
    from bot.channels import loading
    from bot.server import sign_in_settings

    return {**settings.VARIABLES, **config.VARIABLES, **sign_in_settings.VARIABLES, **loading.VARIABLES, **_TESTING}


def look_at_settings(environ: Mapping[str, str], current: Settings, has_file: bool) -> Iterator[Finding]:
    """The server's settings, and variables that nothing reads."""
    from bot.server import sign_in_settings

    yield Finding("good", "Đã đọc tệp .env.") if has_file else Finding("off", "Không có tệp .env (không bắt buộc; mẫu: .env.example).")
    known = known_variables()
    for name in sorted(name for name in environ if name.startswith("TROLY_") and name not in known):
        close = difflib.get_close_matches(name, known, n=1)
        yield Finding("warning", f"Không có biến {name}{f'; có phải {close[0]}?' if close else '.'}")
    try:
        server = config.load(environ, current.var)
        signing_in = sign_in_settings.load(server, environ)
    except config.BadSettings as error:
        yield from (Finding("bad", problem) for problem in error.problems)
        return
    yield Finding("good", f"Máy chủ lắng nghe ở {server.host}:{server.port}.")
    if server.public_url is None:
        yield Finding("off", "Chưa có TROLY_PUBLIC_URL: chỉ dùng được từ máy này và các kênh tự hỏi tin (polling).")
    elif not server.secure:
        yield Finding("warning", f"{server.public_url} không phải https://: Zalo, Telegram không gọi tới được, đăng nhập không an toàn.")
    else:
        yield Finding("good", f"Địa chỉ công khai: {server.public_url}.")
    ways = [way for way, there in (("đăng nhập một lần", signing_in.oidc), ("mã của cổng thông tin", signing_in.portal)) if there]
    yield Finding("good", f"Trang trò chuyện nhận {' và '.join(ways)}.") if ways else Finding(
        "off", "Trang trò chuyện chưa có cách đăng nhập (TROLY_OIDC_ISSUER hoặc TROLY_PORTAL_KEY).")
    if server.public_mode:
        yield Finding("warning", "Chế độ công khai đang bật (TROLY_PUBLIC_MODE): ai cũng hỏi được.")


def look_at_database(current: Settings) -> Iterator[Finding]:
    """Reachable, up to date, with plans and officials in it."""
    from bot.officials.directory import Directory
    from knowledge.store import PlanStore, StoreError, open_engine
    from knowledge.store.engine import describe
    from knowledge.store.migrate import HEAD
    from knowledge.store.migrate import current as version_of

    try:
        engine = open_engine(current.database_url, create=False)
        with engine.connect() as connection:
            version = version_of(connection)
        if version != HEAD:
            yield Finding("bad", f"Bảng dữ liệu ở phiên bản {version or 'trống'}, cần {HEAD}: hãy chạy “./troly serve” để cập nhật.")
            return
        yield Finding("good", f"Cơ sở dữ liệu {describe(engine)} sẵn sàng (phiên bản {HEAD}).")
        plans = len(PlanStore(engine).plans())
        yield Finding("good", f"Có {plans} văn bản trong kho.") if plans else Finding(
            "bad", "Kho chưa có văn bản nào: hãy chạy “./troly import”.")
        people = Directory(engine).entries()
        active = sum(entry.official.active for entry in people)
        yield Finding("good", f"Có {active} cán bộ đang được dùng trợ lý.") if active else Finding(
            "warning", "Chưa đăng ký cán bộ nào: hãy chạy “./troly officials”.")
    except StoreError as error:
        yield Finding("bad", str(error))


def look_at_model(current: Settings) -> Iterator[Finding]:
    """There, whole, and made from the present data."""
    from bot.assistant import freshness

    name = current.model.name
    if not current.model.exists():
        yield Finding("bad", f"Chưa có mô hình {name}: hãy chạy “./troly train”.")
    elif freshness.is_fresh(current):
        yield Finding("good", f"Mô hình {name} khớp với dữ liệu hiện tại.")
    else:
        yield Finding("warning", f"Mô hình {name} cũ hơn dữ liệu; lần chạy sau sẽ tự huấn luyện lại (khoảng vài phút).")


def look_at_disk(current: Settings) -> Iterator[Finding]:
    """Room for the database and what is made beside it."""
    folder = next(path for path in (current.var, *current.var.parents) if path.exists())
    free = shutil.disk_usage(folder).free
    text = f"Còn trống {free / (1 << 30):.1f} GB ở {current.var}."
    yield Finding("bad" if free < _LEAST_FREE else "warning" if free < _LOW_FREE else "good", text)
    if not os.access(folder, os.W_OK):
        yield Finding("bad", f"Không ghi được vào {current.var}.")


def look_at_channels(environ: Mapping[str, str], current: Settings, *, offline: bool) -> Iterator[Finding]:
    """Which channels are on, and what each provider says of our token."""
    from bot.channels.loading import load_channels
    from knowledge.store import StoreError, open_engine

    try:
        channels = load_channels(environ, open_engine(current.database_url, create=False))
    except StoreError:
        yield Finding("off", "Chưa xem được các kênh vì chưa mở được cơ sở dữ liệu.")
        return
    except errors.Trouble as error:
        yield Finding("bad", str(error))
        return
    if not channels:
        yield Finding("off", "Chưa bật Zalo, Telegram (xem .env.example).")
    elif offline:
        yield from (Finding("good", f"{channel.title}: đã cấu hình.") for channel in channels)
    else:
        yield from asyncio.run(ask(channels))


async def ask(channels: Sequence[Channel]) -> list[Finding]:
    """What each channel's provider answers, all asked at once."""
    return list(await asyncio.gather(*map(_ask, channels)))


async def _ask(channel: Channel) -> Finding:
    try:
        await channel.start()
        answer = await asyncio.wait_for(channel.check(), _PATIENCE)
    except SendFailed as error:
        return Finding("bad", f"{channel.title}: {error.reason.removeprefix(f'{channel.title}: ')}")
    except asyncio.TimeoutError:
        return Finding("bad", f"{channel.title}: không trả lời sau {_PATIENCE:.0f} giây.")
    finally:
        await channel.stop()
    return Finding("good", f"{channel.title}: {answer}")
