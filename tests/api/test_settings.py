"""Settings: defaults, refused values with their error texts, and the secret."""

from __future__ import annotations

import base64
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from api.secret_files import encryption_keys, signing_secret
from api.settings import Settings, SettingsError, secret_files, variable_of


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("BATON_") or name in ("HOST", "PORT")]:
        monkeypatch.delenv(name)


def test_defaults() -> None:
    settings = Settings.read()
    assert settings.model_dump() == {
        "data": Path(".baton"),
        "demo": True,
        "demo_agent": True,
        "mongodb_uri": None,
        "mongodb_database": "baton",
        "disk_warning_mb": 1_000,
        "mongo_driver": "pymongo",
        "host": "127.0.0.1",
        "port": 8000,
        "ide": True,
        "allowed_origins": ("*",),
        "secret": None,
        "encryption_key": (),
        "public_url": None,
        "conversation_url": None,
        "zendesk_url": "https://{subdomain}.zendesk.com",
        "gorgias_url": "https://{domain}.gorgias.com",
        "twilio_url": "https://api.twilio.com",
        "klaviyo_url": "https://a.klaviyo.com",
        "s3_bucket": None,
        "s3_endpoint": None,
        "s3_region": "us-east-1",
        "s3_access_key_id": None,
        "s3_secret_access_key": None,
        "scanner": None,
        "smtp_private_networks": False,
        "webhook_private_networks": False,
        "worker": True,
        "call_seconds": 30.0,
        "visitor_writing_hours": 24,
        "visitor_reading_days": 30,
        "log_days": 7,
        "log_level": "info",
        "log_format": "text",
        "metrics_address": None,
        "metrics_token": None,
        "otlp_url": None,
        "trace_share": 0.02,
        "drain_seconds": 10.0,
        "trusted_proxies": (),
        "connections_per_address": 500,
        "cost_per_second": 100_000,
        "address_cost_per_second": 20_000,
        "browser_starts_per_minute": 30,
        "address_starts_per_minute": 120,
        "account_starts_per_minute": 600,
        "browser_messages_per_minute": 600,
        "address_messages_per_minute": 3_000,
        "account_messages_per_minute": 30_000,
        "browser_uploads_per_minute": 30,
        "address_uploads_per_minute": 300,
        "account_uploads_per_minute": 3_000,
        "access_token_minutes": 15,
        "session_hours": 12,
        "sign_in_origins": (),
        "sign_in_private_networks": False,
        "model_private_networks": False,
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
        "BATON_PUBLIC_URL": "https://baton.example/in/",
        "BATON_GORGIAS_URL": "http://127.0.0.1:9/{domain}/",
        "BATON_ENCRYPTION_KEY": " , ".join(
            [base64.b64encode(bytes(32)).decode(), base64.urlsafe_b64encode(b"?" * 32).decode()]
        ),
    }.items():
        monkeypatch.setenv(name, value)
    settings = Settings.read()
    assert (settings.port, settings.host, settings.data, settings.mongo_driver) == (0, "::", Path("elsewhere"), "motor")
    assert (settings.ide, settings.worker, settings.log_days) == (False, False, 30)
    assert settings.allowed_origins == ("https://a.example", "https://b.example")
    assert settings.mongodb_uri is not None
    assert settings.mongodb_uri.get_secret_value() == "mongodb://user:password@host/"
    assert (settings.public_address, settings.gorgias_url) == (
        "https://baton.example/in",
        "http://127.0.0.1:9/{domain}",
    )
    assert encryption_keys(settings) == (bytes(32), b"?" * 32)


def test_empty_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "")
    monkeypatch.setenv("BATON_MONGODB_URI", "")
    settings = Settings.read()
    assert (settings.port, settings.mongodb_uri) == (8000, None)
    assert settings.public_address == "http://127.0.0.1:8000"


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
            "origins of web pages, with commas between them (https://shop.example), or *.",
        ),
        (
            "BATON_LOG_DAYS",
            "0",
            "BATON_LOG_DAYS cannot be used. Expected: a whole number of days, from 1 to 365.",
        ),
        (
            "BATON_PUBLIC_URL",
            "baton.example",
            "BATON_PUBLIC_URL cannot be used. Expected: the http or https address at which the internet reaches this "
            "server, like https://baton.example.com.",
        ),
        (
            "BATON_TRUSTED_PROXIES",
            "proxy",
            "BATON_TRUSTED_PROXIES cannot be used. Expected: IP addresses or networks, with commas between them "
            "(10.0.0.0/8).",
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
    monkeypatch.setenv("BATON_ENCRYPTION_KEY", base64.b64encode(b"hidden--" * 4).decode())
    settings = Settings.read()
    for text in (repr(settings), str(settings), repr(settings.model_dump()), settings.model_dump_json()):
        assert "hidden" not in text
        assert base64.b64encode(b"hidden").decode() not in text
    secret = {name for name, field in Settings.model_fields.items() if "SecretStr" in repr(field.annotation)}
    assert secret == {"mongodb_uri", "secret", "encryption_key", "s3_secret_access_key", "metrics_token"}


def test_no_secret_in_the_error_of_settings_made_by_a_program() -> None:
    with pytest.raises(ValidationError) as refusal:
        Settings(secret=SecretStr("hidden"), encryption_key="hidden", port="hidden")
    assert refusal.value.error_count() == 3
    assert "hidden" not in str(refusal.value)


KEYS = [base64.b64encode(letter * 32).decode() for letter in (b"n", b"o")]


@pytest.mark.parametrize(
    ("name", "content", "field", "value"),
    [
        (
            "BATON_SECRET_FILE",
            " in a file, without white space around it\n",
            "secret",
            "in a file, without white space around it",
        ),
        ("BATON_MONGODB_URI_FILE", "mongodb://user:password@host/\n", "mongodb_uri", "mongodb://user:password@host/"),
        (
            "BATON_S3_SECRET_ACCESS_KEY_FILE",
            "a secret of 40 characters",
            "s3_secret_access_key",
            "a secret of 40 characters",
        ),
    ],
)
def test_a_secret_in_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: str, field: str, value: str
) -> None:
    (tmp_path / "secret").write_text(content)
    monkeypatch.setenv(name, str(tmp_path / "secret"))
    secret = getattr(Settings.read(), field)
    assert isinstance(secret, SecretStr)
    assert secret.get_secret_value() == value


@pytest.mark.parametrize("between", ["\n", ", ", "\r\n"])
def test_encryption_keys_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, between: str) -> None:
    """Such a file is also one that Baton made: `encryption-key` in BATON_DATA has a key a line."""
    (tmp_path / "keys").write_text(between.join(KEYS) + "\n")
    monkeypatch.setenv("BATON_ENCRYPTION_KEY_FILE", str(tmp_path / "keys"))
    assert encryption_keys(Settings.read()) == (b"n" * 32, b"o" * 32)


def test_every_secret_may_be_in_a_file() -> None:
    secret = {name for name, field in Settings.model_fields.items() if "SecretStr" in repr(field.annotation)}
    assert secret_files() == [f"{variable_of(name)}_FILE" for name in Settings.model_fields if name in secret]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "BATON_SECRET_FILE cannot be used. Expected: the path of a file with the value of BATON_SECRET "
               "(No such file or directory)."),
        (b" \n", "BATON_SECRET_FILE cannot be used. Expected: the path of a file with the value of BATON_SECRET "
                "(the file is empty)."),
        (b"\xff" * 40, "BATON_SECRET_FILE cannot be used. Expected: the path of a file with the value of BATON_SECRET "
                       "(it is not a text)."),
        (b"hidden" * 11_000, "BATON_SECRET_FILE cannot be used. Expected: the path of a file with the value of "
                             "BATON_SECRET (the file is larger than 64 KiB)."),
        (b"hidden", "BATON_SECRET_FILE cannot be used. Expected in the file: a text of at least 32 characters, the "
                    "same for all processes."),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None, told: str
) -> None:
    """Without its path, too: a secret may have been put in its place."""
    file = tmp_path / "hidden"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setenv("BATON_SECRET_FILE", str(file))
    monkeypatch.setenv("PORT", "x")
    with pytest.raises(SettingsError) as refusal:
        Settings.read()
    assert refusal.value.__context__ is None  # which would have the values
    assert str(refusal.value).splitlines() == [
        "PORT cannot be used. Expected: a number from 0 to 65535; 0 takes any free port.",
        told,
    ]


def test_a_file_without_an_end_is_not_read_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATON_SECRET_FILE", "/dev/zero")
    with pytest.raises(SettingsError, match="the file is larger than 64 KiB"):
        Settings.read()


def test_a_secret_is_given_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret").write_text("f" * 32)
    monkeypatch.setenv("BATON_SECRET_FILE", str(tmp_path / "secret"))
    monkeypatch.setenv("BATON_SECRET", "")  # counts as not set
    assert signing_secret(Settings.read()) == b"f" * 32
    monkeypatch.setenv("BATON_SECRET", "v" * 32)
    with pytest.raises(SettingsError, match=r"BATON_SECRET and BATON_SECRET_FILE are both set\. Set one of them\."):
        Settings.read()


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings.read().port = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(
            ("BATON_PUBLIC_URL", url)
            for url in ("https://x y", "https://x:99999", "https://x:y", "https://:80", "https://x:0")
        ),
        *(("BATON_PUBLIC_URL", url) for url in ('"https://x"', 'https://x"', "https://x\\y")),
        *(("BATON_ALLOWED_ORIGINS", origin) for origin in ("https://", "https://a.example/shop", 'https://a.example"')),
        *(("BATON_METRICS_ADDRESS", text) for text in ("9464", "host", "http://host:1", "a@host:1", "host:1/x", "h:x")),
        *(("BATON_DATA", path) for path in ('"/var/lib/baton"', "'data'")),
    ],
)
def test_an_address_or_a_folder_that_can_never_work(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """Env files of some tools keep quotes. The server would start, and its links would lead nowhere."""
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=f"{name} cannot be used"):
        Settings.read()


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_described(name: str) -> None:
    """The description is used in the reference, and its first sentence in errors."""
    field = Settings.model_fields[name]
    expected, _, meaning = (field.description or "").partition(". ")
    assert expected
    assert meaning.endswith(".")
    assert field.examples
    assert variable_of(name) == {"host": "HOST", "port": "PORT"}.get(name, f"BATON_{name.upper()}")


def test_every_example_can_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, field in Settings.model_fields.items():
        for example in field.examples or ():
            if not example.startswith("$("):
                monkeypatch.setenv(variable_of(name), example)
                Settings.read()


@pytest.mark.parametrize(("text", "value"), [("true", True), ("yes", True), ("1", True), ("off", False), ("0", False)])
def test_yes_and_no(monkeypatch: pytest.MonkeyPatch, text: str, value: bool) -> None:
    monkeypatch.setenv("BATON_IDE", text)
    assert Settings.read().ide is value
    monkeypatch.setenv("BATON_IDE", "perhaps")
    with pytest.raises(SettingsError, match=r"BATON_IDE cannot be used\. Expected: true or false\."):
        Settings.read()


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


@pytest.mark.parametrize("wrong", ["hidden", "hidden" * 8, "ä" * 44, f"{base64.b64encode(bytes(32)).decode()},hidden"])
def test_a_bad_encryption_key_is_named_and_not_shown(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("BATON_ENCRYPTION_KEY", wrong)
    with pytest.raises(
        SettingsError, match=r"BATON_ENCRYPTION_KEY cannot be used\. Expected: keys of 32 random"
    ) as bad:
        Settings.read()
    assert wrong not in str(bad.value)
    assert "hidden" not in str(bad.value)


def test_the_encryption_key_is_made_once_and_kept_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATON_DATA", str(tmp_path / "data"))
    settings = Settings.read()
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: encryption_keys(settings), range(8)))
    assert len(set(made)) == 1
    assert [len(key) for key in made[0]] == [32]
    kept = tmp_path / "data" / "encryption-key"
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["encryption-key"]
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    newer = base64.b64encode(b"n" * 32).decode()
    kept.write_text(f"{newer}\n{kept.read_text()}\n")  # a newer key before it
    assert encryption_keys(settings) == (b"n" * 32, *made[0])
    kept.write_text("abc")
    with pytest.raises(SettingsError, match=r"encryption-key holds no encryption keys\. Restore it"):
        encryption_keys(settings)


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
