"""Whom a helpdesk is told to write to: what is proved, what is claimed, and nothing of a profile that is not proved."""

from __future__ import annotations

import json

import pytest

from domain.model.conversation import Visitor
from domain.model.profile import Profile
from domain.values.ids import ProfileId
from domain.values.record import replace
from integrations.helpdesks.gorgias import payloads as gorgias
from integrations.helpdesks.zendesk import payloads as zendesk
from tests.integrations.helpdesks.gorgias_requests import NOW, connection, ticket_context
from tests.integrations.helpdesks.outbox_simulator import delivery_context

VIC = Profile(
    id=ProfileId("P1"),
    created_at=NOW,
    keys=("x:vic", "e:vic@x.example"),
    external_id="vic",
    name="Vic",
    email="vic@x.example",
)
PHONE = Visitor(phone="+393331234567")


@pytest.mark.parametrize("profile", [VIC, replace(VIC, keys=("b:browser",))])
def test_a_claim_borrows_nothing_from_a_profile(profile: Profile) -> None:
    """Of its own browser's profile neither: that may have been merged into somebody's by now."""
    context = replace(ticket_context(visitor=PHONE), profile=profile)
    assert context.contact == PHONE
    assert "vic" not in json.dumps(gorgias.shopper_of(context)).lower()
    assert "vic@" not in json.dumps(zendesk.ticket_of(replace(delivery_context(visitor=PHONE), profile=profile)))


def test_a_proof_may_borrow_from_the_proved_profile() -> None:
    context = replace(ticket_context(visitor=PHONE.vouched()), profile=VIC)
    assert context.contact == Visitor(external_id="vic", name="Vic", email="vic@x.example", phone=PHONE.phone).vouched()
    assert gorgias.shopper_of(context) == {"email": "vic@x.example"}


def test_what_is_claimed_is_marked_in_the_ticket() -> None:
    claims = Visitor(name="Dana", email="dana@x.example", external_id="shop-77")
    proved = claims.vouched()
    for visitor, mark in ((claims, " (not verified)"), (proved, "")):
        created = gorgias.ticket_body(ticket_context(visitor=visitor), connection())
        summary = created["messages"][-1]["body_text"]
        assert f"E-mail: \u2068dana@x.example{mark}\u2069" in summary
        assert f"Customer id of the shop: \u2068shop-77{mark}\u2069" in summary
        assert created["meta"]["baton"]["verified"] is not bool(mark)
        ticket = json.loads(zendesk.ticket_of(delivery_context(visitor=visitor))["create"])["ticket"]
        assert f"dana@x.example{mark}</span>" in ticket["comment"]["html_body"]
        assert f"(shopper{', not verified' if mark else ''})" in ticket["comment"]["html_body"]
        assert ticket["metadata"]["baton_verified"] is not bool(mark)
        assert ticket["requester"]["email"] == "dana@x.example"
