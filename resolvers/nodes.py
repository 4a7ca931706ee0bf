"""Resolvers of `node` and `nodes`: an object by its global ID, if the caller may see it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, cast

import strawberry

from domain import events
from domain.model import conversation as model
from domain.model import outbox as model_of_rows
from domain.model.commerce import conversation_of_sale
from domain.principal import Permission, PrincipalKind
from domain.values.errors import Field, Invalid, NotFound
from domain.values.ids import ConversationId, ProfileId, whole_id
from resolvers.account.keys import find_key
from resolvers.account.types import Account, Staff
from resolvers.agent.types import find_turn
from resolvers.attachments.types import find_attachment
from resolvers.audit.types import AuditEntry
from resolvers.commerce.types import AttributedSale
from resolvers.context import Context, Info
from resolvers.conversation.message import Message
from resolvers.conversation.types import Conversation
from resolvers.events.types import EVENT_TYPES, business_event, is_known
from resolvers.forwarding.types import find_dead_letter, find_forwarding
from resolvers.handoff.types import Handoff
from resolvers.inbox.types import Ticket
from resolvers.knowledge.gaps import find_gap
from resolvers.knowledge.types import find_article, find_product
from resolvers.messaging.passed_over import PassedOver
from resolvers.outbox.types import Outgoing
from resolvers.profile.erasures import find_erasure
from resolvers.profile.types import Profile, find_profile
from resolvers.relay.connections import LARGEST_PAGE
from resolvers.relay.global_ids import Node, parse_global_id
from resolvers.sign_in.types import find_session
from resolvers.viewer import FOR_VIEWER
from resolvers.webhooks.types import find_endpoint

NO_NODE = "No such thing in this account."


async def find_node(context: Context, global_id: str, *, field: Field) -> Node:
    """Raises `NotFound` if the object does not exist, is of another account, or the caller may not see it."""
    parsed = parse_global_id(global_id)
    find = _FINDERS.get(parsed[0]) if parsed else None
    node = await find(context, parsed[1]) if parsed and find else None
    if node is None:
        raise NotFound(NO_NODE, field=field)
    return node


async def find_nodes(context: Context, global_ids: list[strawberry.ID]) -> list[Node | None]:
    """Return the objects in order. A missing object is an exception in its place, for graphql-core to report."""
    if len(global_ids) > LARGEST_PAGE:
        raise Invalid(f"At most {LARGEST_PAGE} IDs can be requested at once.", field="ids")
    found = await asyncio.gather(
        *(find_node(context, global_id, field=("ids", str(place))) for place, global_id in enumerate(global_ids)),
        return_exceptions=True,
    )
    return cast("list[Node | None]", found)


async def find_conversation(context: Context, key: str) -> Conversation | None:
    context.principal.require_conversation(ConversationId(key))
    row = await context.conversations.load(key)
    return None if row is None else Conversation.of(row)


async def _message(context: Context, key: str) -> Message | None:
    row = await context.messages.load(key)
    if row is None:
        return None
    context.principal.require_conversation(row.conversation_id)
    return Message.of(row) if context.principal.inside or row.seen_by_shopper else None


async def _profile(context: Context, key: str) -> Profile | None:
    principal = context.principal
    if principal.kind is PrincipalKind.SHOPPER:
        own = await context.conversations.load(principal.conversation_id or "")
        return Profile.for_shopper(own) if own is not None and own.profile_id == key else None
    principal.require(Permission.READ_PROFILES)
    row = await find_profile(context, ProfileId(key))
    return None if row is None else Profile.of(row)


async def _account(context: Context, key: str) -> Account | None:
    context.principal.require(Permission.READ_ACCOUNT)
    row = await context.account.load(key)
    return None if row is None else Account.of(row)


async def _staff(context: Context, key: str) -> Staff | None:
    context.principal.require(Permission.READ_ACCOUNT)
    row = await context.staff.load(key)
    return None if row is None else Staff.of(row, context.principal)


async def _event(context: Context, key: str) -> Node | None:
    context.principal.require(Permission.READ_EVENTS)
    row = await context.reader.get(events.BusinessEvent, key)
    if row is None or not is_known(row):
        return None
    head = await context.services.log.head(context.principal.account_id)
    cursor = context.services.stream_cursors.encode(context.principal.account_id, head.epoch, row.seq)
    node = business_event(row, cursor)
    return node if isinstance(node, Node) else None


async def _audit_entry(context: Context, key: str) -> AuditEntry | None:
    row = await context.services.audit.find(context.principal, key)
    return None if row is None else AuditEntry.of(row)


async def _handoff(context: Context, key: str) -> Handoff | None:
    row = await _whole(context, key)
    handoff = row.find_handoff(key) if row else None
    return None if row is None or handoff is None else Handoff.of(handoff, row)


async def _ticket(context: Context, key: str) -> Ticket | None:
    row = await _whole(context, key)
    ticket = row.find_ticket(key) if row else None
    inside = context.principal.inside
    return None if row is None or ticket is None or not inside else Ticket.of(ticket, row)


async def _sale(context: Context, key: str) -> AttributedSale | None:
    context.principal.require(Permission.READ_METRICS)
    row = await context.conversations.load(conversation_of_sale(key))
    sale = row.find_sale(key) if row else None
    return None if row is None or sale is None else AttributedSale.of(sale, row)


async def _outgoing(context: Context, key: str) -> Outgoing | None:
    context.principal.require(Permission.READ_INBOX)
    row = await context.reader.get(model_of_rows.Outgoing, key)
    return None if row is None else Outgoing.of(row)


async def _passed_over(context: Context, key: str) -> PassedOver | None:
    row = await context.services.passed_over.find(context.principal, key)
    return None if row is None else PassedOver.of(row)


async def _whole(context: Context, part: str) -> model.Conversation | None:
    """Return the conversation of a handoff or ticket."""
    conversation_id = ConversationId(whole_id(part))
    context.principal.require_conversation(conversation_id)
    return await context.conversations.load(conversation_id)


_FINDERS: dict[str, Callable[[Context, str], Awaitable[Node | None]]] = {
    "Account": _account,
    "AgentTurn": find_turn,
    "ApiKey": find_key,
    "Article": find_article,
    "Attachment": find_attachment,
    "AttributedSale": _sale,
    "AuditEntry": _audit_entry,
    "CatalogProduct": find_product,
    "Conversation": find_conversation,
    "DeadLetter": find_dead_letter,
    "Erasure": find_erasure,
    "Forwarding": find_forwarding,
    "Handoff": _handoff,
    "KnowledgeGap": find_gap,
    "Message": _message,
    "Outgoing": _outgoing,
    "PassedOver": _passed_over,
    "Profile": _profile,
    "Session": find_session,
    "Staff": _staff,
    "Ticket": _ticket,
    "WebhookEndpoint": find_endpoint,
    **{cls.__name__: _event for cls in EVENT_TYPES},
}


@strawberry.type
class NodeQueries:
    @strawberry.field(
        description="An object by its global ID. Fails with NOT_FOUND if it does not exist in this account, or if "
        "the caller may not see it.",
        metadata=FOR_VIEWER,
    )
    async def node(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The global ID of an object.")]
    ) -> Node | None:
        return await find_node(info.context, id, field="id")

    @strawberry.field(
        description="Objects by their global IDs, at most 100, in the same order. An object that does not exist is "
        "`null`, with an error.",
        metadata=FOR_VIEWER,
    )
    async def nodes(
        self,
        info: Info,
        ids: Annotated[list[strawberry.ID], strawberry.argument(description="The global IDs of the objects.")],
    ) -> list[Node | None]:
        return await find_nodes(info.context, ids)
