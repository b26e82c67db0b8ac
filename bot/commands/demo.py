"""`troly demo`: from a fresh clone to a conversation."""

from __future__ import annotations

import argparse

from bot import startup
from bot.commands import chat

NAME, HELP = "demo", "chuẩn bị mọi thứ (kho kế hoạch, mô hình) rồi mở cuộc trò chuyện"
EXAMPLES = """
Thử hỏi:
  • cơ quan nào chủ trì nhiệm vụ 18?
  • nhiệm vụ nào đến hạn trong năm 2025?
  • Sở Y tế chủ trì những nhiệm vụ nào?"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--province", default="hau-giang", help="tỉnh của người hỏi (mặc định: hau-giang)")
    parser.add_argument("--agency", help="cơ quan của người hỏi")


def run(args: argparse.Namespace) -> int:
    """Knowledge base, model, conversation."""
    startup.say("Bước 1/3: nạp các kế hoạch đi kèm.")
    engine = startup.knowledge_base(args.settings)
    startup.say("Bước 2/3: kiểm tra mô hình ngôn ngữ.")
    startup.model(args.settings)
    startup.say("Bước 3/3: mở cuộc trò chuyện.")
    assistant = startup.assistant(args.settings, engine)
    print(EXAMPLES)
    return chat.talk(assistant, province=args.province, agency=args.agency)
