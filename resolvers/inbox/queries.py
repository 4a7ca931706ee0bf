"""Resolvers of `inbox` and `strandedTickets`."""

from typing import Annotated

import strawberry

from domain.inbox.team import stranded
from domain.model import handoff as model
from domain.principal import Permission, Principal
from domain.storage import TicketQuery
from domain.values.errors import Forbidden, Invalid, NotFound
from domain.values.paging import Page
from resolvers.arguments import After, First
from resolvers.context import Context, Info
from resolvers.inbox.enums import InboxView, TicketState
from resolvers.inbox.filter import TicketFilter, filtered
from resolvers.inbox.types import TicketConnection, ticket_listing
from resolvers.scalars import Cursor


def view_query(principal: Principal, view: InboxView, states: tuple[model.TicketState, ...]) -> TicketQuery:
    """Raises `Forbidden`, also if the view is MINE and the caller is not a member of staff."""
    principal.require(Permission.READ_INBOX)
    if view is InboxView.MINE and principal.staff_id is None:
        raise Forbidden("The view MINE needs the key of a member of staff.")
    return TicketQuery(
        states=states,
        assignee_id=principal.staff_id if view is InboxView.MINE else None,
        unassigned=view is InboxView.UNASSIGNED,
    )


async def inbox(
    info: Info,
    view: Annotated[InboxView, strawberry.argument(description="The selection of tickets.")] = InboxView.ALL,
    state: Annotated[
        list[TicketState] | None,
        strawberry.argument(description="The states of the tickets. The list must not be empty. Default: OPEN."),
    ] = None,
    filter: Annotated[
        TicketFilter | None, strawberry.argument(description="Further conditions that the tickets fulfil.")
    ] = None,
    first: First = None,
    after: After = None,
) -> TicketConnection | None:
    query = view_query(info.context.principal, view, chosen_states(state))
    return await _page(info.context, filtered(query, filter), first, after)


def chosen_states(state: list[TicketState] | None) -> tuple[model.TicketState, ...]:
    """Return the states of an argument, each once and in one order, so that equal lists are equal. Raises `Invalid`."""
    if state == []:
        raise Invalid("`state` must not be empty. Omit it to use the default.", field="state")
    return tuple(sorted(set(state))) if state else (TicketState.OPEN,)


async def stranded_tickets(info: Info, first: First = None, after: After = None) -> TicketConnection | None:
    context = info.context
    context.principal.require(Permission.READ_INBOX)
    account = await context.account.load(context.principal.account_id)
    if account is None:
        raise NotFound("This account no longer exists.")
    query = await stranded(context.reader, account, context.services.clock.now())
    return await _page(context, query, first, after)


async def _page(context: Context, query: TicketQuery, first: int | None, after: str | None) -> TicketConnection:
    """Read the head of the log before the rows, so that a change in between is also delivered by the stream."""
    account_id = context.principal.account_id
    head = await context.services.log.head(account_id)
    listing = ticket_listing(context)
    rows = await context.reader.tickets(query, listing.slice(first, after))
    with_tickets = [(row.ticket, row) for row in rows.items if row.ticket is not None]
    page = Page(items=with_tickets, has_next=rows.has_next, has_previous=rows.has_previous)
    return TicketConnection(
        query=query,
        stream_cursor=Cursor(context.services.stream_cursors.encode(account_id, head.epoch, head.seq)),
        **listing.parts(page),
    )
