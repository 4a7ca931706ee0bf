"""The vault: Fernet (github.com/fernet/spec), under keys derived from the operator's for each place (HKDF, RFC 5869).

    sealed = "<first 8 hex digits of the key's fingerprint>:<Fernet token of a JSON object>"

So a sealed text that is moved to another account or service does not open there, and one whose key is missing says
which key that is, without telling anything of the key.
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

Keys = Callable[[], Sequence[bytes]]  # 32 bytes each; the newest first


class FernetVault:
    """The keys are read when the first is needed, and again where one is missing: they may have been added to since."""

    def __init__(self, keys: Keys) -> None:
        self._read = keys
        self._held: Sequence[bytes] = ()

    def seal(self, secrets: dict[str, str], *, place: str) -> str:
        key = self._keys()[0]
        plain = json.dumps(secrets, ensure_ascii=False).encode()
        return f"{fingerprint(key)}:{_fernet(key, place).encrypt(plain).decode()}"

    def open(self, sealed: str, *, place: str) -> dict[str, str]:
        name, _, token = sealed.partition(":")
        key = self._find(name)
        if key is None:
            raise CannotOpen(
                f"Its secrets are sealed under the encryption key {name}, which this server has not: add it to "
                "BATON_ENCRYPTION_KEY, behind the newest, or connect the service anew."
            )
        try:
            secrets: dict[str, str] = json.loads(_fernet(key, place).decrypt(token.encode()))
        except InvalidToken:
            raise CannotOpen(
                "Its secrets are damaged, or were sealed for another account or service: connect it anew."
            ) from None
        return secrets

    def is_current(self, sealed: str) -> bool:
        return sealed.partition(":")[0] == fingerprint(self._keys()[0])

    def _find(self, name: str) -> bytes | None:
        for keys in (self._keys, self._anew):
            found = next((key for key in keys() if fingerprint(key) == name), None)
            if found is not None:
                return found
        return None

    def _keys(self) -> Sequence[bytes]:
        return self._held or self._anew()

    def _anew(self) -> Sequence[bytes]:
        self._held = self._read()
        return self._held


def fingerprint(key: bytes) -> str:
    return hashlib.sha256(b"baton encryption key " + key).hexdigest()[:8]


@lru_cache(maxsize=256)
def _fernet(key: bytes, place: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"baton connection {place}".encode()).derive(key)
    return Fernet(base64.urlsafe_b64encode(derived))
