"""Signatures by Standard Webhooks (standardwebhooks.com, version 1.0.0), for which receivers find libraries.

    webhook-id         the event's id; the same for every attempt
    webhook-timestamp  of this attempt, in seconds since 1970
    webhook-signature  v1,<base64 of HMAC-SHA256(secret, "id.timestamp.body")>; one per valid secret, space-separated

A secret is `whsec_` followed by the key in base64.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import datetime

_PREFIX = "whsec_"
_KEY = 32  # bytes, as long as the hash; the specification asks for 24 to 64


def new_secret() -> str:
    return _PREFIX + b64encode(secrets.token_bytes(_KEY)).decode()


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    key = b64decode(secret.removeprefix(_PREFIX))
    digest = hmac.digest(key, f"{message_id}.{timestamp}.".encode() + body, "sha256")
    return "v1," + b64encode(digest).decode()


def signed_headers(valid: Sequence[str], message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """Return the headers, with one signature per valid secret."""
    timestamp = int(at.timestamp())
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(secret, message_id, timestamp, body) for secret in valid),
    }
