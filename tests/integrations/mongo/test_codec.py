from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any, get_args

import bson
import pytest
from bson.codec_options import CodecOptions
from hypothesis import given
from hypothesis import strategies as st

from domain.events import ConversationsImported, CredentialRevoked, EventBody, UnknownEvent
from domain.model.conversation import Author, AuthorKind, ProductCard, Visitor
from domain.principal import Principal, PrincipalKind, Scope
from domain.signals import Typing
from domain.values.ids import AccountId, CredentialId
from domain.values.money import Money
from domain.values.record import StoredEnum
from integrations.mongo.codec import BODY_CLASSES, from_body, from_document, to_body, to_document
from integrations.mongo.collections import COLLECTIONS
from tests.integrations.mongo.stored_types import enums_in

instants = st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2200, 1, 1)).map(  # noqa: DTZ001
    lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000, tzinfo=UTC)
)
# MongoDB stores text without lone surrogates, and integers of 64 bits.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
numbers = st.integers(-(2**63), 2**63 - 1)
spans = st.timedeltas(timedelta(0), timedelta(days=400))
amounts = st.decimals(allow_nan=False, allow_infinity=False, places=2)
for kind, strategy in (
    (str, texts),
    (int, numbers),
    (datetime, instants),
    (Decimal, amounts),
    (timedelta, spans),
    (time, st.times()),
):
    st.register_type_strategy(kind, strategy)
bodies: st.SearchStrategy[EventBody] = st.one_of(*(st.from_type(cls) for cls in BODY_CLASSES.values()))


def through_the_wire(document: dict[str, Any]) -> dict[str, Any]:
    options: CodecOptions[dict[str, Any]] = CodecOptions(tz_aware=True)
    return bson.decode(bson.encode(document), options)


@given(bodies)
def test_every_event_body_comes_back_as_it_was(body: EventBody) -> None:
    tag, document = to_body(body)
    assert from_body(tag, through_the_wire(document)) == body


@given(st.builds(Principal))
def test_a_set_is_kept_in_a_fixed_order(principal: Principal) -> None:
    document = through_the_wire(to_document(principal))
    assert document["scopes"] == sorted(document["scopes"])
    assert from_document(Principal, document) == principal


def test_every_kind_of_body_has_a_tag() -> None:
    assert set(BODY_CLASSES.values()) == set(get_args(EventBody)) - {UnknownEvent}


def test_a_value_of_a_newer_build_is_read_and_stored_again() -> None:
    stored = {"kind": "ROBOT", "name": "R2"}
    author = from_document(Author, stored)
    assert (author.kind.is_unknown, author.kind in AuthorKind.__members__.values()) == (True, False)
    assert author.kind not in tuple(AuthorKind)
    assert author == from_document(Author, stored)
    assert to_document(author) == stored
    with pytest.raises(ValueError, match="is not a valid AuthorKind"):
        AuthorKind("ROBOT")
    with pytest.raises(ValueError, match="Author"):
        from_document(Author, {"kind": "ROBOT"})


def test_every_stored_enum_admits_values_of_newer_builds() -> None:
    roots = [*COLLECTIONS, *BODY_CLASSES.values(), Typing]
    assert [each for each in enums_in(roots) if not issubclass(each, StoredEnum)] == []


def test_absent_fields_are_not_stored() -> None:
    assert to_document(Visitor(name="Ann")) == {"name": "Ann"}
    assert to_document(
        ProductCard(product_id="p1", title="Tea", price=Money(amount=Decimal("4.50"), currency="EUR"))
    ) == {
        "product_id": "p1",
        "title": "Tea",
        "price": {"amount": "4.50", "currency": "EUR"},
    }


def test_enums_and_ids_are_plain_text() -> None:
    principal = Principal(
        kind=PrincipalKind.PARTNER,
        account_id=AccountId("A"),
        credential_id=CredentialId("C"),
        scopes=frozenset({Scope.EVENTS_READ, Scope.AGENT}),
    )
    document = to_document(principal)
    assert document == {
        "kind": "PARTNER",
        "account_id": "A",
        "credential_id": "C",
        "scopes": ["agent", "events:read"],
        "documents": "AUTO",
    }
    assert type(document["kind"]) is str


def test_a_document_of_another_version_loads() -> None:
    assert from_document(Visitor, {"name": "Ann", "shoe_size": 38}) == Visitor(name="Ann")


@pytest.mark.parametrize("text", ["null", "true", "7", "2026-03-01T09:30:15Z"])
def test_text_stays_text(text: str) -> None:
    assert from_document(Visitor, {"name": text}).name == text


def test_a_body_names_its_kind() -> None:
    assert to_body(ConversationsImported(source="abcd", count=3)) == (
        "conversations_imported",
        {"source": "abcd", "count": 3},
    )
    assert from_body("credential_revoked", {"credential_id": "C"}) == CredentialRevoked(credential_id=CredentialId("C"))


def test_a_required_field_that_is_missing_is_an_error() -> None:
    with pytest.raises(ValueError, match="amount"):
        from_document(Money, {"currency": "EUR"})
