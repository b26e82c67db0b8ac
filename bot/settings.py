"""Where things are and what the environment says about them. Nothing is read or made at import.

Every setting has a default that works on a fresh clone; the environment variables are listed in `VARIABLES`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

VARIABLES = {
    "TROLY_DATABASE_URL": "cơ sở dữ liệu (mặc định: tệp SQLite var/troly.db; nhiều tiến trình: postgresql+psycopg://…)",
    "TROLY_MODEL": "tệp mô hình (mặc định: models/troly.tar.gz)",
    "TROLY_VAR": "thư mục chứa dữ liệu phát sinh và nhật ký (mặc định: var)",
    "TROLY_LOG_LEVEL": "mức ghi nhật ký: DEBUG, INFO, WARNING, ERROR (mặc định: WARNING; máy chủ: INFO)",
    "TROLY_PROJECT": "thư mục chứa config.yml, domain.yml, nlu_data (mặc định: thư mục gốc của dự án)",
    "TROLY_ACTIONS": "gói Python chứa các hành động (mặc định: actions)",
    "TROLY_LIGHT": "0 = luôn nạp TensorFlow, kể cả khi mô hình không dùng đến (mặc định: 1)",
}


@dataclass(frozen=True)
class Settings:
    """Paths and choices of one run.

    `project` holds the Rasa project: config.yml, domain.yml, nlu_data/.
    """

    root: Path = ROOT
    project: Path = ROOT
    var: Path = ROOT / "var"
    model: Path = ROOT / "models" / "troly.tar.gz"
    database_url: str = f"sqlite:///{(ROOT / 'var' / 'troly.db').as_posix()}"
    actions: str = "actions"
    log_level: str = "WARNING"
    light: bool = True

    @property
    def config(self) -> Path:
        """Rasa's pipeline and policies."""
        return self.project / "config.yml"

    @property
    def domain(self) -> Path:
        """Rasa's domain."""
        return self.project / "domain.yml"

    @property
    def training_data(self) -> Path:
        """Training sentences, rules and stories."""
        return self.project / "nlu_data"

    @property
    def log_file(self) -> Path:
        """Where everything goes that is for developers, tracebacks above all."""
        return self.var / "troly.log"


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings that the environment asks for; an empty variable counts as absent."""
    env = {k: v for k, v in (os.environ if environ is None else environ).items() if v}
    var = Path(env.get("TROLY_VAR", ROOT / "var")).resolve()
    return Settings(
        project=Path(env.get("TROLY_PROJECT", ROOT)).resolve(),
        var=var,
        model=Path(env.get("TROLY_MODEL", ROOT / "models" / "troly.tar.gz")).resolve(),
        database_url=env.get("TROLY_DATABASE_URL", f"sqlite:///{(var / 'troly.db').as_posix()}"),
        actions=env.get("TROLY_ACTIONS", "actions"),
        log_level=env.get("TROLY_LOG_LEVEL", "WARNING").upper(),
        light=env.get("TROLY_LIGHT", "1") != "0",
    )
