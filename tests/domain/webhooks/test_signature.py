"""Signatures match the specification's example; forged ones are detected."""

from __future__ import annotations

from base64 import b64decode
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.webhooks.signature import new_secret, signature, signed_headers
from tests.docs.pages import blocks_of

SECRET, ID, AT = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330
BODY = b'{"test": 2432232314}'
SIGNED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_specifications_example() -> None:
    assert signature(SECRET, ID, AT, BODY) == SIGNED
    other = new_secret()
    headers = signed_headers([SECRET, other], ID, datetime.fromtimestamp(AT, UTC), BODY)
    assert headers == {
        "webhook-id": ID,
        "webhook-timestamp": str(AT),
        "webhook-signature": f"{SIGNED} {signature(other, ID, AT, BODY)}",
    }


def test_secrets_are_random_and_as_long_as_the_specification_asks() -> None:
    made = {new_secret() for _ in range(100)}
    assert len(made) == 100
    assert {len(b64decode(secret.removeprefix("whsec_"))) for secret in made} == {32}


@pytest.fixture
def is_from_baton(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The verification code of the guide, as a receiver would paste it."""
    [block] = blocks_of("docs/guides/webhooks.md", "python")
    found: dict[str, Any] = {}
    exec(block, found)
    monkeypatch.setattr(found["time"], "time", lambda: AT + 10.0)
    return found["is_from_baton"]


def test_the_receiver_of_the_guide(is_from_baton: Any) -> None:
    headers = signed_headers([new_secret(), SECRET], ID, datetime.fromtimestamp(AT, UTC), BODY)
    assert is_from_baton(SECRET, headers, BODY)
    assert not is_from_baton(new_secret(), headers, BODY)
    assert not is_from_baton(SECRET, headers, BODY + b" ")
    assert not is_from_baton(SECRET, {**headers, "webhook-id": "msg_other"}, BODY)
    late = signed_headers([SECRET], ID, datetime.fromtimestamp(AT - 400, UTC), BODY)
    assert not is_from_baton(SECRET, late, BODY)
