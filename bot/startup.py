"""Getting ready: the knowledge base, a fresh model, the assistant. What each command needs, in the order it needs it."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from bot.errors import UNAVAILABLE, Trouble
from bot.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from bot.assistant.assistant import Assistant


def say(line: str) -> None:
    """One line of progress for the person; standard output stays free for answers."""
    print(line, file=sys.stderr, flush=True)


def knowledge_base(settings: Settings) -> Engine:
    """The database, its tables up to date and the shipped plans in it. Raises StoreError (Vietnamese)."""
    from knowledge.services.importing import import_shipped
    from knowledge.store import migrate, open_engine

    engine = open_engine(settings.database_url)
    migrate(engine)
    report = import_shipped(engine)
    if report.imported:
        say(f"Đã nạp {len(report.imported)} văn bản vào kho kế hoạch.")
    for plan, reason in report.failed.items():
        say(f"Chưa nạp được “{plan}”: {reason}")
    return engine


def model(settings: Settings) -> None:
    """Train the model if it is missing, damaged or older than its data. Raises Trouble."""
    from bot.assistant import freshness

    if not freshness.is_fresh(settings):
        from bot.assistant import training

        try:
            training.ensure_model(settings, say)
        except training.TrainingFailed as error:
            raise Trouble(str(error), UNAVAILABLE) from error


def assistant(settings: Settings, engine: Engine | None = None) -> Assistant:
    """The assistant on a fresh model. `engine` keeps its conversations; None keeps them in memory. Raises Trouble."""
    from bot.assistant import light

    model(settings)
    start = time.perf_counter()
    say("Đang khởi động trợ lý (khoảng 10 giây)…")
    light.prepare(settings)
    from bot.assistant.assistant import Assistant, ModelUnusable

    try:
        loaded = Assistant.load(settings, engine)
    except ModelUnusable as error:
        raise Trouble(
            f"Không nạp được mô hình {settings.model.name}: hãy chạy “./troly train --force” để huấn luyện lại.", UNAVAILABLE
        ) from error
    loaded.warm_up()
    say(f"Trợ lý đã sẵn sàng sau {time.perf_counter() - start:.0f} giây.")
    return loaded
