"""Cursors: a client's position in its account's log, in a form that only this server can write or read.

A cursor has two forms. The plain one is a single position: an item's own `cursor`, for `after:`. The cursor of a
connection, in the `extensions` of its frames and in pings, carries the position of each of its operations: one number
for the whole socket would skip events of an operation that lags behind the others.

    epoch, seq, then for each operation its key and its distance from seq

The cursor of a connection with one operation is that operation's key before the plain cursor. The key is no secret and
not protected: with another one, a client would resume another operation at a position that it may also give as `after`.

    "K", the key (6 characters), then a plain cursor

Cursors are sealed tokens: they do not reveal how busy the account is, and a cursor of another account, server or secret
is recognised as such.
"""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from functools import lru_cache

from domain.values.errors import Field, Invalid, within
from domain.values.ids import AccountId
from domain.values.record import Record, field
from domain.values.sealed_token import ForeignToken, MalformedToken, SealedTokens

_KEY = 4  # bytes of an operation's key
_OF_ONE = "K"  # begins the cursor of a connection with one operation; a token begins with "A", its version
_PREFIX = 7  # characters: this one, and the key in base 64


class UnknownCursor(Exception):
    """The text has the form of a cursor, but does not belong to this account and server."""


class Position(Record):
    epoch: str
    seq: int  # with `positions`: the lowest position of the operations
    positions: Mapping[int, int] = field(default_factory=dict)  # by `operation_key`; empty: `seq` applies to all


def operation_key(operation_id: str, after: str | None, topics: Iterable[str]) -> int:
    """Return the key by which an operation is recognised that a client sends again unchanged after a reconnect.

    An operation that reuses the id with another document or another `after` has another key, and starts from its own
    `after`.
    """
    text = "\0".join([operation_id, after or "", *sorted(topics)])
    return int.from_bytes(hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=_KEY).digest())


class CursorCodec:
    def __init__(self, secret: bytes) -> None:
        self._tokens = SealedTokens(secret, purpose="stream cursor")
        # Placeholders in a payload for cursors that are known only later: the connection's, when a frame is queued, and
        # a signal's own, when its frame leaves. They follow from the secret, so that no client can write one in a text.
        self.slot = hashlib.blake2b(secret, digest_size=16, person=b"cursor slot").hexdigest()
        self.signal_slot = hashlib.blake2b(secret, digest_size=16, person=b"signal slot").hexdigest()

    def encode(self, account_id: AccountId, position: Position) -> str:
        return self._tokens.seal(_pack(position), account_id)

    def of_one(self, key: int, plain: str) -> str:
        """Return the cursor of a connection whose one operation has this key and this plain cursor."""
        return _prefix(key) + plain

    def fill_slot(self, payload: str, cursor: str) -> str:
        """Return the payload with the connection's cursor in its last placeholder, which is in `extensions`."""
        before, slot, after = payload.rpartition(self.slot)
        assert slot, "a payload has the extensions that it was given"
        return before + cursor + after

    def decode(self, text: str, account_id: AccountId, *, field: Field = "after") -> Position:
        """Return the position. Raises `Invalid` for a text that is not a cursor, and `UnknownCursor` for a cursor that
        does not belong to this account and server."""
        try:
            if not text.startswith(_OF_ONE):
                return _unpack(self._tokens.open(text, account_id))
            key, plain = _key_of(text[:_PREFIX]), _unpack(self._tokens.open(text[_PREFIX:], account_id))
            return Position(epoch=plain.epoch, seq=plain.seq, positions={key: plain.seq})
        except MalformedToken:
            raise Invalid(
                f"`{within(field)[-1]}` is no cursor of this server: "
                "send one exactly as it came from a stream or a query.",
                field=field,
            ) from None
        except ForeignToken:
            raise UnknownCursor from None


@lru_cache(10_000)  # as many operations as a process may have in one fan-out
def _prefix(key: int) -> str:
    return _OF_ONE + urlsafe_b64encode(key.to_bytes(_KEY)).rstrip(b"=").decode()


def _key_of(prefix: str) -> int:
    """Return the key. Raises `MalformedToken`."""
    try:
        key = int.from_bytes(urlsafe_b64decode(prefix.removeprefix(_OF_ONE) + "=="))
    except ValueError:
        raise MalformedToken from None
    if key >= 1 << 8 * _KEY or _prefix(key) != prefix:  # only the canonical text is a cursor
        raise MalformedToken
    return key


def _pack(position: Position) -> bytes:
    epoch = position.epoch.encode()
    packed = bytearray(_varint(len(epoch)) + epoch + _varint(position.seq))
    for key, seq in position.positions.items():
        ahead = seq - position.seq
        packed += key.to_bytes(_KEY) + _varint(2 * ahead if ahead >= 0 else -2 * ahead - 1)
    return bytes(packed)


def _unpack(content: bytes) -> Position:
    """Return the position in `content`, which is trusted: only this server seals tokens."""
    length, at = _read_varint(content, 0)
    epoch, at = content[at : at + length].decode(), at + length
    seq, at = _read_varint(content, at)
    positions = {}
    while at < len(content):
        key, at = int.from_bytes(content[at : at + _KEY]), at + _KEY
        distance, at = _read_varint(content, at)
        positions[key] = seq + (distance // 2 if distance % 2 == 0 else -(distance // 2) - 1)
    return Position(epoch=epoch, seq=seq, positions=positions)


def _varint(value: int) -> bytes:
    packed = bytearray()
    while value > 0x7F:
        packed.append(value & 0x7F | 0x80)
        value >>= 7
    packed.append(value)
    return bytes(packed)


def _read_varint(content: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while content[at] & 0x80:
        value |= (content[at] & 0x7F) << shift
        shift, at = shift + 7, at + 1
    return value | content[at] << shift, at + 1
