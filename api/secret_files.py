"""The server's own secrets: from the settings, else from files in the data folder. The first process that needs a file
makes it."""

from __future__ import annotations

import base64
import os
import secrets
from contextlib import suppress
from pathlib import Path

from api.setting_values import SECRET_BYTES, encryption_key
from api.settings import Settings, SettingsError


def signing_secret(settings: Settings) -> bytes:
    """BATON_SECRET, else the secret in the data folder, which the first process that needs it makes.

    Raises `SettingsError` if the file in the data folder is damaged.
    """
    if settings.secret is not None:
        return settings.secret.get_secret_value().encode()
    kept = settings.data / "secret"
    secret = _kept_in(kept, secrets.token_hex(SECRET_BYTES)).encode()
    if len(secret) < SECRET_BYTES:
        raise SettingsError(f"{kept} is no secret of Baton's. Remove it, and a new one is made; cursors begin anew.")
    return secret


def encryption_keys(settings: Settings) -> tuple[bytes, ...]:
    """BATON_ENCRYPTION_KEY, else the keys in the data folder, one a line, which the first process that needs one makes.

    Raises `SettingsError` if the file in the data folder is damaged.
    """
    if settings.encryption_key:
        return tuple(encryption_key(key.get_secret_value()) for key in settings.encryption_key)
    kept = settings.data / "encryption-key"
    try:
        keys = tuple(encryption_key(line) for line in _kept_in(kept, _new_key()).split())
    except ValueError:
        keys = ()
    if not keys:
        raise SettingsError(f"{kept} holds no encryption keys. Restore it: it opens what is connected.")
    return keys


def _new_key() -> str:
    return base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def _kept_in(kept: Path, new: str) -> str:
    """The content of the file; where there is no file yet, one with `new`, readable by its owner only."""
    if not kept.exists():
        kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = kept.with_name(f"{kept.name}.{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(new)
        # Linking, unlike renaming, leaves a file that another process made in the same moment.
        with suppress(FileExistsError):
            os.link(draft, kept)
        draft.unlink()
    return kept.read_text().strip()
