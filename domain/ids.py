"""Identifiers: 26 characters of Crockford base 32, time first, so they sort by age (ULID, github.com/ulid/spec)."""

import secrets
import time
from typing import NewType

AccountId = NewType("AccountId", str)
ConversationId = NewType("ConversationId", str)
CredentialId = NewType("CredentialId", str)
MessageId = NewType("MessageId", str)
ProfileId = NewType("ProfileId", str)
StaffId = NewType("StaffId", str)

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id() -> str:
    value = int(time.time() * 1000) << 80 | secrets.randbits(80)
    return "".join(_ALPHABET[value >> shift & 31] for shift in range(125, -1, -5))
