"""The server's settings: read, refused by name, documented."""

from __future__ import annotations

import re
import secrets
from pathlib import Path

import pytest

from bot.commands.doctor import known_variables
from bot.server import config
from bot.server.config import BadSettings
from bot.settings import ROOT

SECRET = secrets.token_urlsafe(48)


def test_everything_has_a_default_on_this_machine(tmp_path: Path) -> None:
    found = config.load({}, tmp_path)
    assert (found.host, found.port, found.public_mode, found.metrics_token, found.grace) == ("127.0.0.1", 8080, False, None, 20)
    assert len(found.secret) >= 32 and not found.secure


def test_a_secret_of_its_own_is_kept_and_private(tmp_path: Path) -> None:
    first, second = config.load({}, tmp_path), config.load({}, tmp_path)
    assert first.secret == second.secret
    assert (tmp_path / "secret").stat().st_mode & 0o077 == 0


def test_all_variables_are_read(tmp_path: Path) -> None:
    found = config.load({
        "TROLY_HOST": "0.0.0.0", "TROLY_PORT": "9000", "TROLY_PUBLIC_URL": "https://troly.tinh.gov.vn/", "TROLY_SECRET": SECRET,
        "TROLY_PUBLIC_MODE": "1", "TROLY_METRICS_TOKEN": "0123456789abcdef", "TROLY_RETENTION_DAYS": "30",
        "TROLY_TRUSTED_PROXY": "10.0.0.5, 10.1.0.0/16", "TROLY_GRACE_SECONDS": "7", "TROLY_WORKERS": "3",
        "TROLY_CONNECTIONS_PER_ADDRESS": "9", "TROLY_MESSAGES_PER_MINUTE": "5", "TROLY_REQUESTS_PER_SECOND": "6",
    }, tmp_path)
    assert (found.host, found.port, found.public_url, found.secret) == ("0.0.0.0", 9000, "https://troly.tinh.gov.vn", SECRET)
    assert found.public_mode and found.secure and found.metrics_token == "0123456789abcdef" and found.retention_days == 30
    assert [str(network) for network in found.trusted_proxies] == ["10.0.0.5/32", "10.1.0.0/16"]
    assert (found.grace, found.workers, found.connections_per_address) == (7, 3, 9)
    assert (found.messages_per_minute, found.requests_per_second) == (5, 6)
    assert not (tmp_path / "secret").exists()


@pytest.mark.parametrize("reachable", [
    {"TROLY_HOST": "0.0.0.0"}, {"TROLY_HOST": "::"}, {"TROLY_HOST": "10.0.0.1"}, {"TROLY_PUBLIC_URL": "https://a.vn"},
    {"TROLY_TRUSTED_PROXY": "127.0.0.1"},
])
@pytest.mark.parametrize("secret", ["", "ngắn", "a" * 40, "abababab" * 6])
def test_a_server_that_others_reach_needs_a_strong_secret(reachable: dict[str, str], secret: str, tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="TROLY_SECRET"):
        config.load({**reachable, "TROLY_SECRET": secret}, tmp_path)
    assert config.load({**reachable, "TROLY_SECRET": SECRET}, tmp_path).secret == SECRET


def test_a_weak_secret_is_refused_even_alone_and_never_shown(tmp_path: Path) -> None:
    with pytest.raises(BadSettings) as refused:
        config.load({"TROLY_SECRET": "matkhau-cua-toi"}, tmp_path)
    assert "TROLY_SECRET" in str(refused.value) and "matkhau" not in str(refused.value)


@pytest.mark.parametrize(("name", "value"), [
    ("TROLY_PORT", "abc"), ("TROLY_PORT", "70000"), ("TROLY_PORT", "-1"), ("TROLY_PORT", "٨٠٨٠"), ("TROLY_PUBLIC_URL", "troly.vn"),
    ("TROLY_PUBLIC_URL", "https://[x"), ("TROLY_PUBLIC_MODE", "có"), ("TROLY_METRICS_TOKEN", "ngắn"), ("TROLY_RETENTION_DAYS", "-3"),
    ("TROLY_TRUSTED_PROXY", "proxy.vn"), ("TROLY_GRACE_SECONDS", "0"), ("TROLY_WORKERS", "0"),
    ("TROLY_CONNECTIONS_PER_ADDRESS", "0"), ("TROLY_MESSAGES_PER_MINUTE", "nhiều"), ("TROLY_REQUESTS_PER_SECOND", "0"),
])
def test_a_wrong_value_is_named(name: str, value: str, tmp_path: Path) -> None:
    with pytest.raises(BadSettings) as refused:
        config.load({"TROLY_SECRET": SECRET, name: value}, tmp_path)
    assert len(refused.value.problems) == 1 and refused.value.problems[0].startswith(name)


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(BadSettings) as refused:
        config.load({"TROLY_HOST": "0.0.0.0", "TROLY_PORT": "x", "TROLY_WORKERS": "y"}, tmp_path)
    assert all(name in str(refused.value) for name in ("TROLY_SECRET", "TROLY_PORT", "TROLY_WORKERS"))


def test_a_damaged_or_unwritable_own_secret_is_told(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    with pytest.raises(BadSettings, match="secret"):
        config.load({}, tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(BadSettings, match="TROLY_SECRET"):
        config.load({}, tmp_path / "file")


def test_the_env_file_fills_in_what_the_environment_does_not_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TROLY_PORT", "1111")
    monkeypatch.setenv("TROLY_HOST", "to be removed")
    monkeypatch.delenv("TROLY_HOST")
    (tmp_path / ".env").write_text("TROLY_PORT=2222\nTROLY_HOST='127.0.0.2'\n", encoding="utf-8")
    assert config.read_env_file(tmp_path / ".env") and not config.read_env_file(tmp_path / "none")
    found = config.load(var=tmp_path)
    assert (found.port, found.host) == (1111, "127.0.0.2")


def test_the_example_documents_every_variable_and_invents_none() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    shown = [match[1] for line in lines if (match := re.match(r"#?\s?(TROLY_[A-Z_]+)=", line))]
    assert sorted(shown) == sorted(known_variables())


def test_every_variable_that_the_code_reads_is_documented() -> None:
    known = known_variables()
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "bot").rglob("*.py")]
    read = {name for text in texts for name in re.findall(r"\bTROLY_[A-Z_]+", text)}
    assert {name for name in read if not any(of_code.startswith(name) for of_code in known)} == set()


def test_the_example_itself_starts_and_gives_no_secret(tmp_path: Path) -> None:
    from dotenv import dotenv_values

    values = {name: value or "" for name, value in dotenv_values(ROOT / ".env.example").items()}
    assert config.load(values, tmp_path).port == 8080
    assert not any(values.get(name) for name in known_variables() if re.search("SECRET|TOKEN|KEY", name))
