"""The database for a command: opened, up to date, with the shipped plans in it."""

from __future__ import annotations

from sqlalchemy import Engine

from bot.settings import load
from knowledge.services.importing import import_shipped
from knowledge.store import migrate, open_engine

BAD_INPUT, BAD_DATABASE = 2, 3  # exit codes


def open_database(*, shipped: bool = True) -> Engine:
    """An engine ready for use. Raises StoreError with a Vietnamese sentence."""
    engine = open_engine(load().database_url)
    migrate(engine)
    if shipped:
        import_shipped(engine)
    return engine
