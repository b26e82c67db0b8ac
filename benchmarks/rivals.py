"""What `troly evaluate --compare` sets beside the assistant: the pipeline that `rasa init` generates, and the search alone.

Both get the same questions, and the stock pipeline the same training data, domain and actions.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.processes import WorkFailed, action_server, environment_of
from benchmarks.sides import Stock
from bot.assistant import freshness, records
from bot.lines import Line
from bot.settings import Settings
from knowledge.services.ask.base import KnowledgeBase
from knowledge.text.normalize import clean

#: The search alone answers with its best row from this share of the question's words on; below, it says that nothing fits.
SURE = 0.5


@dataclass(frozen=True)
class SearchAlone:
    """No understanding of the question at all: its words are looked for, and the best row's facts are the answer."""

    kb: KnowledgeBase

    async def ask(self, line: Line) -> records.Record:
        """The record of one line."""
        province = (line.metadata or {}).get("province")
        hits = self.kb.search(clean(line.text), wanted=self.kb.in_scope(province))
        if not hits or hits[0].coverage < SURE:
            return records.make("not_found", "Không tìm thấy.")
        return {**records.make("answer", hits[0].row.name), "refs": [hits[0].row.ref], "facts": hits[0].row.facts()}


class StockAssistant:
    """The stock pipeline in a process of its own: it needs TensorFlow, which our process leaves out."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    async def ask(self, line: Line) -> records.Record:
        """The record of one line; what has none (a response of Rasa's own) is made one. Raises WorkFailed."""
        sent = {"text": line.text, "conversation": line.conversation or line.id, "metadata": line.metadata or {}}
        return dict((await asyncio.to_thread(self._call, sent))["record"])

    async def classify(self, sentence: str) -> tuple[str, float]:
        """The intent of a sentence and its probability. Raises WorkFailed."""
        found = await asyncio.to_thread(self._call, {"text": sentence})
        return str(found["intent"]), float(found["confidence"])

    def _call(self, sent: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(sent) + "\n")
        self._process.stdin.flush()
        for line in self._process.stdout:
            if line.startswith("{"):
                return dict(json.loads(line))
        raise WorkFailed("the stock pipeline ended early")


@contextmanager
def stock_assistant(settings: Settings, epochs: int | None = None) -> Iterator[StockAssistant]:
    """The stock pipeline, answering. Trained first if it never was on this data (hours; `epochs`: fewer rounds); the model is kept."""
    kept = settings.var / "stock" / f"{freshness.data_digest(settings)[:16]}-{epochs or 'all'}.tar.gz"
    with tempfile.TemporaryDirectory(prefix="troly-stock-") as name:
        side = Stock(settings, Path(name), Path(name) / "none", epochs)
        if not kept.exists():
            side.train()
            kept.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(side.model, kept)
        environment = {**side.environment, "TROLY_DATABASE_URL": settings.database_url}
        with action_server(settings.actions, Path(name), environment) as (url, _), (Path(name) / "stock.log").open("w") as log:
            command = [sys.executable, "-m", "benchmarks.stock_worker", str(kept), url]
            process = subprocess.Popen(
                command, env=environment_of(environment), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
                text=True, encoding="utf-8")
            try:
                yield StockAssistant(process)
            finally:
                process.kill()
                process.communicate()
