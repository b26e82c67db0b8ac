"""`troly train`: make the language model, if it is older than its data."""

from __future__ import annotations

import argparse

from bot import errors, startup
from bot.errors import Trouble

NAME, HELP = "train", "huấn luyện mô hình ngôn ngữ nếu dữ liệu đã thay đổi"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--force", action="store_true", help="huấn luyện lại dù dữ liệu không đổi")
    parser.add_argument("--check", action="store_true", help="chỉ kiểm tra: mã thoát 1 nếu mô hình đã cũ")


def run(args: argparse.Namespace) -> int:
    """Train, or tell whether it would."""
    from bot.assistant import freshness

    fresh = freshness.is_fresh(args.settings)
    if args.check:
        startup.say("Mô hình còn mới." if fresh else "Mô hình chưa có hoặc đã cũ so với dữ liệu.")
        return errors.OK if fresh else errors.FAILED
    if fresh and not args.force:
        startup.say("Mô hình còn mới, không cần huấn luyện lại.")
        return errors.OK
    from bot.assistant import training

    try:
        training.train(args.settings, startup.say)
    except training.TrainingFailed as error:
        raise Trouble(str(error), errors.UNAVAILABLE) from error
    return errors.OK
