"""Is the model as new as what it is made from? Answered without importing Rasa, from hashes beside the model."""

from __future__ import annotations

import hashlib
import json
import sys
import tarfile
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from bot.settings import ROOT, Settings

_VERSIONS = ("rasa", "scikit-learn", "spacy", "underthesea", "numpy")
_CODE = ("bot/nlu", "knowledge/text")
_DATA_SUFFIXES = (".yml", ".yaml", ".json", ".txt", ".tsv", ".csv")


def digest(settings: Settings) -> str:
    """One hash over everything that the model is made from: pipeline, domain, data, our components, versions."""
    return _hash_of(_ingredients(settings))


def data_digest(settings: Settings) -> str:
    """One hash over the domain and the training data alone: what any pipeline would be trained on."""
    return _hash_of(_data(settings))


def is_fresh(settings: Settings) -> bool:
    """Whether the model is there, readable, and made from the present data."""
    note = read_note(settings.model)
    return bool(note) and note.get("data") == digest(settings) and is_readable(settings.model, note)


def is_readable(model: Path, note: dict[str, Any]) -> bool:
    """Whether the model file is the one that was written: right size, right content."""
    try:
        return model.stat().st_size == note.get("bytes") and _hash_file(model) == note.get("model")
    except OSError:
        return False


def write_note(settings: Settings, data: str) -> None:
    """Note beside the model what it was made from, what it is, and which component classes it needs."""
    model = settings.model
    note = {"data": data, "model": _hash_file(model), "bytes": model.stat().st_size, "components": components(model)}
    note_path(model).write_text(json.dumps(note, indent=1), encoding="utf-8")


def read_note(model: Path) -> dict[str, Any]:
    """What stands beside the model; empty if nothing usable does."""
    try:
        note = json.loads(note_path(model).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return note if isinstance(note, dict) else {}


def note_path(model: Path) -> Path:
    """`models/troly.tar.gz` → `models/troly.tar.gz.hash`."""
    return model.with_name(model.name + ".hash")


def components(model: Path) -> list[str]:
    """The component classes that a trained model runs with, as `module.Class`, sorted. Raises tarfile.TarError, OSError."""
    with tarfile.open(model) as archive:
        member = next((m for m in archive.getmembers() if m.name.endswith("metadata.json")), None)
        file = archive.extractfile(member) if member else None
        metadata = json.load(file) if file else {}
    nodes = (metadata.get("predict_schema") or {}).get("nodes") or {}
    return sorted({node["uses"] for node in nodes.values()})


def _hash_of(parts: Iterable[tuple[str, bytes]]) -> str:
    total = hashlib.blake2b(digest_size=20)
    for name, content in parts:
        total.update(f"{name}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()


def _data(settings: Settings) -> Iterator[tuple[str, bytes]]:
    yield settings.domain.name, settings.domain.read_bytes() if settings.domain.exists() else b""
    for path in sorted(p for p in settings.training_data.rglob("*") if p.suffix in _DATA_SUFFIXES):
        yield path.relative_to(settings.training_data).as_posix(), path.read_bytes()


def _ingredients(settings: Settings) -> Iterator[tuple[str, bytes]]:
    yield settings.config.name, settings.config.read_bytes() if settings.config.exists() else b""
    yield from _data(settings)
    for folder in _CODE:
        for path in sorted(p for p in (ROOT / folder).rglob("*") if p.suffix in (".py", *_DATA_SUFFIXES)):
            yield path.relative_to(ROOT).as_posix(), path.read_bytes()
    yield "versions", json.dumps([sys.version_info[:2], *((name, _version(name)) for name in _VERSIONS)]).encode()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _hash_file(path: Path) -> str:
    total = hashlib.blake2b(digest_size=20)
    with path.open("rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            total.update(block)
    return total.hexdigest()
