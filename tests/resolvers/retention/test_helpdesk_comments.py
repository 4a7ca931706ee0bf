"""What a helpdesk reports again does not bring back words that were removed."""

from __future__ import annotations

from datetime import timedelta

from domain.conversation.aggregate import Change
from domain.helpdesk.model import AuthorRole, ImportResult, TicketComment, TicketUpdate
from domain.helpdesk.service import HelpdeskService
from domain.model.connected_services import Service
from domain.model.conversation import Conversation
from domain.model.handoff import DeliveryState, Helpdesk, Ticket
from domain.storage import UnitOfWork
from tests.harness.program import Program, Shop, Started
from tests.resolvers.profile.test_erasing import found_in
from tests.resolvers.retention.test_redaction import run_redactions


async def with_ticket(baton: Program, shop: Shop, talk: Started) -> Ticket:
    async def save(uow: UnitOfWork) -> Ticket:
        conversation = await uow.get(Conversation, talk.key)
        assert conversation is not None
        ticket = Ticket(
            id=conversation.next_ticket_id,
            handoff_id=conversation.next_handoff_id,
            helpdesk=Helpdesk.ZENDESK,
            created_at=uow.now,
            delivery=DeliveryState.DELIVERED,
            external_id="900",
        )
        change = Change(uow, conversation)
        change.put_ticket(ticket)
        await change.commit()
        return ticket

    return await baton.baton.ports.storage.write(shop.id, save)


async def report(baton: Program, shop: Shop, ticket: Ticket, comment_id: str, text: str) -> ImportResult:
    comment = TicketComment(id=comment_id, author_role=AuthorRole.REQUESTER, author_name="Lea", text=text, public=True)
    update = TicketUpdate(
        ticket_external_id="900", ticket_id=ticket.id, comments=(comment,), closed=False, at=baton.clock.now()
    )
    return await HelpdeskService(storage=baton.baton.ports.storage).import_update(shop.id, Service.ZENDESK, update)


async def test_the_comment_of_a_redacted_message_is_not_imported(baton: Program, shop: Shop) -> None:
    talk = await baton.start(shop, "Hello", key=shop.owner)
    message = (await baton.say(talk, "My card is zanzibar"))["message"]
    ticket = await with_ticket(baton, shop, talk)
    sent = f"My card is zanzibar\n\nChat message {message['sequence']}, 2026-03-02 10:00:00+01:00"
    await baton.done(shop.owner, "redactMessage", messageId=message["id"])
    await run_redactions(baton)
    assert (await report(baton, shop, ticket, "c1", sent)).messages == 0
    assert await found_in(baton, "zanzibar") == {("outgoing", "zanzibar")}  # until the helpdesk has removed it
    assert (await report(baton, shop, ticket, "c2", "Something new")).messages == 1


async def test_a_comment_that_is_reported_again_stays_known(baton: Program, shop: Shop) -> None:
    """The mark of a comment ends 30 days after it was reported the last time."""
    talk = await baton.start(shop, "Hello", key=shop.owner)
    ticket = await with_ticket(baton, shop, talk)
    assert (await report(baton, shop, ticket, "c1", "zanzibar")).messages == 1
    [mark] = await baton.database["received_webhooks"].find().to_list()
    baton.clock.move(timedelta(days=20))
    assert (await report(baton, shop, ticket, "c1", "zanzibar")).messages == 0
    [renewed] = await baton.database["received_webhooks"].find().to_list()
    assert renewed["at"] - mark["at"] == timedelta(days=20)
