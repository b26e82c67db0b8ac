"""Training in process, when the model is older than its data."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import yaml

from bot import logs
from bot.assistant import freshness
from bot.settings import Settings

log = logging.getLogger(__name__)
Say = Callable[[str], None]


class TrainingFailed(Exception):
    """No model could be made; `str()` is one Vietnamese line for the person."""


def ensure_model(settings: Settings, say: Say) -> bool:
    """Train unless the model is fresh; True if it was trained. `say` gets Vietnamese lines about progress."""
    if freshness.is_fresh(settings):
        return False
    if settings.model.exists() and freshness.read_note(settings.model).get("data") == freshness.digest(settings):
        say("Tệp mô hình bị hỏng, huấn luyện lại…")
    train(settings, say)
    return True


def train(settings: Settings, say: Say) -> None:
    """Train a model from the project's data, put it in place in one step, and note what it was made from.

    Raises TrainingFailed.
    """
    _check_project(settings)
    logs.quiet_libraries()
    say("Đang huấn luyện mô hình ngôn ngữ (thường dưới một phút)…")
    start, data = time.perf_counter(), freshness.digest(settings)
    settings.model.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.model.parent, prefix=".training-") as folder:
        trained = _run_rasa(settings, Path(folder))
        os.replace(trained, settings.model)
    freshness.write_note(settings, data)
    say(f"Đã huấn luyện xong sau {time.perf_counter() - start:.0f} giây.")


def _check_project(settings: Settings) -> None:
    for path in (settings.config, settings.domain, settings.training_data):
        if not path.exists():
            raise TrainingFailed(f"Không tìm thấy {path}: thiếu dữ liệu huấn luyện, hãy lấy lại mã nguồn đầy đủ.")
    for path in sorted(settings.training_data.rglob("*.yml")):
        _check_yaml(path)


def _check_yaml(path: Path) -> None:
    # Rasa passes over a training file that it cannot parse, and trains without it.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        yaml.load(path.read_text(encoding="utf-8"), loader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}, dòng {mark.line + 1}" if mark else str(path)
        raise TrainingFailed(f"Không huấn luyện được mô hình: tệp {where} không phải YAML hợp lệ.") from error


def _run_rasa(settings: Settings, folder: Path) -> Path:
    """Rasa's own training into `folder`, its chatter in the log."""
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed), _in_folder(folder):
            import rasa.model_training

            logs.quiet_structlog()
            result = rasa.model_training.train(
                domain=str(settings.domain),
                config=str(_config_copy(settings, folder)),
                training_files=str(settings.training_data),
                output=str(folder),
                fixed_model_name="model",
                force_training=True,
            )
    except (Exception, SystemExit) as error:
        log.exception("training failed; Rasa printed:\n%s", printed.getvalue())
        why = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise TrainingFailed(f"Không huấn luyện được mô hình: {why} (chi tiết trong {settings.log_file}).") from error
    log.info("Rasa printed:\n%s", printed.getvalue())
    if not result.model or result.code:
        raise TrainingFailed(f"Không huấn luyện được mô hình (chi tiết trong {settings.log_file}).")
    return Path(result.model)


def _config_copy(settings: Settings, folder: Path) -> Path:
    # Rasa writes what it chose itself into the config file it is given.
    return Path(shutil.copy(settings.config, folder / "config.yml"))


@contextlib.contextmanager
def _in_folder(folder: Path) -> Iterator[None]:
    # Rasa keeps its cache in the current folder.
    before = os.getcwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
