"""The stream of an inbox: a list and the items of the stream produce the next list, for every view."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import strawberry

from domain import events
from domain.events import INBOX_TOPIC, LoggedEvent
from domain.model import handoff as model
from domain.storage import TicketQuery
from resolvers.context import Info
from resolvers.conversation.subscription import MessageAdded, MessageRedacted, message_added, message_redacted
from resolvers.conversation.typing import TypingChanged, typing_signal
from resolvers.inbox.enums import InboxView, TicketState
from resolvers.inbox.queries import chosen_states, view_query
from resolvers.inbox.types import Ticket
from resolvers.relay.global_ids import to_global_id
from resolvers.scalars import Cursor
from resolvers.subscriptions import EventSubscription, StreamCaughtUp, StreamItem, StreamReady, StreamReset


@strawberry.type(description="A ticket entered the view: it is new, was opened again, or was assigned.")
class TicketAdded(StreamItem):
    at: datetime = strawberry.field(description="The time at which the change was committed.")
    ticket: Ticket = strawberry.field(description="The ticket after the change.")


@strawberry.type(description="A ticket of the view changed and stays in the view.")
class TicketChanged(StreamItem):
    at: datetime = strawberry.field(description="The time at which the change was committed.")
    ticket: Ticket = strawberry.field(description="The ticket after the change.")


@strawberry.type(description="A ticket left the view: it was closed, snoozed, or assigned to somebody else.")
class TicketRemoved(StreamItem):
    at: datetime = strawberry.field(description="The time at which the change was committed.")
    ticket_id: strawberry.ID = strawberry.field(description="The ID of the ticket.")


InboxStreamItem = Annotated[
    StreamReady
    | StreamCaughtUp
    | StreamReset
    | TicketAdded
    | TicketChanged
    | TicketRemoved
    | MessageAdded
    | MessageRedacted
    | TypingChanged,
    strawberry.union(name="InboxStreamItem", description="An item of the stream of an inbox."),
]


async def follow_inbox(
    info: Info, view: InboxView, state: list[TicketState] | None, after: str | None
) -> EventSubscription:
    """Raises `Forbidden`, and `Invalid` for an empty list of states."""
    query = view_query(info.context.principal, view, chosen_states(state))
    return EventSubscription(
        topics=frozenset({INBOX_TOPIC}),
        state=query,  # MINE is another list for each member of staff
        after=after,
        item=_item_for(query),
        signal=typing_signal(info, lambda signal: signal.ticket is not None and _shows(query, signal.ticket)),
    )


def _item_for(query: TicketQuery) -> Callable[[LoggedEvent, str], object | None]:
    def item(event: LoggedEvent, cursor: str) -> object | None:
        match event.body:
            case events.TicketChanged(before=before, conversation=conversation) if conversation.ticket is not None:
                ticket = Ticket.of(conversation.ticket, conversation)
                was, is_now = before is not None and _shows(query, before), _shows(query, conversation.ticket)
                if is_now:
                    cls = TicketChanged if was else TicketAdded
                    return cls(cursor=Cursor(cursor), at=event.at, ticket=ticket)
                gone = TicketRemoved(
                    cursor=Cursor(cursor), at=event.at, ticket_id=to_global_id("Ticket", ticket.row.id)
                )
                return gone if was else None
            case events.MessageAdded(message=message, conversation=conversation) if conversation.ticket is not None:
                visible = _shows(query, conversation.ticket)
                return message_added(event, message, conversation, cursor) if visible else None
            case events.MessageRedacted(message=message, conversation=conversation) if conversation.ticket is not None:
                visible = _shows(query, conversation.ticket)
                return message_redacted(event, message, conversation, cursor) if visible else None
        return None

    return item


def _shows(query: TicketQuery, ticket: model.Ticket) -> bool:
    """Evaluate the predicate of the list on one ticket."""
    return (
        ticket.concerns_inbox
        and ticket.state in query.states
        and (query.assignee_id is None or ticket.assignee_id == query.assignee_id)
        and not (query.unassigned and ticket.assignee_id is not None)
    )
