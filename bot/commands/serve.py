"""`troly serve`: the web page, the chat platforms, and their one assistant."""

from __future__ import annotations

import argparse
import asyncio
import os

from bot import errors, startup
from bot.commands.reminders import policies_of
from bot.errors import Trouble
from bot.settings import Settings

NAME, HELP = "serve", "chạy máy chủ: trang trò chuyện, Zalo, Telegram"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options; all else stands in the environment or in `.env`."""
    parser.add_argument("--host", help="địa chỉ lắng nghe (mặc định: TROLY_HOST, 127.0.0.1)")
    parser.add_argument("--port", help="cổng lắng nghe (mặc định: TROLY_PORT, 8080)")


def run(args: argparse.Namespace) -> int:
    """Serve until told to stop."""
    from actions.knowledge import knowledge_base
    from bot.reminders.finding import Finder, LastRow
    from bot.server import config, log
    from bot.server.app import build, serve

    os.environ.update({name: value for name, value in (("TROLY_HOST", args.host), ("TROLY_PORT", args.port)) if value})
    current: Settings = args.settings
    server = config.load(var=current.var)
    log.set_up(os.environ.get("TROLY_LOG_LEVEL") or "INFO", os.environ)
    engine = startup.knowledge_base(current)
    app = build(server, engine, lambda: startup.assistant(current, engine), find=Finder(knowledge_base), last_row=LastRow(engine),
                policies=policies_of(current))
    try:
        asyncio.run(serve(app, server, lambda address: print(f"Trợ lý đang phục vụ tại {server.public_url or address}", flush=True)))
    except OSError as error:
        raise Trouble(
            f"Không lắng nghe được ở {server.host}:{server.port} ({error.strerror or error}): "
            "hãy chọn cổng khác bằng TROLY_PORT.", errors.UNAVAILABLE) from error
    return errors.OK
