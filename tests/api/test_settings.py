"""Settings: what counts where nothing is set, what is refused and in which words, and the secret."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from api.settings import Settings, SettingsError, signing_secret


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("BATON_") or name in ("HOST", "PORT")]:
        monkeypatch.delenv(name)


def test_defaults() -> None:
    settings = Settings.read()
    assert settings.model_dump() == {
        "data": Path(".baton"),
        "mongodb_uri": None,
        "mongodb_database": "baton",
        "mongo_driver": "pymongo",
        "host": "127.0.0.1",
        "port": 8000,
        "ide": True,
        "allowed_origins": ("*",),
        "secret": None,
        "worker": True,
        "log_days": 7,
        "log_level": "info",
        "drain_seconds": 10.0,
    }


def test_everything_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "PORT": "0",
        "HOST": "::",
        "BATON_DATA": "elsewhere",
        "BATON_MONGODB_URI": "mongodb://user:password@host/",
        "BATON_MONGO_DRIVER": "motor",
        "BATON_IDE": "false",
        "BATON_ALLOWED_ORIGINS": "https://a.example, https://b.example/",
        "BATON_WORKER": "0",
        "BATON_LOG_DAYS": "30",
    }.items():
        monkeypatch.setenv(name, value)
    settings = Settings.read()
    assert (settings.port, settings.host, settings.data, settings.mongo_driver) == (0, "::", Path("elsewhere"), "motor")
    assert (settings.ide, settings.worker, settings.log_days) == (False, False, 30)
    assert settings.allowed_origins == ("https://a.example", "https://b.example")
    assert settings.mongodb_uri is not None
    assert settings.mongodb_uri.get_secret_value() == "mongodb://user:password@host/"


def test_empty_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "")
    monkeypatch.setenv("BATON_MONGODB_URI", "")
    settings = Settings.read()
    assert (settings.port, settings.mongodb_uri) == (8000, None)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("PORT", "http", "PORT cannot be used. Expected: a number from 0 to 65535; 0 takes any free port."),
        ("PORT", "65536", "PORT cannot be used. Expected: a number from 0 to 65535; 0 takes any free port."),
        ("BATON_MONGO_DRIVER", "pgmongo", "BATON_MONGO_DRIVER cannot be used. Expected: pymongo or motor."),
        (
            "BATON_MONGODB_DATABASE",
            "a.b",
            "BATON_MONGODB_DATABASE cannot be used. Expected: a name of at most 38 letters, digits, _ and -.",
        ),
        (
            "BATON_ALLOWED_ORIGINS",
            "shop.example",
            "BATON_ALLOWED_ORIGINS cannot be used. Expected: "
            "origins of web pages that may call, with commas between them (https://shop.example), or *.",
        ),
        (
            "BATON_LOG_DAYS",
            "0",
            "BATON_LOG_DAYS cannot be used. Expected: days, from 1 to 365, for which events can be replayed.",
        ),
        (
            "BATON_LOG_LEVEL",
            "loud",
            "BATON_LOG_LEVEL cannot be used. Expected: debug, info, warning or error.",
        ),
    ],
)
def test_a_bad_value_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, expected: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refusal:
        Settings.read()
    assert str(refusal.value) == expected


def test_all_bad_values_are_named_and_no_secret_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "x")
    monkeypatch.setenv("BATON_SECRET", "short-and-secret")
    with pytest.raises(SettingsError) as refusal:
        Settings.read()
    assert [line.split()[0] for line in str(refusal.value).splitlines()] == ["PORT", "BATON_SECRET"]
    assert "short-and-secret" not in str(refusal.value)


def test_no_secret_in_its_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATON_MONGODB_URI", "mongodb://user:hidden@host/")
    monkeypatch.setenv("BATON_SECRET", "hidden" * 10)
    assert "hidden" not in f"{Settings.read()!r} {Settings.read()}"


def test_the_secret_is_made_once_and_kept_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATON_DATA", str(tmp_path / "data"))
    settings = Settings.read()
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: signing_secret(settings), range(8)))
    assert len(set(made)) == 1
    assert len(made[0]) == 64
    assert signing_secret(settings) == made[0]
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret"]
    assert stat.S_IMODE((tmp_path / "data" / "secret").stat().st_mode) == 0o600


def test_a_secret_of_the_operator_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATON_DATA", str(tmp_path))
    monkeypatch.setenv("BATON_SECRET", "s" * 32)
    assert signing_secret(Settings.read()) == b"s" * 32
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_secret_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATON_DATA", str(tmp_path))
    (tmp_path / "secret").write_text("abc")
    with pytest.raises(SettingsError, match=r"secret is no secret of Baton's\. Remove it"):
        signing_secret(Settings.read())
