"""A handoff to Zendesk from the shopper's consent to the staff's last reply: each message arrives once, both ways."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dev.fakes.faults import cut_after, failing
from dev.fakes.zendesk import Ticket, Zendesk, suspended
from tests.api.webhooks.zendesk.conftest import ZendeskWebhook, messages_of
from tests.harness.outbox import dispatcher
from tests.harness.program import Json, Program, Started
from tests.harness.workers import deliver_due

TICKET = """query($id: ID!) { conversation(id: $id) { controller { kind }
  ticket { state delivery externalId externalUrl attempts { outcome httpStatus error } } handoff { state } } }"""


async def deliver(baton: Program, *, times: int = 1) -> None:
    worker = dispatcher(baton)
    for number in range(times):
        if number:
            baton.clock.move(timedelta(minutes=10))
        while await deliver_due(worker):
            pass


async def consented(baton: Program, webhook: ZendeskWebhook, *, chat: str = "CONTINUES") -> Started:
    await baton.done(webhook.shop.owner, "updateHandoffSettings", helpdesk="ZENDESK", chatAfterHandoff=chat)
    started = await baton.start(
        webhook.shop, "Where is my order? 😀", anonymousId="a", name="Anna", email="anna@example.com"
    )
    given = {"conversationId": started.id, "epoch": 1, "reason": "EXPLICIT_ASK", "summary": "Lost parcel"}
    handoff = (await baton.done(webhook.shop.agent, "requestHandoff", **given))["handoff"]
    await baton.done(started.token, "answerHandoffOffer", handoffId=handoff["id"], accept=True)
    return started


async def ticket_of(baton: Program, webhook: ZendeskWebhook, started: Started) -> Json:
    conversation: Json = (await baton.data(webhook.shop.owner, TICKET, id=started.id))["conversation"]
    return conversation


async def test_there_and_back(baton: Program, webhook: ZendeskWebhook, zendesk: Zendesk) -> None:
    started = await consented(baton, webhook)
    assert zendesk.tickets == {}  # the request itself makes no call to Zendesk
    await deliver(baton)
    [ticket] = zendesk.tickets.values()
    assert await ticket_of(baton, webhook, started) == {
        "controller": {"kind": "HELPDESK"},
        "ticket": {
            "state": "OPEN",
            "delivery": "DELIVERED",
            "externalId": str(ticket.id),
            "externalUrl": f"{zendesk.url}/agent/tickets/{ticket.id}",
            "attempts": [{"outcome": "delivered", "httpStatus": 201, "error": None}],
        },
        "handoff": {"state": "DELIVERED"},
    }
    transcript = ticket.comments[0]["plain_body"]
    assert "Summary: Lost parcel" in transcript
    assert "The shopper agreed: “Yes, connect me with an agent”, 2026-06-07 12:00:00 UTC" in transcript
    assert "Anna (shopper, not verified), 2026-06-07 12:00:00 UTC\nWhere is my order? 😀" in transcript

    await baton.say(started, "Are you there?")
    await deliver(baton)
    assert ticket.comments[-1]["plain_body"] == "Are you there?\nChat message 4, 2026-06-07 12:00:00 UTC"
    reply = zendesk.add_agent_comment(ticket, "I am. It arrives today.")
    mail = zendesk.add_requester_comment(ticket, "Thank you!")
    solved = zendesk.change_status(ticket, "solved")
    # All events, including those of Baton's comments, twice and in random order.
    for hook in zendesk.shuffled([*zendesk.own_comment_events(ticket), reply, mail, solved], seed=3):
        await webhook.result_of(hook)
    told = await messages_of(baton, started)
    assert len(told) == 6
    assert [m for m in told if m[0] == "SHOPPER"] == [
        ("SHOPPER", "Anna", "Where is my order? 😀"),
        ("SHOPPER", "Anna", "Are you there?"),
        ("SHOPPER", "Anna", "Thank you!"),
    ]
    assert [m for m in told if m[0] == "HUMAN_AGENT"] == [("HUMAN_AGENT", "Sam", "I am. It arrives today.")]
    assert (await ticket_of(baton, webhook, started))["ticket"]["state"] == "CLOSED"
    await deliver(baton)
    assert len(ticket.comments) == 4  # imported comments are not sent back


@pytest.mark.parametrize("chat", ["CONTINUES", "MOVES_TO_EMAIL"])
async def test_late_or_lost_responses_create_no_duplicates(
    baton: Program, webhook: ZendeskWebhook, zendesk: Zendesk, chat: str
) -> None:
    started = await consented(baton, webhook, chat=chat)
    await baton.say(started, "Hello?")
    zendesk.faults.add(cut_after(), on="POST *")
    zendesk.faults.add(failing(), on="GET *")
    zendesk.faults.add(cut_after(), on="PUT *")
    await deliver(baton, times=8)
    [ticket] = zendesk.tickets.values()
    assert [c["plain_body"].split("\n")[0] for c in ticket.comments] == ["Summary: Lost parcel", "Hello?"]
    attempts = (await ticket_of(baton, webhook, started))["ticket"]["attempts"]
    assert [(a["outcome"], a["httpStatus"]) for a in attempts] == [
        ("retrying", None),
        ("retrying", 503),
        ("delivered", 200),
    ]


async def test_a_suspended_requester_is_reported_with_zendesks_error(
    baton: Program, webhook: ZendeskWebhook, zendesk: Zendesk
) -> None:
    started = await consented(baton, webhook)
    zendesk.faults.add(suspended("Anna"), on="POST *")
    await deliver(baton, times=3)
    found = await ticket_of(baton, webhook, started)
    assert (found["ticket"]["delivery"], found["handoff"]["state"]) == ("FAILED", "FAILED")
    words = "Zendesk returned 422: RecordInvalid – Record validation errors – Requester: Anna is suspended."
    assert found["ticket"]["attempts"] == [{"outcome": "failed", "httpStatus": 422, "error": words}]
    assert len(zendesk.calls("POST")) == 1
    ticket_id = (await baton.data(webhook.shop.owner, "{ inbox { nodes { id } } }"))["inbox"]["nodes"][0]["id"]
    await baton.done(webhook.shop.owner, "retryDelivery", ticketId=ticket_id)
    await deliver(baton)
    assert (await ticket_of(baton, webhook, started))["ticket"]["delivery"] == "DELIVERED"
    assert len(zendesk.tickets) == 1


async def test_credentials_revoked_during_delivery_are_a_problem_of_the_connection(
    baton: Program, webhook: ZendeskWebhook, zendesk: Zendesk
) -> None:
    started = await consented(baton, webhook)
    zendesk.token = "another"
    await deliver(baton)
    found = await ticket_of(baton, webhook, started)
    assert found["ticket"]["attempts"][0]["error"] == "Zendesk returned 401: Couldn't authenticate you"
    connections = "{ handoffSettings { connections { helpdesk connected problem } } }"
    shown = (await baton.data(webhook.shop.owner, connections))["handoffSettings"]["connections"]
    assert {c["helpdesk"]: c["problem"] for c in shown}["ZENDESK"] == (
        "Zendesk returned 401: Couldn't authenticate you"
    )


async def test_a_webhook_before_the_tickets_id_is_stored(
    baton: Program, webhook: ZendeskWebhook, zendesk: Zendesk
) -> None:
    """The ticket exists in the helpdesk, but the response is still on its way."""
    started = await consented(baton, webhook)
    zendesk.faults.add(cut_after(), on="POST *")
    await deliver(baton)
    [ticket] = zendesk.tickets.values()
    assert (await ticket_of(baton, webhook, started))["ticket"]["externalId"] is None
    reply = zendesk.signed(zendesk.add_agent_comment(ticket, "I am quick"))
    assert await webhook.result_of(reply) == "accepted"
    assert (await messages_of(baton, started))[-1] == ("HUMAN_AGENT", "Sam", "I am quick")
    await deliver(baton, times=3)
    assert isinstance(ticket, Ticket)
    assert (await ticket_of(baton, webhook, started))["ticket"]["externalId"] == str(ticket.id)
