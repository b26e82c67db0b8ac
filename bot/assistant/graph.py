"""Running the model's graph in a fixed order, worked out once.

Rasa's runner asks dask to schedule the same dozen nodes anew for every message and every prediction, and writes all
inputs into a debug line that nobody reads.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import rasa.shared.utils.io
from rasa.engine import loader
from rasa.engine.exceptions import GraphRunError
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.storage import ModelMetadata
from rasa.utils.common import TempDirectoryPath, get_temp_dir_name

from bot.assistant import rules


class StraightRunner(DaskGraphRunner):
    """Runs the nodes that a target needs one after the other; the same nodes, inputs and errors as Rasa's runner."""

    _orders: dict[tuple[str, ...], list[tuple[str, tuple[str, ...]]]]

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """The outputs of the target nodes by their names."""
        wanted = tuple(targets or self._graph_schema.target_names)
        results: dict[str, Any] = {name: (name, value) for name, value in (inputs or {}).items()}
        try:
            for name, needs in self._order(wanted):
                if name not in results:
                    results[name] = self._instantiated_nodes[name](*(results.get(need, need) for need in needs))
        except RuntimeError as error:
            raise GraphRunError("Error running runner.") from error
        return dict(results[name] for name in wanted)

    def _order(self, targets: tuple[str, ...]) -> list[tuple[str, tuple[str, ...]]]:
        orders = self.__dict__.setdefault("_orders", {})
        if targets not in orders:
            order: dict[str, tuple[str, ...]] = {}
            for target in targets:
                self._visit(target, order)
            orders[targets] = list(order.items())
        found: list[tuple[str, tuple[str, ...]]] = orders[targets]
        return found

    def _visit(self, name: str, order: dict[str, tuple[str, ...]]) -> None:
        node = self._graph_schema.nodes.get(name)
        if node is None or name in order:
            return
        for need in node.needs.values():
            self._visit(need, order)
        order[name] = tuple(node.needs.values())


class RunningStorage(LocalModelStorage):
    """Reads a model for answering: the graph that trained it is left unread, with all the classes it would import.

    Rasa's RulePolicy is replaced by ours, which predicts the same in less time.
    """

    @staticmethod
    def _load_metadata(directory: Path) -> ModelMetadata:
        serialized = rasa.shared.utils.io.read_json_file(directory / "metadata.json")
        running = rules.stand_in(serialized["predict_schema"])
        return ModelMetadata.from_dict({**serialized, "predict_schema": running, "train_schema": {"nodes": {}}})


def load(model: Path) -> tuple[ModelMetadata, StraightRunner]:
    """Unpack a model and make its runner. Raises tarfile.ReadError and what components raise."""
    with TempDirectoryPath(get_temp_dir_name()) as folder:
        metadata, runner = loader.load_predict_graph_runner(Path(folder), model, RunningStorage, StraightRunner)
    assert isinstance(runner, StraightRunner)
    return metadata, runner
