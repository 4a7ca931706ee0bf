"""What comes back from a helpdesk: the team's replies and the shopper's mails become messages, each once; the ticket's
state follows the helpdesk's.

A public reply is shown even where the conversation is closed or somebody else has it by now: the shopper has it anyway.
Nothing here is sent to the helpdesk again.
"""

from __future__ import annotations

from domain.conversation.aggregate import Change, close_if_due, schedule_auto_close
from domain.handoff.transcript import marked_message
from domain.helpdesk.model import AuthorRole, ImportResult, TicketComment, TicketUpdate
from domain.model.connected_services import Service
from domain.model.conversation import Author, AuthorKind, Conversation
from domain.model.handoff import DeliveryState, Helpdesk, Ticket, TicketState
from domain.storage import Storage, UnitOfWork
from domain.values.ids import AccountId, whole_id
from domain.values.record import replace
from domain.values.text import LABEL_LIMIT, legible
from domain.webhook_dedup import is_first_delivery, was_delivered

_HELPDESKS = {Service.ZENDESK: Helpdesk.ZENDESK, Service.GORGIAS: Helpdesk.GORGIAS}
_UNKNOWN = ImportResult(known=False)
_SPEAKERS = {AuthorRole.TEAM: AuthorKind.HUMAN_AGENT, AuthorRole.REQUESTER: AuthorKind.SHOPPER}


class HelpdeskService:
    def __init__(self, *, storage: Storage) -> None:
        self._storage = storage

    async def take_in(self, account_id: AccountId, service: Service, news: TicketUpdate) -> ImportResult:
        """All of it in one transaction; what was taken in before changes nothing."""
        helpdesk = _HELPDESKS[service]
        source = f"{service.value.lower()} {news.ticket_external_id}"
        if news.delivery_id and await was_delivered(
            self._storage.read(account_id), account_id, f"{source} delivery", news.delivery_id
        ):
            return ImportResult(known=True)  # most of what comes again costs no transaction

        async def change(uow: UnitOfWork) -> ImportResult:
            found = await _ticket_of(uow, helpdesk, news)
            if found is None:
                return _UNKNOWN
            conversation, ticket = found
            if news.delivery_id and not await is_first_delivery(uow, f"{source} delivery", news.delivery_id):
                return ImportResult(known=True)
            change = Change(uow, conversation)
            shown = 0
            for remark in news.remarks:
                shown += await _show(change, remark, source)
            moved = await _move(change, ticket, news)
            await change.commit()
            return ImportResult(known=True, shown=shown, moved=moved)

        return await self._storage.write(account_id, change)


async def _ticket_of(uow: UnitOfWork, helpdesk: Helpdesk, news: TicketUpdate) -> tuple[Conversation, Ticket] | None:
    """Our own id, which the helpdesk gives back, and its own must agree: anybody there can write any external id."""
    if news.ticket_id is None:
        return None
    conversation = await close_if_due(uow, await uow.get(Conversation, whole_id(news.ticket_id)))
    ticket = conversation.find_ticket(news.ticket_id) if conversation else None
    if conversation is None or ticket is None or ticket.helpdesk is not helpdesk:
        return None
    on_its_way = ticket.external_id is None and ticket.delivery is not DeliveryState.NOT_NEEDED
    return (conversation, ticket) if on_its_way or ticket.external_id == news.ticket_external_id else None


async def _show(change: Change, remark: TicketComment, source: str) -> bool:
    kind, text = _SPEAKERS.get(remark.speaker), legible(remark.text)
    if kind is None or not remark.public or not text:
        return False
    if not await is_first_delivery(change.uow, f"{source} remark", remark.id):
        return False
    if kind is AuthorKind.SHOPPER and await _is_echo(change, remark.text):
        return False
    name = legible(remark.name).replace("\n", " ")[:LABEL_LIMIT]
    if kind is AuthorKind.SHOPPER:
        change.add_message(Author(kind=kind, name=change.conversation.display_name), text)
    else:
        change.add_message(Author(kind=kind, name=name or "Team"), text)
    return True


async def _is_echo(change: Change, text: str) -> bool:
    """Whether it is what the shopper wrote in the chat, and we brought to the ticket."""
    number = marked_message(text)
    if number is None or number > change.before.sequence:
        return False
    messages = await change.uow.messages_after(change.conversation.id, number - 1)
    original = next((m for m in messages if m.sequence == number), None)
    return original is not None and original.author.kind is AuthorKind.SHOPPER


async def _move(change: Change, ticket: Ticket, news: TicketUpdate) -> bool:
    """The state, unless a later one is known already. One that a later handoff took the place of is history."""
    if news.closed is None or news.at is None or change.conversation.ticket != ticket:
        return False
    if ticket.told_state_at is not None and news.at < ticket.told_state_at:
        return False
    told = replace(ticket, told_state_at=news.at)
    if news.closed and ticket.state is not TicketState.CLOSED:
        change.put_ticket(told.closed())
        await schedule_auto_close(change.uow, change.conversation)
        return True
    if not news.closed and ticket.state is TicketState.CLOSED and not change.conversation.is_closed:
        change.put_ticket(replace(told, state=TicketState.OPEN))
        return True
    if told != ticket:
        change.put_ticket(told)
    return False
