"""Cases from the field on identifiers that Klaviyo refuses. Each names its source, public threads about other products
read as symptoms; *variation* marks inputs that were made up here."""

from __future__ import annotations

import pytest

from dev.fakes.faults import Fault, responding
from dev.fakes.klaviyo import Klaviyo
from tests.harness.program import Json, Program, Shop
from tests.resolvers.forwarding.endpoints import forward
from tests.resolvers.forwarding.test_klaviyo import connect, shown

_PROFILE = "/data/attributes/profile/data/attributes"
PHONE, EMAIL = "+15005551003", "ann@example.com"


def refusing(detail: str, pointer: str, status: int = 400) -> Fault:
    error = {"id": "e1", "status": status, "code": "invalid", "title": "Invalid input.", "detail": detail}
    return responding(status, {"errors": [{**error, "source": {"pointer": pointer}}]})


NO_PHONE = refusing("Invalid phone number format (Example of a valid format: +12345678901)", f"{_PROFILE}/phone_number")
NO_EMAIL = refusing("Invalid email address", f"{_PROFILE}/email")

CASES = {
    # Sources: action-destinations#2481, klaviyo-api-python#48.
    "klaviyo-refuses-the-number": ({"phone": PHONE, "profileId": "42"}, [NO_PHONE], {"external_id": "42"}),
    # Variations.
    "the-address": ({"email": EMAIL, "phone": PHONE}, [NO_EMAIL], {"phone_number": PHONE}),
    "both": ({"email": EMAIL, "phone": PHONE, "profileId": "42"}, [NO_EMAIL, NO_PHONE], {"external_id": "42"}),
    "pointer-alone": (
        {"phone": PHONE, "profileId": "42"},
        [refusing("Invalid input", f"{_PROFILE}/phone_number")],
        {"external_id": "42"},
    ),
}


@pytest.mark.parametrize(("visitor", "faults", "recorded"), CASES.values(), ids=CASES)
async def test_an_identifier_that_klaviyo_refuses_is_left_out(
    baton: Program, shop: Shop, klaviyo: Klaviyo, visitor: dict[str, str], faults: list[Fault], recorded: Json
) -> None:
    await connect(baton, shop)
    for fault in faults:
        klaviyo.faults.add(fault, on="POST /api/events")
    await baton.start(shop, key=shop.owner, channel="SMS", **visitor)
    assert await forward(baton) == 1
    assert [event["profile"]["data"]["attributes"] for event in klaviyo.recorded] == [recorded]
    assert (await shown(baton, shop))["forwarding"]["deadLetters"]["totalCount"] == 0


async def test_an_event_of_a_refused_number_alone_is_recorded(baton: Program, shop: Shop, klaviyo: Klaviyo) -> None:
    """A variation: the profile is known by Baton's id of it."""
    await connect(baton, shop)
    klaviyo.faults.add(NO_PHONE, on="POST /api/events")
    await baton.start(shop, key=shop.owner, channel="SMS", phone=PHONE)
    assert await forward(baton) == 1
    [event] = klaviyo.recorded
    assert event["profile"]["data"]["attributes"]["anonymous_id"].startswith("baton-")


async def test_another_refusal_is_final(baton: Program, shop: Shop, klaviyo: Klaviyo) -> None:
    """A control: what is not about the identifier is a dead letter after one call."""
    await connect(baton, shop)
    klaviyo.faults.add(refusing("Invalid metric", "/data/attributes/metric"), on="POST /api/events")
    await baton.start(shop, key=shop.owner, channel="SMS", phone=PHONE, profileId="42")
    await forward(baton)
    assert klaviyo.recorded == []
    assert len(klaviyo.calls("POST /api/events")) == 1
    assert (await shown(baton, shop))["forwarding"]["deadLetters"]["totalCount"] == 1


async def test_a_refusal_in_characters_that_cannot_be_stored_is_final_too(
    baton: Program, shop: Shop, klaviyo: Klaviyo
) -> None:
    """A variation: half of a surrogate pair, and what colours a terminal."""
    await connect(baton, shop)
    klaviyo.faults.add(refusing("Bad \ud800 \x1b[31m metric", "/data/attributes/metric"), on="POST /api/events")
    await baton.start(shop, key=shop.owner, channel="SMS", phone=PHONE, profileId="42")
    await forward(baton)
    [letter] = (await shown(baton, shop))["forwarding"]["deadLetters"]["nodes"]
    assert "Bad    [31m metric" in letter["error"]
