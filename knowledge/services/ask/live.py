"""The knowledge base of a running process: always there at once, and as new as the database within two seconds."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from sqlalchemy import Engine

from knowledge.entities.finder import put_in_use
from knowledge.services.ask.base import KnowledgeBase
from knowledge.services.ask.loading import load_knowledge
from knowledge.services.ask.rebuild import rebuild
from knowledge.services.ask.rehearsal import rehearse
from knowledge.services.ask.stored import needs_build
from knowledge.store.watch import watch

_log = logging.getLogger(__name__)
CHECK_EVERY = 0.5
_TRY_AGAIN = 1.0
_SETTLED = 3.0  # whoever starts the program for one question need not share the processor with a rehearsal


class LiveKnowledge:
    """A knowledge base that follows its database in a thread of its own.

    Whoever asks gets the newest state that is ready; the next one is loaded beside it and put in its place when it is whole.
    """

    def __init__(self, engine: Engine, folder: Path | None = None, check_every: float = CHECK_EVERY) -> None:
        self._engine, self._folder, self._check_every = engine, folder, check_every
        self._take(load_knowledge(engine, folder))
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="knowledge", daemon=True)
        self._thread.start()
        threading.Thread(target=self._rehearse, name="rehearsal", daemon=True).start()

    @property
    def current(self) -> KnowledgeBase:
        """The newest state that is ready."""
        return self._current

    def close(self) -> None:
        """Follows no more; what was given out stays usable."""
        self._stop.set()
        self._thread.join(timeout=10)

    def _rehearse(self) -> None:
        if self._stop.wait(_SETTLED):
            return
        try:
            rehearse(self._current)
        except Exception:  # noqa: BLE001 - nobody asked; who asks is answered or told
            _log.exception("the rehearsal failed")

    def _follow(self) -> None:
        if self._outgrown():
            self._renew(self._current.revision)
        watch(self._engine, self._renew, self._stop, self._check_every, self._current.revision)

    def _renew(self, revision: int) -> None:
        """Loads the state of the database; tries until it succeeds or a newer one is asked for by the next call."""
        while not self._stop.is_set():
            try:
                self._load()
                return
            except Exception:  # noqa: BLE001 - see below
                # The old state still answers; without this thread nothing new would ever be known.
                _log.exception("revision %s could not be loaded", revision)
                self._stop.wait(_TRY_AGAIN)

    def _load(self) -> None:
        if self._folder and needs_build(self._engine, self._folder):
            rebuild(self._engine, self._folder)
        self._take(load_knowledge(self._engine, self._folder, before=self._current))
        if self._folder and self._outgrown() and rebuild(self._engine, self._folder):
            self._take(load_knowledge(self._engine, self._folder, before=self._current))

    def _outgrown(self) -> bool:
        return self._current.stored is not None and self._current.stored.outgrown

    def _take(self, loaded: KnowledgeBase) -> None:
        put_in_use(loaded.finder)
        self._current = loaded
