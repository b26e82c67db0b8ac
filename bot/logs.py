"""Logging: everything to the log file, nothing to the person's terminal; and silence from the libraries."""

from __future__ import annotations

import logging
import logging.handlers
import os
import warnings

from bot.settings import Settings

_QUIET = ("matplotlib", "h5py", "tensorflow", "absl", "asyncio", "sqlalchemy", "rasa", "rasa_sdk", "apscheduler", "numba")
_ENVIRONMENT = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "LOG_LEVEL_LIBRARIES": "ERROR",
    "TOKENIZERS_PARALLELISM": "false",
}


def quiet_libraries() -> None:
    """Turn off telemetry, progress bars and start-up noise. Call before Rasa or TensorFlow is imported."""
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    warnings.filterwarnings("ignore")


def set_up(settings: Settings) -> None:
    """Send all logging to `var/troly.log` (5 files of 2 MB); libraries speak only from WARNING on.

    Where the file cannot be written, logging is dropped rather than shown to the person.
    """
    quiet_libraries()
    level = getattr(logging, settings.log_level, logging.WARNING)
    root = logging.getLogger()
    for handler in list(root.handlers):
        root.removeHandler(handler)
    root.addHandler(_file_handler(settings))
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    logging.captureWarnings(True)


def quiet_structlog() -> None:
    """Rasa logs half of its lines through structlog, which prints to the terminal unless told otherwise.

    Called by whoever is about to run Rasa; commands that do without it are spared the import.
    """
    import structlog

    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, structlog.stdlib.render_to_log_kwargs],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _file_handler(settings: Settings) -> logging.Handler:
    try:
        settings.var.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = logging.handlers.RotatingFileHandler(
            settings.log_file, maxBytes=2_000_000, backupCount=4, encoding="utf-8", delay=True
        )
    except OSError:
        return logging.NullHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    return handler
