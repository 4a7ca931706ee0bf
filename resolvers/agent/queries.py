"""Resolver of the query `agentTurns`."""

from domain.principal import Permission
from domain.values.paging import Page
from resolvers.agent.types import AgentTurn, AgentTurnConnection, turn_listing
from resolvers.arguments import After, First
from resolvers.context import Info
from resolvers.scalars import Cursor


async def agent_turns(info: Info, first: First = None, after: After = None) -> AgentTurnConnection | None:
    """Read the head of the log before the rows, so that a change in between is also delivered by the stream."""
    context = info.context
    context.principal.require(Permission.SPEAK_AS_AGENT)
    account_id = context.principal.account_id
    head = await context.services.log.head(account_id)
    listing = turn_listing(context)
    rows = await context.reader.agent_turns(listing.slice(first, after))
    turns = [(row, turn) for row in rows.items if (turn := AgentTurn.of(row)) is not None]
    page = Page(items=turns, has_next=rows.has_next, has_previous=rows.has_previous)
    return AgentTurnConnection(
        stream_cursor=Cursor(context.services.stream_cursors.encode(account_id, head.epoch, head.seq)),
        **listing.parts(page),
    )
