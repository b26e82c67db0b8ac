"""`troly outbox`: what waits to be sent, what could not be sent and why, and sending it after all."""

from __future__ import annotations

import argparse
from collections import Counter
from datetime import datetime

from bot.delivery.outbox import DeadLetter, Outbox
from bot.errors import OK, USAGE, Trouble
from bot.lines import HANOI
from knowledge.store import open_engine

NAME, HELP = "outbox", "tin chờ gửi và tin không gửi được; gửi lại"

_STATES = {"new": "chờ gửi", "working": "đang gửi", "sent": "đã gửi", "other": "cần gửi qua kênh khác", "dead": "không gửi được"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One action at most; without any, the counts."""
    action = parser.add_mutually_exclusive_group()
    action.add_argument("--dead", action="store_true", help="liệt kê các tin không gửi được, kèm lý do")
    action.add_argument(
        "--redrive", type=int, nargs="*", metavar="SỐ", help="gửi lại các tin không gửi được: những số này, hoặc tất cả nếu không ghi số")


def run(args: argparse.Namespace) -> int:
    """Count, list or send again; numbers that are no dead letters are USAGE."""
    outbox = Outbox(open_engine(args.settings.database_url))
    if args.redrive is not None:
        return _redrive(outbox, args.redrive)
    if args.dead:
        return _dead(outbox)
    return _count(outbox)


def _count(outbox: Outbox) -> int:
    counts = outbox.counts()
    if not counts:
        print("Chưa có tin nhắn nào trong hộp gửi.")
    for channel in sorted({channel for channel, _ in counts}):
        told = [f"{number} {name}" for state, name in _STATES.items() if (number := counts.get((channel, state)))]
        print(f"{channel}: {', '.join(told)}")
    return OK


def _dead(outbox: Outbox) -> int:
    found = outbox.dead()
    for letter in found:
        print(_line(letter))
    channels = Counter(letter.channel for letter in found)
    total = ", ".join(f"{channel} {number}" for channel, number in sorted(channels.items()))
    print(f"{len(found)} tin không gửi được ({total}). Gửi lại: troly outbox --redrive [SỐ…]" if found else "Không có tin nào hỏng.")
    return OK


def _line(letter: DeadLetter) -> str:
    day = datetime.fromtimestamp(letter.at, HANOI).strftime("%d/%m/%Y %H:%M")
    note = "  (đã xóa nội dung, không gửi lại được)" if letter.erased else ""
    return f"{letter.id}  {day}  {letter.conversation}  {letter.reason}{note}"


def _redrive(outbox: Outbox, ids: list[int]) -> int:
    done = outbox.redrive(ids or None)
    if done < len(set(ids)):
        raise Trouble(f"Đã đưa {done} tin trở lại hàng chờ; các số còn lại không phải tin gửi lại được. Xem: troly outbox --dead", USAGE)
    print(f"Đã đưa {done} tin trở lại hàng chờ gửi.")
    return OK
