"""Identifiers: 26 characters, Crockford base 32, time first (the ULID format, github.com/ulid/spec): they sort by age."""

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
