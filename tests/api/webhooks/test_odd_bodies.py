"""Bodies that nobody sends by accident: they are refused or ignored, and never an internal error."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from api.export.request import from_body
from api.refusal import RequestRefused
from api.webhooks import gorgias, shopify_payloads, zendesk
from domain.model.connected_services import Service, UnsealedConnection
from domain.values.errors import Invalid
from integrations.email.parse import Rfc5322Parser
from tests.api.graphql.serving import Server, serving

DEEP = b"[" * 100_000
NESTED = b"[" * 900 + b"]" * 900
CONNECTION = UnsealedConnection(service=Service.ZENDESK, settings={}, secrets={})
ODD = [
    *(DEEP, b'{"a":' * 100_000, b"[]", b"null", b"1", b"", b"\xff", b'"\\ud800"', b"NaN", b'{"ticket_id": 1e999}'),
    *(b'{"ticket_id": ' + b"9" * 5_000 + b"}", b'{"ticket_id": ' + NESTED + b"}", b'{"ticket_id": "\\ud800"}'),
    *(b'{"ticket_id": [], "ticket_id": {}}', b'{"type": ' + NESTED + b"}", b'{"id": 1e99999999999999999999}'),
]
FIELDS = ("id", "ticket_id", "external_id", "type", "time", "detail", "event", "comment", "author", "status", "body")
ORDER = (
    "id",
    "created_at",
    "currency",
    "total_price",
    "refunds",
    "customer",
    "line_items",
    "note_attributes",
    "amount",
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("0001-01-01T00:00:00+14:00")
TYPES = st.sampled_from(["zen:event-type:ticket.comment_added", "zen:event-type:ticket.status_changed"])


def documents(names: tuple[str, ...]) -> st.SearchStrategy[bytes]:
    values = st.recursive(
        SCALARS | TYPES,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(names), inner, max_size=8),
        max_leaves=20,
    )
    return st.dictionaries(st.sampled_from(names), values).map(lambda value: json.dumps(value).encode())


def read_zendesk(body: bytes) -> None:
    payload = zendesk._json(body)
    if "ticket_id" in payload:
        zendesk._ticket_number(payload["ticket_id"])
    zendesk._update_of(payload, CONNECTION)


@given(documents(FIELDS) | st.binary() | st.sampled_from(ODD))
def test_helpdesks(body: bytes) -> None:
    with suppress(RequestRefused):
        read_zendesk(body)
    with suppress(RequestRefused):
        gorgias._ticket_of(body)


@pytest.mark.parametrize("body", ODD, ids=range(len(ODD)))
def test_known_oddities_of_helpdesks_are_refused(body: bytes) -> None:
    with pytest.raises(RequestRefused):
        gorgias._ticket_of(body)
    with suppress(RequestRefused):
        read_zendesk(body)


@given(
    documents(ORDER) | st.binary() | st.sampled_from(ODD), st.sampled_from(["orders/create", "refunds/create", "other"])
)
def test_shopify(body: bytes, topic: str) -> None:
    for read in (lambda: shopify_payloads.order_update_of(topic, body), lambda: shopify_payloads.redaction_of(body)):
        with suppress(Invalid, ValueError, ArithmeticError):  # what the hook takes for "ignored"
            read()


@given(st.binary())
@example(b"From: " + b"(" * 100_000)
@example(b"To: " + b"(" * 100_000 + b"\r\nFrom: a@b.example")
@example(b"Content-Type: text/plain; charset=unicode_escape\r\n\r\n\\ud800")
@example(b"From: a@b.example\r\nSubject: =?unicode_escape?q?=5Cud800?=\r\n\r\n")
def test_mail(raw: bytes) -> None:
    mail = Rfc5322Parser().parse(raw, authserv_id="mx.example")
    for text in (mail.sender, mail.subject, mail.text, mail.whole, mail.name or "", *mail.attachments):
        text.encode()


@given(st.binary() | st.sampled_from(ODD))
def test_exports(body: bytes) -> None:
    with suppress(Invalid):
        from_body(body)


async def test_graphql() -> None:
    async with serving() as server:
        for body in (DEEP, b'{"a":' * 100_000, b"[]", b"null", b"\xff", b'"\\ud800"', b"NaN", b"9" * 5_000, NESTED):
            assert await _status(server, body) == 400
        deep: Any = b'{"query": "{ hello }", "variables": {"a": ' + NESTED + b"}}"
        assert await _status(server, deep) == 200


async def _status(server: Server, body: bytes) -> int:
    response = await server.http.post(server.url, content=body, headers={"content-type": "application/json"})
    return response.status_code
