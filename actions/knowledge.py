"""The knowledge base of this process, as new as the database: rebuilt when another process accepted a plan."""

from __future__ import annotations

import threading
import time

from bot.settings import load
from knowledge.services.ask.base import KnowledgeBase
from knowledge.services.ask.loading import load_knowledge, revision
from knowledge.store.engine import open_engine

CHECK_EVERY = 1.0

_lock = threading.Lock()
_state: tuple[KnowledgeBase, float] | None = None


def knowledge_base() -> KnowledgeBase:
    """The current knowledge base; looks for a newer one at most once a second."""
    global _state
    if _state is not None and time.monotonic() - _state[1] < CHECK_EVERY:
        return _state[0]
    with _lock:
        engine = open_engine(load().database_url)
        if _state is None or revision(engine) != _state[0].revision:
            _state = (load_knowledge(engine), time.monotonic())
        else:
            _state = (_state[0], time.monotonic())
        return _state[0]


def forget() -> None:
    """Drops the knowledge base; the next question loads it anew (for tests and after a change of database)."""
    global _state
    with _lock:
        _state = None
