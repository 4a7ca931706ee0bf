"""Handoffs to Zendesk and Gorgias, from the shopper's consent to the ticket."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dev.fakes.faults import cut_after, failing
from dev.fakes.gorgias import Gorgias
from dev.fakes.zendesk import Zendesk, comments_of, suspended
from domain.conversation.aggregate import Change
from domain.i18n.localization import catalog_for
from domain.model.connected_services import Service
from domain.model.conversation import Author, AuthorKind
from tests.harness.chat import Chat, codes
from tests.harness.event_consistency import ConsistencyChecker
from tests.harness.outbox import change_of, connect, dispatcher, hand_over_to, rows
from tests.harness.program import Json, Program, Shop, identity_token
from tests.harness.workers import deliver_due
from tests.resolvers.inbox_client import InboxClient

pytestmark = pytest.mark.timeout(120)
WORDS = catalog_for("en")
TICKET = """query($id: ID!) { conversation(id: $id) { handoff { state } controller { kind } ticket {
  helpdesk state delivery externalId externalUrl attempts { outcome httpStatus error }
} } }"""
OUTGOING = """query($state: [OutgoingState!]) { outgoing(state: $state) { totalCount nodes {
  id kind state destination error externalId nextAttemptAt attempts { outcome error } conversation { id }
} } }"""


async def asked(program: Program, shop: Shop, *, channel: str = "WEB_CHAT", **visitor: str) -> Chat:
    """A chat that is handed off to a human: on the web, after the shopper's consent."""
    known = visitor or ({"email": "ann@example.com"} if channel == "WEB_CHAT" else {"phone": "+393331234567"})
    chat = await Chat.of(program, shop, channel=channel, **known)
    assert (await chat.request(summary="Broken parcel"))["errors"] == []
    if channel == "WEB_CHAT":
        assert (await chat.accept())["errors"] == []
    return chat


async def deliver(program: Program, chat: Chat, expected: int = 1) -> None:
    """Run the dispatcher once, and check that the events explain every change."""
    async with ConsistencyChecker(program).watching(chat.shop.owner, chat.id):
        assert await deliver_due(dispatcher(program)) == expected


async def shown(program: Program, chat: Chat) -> Json:
    ticket: Json = (await program.data(chat.shop.owner, TICKET, id=chat.id))["conversation"]
    return ticket


async def last_words(program: Program, chat: Chat, count: int = 1) -> list[str]:
    document = "query($id: ID!) { conversation(id: $id) { messages(last: 10) { nodes { text } } } }"
    found = await program.data(chat.started.token, document, id=chat.id)
    return [message["text"] for message in found["conversation"]["messages"]["nodes"]][-count:]


async def in_inbox(program: Program, shop: Shop) -> list[str]:
    found = await program.data(shop.support, "{ inbox { totalCount nodes { conversation { id } } } }")
    assert found["inbox"]["totalCount"] == len(found["inbox"]["nodes"])
    return [ticket["conversation"]["id"] for ticket in found["inbox"]["nodes"]]


async def test_a_yes_becomes_a_ticket_in_zendesk(baton: Program, shop: Shop, zendesk: Zendesk) -> None:
    await hand_over_to(baton, shop, Service.ZENDESK)
    chat = await asked(baton, shop)
    assert await chat.standing() == "QUEUED HELPDESK OPEN NOT_RESOLVED_BY_AI"
    assert await last_words(baton, chat) == [WORDS.answered_by_email]
    before = (await shown(baton, chat))["ticket"]
    assert (before["helpdesk"], before["delivery"], before["externalId"], before["attempts"]) == (
        "ZENDESK",
        "PENDING",
        None,
        [],
    )
    assert zendesk.tickets == {}

    await deliver(baton, chat)

    [ticket] = zendesk.tickets.values()
    assert "Where is my order?" in comments_of([ticket])[0]
    assert "Broken parcel" in comments_of([ticket])[0]
    found = await shown(baton, chat)
    assert found["handoff"]["state"] == "DELIVERED"
    assert found["ticket"] == {
        "helpdesk": "ZENDESK",
        "state": "OPEN",
        "delivery": "DELIVERED",
        "externalId": str(ticket.id),
        "externalUrl": f"{zendesk.url}/agent/tickets/{ticket.id}",
        "attempts": [{"outcome": "delivered", "httpStatus": 201, "error": None}],
    }
    assert await in_inbox(baton, shop) == []
    assert codes(await chat.post()) == [("NOT_IN_CONTROL", ["input", "epoch"])]
    baton.clock.move(timedelta(hours=60))
    await baton.baton.workers.timers.fire_due()
    assert not (await chat.row()).is_closed, "its ticket is open"


async def test_later_messages_are_forwarded_and_the_shopper_is_told_once(
    baton: Program, shop: Shop, zendesk: Zendesk
) -> None:
    await hand_over_to(baton, shop, Service.ZENDESK)
    chat = await asked(baton, shop)
    await chat.say("It is urgent")
    assert await last_words(baton, chat, 2) == ["It is urgent", WORDS.passed_on]
    await chat.say("Hello?")
    assert await last_words(baton, chat) == ["Hello?"]
    await deliver(baton, chat, expected=3)
    [ticket] = zendesk.tickets.values()
    transcript, *comments = comments_of([ticket])
    assert "urgent" not in transcript, "what came later is not told twice"
    assert ["urgent" in comments[0], "Hello?" in comments[1], len(comments)] == [True, True, 2]
    assert [row.state.value for row in await rows(baton, shop)] == ["DELIVERED"] * 3


@pytest.mark.parametrize(
    ("service", "channel", "after", "told"),
    [
        (Service.ZENDESK, "WEB_CHAT", "CONTINUES", WORDS.sent_to_team),
        (Service.ZENDESK, "WEB_CHAT", "MOVES_TO_EMAIL", WORDS.answered_by_email),
        (Service.ZENDESK, "SMS", "MOVES_TO_EMAIL", WORDS.sent_to_team),
        (Service.GORGIAS, "WEB_CHAT", "CONTINUES", WORDS.answered_by_email),
        (Service.GORGIAS, "SMS", "CONTINUES", WORDS.sent_to_team),
    ],
)
async def test_where_the_conversation_goes_on(
    baton: Program,
    shop: Shop,
    zendesk: Zendesk,
    gorgias: Gorgias,
    service: Service,
    channel: str,
    after: str,
    told: str,
) -> None:
    await hand_over_to(baton, shop, service, chatAfterHandoff=after)
    chat = await asked(baton, shop, channel=channel)
    assert await last_words(baton, chat) == [told]
    await chat.say("One more thing")
    assert await last_words(baton, chat) == [WORDS.passed_on if told == WORDS.answered_by_email else "One more thing"]
    await deliver_due(dispatcher(baton))
    assert [len(zendesk.tickets), len(gorgias.tickets)] == ([1, 0] if service is Service.ZENDESK else [0, 1])
    assert gorgias.mailed == [], "nobody is mailed the chat it had"
    of_helpdesk = [row for row in await rows(baton, shop) if row.ticket_id is not None]
    assert [(row.kind.value, row.state.value) for row in of_helpdesk] == [
        ("TICKET", "DELIVERED"),
        ("COMMENT", "DELIVERED"),
    ]


async def test_a_shopper_without_an_address_stays_in_the_chat(baton: Program, shop: Shop, gorgias: Gorgias) -> None:
    await hand_over_to(baton, shop, Service.GORGIAS, identityPolicy="SIGNED_IN")
    chat = await asked(baton, shop, identityToken=await identity_token(baton, shop, "customer-7"))
    assert await last_words(baton, chat) == [WORDS.sent_to_team]


async def test_transient_failures_show_every_attempt(baton: Program, shop: Shop, zendesk: Zendesk) -> None:
    await hand_over_to(baton, shop, Service.ZENDESK)
    chat = await asked(baton, shop)
    zendesk.faults.add(failing(503), on="POST *", times=2)
    for _ in range(2):
        await deliver(baton, chat)
        found = await shown(baton, chat)
        assert (found["handoff"]["state"], found["ticket"]["delivery"]) == ("QUEUED", "RETRYING")
        baton.clock.move(timedelta(minutes=1))
    assert await in_inbox(baton, shop) == []
    await deliver(baton, chat)
    attempts = (await shown(baton, chat))["ticket"]["attempts"]
    assert [(a["outcome"], a["httpStatus"]) for a in attempts] == [
        ("retrying", 503),
        ("retrying", 503),
        ("delivered", 201),
    ]
    assert len(zendesk.tickets) == 1


async def test_a_refused_ticket_is_in_the_inbox_with_the_error_and_can_be_retried(
    baton: Program, shop: Shop, zendesk: Zendesk
) -> None:
    await hand_over_to(baton, shop, Service.ZENDESK)
    inbox = InboxClient(baton, shop.id, shop.support, "ALL")
    await inbox.read()
    chat = await asked(baton, shop)
    await chat.say("And hurry")
    assert codes(await chat.on_ticket("retryDelivery")) == [("CONFLICT", ["input", "ticketId"])]
    zendesk.faults.add(suspended("Ann"), on="POST *", times=2)
    await deliver(baton, chat)
    found = await shown(baton, chat)
    assert (found["handoff"]["state"], found["ticket"]["delivery"]) == ("FAILED", "FAILED")
    [attempt] = found["ticket"]["attempts"]
    assert (attempt["outcome"], attempt["httpStatus"]) == ("failed", 422)
    assert "suspended" in attempt["error"]
    assert await last_words(baton, chat) == [WORDS.not_passed_on]
    await inbox.check()
    assert await in_inbox(baton, shop) == [chat.id]
    dead = (await baton.data(shop.support, OUTGOING))["outgoing"]
    assert dead["totalCount"] == 1
    assert [(n["kind"], n["error"], n["conversation"]["id"]) for n in dead["nodes"]] == [
        ("TICKET", attempt["error"], chat.id)
    ]
    for command in ("takeTicket", "reopenTicket", "releaseTicket"):
        assert codes(await chat.on_ticket(command)) == [("CONFLICT", ["input", "ticketId"])]

    assert (await chat.on_ticket("retryDelivery"))["errors"] == []
    assert await chat.standing() == "QUEUED HELPDESK OPEN NOT_RESOLVED_BY_AI"
    await inbox.check()
    assert inbox.tickets == {}
    await deliver(baton, chat)
    assert await last_words(baton, chat) == [WORDS.not_passed_on], "told once"
    assert await in_inbox(baton, shop) == [chat.id]

    assert (await chat.on_ticket("closeTicket"))["errors"] == []
    assert await in_inbox(baton, shop) == []
    assert (await chat.on_ticket("retryDelivery", idempotencyKey="again"))["errors"] == []
    assert (await chat.on_ticket("retryDelivery", idempotencyKey="again"))["errors"] == []
    await deliver(baton, chat, expected=2)
    assert await chat.standing() == "DELIVERED HELPDESK OPEN NOT_RESOLVED_BY_AI"
    [ticket] = zendesk.tickets.values()
    assert len(ticket.comments) == 2
    outcomes = [a["outcome"] for a in (await shown(baton, chat))["ticket"]["attempts"]]
    assert outcomes == ["failed", "failed", "delivered"]
    await inbox.check()


async def test_taken_back_before_it_left_nothing_leaves(baton: Program, shop: Shop, zendesk: Zendesk) -> None:
    await hand_over_to(baton, shop, Service.ZENDESK)
    chat = await asked(baton, shop)
    await chat.say("No, wait")
    assert (await chat.withdraw())["errors"] == []
    assert await chat.standing() == "WITHDRAWN AI_AGENT CLOSED NOT_RESOLVED_BY_AI"
    assert await deliver_due(dispatcher(baton)) == 0
    assert zendesk.received == []
    assert [row.state.value for row in await rows(baton, shop)] == ["CANCELLED", "CANCELLED"]
    assert (await shown(baton, chat))["ticket"]["delivery"] == "NOT_NEEDED"
    assert (await chat.post())["errors"] == []


async def test_a_withdrawal_after_delivery_is_reported_to_the_helpdesk(
    baton: Program, shop: Shop, zendesk: Zendesk
) -> None:
    await hand_over_to(baton, shop, Service.ZENDESK)
    chat = await asked(baton, shop)
    await deliver(baton, chat)
    assert (await chat.withdraw())["errors"] == []
    assert await chat.standing() == "WITHDRAWN AI_AGENT CLOSED NOT_RESOLVED_BY_AI"
    await deliver(baton, chat)
    [ticket] = zendesk.tickets.values()
    assert len(ticket.comments) == 2
    assert ticket.comments[1]["public"] is False
    assert "withdrew the request" in comments_of([ticket])[1]
    await chat.say("Hello again")
    assert await deliver_due(dispatcher(baton)) == 0, "the agent has the conversation"
    assert "withdrew the request" not in str(await last_words(baton, chat, 10))


async def test_taken_back_while_it_may_be_there_it_is_finished_first(
    baton: Program, shop: Shop, zendesk: Zendesk
) -> None:
    await hand_over_to(baton, shop, Service.ZENDESK)
    chat = await asked(baton, shop)
    zendesk.faults.add(cut_after(), on="POST *")
    await deliver(baton, chat)
    assert (await chat.withdraw())["errors"] == []
    baton.clock.move(timedelta(minutes=1))
    await deliver(baton, chat, expected=2)
    [ticket] = zendesk.tickets.values()
    assert "withdrew the request" in comments_of([ticket])[1]
    assert await chat.standing() == "WITHDRAWN AI_AGENT CLOSED NOT_RESOLVED_BY_AI"
    assert (await shown(baton, chat))["ticket"]["externalId"] == str(ticket.id)
    assert (await chat.request())["errors"] == []
    assert (await chat.accept())["errors"] == []
    await deliver(baton, chat)
    assert len(zendesk.tickets) == 2, "a second handoff is a second ticket"


async def test_a_handoff_with_a_staff_reply_cannot_be_withdrawn(baton: Program, shop: Shop) -> None:
    await hand_over_to(baton, shop, Service.ZENDESK)
    chat = await asked(baton, shop)
    await deliver(baton, chat)

    async def answer(change: Change) -> None:
        change.add_message(Author(kind=AuthorKind.HUMAN_AGENT, name="Sam"), "On it!")

    await change_of(baton, shop.id, chat.started.key, answer)
    assert codes(await chat.withdraw()) == [("CONFLICT", ["input", "handoffId"])]


async def test_the_team_gives_it_back_to_the_agent(baton: Program, shop: Shop, zendesk: Zendesk) -> None:
    await hand_over_to(baton, shop, Service.ZENDESK)
    chat = await asked(baton, shop)
    assert codes(await chat.give_back(shop.support)) == [("NOT_IN_CONTROL", ["input", "ticketId"])]
    assert (await chat.give_back(shop.manager))["errors"] == []
    assert await chat.standing() == "WITHDRAWN AI_AGENT CLOSED NOT_RESOLVED_BY_AI"
    assert await deliver_due(dispatcher(baton)) == 0
    assert zendesk.received == []
    assert codes(await chat.on_ticket("retryDelivery")) == [("CONFLICT", ["input", "ticketId"])]


async def test_a_ticket_goes_where_its_handoff_was_sent(
    baton: Program, shop: Shop, zendesk: Zendesk, gorgias: Gorgias
) -> None:
    await hand_over_to(baton, shop, Service.ZENDESK)
    chat = await Chat.of(baton, shop, email="ann@example.com")
    await chat.request()
    await hand_over_to(baton, shop, Service.GORGIAS)
    await chat.accept()
    await deliver(baton, chat)
    assert (len(zendesk.tickets), len(gorgias.tickets)) == (1, 0)


async def test_disconnected_meanwhile(baton: Program, shop: Shop, zendesk: Zendesk) -> None:
    await hand_over_to(baton, shop, Service.ZENDESK)
    chat = await asked(baton, shop)
    assert (await baton.mutate(shop.owner, "updateHandoffSettings", helpdesk="INBOX"))["errors"] == []
    assert (await baton.mutate(shop.owner, "disconnectHelpdesk", helpdesk="ZENDESK"))["errors"] == []
    await deliver(baton, chat)
    found = await shown(baton, chat)
    assert found["ticket"]["attempts"] == [
        {
            "outcome": "failed",
            "httpStatus": None,
            "error": "Zendesk is not connected: connect it, then retry.",
        }
    ]
    await connect(baton, shop, Service.ZENDESK)
    assert (await chat.on_ticket("retryDelivery"))["errors"] == []
    await deliver(baton, chat)
    assert await chat.standing() == "DELIVERED HELPDESK OPEN NOT_RESOLVED_BY_AI"


async def test_credentials_revoked_in_mid_flight(baton: Program, shop: Shop, zendesk: Zendesk) -> None:
    await hand_over_to(baton, shop, Service.ZENDESK)
    chat = await asked(baton, shop)
    zendesk.token = "revoked-and-made-anew"
    await deliver(baton, chat)
    found = await shown(baton, chat)
    assert (found["ticket"]["delivery"], found["ticket"]["attempts"][0]["httpStatus"]) == ("FAILED", 401)
    document = "{ handoffSettings { connections { helpdesk connected problem } } }"
    connections = (await baton.data(shop.owner, document))["handoffSettings"]["connections"]
    assert [c["problem"] is not None for c in connections if c["helpdesk"] == "ZENDESK"] == [True]


async def test_a_shopper_who_leaves_is_answered_all_the_same(baton: Program, shop: Shop, zendesk: Zendesk) -> None:
    await hand_over_to(baton, shop, Service.ZENDESK)
    chat = await asked(baton, shop)
    assert (await chat.leave())["errors"] == []
    assert await chat.standing() == "QUEUED NOBODY OPEN NOT_RESOLVED_BY_AI"
    zendesk.faults.add(suspended("Ann"), on="POST *")
    said = await last_words(baton, chat, 10)
    await deliver(baton, chat)
    assert await in_inbox(baton, shop) == [chat.id]
    assert await last_words(baton, chat, 10) == said, "nobody is there to be told"
    assert (await chat.on_ticket("retryDelivery"))["errors"] == []
    await deliver(baton, chat)
    assert await chat.standing() == "DELIVERED NOBODY OPEN NOT_RESOLVED_BY_AI"


async def test_rows_that_are_no_tickets_are_seen_and_tried_again(baton: Program, shop: Shop, zendesk: Zendesk) -> None:
    await hand_over_to(baton, shop, Service.ZENDESK)
    chat = await asked(baton, shop)
    await chat.say("More")
    zendesk.faults.add(suspended("Ann"), on="PUT *")
    await deliver(baton, chat, expected=2)
    dead = (await baton.data(shop.support, OUTGOING))["outgoing"]
    assert [(n["kind"], n["state"]) for n in dead["nodes"]] == [("COMMENT", "FAILED")]
    row_id = dead["nodes"][0]["id"]
    payload = "retryOutgoing(input: $input) { outgoing { id state } errors { code } }"
    again = f"mutation($input: RetryOutgoingInput!) {{ {payload} }}"

    async def retry() -> Any:
        return (await baton.data(shop.support, again, input={"outgoingId": row_id}))["retryOutgoing"]

    assert await retry() == {"outgoing": {"id": row_id, "state": "PENDING"}, "errors": []}
    assert await retry() == {"outgoing": None, "errors": [{"code": "CONFLICT"}]}
    assert await deliver_due(dispatcher(baton)) == 1
    done = (await baton.data(shop.support, OUTGOING, state=["DELIVERED"]))["outgoing"]
    assert [n["kind"] for n in done["nodes"]] == ["COMMENT", "TICKET"]
    node = "query($id: ID!) { node(id: $id) { ... on Outgoing { state externalId } } }"
    assert (await baton.data(shop.support, node, id=row_id))["node"]["state"] == "DELIVERED"
