"""Helpdesks remove the words of a message that is redacted, also those that they got before, through the outbox."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dev.fakes.faults import cut_after, failing
from dev.fakes.gorgias import Gorgias
from dev.fakes.zendesk import Zendesk, comments_of
from domain.model.connected_services import Service
from domain.model.outbox import Outgoing, OutgoingKind, OutgoingState
from tests.harness.outbox import dispatcher, hand_over_to, rows
from tests.harness.program import Json, Program, Shop, Started
from tests.harness.workers import deliver_due
from tests.resolvers.profile.test_erasing import found_in
from tests.resolvers.retention.test_redaction import run_redactions

CARD = "My card is\n4111 1111 & <zanzibar>"
LATER = "Honolulu & 4111 1111"


async def delivered(baton: Program, shop: Shop, service: Service) -> tuple[Started, Json]:
    """A conversation with a ticket in the helpdesk, and a later message that is a comment there."""
    await hand_over_to(baton, shop, service)
    talk = await baton.start(shop, CARD, channel="SMS", key=shop.owner, phone="+393339998877")
    quoting = {"reason": "KNOWLEDGE_GAP", "summary": f"The shopper wrote: {CARD}"}
    await baton.done(shop.agent, "requestHandoff", conversationId=talk.id, epoch=1, **quoting)
    assert await deliver_due(dispatcher(baton)) == 1
    later = (await baton.done(shop.owner, "sendMessage", conversationId=talk.id, text=LATER))["message"]
    assert await deliver_due(dispatcher(baton)) == 1
    return talk, later


async def redact(baton: Program, shop: Shop, message: Json) -> Outgoing:
    """Redact a message, and return the row that tells the helpdesk."""
    await baton.done(shop.owner, "redactMessage", messageId=message["id"])
    await run_redactions(baton)
    [row] = [each for each in await rows(baton, shop) if each.kind is OutgoingKind.REDACTION]
    return row


def said(zendesk: Zendesk) -> str:
    """What Zendesk shows of all tickets."""
    return repr([(ticket.fields.get("subject"), ticket.comments) for ticket in zendesk.tickets.values()])


async def delivered_or_failed(baton: Program, shop: Shop) -> Outgoing:
    await deliver_due(dispatcher(baton))
    [row] = [each for each in await rows(baton, shop) if each.kind is OutgoingKind.REDACTION]
    return row


async def test_zendesk_loses_the_words_wherever_it_has_them(baton: Program, shop: Shop, zendesk: Zendesk) -> None:
    talk, _ = await delivered(baton, shop, Service.ZENDESK)
    [ticket] = zendesk.tickets.values()
    zendesk.add_agent_comment(ticket, "You wrote: my CARD is 4111 1111 &  <zanzibar>. Thanks", public=True)
    quoting = "<p>You wrote: <b>my CARD</b> is 4111 1111 &amp;&nbsp;&lt;zanzibar&gt;. Thanks</p>"
    ticket.comments[-1]["html_body"] = quoting
    await redact(baton, shop, talk.message)
    assert await found_in(baton, "zanzibar") == {("outgoing", "zanzibar")}  # until Zendesk has removed them
    assert (await delivered_or_failed(baton, shop)).state is OutgoingState.DELIVERED
    assert await found_in(baton, "zanzibar") == set()
    assert "zanzibar" not in said(zendesk)
    assert ticket.fields["subject"] == "(This message was removed.)"
    transcript, later, quoted = comments_of([ticket])
    assert "Summary: The shopper wrote: ▇" in transcript
    assert later.startswith(LATER)
    assert quoted.endswith("▇. Thanks")


async def test_the_comment_of_a_message_keeps_its_mark(baton: Program, shop: Shop, zendesk: Zendesk) -> None:
    """By the mark the comment stays known, so that it is not imported as a new message."""
    _, later = await delivered(baton, shop, Service.ZENDESK)
    [ticket] = zendesk.tickets.values()
    zendesk.faults.add(failing(503), on="PUT /api/v2/comment_redactions/*")
    zendesk.faults.add(cut_after(), on="PUT /api/v2/comment_redactions/*")
    await redact(baton, shop, later)
    for _ in range(6):
        row = await delivered_or_failed(baton, shop)
        baton.clock.move(timedelta(hours=1))
    assert (row.state, row.payload) == (OutgoingState.DELIVERED, None)
    transcript, own = comments_of([ticket])
    assert ("zanzibar" in transcript, "Honolulu" in said(zendesk)) == (True, False)
    assert own.splitlines()[0] == "▇" * len(LATER)
    assert own.splitlines()[-1].startswith(f"Chat message {later['sequence']}, ")


async def test_without_the_agent_workspace_each_text_is_redacted(baton: Program, shop: Shop, zendesk: Zendesk) -> None:
    talk, _ = await delivered(baton, shop, Service.ZENDESK)
    zendesk.has_agent_workspace = False
    await redact(baton, shop, talk.message)
    assert (await delivered_or_failed(baton, shop)).state is OutgoingState.DELIVERED
    assert "zanzibar" not in said(zendesk)


@pytest.mark.parametrize("has_workspace", [True, False])
async def test_the_files_of_the_comment_are_redacted(
    baton: Program, shop: Shop, zendesk: Zendesk, *, has_workspace: bool
) -> None:
    """And those of other comments are left."""
    _, later = await delivered(baton, shop, Service.ZENDESK)
    [ticket] = zendesk.tickets.values()
    zendesk.has_agent_workspace = has_workspace
    address = f"{zendesk.url}/attachments/passport"
    ticket.comments[-1]["attachments"] = [
        {"id": number, "file_name": name, "content_url": f"{address}{number}"}
        for number, name in ((7, "passport.png"), (8, "redacted.txt"), (9, "bill.pdf"))
    ]
    zendesk.add_agent_comment(ticket, "See the label", public=True)
    label = [{"id": 10, "file_name": "label.pdf", "content_url": f"{address}10"}]
    ticket.comments[-1]["attachments"] = label
    await redact(baton, shop, later)
    assert (await delivered_or_failed(baton, shop)).state is OutgoingState.DELIVERED
    left = {each["file_name"] for each in ticket.comments[-2]["attachments"]}
    assert left == {"redacted.txt"}
    assert ticket.comments[-1]["attachments"] == label
    assert "Honolulu" not in said(zendesk)


async def test_a_user_who_may_not_redact_is_told_and_the_words_go(baton: Program, shop: Shop, zendesk: Zendesk) -> None:
    _, later = await delivered(baton, shop, Service.ZENDESK)
    zendesk.redacts = False
    await redact(baton, shop, later)
    row = await delivered_or_failed(baton, shop)
    assert (row.state, row.error) == (OutgoingState.FAILED, "It returned 403.")
    assert await found_in(baton, "Honolulu") == set()
    look = await baton.data(shop.owner, "{ handoffSettings { connections { problem } } }")
    assert {each["problem"] for each in look["handoffSettings"]["connections"]} == {None}  # it works for all else
    zendesk.redacts = True
    listed = "{ outgoing { nodes { id kind destination } } }"
    [found] = (await baton.data(shop.owner, listed))["outgoing"]["nodes"]
    assert (found["kind"], found["destination"]) == ("REDACTION", "ZENDESK")
    await baton.done(shop.owner, "retryOutgoing", outgoingId=found["id"])
    assert (await delivered_or_failed(baton, shop)).state is OutgoingState.DELIVERED
    assert "Honolulu" not in said(zendesk)


@pytest.mark.parametrize("first", [True, False])
async def test_gorgias_loses_the_words_wherever_it_has_them(
    baton: Program, shop: Shop, gorgias: Gorgias, first: bool
) -> None:
    talk, later = await delivered(baton, shop, Service.GORGIAS)
    [number] = gorgias.tickets
    gorgias.add_agent_message(number, f"You wrote: {CARD if first else LATER} Thanks")
    mailed = len(gorgias.mailed)
    await redact(baton, shop, talk.message if first else later)
    assert (await delivered_or_failed(baton, shop)).state is OutgoingState.DELIVERED
    seen = repr((gorgias.tickets, gorgias.messages_of(number)))
    assert ("zanzibar" in seen, "Honolulu" in seen) == (not first, first)
    assert "You wrote: (This message was removed.) Thanks" in seen
    assert len(gorgias.mailed) == mailed  # nothing was sent again
    assert await found_in(baton, "zanzibar" if first else "Honolulu") == set()


async def test_what_is_on_its_way_is_redacted_once_it_has_arrived(baton: Program, shop: Shop, zendesk: Zendesk) -> None:
    """The ticket's creation broke off, so Baton does not know its number: it is found by Baton's own id."""
    await hand_over_to(baton, shop, Service.ZENDESK)
    talk = await baton.start(shop, CARD, channel="SMS", key=shop.owner, phone="+393339998877")
    await baton.done(shop.agent, "requestHandoff", conversationId=talk.id, epoch=1, reason="KNOWLEDGE_GAP")
    zendesk.faults.add(cut_after(), on="POST /api/v2/tickets.json")
    await deliver_due(dispatcher(baton))
    assert "zanzibar" in said(zendesk)
    await redact(baton, shop, talk.message)
    for _ in range(4):
        row = await delivered_or_failed(baton, shop)
        baton.clock.move(timedelta(hours=1))
    assert row.state is OutgoingState.DELIVERED
    assert len(zendesk.tickets) == 1
    assert "zanzibar" not in said(zendesk)
    assert await found_in(baton, "zanzibar") == set()
