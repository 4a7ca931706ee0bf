"""The vault: Fernet encryption (github.com/fernet/spec) with keys derived for each place by HKDF (RFC 5869).

    sealed = "<first 8 hex digits of the key's fingerprint>:<Fernet token of a JSON object>"

A sealed text that is copied to another account or service cannot be opened there. The fingerprint names the key that
is missing without revealing anything about it.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from domain.connected_services.ports import CannotOpen

Keys = Callable[[], Sequence[bytes]]  # 32 bytes each, newest first


class FernetVault:
    """Encrypts secrets with the operator's keys (port: `Vault`).

    The keys are read when the first is needed, and again when one is missing, since the operator may have added it.
    """

    def __init__(self, keys: Keys) -> None:
        self._read = keys
        self._cached: Sequence[bytes] = ()

    def seal(self, secrets: dict[str, str], *, place: str) -> str:
        """Encrypt with the newest key. `place` identifies the record that the secrets belong to."""
        key = self._keys()[0]
        plain = json.dumps(secrets, ensure_ascii=False).encode()
        return f"{fingerprint(key)}:{_fernet(key, place).encrypt(plain).decode()}"

    def open(self, sealed: str, *, place: str) -> dict[str, str]:
        """Decrypt. Raises `CannotOpen` if the key is missing, the text is damaged, or `place` is another."""
        name, _, token = sealed.partition(":")
        key = self._find(name)
        if key is None:
            raise CannotOpen(
                f"The secrets were encrypted with key {name}, which this server does not have. Append that key to "
                "BATON_ENCRYPTION_KEY, or connect the service again."
            )
        try:
            secrets: dict[str, str] = json.loads(_fernet(key, place).decrypt(token.encode()))
        except InvalidToken:
            raise CannotOpen(
                "The secrets are damaged, or belong to another account or service. Connect the service again."
            ) from None
        return secrets

    def is_current(self, sealed: str) -> bool:
        """Whether the text was sealed with the newest key."""
        return sealed.partition(":")[0] == fingerprint(self._keys()[0])

    def _find(self, name: str) -> bytes | None:
        for keys in (self._keys, self._reload):
            found = next((key for key in keys() if fingerprint(key) == name), None)
            if found is not None:
                return found
        return None

    def _keys(self) -> Sequence[bytes]:
        return self._cached or self._reload()

    def _reload(self) -> Sequence[bytes]:
        self._cached = self._read()
        return self._cached


def fingerprint(key: bytes) -> str:
    """The first 8 hex digits of a hash of the key, which identify it to the operator."""
    return hashlib.sha256(b"baton encryption key " + key).hexdigest()[:8]


@lru_cache(maxsize=256)
def _fernet(key: bytes, place: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"baton connection {place}".encode()).derive(key)
    return Fernet(base64.urlsafe_b64encode(derived))
