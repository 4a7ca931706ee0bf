"""Searches for secrets in every response, log line and document of every test.

`Program` records the credentials that tests pass, the keys that it issued, and the secrets in the vault. Each is
searched for in plain form, and as encoded in base64, JSON and URLs; in documents, in their BSON form.
"""

from __future__ import annotations

import base64
import json
import logging
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from pymongo.asynchronous.database import AsyncDatabase

from domain.model.credentials import LEAST_SECRET
from tests.harness.clean_database import collections_in_use

_SECRET = re.compile(r"(?i)(?:token|secret|key|password)$")
_RETURNED = re.compile(rb'"browserToken":"[^"]*"')  # by `startConversation`, to the browser that gave it
_NO_SECRET = {"idempotencyKey"}
_SHORTEST = 8  # characters; shorter secrets would match by chance


def forms(secret: str) -> set[bytes]:
    """The secret's possible encodings."""
    raw = secret.encode()
    found = {raw, json.dumps(secret)[1:-1].encode(), quote(secret, safe="").encode()}
    for before in range(3):  # for each alignment in base64, without the characters that depend on neighbouring bytes
        encoded = base64.b64encode(b"\0" * before + raw)
        start = (before * 8 + 5) // 6
        end = (before + len(raw)) * 8 // 6
        found |= {encoded[start:end], encoded[start:end].translate(bytes.maketrans(b"+/", b"-_"))}
    return found


def given_in(value: object) -> Iterator[str]:
    """The secrets among a caller's variables, by the names of their fields."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if isinstance(inner, str) and len(inner) >= _shortest(name):
                yield inner
            yield from given_in(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from given_in(inner)


def _shortest(name: str) -> float:
    """The length from which a field with this name holds a secret."""
    if name == "anonymousId":
        return LEAST_SECRET
    return _SHORTEST if _SECRET.search(name) and name not in _NO_SECRET else math.inf


class _Listener(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


class SecretLeakChecker:
    """The checks of one program: `add` before a call, `check_response` after it, `check` at the end."""

    def __init__(self) -> None:
        self._given: dict[str, set[bytes]] = {}
        self._listener = _Listener()

    @contextmanager
    def listening(self) -> Iterator[None]:
        logging.getLogger().addHandler(self._listener)
        try:
            yield
        finally:
            logging.getLogger().removeHandler(self._listener)

    def add(self, variables: object) -> None:
        for secret in given_in(variables):
            self._given.setdefault(secret, forms(secret))

    def check_response(self, body: bytes) -> None:
        rest = _RETURNED.sub(b"", body)
        assert not [secret for secret, written in self._given.items() if _any_in(written, rest)], (
            "a response contains a secret"
        )

    async def check(self, database: AsyncDatabase[dict[str, Any]], *, also: Iterable[str]) -> None:
        """`also`: secrets that responses may contain, but neither logs nor documents."""
        secrets = {**self._given, **{secret: forms(secret) for secret in also}}
        logged = "\n".join(self._listener.lines).encode()
        assert not [s for s, written in secrets.items() if _any_in(written, logged)], "the log contains a secret"
        for name in await collections_in_use(database):
            async for batch in database[name].find_raw_batches({}):
                held = [s for s, written in secrets.items() if _any_in(written, batch)]
                assert held == [], f"{name} contains a secret"


def _any_in(written: Iterable[bytes], text: bytes) -> bool:
    return any(form in text for form in written)
