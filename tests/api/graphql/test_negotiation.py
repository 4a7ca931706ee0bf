from __future__ import annotations

import pytest

from api.graphql.negotiation import Accepted, negotiate

MODERN = "application/graphql-response+json"
LEGACY = "application/json"


@pytest.mark.parametrize(
    ("accept", "accepted"),
    [
        ("", Accepted(LEGACY, False, False)),
        ("*/*", Accepted(LEGACY, False, False)),
        ("application/*", Accepted(LEGACY, False, False)),
        (LEGACY, Accepted(LEGACY, False, False)),
        (MODERN, Accepted(MODERN, False, False)),
        (MODERN.upper(), Accepted(MODERN, False, False)),
        (f"{MODERN}; charset=utf-8, {LEGACY}; charset=utf-8", Accepted(MODERN, False, False)),
        (f"{LEGACY}, {MODERN}", Accepted(MODERN, False, False)),
        (f"{LEGACY}, {MODERN};q=0.5", Accepted(LEGACY, False, False)),
        (f"{MODERN};q=0, */*", Accepted(LEGACY, False, False)),
        (f"{LEGACY};q=0, {MODERN};q=0", Accepted(None, False, False)),
        ("text/event-stream", Accepted(None, True, False)),
        ("text/event-stream;q=0", Accepted(None, False, False)),
        (f"{MODERN}, {LEGACY}, text/event-stream, multipart/mixed", Accepted(MODERN, True, False)),
        ("text/html,application/xhtml+xml,*/*;q=0.8", Accepted(LEGACY, False, True)),
        ("text/html", Accepted(None, False, True)),
        ("image/png", Accepted(None, False, False)),
        (f"{LEGACY};q=high, image/png", Accepted(None, False, False)),
        (",,;", Accepted(LEGACY, False, False)),
    ],
)
def test_accept(accept: str, accepted: Accepted) -> None:
    assert negotiate(accept) == accepted
