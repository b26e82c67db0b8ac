"""The knowledge base of this process: loaded by the first question, then as new as the database without anyone waiting."""

from __future__ import annotations

import threading

from bot.settings import load
from knowledge.services.ask.base import KnowledgeBase
from knowledge.services.ask.live import LiveKnowledge
from knowledge.store.engine import open_engine

_lock = threading.Lock()
_live: LiveKnowledge | None = None


def knowledge_base() -> KnowledgeBase:
    """The current knowledge base. Only the first call takes time."""
    global _live
    live = _live
    if live is None:
        with _lock:
            if _live is None:
                settings = load()
                _live = LiveKnowledge(open_engine(settings.database_url), settings.var / "index")
            live = _live
    return live.current


def forget() -> None:
    """Drops the knowledge base; the next question loads it anew (for tests and after a change of database)."""
    global _live
    with _lock:
        live, _live = _live, None
    if live is not None:
        live.close()
