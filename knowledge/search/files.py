"""A segment in a folder: one file an array, mapped into memory when opened, so that opening costs next to nothing.

The pages of the files are shared by all processes on the machine and leave memory when it is needed elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge.search.packing import Packer
from knowledge.search.segment import Segment

#: Raised when what the arrays hold changes; a folder of another form is not opened.
FORM = 2
_ARRAYS = ("token_key", "offsets", "forward", "kinds", "ids", "starts", "postings", "frequency", "dense", "bits", "pairs")
_ABOUT = "about.json"


class NoSegment(Exception):
    """There is no whole segment in the folder."""


@contextmanager
def packing(folder: Path, **about: Any) -> Iterator[Packer]:
    """A packer whose rows are a segment in the (new) folder when the block ends. `about` is kept with it."""
    folder.mkdir(parents=True)
    packer = Packer(folder)
    yield packer
    segment = packer.finish()
    for name in _ARRAYS:
        values = np.ascontiguousarray(getattr(segment, name))
        if isinstance(getattr(segment, name), np.memmap):
            getattr(segment, name).flush()
        else:
            values.tofile(folder / f"{name}.bin")
    for name in ("tokens", "keys"):
        (folder / f"{name}.txt").write_text("\n".join(getattr(segment, name)), encoding="utf-8")
    shapes = {name: [getattr(segment, name).dtype.str, *getattr(segment, name).shape] for name in _ARRAYS}
    data = {"form": FORM, "shapes": shapes, "plans": segment.plans, "about": about}
    # Last: a folder with this file is whole.
    (folder / _ABOUT).write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")


def read_about(folder: Path) -> dict[str, Any]:
    """What was kept with a segment. Raises NoSegment."""
    return dict(_data(folder)["about"])


def open_segment(folder: Path, gone: frozenset[str] = frozenset()) -> Segment:
    """The segment of a folder; the plans `gone` are never found in it. Raises NoSegment."""
    data = _data(folder)
    try:
        arrays = {name: _mapped(folder / f"{name}.bin", *data["shapes"][name]) for name in _ARRAYS}
        tokens, keys = ((folder / f"{name}.txt").read_text(encoding="utf-8").splitlines() for name in ("tokens", "keys"))
    except (OSError, ValueError) as error:
        raise NoSegment(str(folder)) from error
    plans = {plan: (first, last) for plan, (first, last) in data["plans"].items()}
    return Segment(tokens=tokens, keys=keys, plans=plans, gone=gone, **arrays)


def _data(folder: Path) -> dict[str, Any]:
    try:
        data = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise NoSegment(str(folder)) from error
    if data.get("form") != FORM:
        raise NoSegment(str(folder))
    return dict(data)


def _mapped(path: Path, dtype: str, *shape: int) -> npt.NDArray[Any]:
    if not np.prod(shape):
        return np.zeros(shape, dtype)
    # As a plain array: every slice of a memmap is a memmap, which is slow to make.
    return np.asarray(np.memmap(path, dtype=dtype, mode="r", shape=tuple(shape)))
