"""`troly ask`: one question, or a file of them, answered as text or as records."""

from __future__ import annotations

import argparse
import asyncio
import sys
from typing import Any

from bot import errors, lines, startup
from bot.assistant import records
from bot.errors import Trouble

NAME, HELP = "ask", """hỏi một câu, hoặc nhiều câu từ tệp JSONL

  troly ask "cơ quan nào chủ trì nhiệm vụ 18?"
  troly ask --json "…"
  troly ask --jsonl [--now 2025-05-20T09:00:00+07:00] < in.jsonl > out.jsonl"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("text", nargs="*", help="câu hỏi")
    parser.add_argument("--json", action="store_true", help="in bản ghi trả lời dạng JSON thay cho văn bản")
    parser.add_argument("--jsonl", action="store_true", help="đọc mỗi dòng một câu hỏi JSON từ đầu vào, in mỗi dòng một bản ghi")
    parser.add_argument("--now", help="đặt đồng hồ, ví dụ 2025-05-20T09:00:00+07:00")
    parser.add_argument("--province", help="tỉnh của người hỏi, ví dụ hau-giang")
    parser.add_argument("--agency", help="cơ quan của người hỏi, ví dụ “Sở Y tế”")


def run(args: argparse.Namespace) -> int:
    """Answer; exit 1 if the one question ended in an error."""
    now = _clock(args.now)
    if args.jsonl:
        if args.text:
            raise Trouble("troly ask --jsonl đọc câu hỏi từ đầu vào chuẩn, không nhận câu hỏi trên dòng lệnh.", errors.USAGE)
        return asyncio.run(_answer_lines(args, now))
    if not args.text:
        raise Trouble("Thiếu câu hỏi. Ví dụ: troly ask \"cơ quan nào chủ trì nhiệm vụ 18?\"", errors.USAGE)
    return asyncio.run(_answer_one(args, now))


def _clock(given: str | None) -> str | None:
    try:
        return lines.moment(given) if given else None
    except ValueError:
        raise Trouble(f"--now “{given}” không phải thời điểm: hãy viết dạng 2025-05-20T09:00:00+07:00.", errors.USAGE) from None


def _ready(args: argparse.Namespace) -> Any:
    """The assistant with conversations in memory: those of one run must not reach into the next."""
    startup.knowledge_base(args.settings)
    return startup.assistant(args.settings)


async def _answer_one(args: argparse.Namespace, now: str | None) -> int:
    who = {"now": now, "province": args.province, "agency": args.agency}
    record = await _ready(args).answer(" ".join(args.text), metadata={k: v for k, v in who.items() if v})
    print(records.to_json(record) if args.json else record["text"])
    return errors.FAILED if record["outcome"] == "error" else errors.OK


async def _answer_lines(args: argparse.Namespace, now: str | None) -> int:
    assistant = _ready(args)
    default = {k: v for k, v in (("province", args.province), ("agency", args.agency)) if v}
    for line in lines.read(sys.stdin.buffer, now):
        if isinstance(line, lines.Unreadable):
            record: records.Record = {"id": line.id, "outcome": "error", "error": line.reason}
        else:
            record = await assistant.answer(
                line.text, id=line.id, conversation=line.conversation, metadata={**default, **(line.metadata or {})})
        sys.stdout.write(records.to_json(record) + "\n")
        sys.stdout.flush()
    return errors.OK
