"""`troly chat`: a conversation in the terminal."""

from __future__ import annotations

import argparse
import asyncio
import sys
import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from bot import errors, startup

if TYPE_CHECKING:
    from bot.assistant.assistant import Assistant

NAME, HELP = "chat", "trò chuyện với trợ lý ngay trong cửa sổ lệnh"
WELCOME = "\nAnh/chị gõ câu hỏi rồi nhấn Enter. Gõ “thoát” hoặc nhấn Ctrl+D để kết thúc.\n"
PROMPT = "Anh/chị: "
LEAVING = {"thoát", "thoat", "exit", "quit", ":q"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--province", help="tỉnh của anh/chị, ví dụ hau-giang")
    parser.add_argument("--agency", help="cơ quan của anh/chị, ví dụ “Sở Y tế”")


def run(args: argparse.Namespace) -> int:
    """Talk until the person leaves."""
    engine = startup.knowledge_base(args.settings)
    return talk(startup.assistant(args.settings, engine), province=args.province, agency=args.agency)


def talk(assistant: Assistant, **who: str | None) -> int:
    """The conversation itself, on standard input and output."""
    print(WELCOME, flush=True)
    return asyncio.run(_talk(assistant, {key: value for key, value in who.items() if value}))


async def _talk(assistant: Assistant, who: dict[str, Any]) -> int:
    conversation = f"terminal-{uuid.uuid4().hex}"
    for text in _typed():
        if text.strip().casefold() in LEAVING:
            break
        record = await assistant.answer(text, conversation=conversation, metadata=who, channel="terminal")
        print(f"Trợ lý: {record['text']}\n", flush=True)
    print("Tạm biệt anh/chị.")
    return errors.OK


def _typed() -> Iterator[str]:
    """What the person types, line by line; from a pipe, bytes that are no UTF-8 are replaced."""
    if sys.stdin.isatty():
        yield from _at_terminal()
        return
    for raw in sys.stdin.buffer:
        yield raw.decode("utf-8", "replace").rstrip("\r\n")


def _at_terminal() -> Iterator[str]:
    try:
        import readline  # noqa: F401  (arrow keys and history)
    except ImportError:
        pass
    while True:
        try:
            yield input(PROMPT)
        except EOFError:
            print()
            return
        except UnicodeDecodeError:
            print("Không đọc được chữ vừa gõ: hãy đặt cửa sổ lệnh ở bảng mã UTF-8.")
