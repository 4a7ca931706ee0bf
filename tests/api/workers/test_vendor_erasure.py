"""Connected helpdesks and Klaviyo delete what they have of a shopper who is erased, through the outbox."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from dev.fakes.faults import cut_after, failing, responding
from dev.fakes.gorgias import Gorgias
from dev.fakes.klaviyo import KEY, Klaviyo
from dev.fakes.server import serving
from dev.fakes.shopify import ORDER, order
from dev.fakes.zendesk import ADMIN, Zendesk
from domain.model.connected_services import Service
from tests.harness.clock import ManualClock
from tests.harness.outbox import dispatcher, hand_over_to, rows
from tests.harness.program import Json, Program, Shop, Started, identity_token, running
from tests.harness.workers import deliver_due
from tests.resolvers.commerce.test_shopify import connected
from tests.resolvers.forwarding.endpoints import forward
from tests.resolvers.metrics.histories import START, History
from tests.resolvers.profile.test_erasing import (
    EMAIL,
    EVENTS,
    NAME,
    PHONE,
    REPORT,
    Shopper,
    findings,
    found_in,
    run_erasures,
)

pytestmark = pytest.mark.timeout(120)
ERASURE = """query($id: ID!) { node(id: $id) { ... on Erasure { finishedAt mentions { place }
  vendorCallCount vendors { outgoingId destination state problem } } } }"""
PROFILE = "query($id: ID!) { conversation(id: $id) { profile { id } } }"
OWN = (EMAIL, NAME, "9998877", "zanzibar")


@pytest.fixture
async def klaviyo() -> AsyncIterator[Klaviyo]:
    fake = Klaviyo()
    async with serving(fake) as fake.url:
        yield fake


@pytest.fixture
async def baton(
    zendesk: Zendesk,
    gorgias: Gorgias,
    klaviyo: Klaviyo,
    mongo_uri: str,
    database_name: str,
    tmp_path: Path,
    mongo_client: AsyncMongoClient[dict[str, Any]],
) -> AsyncIterator[Program]:
    clock = ManualClock()
    zendesk.clock = clock.now
    urls = {"zendesk_url": zendesk.url, "gorgias_url": gorgias.url, "klaviyo_url": klaviyo.url}
    async with running(mongo_uri, database_name, tmp_path, mongo_client, clock, **urls) as program:
        yield program


async def handed_over(
    baton: Program, shop: Shop, service: Service, *, key: str | None = None, has_email: bool = True
) -> Started:
    """A conversation of Lena's with a ticket in a helpdesk."""
    if not await baton.database["connected_services"].count_documents({}):
        await hand_over_to(baton, shop, service)
    visitor = {"name": NAME, "phone": PHONE, **({"email": EMAIL} if has_email else {})}
    talk = await baton.start(shop, f"zanzibar {EMAIL}", channel="SMS", key=key or shop.owner, **visitor)
    asked = {"conversationId": talk.id, "epoch": 1, "reason": "KNOWLEDGE_GAP", "summary": f"zanzibar {NAME}"}
    assert (await baton.mutate(shop.agent, "requestHandoff", **asked))["errors"] == []
    assert await deliver_due(dispatcher(baton)) == 1
    return talk


async def handed_over_on_the_web(baton: Program, shop: Shop, **visitor: str) -> Started:
    """A chat of a browser's, with a ticket in the helpdesk: the shopper has agreed to it."""
    talk = await baton.start(shop, "zanzibar", key=shop.widget, **visitor)
    asked = {"conversationId": talk.id, "epoch": 1, "reason": "KNOWLEDGE_GAP"}
    offer = await baton.mutate(shop.agent, "requestHandoff", **asked)
    accepted = {"handoffId": offer["handoff"]["id"], "accept": True}
    assert (await baton.mutate(talk.token, "answerHandoffOffer", **accepted))["errors"] == []
    assert await deliver_due(dispatcher(baton)) == 1
    return talk


async def erased(baton: Program, shop: Shop, talk: Started) -> str:
    found = (await baton.data(shop.owner, PROFILE, id=talk.id))["conversation"]
    payload = await baton.mutate(shop.owner, "eraseProfile", profileId=found["profile"]["id"])
    assert payload["errors"] == []
    await run_erasures(baton)
    return str(payload["erasure"]["id"])


async def shown(baton: Program, shop: Shop, erasure_id: str) -> Json:
    record: Json = (await baton.data(shop.owner, ERASURE, id=erasure_id))["node"]
    assert record["finishedAt"] is not None
    assert record["mentions"] == []
    return record


def states(record: Json) -> list[tuple[str, str]]:
    return [(each["destination"], each["state"]) for each in record["vendors"]]


async def test_the_ticket_and_its_requester_are_deleted_from_zendesk_for_good(
    baton: Program, shop: Shop, zendesk: Zendesk
) -> None:
    talk = await handed_over(baton, shop, Service.ZENDESK)
    assert (len(zendesk.tickets), len(zendesk.users)) == (1, 2)
    erasure = await erased(baton, shop, talk)
    assert states(await shown(baton, shop, erasure)) == [("ZENDESK", "PENDING")]
    assert await deliver_due(dispatcher(baton)) == 1
    assert (zendesk.tickets, zendesk.deleted, [user["role"] for user in zendesk.users.values()]) == ({}, {}, ["admin"])
    assert states(await shown(baton, shop, erasure)) == [("ZENDESK", "DELIVERED")]
    assert await found_in(baton, *OWN) == set()
    [row] = [each for each in await rows(baton, shop) if each.erasure_id]
    assert (row.payload, row.external_id, row.error) == (None, None, None)


async def test_a_requester_with_other_tickets_and_a_member_of_staff_stay(
    baton: Program, shop: Shop, zendesk: Zendesk
) -> None:
    talk = await handed_over(baton, shop, Service.ZENDESK)
    other = zendesk.add_ticket(external_id=None, email=EMAIL)
    other.requester_id = next(iter(zendesk.tickets.values())).requester_id
    await erased(baton, shop, talk)
    assert await deliver_due(dispatcher(baton)) == 1
    assert list(zendesk.tickets) == [other.id]
    assert other.requester_id in zendesk.users

    talk = await handed_over(baton, shop, Service.ZENDESK)
    for ticket in zendesk.tickets.values():
        ticket.requester_id = int(str(ADMIN["id"]))
    await erased(baton, shop, talk)
    assert await deliver_due(dispatcher(baton)) == 1
    assert int(str(ADMIN["id"])) in zendesk.users


async def test_every_ticket_of_the_conversation_is_deleted(baton: Program, shop: Shop, zendesk: Zendesk) -> None:
    """A ticket that was closed goes on as another, whose number Baton knows from then on."""
    talk = await handed_over(baton, shop, Service.ZENDESK)
    [first] = zendesk.tickets.values()
    first.status = "closed"
    await baton.done(shop.owner, "sendMessage", conversationId=talk.id, text="zanzibar again")
    await deliver_due(dispatcher(baton))
    assert len(zendesk.tickets) == 2
    erasure = await erased(baton, shop, talk)
    assert await deliver_due(dispatcher(baton)) == 1
    assert (zendesk.tickets, zendesk.deleted, len(zendesk.users)) == ({}, {}, 1)
    assert states(await shown(baton, shop, erasure)) == [("ZENDESK", "DELIVERED")]


@pytest.mark.parametrize("has_cursors", [True, False])
async def test_more_tickets_than_zendesk_lists_at_once_are_deleted(
    baton: Program, shop: Shop, zendesk: Zendesk, *, has_cursors: bool
) -> None:
    """A part of them in each attempt. The last one, on the second page, has another requester."""
    zendesk.has_cursors = has_cursors
    talk = await handed_over(baton, shop, Service.ZENDESK)
    [first] = zendesk.tickets.values()
    for _ in range(100):
        again = zendesk.add_ticket(external_id=first.fields["external_id"], email=EMAIL)
        again.requester_id = first.requester_id
    again = zendesk.add_ticket(external_id=first.fields["external_id"], email="lena.work@example.com")
    bobs = zendesk.add_ticket(external_id="other", email="bob@example.com")
    erasure = await erased(baton, shop, talk)
    assert await deliver_due(dispatcher(baton)) == 1
    assert len(zendesk.tickets) == 103 - 20
    assert states(await shown(baton, shop, erasure)) == [("ZENDESK", "PENDING")]
    for _ in range(5):
        baton.clock.move(timedelta(hours=1))
        assert await deliver_due(dispatcher(baton)) == 1
    assert (list(zendesk.tickets), zendesk.deleted) == ([bobs.id], {})
    assert sorted(user["email"] for user in zendesk.users.values() if user["role"] == "end-user") == ["bob@example.com"]
    assert states(await shown(baton, shop, erasure)) == [("ZENDESK", "DELIVERED")]


async def test_a_user_is_found_behind_many_that_were_deleted_since(
    baton: Program, shop: Shop, zendesk: Zendesk
) -> None:
    """The first attempt deletes the ticket and the user, and breaks off before the user is gone for good."""
    talk = await handed_over(baton, shop, Service.ZENDESK)
    erasure = await erased(baton, shop, talk)
    zendesk.faults.add(failing(503), on="DELETE /api/v2/deleted_users/*")
    await deliver_due(dispatcher(baton))
    assert EMAIL in repr(zendesk.deleted)
    baton.clock.move(timedelta(hours=1))
    at = baton.clock.now().isoformat()
    others = {number: {"id": number, "email": f"{number}@example.com", "updated_at": at} for number in range(1, 131)}
    zendesk.deleted |= others
    assert await deliver_due(dispatcher(baton)) == 1
    assert zendesk.deleted == others
    assert states(await shown(baton, shop, erasure)) == [("ZENDESK", "DELIVERED")]


async def test_a_call_that_is_retried_days_later_finds_the_user_still(
    baton: Program, shop: Shop, zendesk: Zendesk
) -> None:
    """The connected user was not allowed to delete users for good, and others were deleted meanwhile."""
    talk = await handed_over(baton, shop, Service.ZENDESK)
    erasure = await erased(baton, shop, talk)
    zendesk.faults.add(failing(403), on="DELETE /api/v2/deleted_users/*")
    await deliver_due(dispatcher(baton))
    [call] = (await shown(baton, shop, erasure))["vendors"]
    assert (call["state"], EMAIL in repr(zendesk.deleted)) == ("FAILED", True)
    baton.clock.move(timedelta(days=1))
    at = baton.clock.now().isoformat()
    others = {1: {"id": 1, "email": "1@example.com", "updated_at": at}}
    zendesk.deleted |= others
    baton.clock.move(timedelta(days=1))
    await baton.done(shop.owner, "retryOutgoing", outgoingId=call["outgoingId"])
    assert await deliver_due(dispatcher(baton)) == 1
    assert zendesk.deleted == others
    assert states(await shown(baton, shop, erasure)) == [("ZENDESK", "DELIVERED")]


async def test_a_ticket_of_somebody_else_is_left_and_told(baton: Program, shop: Shop, zendesk: Zendesk) -> None:
    """Staff have merged the shopper's ticket into one of Bob's, where the conversation goes on."""
    talk = await handed_over(baton, shop, Service.ZENDESK)
    [ticket] = zendesk.tickets.values()
    bobs = zendesk.add_ticket(external_id=None, email="bob@example.com")
    zendesk.add_agent_comment(ticket, f"This request was closed and merged into request #{bobs.id}", public=False)
    ticket.fields["tags"], ticket.status = ["baton", "closed_by_merge"], "closed"
    await baton.done(shop.owner, "sendMessage", conversationId=talk.id, text="zanzibar again")
    await deliver_due(dispatcher(baton))
    assert "zanzibar again" in repr(bobs.comments)
    erasure = await erased(baton, shop, talk)
    assert await deliver_due(dispatcher(baton)) == 1
    assert list(zendesk.tickets) == [bobs.id]
    assert sorted(user["email"] for user in zendesk.users.values() if user["role"] == "end-user") == ["bob@example.com"]
    assert states(await shown(baton, shop, erasure)) == [("ZENDESK", "FAILED")]


@pytest.mark.parametrize("has_email", [True, False])
async def test_a_call_that_breaks_off_is_repeated(
    baton: Program, shop: Shop, zendesk: Zendesk, *, has_email: bool
) -> None:
    """Once the ticket is gone, its requester is found by the address, or as whom Baton made."""
    talk = await handed_over(baton, shop, Service.ZENDESK, has_email=has_email)
    assert len(zendesk.users) == 2
    erasure = await erased(baton, shop, talk)
    for place in ("tickets", "deleted_tickets", "users", "deleted_users"):
        zendesk.faults.add(failing(503), on=f"DELETE /api/v2/{place}/*")
        zendesk.faults.add(cut_after(), on=f"DELETE /api/v2/{place}/*")
    for _ in range(12):
        await deliver_due(dispatcher(baton))
        baton.clock.move(timedelta(hours=1))
    assert (zendesk.tickets, zendesk.deleted, len(zendesk.users)) == ({}, {}, 1)
    assert states(await shown(baton, shop, erasure)) == [("ZENDESK", "DELIVERED")]
    assert await found_in(baton, *OWN) == set()


async def test_the_ticket_and_its_customer_are_deleted_from_gorgias(
    baton: Program, shop: Shop, gorgias: Gorgias
) -> None:
    talk = await handed_over(baton, shop, Service.GORGIAS)
    [ticket] = gorgias.tickets.values()
    erasure = await erased(baton, shop, talk)
    # An attempt whose outcome was unknown has made a second one. Rows that were not asked for are no reason to delete.
    bobs = {**ticket, "id": 902, "external_id": None, "customer": {"id": 77, "email": "bob@example.com"}}
    gorgias.tickets |= {901: {**ticket, "id": 901}, 902: bobs}
    listed = {"data": list(gorgias.tickets.values()), "meta": {"next_cursor": None}}
    gorgias.faults.add(responding(200, listed), on="GET /api/tickets")
    assert await deliver_due(dispatcher(baton)) == 1
    assert list(gorgias.tickets) == [902]
    assert EMAIL not in repr(gorgias.customers)
    assert states(await shown(baton, shop, erasure)) == [("GORGIAS", "DELIVERED")]


async def test_more_tickets_than_one_attempt_deletes_go_from_gorgias(
    baton: Program, shop: Shop, gorgias: Gorgias
) -> None:
    talk = await handed_over(baton, shop, Service.GORGIAS)
    [ticket] = gorgias.tickets.values()
    gorgias.tickets |= {number: {**ticket, "id": number} for number in range(901, 1_051)}
    erasure = await erased(baton, shop, talk)
    for _ in range(8):
        assert await deliver_due(dispatcher(baton)) == 1
        baton.clock.move(timedelta(hours=1))
    assert (gorgias.tickets, gorgias.customers) == ({}, {})
    assert states(await shown(baton, shop, erasure)) == [("GORGIAS", "DELIVERED")]


@pytest.mark.parametrize("has_email", [True, False])
async def test_a_call_to_gorgias_that_breaks_off_is_repeated(
    baton: Program, shop: Shop, gorgias: Gorgias, *, has_email: bool
) -> None:
    talk = await handed_over(baton, shop, Service.GORGIAS, has_email=has_email)
    assert (len(gorgias.tickets), len(gorgias.customers)) == (1, 1)
    erasure = await erased(baton, shop, talk)
    for place in ("tickets", "customers"):
        gorgias.faults.add(failing(503), on=f"DELETE /api/{place}/*")
        gorgias.faults.add(cut_after(), on=f"DELETE /api/{place}/*")
    for _ in range(6):
        await deliver_due(dispatcher(baton))
        baton.clock.move(timedelta(hours=1))
    assert (gorgias.tickets, gorgias.customers) == ({}, {})
    assert states(await shown(baton, shop, erasure)) == [("GORGIAS", "DELIVERED")]
    assert await found_in(baton, *OWN) == set()


async def test_klaviyo_is_told_each_address_that_is_the_shoppers(baton: Program, shop: Shop, klaviyo: Klaviyo) -> None:
    await baton.done(shop.owner, "connectKlaviyo", apiKey=KEY)
    talk = await baton.start(shop, "zanzibar", key=shop.owner, email=EMAIL, name=NAME, phone=PHONE)
    erasure = await erased(baton, shop, talk)
    assert await found_in(baton, EMAIL) == {("outgoing", EMAIL)}  # whom to delete there, until Klaviyo has accepted it
    assert [each async for each in baton.baton.services.erasure_check.examine(lambda _: None)] == []
    klaviyo.keys[KEY] = frozenset({"accounts:read", "events:write"})
    assert await deliver_due(dispatcher(baton)) == 2
    record = await shown(baton, shop, erasure)
    assert states(record) == [("KLAVIYO", "FAILED"), ("KLAVIYO", "FAILED")]
    assert "retryOutgoing" in record["vendors"][0]["problem"]
    look = await baton.data(shop.owner, "{ klaviyo { problem } }")
    assert look["klaviyo"]["problem"] is None  # the key works for events

    klaviyo.keys[KEY] = frozenset({"accounts:read", "events:write", "data-privacy:write"})
    for each in record["vendors"]:
        await baton.done(shop.owner, "retryOutgoing", outgoingId=each["outgoingId"])
    assert await deliver_due(dispatcher(baton)) == 2
    assert klaviyo.deletions == [{"email": EMAIL}, {"phone_number": PHONE}]
    assert states(await shown(baton, shop, erasure)) == [("KLAVIYO", "DELIVERED"), ("KLAVIYO", "DELIVERED")]
    assert await found_in(baton, *OWN) == set()


async def test_calls_that_the_record_has_no_room_for_are_made_and_counted(
    baton: Program, shop: Shop, zendesk: Zendesk, klaviyo: Klaviyo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that fails takes the place of one that has not."""
    monkeypatch.setattr("domain.erasure.vendors.MOST_VENDOR_CALLS", 2)
    await baton.done(shop.owner, "connectKlaviyo", apiKey=KEY)
    await hand_over_to(baton, shop, Service.ZENDESK)
    klaviyo.keys[KEY] = frozenset({"accounts:read", "events:write"})
    talk = await handed_over(baton, shop, Service.ZENDESK)
    erasure = await erased(baton, shop, talk)
    record = await shown(baton, shop, erasure)
    assert (record["vendorCallCount"], states(record)) == (3, [("ZENDESK", "PENDING"), ("KLAVIYO", "PENDING")])
    assert await deliver_due(dispatcher(baton)) == 3
    assert zendesk.tickets == {}
    record = await shown(baton, shop, erasure)
    assert (record["vendorCallCount"], states(record)) == (3, [("KLAVIYO", "FAILED"), ("KLAVIYO", "FAILED")])
    klaviyo.keys[KEY] |= {"data-privacy:write"}
    for each in record["vendors"]:
        await baton.done(shop.owner, "retryOutgoing", outgoingId=each["outgoingId"])
    assert await deliver_due(dispatcher(baton)) == 2
    assert klaviyo.deletions == [{"email": EMAIL}, {"phone_number": PHONE}]


async def test_klaviyo_deletes_the_profile_of_the_shops_own_id(baton: Program, shop: Shop, klaviyo: Klaviyo) -> None:
    """Events of a shopper without address and number are recorded under the own id, with the first message."""
    await baton.done(shop.owner, "connectKlaviyo", apiKey=KEY)
    token = await identity_token(baton, shop, 'cust"88123')
    talk = await baton.start(shop, "zanzibar", identityToken=token)
    await forward(baton)
    assert klaviyo.recorded[0]["profile"]["data"]["attributes"] == {"external_id": 'cust"88123'}
    erasure = await erased(baton, shop, talk)
    klaviyo.keys[KEY] -= {"profiles:read"}
    assert await deliver_due(dispatcher(baton)) == 1
    [call] = (await shown(baton, shop, erasure))["vendors"]
    assert (call["destination"], call["state"]) == ("KLAVIYO", "FAILED")
    klaviyo.keys[KEY] |= {"profiles:read"}
    await baton.done(shop.owner, "retryOutgoing", outgoingId=call["outgoingId"])
    assert await deliver_due(dispatcher(baton)) == 1
    assert klaviyo.deletions == [{"id": 'Kcust"88123'}]
    assert await found_in(baton, 'cust"88123', "zanzibar") == set()


@pytest.mark.parametrize("service", [Service.ZENDESK, Service.GORGIAS])
async def test_of_a_claimed_address_the_ticket_goes_and_its_owner_stays(
    baton: Program, shop: Shop, zendesk: Zendesk, gorgias: Gorgias, klaviyo: Klaviyo, service: Service
) -> None:
    await baton.done(shop.owner, "connectKlaviyo", apiKey=KEY)
    await hand_over_to(baton, shop, service)
    talk = await handed_over_on_the_web(baton, shop, email=EMAIL)
    assert len(zendesk.tickets) + len(gorgias.tickets) == 1
    await erased(baton, shop, talk)
    assert await deliver_due(dispatcher(baton)) == 1
    assert (zendesk.tickets, gorgias.tickets, klaviyo.deletions) == ({}, {}, [])
    assert EMAIL in repr((zendesk.users, gorgias.customers))


async def test_the_owner_of_a_claimed_address_stays_though_the_number_is_proved(
    baton: Program, shop: Shop, zendesk: Zendesk
) -> None:
    await hand_over_to(baton, shop, Service.ZENDESK)
    token = await identity_token(baton, shop, "customer-7", phone=PHONE)
    talk = await handed_over_on_the_web(baton, shop, identityToken=token, email=EMAIL)
    await erased(baton, shop, talk)
    assert await deliver_due(dispatcher(baton)) == 1
    assert zendesk.tickets == {}
    assert EMAIL in repr(zendesk.users)


@pytest.mark.parametrize("service", [Service.ZENDESK, Service.GORGIAS])
async def test_whom_baton_made_goes_with_an_unproved_number(
    baton: Program, shop: Shop, zendesk: Zendesk, gorgias: Gorgias, service: Service
) -> None:
    """A web chat without an address is handed over if the shop's token proves who the shopper is: it proves no number
    that the shopper gives."""
    await hand_over_to(baton, shop, service, identityPolicy="SIGNED_IN")
    token = await identity_token(baton, shop, "customer-7")
    talk = await handed_over_on_the_web(baton, shop, identityToken=token, phone=PHONE, name=NAME)
    assert len(zendesk.tickets) + len(gorgias.tickets) == 1
    assert NAME in repr((zendesk.users, gorgias.customers))
    await erased(baton, shop, talk)
    assert await deliver_due(dispatcher(baton)) == 1
    assert NAME not in repr((zendesk.users, zendesk.deleted, gorgias.customers))
    assert (zendesk.tickets, gorgias.tickets) == ({}, {})


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_random_histories_with_every_integration_leave_nothing(
    baton: Program, shop: Shop, zendesk: Zendesk, klaviyo: Klaviyo, seed: int
) -> None:
    """On every channel, with a helpdesk, Klaviyo and a shop system: after the erasure no byte of the database, of an
    export or at a vendor has anything of the shopper, and every number is as before."""
    baton.clock.set(START)
    await baton.done(shop.owner, "connectKlaviyo", apiKey=KEY)
    await hand_over_to(baton, shop, Service.ZENDESK)
    shopify = await connected(baton, shop)
    others, lena = History(baton, shop, seed), Shopper(baton, shop, seed)
    for number in range(25):
        await others.step()
        await lena.step()
        if number % 5 == 0:
            await lena.begin()
            told = order(ORDER + number, email=EMAIL, contact_email=EMAIL, phone=PHONE, customer=None)
            at = baton.clock.now().isoformat()
            await shopify.tell("orders/create", {**told, "created_at": at, "updated_at": at, "processed_at": at})
            await deliver_due(dispatcher(baton))
            await forward(baton)
        baton.clock.move(timedelta(minutes=7))
    await settled(baton)
    for chat in lena._chats:  # the erasure closes what is open, which is a change of its own
        await baton.errors_of(shop.owner, "closeConversation", conversationId=chat.id)
    await settled(baton)
    before = [await baton.data(shop.owner, each) for each in (REPORT, EVENTS)]
    assert await findings(baton) == []
    assert EMAIL in await exported(baton, shop)

    payload = await baton.mutate(shop.owner, "eraseProfile", profileId=await lena.profile())
    assert payload["errors"] == []
    await run_erasures(baton)
    await settled(baton)
    record = await shown(baton, shop, payload["erasure"]["id"])
    assert {each["state"] for each in record["vendors"]} == {"DELIVERED"}
    assert {"email": EMAIL} in klaviyo.deletions
    for words in (*OWN, "Zanzibar", "Quux", "quux", "cust-88123"):
        assert words not in repr((zendesk.tickets, zendesk.deleted))
    assert await found_in(baton, *OWN, "Zanzibar", "Quux", "quux", "cust-88123") == set()
    left = await exported(baton, shop)
    assert [words for words in (*OWN, "quux", "Quux") if words in left] == []
    assert [await baton.data(shop.owner, each) for each in (REPORT, EVENTS)] == before
    assert await findings(baton) == []
    assert [each async for each in baton.baton.services.erasure_check.examine(lambda _: None)] == []


async def settled(baton: Program) -> None:
    """Run the workers until nothing waits."""
    for _ in range(8):
        await deliver_due(dispatcher(baton))
        await forward(baton)
        await baton.baton.workers.timers.fire_due()
        baton.clock.move(timedelta(seconds=30))


async def exported(baton: Program, shop: Shop) -> str:
    headers = {"authorization": f"Bearer {shop.owner}"}
    response = await baton.http.get("/export", params={"notes": "true"}, headers=headers)
    assert response.status_code == 200
    return response.text
