"""Identifiers: 26 characters of Crockford base 32, time first, so they sort by age (ULID, github.com/ulid/spec)."""

import hashlib
import json
import secrets
import time
from typing import NewType

AccountId = NewType("AccountId", str)
AttachmentId = NewType("AttachmentId", str)
ConversationId = NewType("ConversationId", str)
CredentialId = NewType("CredentialId", str)
HandoffId = NewType("HandoffId", str)
MessageId = NewType("MessageId", str)
ProfileId = NewType("ProfileId", str)
SessionId = NewType("SessionId", str)
StaffId = NewType("StaffId", str)
TicketId = NewType("TicketId", str)

_LENGTH = 26
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TEST = "U"  # not of the alphabet, so that no other id begins with it


def new_id() -> str:
    """Return a new id, from the clock and random bits."""
    value = int(time.time() * 1000) << 80 | secrets.randbits(80)
    return "".join(_ALPHABET[value >> shift & 31] for shift in range(125, -1, -5))


def new_test_id() -> str:
    """Return a new id of a test conversation: a ULID with a first letter that no other id has, so that the id alone
    tells what it is of."""
    return _TEST + new_id()[1:]


def is_test_id(entity_id: str) -> bool:
    """Whether it is the id of a test conversation, of its profile, or of a part of it (a handoff, a ticket)."""
    return entity_id.startswith(_TEST)


def test_id_in(entity_id: str) -> ConversationId:
    """Return the id of the test conversation that `is_test_id` has told to be in an id."""
    return ConversationId(entity_id[:_LENGTH])


def part_id(whole: str, number: int) -> str:
    """Return the id of an entity that is stored inside another (a ticket in its conversation): the id of the whole and
    a number from 1."""
    return f"{whole}{number:03d}"


def whole_id(part: str) -> str:
    """Return the id of the entity that stores a part."""
    return part[:-3]


def named_id(*names: str) -> str:
    """Return an id derived from names: the same names always give the same id, and no others do."""
    digest = int.from_bytes(hashlib.sha256(json.dumps(names).encode()).digest()[:17])
    return "".join(_ALPHABET[digest >> shift & 31] for shift in range(125, -1, -5))
