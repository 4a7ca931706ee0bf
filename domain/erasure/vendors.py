"""Tells connected helpdesks and Klaviyo to delete what they have of a shopper, by rows of the outbox.

A row has what the vendor needs in its payload from the beginning: a ticket's number, or an address. It loses that once
the vendor has accepted the call. The erasure's record counts the calls and has the state of each of the first
`MOST_VENDOR_CALLS`, and never the vendor's own words. A call behind these that fails takes the place of one that has
not, so that the record shows what is left to do.

If a shopper only claims an address or id, the tickets go, and no user, customer or profile of that one does: it may be
somebody else's. A user or customer whom Baton made for the shopper, without an address, goes whatever is proved.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from domain.erasure.model import MOST_VENDOR_CALLS, Erasure, ErasureScope, VendorErasure
from domain.model.connected_services import ConnectedService, Service, connected_service_id
from domain.model.conversation import Conversation
from domain.model.handoff import DeliveryState, Helpdesk, Ticket
from domain.model.outbox import Destination, Outgoing, OutgoingKind, OutgoingState, queue_name
from domain.storage import UnitOfWork
from domain.values.ids import ConversationId
from domain.values.record import Record, replace

_MAYBE_THERE = (DeliveryState.DELIVERED, DeliveryState.RETRYING, DeliveryState.FAILED)
_MAKING_ROOM = (OutgoingState.DELIVERED, OutgoingState.PENDING)
_REFUSED = "It refused the call, or did not respond for days. Retry it with `retryOutgoing`, or delete it there."


class VendorCall(Record):
    """The payload of a row, as JSON. Helpdesks are told a ticket, Klaviyo an address, a number or the shop's id."""

    ticket: str | None = None  # the helpdesk's number; None: perhaps it was created, and is found by `external_id`
    external_id: str | None = None  # Baton's id of the ticket
    person: bool = False  # whether the ticket's requester goes as well: the shopper has proved the address
    email: str | None = None
    phone: str | None = None
    profile: str | None = None  # Baton's id of the shopper, by which a requester is known whom Baton made there
    own_id: str | None = None  # the shop's own id of the shopper, which it has proved


async def tell_helpdesks(uow: UnitOfWork, erasure_id: str, conversation: Conversation) -> None:
    """Enqueue the deletion of the conversation's tickets."""
    tickets = (*conversation.past_tickets, *([conversation.ticket] if conversation.ticket is not None else ()))
    known = [ticket for ticket in tickets if ticket.helpdesk is not Helpdesk.INBOX and may_exist(ticket)]
    visitor = conversation.visitor
    # The requester is whoever has the address, if there is one, also if it is only claimed and the number is proved.
    is_owner = ("phone" if visitor.email is None else "email") in visitor.proved
    calls = [
        (
            Destination.stored(ticket.helpdesk.value),
            VendorCall(
                ticket=ticket.external_id,
                external_id=ticket.id,
                person=is_owner,
                email=visitor.email if "email" in visitor.proved else None,
                phone=visitor.phone if "phone" in visitor.proved else None,
                profile=conversation.profile_id,
            ),
        )
        for ticket in known
    ]
    await _enqueue(uow, erasure_id, conversation.id, calls)


async def tell_klaviyo(uow: UnitOfWork, erasure: Erasure, scope: ErasureScope) -> ErasureScope:
    """Enqueue the deletion of the profiles of the shopper's addresses, numbers and own ids, if Klaviyo is connected: an
    event is recorded there under the one that was known at its time. Returns the scope with what was told."""
    if await uow.get(ConnectedService, connected_service_id(uow.account_id, Service.KLAVIYO)) is None:
        return scope
    addresses = [each.lower() for each in scope.addresses if "@" in each or each.startswith("+")]
    named = {text: VendorCall(email=text) if "@" in text else VendorCall(phone=text) for text in addresses}
    named |= {key: VendorCall(own_id=key.removeprefix("x:")) for key in scope.keys if key.startswith("x:")}
    calls = [(Destination.KLAVIYO, call) for text, call in named.items() if text not in scope.told]
    await _enqueue(uow, erasure.id, ConversationId(""), calls)
    return replace(scope, told=tuple(dict.fromkeys((*scope.told, *named))))


async def note_vendor_call(uow: UnitOfWork, row: Outgoing) -> None:
    """React to an attempt: note its outcome in the erasure, and drop the vendor's own words."""
    uow.save(replace(row, attempts=tuple(replace(each, error=_said(each.http_status)) for each in row.attempts)))
    erasure = await uow.get(Erasure, row.erasure_id or "")
    if erasure is not None:
        uow.save(replace(erasure, vendors=_noted(erasure.vendors, row, uow.now)))


def _noted(vendors: Sequence[VendorErasure], row: Outgoing, now: datetime) -> tuple[VendorErasure, ...]:
    """Return the listed calls with the outcome of one. One that has failed is listed in any case, unless all have."""
    has_failed = row.state is OutgoingState.FAILED
    noted = VendorErasure(
        id=row.id, destination=row.destination, state=row.state, at=now, error=_REFUSED if has_failed else None
    )
    place = next((n for n, each in enumerate(vendors) if each.id == row.id), None)
    if place is None and has_failed:
        by_state = {each.state: n for n, each in enumerate(vendors)}  # one that has not failed makes room
        place = next((by_state[state] for state in _MAKING_ROOM if state in by_state), None)
    return tuple(noted if n == place else each for n, each in enumerate(vendors))


def _said(status: int | None) -> str | None:
    return None if status is None or status < 300 else f"It returned {status}."


def may_exist(ticket: Ticket) -> bool:
    """Whether the helpdesk may have the ticket: it has, or an attempt to create it may have succeeded."""
    return ticket.external_id is not None or (ticket.delivery in _MAYBE_THERE and ticket.attempt_count > 0)


async def _enqueue(
    uow: UnitOfWork, erasure_id: str, conversation_id: ConversationId, calls: Sequence[tuple[Destination, VendorCall]]
) -> None:
    erasure = await uow.get(Erasure, erasure_id)
    if erasure is None:
        return
    vendors = list(erasure.vendors)
    for number, (destination, call) in enumerate(calls, start=erasure.vendor_calls + 1):
        row = Outgoing(
            id=f"{erasure_id}V{number:04d}",
            destination=destination,
            kind=OutgoingKind.ERASURE,
            ordering_key=f"erasure:{erasure_id}:{number}",  # no call waits for another
            conversation_id=conversation_id,
            created_at=uow.now,
            due_at=uow.now,
            last_sequence=0,
            erasure_id=erasure_id,
            queue=queue_name(uow.account_id, destination),
            payload=json.dumps({name: getattr(call, name) for name in call.__struct_fields__}),
        )
        uow.save(row)
        vendors.append(VendorErasure(id=row.id, destination=destination, state=row.state, at=uow.now))
    if calls:
        count = erasure.vendor_calls + len(calls)
        uow.save(replace(erasure, vendors=tuple(vendors[:MOST_VENDOR_CALLS]), calls=count))
