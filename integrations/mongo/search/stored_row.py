"""A row of a list as MongoDB returned it, which is decoded when somebody looks at it.

Most rows of a page have not changed since they were last read. Their fingerprint tells that for a fraction of what
decoding them costs: see `api/graphql/plan/kept_texts.py`.

A fingerprint is the tag of AES-GCM under a key of this process, which processors make three times as fast as BLAKE2b.
It never leaves the process, so nobody can look for rows that have the same one, and one nonce does for all. Two rows
have the same one with a probability below 2^-100.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import cached_property

import bson
from cachetools import LRUCache
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.model.conversation import Conversation
from domain.model.profile import Profile
from integrations.mongo.collections import COLLECTIONS, entity_of
from integrations.mongo.driver import AWARE, Document

_PROFILE = "listed_profile"  # the field of a row that has its profile, in a list
_NONCE = bytes(12)
_KNOWN = 50_000  # fingerprints of rows, with whether they can be read, of about 150 bytes each

_logger = logging.getLogger("baton.mongo")
_known: LRUCache[bytes, bool] = LRUCache(_KNOWN)
_cipher = AESGCM(AESGCM.generate_key(128))

WITH_PROFILE: Document = {
    "$lookup": {"from": COLLECTIONS[Profile], "localField": "profile_id", "foreignField": "_id", "as": _PROFILE}
}


class StoredRow:
    """Implements `ListedConversation` for lists by start. Reading what it has raises ValueError if the stored
    conversation or profile is damaged."""

    def __init__(self, document: bytes) -> None:
        self._raw = document
        self.fingerprint = _cipher.encrypt(_NONCE, b"", document)

    @cached_property
    def conversation(self) -> Conversation:
        return entity_of(Conversation, self._document)

    @cached_property
    def profile(self) -> Profile | None:
        for found in self._document.get(_PROFILE, ()):
            if found["account"] == self._document["account"]:
                return entity_of(Profile, found)
        return None

    @property
    def key(self) -> tuple[object, ...]:
        return self._document["started_at"], self._document["_id"]

    @cached_property
    def _document(self) -> Document:
        return bson.decode(self._raw, AWARE)


def readable_rows(rows: Iterable[StoredRow]) -> list[StoredRow]:
    """Return the rows that this build can read; the log tells of the others. An unchanged row is tried once."""
    return [row for row in rows if _is_readable(row)]


def _is_readable(row: StoredRow) -> bool:
    try:
        return _known[row.fingerprint]
    except KeyError:
        known = _known[row.fingerprint] = _can_be_read(row)
        return known


def _can_be_read(row: StoredRow) -> bool:
    try:
        return bool(row.conversation) and (row.profile is None or bool(row.profile))
    except (KeyError, ValueError) as error:
        _logger.error("A conversation of a list cannot be read, and is left out: %s", error)  # noqa: TRY400
        return False
